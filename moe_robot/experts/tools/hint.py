"""Last in the chain of experts whose sentences are exact: names the expert and the nearest example that works."""

from __future__ import annotations

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.keepsakes import content_words
from moe_robot.experts.tools.nearest import nearest_example
from moe_robot.experts.tools.voice import told
from moe_robot.experts.words import Words
from moe_robot.structs import Reply, Utterance


class Hint:
    def __init__(self) -> None:
        self._words = Words("dialogue")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        language = utterance.language
        example = nearest_example(content_words(utterance.text), context.card, language)
        quoted = self._words.say("quoted", language, text=example)
        name = context.card.name[language]
        return told(self._words.say("hint", language, name=name, example=quoted), "hint")
