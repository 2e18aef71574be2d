"""Text -> hashed features for the learned routers. Knows words and shapes, no experts and no model.

    features = Featurizer(concepts).features("Поезжай на кухню!")
    features.ids, features.weights            # rows of the model's table and how much each counts

For each word itself, its lemma, its characters (3 to 5 inside the word), its concepts (`models/router/concepts.yaml`:
words that mean about the same in either language) and the grammar of its form; neighbours in twos and threes; the shape
of the text. Each becomes a row by CRC-32: the same on every machine. `marks` tell training which words a feature stands
on. With a `Repair` words are read as they were meant.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from moe_robot.lexicon import analyzer
from moe_robot.router.english import opened, stem
from moe_robot.router.repair import Repair

VERSION = 2  # of what this module makes of a text; a model of another version is not usable
MAX_TOKENS = 96  # of a text are looked at
KINDS = ("word", "lemma", "pair", "chars", "concept", "concepts", "grammar", "shape", "triple", "skip")
WORD, LEMMA, PAIR, CHARS, CONCEPT, CONCEPTS, GRAMMAR, SHAPE, TRIPLE, SKIP = range(len(KINDS))
NO_WORD = 255  # in `marks`: a feature of the text as a whole

_REPLACED = str.maketrans(
    {"ё": "е", "’": "'", "`": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "‑": "-", "×": "*", "·": "*", "÷": "/"}
    | {"«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "²": "^2", "³": "^3", "…": "."}
)
_TOKEN = re.compile(r"\d{1,2}:\d\d|[^\W\d_]+(?:['-][^\W\d_]+)*|\d+(?:[.,]\d+)*|[^\w\s]|_")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_SILENT = frozenset(".,!?;\"'")  # punctuation that recognisers do not write: only the shape keeps it
_EQUATION = re.compile(r"[a-zа-я0-9)]\s*=\s*[-(a-zа-я0-9]")
_FORMULA = re.compile(r"\d\s*[-+*/^%]\s*\d|\d\s*[xyz]\b|\b[xyz]\s*\^|√|∫|\b(?:sin|cos|tan|ln|log|sqrt|exp)\b")
_CODE = re.compile(r"\b(?:def|return|import|print|lambda|class)\b.*[(:]|[{}\[\]].*[:\"]|==|\+=|</|/>|\w\(\)|;\s*$|=>")
_NAME = re.compile(r"(?<!\w)/[a-z_]\w+|\w+_\w+")


@dataclass(frozen=True)
class Features:
    """Of one text. `marks`: kind << 16 | first word << 8 | second word (`NO_WORD` when there is none)."""

    ids: list[int]
    weights: list[float]
    marks: list[int]


@dataclass(frozen=True)
class Options:
    """What a model was trained with; kept in its manifest."""

    table: int = 131_072
    weights: tuple[float, ...] = (0.7, 1.0, 0.7, 0.3, 1.2, 0.8, 0.4, 0.6, 0.4, 0.4)  # by kind


def normalize(text: str) -> str:
    """One spelling of the same text: lower case, ё as е, plain quotes and dashes, single spaces."""
    text = unicodedata.normalize("NFC", text).lower().translate(_REPLACED)
    return " ".join(_STRETCHED.sub(r"\1", text).split())


def sentence_key(text: str) -> str:
    """What two texts share when they differ in case, punctuation and spaces only."""
    return " ".join(token for token in _TOKEN.findall(normalize(text)) if token not in _SILENT)


@dataclass(frozen=True)
class Word:
    """What is known of one word whatever stands beside it."""

    text: str
    lemma: str
    grammar: tuple[str, ...]


@lru_cache(maxsize=32_768)
def word_of(text: str) -> Word:
    """`text` is one normalised token."""
    if text[0].isdigit():
        return Word(text, _number(text), ())
    if "а" <= text[0] <= "я":
        tag = (parse := analyzer().parse(text)[0]).tag
        grammar = tuple(str(mark) for mark in (tag.POS, tag.mood, tag.tense, tag.person) if mark)
        name = ("name",) if "Name" in tag else ("place",) if "Geox" in tag else ()
        return Word(text, parse.normal_form.replace("ё", "е"), grammar + name)
    return Word(text, stem(text), ())


def _number(text: str) -> str:
    if ":" in text:
        return "#time"
    if "." in text or "," in text:
        return "#part"
    if len(text) == 4 and text[:2] in ("18", "19", "20"):
        return "#year"
    return f"#{min(len(text), 4)}"


class Concepts:
    """Words and phrases (up to four words) that mean about the same. Raises ValueError: an empty entry."""

    def __init__(self, entries: Mapping[str, Iterable[str]]) -> None:
        self.entries = {name: tuple(words) for name, words in sorted(entries.items())}
        self._of: dict[tuple[str, ...], list[str]] = {}
        for name, words in self.entries.items():
            for text in words:
                key = tuple(word.lemma for word in words_of(text))
                if not 0 < len(key) <= 4:
                    raise ValueError(f"concept '{name}': expected one to four words, found {text!r}")
                names = self._of.setdefault(key, [])
                if name not in names:
                    names.append(name)

    def of(self, words: Sequence[Word]) -> list[tuple[int, int, str]]:
        """(first word, last word, concept), longer phrases besides the words in them."""
        lemmas = [word.lemma for word in words]
        found = []
        for length in (4, 3, 2, 1):
            for first in range(len(lemmas) - length + 1):
                for name in self._of.get(tuple(lemmas[first : first + length]), ()):
                    found.append((first, first + length - 1, name))
        found += [(at, at, "number") for at, lemma in enumerate(lemmas) if lemma[0] == "#"]
        return found


def words_of(text: str) -> list[Word]:
    words: list[Word] = []
    for token in _TOKEN.findall(normalize(text)):
        if token in _SILENT:
            continue
        if token[0].isalpha() and token.isascii():
            words += [word_of(part) for part in opened(token)]
        else:
            words.append(word_of(token))
        if len(words) >= MAX_TOKENS:
            break
    return words[:MAX_TOKENS]


def shape_of(text: str, words: Sequence[Word]) -> list[str]:
    """What the text looks like, whatever its words are. `text` is normalised."""
    shape = [f"n{n}" for n in (1, 2, 3, 5, 8, 12, 18, 30) if len(words) <= n][:1] or ["n99"]
    tests = {
        "?": text.endswith("?"),
        "!": text.endswith("!"),
        ":": ":" in text,
        '"': '"' in text,
        "0": any(word.lemma[0] == "#" for word in words),
        "00": sum(word.lemma[0] == "#" for word in words) > 2,
        "=": _EQUATION.search(text) is not None,
        "+": _FORMULA.search(text) is not None,
        "()": _CODE.search(text) is not None,
        "/": _NAME.search(text) is not None,
        "x": any(len(word.text) == 1 and word.text in "xyzntхуk" for word in words),
    }
    shape += [name for name, holds in tests.items() if holds]
    cyrillic = any("а" <= word.text[0] <= "я" for word in words)
    latin = any("a" <= word.text[0] <= "z" for word in words)
    return [*shape, "mixed" if cyrillic and latin else "ru" if cyrillic else "en" if latin else "none"]


class Featurizer:
    """Safe under threads: only caches change."""

    def __init__(self, concepts: Concepts, options: Options | None = None, repair: Repair | None = None) -> None:
        self.concepts = concepts
        self.repair = repair
        self.options = options or Options()
        self._rows = lru_cache(maxsize=32_768)(self._rows_of_word)
        self._row = lru_cache(maxsize=65_536)(self._row_of)

    def features(self, text: str) -> Features:
        """At least the shape: never empty."""
        text = normalize(text)
        words = words_of(text)
        if self.repair:
            words = [word_of(each) for each in self.repair.words([word.text for word in words])][:MAX_TOKENS]
        ids: list[int] = []
        marks: list[int] = []

        def add(kind: int, name: str, first: int = NO_WORD, second: int = NO_WORD) -> None:
            ids.append(self._row(kind, name))
            marks.append(kind << 16 | first << 8 | second)

        for at, word in enumerate(words):
            for kind, row in self._rows(word):
                ids.append(row)
                marks.append(kind << 16 | at << 8 | NO_WORD)
        lemmas = ["^", *(word.lemma for word in words), "$"]
        for at in range(len(words) + 1):
            add(PAIR, f"{lemmas[at]} {lemmas[at + 1]}", max(at - 1, 0), min(at, len(words) - 1) if words else NO_WORD)
        for at in range(len(words)):
            around = f"{lemmas[at]} {lemmas[at + 1]} {lemmas[at + 2]}"
            before, after = max(at - 1, 0), min(at + 1, len(words) - 1)
            add(TRIPLE, around, before, after)
            if 0 < at < len(words) - 1:
                add(SKIP, f"{lemmas[at]} {lemmas[at + 2]}", before, after)
        found = self.concepts.of(words)
        for first, last, name in found:
            add(CONCEPT, name, first, last)
        for i, (first, _, name) in enumerate(found[:16]):
            for start, _, other in found[i + 1 : 16]:
                if abs(start - first) <= 4 and name != other:
                    add(CONCEPTS, "+".join(sorted((name, other))), first, start)
        for name in shape_of(text, words):
            add(SHAPE, name)
        weights = self.options.weights
        return Features(ids, [weights[mark >> 16] for mark in marks], marks)

    def _rows_of_word(self, word: Word) -> tuple[tuple[int, int], ...]:
        rows = [(WORD, word.text if word.lemma[0] != "#" else word.lemma), (LEMMA, word.lemma)]
        if word.text[0].isalpha():
            inside = f"<{word.text}>"
            rows += [(CHARS, inside[i : i + n]) for n in (3, 4, 5) for i in range(len(inside) - n + 1)]
        rows += [(GRAMMAR, mark) for mark in word.grammar]
        return tuple((kind, self._row(kind, name)) for kind, name in rows)

    def _row_of(self, kind: int, name: str) -> int:
        return zlib.crc32(f"{kind}:{name}".encode("utf-8", "surrogatepass")) % self.options.table
