"""The nearest understood command, in the speaker's language, with names of this home."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from rapidfuzz import fuzz, process

from moe_robot.lexicon import Lexicon, normalize
from moe_robot.structs import LANGUAGES, Language


class Suggester:
    """Example sentences of `examples.yaml`, filled with the lexicon's names when first needed."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._version = -1
        self._examples: dict[Language, dict[str, str]] = {}

    def nearest(self, text: str, language: Language) -> str:
        """ "" only when there are no examples."""
        examples = self.examples(language)
        found = process.extractOne(normalize(text)[:200], examples, scorer=fuzz.token_sort_ratio)
        return found[2] if found else ""

    def examples(self, language: Language) -> dict[str, str]:
        """Sentence -> the same normalised. Each is understood (a test holds it)."""
        if self._version != self._lexicon.version:
            self._version = self._lexicon.version
            self._examples = {}
        if language not in self._examples:
            sentences = [s for pattern in _patterns()[language] for s in self._fill(pattern, language)]
            self._examples[language] = {sentence: normalize(sentence) for sentence in dict.fromkeys(sentences)}
        return self._examples[language]

    def _fill(self, pattern: str, language: Language) -> list[str]:
        """ "{place:gent}" stands for each place in the genitive, "{thing}" for each kind of thing in one colour."""
        names = self._lexicon.names
        if "{place" in pattern:
            case = pattern.split("{place")[1].split("}")[0].lstrip(":") or "nomn"
            return [
                pattern.replace(f"{{place:{case}}}", self._lexicon.say("place", id, language, case)).replace(  # type:
                ignore[arg-type]
                    "{place}", self._lexicon.say("place", id, language)
                )
                for id in names["place"]
                if id != "dock"
            ]
        if "{thing}" in pattern:
            colors = list(names["color"]) or [""]
            return [
                pattern.replace("{thing}", self._lexicon.thing(kind, colors[index % len(colors)], language, "accs"))
                for index, kind in enumerate(names["object"])
            ]
        if "{person" in pattern:
            case = pattern.split("{person")[1].split("}")[0].lstrip(":") or "nomn"
            return [
                pattern.replace(f"{{person:{case}}}", self._lexicon.say("person", id, language, case)).replace(  #
                type: ignore[arg-type]
                    "{person}", self._lexicon.say("person", id, language)
                )
                for id in names["person"]
            ]
        return [pattern]


@lru_cache(maxsize=1)
def _patterns() -> dict[Language, list[str]]:
    path = Path(__file__).with_name("sentences") / "examples.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {language: list(data[language]) for language in LANGUAGES}
