"""What the robot knows of its home: rooms, walls, furniture, named places, people, and the words for them.

Read from `worlds/<name>.yaml`. The file's `scene` section belongs to the simulator and is never read here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.errors import ConfigError
from moe_robot.paths import share_dir
from moe_robot.structs import Pose

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
    """Build a Home from the mapping of a world file. Raises ConfigError."""
    vocabulary = read_yaml(share_dir() / "worlds" / "vocabulary.yaml")
    extra = data.get("vocabulary") or {}
    try:
        home = Home(
            name=str(data["name"]),
            bounds_m=_floats(data["bounds_m"], 4),
            wall_height_m=float(data["wall_height_m"]),
            wall_thickness_m=float(data["wall_thickness_m"]),
            rooms={
                k: Room(k, _names(v), tuple((float(x), float(y)) for x, y in v["polygon_m"]), _pose(v["stand_m"]))
                for k, v in data["rooms"].items()
            },
            walls=tuple(Wall(*_floats(w, 4)) for w in data["walls"]),
            doors={
                k: Door(
                    k, (str(v["between"][0]), str(v["between"][1])), *_floats(v["center_m"], 2), float(v["width_m"])
                )
                for k, v in (data.get("doors") or {}).items()
            },
            furniture={
                k: Furniture(
                    k,
                    _names(v),
                    *_floats(v["center_m"], 2),
                    math.radians(v.get("yaw_deg", 0.0)),
                    _floats(v["size_m"], 3),
                )
                for k, v in (data.get("furniture") or {}).items()
            },
            places={k: Place(k, _names(v), _pose(v["pose_m"])) for k, v in (data.get("places") or {}).items()},
            people={k: Person(k, _names(v), str(v["clothing"])) for k, v in (data.get("people") or {}).items()},
            objects={k: _names(v) for k, v in {**vocabulary["objects"], **extra.get("objects", {})}.items()},
            colors={k: _names(v) for k, v in {**vocabulary["colors"], **extra.get("colors", {})}.items()},
        )
    except KeyError as error:
        raise ConfigError(f"{origin}: key {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"{origin}: {error}") from error
    return home


def _names(data: Mapping[str, Any]) -> Names:
    return {language: tuple(str(name) for name in names) for language, names in (data.get("names") or {}).items()}


def _floats(values: Any, count: int) -> Any:
    numbers = tuple(float(value) for value in values)
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise ValueError(f"expected {count} finite numbers, found {values!r}")
    return numbers


def _pose(values: Any) -> Pose:
    x_m, y_m, yaw_deg = _floats(values, 3)
    return Pose(x_m, y_m, math.radians(yaw_deg))
