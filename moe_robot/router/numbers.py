"""Numbers and quantities in words and digits: "полтора метра", "two and a half meters", "90°", "пол-оборота".

Works on tokens and gives every reading with the tokens it covers; the data is `numbers.yaml`. Knows no commands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from moe_robot.lexicon import analyzer, normalize
from moe_robot.router.text import Token

_WHOLE_WORDS = frozenset(("full", "complete", "whole", "entire", "полный", "полного", "целый", "целого", "полных"))
_ARTICLES = frozenset(("a", "an"))
_ABOUT = frozenset(("этак", "эдак", "так", "примерно", "приблизительно", "где-то", "где", "то", "ровно", "буквально"))
_BETWEEN = frozenset(("на", "в", "под", "по", "до", "за"))
_SIDES = frozenset(("налево", "влево", "вправо", "направо", "левее", "правее", "left", "right"))
_LARGE = 100  # a number word from here on multiplies what stands before it ("two hundred", "две тысячи")


@dataclass(frozen=True)
class Quantity:
    """Tokens [start, end) mean `value` of `kind`: number, length (m), duration (s), angle (deg), speed (m/s), percent,
    times, rounds or delay (a duration (s) with "in" inside: "минут через пять")."""

    start: int
    end: int
    kind: str
    value: float


@dataclass(frozen=True)
class _Unit:
    kind: str
    factor: float
    short: bool  # an abbreviation: only after a number
    genitive: bool  # "метров пять" is "about five metres"
    russian: bool


class Numbers:
    """The tables of both languages, compiled. `spans` is the whole use."""

    def __init__(self) -> None:
        path = Path(__file__).with_name("numbers.yaml")
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self._cardinals: dict[str, float] = {}
        self._wholes: dict[str, float] = {}
        self._parts: dict[str, float] = {}
        self._exact: dict[str, float] = {}
        self._tenths: dict[str, float] = {}
        self._times: dict[str, float] = {}
        self._units: dict[str, list[_Unit]] = {}
        self._per: dict[str, float] = {}
        self._halves: dict[tuple[str, ...], float] = {}  # "and a half" -> 0.5
        self._minus, self._point, self._per_words = {"-"}, set[str](), {"/"}
        for language in ("ru", "en"):
            self._load(data[language], language == "ru")
        for symbol, (kind, factor) in data["symbols"].items():
            self._units.setdefault(symbol, []).append(_Unit(kind, factor, True, False, False))

    def words(self) -> set[str]:
        """Every word that is a number or a unit."""
        tables: tuple[Iterable[str], ...] = (
            self._cardinals,
            self._wholes,
            self._parts,
            self._exact,
            self._tenths,
            self._times,
            self._units,
            self._per,
            self._minus,
            self._point,
        )
        return {word for table in tables for word in table if word.isalpha()}

    def spans(self, tokens: Sequence[Token]) -> list[Quantity]:
        """Every reading, shortest first at each position."""
        found: dict[tuple[int, int, str], float] = {}
        for start in range(len(tokens)):
            for quantity in self._at(tokens, start):
                found.setdefault((quantity.start, quantity.end, quantity.kind), quantity.value)
        return [Quantity(start, end, kind, round(value, 6)) for (start, end, kind), value in found.items()]

    # ------------------------------------------------------------ tables

    def _load(self, data: Mapping[str, Any], russian: bool) -> None:
        forms = _forms_ru if russian else _forms_en
        for name, table in (("numbers", self._cardinals), ("wholes", self._wholes), ("parts", self._parts)):
            for lemma, value in data[name].items():
                for form, _ in forms(lemma) if russian or name == "parts" else [(lemma, False)]:
                    table.setdefault(form, float(value))
        self._exact |= {word: float(value) for word, value in data["exact"].items()}
        self._tenths |= {word: float(value) for word, value in data["tenths"].items()}
        self._times |= {word: float(value) for word, value in data["fixed_times"].items()}
        self._minus |= set(data["minus"])
        self._point |= set(data["point"])
        self._per_words |= set(data["per_words"])
        self._halves |= {tuple(phrase.split()): float(value) for phrase, value in data["and_a_part"].items()}
        for lemma, factor in data["per"].items():
            self._per[lemma] = float(factor)
        for kind, units in data["units"].items():
            for lemma, factor in units.items():
                for form, genitive in forms(lemma):
                    self._add_unit(form, _Unit(kind, float(factor), False, genitive, russian))
                    if data["half_joined"] and genitive:
                        self._add_unit(
                            data["half_joined"] + form, _Unit(kind, 0.5 * float(factor), False, False, russian)
                        )
        for kind, units in data["short"].items():
            for form, factor in units.items():
                self._add_unit(form, _Unit(kind, float(factor), True, False, russian))

    def _add_unit(self, form: str, unit: _Unit) -> None:
        known = self._units.setdefault(form, [])
        for index, other in enumerate(known):
            if other.kind == unit.kind:
                known[index] = other if other.genitive or not unit.genitive else unit
                return
        known.append(unit)

    # ------------------------------------------------------------ reading

    def _at(self, tokens: Sequence[Token], start: int) -> Iterable[Quantity]:
        word = tokens[start].text
        if word in self._times:
            yield Quantity(start, start + 1, "times", self._times[word])
        part = start + 1 if word == "a" and start + 1 < len(tokens) else start
        if tokens[part].text in self._parts and tokens[part].text != "пол":  # "less than half"
            yield Quantity(start, part + 1, "percent", 100 * self._parts[tokens[part].text])
        for end, value in self._number(tokens, start):
            yield Quantity(start, end, "number", value)
        plain = list(self._measured(tokens, start))
        yield from plain
        for first in plain:  # "2 метра 30 сантиметров", "a minute and ten seconds"
            if first.kind in ("length", "duration"):
                after = first.end
                if after < len(tokens) and tokens[after].text in ("и", "and"):
                    after += 1
                for second in self._measured(tokens, after) if after < len(tokens) else ():
                    if second.kind == first.kind and 0 < second.value < 1 * _unit_size(first):
                        yield Quantity(start, second.end, first.kind, first.value + second.value)
                yield from self._and_hundredths(tokens, first)

    def _and_hundredths(self, tokens: Sequence[Token], first: Quantity) -> Iterable[Quantity]:
        """ "Метр двадцать", "two metres thirty", "минута сорок": the smaller unit is left out."""
        unit = self._units.get(tokens[first.end - 1].text, [])
        if not any(u.kind == first.kind and u.factor == (1 if first.kind == "length" else 60) for u in unit):
            return
        for end, value in self._number(tokens, first.end):
            follows = tokens[end].text if end < len(tokens) else ""
            if follows in self._units or follows in _SIDES or value != int(value) or first.value % unit[0].factor:
                continue
            if 10 <= value < (100 if first.kind == "length" else 60):
                part = value / 100 if first.kind == "length" else value
                yield Quantity(first.start, end, first.kind, first.value + part)

    def _measured(self, tokens: Sequence[Token], start: int) -> Iterable[Quantity]:
        for at, amount, counted in self._amounts(tokens, start):
            for unit_end, unit in self._unit(tokens, at):
                if not counted and (unit.short or unit.kind in ("times", "percent", "speed", "rounds")):
                    continue
                for end, value in self._with_half(tokens, unit_end, amount, unit):
                    yield Quantity(start, end, unit.kind, value)
                    if unit.kind == "length":
                        yield from self._speed(tokens, start, end, value)
        word = tokens[start].text
        for unit in self._units.get(word, ()):
            if unit.genitive and not unit.short:  # "метров пять", "метров этак на пять", "минут через пять"
                at, kind = start + 1, unit.kind
                while at < len(tokens) and at < start + 4:
                    if unit.kind == "duration" and tokens[at].text == "через" and kind != "delay":
                        kind = "delay"
                    elif tokens[at].text not in _ABOUT and tokens[at].text not in _BETWEEN:
                        break
                    at += 1
                for end, value in self._number(tokens, at):
                    yield Quantity(start, end, kind, value * unit.factor)

    def _with_half(self, tokens: Sequence[Token], end: int, amount: float, unit: _Unit) -> Iterable[tuple[int, float]]:
        yield end, amount * unit.factor
        for words, part in self._halves.items():  # "метр с половиной", "a minute and a quarter"
            if _texts(tokens, end, len(words)) == words:
                yield end + len(words), (amount + part) * unit.factor

    def _speed(self, tokens: Sequence[Token], start: int, end: int, length_m: float) -> Iterable[Quantity]:
        pair = _texts(tokens, end, 2)
        if len(pair) == 2 and pair[0] in self._per_words and pair[1] in self._per:
            yield Quantity(start, end + 2, "speed", length_m / self._per[pair[1]])

    def _unit(self, tokens: Sequence[Token], at: int) -> Iterable[tuple[int, _Unit]]:
        if at < len(tokens) and (tokens[at].text in _WHOLE_WORDS or tokens[at].text == "more"):  # "two more metres"
            at += 1
        if at < len(tokens):
            for unit in self._units.get(tokens[at].text, ()):
                yield at + 1, unit
            if _texts(tokens, at, 2) == ("per", "cent"):
                yield at + 2, _Unit("percent", 1.0, False, False, False)

    def _amounts(self, tokens: Sequence[Token], start: int) -> Iterable[tuple[int, float, bool]]:
        """(where the unit begins, how many of it, whether an amount was really said)."""
        word = tokens[start].text
        for end, value in self._number(tokens, start):
            yield end, value, True
            if end < len(tokens) and tokens[end].text == "of":
                yield end + 1, value, True
        at = start + 1 if word in _ARTICLES else start
        if at < len(tokens) and tokens[at].text in self._wholes:  # "a couple of", "пару"
            end = at + 1
            yield (
                (end + 1 if end < len(tokens) and tokens[end].text == "of" else end),
                self._wholes[tokens[at].text],
                True,
            )
        if at < len(tokens) and tokens[at].text in self._parts:  # "half a", "a quarter of a", "четверть"
            end = at + 1
            for skipped in ("of", *_ARTICLES):
                if end < len(tokens) and tokens[end].text == skipped:
                    end += 1
            yield end, self._parts[tokens[at].text], True
        if word in (*_ARTICLES, "another"):
            yield start + 1, 1.0, True
        elif word in _WHOLE_WORDS or any(unit.russian and not unit.genitive for unit in self._units.get(word, ())):
            yield start, 1.0, False

    def _number(self, tokens: Sequence[Token], start: int) -> Iterable[tuple[int, float]]:
        if start >= len(tokens):
            return
        sign, at = 1.0, start
        if tokens[at].text in self._minus:
            sign, at = -1.0, at + 1
        for end, value in self._unsigned(tokens, at):
            yield end, sign * value
            for words, part in self._halves.items():
                if _texts(tokens, end, len(words)) == words:
                    yield end + len(words), sign * (value + part)
            yield from ((stop, sign * number) for stop, number in self._fraction(tokens, end, value))

    def _fraction(self, tokens: Sequence[Token], end: int, value: float) -> Iterable[tuple[int, float]]:
        at = end
        if at < len(tokens) and tokens[at].text in self._point:
            at += 1
            digits = ""
            while at < len(tokens) and tokens[at].text in self._cardinals and self._cardinals[tokens[at].text] < 10:
                digits += f"{self._cardinals[tokens[at].text]:g}"
                at += 1
            if digits:
                yield at, value + float(f"0.{digits}")
            at = end + 1
        for stop, number in self._cardinal(tokens, at):  # "две целых пять десятых"
            if stop < len(tokens) and tokens[stop].text in self._tenths:
                yield stop + 1, value + number / self._tenths[tokens[stop].text]
        if end < len(tokens) and tokens[end].text in self._parts and value == int(value):  # "three quarters"
            at = end + 1
            while at < len(tokens) and tokens[at].text in ("of", "a", "an"):
                at += 1
            yield at, value * self._parts[tokens[end].text]

    def _unsigned(self, tokens: Sequence[Token], at: int) -> Iterable[tuple[int, float]]:
        if at >= len(tokens):
            return
        token = tokens[at]
        if token.kind == "number":
            value, end = float(token.text), at + 1
            yield end, value
            if (
                at + 2 < len(tokens)
                and tokens[at + 1].text == ","
                and tokens[at + 2].kind == "number"
                and "." not in token.text + tokens[at + 2].text
                and token.end == tokens[at + 1].start
                and tokens[at + 1].end == tokens[at + 2].start
            ):
                yield at + 3, float(f"{token.text}.{tokens[at + 2].text}")
            if end < len(tokens) and self._cardinals.get(tokens[end].text, 0) >= 1000:
                yield end + 1, value * self._cardinals[tokens[end].text]
            return
        if token.text in self._exact:
            yield at + 1, self._exact[token.text]
        if token.text in self._point and token.text == "point":
            yield from self._fraction(tokens, at, 0.0)
        yield from self._cardinal(tokens, at)

    def _cardinal(self, tokens: Sequence[Token], at: int) -> Iterable[tuple[int, float]]:
        total, group, last, end = 0.0, 0.0, float("inf"), at
        while end < len(tokens):
            text = tokens[end].text
            if text in ("a", "and"):
                follows = tokens[end + 1].text if end + 1 < len(tokens) else ""
                large = self._cardinals.get(follows, 0) >= _LARGE
                if (text == "a" and end == at and large) or (
                    text == "and"
                    and last >= _LARGE
                    and last != float("inf")
                    and follows in self._cardinals
                    and not large
                ):
                    group, end = (1.0 if text == "a" else group), end + 1
                    continue
                break
            value = self._cardinals.get(text)
            if value is None:
                break
            if value >= 1000:
                total, group, last = total + (group or 1.0) * value, 0.0, value
            elif value == 100 and 0 < group < 10:
                group, last = group * 100, 100.0
            elif value >= last or (last < 20 and last != float("inf")) or (last < 100 and value >= 10):
                break
            else:
                group, last = group + value, value
            end += 1
        if end > at and last != float("inf"):
            yield end, total + group


def _unit_size(quantity: Quantity) -> float:
    """The size of the unit that was said, near enough to tell "2 m 30 cm" from "2 m 3 m"."""
    if quantity.kind == "length":
        return 1000.0 if quantity.value >= 1000 else 1.0
    return 3600.0 if quantity.value >= 3600 else 60.0


def _texts(tokens: Sequence[Token], start: int, count: int) -> tuple[str, ...]:
    return tuple(token.text for token in tokens[start : start + count])


def _forms_ru(lemma: str) -> list[tuple[str, bool]]:
    """All forms of a noun or numeral, with whether the form is a genitive."""
    readings = analyzer().parse(lemma)
    numeral = next((p for p in readings if p.tag.POS in ("NUMR", "ADJF")), None)
    reading = numeral or next((p for p in readings if p.tag.POS == "NOUN"), readings[0])
    forms: dict[str, bool] = {}
    for form in reading.lexeme:
        word = normalize(form.word)
        forms[word] = forms.get(word, False) or "gent" in form.tag
    forms.setdefault(normalize(lemma), False)
    return list(forms.items())


def _forms_en(lemma: str) -> list[tuple[str, bool]]:
    plural = lemma + ("es" if lemma.endswith("ch") else "s")
    return [(lemma, False), (plural, False)]
