# ruff: noqa: E501 - a row is one unit
"""Units of one kind in a story: "3 kg of flour, 800 g are used": all in the unit that is asked for.

Knows lengths, masses and volumes; hours and minutes belong to the schemas of motion, money to those of prices.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from moe_robot.experts.tools.story import Quantity, Story

_SIZES = (
    (("мм", "миллим", "mm", "millim"), "length", Fraction(1)), (("см", "сантим", "cm", "centim"), "length", Fraction(10)),
    (("дм", "децим"), "length", Fraction(100)), (("км", "километр", "km", "kilomet"), "length", Fraction(1000000)),
    (("мл", "миллил", "ml", "millil"), "volume", Fraction(1)), (("кг", "килогр", "kg", "kilogr"), "mass", Fraction(1000)),
    (("г", "грам", "g", "gram"), "mass", Fraction(1)), (("тонн", "т", "ton"), "mass", Fraction(1000000)),
    (("литр", "л", "lit", "l"), "volume", Fraction(1000)), (("метр", "м", "met", "m"), "length", Fraction(1000)),
    (("центнер", "ц"), "mass", Fraction(100000)),
)  # fmt: skip


def measure_of(unit: str) -> tuple[str, Fraction] | None:
    """("mass", 1000) of "килограммов": the kind, and the size in its smallest unit."""
    for starts, kind, size in _SIZES:
        if any(unit == start or (len(start) > 2 and unit.startswith(start)) for start in starts):
            return kind, size
    return None


def size_of(each: Quantity) -> tuple[str, Fraction] | None:
    """("mass", grams) of "2 kg"."""
    found = measure_of(each.unit)
    return None if found is None else (found[0], each.value * found[1])


def are_mixed(story: Story) -> bool:
    """Whether two units of one kind meet: nothing may be added up before they are one."""
    units: dict[str, set[Fraction]] = {}
    for each in story.quantities:
        found = measure_of(each.unit) if each.kind in ("thing", "dist") else None
        if found:
            units.setdefault(found[0], set()).add(found[1])
    return any(len(sizes) > 1 for sizes in units.values())


def in_one_unit(story: Story) -> Story | None:
    """The story with its lengths (masses, volumes) in the unit of the question; None when that names none."""
    words = re.findall(r"[^\W\d_]+", story.question)
    asked = next((word for word in words if len(word) > 1 and measure_of(word) and not word.startswith("метод")), None)
    target = measure_of(asked) if asked else None
    if asked is None or target is None:
        return None
    found = []
    for each in story.quantities:
        mine = size_of(each) if each.kind in ("thing", "dist") else None
        if mine is None:
            found.append(each)
        elif mine[0] != target[0]:
            return None
        else:
            found.append(replace(each, value=mine[1] / target[1], unit=asked))
    return replace(story, quantities=tuple(found))
