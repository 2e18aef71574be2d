"""Judged readings of turns -> `follow_ups.json` and the files that it names (`router/chooser.py`).

Rows: `follow_ups/*.jsonl.gz` of the router's folder, one turn each, written by `bench/label_follow_ups.py`: what was
said before, what was proposed for the turn, how the router took each proposal, and which of them led to what the turn
means. Runs inside the child of `training.repeatable`: bit for bit.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moe_robot.errors import ConfigError
from moe_robot.router.bigrams import Bigrams
from moe_robot.router.chooser import BIGRAMS, FILES, MANIFEST, RANKER, SUCCESSOR, WORDING
from moe_robot.router.features import VERSION, Concepts, Featurizer
from moe_robot.router.followup import Earlier
from moe_robot.router.proposals import Proposal
from moe_robot.router.ranking import Features, Leaning, Ranker, features_of
from moe_robot.router.relation import options
from moe_robot.router.successor import SIZE, entries_of
from moe_robot.structs import Language, Route
from moe_robot.training import ranking, wording
from moe_robot.training.dataset import read_list
from moe_robot.training.network import softmax
from moe_robot.training.relation import fit as fit_linear
from moe_robot.training.relation import sparse_rows

FOLDS = 5
PREFERRED = 2  # the mark of the readings to choose; 1 is right as well, 0 is wrong
RAREST = 8  # proposals that a feature must be of
SUCCESSOR_STEPS, SUCCESSOR_DECAY = 100, 0.0001


@dataclass(frozen=True)
class Judged:
    """A turn, what it means said whole, its proposals, and which of them are right; `preferred` are those of them to
    learn to choose. `expert`: whose it is, "" = nobody's."""

    text: str
    language: Language
    before: tuple[Earlier, ...]
    relations: Mapping[str, float]
    expert: str
    kind: str
    meaning: str
    proposals: tuple[Proposal, ...]
    right: tuple[bool, ...]
    preferred: tuple[bool, ...]


def read_judged(folder: Path) -> list[Judged]:
    """Turns that have something to lean on. Raises ConfigError: a file that is damaged or of another form."""
    found = []
    for path in sorted((folder / "follow_ups").glob("*.jsonl.gz")):
        try:
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                rows = [_judged(json.loads(line)) for line in lines]
        except (OSError, EOFError, KeyError, TypeError, ValueError) as error:
            raise ConfigError(
                f"{path}: no judged readings ({error!r}): write it with bench/label_follow_ups.py"
            ) from error
        found += [row for row in rows if row.before]
    return found


def said(folder: Path) -> Iterator[str]:
    """What people say: requests, first turns, and meanings of last turns."""
    for path in sorted((folder / "said").glob("*.yaml")):
        yield from (str(row["text"]) for row in read_list(path, "text"))
    for path in sorted((folder / "dialogues").glob("*.yaml")):
        for row in read_list(path, "turns, expert, kind, meaning"):
            yield str(row["turns"][0])
            yield str(row["meaning"])


def _judged(row: Mapping[str, Any]) -> Judged:
    return Judged(
        row["text"],
        row["language"],
        tuple(Earlier(*each) for each in row["before"]),
        row["relations"],
        row["expert"],
        row["kind"],
        row["meaning"],
        tuple(
            Proposal(text, _route(route), kinds[0], of, likeliest, tuple(kinds[1:]))
            for text, route, kinds, of, likeliest, _ in row["proposals"]
        ),
        tuple(bool(each[-1]) for each in row["proposals"]),
        tuple(each[-1] == PREFERRED for each in row["proposals"]),
    )


def _route(row: Sequence[Any]) -> Route:
    expert, confidence, strategy, rule, ranked = row
    return Route(expert, confidence, strategy, tuple((name, share) for name, share in ranked), rule)


def digest(folder: Path) -> str:
    """Of the judged readings."""
    total = hashlib.sha256()
    for path in sorted((folder / "follow_ups").glob("*.jsonl.gz")):
        total.update(gzip.decompress(path.read_bytes()))
    return total.hexdigest()


