"""The words of a request for those who answer it: stems, in any form, and the places, things and people named.

The router has chosen the expert; what is left is to see which of its few questions was asked. Stems do that in both
languages: `said.has("быстр", "fast")`. Knows nothing of what an answer may be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from moe_robot.lexicon import Lexicon, normalize
from moe_robot.phrases import Thing

_WORD = re.compile(r"/?[a-zа-я0-9_]+(?:[./'-][a-zа-я0-9_]+)*", re.IGNORECASE)
_LONGEST = 4  # words of a name
_BEFORE_NOUN = frozenset(("a", "the", "this", "that", "any", "one", "my", "your", "red", "orange", "yellow", "green",
                          "blue", "purple", "violet", "which", "to"))  # fmt: skip


@dataclass(frozen=True)
class Named:
    """What a run of words names. `at` is its first word's index, `size` the number of words.

    Of the kind "head" ("the table" where there are two) `id` lists the places with | between."""

    kind: str  # place | object | color | person | head
    id: str
    at: int
    size: int


class Said:
    """`text` lower case, ё as е; `words` its words, topic names and numbers whole."""

    def __init__(self, text: str, lexicon: Lexicon | None = None) -> None:
        self.text = normalize(text)
        self.words: tuple[str, ...] = tuple(_WORD.findall(self.text))
        self.named: tuple[Named, ...] = tuple(self._find(lexicon)) if lexicon is not None else ()

    def has(self, *stems: str) -> bool:
        """Whether one of the stems begins a word; "=word" is the whole word, "a b" two words in a row that begin so."""
        return any(self.at(stem) >= 0 for stem in stems)

    def at(self, stem: str, after: int = 0) -> int:
        """Index of the first word of a stem, -1 when it is not there."""
        parts = stem.split()
        for index in range(after, len(self.words) - len(parts) + 1):
            if all(_begins(self.words[index + k], part) for k, part in enumerate(parts)):
                return index
        return -1

    def places(self) -> tuple[str, ...]:
        """In order of mention, each once."""
        return tuple(dict.fromkeys(named.id for named in self.named if named.kind == "place"))

    def places_like(self) -> tuple[str, ...]:
        """The same, with every place that an ambiguous word may mean."""
        ids = [id for named in self.named if named.kind in ("place", "head") for id in named.id.split("|")]
        return tuple(dict.fromkeys(ids))

    def people(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(named.id for named in self.named if named.kind == "person"))

    def things(self) -> tuple[Thing, ...]:
        """Objects with the colour before them, people, and colours that stand alone, in order of mention."""
        found: list[Thing] = []
        color: Named | None = None
        for named in self.named:
            if named.kind == "object":
                near = color is not None and color.at + color.size == named.at
                found.append(Thing(named.id, color.id if color is not None and near else ""))
                if color is not None and not near:
                    found.insert(-1, Thing("any", color.id))
                color = None
                continue
            if color is not None:
                found.append(Thing("any", color.id))
                color = None
            if named.kind == "color":
                color = named
            elif named.kind == "person":
                found.append(Thing(person=named.id))
        if color is not None:
            found.append(Thing("any", color.id))
        return tuple(dict.fromkeys(found))

    def _is_verb(self, index: int) -> bool:
        """ "can you" has no can in it; "the can", "two cans", "a red can" have."""
        return self.words[index] == "can" and (index == 0 or self.words[index - 1] not in _BEFORE_NOUN)

    def _find(self, lexicon: Lexicon) -> list[Named]:
        found: list[Named] = []
        index = 0
        while index < len(self.words):
            for size in range(min(_LONGEST, len(self.words) - index), 0, -1):
                meanings = lexicon.lookup(self.words[index : index + size])
                if meanings and not self._is_verb(index):
                    found.append(Named(meanings[0][0], meanings[0][1], index, size))
                    index += size
                    break
            else:
                if heads := lexicon.heads.get(self.words[index]):
                    found.append(Named("head", "|".join(sorted(heads)), index, 1))
                index += 1
        return found


def _begins(word: str, stem: str) -> bool:
    return word == stem[1:] if stem.startswith("=") else word.startswith(stem)


def score(said: Said, line: Sequence[Sequence[str]]) -> float:
    """Requirements met, each a choice of stems: all or nothing; of equals the one whose words are longer."""
    lengths = [max((len(stem) for stem in choice if said.has(stem)), default=0) for choice in line]
    return len(line) + 0.001 * sum(lengths) if all(lengths) else 0.0


def best(said: Said, table: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Key of the row with the most stems that occur, the first of equals; "" when no stem does."""
    scores = [(sum(said.has(stem) for stem in stems), key) for key, stems in table]
    most = max((score for score, _ in scores), default=0)
    return next((key for score, key in scores if score == most), "") if most else ""
