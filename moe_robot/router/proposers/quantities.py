"""An amount in another unit, another amount in the same, or one that was told and is asked for in a unit.

The units and how they are said are those of the expert that converts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.router.followup_words import FollowWords
from moe_robot.router.proposers.slots import data, says, slots
from moe_robot.structs import Language

UNITS = Path(__file__).parents[2] / "experts" / "tools" / "units.yaml"
LONGEST_ADJECTIVE = 2  # words before a unit that make it another one: "nautical", "британских"
_BEFORE = re.compile(r"(?:\s|-)*(?:of an? )?$")
_TO = re.compile(r"(?<![^\W_])(?:в|во|to|into|in|as|=|это)\s*(?:the )?$")
_ASKED = re.compile(r"(?<![^\W_])(?:сколько|how many|how much)\s*$|^(?:и |and |а )?$")
_ONE = re.compile(r"(?<![^\W_])(?:an?|a whole|one|целом|одном|одной)\s*$")
_MANY = re.compile(r"(?:сколько|how many)\s*$")
_SEVERAL = re.compile(r"(?:[^s]s|feet|inches|(?:ах|ях|ы|и|ов))$")
_APART = re.compile(r"[=≈,.;:?!]|[^\W\d_]{5}")
_COMPOUND = ("/", " в ", " per ", "square", "cubic", "квадратн", "куб")


@dataclass(frozen=True)
class Unit:
    """`number`: "" without one. `said`: number and unit, in the words of the expert."""

    name: str
    kind: str
    start: int
    end: int
    number: str
    said: str


def conversions(text: str, language: Language, old: str) -> Iterator[tuple[str, str]]:
    """(kind, request) for a turn after a request to convert."""
    known = data(language)
    there = units(old, language)
    source, target = _roles(old, there, language)
    if not source:
        return
    here, spoken = units(text, language), slots(text, language)
    bare = [unit for unit in here if not unit.number]
    amounts = [unit for unit in here if unit.number]
    free = [slot for slot in spoken if not any(unit.start <= slot.start < unit.end for unit in here)]
    free = [
        slot
        for slot in free
        if not any(slot.end <= u.start and _BEFORE.fullmatch(text[slot.end : u.start]) for u in here)
    ]
    name, number = source[0].name, source[0].number or "1"

    def ask(amount: str, to: str) -> str:
        return str(known["convert"].format(amount, _say(to, language)))

    if len(bare) == 2 and bare[0].kind == bare[1].kind and bare[0].name != bare[1].name:  # "and km to miles?"
        yield "unit to", ask(_amount(number, bare[0].name, language), bare[1].name)
        return
    whole = _joined(source)
    for unit in bare:
        if free:
            yield "unit amount", ask(_amount(free[-1].value, name, language), unit.name)
        wanted = unit.kind == source[0].kind and unit.name != name
        if wanted:
            yield "unit to", ask(whole, unit.name)
        if target is not None and unit.kind == target.kind and unit.name != target.name:
            several = wanted and _SEVERAL.search(text[unit.start : unit.end].lower()) is not None
            if not several:  # "in feet" is what to convert to, "in a foot" either
                yield "unit from", ask(_amount(number, unit.name, language), target.name)
    for unit in amounts:
        if target is not None and unit.kind == target.kind:
            if unit.name != target.name:
                yield "unit amount", ask(_joined(amounts), target.name)
            if unit.name != name:
                yield "unit amount back", ask(_joined(amounts), name)
    for word, other in _modified(text, old, there, language):
        if target is not None and word == target.name:
            yield "unit to", ask(whole, other)
        if any(word == unit.name for unit in source):
            yield "unit from", ask(_amount(number, other, language), target.name if target else name)
    back = says(text, known["reverse"])
    if target is not None and (free or back):
        value = free[-1].value if free else number
        there_and_back = [(_amount(value, name, language), target.name), (_amount(value, target.name, language), name)]
        for at, (amount, to) in enumerate(reversed(there_and_back) if back else there_and_back):
            yield "unit amount back" if at else "unit amount", ask(amount, to)


def of_told(text: str, language: Language, told: str) -> Iterator[str]:
    """ "it weighed 8 tonnes" + "how many kilos is that?"."""
    here = [unit for unit in units(text, language) if not unit.number]
    there = [unit for unit in units(told, language) if unit.number]
    for unit in here[-1:]:
        alike = [one for one in there if one.kind == unit.kind and one.name != unit.name]
        alike = alike or [one for one in there if unit.kind == "temperature" and one.kind == "angle"]
        if alike:
            joint = len(alike) > 1 and not _APART.search(told[alike[0].end : alike[1].start])  # "4 foot 6"
            yield str(data(language)["convert"].format(_joined(alike[: 1 + joint]), _say(unit.name, language)))


def units(text: str, language: Language) -> list[Unit]:
    """In order; a short sign only behind a number or a preposition, or when there is nothing else."""
    plain = text.lower().replace("ё", "е")
    there = slots(plain, language)
    alone = plain.strip(" .?!,")
    found: list[Unit] = []
    for match in _pattern().finditer(plain):
        name = _names()[int((match.lastgroup or "u0")[1:])]
        before = plain[: match.start()]
        slot = next(
            (s for s in there if s.end <= match.start() and _BEFORE.fullmatch(plain[s.end : match.start()])), None
        )
        short = match.end() - match.start() <= 2 and match.group().isalpha()
        led = _TO.search(before) or _ONE.search(before) or _MANY.search(before) or match.group() == alone
        if short and slot is None and not led:
            continue
        one = _ONE.search(before) if slot is None else None
        number = slot.value if slot is not None else ""
        start = slot.start if slot is not None else one.start() if one and not number else match.start()
        found.append(
            Unit(name, str(_table()[name]["kind"]), start, match.end(), number, _amount(number or "1", name, language))
        )
    feet = found[-1] if found else None
    if feet is not None and feet.name == "foot" and feet.number:  # "4 foot 6"
        inches = re.match(r"\s*(\d{1,2})\b(?!\s*[.,]?\d)", plain[feet.end :])
        if inches and int(inches[1]) < 12:
            end = feet.end + inches.end()
            found.append(Unit("inch", feet.kind, feet.end, end, inches[1], _amount(inches[1], "inch", language)))
    return found


def _roles(old: str, there: Sequence[Unit], language: Language) -> tuple[list[Unit], Unit | None]:
    """(what is converted, into what)."""
    counted = [unit for unit in there if unit.number]
    bare = [unit for unit in there if not unit.number]
    if counted:
        return counted, next((unit for unit in bare if unit.kind == counted[0].kind), None)
    if len(bare) < 2:
        return bare, None
    plain = old.lower()
    asked = [unit for unit in bare if _ASKED.search(plain[: unit.start])]
    asked = asked or ([bare[1]] if re.match(r"\s*(?:перев|convert)", plain) else [bare[0]])
    if asked == [bare[0]]:
        return [bare[1]], bare[0]
    return [unit for unit in bare if unit not in asked][:1], asked[0]


def _modified(text: str, old: str, there: Sequence[Unit], language: Language) -> Iterator[tuple[str, str]]:
    """(unit of `old`, the one that it is with a word of the turn before it): "миля" and "морская"."""
    bare = FollowWords.of(language).without_opener(text)[0].lower().replace("ё", "е").strip(" .?!,")
    words = re.findall(r"[^\W\d_]+", bare)
    for unit in there:
        nouns = re.findall(r"[^\W\d_]+", old.lower().replace("ё", "е")[unit.start : unit.end])
        for size in range(min(LONGEST_ADJECTIVE, len(words)), 0, -1):
            for first, noun in product(range(len(words) - size + 1), nouns):
                whole = f"{' '.join(words[first : first + size])} {noun}"
                match = _pattern().match(whole)
                if match is not None and match.end() == len(whole):
                    name = _names()[int((match.lastgroup or "u0")[1:])]
                    if name != unit.name and _table()[name]["kind"] == unit.kind:
                        yield unit.name, name


def _joined(amounts: Sequence[Unit]) -> str:
    return " ".join(unit.said for unit in amounts[:2])


def _amount(number: str, name: str, language: Language) -> str:
    return f"{number} {_say(name, language)}"


def _say(name: str, language: Language) -> str:
    return str(_table()[name]["say"][language][-1])


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return dict(read_yaml(UNITS))


@lru_cache(maxsize=1)
def _sorted() -> list[tuple[str, str]]:
    pairs = [(name, pattern) for name, row in _table().items() for pattern in row["heard"]]
    compound = {name for name, row in _table().items() if any(sign in " ".join(row["heard"]) for sign in _COMPOUND)}
    return sorted(
        pairs, key=lambda pair: (" " not in pair[1] and pair[0] not in compound, pair[0] == "degree", -len(pair[1]))
    )


def _names() -> list[str]:
    return [name for name, _ in _sorted()]


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    parts = [f"(?P<u{index}>{pattern})" for index, (_, pattern) in enumerate(_sorted())]
    return re.compile(r"(?<![^\W\d_/])(?:" + "|".join(parts) + r")(?![^\W_])")
