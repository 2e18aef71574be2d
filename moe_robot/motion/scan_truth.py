"""Do the wheels move the robot? Two scans say it, without a map: wheels that spin leave the view as it was. Pure.

Of two scans between which the wheels claim `slip_way_m`, the older one is laid over the newer twice: as if the robot
had stood, and as if it had moved as the wheels say; turned by the gyroscope both times. Slipping is when the view fits
a robot that stood, and one that moved clearly worse. A long corridor or an empty hall fits both, and is not judged. A
lidar that repeats itself under new stamps looks the same, and is worth the same stop.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moe_robot.config import MonitorConfig
from moe_robot.robot_model import Mount
from moe_robot.structs import Scan

LEAST_RAYS = 40  # that measure something; fewer say nothing
STANDS_SHARE = 0.75  # of the rays fit a robot that stood; one that pushes shakes,
MOVED_LESS = 0.15  # and this much smaller is the share that fits one that moved
NEAR_M, NEAR_SHARE = 0.04, 0.015  # a ray fits within this, or this share of its range
AGREEING = 3  # scans in a row that must say so
OLDEST_S = 4.0
MOST_TURN_RAD = 0.5  # between the two scans; after more other things are in view


@dataclass(frozen=True)
class _Seen:
    """A scan, and what wheels and gyro had summed up until then."""

    scan: Scan
    now_s: float
    way_m: float
    yaw_rad: float


class ScanTruth:
    def __init__(self, cfg: MonitorConfig, laser: Mount) -> None:
        self._cfg = cfg
        self._laser = laser
        self.forget()

    def forget(self) -> None:
        self._seen: deque[_Seen] = deque()
        self._in_a_row = 0

    def update(self, scan: Scan, way_m: float, yaw_rad: float, now_s: float) -> str:
        """`way_m` by the wheels (backwards counts down), `yaw_rad` by the gyro; both from any zero. "" = in order."""
        seen = self._seen
        new = _Seen(scan, now_s, way_m, yaw_rad)
        if seen and now_s < seen[-1].now_s:
            self.forget()
        while seen and now_s - seen[0].now_s > OLDEST_S:
            seen.popleft()
        while len(seen) > 1 and abs(way_m - seen[1].way_m) >= self._cfg.slip_way_m:
            seen.popleft()
        old = seen[0] if seen and abs(way_m - seen[0].way_m) >= self._cfg.slip_way_m else None
        seen.append(new)
        if old is None or abs(yaw_rad - old.yaw_rad) > MOST_TURN_RAD:
            self._in_a_row = 0
            return ""
        stood, moved = self._fit(old, new, 0.0), self._fit(old, new, way_m - old.way_m)
        slips = stood >= STANDS_SHARE and moved <= stood - MOVED_LESS
        self._in_a_row = self._in_a_row + 1 if slips else 0
        if self._in_a_row < AGREEING:
            return ""
        return f"the wheels tell {way_m - old.way_m:.2f} m, the lidar that the robot stood"

    def _fit(self, old: _Seen, new: _Seen, way_m: float) -> float:
        """Share of the old rays that the new scan shows where they should be after that way; nan = too few rays."""
        angles = old.scan.angle_min_rad + old.scan.angle_increment_rad * np.arange(len(old.scan.ranges_m))
        ranges = np.asarray(old.scan.ranges_m, np.float64)
        known = np.isfinite(ranges) & (ranges > 0.0)
        mount, turn = self._laser, new.yaw_rad - old.yaw_rad
        x, y = _rotated(ranges[known] * np.cos(angles[known]), ranges[known] * np.sin(angles[known]), mount.yaw_rad)
        x, y = x + mount.x_m - way_m * math.cos(turn / 2.0), y + mount.y_m - way_m * math.sin(turn / 2.0)
        x, y = _rotated(x, y, -turn)
        x, y = _rotated(x - mount.x_m, y - mount.y_m, -mount.yaw_rad)
        expected = np.hypot(x, y)
        ray = np.rint((np.arctan2(y, x) - new.scan.angle_min_rad) / new.scan.angle_increment_rad).astype(np.int64)
        ray %= max(round(2.0 * math.pi / abs(new.scan.angle_increment_rad)), 1)
        inside = ray < len(new.scan.ranges_m)
        if np.count_nonzero(inside) < LEAST_RAYS:
            return math.nan
        # Between a ray and its neighbours: along a wall one ray is far from the next, and a point falls between them.
        found = np.asarray(new.scan.ranges_m, np.float64)
        beside = np.stack((np.roll(found, 1), found, np.roll(found, -1)))
        low, high = beside.min(axis=0)[ray[inside]], beside.max(axis=0)[ray[inside]]
        near = np.maximum(NEAR_M, NEAR_SHARE * expected[inside])
        return float(np.mean((expected[inside] >= low - near) & (expected[inside] <= high + near)))


def _rotated(
    x: NDArray[np.float64], y: NDArray[np.float64], angle_rad: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    return cos * x - sin * y, sin * x + cos * y
