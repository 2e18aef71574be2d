"""The battery: charge, voltage, how long and how far it lasts, and whether that is enough for a way and back.

How far follows from `hardware.battery_ah` and `hardware.drive_a`; where they are 0 it is said that nobody knows.
"""

from __future__ import annotations

import math
import re

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.amounts import length_m
from moe_robot.experts.tools.distance import DOCK, HERE_M, mentioned
from moe_robot.experts.tools.said import Said, best
from moe_robot.experts.tools.voice import Speaker, Voice, pose_of, told
from moe_robot.experts.tools.ways import Ways
from moe_robot.phrases import Place, Thing
from moe_robot.structs import Battery as State
from moe_robot.structs import Reply, Utterance

QUESTIONS = (
    ("enough", ("хватит", "достаточ", "дотян", "доеде", "доберё", "добереш", "успе", "enough", "make it", "sufficient",
                "get to", "get back", "суме", "смож")),
    ("full", ("когда заряд", "до полн", "полностью", "зарядишься", "fully", "be full", "until full", "full again",
              "until charged", "finish charging",
              "done charging", "charged up")),
    ("lasts", ("на сколько", "насколько", "надолго", "долго", "сколько ещё", "сколько еще", "часов", "минут", "время",
               "времени", "продерж", "how long", "last", "hours", "minutes", "runtime", "time left", "die")),
    ("range", ("далеко", "метров", "километр", "проеде", "проехать", "запас хода", "дальность", "how far", "range",
               "meters", "metres", "kilomet", "distance")),
    ("charging", ("заряжаешься", "заряжается", "идет зарядка", "идёт зарядка", "на зарядке", "зарядка", "зарядки",
                  "зарядке", "подзаряжа", "charging",
                  "plugged", "on the charger")),
    ("voltage", ("вольт", "напряж", "ток", "ампер", "потребл", "volt", "current", "amp", "draw", "power")),
)  # fmt: skip
BACK = ("обратно", "назад", "верн", "туда и", "возвра", "back", "return", "round trip", "there and")
_TO_DOCK = re.compile(
    r"\bдо (?:базы|зарядк|док|зарядн)|\bна базу"
    r"|\b(?:to|reach) (?:the )?(?:base|dock|charg)|back to (?:the )?"
)
RESERVE = 1.2  # a way is only promised with a fifth more than it takes


