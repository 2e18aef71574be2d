"""How far and how long: along real ways round the walls of the known map."""

from __future__ import annotations

import math
import re
from typing import TypeAlias

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.said import Said
from moe_robot.experts.tools.voice import Speaker, Voice, pose_of, told
from moe_robot.experts.tools.ways import Ways, last_seen
from moe_robot.phrases import Place, Thing
from moe_robot.structs import Pose, Reply, Utterance

Goal: TypeAlias = "Place | Thing"

ROOM = ("=комната", "=комнаты", "=комнат", "=room", "=rooms")
NEAR = ("ближ", "недалек", "nearer", "nearest", "closer", "closest")
FAR = ("дальш", "дальн", "далее", "farther", "farthest", "further", "furthest")
BETWEEN = ("между", "between", "apart")
BACK = ("обратно", "туда-обратно", "туда и", "and back", "round trip", "there and")
ME = ("=меня", "=мне", "=мной", "=me", "=us", "=нас", "человек", "human", "=person")
_FROM_ELSEWHERE = re.compile(
    r"\b(?:от|из|с|со|from)\b(?!\s+(?:here|you|your|me|us|this|that|тебя|меня|нас|вас|себя|этого|начала))"
)
DOCK = "dock"
HERE_M = 0.3  # no way worth telling


class Distance:
    def __init__(self) -> None:
        self._speaker = Speaker("home")
        self._ways = Ways()

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        voice = self._speaker.voice(utterance, context)
        said = Said(utterance.text, voice.lexicon)
        return told(self._tell(said, voice, context), "distance")

    def _tell(self, said: Said, voice: Voice, context: AnswerContext) -> str:
        goals: list[Goal] = [*(Place(place) for place in said.places_like()), *said.things()]
        ranked = said.has(*NEAR) or said.has(*FAR)
        if not goals and said.has(*ME) and not said.has(*ROOM):
            goals = [Thing(person="any")]
        if not goals and ranked and said.has(*ROOM):
            pose = pose_of(context)
            here = context.home.room_at(pose.x_m, pose.y_m) if pose else ""
            goals = [Place(room) for room in context.home.rooms if room != here]
        if not goals:
            known = tuple(Place(id) for id in (*context.home.rooms, *context.home.places))
            return voice.say("distance_to_what", known=known)
        unseen = [goal for goal in goals if isinstance(goal, Thing) and last_seen(goal, context.world) is None]
        if unseen:
            return voice.say("distance_not_seen", thing=unseen[0])
        between = said.has(*BETWEEN) or bool(_FROM_ELSEWHERE.search(said.text))
        if len(goals) == 1 and between and not ranked:
            return voice.say("distance_one_known", goal=goals[0])
        if len(goals) > 1 and not ranked and (between or not said.has("=и", "=and", "=или", "=or")):
            return " ".join(self._between(goals[0], goal, voice, context) for goal in goals[1:])
        return self._from_here(goals, said, voice, context)

    def _between(self, a: Goal, b: Goal, voice: Voice, context: AnswerContext) -> str:
        start = self._ways.goal(a, somewhere(context), context)
        start = start and (self._ways.goal(a, self._ways.goal(b, start, context) or start, context) or start)
        goal = start and self._ways.goal(b, start, context)
        way_m = self._ways.length_m(start, goal, context) if start and goal else math.inf
        if not math.isfinite(way_m):
            return voice.say("distance_no_way_between", a=a, b=b)
        return voice.say("distance_between", a=a, b=b, way=way_m, time=drive_s(way_m, context))

    def _from_here(self, goals: list[Goal], said: Said, voice: Voice, context: AnswerContext) -> str:
        start, prefix = self._start(voice, context)
        if start is None:
            return prefix
        ways = {goal: self._way_m(start, goal, context) for goal in goals}
        reached = sorted((goal for goal in goals if math.isfinite(ways[goal])), key=ways.__getitem__)
        if not reached:
            return prefix + voice.say("distance_no_way", goal=goals[0])
        if len(goals) > 1 and (said.has(*NEAR) or said.has(*FAR)):
            last = said.has(*FAR) and not said.has(*NEAR)
            chosen, others = (reached[-1], reached[-2::-1]) if last else (reached[0], reached[1:])
            rest = voice.joined([voice.part("distance_other", goal=goal, way=ways[goal]) for goal in others[:3]])
            key = "distance_farthest" if last else "distance_nearest"
            return prefix + voice.say(key if rest else f"{key}_only", goal=chosen, way=ways[chosen], rest=rest)
        return prefix + " ".join(
            self._one(goal, ways[goal], said, voice, context)
            if ways[goal] > HERE_M
            else voice.say("distance_here", goal=goal)
            for goal in reached
        )

    def _one(self, goal: Goal, way_m: float, said: Said, voice: Voice, context: AnswerContext) -> str:
        text = voice.say("distance_to", goal=goal, way=way_m, time=drive_s(way_m, context))
        if not said.has(*BACK):
            return text
        return f"{text} {voice.say('distance_back', way=2.0 * way_m, time=drive_s(2.0 * way_m, context))}"

    def _start(self, voice: Voice, context: AnswerContext) -> tuple[Pose | None, str]:
        """From where, and the words that say so when it is not from here."""
        pose = pose_of(context)
        if pose is not None:
            return pose, ""
        dock = context.home.places.get(DOCK)
        key = "no_robot" if context.world is None else "no_pose"
        if dock is None:
            return None, voice.say(key)
        return dock.pose, f"{voice.say(key)} {voice.say('from_dock')} "

    def _way_m(self, start: Pose, goal: Goal, context: AnswerContext) -> float:
        pose = self._ways.goal(goal, start, context)
        return math.inf if pose is None else self._ways.length_m(start, pose, context)


def mentioned(said: Said) -> list[Goal]:
    """Places, then things, as the request names them; a charger is a place."""
    return [*(Place(place) for place in said.places()), *said.things()]


def drive_s(way_m: float, context: AnswerContext) -> float:
    """How long the way takes, to full seconds: at cruise speed, with what starting and arriving cost."""
    return float(max(round(way_m / context.cfg.skills.cruise_mps + 2.0), 1))


def somewhere(context: AnswerContext) -> Pose:
    """A point of the home where a robot can stand."""
    return next(iter(context.home.rooms.values())).stand
