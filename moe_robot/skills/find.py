"""Find a thing or a person: go where it was seen, else look at every floor, until the camera proves it.

Whatever catches the eye on the way is a candidate: the robot drives up to it and counts images.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from moe_robot.phrases import Place
from moe_robot.skills.approach import Approach, ApproachTick, Streak, how_far_m
from moe_robot.skills.base import STILL, Hints, SkillTick, SkillTools, failure, running, success
from moe_robot.skills.journey import pose_facts
from moe_robot.skills.search import HASTY_SHARE, Observer, Search, lies_in, room_near, rooms_of
from moe_robot.skills.targets import Target
from moe_robot.structs import Status, Value, WorldState

AWAY_M = 1.0  # distance from which a candidate is confirmed
CANDIDATE_IMAGES = 2  # images in a row that make a candidate
REJECT_M = 0.5  # a rejected candidate, and whatever is seen this close to it, is not looked at again
MAX_SIGHTINGS = 3  # old sightings that are checked before the search begins
FAR_SEEN_M = 2.8  # a candidate that cannot be reached counts as found when seen from this close


class Find:
    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.params, self.tools = params, tools
        self.target = Target.of(params)
        self.place = str(params.get("place", ""))
        self.limit_s = tools.cfg.skills.find_timeout_s
        self.coverage = tools.coverage.fresh()
        self.observer = Observer(self.coverage)
        self.streak = Streak(self.target)
        self.approach: Approach | None = None
        self.rejected: list[tuple[float, float]] = []
        self.checked = 0

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s
        self.rooms = rooms_of(self.tools.home, self.place, world)
        self.search = Search(self.tools, self.coverage, self.rooms, HASTY_SHARE)

    def stop(self) -> None:
        self.search.stop()
        if self.approach is not None:
            self.approach.stop()

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        self.observer.update(world)
        if now_s - self.start_s > self.limit_s:
            self.stop()
            return failure("fail.find_timeout", self._facts(world), thing=self.target.thing, limit_s=self.limit_s)
        if self.approach is None:
            self._notice(world)
        if self.approach is not None:
            tick = self.approach.tick(world, now_s)
            if tick.status is Status.RUNNING:
                return running(tick.velocity, tick.remaining_m)
            if tick.status is Status.SUCCESS and (found := self._found(tick, world)) is not None:
                return found
            self.rejected.append(self.approach.point)
            self.approach = None
            return running(STILL)
        return self._search(world, now_s)

    def _search(self, world: WorldState, now_s: float) -> SkillTick:
        tick = self.search.tick(world, now_s)
        if tick.status is Status.RUNNING:
            return running(tick.velocity, tick.remaining_m)
        facts = f"{self._facts(world)}; {tick.reason or 'all viewpoints seen'}"
        if tick.reason == "camera_silent":
            return failure("fail.camera_silent", facts)
        if tick.reason == "lost":
            return failure("fail.no_pose", facts)
        if tick.reason == "no_scan":
            return failure("fail.scan", facts)
        seen = tuple(Place(room) for room in self.rooms if self.coverage.viewed(room) > 0.5)
        if seen:
            return failure("fail.not_found", facts, thing=self.target.thing, places=seen)
        return failure("fail.not_found_nowhere", facts, thing=self.target.thing)

    def _notice(self, world: WorldState) -> None:
        """Begin an approach: to what is in view now, else to where it was seen before."""
        count = self.streak.update(world)
        seen = self.streak.last
        if count >= CANDIDATE_IMAGES and seen is not None and seen.position_m and self._new(seen.position_m):
            self._go(seen.position_m)
            return
        if self.checked >= MAX_SIGHTINGS or world.pose is None:
            return
        for sighting in self.target.sightings(world):
            point = (sighting.x_m, sighting.y_m)
            if self._new(point):
                self.checked += 1
                self._go(point)
                return

    def _new(self, point: tuple[float, float]) -> bool:
        inside = not self.place or lies_in(self.tools.home, self.rooms, *point)
        return inside and all(math.dist(point, other) > REJECT_M for other in self.rejected)

    def _go(self, point: tuple[float, float]) -> None:
        self.search.stop()
        self.approach = Approach(self.tools, self.target, point, AWAY_M)

    def _found(self, tick: ApproachTick, world: WorldState) -> SkillTick | None:
        seen = tick.seen
        assert seen is not None and self.approach is not None
        away_m = how_far_m(world, seen)
        if away_m > FAR_SEEN_M:
            return None
        point = seen.position_m or self.approach.point
        if self.place and not lies_in(self.tools.home, self.rooms, *point):
            return None
        room = self.place if self.place in self.tools.home.rooms else room_near(self.tools.home, *point)
        evidence = (
            f"{seen.kind} {seen.color} {seen.person} in {self.approach.streak.count} images in a row, "
            f"{away_m:.2f} m away, confidence {seen.confidence:.2f}, "
            f"at {point[0]:.2f}, {point[1]:.2f}; {pose_facts(world)}"
        )
        words = {"thing": self.target.thing, "distance_m": away_m}
        if room:
            return success("done.find", evidence, place=Place(room), **words)
        return success("done.find_nowhere", evidence, **words)

    def _facts(self, world: WorldState) -> str:
        views = ", ".join(f"{room} {100 * self.coverage.viewed(room):.0f} %" for room in self.rooms)
        return f"viewed {views}; {len(self.rejected)} candidates rejected"
