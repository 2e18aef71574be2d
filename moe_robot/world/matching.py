"""How well do the beams of a scan fit the map from given poses? Pure functions, vectorised over many poses.

Legend: K poses, B beams. Poses are float64 [K, 3] (x m, y m, yaw rad); beams are end points [B] in `base_link`.
They know only the static map: beams that end on people or objects are outvoted (robust weights) or counted as `short`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moe_robot.structs import Pose, Scan
from moe_robot.world.grid import Array, HomeGrid

MATCH_BEAMS = 72  # every 5 degrees: more cost time and are not independent
BEAM_STD_M = 0.06  # spread of one beam around the map: map errors and correlation, not the lidar's centimetre
COARSE_SCALE_M = 0.20  # robust kernel of the first iterations: pulls from 0.2-0.3 m
FINE_SCALE_M = 0.07  # of the last: what is farther than this from the map hardly counts
BEHIND = 0.3  # cosine between a beam and the way out of the wall above which the beam looks at the wall's far face
HIT_M = 0.12  # a beam that ends this close to a mapped surface agrees with the map
SHORT_M = 0.12  # a beam this much shorter than the map allows ended on something that is not on the map
LEAST_EXPLAINED = 0.3  # share of the beams without which a pose cannot be told
RAY_M = 12.0  # rays into the map are cut here
THROUGH_M = 0.30  # a beam this much longer than the map allows went through a wall


@dataclass(frozen=True)
class Beams:
    """A thinned scan: end points in base_link, their ranges and directions from the laser."""

    x_m: Array
    y_m: Array
    range_m: Array
    angle_rad: Array  # in base_link

    def __len__(self) -> int:
        return int(self.x_m.size)

    def thin(self, count: int) -> Beams:
        return self.only(np.linspace(0, len(self) - 1, min(count, len(self))).round().astype(np.intp))

    def only(self, keep: NDArray[np.intp] | NDArray[np.bool_]) -> Beams:
        return Beams(self.x_m[keep], self.y_m[keep], self.range_m[keep], self.angle_rad[keep])


@dataclass(frozen=True)
class Fit:
    """Shares of the beams, each [K]: `hit` end on the map, `through` cross a wall; the rest stop at unmapped things."""

    hit: Array
    through: Array

    @property
    def score(self) -> Array:
        """1 = all beams agree with the map; an unmapped thing costs once, a crossed wall three times."""
        return self.hit - 2.0 * self.through


def beams_of(scan: Scan, laser: Pose, count: int = MATCH_BEAMS) -> Beams:
    """About `count` valid beams, evenly over the turn; fewer when many are out of range."""
    stride = max(1, len(scan.ranges_m) // count)
    ranges = np.asarray(scan.ranges_m[::stride], dtype=np.float64)
    angles = (
        laser.yaw_rad
        + scan.angle_min_rad
        + scan.angle_increment_rad * stride * np.arange(ranges.size, dtype=np.float64)
    )
    valid = np.isfinite(ranges) & (ranges >= scan.range_min_m) & (ranges <= scan.range_max_m)
    ranges, angles = ranges[valid], angles[valid]
    return Beams(laser.x_m + ranges * np.cos(angles), laser.y_m + ranges * np.sin(angles), ranges, angles)


def end_points(poses: Array, beams: Beams) -> tuple[Array, Array]:
    """Map coordinates [K, B] of the beams' ends."""
    c, s = np.cos(poses[:, 2:]), np.sin(poses[:, 2:])
    return poses[:, :1] + c * beams.x_m - s * beams.y_m, poses[:, 1:2] + s * beams.x_m + c * beams.y_m


def likelihood(grid: HomeGrid, table: NDArray[np.float32], poses: Array, beams: Beams) -> NDArray[np.float32]:
    """Mean of `table` (one value per cell, flat) at the ends of the beams: [K]."""
    x_m, y_m = end_points(poses, beams)
    return np.asarray(table[grid.cells(x_m, y_m)].mean(axis=1))


def likelihood_table(grid: HomeGrid, scale_m: float) -> NDArray[np.float32]:
    """exp(-d^2 / 2 scale^2) for every cell, flat."""
    return np.exp(-0.5 * (grid.signed_m / scale_m) ** 2).astype(np.float32).ravel()


def refine(
    grid: HomeGrid, poses: Array, beams: Beams, prior: Array | None = None, information: Array | None = None
) -> tuple[Array, Array]:
    """Gauss-Newton on the signed distance with a robust kernel, from each of `poses`.

    `prior` [K, 3] with `information` [3, 3] hold directions that the scan does not see (along a bare corridor).
    Returns poses [K, 3] and their information matrices [K, 3, 3]. Moves at most a few decimetres.
    """
    poses = poses.copy()
    damping = np.diag([1.0, 1.0, 1.0])  # keeps the system regular when nothing is near the map
    hessian = np.tile(damping, (len(poses), 1, 1))
    for scale in (COARSE_SCALE_M, COARSE_SCALE_M, FINE_SCALE_M, FINE_SCALE_M, FINE_SCALE_M):
        x_m, y_m = end_points(poses, beams)
        distance, gx, gy = _to_front(grid, poses, beams, *grid.at(x_m, y_m))
        turn = gy * (x_m - poses[:, :1]) - gx * (y_m - poses[:, 1:2])
        jacobian = np.stack((gx, gy, turn), axis=-1)
        weight = 1.0 / (1.0 + (distance / scale) ** 2) ** 2 / BEAM_STD_M**2
        weighted = jacobian * weight[..., None]
        hessian = weighted.transpose(0, 2, 1) @ jacobian + damping
        slope = np.einsum("kbi,kb->ki", weighted, distance)
        if prior is not None and information is not None:
            error = poses - prior
            error[:, 2] = wrap(error[:, 2])
            hessian = hessian + information
            slope = slope + error @ information
        poses -= np.linalg.solve(hessian, slope[..., None])[..., 0]
    poses[:, 2] = wrap(poses[:, 2])
    return poses, hessian


