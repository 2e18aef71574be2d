"""What stands around the robot by its lidar: how far, where, is the way free, does it fit through.

Lengths are from the robot's edge. What the map or the camera knows at that point is named.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.amounts import length_m
from moe_robot.experts.tools.said import Said
from moe_robot.experts.tools.voice import Speaker, Voice, pose_of, told
from moe_robot.phrases import Place, Thing
from moe_robot.robot_model import RobotModel, load_robot_model
from moe_robot.structs import Reply, Scan, Utterance

BLIND_SHARE = 0.25  # of beams that say nothing; more and the scan is none
THING_M, SOLID_M = 0.35, 0.15  # a hit this near to a seen thing, to a wall or furniture of the map, is that
SIDES = (
    ("ahead", ("впереди", "спереди", "перед", "прямо", "ahead", "in front", "front", "forward", "вперед")),
    ("behind", ("сзади", "позади", "за тобой", "за спин", "назад", "behind", "back", "rear", "reverse")),
    ("left", ("слева", "налево", "лев", "left")),
    ("right", ("справа", "направо", "прав", "=right")),
)
FITS = ("пролез", "поместиш", "пройдеш", "проедеш", "протисн", "щел", "проем", "влез", "шир", "fit", "squeeze",
        "pass", "gap", "wide", "get through", "go through")  # fmt: skip
NEAREST = ("ближайш", "ближе всего", "вокруг", "со всех", "nearest", "closest", "around", "all sides")


@dataclass(frozen=True)
class Hit:
    """The nearest point of one side: `gap_m` from the robot's edge (inf = nothing), in `base_link`."""

    gap_m: float
    x_m: float = math.nan
    y_m: float = math.nan


