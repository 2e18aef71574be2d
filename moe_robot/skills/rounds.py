"""Patrol: visit places in turn. Explore: look at what has not been looked at yet."""

from __future__ import annotations

import math
from collections.abc import Mapping

from moe_robot.phrases import Place
from moe_robot.skills.base import STILL, Hints, SkillTick, SkillTools, failure, running, success
from moe_robot.skills.go_to import place_goal
from moe_robot.skills.journey import Journey, pose_facts
from moe_robot.skills.search import Search
from moe_robot.skills.targets import SOLID, grouped, number
from moe_robot.structs import Pose, Status, Value, WorldState

POSE_WAIT_S = 6.0


class Patrol:
    """In the order said; all rooms in the order of a short tour. A place that cannot be reached makes it a FAILURE, but
    the others are visited all the same."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.tools = tools
        places = params.get("places", ())
        self.said = tuple(places) if isinstance(places, tuple) else ()
        self.rounds = round(number(params.get("rounds", 1.0)))
        self.tour: list[str] = []
        self.left: list[str] = []
        self.journey: Journey | None = None
        self.reached: list[str] = []
        self.missed: dict[str, str] = {}

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s

    def stop(self) -> None:
        if self.journey is not None:
            self.journey.stop()

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        if world.pose is None:
            lost = now_s - self.start_s > POSE_WAIT_S and self.journey is None
            if self.journey is None:
                return failure("fail.no_pose", pose_facts(world)) if lost else running()
        elif not self.tour:
            self.tour = list(self.said) or short_tour(self.tools, world.pose)
            self.left = self.tour * self.rounds
        if self.journey is None:
            if not self.left:
                return self._over()
            assert world.pose is not None
            goal = place_goal(self.tools, world, self.left[0], world.pose)
            if goal is None:
                self.missed[self.left.pop(0)] = "unreachable"
                return running()
            self.journey = Journey(self.tools, goal, turn=False, tolerance_m=0.3)
        tick = self.journey.tick(world, now_s)
        if tick.status is Status.RUNNING:
            return running(tick.velocity, tick.remaining_m)
        place = self.left.pop(0)
        self.journey = None
        if tick.status is Status.SUCCESS:
            self.reached.append(place)
        else:
            self.missed[place] = tick.reason
            if tick.reason in ("lost", "no_scan"):
                return failure("fail.no_pose" if tick.reason == "lost" else "fail.scan", self._facts())
        return running(STILL)

    def _over(self) -> SkillTick:
        if self.missed:
            return failure("fail.patrol", self._facts(), places=tuple(Place(place) for place in self.missed))
        places = tuple(Place(place) for place in self.tour)
        phrase = "done.patrol" if self.rounds == 1 else "done.patrol_rounds"
        return success(phrase, self._facts(), places=places, rounds=self.rounds)

    def _facts(self) -> str:
        missed = ", ".join(f"{place} ({reason})" for place, reason in self.missed.items())
        return f"reached {', '.join(self.reached) or 'nothing'}; missed {missed or 'nothing'}"


class Explore:
    """Until everything has been looked at, or for a time."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.tools = tools
        self.duration_s = number(params.get("duration_s", math.inf), math.inf)
        self.rooms = tuple(tools.home.rooms)
        self.before = {room: tools.coverage.viewed(room) for room in self.rooms}
        self.search = Search(tools, tools.coverage, self.rooms)

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s
        self.start_t_s = world.t_s

    def stop(self) -> None:
        self.search.stop()

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        if now_s - self.start_s >= self.duration_s:
            self.stop()
            return self._tell(world)
        tick = self.search.tick(world, now_s)
        if tick.status is Status.RUNNING:
            return running(tick.velocity, tick.remaining_m)
        if tick.status is Status.SUCCESS:
            return self._tell(world)
        if tick.reason == "camera_silent":
            return failure("fail.camera_silent", self._facts())
        if tick.reason == "no_scan":
            return failure("fail.scan", self._facts())
        if tick.reason == "lost":
            return failure("fail.no_pose", self._facts())
        unseen = tuple(Place(room) for room in self.rooms if self.tools.coverage.viewed(room) < 0.5)
        return failure("fail.explore", self._facts(), places=unseen)

    def _tell(self, world: WorldState) -> SkillTick:
        viewed = self.tools.coverage.viewed
        looked = tuple(Place(room) for room in self.rooms if viewed(room) > max(0.5, self.before[room] + 0.01))
        things = grouped(s for s in world.sightings if s.last_t_s >= self.start_t_s and s.count >= SOLID)
        if not looked and not self.search.visited and self.duration_s == math.inf:
            return success("done.explored", self._facts())
        places = looked or tuple({view.room: Place(view.room) for view in self.search.visited}.values())
        if not places:
            return success("done.explored", self._facts())
        if not things:
            return success("done.explore_nothing", self._facts(), places=places)
        return success("done.explore", self._facts(), places=places, things=things)

    def _facts(self) -> str:
        viewed = ", ".join(f"{room} {100 * self.tools.coverage.viewed(room):.0f} %" for room in self.rooms)
        return f"{len(self.search.visited)} viewpoints; viewed {viewed}"


def short_tour(tools: SkillTools, pose: Pose) -> list[str]:
    """All rooms, the nearest next each time."""
    left, tour, at = dict(tools.home.rooms), [], pose
    while left:
        here = at
        room = min(left.values(), key=lambda room: tools.navigator.distance_m(here, room.stand))
        tour.append(room.id)
        at = left.pop(room.id).stand
    return tour
