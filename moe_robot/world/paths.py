"""How far it is on the known map, round walls and furniture: lengths of ways without a robot that drives them.

The same ground as the navigator's, without what the lidar sees. A home's field is made at the first question (about
40 ms) and kept in this object.
"""

from __future__ import annotations

from collections.abc import Mapping

from moe_robot.config import WorldConfig
from moe_robot.structs import Pose
from moe_robot.world.grid import HomeGrid
from moe_robot.world.home import Home
from moe_robot.world.live import LiveLayer
from moe_robot.world.terrain import Terrain


class Paths:
    """Not thread safe."""

    def __init__(self, home: Home, cfg: WorldConfig) -> None:
        self._home = home
        grid = HomeGrid(home, cfg.grid_resolution_m)
        self._terrain = Terrain(home, grid, LiveLayer(grid), cfg.robot_radius_m, cfg.clearance_m)

    def goal(self, place: str, start: Pose, named: Mapping[str, Pose] | None = None) -> Pose | None:
        """Where the robot would stand for a place; `named` are those that people named. None = no such place, or no
        room to stand at it."""
        if place in (named or {}):
            return (named or {})[place]
        if place in self._home.rooms:
            return self._home.rooms[place].stand
        if place in self._home.places:
            return self._home.places[place].pose
        return self._terrain.beside(place, start) if place in self._home.furniture else None

    def length_m(self, start: Pose, goal: Pose) -> float:
        """Metres of the way; inf when there is none."""
        return self._terrain.distance_m(start, goal)
