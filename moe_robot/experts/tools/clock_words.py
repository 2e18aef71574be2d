"""Times of day in words: "в половине восьмого", "без десяти три", "quarter past six pm", "19:30", "в два ночи".

    clock_at(read_words("в 7 утра"), 0)  ->  ClockTime(hour=7, minute=0, part="morning"), 3

A bare number is a time only behind "в", "at" and the like. Raises Trouble for a time that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from moe_robot.experts.tools.numbers import digits
from moe_robot.experts.tools.spans import Word, phrase_at, said, table, units
from moe_robot.experts.tools.trouble import Trouble
from moe_robot.lexicon import analyzer

_WRITTEN = re.compile(r"(\d{1,2})[:.](\d{2})(?::(\d{2}))?")
_LOOSE = ("на", "for", "около", "around", "about")  # before other numbers as well
_PARTS = {"утра": "morning", "дня": "afternoon", "вечера": "evening", "ночи": "night", "am": "am", "pm": "pm"}


@dataclass(frozen=True)
class ClockTime:
    """`hour` as it was said. `exact`: written in 24 hours, or above 12."""

    hour: int
    minute: int
    part: str = ""  # morning | afternoon | evening | night | am | pm
    exact: bool = False

    def hours(self, part: str, morning: bool) -> tuple[int, ...]:
        """The hours of a day (24 = the midnight that ends it) that may be meant: one, or it and its other half."""
        part = self.part or part
        hour = self.hour
        if hour > 12 or (self.exact and not part) or hour == 0:
            if (part in ("morning", "am") and hour > 12) or (hour == 0 and part in ("afternoon", "pm")):
                raise Trouble("no_such_time", said=f"{hour}:{self.minute:02}")
            return (hour,)
        if part in ("morning", "am"):
            return (hour % 12,)
        if part in ("afternoon", "pm"):
            return (hour % 12 + 12,)
        if part == "evening":
            return (24,) if hour == 12 else (hour + 12,) if hour >= 3 else (hour,)
        if part == "night":
            return (24,) if hour == 12 else (hour + 12,) if hour >= 8 else (hour,)
        if morning:
            return (hour,)
        return (hour, hour + 12) if hour < 12 else (12, 24)


def clock_at(words: Sequence[Word], at: int) -> tuple[ClockTime, int] | None:
    begin, behind = at, ""
    if said(words, begin) in table()["at"]:
        behind = said(words, begin)
        begin += 1
    read = _point(words, begin) or _half(words, begin) or _written(words, begin)
    read = read or _past_or_to(words, begin) or _hour(words, begin, behind)
    if read is None:
        return None
    clock, end = read
    part, end = _part(words, end)
    return ClockTime(clock.hour, clock.minute, part, clock.exact), end


def _checked(hour: int, minute: int, exact: bool = False) -> ClockTime:
    if not (0 <= hour <= 24 and 0 <= minute <= 59) or (hour == 24 and minute):
        raise Trouble("no_such_time", said=f"{hour}:{minute:02}")
    return ClockTime(hour, minute, exact=exact)


def _part(words: Sequence[Word], at: int) -> tuple[str, int]:
    if said(words, at) in _PARTS:
        return _PARTS[said(words, at)], at + 1
    for part, known in table()["parts"].items():
        phrases = [phrase for phrase in known["words"] if " " in phrase or phrase in ("tonight", "утром", "вечером")]
        if end := phrase_at(words, at, phrases):
            return part, end
    return "", at


def _point(words: Sequence[Word], at: int) -> tuple[ClockTime, int] | None:
    hour = table()["points"].get(said(words, at))
    if hour is None:
        return None
    return ClockTime(24 if hour == 0 else hour, 0, exact=True), at + 1


def _number(words: Sequence[Word], at: int) -> int | None:
    """A whole number of no unit."""
    number = words[at].number if 0 <= at < len(words) else None
    return int(number) if number is not None and number.denominator == 1 and number < 10_000 else None


def _hour_before(words: Sequence[Word], at: int) -> int | None:
    """The hour that "восьмого" ends: 7."""
    ordinal = words[at].ordinal if at < len(words) else None
    return (ordinal - 1 or 12) if ordinal is not None and 1 <= ordinal <= 12 else None


def _half(words: Sequence[Word], at: int) -> tuple[ClockTime, int] | None:
    """ "Полвосьмого", "в половине восьмого", "четверть третьего", "двадцать минут пятого", "half seven"."""
    word = said(words, at)
    joined = re.fullmatch(r"пол(.{4,})", word)
    if joined is not None:
        ordinal = re.fullmatch(r"(\d+)-th", digits(joined[1], ordinals=True))
        if ordinal is not None and 1 <= int(ordinal[1]) <= 12:
            return ClockTime(int(ordinal[1]) - 1 or 12, 30), at + 1
    number = words[at].number if at < len(words) else None
    if word == "пол":
        number = Fraction(1, 2)
    if number is None:
        return None
    if number in (Fraction(1, 2), Fraction(1, 4)):
        hour = _hour_before(words, at + 1)
        if hour is not None:
            return ClockTime(hour, int(number * 60)), at + 2
        after = _number(words, at + 1)
        if number == Fraction(1, 2) and word == "half" and after is not None and said(words, at + 2) not in units():
            return _checked(after, 30), at + 2
    if said(words, at + 1) in ("минут", "минуты", "минуту") and number.denominator == 1 and number < 60:
        hour = _hour_before(words, at + 2)
        if hour is not None:
            return ClockTime(hour, int(number)), at + 3
    return None


def _written(words: Sequence[Word], at: int) -> tuple[ClockTime, int] | None:
    written = _WRITTEN.fullmatch(said(words, at))
    if written is None or (
        "." in written[0] and said(words, at - 1) not in table()["at"] and said(words, at + 1) not in _PARTS
    ):
        return None
    if said(words, at + 1) in units() and said(words, at + 1) not in table()["oclock"]:
        return None
    return _checked(int(written[1]), int(written[2]), exact=True), at + 1


def _past_or_to(words: Sequence[Word], at: int) -> tuple[ClockTime, int] | None:
    """ "Без десяти восемь", "ten to eight", "half past six"."""
    if said(words, at) == "без":
        minutes = _quarter_or_minutes(words, at + 1)
        if minutes is None:
            return None
        after = at + 2 + (said(words, at + 2) in ("минут", "минуты"))
        hour = 1 if said(words, after) == "час" else _number(words, after)
        if hour is None or not 1 <= hour <= 24:
            return None
        end = after + 1 + (said(words, after + 1) in table()["oclock"] and said(words, after) != "час")
        return _before_hour(hour, minutes), end
    begin = at + 1 if said(words, at) == "a" else at
    minutes = _quarter_or_minutes(words, begin)
    if minutes is None:
        return None
    link = begin + 1 + (said(words, begin + 1) in ("minutes", "minute", "mins"))
    if said(words, link) not in ("past", "to", "till", "after"):
        return None
    point = table()["points"].get(said(words, link + 1))
    hour = _number(words, link + 1) if point is None else point or 24
    if hour is None or not 1 <= hour <= 24:
        return None
    if said(words, link) == "to" and said(words, link + 2) in units():
        return None
    clock = ClockTime(hour % 24, minutes) if said(words, link) in ("past", "after") else _before_hour(hour, minutes)
    return clock, link + 2 + (said(words, link + 2) in table()["oclock"])


def _quarter_or_minutes(words: Sequence[Word], at: int) -> int | None:
    if said(words, at) == "четверти":
        return 15
    number = words[at].number if at < len(words) else None
    if number in (Fraction(1, 4), Fraction(1, 2)):
        return int(number * 60)
    return int(number) if number is not None and number.denominator == 1 and 1 <= number <= 59 else None


def _before_hour(hour: int, minutes: int) -> ClockTime:
    return ClockTime(hour - 1 or 12, 60 - minutes) if hour <= 12 else ClockTime(hour - 1, 60 - minutes, exact=True)


def _hour(words: Sequence[Word], at: int, behind: str) -> tuple[ClockTime, int] | None:
    """ "В 7", "семь часов тридцать минут", "7 pm", "в час дня"."""
    if said(words, at) == "час" and (behind in ("в", "к", "во") or said(words, at + 1) in ("дня", "ночи")):
        return ClockTime(1, 0), at + 1
    hour = _number(words, at)
    if hour is None or not said(words, at) or not said(words, at)[0].isalnum():
        return None
    end = at + 1
    marked = said(words, end) in table()["oclock"] or (said(words, end) == "ч")
    end += marked
    minutes = _number(words, end)
    two_digits = minutes is not None and (minutes >= 10 or said(words, end).startswith("0"))
    if minutes == 0 and _number(words, end + 1) is not None:  # "ноль пять"
        minutes, end, two_digits = _number(words, end + 1), end + 1, True
    if minutes is not None and two_digits and minutes <= 59:
        after = end + 1
        named = said(words, after) in ("минут", "минуты", "минуту", "minutes")
        spoken = marked or behind or said(words, after) in _PARTS
        if spoken and (named or said(words, after) not in units()):
            return _checked(hour, minutes), after + named
    marked = marked or said(words, end) in _PARTS or bool(_part(words, end)[0])
    unit = said(words, at + 1)
    if unit in units() and unit not in table()["oclock"] and unit not in _PARTS:
        return None  # "в 5 минутах"
    if marked and (behind or said(words, at + 1) not in ("часа", "часов", "hours") or _part(words, end)[0]):
        return _checked(hour, 0), end
    if not behind or hour > 99 or (behind in _LOOSE and said(words, end).isalpha()) or _counts(hour, said(words, end)):
        return None
    return _checked(hour, 0), end


def _counts(number: int, word: str) -> bool:
    """Whether a number belongs to the noun behind it: "в 5 магазинов"."""
    if not re.match("[а-я]", word) or number % 10 in (1, 2, 3, 4):
        return False
    tag = analyzer().parse(word)[0].tag
    return "NOUN" in tag and "gent" in tag and "plur" in tag
