"""The answerer `sentences`: what the sentence templates understood becomes a draft of steps; no model is asked.

A name that this home does not have becomes a step with that name in it: the planner's check refuses it and says to the
person what is known instead.
"""

from __future__ import annotations

from typing import Protocol

from moe_robot.experts.context import AnswerContext
from moe_robot.structs import Language, PlanNode, Reply, Step, Utterance


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


class SentencesAnswerer:
    def __init__(self, parser: Parser) -> None:
        self._parser = parser

    def answer(self, utterance: Utterance, context: AnswerContext | None = None) -> Reply | None:
        """None: not a known sentence. Then, and only then, the next answerer of the chain may be asked."""
        parsed = self._parser.parse(utterance.text, utterance.language)
        if parsed.nodes:
            return Reply("", parsed.intents[0] if parsed.intents else "", parsed.nodes)
        unknown = _unknown(parsed.reason, parsed.word)
        return Reply("", parsed.reason, unknown) if unknown else None

    def suggestion(self, utterance: Utterance) -> str:
        """The nearest command that would have been understood, "" when none is near."""
        return self._parser.parse(utterance.text, utterance.language).suggestion


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
