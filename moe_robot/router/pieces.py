"""The typed pieces of a text: amounts, numbers, names of the home, directions, languages, days, expressions, siblings.

    Pieces(lexicon).find("сколько метров до кухни", words)  ->  [Piece(kind="place", ..., begin=at "до")]

What an utterance can be changed in. Overlapping readings are not kept: the first kind in this order wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moe_robot.lexicon import Case, Kind, Lexicon, normalize
from moe_robot.router.followup_words import WORD, FollowWords, lemma
from moe_robot.router.numbers import Numbers
from moe_robot.router.text import tokenize
from moe_robot.structs import Language

NAME_WORDS = 4
MEMO = 256  # texts
NAMED = ("place", "object", "person", "name")
NUMERIC = ("number", "list", "ordinal")
ONE = (["one"], ["один"], ["одна"], ["одну"], ["одно"])  # "the red one"
_FUNCTIONS = r"(?:sin|cos|tan|tg|ctg|ln|log|exp|sqrt|pi|(?<![^\W\d_])e(?=\s?\^))(?![a-z])"
_VARIABLE = r"(?<![^\W\d_])[xyz](?![^\W\d_])"
_STRETCH = re.compile(
    rf"(?:(?:\d+(?:[.,]\d+)?(?!\d|\s?%|-?[a-zа-яё]{{2}})|{_FUNCTIONS}|{_VARIABLE}|(?<![^\W\d_])[-−](?=\s?[\dxyz(])"
    rf"|[+*/^=²³√()·×÷]|(?<=[\dxyz)²³])\s?[-−])\s*)+",
    re.IGNORECASE,
)
_OPERATION = re.compile(rf"[+*/^=²³√·×÷]|[-−]|{_FUNCTIONS}|{_VARIABLE}", re.IGNORECASE)
_QUOTE = re.compile(r"«[^«»]+»|“[^“”]+”|\"[^\"]+\"|(?<![\w'])'[^']+'(?!\w)")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.]\d{2}(?!\d)")
_PARTICLE = re.compile(r"(?<=[а-я]{2})-(?:то|ка|таки)$")
_NAME_GOES_ON = re.compile(r"^\s(?:(?:и|and)\s)?$")
_LISTED = re.compile(r"^(?:\s*[,;]\s*|\s+(?:и|and)\s+|\s*,\s*(?:и|and)\s+|\s+)$")


@dataclass(frozen=True)
class Piece:
    """Characters [start, end) of a text; with its preposition from `begin` on. `value` by kind: a number, (kind, id) of
    a name, a side, a sibling's family."""

    kind: str
    start: int
    end: int
    begin: int
    value: object = None
    preposition: str = ""

    def number(self) -> float:
        assert isinstance(self.value, float | int), self
        return float(self.value)

    def named(self) -> tuple[Kind, str]:
        assert isinstance(self.value, tuple), self
        return self.value


