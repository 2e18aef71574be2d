"""Timers, reminders, the clock and the calendar, gone on with: another time, day or length in the place of the old one.

    "напомни в шесть вечера забрать сына" + "давай в полседьмого"  ->  "напомни в полседьмого вечера забрать сына"
    "timer for an hour" + "kill it"                                 ->  "cancel the timer"
    "какое число через 45 дней" + "а какой это день недели?"        ->  "какой день недели через 45 дней"

All words of the text must be of the time or small ones; else None. Patterns and words: `moments.yaml`. Knows no clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import normalize
from moe_robot.router.followup_words import FollowWords, changed, plain
from moe_robot.structs import Language

EXPERTS = ("timer", "reminder", "clock", "calendar")
LONGEST_WORDS = 12
KINDS = ("span", "day", "clock", "time_of_day")  # an earlier kind takes what a later one would
_PARTS = ("nth", "hour", "ordinal_hour", "part", "number", "unit", "month", "weekday")


@dataclass(frozen=True)
class Moment:
    """A whole request, and whose it is."""

    text: str
    expert: str


@dataclass(frozen=True)
class Said:
    kind: str
    start: int
    end: int
    text: str


class Moments:
    def on(self, text: str, words: FollowWords, old: str, expert: str) -> Moment | None:
        """`old` was said to `expert`, in the same language."""
        if expert not in EXPERTS or len(plain(text).split()) > LONGEST_WORDS:
            return None
        table = table_of(words.language)
        spoken = " ".join(re.findall(r"[^\W_]+(?:[-':.][^\W_]+)*", normalize(text)))
        if table.waits.match(spoken):
            return None
        if expert == "timer":
            return self._timer(spoken, old, table)
        if expert == "reminder":
            return self._reminder(spoken, old, table)
        return self._clock(spoken, text, old, table) if expert == "clock" else self._calendar(spoken, old, table)

    # ---------------------------------------------------------------- timers

    def _timer(self, spoken: str, old: str, table: MomentTable) -> Moment | None:
        if table.cancels(spoken):
            return Moment(table.say["cancel_timer"], "timer")
        if table.left.search(spoken) and table.only(table.left.sub(" ", spoken), "left_small"):
            return Moment(table.say["left"], "timer")
        another = table.another.search(spoken) is not None
        spoken = table.another.sub(" ", spoken)
        before = table.duration.search(normalize(old))
        said = table.duration.search(spoken) or table.bare.search(spoken)
        if before is None or said is None:
            return None
        length = said.group().strip()
        if table.bare.fullmatch(length):  # with the unit of the one before
            unit = re.search(table.unit, before.group())
            if unit is None:
                return None
            length = f"{length} {_unit(unit.group(), table.language)}"
        rest = spoken[: said.start()] + " " + spoken[said.end() :]
        for key, pattern in (("more", table.more), ("fewer", table.fewer)):
            if not another and pattern.search(rest) and table.only(pattern.sub(" ", rest), "small"):
                return Moment(table.say[key].format(length), "timer")
        return self._with(old, before, length) if table.only(rest, "small") else None

    @staticmethod
    def _with(old: str, before: re.Match[str], length: str) -> Moment:
        return Moment(changed(old, [(*before.span(), length)]), "timer")

    # ---------------------------------------------------------------- reminders

    def _reminder(self, spoken: str, old: str, table: MomentTable) -> Moment | None:
        if table.cancels(spoken):
            return Moment(table.say["cancel_reminder"], "reminder")
        if table.when_due.search(spoken):
            return Moment(table.say["list"], "reminder")
        if table.shift.match(spoken) and (length := table.duration.search(spoken)) and not table.later.search(spoken):
            rest = table.shift.sub(" ", spoken[: length.start()] + " " + spoken[length.end() :])
            if "span" not in {part.kind for part in table.parts(spoken)[0]} and table.only(rest, "small"):
                return Moment(table.say["move"].format(table.say["by"].format(length.group())), "reminder")
        if table.later.search(spoken):
            length = table.duration.search(spoken)
            rest = table.later.sub(" ", spoken[: length.start()] + " " + spoken[length.end() :]) if length else "?"
            if length is None or not table.only(rest, "small"):
                return None
            at = re.search(
                rf"(?:на )?{re.escape(length.group())} {table.later.pattern}|{table.later.pattern}.*", spoken
            )
            return Moment(table.say["move"].format(at.group()), "reminder") if at else None
        parts, rest = table.parts(spoken)
        length = table.duration.search(spoken)
        there = {part.kind for part in table.parts(normalize(old))[0]}
        if length and "span" in there and not any(part.kind in ("span", "day") for part in parts):
            parts = [Said("span", *length.span(), table.say["hence"].format(length.group()))]
            rest = spoken[: length.start()] + " " + spoken[length.end() :]
        if not parts:
            return None
        if not table.only(rest, "small"):
            begins = re.match(rf"(?:{table.and_})\s", spoken)
            also = begins and re.match(table.task, rest.strip().removeprefix(begins.group()).strip())
            return Moment(table.say["also"].format(spoken[begins.end() :]), "reminder") if begins and also else None
        whole = self._replaced(old, parts, table)
        return Moment(whole, "reminder") if whole else None

    def _replaced(self, old: str, parts: Sequence[Said], table: MomentTable) -> str:
        """Each part in the place of its like: a time for a time or a span, a day for a day or a span."""
        there = {part.kind: part for part in table.parts(normalize(old))[0]}
        changes: list[tuple[int, int, str]] = []
        for part in parts:
            like = there.get(part.kind)
            if part.kind == "clock" and like is not None:
                changes.append((like.start, like.end, of_day(part.text, like.text, table)))
            elif part.kind == "clock" and (span := there.get("span")) is not None:
                bare = table.bare.fullmatch(part.text)
                number = re.search(table.number, span.text)
                if bare and number:  # "in ten minutes", "twenty"
                    start = span.start + number.start()
                    changes.append((start, start + len(number.group()), part.text))
                else:
                    changes.append((span.start, span.end, at_clock(part.text, table)))
            elif like is not None:
                changes.append((like.start, like.end, prefixed(part.text, like.text, table)))
            elif part.kind in ("span", "day") and (other := there.get("clock" if part.kind == "span" else "span")):
                changes.append((other.start, other.end, part.text))
            else:
                end = len(old.rstrip(" .?!"))
                said = at_clock(part.text, table) if part.kind == "clock" else part.text
                at = min((one.start for kind, one in there.items() if kind != "span"), default=end)
                changes.append((at, at, f"{said} " if at != end else f" {said}"))
        return changed(old, changes)

    # ---------------------------------------------------------------- the clock

    @staticmethod
    def _clock(spoken: str, text: str, old: str, table: MomentTable) -> Moment | None:
        if table.here.search(spoken) and table.only(table.here.sub(" ", spoken), "small", "asking"):
            return Moment(table.say["now"], "clock")
        parts, rest = table.parts(spoken, KINDS[:1])
        if parts and table.only(rest, "small", "asking"):
            length = table.duration.search(parts[0].text)
            hence = table.say["hence"].format(length.group()) if length else parts[0].text
            return Moment(table.say["then"].format(hence), "clock")
        named = _cities(text, table)
        bare = spoken
        for one in named:
            bare = bare.replace(normalize(one), " ")
        if named and table.gap.search(normalize(old)) and table.only(bare, "small", "gap_small"):
            pair = re.search(table.pair, old)
            if len(named) == 2:
                return Moment(table.say["between"].format(*named), "clock")
            if pair is not None:
                return Moment(table.say["between"].format(pair.group(1), named[0]), "clock")
            return Moment(table.say["gap"].format(named[0]), "clock")
        asks = table.only(bare, "small", "asking", "gap_small") or set(bare.split()) & table.there
        if len(named) == 1 and asks and not table.gap.search(normalize(old)):
            return Moment(table.say["city"].format(named[0]), "clock")
        if table.gap.search(spoken) is None or not table.only(table.gap.sub(" ", spoken), "gap_small"):
            return None
        city = re.search(table.city, old)
        return Moment(table.say["gap"].format(city.group(1)), "clock") if city else None

    # ---------------------------------------------------------------- the calendar

    def _calendar(self, spoken: str, old: str, table: MomentTable) -> Moment | None:
        there, _ = table.parts(normalize(old), KINDS[:2])
        parts, rest = table.parts(spoken, KINDS[:2])
        if (
            there
            and re.search(r"\d{4}$", there[-1].text)
            and table.next_year.search(spoken)
            and table.only(table.next_year.sub(" ", spoken), "small")
        ):
            year = int(there[-1].text[-4:]) + 1
            return Moment(changed(old, [(there[-1].end - 4, there[-1].end, str(year))]), "calendar")
        if there and (number := table.day_number(spoken)) and (dated := table.dated.search(there[-1].text)):
            at = there[-1].start
            group = 1 if dated.group(1) else 2
            return Moment(changed(old, [(at + dated.start(group), at + dated.end(group), number)]), "calendar")
        if not parts and there and table.only(spoken, "that"):
            kind = next((kind for kind, pattern in table.kinds.items() if re.search(pattern, spoken)), "")
            said = there[-1].text
            if kind == "until":
                said = re.sub(r"^(?:до|until|till|to|on|в|во|на) ", "", said)
            return Moment(table.ask[kind].format(said), "calendar") if kind in table.ask else None
        weekday = re.search(table.weekday, there[-1].text) if there else None
        which = table.which.fullmatch(" ".join(word for word in spoken.split() if not table.only(word, "and_small")))
        if not parts and weekday and which:  # "а в следующую?"
            at = there[-1].start + weekday.start()
            begin = re.search(r"(?:\w+\s+)?$", normalize(old)[:at])
            said = f"{which.group()} {weekday.group()}"
            start = begin.start() if begin and table.which.fullmatch(begin.group().strip()) else at
            return Moment(changed(old, [(start, at + len(weekday.group()), said)]), "calendar")
        length = table.duration.search(spoken)
        if not parts and length and there and there[-1].kind == "span":
            parts = [Said("span", *length.span(), table.say["hence"].format(length.group()))]
            rest = spoken[: length.start()] + " " + spoken[length.end() :]
        bare = table.bare.search(spoken)
        unit = re.search(table.unit, there[-1].text) if there and there[-1].kind == "span" else None
        if not parts and bare and unit:  # "and in three?"
            hence = table.say["hence"].format(f"{bare.group()} {_unit(unit.group(), table.language)}")
            parts = [Said("span", *bare.span(), hence)]
            rest = re.sub(r"(?<!\w)(?:через|in)(?!\w)", " ", spoken[: bare.start()] + " " + spoken[bare.end() :])
        if parts and there:
            if len(parts) > 1 or not table.only(rest, "small", "asking"):
                return None
            kind = next((kind for kind, pattern in table.kinds.items() if re.search(pattern, normalize(old))), "")
            asked = next((kind for kind, pattern in table.kinds.items() if re.search(pattern, rest)), "")
            if asked and asked != kind and asked in table.ask:
                return Moment(table.ask[asked].format(parts[0].text), "calendar")
            last = there[-1]
            return Moment(changed(old, [(last.start, last.end, prefixed(parts[0].text, last.text, table))]), "calendar")
        return None


def _cities(text: str, table: MomentTable) -> list[str]:
    """Names with a capital letter, but for a first word that is none."""
    placed = [m.group(1) for m in re.finditer(table.city, text)]
    if len(placed) == 1:
        return [re.sub(r"^во?\s", "", placed[0])]
    found = [m for m in re.finditer(table.name, text) if normalize(m.group()).split()[0] not in table.no_names]
    spoken = plain(text).split()
    return [m.group() for m in found if m.start() or len(spoken) <= len(m.group().split()) + 1 or len(found) > 1]


def of_day(new: str, old: str, table: MomentTable) -> str:
    """With the preposition and the part of the day of the old one, where it has none of its own."""
    if re.fullmatch(r"(?:(?:at|to|for|till|until|by) )?half past", new):
        hour = re.search(table.hour, old)
        new = f"{new} {hour.group()}" if hour else new
    new = prefixed(new, old, table)
    part = re.search(rf"{table.part}$", old)
    if part and not re.search(rf"{table.part}$|полдень|полночь|noon|midnight|midday|\d\d:", new):
        return f"{new} {part.group()}"
    return new


def prefixed(new: str, old: str, table: MomentTable) -> str:
    """With the preposition of the old one: "to eight" for "at seven" is "at eight"."""
    small = r"(?:в|во|к|на|около|до|at|to|for|till|until|by|on|around|about)"
    before = re.match(rf"{small}\s", old)
    bare = re.sub(rf"^{small}\s", "", new)
    if before is None:
        return bare if re.match(r"(?:to|for)\s", new) else new
    said = re.match(rf"{small}\s", new)
    keeps = said is not None and said.group() not in ("на ", "к ", "to ", "for ", "till ", "until ", "до ")
    return new if keeps else before.group() + bare


def at_clock(new: str, table: MomentTable) -> str:
    return (
        new
        if re.match(r"(?:в|к|at|by)\s", new)
        else f"{table.say['at']} {re.sub(r'^(?:на|to|for|до|till|until) ', '', new)}"
    )


def _unit(unit: str, language: Language) -> str:
    """The unit behind a number, in the form that any number may have."""
    if language == "en":
        return unit if unit.endswith("s") else f"{unit}s"
    stems = {"секунд": "секунд", "минут": "минут", "час": "часов", "ден": "дней", "дн": "дней", "недел": "недель"}
    return next((form for stem, form in stems.items() if unit.startswith(stem)), unit)


class MomentTable:
    """`moments.yaml` of one language, compiled."""

    def __init__(self, language: Language, data: Mapping[str, Any]) -> None:
        self.language = language
        self.given: dict[str, str] = {}
        given = self.given
        for name in (*_PARTS, *KINDS, "duration"):
            given[name] = re.sub(r"\{(\w+)\}", lambda m: given.get(m.group(1), m.group()), data[name])
        self.number, self.unit, self.hour, self.part = (given[name] for name in ("number", "unit", "hour", "part"))
        self._kinds = {kind: _whole(given[kind]) for kind in KINDS}
        self.duration, self.bare = _whole(given["duration"]), _whole(self.number)
        self.left, self.more, self.fewer = (_whole(data[key]) for key in ("left", "more", "fewer"))
        self.another, self.later, self.gap = (_whole(data[key]) for key in ("another", "later", "gap"))
        self.waits = re.compile(rf"(?:{data['waits']})\s+(?:\w+\s+){{0,2}}{given['duration']}")
        self.here, self.which = _whole(data["here"]), re.compile(data["which"])
        self.name, self.pair = str(data["name"]), str(data["pair"])
        self.there, self.no_names = frozenset(data["there"]), frozenset(data["small"]) | frozenset(data["asking"])
        self.shift = re.compile(rf"(?:{data['shift']})(?![^\W_])")
        self.next_year = _whole(data["next_year"])
        self.dated = _whole(rf"(?:({data['day_number']}) (?:of )?{given['month']}|{given['month']} (?:the )?(\d+\w*))")
        self._day_number: str = data["day_number"]
        self.and_, self.task = "|".join(data["and"]), str(data["task"])
        self.when_due = re.compile(data["when_due"])
        self._cancel, self._cancel_named = _whole(data["cancel"]), _whole(data["cancel_named"])
        self.city: str = data["city"]
        self.say: Mapping[str, str] = data["say"]
        self.kinds: Mapping[str, str] = data["kinds"]
        self.ask: Mapping[str, str] = data["ask"]
        self.weekday = given["weekday"]
        names = ("and_small", "small", "asking", "things", "left_small", "gap_small", "that")
        self._words = {name: frozenset(normalize(str(word)) for word in data[name]) for name in names}

    def only(self, text: str, *names: str) -> bool:
        """No other words than these."""
        known = frozenset().union(*(self._words[name] for name in names))
        return all(word in known for word in re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", text))

    def cancels(self, spoken: str) -> bool:
        """ "kill it"; "never mind" only with the name of what is dropped."""
        if self._cancel.search(spoken) and self.only(self._cancel.sub(" ", spoken), "things"):
            return True
        named = re.search(r"таймер|напомин|будильник|timer|reminder|alarm|countdown", spoken)
        rest = self._cancel.sub(" ", self._cancel_named.sub(" ", spoken))
        return bool(named and self._cancel_named.search(spoken)) and self.only(rest, "things")

    def day_number(self, spoken: str) -> str:
        """ "and the 4th?", "и девятого тоже": the only word of weight is a day of a month."""
        said = [word for word in spoken.split() if not self.only(word, "small", "asking")]
        return said[0] if len(said) == 1 and re.fullmatch(self._day_number, said[0]) else ""

    def parts(self, spoken: str, kinds: Sequence[str] = KINDS) -> tuple[list[Said], str]:
        """The parts of a moment, one of a kind, and the text without them."""
        found: list[Said] = []
        for kind in kinds:
            for match in self._kinds[kind].finditer(spoken):
                if not any(match.start() < other.end and other.start < match.end() for other in found):
                    found.append(Said(kind, *match.span(), match.group()))
                    break
        rest = changed(spoken, [(part.start, part.end, " ") for part in found])
        return sorted(found, key=lambda part: part.start), rest


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])")


@lru_cache(maxsize=2)
def table_of(language: Language) -> MomentTable:
    return MomentTable(language, read_yaml(Path(__file__).with_name("moments.yaml"))[language])
