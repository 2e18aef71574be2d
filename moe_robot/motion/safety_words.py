"""What the gate's keys (`Verdict.reason`, `SafetyState.limiting`) mean, in the language of the person who asks."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.structs import Language


def safety_words(key: str, language: Language) -> str:
    """ "" for the empty key. Raises KeyError for a key that the gate does not have."""
    return str(_table()[key][language]) if key else ""


@functools.lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_yaml(Path(__file__).with_name("safety_words.yaml"))
