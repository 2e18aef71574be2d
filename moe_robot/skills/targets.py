"""What a step is about, and which of the things seen it means."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from moe_robot.phrases import Place, Point, Thing
from moe_robot.structs import Detection, Pose, Sighting, Value, WorldState

MIN_CONFIDENCE = 0.5
SOLID = 3  # detections that make a sighting worth telling: fewer may be a mistake of the detector
IMAGE_AGE_S = 1.0  # an image older than this is not the present one


@dataclass(frozen=True)
class Target:
    """ "" and "any" = no matter what; things never mean people."""

    kind: str = ""
    color: str = ""
    person: str = ""

    @classmethod
    def of(cls, params: Mapping[str, Value]) -> Target:
        kind, color, person = (str(params.get(name, "")) for name in ("object", "color", "person"))
        return cls("person" if person else "" if kind == "any" else kind, color, "" if person == "any" else person)

    @property
    def thing(self) -> Thing:
        if self.kind == "person":
            return Thing(person=self.person or "any")
        return Thing(self.kind, self.color)

    def matches(self, seen: Detection | Sighting) -> bool:
        if (self.kind == "person") != (seen.kind == "person"):
            return False
        if self.kind == "person":
            return self.person in ("", seen.person)
        return self.kind in ("", seen.kind) and self.color in ("", seen.color)

    def among(self, detections: Iterable[Detection]) -> list[Detection]:
        """Those that are meant and sure enough, the nearest first."""
        sure = [d for d in detections if d.confidence >= MIN_CONFIDENCE and self.matches(d)]
        return sorted(sure, key=lambda d: d.distance_m if math.isfinite(d.distance_m) else math.inf)

    def sightings(self, world: WorldState) -> list[Sighting]:
        """Those that are meant, the last seen first."""
        return sorted(filter(self.matches, world.sightings), key=lambda s: s.last_t_s, reverse=True)


def where_of(params: Mapping[str, Value]) -> Place | Thing | Point:
    """The goal of a go_to step as the phrases say it."""
    if "place" in params:
        return Place(str(params["place"]))
    if "x_m" in params:
        return Point(number(params["x_m"]), number(params["y_m"]))
    return Target.of(params).thing


def number(value: Value, default: float = 0.0) -> float:
    return float(value) if isinstance(value, int | float) else default


def present(world: WorldState) -> bool:
    """Is there an image of now?"""
    return world.t_s - world.image_t_s <= IMAGE_AGE_S


def thing_of(seen: Detection | Sighting) -> Thing:
    if seen.kind == "person":
        return Thing(person=seen.person or "any")
    return Thing(seen.kind, seen.color)


def grouped(seen: Iterable[Detection | Sighting]) -> tuple[Thing, ...]:
    """The things with their numbers: three blue balls are one entry."""
    counts: dict[tuple[str, str, str], int] = {}
    for item in seen:
        thing = thing_of(item)
        key = (thing.kind, thing.color, thing.person)
        counts[key] = counts.get(key, 0) + 1
    return tuple(Thing(kind, color, person, count) for (kind, color, person), count in sorted(counts.items()))


def distance_m(pose: Pose, x_m: float, y_m: float) -> float:
    return math.hypot(x_m - pose.x_m, y_m - pose.y_m)
