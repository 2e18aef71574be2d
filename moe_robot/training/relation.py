"""Turns after earlier requests -> `relation.npy` and `relation.json`: softmax regression over `router/relation.py`.

Rows: `relations/*.yaml` of the router's folder, {before, expert, text, relation}; and whole requests of `said/*.yaml`
put after one another, which are new ones. Runs inside the child of `training.repeatable`: bit for bit, in seconds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from moe_robot.errors import ConfigError
from moe_robot.router.features import VERSION, Concepts, Featurizer
from moe_robot.router.followup_words import script
from moe_robot.router.relation import MANIFEST, RELATIONS, ROWS, WEIGHTS, entries, options
from moe_robot.training.dataset import read_list
from moe_robot.training.network import softmax

KEYS = "before, expert, text, relation"  # of a row

NEW_PER_LANGUAGE = 1500  # whole requests after another one
STEPS = 300
RATE = 0.05
DECAY = 0.0006
HELD = 5  # every so manieth row calibrates
TEMPERATURES = (0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)


@dataclass(frozen=True)
class Row:
    before: str
    expert: str
    text: str
    relation: str


def read_rows(folder: Path, seed: int) -> list[Row]:
    """Raises ConfigError: an unknown relation, a key that is missing."""
    rows = []
    for path in sorted((folder / "relations").glob("*.yaml")):
        for number, row in enumerate(read_list(path, KEYS)):
            try:
                rows.append(Row(str(row["before"]), row["expert"], str(row["text"]), row["relation"]))
            except (KeyError, TypeError) as error:
                raise ConfigError(
                    f"{path}, row {number + 1}: expected before, expert, text, relation, found {row!r}"
                ) from error
            if rows[-1].relation not in RELATIONS:
                raise ConfigError(
                    f"{path}, row {number + 1}: expected one of {', '.join(RELATIONS)}, found {rows[-1].relation!r}"
                )
    return rows + _whole_requests(folder, seed) if rows else []


def _whole_requests(folder: Path, seed: int) -> list[Row]:
    """New requests: drawn from what people said, after another draw of the same language."""
    rng = np.random.Generator(np.random.PCG64(seed))
    said: dict[str, list[tuple[str, str]]] = {"ru": [], "en": []}
    for path in sorted((folder / "said").glob("*.yaml")):
        for row in read_list(path, KEYS):
            said[script(row["text"]) or "en"].append((str(row["text"]), str(row.get("expert") or "")))
    rows = []
    for some in said.values():
        earlier = [one for one in some if one[1]]
        if not earlier:
            continue
        for at in rng.permutation(len(some))[:NEW_PER_LANGUAGE]:
            before, expert = earlier[int(rng.integers(len(earlier)))]
            if expert != some[at][1]:
                rows.append(Row(before, expert, some[at][0], "new"))
    return rows


def digest(folder: Path) -> str:
    """Of the rows of `relations/`."""
    lines = [
        json.dumps(read_list(path, KEYS), sort_keys=True) for path in sorted((folder / "relations").glob("*.yaml"))
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def matrix_of(rows: Sequence[Row], featurizer: Featurizer, category_of: Mapping[str, str]) -> sparse.csr_matrix:
    """[rows, ROWS + 1]; the last column is one."""
    return sparse_rows([entries(featurizer, r.text, r.before, r.expert, category_of.get(r.expert, "")) for r in rows])


def sparse_rows(found: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]], size: int = ROWS) -> sparse.csr_matrix:
    """[rows, size + 1]; the last column is one."""
    ids = [np.append(ids, size) for ids, _ in found]
    values = [np.append(values, 1.0) for _, values in found]
    starts = np.concatenate([[0], np.cumsum([len(each) for each in ids])])
    return sparse.csr_matrix((np.concatenate(values), np.concatenate(ids), starts), (len(found), size + 1))


def fit(
    matrix: sparse.csr_matrix,
    classes: NDArray[np.int64],
    counts: NDArray[np.float64],
    of: int = len(RELATIONS),
    steps: int = STEPS,
    decay: float = DECAY,
) -> NDArray[np.float64]:
    """[ROWS + 1, `of` classes]: full batches, Adam, decay towards zero."""
    weights = np.zeros((matrix.shape[1], of))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    share = (counts / counts.sum())[:, None]
    turned = matrix.T.tocsr()
    first = second = 1.0
    for step in range(steps):
        wished = softmax(np.asarray(matrix @ weights))
        wished[np.arange(len(classes)), classes] -= 1.0
        gradient = np.asarray(turned @ (wished * share)) + decay * weights
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient * gradient
        first, second = first * 0.9, second * 0.99
        rate = RATE * (1.0 - step / steps)
        weights -= rate * (mean / (1.0 - first)) / (np.sqrt(square / (1.0 - second)) + 1e-8)
    return weights


def make_relations(folder: Path, concepts: Mapping[str, Sequence[str]], category_of: Mapping[str, str], out: Path,
                   seed: int) -> dict[str, Any]:  # fmt: skip
    """Writes both files into `out` and gives the manifest; {} and nothing written without any rows. `folder`: the
    router's. Raises ConfigError."""
    rows = read_rows(folder, seed)
    if not rows:
        return {}
    matrix = matrix_of(rows, Featurizer(Concepts(concepts), options()), category_of)
    classes = np.array([RELATIONS.index(row.relation) for row in rows], np.int64)
    sizes = np.bincount(classes, minlength=len(RELATIONS))
    counts = np.sqrt(sizes.max() / np.maximum(sizes, 1))[classes]
    held = np.random.Generator(np.random.PCG64(seed)).permutation(len(rows)) % HELD == 0
    tried = fit(matrix[~held], classes[~held], counts[~held])
    logits = np.asarray(matrix[held] @ tried)
    temperature = min(TEMPERATURES, key=lambda t: _loss(logits / t, classes[held]))
    found = logits.argmax(axis=1)
    weights = fit(matrix, classes, counts).astype(np.float16)
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / WEIGHTS, weights)
    of_each = {
        name: round(float((found[classes[held] == i] == i).mean()), 3)
        for i, name in enumerate(RELATIONS)
        if (classes[held] == i).any()
    }
    manifest = {
        "relations": list(RELATIONS),
        "features": VERSION,
        "category_of": dict(sorted(category_of.items())),
        "temperature": temperature,
        "seed": seed,
        "training_data_sha256": digest(folder),
        "sha256": hashlib.sha256((out / WEIGHTS).read_bytes()).hexdigest(),
        "figures": {"rows": {name: int(sizes[i]) for i, name in enumerate(RELATIONS)}, "held_recall": of_each},
    }
    (out / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return manifest


def _loss(logits: NDArray[np.float64], classes: NDArray[np.int64]) -> float:
    return float(-np.log(softmax(logits)[np.arange(len(classes)), classes] + 1e-12).mean())
