"""What is really so in the simulated home. The robot never sees any of it; tests, bench and demo judge by it."""

from __future__ import annotations

from dataclasses import dataclass

from moe_robot.structs import Pose, Velocity


@dataclass(frozen=True)
class TrueObject:
    """x, y, z are of its middle."""

    id: str
    kind: str
    color: str
    x_m: float
    y_m: float
    z_m: float
    yaw_rad: float
    room: str  # id, "" when outside of all


@dataclass(frozen=True)
class TruePerson:
    id: str
    clothing: str
    x_m: float
    y_m: float
    yaw_rad: float
    room: str


@dataclass(frozen=True)
class Visible:
    """An object or person (`kind` "person", `color` of the clothing) of which the camera has pixels now."""

    id: str
    kind: str
    color: str
    pixels: int
    bbox_px: tuple[int, int, int, int]  # x, y, width, height
    distance_m: float  # from the camera to its nearest pixel, along the ray
    room: str


@dataclass(frozen=True)
class Collision:
    """The robot touched something other than the floor. One entry for each episode, not for each step."""

    t_s: float
    what: str  # "wall", or the id of furniture, object or person
    speed_mps: float  # of the robot when it began


@dataclass(frozen=True)
class Truth:
    t_s: float
    pose: Pose  # of base_link in the map
    velocity: Velocity
    room: str  # the robot's centre is inside its polygon; "" when in none
    collisions: int  # episodes since the start
    hits: tuple[Collision, ...]  # all of them
    objects: tuple[TrueObject, ...]
    people: tuple[TruePerson, ...]
    visible: tuple[Visible, ...]  # in the camera's view now, nearest first; empty when `look` was False
    charging: bool
    battery_percent: float
    tilt_rad: float  # of the robot's axis from the vertical
