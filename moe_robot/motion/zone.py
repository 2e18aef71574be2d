"""How far the robot may go: the free length of the path that a velocity would drive, against one lidar scan.

The robot is a circle; a velocity moves it along a straight line or an arc, and what counts is the strip that the circle
sweeps there, not a box in front. So a door post beside the path is no obstacle, backing away from a wall is free, and
turning on the spot sweeps nothing new. Pure: knows nothing of time, modes or limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moe_robot.config import MotionConfig
from moe_robot.robot_model import Mount
from moe_robot.structs import Scan, Velocity

MAX_BLIND_FRACTION = 0.25  # of rays that say nothing; more and the scan is no scan
CONTACT_SLACK_M = 0.02  # noise of a lidar: what is this deep inside the robot's circle touches it
FREE_M = 1e3  # "nothing in the way"
_FAR_M = 3.0  # points farther than this from the robot never matter to a zone


@dataclass(frozen=True)
class Points:
    """What one scan says, in `base_link`. `xy_m` is float64 [n, 2]; `sector_rad` (from, to) is what it covers."""

    xy_m: NDArray[np.float64]
    sector_rad: tuple[float, float] | None  # None = all around

    def covers(self, heading_rad: float, half_width_rad: float) -> bool:
        if self.sector_rad is None:
            return True
        low, high = self.sector_rad
        middle, half = (low + high) / 2.0, (high - low) / 2.0
        off = abs((heading_rad - middle + math.pi) % (2.0 * math.pi) - math.pi)
        return off + half_width_rad <= half


def points_of(scan: Scan, laser: Mount) -> Points | None:
    """None when the scan cannot be trusted: malformed, or too many rays that say nothing (NaN, 0; REP 117).

    Rays below `range_min_m` (and -inf) are obstacles at `range_min_m`: too close to be measured. +inf is free.
    """
    ranges = np.asarray(scan.ranges_m, dtype=np.float64)
    numbers = (scan.angle_min_rad, scan.angle_increment_rad, scan.range_min_m, scan.range_max_m)
    if ranges.ndim != 1 or ranges.size < 4 or not all(map(math.isfinite, numbers)) or scan.angle_increment_rad == 0.0:
        return None
    blind = np.isnan(ranges) | (ranges == 0.0)
    if np.count_nonzero(blind) > MAX_BLIND_FRACTION * ranges.size:
        return None
    near = ~blind & (ranges <= min(scan.range_max_m, _FAR_M))
    distance = np.maximum(ranges[near], max(scan.range_min_m, 1e-3))
    angle = scan.angle_min_rad + scan.angle_increment_rad * np.flatnonzero(near) + laser.yaw_rad
    xy = np.column_stack((laser.x_m + distance * np.cos(angle), laser.y_m + distance * np.sin(angle)))
    step = abs(scan.angle_increment_rad)
    sector = None
    if step * (ranges.size + 1) < 2.0 * math.pi:
        ends = sorted((scan.angle_min_rad, scan.angle_min_rad + scan.angle_increment_rad * (ranges.size - 1)))
        sector = (ends[0] + laser.yaw_rad, ends[1] + laser.yaw_rad)
    return Points(xy, sector)


def free_path_m(points: Points, velocity: Velocity, radius_m: float) -> float:
    """Metres that a circle of `radius_m` can drive along the path of `velocity` before it touches a point.

    0 when something inside the circle would come closer, or when the lidar does not look that way; FREE_M without
    linear motion. Something inside the circle from which the path leads away is no obstacle.
    """
    v, w = velocity.linear_mps, velocity.angular_radps
    if v == 0.0:
        return FREE_M
    if not points.covers(0.0 if v > 0.0 else math.pi, math.radians(40.0)):
        return 0.0
    if len(points.xy_m) == 0:
        return FREE_M
    x, y = points.xy_m[:, 0] * math.copysign(1.0, v), points.xy_m[:, 1]
    # Driving backwards is driving forwards in the mirror: x is flipped, and with it the sense of the turn.
    turn = w / v
    if abs(turn) < 1e-3:
        return _straight_m(x, y, radius_m)
    return _arc_m(x, y * math.copysign(1.0, turn), 1.0 / abs(turn), radius_m)


def in_contact(points: Points, radius_m: float) -> bool:
    """Something reaches into the robot's own circle: turning on the spot could scrape it."""
    if len(points.xy_m) == 0:
        return False
    nearest_m = float(np.min(np.hypot(points.xy_m[:, 0], points.xy_m[:, 1])))
    return nearest_m < radius_m - CONTACT_SLACK_M


def speed_limit_mps(free_m: float, cfg: MotionConfig) -> float:
    """0 inside the stop distance, the full speed beyond the slow distance, in between in proportion."""
    if free_m <= cfg.zone_stop_m:
        return 0.0
    if free_m >= cfg.zone_slow_m:
        return cfg.max_linear_mps
    share = (free_m - cfg.zone_stop_m) / (cfg.zone_slow_m - cfg.zone_stop_m)
    return max(min(cfg.zone_creep_mps, cfg.max_linear_mps), share * cfg.max_linear_mps)


def _straight_m(x: NDArray[np.float64], y: NDArray[np.float64], radius_m: float) -> float:
    """Forward along +x. [n] each."""
    ahead = (x > 0.0) & (np.abs(y) < radius_m)
    if not ahead.any():
        return FREE_M
    touch = x[ahead] - np.sqrt(radius_m**2 - y[ahead] ** 2)
    return max(0.0, float(touch.min()))


def _arc_m(x: NDArray[np.float64], y: NDArray[np.float64], turn_m: float, radius_m: float) -> float:
    """Forward along +x, turning left about (0, turn_m). [n] each.

    Seen from that centre the robot runs on a circle of `turn_m`; a point at distance q is touched when the angle
    between them is phi, with radius^2 = turn^2 + q^2 - 2 turn q cos(phi).
    """
    q = np.hypot(x, y - turn_m)
    reached = (np.abs(q - turn_m) < radius_m) & (q > 1e-9)
    if not reached.any():
        return FREE_M
    x, y, q = x[reached], y[reached], q[reached]
    angle = np.arctan2(x, turn_m - y)  # from the robot to the point about the centre, positive = ahead
    phi = np.arccos(np.clip((turn_m**2 + q**2 - radius_m**2) / (2.0 * turn_m * q), -1.0, 1.0))
    inside = np.abs(angle) < phi
    going = np.where(inside, np.where(angle > 0.0, 0.0, np.inf), np.mod(angle, 2.0 * math.pi) - phi)
    touch_m = float(going.min()) * turn_m
    return min(max(0.0, touch_m), FREE_M)
