"""Asking an answerer of the dialogue: with the cards as shipped, and keepsakes in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from state_rig import CARD, CFG, HOME, LEXICON, NOW, PHRASES, said

from moe_robot.experts.answerer import Answerer
from moe_robot.experts.card import ExpertCard, load_cards, shipped_folder
from moe_robot.experts.context import AnswerContext, Live
from moe_robot.experts.keepsakes import Keepsakes
from moe_robot.structs import Reply, Route, Turn, Utterance, WorldState


@lru_cache(maxsize=1)
def cards() -> dict[str, ExpertCard]:
    return load_cards([shipped_folder()])


@dataclass
class Talk:
    """One conversation with one answerer; what is kept stays between its questions."""

    tool: Answerer
    now: datetime = NOW
    world: WorldState | None = None
    card: ExpertCard = CARD
    keepsakes: Keepsakes = field(default_factory=lambda: Keepsakes(":memory:"))
    history: tuple[Turn, ...] = ()

    def reply(self, text: str, language: str = "", words: str = "") -> Reply | None:
        """`words`: what the person said, when `text` was completed from it."""
        utterance = said(text)
        if language:
            utterance = replace(utterance, language=language)
        kept = self.keepsakes
        live = Live(LEXICON, PHRASES, None, kept.schedule, kept.notes, cards())
        context = AnswerContext(self.card, HOME, CFG, self.now, self.world, self.history, live, said=words)
        reply = self.tool.answer(utterance, context)
        if reply is not None:
            self.history = (
                *self.history,
                Turn(utterance, Route(type(self.tool).__name__.lower(), 1.0, "test"), reply, None),
            )
        return reply

    def ask(self, text: str, language: str = "") -> str:
        reply = self.reply(text, language)
        assert reply is not None, f"not answered: {text}"
        assert not reply.draft
        assert reply.model_used == "none"
        return reply.text


def bare(tool: Answerer, utterance: Utterance) -> Reply | None:
    """Without anything that is live."""
    return tool.answer(utterance, AnswerContext(CARD, HOME, CFG, NOW))
