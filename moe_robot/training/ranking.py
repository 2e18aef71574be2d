"""The network of `router/ranking.py`: one softmax over the proposals of each turn, all that are right together.

N proposals of all turns, F features, H hidden units, M members from different chance. The loss of a turn is
-log(sum of the shares of its right proposals); turns without a right one teach nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moe_robot.training.network import exp

Floats = NDArray[np.float32]
THREADS = 2  # each member by itself: the same bytes with any number


@dataclass(frozen=True)
class Recipe:
    """`drop`: chance of each feature, each step. `start`: size of the numbers before training."""

    members: int = 4
    hidden: int = 48
    epochs: int = 8
    batch: int = 32
    rate: float = 0.003
    decay: float = 0.01
    drop: float = 0.2
    start: float = 0.08


@dataclass(frozen=True)
class Lists:
    """The proposals of turn i are rows `starts[i]:starts[i + 1]` of `features` [N, F] and `right` [N] (0 or 1)."""

    features: Floats
    right: Floats
    starts: NDArray[np.int64]

    @property
    def count(self) -> int:
        return len(self.starts) - 1

    def take(self, turns: Sequence[int] | NDArray[np.int64]) -> Lists:
        rows = np.concatenate([np.arange(self.starts[i], self.starts[i + 1]) for i in turns])
        lengths = [self.starts[i + 1] - self.starts[i] for i in turns]
        return Lists(self.features[rows], self.right[rows], np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))

    def teaching(self) -> NDArray[np.int64]:
        """Turns with a right proposal and a wrong one."""
        sums, sizes = np.add.reduceat(self.right, self.starts[:-1]), np.diff(self.starts)
        return np.flatnonzero((sums > 0) & (sums < sizes))


def fit(
    lists: Lists, seed: int, recipe: Recipe, progress: Callable[[float], None] = lambda share: None
) -> dict[str, Floats]:
    """W [M, F, H], b [M, H], v [M, H], u [M, F]."""
    lock = threading.Lock()
    done = [0.0] * recipe.members

    def member(number: int) -> dict[str, Floats]:
        def tell(share: float) -> None:
            with lock:
                done[number] = share
                progress(sum(done) / recipe.members)

        return _member(lists, np.random.Generator(np.random.PCG64([seed, number])), recipe, tell)

    with ThreadPoolExecutor(THREADS) as pool:
        members = list(pool.map(member, range(recipe.members)))
    return {name: np.stack([member[name] for member in members]) for name in members[0]}


def _member(
    lists: Lists, rng: np.random.Generator, recipe: Recipe, progress: Callable[[float], None]
) -> dict[str, Floats]:
    width = lists.features.shape[1]
    parts: dict[str, Floats] = {
        "W": (rng.standard_normal((width, recipe.hidden)) * recipe.start).astype(np.float32),
        "b": np.zeros(recipe.hidden, np.float32),
        "v": (rng.standard_normal(recipe.hidden) * recipe.start).astype(np.float32),
        "u": np.zeros(width, np.float32),
    }
    mean = {name: np.zeros_like(part) for name, part in parts.items()}
    square = {name: np.zeros_like(part) for name, part in parts.items()}
    turns = lists.teaching()
    steps, step = recipe.epochs * -(-len(turns) // recipe.batch), 0
    for epoch in range(recipe.epochs):
        order = rng.permutation(turns)
        for first in range(0, len(order), recipe.batch):
            some = lists.take(order[first : first + recipe.batch])
            gradient = _gradient(parts, some, rng, recipe.drop)
            rate = recipe.rate * (1.0 - step / steps)
            step += 1
            for name, part in parts.items():
                mean[name] = 0.9 * mean[name] + 0.1 * gradient[name]
                square[name] = 0.99 * square[name] + 0.01 * gradient[name] ** 2
                move = (mean[name] / (1 - 0.9**step)) / (np.sqrt(square[name] / (1 - 0.99**step)) + 1e-8)
                part -= (rate * (move + recipe.decay * part)).astype(np.float32)
        progress((epoch + 1) / recipe.epochs)
    return parts


def _gradient(parts: dict[str, Floats], some: Lists, rng: np.random.Generator, drop: float) -> dict[str, Floats]:
    kept = (rng.random(some.features.shape, np.float32) >= drop).astype(np.float32) / np.float32(1 - drop)
    rows = some.features * kept
    hidden = np.maximum(rows @ parts["W"] + parts["b"], 0.0)
    scores = hidden @ parts["v"] + rows @ parts["u"]
    of_score = np.concatenate(
        [_of_list(scores[a:b], some.right[a:b]) for a, b in zip(some.starts[:-1], some.starts[1:], strict=True)]
    )
    of_score = (of_score / some.count).astype(np.float32)
    of_hidden = np.outer(of_score, parts["v"]) * (hidden > 0)
    return {
        "W": rows.T @ of_hidden,
        "b": of_hidden.sum(axis=0),
        "v": hidden.T @ of_score,
        "u": rows.T @ of_score,
    }


def _of_list(scores: Floats, right: Floats) -> NDArray[np.float64]:
    """The gradient of the loss by the scores of one turn."""
    raised = exp(scores.astype(np.float64) - scores.max())
    shares = raised / raised.sum()
    wanted = shares * right
    return np.asarray(shares - wanted / max(wanted.sum(), 1e-12))
