"""Category first, then the expert within it: the share of an expert is the product of both."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moe_robot.router.learned import LearnedRouter
from moe_robot.router.scorer import Scorer


class HierarchicalRouter(LearnedRouter):
    """As `LearnedRouter`, over categories: a doubt between two categories is seen before any expert is looked at."""

    strategy = "hierarchical"

    def _shares(self, scorer: Scorer, text: str) -> NDArray[np.float64]:
        logits = scorer.logits(text)
        by_category = scorer.categories(logits)
        scaled = logits.classes[:-1].astype(np.float64) / scorer.manifest.temperature
        raised = np.exp(scaled - scaled.max())
        shares = np.empty(len(raised) + 1)
        for place, members in enumerate(scorer.members):
            within = raised[members]
            shares[members] = by_category[place] * within / max(float(within.sum()), 1e-300)
        shares[-1] = by_category[-1]
        return shares
