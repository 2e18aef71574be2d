"""Driving up to a thing that was seen, and proving with the camera that it is there.

Used by `find` (1 m away) and by `go_to` (nearer). The thing may move meanwhile: newer detections shift the goal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from moe_robot.skills.base import STILL, SkillTools
from moe_robot.skills.control import bearing_rad, turn_rate
from moe_robot.skills.journey import Journey
from moe_robot.skills.targets import Target, distance_m
from moe_robot.structs import Detection, Pose, Status, Velocity, WorldState

CONFIRM_IMAGES = 3  # images in a row
SAME_M = 0.8  # a detection this near to the point sought is the thing sought
MOVED_M = 0.4  # the goal follows when the thing turns out to be this far from where it was thought to be
REGOAL_S = 1.0  # at most this often
LOOK_S = 5.0  # s of looking at the place before the thing counts as gone
NOD_RAD = 0.5  # the head turn left and right of the expected direction meanwhile


class Streak:
    """Counts images in a row that show the target near a point. One image counts once."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.image_t_s = -math.inf
        self.count = 0
        self.last: Detection | None = None

    def update(self, world: WorldState, point: tuple[float, float] | None = None, since_t_s: float = -math.inf) -> int:
        """Images in a row until now; `point` restricts to detections within SAME_M of it."""
        if world.image_t_s > max(self.image_t_s, since_t_s):
            self.image_t_s = world.image_t_s
            seen = [d for d in self.target.among(world.detections) if _near(d, point)]
            self.count = self.count + 1 if seen else 0
            self.last = seen[0] if seen else self.last
        return self.count


@dataclass(frozen=True)
class ApproachTick:
    """`reason` of a FAILURE: gone, or what Journey says. `seen` proves a SUCCESS."""

    status: Status
    velocity: Velocity = STILL
    remaining_m: float | None = None
    reason: str = ""
    seen: Detection | None = None


class Approach:
    def __init__(self, tools: SkillTools, target: Target, point: tuple[float, float], away_m: float) -> None:
        self.tools, self.target, self.point, self.away_m = tools, target, point, away_m
        self.journey: Journey | None = None
        self.regoal_s = -math.inf
        self.regoals = 0
        self.streak = Streak(target)
        self.arrived_s: float | None = None
        self.far_reason = ""

    def stop(self) -> None:
        if self.journey is not None:
            self.journey.stop()

    def tick(self, world: WorldState, now_s: float) -> ApproachTick:
        self.streak.update(world, self.point)
        self._follow_target(world, now_s)
        if self.arrived_s is not None:
            return self._look(world, now_s)
        if self.journey is None:
            if world.pose is None:
                return ApproachTick(Status.FAILURE, reason="lost")
            goal = self._stand(world.pose)
            if goal is None:
                return self._too_far("unreachable", now_s)
            self.journey = Journey(self.tools, goal, tolerance_m=0.15, choose=self._stand)
        tick = self.journey.tick(world, now_s)
        if tick.status is Status.RUNNING:
            return ApproachTick(Status.RUNNING, tick.velocity, tick.remaining_m)
        if tick.status is Status.FAILURE:
            return self._too_far(tick.reason, now_s)
        self.arrived_s = now_s
        return ApproachTick(Status.RUNNING, STILL, 0.0)

    def _stand(self, pose: Pose) -> Pose | None:
        return self.tools.navigator.approach(*self.point, pose, self.away_m)

    def _too_far(self, reason: str, now_s: float) -> ApproachTick:
        """No way up to it: look at it from here, it may be seen all the same."""
        self.far_reason = reason
        self.arrived_s = now_s
        return ApproachTick(Status.RUNNING)

    def _follow_target(self, world: WorldState, now_s: float) -> None:
        seen = self.streak.last
        if seen is None or seen.position_m is None or seen.t_s < world.t_s - 0.5:
            return
        if math.dist(seen.position_m, self.point) > MOVED_M and now_s - self.regoal_s > REGOAL_S and self.regoals < 30:
            self.regoal_s, self.regoals = now_s, self.regoals + 1
            self.point = seen.position_m
            self.stop()
            self.journey, self.arrived_s, self.far_reason = None, None, ""

    def _look(self, world: WorldState, now_s: float) -> ApproachTick:
        """Stand, face the place and count images."""
        assert self.arrived_s is not None
        if self.streak.count >= CONFIRM_IMAGES:
            return ApproachTick(Status.SUCCESS, STILL, 0.0, self.far_reason, self.streak.last)
        looked_s = now_s - self.arrived_s
        if looked_s > LOOK_S or world.pose is None:
            return ApproachTick(Status.FAILURE, reason=self.far_reason or "gone")
        if self.streak.count and self.streak.last is not None:
            error = self.streak.last.bearing_rad
        else:
            error = bearing_rad(world.pose, *self.point)
            if looked_s > 0.3 * LOOK_S:  # not where it was thought to be: look left and right of it
                error += NOD_RAD if looked_s < 0.65 * LOOK_S else -NOD_RAD
        velocity = Velocity(0.0, turn_rate(error, 0.6)) if abs(error) > 0.08 else STILL
        return ApproachTick(Status.RUNNING, velocity, 0.0)


def _near(detection: Detection, point: tuple[float, float] | None) -> bool:
    if point is None or detection.position_m is None or detection.kind == "person":
        return True
    return math.dist(detection.position_m, point) <= SAME_M


def how_far_m(world: WorldState, seen: Detection) -> float:
    """From the robot to what it sees: by depth, else by the map; nan when neither knows."""
    if math.isfinite(seen.distance_m):
        return seen.distance_m
    if world.pose is not None and seen.position_m is not None:
        return distance_m(world.pose, *seen.position_m)
    return math.nan
