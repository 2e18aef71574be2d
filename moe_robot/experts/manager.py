"""The experts of this robot: their cards, and who of each chain answers. The first valid answer wins."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Protocol

from moe_robot.errors import ConfigError
from moe_robot.experts.card import ExpertCard
from moe_robot.structs import Reply, Route, Utterance

log = logging.getLogger(__name__)


class Answerer(Protocol):
    def answer(self, utterance: Utterance) -> Reply | None:
        """None = "not mine": the next in the chain is asked."""

    def suggestion(self, utterance: Utterance) -> str:
        """A near command that it would answer, "" when it has none."""


class ExpertManager:
    """Raises ConfigError: a card's chain names an answerer that there is not."""

    def __init__(self, cards: Mapping[str, ExpertCard], answerers: Mapping[str, Answerer]) -> None:
        self.cards = dict(cards)
        self._answerers = dict(answerers)
        for card in cards.values():
            for name in card.chain:
                if name not in answerers:
                    raise ConfigError(f"expert '{card.id}': unknown answerer '{name}'; known: {', '.join(answerers)}")

    def answer(self, route: Route, utterance: Utterance, context: object = None) -> Reply | None:
        """The reply of the route's expert, None when nobody of its chain answers."""
        for name in self.cards[route.expert].chain:
            reply = self._answerers[name].answer(utterance)
            if reply is not None:
                return reply
            log.info("expert %s: %s did not answer", route.expert, name)
        return None

    def suggestion(self, utterance: Utterance) -> str:
        """The nearest command that some answerer would take, "" when none is near."""
        return next((text for a in self._answerers.values() if (text := a.suggestion(utterance))), "")
