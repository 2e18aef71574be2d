"""Is what the robot said true? Facts in its sentences, Russian or English, against the simulator's truth.

Coarse on purpose: a fact may stand anywhere in a sentence, whatever its wording. Understanding is `router/`'s.
What is demanded of each step stands in `ground_truth`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from moe_robot.sim.truth import TrueObject, TruePerson, Truth, Visible
from moe_robot.sim.worlds import World
from moe_robot.structs import StepResult, Value
from moe_robot.world.home import Home, Names

SURE_PIXELS, SURE_M = 200, 4.0  # what nobody may overlook
ZERO = frozenset(("no", "none", "nothing", "zero", "never", "not", "ни", "нет", "ноль", "не", "ничего"))
NUMBERS = {
    **dict.fromkeys(("один", "одна", "одно", "одного", "одну", "одной", "one", "once"), 1),
    **dict.fromkeys(("два", "две", "двух", "two"), 2),
    **dict.fromkeys(("три", "трёх", "трех", "three"), 3),
    **dict.fromkeys(("четыре", "четырёх", "четырех", "four"), 4),
    **dict.fromkeys(("пять", "пяти", "five"), 5),
    **dict.fromkeys(("шесть", "шести", "six"), 6),
    **dict.fromkeys(("семь", "семи", "seven"), 7),
    **dict.fromkeys(("восемь", "восьми", "eight"), 8),
    **dict.fromkeys(("девять", "девяти", "nine"), 9),
    **dict.fromkeys(("десять", "десяти", "ten"), 10),
}
VERBS = frozenset(("can",))  # names of things that are more often something else: "I can see"


def wrong_facts(samples: Sequence[Truth], earlier: Sequence[Truth], world: World, results: Sequence[StepResult]) -> str:
    """Why a stated fact is wrong; "" when all are right. `earlier` is what was so before the command."""
    t = samples[0].t_s
    for result in results:
        t += result.duration_s
        i = min(range(len(samples)), key=lambda k: abs(samples[k].t_s - t))
        wrong = _wrong_fact((*earlier, *samples[: i + 1]), len(earlier), world.home, result)
        if wrong:
            return f"{result.step.skill} said {result.text!r}: {wrong}"
    return ""


def _wrong_fact(history: Sequence[Truth], begin: int, home: Home, result: StepResult) -> str:
    """`history` ends when it was said; the command began at index `begin`."""
    truth, p = history[-1], result.step.params
    text, skill = f"{result.text} {result.evidence}", result.step.skill
    if skill in ("say", "help"):
        return "" if result.text.strip() else "nothing"
    if skill == "where_am_i":
        room = home.rooms.get(truth.room)
        return "" if room is None or names_in(text, room.names) else f"it was in {truth.room}"
    if skill == "battery":
        said = first_number(text)
        good = said is not None and abs(said - truth.battery_percent) <= 3.0
        return "" if good else f"it was {truth.battery_percent:.0f} %"
    if skill == "count":
        low, high = _countable(history, p)
        said = first_number(text)
        return "" if said is not None and low <= said <= high else f"expected {low} to {high}"
    if skill == "recall":
        things: tuple[TrueObject | TruePerson, ...] = (*truth.objects, *truth.people)
        rooms = {item.room for item in things if _same(item, p)}
        named = [room for room in home.rooms.values() if names_in(text, room.names)]
        return "" if any(room.id in rooms for room in named) else f"it is in {', '.join(sorted(rooms)) or 'no room'}"
    if skill in ("what_do_you_see", "look"):
        return _wrong_view(history[begin:], home, result.text, around=skill == "look")
    return ""


def _wrong_view(samples: Sequence[Truth], home: Home, text: str, around: bool) -> str:
    start = samples[-1].t_s - (60.0 if around else 1.5)
    recent = [s for s in samples if s.t_s >= start]
    maybe = {v.kind for s in recent for v in s.visible if v.pixels >= 8}
    sure = {v.kind for v in recent[-1].visible if v.pixels >= SURE_PIXELS and v.distance_m <= SURE_M}
    if not around:
        sure &= {v.kind for v in recent[0].visible}
    people = {name for person in home.people.values() for names in person.names.values() for name in names}
    named = {kind for kind, names in home.objects.items() if names_in(text, names)}
    person_words: Names = {
        "ru": ("человек", "люди", *people),
        "en": ("person", "people", "somebody", "someone", *people),
    }
    if names_in(text, person_words):
        named.add("person")
    if sure - named:
        return f"it saw {', '.join(sorted(sure - named))} too"
    return f"no {', '.join(sorted(named - maybe))} was to be seen" if named - maybe else ""


def _countable(history: Sequence[Truth], p: Mapping[str, Value]) -> tuple[int, int]:
    """How many such things had surely, and possibly, been seen when it was asked."""
    place = str(p.get("place", ""))
    sure, maybe = set(), set()
    for s in history:
        for v in s.visible:
            if matches(v, p) and (not place or v.room == place):
                maybe |= {v.id} if v.pixels >= 8 else set()
                sure |= {v.id} if v.pixels >= SURE_PIXELS and v.distance_m <= SURE_M - 1.0 else set()
    return len(sure), len(maybe)


def _same(item: TrueObject | TruePerson, p: Mapping[str, Value]) -> bool:
    if isinstance(item, TruePerson):
        return p.get("person") in (item.id, "any")
    return item.kind == p.get("object") and p.get("color", "") in ("", item.color)


def matches(item: Visible, p: Mapping[str, Value]) -> bool:
    """Is this what `object`, `color`, `person` of a step or a condition ask for?"""
    if "person" in p:
        return item.kind == "person" and p["person"] in (item.id, "any")
    if item.kind == "person" or p.get("object", "any") not in (item.kind, "any"):
        return False
    return p.get("color", "") in ("", item.color)


def first_number(text: str) -> float | None:
    """In digits or words (to ten); "no", "ни", ... before any are 0; None when there is none."""
    for word in re.findall(r"\d+(?:[.,]\d+)?|\w+", text.lower()):
        if word[0].isdigit():
            return float(word.replace(",", "."))
        if word in ZERO:
            return 0.0
        if word in NUMBERS:
            return float(NUMBERS[word])
    return None


def names_in(text: str, names: Names) -> bool:
    """One of the names, in any case form, stands in the text: each of its words begins some word of the text."""
    words = [_plain(word) for word in re.findall(r"\w+", text)]
    for language, listed in names.items():
        for name in listed:
            stems = [_stem(_plain(part), language) for part in re.findall(r"\w+", name) if part not in VERBS]
            if stems and all(any(_inflects(word, stem, language) for word in words) for stem in stems):
                return True
    return False


def _plain(word: str) -> str:
    return word.lower().replace("ё", "е")


def _stem(word: str, language: str) -> str:
    """What all case forms share: "кружка" -> "круж" (кружек), "гостиная" -> "гостин", "конус" -> "конус"."""
    if language == "en" or len(word) <= 3:
        return word
    if word.endswith(("ка", "ая", "яя", "ый", "ий", "ой", "ые", "ие")):
        return word[:-2]
    return word[:-1] if word[-1] in "аяоеьиыйую" else word


def _inflects(word: str, stem: str, language: str) -> bool:
    if language == "en":
        return word in (stem, f"{stem}s", f"{stem}es")
    return word.startswith(stem) and len(word) <= len(stem) + 4
