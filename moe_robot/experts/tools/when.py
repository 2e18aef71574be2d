"""Moments in a request: "завтра в семь утра", "через полтора часа", "on Friday at half past six", "25 декабря".

    find_moment(read_words("напомни завтра в 7 позвонить"), now)  ->  When(due, used={1, 2, 3}, ...)

`used` are the words of the moment: the others are what the request is about. Exact or not at all: a time that does not
exist, is past or comes round every day is a Trouble with the key of a sentence; "after lunch" is no moment. The words
are data (`when.yaml`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from moe_robot.experts.tools.clock_words import ClockTime, clock_at
from moe_robot.experts.tools.local_time import at as wall_clock
from moe_robot.experts.tools.local_time import later
from moe_robot.experts.tools.spans import Span, Word, phrase_at, said, span_at, table
from moe_robot.experts.tools.trouble import Trouble

FARTHEST = timedelta(days=5 * 366)
EARLY_HOURS = range(1, 7)  # said without a part of the day, for another day: the afternoon is meant
NIGHT_HOURS = range(1, 6)  # nobody means these without saying so
_DATE = re.compile(r"(\d{1,4})[./-](\d{1,2})(?:[./-](\d{1,4}))?")


@dataclass(frozen=True)
class When:
    """`day_only`: no hour was said and that of the part of the day, or the morning, is taken."""

    due: datetime
    used: frozenset[int]
    day_only: bool = False


@dataclass
class _Found:
    """What of a moment has been read so far."""

    used: set[int] = field(default_factory=set)
    span: Span | None = None  # from now
    before: Span | None = None  # ahead of the rest
    day: date | None = None
    yearless: bool = False
    weekday: int | None = None
    next_week: bool = False
    clock: ClockTime | None = None
    part: str = ""

    @property
    def only_before(self) -> bool:
        """ "The day before": ahead of what, is not said."""
        rest = self.span or self.day or self.clock or self.part
        return self.before is not None and not rest and self.weekday is None


def find_moment(words: Sequence[Word], now: datetime, morning: bool = False) -> When | None:
    """None: no time is said. `morning`: an hour alone is one before noon (to be woken). Raises Trouble."""
    if any(re.fullmatch(table()["repeat"], " ".join(said(words, at + k) for k in range(size)))
           for at in range(len(words)) for size in (1, 2)):  # fmt: skip
        raise Trouble("repeat")
    found = _read(words, now)
    if not found.used or found.only_before:
        return None
    due, day_only = _resolve(found, now, morning)
    if found.before is not None:
        due = later(due, -float(found.before.whole_seconds))
    if due <= now:
        raise Trouble("past", due=due)
    if due - now > FARTHEST:
        raise Trouble("far")
    return When(due, frozenset(found.used), day_only)


def find_day(words: Sequence[Word], now: datetime) -> date | None:
    """The day that is said, without a time."""
    found = _read(words, now)
    if found.day is None and found.weekday is None:
        return None
    return _day(found, now, None)


def _read(words: Sequence[Word], now: datetime) -> _Found:
    found = _Found()
    at = 0
    while at < len(words):
        for reader in (_ago, _before, _relative, _calendar_date, _named_day, _weekday, _clock, _part_of_day):
            end = reader(words, at, found, now)
            if end:
                found.used |= set(range(at, end))
                at = end
                break
        else:
            at += 1
    return found


def _ago(words: Sequence[Word], at: int, found: _Found, now: datetime) -> int:
    span = span_at(words, at)
    if span is not None and phrase_at(words, span[1], table()["ago"]):
        raise Trouble("past")
    return 0


def _before(words: Sequence[Word], at: int, found: _Found, now: datetime) -> int:
    """ "За десять минут", "ten minutes before"."""
    if said(words, at) in table()["before"]["ahead"]:
        span = span_at(words, at + 1)
        if span is None or span[0].months:
            return 0
        end = span[1] + (said(words, span[1]) == "до")
    else:
        span = span_at(words, at)
        end = phrase_at(words, span[1], table()["before"]["behind"]) if span is not None else 0
        if span is None or not end or span[0].months:
            return 0
    found.before = span[0]
    return end


def _relative(words: Sequence[Word], at: int, found: _Found, now: datetime) -> int:
    """ "Через час", "in ten minutes", "минут через пять", "an hour from now"."""
    if said(words, at) in table()["hence"]:
        if said(words, at + 1) in ("минус", "minus", "-"):
            raise Trouble("minus")
        span = span_at(words, at + 1)
        if span is None:
            return 0
        found.span = span[0]
        return span[1]
    unit = span_at((Word("1", 0, 0, number=Fraction(1)), *words[at : at + 1]), 0)
    if unit is not None and unit[1] == 2 and said(words, at + 1) == "через":
        number = words[at + 2].number if at + 2 < len(words) else None
        if number is not None and said(words, at + 3) != said(words, at):
            found.span = unit[0].times(number)
            return at + 3
    span = span_at(words, at)
    if span is not None and (end := phrase_at(words, span[1], table()["later"])):
        found.span = span[0]
        return end
    return 0


def _named_day(words: Sequence[Word], at: int, found: _Found, now: datetime) -> int:
    begin = at + 1 if said(words, at) in ("на", "for") else at
    for offset, phrases in table()["days"].items():
        if end := phrase_at(words, begin, phrases):
            if int(offset) < 0:
                raise Trouble("past")
            found.day = now.date() + timedelta(int(offset))
            return end
    return 0


def _weekday(words: Sequence[Word], at: int, found: _Found, now: datetime) -> int:
    begin = at
    if said(words, begin) in ("в", "во", "on", "на", "for", "к", "ко", "by"):
        begin += 1
    following = said(words, begin) in table()["next"]
    if following or said(words, begin) in table()["this"]:
        begin += 1
    for number, forms in enumerate(table()["weekdays"]):
        if said(words, begin) in "|".join(forms).split("|"):
            found.weekday, found.next_week = number, following
            return begin + 1
    return 0


def _calendar_date(words: Sequence[Word], at: int, found: _Found, now: datetime) -> int:
    begin = at
    while said(words, begin) in ("on", "the", "на", "с", "к", "by", "for", "до") and begin < at + 2:
        begin += 1
    written = _DATE.fullmatch(said(words, begin))
    if written is not None and (written[3] or said(words, begin - 1) not in ("в", "at", "by", "к")):
        return _written_date(written, begin, found, now)
    number = _day_number(words, begin)
    if number is not None:
        after = begin + 2 if said(words, begin + 1) == "of" else begin + 1
        month = _month(said(words, after))
        if month:
            return _dated(words, number, month, after + 1, found, now)
        exact = words[begin].ordinal is not None
        named = said(words, begin + 1) == "числа" or said(words, begin - 1) == "the"
        if exact and (named or re.fullmatch(r"\d+-?о?го", said(words, begin))):
            found.day, found.yearless = _next_of_month(number, now), False
            return begin + 1 + (said(words, begin + 1) == "числа")
    month = _month(said(words, begin))
    if month and said(words, begin).isascii():
        after = begin + 2 if said(words, begin + 1) == "the" else begin + 1
        number = _day_number(words, after)
        if number is not None:
            return _dated(words, number, month, after + 1, found, now)
    return 0


def _day_number(words: Sequence[Word], at: int) -> int | None:
    if at >= len(words):
        return None
    word = words[at]
    if word.ordinal is not None:
        return word.ordinal
    whole = word.number is not None and word.number.denominator == 1 and word.number <= 99
    return int(word.number) if whole and word.number is not None else None


def _month(word: str) -> int:
    """0 for none."""
    forms = ("|".join(each).split("|") for each in table()["months"])
    return next((number for number, each in enumerate(forms, 1) if word in each), 0)


def _dated(words: Sequence[Word], day: int, month: int, end: int, found: _Found, now: datetime) -> int:
    after = end + 1 if said(words, end) == "," else end
    year = words[after].number if after < len(words) else None
    if year is not None and year.denominator == 1 and 1000 <= year <= 9998:
        found.day = _date(int(year), month, day)
        return after + 1 + (said(words, after + 1) in ("года", "год", "г"))
    found.day, found.yearless = _date(now.year if (month, day) != (2, 29) else 2028, month, day), True
    if (month, day) == (2, 29):
        found.day, found.yearless = _next_leap_day(now), False
    return end


def _next_leap_day(now: datetime) -> date:
    return next(date(year, 2, 29) for year in range(now.year, now.year + 9)
                if year % 4 == 0 and (year % 100 or year % 400 == 0) and date(year, 2, 29) >= now.date())  # fmt: skip


def _written_date(written: re.Match[str], at: int, found: _Found, now: datetime) -> int:
    first, second, third = written[1], written[2], written[3]
    if len(first) >= 3:
        if third is None:
            return 0
        found.day = _date(int(first), int(second), int(third))
    elif third is not None:
        year = int(third) + (2000 if len(third) <= 2 else 0)
        found.day = _date(year, int(second), int(first))
    elif "." in written[0] and len(second) == 2 and 1 <= int(second) <= 12 and 1 <= int(first) <= 31:
        found.day, found.yearless = _date(now.year, int(second), int(first)), True
    else:
        return 0
    return at + 1


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Trouble("no_such_day", day=day) from None


def _next_of_month(day: int, now: datetime) -> date:
    if not 1 <= day <= 31:
        raise Trouble("no_such_day", day=day)
    year, month = now.year, now.month
    for _ in range(12):
        try:
            candidate = date(year, month, day)
        except ValueError:
            candidate = date.min
        if candidate >= now.date():
            return candidate
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    raise Trouble("no_such_day", day=day)


def _clock(words: Sequence[Word], at: int, found: _Found, now: datetime) -> int:
    read = clock_at(words, at)
    if read is None and found.before is not None and at - 1 in found.used:  # "ten minutes before eight"
        read = clock_at((Word("at", 0, 0), *words[at:]), 0)
        read = None if read is None else (read[0], at + read[1] - 1)
    if read is None:
        return 0
    found.clock, end = read
    return end


def _part_of_day(words: Sequence[Word], at: int, found: _Found, now: datetime) -> int:
    for part, known in table()["parts"].items():
        if end := phrase_at(words, at, known["words"]):
            latin = said(words, at) in ("morning", "afternoon", "evening", "am", "pm")
            if said(words, at) in ("утра", "дня", "вечера", "ночи") or (latin and said(words, at) in ("am", "pm")):
                return 0  # belongs to an hour, or to "два дня"
            if latin and not (found.used and at - 1 in found.used):
                return 0  # "morning run"
            found.part = part
            return end
    return 0


def _resolve(found: _Found, now: datetime, morning: bool) -> tuple[datetime, bool]:
    """(due, whether the hour was taken by itself)."""
    span = found.span
    if span is not None and span.seconds and not (span.days or span.months):
        if span.seconds > FARTHEST.total_seconds():
            raise Trouble("far")
        return later(now, float(span.seconds)), False
    if span is not None:
        found.day = _shifted(now, span)
        found.yearless = False
        if found.clock is None and not found.part:
            return later(wall_clock(found.day, now.timetz().replace(tzinfo=None), now), float(span.seconds)), False
    clock = found.clock
    if clock is None and not found.part and found.day == now.date():
        raise Trouble("which_hour")
    if clock is None:
        day = _day(found, now, None) if found.day or found.weekday is not None else None
        hour = int(table()["parts"][found.part or "morning"]["hour"])
        due = wall_clock(day or now.date(), time(hour), now)
        if day is None and due <= now:
            due = wall_clock(now.date() + timedelta(1), time(hour), now)
        return due, True
    hours = clock.hours(found.part, morning)
    if found.day is None and found.weekday is None:
        by_day = [hour for hour in hours if hour not in NIGHT_HOURS] if len(hours) > 1 else hours
        return min(_next(hour, clock.minute, now) for hour in by_day), False
    day = _day(found, now, clock)
    if len(hours) > 1 and day == now.date():
        times = [wall_clock(day, time(hour % 24, clock.minute), now) for hour in hours]
        return next((due for due in times if due > now), times[-1]), False
    hour = hours[0]
    if len(hours) > 1 and hour in EARLY_HOURS:
        hour += 12
    return _wall(day, hour, clock.minute, now), False


def _wall(day: date, hour: int, minute: int, now: datetime) -> datetime:
    """Hour 24 is midnight at the end of the day."""
    return wall_clock(day + timedelta(hour // 24), time(hour % 24, minute), now)


def _next(hour: int, minute: int, now: datetime) -> datetime:
    due = wall_clock(now.date(), time(hour % 24, minute), now)
    return due if due > now else wall_clock(now.date() + timedelta(1), time(hour % 24, minute), now)


def _shifted(now: datetime, span: Span) -> date:
    months = int(span.months)
    if span.months != months or months > 1200 or span.days > 36_600 or span.seconds > 10**9:
        raise Trouble("far" if span.months == months else "unclear")
    year, month = divmod(now.year * 12 + now.month - 1 + months, 12)
    day = now.day
    while True:
        try:
            return date(year, month + 1, day) + timedelta(days=float(span.days))
        except ValueError:
            day -= 1
            if day < 28:
                raise Trouble("far") from None


def _day(found: _Found, now: datetime, clock: ClockTime | None) -> date:
    today = now.date()
    if found.weekday is not None and found.day is None:
        if found.next_week:
            return today - timedelta(today.weekday()) + timedelta(7 + found.weekday)
        ahead = (found.weekday - today.weekday()) % 7
        if ahead == 0 and not _still_today(found, now, clock):
            ahead = 7
        return today + timedelta(ahead)
    assert found.day is not None
    if found.yearless and found.day < today:
        return _date(found.day.year + 1, found.day.month, found.day.day)
    return found.day


def _still_today(found: _Found, now: datetime, clock: ClockTime | None) -> bool:
    if clock is None:
        return False
    hour = clock.hours(found.part, False)[0]
    return wall_clock(now.date(), time(hour % 24, clock.minute), now) > now
