"""The answerer `sentences`: what the sentence templates understood becomes a draft of steps; no model is asked.

A name that this home does not have becomes a step with that name in it: the planner's check refuses it and says to the
person what is known instead.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from moe_robot.experts.card import ExpertCard
from moe_robot.experts.context import AnswerContext
from moe_robot.structs import Language, PlanNode, Reply, Step, Utterance

SURE = 0.9  # from which one command of an expert is enough, whatever stands around it
HOLDS = ("stop", "cancel", "wait")
COME_HERE = "come_here"
INTENTS = {COME_HERE: ("go_to",)}  # of experts who own no sentences
# An unknown name of this kind is what the expert would have to know.
NAMES = ("unknown_object", "unknown_person", "unknown_color", "unknown_place")
BY_NAME = ("find", "pick", "place", "bring", "count", "recall")
TAKES = {
    "go_to": ("unknown_place", "unknown_person", "ambiguous_place"),
    "patrol": ("unknown_place", "ambiguous_place"),
    "follow": ("unknown_person",),
    COME_HERE: ("unknown_person",),
}


class Parsed(Protocol):
    """What of a parse is needed (`router.parser.Parse` is one)."""

    @property
    def nodes(self) -> tuple[PlanNode, ...]: ...
    @property
    def intents(self) -> tuple[str, ...]: ...
    @property
    def reason(self) -> str: ...
    @property
    def word(self) -> str: ...
    @property
    def suggestion(self) -> str: ...


class Parser(Protocol):
    def parse(self, text: str, language: Language | None = None) -> Parsed: ...
    def parse_for(self, text: str, language: Language, intents: Collection[str]) -> Parsed: ...


class SentencesAnswerer:
    def __init__(self, parser: Parser) -> None:
        self._parser = parser

    def answer(self, utterance: Utterance, context: AnswerContext | None = None) -> Reply | None:
        """None: not a known sentence. Then, and only then, the next answerer of the chain may be asked."""
        parsed = self._parser.parse(utterance.text, utterance.language)
        if parsed.nodes and not (context is not None and _is_held(context.card, parsed)):
            return Reply("", parsed.intents[0] if parsed.intents else "", parsed.nodes)
        if context is not None and context.sure >= SURE:
            nodes = self._one_command(utterance, context.card, parsed.reason)
            if nodes:
                return Reply("", "", nodes)
        unknown = _unknown(parsed.reason, parsed.word)
        return Reply("", parsed.reason, unknown) if unknown else None

    def _one_command(self, utterance: Utterance, card: ExpertCard, unknown: str) -> tuple[PlanNode, ...]:
        """What is asked of this expert, who is surely meant, among words that no sentence has. To stop is safe whatever
        else was said."""
        if unknown in (NAMES if card.id in BY_NAME else TAKES.get(card.id, ())):
            return ()
        found = self._parser.parse_for(utterance.text, utterance.language, card.intents or INTENTS.get(card.id, ()))
        if card.id == COME_HERE and not all(isinstance(node, Step) and "person" in node.params for node in found.nodes):
            return ()
        return found.nodes or ((Step("stop"),) if card.id == "stop" else ())

    def suggestion(self, utterance: Utterance) -> str:
        """The nearest command that would have been understood, "" when none is near."""
        return self._parser.parse(utterance.text, utterance.language).suggestion


def _is_held(card: ExpertCard, parsed: Parsed) -> bool:
    """Who is to stop, wait or drop it does not set off, whatever else was read."""
    return card.id in HOLDS and not set(card.intents) & set(parsed.intents)


def _unknown(reason: str, word: str) -> tuple[PlanNode, ...]:
    match reason:
        case "unknown_place" | "ambiguous_place":
            return (Step("go_to", {"place": word}),)
        case "unknown_object":
            return (Step("find", {"object": word}),)
        case "unknown_color":
            return (Step("find", {"object": "any", "color": word}),)
        case "unknown_person":
            return (Step("find", {"person": word}),)
    return ()
