"""What the robot knows of its home: rooms, walls, furniture, named places, people, and the words for them.

Read from `worlds/<name>.yaml`. The file's `scene` section belongs to the simulator and is never read here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from moe_robot.config import read_yaml
from moe_robot.errors import ConfigError
from moe_robot.paths import share_dir
from moe_robot.structs import LANGUAGES, Pose
from moe_robot.world.boxes import Array, box_distance_m

Names = Mapping[str, tuple[str, ...]]  # language -> names, the first is the one the robot says


@dataclass(frozen=True)
class Room:
    id: str
    names: Names
    polygon_m: tuple[tuple[float, float], ...]
    stand: Pose  # where go_to ends

    def contains(self, x_m: float, y_m: float) -> bool:
        """Even-odd rule; a point on the border may fall on either side."""
        inside = False
        previous = self.polygon_m[-1]
        for current in self.polygon_m:
            (x1, y1), (x2, y2) = previous, current
            if (y1 > y_m) != (y2 > y_m) and x_m < (x2 - x1) * (y_m - y1) / (y2 - y1) + x1:
                inside = not inside
            previous = current
        return inside


@dataclass(frozen=True)
class Wall:
    x1_m: float
    y1_m: float
    x2_m: float
    y2_m: float


@dataclass(frozen=True)
class Door:
    id: str
    between: tuple[str, str]
    x_m: float
    y_m: float
    width_m: float


@dataclass(frozen=True)
class Furniture:
    """A solid box. `names` is empty for furniture that is not a destination."""

    id: str
    names: Names
    x_m: float
    y_m: float
    yaw_rad: float
    size_m: tuple[float, float, float]


@dataclass(frozen=True)
class Place:
    id: str
    names: Names
    pose: Pose


@dataclass(frozen=True)
class Person:
    id: str
    names: Names
    clothing: str  # colour id


@dataclass(frozen=True)
class Home:
    name: str
    bounds_m: tuple[float, float, float, float]  # x_min, y_min, x_max, y_max
    wall_height_m: float
    wall_thickness_m: float
    rooms: Mapping[str, Room]
    walls: tuple[Wall, ...]
    doors: Mapping[str, Door]
    furniture: Mapping[str, Furniture]
    places: Mapping[str, Place]
    people: Mapping[str, Person]
    objects: Mapping[str, Names]  # vocabulary: kind -> names
    colors: Mapping[str, Names]  # vocabulary: colour -> names

    def room_at(self, x_m: float, y_m: float) -> str:
        """Id of the room that contains the point, "" when none does."""
        return next((room.id for room in self.rooms.values() if room.contains(x_m, y_m)), "")

    def place_names(self) -> dict[str, Names]:
        """Everything `go_to(place=...)` can name: rooms, places, furniture with names."""
        names = {room.id: room.names for room in self.rooms.values()}
        names |= {place.id: place.names for place in self.places.values()}
        return names | {item.id: item.names for item in self.furniture.values() if item.names}

    def distance_m(self, solid: Wall | Furniture, x_m: Array, y_m: Array) -> Array:
        """From points to a solid, negative inside. Walls reach half their thickness beyond both ends: corners close."""
        if isinstance(solid, Furniture):
            return box_distance_m((solid.x_m, solid.y_m), solid.yaw_rad, solid.size_m[:2], x_m, y_m)
        dx, dy = solid.x2_m - solid.x1_m, solid.y2_m - solid.y1_m
        center = (0.5 * (solid.x1_m + solid.x2_m), 0.5 * (solid.y1_m + solid.y2_m))
        size = (math.hypot(dx, dy) + self.wall_thickness_m, self.wall_thickness_m)
        return box_distance_m(center, math.atan2(dy, dx), size, x_m, y_m)


def world_path(name_or_path: str) -> Path:
    """`flat` -> worlds/flat.yaml; anything with a suffix or a slash is a path. Raises ConfigError when absent."""
    path = Path(name_or_path)
    if path.suffix != ".yaml" and "/" not in name_or_path:
        path = share_dir() / "worlds" / f"{name_or_path}.yaml"
    if not path.is_file():
        known = sorted(p.stem for p in (share_dir() / "worlds").glob("*.yaml") if p.stem != "vocabulary")
        raise ConfigError(f"no world '{name_or_path}' ({path}); shipped worlds: {', '.join(known)}")
    return path


def load_home(name_or_path: str) -> Home:
    """Raises ConfigError that names the file and the key."""
    path = world_path(name_or_path)
    return home_from_data(read_yaml(path), str(path))


def home_from_data(data: Mapping[str, Any], origin: str) -> Home:
    """Build a Home from the mapping of a world file. Raises ConfigError that names the key."""
    vocabulary = read_yaml(share_dir() / "worlds" / "vocabulary.yaml")
    top = _Section(data, origin, "")
    extra = top.section("vocabulary", needed=False)
    walls = top.value("walls")
    if not isinstance(walls, list):
        raise top.error("walls", "a list of segments [x1, y1, x2, y2]", walls)
    home = Home(
        name=str(top.value("name")),
        bounds_m=top.floats("bounds_m", 4),
        wall_height_m=top.positive("wall_height_m"),
        wall_thickness_m=top.positive("wall_thickness_m"),
        rooms={key: _room(key, item) for key, item in top.items("rooms", needed=True)},
        walls=tuple(Wall(*_numbers(wall, 4, f"{origin}: 'walls[{i}]'")) for i, wall in enumerate(walls)),
        doors={key: _door(key, item) for key, item in top.items("doors")},
        furniture={key: _furniture(key, item) for key, item in top.items("furniture")},
        places={key: Place(key, item.names(), item.pose("pose_m")) for key, item in top.items("places")},
        people={key: Person(key, item.names(), str(item.value("clothing"))) for key, item in top.items("people")},
        objects=_words(vocabulary, extra, "objects", origin),
        colors=_words(vocabulary, extra, "colors", origin),
    )
    _check(home, top)
    return home


def _room(key: str, item: _Section) -> Room:
    corners = item.value("polygon_m")
    if not isinstance(corners, list) or len(corners) < 3:
        raise item.error("polygon_m", "at least 3 corners [x, y]", corners)
    polygon = tuple(_numbers(corner, 2, item.at(f"polygon_m[{i}]")) for i, corner in enumerate(corners))
    return Room(key, item.names(), polygon, item.pose("stand_m"))


def _door(key: str, item: _Section) -> Door:
    between = item.value("between")
    if not isinstance(between, list) or len(between) != 2:
        raise item.error("between", "two room ids", between)
    x_m, y_m = item.floats("center_m", 2)
    return Door(key, (str(between[0]), str(between[1])), x_m, y_m, item.positive("width_m"))


def _furniture(key: str, item: _Section) -> Furniture:
    x_m, y_m = item.floats("center_m", 2)
    size = item.floats("size_m", 3)
    if min(size) <= 0.0:
        raise item.error("size_m", "three positive lengths", list(size))
    yaw = _numbers([item.data.get("yaw_deg", 0.0)], 1, item.at("yaw_deg"))[0]
    return Furniture(key, item.names(needed=False), x_m, y_m, math.radians(yaw), size)


def _words(vocabulary: Mapping[str, Any], extra: _Section, kind: str, origin: str) -> dict[str, Names]:
    shared = _Section(vocabulary, "vocabulary.yaml", "")
    return {key: item.names() for section in (shared, extra) for key, item in section.items(kind)}


def _check(home: Home, top: _Section) -> None:
    """What the parts of a home must fulfil together."""
    x_min, y_min, x_max, y_max = home.bounds_m
    if x_min >= x_max or y_min >= y_max:
        raise top.error("bounds_m", "x_min < x_max and y_min < y_max", list(home.bounds_m))
    sections: dict[str, str] = {}
    for section, ids in (("rooms", home.rooms), ("places", home.places), ("furniture", home.furniture)):
        for key in ids:
            if key in sections:
                raise top.error(f"{section}.{key}", f"an id that {sections[key]} does not use as well", key)
            sections[key] = section
    for room in home.rooms.values():
        if not room.contains(room.stand.x_m, room.stand.y_m):
            raise top.error(f"rooms.{room.id}.stand_m", "a point inside the room's polygon_m", _shown(room.stand))
        _check_free(home, room.stand, f"rooms.{room.id}.stand_m", top)
    for place in home.places.values():
        _check_free(home, place.pose, f"places.{place.id}.pose_m", top)
    for door in home.doors.values():
        for room_id in door.between:
            if room_id not in home.rooms:
                raise top.error(f"doors.{door.id}.between", f"room ids ({', '.join(home.rooms)})", room_id)
    for person in home.people.values():
        if person.clothing not in home.colors:
            raise top.error(f"people.{person.id}.clothing", f"one of {', '.join(home.colors)}", person.clothing)


def _check_free(home: Home, pose: Pose, key: str, top: _Section) -> None:
    x_min, y_min, x_max, y_max = home.bounds_m
    if not (x_min <= pose.x_m <= x_max and y_min <= pose.y_m <= y_max):
        raise top.error(key, "a point inside bounds_m", _shown(pose))
    x_m, y_m = np.array([pose.x_m]), np.array([pose.y_m])
    for i, wall in enumerate(home.walls):
        if home.distance_m(wall, x_m, y_m)[0] <= 0.0:
            raise top.error(key, f"free floor, not walls[{i}]", _shown(pose))
    for item in home.furniture.values():
        if home.distance_m(item, x_m, y_m)[0] <= 0.0:
            raise top.error(key, f"free floor, not furniture.{item.id}", _shown(pose))


def _shown(pose: Pose) -> list[float]:
    return [pose.x_m, pose.y_m]


@dataclass(frozen=True)
class _Section:
    """A mapping of the file with the dotted key that leads to it, for errors that name the key."""

    data: Mapping[str, Any]
    origin: str
    key: str

    def at(self, key: str) -> str:
        return f"{self.origin}: '{self.key}.{key}'" if self.key else f"{self.origin}: '{key}'"

    def error(self, key: str, expected: str, found: object) -> ConfigError:
        return ConfigError(f"{self.at(key)}: expected {expected}, found {found!r}")

    def value(self, key: str) -> Any:
        if self.data.get(key) is None:
            raise ConfigError(f"{self.at(key)} is missing")
        return self.data[key]

    def section(self, key: str, needed: bool = True) -> _Section:
        value = self.value(key) if needed else self.data.get(key) or {}
        if not isinstance(value, Mapping):
            raise self.error(key, "a mapping", value)
        return _Section(value, self.origin, f"{self.key}.{key}" if self.key else key)

    def items(self, key: str, needed: bool = False) -> list[tuple[str, _Section]]:
        section = self.section(key, needed)
        if needed and not section.data:
            raise self.error(key, "at least one", dict(section.data))
        return [(str(name), section.section(name)) for name in section.data]

    def floats(self, key: str, count: int) -> Any:
        return _numbers(self.value(key), count, self.at(key))

    def positive(self, key: str) -> float:
        number = float(_numbers([self.value(key)], 1, self.at(key))[0])
        if number <= 0.0:
            raise self.error(key, "a positive number", number)
        return number

    def pose(self, key: str) -> Pose:
        x_m, y_m, yaw_deg = self.floats(key, 3)
        return Pose(x_m, y_m, math.radians(yaw_deg))

    def names(self, needed: bool = True) -> Names:
        """Every language of the robot, or (not `needed`) none at all."""
        names = self.section("names", needed).data
        for language in LANGUAGES if names else ():
            found = names.get(language)
            if not isinstance(found, list) or not found:
                raise self.error(f"names.{language}", "a list of names", found)
        return {str(language): tuple(str(name) for name in found) for language, found in names.items()}


def _numbers(values: Any, count: int, at: str) -> Any:
    """A tuple of `count` finite floats."""
    fine = isinstance(values, list | tuple) and len(values) == count
    if not fine or not all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in values):
        raise ConfigError(f"{at}: expected {count} finite number{'s' * (count > 1)}, found {values!r}")
    return tuple(float(value) for value in values)
