"""Reminders that fire at a time, once or again and again, waking included: set, list, move, cancel.

What they are about is kept as it was said.
Every answer repeats what and when exactly. A time that is missing, past or not exact is asked for.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from moe_robot.experts.context import AnswerContext, Entry, SchedulePort
from moe_robot.experts.keepsakes import MOST_CHARS, TooMuch
from moe_robot.experts.repeat import Repeat
from moe_robot.experts.tools.chosen import chosen
from moe_robot.experts.tools.entries import Texts, about, amended, pending, replaced, schedule_of, wording
from moe_robot.experts.tools.local_time import later, like
from moe_robot.experts.tools.repeats import SaidRepeat, first_due, repeat_words, said_repeat
from moe_robot.experts.tools.spans import Word, read_words, span_at, tidy
from moe_robot.experts.tools.trouble import Trouble
from moe_robot.experts.tools.voice import told
from moe_robot.experts.tools.when import FARTHEST, When, find_day, find_moment
from moe_robot.experts.words import Words
from moe_robot.phrases import sentence
from moe_robot.structs import LANGUAGES, Reply, Turn, Utterance

MOST_TOLD = 5
SAME = timedelta(seconds=60)


@dataclass(frozen=True)
class _Request:
    text: str
    words: tuple[Word, ...]
    texts: Texts
    schedule: SchedulePort
    wake: bool
    last: Turn | None = None  # before this one
    follows: bool = False  # it goes on with what was said before: of several the last one is meant

    @property
    def pending(self) -> tuple[Entry, ...]:
        return pending(self.schedule, "reminder", self.texts.now)

    def repeat(self) -> SaidRepeat | None:
        """Raises Trouble."""
        return said_repeat(self.words)

    def moment(self) -> When | None:
        """Of one that repeats: the first. Raises Trouble."""
        repeat = self.repeat()
        if repeat is not None:
            first_time = first_due(self.words, repeat, self.texts.now, morning=self.wake)
            return replace(first_time, used=first_time.used | repeat.used)
        found = find_moment(self.words, self.texts.now, morning=self.wake)
        if found is not None or not self.wake:
            return found
        first = next((at for at, word in enumerate(self.words) if _may_be_hour(word)), None)
        if first is None:
            return None
        at = Word("at", 0, 0)
        found = find_moment((*self.words[:first], at, *self.words[first:]), self.texts.now, morning=True)
        if found is None:
            return None
        return When(found.due, frozenset(each - (each > first) for each in found.used), found.day_only)


class Reminder:
    def __init__(self) -> None:
        self._words = Words("keepsakes")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: nothing keeps reminders."""
        schedule = schedule_of(context)
        texts = Texts(self._words, utterance.language, context.now)
        text = tidy(utterance.text)
        last = context.history[-1] if context.history else None
        request = _Request(text, read_words(text), texts, schedule, _is_wake(text), last, bool(context.said))
        if last is not None and last.reply.text in _in_both("reminder_wake_when", request):
            request = replace(request, wake=True)
        try:
            old = amended(context, "reminder")
            answer = _answer(request)
            new = replaced(old, "reminder", schedule, context.now)
            if new is not None and new.repeat is None:
                answer = sentence(texts.say("reminder_moved", when=texts.when(new.due), what=new.text))
            return told(answer, "reminder")
        except Trouble as trouble:
            return told(texts.trouble(trouble), "reminder")
        except TooMuch:
            return told(texts.say("too_long" if len(text) > MOST_CHARS else "too_many"), "reminder")


def _answer(request: _Request) -> str:
    match chosen(request.text, "reminder"):
        case "cancel":
            return _cancel(request)
        case "move":
            return _move(request)
        case "list":
            return _list(request)
    return _set(request)


