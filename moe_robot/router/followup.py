"""An utterance that leans on the one before, made whole: "а теперь налево", "and in Tokyo?", "go to it", "ещё раз".

    complete("а в спальню?", "ru", Earlier("сколько метров до кухни", ...))  ->  "сколько метров до спальни"

What stands for what is found by type (direction, amount, name of the home, number, language, expression, a stretch
behind a preposition): the piece that was said takes the place of the piece of the same type. Words are data
(`followups.yaml`). Nothing is guessed: without a place for it in the earlier utterance the text stands as it is. The
result is a sentence like any other: the router, the checker and the gate judge it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import Case, Kind, Lexicon, analyzer, normalize
from moe_robot.router.numbers import Numbers
from moe_robot.router.text import tokenize
from moe_robot.structs import Language

LONGEST_WORDS = 14  # longer utterances stand by themselves, unless they hold a pronoun
NAME_WORDS = 4
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*|[^\w\s]")
_FUNCTIONS = r"(?:sin|cos|tan|tg|ctg|ln|log|exp|sqrt|pi)(?![a-z])"
_STRETCH = re.compile(
    rf"(?:(?:\d+(?:[.,]\d+)?|{_FUNCTIONS}|(?<![^\W\d_])[xyz](?![^\W\d_])|[-+*/^=²³√()])\s*)+", re.IGNORECASE
)
_OPERATION = re.compile(rf"[-+*/^=²³√]|{_FUNCTIONS}")


@dataclass(frozen=True)
class Earlier:
    """One earlier exchange: what was said (completed already), what was answered, who answered."""

    text: str
    reply: str = ""
    expert: str = ""


@dataclass(frozen=True)
class Completion:
    """`kind`: again | why | scaled | pronoun | said | piece | condition. `elliptic`: the text alone is a fragment,
    over which the completion should win."""

    text: str
    kind: str
    elliptic: bool = True


@dataclass(frozen=True)
class _Piece:
    """Characters [start, end) of a text; with its preposition from `begin` on."""

    kind: str
    start: int
    end: int
    begin: int
    value: object = None


class FollowUps:
    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._numbers = Numbers()
        self._data = {language: _Data.of(language) for language in ("ru", "en")}

    def complete(self, text: str, language: Language, history: Sequence[Earlier]) -> Completion | None:
        """None: it stands by itself. `history` is oldest first."""
        if not history:
            return None
        data, earlier = self._data[language], history[-1]
        plain = _plain(text)
        if plain in data.again:
            return Completion(earlier.text, "again")
        if plain in data.why:
            return Completion(_WHY[language].format(earlier.text), "why")
        for factor, phrases in data.doubled.items():
            if data.stripped(plain) in phrases or plain in phrases:
                scaled = self._scaled(earlier.text, factor, language)
                return Completion(scaled, "scaled") if scaled else None
        if len(plain.split()) <= LONGEST_WORDS:
            pieced = self._pieced(text, language, earlier, data)
            if pieced is not None:
                return pieced
        return self._with_pronoun(text, language, history, data)

    # ---------------------------------------------------------------- the same with another piece

    def _pieced(self, text: str, language: Language, earlier: Earlier, data: _Data) -> Completion | None:
        fragment, opener = data.without_opener(text)
        exchanged = self._exchanged(fragment, earlier.text, data)
        if exchanged is not None:
            return Completion(exchanged, "piece")
        if " не " in f" {_plain(text)}" or " not " in f" {_plain(text)}":
            fragment = _last_clause(fragment)  # "не налево, а направо"
        pieces = self._pieces(fragment, language, data)
        rest = _residue(fragment, pieces, data)
        if rest and not opener:
            return None
        if pieces and not [word for word in rest if word not in data.things]:
            built = self._put(earlier.text, fragment, pieces, language, data)
            if built is not None and _plain(built) != _plain(earlier.text):
                return Completion(built, "piece")
            return None
        if opener and rest and len(_plain(fragment).split()) <= 4:
            built = self._behind_preposition(earlier.text, fragment, data)
            if built is not None:
                return Completion(built, "piece")
        if opener in data.conditions:
            return Completion(f"{earlier.text.rstrip(' ?!.')}, {text.strip()}", "condition")
        return None

    def _put(self, old: str, fragment: str, pieces: Sequence[_Piece], language: Language, data: _Data) -> str | None:
        """The earlier text with each piece in the place of its like; None when one has no place there."""
        there = self._pieces(old, language if _script(old) is None else _script(old) or language, data)
        changes: list[tuple[int, int, str]] = []
        for piece in pieces:
            like = [one for one in there if one.kind == piece.kind]
            if not like and piece.kind in ("place", "object", "person"):
                like = [one for one in there if one.kind in ("place", "object", "person")]
            if not like and piece.kind == "color":
                things = [one for one in there if one.kind == "object"]
                if things:
                    changes.append((things[-1].start, things[-1].start, fragment[piece.start : piece.end] + " "))
                    continue
            if not like and piece.kind.startswith("amount") and any(one.kind in ("line", "turn") for one in there):
                changes.append(
                    (len(old.rstrip(" .!?")), len(old.rstrip(" .!?")), " " + fragment[piece.begin : piece.end])
                )
                continue
            if not like and piece.kind.startswith("amount"):
                like = [one for one in there if one.kind == "number"]
            if not like and piece.kind == "number":
                like = [one for one in there if one.kind.startswith("amount")]
            if not like:
                return None
            target = like[-1]
            with_preposition = piece.begin < piece.start and target.begin < target.start
            new = fragment[piece.begin if with_preposition else piece.start : piece.end]
            if piece.kind == "number" and target.kind.startswith("amount"):
                new = _NUMBER_WORD.sub(fragment[piece.start : piece.end], old[target.start : target.end], count=1)
            elif not with_preposition and target.kind in ("place", "object", "person"):
                new = self._inflected(piece, old[target.start : target.end], language) or new
            changes.append((target.begin if with_preposition else target.start, target.end, new))
        return _changed(old, changes)

    def _inflected(self, piece: _Piece, instead_of: str, language: Language) -> str | None:
        """The name in the case of the one that it replaces."""
        if language != "ru" or not isinstance(piece.value, tuple):
            return None
        last = instead_of.split()[-1]
        case = str(analyzer().parse(normalize(last))[0].tag.case or "")
        kind, id = piece.value
        return self._lexicon.say(kind, id, language, case) if case in _CASES else None  # type: ignore[arg-type]

    def _exchanged(self, fragment: str, old: str, data: _Data) -> str | None:
        """ "вместо шести четыре", "four instead of six": the one out, the other in."""
        plain = _plain(fragment)
        for word in data.instead:
            if f" {word} " not in f" {plain} ":
                continue
            before, _, after = f" {plain} ".partition(f" {word} ")
            sides = [before.split(), after.split()]
            out = sides[1][:1]
            new = sides[1][1:] or sides[0]
            new = [w for w in new if w not in data.fillers and w not in data.opening_words][-3:]
            if not out or not new:
                return None
            for said in (out[0], self._digits(out[0])):
                found = re.search(rf"(?<!\w){re.escape(said)}(?!\w)", old, re.IGNORECASE) if said else None
                if found is not None:
                    replacement = self._digits(" ".join(new)) if said.isdigit() else ""
                    return _changed(old, [(found.start(), found.end(), replacement or " ".join(new))])
        return None

    def _digits(self, words: str) -> str:
        """ "шести" -> "6", "" when it is no number."""
        spans = self._numbers.spans(tokenize(words, {}))
        values = [span.value for span in spans if span.kind == "number"]
        return f"{values[0]:g}" if values else ""

    def _behind_preposition(self, old: str, fragment: str, data: _Data) -> str | None:
        """ "в Токио": instead of what stands behind the last preposition of that kind."""
        words = _WORD.findall(fragment)
        if not words or normalize(words[0]) not in data.prepositions:
            return None
        new = fragment.strip(" ?!.,")
        places = [m for m in re.finditer(r"[^\W_]+", old) if normalize(m.group()) in data.prepositions]
        same = [m for m in places if normalize(m.group())[:1] == normalize(words[0])[:1]] or places
        base = old.rstrip(" ?!.")
        if not same:
            return f"{base} {new}"
        return f"{base[: same[-1].start()]}{new}".strip()

    # ---------------------------------------------------------------- amounts

    def _scaled(self, old: str, factor: float, language: Language) -> str | None:
        """The earlier text with its last amount times `factor`."""
        pieces = [p for p in self._pieces(old, language, self._data[language]) if p.kind.startswith("amount")]
        if not pieces:
            return None
        piece = pieces[-1]
        assert isinstance(piece.value, float)
        unit = _UNITS[piece.kind.partition(":")[2]][language]
        return _changed(old, [(piece.start, piece.end, f"{piece.value * factor:g} {unit}")])

    # ---------------------------------------------------------------- pronouns

    def _with_pronoun(
        self, text: str, language: Language, history: Sequence[Earlier], data: _Data
    ) -> Completion | None:
        words = list(re.finditer(r"[^\W_]+(?:-[^\W_]+)*", text))
        plain = [normalize(m.group()) for m in words]
        goes = any(word.startswith(data.going) for word in plain)
        for index, word in enumerate(plain):
            if word in data.places and index > 0:
                name = self._mentioned(history, ("place",), language, data, word, "" if goes else "in")
                if name is not None:
                    return Completion(_changed(text, [(*words[index].span(), name)]), "pronoun", False)
            if word not in data.things or (language == "ru" and index == 0 and word in ("он", "она", "оно")):
                continue
            person = word in data.persons
            kinds: tuple[Kind, ...] = ("person",) if person else ("object", "person", "place")
            before = plain[index - 1] if index else ""
            name = self._mentioned(history, kinds, language, data, word, before)
            if name is not None:
                return Completion(_changed(text, [(*words[index].span(), name)]), "pronoun", False)
        return self._with_said(text, language, history[-1], data)

    def _with_said(self, text: str, language: Language, earlier: Earlier, data: _Data) -> Completion | None:
        """ "переведи это на английский", "now differentiate that": what was said or found before."""
        plain = _plain(text)
        for phrase in sorted(data.said, key=len, reverse=True):
            found = re.search(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", normalize(text))
            if found is None or len(plain.split()) < 2:
                continue
            expression = _expression(earlier.text) or _expression(earlier.reply)
            wants_words = any(word in plain for word in _TRANSLATE)
            said = f"«{earlier.reply or earlier.text}»" if wants_words else expression
            if not said:
                return None
            return Completion(_changed(text, [(found.start(), found.end(), said)]), "said", False)
        return None

    def _mentioned(
        self,
        history: Sequence[Earlier],
        kinds: Sequence[Kind],
        language: Language,
        data: _Data,
        pronoun: str,
        before: str = "",
    ) -> str | None:
        """The name last spoken of, in the case that the pronoun has."""
        for earlier in reversed(history):
            for said in (earlier.text, earlier.reply):
                told = _script(said) or language
                pieces = self._pieces(said, told, self._data[told])
                for piece in reversed(pieces):
                    if piece.kind not in kinds or not isinstance(piece.value, tuple):
                        continue
                    kind, id = piece.value
                    if language == "ru" and not self._agrees(kind, id, pronoun, data):
                        continue
                    color = next(
                        (
                            p.value[1]
                            for p in pieces
                            if p.kind == "color" and isinstance(p.value, tuple) and p.end <= piece.start
                        ),
                        "",
                    )
                    return self._named(kind, id, str(color), language, data, pronoun, before)
        return None

    def _agrees(self, kind: Kind, id: str, pronoun: str, data: _Data) -> bool:
        if pronoun in data.places or pronoun in data.plural:
            return True
        name = self._lexicon.say(kind, id, "ru").split()[-1]
        gender = next((p.tag.gender for p in analyzer().parse(normalize(name)) if p.tag.POS == "NOUN"), None)
        return gender is None or (gender == "femn") == (pronoun in data.feminine)

    def _named(
        self, kind: Kind, id: str, color: str, language: Language, data: _Data, pronoun: str, before: str
    ) -> str:
        if pronoun in data.places:
            how = "in" if before == "in" and data.places[pronoun] == "to" else data.places[pronoun]
            if language == "en":
                return {"to": "to the ", "in": "in the ", "from": "from the "}[how] + self._lexicon.say(
                    kind, id, language
                )
            case: Case = {"to": "datv", "in": "loct", "from": "gent"}[how]  # type: ignore[assignment]
            return {"to": "к ", "in": "в ", "from": "от "}[how] + self._lexicon.say(kind, id, language, case)
        wanted = data.after.get(before) or data.things[pronoun]
        if language == "en":
            the = "" if kind == "person" else "the "
            named = self._lexicon.thing(id, color, "en") if kind == "object" else self._lexicon.say(kind, id, "en")
            return the + named
        if kind == "object":
            return self._lexicon.thing(id, color, "ru", wanted)  # type: ignore[arg-type]
        return self._lexicon.say(kind, id, "ru", wanted)  # type: ignore[arg-type]

    # ---------------------------------------------------------------- pieces of a text, by type

    def _pieces(self, text: str, language: Language, data: _Data) -> list[_Piece]:
        found: list[_Piece] = []
        words = list(re.finditer(r"[^\W_]+(?:-[^\W_]+)*", text))
        plain = [normalize(m.group()) for m in words]

        def add(kind: str, first: int, last: int, value: object = None) -> None:
            start, end = words[first].start(), words[last].end()
            if any(start < p.end and p.start < end for p in found):
                return
            begin = words[first - 1].start() if first and plain[first - 1] in data.prepositions else start
            if first > 1 and plain[first - 1] in ("the", "a", "an") and plain[first - 2] in data.prepositions:
                begin = words[first - 2].start()
            found.append(_Piece(kind, start, end, begin, value))

        tokens = tokenize(text, {})
        for span in sorted(self._numbers.spans(tokens), key=lambda one: one.start - one.end):
            start, end = tokens[span.start].start, tokens[span.end - 1].end
            inside = [i for i, m in enumerate(words) if m.start() >= start and m.end() <= end]
            said = [plain[i] for i in inside]
            if inside and span.kind != "times" and said not in _NO_NUMBER:
                kind = "number" if span.kind == "number" else f"amount:{span.kind}"
                add(kind, inside[0], inside[-1], span.value)
        for size in range(NAME_WORDS, 0, -1):
            for first in range(len(plain) - size + 1):
                for kind, id in self._lexicon.lookup(plain[first : first + size])[:1]:
                    add(kind, first, first + size - 1, (kind, id))
        for index, word in enumerate(plain):
            for kind, sides in data.directions.items():
                for side, forms in sides.items():
                    if word in forms:
                        add(kind, index, index, side)
        for id, phrases in data.languages.items():
            for phrase in phrases:
                for first in range(len(plain)):
                    count = len(phrase.split())
                    if " ".join(plain[first : first + count]) == phrase:
                        add("language", first, first + count - 1, id)
        return sorted(found, key=lambda piece: piece.start)


@dataclass(frozen=True)
class _Data:
    """The words of one language, compiled."""

    openers: tuple[str, ...]
    opening_words: frozenset[str]
    conditions: frozenset[str]
    again: frozenset[str]
    why: frozenset[str]
    doubled: Mapping[float, tuple[str, ...]]
    instead: tuple[str, ...]
    directions: Mapping[str, Mapping[str, Sequence[str]]]
    languages: Mapping[str, Sequence[str]]
    things: Mapping[str, str]
    places: Mapping[str, str]
    said: frozenset[str]
    persons: frozenset[str]
    feminine: frozenset[str]
    plural: frozenset[str]
    after: Mapping[str, str]
    prepositions: frozenset[str]
    fillers: frozenset[str]
    going: tuple[str, ...]

    @staticmethod
    def of(language: Language) -> _Data:
        data: Mapping[str, Any] = _read()[language]
        openers = sorted({_plain(o) for o in data["openers"]}, key=len, reverse=True)
        return _Data(
            openers=tuple(openers),
            opening_words=frozenset(word for opener in openers for word in opener.split()),
            conditions=frozenset({"а если", "what if", "and if", "but if"}),
            again=frozenset(_plain(p) for p in data["again"]),
            why=frozenset(_plain(p) for p in data["why"]),
            doubled={float(k): tuple(_plain(p) for p in v) for k, v in data["doubled"].items()},
            instead=tuple(data["instead"]),
            directions=data["directions"],
            languages={k: [_plain(p) for p in v] for k, v in data["languages"].items()},
            things=data["pronouns"]["thing"],
            places=data["pronouns"]["place"],
            said=frozenset(data["pronouns"]["said"]),
            persons=frozenset(data.get("persons", ())),
            feminine=frozenset(data["feminine"]),
            plural=frozenset(data["plural"]),
            after=data["after_prepositions"],
            prepositions=frozenset(data["prepositions"]),
            fillers=frozenset(data["fillers"]),
            going=tuple(data["going"]),
        )

    def stripped(self, plain: str) -> str:
        """Without the words that open a continuation."""
        while True:
            opener = next((o for o in self.openers if plain == o or plain.startswith(f"{o} ")), None)
            if opener is None or plain == opener:
                return plain
            plain = plain[len(opener) :].strip()

    def without_opener(self, text: str) -> tuple[str, str]:
        """The text behind its opening words, and the first of those ("" = none)."""
        first, rest = "", text.strip()
        while True:
            words = list(re.finditer(r"[^\W_]+(?:-[^\W_]+)*", rest))
            plain = [normalize(m.group()) for m in words]
            for opener in self.openers:
                count = len(opener.split())
                if count < len(plain) and " ".join(plain[:count]) == opener:
                    first = first or opener
                    rest = rest[words[count - 1].end() :].lstrip(" ,.:;—-")
                    break
            else:
                return rest, first


@lru_cache(maxsize=1)
def _read() -> Mapping[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("followups.yaml")))


_NO_NUMBER = (["one"], ["один"], ["одна"], ["одну"], ["одно"])  # "the red one"
_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_UNITS: Mapping[str, Mapping[Language, str]] = {
    "length": {"ru": "м", "en": "m"},
    "duration": {"ru": "секунд", "en": "seconds"},
    "angle": {"ru": "градусов", "en": "degrees"},
    "percent": {"ru": "процентов", "en": "percent"},
    "speed": {"ru": "м/с", "en": "m/s"},
    "delay": {"ru": "секунд", "en": "seconds"},
    "rounds": {"ru": "раз", "en": "rounds"},
}
_WHY: Mapping[Language, str] = {"ru": "почему ты так решил: {}", "en": "why did you decide so: {}"}
_TRANSLATE = ("перевед", "перевод", "translate", "по-английски", "по-русски", "скажи", "say")
_NUMBER_WORD = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")


def _plain(text: str) -> str:
    """Normalised words with one space between."""
    return " ".join(re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", normalize(text)))


def _script(text: str) -> Language | None:
    letters = [c for c in text.lower() if c.isalpha()]
    if not letters:
        return None
    return "ru" if sum("а" <= c <= "я" or c == "ё" for c in letters) * 2 >= len(letters) else "en"


def _residue(fragment: str, pieces: Iterable[_Piece], data: _Data) -> list[str]:
    """Words of the fragment that are in no piece and mean something."""
    covered = [(p.begin, p.end) for p in pieces]
    return [
        normalize(m.group())
        for m in re.finditer(r"[^\W_]+(?:-[^\W_]+)*", fragment)
        if not any(a <= m.start() < b for a, b in covered)
        and normalize(m.group()) not in data.fillers | data.opening_words | data.prepositions
    ]


def _last_clause(text: str) -> str:
    return re.split(r",|\bа\b|\bbut\b", text)[-1]


def _expression(text: str) -> str:
    """The longest stretch that reads as mathematics, "" when there is none."""
    found = [m.group().strip(" .,?") for m in _STRETCH.finditer(text)]
    return max((one for one in found if _OPERATION.search(one) and len(one) > 2), key=len, default="")


def _changed(text: str, changes: Sequence[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text
