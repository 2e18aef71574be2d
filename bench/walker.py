"""People who walk, for benches: where they can go without touching anything, and the walk itself in simulated time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moe_robot.lockstep import LockstepRobot
from moe_robot.sim.shapes import KINDS, PERSON_REACH_M
from moe_robot.world import route
from moe_robot.world.grid import HomeGrid

STAND_M = 0.45  # from a person's middle to walls and things where they stop: the robot can come near
PASS_M = 0.36  # and on the way
NEAR_M = 0.55  # nobody walks into the robot
MAX_WAY_M = 8.0


class Free:
    """The floor of one world as it is now; people other than the walker are in the way too."""

    def __init__(self, robot: LockstepRobot, here: tuple[float, float]) -> None:
        self.grid = HomeGrid(robot.sim_world.home, 0.05)
        truth = robot.sim.truth(look=False)
        x, y = np.meshgrid(self.grid.xs_m, self.grid.ys_m)
        clear = self.grid.signed_m.copy()
        for thing in truth.objects:
            np.minimum(clear, np.hypot(x - thing.x_m, y - thing.y_m) - KINDS[thing.kind].reach_m, out=clear)
        for person in truth.people:
            np.minimum(clear, np.hypot(x - person.x_m, y - person.y_m) - PERSON_REACH_M, out=clear)
        self.clear, self.here = clear, here
        self.ground = route.ground_of(self.grid, clear, 2, PASS_M, PASS_M + 0.3)

    def standing(self, x_m: float, y_m: float) -> bool:
        return bool(self.clear[self.grid.cell(x_m, y_m)] >= STAND_M)

    def walk(self, start: tuple[float, float], rng: np.random.Generator, least_m: float) -> NDArray[np.float64] | None:
        """Points [n, 2] from `start` to somewhere free, leading away from `here`; None when there is no such way."""
        begin = route.nearest_passable(self.ground, *start, 0.1)
        if begin is None:
            return None
        rows, columns = np.nonzero(self.clear >= STAND_M)
        for pick in rng.permutation(len(rows))[:40]:
            goal = (float(self.grid.xs_m[columns[pick]]), float(self.grid.ys_m[rows[pick]]))
            end = route.nearest_passable(self.ground, *goal, 0.1)
            if end is None:
                continue
            to_go = route.cost_to_go(self.ground, end)
            if not math.isfinite(to_go[begin]):
                continue
            way = route.path_from(self.ground, to_go, begin)
            away = np.hypot(*(way - np.array(self.here)).T)
            if least_m <= route.length_m(way) <= MAX_WAY_M and away.min() > NEAR_M + 0.2:
                return way
        return None


def clear_way(robot: LockstepRobot, here: tuple[float, float]) -> Free:
    return Free(robot, here)


def clear_line_m(robot: LockstepRobot, start: tuple[float, float], end: tuple[float, float]) -> float:
    """How far one can see along the floor from `start` towards `end`, past walls and furniture (5 m at most)."""
    grid = HomeGrid(robot.sim_world.home, 0.05)
    bearing = math.atan2(end[1] - start[1], end[0] - start[0])
    x, y, angle = (np.array([value]) for value in (start[0], start[1], bearing))
    return float(grid.ray_m(x, y, angle, 5.0)[0])


class Walker:
    """Puts a person at the beginning of a way, stands 2 s, walks it once, and waits wherever the robot is too near."""

    def __init__(self, robot: LockstepRobot, person: str, way: NDArray[np.float64], speed_mps: float) -> None:
        self.robot, self.person, self.speed_mps = robot, person, speed_mps
        self.way = way
        self.along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))))
        self.at_m = 0.0
        self.last_s = robot.now_s + 2.0
        self._put(robot.sim.pose().x_m, robot.sim.pose().y_m)

    def __call__(self) -> None:
        step_m = max(0.0, self.robot.now_s - self.last_s) * self.speed_mps
        self.last_s = max(self.last_s, self.robot.now_s)
        pose = self.robot.sim.pose()
        x, y, _ = self._pose(self.at_m + step_m)
        if step_m > 0.0 and math.hypot(x - pose.x_m, y - pose.y_m) > NEAR_M:
            self.at_m = min(self.at_m + step_m, float(self.along[-1]))
            self._put()

    def _put(self, look_x_m: float = math.nan, look_y_m: float = math.nan) -> None:
        x, y, yaw = self._pose(self.at_m)
        if math.isfinite(look_x_m):
            yaw = math.atan2(look_y_m - y, look_x_m - x)
        self.robot.sim.set_person(self.person, x, y, yaw)

    def _pose(self, at_m: float) -> tuple[float, float, float]:
        x = float(np.interp(at_m, self.along, self.way[:, 0]))
        y = float(np.interp(at_m, self.along, self.way[:, 1]))
        bx, by = (float(np.interp(at_m + 0.2, self.along, self.way[:, k])) for k in (0, 1))
        return x, y, math.atan2(by - y, bx - x)
