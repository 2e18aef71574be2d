"""Words as they were meant: one slip of a key, a space lost or too many, letters written as they are heard.

    repair = Repair({"kitchen": 40, "go": 90, "to": 200})
    repair.words(["go", "tokicthen"])     # ["go", "to", "kitchen"]

Knows the words of the router's training and how common each is, nothing of experts. A word of the Russian dictionary is
never altered; an English one may be when training has neither it nor its stem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from moe_robot.lexicon import analyzer
from moe_robot.router.english import stem

SHORTEST = 4  # letters; shorter words must be exact
LONGEST = 40  # letters; longer ones are no words
JOINED = 5  # letters at least of a word that a space was in
COMMON = 3  # sources that have a word of three letters or less before others are taken apart into it
_ALONE = frozenset("аявиксуоia")
_NEVER = frozenset(("not", "never", "none", "dont", "don't", "without", "не", "без", "нет", "никогда", "нельзя"))
_SOUNDS = {"а": "о", "о": "а", "и": "е", "е": "и"}
_LETTERS = {"ru": "абвгдежзийклмнопрстуфхцчшщъыьэюя", "en": "abcdefghijklmnopqrstuvwxyz"}


class Repair:
    """`common`: words of the training, lower case, and how many of its sources have each. Safe under threads."""

    def __init__(self, common: Mapping[str, int]) -> None:
        self._common = dict(common)
        self._stems = {stem(word) for word in common if word.isascii()}
        self._after: dict[str, set[str]] = {}  # beginning of a known word -> letters that it goes on with
        for word in self._common:
            for at, letter in enumerate(word):
                self._after.setdefault(word[:at], set()).add(letter)
        self._meant = lru_cache(maxsize=32_768)(self._meant_by)
        self._known = lru_cache(maxsize=32_768)(self._is_word)

    def words(self, words: Sequence[str]) -> list[str]:
        """Normalised words in and out."""
        found: list[str] = []
        at = 0
        while at < len(words):
            word = words[at]
            after = words[at + 1] if at + 1 < len(words) else ""
            if self._known(word) and (not after or self._known(after)):
                found.append(word)
            elif after.isalpha() and word.isalpha() and word + after in self._common and len(word + after) >= JOINED:
                found.append(word + after)
                at += 1
            else:
                found += (word,) if self._known(word) else self._meant(word)
            at += 1
        return found

    def _is_word(self, word: str) -> bool:
        if word in self._common or not word.isalpha() or len(word) > LONGEST:
            return True
        if word.isascii():
            return len(root := stem(word)) >= SHORTEST and root in self._stems
        return "а" <= word[0] <= "я" and analyzer().word_is_known(word)

    def _meant_by(self, word: str) -> tuple[str, ...]:
        best = max(self._near(word), key=self._rank, default="") if len(word) >= SHORTEST else ""
        if best:
            return (best,)
        parts = self._apart(word)
        return parts or (word,)

    def _rank(self, word: str) -> tuple[int, str]:
        return self._common[word], word

    def _near(self, word: str) -> set[str]:
        """Known words one slip away; nobody takes the first letter for another, but for one that sounds like it."""
        letters = _LETTERS["en" if word.isascii() else "ru"]
        cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
        near = {a + b[1:] for a, b in cuts if b}
        near |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
        for a, b in cuts:
            following = [c for c in self._after.get(a, ()) if c in letters]
            near |= {a + c + b for c in following}
            near |= {a + c + b[1:] for c in following if a and b}
        near.add(_SOUNDS.get(word[0], word[0]) + word[1:])
        return {each for each in near if each in self._common and each not in _NEVER and len(each) >= SHORTEST - 1}

    def _apart(self, word: str) -> tuple[str, ...]:
        """Two known words that were written as one; () when there are none."""
        if len(word) < JOINED:
            return ()
        exact = [(a, b) for i in range(1, len(word)) if self._part(a := word[:i]) and self._part(b := word[i:])]
        if exact:
            return max(exact, key=lambda pair: (min(self._common[part] for part in pair), pair))
        return ()

    def _part(self, word: str) -> bool:
        common = self._common.get(word, 0)
        if len(word) == 1:
            return word in _ALONE and common >= COMMON
        return common >= (COMMON if len(word) <= 3 else 1)
