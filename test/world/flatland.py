"""A flat, exact world for tests without physics: rays against the outlines of a home and against round obstacles."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from moe_robot.structs import Pose, Scan, Velocity
from moe_robot.world.home import Home
from moe_robot.world.matching import compose

RANGE_MAX_M = 10.0


def outlines(home: Home) -> np.ndarray:
    """All solids as segments [n, 4]."""
    boxes = []
    for wall in home.walls:
        dx, dy = wall.x2_m - wall.x1_m, wall.y2_m - wall.y1_m
        cx, cy = (wall.x1_m + wall.x2_m) / 2, (wall.y1_m + wall.y2_m) / 2
        boxes.append(
            (cx, cy, math.atan2(dy, dx), math.hypot(dx, dy) / 2 + home.wall_thickness_m / 2, home.wall_thickness_m / 2)
        )
    for item in home.furniture.values():
        boxes.append((item.x_m, item.y_m, item.yaw_rad, item.size_m[0] / 2, item.size_m[1] / 2))
    segments = []
    for cx, cy, yaw, hx, hy in boxes:
        c, s = math.cos(yaw), math.sin(yaw)
        corners = [(cx + c * u - s * v, cy + s * u + c * v) for u, v in ((hx, hy), (-hx, hy), (-hx, -hy), (hx, -hy))]
        segments += [(*corners[i], *corners[(i + 1) % 4]) for i in range(4)]
    return np.array(segments)


@dataclass
class Flatland:
    """Where the robot truly is, what stands around, and what the odometry makes of it."""

    home: Home
    pose: Pose
    discs: list[tuple[float, float, float]] = field(default_factory=list)  # x, y, radius
    slip: float = 0.0  # share of wheel motion lost, drawn anew every step
    seed: int = 0

    def __post_init__(self) -> None:
        self.segments = outlines(self.home)
        self.rng = np.random.default_rng(self.seed)
        self.odom = Pose(0.0, 0.0)
        self.velocity = Velocity()

    def ranges(self, pose: Pose, angles: np.ndarray) -> np.ndarray:
        """Exact distances from a pose along angles in its frame; inf when nothing is within range."""
        dx, dy = np.cos(pose.yaw_rad + angles)[:, None], np.sin(pose.yaw_rad + angles)[:, None]
        x1, y1, x2, y2 = self.segments.T
        ex, ey = x2 - x1, y2 - y1
        cross = dx * ey - dy * ex
        with np.errstate(divide="ignore", invalid="ignore"):
            along = ((x1 - pose.x_m) * ey - (y1 - pose.y_m) * ex) / cross
            across = ((x1 - pose.x_m) * dy - (y1 - pose.y_m) * dx) / cross
        hit = np.where((along > 0) & (across >= 0) & (across <= 1), along, np.inf).min(axis=1)
        for x, y, radius in self.discs:
            towards = (x - pose.x_m) * dx[:, 0] + (y - pose.y_m) * dy[:, 0]
            off2 = (x - pose.x_m) ** 2 + (y - pose.y_m) ** 2 - towards**2
            reach = np.sqrt(np.maximum(radius**2 - off2, 0.0))
            hit = np.where((off2 < radius**2) & (towards > 0), np.minimum(hit, towards - reach), hit)
        return np.where(hit <= RANGE_MAX_M, hit, np.inf)

    def scan(self, t_s: float, rays: int = 360, noise_m: float = 0.01) -> Scan:
        step = 2 * math.pi / rays
        angles = -math.pi + step * np.arange(rays)
        ranges = self.ranges(self.pose, angles) + self.rng.normal(0.0, noise_m, rays)
        return Scan(ranges.astype(np.float32), -math.pi, step, 0.05, RANGE_MAX_M, t_s)

    def clearance_m(self) -> float:
        """From the robot's centre to the nearest surface."""
        return float(self.ranges(self.pose, np.linspace(0, 2 * math.pi, 180, endpoint=False)).min())

    def drive(self, velocity: Velocity, dt_s: float) -> None:
        """Move; the wheels report more than the floor gives."""
        done = 1.0 - self.slip * self.rng.uniform(-0.5, 1.0, 2)
        arc = Pose(velocity.linear_mps * dt_s, 0.0, velocity.angular_radps * dt_s)
        self.odom = compose(self.odom, arc)
        self.pose = compose(self.pose, Pose(arc.x_m * done[0], 0.0, arc.yaw_rad * done[1]))
        self.velocity = velocity
