"""Is it asked whether the robot can, could, will? "можно ехать вперёд?", "is it possible to drive to the kitchen".

Many orders are said so too ("can you turn left?"): by the words alone they cannot be told apart. This only tells where
it may be a question, so that a sentence template is not the only one who decides that the robot moves. The words are
`asking.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import yaml

from moe_robot.lexicon import analyzer, normalize
from moe_robot.structs import Branch, Language, PlanNode, Repeat, Step

STILL = frozenset(("say", "wait", "stop", "cancel", "help", "battery", "where_am_i", "what_do_you_see", "recall",
                   "count", "look", "remember_place"))  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def asks(text: str, language: Language) -> bool:
    """Ends with a question mark or has the words of a question, and is not worded as an order."""
    words = _words()
    said = [normalize(word) for word in _WORD.findall(text)]
    whole = f" {' '.join(said)} "
    if any(f" {order} " in whole for order in words["orders"][language]) or (language == "ru" and _imperative(said)):
        return False
    if text.rstrip(" »”\"'!)").endswith("?") or set(said) & set(words["asks"][language]):
        return True
    return any(whole.startswith(f" {opening} ") for opening in words["openings"][language])


def whether(text: str, language: Language) -> bool:
    """It is asked whether something can be done: "можно ли проехать на кухню", "is it possible to turn"."""
    said = [normalize(word) for word in _WORD.findall(text)]
    if not asks(text, language):
        return False
    if language == "en":
        return any(" ".join(said).startswith(f"{opening} ") for opening in _words()["whether"][language])
    verb = any(parse.tag.POS == "INFN" for word in said for parse in analyzer().parse(word)[:1])
    return verb and bool(set(said) & set(_words()["whether"][language]))


def moves(nodes: Iterable[PlanNode]) -> bool:
    """Whether any step of it may move the robot."""
    for node in nodes:
        if isinstance(node, Step):
            if node.skill not in STILL:
                return True
        elif moves(node.body if isinstance(node, Repeat) else (*node.then, *node.otherwise)):
            return True
    return False


def conditional(nodes: Iterable[PlanNode]) -> bool:
    """ "Do you see a cube? Then go to it": the question is the condition."""
    return any(isinstance(node, Branch) for node in nodes)


def _imperative(said: Iterable[str]) -> bool:
    return any("impr" in parse.tag and parse.score > 0.3 for word in said for parse in analyzer().parse(word))


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, list[str]]]:
    data = yaml.safe_load(Path(__file__).with_name("asking.yaml").read_text(encoding="utf-8"))
    return {
        kind: {language: [str(word) for word in words] for language, words in of.items()} for kind, of in data.items()
    }
