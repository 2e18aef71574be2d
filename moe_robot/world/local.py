"""The next second of motion: a velocity that follows the path and touches nothing that the lidar sees right now.

The wish of the path (pure pursuit) is tried first; when its arc comes too close to a point of the live scan, a fan of
slower and differently curved arcs is tried, and the nearest safe one to the wish is taken. Everything is in the robot's
own frame, so an error of the pose cannot hurt anybody; the map only tells how much room a point needs. Pure functions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from moe_robot.structs import Pose, Scan, Velocity
from moe_robot.world.grid import Array, HomeGrid
from moe_robot.world.live import MAPPED_M

HORIZON_S = 1.2  # latency (0.15 s) + braking from 0.5 m/s (0.3 s) + the stop zone of the gate, with room
SAMPLES = 10  # positions checked on an arc: every 5 cm at 0.4 m/s
SPEEDS = np.array([1.0, 0.7, 0.45, 0.25])  # shares of the wished speed
TURNS = np.array([0.0, 0.25, -0.25, 0.5, -0.5, 0.8, -0.8, 1.2, -1.2])  # rad/s beside the wished turn
SIGHT_M = 1.0  # points farther than this cannot matter within the horizon
PREFER_M = 0.12  # beyond the least clearance: arcs that keep this much are not made dearer


@dataclass(frozen=True)
class Surroundings:
    """Points of the live scan in base_link: [n] each, and how far the robot's centre must stay from each."""

    x_m: Array
    y_m: Array
    keep_m: Array

    def spare_m(self) -> float:
        """Room left around the robot where it stands; inf when nothing is near."""
        return float((np.hypot(self.x_m, self.y_m) - self.keep_m).min(initial=np.inf))

    def seen_from(self, then: Pose) -> Surroundings:
        """What matters within the horizon after the robot has moved; `then` is the old pose in the new base_link."""
        c, s = math.cos(then.yaw_rad), math.sin(then.yaw_rad)
        x_m, y_m = then.x_m + c * self.x_m - s * self.y_m, then.y_m + s * self.x_m + c * self.y_m
        near = x_m * x_m + y_m * y_m < SIGHT_M * SIGHT_M
        return Surroundings(x_m[near], y_m[near], self.keep_m[near])


def view_of(scan: Scan, laser: Pose, pose: Pose, grid: HomeGrid, keep_mapped_m: float, keep_m: float) -> Surroundings:
    """Near end points of a scan taken at `pose`, with what must be kept from walls and furniture and from the rest."""
    ranges = np.asarray(scan.ranges_m, dtype=np.float64)
    near = (ranges >= scan.range_min_m) & (ranges < SIGHT_M + 0.8)
    angles = laser.yaw_rad + scan.angle_min_rad + scan.angle_increment_rad * np.flatnonzero(near)
    x_m = laser.x_m + ranges[near] * np.cos(angles)
    y_m = laser.y_m + ranges[near] * np.sin(angles)
    c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
    mapped = grid.nearest(pose.x_m + c * x_m - s * y_m, pose.y_m + s * x_m + c * y_m) < MAPPED_M
    return Surroundings(x_m, y_m, np.where(mapped, keep_mapped_m, keep_m))


def arc_points(linear: Array, angular: Array) -> tuple[Array, Array]:
    """Positions on constant arcs: [m] velocities -> [m, SAMPLES] x and y, the last at the horizon."""
    t = HORIZON_S * np.arange(1, SAMPLES + 1) / SAMPLES
    turn = angular[:, None] * t
    small = np.abs(turn) < 1e-6
    safe = np.where(small, 1.0, turn)
    along = linear[:, None] * t
    return along * np.where(small, 1.0, np.sin(safe) / safe), along * np.where(small, 0.0, (1.0 - np.cos(safe)) / safe)


def room_on_arcs(around: Surroundings, linear: Array, angular: Array) -> Array:
    """Least spare room (distance to a point minus what must be kept) on each arc: [m]; inf when nothing is near."""
    if not around.x_m.size:
        return np.full(linear.size, np.inf)
    x_m, y_m = arc_points(linear, angular)
    dx, dy = x_m[:, :, None] - around.x_m, y_m[:, :, None] - around.y_m
    return np.asarray((np.sqrt(dx * dx + dy * dy) - around.keep_m).min(axis=(1, 2)))


def choose(around: Surroundings, wish: Velocity, max_angular_radps: float) -> Velocity | None:
    """The safe velocity nearest to `wish`; None when no sampled arc is safe.

    Where the robot already stands closer than it should, arcs that lead away are safe.
    """
    if wish.linear_mps == 0.0:
        return wish  # a round robot may always turn on the spot
    spare = around.spare_m()
    least = 0.0 if spare >= 0.0 else spare - 0.002
    if room_on_arcs(around, np.array([wish.linear_mps]), np.array([wish.angular_radps]))[0] >= max(least, 0.0):
        return wish
    linear = np.repeat(wish.linear_mps * SPEEDS, TURNS.size)
    angular = np.clip(np.tile(wish.angular_radps + TURNS, SPEEDS.size), -max_angular_radps, max_angular_radps)
    room = room_on_arcs(around, linear, angular)
    dear = (
        np.abs(angular - wish.angular_radps) / 1.5
        + 1.2 * np.abs(wish.linear_mps - linear) / max(abs(wish.linear_mps), 0.05)
        + np.clip(PREFER_M - room, 0.0, PREFER_M) / PREFER_M
    )
    dear[room < least] = np.inf
    if spare < 0.0:  # only ways out of the tight spot
        x_m, y_m = arc_points(linear, angular)
        dx, dy = x_m[:, -1:] - around.x_m, y_m[:, -1:] - around.y_m
        dear[(np.sqrt(dx * dx + dy * dy) - around.keep_m).min(axis=1) < spare + 0.02] = np.inf
    best = int(dear.argmin())
    if not np.isfinite(dear[best]):
        return None
    return Velocity(float(linear[best]), float(angular[best]))
