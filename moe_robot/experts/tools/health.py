"""The state of the robot's parts, from what they tell on /diagnostics and from what of them has reached the brain.

Shared by `diagnostics` and `why_not_moving`: facts in, sentences out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from moe_robot.experts.context import AnswerContext, Diagnosis
from moe_robot.experts.tools.people import IMAGE_AGE_S
from moe_robot.experts.tools.voice import SURE_STD_M, Voice
from moe_robot.motion.safety_words import safety_words
from moe_robot.structs import Language, WorldState

STALE_S = 3.0  # parts tell their state once a second
LOW_PERCENT = 15.0
HOT_SHARE = 0.9  # of the temperature that stops the robot
PARTS = ("motor", "lidar", "camera", "localization", "battery", "memory", "brain", "vision")


@dataclass(frozen=True)
class Finding:
    """What one part tells. `level` as in diagnostics: 0 fine, 1 warning, 2 error, 3 not known."""

    part: str
    level: int
    text: str


def findings(context: AnswerContext, voice: Voice) -> list[Finding]:
    """Of every part that this robot has: what it told itself, or what is known by its data."""
    told = {part_of(d): d for d in _diagnoses(context)}
    world = context.world
    found = [_told(part, diagnosis, voice) for part, diagnosis in sorted(told.items())]
    if "motor" not in told:
        silent = world is None or world.safety is None
        found.append(Finding("motor", 2 if silent else 0, voice.say("motor_silent" if silent else "motor_tells")))
    if world is not None:
        found += [f for f in (_lidar(world, voice), _camera(world, voice), _place(world, voice), _battery(world, voice))
                  if f.part not in told]  # fmt: skip
    return found


def part_of(diagnosis: Diagnosis) -> str:
    """ "moe_robot: r1/motor" is the motor."""
    return diagnosis.name.rpartition(":")[2].strip().strip("/").rpartition("/")[2]


def motor(context: AnswerContext) -> Diagnosis | None:
    return next((d for d in _diagnoses(context) if part_of(d) == "motor"), None)


def value(diagnosis: Diagnosis | None, key: str) -> float:
    """A number that a part tells; nan when it does not."""
    try:
        return float(diagnosis.values[key]) if diagnosis is not None else math.nan
    except (KeyError, ValueError):
        return math.nan


def gate_words(key: str, language: Language) -> str:
    """What a rule or a cause of the gate means; the key itself when it is a new one."""
    try:
        return safety_words(key, language)
    except KeyError:
        return key


def _diagnoses(context: AnswerContext) -> tuple[Diagnosis, ...]:
    live = context.live
    return live.robot.diagnostics() if live is not None and live.robot is not None else ()


def _told(part: str, diagnosis: Diagnosis, voice: Voice) -> Finding:
    name = part_name(part, voice)
    if diagnosis.age_s > STALE_S or diagnosis.level > 2:
        return Finding(part, 2, voice.say("part_silent", part=name, age=diagnosis.age_s))
    if diagnosis.level == 0:
        return Finding(part, 0, voice.say("part_fine", part=name))
    key = "part_error" if diagnosis.level == 2 else "part_warning"
    return Finding(part, diagnosis.level, voice.say(key, part=name, message=diagnosis.message))


def part_name(part: str, voice: Voice) -> str:
    return voice.part(f"name_{part}") if voice.pack.has(f"name_{part}") else part


def _lidar(world: WorldState, voice: Voice) -> Finding:
    if world.scan is None:
        return Finding("lidar", 2, voice.say("lidar_silent"))
    blind = sum(1 for r in world.scan.ranges_m if math.isnan(r) or r == 0.0)
    beams = len(world.scan.ranges_m)
    if blind > beams // 4:
        return Finding("lidar", 2, voice.say("lidar_blind", share=round(100.0 * blind / beams)))
    return Finding("lidar", 0, voice.say("lidar_fine", beams=beams, age=max(world.t_s - world.scan.t_s, 0.0)))


def _camera(world: WorldState, voice: Voice) -> Finding:
    age_s = world.t_s - world.image_t_s
    if not math.isfinite(age_s):
        return Finding("camera", 2, voice.say("camera_never"))
    if age_s > IMAGE_AGE_S:
        return Finding("camera", 2, voice.say("camera_silent", age=age_s))
    return Finding("camera", 0, voice.say("camera_fine"))


def _place(world: WorldState, voice: Voice) -> Finding:
    if world.odom is None:
        return Finding("localization", 2, voice.say("odom_silent"))
    if world.pose is None:
        return Finding("localization", 2, voice.say("pose_silent"))
    if world.pose_std_m > SURE_STD_M:
        return Finding("localization", 1, voice.say("pose_lost", error=world.pose_std_m))
    return Finding("localization", 0, voice.say("pose_fine", error=max(world.pose_std_m, 0.01)))


def _battery(world: WorldState, voice: Voice) -> Finding:
    state = world.battery
    if state is None or not math.isfinite(state.percent):
        return Finding("battery", 3, voice.say("battery_unknown"))
    low = state.percent < LOW_PERCENT and not state.charging
    return Finding(
        "battery", 1 if low else 0, voice.say("battery_low" if low else "battery_fine", percent=state.percent)
    )
