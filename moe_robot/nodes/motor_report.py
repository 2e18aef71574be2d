"""What the motor node tells in /diagnostics once a second: its level, one sentence and values whose keys end in a unit.

The rules of the level stand in docs/topics.md. Pure: a tick of the core and facts of the node in, a report out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moe_robot.config import MotionConfig
from moe_robot.motion.controller import MotorTick
from moe_robot.nodes.managed import ACTIVE
from moe_robot.structs import BaseState, Link, SafetyMode

NOT_OPENED, CLOSED, SHUT_DOWN = "not opened yet", "closed", "shut down"
AS_WISHED = (NOT_OPENED, CLOSED, SHUT_DOWN)  # states of the port that somebody asked for
SLOW_ROUND_TRIP_S = 0.1  # p99; the link is lost after 0.3 s
LOW_BATTERY_PERCENT = 15.0
LIMITS = (
    "max_linear_mps",
    "max_angular_radps",
    "max_linear_accel_mps2",
    "max_linear_decel_mps2",
    "max_angular_accel_radps2",
    "max_linear_jerk_mps3",
    "max_angular_jerk_radps3",
    "hard_stop_mps2",
    "hard_stop_radps2",
)
# Counters whose growth in the last second is a warning, by what a person calls it. Each is a sum.
FAULTS: dict[str, tuple[str, ...]] = {
    "crc_errors": ("host_bad_crc", "board_bad_frames"),
    "damaged_frames": ("host_bad_cobs", "host_bad_length", "host_too_long", "host_bad_version", "host_unknown_type"),
    "lost_frames": ("board_lost", "board_out_of_sequence", "skipped_set_points"),
    "watchdog_stops": ("board_watchdog",),
    "commands_not_a_number": ("gate_not_finite",),
}


@dataclass(frozen=True)
class Facts:
    """What the node knows besides the core."""

    state: str  # of the lifecycle
    protocol: str
    port: str
    open_error: str
    driver: str  # the input that drives
    waiting: str  # the input that must go through zero first
    command_age_s: float
    input_problems: Sequence[str]
    input_counters: Mapping[str, int]
    limits: MotionConfig


@dataclass(frozen=True)
class Report:
    level: int  # 0 ok, 1 warn, 2 error
    text: str
    values: dict[str, object]


class MotorReport:
    def __init__(self) -> None:
        self._round_trips_s: list[float] = []
        self._counted: dict[str, int] = {}

    def tick(self, base: BaseState) -> None:
        """Every period: collects round trips."""
        if base.link is Link.UP and math.isfinite(base.round_trip_s):
            self._round_trips_s.append(base.round_trip_s)

    def report(self, tick: MotorTick, facts: Facts) -> Report:
        """Once a second; the round trips and the growth of counters are those since the last one."""
        trips, self._round_trips_s = sorted(self._round_trips_s), []
        counted = {name: sum(int(tick.diagnostics.get(part, 0)) for part in parts) for name, parts in FAULTS.items()}
        grown = [name for name, count in counted.items() if count > self._counted.get(name, 0)]
        self._counted = counted
        problems = _problems(tick, facts, grown, _quantile(trips, 0.99))
        level = max((severity for severity, _ in problems), default=0)
        text = "; ".join(words for severity, words in problems if severity == level)
        values = {**_values(tick, facts, trips), **counted}
        return Report(level, text or f"{tick.safety.mode.value}, {facts.driver or 'nobody'} drives", values)


def _problems(tick: MotorTick, facts: Facts, grown: Sequence[str], p99_s: float) -> list[tuple[int, str]]:
    base, found = tick.base, list[tuple[int, str]]()
    if facts.open_error:
        found.append((1 if facts.open_error in AS_WISHED else 2, facts.open_error))
    elif base.link is not Link.UP and facts.state == ACTIVE:
        found.append((2, link_problem(base)))
    if wrong := str(tick.diagnostics.get("wrong", "")):
        found.append((2, wrong))
    if tick.safety.mode is SafetyMode.ESTOP:
        causes = ", ".join(f"{c.kind} {c.source}".strip() for c in tick.safety.causes)
        found.append((1, f"emergency stop {tick.safety.estop_id}: {causes}"))
    if facts.state != ACTIVE:
        found.append((1, f"not active: {facts.state}"))
    if facts.waiting:
        found.append((1, f"{facts.waiting} must send a zero command before it drives"))
    found += [(1, problem) for problem in facts.input_problems]
    found += [(1, f"{name.replace('_', ' ')} are growing") for name in grown]
    if p99_s > SLOW_ROUND_TRIP_S:
        found.append((1, f"slow link: {p99_s * 1e3:.0f} ms round trip"))
    if base.battery.percent < LOW_BATTERY_PERCENT and not base.battery.charging:
        found.append((1, f"battery at {base.battery.percent:.0f} %"))
    return found


def link_problem(base: BaseState) -> str:
    return base.fault or "the motor board does not answer"


def _values(tick: MotorTick, facts: Facts, trips_s: Sequence[float]) -> dict[str, object]:
    base, safety = tick.base, tick.safety
    up = base.link is Link.UP
    causes = [
        f"{c.kind}: {c.source} ({safety.t_s - c.t_s:.1f} s ago{', gone' if c.cleared else ''})" for c in safety.causes
    ]
    return {
        **tick.diagnostics,
        "lifecycle": facts.state,
        "protocol": facts.protocol,
        "port": facts.port,
        "link_problem": "" if up else facts.open_error or link_problem(base),
        "caveats": "; ".join(base.caveats),
        "firmware_version": base.firmware or "not known",
        "round_trip_median_ms": _ms(_quantile(trips_s, 0.5)),
        "round_trip_p99_ms": _ms(_quantile(trips_s, 0.99)),
        "round_trips": len(trips_s),
        "causes": ", ".join(causes),
        "driver": facts.driver or "nobody",
        "driver_waiting": facts.waiting,
        "command_age_ms": _ms(facts.command_age_s),
        **{f"limit_{name}": getattr(facts.limits, name) for name in LIMITS},
        "board_max_wheel_radps": base.max_wheel_radps,
        "board_max_accel_radps2": base.max_accel_radps2,
        "battery_percent": base.battery.percent,
        "battery_v": base.battery.voltage_v,
        "battery_a": base.battery.current_a,
        "motor_left_a": base.motor_currents_a[0],
        "motor_right_a": base.motor_currents_a[1],
        "temperature_c": base.temperature_c,
        "sent_linear_mps": tick.sent.linear_mps,
        "sent_angular_radps": tick.sent.angular_radps,
        "measured_linear_mps": tick.measured.linear_mps,
        "measured_angular_radps": tick.measured.angular_radps,
        **{f"input_{name}": count for name, count in facts.input_counters.items()},
    }


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else math.nan


def _ms(seconds: float) -> float:
    return round(seconds * 1e3, 2)
