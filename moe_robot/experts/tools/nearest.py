"""Which experts, and which of their examples, share the most telling words with a text. Knows no router."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from moe_robot.experts.card import ExpertCard
from moe_robot.experts.keepsakes import content_words
from moe_robot.structs import Language


@dataclass(frozen=True)
class Near:
    """`example` is the card's that shares most, its first when none does. `score` grows with rare words shared."""

    card: ExpertCard
    example: str
    score: float


def nearest(words: frozenset[str], cards: Iterable[ExpertCard], language: Language) -> list[Near]:
    """The cards that share a word, the best first. `words` are `content_words` of the text."""
    cards = tuple(cards)
    bags = {card.id: _bag_of_card(card, language) for card in cards}
    spread = Counter(word for bag in bags.values() for word in bag)
    weights = {word: math.log(1.0 + len(bags) / spread[word]) for word in words if spread[word]}
    scores = {id: sum(weights.get(word, 0.0) for word in bag) for id, bag in bags.items()}
    found = [
        Near(card, nearest_example(words, card, language, weights), scores[card.id])
        for card in cards
        if scores[card.id]
    ]
    return sorted(found, key=lambda near: -near.score)


def nearest_example(
    words: frozenset[str], card: ExpertCard, language: Language, weights: Mapping[str, float] | None = None
) -> str:
    """The example with the most words shared, the first of equals."""
    weights = weights if weights is not None else dict.fromkeys(words, 1.0)
    return max(
        card.examples[language],
        key=lambda example: sum(weights.get(word, 0.0) for word in _bag(example)),
    )


def _bag_of_card(card: ExpertCard, language: Language) -> frozenset[str]:
    texts = (*card.examples[language], card.name[language], card.description[language])
    return frozenset(word for text in texts for word in _bag(text))


@functools.lru_cache(maxsize=8192)
def _bag(text: str) -> frozenset[str]:
    return content_words(text)
