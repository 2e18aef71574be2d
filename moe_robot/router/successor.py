"""Whose a turn is after what was said before: a small learned model, features -> shares of the experts.

    successors.of("is it far?", [Earlier("where is the red cube", expert="recall")], alone)["distance"]   # 0.8

Linear over the features of `relation.py`, whose the turn is by itself (`alone`), whose the earlier requests were, and
pairs of these. Trained on written dialogues (`training/follow_ups.py`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from moe_robot.router.features import Featurizer
from moe_robot.router.followup import Earlier
from moe_robot.router.relation import ROWS, entries
from moe_robot.structs import Route

PAIRS = 4096
SIZE = ROWS + PAIRS
_SURE = (0.3, 0.6, 0.85, 0.97)


def entries_of(
    featurizer: Featurizer, text: str, before: Sequence[Earlier], alone: Route, categories: Mapping[str, str]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows of the model and how much each counts. `before`: not empty, the last request first."""
    last = before[0]
    ids, values = entries(featurizer, text, last.text, last.expert, categories.get(last.expert, ""))
    found: dict[int, float] = {}
    for name, weight in _beside(before, alone, categories):
        at = ROWS + zlib.crc32(name.encode()) % PAIRS
        found[at] = found.get(at, 0.0) + weight
    return np.concatenate([ids, [*found]]).astype(np.int64), np.concatenate([values, [*found.values()]])


def _beside(before: Sequence[Earlier], alone: Route, categories: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    last, (first, share) = before[0].expert, next(iter(alone.ranked), ("", 0.0))
    sure, by_rules = sum(share >= limit for limit in _SURE), alone.strategy == "rule_based"
    for name, likely in alone.ranked[:5]:
        yield f"alone {name}", 4.0 * likely
    yield f"before {last}", 2.0
    for one in before[1:]:
        yield f"before {one.expert}", 0.5
    yield f"{first} after {categories.get(last, '')}", 1.0
    yield f"{first} {sure}", 1.0
    yield f"{sure} {by_rules} after {last}", 1.0
    yield f"{categories.get(first, '')} after {last}", 1.0
    yield f"same {first == last} {sure} {last}", 1.0


class Successors:
    """Safe under threads."""

    def __init__(
        self,
        weights: NDArray[np.float32],
        experts: Sequence[str],
        featurizer: Featurizer,
        categories: Mapping[str, str],
    ) -> None:
        """`weights` [SIZE + 1, experts], the last row is added always."""
        self._weights, self._experts = weights, tuple(experts)
        self._featurizer, self._categories = featurizer, categories

    def of(self, text: str, before: Sequence[Earlier], alone: Route) -> dict[str, float]:
        """The share of each expert; they add up to 1. `before`: not empty, the last request first."""
        ids, values = entries_of(self._featurizer, text, before, alone, self._categories)
        logits = values @ self._weights[ids] + self._weights[-1]
        raised = np.exp(logits - logits.max())
        return dict(zip(self._experts, (raised / raised.sum()).tolist(), strict=True))
