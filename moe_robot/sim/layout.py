"""Is a world fair? Everything the robot may be sent to can be reached by it and seen from where it can stand.

`problems(world)` is what the tests, and the generator of random worlds, hold every world to. Geometry only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from moe_robot.sim.shapes import KINDS, PERSON_REACH_M
from moe_robot.sim.worlds import SceneObject, World
from moe_robot.structs import Pose
from moe_robot.world.home import Door, Furniture, Home, Wall

CELL_M = 0.05
ROBOT_RADIUS_M, CLEARANCE_M = 0.18, 0.05
DOOR_MIN_M, DOOR_FREE_M = 0.9, 0.45
OBJECT_GAP_M = 0.5  # between the middles of two objects
WALL_GAP_M = 0.05  # from an object's edge to a wall or to furniture
NEAR_M = 0.85  # go_to(object) must end within 0.9 m of it
VIEW_M = (0.6, 2.5)  # from where an object must be seen


@dataclass(frozen=True)
class Grid:
    """Cells of CELL_M; [row, column] = [y, x] from the corner of the bounds."""

    x_m: NDArray[np.float64]  # [columns], middles of the cells
    y_m: NDArray[np.float64]  # [rows]

    def index(self, x_m: float, y_m: float) -> tuple[int, int]:
        row = round((y_m - self.y_m[0]) / CELL_M)
        column = round((x_m - self.x_m[0]) / CELL_M)
        return min(max(row, 0), len(self.y_m) - 1), min(max(column, 0), len(self.x_m) - 1)


def grid_of(home: Home) -> Grid:
    x0, y0, x1, y1 = home.bounds_m
    return Grid(np.arange(x0 + CELL_M / 2, x1, CELL_M), np.arange(y0 + CELL_M / 2, y1, CELL_M))


def static_clearance(home: Home, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """From points to the nearest wall or furniture, and to the edge of the home; negative inside."""
    x0, y0, x1, y1 = home.bounds_m
    found = np.minimum(np.minimum(x_m - x0, x1 - x_m), np.minimum(y_m - y0, y1 - y_m))
    solids: tuple[Wall | Furniture, ...] = (*home.walls, *home.furniture.values())
    for solid in solids:
        found = np.minimum(found, home.distance_m(solid, x_m, y_m))
    return found


def to_furniture(home: Home, furniture: str, x_m: float, y_m: float) -> float:
    return float(home.distance_m(home.furniture[furniture], np.array([x_m]), np.array([y_m]))[0])


def to_static(home: Home, x_m: float, y_m: float) -> float:
    return float(static_clearance(home, np.array([x_m]), np.array([y_m]))[0])


def clearance(world: World) -> tuple[Grid, NDArray[np.float64], NDArray[np.float64]]:
    """From each cell [rows, columns] to the nearest wall, furniture, person; and to the nearest of all, objects too."""
    grid = grid_of(world.home)
    x, y = np.meshgrid(grid.x_m, grid.y_m)
    fixed = static_clearance(world.home, x, y)
    for person in world.scene.people.values():
        fixed = np.minimum(fixed, np.hypot(x - person.x_m, y - person.y_m) - PERSON_REACH_M)
    whole = fixed
    for thing in world.scene.objects.values():
        whole = np.minimum(whole, np.hypot(x - thing.x_m, y - thing.y_m) - KINDS[thing.kind].reach_m)
    return grid, fixed, whole


def reachable(grid: Grid, free: NDArray[np.bool_], start: Pose) -> NDArray[np.bool_]:
    """Cells that the robot's middle can be moved to."""
    _, labels = cv2.connectedComponents(free.astype(np.uint8), connectivity=4)
    label = labels[grid.index(start.x_m, start.y_m)]
    return np.asarray(labels == label) if label else np.zeros_like(free)


def problems(world: World) -> list[str]:
    """What is unfair in this world, in words; empty when nothing is."""
    home, scene = world.home, world.scene
    found = []
    if len(home.rooms) < 5:
        found.append(f"{len(home.rooms)} rooms, expected 5 or more")
    if len(scene.objects) < 10:
        found.append(f"{len(scene.objects)} objects, expected 10 or more")
    if len(scene.people) < 2:
        found.append(f"{len(scene.people)} people, expected 2 or more")
    if "dock" not in home.places:
        found.append("no place 'dock'")
    found += [
        f"door {d.id} is {d.width_m - home.wall_thickness_m:.2f} m wide"
        for d in home.doors.values()
        if d.width_m - home.wall_thickness_m < DOOR_MIN_M - 1e-6
    ]
    grid, fixed, clear = clearance(world)
    reach = reachable(grid, clear >= ROBOT_RADIUS_M + CLEARANCE_M, scene.robot)
    if not reach.any():
        return [*found, "the robot's start is not free"]
    for room in home.rooms.values():
        if not room.contains(room.stand.x_m, room.stand.y_m):
            found.append(f"room {room.id}: stand_m is outside")
        elif not reach[grid.index(room.stand.x_m, room.stand.y_m)]:
            found.append(f"room {room.id}: stand_m cannot be reached")
    for place in home.places.values():
        if not reach[grid.index(place.pose.x_m, place.pose.y_m)]:
            found.append(f"place {place.id} cannot be reached")
    x, y = np.meshgrid(grid.x_m, grid.y_m)
    for item in home.furniture.values():
        if item.names and not (reach & (home.distance_m(item, x, y) < NEAR_M)).any():
            found.append(f"furniture {item.id} cannot be reached")
    for person in scene.people.values():
        if not (reach & (np.hypot(x - person.x_m, y - person.y_m) < 1.0)).any():
            found.append(f"person {person.id} cannot be reached")
        if to_static(home, person.x_m, person.y_m) < PERSON_REACH_M:
            found.append(f"person {person.id} stands in something")
    found += _object_problems(world, grid, fixed, reach)
    return found


