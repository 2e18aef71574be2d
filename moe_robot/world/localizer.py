"""Where the robot is in its home, from odometry and lidar against the known map.

While it tracks, each scan is matched in two steps: `cfg.particles` hypotheses drawn around the odometry's prediction
are scored, the best is refined by Gauss-Newton with the prediction as prior. When the scan stops fitting the map for a
while (the robot was carried away), all of the home is searched, a slice per scan, and the hypotheses that fit are
followed until one is clearly better. The standard deviation says which it is: above `LOST_STD_M` = do not drive.
Symmetric homes stay ambiguous, and then it says so. Times are those of the data; it reads no clock.
"""

from __future__ import annotations

import logging
import math

import numpy as np

from moe_robot.config import WorldConfig
from moe_robot.structs import Pose, Scan
from moe_robot.world.grid import Array, HomeGrid
from moe_robot.world.home import Home
from moe_robot.world.matching import (
    Beams,
    PoseTrack,
    beams_of,
    between,
    compose,
    explained,
    fit,
    likelihood,
    likelihood_table,
    refine,
    wrap,
)

log = logging.getLogger(__name__)

LOST_STD_M = 0.5  # an estimate that is this uncertain must not be driven by
SEARCH_STD_M = 5.0  # reported while the home is searched
AHEAD_S = 0.2  # odometry is extrapolated this far, then held

# Motion noise per scan, with room for slipping wheels (5-10 %) and bumps.
SLIP = 0.15  # of the distance and of the turn
DRIFT_RAD_PER_M = 0.15  # heading error per metre
STILL_STD = np.array([0.004, 0.004, 0.004])  # even when nothing seems to move (m, m, rad)
FLOOR_STD = np.array([0.008, 0.008, 0.004])  # no scan makes it surer than this

MIN_BEAMS = 20  # fewer valid beams say nothing
POOR_SCORE = 0.35  # a fit below this does not look like home (tracking among people gives 0.6-0.95)
POOR_SCANS = 8  # so many in a row = lost
CROWD_THROUGH, CROWD_HIT = 0.06, 0.15  # a poor fit with fewer beams through walls and more on them is rather a crowd
CROWD_WEIGHT = 0.15  # of such a scan: it takes 5 s until that counts as lost
SAMPLE_SCALE_M = 0.10  # likelihood for the drawn hypotheses

# Global search: 0.25 m and 12 degrees apart is inside the pull of `refine`.
SEARCH_STEP_M = 0.25
SEARCH_TURNS = 30
SEARCH_SCALE_M = 0.20
SEARCH_BEAMS = 24
SEARCH_SLICE = 8000  # poses scored per scan: about 4 ms
KEEP = 24  # hypotheses followed after the search
SAME_M, SAME_RAD = 0.35, 0.35  # hypotheses closer than this are one
ACCEPT_SCANS = 5  # scans before a hypothesis may win
ACCEPT_SCORE = 0.5
ACCEPT_MARGIN, LEAST_MARGIN = 0.08, 0.02  # mean score above the next hypothesis, after ACCEPT_SCANS and after many
DOCK_BONUS = 0.05  # of the mean score: before anything else is known, a robot is most likely where it charges
DROP_MARGIN = 0.35  # hypotheses this much worse than the best are forgotten


