"""The words of `followups.yaml`, compiled: one `FollowWords` per language. Knows the vocabulary, decides nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import analyzer, normalize
from moe_robot.structs import Language

WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_PLAIN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
LONGEST_OPENER = 5  # words
_EDGE = " ,.:;!?—-"


@dataclass(frozen=True)
class FollowWords:
    """Phrases are plain: normalised words with one space between. `data` is the raw table of the language."""

    language: Language
    data: Mapping[str, Any]
    days: Mapping[str, str]  # a single word -> its kind of `when`
    openers: frozenset[str]
    opening_words: frozenset[str]
    closers: tuple[str, ...]
    fillers: frozenset[str]
    prepositions: frozenset[str]
    things: Mapping[str, str]
    places: Mapping[str, str]
    families: Mapping[str, frozenset[str]]  # word -> names of the families that it is in

    @staticmethod
    def of(language: Language) -> FollowWords:
        return _compiled(language)

    @staticmethod
    def compile(language: Language) -> FollowWords:
        data: Mapping[str, Any] = _read()[language]
        openers = _longest_first(data["openers"])
        return FollowWords(
            language=language,
            data=data,
            days={normalize(str(w)): k for k, words in data["when"].items() for w in words if " " not in str(w)},
            openers=frozenset(openers),
            opening_words=frozenset(word for opener in openers for word in opener.split()),
            closers=_longest_first(data["closers"]),
            fillers=frozenset(data["fillers"]),
            prepositions=frozenset(data["prepositions"]),
            things=data["pronouns"]["thing"],
            places=data["pronouns"]["place"],
            families=_families(data["families"]),
        )

    def phrases(self, key: str) -> frozenset[str]:
        """A list of the table, plain."""
        return _phrases(self.language, key)

    def is_one_of(self, key: str, text: str) -> bool:
        """The text is one of these phrases, as it stands or without the words that open or close a continuation."""
        phrases = self.phrases(key)
        said = plain(text)
        return said in phrases or self.stripped(said) in phrases

    def is_like(self, key: str, text: str) -> bool:
        """The whole text is of this pattern."""
        return re.fullmatch(self.data[key], plain(text)) is not None

    def keeps(self, text: str) -> bool:
        """ "не забывай об этом", "please note that down": a verb of keeping and small words."""
        said = plain(text)
        verbs = [verb for verb in self.phrases("keep_verbs") if f" {verb} " in f" {said} "]
        if not verbs:
            return False
        rest = f" {said} ".replace(f" {max(verbs, key=len)} ", " ").split()
        return bool(rest) and set(rest) <= {word for phrase in self.phrases("keep_objects") for word in phrase.split()}

    def without_interjection(self, text: str) -> str:
        """ "alright, drive there" without its first word."""
        found = list(WORD.finditer(text))
        for size in (2, 1):
            if (
                " ".join(normalize(m.group()) for m in found[:size]) in self.phrases("interjections")
                and len(found) > size
            ):
                return text[found[size].start() :]
        return text

    def stripped(self, said: str) -> str:
        """Plain words without those that open or close a continuation; never without all of them."""
        while True:
            shorter = said
            words = said.split()
            count = next((n for n in range(min(LONGEST_OPENER, len(words) - 1), 0, -1) if self._opens(words[:n])), 0)
            if count:
                shorter = " ".join(words[count:])
            else:
                closer = next((c for c in self.closers if said.endswith(f" {c}")), None)
                shorter = said[: len(said) - len(closer)].strip() if closer else said
            if shorter == said:
                return said
            said = shorter

    def without_opener(self, text: str) -> tuple[str, str]:
        """The text behind its opening and before its closing words, and the first of those ("" = none)."""
        first, rest = "", text.strip()
        while True:
            found = list(WORD.finditer(rest))
            said = [normalize(m.group()) for m in found]
            count = next((n for n in range(min(LONGEST_OPENER, len(said) - 1), 0, -1) if self._opens(said[:n])), 0)
            if count:
                first, rest = first or " ".join(said[:count]), rest[found[count - 1].end() :].lstrip(_EDGE)
                continue
            closer = next((c for c in self.closers if _ends(said, c) and len(c.split()) < len(said)), None)
            if closer is None:
                return rest, first
            first, rest = first or closer, rest[: found[-len(closer.split())].start()].rstrip(_EDGE)

    def _opens(self, words: Sequence[str]) -> bool:
        return " ".join(words) in self.openers

    def same_preposition(self, one: str, other: str) -> bool:
        return one == other or any(one in group and other in group for group in self.data["same_preposition"])


def plain(text: str) -> str:
    """Normalised words with one space between."""
    return " ".join(_PLAIN.findall(normalize(text)))


@lru_cache(maxsize=8192)
def lemma(word: str) -> str:
    """The dictionary form of a Russian word; any other normalised."""
    word = normalize(word)
    return str(analyzer().parse(word)[0].normal_form).replace("ё", "е") if re.search("[а-я]", word) else word


@lru_cache(maxsize=8192)
def lemmas_of(text: str) -> tuple[str, ...]:
    """The words in their dictionary forms; every one with a digit is "#"."""
    words = (normalize(match.group()) for match in WORD.finditer(text))
    return tuple("#" if re.search(r"\d", word) else lemma(word) for word in words)


def is_past(word: str) -> bool:
    """A Russian verb in the past."""
    return any("past" in p.tag for p in analyzer().parse(word)[:1]) if re.search("[а-я]", word) else False


def is_verb(word: str) -> bool:
    """A Russian verb that says what somebody does, or to do."""
    return bool(re.search("[а-я]", word)) and analyzer().parse(word)[0].tag.POS in ("VERB", "INFN")


def script(text: str) -> Language | None:
    """By its letters; None without any."""
    letters = [c for c in text.lower() if c.isalpha()]
    if not letters:
        return None
    return "ru" if sum("а" <= c <= "я" or c == "ё" for c in letters) * 2 >= len(letters) else "en"


def changed(text: str, changes: Sequence[tuple[int, int, str]]) -> str:
    """With each [start, end) replaced."""
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _families(table: Mapping[str, Sequence[str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, words in table.items():
        for word in words:
            found[plain(word)] = found.get(plain(word), frozenset()) | {name}
    return found


def _ends(said: Sequence[str], phrase: str) -> bool:
    words = phrase.split()
    return list(said[-len(words) :]) == words


def _longest_first(phrases: Sequence[str]) -> tuple[str, ...]:
    """As `WORD` cuts them: "let's" is two words."""
    spoken = {" ".join(WORD.findall(normalize(str(phrase)))) for phrase in phrases}
    return tuple(sorted(spoken, key=lambda phrase: (-len(phrase.split()), -len(phrase), phrase)))


@lru_cache(maxsize=2)
def _compiled(language: Language) -> FollowWords:
    return FollowWords.compile(language)


@lru_cache(maxsize=128)
def _phrases(language: Language, key: str) -> frozenset[str]:
    return frozenset(plain(str(phrase)) for phrase in _read()[language][key])


@lru_cache(maxsize=1)
def _read() -> Mapping[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("followups.yaml")))
