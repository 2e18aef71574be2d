"""Nouns of a request that name nothing in this home: stops and places that must not be left out in silence."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from pathlib import Path

from moe_robot.config import read_yaml
from moe_robot.experts.tools.said import Said
from moe_robot.lexicon import analyzer
from moe_robot.structs import Language

_SPLIT = re.compile(r"[,:;?!.]|\b(?:and|or|then|before|after|versus|vs|to|with|from|through|via|for)\b")


def strange(said: Said, language: Language) -> tuple[str, ...]:
    """In order of mention, Russian ones in the nominative."""
    taken = {index for named in said.named for index in range(named.at, named.at + named.size)}
    return _russian(said, taken) if language == "ru" else _english(said)


def _russian(said: Said, taken: Collection[int]) -> tuple[str, ...]:
    found: list[str] = []
    for index, word in enumerate(said.words):
        if index in taken or len(word) < 3 or not word.isalpha():
            continue
        parse = analyzer().parse(word)[0]
        known = parse.normal_form.replace("ё", "е") in _about("ru")
        if parse.tag.POS == "NOUN" and not known and parse.tag.case in ("accs", "gent", "datv", "loct", "nomn"):
            found.append(str(parse.normal_form))
    return tuple(dict.fromkeys(found))


def _english(said: Said) -> tuple[str, ...]:
    """What stands after "the", or alone between the commas of a list."""
    names = [" ".join(said.words[named.at : named.at + named.size]) for named in said.named]
    found: list[str] = []
    pieces = [piece.strip() for piece in _SPLIT.split(said.text)]
    for piece in pieces:
        after = piece.rpartition("the ")[2] if "the " in piece else piece if len(pieces) > 2 else ""
        words = re.findall(r"[a-z'-]+", after)
        if (
            0 < len(words) <= 2
            and not any(word in _about("en") for word in words)
            and not any(n in after for n in names)
        ):
            found.append(" ".join(words))
    return tuple(dict.fromkeys(found))


@functools.lru_cache(maxsize=2)
def _about(language: Language) -> frozenset[str]:
    """Words of the request itself."""
    return frozenset(str(read_yaml(Path(__file__).with_name("strange.yaml"))[language]).split())
