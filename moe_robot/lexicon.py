"""The words for the things of one home: how people name them (every form) and how the robot does.

Places, objects, colours and people come from the world's data (`lexicon_of`). Russian forms, phrases of adjectives and
a noun included, are inflected with pymorphy3. Nothing here knows sentences or plans.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, Protocol, TypeAlias

import pymorphy3

from moe_robot.short_names import with_short_names
from moe_robot.structs import Language

Names: TypeAlias = Mapping[str, tuple[str, ...]]  # language -> names, the first is the one the robot says
Kind: TypeAlias = Literal["place", "object", "color", "person"]
Case: TypeAlias = Literal["nomn", "gent", "datv", "accs", "ablt", "loct"]
Phrase: TypeAlias = tuple[str, ...]

KINDS: tuple[Kind, ...] = ("place", "object", "color", "person")
CASES: tuple[Case, ...] = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


@lru_cache(maxsize=1)
def analyzer() -> pymorphy3.MorphAnalyzer:
    """The Russian dictionary (about 0.1 s, 15 MB), loaded at the first use."""
    return pymorphy3.MorphAnalyzer(lang="ru")


def normalize(text: str) -> str:
    """Lower case, ё as е, typographic apostrophes and hyphens as ASCII."""
    return text.lower().replace("ё", "е").replace("’", "'").replace("‑", "-").replace("–", "-")


class NamedPerson(Protocol):
    @property
    def names(self) -> Names: ...


class NamedHome(Protocol):
    """What of `world.home.Home` has names."""

    @property
    def objects(self) -> Mapping[str, Names]: ...

    @property
    def colors(self) -> Mapping[str, Names]: ...

    @property
    def people(self) -> Mapping[str, NamedPerson]: ...

    def place_names(self) -> Mapping[str, Names]: ...


def lexicon_of(home: NamedHome) -> Lexicon:
    """People are known by their short names too."""
    people = {id: person.names for id, person in home.people.items()}
    lexicon = Lexicon(home.place_names(), home.objects, home.colors, people)
    lexicon.add_short_names(with_short_names(people))
    return lexicon


class Lexicon:
    """Names of everything one home can speak of. `forms` maps normalised words to what they may mean."""

    def __init__(
        self,
        places: Mapping[str, Names],
        objects: Mapping[str, Names],
        colors: Mapping[str, Names],
        people: Mapping[str, Names],
    ) -> None:
        self.names: dict[str, dict[str, Names]] = {
            "place": dict(places),
            "object": dict(objects),
            "color": dict(colors),
            "person": dict(people),
        }
        self.forms: dict[Phrase, list[tuple[Kind, str]]] = {}
        self.heads: dict[str, set[str]] = {}  # last word of a longer place name -> ids of the places
        self.short: set[str] = set()  # words of short names only: too short to be guessed from a slip
        self.version = 0  # grows when a name is added
        for kind in KINDS:
            for id, names in self.names[kind].items():
                self._index(kind, id, names)

    def add_place(self, id: str, names: Names) -> None:
        """A place that a person has named. Several calls with one id add to its names."""
        known = self.names["place"].get(id, {})
        merged = {
            language: tuple(dict.fromkeys((*known.get(language, ()), *names.get(language, ()))))
            for language in {*known, *names}
        }
        self.names["place"][id] = merged
        self._index("place", id, names)
        self.version += 1

    def add_short_names(self, people: Mapping[str, Names]) -> None:
        known = self.words()
        for id, names in people.items():
            self._index("person", id, names)
        self.short |= self.words() - known

    def lookup(self, words: Sequence[str]) -> list[tuple[Kind, str]]:
        """What these normalised words name, the best guess first; empty when nothing."""
        return self.forms.get(tuple(words), [])

    def say(self, kind: Kind, id: str, language: Language, case: Case = "nomn", number: int = 1) -> str:
        """The robot's name for it, inflected in Russian; the id itself when it has no name."""
        names = self.names[kind].get(id, {})
        for candidate in (language, *names):
            if names.get(candidate):
                return _inflect_name(names[candidate][0], kind, case, number)
        return id

    def thing(self, object: str, color: str, language: Language, case: Case = "nomn", count: int = 1) -> str:
        """ "красную кружку", "3 синих мяча", "red cubes": noun and colour agree; `count` != 1 is said too.

        `object` or `color` may be ""; "any" is said as "thing".
        """
        noun = _ANYTHING[language] if object in ("", "any") else self.say("object", object, language)
        adjective = self.say("color", color, language) if color else ""
        if language == "en":
            words = [adjective, noun if count == 1 else _plural_en(noun)]
        else:
            words = _agree_ru(adjective, noun, case, count)
        if count != 1:
            words.insert(0, str(count))
        return " ".join(word for word in words if word)

    def one(self, object: str, language: Language, case: Case = "nomn", noun: str = "") -> str:
        """ "одну", "one": in agreement with the object, or with `noun` in the nominative when it is given."""
        if language == "en":
            return "one"
        noun = noun or (_ANYTHING["ru"] if object in ("", "any") else self.say("object", object, "ru"))
        return _agree_ru("один", noun, case, 1)[0]

    def words(self) -> set[str]:
        """Every single word that occurs in a name, in all its forms."""
        return {word for phrase in self.forms for word in phrase}

    def _index(self, kind: Kind, id: str, names: Names) -> None:
        for language_names in names.values():
            for name in language_names:
                for phrase in _surface_forms(name, kind):
                    self._add(phrase, kind, id)
                    if len(phrase) == 2 and _CYRILLIC.search(phrase[0]):
                        self._add((phrase[1], phrase[0]), kind, id)  # "стол рабочий"
                    if kind == "place" and len(phrase) > 1 and len(normalize(name).split()) > 1:
                        self.heads.setdefault(phrase[-1], set()).add(id)

    def _add(self, phrase: Phrase, kind: Kind, id: str) -> None:
        meanings = self.forms.setdefault(phrase, [])
        if (kind, id) not in meanings:
            meanings.append((kind, id))