def make_follow_ups(
    folder: Path,
    concepts: Mapping[str, Sequence[str]],
    category_of: Mapping[str, str],
    out: Path,
    seed: int,
    progress: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """Writes the files into `out` and gives the manifest, its figures from one member that has not seen a fifth; {} and
    nothing written without any rows. `folder`: the router's. Raises ConfigError."""
    rows = read_judged(folder)
    if not rows:
        return {}
    rng = np.random.Generator(np.random.PCG64(seed))
    fold = rng.permutation(len(rows)) % FOLDS
    experts = sorted(category_of)
    featurizer = Featurizer(Concepts(concepts), options())
    successors, weights = _successors(rows, fold, experts, featurizer, category_of)
    named = [dict(zip(experts, share.tolist(), strict=True)) for share in successors]
    leaning = [
        Leaning(row.text, row.language, row.before, row.relations, shares, category_of)
        for row, shares in zip(rows, named, strict=True)
    ]
    progress(0.25)
    scores, worded = _wordings(rows, fold, category_of)
    progress(0.4)
    bigrams = Bigrams.of(said(folder))
    table = _Table(
        features
        for turn, row, own in zip(leaning, rows, scores, strict=True)
        for features in features_of(turn, row.proposals, bigrams, own, (row.meaning,))
    )
    vocabulary = table.vocabulary()
    right = np.array([one for row in rows for one in row.preferred], np.float32)
    lists = ranking.Lists(table.dense(vocabulary), right, starts_of([len(row.proposals) for row in rows]))
    recipe = ranking.Recipe()
    held = np.flatnonzero(fold == 0)
    tried = ranking.fit(
        lists.take(np.flatnonzero(fold != 0)), seed, replace(recipe, members=1), lambda s: progress(0.7 + 0.1 * s)
    )
    figures = held_figures([rows[i] for i in held], lists.take(held), tried)
    final = ranking.fit(lists, seed, recipe, lambda s: progress(0.8 + 0.2 * s))
    out.mkdir(parents=True, exist_ok=True)
    W, b, v, u = (final[name].astype(np.float16) for name in ("W", "b", "v", "u"))
    np.savez(out / RANKER, W=W, b=b, v=v, u=u)
    np.save(out / SUCCESSOR, weights.astype(np.float16))
    np.savez_compressed(out / WORDING, weights=worded.astype(np.float16))
    np.savez_compressed(out / BIGRAMS, counts=bigrams.counts)
    manifest = {
        "features": VERSION,
        "experts": experts,
        "category_of": dict(sorted(category_of.items())),
        "vocabulary": list(vocabulary),
        "seed": seed,
        "training_data_sha256": digest(folder),
        "sha256": {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in FILES},
        "figures": {"turns": len(rows), "proposals": len(lists.right), "held": figures},
    }
    (out / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return manifest


def _successors(
    rows: Sequence[Judged],
    fold: NDArray[np.int64],
    experts: Sequence[str],
    featurizer: Featurizer,
    category_of: Mapping[str, str],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The shares [rows, experts] of each turn by a model that has not seen it, and the weights of the one that has seen
    all."""
    matrix = sparse_rows(
        [entries_of(featurizer, r.text, r.before, r.proposals[0].route, category_of) for r in rows], SIZE
    )
    known = np.array([row.expert in category_of for row in rows])
    classes = np.array([experts.index(row.expert) if row.expert in category_of else 0 for row in rows])

    def fitted(some: NDArray[np.bool_]) -> NDArray[np.float64]:
        return fit_linear(
            matrix[some], classes[some], np.ones(int(some.sum())), len(experts), SUCCESSOR_STEPS, SUCCESSOR_DECAY
        )

    shares = np.zeros((len(rows), len(experts)))
    with ThreadPoolExecutor(ranking.THREADS) as pool:
        *each, weights = pool.map(fitted, [*(known & (fold != number) for number in range(FOLDS)), known])
    for number, without in enumerate(each):
        shares[fold == number] = softmax(np.asarray(matrix[fold == number] @ without))
    return shares, weights


def _wordings(
    rows: Sequence[Judged], fold: NDArray[np.int64], category_of: Mapping[str, str]
) -> tuple[list[NDArray[np.float32]], NDArray[np.float64]]:
    """The scores of each turn's proposals by a model that has not seen it, and the weights of the one that has seen
    all."""
    matrix = wording.matrix_of([(row.text, row.before, row.proposals) for row in rows], category_of)
    sizes = np.array([len(row.proposals) for row in rows])
    right = np.array([one for row in rows for one in row.preferred], np.float64)

    def fitted(some: NDArray[np.bool_]) -> NDArray[np.float64]:
        mine = np.repeat(some, sizes)
        return wording.fit(matrix[mine], right[mine], starts_of(sizes[some]))

    scores = np.zeros(len(right))
    with ThreadPoolExecutor(ranking.THREADS) as pool:
        *each, weights = pool.map(fitted, [*(fold != number for number in range(FOLDS)), np.ones(len(rows), bool)])
    for number, without in enumerate(each):
        mine = np.repeat(fold == number, sizes)
        scores[mine] = matrix[mine] @ without
    return np.split(scores.astype(np.float32), np.cumsum(sizes)[:-1]), weights


def starts_of(sizes: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each turn's proposals begin, and where the last one's end."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


class _Table:
    """Features of many proposals, by number, without those that are 0: a dictionary of each would take gigabytes."""

    def __init__(self, each: Iterable[Features]) -> None:
        self._numbers: dict[str, int] = {}
        self._rows: list[tuple[NDArray[np.int32], NDArray[np.float32]]] = []
        for features in each:
            there = [
                (self._numbers.setdefault(name, len(self._numbers)), value) for name, value in features.items() if value
            ]
            numbers, values = zip(*there, strict=True)
            self._rows.append((np.array(numbers, np.int32), np.array(values, np.float32)))

    def vocabulary(self) -> tuple[str, ...]:
        """The names of those that are not rare."""
        counts = np.bincount(np.concatenate([numbers for numbers, _ in self._rows]))
        return tuple(sorted(name for name, number in self._numbers.items() if counts[number] >= RAREST))

    def dense(self, vocabulary: Sequence[str]) -> NDArray[np.float32]:
        """[proposals, features]"""
        columns = np.full(len(self._numbers), -1)
        for column, name in enumerate(vocabulary):
            columns[self._numbers[name]] = column
        table = np.zeros((len(self._rows), len(vocabulary)), np.float32)
        for row, (numbers, values) in zip(table, self._rows, strict=True):
            at = columns[numbers]
            row[at[at >= 0]] = values[at >= 0]
        return table


def held_figures(rows: Sequence[Judged], lists: ranking.Lists, weights: Mapping[str, ranking.Floats]) -> dict[str, Any]:
    """By language, and apart for turns that stand by themselves (`whole`): the share of turns whose chosen reading is
    right, the share by the phrases' own choice, and the share that has a right one at all."""
    scores = Ranker([str(i) for i in range(lists.features.shape[1])], weights).scored(lists.features)
    found: dict[str, list[tuple[bool, bool, bool]]] = {}
    for i, row in enumerate(rows):
        a, b = lists.starts[i], lists.starts[i + 1]
        by_phrases = any(right for one, right in zip(row.proposals, row.right, strict=True) if one.likeliest)
        whole = "whole" if row.kind.startswith("whole") else "leaning"
        found.setdefault(f"{row.language} {whole}", []).append(
            (row.right[int(np.argmax(scores[a:b]))], by_phrases, any(row.right))
        )
    return {name: _shares(some) for name, some in sorted(found.items())}


def _shares(some: Sequence[tuple[bool, bool, bool]]) -> dict[str, float]:
    right, by_phrases, possible = (round(float(share), 4) for share in np.mean(some, axis=0))
    return {"turns": len(some), "right": right, "by_phrases": by_phrases, "possible": possible}
