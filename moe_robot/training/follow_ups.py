"""Judged readings of turns -> `ranker.npz`, `successor.npy`, `bigrams.npz`, `follow_ups.json` (`router/chooser.py`).

Rows: `follow_ups/*.jsonl.gz` of the router's folder, one turn each, written by `bench/label_follow_ups.py`: what was
said before, what was proposed for the turn, how the router took each proposal, and which of them led to what the turn
means. Runs inside the child of `training.repeatable`: bit for bit.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moe_robot.errors import ConfigError
from moe_robot.router.bigrams import Bigrams
from moe_robot.router.chooser import BIGRAMS, MANIFEST, RANKER, SUCCESSOR
from moe_robot.router.features import VERSION, Concepts, Featurizer
from moe_robot.router.followup import Earlier
from moe_robot.router.proposals import Proposal
from moe_robot.router.ranking import Features, Leaning, Ranker, dense, features_of
from moe_robot.router.relation import options
from moe_robot.router.successor import SIZE, entries_of
from moe_robot.structs import Language, Route
from moe_robot.training import ranking
from moe_robot.training.dataset import read_list
from moe_robot.training.network import softmax
from moe_robot.training.relation import fit as fit_linear
from moe_robot.training.relation import sparse_rows

FOLDS = 5
PREFERRED = 2  # the mark of the readings to choose; 1 is right as well, 0 is wrong
RAREST = 8  # proposals that a feature must be of
SUCCESSOR_STEPS, SUCCESSOR_DECAY = 150, 0.0001


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
    """Writes the four files into `out` and gives the manifest; {} and nothing written without any rows. `folder`: the
    router's. Raises ConfigError."""
    rows = read_judged(folder)
    if not rows:
        return {}
    rng = np.random.Generator(np.random.PCG64(seed))
    fold = rng.permutation(len(rows)) % FOLDS
    experts = sorted(category_of)
    featurizer = Featurizer(Concepts(concepts), options())
    successors, weights = _successors(rows, fold, experts, featurizer, category_of, progress)
    named = [dict(zip(experts, share.tolist(), strict=True)) for share in successors]
    leaning = [
        Leaning(row.text, row.language, row.before, row.relations, shares, category_of)
        for row, shares in zip(rows, named, strict=True)
    ]
    bigrams = Bigrams.of(said(folder))
    each = [features_of(turn, row.proposals, bigrams, (row.meaning,)) for turn, row in zip(leaning, rows, strict=True)]
    vocabulary = _vocabulary(each)
    lists = _lists(rows, each, vocabulary)
    recipe = ranking.Recipe()
    held = np.flatnonzero(fold == 0)
    tried = ranking.fit(lists.take(np.flatnonzero(fold != 0)), seed, recipe, lambda s: progress(0.3 + 0.3 * s))
    figures = held_figures([rows[i] for i in held], lists.take(held), tried)
    final = ranking.fit(lists, seed, recipe, lambda s: progress(0.6 + 0.4 * s))
    out.mkdir(parents=True, exist_ok=True)
    W, b, v, u = (final[name].astype(np.float16) for name in ("W", "b", "v", "u"))
    np.savez(out / RANKER, W=W, b=b, v=v, u=u)
    np.save(out / SUCCESSOR, weights.astype(np.float16))
    np.savez_compressed(out / BIGRAMS, counts=bigrams.counts)
    manifest = {
        "features": VERSION,
        "experts": experts,
        "category_of": dict(sorted(category_of.items())),
        "vocabulary": list(vocabulary),
        "seed": seed,
        "training_data_sha256": digest(folder),
        "sha256": {
            name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in (RANKER, SUCCESSOR, BIGRAMS)
        },
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
    progress: Callable[[float], None],
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
    for number in range(FOLDS):
        weights = fitted(known & (fold != number))
        shares[fold == number] = softmax(np.asarray(matrix[fold == number] @ weights))
        progress(0.25 * (number + 1) / FOLDS)
    return shares, fitted(known)


def _vocabulary(each: Sequence[Sequence[Features]]) -> tuple[str, ...]:
    counts = Counter(name for proposals in each for features in proposals for name in features)
    return tuple(sorted(name for name, count in counts.items() if count >= RAREST))


def _lists(rows: Sequence[Judged], each: Sequence[Sequence[Features]], vocabulary: Sequence[str]) -> ranking.Lists:
    index = {name: i for i, name in enumerate(vocabulary)}
    starts = np.concatenate([[0], np.cumsum([len(proposals) for proposals in each])]).astype(np.int64)
    right = np.array([one for row in rows for one in row.preferred], np.float32)
    return ranking.Lists(np.concatenate([dense(proposals, index) for proposals in each]), right, starts)


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
