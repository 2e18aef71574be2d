"""The numbers of a text, where they stand and what they say: "3 шоколадки по 90" has two, "шестеро" is one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import normalize
from moe_robot.router.followup_words import WORD, FollowWords, changed, lemma, plain
from moe_robot.router.numbers import Numbers
from moe_robot.router.text import tokenize
from moe_robot.structs import Language

NEAR = 3  # words on either side that tell what a number is of
_LISTED = re.compile(r"\(\s*\d+(?:,\s*\d+)+\s*\)|(?<![\w.,])\d+(?:,\d+){2,}(?![\w,])")  # "C(10,3)", "2,4,9"
_DIGITS: Mapping[Language, re.Pattern[str]] = {
    "ru": re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?(?=\D|$)"),
    "en": re.compile(r"(?<![\w.])(?<!\d,)\d{1,3}(?:,\d{3})+(?!\d)|(?<![\w.])\d+(?:\.\d+)?(?=\D|$)"),
}
_ONE = re.compile(r"(?:one|один|одна|одну|одно|одной|одного)$")
_BREAK = re.compile(r"[.?!;](?:\s|$)|,(?=\s)")


@dataclass(frozen=True)
class Slot:
    """`value`: as digits, or as said for a part ("a third")."""

    start: int
    end: int
    value: str
    part: bool = False


def slots(text: str, language: Language) -> list[Slot]:
    """In order of the text. "one" is none: it is mostly a thing."""
    listed = [m.span() for m in _LISTED.finditer(text)]
    found = [Slot(m.start(), m.end(), m.group()) for a, b in listed for m in re.compile(r"\d+").finditer(text, a, b)]
    for match in _DIGITS[language].finditer(text):
        if not any(a <= match.start() < b for a, b in listed):
            value = match.group().replace(",", "." if language == "ru" else "")
            found.append(Slot(*match.span(), value))
    tokens = tokenize(text, {})
    spans = [s for s in _numbers().spans(tokens) if s.kind in ("number", "percent")]
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.kind)):
        start, end = tokens[span.start].start, tokens[span.end - 1].end
        said = text[start:end]
        part = span.kind == "percent"
        if (part and re.search(r"\d|%|проц|per", said)) or re.match(_ONE, normalize(said)) or said[:1] in "-−":
            continue
        if re.match(r"\d+(?:[.,]\d+)?$", said) or any(start < s.end and s.start < end for s in found if s.end > end):
            continue
        found = [s for s in found if not (start <= s.start and s.end <= end)]
        if not any(start < s.end and s.start < end for s in found):
            found.append(Slot(start, end, said if part else f"{span.value:g}", part))
    named = _named(language)
    for match in WORD.finditer(text):
        figure = named.get(lemma(match.group()), named.get(normalize(match.group()), 0))
        if figure and not any(match.start() < s.end and s.start < match.end() for s in found):
            found.append(Slot(*match.span(), str(figure)))
    return sorted(found, key=lambda slot: slot.start)


def is_one(word: str) -> bool:
    return _ONE.match(normalize(word)) is not None


def with_slots(text: str, changes: Iterable[tuple[Slot, str]]) -> str:
    return changed(text, [(slot.start, slot.end, value) for slot, value in changes])


def likeliest(new: Slot, text: str, there: Sequence[Slot], old: str, words: FollowWords) -> list[Slot]:
    """Where in `old` the number of `text` may belong, the likeliest first: by the words beside both, then by size."""
    mine = _around(new, text, words)
    named = [lemma(m.group()) for m in WORD.finditer(text)]
    order = next((int(words.data["ordinals"][word]) for word in named if word in words.data["ordinals"]), 0)
    edge = set(named) & set(data(words.language)["last"])

    def score(slot: Slot) -> tuple[float, float]:
        theirs = _around(slot, old, words)
        alike = sum(2 / (1 + abs(mine[word] - theirs[word])) for word in mine.keys() & theirs.keys())
        at = there.index(slot) + 1
        listed = order and at == order + (len(there) > order and _counts(there[0], old))
        alike += 2 * bool(listed) + 2 * (bool(edge) and at == len(there)) - 3 * (new.part != slot.part)
        return (-alike, abs(math.log(_size(slot)) - math.log(_size(new))))

    return sorted((slot for slot in there if slot.value != new.value), key=score)


def _size(slot: Slot) -> float:
    return max(0.01, 0.5 if slot.part else float(slot.value))


def _counts(slot: Slot, old: str) -> bool:
    """ "Two angles ... 50 and 60": how many are told, no number among them."""
    return slot.start < 3 and not old[slot.start].isdigit()


def _around(slot: Slot, text: str, words: FollowWords) -> Mapping[str, int]:
    """Words of content near the number, in its clause, and how far from it they stand."""
    small = words.fillers | words.prepositions | frozenset(words.data["articles"])
    before = _BREAK.split(text[: slot.start])[-1]
    after = _BREAK.split(text[slot.end :])[0]
    found: dict[str, int] = {}
    for side in (list(reversed(WORD.findall(before)))[:NEAR], WORD.findall(after)[:NEAR]):
        for at, word in enumerate(side):
            if normalize(word) not in small and not word[0].isdigit():
                found.setdefault(_stem(word), at)
    return found


def _stem(word: str) -> str:
    """Singular and plural alike."""
    return re.sub(r"(?<=[a-z]{3})(?:es|s)$", "", lemma(word))


def content(text: str, words: FollowWords) -> str:
    """A turn without what opens and closes it."""
    return words.without_opener(text)[0].strip(" .?!,;—-")


def multiple(text: str, language: Language) -> float | None:
    """How many times as much it says: "what if both were doubled?"."""
    named = ((float(times), says(text, phrases)) for times, phrases in data(language)["factors"].items())
    return max(((len(said), times) for times, said in named if said), default=(0, None))[1]


def says(text: str, phrases: Iterable[str]) -> str:
    """The longest of the phrases that the text has, a "*" in one standing for any ending."""
    said = plain(text)
    for phrase in sorted(phrases, key=len, reverse=True):
        found = re.search(_pattern(phrase), said)
        if found is not None:
            return found.group()
    return ""


@lru_cache(maxsize=1024)
def _pattern(phrase: str) -> re.Pattern[str]:
    any_ending = r"\w*".join(re.escape(part) for part in normalize(phrase).split("*"))
    return re.compile(rf"(?<!\w){any_ending}(?!\w)")


@lru_cache(maxsize=1)
def _numbers() -> Numbers:
    return Numbers()


@lru_cache(maxsize=2)
def _named(language: Language) -> Mapping[str, int]:
    """ "двойка", "шестеро", "a dozen"."""
    return {**FollowWords.of(language).data["figures"], **data(language)["counted"]}


@lru_cache(maxsize=2)
def data(language: Language) -> Mapping[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("figures.yaml"))[language])
