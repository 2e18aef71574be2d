"""Hello and goodbye, in kind and by the clock."""

from __future__ import annotations

from datetime import datetime

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.chosen import chosen
from moe_robot.experts.tools.small_talk import state
from moe_robot.experts.tools.voice import told
from moe_robot.experts.words import Words
from moe_robot.structs import Language, Reply, Utterance

BYES = (
    "good_night",
    "tomorrow",
    "see_you",
    "good_day",
    "goodbye_casual",
    "goodbye",
    "welcome_home",
    "nice_to_meet",
    "congratulate",
)


class Greeting:
    def __init__(self) -> None:
        self._words = Words("dialogue")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        which = chosen(utterance.text, "greeting")
        if not which:
            return None
        if which in BYES:
            return told(self._words.say(which, utterance.language), "greeting")
        spoken = self._hello(which, context, utterance.language)
        if chosen(utterance.text, "how_are_you"):
            spoken += " " + state(self._words, context, utterance.language)
        return told(spoken, "greeting")

    def _hello(self, which: str, context: AnswerContext, language: Language) -> str:
        def say(key: str, **params: object) -> str:
            return self._words.say(key, language, **params)

        now = part_of_day(context.now)
        time = f"{context.now:%H:%M}"
        if any(turn.reply.intent == "greeting" for turn in context.history):
            return say("again")
        if which in ("morning", "day", "evening"):
            return say(f"hello_{now}") if which == now else say("hello_other_time", hello=say("hello"), time=time)
        if which == "casual":
            return say("hello_casual")
        return say(f"hello_{now}", time=time)


def part_of_day(now: datetime) -> str:
    """morning | day | evening | night."""
    if 5 <= now.hour < 12:
        return "morning"
    if 12 <= now.hour < 17:
        return "day"
    return "evening" if 17 <= now.hour < 23 else "night"
