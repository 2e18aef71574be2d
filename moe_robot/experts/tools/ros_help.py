"""How to do something with ROS 2, from the table `words/ros_help.yaml`; None when no entry fits.

An entry's `ask` lines are requirements that must all be met; the line with the most of them wins.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from moe_robot.config import read_yaml
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.said import Said, score
from moe_robot.experts.tools.voice import told
from moe_robot.experts.words import FOLDER, Words
from moe_robot.structs import Reply, Utterance

PACK = "ros_help"

Line = tuple[tuple[str, ...], ...]  # requirements, each a choice of stems


class RosHelp:
    def __init__(self) -> None:
        self._words = Words(PACK)

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        key = search(Said(utterance.text))
        return told(self._words.say(key, utterance.language), "ros_help") if key else None


def search(said: Said) -> str:
    """The entry that fits best, "" when none does."""
    scores = [(max((score(said, line) for line in lines), default=0.0), key) for key, lines in _asks().items()]
    most, key = max(scores, key=lambda pair: pair[0])
    return key if most > 0.0 else ""


@functools.lru_cache(maxsize=1)
def _asks() -> dict[str, Sequence[Line]]:
    """Requirements by entry; "_" stands for a space where the stem is not a name with an underscore."""
    table: dict[str, Sequence[Line]] = {}
    for key, entry in read_yaml(FOLDER / f"{PACK}.yaml").items():
        table[key] = [tuple(_stems(requirement) for requirement in str(line).split()) for line in entry["ask"]]
    return table


def _stems(requirement: str) -> tuple[str, ...]:
    stems: list[str] = []
    for stem in requirement.split("|"):
        stems += [stem, stem.replace("_", " ")] if "_" in stem else [stem]
    return tuple(stem for stem in stems if stem.strip())
