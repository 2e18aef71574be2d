"""Where the robot may drive and stand: the map together with what the lidar saw, and the questions about it.

The known map alone answers how far things are; the present ground (with live obstacles) says where there is room now.
Two grounds: a roomy one on a coarse grid, and a tight one on the fine grid for when there is no roomy way.
"""

from __future__ import annotations

import math
from collections import OrderedDict

import numpy as np

from moe_robot.structs import Pose
from moe_robot.world import route, stands
from moe_robot.world.grid import Array, HomeGrid
from moe_robot.world.home import Home
from moe_robot.world.live import LiveLayer

# Clearances of the robot's centre beyond its radius.
MAPPED_MARGIN_M = 0.03  # to walls and furniture: pose error and path following
FOOT_M = 0.07  # to unmapped things: a cone or a ball is wider at its foot than where the lidar sees it
TIGHT_MAPPED_M, TIGHT_FOOT_M = 0.01, 0.02  # in the tight ground; the check against the live scan still holds
WIDE_M = 0.20  # path cost begins this far beyond radius + clearance
COARSE_M = 0.1  # cells of the roomy ground: four times fewer, and a gap of 0.5 m is still found
FREE_WITHIN_M = 2.0  # nearest_free looks this far
CACHED_FIELDS = 24  # of about 70 kB each


class Terrain:
    def __init__(self, home: Home, grid: HomeGrid, live: LiveLayer, radius_m: float, clearance_m: float) -> None:
        self._home = home
        self._grid = grid
        self._live = live
        self._radius_m = radius_m
        self._prefer_m = radius_m + clearance_m + WIDE_M
        self._stride = max(1, round(COARSE_M / grid.resolution_m))
        self.map_ground = self._ground(grid.signed_m, tight=False)
        self._fields: OrderedDict[int, Array] = OrderedDict()
        self._now: tuple[tuple[int, bool], route.Ground] | None = None

    def now(self, tight: bool = False) -> route.Ground:
        """The map with what the lidar saw; made again only when something changed."""
        key = (self._live.version, tight)
        if self._now is None or self._now[0] != key:
            foot = TIGHT_FOOT_M - TIGHT_MAPPED_M if tight else FOOT_M - MAPPED_MARGIN_M
            self._now = key, self._ground(np.minimum(self._grid.signed_m, self._live.distance_m() - foot), tight)
        return self._now[1]

    def _ground(self, clearance: Array, tight: bool) -> route.Ground:
        least = self._radius_m + (TIGHT_MAPPED_M if tight else MAPPED_MARGIN_M)
        return route.ground_of(self._grid, clearance, 1 if tight else self._stride, least, self._prefer_m)

    def distance_m(self, start: Pose, goal: Pose) -> float:
        """Length of the way on the known map; inf when there is none."""
        ground = self.map_ground
        here = route.nearest_passable(ground, start.x_m, start.y_m, route.START_SLACK_M)
        there = route.nearest_passable(ground, goal.x_m, goal.y_m, route.START_SLACK_M)
        if here is None or there is None:
            return math.inf
        if here in self._fields and there not in self._fields:  # a field serves both directions
            here, there = there, here
        to_go = self._field(there)
        return route.length_m(route.path_from(ground, to_go, here)) if math.isfinite(to_go[here]) else math.inf

    def _field(self, cell: int) -> Array:
        """Cost-to-go on the known map, the last few kept."""
        if cell in self._fields:
            self._fields.move_to_end(cell)
        else:
            self._fields[cell] = route.cost_to_go(self.map_ground, cell)
            if len(self._fields) > CACHED_FIELDS:
                self._fields.popitem(last=False)
        return self._fields[cell]

    def _reach_from(self, pose: Pose) -> tuple[route.Ground, Array] | None:
        """The present ground and the cost from `pose` to all of it; None when the robot stands nowhere."""
        ground = self.now()
        start = route.nearest_passable(ground, pose.x_m, pose.y_m, route.START_SLACK_M)
        return None if start is None else (ground, route.cost_to_go(ground, start))

    def nearest_free(self, x_m: float, y_m: float) -> Pose | None:
        ground = self.now()
        cell = route.nearest_passable(ground, x_m, y_m, FREE_WITHIN_M, self._grid)
        return None if cell is None else Pose(*ground.point(cell))

    def beside(self, furniture_id: str, from_pose: Pose) -> Pose | None:
        reach = self._reach_from(from_pose)
        item = self._home.furniture[furniture_id]
        return None if reach is None else stands.beside(self._grid, item, self._radius_m, *reach)

    def approach(self, x_m: float, y_m: float, from_pose: Pose, distance_m: float) -> Pose | None:
        reach = self._reach_from(from_pose)
        return None if reach is None else stands.approach(self._grid, (x_m, y_m), distance_m, from_pose, *reach)
