"""Homes from a seed, for honest tests: a hall with rooms on both sides, doors, furniture, things, people, a dock.

The same seed gives the same home. What comes out is fair by `layout.problems`: an attempt that is not is thrown away.
Words and furniture come from random_home.yaml.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from moe_robot.config import read_yaml
from moe_robot.errors import ConfigError
from moe_robot.sim import layout
from moe_robot.sim.shapes import COLORS, KINDS, PERSON_REACH_M
from moe_robot.sim.worlds import world_from_data
from moe_robot.world.home import Door, Home, home_from_data

ATTEMPTS = 100
WALL_M = 0.1
ROOM_MIN_M, ROOM_MAX_M = 2.6, 5.2
GAP_M = 0.75  # between pieces of furniture: the robot passes


@dataclass(frozen=True)
class _Rect:
    x0: float
    y0: float
    x1: float
    y1: float

    def swapped(self) -> _Rect:
        return _Rect(self.y0, self.x0, self.y1, self.x1)

    @property
    def area_m2(self) -> float:
        return (self.x1 - self.x0) * (self.y1 - self.y0)


@dataclass
class _Plan:
    """Rooms by id ("hall" among them) and doors, before furniture. `vertical` doors lie in a wall along y."""

    rooms: dict[str, _Rect]
    doors: list[tuple[str, str, float, float, float]] = field(default_factory=list)  # room, room, x, y, width


def random_world_data(seed: int) -> dict[str, Any]:
    """The mapping of a world file. Raises ConfigError when no fair home was found, which no seed is known to do."""
    words = read_yaml(Path(__file__).with_name("random_home.yaml"))
    rng = np.random.default_rng([seed, 77])
    for _ in range(ATTEMPTS):
        data = _attempt(f"random:{seed}", rng, words)
        if data is not None and not layout.problems(world_from_data(data, f"random:{seed}")):
            return data
    raise ConfigError(f"no fair home found for seed {seed} in {ATTEMPTS} attempts; take another seed")


def _attempt(name: str, rng: np.random.Generator, words: dict[str, Any]) -> dict[str, Any] | None:
    plan = _floor_plan(rng, words)
    x1 = max(rect.x1 for rect in plan.rooms.values())
    y1 = max(rect.y1 for rect in plan.rooms.values())
    hall = plan.rooms["hall"]
    dock, entrance = _hall_ends(hall)
    furniture = _furniture(plan, rng, words)
    data: dict[str, Any] = {
        "name": name,
        "bounds_m": [0.0, 0.0, x1, y1],
        "wall_height_m": 1.2,
        "wall_thickness_m": WALL_M,
        "rooms": {
            room: {
                "names": (words["hall"] if room == "hall" else words["rooms"][room])["names"],
                "polygon_m": [[r.x0, r.y0], [r.x1, r.y0], [r.x1, r.y1], [r.x0, r.y1]],
                "stand_m": _free_point(r, furniture),
            }
            for room, r in plan.rooms.items()
        },
        "walls": _walls(plan),
        "doors": {
            f"door_{i}": {"between": [a, b], "center_m": [x, y], "width_m": width}
            for i, (a, b, x, y, width) in enumerate(plan.doors, 1)
        },
        "furniture": furniture,
        "places": {
            "dock": {"names": words["places"]["dock"], "pose_m": dock},
            "entrance": {"names": words["places"]["entrance"], "pose_m": entrance},
        },
        "people": {},
        "scene": {"robot_m": dock, "objects": {}, "people": {}},
    }
    spots = _Spots(home_from_data(data, name), rng)
    if not (_add_people(data, spots, rng, words) and _add_objects(data, spots, rng)):
        return None
    _set_stands(data)
    return data


# ---------------------------------------------------------------- rooms, doors, walls


def _floor_plan(rng: np.random.Generator, words: dict[str, Any]) -> _Plan:
    length = _r(rng.uniform(8.4, 12.4))
    south, hall, north = _r(rng.uniform(3.0, 4.8)), _r(rng.uniform(1.3, 1.7)), _r(rng.uniform(3.0, 4.8))
    rects = _split(_Rect(0.0, 0.0, length, south), rng)
    rects += _split(_Rect(0.0, _r(south + hall), length, _r(south + hall + north)), rng)
    corridor = _Rect(0.0, south, length, _r(south + hall))
    if rng.random() < 0.5:
        rects, corridor = [rect.swapped() for rect in rects], corridor.swapped()
    names = list(words["rooms"])
    picked = [names[i] for i in rng.permutation(len(names))[: len(rects)]]
    plan = _Plan({"hall": corridor, **dict(zip(picked, rects, strict=True))})
    for i, room in enumerate(picked):
        _add_door(plan, room, "hall", rng)
        for other in picked[:i]:
            if rng.random() < 0.3:
                _add_door(plan, room, other, rng)
    return plan


def _split(rect: _Rect, rng: np.random.Generator) -> list[_Rect]:
    """Cut across the hall's direction until no room is longer than ROOM_MAX_M; sometimes once more."""
    width = rect.x1 - rect.x0
    if width < 2 * ROOM_MIN_M or (width <= ROOM_MAX_M and rng.random() < 0.55):
        return [rect]
    cut = _r(rng.uniform(rect.x0 + ROOM_MIN_M, rect.x1 - ROOM_MIN_M))
    left, right = _Rect(rect.x0, rect.y0, cut, rect.y1), _Rect(cut, rect.y0, rect.x1, rect.y1)
    return _split(left, rng) + _split(right, rng)


