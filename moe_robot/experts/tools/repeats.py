"""How often, in a request: "каждый день", "по будням", "every Tuesday and Friday", "каждые два часа".

    said_repeat(read_words("напоминай по будням в 8 про таблетки"))  ->  SaidRepeat(Repeat({0..4}), used={1, 2})

Months and years do not come round evenly and are no repeat here. The words are data (`when.yaml`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from moe_robot.experts.repeat import ALL_DAYS, DAY_S, Repeat
from moe_robot.experts.tools.entries import Texts
from moe_robot.experts.tools.local_time import at as wall_clock
from moe_robot.experts.tools.local_time import later, like
from moe_robot.experts.tools.spans import Word, phrase_at, said, span_at, table
from moe_robot.experts.tools.trouble import Trouble
from moe_robot.experts.tools.when import When, find_moment

SHORTEST_S = 60
WORKDAYS, WEEKEND = frozenset(range(5)), frozenset((5, 6))
PARTS = {"morning": "утром", "afternoon": "днем", "evening": "вечером", "night": "ночью"}  # as `find_moment` reads them


@dataclass(frozen=True)
class SaidRepeat:
    """`used` are its words; `part` of the day, "" when none is said with it."""

    repeat: Repeat
    used: frozenset[int]
    part: str = ""


def said_repeat(words: Sequence[Word]) -> SaidRepeat | None:
    """Raises Trouble: oftener than once a minute."""
    for at in range(len(words)):
        found = _at(words, at)
        if found is not None:
            before = {at - 1} if said(words, at - 1) in ("в", "во", "on") else set()
            return replace(found, used=found.used | before)
    return None


def first_due(words: Sequence[Word], told: SaidRepeat, now: datetime, morning: bool = False) -> When:
    """The first time of a row; without an hour that of the part of the day, or the morning. Raises Trouble."""
    rest = [replace(word, word="", number=None, ordinal=None) if at in told.used else word
            for at, word in enumerate(words)]  # fmt: skip
    if told.part:
        rest[min(told.used)] = replace(rest[min(told.used)], word=PARTS[told.part])
    if told.repeat.every_s:
        due = find_moment(rest, now, morning) if told.repeat.every_s % DAY_S == 0 else None
        return due or When(later(now, told.repeat.every_s), frozenset())
    tomorrow = _on("завтра", rest, now, morning)  # an hour alone means the same on every day
    clock = like(tomorrow.due, now).time().replace(tzinfo=None)
    days = (now.date() + timedelta(ahead) for ahead in range(8))
    times = (wall_clock(day, clock, now) for day in days if day.weekday() in told.repeat.weekdays)
    return replace(tomorrow, due=next(due for due in times if due > now))


def _on(day: str, rest: Sequence[Word], now: datetime, morning: bool) -> When:
    """A word of a day put before the rest; `used` counts without it."""
    found = find_moment((Word(day, 0, 0), Word("", 0, 0), *rest), now, morning)
    assert found is not None  # the day is one
    return When(found.due, frozenset(at - 2 for at in found.used if at >= 2), found.day_only)


def repeat_words(texts: Texts, repeat: Repeat) -> str:
    """ "каждый день", "on Mondays and Fridays", "every 2 hours"."""
    if repeat.every_s:
        return texts.say("repeat_every", span=texts.span(repeat.every_s).removeprefix("1 "))
    if repeat.weekdays == ALL_DAYS:
        return texts.say("repeat_day")
    if repeat.weekdays == WORKDAYS:
        return texts.say("repeat_workday")
    if repeat.weekdays == WEEKEND:
        return texts.say("repeat_weekend")
    each = [texts.say(f"repeat_weekday_{day}") for day in sorted(repeat.weekdays)]
    return texts.say("repeat_on", days=texts.say("repeat_and").join(each))


def _at(words: Sequence[Word], at: int) -> SaidRepeat | None:
    known = table()["repeats"]
    for kind, days in (("daily", ALL_DAYS), ("workdays", WORKDAYS), ("weekend", WEEKEND)):
        if end := phrase_at(words, at, known[kind]):
            return SaidRepeat(Repeat(days), frozenset(range(at, end)))
    for part, phrases in known["parts"].items():
        if end := phrase_at(words, at, phrases):
            return SaidRepeat(Repeat(ALL_DAYS), frozenset(range(at, end)), part)
    if phrase_at(words, at, known["hourly"]):
        return SaidRepeat(Repeat(every_s=3600), frozenset((at,)))
    begin = at + 1 if said(words, at) in known["each"] else 0
    days_said, end = _weekdays(words, begin or at, plural=not begin)
    if days_said:
        part = next((each for each, form in PARTS.items() if said(words, end) in (form, each)), "")
        return SaidRepeat(Repeat(days_said), frozenset(range(at, end + bool(part))), part)
    return _every_span(words, at, begin) if begin else None


def _weekdays(words: Sequence[Word], at: int, plural: bool) -> tuple[frozenset[int], int]:
    """Names of days from there on, joined by commas and "and", and where they end. `plural`: as "on Mondays"."""
    found: set[int] = set()
    end = at
    while True:
        begin = end
        while said(words, begin) in (",", "и", "and", "по", "on", "в", "во") and begin < end + 2:
            begin += 1
        day = _weekday(said(words, begin), plural)
        if day is None:
            return frozenset(found), end
        found.add(day)
        end = begin + 1


def _weekday(word: str, plural: bool) -> int | None:
    forms = table()["repeats"]["weekdays"] if plural else table()["weekdays"]
    return next((day for day, each in enumerate(forms) if word and word in "|".join(each).split("|")), None)


def _every_span(words: Sequence[Word], at: int, begin: int) -> SaidRepeat | None:
    span = span_at(words, begin)
    if span is None:
        other = said(words, begin) in table()["repeats"]["second"]  # "every other day"
        one = Word("1", 0, 0, number=Fraction(2 if other else 1))
        span = span_at((*words[: begin + other], one, *words[begin + other : begin + other + 1]), begin + other)
        span = None if span is None else (span[0], span[1] - 1)
    if span is None or span[0].months:
        return None
    every_s = span[0].whole_seconds
    if every_s < SHORTEST_S:
        raise Trouble("repeat_often")
    repeat = Repeat(ALL_DAYS) if every_s == DAY_S else Repeat(every_s=every_s)
    return SaidRepeat(repeat, frozenset(range(at, span[1])))
