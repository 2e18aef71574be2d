"""Countdowns that ring: start, how much is left, list, change, cancel. What they are for is kept as it was said."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from datetime import timedelta

from moe_robot.experts.context import AnswerContext, Entry, SchedulePort
from moe_robot.experts.keepsakes import TooMuch
from moe_robot.experts.tools.chosen import chosen
from moe_robot.experts.tools.entries import Texts, about, amended, pending, replaced, schedule_of, wording
from moe_robot.experts.tools.local_time import later
from moe_robot.experts.tools.spans import Span, Word, read_words, said, span_at, tidy
from moe_robot.experts.tools.trouble import Trouble
from moe_robot.experts.tools.voice import told
from moe_robot.experts.tools.when import find_moment
from moe_robot.experts.words import Words
from moe_robot.phrases import sentence
from moe_robot.structs import Reply, Utterance

LONGEST_DAYS = 7
AT_MOST_AHEAD = timedelta(hours=8)  # of a time of day: "1:30" at noon may be a length as well
MOST_TOLD = 5
LONGEST_LABEL = 60  # characters


class Timer:
    def __init__(self) -> None:
        self._words = Words("keepsakes")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: nothing keeps timers."""
        schedule = schedule_of(context)
        texts = Texts(self._words, utterance.language, context.now)
        text = tidy(utterance.text)
        try:
            old = amended(context, "timer")
            answer = self._text(text, texts, schedule, bool(context.said))
            new = replaced(old, "timer", schedule, texts.now)
            if new is not None:
                left = texts.span((new.due - texts.now).total_seconds(), spent=True)
                answer = texts.say("timer_changed", span=left, when=texts.when(new.due))
            return told(answer, "timer")
        except Trouble as trouble:
            return told(texts.trouble(trouble), "timer")
        except TooMuch:
            return told(texts.say("too_many"), "timer")

    def _text(self, text: str, texts: Texts, schedule: SchedulePort, follows: bool) -> str:
        """`follows`: it goes on with what was said before: of several timers the last one is meant."""
        timers = pending(schedule, "timer", texts.now)
        words = read_words(text)
        spans = _spans(words, re.search(wording()["two_timers"], text, re.IGNORECASE) is not None)
        rest = _without_spans(text, words, spans)
        match chosen(text, "timer"):
            case "list" | "left" as question if not spans or re.search(wording()["asks_left"], text, re.IGNORECASE):
                return _left(rest, timers, texts) if question == "left" else _listed(timers, texts)
            case "cancel":
                return _cancel(rest, timers, spans, texts, schedule, follows)
            case "add" | "less" | "change" as how:
                return _change(rest, timers, spans, texts, schedule, how)
            case "pause":
                return texts.say("timer_no_pause")
            case "stopwatch" if not spans:
                return texts.say("timer_no_stopwatch")
        return _start(text, words, spans, texts, schedule)


def _start(text: str, words: Sequence[Word], spans: list[tuple[Span, int, int]], texts: Texts,
           schedule: SchedulePort) -> str:  # fmt: skip
    if not spans:
        moment = find_moment(words, texts.now)
        if moment is None or moment.due - texts.now > AT_MOST_AHEAD:
            number = any(word.number is not None or word.word[0].isdigit() for word in words)
            return texts.say("timer_unclear" if number else "timer_which_span", text=text)
        entry = schedule.add("timer", moment.due, "", texts.language)
        return texts.say("timer_at", when=texts.when(entry.due))
    several = len(spans) > 1 and re.search(r"\b(два|две|три|пару|two|three|both|таймеры|timers|и|and)\b", text.lower())
    label = _label(text, words, spans)
    answers = []
    for span, _, _ in spans if several else spans[:1]:
        seconds = _seconds(span)
        entry = schedule.add("timer", later(texts.now, seconds), label, texts.language)
        key = "timer_set_for" if label else "timer_set"
        answers.append(texts.say(key, span=texts.span(seconds), label=label, when=texts.when(entry.due)))
    return " ".join(answers)


def _seconds(span: Span) -> int:
    """Raises Trouble."""
    if span.months or span.days > 40_000 or span.seconds > 10**10 or span.whole_seconds > LONGEST_DAYS * 86_400:
        raise Trouble("timer_too_long", days=LONGEST_DAYS)
    if not span.whole_seconds:
        raise Trouble("timer_zero")
    return span.whole_seconds


def _spans(words: Sequence[Word], apart: bool) -> list[tuple[Span, int, int]]:
    """All lengths of time, with their words [from, to). Raises Trouble for a negative one."""
    found: list[tuple[Span, int, int]] = []
    at = 0
    while at < len(words):
        span = span_at(words, at, apart)
        if span is None:
            at += 1
            continue
        if said(words, at - 1) in ("минус", "minus", "-") and words[at].number is not None:
            raise Trouble("unclear" if words[at - 2].number is not None and at > 1 else "minus")
        found.append((span[0], at, span[1]))
        at = span[1]
    return found


