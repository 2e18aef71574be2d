"""Whatever comes in, in any order and at any time: what goes out is finite, inside the limits, bounded in acceleration
and jerk, and exactly zero while anything stands against motion."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import astuple
from typing import Any

import numpy as np
from gate_rig import CFG, MODEL, NOTHING, PERIOD_S, box, scan_of
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moe_robot.motion.gate import MONITORED, ROUNDING, STANDING_CAUSES, SafetyGate
from moe_robot.motion.limits import MAX_STEP_S, STILL, AxisLimits, angular_limits, is_finite, linear_limits
from moe_robot.structs import SafetyMode, Scan, Velocity

NAN, INF = math.nan, math.inf
SLACK = 1e-6
ENDINGS = ("no_command", "not_finite", "no_scan", "disarmed", "estop", "link_lost")
RAMPS = ("", "acceleration", "speed_limit")  # what limits when neither a stop nor an obstacle does
SMALL = dataclasses.replace(CFG, max_linear_mps=0.2, max_angular_radps=0.5, max_linear_accel_mps2=0.3)

odd = st.sampled_from([NAN, INF, -INF, 1e308, -1e308, -0.0, 0.0, 5e-324, -1e-12])
speeds = st.one_of(odd, st.floats(-1.0, 1.0), st.floats(allow_nan=True, allow_infinity=True))
velocities = st.one_of(
    st.just(Velocity(0.5, 0.0)), st.just(Velocity(-0.4, 1.0)), st.just(STILL), st.builds(Velocity, speeds, speeds)
)
rooms = st.sampled_from([NOTHING, NOTHING, box(0.3, 0.0), box(-0.3, 0.0), box(0.0, 0.3), box(0.6, 0.1)])
kinds = st.sampled_from(["text", "voice", "api", "topic", "hardware", "link", *sorted(MONITORED)])
pauses = st.one_of(
    st.just(PERIOD_S), st.just(PERIOD_S), st.just(0.0), st.floats(0.0, 0.06), st.sampled_from([0.7, -0.3, 3600.0, -1e9])
)
actions = st.one_of(
    st.tuples(st.just("drive"), st.tuples(velocities, st.integers(1, 12))),  # commands and scans, period by period
    st.tuples(st.just("command"), velocities),
    st.tuples(st.just("scan"), rooms),
    st.tuples(st.just("bad scan"), st.sampled_from([NAN, 0.0])),
    st.tuples(st.just("link"), st.booleans()),
    st.tuples(st.just("engage"), kinds),
    st.tuples(st.just("clear"), kinds),
    st.tuples(st.just("condition"), st.tuples(st.sampled_from(sorted(MONITORED)), st.booleans())),
    st.tuples(st.just("note"), st.none()),
    st.tuples(st.just("arm"), st.none()),
    st.tuples(st.just("disarm"), st.none()),
    st.tuples(st.just("reset"), st.integers(-1, 5)),
    st.tuples(st.just("reset latest"), st.none()),
    st.tuples(st.just("silence"), st.none()),
    st.tuples(st.just("limits"), st.booleans()),
    st.tuples(st.just("wire took"), st.sampled_from([0.0, 0.5, 1.0])),
)


def turned_round(before: float, after: float) -> bool:
    """Not by their product: that of small speeds is zero."""
    return before < 0.0 < after or after < 0.0 < before


class Axis:
    """What one axis may do from output to output. Outputs closer together than a millisecond are judged as one."""

    def __init__(self) -> None:
        self.restart(0.0)

    def restart(self, speed: float) -> None:
        self.at_rest = speed == 0.0
        self.anchor = self.speed = speed
        self.elapsed_s, self.mean, self.last_s = 0.0, 0.0, PERIOD_S
        self.steady = self.last_steady = False  # shaped by nothing but the ramps since the anchor, and before it

    def judge(self, speed: float, elapsed_s: float, limits: AxisLimits, most: float, shaped: bool) -> None:
        assert abs(speed) <= max(most, abs(self.speed)) + SLACK
        self.elapsed_s += max(elapsed_s, PERIOD_S) if self.at_rest else elapsed_s
        self.at_rest, self.speed, self.steady = False, speed, self.steady and shaped
        if speed == 0.0:
            self.restart(0.0)
            return
        seconds, through_zero = self.elapsed_s, turned_round(self.anchor, speed)
        faster = abs(speed) if through_zero else abs(speed) - abs(self.anchor)
        assert faster <= limits.accel * seconds + SLACK
        if seconds < 1e-3:
            return
        mean, allowed = faster / seconds, limits.jerk * (seconds + self.last_s) / 2.0 + SLACK / seconds
        assert mean <= max(self.mean, 0.0) + allowed
        if self.steady and not through_zero:
            assert mean >= -limits.decel - SLACK / seconds
            if self.last_steady:
                assert mean >= min(self.mean, -limits.hard_stop) - allowed
        self.anchor, self.mean, self.last_s = speed, mean, seconds
        self.elapsed_s, self.steady, self.last_steady = 0.0, True, self.steady and not through_zero


class Judge:
    """Feeds a gate, keeps its own plain account of what stands against motion, and judges every output."""

    def __init__(self, start_armed: bool) -> None:
        self.gate, self.now_s = SafetyGate(CFG, MODEL), 0.0
        self.cfg = CFG
        self.link = self.commanded = False
        self.command_s = self.scan_s = -INF
        self.causes: set[str] = set()  # standing ones
        self.last, self.last_s = STILL, 0.0
        self.axes = Axis(), Axis()
        if start_armed:
            self.link = True
            self.gate.link(True, 0.0)
            assert self.gate.arm(0.0).ok
            self.output()

    def act(self, name: str, value: Any) -> None:
        gate, now_s = self.gate, self.now_s
        before = gate.state(now_s)
        if name == "drive":
            velocity, count = value
            for _ in range(count):
                self.now_s += PERIOD_S
                self.scan(scan_of(NOTHING, rays=36))
                self.command(velocity)
                self.output()
        elif name == "command":
            self.command(value)
        elif name == "scan":
            self.scan(scan_of(value, rays=36))
        elif name == "bad scan":
            good = scan_of(NOTHING, rays=36)
            gate.scan(dataclasses.replace(good, ranges_m=np.full_like(good.ranges_m, value)), now_s)
        elif name == "link":
            self.link = value
            gate.link(value, now_s)
        elif name == "engage":
            assert gate.engage(value, "any", now_s) in (before.estop_id, before.estop_id + 1)
            assert gate.state(now_s).mode is SafetyMode.ESTOP
        elif name == "condition":
            gate.condition(value[0], "any", value[1], now_s)
            if value[1] and before.mode is not SafetyMode.DISARMED:
                assert gate.state(now_s).mode is SafetyMode.ESTOP
        elif name in ("clear", "note"):
            getattr(gate, name)(value or "watchdog", "any", now_s)
        elif name == "arm":
            ok = gate.arm(now_s).ok
            assert not (ok and (before.mode is SafetyMode.ESTOP or gate.present or not self.link))
            self.commanded &= before.mode is SafetyMode.ARMED
        elif name == "disarm":
            gate.disarm(now_s)
            self.commanded = False
        elif name == "silence":
            gate.forget_command()
            self.commanded = False
        elif name in ("reset", "reset latest"):
            self.reset(before.estop_id if name == "reset latest" else value)
        elif name == "limits":
            self.cfg = SMALL if value else CFG
            self.axes[0].steady = self.axes[1].steady = False
            gate.set_limits(self.cfg)
        elif name == "wire took":
            took = Velocity(self.last.linear_mps * value, self.last.angular_radps * value)
            gate.sent(took)
            for axis, now, slack in zip(self.axes, astuple(took), astuple(ROUNDING), strict=True):
                if abs(now - axis.speed) > slack:
                    axis.restart(now)
            self.last = took
        after = gate.state(now_s)
        if before.mode is SafetyMode.ESTOP and after.mode is not SafetyMode.ESTOP:
            assert name in ("reset", "reset latest")
        if after.mode is SafetyMode.ARMED and before.mode is not SafetyMode.ARMED:
            assert name == "arm"
        assert before.estop_id <= after.estop_id <= before.estop_id + 1
        if after.mode is not SafetyMode.ARMED:
            self.commanded = self.commanded and not (before.mode is not after.mode)

    def command(self, velocity: Velocity) -> None:
        self.gate.command(velocity, self.now_s)
        self.commanded, self.command_s = is_finite(velocity), self.now_s

    def scan(self, scan: Scan) -> None:
        self.gate.scan(scan, self.now_s)
        self.scan_s = self.now_s

    def reset(self, estop_id: int) -> None:
        before = self.gate.state(self.now_s)
        standing = [c for c in before.causes if c.kind in STANDING_CAUSES and not c.cleared]
        if self.gate.reset(estop_id, self.now_s).ok:
            assert before.mode is SafetyMode.ESTOP
            assert (estop_id, standing, self.link) == (before.estop_id, [], True)
            assert self.gate.state(self.now_s).mode is SafetyMode.DISARMED
        else:
            assert self.gate.state(self.now_s).mode is before.mode
        self.output()
        assert self.last == STILL or before.mode is SafetyMode.ARMED

    def output(self) -> None:
        output, state, cfg = self.gate.output(self.now_s), self.gate.state(self.now_s), self.cfg
        assert is_finite(output)
        stopped = (
            state.mode is not SafetyMode.ARMED
            or not self.link
            or not self.commanded
            or not abs(self.now_s - self.command_s) <= cfg.command_timeout_s
            or not abs(self.now_s - self.scan_s) <= cfg.scan_timeout_s
        )
        if stopped:
            assert output == STILL
            assert state.limiting in ENDINGS
        else:
            assert state.limiting not in ENDINGS
        elapsed_s = min(max(self.now_s - self.last_s, 0.0), MAX_STEP_S)
        shaped = not stopped and state.limiting in RAMPS
        limits = linear_limits(cfg), angular_limits(cfg)
        for axis, now, lim, most in zip(
            self.axes, astuple(output), limits, (cfg.max_linear_mps, cfg.max_angular_radps), strict=True
        ):
            axis.judge(now, elapsed_s, lim, most, shaped)
        self.last, self.last_s = output, self.now_s


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(actions, pauses, st.booleans()), max_size=50), st.booleans())
@example([(("drive", (Velocity(0.5, 0.0), 12)), 0.0, True), (("limits", True), PERIOD_S, True)], True)
@example([(("drive", (Velocity(0.5, 0.0), 12)), -1e9, True), (("command", Velocity(0.5, 0.0)), PERIOD_S, True)], True)
@example([(("drive", (Velocity(0.5, 0.0), 12)), 0.7, True), (("note", None), 0.7, True)] * 2, True)
@example([(("reset latest", None), -0.3, True), (("drive", (Velocity(0.5, 0.0), 1)), PERIOD_S, True)], True)
@example([(("drive", (Velocity(0.5, 0.0), 2)), 0.0, False), (("wire took", 0.0), PERIOD_S, True)], True)
@example([(("drive", (Velocity(0.5, 0.0), 2)), PERIOD_S, False), (("wire took", 0.5), PERIOD_S, True)], True)
@example([(("engage", "tilt"), 0.0, True), (("command", STILL), 0.0, True), (("reset latest", None), 0.0, True)], True)
def test_S5_any_sequence_gives_finite_bounded_velocities(steps, start_armed):
    judge = Judge(start_armed)
    for (name, value), pause_s, look in steps:
        judge.now_s += pause_s
        judge.act(name, value)
        if look:
            judge.output()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(actions, pauses), max_size=40), velocities)
def test_S10_after_any_sequence_a_stop_is_zero_and_stays_until_its_own_reset(steps, velocity):
    judge = Judge(start_armed=True)
    for (name, value), pause_s in steps:
        judge.now_s += pause_s
        judge.act(name, value)
    estop_id = judge.gate.engage("text", "стоп", judge.now_s)
    for action in (("arm", None), ("drive", (velocity, 5)), ("reset", estop_id - 1), ("link", True), ("disarm", None)):
        judge.act(*action)
        judge.output()
        assert judge.last == STILL
        assert judge.gate.state(judge.now_s).mode is SafetyMode.ESTOP
    for kind in sorted(STANDING_CAUSES):
        judge.gate.condition(kind, "any", False, judge.now_s)
        judge.gate.clear(kind, "silent", judge.now_s)
    judge.act("command", STILL)
    assert judge.gate.reset(estop_id, judge.now_s).ok
    judge.act("drive", (velocity, 5))
    assert judge.last == STILL