class Battery:
    def __init__(self) -> None:
        self._speaker = Speaker("battery")
        self._ways = Ways()

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: no robot."""
        if context.world is None:
            raise Unavailable("no robot is connected: there is no battery")
        voice = self._speaker.voice(utterance, context)
        state = context.world.battery
        if state is None or not math.isfinite(state.percent):
            volts = state is not None and math.isfinite(state.voltage_v)
            return told(voice.say("only_volts", volts=state.voltage_v) if state and volts else voice.say("silent"),
                        "battery")  # fmt: skip
        said = Said(utterance.text, voice.lexicon)
        asked = best(said, QUESTIONS)
        goals = [goal for goal in mentioned(said) if goal != Place(DOCK) or _TO_DOCK.search(said.text)]
        if goals and asked in ("enough", "range", "lasts", ""):
            asked = "enough"
        parts = [_level(state, voice)]
        match asked:
            case "enough" if goals or length_m(utterance.text):
                parts.append(self._enough(utterance.text, said, goals, state, voice, context))
            case "enough" | "range" | "lasts":
                parts.append(_lasts(state, voice, context))
            case "charging" if not state.charging:
                parts.append(voice.say("not_charging"))
            case "full":
                parts.append(_full(state, voice, context))
            case "voltage":
                parts.append(_volts(state, voice))
        return told(" ".join(parts), "battery")

    def _enough(
        self, text: str, said: Said, goals: list[Place | Thing], state: State, voice: Voice, context: AnswerContext
    ) -> str:
        most_m = range_m(state, context)
        if math.isnan(most_m):
            return voice.say("range_unknown")
        back = said.has(*BACK)
        way_m = self._way_m(goals, back, context) if goals else (length_m(text) or 0.0) * (2.0 if back else 1.0)
        if goals and way_m < HERE_M:
            return voice.say("here")
        if math.isnan(way_m):
            return voice.say("way_unknown", range=rough(most_m))
        if not math.isfinite(way_m):
            return voice.say("no_way")
        used = 100.0 * way_m / (range_m(State(100.0, 0.0, 0.0, False), context, floor=0.0))
        key = "enough" if most_m >= RESERVE * way_m else "enough_barely" if most_m >= way_m else "enough_not"
        return voice.say(f"{key}_back" if back else key, way=way_m, range=rough(most_m),
                         used=voice.part("used_little") if used < 1.0 else voice.part("used", used=used))  # fmt: skip

    def _way_m(self, goals: list[Place | Thing], back: bool, context: AnswerContext) -> float:
        """Through the places in the order named, from here (else from the charger), and back. nan = not known."""
        dock = context.home.places.get(DOCK)
        start = pose_of(context) or (dock.pose if dock else None)
        if start is None:
            return math.nan
        here, total_m = start, 0.0
        for goal in goals:
            there = self._ways.goal(goal, here, context)
            if there is None:
                return math.nan
            total_m += self._ways.length_m(here, there, context)
            here = there
        return total_m + (self._ways.length_m(here, start, context) if back else 0.0)


def range_m(state: State, context: AnswerContext, floor: float | None = None) -> float:
    """Metres at cruise speed until the robot stops itself for its battery; nan when that is not known."""
    seconds = drive_s(state, context, floor)
    return seconds * context.cfg.skills.cruise_mps


def rough(way_m: float) -> float:
    """Two digits that count: nobody knows it better."""
    if way_m < 10.0:
        return way_m
    step = 10.0 ** (math.floor(math.log10(way_m)) - 1)
    return round(way_m / step) * step


def drive_s(state: State, context: AnswerContext, floor: float | None = None) -> float:
    hardware = context.cfg.hardware
    if hardware.battery_ah <= 0.0 or hardware.drive_a <= 0.0:
        return math.nan
    least = context.cfg.motion.monitors.battery_percent if floor is None else floor
    return max(state.percent - least, 0.0) / 100.0 * hardware.battery_ah * 3600.0 / hardware.drive_a


def _level(state: State, voice: Voice) -> str:
    return voice.say("charging" if state.charging else "level", percent=round(state.percent))


def _lasts(state: State, voice: Voice, context: AnswerContext) -> str:
    moving_s = drive_s(state, context)
    if math.isnan(moving_s):
        return voice.say("range_unknown")
    text = voice.say("lasts", time=moving_s, range=rough(range_m(state, context)))
    rest_a = -state.current_a
    if not state.charging and math.isfinite(rest_a) and 0.05 < rest_a < 0.9 * context.cfg.hardware.drive_a:
        text += " " + voice.say("lasts_now", time=moving_s * context.cfg.hardware.drive_a / rest_a, amps=rest_a)
    return text


def _full(state: State, voice: Voice, context: AnswerContext) -> str:
    if not state.charging:
        return voice.say("not_charging")
    if state.percent >= 99.5:
        return voice.say("is_full")
    if not state.current_a > 0.05 or context.cfg.hardware.battery_ah <= 0.0:
        return voice.say("full_unknown")
    missing_ah = (100.0 - state.percent) / 100.0 * context.cfg.hardware.battery_ah
    return voice.say("full_in", time=3600.0 * missing_ah / state.current_a)


def _volts(state: State, voice: Voice) -> str:
    parts = [voice.say("volts", volts=state.voltage_v)] if math.isfinite(state.voltage_v) else [voice.say("no_volts")]
    if math.isfinite(state.current_a):
        parts.append(voice.say("amps_in" if state.current_a > 0 else "amps_out", amps=abs(state.current_a)))
    return " ".join(parts)
