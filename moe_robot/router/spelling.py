"""Typing errors: a word that no sentence knows may be a known word with one or two slips.

Conservative: short words must be exact, a word of the language (the Russian dictionary, `other_words.txt` for English)
is never "corrected", and nothing is ever corrected into a negation.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from moe_robot.lexicon import analyzer

EDIT_COST = 0.08  # of confidence, for each slip
_SHORTEST = 4  # letters; shorter words must be exact
_NAMES = ("Name", "Surn", "Patr", "Geox", "Orgn", "Abbr", "Arch", "Erro")
_TWO_SLIPS = 8  # letters from which two slips are still the same word
_NEVER = frozenset(
    (
        "not",
        "never",
        "none",
        "dont",
        "without",
        "nothing",
        "nobody",
        "без",
        "нет",
        "никогда",
        "нельзя",
        "ничего",
        "никого",
    )
)
_QWERTY = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_JCUKEN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_RU = str.maketrans(_QWERTY + _QWERTY.upper(), _JCUKEN + _JCUKEN)
_TO_EN = str.maketrans(_JCUKEN + _JCUKEN.upper(), _QWERTY + _QWERTY)


@lru_cache(maxsize=1)
def _other_words() -> frozenset[str]:
    path = Path(__file__).with_name("other_words.txt")
    return frozenset(path.read_text(encoding="utf-8").split())


class Speller:
    """`words` are all words that may be meant; of these `exact` only as they are written, not with a slip."""

    def __init__(self, words: Iterable[str], exact: Iterable[str] = ()) -> None:
        self._words = set(words)
        kept = set(exact)
        self._by_sound: dict[str, list[str]] = {}
        self._by_length: dict[tuple[bool, int], list[str]] = {}
        for word in sorted(self._words - kept):
            if len(word) >= _SHORTEST and word.isalpha() and word not in _NEVER:
                self._by_length.setdefault((_cyrillic(word), len(word)), []).append(word)
                if _cyrillic(word):
                    self._by_sound.setdefault(_sound(word), []).append(word)

    def knows(self, word: str) -> bool:
        return word in self._words

    def correct(self, word: str) -> list[tuple[str, int]]:
        """(known word, slips), the nearest ones only; empty when it is a word of its own or nothing is near."""
        if len(word) < _SHORTEST or not word.isalpha() or self._is_word(word):
            return []
        most = 2 if len(word) >= _TWO_SLIPS else 1
        script = _cyrillic(word)
        found: list[tuple[str, int]] = []
        for length in range(len(word) - most, len(word) + most + 1):
            choices = self._by_length.get((script, length))
            if choices:
                found += [
                    (choice, int(slips))
                    for choice, slips, _ in process.extract(
                        word, choices, scorer=OSA.distance, score_cutoff=most, limit=20
                    )
                    if choice[0] == word[0] or len(word) > 4
                ]
        nearest = min((slips for _, slips in found), default=0)
        return [(choice, slips) for choice, slips in found if slips == nearest]

    def sounds_like(self, word: str) -> list[str]:
        """Known Russian words that sound the same, unstressed vowels aside."""
        return self._by_sound.get(_sound(word), []) if len(word) >= _SHORTEST and _cyrillic(word) else []

    def relayout(self, text: str) -> str:
        """The text as the other keyboard layout has it ("gjtp;fq" -> "поезжай"), when that has known words."""
        for table in (_TO_RU, _TO_EN):
            other = text.translate(table)
            words, others = text.lower().split(), other.lower().replace("ё", "е").split()
            if others and sum(w.strip(".,!?") in self._words for w in words) == 0:
                known = sum(w.strip(".,!?") in self._words for w in others)
                if known * 2 > len(others):
                    return other
        return text

    @staticmethod
    def _is_word(word: str) -> bool:
        if not _cyrillic(word):
            return word in _other_words()
        if not analyzer().word_is_known(word):
            return False
        tags = [str(parse.tag) for parse in analyzer().parse(word)]
        return not all(any(mark in tag for mark in _NAMES) for tag in tags)  # "нади" may be a name, or "найди"


_SOUNDS = str.maketrans({"о": "а", "е": "и", "я": "и", "э": "и", "ы": "и", "ь": None, "ъ": None})


def _sound(word: str) -> str:
    """ "пака" and "пока", "увидеш" and "увидишь" sound the same."""
    sound = word.replace("тся", "ца").replace("ться", "ца").translate(_SOUNDS)
    return "".join(char for index, char in enumerate(sound) if not index or char != sound[index - 1])


def _cyrillic(word: str) -> bool:
    return "а" <= word[0] <= "я" or word[0] == "ё"
