"""The words of `motion.yaml`: what a turn of motion says, and the plain requests that it may mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import normalize
from moe_robot.router.followup_words import plain
from moe_robot.structs import Language

PLACES, PEOPLE = ("place",), ("person",)


@dataclass(frozen=True)
class MotionWords:
    data: Mapping[str, Any]

    @staticmethod
    @lru_cache(maxsize=2)
    def of(language: Language) -> MotionWords:
        return MotionWords(read_yaml(Path(__file__).with_name("motion.yaml"))[language])

    def has(self, key: str, text: str) -> bool:
        """One of the phrases, in whole words."""
        return any_of(self.data[key], text)

    def begins(self, key: str, text: str) -> bool:
        """One of the phrases, the last word of it perhaps longer."""
        return any_of(self.data[key], text, stems=True)

    def say(self, key: str, **filled: str) -> str:
        return str(self.data["say"][key]).format(**filled)

    def row(self, names: list[str]) -> str:
        """ "the kitchen, the hall and the office" """
        comma, last = self.data["join"]
        return str(last).join([comma.join(names[:-1]), names[-1]] if len(names) > 1 else names)


def any_of(phrases: Iterable[object], text: str, stems: bool = False) -> bool:
    said = f" {plain(text)} "
    end = "" if stems else " "
    return any(f" {normalize(str(phrase))}{end}" in said for phrase in phrases)


def shown(value: float) -> str:
    return f"{value:.4g}" if re.search("e", f"{value:.4g}") is None else f"{value:.0f}"
