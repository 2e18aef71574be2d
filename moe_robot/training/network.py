"""The network of the learned router in numpy: rows of a table, summed; a small MLP beside a straight way; two
softmaxes.

B texts, D rows of the table, d width, m hidden, C classes (the last is out of scope), K categories (the last likewise).

    h = X E                    [B, d]   X: one row a text, its features' weights x idf, of length 1
    a = relu(h W + b)          [B, m]
    classes    = h U + a V + c        [B, C]
    categories = h U' + a V' + c'     [B, K]

Two such networks from different chance, averaged, are right more often than one of twice the width.

Bit for bit the same on every x86 machine as long as numpy uses its plain kernels (`training.repeatable`): the sparse
products add in a fixed order, and `exp` is made of additions and multiplications here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from moe_robot.router.features import CONCEPT, NO_WORD, Features

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
_SLOTS = NO_WORD + 1


@dataclass(frozen=True)
class Recipe:
    """How to train. `drop_*` are chances, of each word, each epoch."""

    members: int = 2  # networks that differ in their chance only; their logits are averaged
    width: int = 48
    hidden: int = 128
    epochs: int = 3
    batch: int = 256
    rate: float = 0.01
    decay: float = 0.02
    smoothing: float = 0.05
    dropout: float = 0.2
    drop_word: float = 0.08  # all its features
    drop_identity: float = 0.12  # what only this word has: its concepts, and its characters half of the time, stay
    category_loss: float = 0.3
    start: float = 0.02  # size of the numbers in the table before training


@dataclass(frozen=True)
class Rows:
    """The features of many texts: text i has the entries `starts[i]:starts[i + 1]`."""

    starts: NDArray[np.int64]
    ids: Ints
    weights: Floats
    marks: Ints

    @property
    def count(self) -> int:
        return len(self.starts) - 1

    def take(self, texts: NDArray[np.int64]) -> Rows:
        lengths = (self.starts[1:] - self.starts[:-1])[texts]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        at = np.repeat(self.starts[texts] - starts[:-1], lengths) + np.arange(starts[-1])
        return Rows(starts, self.ids[at], self.weights[at], self.marks[at])


def rows_of(features: Sequence[Features]) -> Rows:
    lengths = [len(each.ids) for each in features]
    return Rows(
        np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
        np.fromiter((i for each in features for i in each.ids), np.int32, sum(lengths)),
        np.fromiter((w for each in features for w in each.weights), np.float32, sum(lengths)),
        np.fromiter((m for each in features for m in each.marks), np.int32, sum(lengths)),
    )


@dataclass
class Network:
    """float32. `idf` [D] weighs the rows; rows that no training text has are zero, so that they say nothing."""

    table: Floats  # E [D, d]
    idf: Floats  # [D]
    parts: dict[str, Floats] = field(default_factory=dict)  # W b U V c, and Uk Vk ck for the categories

    def forward(self, rows: Rows) -> tuple[Floats, Floats]:
        """Classes [B, C] and categories [B, K], before any softmax."""
        classes, categories = [], []
        for first in range(0, rows.count, 1024):
            part = rows.take(np.arange(first, min(first + 1024, rows.count)))
            matrix, used = self.matrix(part, part.weights)
            h = np.asarray(matrix @ self.table[used], np.float32)
            p = self.parts
            a = np.maximum(h @ p["W"] + p["b"], 0)
            classes.append(h @ p["U"] + a @ p["V"] + p["c"])
            categories.append(h @ p["Uk"] + a @ p["Vk"] + p["ck"])
        return np.concatenate(classes), np.concatenate(categories)

    def matrix(self, rows: Rows, weights: Floats) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
        """X over the rows of the table that are used, and which these are."""
        seen = np.zeros(len(self.idf), np.int32)
        seen[rows.ids] = 1
        used = np.flatnonzero(seen)
        seen[used] = np.arange(len(used), dtype=np.int32)
        values = weights * self.idf[rows.ids]
        text = np.repeat(np.arange(rows.count), np.diff(rows.starts))
        length = np.sqrt(np.bincount(text, values.astype(np.float64) ** 2, rows.count) + 1e-9)
        values = (values / length[text]).astype(np.float32)
        return sparse.csr_matrix((values, seen[rows.ids], rows.starts), (rows.count, len(used))), used


def exp(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """e^x for x <= 0, to 1e-12, of nothing but additions and multiplications: libm's differ between machines."""
    x = np.maximum(x, -700.0)
    whole = np.floor(x * 1.4426950408889634)
    rest = (x - whole * 0.6931471803691238) - whole * 1.9082149292705877e-10
    total = np.ones_like(rest)
    for n in range(14, 0, -1):
        total = total * rest / n + 1.0
    return np.ldexp(total, whole.astype(np.int32))


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    raised = exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Ensemble:
    """Networks over the same rows: what they say is averaged."""

    members: tuple[Network, ...]

    def forward(self, rows: Rows) -> tuple[Floats, Floats]:
        """Classes [B, C] and categories [B, K], before any softmax."""
        each = [network.forward(rows) for network in self.members]
        share = np.float32(1 / len(each))
        classes, categories = (sum(parts[1:], start=parts[0]) * share for parts in zip(*each, strict=True))
        return classes, categories


