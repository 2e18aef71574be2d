"""Go to a place, a point, a thing that was seen, a person.

A place is reached when a sure pose says so; a thing when, besides, the camera sees it there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

from moe_robot.phrases import Place
from moe_robot.skills.approach import Approach, how_far_m
from moe_robot.skills.base import Hints, SkillTick, SkillTools, Ticket, failure, running, success
from moe_robot.skills.journey import Journey, pose_facts, travel_failure
from moe_robot.skills.sweep import Sweep
from moe_robot.skills.targets import Target, distance_m, number, present, where_of
from moe_robot.structs import Pose, Sighting, Status, Value, WorldState

RECALL_WAIT_S = 2.0  # s for memory to answer
SAME_TIME_S = 5.0  # things seen within so many seconds are equally fresh: the nearest is taken
POSE_WAIT_S = 6.0


def place_goal(tools: SkillTools, world: WorldState, place: str, pose: Pose) -> Pose | None:
    """Where to stand for a place; None when there is no room next to that furniture."""
    home = tools.home
    if place in world.places:
        return world.places[place]
    if place in home.rooms:
        return home.rooms[place].stand
    if place in home.places:
        return home.places[place].pose
    return tools.navigator.beside(place, pose)


def another_goal(tools: SkillTools, world: WorldState, place: str, pose: Pose) -> Pose | None:
    """Where else to stand for a place whose spot is taken: elsewhere in the room, on another side of the furniture."""
    first = place_goal(tools, world, place, pose)
    if first is None or place not in tools.home.rooms:
        return first
    free = tools.navigator.nearest_free(first.x_m, first.y_m)
    if free is None or tools.home.room_at(free.x_m, free.y_m) != place:
        return first
    return Pose(free.x_m, free.y_m, first.yaw_rad)


class GoTo:
    """Chooses by the parameters: a place or a point is a journey, a thing or a person an approach."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.work: _ToPlace | _ToThing
        self.work = _ToPlace(params, tools) if "place" in params or "x_m" in params else _ToThing(params, tools)

    def start(self, world: WorldState, now_s: float) -> None:
        self.work.start_s = now_s

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        return self.work.tick(world, now_s)

    def stop(self) -> None:
        self.work.stop()


class _ToPlace:
    def __init__(self, params: Mapping[str, Value], tools: SkillTools) -> None:
        self.params, self.tools = params, tools
        self.where = where_of(params)
        self.journey: Journey | None = None
        self.start_s = 0.0

    def stop(self) -> None:
        if self.journey is not None:
            self.journey.stop()

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        if self.journey is None:
            if world.pose is None:
                lost = now_s - self.start_s > POSE_WAIT_S
                return failure("fail.no_pose", pose_facts(world)) if lost else running()
            self.journey = self._journey(world, world.pose)
            if self.journey is None:
                return travel_failure("unreachable", self.where, world)
        tick = self.journey.tick(world, now_s)
        if tick.status is Status.RUNNING:
            return running(tick.velocity, tick.remaining_m)
        if tick.status is Status.FAILURE:
            return travel_failure(tick.reason, self.where, world)
        assert world.pose is not None
        room = self.tools.home.room_at(world.pose.x_m, world.pose.y_m)
        wanted = self.where.id if isinstance(self.where, Place) else ""
        if wanted in self.tools.home.rooms and room != wanted:
            return travel_failure("not_arrived", self.where, world)
        return success("done.go_to", f"{pose_facts(world)}, room {room or 'none'}", where=self.where)

    def _journey(self, world: WorldState, pose: Pose) -> Journey | None:
        if isinstance(self.where, Place):
            goal = place_goal(self.tools, world, self.where.id, pose)
            if goal is None:
                return None
            choose = partial(another_goal, self.tools, world, self.where.id)
            return Journey(self.tools, goal, turn=True, tolerance_m=0.15, choose=choose)
        yaw_rad = math.radians(number(self.params.get("yaw_deg", 0.0)))
        goal = Pose(number(self.params["x_m"]), number(self.params["y_m"]), yaw_rad)
        return Journey(self.tools, goal, turn="yaw_deg" in self.params)


