"""What the robot is doing now, by which plan, how far it is, and when it will be done as far as that can be known."""

from __future__ import annotations

import math

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.distance import drive_s
from moe_robot.experts.tools.said import Said, best
from moe_robot.experts.tools.voice import Speaker, Voice, plan_words, pose_of, told
from moe_robot.experts.tools.ways import Ways
from moe_robot.phrases import Place
from moe_robot.structs import Reply, Step, Turn, Utterance, WorldState

QUESTIONS = (
    ("when", ("когда", "долго", "скоро", "через сколько", "сколько осталось", "сколько еще", "when", "how long",
              "how soon",
              "finish", "time left", "eta")),
    ("plan", ("план", "шаг", "этап", "дальше", "потом", "plan", "step", "next", "stage")),
    ("busy", ("занят", "свобод", "бездельн", "busy", "free", "idle", "available")),
)  # fmt: skip


class Activity:
    def __init__(self) -> None:
        self._speaker = Speaker("state")
        self._ways = Ways()

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: no robot."""
        if context.live is None or context.live.robot is None:
            raise Unavailable("no robot is connected: nothing is going on")
        voice = self._speaker.voice(utterance, context)
        running = context.live.robot.running()
        asked = best(Said(utterance.text), QUESTIONS)
        if not running:
            return told(_idle(asked, voice, context), "activity")
        turn = next((turn for turn in reversed(context.history) if turn.utterance.text == running and turn.plan), None)
        parts = [voice.say("yes_busy")] if asked == "busy" else []
        parts.append(voice.say("doing", text=running))
        if turn is not None and turn.plan is not None:
            parts.append(voice.say("doing_plan", n=len(turn.plan.nodes), plan=plan_words(turn, voice)))
        if asked in ("when", "") or not asked:
            parts.append(self._when(turn, voice, context) if asked == "when" else _motion(context.world, voice))
        return told(" ".join(part for part in parts if part), "activity")

    def _when(self, turn: Turn | None, voice: Voice, context: AnswerContext) -> str:
        """Only for one drive to a place is the end known."""
        pose = pose_of(context)
        goal = _goal(turn)
        there = self._ways.goal(Place(goal), pose, context) if goal and pose else None
        way_m = self._ways.length_m(pose, there, context) if pose and there else math.inf
        if not math.isfinite(way_m):
            return voice.say("when_unknown")
        return voice.say("when", place=Place(goal), way=way_m, time=drive_s(way_m, context))


def _goal(turn: Turn | None) -> str:
    """The place of a plan of one drive, "" for any other plan."""
    if turn is None or turn.plan is None or len(turn.plan.nodes) != 1:
        return ""
    node = turn.plan.nodes[0]
    if not isinstance(node, Step):
        return ""
    return "dock" if node.skill == "dock" else str(node.params.get("place", "")) if node.skill == "go_to" else ""


def _idle(asked: str, voice: Voice, context: AnswerContext) -> str:
    text = voice.say("not_busy" if asked == "busy" else "idle")
    done = next((turn for turn in reversed(context.history) if turn.plan is not None), None)
    if done is not None:
        text += " " + voice.say("idle_last", text=done.utterance.text)
    battery = context.world.battery if context.world is not None else None
    return f"{text} {voice.say('idle_charging')}" if battery is not None and battery.charging else text


def _motion(world: WorldState | None, voice: Voice) -> str:
    if world is None:
        return ""
    if abs(world.velocity.linear_mps) > 0.02:
        return voice.say("doing_drive", speed=abs(world.velocity.linear_mps))
    return voice.say("doing_turn" if abs(world.velocity.angular_radps) > 0.05 else "doing_stand")
