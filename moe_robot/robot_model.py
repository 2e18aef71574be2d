"""The robot's geometry, read from its URDF: the one source for odometry, vision, the safety zone and the simulation.

Knows nothing of motion or devices. Frames: `base_link` on the floor between the wheels, x forward (REP 105).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from moe_robot.errors import ConfigError
from moe_robot.paths import share_dir


@dataclass(frozen=True)
class Mount:
    """Where a sensor sits in `base_link`, body axes (x forward). Positive pitch looks down (REP 103)."""

    x_m: float
    y_m: float
    z_m: float
    roll_rad: float = 0.0
    pitch_rad: float = 0.0
    yaw_rad: float = 0.0


@dataclass(frozen=True)
class RobotModel:
    name: str
    urdf: str  # the text of the URDF, for robot_state_publisher and the simulator
    wheel_radius_m: float
    wheel_separation_m: float
    ticks_per_rev: int  # encoder ticks for one turn of a wheel
    radius_m: float  # circle around base_link that contains every part that can touch something
    height_m: float
    camera: Mount
    camera_hfov_rad: float
    laser: Mount
    imu: Mount


def load_robot_model(urdf: str = "moe_robot.urdf") -> RobotModel:
    """`urdf` is a file name in urdf/ or a path. Raises ConfigError that names the file and what it lacks."""
    path = Path(urdf)
    if not path.is_absolute() and len(path.parts) == 1:
        path = share_dir() / "urdf" / urdf
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot read the robot description {path}: {error.strerror}; check robot.urdf") from error
    return robot_model_from_urdf(text, str(path))


def robot_model_from_urdf(text: str, origin: str) -> RobotModel:
    """Needs links base_link, left_wheel, camera, laser, imu and joints {left,right}_wheel_joint. Raises ConfigError."""
    try:
        root = ElementTree.fromstring(text)
        joints = {joint.attrib["name"]: joint for joint in root.findall("joint")}
        links = {link.attrib["name"]: link for link in root.findall("link")}
        by_child = {_child(joint): joint for joint in joints.values()}
        extra = root.find("moe_robot")
        if extra is None:
            raise ConfigError(f'{origin}: expected a tag <moe_robot ticks_per_rev=".." camera_hfov_rad=".."/>')
        left, right = _origin(joints["left_wheel_joint"]), _origin(joints["right_wheel_joint"])
        wheel = links["left_wheel"].find("collision/geometry/cylinder")
        if wheel is None:
            raise ConfigError(f"{origin}: link left_wheel needs a cylinder as collision geometry")
        parts = [part for link in links.values() for part in _parts(link, by_child)]
        model = RobotModel(
            name=root.attrib.get("name", "robot"),
            urdf=text,
            wheel_radius_m=float(wheel.attrib["radius"]),
            wheel_separation_m=left.y_m - right.y_m,
            ticks_per_rev=int(extra.attrib["ticks_per_rev"]),
            radius_m=max(reach for reach, _ in parts),
            height_m=max(top for _, top in parts),
            camera=_origin(by_child["camera"]),
            camera_hfov_rad=float(extra.attrib["camera_hfov_rad"]),
            laser=_origin(by_child["laser"]),
            imu=_origin(by_child["imu"]),
        )
    except ElementTree.ParseError as error:
        raise ConfigError(f"{origin} is not valid XML: {error}") from error
    except KeyError as error:
        raise ConfigError(f"{origin}: no link, joint or attribute {error}") from error
    except ValueError as error:
        raise ConfigError(f"{origin}: {error}") from error
    if model.wheel_separation_m <= 0.0 or model.wheel_radius_m <= 0.0 or model.ticks_per_rev <= 0:
        raise ConfigError(
            f"{origin}: wheel separation, wheel radius and ticks_per_rev must be positive; found "
            f"{model.wheel_separation_m:g} m, {model.wheel_radius_m:g} m, {model.ticks_per_rev}"
        )
    return model


def _child(joint: ElementTree.Element) -> str:
    child = joint.find("child")
    return "" if child is None else child.attrib["link"]


def _origin(element: ElementTree.Element) -> Mount:
    origin = element.find("origin")
    if origin is None:
        return Mount(0.0, 0.0, 0.0)
    xyz = [float(value) for value in origin.attrib.get("xyz", "0 0 0").split()]
    rpy = [float(value) for value in origin.attrib.get("rpy", "0 0 0").split()]
    if len(xyz) != 3 or len(rpy) != 3:
        raise ValueError(f"an origin needs three numbers in xyz and rpy, found {origin.attrib}")
    return Mount(*xyz, *rpy)


def _parts(link: ElementTree.Element, by_child: dict[str, ElementTree.Element]) -> list[tuple[float, float]]:
    """(farthest point from the axis of base_link, top) of each collision shape; links hang directly on base_link."""
    joint = by_child.get(link.attrib["name"])
    base = _origin(joint) if joint is not None else Mount(0.0, 0.0, 0.0)
    found = []
    for collision in link.findall("collision"):
        at = _origin(collision)
        x, y, z = base.x_m + at.x_m, base.y_m + at.y_m, base.z_m + at.z_m
        lying = abs(math.sin(at.roll_rad)) > 0.5
        if (cylinder := collision.find("geometry/cylinder")) is not None:
            radius, half = float(cylinder.attrib["radius"]), float(cylinder.attrib["length"]) / 2
            if lying:  # axis along y, as the wheels
                found.append((math.hypot(abs(x) + radius, abs(y) + half), z + radius))
            else:
                found.append((math.hypot(x, y) + radius, z + half))
        elif (sphere := collision.find("geometry/sphere")) is not None:
            radius = float(sphere.attrib["radius"])
            found.append((math.hypot(x, y) + radius, z + radius))
        elif (box := collision.find("geometry/box")) is not None:
            sx, sy, sz = (float(value) / 2 for value in box.attrib["size"].split())
            found.append((math.hypot(abs(x) + sx, abs(y) + sy), z + sz))
    return found
