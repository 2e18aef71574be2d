"""Drive onto the charger and prove by the battery that it charges.

`places.dock` of the home is the pose of the docked robot. The last half metre is driven straight along its yaw: forward
when there is room behind the dock's pose, else backward (the charger stands at the wall behind the robot).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from moe_robot.phrases import Place
from moe_robot.skills.base import STILL, Hints, SkillTick, SkillTools, failure, running, success
from moe_robot.skills.control import StallWatch, wrap
from moe_robot.skills.drive import along
from moe_robot.skills.journey import Journey, pose_facts, travel_failure
from moe_robot.structs import Pose, Status, Value, Velocity, WorldState

DOCK = "dock"
STAGE_M = 0.5  # from the dock's pose, where the straight approach begins
APPROACH_MPS, CREEP_MPS = 0.12, 0.05
OVERRUN_M = 0.06  # farther than the dock's pose while waiting for the charger to answer
CHARGE_WAIT_S = 3.0
TRIES = 2


class Dock:
    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.tools = tools
        place = tools.home.places.get(DOCK)
        self.pose = place.pose if place else None
        self.journey: Journey | None = None
        self.final = False
        self.forward = False
        self.contact_s: float | None = None
        self.tries = 0
        self.stall = StallWatch()

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s
        if self.pose is not None:
            self.forward = self._room_at(_ahead(self.pose, -STAGE_M))

    def stop(self) -> None:
        if self.journey is not None:
            self.journey.stop()

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        battery = world.battery
        if battery is not None and battery.charging:
            self.stop()
            evidence = f"charging at {battery.current_a:.1f} A; {pose_facts(world)}"
            return success("done.dock", evidence, percent=battery.percent)
        if self.pose is None:
            return failure("fail.no_dock", "the home has no place called dock")
        if self.final:
            return self._approach(self.pose, world, now_s)
        if self.journey is None:
            stage = _ahead(self.pose, -STAGE_M if self.forward else STAGE_M)
            self.journey = Journey(self.tools, stage, turn=True, tolerance_m=0.08)
        tick = self.journey.tick(world, now_s)
        if tick.status is Status.RUNNING:
            return running(tick.velocity, (tick.remaining_m or 0.0) + STAGE_M)
        if tick.status is Status.FAILURE:
            return travel_failure(tick.reason, Place(DOCK), world)
        self.journey, self.final, self.contact_s = None, True, None
        self.stall = StallWatch()
        return running(STILL, STAGE_M)

    def _approach(self, dock: Pose, world: WorldState, now_s: float) -> SkillTick:
        """Straight along the dock's axis on the map, ever slower, until the charger answers."""
        if world.pose is None:
            return self._again(world) if self.stall.update(Velocity(CREEP_MPS), world, now_s) else running()
        sign = 1.0 if self.forward else -1.0
        ahead_m, aside_m, yaw_error = along(dock, world.pose)
        left_m = -sign * ahead_m
        if left_m <= -OVERRUN_M:
            if self.contact_s is None:
                self.contact_s = now_s
            return self._again(world) if now_s - self.contact_s > CHARGE_WAIT_S else running(STILL, 0.0)
        speed = sign * min(APPROACH_MPS, max(CREEP_MPS, 0.6 * left_m))
        turn = -6.0 * speed * aside_m + 4.0 * abs(speed) * wrap(yaw_error)
        velocity = Velocity(speed, max(-0.5, min(0.5, turn)))
        if self.stall.update(velocity, world, now_s):
            return self._again(world)
        return running(velocity, max(left_m, 0.0))

    def _again(self, world: WorldState) -> SkillTick:
        self.tries += 1
        if self.tries >= TRIES:
            percent = f"{world.battery.percent:.0f} %, not charging" if world.battery else "battery unknown"
            return failure("fail.not_charging", f"{percent}; {pose_facts(world)}")
        self.final = False
        return running()

    def _room_at(self, pose: Pose) -> bool:
        need_m = self.tools.cfg.world.robot_radius_m + 0.05
        x_min, y_min, x_max, y_max = self.tools.home.bounds_m
        inside = x_min < pose.x_m < x_max and y_min < pose.y_m < y_max
        return inside and self.tools.navigator.grid.clearance_m(pose.x_m, pose.y_m) >= need_m


def _ahead(pose: Pose, by_m: float) -> Pose:
    return Pose(pose.x_m + by_m * math.cos(pose.yaw_rad), pose.y_m + by_m * math.sin(pose.yaw_rad), pose.yaw_rad)
