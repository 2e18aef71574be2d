"""The words of a turn that changes or repeats an earlier request (`edits.yaml`), and what its clauses say.

Knows vocabulary and classes of words; whether a turn leans on anything is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import analyzer, normalize
from moe_robot.router.followup_words import WORD, FollowWords, plain
from moe_robot.router.pieces import Piece
from moe_robot.structs import Language

TERSE_WORDS = 3
_CLAUSES = re.compile(r"(?:(?<!\d)[,.]|[,.](?!\d)|[;!?…:]|\s[—–-]\s)+\s*")
_CLOSED_RU = {"PREP", "CONJ", "PRCL", "INTJ", "NPRO", "ADVB", "COMP", "PRED"}
_VERBAL_RU = {"VERB", "INFN", "GRND"}
_QUOTES = re.compile(r"[«“\"][^«»“”\"]*[»”\"]")
_ANEW = {"ru": "пере", "en": "re"}


@dataclass(frozen=True)
class Signs:
    """The words of `edits.yaml` of one language."""

    language: Language
    data: Mapping[str, Any]
    small: frozenset[str]

    @staticmethod
    @lru_cache(maxsize=2)
    def of(language: Language) -> Signs:
        data = read_yaml(Path(__file__).with_name("edits.yaml"))[language]
        small = {w for key in ("small", "verbs", "nouns", "adjectives") for w in data.get(key, ())}
        return Signs(language, data, frozenset(normalize(str(word)) for word in small))

    def is_small(self, word: str) -> bool:
        if word in self.small or ("-" in word and all(part and self.is_small(part) for part in word.split("-"))):
            return True
        if self.language == "en":
            return any(stem in self.small for stem in stems(word))
        if not re.search("[а-я]", word):
            return False
        word = re.sub("-(?:ка|то|таки)$", "", word)
        for parse in analyzer().parse(word)[:2]:
            if parse.tag.POS in _CLOSED_RU or "Apro" in parse.tag or parse.normal_form.replace("ё", "е") in self.small:
                return True
        return "1per" in analyzer().parse(word)[0].tag  # "уточняю": about who speaks, no command

    def phrases(self, key: str) -> tuple[str, ...]:
        return tuple(sorted((str(p) for p in self.data[key]), key=lambda p: -len(p.split())))

    def has(self, key: str, said: str) -> str:
        """The longest phrase of the list that is said, "" for none."""
        return next((p for p in self.phrases(key) if f" {p} " in f" {said} "), "")


def clauses(text: str) -> list[str]:
    """Cut at commas and dashes, not inside quotes; one word that may stand before a denial is no cut."""
    held = [m.span() for m in _QUOTES.finditer(text)]
    cuts = [m.span() for m in _CLAUSES.finditer(text) if not any(a <= m.start() < b for a, b in held)]
    parts, start = [], 0
    for a, b in cuts:
        parts.append(text[start:a])
        start = b
    parts.append(text[start:])
    return [part for part in parts if plain(part)]


def denial(clause: str, signs: Signs) -> tuple[str, str, str]:
    """(before, what is denied, after): "на пять, а не на шесть", "не шесть а пять", "Anna not Ivan"."""
    said = normalize(clause)
    for phrase in sorted((str(p) for p in signs.data["denied"]), key=len, reverse=True):
        found = re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", said)
        if found is None:
            continue
        before, gone = clause[: found.start()], clause[found.end() :]
        before = re.sub(r"(?:^|\s)(?:а|но|and|but)\s*$", "", before, flags=re.IGNORECASE)
        joint = re.search(r"\s(?:а|но|but)\s", gone, re.IGNORECASE)
        after = gone[joint.end() :] if joint else ""
        return before, gone[: joint.start()] if joint else gone, after
    return clause, "", ""


def factor(said: str, signs: Signs) -> tuple[float | None, str]:
    """(how many times as much, the words that say so)."""
    for factor, phrases in sorted(signs.data["factors"].items(), key=lambda item: float(item[0]) == 1):
        for phrase in sorted((str(p) for p in phrases), key=len, reverse=True):
            if f" {phrase} " not in f" {said} ":
                continue
            rest = said[said.find(phrase) + len(phrase) :].split()
            if float(factor) == 0.5 and signs.language == "en" and rest[:1] in (["a"], ["an"], ["past"], ["one"]):
                continue  # "half a metre", "half past"
            if ("times" in phrase or phrase in signs.data["often"]) and (
                not rest or rest[0] not in signs.data["multiple"]
            ):
                continue  # "three times" repeats
            value = float(factor)
            if any(word in signs.data["smaller"] for word in rest[:2]) and value > 1:
                value = 1 / value
            following = [w for w in rest[:3] if w in signs.data["smaller"] or w in signs.data["compared"]]
            tail = f" {' '.join(rest[: rest.index(following[-1]) + 1])}" if following else ""
            return value, phrase + tail
    return None, ""


def stems(word: str) -> list[str]:
    """What an English word in -s, -ing or -ed may come from."""
    if not word.isascii():
        return []
    cut = [
        word[: -len(end)] for end in ("s", "es", "ing", "ed", "d") if word.endswith(end) and len(word) > len(end) + 2
    ]
    return [*cut, *(f"{one}e" for one in cut), *(one[:-1] for one in cut if one[-1:] == one[-2:-1])]


def terms(text: str, words: FollowWords) -> bool:
    """A sign of an operation: "with a minus"."""
    return any(set(spoken) & set(plain(text).split()) for spoken in words.data["signs"].values())


def is_act(word: str, signs: Signs) -> bool:
    """A verb of content."""
    if word in signs.data["acts"] or any(stem in signs.data["acts"] for stem in stems(word)):
        return True
    if signs.is_small(word):
        return False
    if signs.language == "en":
        return any(stem in FollowWords.of("en").data["verbs"] for stem in (word, *stems(word)))
    return bool(re.search("[а-я]", word)) and analyzer().parse(word)[0].tag.POS in _VERBAL_RU


def asked(text: str, old: str, words: FollowWords) -> list[str]:
    """Words that ask for something else than the earlier request."""
    said = plain(text).split()
    signs = Signs.of(words.language)
    helping = set(signs.data["helping"])
    asking = {w for w in words.data["questions"] if w not in helping} & set(said)
    if len(said) > 1 and said[0] in helping - set(signs.data["polite"]) and said[1] in signs.data["subjects"]:
        asking |= {said[0]}
    return sorted(asking - set(plain(old).split()))


def is_one_word(piece: Piece, text: str, signs: Signs) -> bool:
    return plain(text[piece.start : piece.end]) in signs.data["one"]


def is_one(said: str, signs: Signs) -> bool:
    """The figure one: "а один", "just one"; not "the blue one"."""
    words = said.split()
    found = [i for i, word in enumerate(words) if word in signs.data["one"]]
    before = words[found[0] - 1] if len(found) == 1 and found[0] else ""
    return len(found) == 1 and (signs.language == "ru" or not before or before in signs.data["figure_after"])


def often(count: float, language: Language) -> str:
    if language == "en":
        return "once" if count == 1 else f"{count:g} times"
    return "один раз" if count == 1 else f"{count:g} {'раза' if count in (2, 3, 4) else 'раз'}"


def anew(word: str, signs: Signs) -> bool:
    """A verb with "again" in it: "перечитай", "recount"."""
    first = _ANEW[signs.language]
    if len(word) <= 4 or not word.startswith(first) or word in signs.data["not_anew"]:
        return False
    rest = word[len(first) :]
    if signs.language == "en":
        return rest in FollowWords.of("en").data["verbs"]
    return analyzer().word_is_known(rest) and analyzer().parse(word)[0].tag.POS in _VERBAL_RU


def is_terse(said: str, signs: Signs) -> bool:
    """Hardly more than a sign: "а сейчас?", "another one"; no "я один здесь или ещё кто-то"."""
    rest = said.split()
    if signs.language == "ru" and any(analyzer().parse(w)[0].tag.POS in ("ADVB", "COMP", "PRED") for w in rest):
        return False
    return len(rest) <= TERSE_WORDS


def without(text: str, phrases: Iterable[str]) -> str:
    for phrase in phrases:
        pattern = r"[\s-]+".join(re.escape(word) for word in phrase.split())
        text = re.sub(rf"(?<!\w){pattern}(?!\w)", " ", _normalize_keeping(text), count=1, flags=re.IGNORECASE)
    return " ".join(text.split())


def _normalize_keeping(text: str) -> str:
    return text.replace("ё", "е").replace("Ё", "Е")


def trimmed(text: str, pieces: Sequence[Piece], signs: Signs) -> str:
    """From the first word of content or piece to the last."""
    found = list(WORD.finditer(text))
    inside = [
        m
        for m in found
        if any(p.begin <= m.start() < p.end for p in pieces) or not signs.is_small(normalize(m.group()))
    ]
    quoted = _QUOTES.search(text)
    if quoted is not None:
        return quoted.group()
    if not inside and is_one(plain(text), signs):
        inside = [m for m in found if normalize(m.group()) in signs.data["one"]]
    return text[inside[0].start() : inside[-1].end()] if inside else ""
