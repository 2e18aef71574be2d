"""Facts that people asked to remember, in their own words: keep, tell, erase. Erases exactly what it names."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import TypeAlias

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext, Note, NotesPort
from moe_robot.experts.keepsakes import TooMuch, content_words
from moe_robot.experts.tools.chosen import chosen
from moe_robot.experts.tools.entries import Texts, wording
from moe_robot.experts.tools.local_time import like
from moe_robot.experts.tools.said import Said
from moe_robot.experts.tools.spans import tidy
from moe_robot.experts.tools.voice import told
from moe_robot.experts.words import Words
from moe_robot.lexicon import analyzer, normalize
from moe_robot.structs import Reply, Utterance

MOST_TOLD = 5
_WHERE = re.compile(r"\b(где|where|where's)\b", re.IGNORECASE)
_SEEN = ("object", "person")  # kinds of names that sightings are kept of


class _Facts:
    def __init__(self) -> None:
        self._words = Words("keepsakes")

    def _texts(self, utterance: Utterance, context: AnswerContext) -> Texts:
        return Texts(self._words, utterance.language, context.now)


class RememberFact(_Facts):
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: nothing keeps facts."""
        notes = _notes(context)
        texts = self._texts(utterance, context)
        fact = _without(utterance.text, "remember")
        if not fact or not any(char.isalnum() for char in fact):
            return told(texts.say("note_what"), "remember_fact")
        known = any(normalize(note.text) == normalize(fact) for note in notes.all())
        try:
            note = notes.add(fact, utterance.language, utterance.speaker, context.now.timestamp())
        except TooMuch:
            return told(texts.say("too_many" if len(fact) < 1000 else "too_long"), "remember_fact")
        return told(texts.say("noted_again" if known else "noted", text=note.text), "remember_fact")


class RecallFact(_Facts):
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: nothing keeps facts."""
        notes = _notes(context)
        texts = self._texts(utterance, context)
        if not notes.all():
            return told(texts.say("notes_none"), "recall_fact")
        wanted = _about(utterance.text, "recall_words")
        if not wanted and chosen(utterance.text, "order") == "last":
            return told(_one(notes.all()[0], utterance, texts), "recall_fact")
        if not wanted:
            found = notes.all()
            return told(texts.say("notes_all", n=len(found), each=_each(found, texts)), "recall_fact")
        found = _matching(notes, wanted)
        if not found:
            return told(texts.say("notes_unknown"), "recall_fact")
        if len(wanted) > 1 and 2 * _shared(found[0].text, wanted) <= len(wanted):
            return told(texts.say("note_near", each=_each(found, texts)), "recall_fact")
        if len(found) > 1:
            return told(texts.say("notes_several", each=_each(found, texts)), "recall_fact")
        return told(_one(found[0], utterance, texts), "recall_fact")


class ToldWhere(_Facts):
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """ "Where are my keys?" of a thing that the robot cannot recognise: what somebody said about it."""
        if context.live is None or context.live.notes is None or not _WHERE.search(utterance.text):
            return None
        said = normalize(utterance.text).split()
        if any(kind in _SEEN for word in said for kind, _ in context.live.lexicon.lookup([word.strip(".,!?")])):
            return None
        wanted = _about(utterance.text, "recall_words")
        found = _matching(context.live.notes, wanted)
        if not found or 2 * _shared(found[0].text, wanted) < len(wanted):
            return None
        texts = self._texts(utterance, context)
        if len(found) > 1:
            return told(texts.say("notes_several", each=_each(found, texts)), "recall_fact")
        return told(_one(found[0], utterance, texts), "recall_fact")


def _one(note: Note, utterance: Utterance, texts: Texts) -> str:
    other = bool(note.speaker) and note.speaker != utterance.speaker
    key = "note_one_other" if other else "note_one"
    return texts.say(key, text=note.text, when=texts.when(_told_at(note, texts.now)), speaker=note.speaker)


class Forget(_Facts):
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: nothing keeps facts."""
        notes = _notes(context)
        texts = self._texts(utterance, context)
        return told(_forget(utterance, notes, texts, context), "forget")


