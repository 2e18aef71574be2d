"""Follow-ups of geometry, statistics, chances, units and word problems."""

from __future__ import annotations

from collections.abc import Iterator

from moe_robot.router.proposers.heard import Heard, Raw


def propose(heard: Heard) -> Iterator[Raw]:
    """Whole texts that the turn may mean after one of the earlier requests of these experts."""
    return iter(())
