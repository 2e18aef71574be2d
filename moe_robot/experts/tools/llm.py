"""Where a language model would answer: says that there is none. Never makes an answer up."""

from __future__ import annotations

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.keepsakes import content_words
from moe_robot.experts.tools.nearest import nearest_example
from moe_robot.experts.tools.voice import told
from moe_robot.experts.words import Words
from moe_robot.structs import Reply, Utterance


class LanguageModel:
    def __init__(self) -> None:
        self._words = Words("dialogue")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Behind another answerer, the one who could not: with an example that it understands."""
        language = utterance.language
        if context.card.chain[:1] == ("llm",):
            return told(self._words.say("no_llm", language), "no_llm")
        example = nearest_example(content_words(utterance.text), context.card, language)
        quoted = self._words.say("quoted", language, text=example)
        return told(self._words.say("no_llm_after", language, example=quoted), "no_llm")
