"""Does this sentence stop the robot? The one list, `stop_words.yaml`, for what is typed, heard or sent (S16).

Works on the text alone, without a model or the brain, in time linear in its length.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from pathlib import Path

from moe_robot.config import read_yaml

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
_REPEATED = re.compile(r"(.)\1+", re.UNICODE)


def is_stop(text: str) -> bool:
    """True when `text` is nothing but stop words and what may stand around them."""
    stops, fillers, longest = _phrases()
    words = _words(text)
    found, at = False, 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            phrase = tuple(words[at : at + length])
            if phrase in stops or phrase in fillers:
                found |= phrase in stops
                at += length
                break
        else:
            return False
    return found


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower().replace("ё", "е").replace("’", "'")
    return [_REPEATED.sub(r"\1", word) for word in _WORD.findall(plain)]


@functools.lru_cache(maxsize=1)
def _phrases() -> tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]], int]:
    """(stops, fillers, words in the longest of them)."""
    data = read_yaml(Path(__file__).with_name("stop_words.yaml"))
    stops = frozenset(tuple(_words(phrase)) for phrases in data["stop"].values() for phrase in phrases)
    fillers = frozenset(tuple(_words(phrase)) for phrases in data["around"].values() for phrase in phrases)
    return stops, fillers, max(map(len, stops | fillers))
