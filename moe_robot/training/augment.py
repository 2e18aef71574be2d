"""One sentence as people really say and type it: polite, in haste, through a recogniser, half in the other language.

All chance comes from the `Random` that is passed. Keeps the meaning as well as a machine can: a negation or a number is
never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from moe_robot.structs import Language

_KEYS = {
    "en": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "ru": ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
}
# What recognisers mix up: unstressed vowels, voiced ends.
_SOUNDS = {
    "ru": (("о", "а"), ("е", "и"), ("тся", "ться"), ("г", "к"), ("д", "т"), ("в", "ф"), ("сч", "щ"), ("жи", "жы")),
    "en": (("ee", "ea"), ("ph", "f"), ("ck", "k"), ("tt", "t"), ("ll", "l"), ("ie", "ei"), ("our", "or"), ("z", "s")),
}
_KEPT = frozenset(["not", "no", "never", "don't", "dont", "without", "не", "нет", "ни", "без", "никогда"])
_PUNCTUATION = re.compile(r"[.,!?;:\"«»]+(?=\s|$)|(?<=\s)[\"«]")


@dataclass(frozen=True)
class Wrapping:
    """`models/router/wrapping.yaml`: what stands around a request without changing it, by language."""

    before: Mapping[Language, Sequence[str]]
    after: Mapping[Language, Sequence[str]]
    numbers: Mapping[Language, Mapping[str, str]]
    mixed: Mapping[Language, Mapping[str, str]]  # of the sentence -> word -> word of the other language


def augment(text: str, language: Language, rng: Random, wrapping: Wrapping) -> str:
    """`text` changed in zero, one or more ways."""
    if rng.random() < 0.35:
        text = wrapped(text, language, rng, wrapping)
    if rng.random() < 0.10:
        text = dropped(text, rng)
    if rng.random() < 0.05:
        text = mixed(text, language, rng, wrapping)
    chance = rng.random()
    if chance < 0.25:
        text = mistyped(text, language, rng)
    elif chance < 0.45:
        text = misheard(text, language, rng, wrapping)
    return plain(text, rng)


def plain(text: str, rng: Random) -> str:
    """Case and punctuation as they come."""
    chance = rng.random()
    if chance < 0.35:
        return _PUNCTUATION.sub("", text).strip() or text
    if chance < 0.50 and text[-1:].isalnum():
        return text + rng.choice((".", "!", "."))
    return text


def wrapped(text: str, language: Language, rng: Random, wrapping: Wrapping) -> str:
    if rng.random() < 0.6:
        text = f"{rng.choice(wrapping.before[language])} {text}"
    if rng.random() < 0.5:
        text = f"{text.rstrip('.')}{rng.choice((', ', ' '))}{rng.choice(wrapping.after[language])}"
    return text


def dropped(text: str, rng: Random) -> str:
    """One word left out, of at least five."""
    words = text.split()
    at = rng.randrange(len(words)) if words else 0
    if len(words) < 5 or words[at].lower() in _KEPT or any(c.isdigit() for c in words[at]):
        return text
    return " ".join(words[:at] + words[at + 1 :])


def mixed(text: str, language: Language, rng: Random, wrapping: Wrapping) -> str:
    """Each word that has one is exchanged for the other language's, half of the time."""
    table = wrapping.mixed[language]
    return " ".join(table[w] if w in table and rng.random() < 0.5 else w for w in text.split())


def mistyped(text: str, language: Language, rng: Random) -> str:
    """One slip, up to three in a long text: a letter exchanged with its neighbour, doubled, lost, the next key, or a
    space within a word."""
    for _ in range(1 + sum(len(text) > least and rng.random() < 0.5 for least in (24, 48))):
        places = [i for i in range(1, len(text) - 1) if text[i].isalpha() and text[i - 1].isalpha()]
        if not places:
            return text
        at, kind = rng.choice(places), rng.randrange(13) // 3
        if kind == 0:
            text = text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
        elif kind == 1:
            text = text[:at] + text[at] + text[at:]
        elif kind == 2:
            text = text[:at] + text[at + 1 :]
        elif kind == 3:
            text = text[:at] + _neighbour(text[at], language, rng) + text[at + 1 :]
        else:
            text = text[:at] + " " + text[at:]
    return text


def misheard(text: str, language: Language, rng: Random, wrapping: Wrapping) -> str:
    """As a recogniser writes: lower case, no punctuation, numbers in words, words merged or split, sounds mixed up, an
    end cut off."""
    words = _PUNCTUATION.sub("", text.lower()).split()
    words = [wrapping.numbers[language].get(word, word) for word in words]
    if len(words) > 2 and rng.random() < 0.3:
        at = rng.randrange(len(words) - 1)
        words[at : at + 2] = [words[at] + words[at + 1]]
    if words and rng.random() < 0.2:
        at = rng.randrange(len(words))
        if len(words[at]) > 5:
            cut = rng.randrange(2, len(words[at]) - 2)
            words[at : at + 1] = [words[at][:cut], words[at][cut:]]
    if words and rng.random() < 0.4:
        at = rng.randrange(len(words))
        a, b = rng.choice(_SOUNDS[language])
        words[at] = words[at].replace(a, b, 1) if a in words[at] else words[at].replace(b, a, 1)
    if len(words) > 5 and rng.random() < 0.15:
        words = words[1:] if rng.random() < 0.5 and words[0] not in _KEPT else words[:-1]
    return " ".join(words) or text


def _neighbour(letter: str, language: Language, rng: Random) -> str:
    for row in _KEYS[language]:
        if (at := row.find(letter.lower())) >= 0:
            beside = [row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)]
            return rng.choice(beside)
    return letter
