"""Reading with the camera: there is no reader of text or codes among the robot's parts, and it says so."""

from __future__ import annotations

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.people import camera_trouble
from moe_robot.experts.tools.said import Said, best
from moe_robot.experts.tools.voice import Speaker, told
from moe_robot.structs import Reply, Utterance

WHAT = (
    (
        "read_code",
        ("=qr", "qr-код", "qr-code", "код", "штрихкод", "штрих", "barcode", "bar code", "code", "куар", "кьюар"),
    ),
    ("read_clock", ("час", "циферблат", "стрелк", "clock", "dial", "watch", "врем", "time")),
    ("read_screen", ("экран", "монитор", "диспле", "screen", "display", "monitor", "табло", "телевизор", "=tv")),
)


class ReadText:
    def __init__(self) -> None:
        self._speaker = Speaker("senses")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        voice = self._speaker.voice(utterance, context)
        what = best(Said(utterance.text), WHAT) or "read_any"
        trouble = camera_trouble(context.world, voice) if context.world is not None else ""
        return told(f"{voice.say(what)} {voice.say('read_can')} {trouble}".strip(), "read_text")
