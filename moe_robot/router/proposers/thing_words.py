"""The words of `things.yaml`, and the things, people and places that a text names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import Case, Lexicon
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import plain
from moe_robot.router.proposers.heard import Heard
from moe_robot.structs import Language

REACHES = ("pick", "place", "bring", "find", "recall", "count")
EXPERTS = frozenset((*REACHES, "gripper", "describe", "compare", "people", "read_text", "obstacles", "remember_place"))


@dataclass(frozen=True)
class Thing:
    """An object with its colour ("" = none), or a person. `id` "" = a colour alone."""

    id: str
    color: str = ""
    person: bool = False

    def say(self, lexicon: Lexicon, language: Language, case: Case = "accs", count: int = 1) -> str:
        if self.person:
            return lexicon.say("person", self.id, language, case)
        return lexicon.thing(self.id, self.color, language, case, count)

    def plural(self, lexicon: Lexicon, language: Language) -> str:
        return self.say(lexicon, language, "gent", 5).partition(" ")[2]

    def fits(self, other: Thing) -> bool:
        return self.id == other.id and self.person == other.person and self.color in ("", other.color)


ANYBODY = Thing("any", person=True)


@dataclass(frozen=True)
class Place:
    id: str
    preposition: str = ""
    words: str = ""  # as it was said, with its preposition


@dataclass(frozen=True)
class Named:
    things: tuple[Thing, ...]
    places: tuple[Place, ...]


def named(heard: Heard, text: str) -> Named:
    """In order of the text."""
    things: list[Thing] = []
    places: list[Place] = []
    pieces = heard.pieces_of(text)
    for index, piece in enumerate(pieces):
        if not isinstance(piece.value, tuple):
            continue
        kind, id = piece.value
        if kind == "object":
            last = things[-1] if things else None
            colored = last is not None and not last.id and pieces[index - 1].kind == "color"
            if colored and last is not None and piece.start - pieces[index - 1].end <= 1:
                things[-1] = replace(last, id=id)
            else:
                things.append(Thing(id))
        elif kind == "color":
            things.append(Thing("", id))
        elif kind == "person":
            things.append(Thing(id, person=True))
        elif kind == "place":
            places.append(Place(id, piece.preposition, text[piece.begin : piece.end]))
    if has(words_of(heard.language)["crowd"], text):
        things.append(ANYBODY)
    return Named(tuple(dict.fromkeys(things)), tuple(dict.fromkeys(places)))


def place_words(place: Place, language: Language, lexicon: Lexicon, to: bool) -> str:
    """With its preposition; `to`: where it goes, and not where it is."""
    data = words_of(language)
    preposition = data["inside"].get(place.preposition, place.preposition)
    known = preposition in data["place_words"]
    usual = "on" if language == "en" else "на"
    rather = preposition if known else usual if place.id in data["on"] else data["in"]
    if language == "en":
        return f"{rather} the {lexicon.say('place', place.id, 'en')}"
    if rather in ("в", "во", "на"):
        return f"{rather} {lexicon.say('place', place.id, 'ru', 'accs' if to else 'loct')}"
    case: Case = {"у": "gent", "около": "gent", "возле": "gent", "к": "datv", "ко": "datv"}.get(rather, "ablt")  # type: ignore[assignment]
    return f"{rather} {lexicon.say('place', place.id, 'ru', case)}"


def behind(heard: Heard) -> list[tuple[int, Earlier]]:
    """What the turn may lean on, the last first, each with its index in `leaning`; what nobody made out when that is
    all there is."""
    return list(enumerate(heard.leaning)) or [(-1, one) for one in reversed(heard.earlier[-2:])]


def has(pattern: str, text: str) -> bool:
    return re.search(pattern, plain(text)) is not None


def first_at(pattern: str, texts: Sequence[str]) -> int:
    """Where in the first text it stands, -1 = nowhere."""
    found = re.search(pattern, plain(texts[0])) if texts else None
    return found.start() if found else -1


@lru_cache(maxsize=2)
def words_of(language: Language) -> Mapping[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("things.yaml"))[language])
