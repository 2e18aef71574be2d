"""The nearest understood command, in the speaker's language, with names of this home."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml
from rapidfuzz import fuzz, process

from moe_robot.lexicon import CASES, Case, Lexicon, normalize
from moe_robot.router.steps import DOCK
from moe_robot.structs import LANGUAGES, Language

_SIMILAR = 55  # of 100; below that the likeness is an accident
_SLOT = re.compile(r"\{(place|thing|person)(?::(\w+))?\}")


class Suggester:
    """Example sentences of `examples.yaml`, filled with the lexicon's names when first needed."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._version = -1
        self._examples: dict[Language, dict[str, str]] = {}

    def nearest(self, text: str, language: Language) -> str:
        """A typical command of this home when nothing is near; "" only when there are no examples."""
        examples = self.examples(language)
        found = process.extractOne(normalize(text)[:200], examples, scorer=fuzz.token_sort_ratio, score_cutoff=_SIMILAR)
        return found[2] if found else next(iter(examples), "")

    def go_to(self, id: str, language: Language) -> str:
        """The command that goes to this place."""
        pattern = next(pattern for pattern in _patterns()[language] if _SLOT.search(pattern))
        return self._fill(pattern, language, (id,))[0]

    def examples(self, language: Language) -> dict[str, str]:
        """Sentence -> the same normalised. Each is understood (a test holds it)."""
        if self._version != self._lexicon.version:
            self._version = self._lexicon.version
            self._examples = {}
        if language not in self._examples:
            sentences = [s for pattern in _patterns()[language] for s in self._fill(pattern, language)]
            self._examples[language] = {sentence: normalize(sentence) for sentence in dict.fromkeys(sentences)}
        return self._examples[language]

    def _fill(self, pattern: str, language: Language, only: tuple[str, ...] = ()) -> list[str]:
        """ "{place:gent}" stands for each place in the genitive, "{thing}" for each kind of thing in one colour."""
        names = self._lexicon.names
        slot = _SLOT.search(pattern)
        if slot is None:
            return [pattern]
        kind, case = slot.group(1), slot.group(2) or "nomn"
        if kind == "thing":
            colors = list(names["color"]) or [""]
            things = enumerate(names["object"])
            words = [self._lexicon.thing(id, colors[i % len(colors)], language, "accs") for i, id in things]
        elif kind == "person":
            words = [self._lexicon.say("person", id, language, _case(case)) for id in names["person"]]
        else:
            places = only or [id for id in names["place"] if id != DOCK]
            words = [self._lexicon.say("place", id, language, _case(case)) for id in places]
        return [pattern.replace(slot.group(), word) for word in words]


def _case(name: str) -> Case:
    assert name in CASES, name
    return name


@lru_cache(maxsize=1)
def _patterns() -> dict[Language, list[str]]:
    path = Path(__file__).with_name("sentences") / "examples.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {language: list(data[language]) for language in LANGUAGES}
