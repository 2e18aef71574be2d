"""What the robot says, as templates in `phrasebook/<language>.yaml`, with the cases and plurals of each language.

A template is a sentence with fields: `Еду {place:to}.`, `Проехал {distance_m:m}.`; after the colon stands how the value
is put into words. Words for places, things and people come from the lexicon; this file knows only how to join them.

    value          field kinds
    Thing          nomn gent datv accs ablt loct (Russian cases), the a (English articles), to in, many ("сколько
                   кружек"), none ("кружек нет"), counted (accusative), counted_nomn
    Place, Point   nomn gent datv accs ablt loct the, to in (with the preposition)
    number         num; m (measured: no finer than it is worth), way (a length as it was said), deg mps times percent,
                   s (any duration), ago; _gent _nomn _loct after a unit name the case
    str            nothing, q (in quotes), color, or a table of the phrase book: skill question capability

A tuple of these is joined with commas and "and". Does not know skills, plans or the map.
"""

from __future__ import annotations

import math
import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import Case, Lexicon
from moe_robot.structs import LANGUAGES, Language

FOLDER = Path(__file__).parent / "phrasebook"
CASES: Mapping[str, Case] = {
    "nomn": "nomn", "gent": "gent", "datv": "datv", "accs": "accs", "ablt": "ablt", "loct": "loct",
}  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """An object, a person or a number of them. `kind` "" or "any" = no matter what; `person` "any" = somebody."""

    kind: str = ""
    color: str = ""
    person: str = ""
    count: int = 1


@dataclass(frozen=True)
class Place:
    """A room, a piece of furniture, a named pose; by id."""

    id: str


@dataclass(frozen=True)
class Point:
    """A bare point of the map."""

    x_m: float
    y_m: float


class Phrases:
    """`rooms` are the ids one goes into ("в спальню"); one goes up to every other place ("к дивану")."""

    def __init__(self, lexicon: Lexicon, rooms: Collection[str] = ()) -> None:
        self.lexicon = lexicon
        self.rooms = frozenset(rooms)
        self.books: Mapping[Language, Mapping[str, Any]] = {
            language: read_yaml(FOLDER / f"{language}.yaml") for language in LANGUAGES
        }
        self.templates: Mapping[Language, Mapping[str, str]] = {
            language: dict(_flat(book["phrases"])) for language, book in self.books.items()
        }

    def say(self, key: str, language: Language, **params: object) -> str:
        """The sentence `key` ("done.battery"). Raises KeyError for a key or a parameter that is not there."""
        return _Filler(self, language).vformat(self.templates[language][key], (), params)

    def has(self, key: str, language: Language) -> bool:
        return key in self.templates[language]

    def words(self, value: object, how: str, language: Language) -> str:
        """`value` in words, as a field `{value:how}` of a template would show it."""
        return _Filler(self, language).format_field(value, how)


def sentence(text: str) -> str:
    """First letter upper case."""
    return text[:1].upper() + text[1:]


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