_ANYTHING: Mapping[Language, str] = {"en": "thing", "ru": "предмет"}


def _surface_forms(name: str, kind: Kind) -> set[Phrase]:
    words = normalize(name).split()
    if not words:
        return set()
    russian = any(_CYRILLIC.search(word) for word in words)
    phrases = {tuple(form) for form in (_forms_ru(words, kind) if russian else _forms_en(words, kind))}
    for phrase in list(phrases):
        if len(phrase) == 2 and not russian:
            phrases.add(("".join(phrase),))  # "livingroom"
        if any("-" in word for word in phrase):
            phrases.add(tuple(part for word in phrase for part in word.split("-") if part))
    return phrases


def _forms_en(words: list[str], kind: Kind) -> list[list[str]]:
    forms = [words]
    if kind in ("object", "place"):
        forms.append([*words[:-1], _plural_en(words[-1])])
    return forms


def _plural_en(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def _diminutives(noun: str) -> list[str]:
    """ "бутылочка", "диванчик": what the dictionary knows of the usual ways to make a thing small."""
    hissing = noun[-3:-2] in ("ж", "ш", "ч", "щ")
    if noun.endswith("ка"):
        candidates = [noun[:-2] + ("ечка" if hissing else "очка")]
    elif noun.endswith("ня"):
        candidates = [noun[:-2] + "онька", noun[:-3] + "енка"]
    elif noun.endswith("ь"):
        candidates = [noun[:-1] + "ка"]
    elif noun.endswith("а"):
        candidates = [noun[:-1] + "очка"]
    elif noun.endswith("о"):
        candidates = [noun[:-1] + "ице", noun[:-1] + "ишко"]
    elif noun.endswith("ик"):
        candidates = [noun[:-2] + "ичек"]
    elif noun[-1] in "бвгджзклмнпрстфхцчшщ":
        candidates = [noun + "ик", noun + "чик", noun + "ичек"]
    else:
        candidates = []
    return [word for word in candidates if analyzer().word_is_known(word)]


def _forms_ru(words: list[str], kind: Kind, diminutives: bool = True) -> list[list[str]]:
    """All cases and both numbers of an adjective, a noun, or adjectives and a noun that agree."""
    if kind == "color":
        adjective = words[-1]
        forms = [[normalize(form.word)] for form in _parse(adjective, ("ADJF",)).lexeme if "COMP" not in form.tag]
        if adjective.endswith(("ый", "ий")):  # "красненький"
            stems = [normalize(other.word) for other in _parse("маленький", ("ADJF",)).lexeme]
            forms += [[adjective[:-2] + stem[3:]] for stem in stems if stem.startswith("маленьк")]
        return forms
    head = _parse(words[-1], ("NOUN", "ADJF"))
    forms = [words]
    if kind != "person" and diminutives:
        for small in _diminutives(words[-1]):
            forms += _forms_ru([*words[:-1], small], kind, diminutives=False)
    numbers = ("sing",) if kind in ("person",) else ("sing", "plur")
    for number in numbers:
        for case in CASES:
            for extra in ((), ("loc2",), ("V-ey",), ("V-oy",)) if case in ("loct", "ablt") else ((),):
                form = _phrase_ru(words, head, "loc2" if extra == ("loc2",) else case, number)
                if form is not None:
                    forms.append(form)
    # a room that is called by an adjective may be said with the noun: "ванная комната"
    if kind == "place" and len(words) == 1 and str(head.tag).startswith(("ADJF", "NOUN")) and words[0].endswith("ая"):
        forms += _forms_ru([*words, "комната"], kind, diminutives=False)
    return forms


def _phrase_ru(words: list[str], head: pymorphy3.analyzer.Parse, case: str, number: str) -> list[str] | None:
    noun = head.inflect({case, number})
    if noun is None:
        return None
    result = []
    for word in words[:-1]:
        adjective = _parse(word, ("ADJF", "PRTF"))
        if word.endswith("ая") and not str(adjective.tag).startswith(("ADJF", "PRTF")):
            own = adjective.inflect(
                {"loct" if case == "loc2" else case, number}
            )  # "прихожая" is a noun to the dictionary
            result.append(normalize(own.word) if own else word)
        elif str(adjective.tag).startswith(("ADJF", "PRTF")):
            grammemes = {"loct" if case == "loc2" else case, number}
            if number == "sing" and head.tag.gender:
                grammemes.add(head.tag.gender)
            if case == "accs" and head.tag.gender != "femn":
                grammemes.add(head.tag.animacy or "inan")
            inflected = adjective.inflect(grammemes)
            result.append(normalize(inflected.word) if inflected else word)
        else:
            result.append(word)  # "док" in "док станция", a preposition, a foreign word
    return [*result, normalize(noun.word)]


@lru_cache(maxsize=4096)
def _parse(word: str, parts: tuple[str, ...]) -> pymorphy3.analyzer.Parse:
    """The reading of a nominative that the data means: one of `parts`, singular nominative where there is one."""
    readings = analyzer().parse(word)
    for wanted in (("nomn", "sing"), ("nomn",), ()):
        for part in parts:
            for reading in readings:
                if str(reading.tag).startswith(part) and all(grammeme in reading.tag for grammeme in wanted):
                    return reading
    return readings[0]


@lru_cache(maxsize=4096)
def _inflect_name(name: str, kind: Kind, case: str, number: int) -> str:
    if not _CYRILLIC.search(name):
        return name if number == 1 else _plural_en(name)
    words = name.split()
    if kind == "color":
        return str(_restore(_parse(words[-1].lower(), ("ADJF",)), {case, "sing" if number == 1 else "plur"}, words[-1]))
    head = _parse(words[-1].lower(), ("NOUN", "ADJF"))
    if case == "nomn" and number == 1:
        return name
    form = _phrase_ru([word.lower() for word in words], head, case, "sing" if number == 1 else "plur")
    if form is None:
        return name
    form[-1] = _restore(head, {case, "sing" if number == 1 else "plur"}, words[-1])
    return " ".join(
        word[:1].upper() + word[1:] if original[:1].isupper() else word
        for word, original in zip(form, words, strict=True)
    )


def _restore(parse: pymorphy3.analyzer.Parse, grammemes: set[str], fallback: str) -> str:
    form = parse.inflect(grammemes)
    return str(form.word) if form is not None else fallback


def _agree_ru(adjective: str, noun: str, case: str, count: int) -> list[str]:
    """The adjective and the noun in agreement with each other and with the count."""
    head = _parse(noun.split()[-1].lower(), ("NOUN",))
    gender, animacy = head.tag.gender or "masc", head.tag.animacy or "inan"
    last, two = abs(count) % 10, abs(count) % 100
    if count == 1:
        noun_form = head.inflect({case, "sing"})
        grammemes = {case, "sing", gender} | ({animacy} if case == "accs" and gender != "femn" else set())
    elif case not in ("nomn", "accs"):
        noun_form, grammemes = head.inflect({case, "plur"}), {case, "plur"}
    elif last == 1 and two != 11:
        noun_form = head.inflect({case, "sing"})
        grammemes = {case, "sing", gender} | ({animacy} if case == "accs" and gender != "femn" else set())
    elif last in (2, 3, 4) and two not in (12, 13, 14):
        noun_form = head.inflect({"gent", "sing"})
        grammemes = {"nomn", "plur"} if gender == "femn" else {"gent", "plur"}
    else:
        noun_form, grammemes = head.inflect({"gent", "plur"}), {"gent", "plur"}
    words = [noun_form.word if noun_form is not None else noun]
    if adjective:
        form = _parse(adjective.lower(), ("ADJF",)).inflect(grammemes)
        words.insert(0, form.word if form is not None else adjective)
    return words
