"""What the simulator's things are made of: parts of each kind of object and of a person, colours, footprints.

Sizes are agreed with `vision/`, which recognises them. Every object stands on the floor at z = 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Rgb = tuple[float, float, float]
Shape = Literal["box", "sphere", "cylinder", "capsule", "cone", "ellipsoid"]

COLORS: dict[str, Rgb] = {
    "red": (0.85, 0.10, 0.10),
    "orange": (0.95, 0.50, 0.05),
    "yellow": (0.93, 0.85, 0.08),
    "green": (0.10, 0.65, 0.20),
    "blue": (0.10, 0.25, 0.85),
    "purple": (0.55, 0.15, 0.75),
}
# Skin, hair and shoes stay below the saturation that vision takes for a colour of a thing.
SKIN: Rgb = (0.87, 0.74, 0.67)
HAIR: Rgb = (0.30, 0.27, 0.25)
SHOE: Rgb = (0.22, 0.22, 0.23)


@dataclass(frozen=True)
class Part:
    """One primitive. `size_m`: box half sizes; sphere r; cylinder, capsule, cone r and half height; ellipsoid radii."""

    shape: Shape
    size_m: tuple[float, ...]
    at_m: tuple[float, float, float]
    rgb: Rgb | None = None  # None = colour of the object (of the clothing, for a person)
    tilt_rad: tuple[float, float] = (0.0, 0.0)  # about x, then about y
    solid: bool = True  # False = seen only


@dataclass(frozen=True)
class Kind:
    """`reach_m` is the radius of the smallest circle around the centre that contains the footprint."""

    parts: tuple[Part, ...]
    mass_kg: float
    reach_m: float
    height_m: float


KINDS: dict[str, Kind] = {
    "cube": Kind((Part("box", (0.12, 0.12, 0.12), (0, 0, 0.12)),), 0.9, 0.17, 0.24),
    "ball": Kind((Part("sphere", (0.13,), (0, 0, 0.13)),), 0.4, 0.13, 0.26),
    "cylinder": Kind((Part("cylinder", (0.09, 0.15), (0, 0, 0.15)),), 0.7, 0.09, 0.30),
    "cone": Kind((Part("cone", (0.13, 0.14), (0, 0, 0.14)),), 0.6, 0.13, 0.28),
    "mug": Kind(
        (
            Part("cylinder", (0.11, 0.10), (0, 0, 0.10)),
            # A handle with a hole: two bars and a grip, 0.07 m out of the side, 0.10 m high, 0.03 m thick.
            Part("box", (0.040, 0.015, 0.012), (0.140, 0, 0.138)),
            Part("box", (0.040, 0.015, 0.012), (0.140, 0, 0.062)),
            Part("box", (0.012, 0.015, 0.050), (0.168, 0, 0.100)),
        ),
        0.6,
        0.18,
        0.20,
    ),
    "box": Kind((Part("box", (0.20, 0.12, 0.10), (0, 0, 0.10)),), 1.0, 0.234, 0.20),
    "bottle": Kind(
        (Part("cylinder", (0.07, 0.11), (0, 0, 0.11)), Part("cylinder", (0.03, 0.06), (0, 0, 0.28))),
        0.6,
        0.07,
        0.34,
    ),
}

PERSON: tuple[Part, ...] = (
    *(Part("capsule", (0.08, 0.35), (0, side * 0.10, 0.43)) for side in (1, -1)),  # trousers
    *(Part("box", (0.12, 0.045, 0.03), (0.04, side * 0.10, 0.03), SHOE) for side in (1, -1)),
    Part("capsule", (0.19, 0.17), (0, 0, 0.90)),  # torso, z 0.54 .. 1.26
    Part("ellipsoid", (0.14, 0.26, 0.09), (0, 0, 1.20), solid=False),  # shoulders
    *(
        Part("capsule", (0.05, 0.21), (0.02, side * 0.255, 0.95), tilt_rad=(side * 0.08, -0.10), solid=False)
        for side in (1, -1)
    ),
    *(Part("sphere", (0.055,), (0.045, side * 0.28, 0.70), SKIN, solid=False) for side in (1, -1)),  # hands
    Part("cylinder", (0.055, 0.06), (0, 0, 1.32), SKIN, solid=False),  # neck
    Part("sphere", (0.125,), (0, 0, 1.50), SKIN, solid=False),
    Part("ellipsoid", (0.125, 0.135, 0.10), (-0.025, 0, 1.555), HAIR, solid=False),
)
PERSON_REACH_M = 0.3
PERSON_HEIGHT_M = 1.65

# Furniture is a solid box; its colour only makes pictures readable. Saturation stays below 0.25.
FURNITURE_RGB: dict[str, Rgb] = {
    "fridge": (0.88, 0.89, 0.90),
    "counter": (0.72, 0.68, 0.63),
    "table": (0.66, 0.58, 0.52),
    "desk": (0.66, 0.58, 0.52),
    "bookcase": (0.55, 0.48, 0.43),
    "shelf": (0.55, 0.48, 0.43),
    "wardrobe": (0.62, 0.55, 0.50),
    "cabinet": (0.62, 0.55, 0.50),
    "bed": (0.80, 0.78, 0.76),
    "sofa": (0.50, 0.52, 0.55),
    "armchair": (0.56, 0.55, 0.58),
    "bathtub": (0.92, 0.93, 0.94),
    "washer": (0.90, 0.90, 0.91),
}
OTHER_FURNITURE_RGB: Rgb = (0.64, 0.60, 0.56)
WALL_RGB: Rgb = (0.86, 0.84, 0.80)
FLOOR_RGB: Rgb = (0.68, 0.63, 0.57)
DOCK_RGB: Rgb = (0.30, 0.31, 0.33)
SKY_RGB: Rgb = (0.82, 0.85, 0.88)


def furniture_rgb(furniture_id: str) -> Rgb:
    """By the longest key of FURNITURE_RGB that the id contains ("dining_table" -> table)."""
    keys = sorted((key for key in FURNITURE_RGB if key in furniture_id), key=len)
    return FURNITURE_RGB[keys[-1]] if keys else OTHER_FURNITURE_RGB


def quaternion(roll_rad: float, pitch_rad: float, yaw_rad: float) -> tuple[float, float, float, float]:
    """w, x, y, z of Rz(yaw) Ry(pitch) Rx(roll), as in URDF."""
    cr, sr = math.cos(roll_rad / 2), math.sin(roll_rad / 2)
    cp, sp = math.cos(pitch_rad / 2), math.sin(pitch_rad / 2)
    cy, sy = math.cos(yaw_rad / 2), math.sin(yaw_rad / 2)
    return (
        cr * cp * cy + sr * sp * sy,
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
    )
