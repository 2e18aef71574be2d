"""What a turn may mean after an earlier request, by the field that the request is of: each module proposes whole texts
for its experts and decides nothing. `proposals.py` collects, `ranking.py` chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from moe_robot.router.proposers import answers, figures, formulas, motion, things, times
from moe_robot.router.proposers.heard import Heard, Raw

PROPOSERS: tuple[Callable[[Heard], Iterator[Raw]], ...] = (
    formulas.propose,
    figures.propose,
    motion.propose,
    things.propose,
    times.propose,
    answers.propose,
)

__all__ = ["PROPOSERS", "Heard", "Raw"]
