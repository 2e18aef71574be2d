"""Colours and names that all pictures share."""

from __future__ import annotations

from collections.abc import Callable

from moe_robot.sim.canvas import Color
from moe_robot.sim.shapes import COLORS
from moe_robot.structs import Detection, Language, Sighting
from moe_robot.world.home import Home, Names

PAPER: Color = (251, 249, 245)
INK: Color = (47, 54, 64)
FAINT: Color = (150, 156, 166)
WALL: Color = (70, 78, 90)
ROOM_TINTS: tuple[Color, ...] = (
    (253, 243, 226),
    (232, 243, 251),
    (240, 236, 250),
    (231, 246, 236),
    (252, 236, 236),
    (245, 245, 228),
    (230, 245, 246),
    (249, 238, 246),
)
HALL_TINT: Color = (241, 241, 241)
FURNITURE: Color = (216, 206, 194)
FURNITURE_LINE: Color = (176, 164, 150)
FURNITURE_INK: Color = (122, 110, 97)
DOCK: Color = (46, 160, 110)
ROBOT: Color = (36, 41, 51)
PATH_STOPS: tuple[Color, ...] = ((96, 165, 250), (79, 70, 229), (147, 51, 234), (219, 39, 119), (249, 115, 22))
Namer = Callable[["Sighting | Detection"], str]


def path_color(part: float) -> Color:
    """0 = begin, 1 = end."""
    at = min(max(part, 0.0), 1.0) * (len(PATH_STOPS) - 1)
    i = min(int(at), len(PATH_STOPS) - 2)
    a, b = PATH_STOPS[i], PATH_STOPS[i + 1]
    mixed = [round(p + (q - p) * (at - i)) for p, q in zip(a, b, strict=True)]
    return mixed[0], mixed[1], mixed[2]


def said(names: Names, language: Language) -> str:
    """The first name in that language, "" when there is none."""
    return next(iter(names.get(language, ())), "")


def plain_name(home: Home | None, thing: Sighting | Detection, language: Language) -> str:
    if home is None:
        return thing.person or thing.kind
    if thing.person in home.people:
        return said(home.people[thing.person].names, language)
    if thing.kind == "person":
        return {"ru": "человек", "en": "person"}[language]
    return said(home.objects.get(thing.kind, {}), language) or thing.kind


def rgb255(color: str) -> Color:
    r, g, b = COLORS.get(color, (0.55, 0.57, 0.60))
    return round(255 * r), round(255 * g), round(255 * b)


def shade(rgb: Color, light: float) -> Color:
    return round(rgb[0] * light), round(rgb[1] * light), round(rgb[2] * light)
