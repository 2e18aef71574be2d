"""Whose a turn is after an earlier request: a small learned model, features -> shares of the experts.

    successors.of("is it far?", "where is the red cube", "recall")["distance"]   # 0.8

Linear over the features of `relation.py`. Trained on written dialogues (`training/follow_ups.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from moe_robot.router.features import Featurizer
from moe_robot.router.relation import entries


class Successors:
    """Safe under threads."""

    def __init__(
        self,
        weights: NDArray[np.float32],
        experts: Sequence[str],
        featurizer: Featurizer,
        categories: Mapping[str, str],
    ) -> None:
        """`weights` [rows + 1, experts], the last row is added always."""
        self._weights, self._experts = weights, tuple(experts)
        self._featurizer, self._categories = featurizer, categories

    def of(self, text: str, before: str, expert: str) -> dict[str, float]:
        """The share of each expert; they add up to 1."""
        ids, values = entries(self._featurizer, text, before, expert, self._categories.get(expert, ""))
        logits = values @ self._weights[ids] + self._weights[-1]
        raised = np.exp(logits - logits.max())
        return dict(zip(self._experts, (raised / raised.sum()).tolist(), strict=True))