class Pieces:
    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._numbers = Numbers()
        self._memo: dict[tuple[str, str, int], tuple[Piece, ...]] = {}  # a lost race is a second computation

    def digits(self, words: str) -> str:
        """ "шести" -> "6", "" when it is no number."""
        if re.fullmatch(r"\d+(?:[.,]\d+)?", words.strip()):
            return words.strip()
        tokens = tokenize(words, {})
        whole = [s for s in self._numbers.spans(tokens) if s.kind == "number" and s.end - s.start == len(tokens)]
        return f"{whole[0].value:g}" if whole else ""

    def name(self, kind: Kind, id: str, language: Language, case: Case = "nomn") -> str:
        """The robot's name for a place, a thing or a person."""
        return self.lexicon.say(kind, id, language, case)

    def thing_name(self, object: str, color: str, language: Language, case: Case = "nomn") -> str:
        return self.lexicon.thing(object, color, language, case)

    def find(self, text: str, said: FollowWords) -> tuple[Piece, ...]:
        """In order of the text."""
        key = (text, said.language, self.lexicon.version)
        if key not in self._memo:
            if len(self._memo) >= MEMO:
                self._memo.clear()
            self._memo[key] = tuple(self._find(text, said))
        return self._memo[key]

    def _find(self, text: str, said: FollowWords) -> list[Piece]:
        found: list[Piece] = []
        words = list(WORD.finditer(text))
        plain = [_bare(normalize(m.group()), said) for m in words]

        def add(kind: str, start: int, end: int, value: object = None) -> None:
            if any(start < p.end and p.start < end for p in found):
                return
            begin, preposition = _preposition(words, plain, start, said)
            found.append(Piece(kind, start, end, begin, value, preposition))

        for match in _QUOTE.finditer(text):
            add("quoted", *match.span())
        for start, end in expressions(text):
            add("expression", start, end)
        for match in _CLOCK.finditer(text):
            add("number", *match.span(), value=0.0)
        for kind, first, last, value in (*_ordinals(plain, said), *_days(plain, said)):
            add(kind, words[first].start(), words[last].end(), value)
        tokens = tokenize(text, {})
        spans = self._numbers.spans(tokens)
        for span in sorted(spans, key=lambda one: (one.start - one.end, one.kind == "times")):
            start, end = tokens[span.start].start, tokens[span.end - 1].end
            inside = [i for i, m in enumerate(words) if m.start() >= start and m.end() <= end]
            if inside and [plain[i] for i in inside] not in ONE:
                kind = span.kind if span.kind in ("number", "times") else f"amount:{span.kind}"
                add(kind, words[inside[0]].start(), words[inside[-1]].end(), span.value)
        for size in range(NAME_WORDS, 0, -1):
            for first in range(len(plain) - size + 1):
                if size == 1 and _is_modal(plain, first, said):
                    continue
                for kind, id in self.lexicon.lookup(plain[first : first + size])[:1]:
                    add(kind, words[first].start(), words[first + size - 1].end(), (kind, id))
        typed = (*_directions(plain, said), *_languages(plain, said), *_siblings(plain, said))
        for kind, first, last, value in sorted(typed, key=lambda one: one[1] - one[2]):
            add(kind, words[first].start(), words[last].end(), value)
        for match in words[1:]:
            if (
                match.group()[0].isupper()
                and normalize(match.group()) not in said.fillers | said.prepositions | said.opening_words
            ):
                add("name", *match.span())
        return _merged(text, sorted(found, key=lambda piece: piece.start))


def _bare(word: str, said: FollowWords) -> str:
    """ "кухне-то", "красный-ка" without the particle, which is part of "кто-то"."""
    base = _PARTICLE.sub("", word)
    return word if base in said.data["questions"] or lemma(base) in said.data["questions"] else base


def _is_modal(plain: Sequence[str], index: int, said: FollowWords) -> bool:
    """ "can" in "you can't see it", "where can I put it": no can to drink from."""
    if plain[index] != "can" or index == len(plain) - 1:
        return False
    return plain[index + 1] in said.data.get("after_can", ()) or (
        index > 0 and plain[index - 1] in said.data.get("before_can", ())
    )


def is_numeric(piece: Piece) -> bool:
    return piece.kind in NUMERIC or piece.kind.startswith("amount")


def expressions(text: str) -> list[tuple[int, int]]:
    """Stretches that read as mathematics: with an operation, a function or a variable."""
    found = []
    for match in _STRETCH.finditer(text):
        said = match.group().rstrip(" .,?(")
        start = match.start() + len(said) - len(said.lstrip())
        said = said.strip()
        if _OPERATION.search(said) and re.search(r"[0-9a-z]", said, re.IGNORECASE):
            found.append((start, start + len(said)))
    return found


def _preposition(
    words: Sequence[re.Match[str]], plain: Sequence[str], start: int, said: FollowWords
) -> tuple[int, str]:
    """Where the preposition before `start` begins, and which; an article may stand between."""
    before = [i for i, match in enumerate(words) if match.end() <= start]
    articles = set(said.data["articles"])
    while before and plain[before[-1]] in articles:
        before.pop()
    if before and plain[before[-1]] in said.prepositions:
        return words[before[-1]].start(), plain[before[-1]]
    return start, ""


