"""What timers and reminders have in common: times and lengths in words, and which of the pending ones is meant."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext, Entry, SchedulePort
from moe_robot.experts.keepsakes import content_words
from moe_robot.experts.tools.dates import shown
from moe_robot.experts.tools.local_time import like
from moe_robot.experts.tools.trouble import Trouble
from moe_robot.experts.words import Words
from moe_robot.structs import Language

_UNITS = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


class Texts:
    """The pack "keepsakes" in one language, at one moment."""

    def __init__(self, words: Words, language: Language, now: datetime) -> None:
        self.words, self.language, self.now = words, language, now

    def say(self, key: str, **params: object) -> str:
        return self.words.say(key, self.language, **params)

    def span(self, seconds: float, spent: bool = False) -> str:
        """ "1 час 20 минут"; `spent` in the nominative: "осталась 1 минута"."""
        rest = max(round(seconds), 0)
        parts: list[str] = []
        for name, size in _UNITS:
            count, rest = divmod(rest, size)
            if count or (name == "seconds" and not parts):
                parts.append(self.say(f"{'spent' if spent else 'span'}_{name}", n=count))
        return " ".join(parts)

    def when(self, due: datetime) -> str:
        """ "завтра в 7:00", "on Friday, 27 November, at 9:00"; with seconds only where there are some."""
        due = like(due, self.now)
        clock = f"{due.hour}:{due.minute:02}" + (f":{due.second:02}" if due.second else "")
        days = (due.date() - self.now.date()).days
        near = {-1: "on_yesterday", 0: "on_today", 1: "on_tomorrow"}.get(days)
        if near:
            return self.say(near, time=clock)
        return self.say("on_day", weekday=self.say(f"weekday_{due.weekday()}"), date=self.date(due.date()), time=clock)

    def date(self, day: date) -> str:
        return shown(day, self.language, year=day.year != self.now.year)

    def trouble(self, trouble: Trouble) -> str:
        due = trouble.params.get("due")
        if trouble.key == "past" and isinstance(due, datetime):
            return self.say("when_past_due", when=self.when(due))
        key = trouble.key if self.words.has(trouble.key) else f"when_{trouble.key}"
        return self.say(key, **trouble.params)


def schedule_of(context: AnswerContext) -> SchedulePort:
    """Raises Unavailable."""
    if context.live is None or context.live.schedule is None:
        raise Unavailable("nothing keeps timers and reminders here: no schedule is connected")
    return context.live.schedule


def pending(schedule: SchedulePort, kind: str, now: datetime) -> tuple[Entry, ...]:
    """Of one kind, the soonest first; what has come due and only waits for being told is none of them."""
    return tuple(entry for entry in schedule.pending() if entry.kind == kind and entry.due > now)


def amended(context: AnswerContext, kind: str) -> Entry | None:
    """The entry that the turn before has set, where these words set it otherwise: "make it ten", "нет, на восемь"."""
    last = context.history[-1] if context.history else None
    if last is None or last.route.expert != kind or not _amends().search(context.said):
        return None
    return max(pending(schedule_of(context), kind, context.now), key=lambda entry: entry.id, default=None)


def replaced(old: Entry | None, kind: str, schedule: SchedulePort, now: datetime) -> Entry | None:
    """Takes `old` away where something new has been set instead, and gives that."""
    new = [entry for entry in pending(schedule, kind, now) if old is not None and entry.id > old.id]
    if old is None or len(new) != 1:
        return None
    schedule.cancel(old.id)
    return new[0]


@functools.lru_cache(maxsize=1)
def _amends() -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{wording()['amends']})(?![^\W_])", re.IGNORECASE)


@functools.lru_cache(maxsize=1)
def wording() -> dict[str, Any]:
    """Of timers, reminders and facts."""
    return dict(read_yaml(Path(__file__).with_name("asked.yaml")))


def about(entries: Sequence[Entry], words: str, empty: Collection[str] = ()) -> tuple[Entry, ...] | None:
    """Those whose text shares most of the words that count; None when there are no such words. `empty` do not count."""
    wanted = content_words(words) - content_words(" ".join(empty))
    if not wanted:
        return None
    scores = [len(wanted & content_words(entry.text)) for entry in entries]
    best = max(scores, default=0)
    return tuple(entry for entry, score in zip(entries, scores, strict=True) if score == best) if best else ()