class _ToThing:
    """Sightings of this run first, then memory's; a person who was never seen is looked for once around."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools) -> None:
        self.tools = tools
        self.target = Target.of(params)
        self.approach: Approach | None = None
        self.ticket: Ticket | None = None
        self.asked_s = 0.0
        self.sweep: Sweep | None = None
        self.swept, self.missing = False, ""
        self.start_s = 0.0

    def stop(self) -> None:
        if self.approach is not None:
            self.approach.stop()

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        if world.pose is None and self.approach is None:
            lost = now_s - self.start_s > POSE_WAIT_S
            return failure("fail.no_pose", pose_facts(world)) if lost else running()
        if self.sweep is not None:
            return self._look_around(self.sweep, world, now_s)
        if self.approach is None:
            found = self._known(world, now_s)
            if found is not None:
                return found
        assert self.approach is not None
        tick = self.approach.tick(world, now_s)
        if tick.status is Status.RUNNING:
            return running(tick.velocity, tick.remaining_m)
        if tick.status is Status.FAILURE or tick.seen is None:
            return self._not_there(tick.reason, world, now_s)
        away_m = how_far_m(world, tick.seen)
        if away_m > self.tools.cfg.skills.approach_m + 0.8:
            return travel_failure(tick.reason or "blocked", self.target.thing, world)
        evidence = f"seen {away_m:.2f} m away, confidence {tick.seen.confidence:.2f}; {pose_facts(world)}"
        known = self.target.kind != "person" or self.target.person
        return success("done.go_to" if known else "done.go_to_any", evidence, where=self.target.thing)

    def _known(self, world: WorldState, now_s: float) -> SkillTick | None:
        """Begin the approach to the last sighting, or say why there is none."""
        seen = [d.position_m for d in self.target.among(world.detections) if d.position_m and present(world)]
        if seen:
            self._go(seen[0])
            return None
        sightings = self.target.sightings(world)
        if sightings:
            self._go(self._best(sightings, world))
            return None
        if self.ticket is None:
            self.asked_s = now_s
            target = self.target
            self.ticket = self.tools.memory.request(
                "recall", kind=target.kind, color=target.color, person=target.person
            )
        if not self.ticket.done and now_s - self.asked_s < RECALL_WAIT_S:
            return running()
        recalled = self.ticket.value if self.ticket.done and not self.ticket.error else ()
        if isinstance(recalled, tuple) and recalled:
            self._go((recalled[0].x_m, recalled[0].y_m))
            return None
        return self._not_there("not_seen", world, now_s)

    def _best(self, sightings: list[Sighting], world: WorldState) -> tuple[float, float]:
        fresh = [s for s in sightings if s.last_t_s > sightings[0].last_t_s - SAME_TIME_S]
        assert world.pose is not None
        pose = world.pose
        nearest = min(fresh, key=lambda s: distance_m(pose, s.x_m, s.y_m))
        return nearest.x_m, nearest.y_m

    def _go(self, point: tuple[float, float]) -> None:
        self.approach = Approach(self.tools, self.target, point, self.tools.cfg.skills.approach_m)

    def _not_there(self, reason: str, world: WorldState, now_s: float) -> SkillTick:
        """People walk: look once around before giving up on one."""
        if self.target.kind == "person" and reason in ("not_seen", "gone") and not self.swept:
            self.swept, self.missing = True, reason
            self.sweep = Sweep(2.0 * math.pi, self.tools.cfg.skills.sweep_radps)
            return self._look_around(self.sweep, world, now_s)
        if reason in ("not_seen", "gone"):
            return self._missing(reason, f"{reason}; {pose_facts(world)}")
        return travel_failure(reason, self.target.thing, world)

    def _look_around(self, sweep: Sweep, world: WorldState, now_s: float) -> SkillTick:
        seen = [d.position_m for d in self.target.among(world.detections) if d.position_m and present(world)]
        if seen:
            self.sweep = None
            self._go(seen[0])
            return running()
        velocity = sweep.tick(world, now_s)
        if velocity is None:
            return self._missing(self.missing, f"looked around; {pose_facts(world)}")
        return running(velocity)

    def _missing(self, reason: str, facts: str) -> SkillTick:
        if self.target.kind == "person" and not self.target.person:
            return failure("fail.no_person_any", facts)
        return failure(f"fail.{reason}", facts, thing=self.target.thing)
