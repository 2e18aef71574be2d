"""Words of a request with its numbers read, and lengths of time in them: "полтора часа", "an hour and a half".

    words = read_words("Засеки 5 минут, пожалуйста")
    span_at(words, 1)  ->  Span(seconds=300), 3

Every word keeps its place in the text, so that what is left over can be given back as it was said. Guesses nothing:
"a few minutes" is no span. Knows no clock.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.experts.tools.numbers import NUMBER, digits, plain, read

_TOKEN = re.compile(
    r"\d+-?(?:го|ого|ое|му|ому|st|nd|rd|th)\b|\d+(?:[.,:/-]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[^\w\s]|_+", re.IGNORECASE
)
_ORDINAL = re.compile(r"(\d+)-?(?:го|ого|ое|му|ому|st|nd|rd|th)", re.IGNORECASE)
_LONGEST_NUMBER = 8  # words
_NOT_ALONE = frozenset(("семью", "second", "пола"))  # number words that mean something else when they stand alone
_ADJECTIVE = re.compile(r"(.+?)(секунд|минут|час)(?:н(?:ый|ого|ую|ая|ое|ой)|овой|овую|овая|овый)")
_ADJECTIVE_S = {"секунд": 1, "минут": 60, "час": 3600}


@dataclass(frozen=True)
class Word:
    """`text[start:end]`, in small letters; `number` or `ordinal` when it (or its run of words) is one."""

    word: str
    start: int
    end: int
    number: Fraction | None = None
    ordinal: int | None = None


@dataclass(frozen=True)
class Span:
    """A length of time. Days and months are those of the calendar."""

    seconds: Fraction = Fraction(0)
    days: Fraction = Fraction(0)
    months: Fraction = Fraction(0)

    @property
    def whole_seconds(self) -> int:
        """With a day as 24 hours. Raises ValueError: there are months in it."""
        if self.months:
            raise ValueError("months have no length in seconds")
        return round(self.seconds + self.days * 86_400)

    def __add__(self, other: Span) -> Span:
        return Span(self.seconds + other.seconds, self.days + other.days, self.months + other.months)

    def times(self, number: Fraction) -> Span:
        return Span(self.seconds * number, self.days * number, self.months * number)


@dataclass(frozen=True)
class Unit:
    size: Span
    rank: int  # of a larger unit it is larger
    alone: bool
    short: bool


@functools.lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("when.yaml")))


@functools.lru_cache(maxsize=1)
def units() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for rank, unit in enumerate(table()["units"].values()):
        size = Span(*(Fraction(unit.get(key, 0)) for key in ("seconds", "days", "months")))
        for kind in ("alone", "forms", "short"):
            for form in unit.get(kind, ()):
                found[form] = Unit(size, rank, kind == "alone", kind == "short")
    return found


def tidy(text: str) -> str:
    """Spaces single, "a.m." as "am": as `read_words` wants it. What was said stays readable in it."""
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\b([ap])\. ?m\b\.?", r"\1m", text, flags=re.IGNORECASE)


def read_words(text: str) -> tuple[Word, ...]:
    """The words of a tidy text. Their places are those in it."""
    small = plain(text)
    if len(small) != len(text):  # letters that change their length with their size: the small ones must do
        text = small
    places = [(match.start(), match.end()) for match in _TOKEN.finditer(small)]
    words: list[Word] = []
    at = 0
    while at < len(places):
        found = _number_at(small, places, at)
        if found is None:
            start, end = places[at]
            words.append(Word(small[start:end], start, end))
            at += 1
        else:
            at, word = found
            words.append(word)
    return tuple(words)


def _number_at(text: str, places: Sequence[tuple[int, int]], at: int) -> tuple[int, Word] | None:
    start, end = places[at]
    first = text[start:end]
    ordinal = _ORDINAL.fullmatch(first)
    if ordinal is not None:
        return at + 1, Word(first, start, end, ordinal=int(ordinal[1][:9]))
    if not first[0].isdecimal() and _digits(first) == first:
        return None
    for last in range(min(at + _LONGEST_NUMBER, len(places)) - 1, at - 1, -1):
        run = text[start : places[last][1]]
        if last > at and not run[-1].isalnum():
            continue
        if last == at and run in _NOT_ALONE:
            return None
        shown = _digits(run)
        if re.search(r"/0+(?!\d)", shown):
            continue  # "0/0" is no number
        if re.fullmatch(NUMBER, shown) and len(shown) < 40 and "-" not in shown:
            return last + 1, Word(run, start, places[last][1], number=read(shown))
        if re.fullmatch(r"\d{1,9}-th", shown):
            return last + 1, Word(run, start, places[last][1], ordinal=int(shown[:-3]))
    return None


def _digits(text: str) -> str:
    """As it is where it is no number at all ("²"), or one too long to be read."""
    try:
        return digits(text, ordinals=True)
    except ValueError:
        return text


def said(words: Sequence[Word], at: int) -> str:
    """The word there, "" beyond the ends."""
    return words[at].word if 0 <= at < len(words) else ""


def phrase_at(words: Sequence[Word], at: int, phrases: Collection[str]) -> int:
    """Where the longest of the phrases that begins at `at` ends; 0 for none."""
    best = 0
    for phrase in phrases:
        parts = phrase.split()
        if len(parts) > best - at and all(said(words, at + k) == part for k, part in enumerate(parts)):
            best = max(best, at + len(parts))
    return best


def span_at(words: Sequence[Word], at: int, apart: bool = False) -> tuple[Span, int] | None:
    """The length of time that begins at `at`, and where it ends. Parts go from large to small: "1 час 20 минут".
    `apart`: what "and" joins are two."""
    total, rank = Span(), len(table()["units"])
    end = at
    while True:
        begin = end
        if end > at and not apart and said(words, begin) in ("и", "and", ",", "with"):
            begin += 1
        part = _part_at(words, begin)
        if part is None or part[1] >= rank:
            break
        total, rank, end = total + part[0], part[1], part[2]
    if end == at:
        return None
    if rank == units()["час"].rank and _minutes_alone(words, end):
        minutes = words[end].number
        assert minutes is not None
        return total + Span(seconds=minutes * 60), end + 1
    return total, end


def _part_at(words: Sequence[Word], at: int) -> tuple[Span, int, int] | None:
    """(length, rank of its unit, end) of a number with a unit."""
    word = said(words, at)
    if not word:
        return None
    halves = table()["halves"]
    if word in halves:
        return Span(seconds=Fraction(halves[word])), units()["час"].rank, at + 1
    adjective = _ADJECTIVE.fullmatch(word)
    if adjective is not None and re.fullmatch(r"\d+", digits(adjective[1])):
        size = _ADJECTIVE_S[adjective[2]]
        return Span(seconds=Fraction(int(digits(adjective[1])) * size)), _rank(size), at + 1
    article = word in table()["articles"]
    begin = at + 1 if article else at
    number = words[begin].number if begin < len(words) else None
    if said(words, begin) in table()["couple"]:
        number = Fraction(2)
    if number is not None:
        unit_at = begin + 1
        while said(words, unit_at) in ("of", "an", "a", "-"):
            unit_at += 1
        unit = units().get(said(words, unit_at))
        if unit is None or (said(words, unit_at) == "с" and said(words, unit_at + 1).isalpha()):
            return None
        return _with_half(words, unit_at + 1, unit, number)
    unit = units().get(said(words, begin))
    if unit is None:
        return None
    latin = said(words, begin).isascii()
    after = words[begin + 1].number if begin + 1 < len(words) else None
    if not (unit.alone or unit.short or latin) and after is not None and after.denominator == 1:
        if said(words, begin + 2) in units():
            return None
        return unit.size.times(after), unit.rank, begin + 2  # "минут пять"
    if unit.alone or (article and latin and not unit.short):
        return _with_half(words, begin + 1, unit, Fraction(1))
    return None


def _with_half(words: Sequence[Word], end: int, unit: Unit, number: Fraction) -> tuple[Span, int, int]:
    """ "Час с половиной", "an hour and a half"."""
    half = Fraction(1, 2)
    if said(words, end) == "с" and said(words, end + 1).startswith("половин"):
        return unit.size.times(number + half), unit.rank, end + 2
    if said(words, end) == "and":
        at = end + 2 if said(words, end + 1) == "a" else end + 1
        if at < len(words) and words[at].number == half and said(words, at + 1) not in units():
            return unit.size.times(number + half), unit.rank, at + 1
    return unit.size.times(number), unit.rank, end


def _minutes_alone(words: Sequence[Word], at: int) -> bool:
    """ "Час двадцать": tens of minutes, and the unit is not said."""
    number = words[at].number if at < len(words) else None
    return number is not None and number in range(10, 60, 5) and said(words, at + 1) not in units()


def _rank(seconds: int) -> int:
    return next(unit.rank for unit in units().values() if unit.size.seconds == seconds)