def _ordinals(plain: Sequence[str], said: FollowWords) -> Iterator[tuple[str, int, int, object]]:
    ordinals, end = said.data["ordinals"], said.data["ordinal_end"]
    for index, word in enumerate(plain):
        digits = re.fullmatch(rf"(\d{{1,3}}){end}", word)
        if digits:
            yield "ordinal", index, index, float(digits.group(1))
            continue
        if said.language == "en" and word == "second" and index and plain[index - 1] in ("a", "one", "per"):
            continue
        base = word if word in ordinals else lemma(word)
        if base in ordinals:
            yield "ordinal", index, index, float(ordinals[base])


def _days(plain: Sequence[str], said: FollowWords) -> Iterator[tuple[str, int, int, object]]:
    spoken = f" {' '.join(plain)} "
    for kind, phrases in said.data["when"].items():
        for phrase in sorted((p for p in phrases if " " in p and f" {p} " in spoken), key=len, reverse=True):
            yield from _phrase(f"when:{kind}", phrase, plain, phrase)
    for index, word in enumerate(plain):
        day = said.days.get(word) or said.days.get(lemma(word))
        if day:
            yield f"when:{day}", index, index, word


def _directions(plain: Sequence[str], said: FollowWords) -> Iterator[tuple[str, int, int, object]]:
    for kind, sides in said.data["directions"].items():
        for side, forms in sides.items():
            for index, word in enumerate(plain):
                if word in forms:
                    yield kind, index, index, side
            for form in forms:
                if " " in form:
                    yield from _phrase(kind, form, plain, side)


def _languages(plain: Sequence[str], said: FollowWords) -> Iterator[tuple[str, int, int, object]]:
    for id, phrases in said.data["languages"].items():
        for phrase in sorted(phrases, key=len, reverse=True):
            yield from _phrase("language", normalize(str(phrase)), plain, id)


def _siblings(plain: Sequence[str], said: FollowWords) -> Iterator[tuple[str, int, int, object]]:
    """Words of one family, several in a row as one ("длина окружности"); a word may be in several families."""
    all_of = [said.families.get(lemma(word), frozenset()) | said.families.get(word, frozenset()) for word in plain]
    first = 0
    while first < len(plain):
        last, families = first, all_of[first]
        while families and last + 1 < len(plain) and families & all_of[last + 1]:
            last, families = last + 1, families & all_of[last + 1]
        if families:
            yield "sibling", first, last, families
        first = last + 1


def _phrase(kind: str, phrase: str, plain: Sequence[str], value: object) -> Iterator[tuple[str, int, int, object]]:
    wanted = phrase.split()
    if len(wanted) == 1:
        for index, word in enumerate(plain):
            if word == phrase or lemma(word) == phrase:
                yield kind, index, index, value
        return
    for first in range(len(plain) - len(wanted) + 1):
        if list(plain[first : first + len(wanted)]) == wanted:
            yield kind, first, first + len(wanted) - 1, value


def _merged(text: str, pieces: list[Piece]) -> list[Piece]:
    """Numbers one after another become one `list`, capitalised words one `name`."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if (
            last is not None
            and piece.kind == "number"
            and last.kind in ("number", "list")
            and _LISTED.match(text[last.end : piece.start])
        ):
            count = 2 if last.kind == "number" else last.number() + 1
            merged[-1] = Piece("list", last.start, piece.end, last.begin, float(count), last.preposition)
            continue
        named = last is not None and "name" in (piece.kind, last.kind) and {piece.kind, last.kind} <= set(NAMED)
        capital = last is not None and text[last.start].isupper() and text[piece.start].isupper()
        if last is not None and named and capital and _NAME_GOES_ON.match(text[last.end : piece.start]):
            merged[-1] = Piece("name", last.start, piece.end, last.begin, None, last.preposition)
            continue
        merged.append(piece)
    return merged
