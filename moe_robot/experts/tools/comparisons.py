# ruff: noqa: E501 - a pattern is easier to read on one line
"""A comparison around a number of a clause: "на 3 больше, чем у Пети", "twice as many as Sue has", "4 years younger"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from moe_robot.experts.tools.clauses import NUMBERS
from moe_robot.experts.tools.schemas_things import GAIN
from moe_robot.experts.tools.story import Quantity

_UP = r"больше|старше|дороже|длиннее|выше|шире|тяжелее|дальше|быстрее|глубже|крупнее|more|older|dearer|longer|taller|higher|wider|heavier|farther|further|larger|bigger|greater|faster|deeper"
_DOWN = r"меньше|младше|моложе|дешевле|короче|ниже|уже|легче|ближе|медленнее|мельче|fewer|less|younger|cheaper|shorter|lower|narrower|lighter|nearer|smaller|slower|lesser"
_COMPARED = rf"(?:{_UP}|{_DOWN})\b"
_FILL = r"(?:[^\W\d_]+ ){0,2}?"


class Unclear(Exception):
    """A clause that fits nothing known: the story is left alone."""


@dataclass(frozen=True)
class Comparison:
    """target = share · base + shift; `target` and `base` are the words for them, `noun` the thing counted."""

    share: Fraction
    shift: Fraction
    target: str
    base: str
    noun: str


def comparison(each: Quantity, text: str) -> Comparison | None:
    """The comparison around this number, None when it is none."""
    spot = NUMBERS.search(text)
    if spot is None:
        raise Unclear
    before, after = text[: spot.start()], text[spot.end() :]
    if each.kind == "ratio":
        return _ratio(each.value, before, after)
    if 0 < each.value < 1 and re.match(r"\s*(?:as\b|of (?:that|its?|his|her|the|their)\b)", after):
        return _ratio(each.value, before, " times" + re.sub(r"^ of ", " ", after))
    russian = re.search(r"\bна\s*$", before)
    if russian:
        behind = re.match(rf"\s*{_FILL}({_COMPARED})(.*)", after)
        ahead = re.search(rf"({_COMPARED})(?:\s+(.*?))?\s*на\s*$", before)
        if behind:
            sign = 1 if re.match(_UP, behind[1]) else -1
            noun = after[: behind.start(1)].strip()
            return Comparison(Fraction(1), sign * each.value, before[: russian.start()], _than(behind[2]), noun)
        if ahead:
            sign = 1 if re.match(_UP, ahead[1]) else -1
            return Comparison(Fraction(1), sign * each.value, before[: ahead.start()], _than(ahead[2] or ""), "")
        return None
    english = re.match(rf"\s*({_FILL})({_COMPARED})(.*)", after)
    if english and not re.search(r"[а-я]", text):
        if english[2] == "more" and not re.search(r"\bthan\b", english[3]) and not re.search(r"\bcosts?\b", before):
            if re.search(GAIN, before):
                return None  # "and bought 5 more"
            if before.strip() in ("", "then", "another"):
                return None  # the same again
            if each.kind == "thing" and not english[1].strip():
                raise Unclear  # more than whom?
        sign = 1 if re.match(_UP, english[2]) else -1
        thing, _, base = english[3].partition(" than ")
        if " than " not in english[3]:
            thing, base = english[3], ""
        return Comparison(
            Fraction(1), sign * each.value, f"{before} {thing}", base, english[1].strip() or thing.strip()
        )
    return None


def _ratio(value: Fraction, before: str, after: str) -> Comparison:
    if value <= 0:
        raise Unclear
    russian = re.match(rf"\s*раза?\s+{_FILL}({_COMPARED})(.*)", after)
    ahead = re.search(rf"({_COMPARED})(?:\s+(.*?))?\s*в\s*$", before)
    if russian:
        share = value if re.match(_UP, russian[1]) else 1 / value
        return Comparison(share, Fraction(0), re.sub(r"в\s*$", "", before), _than(russian[2]), "")
    if ahead and re.match(r"\s*раза?\b", after):
        share = value if re.match(_UP, ahead[1]) else 1 / value
        return Comparison(share, Fraction(0), before[: ahead.start()], _than(ahead[2] or ""), "")
    english = re.match(
        rf"\s*times\s+(?:as (?:many|much|old|long|heavy|far|tall|wide|big|large|expensive|high|deep)|({_COMPARED})|(?=(?:its|his|her|the|that|their) ))(.*)",
        after,
    )
    if english is None:
        raise Unclear
    share = value if not english[1] or re.match(_UP, english[1]) else 1 / value
    thing, _, base = (
        re.sub(r"^\s*(?:than|as)\s", " @ ", english[2]).replace(" as ", " @ ").replace(" than ", " @ ").partition(" @ ")
    )
    return Comparison(share, Fraction(0), f"{before} {thing}", base, thing.strip())


def _than(text: str) -> str:
    """What follows "чем", or stands in the genitive right after the comparative."""
    cut = re.split(r"\bчем\b", text, maxsplit=1)
    return (cut[1] if len(cut) == 2 else text).strip(" ,.")