class Localizer:
    """Not thread safe: calls come from one thread. Feed odometry before the scan it belongs to."""

    def __init__(self, home: Home, cfg: WorldConfig, rng: np.random.Generator, laser: Pose | None = None) -> None:
        self.grid = HomeGrid(home, cfg.grid_resolution_m)
        self._particles = cfg.particles
        self._rng = rng
        self._laser = laser or Pose(0.0, 0.0)
        self._sample_table = likelihood_table(self.grid, SAMPLE_SCALE_M)
        dock = home.places.get("dock")
        self._search = _Search(self.grid, self._laser, cfg.robot_radius_m, cfg.particles, dock.pose if dock else None)
        self._odometry = PoseTrack()
        self._pose = Pose(0.0, 0.0)
        self._odom_then = Pose(0.0, 0.0)  # odometry at the moment `_pose` belongs to
        self._covariance = np.diag([SEARCH_STD_M**2, SEARCH_STD_M**2, math.pi**2])
        self._known = False
        self._poor = 0.0
        self.score = 0.0  # of the last scan, 1 = all beams on the map

    @property
    def state(self) -> str:
        """`tracking` or `searching`."""
        return "tracking" if self._known else "searching"

    def reset(self, pose: Pose, std_m: float = 0.1) -> None:
        """Believe a given pose (the dock, a person's word) with this spread; 1 m is taken as 1 rad of heading."""
        self._pose = pose
        self._odom_then = self._odometry.at(math.inf) or Pose(0.0, 0.0)
        self._covariance = np.diag(np.maximum(np.array([std_m, std_m, std_m]), FLOOR_STD) ** 2)
        self._known = True
        self._poor = 0.0
        self._search.forget_likely()
        self._search.clear()

    def odometry(self, pose: Pose, t_s: float) -> None:
        """Pose in the `odom` frame; it never jumps."""
        if self._odometry.at(t_s) is None:
            self._odom_then = pose
        self._odometry.add(pose, t_s)

    def estimate(self, t_s: float) -> tuple[Pose, float]:
        """Pose in the map at `t_s` (odometry carries it on from the last scan) and its standard deviation in m."""
        odom = self._odometry.at(t_s, AHEAD_S) or self._odom_then
        pose = compose(self._pose, between(self._odom_then, odom))
        if not self._known:
            return pose, SEARCH_STD_M
        return pose, math.sqrt(max(self._covariance[0, 0], self._covariance[1, 1]))

    def scan(self, scan: Scan, t_s: float) -> None:
        """Take one turn of the lidar measured at `t_s`. 2-3 ms while tracking, up to 8 ms in a search."""
        odom = self._odometry.at(t_s, AHEAD_S) or self._odom_then
        delta = between(self._odom_then, odom)
        self._pose, self._odom_then = compose(self._pose, delta), odom
        self._search.move(delta)
        beams = beams_of(scan, self._laser)
        if len(beams) < MIN_BEAMS:
            return
        self._track(beams, delta)
        if self._poor >= POOR_SCANS and self._known:
            log.warning("the scan does not fit the map (score %.2f): searching the whole home", self.score)
            self._known = False
        if not self._known:
            self._find(beams)

    def _track(self, beams: Beams, delta: Pose) -> None:
        """One predict-and-correct step; also runs during a search, so that a false alarm ends by itself."""
        mean = np.array([[self._pose.x_m, self._pose.y_m, self._pose.yaw_rad]])
        covariance = _grown(self._covariance, self._pose, delta)
        if not self._known:  # do not wander about the home, the search does that
            covariance = np.diag([0.05**2, 0.05**2, 0.05**2])
        drawn = self._rng.standard_normal((self._particles, 3)) @ np.linalg.cholesky(covariance).T
        drawn[0] = 0.0
        value = likelihood(self.grid, self._sample_table, mean + drawn, beams).astype(np.float64)
        # The map is worth about as much as the prior at one standard deviation per 3 % of the beams.
        value -= 0.015 * np.einsum("ni,ij,nj->n", drawn, np.linalg.inv(covariance), drawn)
        start = mean + drawn[int(value.argmax())]
        known = explained(self.grid, start[0], beams, self._laser)
        poses, information = refine(self.grid, start, known, mean, np.asarray(np.linalg.inv(covariance), np.float64))
        self._pose = Pose(*(float(v) for v in poses[0]))
        self._covariance = np.linalg.inv(information[0])
        np.fill_diagonal(self._covariance, np.maximum(np.diag(self._covariance), FLOOR_STD**2))
        found = fit(self.grid, poses, beams, self._laser)
        self.score = float(found.score[0])
        if self.score >= POOR_SCORE:
            self._poor = 0.0
        else:  # in a crowd the beams are short; in a wrong place some also go through walls
            crowd = found.through[0] < CROWD_THROUGH and found.hit[0] > CROWD_HIT
            self._poor += CROWD_WEIGHT if crowd else 1.0

    def _find(self, beams: Beams) -> None:
        found = self._search.step(beams, self._pose)
        if found is not None:
            log.info("found the place again at (%.2f, %.2f)", found.x_m, found.y_m)
            self._pose = found
            self._covariance = np.diag([0.05**2, 0.05**2, 0.05**2])
            self._known = True
            self._poor = 0.0
            self._search.forget_likely()
            self._search.clear()


