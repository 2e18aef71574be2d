"""Turning on the spot to look: slowly enough for the camera, measured by odometry."""

from __future__ import annotations

import math

from moe_robot.skills.control import StallWatch, YawCounter, speed_for
from moe_robot.structs import Velocity, WorldState


class Sweep:
    """By `angle_rad` (left positive). `tick` gives the velocity, None when the turn is done or cannot go on."""

    def __init__(self, angle_rad: float, rate_radps: float) -> None:
        self.angle_rad, self.rate_radps = angle_rad, rate_radps
        self.counter: YawCounter | None = None
        self.stall = StallWatch()
        self.stuck = False

    @property
    def turned_rad(self) -> float:
        return self.counter.turned_rad if self.counter else 0.0

    def tick(self, world: WorldState, now_s: float) -> Velocity | None:
        heading = world.odom or world.pose
        if heading is None:
            self.stuck = self.stall.update(Velocity(0.0, self.rate_radps), world, now_s)
            return None if self.stuck else Velocity()
        if self.counter is None:
            self.counter = YawCounter(heading.yaw_rad)
        left_rad = abs(self.angle_rad) - math.copysign(1.0, self.angle_rad) * self.counter.update(heading.yaw_rad)
        if left_rad <= 0.03:
            return None
        velocity = Velocity(0.0, math.copysign(speed_for(left_rad, self.rate_radps, 1.0, 0.15), self.angle_rad))
        self.stuck = self.stall.update(velocity, world, now_s)
        return None if self.stuck else velocity