class Obstacles:
    def __init__(self, load: Callable[[str], RobotModel] = load_robot_model) -> None:
        self._speaker = Speaker("senses")
        self._load = load

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: no robot."""
        voice = self._speaker.voice(utterance, context)
        said = Said(utterance.text)
        if context.world is None:
            raise Unavailable("no robot is connected: there is no lidar")
        model = self._load(context.cfg.robot.urdf)
        gap_m = length_m(utterance.text)
        if gap_m is not None and said.has(*FITS):
            return told(_fits(gap_m, model, voice, context), "obstacles")
        scan = context.world.scan
        points = None if scan is None else points_m(scan, model)
        if scan is None or points is None:
            key = "scan_none" if scan is None else "scan_blind"
            return told(voice.say(key, age=context.cfg.world.stale_s), "obstacles")
        width_m = model.radius_m + context.cfg.motion.zone_side_m
        hits = {side: _hit(points, side, model.radius_m, width_m) for side, _ in SIDES}
        asked = [side for side, stems in SIDES if said.has(*stems) and not (side == "right" and said.has("right now"))]
        unseen = [side for side in asked or ("ahead",) if not _covers(scan, model, side)]
        if unseen:
            return told(voice.say(f"lidar_not_{unseen[0]}"), "obstacles")
        if said.has(*NEAREST) and not asked:
            return told(_nearest(points, model, voice, context), "obstacles")
        sides = asked or ["ahead"]
        parts = [_side(side, hits[side], scan, model, voice, context) for side in sides]
        if not asked:
            parts.append(_nearest(points, model, voice, context))
        return told(" ".join(parts), "obstacles")


def points_m(scan: Scan, model: RobotModel) -> NDArray[np.float64] | None:
    """[n, 2] in `base_link`; None when too many beams say nothing. A beam below the least range ends there."""
    ranges = np.asarray(scan.ranges_m, dtype=np.float64)
    blind = np.isnan(ranges) | (ranges == 0.0)
    if np.count_nonzero(blind) > BLIND_SHARE * max(ranges.size, 1):
        return None
    hit = ~blind & (ranges <= scan.range_max_m)
    length = np.maximum(ranges[hit], scan.range_min_m)
    angle = scan.angle_min_rad + scan.angle_increment_rad * np.flatnonzero(hit) + model.laser.yaw_rad
    return np.column_stack((model.laser.x_m + length * np.cos(angle), model.laser.y_m + length * np.sin(angle)))


def _hit(points: NDArray[np.float64], side: str, radius_m: float, width_m: float) -> Hit:
    """Ahead and behind: along the strip that the robot would drive. Beside: the nearest within 45 degrees."""
    turned = {"ahead": (0, 1), "behind": (0, -1), "left": (1, 1), "right": (1, -1)}[side]
    along, across = points[:, turned[0]] * turned[1], points[:, 1 - turned[0]]
    if side in ("ahead", "behind"):
        inside = (along > 0.0) & (np.abs(across) < width_m)
        gaps = along[inside] - np.sqrt(width_m**2 - across[inside] ** 2)
    else:
        inside = along > np.abs(across)
        gaps = np.hypot(along[inside], across[inside]) - radius_m
    if not gaps.size:
        return Hit(math.inf)
    at = int(gaps.argmin())
    x_m, y_m = points[inside][at]
    return Hit(max(float(gaps[at]), 0.0), float(x_m), float(y_m))


def _covers(scan: Scan, model: RobotModel, side: str) -> bool:
    """Whether the lidar looks there at all."""
    if abs(scan.angle_increment_rad) * (len(scan.ranges_m) + 1) >= 2.0 * math.pi:
        return True
    heading = {"ahead": 0.0, "left": math.pi / 2, "behind": math.pi, "right": -math.pi / 2}[side]
    middle = scan.angle_min_rad + scan.angle_increment_rad * (len(scan.ranges_m) - 1) / 2.0 + model.laser.yaw_rad
    off = abs((heading - middle + math.pi) % (2.0 * math.pi) - math.pi)
    return off <= abs(scan.angle_increment_rad) * len(scan.ranges_m) / 2.0


def _side(side: str, hit: Hit, scan: Scan, model: RobotModel, voice: Voice, context: AnswerContext) -> str:
    if not math.isfinite(hit.gap_m):
        return voice.say(f"free_{side}", range=scan.range_max_m)
    what = _name(hit, voice, context)
    if hit.gap_m <= context.cfg.motion.zone_stop_m and side in ("ahead", "behind"):
        return voice.say(f"blocked_{side}", gap=hit.gap_m, what=what)
    return voice.say(f"gap_{side}", gap=hit.gap_m, what=what)


def _nearest(points: NDArray[np.float64], model: RobotModel, voice: Voice, context: AnswerContext) -> str:
    if not len(points):
        return voice.say("nearest_none")
    away = np.hypot(points[:, 0], points[:, 1])
    x_m, y_m = (float(value) for value in points[int(away.argmin())])
    hit = Hit(max(float(away.min()) - model.radius_m, 0.0), x_m, y_m)
    return voice.say("nearest", gap=hit.gap_m, side=voice.part(side_of(math.atan2(y_m, x_m))),
                     what=_name(hit, voice, context))  # fmt: skip


def side_of(bearing_rad: float) -> str:
    """Key of the word for a direction in base_link: eight of them."""
    names = ("at_ahead", "at_ahead_left", "at_left", "at_behind_left", "at_behind", "at_behind_right", "at_right",
             "at_ahead_right")  # fmt: skip
    return names[round(math.degrees(bearing_rad) / 45.0) % 8]


def _name(hit: Hit, voice: Voice, context: AnswerContext) -> str:
    """What stands there by map or camera, in the nominative."""
    pose, world = pose_of(context), context.world
    if pose is None or world is None:
        return voice.part("what_unknown")
    c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
    x_m, y_m = pose.x_m + c * hit.x_m - s * hit.y_m, pose.y_m + s * hit.x_m + c * hit.y_m
    near = [seen for seen in world.sightings if math.hypot(seen.x_m - x_m, seen.y_m - y_m) < THING_M]
    if near:
        seen = min(near, key=lambda one: math.hypot(one.x_m - x_m, one.y_m - y_m))
        person = (seen.person or "any") if seen.kind == "person" else ""
        return voice.words(Thing("" if person else seen.kind, seen.color, person), "a" if not person else "nomn")
    at = np.float64(x_m), np.float64(y_m)
    gaps = {item.id: float(context.home.distance_m(item, *at)) for item in context.home.furniture.values()}
    best = min(gaps, key=gaps.__getitem__, default="")
    if best and gaps[best] < SOLID_M:
        named = bool(context.home.furniture[best].names)
        return voice.words(Place(best), "the") if named else voice.part("what_furniture")
    if any(float(context.home.distance_m(wall, *at)) < SOLID_M for wall in context.home.walls):
        return voice.part("what_wall")
    return voice.part("what_unmapped")


def _fits(gap_m: float, model: RobotModel, voice: Voice, context: AnswerContext) -> str:
    """A gap between walls needs the robot's width and the strip beside it that the gate keeps free."""
    width_m, keep_m = 2.0 * model.radius_m, context.cfg.motion.zone_side_m
    key = "fits" if gap_m >= width_m + 2.0 * keep_m else "fits_not"
    return voice.say(key, gap=gap_m, width=width_m, need=width_m + 2.0 * keep_m)
