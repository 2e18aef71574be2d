"""How wrong odometry may be: the covariance of its pose, and of the measured velocity. Pure.

The travel of each wheel is uncertain by `noise_m` after 1 m and independent from step to step, so its variance grows
with the way rolled; a step moves and widens the error of the pose (Siegwart, Nourbakhsh, Scaramuzza: Introduction to
Autonomous Mobile Robots, 2nd ed., 5.2.4, equations 5.8 to 5.11). Nothing makes it smaller: odometry has no outside.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moe_robot.motion.kinematics import DiffDrive
from moe_robot.structs import Pose, Velocity

UNKNOWN = 1e6  # variance of what wheels do not measure: height, roll, pitch
SPEED_WINDOW_S = 0.02  # over which the board counts ticks to get a speed


class OdometryNoise:
    def __init__(self, drive: DiffDrive, noise_m: float, ticks_per_rev: int) -> None:
        self.covariance: NDArray[np.float64] = np.zeros((3, 3))  # of x, y (m^2), yaw (rad^2) in the odom frame
        self._drive = drive
        self._variance_per_m = noise_m**2
        tick_m = 2.0 * math.pi * drive.wheel_radius_m / ticks_per_rev
        self._tick_variance = (tick_m / SPEED_WINDOW_S) ** 2 / 12.0  # of a speed counted in whole ticks
        self._last: Pose | None = None

    def update(self, pose: Pose) -> NDArray[np.float64]:
        """After the odometry's pose has moved by one step."""
        last, self._last = self._last, pose
        if last is None or pose == last:
            return self.covariance
        turn = math.remainder(pose.yaw_rad - last.yaw_rad, 2.0 * math.pi)
        chord = math.hypot(pose.x_m - last.x_m, pose.y_m - last.y_m)
        half = turn / 2.0
        distance = chord / (math.sin(half) / half) if abs(half) > 1e-6 else chord
        heading = last.yaw_rad + half
        if math.cos(heading) * (pose.x_m - last.x_m) + math.sin(heading) * (pose.y_m - last.y_m) < 0.0:
            distance = -distance
        width = self._drive.wheel_separation_m
        wheels = abs(distance + turn * width / 2.0), abs(distance - turn * width / 2.0)  # right, left
        cos, sin, sway = math.cos(heading), math.sin(heading), distance / (2.0 * width)
        of_pose = np.array([[1.0, 0.0, -distance * sin], [0.0, 1.0, distance * cos], [0.0, 0.0, 1.0]])
        of_wheels = np.array(
            [
                [cos / 2.0 - sway * sin, cos / 2.0 + sway * sin],
                [sin / 2.0 + sway * cos, sin / 2.0 - sway * cos],
                [1.0 / width, -1.0 / width],
            ]
        )
        noise = np.diag([self._variance_per_m * wheels[0], self._variance_per_m * wheels[1]])
        self.covariance = of_pose @ self.covariance @ of_pose.T + of_wheels @ noise @ of_wheels.T
        return self.covariance

    def velocity_variances(self, velocity: Velocity) -> tuple[float, float]:
        """Of linear (m^2/s^2) and angular (rad^2/s^2) velocity: whole ticks, and slip in proportion to speed."""
        width = self._drive.wheel_separation_m
        turn_mps = velocity.angular_radps * width / 2.0
        slip = self._variance_per_m * ((velocity.linear_mps + turn_mps) ** 2 + (velocity.linear_mps - turn_mps) ** 2)
        both = 2.0 * self._tick_variance + slip
        return both / 4.0, both / width**2
