"""The gripper that this robot does not have: each question about it gets that answer, and what is possible instead."""

from __future__ import annotations

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.said import Said, best
from moe_robot.experts.tools.voice import Speaker, told
from moe_robot.structs import Reply, Utterance

QUESTIONS = (
    ("gripper_hold", ("держ", "руках", "в руке", "пуст", "схват", "занят", "свобод", "несешь", "hold", "in your hand",
                      "empty", "got", "carry", "grasp", "free", "full")),
    ("gripper_open", ("откро", "разожм", "раскро", "отпусти", "разведи", "open", "release", "let go", "unclench")),
    ("gripper_close", ("закро", "сожм", "сомкн", "зажм", "крепче", "слабее", "усил", "сдав", "close", "squeeze",
                       "clench", "tight", "grip harder", "harder", "softer", "force")),
    ("gripper_arm", ("подним", "опуст", "манипул", "выше", "ниже", "вытян", "согн", "маш", "raise", "lower", "lift",
                     "arm", "wave", "extend", "bend")),
)  # fmt: skip


class Gripper:
    def __init__(self) -> None:
        self._speaker = Speaker("senses")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        voice = self._speaker.voice(utterance, context)
        key = best(Said(utterance.text), QUESTIONS) or "gripper_none"
        return told(f"{voice.say(key)} {voice.say('gripper_can')}", "gripper")
