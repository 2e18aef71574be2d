"""How are you, thanks, praise, jokes. What is said of the robot comes from its real state; it claims no feelings."""

from __future__ import annotations

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.chosen import chosen
from moe_robot.experts.tools.voice import told
from moe_robot.experts.words import Words
from moe_robot.phrases import sentence
from moe_robot.structs import Language, Reply, SafetyMode, Utterance

LOW_PERCENT = 20.0
LAST_CHARS = 80  # of the last request that is repeated


class SmallTalk:
    def __init__(self) -> None:
        self._words, self._jokes = Words("dialogue"), Words("jokes")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        return told(self._text(utterance, context), "small_talk")

    def _text(self, utterance: Utterance, context: AnswerContext) -> str:
        language = utterance.language
        topic = chosen(utterance.text, "small_talk")
        match topic:
            case "":
                return self._words.say("no_talk", language)
            case "how":
                return state(self._words, context, language)
            case "joke":
                return self._joke(context, language)
            case "sleepy":
                return self._words.say(topic, language, state=_battery(self._words, context, language))
            case "thanks" | "praise":
                again = any(turn.reply.text == self._words.say(topic, language) for turn in context.history[-4:])
                return self._words.say(f"{topic}_again" if again else topic, language)
            case "scold":
                last = context.history[-1].utterance.text.strip() if context.history else ""
                if last and len(last) <= LAST_CHARS:
                    return self._words.say("scold_last", language, last=last)
        return self._words.say(topic, language)

    def _joke(self, context: AnswerContext, language: Language) -> str:
        """Another one each minute, and none that this conversation has heard while there are others."""
        keys = self._jokes.keys()
        jokes = [self._jokes.say(key, language) for key in keys]
        heard = {turn.reply.text for turn in context.history}
        fresh = [joke for joke in jokes if joke not in heard] or jokes
        return fresh[int(context.now.timestamp() // 60) % len(fresh)]


def state(words: Words, context: AnswerContext, language: Language) -> str:
    """How the robot is, as far as it knows."""
    world = context.world
    if world is None:
        return words.say("state_no_robot", language)
    mode = world.safety.mode if world.safety is not None else None
    if mode is SafetyMode.ESTOP:
        return words.say("state_estop", language)
    battery = world.battery
    if battery is not None and battery.percent < LOW_PERCENT and not battery.charging:
        return words.say("state_low", language, percent=round(battery.percent))
    ready = {SafetyMode.ARMED: "state_armed", SafetyMode.DISARMED: "state_disarmed", None: "state_no_safety"}[mode]
    known = battery is not None and mode is not None
    told_all = f"{_battery(words, context, language)}, {words.say(ready, language)}."
    return f"{words.say('state_fine', language)}: {told_all}" if known else sentence(told_all)


def _battery(words: Words, context: AnswerContext, language: Language) -> str:
    battery = context.world.battery if context.world is not None else None
    if battery is None:
        return words.say("state_no_battery", language)
    return words.say(
        "state_charging" if battery.charging else "state_battery", language, percent=round(battery.percent)
    )
