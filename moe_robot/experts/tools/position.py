"""Where the robot is, which way it faces and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.said import Said
from moe_robot.experts.tools.voice import Speaker, Voice, pose_of, told
from moe_robot.phrases import Place
from moe_robot.structs import Pose, Reply, Utterance
from moe_robot.world.home import Home

COMPASS = ("east", "northeast", "north", "northwest", "west", "southwest", "south", "southeast")  # of yaw, by 45 deg
NEAR_M = 1.0  # from a named thing that still counts as next to it
AHEAD_RAD = math.radians(25.0)
HEADING = ("смотр", "повернут", "направл", "ориент", "курс", "лицом", "нос", "сторон", "север", "юг", "запад", "восток",
           "азимут", "facing", "face", "heading", "orient", "look", "direction", "compass", "north", "south", "east",
           "west", "yaw", "point")  # fmt: skip
SURE = ("увер", "точн", "погрешн", "ошиб", "потерял", "заблуд", "знаешь ли", "sure", "certain", "accura", "precis",
        "lost", "error", "confiden")  # fmt: skip
EXACT = ("координат", "точк", "coordinat", "x and y", "=xy", "=x", "pose")


class Position:
    def __init__(self) -> None:
        self._speaker = Speaker("home")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: no robot."""
        if context.world is None:
            raise Unavailable("no robot is connected: there is no position")
        voice = self._speaker.voice(utterance, context)
        pose = pose_of(context)
        if pose is None:
            return told(_lost(voice, context), "position")
        said = Said(utterance.text, voice.lexicon)
        parts = {"where": _where(pose, voice, context), "heading": _heading(pose, voice, context),
                 "sure": voice.say("position_sure", error=max(context.world.pose_std_m, 0.01)),
                 "exact": voice.say("position_exact", x=pose.x_m, y=pose.y_m,
                                    yaw=float(round(math.degrees(pose.yaw_rad))))}  # fmt: skip
        asked = [key for key, stems in (("heading", HEADING), ("sure", SURE), ("exact", EXACT)) if said.has(*stems)]
        room = said.places()
        if room and room[0] in context.home.rooms and not asked:
            inside = context.home.room_at(pose.x_m, pose.y_m) == room[0]
            return told(f"{voice.say('yes' if inside else 'no')} {parts['where']}", "position")
        chosen = asked if asked == ["heading"] else ["where", *asked] if asked else ["where", "heading", "sure"]
        return told(" ".join(parts[key] for key in chosen), "position")


def _lost(voice: Voice, context: AnswerContext) -> str:
    world = context.world
    assert world is not None
    return voice.say("no_pose") if world.pose is None else voice.say("position_lost", error=world.pose_std_m)


def _where(pose: Pose, voice: Voice, context: AnswerContext) -> str:
    room = context.home.room_at(pose.x_m, pose.y_m)
    near = nearest_named(context.home, context.world.places if context.world else {}, pose, room)
    if room and near:
        return voice.say("position_near", room=Place(room), near=Place(near))
    if room:
        return voice.say("position_room", room=Place(room))
    return voice.say("position_outside", x=pose.x_m, y=pose.y_m)


def _heading(pose: Pose, voice: Voice, context: AnswerContext) -> str:
    compass = voice.part(f"to_{COMPASS[round(math.degrees(pose.yaw_rad) / 45.0) % 8]}")
    ahead = _ahead(pose, context)
    if ahead:
        return voice.say("position_heading_to", compass=compass, ahead=Place(ahead))
    return voice.say("position_heading", compass=compass)


def _ahead(pose: Pose, context: AnswerContext) -> str:
    """The named furniture or place of this room that lies most nearly ahead, "" for none."""
    home = context.home
    room = home.room_at(pose.x_m, pose.y_m)
    points = [(item.id, item.x_m, item.y_m) for item in home.furniture.values() if item.names]
    points += [(place.id, place.pose.x_m, place.pose.y_m) for place in home.places.values()]
    off = {
        id: abs(_wrap(math.atan2(y_m - pose.y_m, x_m - pose.x_m) - pose.yaw_rad))
        for id, x_m, y_m in points
        if home.room_at(x_m, y_m) == room and math.hypot(x_m - pose.x_m, y_m - pose.y_m) > 0.3
    }
    best = min(off, key=off.__getitem__, default="")
    return best if best and off[best] <= AHEAD_RAD else ""


def nearest_named(home: Home, places: Mapping[str, Pose], pose: Pose, room: str) -> str:
    """Id of the named furniture or place of the room that is at most NEAR_M away; "" for none."""
    gaps = {
        item.id: float(home.distance_m(item, np.float64(pose.x_m), np.float64(pose.y_m)))
        for item in home.furniture.values()
        if item.names and home.room_at(item.x_m, item.y_m) == room
    }
    for id, at in ({place.id: place.pose for place in home.places.values()} | dict(places)).items():
        if home.room_at(at.x_m, at.y_m) == room:
            gaps[id] = math.hypot(at.x_m - pose.x_m, at.y_m - pose.y_m)
    best = min(gaps, key=gaps.__getitem__, default="")
    return best if best and gaps[best] < NEAR_M else ""


def _wrap(angle_rad: float) -> float:
    return math.pi - (math.pi - angle_rad) % (2.0 * math.pi)
