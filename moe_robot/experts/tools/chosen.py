"""Which of an answerer's few questions was asked: expressions from `topics.yaml`, the first that fits wins."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from moe_robot.config import read_yaml
from moe_robot.lexicon import normalize

_BREAKS = re.compile(r"[^\w+'-]+")


def plain(text: str) -> str:
    """Lower case, ё as е, every run of other characters one space."""
    return _BREAKS.sub(" ", normalize(text)).strip()


def chosen(text: str, table: str) -> str:
    """Key of the first question of the table that is found in `text`, "" when none is."""
    words = plain(text)
    return next((key for key, pattern in _patterns(table) if pattern.search(words)), "")


@functools.lru_cache(maxsize=32)
def _patterns(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    data = read_yaml(Path(__file__).with_name("topics.yaml"))[table]
    return tuple(
        (key, re.compile(rf"\b(?:{'|'.join((*spoken['ru'], *spoken['en']))})")) for key, spoken in data.items()
    )
