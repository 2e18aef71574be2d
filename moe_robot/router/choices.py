"""The answer to a question back: which of the two readings, or neither. Words are data (`choices.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from moe_robot.config import read_yaml
from moe_robot.lexicon import analyzer, normalize
from moe_robot.structs import LANGUAGES, Language

NEITHER = "neither"


def choose(text: str, language: Language, readings: Sequence[str], names: Mapping[str, Mapping[Language, str]]) -> str:
    """The expert that the person means, `NEITHER`, or "": not an answer, but a new request. `names` are the experts'
    names as they were asked: one of them said is a choice."""
    plain = _plain(text)
    for said in (language, *(other for other in LANGUAGES if other != language)):
        *ordinals, neither = _choices()[said]
        for expert, words in zip(readings, ordinals, strict=False):
            if plain in words:
                return expert
        if plain in neither:
            return NEITHER
    wanted = _lemmas(plain)
    named = [
        expert
        for expert in readings
        if any(wanted <= (own := _lemmas(_plain(name))) and own for name in names.get(expert, {}).values())
    ]
    return named[0] if wanted and len(named) == 1 else ""


@lru_cache(maxsize=1)
def _choices() -> Mapping[str, tuple[frozenset[str], ...]]:
    data = read_yaml(Path(__file__).with_name("choices.yaml"))
    return {key: tuple(frozenset(_plain(str(word)) for word in row) for row in data[key]) for key in LANGUAGES}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", normalize(text)))


def _lemmas(plain: str) -> frozenset[str]:
    return frozenset(analyzer().parse(word)[0].normal_form for word in plain.split() if len(word) > 3)
