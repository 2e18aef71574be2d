"""The driving speed: what it is, and how it can be changed. Words alone change it for one drive, never from now on.

The lasting speed is `skills.cruise_mps`, read at the start; the motor node's parameter `max_linear_mps` bounds it while
the robot runs. Nothing here pretends to set either.
"""

from __future__ import annotations

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.amounts import number, percent, speed_mps
from moe_robot.experts.tools.said import Said
from moe_robot.experts.tools.voice import Speaker, Voice, told
from moe_robot.structs import Reply, Utterance

SLOWER = ("=cut", "decelerat", "brake", "ease", "медлен", "помедлен", "тише", "потише", "сбав", "снизь", "снизи",
          "уменьш", "не спеши", "не гони",
          "притормоз", "осторож", "не быстрее", "slow", "reduce", "lower", "decrease", "careful", "no faster", "gentl",
          "less", "not so fast", "do not rush", "easy", "calm")  # fmt: skip
FASTER = ("быстр", "побыстр", "скорее", "поскор", "прибав", "ускор", "поднажм", "жми", "увелич", "шустр", "живее",
          "полный ход", "газу", "резв", "накинь", "шевел", "втоп", "турбо", "спорт", "лети", "пулей", "на всех",
          "со всех", "света", "гони", "fast", "quick", "speed up", "hurry", "accelerat", "increase", "raise",
          "step on")  # fmt: skip
ASKS = ("какая", "какой", "с какой", "как быстро ты", "сколько", "скорость сейчас", "какова", "what", "how fast",
        "current speed")  # fmt: skip
FULL = ("полн", "максим", "full", "maximum", "max", "top")
USUAL = ("обычн", "нормальн", "прежн", "normal", "usual", "default")
TOO = (
    "слишком",
    "=так",
    "настолько",
    "больно",
    "чересчур",
    "ты очень",
    "неуютно",
    "=не",
    "too",
    "so",
    "not so",
    "that",
)
FAST, SLOW = ("быстро", "шустро", "резко", "гонишь", "=fast", "quick"), ("медленно", "=slow", "slowly")
STEP = 0.7  # "slower" without a number


class Speed:
    def __init__(self) -> None:
        self._speaker = Speaker("motion")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        voice = self._speaker.voice(utterance, context)
        said = Said(utterance.text)
        if said.has(*ASKS) and not said.has("можешь", "умеешь", "can you", "could you"):
            return told(self._now(voice, context), "speed")
        return told(self._change(utterance.text, said, voice, context), "speed")

    def _now(self, voice: Voice, context: AnswerContext) -> str:
        world, cfg = context.world, context.cfg
        parts = [] if world is None else [voice.say("speed_now", speed=abs(world.velocity.linear_mps))]
        parts.append(voice.say("speed_usual", cruise=cfg.skills.cruise_mps, most=cfg.motion.max_linear_mps))
        return " ".join(parts)

    def _change(self, text: str, said: Said, voice: Voice, context: AnswerContext) -> str:
        cruise, most = context.cfg.skills.cruise_mps, context.cfg.motion.max_linear_mps
        wanted = self._wanted(text, said, cruise, most)
        cannot = voice.say("speed_cannot", cruise=cruise)
        if wanted > most + 1e-6:
            return f"{cannot} {voice.say('speed_too_fast', wanted=wanted, most=most)}"
        if abs(wanted - cruise) < 0.005:
            return voice.say("speed_same", cruise=cruise)
        now = {"now": f"ros2 param set /motor max_linear_mps {wanted:.2f}", "later": f"skills.cruise_mps={wanted:.2f}"}
        if wanted < cruise:
            return f"{cannot} {voice.say('speed_slower', wanted=wanted, **now)} {voice.say('speed_once_slow')}"
        return f"{cannot} {voice.say('speed_faster', wanted=wanted, most=most, **now)} {voice.say('speed_once_fast')}"

    def _wanted(self, text: str, said: Said, cruise: float, most: float) -> float:
        """Metres per second that are asked for."""
        slower = said.has(*SLOWER)
        if said.has(*TOO):  # a complaint asks for the opposite
            slower = said.has(*FAST) or (slower and not said.has(*SLOW))
        named = speed_mps(text)
        if named is not None:
            return max(named, 0.02)
        share = percent(text)
        if share is not None:
            relative = said.has("быстрее на", "медленнее на", "=на", "by")
            factor = (1.0 - share / 100.0 if slower else 1.0 + share / 100.0) if relative else share / 100.0
            return max(factor * (most if said.has(*FULL) and not relative else cruise), 0.02)
        if said.has("вдвое", "в два раза", "twice", "double", "в 2 раза"):
            return cruise / 2.0 if slower else 2.0 * cruise
        if said.has("четверт", "quarter"):
            return cruise / 4.0
        if said.has("третью скорост", "трети скорост", "third of"):
            return cruise / 3.0
        if said.has("половин", "полскорост", "вполсил", "half", "halve", "полсил"):
            return cruise / 2.0
        bare = number(text)
        if bare is not None and bare < 1.0 and said.has("скорост", "speed", "уровн", "above", "under"):
            return max(bare, 0.02)
        if said.has(*FULL) and not slower:
            return most
        if said.has(*USUAL):
            return cruise
        faster = said.has(*FASTER) or (said.has(*TOO) and said.has(*SLOW))
        return STEP * cruise if slower or not faster else min(cruise / STEP, most)
