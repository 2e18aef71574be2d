"""Follow-ups of driving, turning, going to places, rounds and routes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.moves import moves, timed
from moe_robot.router.proposers.orders import nows, orders, waits
from moe_robot.router.proposers.shapes import points, shapes
from moe_robot.router.proposers.stops import lists
from moe_robot.router.proposers.ways import speeds, ways

MOST = 20


def propose(heard: Heard) -> Iterator[Raw]:
    """Whole texts that the turn may mean after one of the earlier requests of these experts."""
    if not heard.earlier:
        return iter(())
    read = (nows, waits, points, lists, moves, timed, speeds, ways, shapes, orders)
    found = chain.from_iterable(one(heard) for one in read)
    return islice(iter(dict.fromkeys(found)), MOST)
