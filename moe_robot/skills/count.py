"""How many there are: what was seen in this run and what memory knows, each thing once.

In a named place that the camera has not seen yet, the robot looks first. Without a place it tells what is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from moe_robot.phrases import Place
from moe_robot.skills.base import Hints, SkillTick, SkillTools, Ticket, failure, running, success
from moe_robot.skills.journey import travel_failure
from moe_robot.skills.recall import recalled
from moe_robot.skills.search import Search, lies_in, rooms_of
from moe_robot.skills.targets import SOLID, Target
from moe_robot.structs import Sighting, Status, Value, WorldState

ANSWER_WAIT_S = 2.0
SINCE_S = 1.0  # s; a place that was looked at so long after the thing was last seen there no longer has it
SEEN_SHARE = 0.85  # of a room's floor; less has to be looked at first
SAME_SHARE = 1.5  # times the merging distance of sightings: memory and this run may differ by more than one run does


class Count:
    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.tools = tools
        self.target = Target.of(params)
        self.place = str(params.get("place", ""))
        self.search: Search | None = None
        self.ticket: Ticket | None = None
        self.asked_s = 0.0
        self.looked = False

    def start(self, world: WorldState, now_s: float) -> None:
        self.rooms = rooms_of(self.tools.home, self.place, world)
        self.start_t_s = world.t_s
        if self.place and any(self.tools.coverage.viewed(room) < SEEN_SHARE for room in self.rooms):
            self.tools.coverage.reset(self.rooms)
            self.search = Search(self.tools, self.tools.coverage, self.rooms)

    def stop(self) -> None:
        if self.search is not None:
            self.search.stop()

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        if self.search is not None:
            tick = self.search.tick(world, now_s)
            if tick.status is Status.RUNNING:
                return running(tick.velocity, tick.remaining_m)
            if tick.status is Status.FAILURE:
                if tick.reason == "camera_silent":
                    return failure("fail.camera_silent", tick.reason)
                return travel_failure(tick.reason, Place(self.place), world)
            self.search, self.looked = None, True
        if self.looked:
            return self._tell(self._seen(world), "looked there just now")
        if self.ticket is None:
            self.asked_s = now_s
            target = self.target
            self.ticket = self.tools.memory.request(
                "recall", kind=target.kind, color=target.color, person=target.person
            )
        if not self.ticket.done and now_s - self.asked_s < ANSWER_WAIT_S:
            return running()
        seen = self._seen(world)
        source = "this run" if self.ticket.error or not self.ticket.done else "this run and memory"
        for sighting in recalled(self.ticket):
            if self._wanted(sighting) and all(not self._same(sighting, other) for other in seen):
                if self.tools.coverage.viewed_at(sighting.x_m, sighting.y_m) > sighting.last_t_s + SINCE_S:
                    continue  # looked at since, and it was not there
                seen.append(sighting)
        return self._tell(seen, source)

    def _seen(self, world: WorldState) -> list[Sighting]:
        return [s for s in world.sightings if s.count >= SOLID and self._wanted(s)]

    def _wanted(self, sighting: Sighting) -> bool:
        if not self.target.matches(sighting):
            return False
        return not self.place or lies_in(self.tools.home, self.rooms, sighting.x_m, sighting.y_m, 0.15)

    def _same(self, one: Sighting, other: Sighting) -> bool:
        if one.kind == "person":
            return other.kind == "person" and (one.person == other.person or not (one.person and other.person))
        near_m = SAME_SHARE * self.tools.cfg.world.sighting_merge_m
        if (one.kind, one.color) != (other.kind, other.color):
            return False
        return math.dist((one.x_m, one.y_m), (other.x_m, other.y_m)) <= near_m

    def _tell(self, seen: list[Sighting], source: str) -> SkillTick:
        thing = replace(self.target.thing, count=len(seen))
        evidence = f"{source}: " + (
            ", ".join(f"{s.color} {s.kind} at {s.x_m:.1f}, {s.y_m:.1f}" for s in seen) or "none"
        )
        phrase = "done.count" if seen else "done.count_none"
        if self.place:
            return success(f"{phrase}_in", evidence, thing=thing, place=Place(self.place))
        return success(phrase, evidence, thing=thing)