def train(
    rows: Rows,
    classes: Ints,
    categories: Ints,
    sizes: tuple[int, int, int],
    recipe: Recipe,
    seed: int,
    weights: Floats | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> Ensemble:
    """`sizes`: D, C, K. `weights`: how much each text counts."""
    members = []
    for number in range(recipe.members):

        def tell(share: float, before: int = number) -> None:
            progress((before + share) / recipe.members)

        chance = seed + 1000 * number
        members.append(_trained(rows, classes, categories, sizes, recipe, chance, weights, tell))
    return Ensemble(tuple(members))


def _trained(
    rows: Rows,
    classes: Ints,
    categories: Ints,
    sizes: tuple[int, int, int],
    recipe: Recipe,
    seed: int,
    weights: Floats | None,
    progress: Callable[[float], None],
) -> Network:
    depth, class_count, category_count = sizes
    rng = np.random.Generator(np.random.PCG64(seed))
    network = _started(rows, depth, class_count, category_count, recipe, rng)
    adam = _Adam(network, recipe)
    count = rows.count
    counts = np.ones(count, np.float32) if weights is None else weights
    steps = recipe.epochs * -(-count // recipe.batch)
    step = 0
    for _ in range(recipe.epochs):
        order = rng.permutation(count)
        for first in range(0, count, recipe.batch):
            chosen = order[first : first + recipe.batch]
            rate = recipe.rate * min(1.0, (step + 1) / (0.05 * steps)) * (1.0 - step / steps)
            _step(network, adam, rows.take(chosen), classes[chosen], categories[chosen], counts[chosen], rate, rng)
            step += 1
            progress(step / steps)
    return network


def _started(
    rows: Rows, depth: int, class_count: int, category_count: int, recipe: Recipe, rng: np.random.Generator
) -> Network:
    text = np.repeat(np.arange(rows.count, dtype=np.int64), np.diff(rows.starts))
    once = np.unique(text * depth + rows.ids)
    frequency = np.bincount(once % depth, minlength=depth)
    idf = np.round(np.log((1.0 + rows.count) / (1.0 + frequency)) + 1.0, 2)
    table = (recipe.start * rng.standard_normal((depth, recipe.width))).astype(np.float32)
    table[frequency == 0] = 0.0

    def some(inputs: int, outputs: int) -> Floats:
        return np.asarray((rng.standard_normal((inputs, outputs)) * (1.0 / inputs) ** 0.5).astype(np.float32))

    d, m = recipe.width, recipe.hidden
    parts = {"W": some(d, m), "b": np.zeros(m, np.float32)}
    for mark, outputs in (("", class_count), ("k", category_count)):
        parts |= {f"U{mark}": some(d, outputs), f"V{mark}": some(m, outputs), f"c{mark}": np.zeros(outputs, np.float32)}
    return Network(table, idf.astype(np.float32), parts)


def _kept(rows: Rows, recipe: Recipe, rng: np.random.Generator) -> Floats:
    """The weights with some words left out: an unheard word must not decide."""
    text = np.repeat(np.arange(rows.count), np.diff(rows.starts))
    kind, first, second = rows.marks >> 16, (rows.marks >> 8) & 255, rows.marks & 255
    chance = rng.random((rows.count, _SLOTS), dtype=np.float32)
    chance[:, NO_WORD] = 1.0
    mine, other = chance[text, first], chance[text, second]
    gone = (mine < recipe.drop_word) | (other < recipe.drop_word)
    identity = recipe.drop_word + recipe.drop_identity
    unknown = ((mine < identity) | (other < identity)) & (kind < CONCEPT)
    odd = (rng.random(rows.count) < 0.5)[text]
    unknown &= (kind != 3) | odd
    return np.asarray(np.where(gone | unknown, np.float32(0.0), rows.weights), np.float32)


def _loss_gradient(logits: Floats, target: Ints, smoothing: float, counts: Floats) -> Floats:
    """d loss / d logits of the cross entropy with smoothed labels, mean over the batch."""
    wished = softmax(logits)
    wished -= smoothing / logits.shape[1]
    wished[np.arange(len(target)), target] -= 1.0 - smoothing
    return np.asarray(wished * (counts / counts.sum())[:, None], np.float32)


def _step(
    network: Network,
    adam: _Adam,
    rows: Rows,
    classes: Ints,
    categories: Ints,
    counts: Floats,
    rate: float,
    rng: np.random.Generator,
) -> None:
    recipe, p = adam.recipe, network.parts
    matrix, used = network.matrix(rows, _kept(rows, recipe, rng))
    h = matrix @ network.table[used]
    kept_h = (rng.random(h.shape, dtype=np.float32) >= recipe.dropout) / np.float32(1 - recipe.dropout)
    h = h * kept_h
    a = np.maximum(h @ p["W"] + p["b"], 0)
    kept_a = (rng.random(a.shape, dtype=np.float32) >= recipe.dropout) / np.float32(1 - recipe.dropout)
    a = a * kept_a
    by_class = _loss_gradient(h @ p["U"] + a @ p["V"] + p["c"], classes, recipe.smoothing, counts)
    by_category = _loss_gradient(h @ p["Uk"] + a @ p["Vk"] + p["ck"], categories, recipe.smoothing, counts)
    by_category *= np.float32(recipe.category_loss)
    by_a = (by_class @ p["V"].T + by_category @ p["Vk"].T) * kept_a * (a > 0)
    by_h = (by_class @ p["U"].T + by_category @ p["Uk"].T + by_a @ p["W"].T) * kept_h
    adam.next()
    adam.change("W", h.T @ by_a, rate)
    adam.change("b", by_a.sum(axis=0), rate)
    for mark, gradient in (("", by_class), ("k", by_category)):
        adam.change(f"U{mark}", h.T @ gradient, rate)
        adam.change(f"V{mark}", a.T @ gradient, rate)
        adam.change(f"c{mark}", gradient.sum(axis=0), rate)
    adam.change_rows(used, matrix.T @ by_h, rate)


class _Adam:
    """Adam with decoupled decay; rows of the table change only when they are used."""

    def __init__(self, network: Network, recipe: Recipe) -> None:
        self.network, self.recipe = network, recipe
        self._means = {name: np.zeros_like(part) for name, part in network.parts.items()}
        self._squares = {name: np.zeros_like(part) for name, part in network.parts.items()}
        self._row_means = np.zeros_like(network.table)
        self._row_squares = np.zeros_like(network.table)
        self._first, self._second = 1.0, 1.0

    def next(self) -> None:
        self._first *= 0.9
        self._second *= 0.99

    def change(self, name: str, gradient: Floats, rate: float) -> None:
        mean, square = self._means[name], self._squares[name]
        self.network.parts[name] -= self._move(mean, square, gradient, rate)

    def change_rows(self, used: NDArray[np.int64], gradient: Floats, rate: float) -> None:
        mean, square = self._row_means[used], self._row_squares[used]
        moved = self._move(mean, square, gradient, rate)
        self._row_means[used], self._row_squares[used] = mean, square
        rows = self.network.table[used]
        self.network.table[used] = rows - moved - np.float32(rate * self.recipe.decay) * rows

    def _move(self, mean: Floats, square: Floats, gradient: Floats, rate: float) -> Floats:
        """`mean` and `square` are changed in place."""
        mean *= np.float32(0.9)
        mean += np.float32(0.1) * gradient
        square *= np.float32(0.99)
        square += np.float32(0.01) * gradient * gradient
        scale = np.float32(rate * (1.0 - self._second) ** 0.5 / (1.0 - self._first))
        return np.asarray(scale * mean / (np.sqrt(square) + np.float32(1e-7)))