def _forget(utterance: Utterance, notes: NotesPort, texts: Texts, context: AnswerContext) -> str:
    wanted = _about(utterance.text, "forget_words")
    kind = chosen(utterance.text, "forget")
    if kind == "place" or (kind != "fact" and not _matching(notes, wanted) and (place := _place(utterance, context))):
        name = place if kind != "place" else _named_place(utterance.text) or _place(utterance, context)
        return texts.say("forget_place", name=name) if name else texts.say("forget_what_place")
    if kind == "sighting" and not _matching(notes, wanted):
        return texts.say("forget_sighting")
    if not wanted:
        if kind == "all":
            return _forget_all(notes, texts)
        if kind == "last" and notes.all():
            return _erase(notes.all()[0], notes, texts)
        return texts.say("forget_what")
    found = _matching(notes, wanted)
    if not found:
        return texts.say("forget_nothing")
    exact = [note for note in found if normalize(note.text) in normalize(utterance.text)]
    if len(exact) == 1:
        return _erase(exact[0], notes, texts)
    certain = _shared(found[0].text, wanted) == len(wanted)
    if certain and len(found) == 1:
        return _erase(found[0], notes, texts)
    if certain and kind == "all":
        return " ".join(_erase(note, notes, texts) for note in found)
    return texts.say("forget_which", each=_each(found, texts), example=found[0].text)


def _matching(notes: NotesPort, wanted: Wanted) -> tuple[Note, ...]:
    """The notes that share most of what is asked for, the newest first."""
    counts = [(_shared(note.text, wanted), note) for note in notes.all()] if wanted else []
    best = max((count for count, _ in counts), default=0)
    return tuple(note for count, note in counts if best and count == best)


def _shared(text: str, wanted: Wanted) -> int:
    known = frozenset(form for word in _content(text) for form in _forms(word))
    return sum(not known.isdisjoint(forms) for forms in wanted)


def _forget_all(notes: NotesPort, texts: Texts) -> str:
    erased = sum(notes.forget(note.id) for note in notes.all())
    return texts.say("forgot_all", n=erased) if erased else texts.say("forget_all_none")


def _erase(note: Note, notes: NotesPort, texts: Texts) -> str:
    return texts.say("forgot", text=note.text) if notes.forget(note.id) else texts.say("forget_nothing")


def _named_place(text: str) -> str:
    """The name behind "место" or "place", as it was said."""
    found = re.search(
        r"(?:место|точку|place|spot|waypoint)(?: (?:под названием|called|named|known as))? (.+)",
        tidy(text),
        re.IGNORECASE,
    )
    return found[1].strip(" .,!?«»\"'") if found else ""


def _place(utterance: Utterance, context: AnswerContext) -> str:
    """A place that the words name, in the speaker's language."""
    if context.live is None:
        return ""
    places = Said(utterance.text, context.live.lexicon).places()
    return context.live.lexicon.say("place", places[0], utterance.language) if places else ""


def _each(found: Sequence[Note], texts: Texts) -> str:
    parts = [texts.say("quoted", text=note.text) for note in found[:MOST_TOLD]]
    if len(found) > MOST_TOLD:
        parts.append(texts.say("notes_more", n=len(found) - MOST_TOLD))
    return ", ".join(parts)


def _told_at(note: Note, now: datetime) -> datetime:
    return like(datetime.fromtimestamp(int(note.t_s) // 60 * 60, timezone.utc), now)


def _notes(context: AnswerContext) -> NotesPort:
    if context.live is None or context.live.notes is None:
        raise Unavailable("nothing keeps facts here: no notes are connected")
    return context.live.notes


def _without(text: str, request: str) -> str:
    """The words of a request taken away from around it, the rest as it was said."""
    rest = tidy(text)
    for pattern in _patterns(request):
        rest = pattern.sub("", rest, count=1)
    rest = rest.strip(" ,.;:!?–—-")
    for first, last in ("«»", "“”", '""', "''"):
        if rest.startswith(first) and rest.endswith(last) and rest.count(first) + rest.count(last) in (2, 4):
            return rest[1:-1].strip()
    return rest


Wanted: TypeAlias = "tuple[frozenset[str], ...]"  # for each word that tells: what dictionary forms it may have


def _about(text: str, request: str) -> Wanted:
    """What is asked for: the words that tell, without those of such requests."""
    return tuple(_forms(word) for word in _content(text) if not content_words(word) <= _common(request))


def _content(text: str) -> list[str]:
    words = re.findall(r"[^\W_]+", normalize(text))
    return [word for word in words if content_words(word)]


@functools.lru_cache(maxsize=4096)
def _forms(word: str) -> frozenset[str]:
    """ "Ани" may be of "Аня"."""
    if re.search("[а-я]", word):
        return frozenset(normalize(form.normal_form) for form in analyzer().parse(word))
    return content_words(word)


@functools.lru_cache(maxsize=8)
def _common(request: str) -> frozenset[str]:
    return content_words(" ".join(wording()[request]))


@functools.lru_cache(maxsize=8)
def _patterns(request: str) -> tuple[re.Pattern[str], ...]:
    patterns: Iterable[str] = wording()[request]
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
