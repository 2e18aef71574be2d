"""Reminders gone on with: another time or thing, before it, again and again; of what was told before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moe_robot.lexicon import normalize
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import WORD, changed, plain
from moe_robot.router.matching import last_noun
from moe_robot.router.moments import MomentTable, Said, at_clock, of_day, prefixed, table_of
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.newly import EDGE, Vocabulary, denied, news, put
from moe_robot.router.signs import denial


@dataclass(frozen=True)
class _Request:
    """`what` is to be told, `parts` when; `bare`: without the words that ask for it."""

    what: str
    parts: tuple[Said, ...]
    repeat: str
    wakes: bool


def reminders(heard: Heard) -> Iterator[Raw]:
    known, table = Vocabulary.of(heard.language), table_of(heard.language)
    asks = known.search("remind", heard.text) is not None
    for at, before in enumerate(heard.leaning[:3]):
        if before.expert == "reminder" and (known.search("remind", before.text) or not asks):
            yield from _gone_on(heard, before, at, known, table)
    if asks:
        for one in reversed(heard.earlier):
            if one.expert != "reminder" or known.search("remind", one.text) is None:
                yield from _told(heard, one, known, table)


def _gone_on(heard: Heard, before: Earlier, at: int, known: Vocabulary, table: MomentTable) -> Iterator[Raw]:
    old = _taken_apart(before.text, known, table)
    if known.search("cancel", heard.text):
        order = known.one_of("order", heard.text)
        if order:
            yield (
                "entry off",
                known["reminder_order"].format(known["order_neuter"].get(order, order)),
                "reminder",
                at,
            )
        if known.search("all", heard.text):
            yield "entry off", known["reminder_all"], "reminder", at
        if old.what:
            yield "entry off", known["reminder_about"].format(old.what), "reminder", at
        yield "entry off", table.say["cancel_reminder"], "reminder", at
    new = _taken_apart(_without_denied(heard), known, table)
    relative = _relative(heard.text, old, known)
    if relative:
        yield "entry what", _said(old.what, relative, old.wakes, known), "reminder", at
    if new.repeat:
        clock = [p for p in (new.parts or old.parts) if p.kind in ("clock", "time_of_day")]
        yield "entry what", _said(old.what, f"{new.repeat} {_when(clock)}", old.wakes, known), "reminder", at
    times = _merged(old, new, heard.text, table)
    what = known.core(re.sub(known["before_time"], "", new.what, flags=re.IGNORECASE))
    for when in times:
        yield "entry time", _said(old.what, when, old.wakes, known), "reminder", at
    same = known.search("same_time", heard.text)
    if same:
        what = known.core(known.pattern(str(known["same_time"])).sub(" ", what))
    if not what or len(plain(what).split()) > 8:
        return
    whens = times or [f"{old.repeat} {_when(old.parts)}".strip()]
    if known.search("append", heard.text) and old.what:
        more = f"{old.what} {known['more_what'].format(what)}"
        yield "entry what", _said(more, whens[0], False, known), "reminder", at
    opens = re.match(r"to ", old.what, re.IGNORECASE)
    clause = next(
        (c for part in reversed(heard.parts[1:]) if (c := known.core(_taken_apart(part, known, table).what))), ""
    )
    for subject in dict.fromkeys((*_whats(heard, old.what, what), *([clause] if clause else []))):
        asked = f"to {subject}" if opens and subject == clause and not subject.startswith("to ") else subject
        for when in whens[:1]:
            yield (
                "entry clause" if subject == clause else "entry what",
                _said(asked, when, False, known),
                "reminder",
                at,
            )


def _whats(heard: Heard, old: str, new: str) -> Iterator[str]:
    """What it is about now: the old words with the new ones in the place of their like, or the new ones alone."""
    for gone in denied(heard):
        instead = put(old, gone, next(iter(news(heard)), new))
        if instead:
            yield instead
    if len(plain(new).split()) < len(plain(old).split()):
        whole = heard.exchange.of(new, heard.language, old)
        if whole and whole.lower() != old.lower():
            yield whole
        place = last_noun(list(WORD.finditer(old)), plain(new).split(), heard.language, heard.words)
        if place is not None:
            noun = changed(old, [(*place, new)])
            yield re.sub(r"\b(?:the|an?|my|our) (?=(?:the|an?|my|our)\s)", "", noun)
    yield new


def _told(heard: Heard, one: Earlier, known: Vocabulary, table: MomentTable) -> Iterator[Raw]:
    """ "The dentist is on Tuesday at two" + "remind me of it an hour before"."""
    fact = re.sub(known["remember_request"], "", one.text, flags=re.IGNORECASE).strip(EDGE)
    old, new = _taken_apart(fact, known, table), _taken_apart(heard.text, known, table)
    relative = _relative(heard.text, old, known)
    bare = known.pattern(str(known["about_it"])).sub(" ", new.what)
    for key in ("day_before", "before"):
        bare = known.pattern(str(known[key])).sub(" ", bare)
    words = " ".join(bare.split()).strip(EDGE)
    words = words if len(words.split()) > 1 else ""
    whens = [relative] if relative else _merged(old, new, heard.text, table) or [_when(new.parts or old.parts)]
    for when in whens[:1]:
        if words:
            yield "entry what", _said(words, when, False, known), "reminder", -1
        subject = re.sub(r"\s+(?:is|are|was|will be)$", "", old.what)
        subject = re.sub(known["has"], "", subject, flags=re.IGNORECASE)
        for what in dict.fromkeys((fact, old.what)):
            that = f"{when}, что {what}" if heard.language == "ru" else f"{when} that {what}"
            yield "entry what", _said(that, "", False, known), "reminder", -1
        yield "entry what", _said(known["spoken_of"].format(subject), when, False, known), "reminder", -1
        for what in dict.fromkeys((fact, old.what)):
            yield "entry what", _said(what, when, False, known), "reminder", -1


def _without_denied(heard: Heard) -> str:
    """The turn without what it says is not meant."""
    kept = []
    for part in reversed(heard.parts[1:]) if len(heard.parts) > 1 else heard.parts:
        before, gone, after = denial(part, heard.signs)
        kept.append(f"{before} {after}" if gone else part)
    return " ".join(" ".join(kept).split()) or heard.text


def _taken_apart(text: str, known: Vocabulary, table: MomentTable) -> _Request:
    spoken = normalize(text)
    repeated = known.search("repeat", text)
    repeat = repeated.group() if repeated else ""
    if repeated:
        spoken = changed(spoken, [(*repeated.span(), " " * len(repeat))])
    parts, _ = table.parts(spoken)
    rest = changed(text, [(p.start, p.end, " " * (p.end - p.start)) for p in parts])
    if repeated:
        rest = changed(rest, [(*repeated.span(), " " * len(repeat))])
    asked = known.search("remind", rest)
    if asked:
        rest = changed(rest, [(*asked.span(), " ")])
    rest = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(rest.split())).strip(EDGE)
    while (words := rest.split()) and normalize(words[-1]) in known["after_what"]:
        rest = " ".join(words[:-1]).rstrip(EDGE)
    rest = re.sub(r"^for ", "of ", rest)
    return _Request(rest, tuple(parts), repeat, known.search("wake", text) is not None)


def _relative(text: str, old: _Request, known: Vocabulary) -> str:
    """ "an hour before" what was said."""
    when = _when(old.parts)
    if not when:
        return ""
    if known.search("day_before", text) and old.parts:
        length = "день" if known.language == "ru" else "a day"
    else:
        found = known.search("before", text)
        length = next((group for group in found.groups() if group), "") if found else ""
    if not length:
        return ""
    bare = re.sub(r"^(?:в|во|на|к|at|on) ", "", when)
    return str(known["before_said"]).format(length, bare)


def _merged(old: _Request, new: _Request, text: str, table: MomentTable) -> list[str]:
    """What is said of the time instead of its like, the rest of it kept."""
    if not new.parts:
        return []
    span = next((p for p in old.parts if p.kind == "span"), None)
    said = {p.kind: p for p in new.parts}
    found: list[str] = []
    length = table.duration.search(normalize(text))
    if "span" not in said and length and "day" not in said:
        found.append(table.say["hence"].format(length.group()))
    if span is not None and set(said) == {"clock"} and (unit := re.search(table.unit, span.text)):
        number = re.search(table.number, said["clock"].text)
        if number and ":" not in said["clock"].text:
            found.append(table.say["hence"].format(f"{number.group()} {unit.group()}"))
    if "span" in said:
        return [said["span"].text]
    kept = [p for p in old.parts if p.kind not in said and p.kind != "span"]
    was = {p.kind: p.text for p in old.parts}
    parts = [
        *kept,
        *(
            Said(p.kind, p.start, p.end, _fitting(p, was.get(p.kind, ""), "time_of_day" in said, table))
            for p in said.values()
        ),
    ]
    order = ("day", "time_of_day", "clock")
    found.append(_when(sorted(parts, key=lambda p: order.index(p.kind) if p.kind in order else 3)))
    found.append(_when([Said(p.kind, 0, 0, _fitting(p, "", True, table)) for p in said.values()]))
    return list(dict.fromkeys(found))


def _fitting(part: Said, was: str, other_part: bool, table: MomentTable) -> str:
    if part.kind == "clock":
        return at_clock(of_day(part.text, was, table) if was and not other_part else part.text, table)
    return prefixed(part.text, was, table) if was and part.kind == "day" else part.text


def _when(parts: Sequence[Said]) -> str:
    return " ".join(part.text for part in parts)


def _said(what: str, when: str, wakes: bool, known: Vocabulary) -> str:
    if wakes or not what:
        return str(known["waking"]).format(when=when) if wakes else ""
    return str(known["reminder"]).format(what=what, when=when)
