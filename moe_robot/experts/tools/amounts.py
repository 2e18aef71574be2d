"""Lengths, speeds, angles and shares in a request: "полтора метра", "30 cm/s", "half a meter", "два круга"."""

from __future__ import annotations

import re
from fractions import Fraction

from moe_robot.experts.tools.numbers import digits

_NUMBER = r"(?P<number>\d+(?:[.,]\d+)?|\(\d+/\d+\))"
_CENTI, _METRE = r"(?:см|сантиметр|cm|centimet)", r"(?:м\b|метр|m\b|met(?:er|re))"
_PER_S = r"\w*\s*(?:/|в|per|a)\s*(?:с\b|сек|s\b|sec)"
_KM_PER_H = r"\s*(?:kph|(?:км|километр\w*|km|kilomet\w*)\s*(?:/|в|per|an?)\s*(?:ч|h))"
_HALF_A = re.compile(r"\bпол\s*-?\s*(?=метр)|\bhalf\s+of\s+a\s+|\(1/2\)\s+(?:of\s+)?(?:an?\s+)?(?=met)")


def speed_mps(text: str) -> float | None:
    """A speed with its unit; a metre per second without a number is one."""
    found = _with_unit(text, _PER_S)
    if found is None and (match := re.search(_NUMBER + _KM_PER_H, digits(text))):
        return _value(match["number"]) / 3.6
    if found is None and re.search(r"\b(?:метр|meter|metre)" + _PER_S, text.lower()):
        return 1.0
    return found


def length_m(text: str) -> float | None:
    """The first length with its unit; a metre without a number is one."""
    found = _with_unit(text, r"")
    if found is None and re.search(r"\b(?:метр|метром|метра|meter|metre)\b", text.lower()):
        return 1.0
    return found


def percent(text: str) -> float | None:
    match = re.search(_NUMBER + r"\s*(?:%|процент|percent)", digits(text))
    return _value(match["number"]) if match else None


def number(text: str) -> float | None:
    """The first number of any kind."""
    match = re.search(_NUMBER, digits(text))
    return _value(match["number"]) if match else None


def times(text: str) -> int | None:
    """How often: "три раза", "twice", "в два круга"."""
    text = digits(text)
    for count, words in ((2, ("дважды", "twice")), (3, ("трижды", "thrice")), (4, ("четырежды",))):
        if any(re.search(rf"\b{word}\b", text) for word in words):
            return count
    match = re.search(_NUMBER + r"\s*(?:раз\b|раза\b|круга|кругов|оборот|times|rounds|laps|turns|circles)", text)
    return round(_value(match["number"])) if match else None


def _with_unit(text: str, after: str) -> float | None:
    text = _HALF_A.sub("0.5 ", digits(text))
    for unit, size in ((_CENTI, 0.01), (_METRE, 1.0)):
        match = re.search(_NUMBER + r"\s*-?\s*" + unit + after, text)
        if match:
            return size * _value(match["number"])
    return None


def _value(text: str) -> float:
    return float(Fraction(text.strip("()").replace(",", ".")))
