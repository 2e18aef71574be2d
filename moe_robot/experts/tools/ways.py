"""Lengths of ways through the home for those who answer: one map at a time, made when first asked, behind a lock."""

from __future__ import annotations

import threading

from moe_robot.experts.context import AnswerContext
from moe_robot.phrases import Place, Thing
from moe_robot.structs import Pose, Sighting, WorldState
from moe_robot.world.home import Home
from moe_robot.world.paths import Paths


class Ways:
    """Safe under threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[Home, Paths] | None = None

    def length_m(self, start: Pose, goal: Pose, context: AnswerContext) -> float:
        """inf when there is no way."""
        with self._lock:
            return self._paths(context).length_m(start, goal)

    def goal(self, what: Place | Thing, start: Pose, context: AnswerContext) -> Pose | None:
        """Where the robot would drive for it: the stand of a room, beside furniture, where a thing was seen last.
        None = not known."""
        if isinstance(what, Place):
            named = context.world.places if context.world is not None else {}
            with self._lock:
                return self._paths(context).goal(what.id, start, named)
        seen = last_seen(what, context.world)
        return None if seen is None else Pose(seen.x_m, seen.y_m)

    def _paths(self, context: AnswerContext) -> Paths:
        if self._made is None or self._made[0] is not context.home:
            self._made = context.home, Paths(context.home, context.cfg.world)
        return self._made[1]


def matches(what: Thing, seen: Sighting) -> bool:
    if bool(what.person) or what.kind == "person":
        return seen.kind == "person" and what.person in ("", "any", seen.person)
    return seen.kind != "person" and what.kind in ("", "any", seen.kind) and what.color in ("", seen.color)


def last_seen(what: Thing, world: WorldState | None) -> Sighting | None:
    """The newest sighting that is meant."""
    seen = [s for s in (world.sightings if world is not None else ()) if matches(what, s)]
    return max(seen, key=lambda s: s.last_t_s, default=None)


def center(what: Place, context: AnswerContext) -> Pose | None:
    """The middle of a place itself, not where the robot stands for it."""
    item = context.home.furniture.get(what.id)
    if item is not None:
        return Pose(item.x_m, item.y_m)
    if what.id in context.home.rooms:
        return context.home.rooms[what.id].stand
    if what.id in context.home.places:
        return context.home.places[what.id].pose
    return context.world.places.get(what.id) if context.world is not None else None
