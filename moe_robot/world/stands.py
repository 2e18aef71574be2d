"""Where to stand: next to furniture, or at a distance from a thing with a free line of sight, always facing it."""

from __future__ import annotations

import math

import numpy as np

from moe_robot.structs import Pose
from moe_robot.world.boxes import Array, box_distance_m
from moe_robot.world.grid import HomeGrid
from moe_robot.world.home import Furniture
from moe_robot.world.route import Ground

BESIDE_M = (
    0.22  # between the robot's edge and the furniture: outside of the gate's stop zone, near enough to be "at" it
)
BESIDE_BAND_M = 0.12  # points this much farther are taken as well
CROWDED_COST = 2.5  # cells dearer than this per metre have something right beside them
DIRECTIONS = 36
SHARES = (1.0, 0.85, 1.2, 1.5)  # of the asked distance, in this order
OWN_SIZE_M = 0.25  # the thing itself does not block the line of sight to it


def beside(grid: HomeGrid, item: Furniture, radius_m: float, ground: Ground, to_go: Array) -> Pose | None:
    cells = np.flatnonzero(np.isfinite(to_go))
    x_m, y_m = ground.points(cells)
    gap = box_distance_m((item.x_m, item.y_m), item.yaw_rad, item.size_m[:2], x_m, y_m) - radius_m
    for band_m in (BESIDE_BAND_M, 0.4, 0.8):
        close = np.flatnonzero((gap > BESIDE_M - 0.06) & (gap < BESIDE_M + band_m))
        # Dearest last: the way there, and how crowded the place is.
        price = to_go[cells[close]] + 1.0 * (ground.cost[cells[close]] - 1.0)
        for i in close[np.argsort(price)]:
            at = Pose(float(x_m[i]), float(y_m[i]))
            edge_x, edge_y = _nearest_on(item, at)
            if grid.line_free(at.x_m, at.y_m, *_short_of(at, edge_x, edge_y, 0.06)):
                return Pose(at.x_m, at.y_m, math.atan2(edge_y - at.y_m, edge_x - at.x_m))
    return None


def approach(
    grid: HomeGrid, point: tuple[float, float], distance_m: float, from_pose: Pose, ground: Ground, to_go: Array
) -> Pose | None:
    px, py = point
    away = math.hypot(px - from_pose.x_m, py - from_pose.y_m)
    if 0.8 * distance_m <= away <= 1.1 * distance_m and _sees(grid, from_pose, px, py):
        return Pose(from_pose.x_m, from_pose.y_m, math.atan2(py - from_pose.y_m, px - from_pose.x_m))
    angles = 2 * math.pi * np.arange(DIRECTIONS) / DIRECTIONS
    for share in SHARES:
        x_m, y_m = px + share * distance_m * np.cos(angles), py + share * distance_m * np.sin(angles)
        cells = np.array([ground.cell(float(x), float(y)) for x, y in zip(x_m, y_m, strict=True)])
        price = to_go[cells] + np.maximum(ground.cost[cells] - CROWDED_COST, 0.0)
        for i in np.argsort(price):
            if not math.isfinite(price[i]):
                break
            at = Pose(float(x_m[i]), float(y_m[i]), math.atan2(py - float(y_m[i]), px - float(x_m[i])))
            if _sees(grid, at, px, py):
                return at
    return None


def _sees(grid: HomeGrid, at: Pose, x_m: float, y_m: float) -> bool:
    return grid.line_free(at.x_m, at.y_m, *_short_of(at, x_m, y_m, OWN_SIZE_M))


def _short_of(at: Pose, x_m: float, y_m: float, by_m: float) -> tuple[float, float]:
    """The point on the way from `at` to (x, y) that lies `by_m` before it."""
    length = math.hypot(x_m - at.x_m, y_m - at.y_m)
    share = max(0.0, 1.0 - by_m / max(length, 1e-6))
    return at.x_m + share * (x_m - at.x_m), at.y_m + share * (y_m - at.y_m)


def _nearest_on(item: Furniture, at: Pose) -> tuple[float, float]:
    """The point of the footprint nearest to a point outside of it."""
    c, s = math.cos(item.yaw_rad), math.sin(item.yaw_rad)
    dx, dy = at.x_m - item.x_m, at.y_m - item.y_m
    u = min(max(c * dx + s * dy, -item.size_m[0] / 2), item.size_m[0] / 2)
    v = min(max(-s * dx + c * dy, -item.size_m[1] / 2), item.size_m[1] / 2)
    return item.x_m + c * u - s * v, item.y_m + s * u + c * v
