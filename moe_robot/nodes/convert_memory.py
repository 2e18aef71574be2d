"""Memory's records, requests and answers to messages and back. See convert.py."""

from __future__ import annotations

from collections.abc import Iterable

from moe_robot.memory.records import PlaceRecord, TurnRecord
from moe_robot.nodes.convert import seconds, stamp
from moe_robot.structs import Pose, Sighting
from moe_robot_interfaces.msg import Record


def sighting_to_msg(s: Sighting) -> Record:
    return Record(
        type=Record.SIGHTING,
        id=s.id,
        kind=s.kind,
        color=s.color,
        person=s.person,
        place=s.place,
        x_m=float(s.x_m),
        y_m=float(s.y_m),
        confidence=float(s.confidence),
        count=s.count,
        first_stamp=stamp(s.first_t_s),
        last_stamp=stamp(s.last_t_s),
    )


def sighting_from_msg(r: Record) -> Sighting:
    return Sighting(
        id=r.id,
        kind=r.kind,
        color=r.color,
        person=r.person,
        x_m=r.x_m,
        y_m=r.y_m,
        place=r.place,
        confidence=r.confidence,
        count=r.count,
        first_t_s=seconds(r.first_stamp),
        last_t_s=seconds(r.last_stamp),
    )


def place_to_msg(p: PlaceRecord) -> Record:
    pairs = [(language, name) for language, names in p.names.items() for name in names]
    return Record(
        type=Record.PLACE,
        place=p.id,
        languages=[language for language, _ in pairs],
        names=[name for _, name in pairs],
        x_m=float(p.pose.x_m),
        y_m=float(p.pose.y_m),
        yaw_rad=float(p.pose.yaw_rad),
        last_stamp=stamp(p.t_s),
    )


def place_from_msg(r: Record) -> PlaceRecord:
    names: dict[str, tuple[str, ...]] = {}
    for language, name in zip(r.languages, r.names, strict=True):
        names[language] = (*names.get(language, ()), name)
    return PlaceRecord(r.place, names, Pose(r.x_m, r.y_m, r.yaw_rad), seconds(r.last_stamp))


def places_from_msgs(records: Iterable[Record]) -> tuple[PlaceRecord, ...]:
    return tuple(place_from_msg(r) for r in records if r.type == Record.PLACE)


def turn_to_msg(t: TurnRecord) -> Record:
    return Record(
        type=Record.TURN,
        id=t.id,
        text=t.utterance,
        language=t.language,
        reply=t.reply,
        plan=t.plan,
        outcome=t.outcome,
        last_stamp=stamp(t.t_s),
    )
