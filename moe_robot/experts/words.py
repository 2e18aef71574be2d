"""What answerers say, as data: `Words("clock").say("now", "ru", time="15:04")`.

One pack is one file `words/<pack>.yaml`: `key: {ru: ..., en: ...}`, each text with fields of `str.format`. A field
`{n:~metre}` is a number with the right form of a noun of the pack, from its table `nouns`
(`nouns: {metre: {ru: [метр, метра, метров], en: [metre, metres]}}`): "1 метр", "2 метра", "5 метров", "2,5 метра".
`{n:~~metre}` is the noun alone. Knows no lexicon, no map, no clock.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.structs import LANGUAGES, Language

FOLDER = Path(__file__).parent / "words"


class Words:
    """The texts of one pack. Cheap to make: a file is read once in the life of a process."""

    def __init__(self, pack: str) -> None:
        self.pack = pack
        self._texts, self._nouns = _read(pack)

    def say(self, key: str, language: Language, **params: object) -> str:
        """The text `key`. Raises KeyError for a key or a field that is not there."""
        return _Filler(language, self._nouns).vformat(self._texts[key][language], (), params)

    def has(self, key: str) -> bool:
        return key in self._texts

    def keys(self) -> tuple[str, ...]:
        return tuple(self._texts)

    def noun(self, name: str, number: float | Fraction, language: Language) -> str:
        """The form of the noun `name` that follows `number`."""
        forms = self._nouns[name][language]
        return forms[min(plural(number, language), len(forms) - 1)]


def plural(number: float | Fraction, language: Language) -> int:
    """Which form of a noun follows: 0 one, 1 few (and fractions), 2 many; in English 0 one, 1 all others."""
    size = Fraction(number)
    if language == "en":
        return 0 if abs(size) == 1 else 1
    if size.denominator != 1:
        return 1
    tens, ones = abs(int(size)) % 100, abs(int(size)) % 10
    if ones == 1 and tens != 11:
        return 0
    return 1 if ones in (2, 3, 4) and tens not in (12, 13, 14) else 2


@functools.lru_cache(maxsize=256)
def _read(pack: str) -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, list[str]]]]:
    data: dict[str, Any] = dict(read_yaml(FOLDER / f"{pack}.yaml"))
    nouns = data.pop("nouns", {})
    texts = {str(key): {str(each): str(text[each]) for each in LANGUAGES} for key, text in data.items()}
    return texts, nouns


class _Filler(string.Formatter):
    def __init__(self, language: Language, nouns: Mapping[str, Mapping[str, list[str]]]) -> None:
        self.language = language
        self.nouns = nouns

    def format_field(self, value: Any, format_spec: str) -> str:
        if not format_spec.startswith("~"):
            text = str(super().format_field(value, format_spec))
            return text.replace(".", ",") if self.language == "ru" and isinstance(value, float) else text
        name = format_spec.lstrip("~")
        forms = self.nouns[name][self.language]
        noun = forms[min(plural(value, self.language), len(forms) - 1)]
        return noun if format_spec.startswith("~~") else f"{self.format_field(value, '')} {noun}"
