"""Seen things against each other: more or fewer, nearer or farther, bigger or smaller where one image shows both."""

from __future__ import annotations

import math
from collections import Counter

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.distance import FAR, NEAR, ROOM, Distance
from moe_robot.experts.tools.people import SURE, camera_trouble
from moe_robot.experts.tools.said import Said
from moe_robot.experts.tools.voice import Speaker, Voice, pose_of, told
from moe_robot.experts.tools.ways import last_seen, matches
from moe_robot.phrases import Thing
from moe_robot.structs import Detection, Reply, Utterance, WorldState

BIG = ("крупн", "больше по размер", "выше", "шире", "размер", "bigger", "larger", "taller", "wider", "biggest",
       "size", "smaller", "smallest", "мельче", "самый больш", "самая больш", "какой больше", "какая больше",
       "который больше", "которая больше")  # fmt: skip
SMALL = ("меньш", "мельче", "smaller", "smallest")
FEWER = ("меньше", "fewer", "fewest", "less", "least", "реже")
GENERAL = ("всего", "предмет", "вещ", "ближайш", "дальн", "most", "least", "thing", "object", "nearest", "closest",
           "farthest", "to you", "к тебе", "everything")  # fmt: skip
COLORS = ("какого цвета", "цветов", "which color", "which colour", "what color", "what colour", "colors", "colours")


class Compare:
    def __init__(self) -> None:
        self._speaker = Speaker("senses")
        self._distance = Distance()

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: no robot."""
        voice = self._speaker.voice(utterance, context)
        said = Said(utterance.text, voice.lexicon)
        things = _compared(list(said.things()))
        if said.has(*NEAR, *FAR) and not things and (said.places_like() or said.has(*ROOM)):
            return self._distance.answer(utterance, context)  # rooms and furniture are on the map
        if context.world is None:
            raise Unavailable("no robot is connected: nothing was seen")
        if said.has(*NEAR, *FAR):
            return told(_nearer(said, things, context.world, voice, context), "compare")
        if said.has(*BIG) and not said.has("сколько", "чего", "кого"):
            return told(_bigger(said, things, context.world, voice), "compare")
        return told(_more(said, things, context.world, voice), "compare")


def _compared(things: list[Thing]) -> list[Thing]:
    """ "red or blue balls" are two kinds of balls."""
    kinds = {thing.kind for thing in things} - {"any", ""}
    colors = list(dict.fromkeys(thing.color for thing in things if thing.color))
    if len(kinds) == 1 and len(colors) > 1 and len(things) <= len(colors) + 1:
        return [Thing(next(iter(kinds)), color) for color in colors]
    return things


def _more(said: Said, things: list[Thing], world: WorldState, voice: Voice) -> str:
    seen = world.sightings
    if len(things) < 2 and not said.has(*GENERAL, *COLORS):
        return voice.say("compare_known", known=tuple(Thing(kind) for kind in voice.lexicon.names["object"]))
    if len(things) < 2:
        key = (lambda s: ("", s.color)) if said.has(*COLORS) else (lambda s: (s.kind, ""))
        counted = Counter(key(s) for s in seen if s.kind != "person" and key(s) != ("", ""))
        things = [Thing(kind or "any", color) for (kind, color), _ in counted.most_common()]
        if len(things) < 2:
            return voice.say("compare_what")
    counts = {thing: sum(matches(thing, s) for s in seen) for thing in things}
    ordered = sorted(things, key=lambda thing: counts[thing], reverse=not said.has(*FEWER))
    first, second = ordered[:2]
    if not any(counts.values()):
        return voice.say("compare_none", things=tuple(Thing(t.kind, t.color, t.person) for t in things))
    each = voice.joined([voice.part("compare_each", thing=thing, n=counts[thing]) for thing in ordered[:4]])
    if counts[first] == counts[second]:
        tie = len(ordered) > 2 and counts[ordered[-1]] != counts[first]
        return voice.say("compare_tie" if tie else "compare_equal", a=first, b=second, each=each)
    return voice.say("compare_fewer" if said.has(*FEWER) else "compare_more", thing=first, each=each)


def _nearer(said: Said, things: list[Thing], world: WorldState, voice: Voice, context: AnswerContext) -> str:
    if len(things) < 2 and not said.has(*GENERAL):
        return voice.say("compare_known", known=tuple(Thing(kind) for kind in voice.lexicon.names["object"]))
    if len(things) < 2:
        things = list(dict.fromkeys(
            Thing(person=s.person or "any") if s.kind == "person" else Thing(s.kind, s.color) for s in world.sightings
        ))  # fmt: skip
        if not things:
            return voice.say("compare_what")
    away = {thing: _away_m(thing, world, context) for thing in things}
    unknown = [thing for thing in things if math.isnan(away[thing])]
    if unknown:
        return voice.say("compare_not_seen" if last_seen(unknown[0], world) is None else "no_pose", thing=unknown[0])
    far = said.has(*FAR) and not said.has(*NEAR)
    ordered = sorted(things, key=away.__getitem__, reverse=far)
    each = voice.joined([voice.part("compare_away", thing=thing, way=away[thing]) for thing in ordered[:4]])
    return voice.say("compare_farther" if far else "compare_nearer", thing=ordered[0], each=each)


def _away_m(thing: Thing, world: WorldState, context: AnswerContext) -> float:
    """From the robot in a straight line: by the present image, else to where it was seen last; nan = not known."""
    now = [d for d in _present(world) if _is(thing, d) and math.isfinite(d.distance_m)]
    if now:
        return min(d.distance_m for d in now)
    last, pose = last_seen(thing, world), pose_of(context)
    if last is None or pose is None:
        return math.nan
    return math.hypot(last.x_m - pose.x_m, last.y_m - pose.y_m)


def _bigger(said: Said, things: list[Thing], world: WorldState, voice: Voice) -> str:
    """Width in the image times distance is in proportion to the real width: enough to compare within one image."""
    trouble = camera_trouble(world, voice)
    if trouble:
        return f"{trouble} {voice.say('compare_size_needs')}"
    if len(things) < 2:
        things = [Thing(d.kind, d.color, d.person) for d in _present(world) if d.kind != "person"]
    widths = {}
    for thing in things:
        sizes = [d.bbox_px[2] * d.distance_m for d in _present(world) if _is(thing, d) and math.isfinite(d.distance_m)]
        if not sizes:
            return voice.say("compare_size_not_seen", thing=thing)
        widths[thing] = max(sizes)
    if len(widths) < 2:
        return voice.say("compare_size_needs")
    small = said.has(*SMALL)
    ordered = sorted(widths, key=widths.__getitem__, reverse=not small)
    share = round(100.0 * (widths[ordered[0]] / widths[ordered[1]] - 1.0) * (-1.0 if small else 1.0))
    if share < 10:
        return voice.say("compare_size_equal", a=ordered[0], b=ordered[1])
    return voice.say("compare_smaller" if small else "compare_bigger", a=ordered[0], b=ordered[1], share=share)


def _present(world: WorldState) -> list[Detection]:
    return [d for d in world.detections if d.confidence >= SURE]


def _is(thing: Thing, seen: Detection) -> bool:
    if thing.person or seen.kind == "person":
        return seen.kind == "person" and thing.person in ("any", seen.person)
    return thing.kind in ("", "any", seen.kind) and thing.color in ("", seen.color)
