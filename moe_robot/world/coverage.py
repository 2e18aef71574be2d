"""Where to look so that nothing on the floor stays unseen, and what has been looked at already.

Floor is divided into patches. A viewpoint sees a patch when it lies within the camera's range and no wall or furniture
is between them at the height of the lidar; a thing behind the sofa is seen from behind the sofa. `viewpoints` covers a
room from scratch; `next_view` takes into account what images have really shown. Knows no skill and no detector.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moe_robot.config import WorldConfig
from moe_robot.robot_model import RobotModel
from moe_robot.structs import Pose, Scan
from moe_robot.world import route
from moe_robot.world.grid import Array, HomeGrid
from moe_robot.world.home import Home
from moe_robot.world.matching import compose, wrap

PATCH_M = 0.2  # edge of a floor patch: the size of the smallest things
STAND_M = 0.4  # distance between the points that are considered as viewpoints
STAND_MARGIN_M = 0.10  # from the robot's edge to walls and furniture at a viewpoint: it must be able to turn and leave
FOOT_M = 0.08  # patches whose centre is closer to a wall than this cannot hold a thing
NEAREST_M = 0.55  # the camera looks over what is closer
EDGE_RAD = math.radians(4)  # at the edges of the image things are cut off
OCCLUDED_M = 0.15  # a patch this much behind the lidar's echo is hidden; the thing itself may be the echo
AT_STAND_M = 0.25  # this close to a viewpoint counts as standing on it
ENOUGH_PATCHES = 3  # leftovers (0.12 m2) are not worth a drive
TRAVEL_M2_PER_M = 0.25  # a metre of travel must show this much more floor


@dataclass(frozen=True)
class Viewpoint:
    """Stand at (x, y) and look along each of `yaws_rad` (ordered as one turn)."""

    room: str
    x_m: float
    y_m: float
    yaws_rad: tuple[float, ...]


@dataclass(frozen=True)
class _RoomViews:
    """Of one room: P floor patches, V places to stand, and which of the patches each place can see."""

    patches: NDArray[np.intp]  # [P] indices into the coverage's patches
    stands: Array  # [V, 2]
    sees: NDArray[np.bool_]  # [V, P]
    hidden: NDArray[np.bool_]  # [V, P] seen from there on the map, but something unmapped stood in between


class Coverage:
    def __init__(self, home: Home, cfg: WorldConfig, model: RobotModel) -> None:
        self._grid = HomeGrid(home, cfg.grid_resolution_m)
        self._range_m = cfg.camera_range_m
        self._half_fov_rad = model.camera_hfov_rad / 2 - EDGE_RAD
        self._camera = Pose(model.camera.x_m, model.camera.y_m, model.camera.yaw_rad)
        self._laser = Pose(model.laser.x_m, model.laser.y_m, model.laser.yaw_rad)
        radius = max(cfg.robot_radius_m, model.radius_m)
        stride = max(1, round(0.1 / cfg.grid_resolution_m))
        self._ground = route.ground_of(self._grid, self._grid.signed_m, stride, radius + 0.03, radius + 0.27)
        self._stand_clearance_m = radius + STAND_MARGIN_M
        self._home = home
        self._x_m, self._y_m, rooms = self._floor()
        self._seen = np.zeros(self._x_m.size, dtype=np.bool_)
        self._seen_s = np.full(self._x_m.size, -math.inf)
        self._reachable = self._connected()
        self._views = {room: self._room_views(room, np.flatnonzero(rooms == room)) for room in home.rooms}
        self._barred: list[tuple[float, float, float]] = []  # x, y, radius

    # ------------------------------------------------------------------ what was seen

    def update(self, pose: Pose, scan: Scan | None, now_s: float) -> None:
        """An image was looked at from `pose`: mark the patches it shows. The scan tells what hides them. 0.3 ms."""
        camera = compose(pose, self._camera)
        dx, dy = self._x_m - camera.x_m, self._y_m - camera.y_m
        distance = np.hypot(dx, dy)
        off = np.abs(wrap(np.arctan2(dy, dx) - camera.yaw_rad))
        shown = np.flatnonzero((distance < self._range_m) & (distance > NEAREST_M * 0.8) & (off < self._half_fov_rad))
        shown = shown[self._line_free(camera.x_m, camera.y_m, shown)]
        if scan is not None:
            clear = self._before_echo(compose(pose, self._laser), scan, shown)
            self._note_hidden(pose, shown[~clear])
            shown = shown[clear]
        self._seen[shown] = True
        self._seen_s[shown] = now_s

    def _note_hidden(self, pose: Pose, patches: NDArray[np.intp]) -> None:
        """What cannot be seen from a viewpoint after all must not be asked of it again: the search has to end."""
        for views in self._views.values():
            at = np.flatnonzero(np.hypot(views.stands[:, 0] - pose.x_m, views.stands[:, 1] - pose.y_m) < AT_STAND_M)
            if at.size:
                views.hidden[np.ix_(at, np.isin(views.patches, patches))] = True

    def viewed(self, room: str) -> float:
        """Share of the room's visible floor that images have shown, 0..1."""
        views = self._views[room]
        coverable = views.patches[views.sees.any(axis=0)] if len(views.stands) else views.patches
        return float(self._seen[coverable].mean()) if coverable.size else 1.0

    def viewed_at(self, x_m: float, y_m: float) -> float:
        """When an image last showed the floor around a point; -inf = never."""
        nearest = np.hypot(self._x_m - x_m, self._y_m - y_m)
        best = int(nearest.argmin())
        return float(self._seen_s[best]) if nearest[best] < 2 * PATCH_M else -math.inf

    def reset(self, rooms: Iterable[str] | None = None) -> None:
        """Forget what was seen (of some rooms), to search again."""
        for room in self._home.rooms if rooms is None else rooms:
            self._seen[self._views[room].patches] = False
            self._views[room].hidden[:] = False
        self._barred.clear()

    def fresh(self) -> Coverage:
        """The same home with nothing seen and nothing barred, for a search of its own. Cheap: shares the geometry."""
        other = copy.copy(self)
        other._seen = np.zeros_like(self._seen)
        other._seen_s = np.full_like(self._seen_s, -math.inf)
        other._views = {
            room: dataclasses.replace(views, hidden=np.zeros_like(views.hidden)) for room, views in self._views.items()
        }
        other._barred = []
        return other

    def mark_unreachable(self, view: Viewpoint) -> None:
        """The robot could not get there: `next_view` does not propose it or its neighbours again until `reset`."""
        self._barred.append((view.x_m, view.y_m, 1.5 * STAND_M))

    def mark_looked(self, view: Viewpoint) -> None:
        """All that can be seen from there has been: `next_view` does not propose it again until `reset`."""
        self._barred.append((view.x_m, view.y_m, 0.5 * STAND_M))

    # ------------------------------------------------------------------ where to look

    def viewpoints(self, room: str) -> tuple[Viewpoint, ...]:
        """A greedy cover of the whole room, as if nothing had been seen, as a short tour from its stand."""
        views = self._views[room]
        open_patches = np.ones(views.patches.size, dtype=np.bool_)
        chosen: list[Viewpoint] = []
        while len(views.stands):
            gains = (views.sees & open_patches).sum(axis=1)
            best = int(gains.argmax())
            if gains[best] < ENOUGH_PATCHES:
                break
            chosen.append(self._viewpoint(room, best, open_patches))
            open_patches &= ~views.sees[best]
        return _tour(chosen, self._home.rooms[room].stand)

    def next_view(self, rooms: Iterable[str], pose: Pose) -> Viewpoint | None:
        """The viewpoint that shows most new floor of these rooms for the way to it; None when all has been seen."""
        start = route.nearest_passable(self._ground, pose.x_m, pose.y_m, route.START_SLACK_M)
        to_go = None if start is None else route.cost_to_go(self._ground, start)
        best: tuple[float, str, int] | None = None
        for room in rooms:
            views = self._views[room]
            if not len(views.stands):
                continue
            gains = (views.sees & ~views.hidden & ~self._seen[views.patches]).sum(axis=1)
            if to_go is None:
                way = np.hypot(views.stands[:, 0] - pose.x_m, views.stands[:, 1] - pose.y_m)
            else:
                way = to_go[[self._ground.cell(float(x), float(y)) for x, y in views.stands]]
            worth = gains * PATCH_M**2 / (way + 1.0 / TRAVEL_M2_PER_M)
            worth[(gains < ENOUGH_PATCHES) | ~np.isfinite(way)] = 0.0
            for x, y, reach in self._barred:
                worth[np.hypot(views.stands[:, 0] - x, views.stands[:, 1] - y) < reach] = 0.0
            at = int(worth.argmax())
            if worth[at] > 0.0 and (best is None or worth[at] > best[0]):
                best = float(worth[at]), room, at
        if best is None:
            return None
        return self._viewpoint(best[1], best[2], ~self._seen[self._views[best[1]].patches])

    def _viewpoint(self, room: str, at: int, wanted: NDArray[np.bool_]) -> Viewpoint:
        """With the fewest directions that show every wanted patch this place can see."""
        views = self._views[room]
        x_m, y_m = (float(v) for v in views.stands[at])
        patches = views.patches[views.sees[at] & wanted]
        bearings = np.sort(np.arctan2(self._y_m[patches] - y_m, self._x_m[patches] - x_m))
        return Viewpoint(room, x_m, y_m, _sweep(bearings, 2 * self._half_fov_rad))

    # ------------------------------------------------------------------ set up

    def _floor(self) -> tuple[Array, Array, NDArray[np.str_]]:
        """Centres of the free floor patches and the room of each."""
        x_min, y_min, x_max, y_max = self._home.bounds_m
        x_m, y_m = np.meshgrid(
            np.arange(x_min + PATCH_M / 2, x_max, PATCH_M), np.arange(y_min + PATCH_M / 2, y_max, PATCH_M)
        )
        x_m, y_m = x_m.ravel(), y_m.ravel()
        free = self._grid.nearest(x_m, y_m) > FOOT_M
        x_m, y_m = x_m[free], y_m[free]
        rooms = np.array([self._home.room_at(float(x), float(y)) for x, y in zip(x_m, y_m, strict=True)])
        return x_m, y_m, rooms

    def _connected(self) -> Array:
        """Cost from the middle of the home's largest connected free area; inf = not reachable."""
        best = np.full(self._ground.cost.size, np.inf)
        for room in self._home.rooms.values():
            start = route.nearest_passable(self._ground, room.stand.x_m, room.stand.y_m, route.START_SLACK_M)
            if start is None or math.isfinite(best[start]):
                continue
            to_go = route.cost_to_go(self._ground, start)
            if np.isfinite(to_go).sum() > np.isfinite(best).sum():
                best = to_go
        return best

    def _room_views(self, room: str, patches: NDArray[np.intp]) -> _RoomViews:
        x_min, y_min = np.min(self._home.rooms[room].polygon_m, axis=0)
        x_max, y_max = np.max(self._home.rooms[room].polygon_m, axis=0)
        x_m, y_m = np.meshgrid(np.arange(x_min + 0.2, x_max, STAND_M), np.arange(y_min + 0.2, y_max, STAND_M))
        stand = self._home.rooms[room].stand
        points = np.column_stack((np.append(x_m.ravel(), stand.x_m), np.append(y_m.ravel(), stand.y_m)))
        cells = [self._ground.cell(float(x), float(y)) for x, y in points]
        roomy = self._grid.nearest(points[:, 0], points[:, 1]) > self._stand_clearance_m
        inside = np.array([self._home.rooms[room].contains(float(x), float(y)) for x, y in points])
        points = points[roomy & inside & np.isfinite(self._reachable[cells])]
        sees = np.zeros((len(points), patches.size), dtype=np.bool_)
        for i, (x, y) in enumerate(points):
            distance = np.hypot(self._x_m[patches] - x, self._y_m[patches] - y)
            near = (distance < 0.95 * self._range_m) & (distance > NEAREST_M)
            sees[i, near] = self._line_free(float(x), float(y), patches[near])
            sees[i, distance < 0.18] = True  # it stands there itself
        return _RoomViews(patches, points, sees, np.zeros_like(sees))

    def _line_free(self, x_m: float, y_m: float, patches: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether the straight lines to patches cross no solid."""
        dx, dy = self._x_m[patches] - x_m, self._y_m[patches] - y_m
        reach = np.hypot(dx, dy)
        return np.asarray(
            self._grid.ray_m(np.float64(x_m), np.float64(y_m), np.arctan2(dy, dx), self._range_m) > reach - 0.06
        )

    def _before_echo(self, laser: Pose, scan: Scan, patches: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether the lidar saw as far as the patches in their directions."""
        dx, dy = self._x_m[patches] - laser.x_m, self._y_m[patches] - laser.y_m
        beams = np.rint((np.arctan2(dy, dx) - laser.yaw_rad - scan.angle_min_rad) / scan.angle_increment_rad)
        echo = np.asarray(scan.ranges_m, dtype=np.float64)[beams.astype(np.intp) % len(scan.ranges_m)]
        return np.asarray(np.hypot(dx, dy) < echo + OCCLUDED_M)


def _sweep(bearings: Array, fov_rad: float) -> tuple[float, ...]:
    """The fewest yaws whose views hold all `bearings` (sorted), as one turn that starts after the largest gap."""
    if not bearings.size:
        return ()
    gaps = np.diff(np.append(bearings, bearings[0] + 2 * math.pi))
    first = (int(gaps.argmax()) + 1) % bearings.size
    turn = np.mod(np.roll(bearings, -first) - bearings[first], 2 * math.pi)
    yaws: list[float] = []
    begin = 0
    while begin < turn.size:
        end = int(np.searchsorted(turn, turn[begin] + fov_rad, side="right"))
        yaws.append(bearings[first] + 0.5 * (turn[begin] + turn[end - 1]))
        begin = end
    return tuple(float(yaw) for yaw in wrap(np.array(yaws)))


def _tour(views: list[Viewpoint], start: Pose) -> tuple[Viewpoint, ...]:
    """Nearest neighbour order."""
    left, x_m, y_m = list(views), start.x_m, start.y_m
    ordered: list[Viewpoint] = []
    while left:
        nearest = min(left, key=lambda view: math.hypot(view.x_m - x_m, view.y_m - y_m))
        left.remove(nearest)
        ordered.append(nearest)
        x_m, y_m = nearest.x_m, nearest.y_m
    return tuple(ordered)
