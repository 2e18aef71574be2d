"""The weights of `router/wording.py`: one softmax over the proposals of each turn, all that are right together.

Full batches, Adam, decay towards zero. Turns without a right proposal teach nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from moe_robot.router.followup import Earlier
from moe_robot.router.proposals import Proposal
from moe_robot.router.wording import SIZE, entries_of
from moe_robot.training.network import exp

STEPS, DECAY, RATE = 60, 1e-4, 0.1


def matrix_of(
    turns: Sequence[tuple[str, Sequence[Earlier], Sequence[Proposal]]], categories: Mapping[str, str]
) -> sparse.csr_matrix:
    """[proposals of all turns, SIZE], 0 or 1."""
    found = [places for turn in turns for places in entries_of(*turn, categories)]
    starts = np.concatenate([[0], np.cumsum([len(places) for places in found])])
    places = np.concatenate(found)
    return sparse.csr_matrix((np.ones(len(places)), places, starts), (len(found), SIZE))


def fit(matrix: sparse.csr_matrix, right: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """[SIZE]. The proposals of turn i are rows `starts[i]:starts[i + 1]`."""
    sizes = np.diff(starts)
    teaching = np.repeat(np.add.reduceat(right, starts[:-1]) > 0, sizes)
    share = 1.0 / max(int((np.add.reduceat(right, starts[:-1]) > 0).sum()), 1)
    weights = np.zeros(matrix.shape[1])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    turned = matrix.T.tocsr()
    first = second = 1.0
    for step in range(STEPS):
        chosen = shares(np.asarray(matrix @ weights), starts)
        wanted = chosen * right
        sums = np.repeat(np.add.reduceat(wanted, starts[:-1]), sizes)
        of_score = np.where(teaching, chosen - wanted / np.maximum(sums, 1e-12), 0.0) * share
        gradient = np.asarray(turned @ of_score) + DECAY * weights
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient * gradient
        first, second = first * 0.9, second * 0.99
        rate = RATE * (1.0 - step / STEPS)
        weights -= rate * (mean / (1.0 - first)) / (np.sqrt(square / (1.0 - second)) + 1e-8)
    return weights


def shares(scores: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Softmax within each turn."""
    sizes = np.diff(starts)
    raised = exp(scores - np.repeat(np.maximum.reduceat(scores, starts[:-1]), sizes))
    return np.asarray(raised / np.repeat(np.add.reduceat(raised, starts[:-1]), sizes))
