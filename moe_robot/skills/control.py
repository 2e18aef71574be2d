"""Small laws of motion shared by the skills: pure functions, and watchers fed with the time."""

from __future__ import annotations

import math

from moe_robot.structs import Pose, SafetyMode, SafetyState, Velocity, WorldState

STILL_MPS, STILL_RADPS = 0.02, 0.05  # slower than this the wheels stand
STOPPED_ITSELF = {  # cause of an e-stop that nobody asked for -> phrase
    "stall": "fail.estop_stall",
    "runaway": "fail.estop_runaway",
    "slip": "fail.estop_slip",
    "tilt": "fail.estop_tilt",
    "battery": "fail.estop_battery",
    "temperature": "fail.estop_temperature",
    "motor": "fail.estop_motor",
    "diagnostics": "fail.estop_diagnostics",
    "hardware": "fail.estop_hardware",
}


def wrap(angle_rad: float) -> float:
    """The same angle in (-pi, pi]."""
    return math.pi - (math.pi - angle_rad) % (2.0 * math.pi)


def speed_for(remaining: float, cruise: float, decel: float, least: float) -> float:
    """The highest speed from which one can still stop in `remaining` at `decel`, between `least` and `cruise`."""
    return min(cruise, max(least, math.sqrt(2.0 * decel * max(remaining, 0.0))))


def turn_rate(error_rad: float, cruise_radps: float) -> float:
    """Signed turn rate that brings a heading error to zero without overshoot."""
    rate = speed_for(abs(error_rad), cruise_radps, 1.5, 0.12)
    return math.copysign(min(rate, 3.0 * abs(error_rad) + 0.05), error_rad)


def stands(world: WorldState) -> bool:
    return abs(world.velocity.linear_mps) < STILL_MPS and abs(world.velocity.angular_radps) < STILL_RADPS


def estop_phrase(safety: SafetyState, otherwise: str = "fail.estop") -> str:
    """Phrase of why the e-stop is on: a cause that still stands, else the latest; `otherwise` when a person said so."""
    standing = (cause.kind for cause in reversed(safety.causes) if not cause.cleared and cause.kind in STOPPED_ITSELF)
    latest = safety.causes[-1].kind if safety.causes else ""
    return STOPPED_ITSELF.get(next(standing, latest), otherwise)


def refuses_to_move(world: WorldState) -> str:
    """Phrase of the reason why the gate lets nothing through now, "" when it does (or nothing is known of it)."""
    safety = world.safety
    if safety is None:
        return ""
    if safety.mode is SafetyMode.ESTOP:
        return estop_phrase(safety)
    if safety.mode is SafetyMode.DISARMED:
        return "fail.link" if safety.limiting == "link_lost" else "fail.disarmed"
    return ""


class StallWatch:
    """Notices that the wheels stand although the skill wants to move."""

    def __init__(self, patience_s: float = 3.0) -> None:
        self.patience_s = patience_s
        self.since_s = math.inf

    def update(self, wanted: Velocity, world: WorldState, now_s: float) -> bool:
        """True when motion was wanted for `patience_s` and there was none."""
        wants = abs(wanted.linear_mps) > 1e-3 or abs(wanted.angular_radps) > 1e-3
        if not wants or not stands(world):
            self.since_s = math.inf
            return False
        self.since_s = min(self.since_s, now_s)
        return now_s - self.since_s >= self.patience_s


class YawCounter:
    """Adds up the turning of a heading, so that more than half a turn counts right."""

    def __init__(self, yaw_rad: float) -> None:
        self.last_rad = yaw_rad
        self.turned_rad = 0.0

    def update(self, yaw_rad: float) -> float:
        """Radians turned since the beginning, left positive."""
        self.turned_rad += wrap(yaw_rad - self.last_rad)
        self.last_rad = yaw_rad
        return self.turned_rad


def bearing_rad(pose: Pose, x_m: float, y_m: float) -> float:
    """Direction to a point of the map as seen from the robot, left positive."""
    return wrap(math.atan2(y_m - pose.y_m, x_m - pose.x_m) - pose.yaw_rad)