def _label(text: str, words: Sequence[Word], spans: list[tuple[Span, int, int]]) -> str:
    """What the timer is for: the words that are neither its time nor the request."""
    rest = _without_spans(text, words, spans)
    for pattern in _drop():
        rest = pattern.sub(" ", rest)
    rest = re.sub(r"[\s|,.:;!?–—\"«»]+", " ", rest).strip(" -'")
    return rest if len(rest) <= LONGEST_LABEL else ""


def _without_spans(text: str, words: Sequence[Word], spans: list[tuple[Span, int, int]]) -> str:
    rest, at = "", 0
    for _, first, last in spans:
        rest += text[at : words[first].start] + " | "
        at = words[last - 1].end
    return rest + text[at:]


@functools.lru_cache(maxsize=1)
def _drop() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<![^\W_]){pattern}(?![^\W_])", re.IGNORECASE) for pattern in wording()["timer"])


def _each(timers: Sequence[Entry], texts: Texts) -> str:
    parts = []
    for timer in timers[:MOST_TOLD]:
        left = texts.span((timer.due - texts.now).total_seconds(), spent=True)
        key = "timer_each_for" if timer.text else "timer_each"
        parts.append(texts.say(key, span=left, label=timer.text, when=texts.when(timer.due)))
    if len(timers) > MOST_TOLD:
        parts.append(texts.say("reminder_and_more", n=len(timers) - MOST_TOLD))
    return "; ".join(parts)


def _listed(timers: Sequence[Entry], texts: Texts) -> str:
    return texts.say("timer_list", n=len(timers), each=_each(timers, texts)) if timers else texts.say("timer_none")


def _left(text: str, timers: Sequence[Entry], texts: Texts) -> str:
    named = about(timers, text, wording()["timer_words"]) or ()
    chosen_ones = named if len(named) == 1 else timers
    if len(chosen_ones) != 1:
        return _listed(timers, texts)
    timer = chosen_ones[0]
    left = texts.span((timer.due - texts.now).total_seconds(), spent=True)
    return sentence(texts.say("timer_left", span=left, when=texts.when(timer.due)))


def _which(text: str, timers: Sequence[Entry]) -> tuple[Entry, ...]:
    """The timers that are meant: by what they are for, by order; all when that is not said."""
    named = about(timers, text, wording()["timer_words"])
    if named:
        return named
    order = chosen(text, "order")
    if order and timers:
        by_id = sorted(timers, key=lambda timer: timer.id)
        return (by_id[-1] if order == "last" else by_id[0],)
    return tuple(timers) if named is None or len(timers) == 1 else ()


def _cancel(text: str, timers: Sequence[Entry], spans: list[tuple[Span, int, int]], texts: Texts,
            schedule: SchedulePort, follows: bool) -> str:  # fmt: skip
    if not timers:
        return texts.say("timer_none")
    if chosen(text, "all"):
        for timer in timers:
            schedule.cancel(timer.id)
        return texts.say("timer_cancelled_all", n=len(timers))
    meant = _which(text, timers)
    if spans and len(meant) > 1:
        meant = _nearest_in_time(meant, spans[0][0], texts)
    if not meant:
        return texts.say("timer_no_such", each=_each(timers, texts))
    if len(meant) > 1 and follows:
        meant = (max(meant, key=lambda timer: timer.id),)
    if len(meant) > 1:
        return texts.say("timer_which", each=_each(meant, texts))
    timer = meant[0]
    schedule.cancel(timer.id)
    left = texts.span((timer.due - texts.now).total_seconds())
    return texts.say("timer_cancelled_for" if timer.text else "timer_cancelled", span=left, label=timer.text)


def _nearest_in_time(timers: Sequence[Entry], span: Span, texts: Texts) -> tuple[Entry, ...]:
    """ "The ten-minute timer": the one with at most so much to go, when a longer one is out of the question."""
    fitting = [timer for timer in timers if (timer.due - texts.now).total_seconds() <= span.whole_seconds + 1]
    most = max((timer.due for timer in fitting), default=None)
    return tuple(timer for timer in fitting if timer.due == most)


def _change(text: str, timers: Sequence[Entry], spans: list[tuple[Span, int, int]], texts: Texts,
            schedule: SchedulePort, how: str) -> str:  # fmt: skip
    if not timers:
        return texts.say("timer_none")
    meant = _which(text, timers)
    if len(meant) != 1:
        return texts.say("timer_which", each=_each(meant or timers, texts))
    if not spans:
        return texts.say("timer_which_span")
    seconds, timer = _seconds(spans[0][0]), meant[0]
    change = {"add": seconds, "less": -seconds}.get(how)
    due = later(texts.now, seconds) if change is None else timer.due + timedelta(seconds=change)
    if due <= texts.now:
        raise Trouble("timer_zero")
    if (due - texts.now).days >= LONGEST_DAYS:
        raise Trouble("timer_too_long", days=LONGEST_DAYS)
    schedule.cancel(timer.id)
    changed = schedule.add("timer", due, timer.text, texts.language)
    left = texts.span((changed.due - texts.now).total_seconds(), spent=True)
    return texts.say("timer_changed", span=left, when=texts.when(changed.due))
