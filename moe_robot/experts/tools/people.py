"""Who is here: people in the present image, and where they were seen last. What was not shown is not known."""

from __future__ import annotations

import math
from collections import Counter

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.obstacles import side_of
from moe_robot.experts.tools.said import Said
from moe_robot.experts.tools.voice import Speaker, Voice, pose_of, told
from moe_robot.experts.tools.ways import last_seen
from moe_robot.phrases import Place, Thing
from moe_robot.structs import Detection, Reply, Utterance, WorldState

SURE = 0.5  # of a detection that is told
IMAGE_AGE_S = 1.0  # an older image is not the present one
HOW = ("узна", "отлич", "по лиц", "в лицо", "recogn", "tell apart", "distinguish", "by face", "face", "identif")


class People:
    def __init__(self) -> None:
        self._speaker = Speaker("senses")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: no robot."""
        if context.world is None:
            raise Unavailable("no robot is connected: there is no camera")
        voice = self._speaker.voice(utterance, context)
        said = Said(utterance.text, voice.lexicon)
        parts = [_tell(said, context.world, voice, context)]
        if said.has(*HOW):
            parts.append(voice.say("people_how"))
        return told(" ".join(parts), "people")


def camera_trouble(world: WorldState, voice: Voice) -> str:
    """Why the present image says nothing, "" when it is there."""
    age_s = world.t_s - world.image_t_s
    if age_s <= IMAGE_AGE_S:
        return ""
    return voice.say("image_old", age=age_s) if math.isfinite(age_s) else voice.say("image_never")


def _tell(said: Said, world: WorldState, voice: Voice, context: AnswerContext) -> str:
    trouble = camera_trouble(world, voice)
    now = [] if trouble else [d for d in world.detections if d.kind == "person" and d.confidence >= SURE]
    wanted = said.people()
    rooms = [place for place in said.places() if place in context.home.rooms]
    if wanted:
        return f"{trouble} {_person(wanted[0], now, world, voice)}".strip()
    if rooms:
        return f"{trouble} {_room(rooms[0], now, world, voice, context)}".strip()
    if now:
        return voice.say("people_now", people=_grouped(now), where=_where(now[0], voice))
    return f"{trouble} {'' if trouble else voice.say('people_none')} {_earlier(world, voice)}".strip().replace(
        "  ", " "
    )


def _grouped(found: list[Detection]) -> tuple[Thing, ...]:
    """Known people by name, the others by number."""
    counts = Counter(d.person or "any" for d in found)
    return tuple(Thing(person=person, count=count) for person, count in sorted(counts.items()))


def _where(seen: Detection, voice: Voice) -> str:
    side = voice.part(side_of(seen.bearing_rad))
    if not math.isfinite(seen.distance_m):
        return side
    return voice.part("people_at", distance=seen.distance_m, side=side)


def _person(person: str, now: list[Detection], world: WorldState, voice: Voice) -> str:
    thing = Thing(person=person)
    seen = next((d for d in now if d.person == person), None)
    if seen is not None:
        return voice.say("person_now", thing=thing, where=_where(seen, voice))
    others = [d for d in now if not d.person]
    last = last_seen(thing, world)
    told = voice.say("person_unknown", n=len(others)) if others else ""
    if last is None:
        return f"{voice.say('person_never', thing=thing)} {told}".strip()
    key = "person_last" if last.place else "person_last_nowhere"
    return f"{voice.say(key, thing=thing, room=Place(last.place), age=world.t_s - last.last_t_s)} {told}".strip()


def _room(room: str, now: list[Detection], world: WorldState, voice: Voice, context: AnswerContext) -> str:
    seen = [s for s in world.sightings if s.kind == "person" and s.place == room]
    if seen:
        newest = max(seen, key=lambda s: s.last_t_s)
        who = tuple(Thing(person=s.person or "any") for s in seen)
        return voice.say("room_seen", room=Place(room), people=who, age=world.t_s - newest.last_t_s)
    pose = pose_of(context)
    here = pose is not None and context.home.room_at(pose.x_m, pose.y_m) == room
    return voice.say("room_none_here" if here else "room_none_away", room=Place(room))


def _earlier(world: WorldState, voice: Voice) -> str:
    seen = [s for s in world.sightings if s.kind == "person"]
    if not seen:
        return voice.say("people_never")
    last = max(seen, key=lambda s: s.last_t_s)
    who = Thing(person=last.person or "any")
    key = "people_last" if last.place else "people_last_nowhere"
    return voice.say(key, thing=who, room=Place(last.place), age=world.t_s - last.last_t_s)