def _to_front(grid: HomeGrid, poses: Array, beams: Beams, distance: Array, gx: Array, gy: Array) -> tuple[Array, ...]:
    """Distances and gradients [K, B] to the near face where a beam went through a wall.

    The field leads to the nearest face, which behind the middle of a wall is the far one: a pose that is off by the
    thickness of a wall would look right.
    """
    heading = poses[:, 2:] + beams.angle_rad
    behind = (gx * np.cos(heading) + gy * np.sin(heading) > BEHIND) & (distance < 1.5 * grid.wall_thickness_m)
    sign = np.where(behind, -1.0, 1.0)
    return np.where(behind, -grid.wall_thickness_m - distance, distance), gx * sign, gy * sign


def fit(grid: HomeGrid, poses: Array, beams: Beams, laser: Pose) -> Fit:
    """Compare the beams with rays cast into the map from each pose."""
    x_m, y_m = end_points(poses, beams)
    near = np.abs(grid.nearest(x_m, y_m)) < HIT_M
    c, s = np.cos(poses[:, 2:]), np.sin(poses[:, 2:])
    from_x, from_y = poses[:, :1] + c * laser.x_m - s * laser.y_m, poses[:, 1:2] + s * laser.x_m + c * laser.y_m
    allowed = grid.ray_m(from_x, from_y, poses[:, 2:] + beams.angle_rad, float(beams.range_m.max(initial=0.1)) + 1.0)
    through = beams.range_m > allowed + THROUGH_M
    return Fit((near & ~through).mean(axis=1), through.mean(axis=1))


def explained(grid: HomeGrid, pose: Array, beams: Beams, laser: Pose) -> Beams:
    """Without the beams that, seen from `pose` [3], stop short of the map: they ended on people or things.

    All beams when too few are left to match: then the pose is more likely wrong than the home so full.
    """
    x_m, y_m = end_points(pose[None, :], beams)
    at = compose(Pose(*pose.tolist()), laser)
    allowed = grid.ray_m(np.float64(at.x_m), np.float64(at.y_m), pose[2] + beams.angle_rad, RAY_M)
    near = np.abs(grid.nearest(x_m, y_m))[0] < 0.5 * HIT_M
    keep = near | (beams.range_m > allowed - SHORT_M)
    return beams.only(keep) if np.count_nonzero(keep) >= LEAST_EXPLAINED * len(beams) else beams


def wrap(angle_rad: Array) -> Array:
    """Into (-pi, pi]."""
    return np.pi - (np.pi - angle_rad) % (2 * np.pi)


def wrap1(angle_rad: float) -> float:
    return math.pi - (math.pi - angle_rad) % (2 * math.pi)


def compose(base: Pose, delta: Pose) -> Pose:
    """`delta`, given in the frame of `base`, in the frame of `base` itself."""
    c, s = math.cos(base.yaw_rad), math.sin(base.yaw_rad)
    return Pose(
        base.x_m + c * delta.x_m - s * delta.y_m,
        base.y_m + s * delta.x_m + c * delta.y_m,
        wrap1(base.yaw_rad + delta.yaw_rad),
    )


def between(start: Pose, end: Pose) -> Pose:
    """`end` seen from `start`: compose(start, between(start, end)) == end."""
    c, s = math.cos(start.yaw_rad), math.sin(start.yaw_rad)
    dx, dy = end.x_m - start.x_m, end.y_m - start.y_m
    return Pose(c * dx + s * dy, -s * dx + c * dy, wrap1(end.yaw_rad - start.yaw_rad))


class PoseTrack:
    """The last seconds of a pose with times, interpolated. Late entries (older than the newest) are ignored."""

    def __init__(self, keep_s: float = 3.0) -> None:
        self._keep_s = keep_s
        self._times: list[float] = []
        self._poses: list[Pose] = []

    def add(self, pose: Pose, t_s: float) -> None:
        if self._times and t_s <= self._times[-1]:
            return
        self._times.append(t_s)
        self._poses.append(pose)
        if self._times[0] < t_s - 2 * self._keep_s:  # trimmed in blocks, not on every call
            first = int(np.searchsorted(self._times, t_s - self._keep_s))
            del self._times[:first], self._poses[:first]

    def clear(self) -> None:
        self._times.clear()
        self._poses.clear()

    def newest_s(self) -> float:
        return self._times[-1] if self._times else -math.inf

    def at(self, t_s: float, ahead_s: float = 0.0) -> Pose | None:
        """Pose at `t_s`: interpolated; extrapolated at most `ahead_s` beyond the newest; the oldest before that."""
        if not self._times:
            return None
        if t_s <= self._times[0]:
            return self._poses[0]
        after = int(np.searchsorted(self._times, t_s))
        if after < len(self._times):
            t1, t2 = self._times[after - 1], self._times[after]
            delta = between(self._poses[after - 1], self._poses[after])
            return compose(self._poses[after - 1], _scaled(delta, (t_s - t1) / (t2 - t1)))
        first = max(0, len(self._times) - 4)  # speed over a few entries: encoders are coarse
        span = self._times[-1] - self._times[first]
        if span <= 0.0 or ahead_s <= 0.0:
            return self._poses[-1]
        delta = between(self._poses[first], self._poses[-1])
        return compose(self._poses[-1], _scaled(delta, min(t_s - self._times[-1], ahead_s) / span))


def _scaled(delta: Pose, share: float) -> Pose:
    return Pose(delta.x_m * share, delta.y_m * share, delta.yaw_rad * share)