def _set(request: _Request) -> str:
    texts = request.texts
    moment, repeat = request.moment(), request.repeat()
    what = _what(request.text, request.words, moment.used if moment else frozenset())
    if request.wake:
        if moment is None:
            return texts.say("reminder_wake_when")
        if repeat is not None:
            return _repeated(request, moment, repeat.repeat, texts.say("reminder_wake_text"))
        entry = request.schedule.add("reminder", moment.due, texts.say("reminder_wake_text"), texts.language)
        key = "reminder_wake_default" if moment.day_only else "reminder_wake"
        return texts.say(key, when=texts.when(entry.due))
    if what and moment is None:
        moment = _asked_with(request)
    if moment is None:
        return texts.say("reminder_when", what=what) if what else texts.say("reminder_neither")
    what = what or _asked_about(request)
    if not what:
        return texts.say("reminder_what", when=texts.when(moment.due))
    if repeat is not None:
        return _repeated(request, moment, repeat.repeat, what)
    entry = request.schedule.add("reminder", moment.due, what, texts.language)
    key = "reminder_set_default" if moment.day_only else "reminder_set"
    return texts.say(key, when=texts.when(entry.due), what=what)


def _repeated(request: _Request, first: When, repeat: Repeat, what: str) -> str:
    texts = request.texts
    entry = request.schedule.add("reminder", first.due, what, texts.language, repeat)
    key = "reminder_repeats_default" if first.day_only else "reminder_repeats"
    return texts.say(key, repeat=repeat_words(texts, repeat), when=texts.when(entry.due), what=what)


def _asked_about(request: _Request) -> str:
    """What the reminder was to be about whose time was just asked for: this is the answer."""
    text = tidy(request.last.utterance.text) if request.last is not None else ""
    what = _what(text, read_words(text), frozenset())
    asked = (
        what and request.last is not None and request.last.reply.text in _in_both("reminder_when", request, what=what)
    )
    return what if asked else ""


def _asked_with(request: _Request) -> When | None:
    """The time of the reminder of which it was just asked what it is about."""
    openings = tuple(each.split("|")[0] for each in _in_both("reminder_what", request, when="|"))
    if request.last is None or not request.last.reply.text.startswith(openings):
        return None
    text = tidy(request.last.utterance.text)
    before = _Request(text, read_words(text), request.texts, request.schedule, _is_wake(text))
    try:
        return before.moment()
    except Trouble:
        return None


def _in_both(key: str, request: _Request, **params: object) -> list[str]:
    return [request.texts.words.say(key, language, **params) for language in LANGUAGES]


def _is_wake(text: str) -> bool:
    return re.search(rf"(?<![^\W_])(?:{wording()['wake']})", text, re.IGNORECASE) is not None


def _what(text: str, words: Sequence[Word], used: frozenset[int]) -> str:
    """The words that are neither the moment nor the request, as they were said."""
    rest, at = "", 0
    for index, word in enumerate(words):
        if index in used:
            rest += text[at : word.start] + " "
            at = word.end
    rest += text[at:]
    for pattern in _drop():
        rest = pattern.sub(" ", rest)
    rest = re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s+", " ", rest))
    while True:
        shorter = rest.strip(' ,.;:!?–—-"«»“”')
        head, _, tail = shorter.partition(" ")
        if head.lower() in wording()["edges"]:
            shorter = tail
        rest_of, _, last = shorter.rpartition(" ")
        if last.lower() in ("и", "и,", "and", "at", "на", "в", "to") and rest_of:
            shorter = rest_of
        if shorter == rest:
            return "" if rest.lower() in (*wording()["edges"], "на", "в", "к", "о") else re.sub(r"[ ,;:]*,", ",", rest)
        rest = shorter


def _each(entries: Sequence[Entry], texts: Texts) -> str:
    parts = [_told(entry, texts) for entry in entries[:MOST_TOLD]]
    if len(entries) > MOST_TOLD:
        parts.append(texts.say("reminder_and_more", n=len(entries) - MOST_TOLD))
    return "; ".join(parts)


def _told(entry: Entry, texts: Texts) -> str:
    said = {"when": texts.when(entry.due), "what": entry.text}
    if entry.repeat is None:
        return texts.say("reminder_each", **said)
    return texts.say("reminder_each_repeats", repeat=repeat_words(texts, entry.repeat), **said)


