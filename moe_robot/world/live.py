"""What stands in the way and is not on the map: things and people that the lidar saw, kept until it sees through them.

`LiveLayer` holds, per cell of the home's grid, when the lidar last saw something there that the map does not explain.
A cell is cleared when a beam passes through it, or when it has not been confirmed for long. Pose errors up to
`MAPPED_M` do not turn walls into obstacles.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moe_robot.structs import Pose, Scan
from moe_robot.world.grid import Array, HomeGrid, capped_distance

MAPPED_M = 0.12  # a beam that ends this close to a mapped surface is the map
KEEP_S = 90.0  # things out of sight are believed this long: forgetting earlier makes the robot try a blocked door again
SEEN_THROUGH_M = 0.10  # a beam must pass a cell by this much to clear it
REACH_M = 0.60  # obstacles influence the ground this far


class LiveLayer:
    def __init__(self, grid: HomeGrid) -> None:
        self._grid = grid
        self._seen_s = np.full(grid.signed_m.size, -math.inf)
        self._cells: NDArray[np.intp] = np.empty(0, dtype=np.intp)  # flat indices of believed obstacles
        self.points_m: Array = np.empty((0, 2))  # unmapped points of the latest scan
        self.version = 0  # grows when the set of cells changes

    def clear(self, older_than_s: float = math.inf) -> None:
        """Forget cells not seen since `older_than_s`."""
        self._seen_s[self._cells[self._seen_s[self._cells] < older_than_s]] = -math.inf
        self._cells = self._cells[np.isfinite(self._seen_s[self._cells])]
        self.version += 1

    def observe(self, scan: Scan, laser: Pose) -> None:
        """Add the unmapped end points of a scan taken from `laser` (pose of the lidar in the map); clear what it sees
        through."""
        ranges = np.asarray(scan.ranges_m, dtype=np.float64)
        angles = scan.angle_min_rad + scan.angle_increment_rad * np.arange(ranges.size)
        valid = np.isfinite(ranges) & (ranges >= scan.range_min_m) & (ranges <= scan.range_max_m)
        x_m = laser.x_m + ranges[valid] * np.cos(laser.yaw_rad + angles[valid])
        y_m = laser.y_m + ranges[valid] * np.sin(laser.yaw_rad + angles[valid])
        cells = self._grid.cells(x_m, y_m)
        new = (self._grid.nearest(x_m, y_m) > MAPPED_M) & self._grid.inside.ravel()[cells]
        self.points_m = np.column_stack((x_m[new], y_m[new]))
        gone = self._seen_through(scan, laser, ranges) | (self._seen_s[self._cells] < scan.t_s - KEEP_S)
        self._seen_s[self._cells[gone]] = -math.inf
        fresh = np.unique(cells[new])
        appeared = fresh[~np.isfinite(self._seen_s[fresh])]
        self._seen_s[fresh] = scan.t_s
        if gone.any() or appeared.size:
            self._cells = np.concatenate((self._cells[~gone], appeared))
            self._cells = np.unique(self._cells[np.isfinite(self._seen_s[self._cells])])
            self.version += 1

    def _seen_through(self, scan: Scan, laser: Pose, ranges: Array) -> NDArray[np.bool_]:
        """Which of the believed cells lie on the free part of the beams."""
        width = self._grid.width
        dx = self._grid.xs_m[self._cells % width] - laser.x_m
        dy = self._grid.ys_m[self._cells // width] - laser.y_m
        bearing = np.arctan2(dy, dx) - laser.yaw_rad - scan.angle_min_rad
        beam = np.rint(bearing / scan.angle_increment_rad).astype(np.intp)
        count = ranges.size
        full_turn = count * abs(scan.angle_increment_rad) > 2 * math.pi - 0.1
        covered = np.ones(beam.size, dtype=np.bool_) if full_turn else (beam % count == beam)
        reading = np.where(np.isfinite(ranges), ranges, 0.0)  # no echo proves nothing
        shortest = np.minimum(
            np.minimum(reading[(beam - 1) % count], reading[beam % count]), reading[(beam + 1) % count]
        )
        return np.asarray(covered & (shortest > np.hypot(dx, dy) + SEEN_THROUGH_M))

    def distance_m(self) -> Array:
        """From each cell [h, w] to the nearest believed obstacle, capped at `REACH_M`. About 0.6 ms."""
        reach = math.ceil(REACH_M / self._grid.resolution_m)
        shape = self._grid.signed_m.shape
        if not self._cells.size:
            return np.full(shape, REACH_M, dtype=np.float64)
        occupied = np.zeros(shape, dtype=np.bool_)
        occupied.ravel()[self._cells] = True
        return np.asarray(capped_distance(occupied, reach) * self._grid.resolution_m)

    def near_to(self, path: Array, within_m: float = 0.5) -> Array:
        """The unmapped points [k, 2] of the latest scan in the box around a path."""
        low, high = path.min(axis=0) - within_m, path.max(axis=0) + within_m
        inside = (self.points_m > low) & (self.points_m < high)
        return np.asarray(self.points_m[inside.all(axis=1)])

    def near(self, points: Array) -> Array:
        """Distance from each of `points` [n, 2] to the nearest unmapped point of the latest scan; inf without any."""
        if not self.points_m.size or not points.size:
            return np.full(len(points), np.inf)
        dx = points[:, :1] - self.points_m[:, 0]
        dy = points[:, 1:] - self.points_m[:, 1]
        return np.asarray(np.sqrt((dx * dx + dy * dy).min(axis=1)))
