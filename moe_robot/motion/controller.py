"""The motor process without ROS: gate, odometry and base, tied together once for the motor node and for lock-step.

    on_command, on_scan, on_stop, arm, reset  ->  MotorCore.tick(now_s) at motion.rate_hz  ->  MotorTick

The only place that calls `drive` of a base, and only with what the gate gives (S14). A first command out of standstill
and every stop go to the wire at once, without waiting for the tick. One thread calls it; `now_s` is the base's clock.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from moe_robot.config import MotionConfig
from moe_robot.hardware.base import MobileBase
from moe_robot.motion.gate import SafetyGate, Verdict
from moe_robot.motion.kinematics import Odometry, diff_drive
from moe_robot.motion.limits import STILL
from moe_robot.motion.monitors import Finding, Monitors
from moe_robot.robot_model import RobotModel
from moe_robot.structs import BaseState, Link, Pose, SafetyMode, SafetyState, Scan, Velocity

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MotorTick:
    sent: Velocity  # what the wire took
    odom: Pose  # in the odom frame; starts at zero, never jumps
    measured: Velocity  # by the wheels
    base: BaseState
    safety: SafetyState
    diagnostics: Mapping[str, float | int | str]


class MotorCore:
    def __init__(self, cfg: MotionConfig, model: RobotModel, base: MobileBase) -> None:
        """`base` is open. Closing it is `close`, on every way out."""
        self.gate = SafetyGate(cfg, model)
        self._monitors = Monitors(cfg, model)
        self._base = base
        self._drive = diff_drive(model)
        self._odometry = Odometry(self._drive, model.ticks_per_rev)
        self._sent = STILL
        self._sent_early = False  # since the last tick
        self._session = 0
        self._telemetry_s = float("-inf")
        self._button = self._motor_fault = False
        self._watchdog_trips: int | None = None  # as the board counts them; None = not told yet in this session
        self._reset_board_id = -1  # the board's e-stop that a reset was meant for
        self._mode = SafetyMode.DISARMED

    # ---- what comes in

    def on_command(self, velocity: Velocity, now_s: float) -> Velocity | None:
        """Returns what was sent at once (first command out of standstill), None when the next tick sends it."""
        self.gate.command(velocity, now_s)
        if self._sent_early or velocity == STILL or self._sent != STILL or self._mode is not SafetyMode.ARMED:
            return None
        self._sent_early = True
        self._sync(now_s)
        return self._send(now_s)

    def on_scan(self, scan: Scan, now_s: float) -> None:
        if self.gate.scan(scan, now_s):
            self._monitors.on_scan(scan, now_s)

    def on_silence(self, now_s: float) -> None:
        """Whoever drove fell silent before `command_timeout_s`: zero with the next tick, still armed."""
        self.gate.forget_command()

    def on_diagnostics(self, name: str, level: int, now_s: float) -> None:
        """One status of /diagnostics (`level`: OK 0, WARN 1, ERROR 2, STALE 3): an error of a critical node stops."""
        found = self._monitors.on_diagnostics(name, level, now_s)
        self._tell_gate(found, now_s)
        if found:
            self._send(now_s)

    def set_limits(self, cfg: MotionConfig) -> None:
        """Other limits of motion from now on; what is faster than they allow is slowed down. Monitors keep theirs."""
        self.gate.set_limits(cfg)

    def on_stop(self, source: str, now_s: float, kind: str = "topic") -> int:
        """E-stop: zeros and the board's own e-stop leave before this returns. Returns the id that a reset must name.

        `source` says who or what was said; `kind` text | voice | api | topic.
        """
        estop_id = self.gate.engage(kind, source, now_s)
        self._send(now_s)
        return estop_id

    def arm(self, now_s: float) -> Verdict:
        state = self._sync(now_s)
        if state.board_estop and self.gate.state(now_s).mode is not SafetyMode.ESTOP:
            return Verdict(False, "board_estop")
        verdict = self.gate.arm(now_s)
        self._send(now_s)
        return verdict

    def disarm(self, now_s: float) -> None:
        self.gate.disarm(now_s)
        self._send(now_s)

    def reset(self, estop_id: int, now_s: float) -> Verdict:
        """Needs the board's confirmation that it too is stopped, so that its reset names the right e-stop."""
        state = self._sync(now_s)
        stopped = self.gate.state(now_s).mode is SafetyMode.ESTOP
        if stopped and state.link is Link.UP and not state.board_estop:
            return Verdict(False, "board_pending")
        verdict = self.gate.reset(estop_id, now_s)
        if verdict.ok:
            self._reset_board_id = state.board_estop_id
        self._send(now_s)
        return verdict

    def tick(self, now_s: float) -> MotorTick:
        """One period: read the board, ask the gate, send."""
        self._sent_early = False
        state = self._sync(now_s)
        self._tell_gate(self._monitors.update(state, self._sent, self._mode, now_s), now_s)
        sent = self._send(now_s)
        if state.link is Link.UP and state.received_s != self._telemetry_s:
            self._telemetry_s = state.received_s
            self._odometry.update(state.left_ticks, state.right_ticks)
        up = state.link is Link.UP
        safety = self.gate.state(now_s)
        return MotorTick(
            sent=sent,
            odom=self._odometry.pose,
            measured=self._drive.velocity(state.left_radps, state.right_radps) if up else STILL,
            base=state,
            safety=safety,
            diagnostics=self._diagnostics(state, safety, now_s),
        )

    def close(self) -> None:
        """Zeros, disarm, release the base (S15). Safe to call twice."""
        self._base.set_mode(SafetyMode.DISARMED)
        self._base.close()
        self._sent, self._mode = STILL, SafetyMode.DISARMED

    def __enter__(self) -> MotorCore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- parts

    def _sync(self, now_s: float) -> BaseState:
        """Tells the gate what the board says: link, a new session (the board or the line started anew), e-stop."""
        state = self._base.read()
        up = state.link is Link.UP
        if up and state.session != self._session:
            self._session, self._reset_board_id, self._watchdog_trips = state.session, -1, None
            self._odometry.rebase()
            self.gate.link(False, now_s, "started anew")
        self.gate.link(up, now_s, state.fault or "silent")
        if not up:
            return state
        self._watch_watchdog(state, now_s)
        if state.motor_fault is not self._motor_fault:
            self._motor_fault = state.motor_fault
            self.gate.condition("motor", "motor board", state.motor_fault, now_s)
        if state.estop_button and not self._button:
            self.gate.engage("hardware", "button", now_s)
        elif self._button and not state.estop_button:
            self.gate.clear("hardware", "button", now_s)
        self._button = state.estop_button
        stopped = self.gate.state(now_s).mode is SafetyMode.ESTOP
        if state.board_estop and not stopped and state.board_estop_id != self._reset_board_id:
            self.gate.engage("hardware", "board", now_s)
            self.gate.clear("hardware", "board", now_s)  # a latch without the button: the reset itself ends it
        return state

    def _watch_watchdog(self, state: BaseState, now_s: float) -> None:
        """The board stopped by itself because it heard nothing: too late to stop anything here, but told (S32)."""
        last, self._watchdog_trips = self._watchdog_trips, state.counters.get("board_watchdog", 0)
        if last is not None and self._watchdog_trips != last and self._mode is SafetyMode.ARMED:
            self.gate.note("watchdog", "motor board", now_s)

    def _tell_gate(self, findings: Iterable[Finding], now_s: float) -> None:
        for kind, source, present in findings:
            log.warning("safety: %s %s: %s", kind, "found" if present else "gone", source)
            self.gate.condition(kind, source, present, now_s)

    def _send(self, now_s: float) -> Velocity:
        velocity = self.gate.output(now_s)
        mode = self.gate.state(now_s).mode
        self._note(mode, now_s)
        self._base.set_mode(mode)
        self._sent = self._base.drive(velocity)
        self.gate.sent(self._sent)
        return self._sent

    def _note(self, mode: SafetyMode, now_s: float) -> None:
        if mode is not self._mode:
            board = self._base.read()
            link = f"link {board.link.value}, telemetry {now_s - board.received_s:.2f} s old"
            log.info("safety: %s -> %s (%s)", self._mode.value, mode.value, link)
            self._mode = mode

    def _diagnostics(self, state: BaseState, safety: SafetyState, now_s: float) -> dict[str, float | int | str]:
        return {
            "link": state.link.value,
            "session": state.session,
            "telemetry_age_s": now_s - state.received_s,
            "round_trip_s": state.round_trip_s,
            "mode": safety.mode.value,
            "limiting": safety.limiting,
            "wrong": "; ".join(f"{kind}: {source}" for kind, source in self.gate.present),
            "estop_id": safety.estop_id,
            "board_armed": int(state.board_armed),
            "board_estop": int(state.board_estop),
            "odometry_jumps": self._odometry.jumps,
            **{f"gate_{name}": count for name, count in self.gate.counters.items()},
            **state.counters,
        }
