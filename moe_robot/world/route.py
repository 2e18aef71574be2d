"""Ways through the home: cost-to-go fields over a grid, and short smooth paths down them.

A cell costs more the closer it is to something, so paths keep to the middle of doors and away from corners. A field is
grown from the goal outward, a whole front of cells at a time; it is symmetric, so it also answers "how far is it from
here to every other place". Pure: a `Ground` (what is passable at what cost) goes in, arrays come out. It knows nothing
of time, robots or sensors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moe_robot.world.grid import Array, HomeGrid

PATH_STEP_M = 0.05  # distance between the points of a path
NEAR_COST = 5.0  # extra cost per metre right beside an obstacle, falling to 0 at `prefer_m`
CENTRE_M = 0.36  # paths are pushed to the middle of gaps narrower than twice this
PUSH_M = 0.15  # at most, so that nothing is pushed through something else
START_SLACK_M = 0.6  # a start or goal this far from passable ground is still connected to it


@dataclass(frozen=True)
class Ground:
    """Cost per metre at each cell (inf = not passable), with a border of inf around; flat arrays of `width` columns."""

    cost: Array
    width: int
    step_m: float
    origin_m: tuple[float, float]  # centre of cell 0

    def cell(self, x_m: float, y_m: float) -> int:
        column = round((x_m - self.origin_m[0]) / self.step_m)
        row = round((y_m - self.origin_m[1]) / self.step_m)
        height = len(self.cost) // self.width
        return min(max(row, 0), height - 1) * self.width + min(max(column, 0), self.width - 1)

    def point(self, cell: int) -> tuple[float, float]:
        return (
            self.origin_m[0] + self.step_m * (cell % self.width),
            self.origin_m[1] + self.step_m * (cell // self.width),
        )

    def points(self, cells: NDArray[np.intp]) -> tuple[Array, Array]:
        rows, columns = np.divmod(cells, self.width)
        x_m = self.origin_m[0] + self.step_m * columns.astype(np.float64)
        return x_m, self.origin_m[1] + self.step_m * rows.astype(np.float64)

    def cost_at(self, x_m: Array, y_m: Array) -> Array:
        columns = np.rint((x_m - self.origin_m[0]) / self.step_m).astype(np.intp)
        rows = np.rint((y_m - self.origin_m[1]) / self.step_m).astype(np.intp)
        height = len(self.cost) // self.width
        return self.cost[np.clip(rows, 0, height - 1) * self.width + np.clip(columns, 0, self.width - 1)]


@dataclass(frozen=True)
class Path:
    """`points` [n, 2], `left_m` [n] from each to the end. Not `whole`: it ends beside a goal that is taken."""

    points: Array
    left_m: Array
    cost: float
    whole: bool

    def __len__(self) -> int:
        return len(self.points)

    def nearest(self, x_m: float, y_m: float, after: int, within_m: float = 1.0) -> int:
        """Index of the nearest point from `after` on, looking only a little ahead, so that loops are not cut."""
        window = self.points[after : after + round(within_m / PATH_STEP_M)]
        return after + int(np.hypot(window[:, 0] - x_m, window[:, 1] - y_m).argmin())


NO_PATH = Path(np.empty((0, 2)), np.empty(0), math.inf, True)


def path_of(points: Array, cost: float, whole: bool) -> Path:
    points = resample(points)
    pieces = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.empty(0)
    return Path(points, np.concatenate((np.cumsum(pieces[::-1])[::-1], [0.0])), cost, whole)


def ground_of(grid: HomeGrid, clearance: Array, stride: int, least_m: float, prefer_m: float) -> Ground:
    """Every `stride`-th cell of `clearance` [h, w]: not passable under `least_m`, dearer under `prefer_m`."""
    coarse = clearance[::stride, ::stride]
    inside = grid.inside[::stride, ::stride]
    closeness = np.clip((prefer_m - coarse) / max(prefer_m - least_m, 1e-6), 0.0, 1.0)
    cost = np.where((coarse >= least_m) & inside, 1.0 + NEAR_COST * closeness**2, np.inf)
    padded = np.full((coarse.shape[0] + 2, coarse.shape[1] + 2), np.inf)
    padded[1:-1, 1:-1] = cost
    step = grid.resolution_m * stride
    return Ground(padded.ravel(), padded.shape[1], step, (grid.origin_m[0] - step, grid.origin_m[1] - step))


def nearest_passable(
    ground: Ground, x_m: float, y_m: float, within_m: float, grid: HomeGrid | None = None
) -> int | None:
    """The passable cell closest to a point; with `grid` the closest on the same side of walls, if there is one."""
    cell = ground.cell(x_m, y_m)
    if math.isfinite(ground.cost[cell]):
        return cell
    cells, _ = passable_around(ground, x_m, y_m, within_m, grid)
    return int(cells[0]) if cells.size else None


def passable_around(
    ground: Ground, x_m: float, y_m: float, within_m: float, grid: HomeGrid | None = None
) -> tuple[NDArray[np.intp], Array]:
    """Passable cells around a point and their distances from it, nearest first. With `grid` only those on the same side
    of walls, unless there are none."""
    reach = math.ceil(within_m / ground.step_m)
    height = len(ground.cost) // ground.width
    row, column = divmod(ground.cell(x_m, y_m), ground.width)
    rows = np.arange(max(row - reach, 0), min(row + reach + 1, height))
    columns = np.arange(max(column - reach, 0), min(column + reach + 1, ground.width))
    cells = (rows[:, None] * ground.width + columns).ravel()
    cells = cells[np.isfinite(ground.cost[cells])]
    px, py = ground.points(cells)
    distance = np.hypot(px - x_m, py - y_m)
    order = np.argsort(distance)[: int(np.count_nonzero(distance <= within_m))]
    if grid is not None and grid.clearance_m(x_m, y_m) > 0.0:
        sight = grid.ray_m(np.float64(x_m), np.float64(y_m), np.arctan2(py - y_m, px - x_m)[order], within_m)
        if (beside := order[sight >= distance[order] - 1e-6]).size:
            order = beside
    return cells[order], distance[order]


def cost_to_go(ground: Ground, goal: int, start: int | None = None) -> Array:
    """Cheapest cost (m, weighted) from every cell to `goal`; inf where there is no way. Flat like `ground.cost`.

    With `start` only cells that are cheaper than it are sure to be right: enough for a path from it, and faster.
    """
    cost, width, step = ground.cost, ground.width, ground.step_m
    offsets = np.array([-width, width, -1, 1, -width - 1, -width + 1, width - 1, width + 1])
    lengths = 0.5 * step * np.array([1.0, 1.0, 1.0, 1.0, *[math.sqrt(2.0)] * 4])
    to_go = np.full(cost.size, np.inf)
    mark = np.zeros(cost.size, dtype=np.intp)
    to_go[goal] = 0.0
    front = np.array([goal], dtype=np.intp)
    while front.size:
        beside = front[:, None] + offsets
        reached = to_go[front][:, None] + lengths * (cost[front][:, None] + cost[beside])
        better = reached < to_go[beside] - 1e-9
        cells, values = beside[better], reached[better]
        np.minimum.at(to_go, cells, values)
        order = np.arange(cells.size)
        mark[cells] = order
        front = cells[mark[cells] == order]  # each cell once
        if start is not None:
            front = front[to_go[front] < to_go[start]]
    return to_go


def descend(ground: Ground, to_go: Array, start: int) -> list[int]:
    """Cells from `start` down to the goal, both included. `to_go[start]` must be finite."""
    cost, width = ground.cost, ground.width
    offsets = np.array([-width, width, -1, 1, -width - 1, -width + 1, width - 1, width + 1])
    lengths = 0.5 * ground.step_m * np.array([1.0, 1.0, 1.0, 1.0, *[math.sqrt(2.0)] * 4])
    cells = [start]
    here = start
    while to_go[here] > 0.0 and len(cells) < cost.size:
        beside = here + offsets
        here = int(beside[(to_go[beside] + lengths * (cost[here] + cost[beside])).argmin()])
        cells.append(here)
    return cells


def path_from(ground: Ground, to_go: Array, start: int) -> Array:
    """Points [n, 2] from the start cell to the goal cell, `PATH_STEP_M` apart, corners cut where it is not dearer."""
    cells = np.array(descend(ground, to_go, start), dtype=np.intp)
    x_m, y_m = ground.points(cells)
    kept = [0]
    last = len(cells) - 1
    while kept[-1] < last:
        kept.append(_farthest(ground, to_go[cells], x_m, y_m, kept[-1]))
    return resample(np.column_stack((x_m[kept], y_m[kept])))


def _farthest(ground: Ground, to_go: Array, x_m: Array, y_m: Array, here: int) -> int:
    """The farthest point of the path whose straight line from `here` costs no more than the path between them."""
    best, reach = here + 1, 4
    last = len(x_m) - 1
    while True:
        there = min(here + reach, last)
        dx, dy = x_m[there] - x_m[here], y_m[there] - y_m[here]
        length = math.hypot(dx, dy)
        t = np.linspace(0.0, 1.0, max(2, math.ceil(2.0 * length / ground.step_m)))
        straight = length * float(ground.cost_at(x_m[here] + dx * t, y_m[here] + dy * t).mean())
        if straight > to_go[here] - to_go[there] + 0.02:
            return best
        best = max(best, there)
        if there == last:
            return best
        reach += 4


def resample(corners: Array, step_m: float = PATH_STEP_M) -> Array:
    """Points at equal distances along a polyline [n, 2], first and last kept."""
    pieces = np.hypot(*np.diff(corners, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(pieces)))
    if along[-1] < 1e-6:
        return corners[:1]
    at = np.linspace(0.0, along[-1], max(2, math.ceil(along[-1] / step_m) + 1))
    return np.column_stack((np.interp(at, along, corners[:, 0]), np.interp(at, along, corners[:, 1])))


def smooth(path: Array, ground: Ground, rounds: int = 12) -> Array:
    """Round the corners of a path where the rounded points do not cost more than 1 more per metre than before."""
    if len(path) < 5:
        return path
    before = ground.cost_at(path[:, 0], path[:, 1])
    for _ in range(rounds):
        moved = path.copy()
        moved[1:-1] = 0.25 * path[:-2] + 0.5 * path[1:-1] + 0.25 * path[2:]
        fine = ground.cost_at(moved[:, 0], moved[:, 1]) <= before + 1.0
        path = np.where(fine[:, None], moved, path)
    return path


def centred(path: Array, grid: HomeGrid, things: Array, foot_m: float, rounds: int = 8) -> Array:
    """Push the inner points of a path away from the map and from points [k, 2], to the middle of narrow gaps.

    The grid is too coarse for a gap that leaves a few centimetres; this works on exact distances. `foot_m` is how much
    more room things need than walls.
    """
    path = path.copy()
    for _ in range(rounds if len(path) > 2 else 0):
        inner = path[1:-1]
        distance, gx, gy = grid.at(inner[:, 0], inner[:, 1])
        push = np.clip(CENTRE_M - distance, 0.0, PUSH_M)[:, None] * np.column_stack((gx, gy))
        if len(things):
            away = inner[:, None, :] - things
            squared = np.einsum("nki,nki->nk", away, away)
            nearest = squared.argmin(axis=1)
            rows = np.arange(len(inner))
            gap = np.maximum(np.sqrt(squared[rows, nearest]), 1e-3)
            push += (np.clip(CENTRE_M + foot_m - gap, 0.0, PUSH_M) / gap)[:, None] * away[rows, nearest]
        path[1:-1] = inner + 0.4 * push + 0.25 * (path[:-2] - 2.0 * inner + path[2:])
    return path


def length_m(path: Array) -> float:
    return float(np.hypot(*np.diff(path, axis=0).T).sum()) if len(path) > 1 else 0.0