class _Filler(string.Formatter):
    def __init__(self, phrases: Phrases, language: Language) -> None:
        self.phrases = phrases
        self.lexicon = phrases.lexicon
        self.language = language
        self.book = phrases.books[language]

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, tuple | list):
            return self.joined([self.format_field(item, format_spec) for item in value])
        if isinstance(value, Thing):
            return self.thing(value, format_spec)
        if isinstance(value, Place):
            return self.place(value.id, format_spec)
        if isinstance(value, Point):
            x, y = (self.digits(number, 2) for number in (value.x_m, value.y_m))
            return str(self.book["point"].get(format_spec, self.book["point"]["nomn"])).format(x, y)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.text(str(value), format_spec)
        return self.number(float(value), format_spec)

    def joined(self, parts: Sequence[str]) -> str:
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.book['and']} {parts[-1]}"

    def text(self, value: str, how: str) -> str:
        if how == "q":
            return str(self.book["quotes"]).format(value)
        if how == "color":
            return self.lexicon.say("color", value, self.language)
        return str(self.book["tables"].get(how, {}).get(value, value))

    def thing(self, thing: Thing, how: str) -> str:
        if how in ("to", "in"):
            return str(self.book["things"][how]).format(self.thing(thing, self.book["things"][f"{how}_case"]))
        people = bool(thing.person) or thing.kind == "person"
        if how == "none" and people:
            return str(self.book["nouns"]["person"]["none"][0])
        if how in ("many", "none"):
            return self.noun_phrase(replace(thing, count=5), "nomn").split(" ", 1)[1]
        if how.startswith("counted"):
            case: Case = "nomn" if how.endswith("nomn") else "accs"
            text = self.noun_phrase(thing, case)
            if thing.count != 1:
                return text
            noun = str(self.book["nouns"]["person"]["nomn"][0]) if people else ""
            return f"{self.lexicon.one(thing.kind, self.language, case, noun)} {text}"
        text = self.noun_phrase(thing, CASES.get(how, "nomn"))
        known = thing.person not in ("", "any")
        if self.language == "en" and thing.count == 1 and not known:
            if how == "the" and not people:
                return f"the {text}"
            if how in ("the", "a"):
                return f"{'an' if text[:1] in 'aeiou' else 'a'} {text}"
        return text

    def noun_phrase(self, thing: Thing, case: Case) -> str:
        if thing.person not in ("", "any"):
            return self.lexicon.say("person", thing.person, self.language, case)
        if not thing.person and thing.kind != "person":
            return self.lexicon.thing(thing.kind, thing.color, self.language, case, thing.count)
        word = str(self.book["nouns"]["person"][case][self.plural(thing.count)])
        return word if thing.count == 1 else f"{thing.count} {word}"

    def plural(self, count: float) -> int:
        """Which of the forms of a noun: one, few, many. A fraction takes "few" (1,5 метра)."""
        if self.language == "en":
            return 0 if count == 1 else 1
        if count != int(count):
            return 1
        tens, ones = int(count) % 100, int(count) % 10
        if ones == 1 and tens != 11:
            return 0
        return 1 if ones in (2, 3, 4) and tens not in (12, 13, 14) else 2

    def place(self, place: str, how: str) -> str:
        book = self.book["places"]
        room = place in self.phrases.rooms
        if self.language == "en":
            name = self.name(place, "nomn")
            template = book[how]["room" if room else "other"] if how in ("to", "in") else "{}"
            return str(template).format(name) if how in ("to", "in") or how != "the" else f"the {name}"
        if how not in ("to", "in"):
            return self.name(place, CASES.get(how, "nomn"))
        preposition, case = book[how]["room" if room else "other"]
        if preposition == "в" and any(self.name(place, "nomn").startswith(noun) for noun in book["on"]):
            preposition = "на"
        name = self.name(place, CASES[case])
        if any(name.startswith(start) for start in book["long"].get(preposition, ())):
            preposition += "о"
        return f"{preposition} {name}"

    def name(self, place: str, case: Case) -> str:
        if place in self.lexicon.names["place"]:
            return self.lexicon.say("place", place, self.language, case)
        return str(self.book["quotes"]).format(place)

    def number(self, value: float, how: str) -> str:
        unit, _, case = how.partition("_")
        if unit in ("", "num"):
            return self.digits(value, 2)
        if unit == "ago":
            return (
                str(self.book["ago"]).format(self.duration(value, "")) if value >= 1.0 else str(self.book["just_now"])
            )
        if unit == "s":
            return self.duration(value, case)
        if unit in ("m", "way"):
            return self.length(value, unit == "way", case)
        return self.counted(value, unit, case, 2 if unit == "mps" else 0)

    def length(self, value_m: float, exact: bool, case: str) -> str:
        """Metres to a tenth, from ten on to one; less than half a metre to 5 cm, less than 10 cm to one. `exact` keeps
        centimetres."""
        size_m = abs(value_m)
        if not exact:
            step_m = 1.0 if size_m >= 10.0 else 0.1 if size_m >= 0.5 else 0.05 if size_m >= 0.1 else 0.01
            value_m = round(value_m / step_m) * step_m
        if abs(value_m) < 1.0 and abs(value_m - round(value_m, 1)) > 1e-3:
            return self.counted(100.0 * value_m, "cm", case, 0)
        return self.counted(value_m, "m", case, 2)

    def duration(self, value_s: float, case: str) -> str:
        """Seconds as a person says them: 45 seconds, 2 minutes, 1.5 hours, 3 days."""
        for unit, size_s, up_to_s in (("s", 1.0, 100.0), ("min", 60.0, 5400.0), ("h", 3600.0, 172_800.0)):
            if value_s < up_to_s:
                return self.counted(value_s / size_s, unit, case, 1 if value_s < 10.0 * size_s else 0)
        return self.counted(value_s / 86_400.0, "d", case, 0)

    def counted(self, value: float, unit: str, case: str, digits: int) -> str:
        value = round(value, digits)
        form = self.plural(abs(value))
        units = self.book["units"]
        if self.language == "ru":
            if value != int(value):
                case = ""  # "в 1,5 метра", "до 1,5 метра": a fraction is always followed by the same form
            elif case == "gent":
                form = 1 if form == 0 else 2
        return f"{self.digits(value, digits)} {units.get(f'{unit}_{case}', units[unit])[form]}"

    def digits(self, value: float, digits: int) -> str:
        if not math.isfinite(value):
            return str(value)
        text = f"{value:.{digits}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return ("0" if text == "-0" else text).replace(".", str(self.book["decimal_point"]))