def _add_door(plan: _Plan, first: str, second: str, rng: np.random.Generator) -> None:
    """Where the two share enough wall."""
    a, b = plan.rooms[first], plan.rooms[second]
    width = _r(rng.uniform(1.0, 1.35))  # 0.1 m more than what is free between the posts
    for swap in (False, True):
        p, q = (a.swapped(), b.swapped()) if swap else (a, b)
        low, high = max(p.x0, q.x0), min(p.x1, q.x1)
        shared = p.y1 if p.y1 == q.y0 else p.y0 if p.y0 == q.y1 else None
        if shared is not None and high - low >= width + 0.8:
            at = _r(rng.uniform(low + width / 2 + 0.4, high - width / 2 - 0.4))
            x, y = (shared, at) if swap else (at, shared)
            plan.doors.append((first, second, x, y, width))
            return


def _walls(plan: _Plan) -> list[list[float]]:
    """Each line of walls once, with gaps for the doors."""
    walls = []
    for swap in (False, True):  # walls along x, then along y
        lines: dict[float, list[tuple[float, float]]] = {}
        for rect in plan.rooms.values():
            r = rect.swapped() if swap else rect
            for y in (r.y0, r.y1):
                lines.setdefault(y, []).append((r.x0, r.x1))
        for y, spans in sorted(lines.items()):
            gaps = sorted(
                ((py if swap else px) - width / 2, (py if swap else px) + width / 2)
                for _, _, px, py, width in plan.doors
                if (px if swap else py) == y and any(lo < (py if swap else px) < hi for lo, hi in spans)
            )
            for low, high in _merged(spans):
                start = low
                for g0, g1 in [g for g in gaps if low < g[0] < high] + [(high, high)]:
                    piece = [_r2(start), y, _r2(g0), y]
                    walls.append([piece[1], piece[0], piece[3], piece[2]] if swap else piece)
                    start = g1
    return walls


def _merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _hall_ends(hall: _Rect) -> tuple[list[float], list[float]]:
    """Dock at one end, back to the wall; entrance at the other."""
    if hall.x1 - hall.x0 > hall.y1 - hall.y0:
        y = _r((hall.y0 + hall.y1) / 2)
        return [_r(hall.x1 - 0.6), y, 180.0], [_r(hall.x0 + 0.6), y, 180.0]
    x = _r((hall.x0 + hall.x1) / 2)
    return [x, _r(hall.y1 - 0.6), -90.0], [x, _r(hall.y0 + 0.6), -90.0]


# ---------------------------------------------------------------- furniture, people, objects


def _furniture(plan: _Plan, rng: np.random.Generator, words: dict[str, Any]) -> dict[str, Any]:
    placed: dict[str, Any] = {}
    for room, rect in plan.rooms.items():
        boxes: list[_Rect] = []
        for kind in words["rooms"].get(room, {}).get("furniture", ()):
            item = words["furniture"][kind]
            for _ in range(25):
                box = _against_wall(rect, item["size_m"], rng)
                if box is not None and _fits(box, boxes, plan):
                    boxes.append(box)
                    count = sum(key == kind or key.startswith(f"{kind}_") for key in placed)
                    center = [_r2((box.x0 + box.x1) / 2), _r2((box.y0 + box.y1) / 2)]
                    size = [_r2(box.x1 - box.x0), _r2(box.y1 - box.y0), item["size_m"][2]]
                    entry = {"center_m": center, "size_m": size}
                    if "names" in item and not count:
                        entry["names"] = item["names"]
                    placed[f"{kind}_{count + 1}" if count else kind] = entry
                    break
    return placed


def _against_wall(room: _Rect, size_m: list[float], rng: np.random.Generator) -> _Rect | None:
    inset = WALL_M / 2 + 0.01
    long, deep = size_m[0], size_m[1]
    side = int(rng.integers(4))
    r = room if side < 2 else room.swapped()
    if r.x1 - r.x0 - 2 * inset < long or r.y1 - r.y0 < deep + 1.4:
        return None
    x = rng.uniform(r.x0 + inset, r.x1 - inset - long)
    if rng.random() < 0.5:  # into a corner
        x = r.x0 + inset if x < (r.x0 + r.x1 - long) / 2 else r.x1 - inset - long
    y = r.y0 + inset if side % 2 == 0 else r.y1 - inset - deep
    box = _Rect(_r2(x), _r2(y), _r2(x + long), _r2(y + deep))
    return box if side < 2 else box.swapped()


