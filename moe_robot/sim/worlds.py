"""Worlds of the simulator: what the robot knows of its home (Home) and what only the simulator knows (Scene).

`load_world("flat")` reads worlds/flat.yaml; `load_world("random:7")` makes a home from a seed. `dump_world` writes YAML
that `world.home.load_home` and `load_world` read back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from moe_robot.config import read_yaml
from moe_robot.errors import ConfigError
from moe_robot.sim.shapes import COLORS, KINDS
from moe_robot.structs import Pose
from moe_robot.world.home import Home, home_from_data, world_path


@dataclass(frozen=True)
class SceneObject:
    id: str
    kind: str
    color: str
    x_m: float
    y_m: float
    yaw_rad: float = 0.0


@dataclass(frozen=True)
class ScenePerson:
    """Stands at the pose, or walks to and fro along `path_m` (from there on, in a straight line) when there is one."""

    id: str
    x_m: float
    y_m: float
    yaw_rad: float
    path_m: tuple[tuple[float, float], ...] = ()
    speed_mps: float = 0.4


@dataclass(frozen=True)
class Scene:
    robot: Pose
    objects: Mapping[str, SceneObject]
    people: Mapping[str, ScenePerson]


@dataclass(frozen=True)
class World:
    """`data` is the mapping both were built from."""

    home: Home
    scene: Scene
    data: Mapping[str, Any]


def load_world(name_or_path: str, seed: int = 0) -> World:
    """A shipped name, a path, `random:SEED`, or `random` for this `seed`. Raises ConfigError."""
    name, _, number = name_or_path.partition(":")
    if name == "random":
        from moe_robot.sim.random_world import random_world_data

        if number and not number.isdecimal():
            raise ConfigError(f"expected random:SEED with a whole number, found {name_or_path!r}")
        return world_from_data(random_world_data(int(number) if number else seed), name_or_path)
    path = world_path(name_or_path)
    return world_from_data(read_yaml(path), str(path))


def world_from_data(data: Mapping[str, Any], origin: str) -> World:
    """Raises ConfigError that names the origin and the key."""
    home = home_from_data(data, origin)
    try:
        scene = _scene(data["scene"])
    except KeyError as error:
        raise ConfigError(f"{origin}: scene: key {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"{origin}: scene: {error}") from error
    for thing in scene.objects.values():
        if thing.kind not in KINDS or thing.color not in COLORS:
            raise ConfigError(
                f"{origin}: scene.objects.{thing.id}: expected kind of {', '.join(KINDS)} and color of "
                f"{', '.join(COLORS)}; found {thing.kind!r}, {thing.color!r}"
            )
    for person in scene.people.values():
        if person.id not in home.people:
            raise ConfigError(f"{origin}: scene.people.{person.id} is not described under 'people'")
    for known in home.people.values():
        if known.clothing not in COLORS:
            raise ConfigError(f"{origin}: people.{known.id}.clothing: expected one of {', '.join(COLORS)}")
    return World(home, scene, data)


def dump_world(world: World) -> str:
    """YAML that loads to the same world."""
    return yaml.safe_dump(dict(world.data), allow_unicode=True, sort_keys=False, default_flow_style=None, width=120)


def _scene(data: Mapping[str, Any]) -> Scene:
    x_m, y_m, yaw_deg = (float(value) for value in data["robot_m"])
    objects = {}
    for key, item in (data.get("objects") or {}).items():
        at = [float(value) for value in item["at_m"]]
        yaw = math.radians(float(item.get("yaw_deg", 0.0)))
        objects[key] = SceneObject(key, str(item["kind"]), str(item["color"]), at[0], at[1], yaw)
    people = {}
    for key, item in (data.get("people") or {}).items():
        at = [float(value) for value in item["at_m"]]
        path = tuple((float(x), float(y)) for x, y in item.get("path_m") or ())
        speed = float(item.get("speed_mps", 0.4))
        if path and speed <= 0.0:
            raise ValueError(f"people.{key}: speed_mps must be positive, found {speed:g}")
        people[key] = ScenePerson(key, at[0], at[1], math.radians(float(item.get("yaw_deg", 0.0))), path, speed)
    return Scene(Pose(x_m, y_m, math.radians(yaw_deg)), objects, people)
