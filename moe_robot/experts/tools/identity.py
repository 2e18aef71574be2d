"""Who the robot is, what it runs on, where its data go: facts about this program, no pretending to be somebody."""

from __future__ import annotations

from moe_robot import __version__
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.chosen import chosen
from moe_robot.experts.tools.voice import told
from moe_robot.experts.words import Words
from moe_robot.structs import Language, Reply, Utterance


class Identity:
    def __init__(self) -> None:
        self._words = Words("dialogue")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        question = chosen(utterance.text, "identity")
        if not question:
            return None
        language = utterance.language
        if question == "experts":
            return told(self._experts(context, language), "identity")
        return told(self._words.say(question, language, version=__version__), "identity")

    def _experts(self, context: AnswerContext, language: Language) -> str:
        strategy = self._words.say(f"strategy_{context.cfg.router.strategy}", language)
        count = len(context.live.cards) if context.live is not None else 0
        key = "experts" if count else "no_experts"
        return self._words.say(key, language, n=count, strategy=strategy)