def _fits(box: _Rect, others: list[_Rect], plan: _Plan) -> bool:
    for other in others:
        dx = max(other.x0 - box.x1, box.x0 - other.x1)
        dy = max(other.y0 - box.y1, box.y0 - other.y1)
        if max(dx, dy) < GAP_M:
            return False
    for _, _, x, y, width in plan.doors:
        dx, dy = max(box.x0 - x, x - box.x1, 0.0), max(box.y0 - y, y - box.y1, 0.0)
        if math.hypot(dx, dy) < width / 2 + 0.5:
            return False
    return True


def _add_people(data: dict[str, Any], spots: _Spots, rng: np.random.Generator, words: dict[str, Any]) -> bool:
    names, colors = list(words["people"]), list(COLORS)
    clothing = rng.permutation(len(colors))
    for i, index in enumerate(rng.permutation(len(names))[:2]):
        spot = spots.take(PERSON_REACH_M + 0.2, 0.9)
        if spot is None:
            return False
        person = names[index]
        data["people"][person] = {"names": words["people"][person], "clothing": colors[clothing[i]]}
        data["scene"]["people"][person] = {"at_m": list(spot), "yaw_deg": float(rng.integers(-3, 5) * 45)}
    return True


def _add_objects(data: dict[str, Any], spots: _Spots, rng: np.random.Generator) -> bool:
    kinds, colors = list(KINDS), list(COLORS)
    pairs = [(kind, color) for kind in kinds for color in colors]
    picked = [pairs[i] for i in rng.permutation(len(pairs))[: int(rng.integers(10, 14))]]
    picked += [picked[0]] if rng.random() < 0.5 else []  # two that look the same
    objects = data["scene"]["objects"]
    for kind, color in picked:
        spot = spots.take(KINDS[kind].reach_m + 0.15, 0.75)
        if spot is None:
            return False
        key = f"{color}_{kind}" if f"{color}_{kind}" not in objects else f"{color}_{kind}_2"
        objects[key] = {"kind": kind, "color": color, "at_m": list(spot), "yaw_deg": float(rng.integers(0, 24) * 15)}
    return True


class _Spots:
    """Free points in the rooms (not the hall), each off all that were taken before."""

    def __init__(self, home: Home, rng: np.random.Generator) -> None:
        self._home, self._rng = home, rng
        self._rooms = [room for room in home.rooms.values() if room.id != "hall"]
        self._taken: list[tuple[float, float]] = []

    def take(self, free_m: float, gap_m: float) -> tuple[float, float] | None:
        """`free_m` from walls, furniture and the ways through doors, `gap_m` from what was taken; None: no luck."""
        for _ in range(80):
            corners = np.array(self._rooms[int(self._rng.integers(len(self._rooms)))].polygon_m)
            x, y = (_r2(value) for value in self._rng.uniform(corners.min(axis=0), corners.max(axis=0)))
            if (
                layout.to_static(self._home, x, y) >= free_m
                and all(math.hypot(x - a, y - b) >= gap_m for a, b in self._taken)
                and all(self._off_door(door, x, y, free_m) for door in self._home.doors.values())
            ):
                self._taken.append((x, y))
                return x, y
        return None

    def _off_door(self, door: Door, x: float, y: float, radius_m: float) -> bool:
        return layout.to_passage(self._home, door, x, y) >= layout.DOOR_FREE_M + radius_m


def _free_point(room: _Rect, furniture: dict[str, Any]) -> list[float]:
    """Some point of the room off all furniture, until `_set_stands` knows better."""
    x, y = np.meshgrid(np.linspace(room.x0 + 0.3, room.x1 - 0.3, 15), np.linspace(room.y0 + 0.3, room.y1 - 0.3, 15))
    free = np.full(x.shape, 9.0)
    for item in furniture.values():
        (cx, cy), (sx, sy, _) = item["center_m"], item["size_m"]
        free = np.minimum(free, np.maximum(np.abs(x - cx) - sx / 2, np.abs(y - cy) - sy / 2))
    best = np.unravel_index(int(np.argmax(free)), free.shape)
    return [_r2(x[best]), _r2(y[best]), 0.0]


def _set_stands(data: dict[str, Any]) -> None:
    """The point nearest to the room's middle among its freest; facing away from its first door."""
    world = world_from_data(data, data["name"])
    grid, _, clear = layout.clearance(world)
    x, y = np.meshgrid(grid.x_m, grid.y_m)
    for room in world.home.rooms.values():
        corners = np.array(room.polygon_m)
        middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
        inside = layout.inside_polygon(room.polygon_m, x, y)
        free = inside & (clear >= min(0.45, 0.95 * float(clear[inside].max())))
        away = np.where(free, np.hypot(x - middle[0], y - middle[1]), np.inf)
        row, column = np.unravel_index(int(np.argmin(away)), away.shape)
        at = (float(grid.x_m[column]), float(grid.y_m[row]))
        door = next(d for d in world.home.doors.values() if room.id in d.between)
        yaw = math.degrees(math.atan2(at[1] - door.y_m, at[0] - door.x_m))
        data["rooms"][room.id]["stand_m"] = [_r2(at[0]), _r2(at[1]), float(round(yaw))]


def _r(value: float) -> float:
    return round(float(value), 1)


def _r2(value: float) -> float:
    return round(float(value), 2)
