"""Text -> tokens with their places in the text. Knows punctuation and spelling habits, no vocabulary of commands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from moe_robot.lexicon import analyzer, normalize

_TOKEN = re.compile(
    r"(?P<list>->|→|=>)"
    r"|(?P<quote>«[^«»]*»|“[^“”]*”|\"[^\"]*\")"
    r"|(?P<unit>(?:м|км|см|m|km|cm)/(?:с|ч|сек|s|h|sec)\b)"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<word>[^\W\d_]+(?:[-'’‑][^\W\d_]+)*)"
    r"|(?P<punct>\.{2,}|…|[.,;:!?])"
    r"|(?P<dash>\s[-–—]+\s)"
    r"|(?P<symbol>\S)",
    re.IGNORECASE,
)
_PARTICLES = ("-то", "-таки", "-с")
_ABBREVIATIONS = frozenset(("гр", "град", "сек", "мин", "см", "м", "мм", "ч", "deg", "sec", "min", "cm", "m"))
_PREPOSITIONS = ("на", "до", "в", "к", "у", "to", "the", "")
_STRETCHED = re.compile(r"(\w)(?:-\1){2,}")
_LISTED = re.compile(r"\s*1[.)]\s")
_ITEM = re.compile(r"(?:^|(?<=\s))\d{1,2}[.)](?=\s)")  # "1. kitchen 2. bedroom"
_LONG = re.compile(r"(.)\1{2,}")
_SKIPPED = frozenset("()[]*_~`´^=+\ufe0f\u200d")


@dataclass(frozen=True)
class Token:
    """`text` is normalised; `kind` is word | number | punct | quote | symbol; start and end are characters of the
    input."""

    text: str
    kind: str
    start: int
    end: int


def tokenize(
    text: str, contractions: Mapping[str, str], known: Callable[[str], bool] = lambda word: False
) -> tuple[Token, ...]:
    """Words, numbers, punctuation and symbols. Contractions are opened ("where's" -> "where is"), hyphens and particles
    dissolved unless the whole is a `known` word; emoji and brackets are dropped."""
    if _LISTED.match(text):
        text = _ITEM.sub(lambda mark: ";".ljust(len(mark.group())), text)
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind, raw = match.lastgroup or "symbol", match.group()
        start, end = match.span()
        if kind == "word":
            tokens += _words(normalize(raw), start, end, contractions, known)
        elif kind == "quote":
            tokens.append(Token(raw[1:-1].strip(), "quote", start, end))
        elif kind == "list":
            tokens.append(Token(",", "punct", start, end))
        elif kind in ("dash", "punct"):
            tokens.append(Token({"dash": ","}.get(kind, "." if raw[0] in ".…" else raw[0]), "punct", start, end))
        elif kind == "unit":
            tokens.append(Token(normalize(raw), "word", start, end))
        elif kind == "number":
            tokens.append(Token(raw, "number", start, end))
        elif raw == "&":
            tokens.append(Token("and", "word", start, end))
        elif raw not in _SKIPPED and unicodedata.category(raw) not in ("So", "Sk", "Cf", "Mn"):
            tokens.append(Token({"−": "-", "–": "-", "—": "-", "º": "°"}.get(raw, raw), "symbol", start, end))
        elif raw == "°":
            tokens.append(Token(raw, "symbol", start, end))
    return tuple(_joined(_shifted(_without_dots(tokens), known), known))


def _without_dots(tokens: list[Token]) -> list[Token]:
    """ "45 гр. вправо": the dot of an abbreviation ends nothing."""
    return [
        token
        for index, token in enumerate(tokens)
        if not (
            token.text == "."
            and token.kind == "punct"
            and 0 < index < len(tokens) - 1
            and tokens[index - 1].text in _ABBREVIATIONS
            and tokens[index - 1].end == token.start
        )
    ]


def _shifted(tokens: list[Token], known: Callable[[str], bool]) -> list[Token]:
    """ "tot he" -> "to the", "g oto" -> "go to": the space is one letter off."""
    result = list(tokens)
    for index in range(len(result) - 1):
        first, second = result[index], result[index + 1]
        if {first.kind, second.kind} != {"word"} or (known(first.text) and known(second.text)):
            continue
        for a, b in ((first.text[:-1], first.text[-1] + second.text), (first.text + second.text[0], second.text[1:])):
            if len(a) > 1 and len(b) > 1 and known(a) and known(b):
                result[index : index + 2] = [
                    Token(a, "word", first.start, first.end),
                    Token(b, "word", second.start, second.end),
                ]
                break
    return result


def _joined(tokens: list[Token], known: Callable[[str], bool]) -> list[Token]:
    """ "сто п" -> "стоп", "езжайвкабинет" -> "езжай в кабинет", "стооой" -> "стой"."""
    result: list[Token] = []
    for token in tokens:
        before = result[-1] if result else None
        if token.kind != "word" or known(token.text):
            if (
                before is not None
                and before.kind == "word"
                and token.kind == "word"
                and not known(before.text)
                and known(before.text + token.text)
            ):
                result[-1] = Token(before.text + token.text, "word", before.start, token.end)
            else:
                result.append(token)
            continue
        short = next((s for n in (1, 2) if (s := _LONG.sub(r"\1" * n, token.text)) != token.text and known(s)), "")
        if short:
            result.append(Token(short, "word", token.start, token.end))
        elif before is not None and before.kind == "word" and len(token.text) < 4 and known(before.text + token.text):
            result[-1] = Token(before.text + token.text, "word", before.start, token.end)
        else:
            parts = _split(token.text, known) if len(token.text) > 6 else []
            parts = parts or _glued(token.text, known)
            result += [Token(part, "word", token.start, token.end) for part in parts] or [token]
    return result


def _glued(word: str, known: Callable[[str], bool]) -> list[str]:
    """ "driveto", "едьв": a preposition written to the word before it; never part of a word of the language."""
    for tail in ("to", "the", "на", "в", "к"):
        first = word[: -len(tail)]
        if word.endswith(tail) and len(first) > 2 and known(first):
            if "а" <= word[0] <= "я" and analyzer().word_is_known(word):
                continue
            return [first, tail]
    return []


def _split(word: str, known: Callable[[str], bool]) -> list[str]:
    """Two known words, or two with a preposition between, that were written as one; [] when there are none."""
    for at in range(len(word) - 3, 3, -1):
        first, rest = word[:at], word[at:]
        if not known(first):
            continue
        for middle in _PREPOSITIONS:
            last = rest[len(middle) :]
            if rest.startswith(middle) and len(last) > 3 and known(last):
                return [part for part in (first, middle, last) if part]
    return []


def _words(
    word: str, start: int, end: int, contractions: Mapping[str, str], known: Callable[[str], bool]
) -> list[Token]:
    if word in contractions:
        return [Token(part, "word", start, end) for part in contractions[word].split()]
    if word.endswith("-ка"):
        return _words(word[:-3], start, end, contractions, known)
    if (plain := _STRETCHED.sub(r"\1", word)) != word and "-" in word:  # "сто-о-оп"
        return _words(plain, start, end, contractions, known)
    if len(parts := word.split("-")) > 1 and len(set(parts)) == 1 and not known(word):  # "прямо-прямо"
        return _words(parts[0], start, end, contractions, known)
    if ("-" not in word and "'" not in word) or known(word):
        return [Token(word, "word", start, end)]
    for particle in _PARTICLES:
        if word.endswith(particle):
            return _words(word[: -len(particle)], start, end, contractions, known)
    if word.endswith("'s"):  # "Anna's", "it's" not listed: the owner's mark means nothing here
        return [Token(word[:-2], "word", start, end), Token("'s", "word", start, end)]
    return [Token(part, "word", start, end) for part in re.split("[-']", word) if part]