def _list(request: _Request) -> str:
    texts, entries = request.texts, request.pending
    if not entries:
        return texts.say("reminder_none")
    day = find_day(request.words, texts.now)
    if day is not None:
        entries = tuple(entry for entry in entries if like(entry.due, texts.now).date() == day)
        if not entries:
            return texts.say("reminder_none_day")
    else:
        entries = _named(request, entries) or entries
    return texts.say("reminder_list", n=len(entries), each=_each(entries, texts))


def _named(request: _Request, entries: Sequence[Entry]) -> tuple[Entry, ...] | None:
    """By what they are about; a wake-up by its name. None: nothing is said of that."""
    if request.wake:
        return tuple(entry for entry in entries if entry.text in _in_both("reminder_wake_text", request))
    return about(entries, request.text, wording()["reminder_words"])


def _meant(request: _Request, due: datetime | None) -> tuple[Entry, ...]:
    """Those of which the request speaks: by time, by what they are about, by order; all of them when unsaid."""
    entries = request.pending
    at_time = tuple(entry for entry in entries if due is not None and abs(entry.due - due) <= SAME)
    if at_time:
        return at_time
    named = _named(request, entries)
    if named:
        return named
    order = chosen(request.text, "order")
    if order and entries:
        by_id = sorted(entries, key=lambda entry: entry.id)
        return (by_id[-1] if order == "last" else by_id[0],)
    return entries if named is None and due is None else ()


def _cancel(request: _Request) -> str:
    texts, entries = request.texts, request.pending
    if not entries:
        return texts.say("reminder_none")
    if chosen(request.text, "all"):
        for entry in entries:
            request.schedule.cancel(entry.id)
        return texts.say("reminder_cancelled_all", n=len(entries))
    try:
        moment = request.moment()
    except Trouble:
        moment = None
    meant = _meant(request, moment.due if moment is not None and not moment.day_only else None)
    if not meant:
        return texts.say("reminder_no_such", each=_each(entries, texts))
    if len(meant) > 1 and request.follows:
        meant = (max(meant, key=lambda entry: entry.id),)
    if len(meant) > 1:
        return texts.say("reminder_which", each=_each(meant, texts))
    request.schedule.cancel(meant[0].id)
    return texts.say("reminder_cancelled", when=texts.when(meant[0].due), what=meant[0].text)


def _move(request: _Request) -> str:
    texts, entries = request.texts, request.pending
    if not entries:
        return texts.say("reminder_gone")
    meant = _meant(request, None)
    if not meant:
        return texts.say("reminder_no_such", each=_each(entries, texts))
    if len(meant) > 1:
        return texts.say("reminder_which", each=_each(meant, texts))
    entry = meant[0]
    due = _new_time(request, entry)
    if due is None:
        return texts.say("reminder_move_when", what=entry.text)
    if due <= texts.now:
        raise Trouble("past", due=due)
    if due - texts.now > FARTHEST:
        raise Trouble("far")
    request.schedule.cancel(entry.id)
    moved = request.schedule.add("reminder", due, entry.text, texts.language, entry.repeat)
    if entry.repeat is not None:
        repeat = repeat_words(texts, entry.repeat)
        return texts.say("reminder_repeats", repeat=repeat, when=texts.when(due), what=entry.text)
    return sentence(texts.say("reminder_moved", when=texts.when(moved.due), what=moved.text))


def _new_time(request: _Request, entry: Entry) -> datetime | None:
    """ "На час" is that much later than it was due, "через час" from now on."""
    moment = request.moment()
    if moment is not None:
        return moment.due
    for at in range(len(request.words)):
        span = span_at(request.words, at)
        if span is not None:
            if span[0].months or span[0].seconds > 10**9 or span[0].days > 10**5:
                raise Trouble("far")
            return later(like(entry.due, request.texts.now), float(span[0].whole_seconds))
    return None


def _may_be_hour(word: Word) -> bool:
    return (word.number is not None and word.number.denominator == 1 and word.number <= 99) or (
        word.number in (Fraction(1, 2), Fraction(1, 4)) or bool(re.fullmatch(r"\d{1,2}[:.]\d{2}|пол.{4,}", word.word))
    )


@functools.lru_cache(maxsize=1)
def _drop() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", re.IGNORECASE) for pattern in wording()["reminder"])
