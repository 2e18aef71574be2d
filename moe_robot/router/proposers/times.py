"""Follow-ups of timers, reminders, the clock and the calendar, facts told, translations, sayings and greetings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moe_robot.lexicon import normalize
from moe_robot.router.moments import table_of
from moe_robot.router.proposers.dated import clocks, dates
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.kept import facts
from moe_robot.router.proposers.newly import Vocabulary, limited, news, requests
from moe_robot.router.proposers.quoted import sayings, translations
from moe_robot.router.proposers.reminded import reminders

MOST = 10
TALKING = ("small_talk", "greeting", "open_knowledge", "")


def propose(heard: Heard) -> Iterator[Raw]:
    """Whole texts that the turn may mean after one of the earlier requests of these experts."""
    for each in (timers, reminders, clocks, dates, sayings, translations, facts, greetings, settings, charges, talk):
        yield from limited(each(heard), MOST)


def timers(heard: Heard) -> Iterator[Raw]:
    known, table = Vocabulary.of(heard.language), table_of(heard.language)
    spoken = normalize(heard.text)
    for at, before in enumerate(heard.leaning[:2]):
        if before.expert != "timer":
            continue
        old = table.duration.search(normalize(before.text))
        if known.search("cancel", heard.text):
            order = known.one_of("order", heard.text)
            if order:
                yield "entry off", known["timer_order"].format(order), "timer", at
            if known.search("all", heard.text):
                yield "entry off", known["timer_all"], "timer", at
            yield "entry off", table.say["cancel_timer"], "timer", at
        if known.search("left", heard.text):
            yield "field", known["timer_left"], "timer", at
        unit = re.search(table.unit, old.group()) if old else None
        for length in _lengths(spoken, unit.group() if unit else "", heard, old.group() if old else before.text):
            if table.more.search(spoken):
                yield "entry time", known["timer_add"].format(length), "timer", at
            if table.fewer.search(spoken):
                yield "entry time", known["timer_less"].format(length), "timer", at
            label = "" if old is None else before.text[old.end() :].strip(" ,.!?")
            named = known.search("label", heard.text)
            if named:
                yield "entry time", known["timer_for"].format(length, named.group()), "timer", at
            if label and label[0].isalpha():
                yield "entry time", known["timer_for"].format(length, label), "timer", at
            yield "entry time", known["timer"].format(length), "timer", at
        if old and known.search("same", heard.text):
            named = known.search("label", heard.text)
            if named:
                yield "entry time", known["timer_for"].format(old.group(), named.group()), "timer", at
            yield "entry time", known["timer"].format(old.group()), "timer", at
    if known.search("cancel", heard.text) and any(table.duration.search(normalize(one.text)) for one in heard.earlier):
        yield "entry off", table.say["cancel_timer"], "timer", -1
    if heard.leaning and heard.leaning[0].expert != "timer" and re.search("таймер|timer|засек|время|time ", spoken):
        length_of = table.duration.search(normalize(heard.leaning[0].text))
        if length_of:
            yield "entry time", known["timer"].format(length_of.group()), "timer", 0
    if heard.earlier and not heard.leaning and re.search("таймер|timer|засек|time ", spoken):
        length_of = table.duration.search(normalize(heard.earlier[-1].text))
        if length_of:
            yield "entry time", known["timer"].format(length_of.group()), "timer", -1


def _lengths(spoken: str, unit: str, heard: Heard, old: str) -> Iterator[str]:
    """How long, in the unit of before where none is said: as said; so many times as long; so much more or less."""
    known, table = Vocabulary.of(heard.language), table_of(heard.language)
    said = [match.group() for match in table.duration.finditer(spoken)]
    numbers = [p for p in heard.pieces_of(heard.text) if p.kind == "number" and isinstance(p.value, int | float)]
    size = next((s for stem, s in known["seconds"].items() if unit.startswith(stem)), 0)
    word = known["unit_said"].get(size, unit)
    counts = [p for p in heard.pieces_of(old) if isinstance(p.value, int | float)]
    count = counts[-1].number() if counts else 0.0
    if counts and counts[-1].kind.startswith("amount") and size:
        count = count / size if count >= size else count
    factor = known.one_of("scaled", heard.text)
    if factor and count and word:
        yield f"{count * float(factor):g} {word}"
    if numbers and count and word and table.fewer.search(spoken):
        yield f"{count - numbers[-1].number():g} {word}"
    yield from reversed(said)
    for piece in reversed(numbers):
        if word:
            yield f"{piece.number():g} {word}"
    if not numbers and count:
        yield from (f"{count:g} {again.group()}" for again in reversed(list(re.finditer(table.unit, spoken))))


def greetings(heard: Heard) -> Iterator[Raw]:
    known = Vocabulary.of(heard.language)
    if known.search("greeted", heard.text):
        yield "greeting named", known["greeting_name"], "greeting", -1
        yield "greeting named", known["parting_name"], "greeting", -1
    near = [heard.text, *(one.text for one in heard.earlier)]
    if not any(one.expert == "greeting" for one in heard.earlier) and not any(
        known.one_of("greet", one) for one in near
    ):
        return
    said = known.one_of("greet", heard.text) or next(
        (found for one in reversed(heard.earlier) if (found := known.one_of("greet", one.text))), ""
    )
    if said:
        yield "greeting", said, "greeting", -1
        yield "greeting", heard.text, "greeting", -1


def settings(heard: Heard) -> Iterator[Raw]:
    known = Vocabulary.of(heard.language)
    for at, before in requests(heard, 2):
        named = known.search("setting", before.text)
        if before.expert != "settings" and named is None:
            continue
        fresh = known.search("setting", heard.text) or named
        for new in news(heard)[:2]:
            for name in (named, fresh):
                if name is not None:
                    sets, asks = known["setting_said"]
                    yield "setting", sets.format(name.group().strip(), new), "settings", at
                    yield "setting", asks.format(name.group().strip(), "" if name is fresh else new), "settings", at
        yield "setting", f"{before.text.rstrip(' .?!')} {heard.text}", "settings", at
        yield "setting", heard.text, "settings", at


def charges(heard: Heard) -> Iterator[Raw]:
    known = Vocabulary.of(heard.language)
    for one in reversed(heard.earlier):
        if one.expert == "battery" or known.search("charge", one.text):
            yield "charge", known["charge_said"], "battery", -1
            yield "charge", heard.text, "battery", -1


def talk(heard: Heard) -> Iterator[Raw]:
    for one in list(reversed(heard.earlier))[:3]:
        if one.expert in TALKING:
            yield "talk again", one.text, "small_talk", -1
            yield "talk", f"{one.text.rstrip(' .?!')} {heard.text}", "small_talk", -1
            yield "talk", f"{heard.text.rstrip(' .?!')} {one.text}", "small_talk", -1
            yield "talk", heard.text, "small_talk", -1
