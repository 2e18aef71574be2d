"""A drive to a pose that proves its arrival, notices when nothing moves, and tries once more after making room.

Shared by every skill that goes somewhere. The way itself is the navigator's business.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

from moe_robot.phrases import Place, Point, Thing
from moe_robot.skills.base import STILL, SkillTick, SkillTools, failure
from moe_robot.skills.control import StallWatch, YawCounter
from moe_robot.skills.targets import distance_m
from moe_robot.structs import Pose, Status, Velocity, WorldState

log = logging.getLogger(__name__)

SLOW_MPS, SPARE_S = 0.15, 30.0  # a way may take its length at SLOW_MPS and SPARE_S more
CASUAL_SPARE_S = 10.0
BACK_M, BACK_MPS, BACK_LIMIT_S = 0.2, 0.12, 4.0  # making room before the second try
ROTATE_RAD, ROTATE_LIMIT_S = 2.1, 12.0  # a look around for a robot that has lost its place
ARRIVED_STD_M = 0.25  # m, with a worse pose the arrival is not proved
PROOF_WAIT_S = 3.0  # s for the pose to become sure enough
POSE_WAIT_S = 6.0  # s for a first pose, and for one that grew old on the way: a new localizer takes as long


@dataclass(frozen=True)
class JourneyTick:
    """`reason` of a FAILURE: blocked | unreachable | outside | lost | no_scan | timeout | not_arrived."""

    status: Status
    velocity: Velocity = STILL
    remaining_m: float | None = None
    reason: str = ""


class Journey:
    """To `goal`; its yaw counts when `turn` is set. Call `tick` until it ends, `stop` to give up.

    A `casual` one is not worth waiting for: no second try, little spare time. `choose` gives another goal, as seen from
    a pose, when something turns out to stand on this one; None = there is no other.
    """

    def __init__(
        self,
        tools: SkillTools,
        goal: Pose,
        turn: bool = True,
        tolerance_m: float = 0.12,
        casual: bool = False,
        choose: Callable[[Pose], Pose | None] | None = None,
    ) -> None:
        self.navigator = tools.navigator
        self.turn_radps = tools.cfg.skills.turn_radps
        self.goal, self.turn, self.tolerance_m = goal, turn, tolerance_m
        self.choose = choose
        self.phase = "new"  # new | drive | back | rotate | proof
        self.since_s = 0.0
        self.posed_s = math.inf  # when there was a pose last
        self.deadline_s = math.inf
        self.tried = casual
        self.spare_s = CASUAL_SPARE_S if casual else SPARE_S
        self.stall = StallWatch()
        self.counter: YawCounter | None = None
        self.back_from: Pose | None = None

    def stop(self) -> None:
        self.navigator.cancel()

    def tick(self, world: WorldState, now_s: float) -> JourneyTick:
        if self.phase == "new":
            return self._begin(world, now_s)
        if world.pose is not None:
            self.posed_s = now_s
        if now_s > self.deadline_s or now_s - self.posed_s > POSE_WAIT_S:
            return self._fail("timeout" if world.pose is not None else "lost")
        if self.phase == "back":
            return self._back(world, now_s)
        if self.phase == "rotate":
            return self._rotate(world, now_s)
        if self.phase == "proof":
            return self._prove(world, now_s)
        return self._drive(world, now_s)

    def _begin(self, world: WorldState, now_s: float) -> JourneyTick:
        if world.pose is None:
            if self.deadline_s == math.inf:
                self.deadline_s = now_s + POSE_WAIT_S
            return self._fail("lost") if now_s > self.deadline_s else JourneyTick(Status.RUNNING)
        self.posed_s = now_s
        way_m = self.navigator.distance_m(world.pose, self.goal)
        spare_s = self.spare_s + (way_m / SLOW_MPS if math.isfinite(way_m) else 0.0)
        self.deadline_s = now_s + spare_s
        return self._set_goal(world, now_s)

    def _set_goal(self, world: WorldState, now_s: float) -> JourneyTick:
        self.navigator.observe(world)
        yaw_rad = self.goal.yaw_rad if self.turn else None
        choose = self._choose if self.choose is not None else None
        reply = self.navigator.set_goal(self.goal.x_m, self.goal.y_m, yaw_rad, self.tolerance_m, now_s, choose)
        if not reply:
            return self._fail(reply.reason)
        self.phase = "drive"
        self.stall = StallWatch()
        return self._drive(world, now_s)

    def _choose(self, pose: Pose) -> Pose | None:
        """The arrival is proved at the goal that was driven to in the end."""
        other = self.choose(pose) if self.choose is not None else None
        if other is not None:
            self.goal = other
        return other

    def _drive(self, world: WorldState, now_s: float) -> JourneyTick:
        tick = self.navigator.tick(world, now_s)
        if tick.status is Status.SUCCESS:
            self.phase, self.since_s = "proof", now_s
            return self._prove(world, now_s)
        if tick.status is Status.RUNNING and not self.stall.update(tick.velocity, world, now_s):
            return JourneyTick(Status.RUNNING, tick.velocity, tick.remaining_m)
        reason = tick.reason or "blocked"
        if self.tried or reason not in ("blocked", "lost"):
            return self._fail(reason)
        log.info("journey: %s, making room for a second try", reason)
        self.tried = True
        self.navigator.cancel()
        self.deadline_s += BACK_LIMIT_S + ROTATE_LIMIT_S
        self._recover("rotate" if reason == "lost" else "back", world, now_s)
        return JourneyTick(Status.RUNNING, STILL, tick.remaining_m)

    def _recover(self, phase: str, world: WorldState, now_s: float) -> None:
        self.phase, self.since_s = phase, now_s
        self.stall = StallWatch(1.0)
        self.back_from = world.odom
        self.counter = YawCounter(world.odom.yaw_rad) if world.odom else None

    def _back(self, world: WorldState, now_s: float) -> JourneyTick:
        velocity = Velocity(-BACK_MPS, 0.0)
        backed_m = (
            distance_m(world.odom, self.back_from.x_m, self.back_from.y_m) if world.odom and self.back_from else 0.0
        )
        if backed_m >= BACK_M:
            return self._set_goal(world, now_s)
        if now_s - self.since_s > BACK_LIMIT_S or self.stall.update(velocity, world, now_s):
            self._recover("rotate", world, now_s)
            return JourneyTick(Status.RUNNING)
        return JourneyTick(Status.RUNNING, velocity)

    def _rotate(self, world: WorldState, now_s: float) -> JourneyTick:
        velocity = Velocity(0.0, 0.6 * self.turn_radps)
        turned = self.counter.update(world.odom.yaw_rad) if self.counter and world.odom else 0.0
        stuck = self.stall.update(velocity, world, now_s)
        if turned >= ROTATE_RAD or stuck or now_s - self.since_s > ROTATE_LIMIT_S:
            return self._set_goal(world, now_s)
        return JourneyTick(Status.RUNNING, velocity)

    def _prove(self, world: WorldState, now_s: float) -> JourneyTick:
        """SUCCESS only with a pose that is sure and at the goal."""
        near = world.pose is not None and distance_m(world.pose, self.goal.x_m, self.goal.y_m) <= self.tolerance_m + 0.4
        if near and world.pose_std_m <= ARRIVED_STD_M:
            return JourneyTick(Status.SUCCESS, STILL, 0.0)
        if now_s - self.since_s > PROOF_WAIT_S:
            return self._fail("not_arrived")
        return JourneyTick(Status.RUNNING, STILL, 0.0)

    def _fail(self, reason: str) -> JourneyTick:
        self.navigator.cancel()
        return JourneyTick(Status.FAILURE, STILL, None, reason)


_PHRASES = {
    "unreachable": "fail.unreachable",
    "outside": "fail.unreachable",
    "lost": "fail.no_pose",
    "no_scan": "fail.scan",
    "timeout": "fail.travel_timeout",
    "not_arrived": "fail.not_arrived",
}


def travel_failure(reason: str, where: Place | Thing | Point, world: WorldState) -> SkillTick:
    """The result of a step whose journey ended with `reason`."""
    return failure(_PHRASES.get(reason, "fail.travel_blocked"), f"{reason}; {pose_facts(world)}", where=where)


def pose_facts(world: WorldState) -> str:
    """The pose as evidence."""
    if world.pose is None:
        return "no pose"
    return f"pose {world.pose.x_m:.2f}, {world.pose.y_m:.2f}, std {world.pose_std_m:.2f} m"