def _object_problems(world: World, grid: Grid, fixed: NDArray[np.float64], reach: NDArray[np.bool_]) -> list[str]:
    home, scene = world.home, world.scene
    x, y = np.meshgrid(grid.x_m, grid.y_m)
    things = list(scene.objects.values())
    found = []
    for i, thing in enumerate(things):
        radius = KINDS[thing.kind].reach_m
        if not home.room_at(thing.x_m, thing.y_m):
            found.append(f"object {thing.id} is in no room")
        if to_static(home, thing.x_m, thing.y_m) < radius + WALL_GAP_M:
            found.append(f"object {thing.id} is inside or too near a wall or furniture")
        for door in home.doors.values():
            if to_passage(home, door, thing.x_m, thing.y_m) < DOOR_FREE_M + radius:
                found.append(f"object {thing.id} blocks door {door.id}")
        for other in things[i + 1 :]:
            if math.hypot(thing.x_m - other.x_m, thing.y_m - other.y_m) < OBJECT_GAP_M:
                found.append(f"objects {thing.id} and {other.id} are too close")
        for person in scene.people.values():
            if math.hypot(thing.x_m - person.x_m, thing.y_m - person.y_m) < PERSON_REACH_M + radius + 0.1:
                found.append(f"object {thing.id} lies at the feet of {person.id}")
        away = np.hypot(x - thing.x_m, y - thing.y_m)
        if not (reach & (away < NEAR_M)).any():
            found.append(f"object {thing.id} cannot be reached")
        stand = np.argwhere(reach & (away > VIEW_M[0]) & (away < VIEW_M[1]))
        if not _seen_from_some(world, thing, grid, fixed, stand):
            found.append(f"object {thing.id} cannot be seen from where the robot can stand")
    return found


def to_passage(home: Home, door: Door, x_m: float, y_m: float) -> float:
    """From a point to the way through a door: half a metre on both sides along its normal."""
    along_x = _door_along_x(home, door)
    dx, dy = x_m - door.x_m, y_m - door.y_m
    across, through = (dx, dy) if along_x else (dy, dx)
    return math.hypot(across, max(abs(through) - 0.5, 0.0))


def _door_along_x(home: Home, door: Door) -> bool:
    """A door lies in the wall whose end is at its edge."""
    for wall in home.walls:
        for x, y in ((wall.x1_m, wall.y1_m), (wall.x2_m, wall.y2_m)):
            if abs(math.hypot(x - door.x_m, y - door.y_m) - door.width_m / 2) < 0.02:
                return abs(x - door.x_m) > abs(y - door.y_m)
    raise ValueError(f"door {door.id} is not at a gap between walls")


def _seen_from_some(
    world: World, thing: SceneObject, grid: Grid, fixed: NDArray[np.float64], stand: NDArray[np.int64]
) -> bool:
    """One line of sight from 40 places, past walls, furniture, people and other objects, is enough."""
    others = [other for other in world.scene.objects.values() if other is not thing]
    for row, column in stand[:: max(len(stand) // 40, 1)]:
        t = np.linspace(0.0, 1.0, 60)
        x = grid.x_m[column] + t * (thing.x_m - grid.x_m[column])
        y = grid.y_m[row] + t * (thing.y_m - grid.y_m[row])
        rows = np.clip(np.round((y - grid.y_m[0]) / CELL_M).astype(int), 0, len(grid.y_m) - 1)
        columns = np.clip(np.round((x - grid.x_m[0]) / CELL_M).astype(int), 0, len(grid.x_m) - 1)
        if (fixed[rows, columns] > CELL_M).all() and all(
            (np.hypot(x - other.x_m, y - other.y_m) > KINDS[other.kind].reach_m + CELL_M).all() for other in others
        ):
            return True
    return False


def freest(grid: Grid, clear: NDArray[np.float64], inside: NDArray[np.bool_]) -> tuple[float, float]:
    """The middle of the cell among `inside` that is farthest from everything."""
    row, column = np.unravel_index(int(np.argmax(np.where(inside, clear, -1.0))), clear.shape)
    return float(grid.x_m[column]), float(grid.y_m[row])


def inside_polygon(
    polygon: Sequence[tuple[float, float]], x_m: NDArray[np.float64], y_m: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Even-odd rule for many points."""
    inside = np.zeros(x_m.shape, bool)
    for (x1, y1), (x2, y2) in zip([polygon[-1], *polygon[:-1]], polygon, strict=True):
        if y1 != y2:
            inside ^= ((y1 > y_m) != (y2 > y_m)) & (x_m < (x2 - x1) * (y_m - y1) / (y2 - y1) + x1)
    return inside
