"""Differential drive: body velocity <-> wheel speeds, and odometry from encoder ticks. Pure geometry."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moe_robot.robot_model import RobotModel
from moe_robot.structs import Pose, Velocity

_TICK_WRAP = 2**32  # the board counts in i32
MAX_STEP_M = 0.5  # travel of one wheel between two telemetries that can be true; more is a counter that jumped


@dataclass(frozen=True)
class DiffDrive:
    wheel_radius_m: float
    wheel_separation_m: float

    def wheels(self, velocity: Velocity) -> tuple[float, float]:
        """Left and right wheel in rad/s."""
        turn_mps = velocity.angular_radps * self.wheel_separation_m / 2.0
        left, right = velocity.linear_mps - turn_mps, velocity.linear_mps + turn_mps
        return left / self.wheel_radius_m, right / self.wheel_radius_m

    def velocity(self, left_radps: float, right_radps: float) -> Velocity:
        left_mps, right_mps = left_radps * self.wheel_radius_m, right_radps * self.wheel_radius_m
        return Velocity((left_mps + right_mps) / 2.0, (right_mps - left_mps) / self.wheel_separation_m)


def diff_drive(model: RobotModel) -> DiffDrive:
    return DiffDrive(model.wheel_radius_m, model.wheel_separation_m)


class Odometry:
    """Integrates ticks along arcs. The pose never jumps: a counter that starts anew only starts a new difference."""

    def __init__(self, drive: DiffDrive, ticks_per_rev: int) -> None:
        self.pose = Pose(0.0, 0.0, 0.0)
        self.jumps = 0  # differences thrown away as impossible
        self._drive = drive
        self._m_per_tick = 2.0 * math.pi * drive.wheel_radius_m / ticks_per_rev
        self._last: tuple[int, int] | None = None

    def rebase(self) -> None:
        """The next ticks are a new zero: the board or the session started anew."""
        self._last = None

    def update(self, left_ticks: int, right_ticks: int) -> Pose:
        """Ticks as the board counts them (i32, wrapping). Returns the pose in the odom frame."""
        last, self._last = self._last, (left_ticks, right_ticks)
        if last is None:
            return self.pose
        left_m = tick_difference(left_ticks, last[0]) * self._m_per_tick
        right_m = tick_difference(right_ticks, last[1]) * self._m_per_tick
        if abs(left_m) > MAX_STEP_M or abs(right_m) > MAX_STEP_M:
            self.jumps += 1
            return self.pose
        self.pose = moved(self.pose, (left_m + right_m) / 2.0, (right_m - left_m) / self._drive.wheel_separation_m)
        return self.pose


def moved(pose: Pose, distance_m: float, turn_rad: float) -> Pose:
    """`pose` after an arc of that length and turn; exact for a circle."""
    half = turn_rad / 2.0
    chord_m = distance_m * (math.sin(half) / half if abs(half) > 1e-6 else 1.0)
    heading = pose.yaw_rad + half
    return Pose(
        pose.x_m + chord_m * math.cos(heading),
        pose.y_m + chord_m * math.sin(heading),
        wrapped(pose.yaw_rad + turn_rad),
    )


def wrapped(angle_rad: float) -> float:
    """The same direction in (-pi, pi]."""
    return math.pi - (math.pi - angle_rad) % (2.0 * math.pi)


def tick_difference(now: int, before: int) -> int:
    return (now - before + _TICK_WRAP // 2) % _TICK_WRAP - _TICK_WRAP // 2