class _Search:
    """A search of the whole home spread over scans: score a slice of all poses, follow the best, name a winner."""

    def __init__(self, grid: HomeGrid, laser: Pose, radius_m: float, keep: int, likely: Pose | None) -> None:
        self._likely = likely  # where the robot probably is as long as nothing is known
        self._grid = grid
        self._laser = laser
        self._keep = keep
        self._table = likelihood_table(grid, SEARCH_SCALE_M)
        step = max(1, round(SEARCH_STEP_M / grid.resolution_m))
        rows, columns = np.nonzero(((grid.signed_m > 0.8 * radius_m) & grid.inside)[::step, ::step])
        yaws = np.linspace(-math.pi, math.pi, SEARCH_TURNS, endpoint=False)
        x_m, y_m = grid.xs_m[columns * step], grid.ys_m[rows * step]
        self._all = np.column_stack(
            (np.repeat(x_m, SEARCH_TURNS), np.repeat(y_m, SEARCH_TURNS), np.tile(yaws, x_m.size))
        )
        self.clear()

    def clear(self) -> None:
        self._beams: Beams | None = None  # of the scan that the search began with
        self._moved = Pose(0.0, 0.0)  # since then
        self._values: list[Array] = []
        self._poses: Array = np.empty((0, 3))
        self._sums: Array = np.empty(0)
        self._scans = 0

    def forget_likely(self) -> None:
        """Once it was somewhere else, the dock is a place like any other."""
        self._likely = None

    def move(self, delta: Pose) -> None:
        self._moved = compose(self._moved, delta)
        self._poses = _moved(self._poses, delta)

    def step(self, beams: Beams, tracked: Pose) -> Pose | None:
        """One scan's share of the work. Returns the pose when one hypothesis is clearly the best."""
        if self._scans == 0:
            if self._beams is None:
                self._beams, self._moved = beams.thin(SEARCH_BEAMS), Pose(0.0, 0.0)
            done = sum(len(values) for values in self._values)
            if done < len(self._all):
                part = self._all[done : done + SEARCH_SLICE]
                self._values.append(likelihood(self._grid, self._table, part, self._beams).astype(np.float64))
                return None
            if not len(self._poses):
                self._begin(np.array([[tracked.x_m, tracked.y_m, tracked.yaw_rad]]))
                return None
        return self._follow(beams)

    def _begin(self, tracked: Array) -> None:
        """The best poses of the whole home, one per neighbourhood, moved to where the robot is by now."""
        assert self._beams is not None
        values = np.concatenate(self._values)
        best = self._all[np.argsort(values)[::-1][: self._keep]]
        order = np.argsort(fit(self._grid, best, self._beams, self._laser).score)[::-1]
        found = _moved(_distinct(best[order], KEEP), self._moved)
        self._poses = np.vstack((tracked, found))
        self._sums = np.zeros(len(self._poses))

    def _bonus(self) -> Array:
        """For hypotheses at the dock: [K]."""
        if self._likely is None:
            return np.zeros(len(self._poses))
        away = np.hypot(self._poses[:, 0] - self._likely.x_m, self._poses[:, 1] - self._likely.y_m)
        turned = np.abs(wrap(self._poses[:, 2] - self._likely.yaw_rad))
        return np.where((away < SAME_M) & (turned < SAME_RAD), DOCK_BONUS, 0.0)

    def _follow(self, beams: Beams) -> Pose | None:
        self._poses, _ = refine(self._grid, self._poses, beams)
        self._sums = self._sums + fit(self._grid, self._poses, beams, self._laser).score + self._bonus()
        self._scans += 1
        order = np.argsort(self._sums)[::-1]
        poses, means = self._poses[order], self._sums[order] / self._scans
        keep = _distinct_mask(poses) & (means > means[0] - DROP_MARGIN)
        self._poses, self._sums = poses[keep], means[keep] * self._scans
        if self._scans < ACCEPT_SCANS:
            return None
        if means[0] < POOR_SCORE:  # nothing fits: begin again with a fresh scan
            self.clear()
            return None
        rivals = means[keep][1:]
        margin = max(ACCEPT_MARGIN * ACCEPT_SCANS / self._scans, LEAST_MARGIN)  # noise averages out
        if means[0] >= ACCEPT_SCORE and (rivals.size == 0 or rivals[0] < means[0] - margin):
            return Pose(*(float(v) for v in poses[0]))
        return None


def _grown(covariance: Array, pose: Pose, delta: Pose) -> Array:
    """Covariance after a motion `delta` (in the robot's frame) that ends at `pose`."""
    distance, turn = math.hypot(delta.x_m, delta.y_m), abs(delta.yaw_rad)
    jacobian = np.eye(3)
    c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
    jacobian[0, 2] = -(s * delta.x_m + c * delta.y_m)
    jacobian[1, 2] = c * delta.x_m - s * delta.y_m
    std = STILL_STD + np.array([SLIP * distance, SLIP * distance, SLIP * turn + DRIFT_RAD_PER_M * distance])
    return np.asarray(jacobian @ covariance @ jacobian.T + np.diag(std**2))


def _moved(poses: Array, delta: Pose) -> Array:
    c, s = np.cos(poses[:, 2]), np.sin(poses[:, 2])
    return np.column_stack(
        (
            poses[:, 0] + c * delta.x_m - s * delta.y_m,
            poses[:, 1] + s * delta.x_m + c * delta.y_m,
            wrap(poses[:, 2] + delta.yaw_rad),
        )
    )


def _distinct_mask(poses: Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """True for poses (best first) that no better one stands for."""
    keep = np.ones(len(poses), dtype=np.bool_)
    for i in range(1, len(poses)):
        before = poses[:i][keep[:i]]
        near = np.hypot(before[:, 0] - poses[i, 0], before[:, 1] - poses[i, 1]) < SAME_M
        keep[i] = not (near & (np.abs(wrap(before[:, 2] - poses[i, 2])) < SAME_RAD)).any()
    return keep


def _distinct(poses: Array, count: int) -> Array:
    return poses[_distinct_mask(poses)][:count]
