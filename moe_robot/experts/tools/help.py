"""What the robot can do, by area, and how to say what one wants: names and examples from the cards of all experts."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.card import ExpertCard
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.keepsakes import content_words
from moe_robot.experts.tools.chosen import chosen
from moe_robot.experts.tools.nearest import nearest
from moe_robot.experts.tools.voice import told
from moe_robot.experts.words import Words
from moe_robot.phrases import sentence
from moe_robot.structs import Language, Reply, Utterance

EXAMPLES = 3


class Help:
    def __init__(self) -> None:
        self._words = Words("dialogue")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: there is nobody to tell of."""
        cards = context.live.cards if context.live is not None else {}
        if not cards:
            raise Unavailable("the cards of the experts are not at hand: there is nothing to tell of")
        return told(self._text(utterance, cards, context), "help")

    def _text(self, utterance: Utterance, cards: Mapping[str, ExpertCard], context: AnswerContext) -> str:
        language = utterance.language
        wanted = content_words(utterance.text) - _about_help()
        area = chosen(utterance.text, "areas")
        inside = [card for card in cards.values() if card.category == area]
        if inside and len(wanted) <= 2:
            return self._of_area(area, inside, language)
        if not wanted:
            return self._overview(cards, context, language)
        near = nearest(wanted, (card for card in cards.values() if card.id != context.card.id), language)
        if not near:
            return self._words.say("help_nothing", language, areas=self._areas(cards, language))
        best = near[0]
        examples = list(dict.fromkeys((best.example, *best.card.examples[language])))[:EXAMPLES]
        text = self._words.say(
            "help_for",
            language,
            name=best.card.name[language],
            description=best.card.description[language],
            examples=self._quoted(examples, language),
        )
        if len(near) > 1 and near[1].score > 0.6 * best.score:
            other = self._quoted([near[1].example], language)
            text += " " + self._words.say("help_or", language, name=near[1].card.name[language], example=other)
        return text

    def _overview(self, cards: Mapping[str, ExpertCard], context: AnswerContext, language: Language) -> str:
        """Other examples every minute."""
        areas = _categories(cards)
        minute = int(context.now.timestamp() // 60)
        shown = [areas[(minute + 3 * k) % len(areas)] for k in range(min(EXAMPLES, len(areas)))]
        examples = []
        for area in dict.fromkeys(shown):
            inside = [card for card in cards.values() if card.category == area]
            examples.append(inside[minute % len(inside)].examples[language][0])
        return self._words.say(
            "help_all",
            language,
            n=len(cards),
            areas=self._areas(cards, language),
            examples=self._quoted(examples, language),
            area=self._area(shown[0], language),
        )

    def _of_area(self, area: str, cards: Iterable[ExpertCard], language: Language) -> str:
        cards = tuple(cards)
        names = ", ".join(card.name[language][:1].lower() + card.name[language][1:] for card in cards)
        examples = [card.examples[language][0] for card in cards[:EXAMPLES]]
        title = sentence(self._area(area, language))
        quoted = self._quoted(examples, language)
        return self._words.say("help_area", language, area=title, names=names, examples=quoted)

    def _areas(self, cards: Mapping[str, ExpertCard], language: Language) -> str:
        return ", ".join(self._area(area, language) for area in _categories(cards))

    def _area(self, area: str, language: Language) -> str:
        """Of a person's own experts the id as it is."""
        return self._words.say(f"area_{area}", language) if self._words.has(f"area_{area}") else area

    def _quoted(self, texts: Iterable[str], language: Language) -> str:
        return ", ".join(self._words.say("quoted", language, text=text) for text in texts)


def _categories(cards: Mapping[str, ExpertCard]) -> list[str]:
    """In the order of `topics.yaml`, a person's own behind them."""
    known = list(_topics()["areas"])
    found = dict.fromkeys(card.category for card in cards.values())
    return sorted(found, key=lambda area: known.index(area) if area in known else len(known))


@functools.lru_cache(maxsize=1)
def _topics() -> dict[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("topics.yaml")))


@functools.lru_cache(maxsize=1)
def _about_help() -> frozenset[str]:
    """Words with which one asks for help, whatever it is for."""
    return content_words(" ".join(_topics()["about_help"]))
