"""Is everything all right: errors and warnings of the parts, one part in detail, heat, the line to the board."""

from __future__ import annotations

import math

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.health import HOT_SHARE, Finding, findings, motor, part_name, value
from moe_robot.experts.tools.said import Said, best
from moe_robot.experts.tools.voice import Speaker, Voice, told
from moe_robot.structs import Reply, Utterance

ABOUT = (
    ("temperature", ("температур", "перегр", "нагр", "горяч", "градус", "остыл", "тепл", "temperature", "hot",
                     "overheat",
                     "heat", "warm", "cool", "degrees")),
    ("link", ("связь", "связи", "плат", "порт", "последовател", "serial", "board", "link", "connection", "usb",
              "кабел", "ардуин",
              "arduino", "cable", "прошивк", "firmware", "контроллер", "controller")),
    ("lidar", ("лидар", "lidar", "laser", "лазер", "дальномер", "скан", "scan")),
    ("camera", ("камер", "camera", "глаз", "зрени", "vision", "eyes", "видео", "картинк")),
    ("localization", ("локализ", "одометр", "положени", "localiz", "localis", "odomet", "навигац", "navigation")),
    ("memory", ("памят", "memory", "баз данных", "database", "storage", "хранилищ")),
    ("battery", ("батаре", "аккум", "battery", "питани", "power")),
    ("motor", ("мотор", "колес", "двигател", "привод", "энкодер", "motor", "wheel", "drive", "encoder")),
    ("brain", ("мозг", "brain", "голов")),
    ("sensors", ("датчик", "сенсор", "sensor")),
)  # fmt: skip
SENSORS = ("lidar", "camera", "localization", "motor")


class Diagnostics:
    def __init__(self) -> None:
        self._speaker = Speaker("state")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: no robot."""
        if context.world is None and (context.live is None or context.live.robot is None):
            raise Unavailable("no robot is connected: there is nothing to check")
        voice = self._speaker.voice(utterance, context)
        asked = best(Said(utterance.text), ABOUT)
        found = findings(context, voice)
        match asked:
            case "temperature":
                text = _temperature(voice, context)
            case "link":
                text = _link(voice, context)
            case "":
                text = _all(found, voice)
            case "sensors":
                text = " ".join(f.text for part in SENSORS for f in found if f.part == part)
            case _:
                mine = [f.text for f in found if f.part in (asked, "vision" if asked == "camera" else asked)]
                text = " ".join(mine) or voice.say("part_unknown", part=part_name(asked, voice))
        return told(text, "diagnostics")


def _all(found: list[Finding], voice: Voice) -> str:
    wrong = sorted((f for f in found if f.level in (1, 2)), key=lambda f: -f.level)
    fine = [part_name(f.part, voice) for f in found if f.level == 0]
    unknown = [f.text for f in found if f.level == 3]
    if wrong:
        text = " ".join(f.text for f in wrong)
        return f"{text} {voice.say('rest_fine', parts=voice.joined(fine))}" if fine else text
    return " ".join([voice.say("all_fine", parts=voice.joined(fine)), *unknown])


def _temperature(voice: Voice, context: AnswerContext) -> str:
    hot_c, most_c = value(motor(context), "temperature_c"), context.cfg.motion.monitors.temperature_c
    if math.isnan(hot_c):
        return voice.say("temperature_unknown")
    return voice.say("temperature_high" if hot_c > HOT_SHARE * most_c else "temperature", hot=hot_c, most=most_c)


def _link(voice: Voice, context: AnswerContext) -> str:
    diagnosis = motor(context)
    if diagnosis is None:
        return voice.say("link_unknown")
    values = diagnosis.values
    port, problem = values.get("port", "?"), values.get("link_problem", "")
    if problem:
        return voice.say("link_down", port=port, problem=problem)
    trip_ms = value(diagnosis, "round_trip_median_ms")
    text = voice.say("link_up", port=port)
    if math.isfinite(trip_ms):
        text += " " + voice.say("link_trip", trip=trip_ms)
    bad = sum(int(v) for key in ("crc_errors", "damaged_frames", "lost_frames")
              if math.isfinite(v := value(diagnosis, key)))  # fmt: skip
    return f"{text} {voice.say('link_faults' if bad else 'link_clean', n=bad)}"
