"""The safety gate: the last word on every velocity before the wire. The rules S1.. are those of docs/safety.md.

    command, scan, link, conditions, e-stop  ->  [ stop conditions | clamp | zone | slew | zone ]  ->  velocity

Pure: every call takes `now_s` of one monotonic clock, and only the time of receipt counts, never a stamp in the data.
Default deny: what is missing, old or not a number is zero at once, without a ramp. One thread calls it. Does not know
ROS, the wire, or why a command was given.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from typing import NamedTuple

import numpy as np

from moe_robot.config import MotionConfig
from moe_robot.motion.limits import MAX_STEP_S, STILL, Slew, clamp, is_finite
from moe_robot.motion.zone import Points, free_path_m, in_contact, points_of, speed_limit_mps
from moe_robot.robot_model import RobotModel
from moe_robot.structs import Cause, SafetyMode, SafetyState, Scan, Velocity

MONITORED = frozenset({"stall", "runaway", "slip", "tilt", "battery", "temperature", "motor", "diagnostics"})
CAUSES = MONITORED | {"text", "voice", "api", "topic", "hardware", "link", "watchdog"}  # every `Cause.kind`
STANDING_CAUSES = MONITORED | {"hardware", "link"}  # these must be gone before a reset; the others end with it
MAX_CAUSES = 32  # kept of one e-stop; the oldest spoken ones go first
MAX_SOURCE_CHARS = 120
ROUNDING = Velocity(0.002, 0.02)  # a wire carries whole mrad/s: a ramp that started from there could never leave zero


class Verdict(NamedTuple):
    """`reason` is "" when ok, else a key of `motion/safety_words.yaml`."""

    ok: bool
    reason: str = ""


class SafetyGate:
    def __init__(self, cfg: MotionConfig, model: RobotModel) -> None:
        self.counters: Counter[str] = Counter()
        self._cfg = cfg
        self._laser = model.laser
        self._radius_m = model.radius_m
        self._mode = SafetyMode.DISARMED
        self._link_up = False
        self._estop_id = 0
        self._causes: tuple[Cause, ...] = ()
        self._neutral_since_estop = True
        self._command: Velocity | None = None
        self._command_s = 0.0
        self._command_fault = ""
        self._points: Points | None = None
        self._scan: Scan | None = None
        self._scan_s = 0.0
        self._since_scan_m = 0.0  # driven since then, forwards positive
        self._present: dict[tuple[str, str], None] = {}  # (kind, source) of what monitors find now, the oldest first
        self._slew = Slew(cfg)
        self._last_s = self._before_s = 0.0  # of the set point in force, and of the one before it
        self._moved_s = 0.0
        self._in_force = STILL  # as the wire told it last
        self._limiting = "disarmed"

    # ---- inputs

    def command(self, velocity: Velocity, now_s: float) -> None:
        """The wish of whoever drives. Not finite = stop (S6)."""
        self._command_s = now_s
        if not is_finite(velocity):
            self.counters["not_finite"] += 1
            self._command, self._command_fault = None, "not_finite"
            self._neutral_since_estop = False
            return
        self._command, self._command_fault = velocity, ""
        self._neutral_since_estop = velocity.linear_mps == 0.0 and velocity.angular_radps == 0.0

    def forget_command(self) -> None:
        """As if nothing had been commanded: zero, without a ramp."""
        self._command, self._command_fault = None, ""

    def set_limits(self, cfg: MotionConfig) -> None:
        """In force with the next output; what is faster than they allow is slowed down as on command."""
        self._cfg = cfg
        self._slew.set_limits(cfg)

    def scan(self, scan: Scan, now_s: float) -> bool:
        """A bad scan, or the same stamped scan once more, does not count as one (S7): False."""
        last, self._scan = self._scan, scan
        if last is not None and scan.t_s == last.t_s != 0.0 and np.array_equal(scan.ranges_m, last.ranges_m, True):
            self.counters["repeated_scan"] += 1
            return False
        points = points_of(scan, self._laser)
        if points is None:
            self.counters["bad_scan"] += 1
            return False
        self._points, self._scan_s, self._since_scan_m = points, now_s, 0.0
        return True

    def link(self, up: bool, now_s: float, source: str = "silent") -> None:
        """Losing the link disarms, and getting it back does not arm (S13). The loss stays told until arming."""
        if self._link_up and not up:
            self.counters["link_lost"] += 1
            if self._mode is not SafetyMode.DISARMED:
                self._add(Cause("link", source[:MAX_SOURCE_CHARS], now_s))
            if self._mode is SafetyMode.ARMED:
                self._mode = SafetyMode.DISARMED
            self.forget_command()
        elif up and not self._link_up:
            for cause in [c for c in self._causes if c.kind == "link"]:
                self.clear("link", cause.source, now_s)
        self._link_up = up

    def note(self, kind: str, source: str, now_s: float) -> None:
        """Something that was dealt with elsewhere and stops nothing here: told with the causes until arming (S32)."""
        self._add(Cause(kind, source[:MAX_SOURCE_CHARS], now_s, cleared=True))

    def engage(self, kind: str, source: str, now_s: float) -> int:
        """E-stop, at once and always (S10). Returns its id; a standing cause that still stands keeps the id it has."""
        source = source[:MAX_SOURCE_CHARS]
        standing = kind in STANDING_CAUSES
        if standing and any((c.kind, c.source, c.cleared) == (kind, source, False) for c in self._causes):
            return self._estop_id
        self._mode = SafetyMode.ESTOP
        self._estop_id += 1
        self._add(Cause(kind, source, now_s))
        self.forget_command()
        self._neutral_since_estop = False
        self._slew.restart(STILL)
        self._limiting = "estop"
        self.counters["estops"] += 1
        return self._estop_id

    def condition(self, kind: str, source: str, present: bool, now_s: float) -> None:
        """What a monitor finds or finds no more (S31): an e-stop, or while DISARMED a reason not to arm."""
        key = (kind, source[:MAX_SOURCE_CHARS])
        if not present:
            self._present.pop(key, None)
            self.clear(kind, source, now_s)
            return
        self._present[key] = None
        if self._mode is not SafetyMode.DISARMED:
            self.engage(kind, source, now_s)

    def clear(self, kind: str, source: str, now_s: float) -> None:
        """A standing cause is gone: the button was let go, the link is back. The e-stop stays latched."""
        self._causes = tuple(
            dataclasses.replace(c, cleared=True) if (c.kind, c.source) == (kind, source[:MAX_SOURCE_CHARS]) else c
            for c in self._causes
        )

    def arm(self, now_s: float) -> Verdict:
        """Only without an e-stop, with the link up and nothing wrong (S2, S31). Earlier commands are forgotten."""
        if self._mode is SafetyMode.ESTOP:
            return Verdict(False, "estop")
        if not self._link_up:
            return Verdict(False, "link_lost")
        if self._present:
            return Verdict(False, next(iter(self._present))[0])
        if self._mode is not SafetyMode.ARMED:
            self.forget_command()
            self._mode, self._causes = SafetyMode.ARMED, ()
        return Verdict(True)

    def disarm(self, now_s: float) -> None:
        if self._mode is SafetyMode.ARMED:
            self._mode = SafetyMode.DISARMED
        self.forget_command()

    def reset(self, estop_id: int, now_s: float) -> Verdict:
        """Ends the e-stop with this id, in DISARMED; never moves anything (S11, S12)."""
        if self._mode is not SafetyMode.ESTOP:
            return Verdict(False, "no_estop")
        if estop_id != self._estop_id:
            return Verdict(False, "wrong_estop_id")
        if not self._link_up:
            return Verdict(False, "link_lost")
        standing = next((c.kind for c in self._causes if c.kind in STANDING_CAUSES and not c.cleared), "")
        if standing:
            return Verdict(False, standing if standing in MONITORED else "cause_present")
        if not self._neutral_since_estop:
            return Verdict(False, "not_neutral")
        self._mode, self._causes = SafetyMode.DISARMED, ()
        self.forget_command()
        return Verdict(True)

    # ---- output

    def output(self, now_s: float) -> Velocity:
        """What may leave now. May be called at any moment, also right after `command`."""
        self._since_scan_m += self._slew.velocity.linear_mps * min(max(now_s - self._moved_s, 0.0), MAX_STEP_S)
        self._moved_s = now_s
        goal, self._limiting = self._wish(now_s)
        if self._limiting:
            velocity = STILL
        else:
            velocity = self._shape(goal, now_s)
        if not is_finite(velocity):
            self.counters["not_finite_output"] += 1
            velocity = STILL
        self._slew.restart(velocity)
        self._before_s, self._last_s = self._last_s, now_s
        return velocity

    def sent(self, velocity: Velocity) -> None:
        """What the wire really took: the limits continue from there, but for the rounding of the wire.

        The set point before the last one means that the line was full: the time since then is not lost for the ramp.
        """
        if not is_finite(velocity):
            return
        held_back, self._in_force = velocity == self._in_force, velocity
        if held_back and self._slew.undo(velocity, ROUNDING):
            self._last_s = self._before_s
        else:
            self._slew.restart(velocity, ROUNDING)

    @property
    def present(self) -> tuple[tuple[str, str], ...]:
        """(kind, source) of what monitors find now."""
        return tuple(self._present)

    def state(self, now_s: float) -> SafetyState:
        return SafetyState(self._mode, self._estop_id, self._causes, self._limiting, now_s)

    # ---- parts

    def _wish(self, now_s: float) -> tuple[Velocity, str]:
        """The command, or the stop condition that stands against it."""
        cfg = self._cfg
        if self._mode is SafetyMode.ESTOP:
            return STILL, "estop"
        if not self._link_up:  # the reason to tell, also when it is what disarmed
            return STILL, "link_lost"
        if self._mode is not SafetyMode.ARMED:
            return STILL, "disarmed"
        if self._command_fault:
            return STILL, self._command_fault
        if self._command is None or not _fresh(self._command_s, now_s, cfg.command_timeout_s):
            return STILL, "no_command"
        if self._points is None or not _fresh(self._scan_s, now_s, cfg.scan_timeout_s):
            return STILL, "no_scan"
        return self._command, ""

    def _shape(self, goal: Velocity, now_s: float) -> Velocity:
        """Clamp, the zone on the wish (which keeps its path), the slew, the zone on what comes out of that."""
        held = clamp(goal, self._cfg)
        eased, zone = self._zoned(held)
        ramped = self._slew.step(eased, now_s - self._last_s)
        velocity, last_zone = self._zoned(ramped)
        ramp = "acceleration" if ramped != eased else ""
        self._limiting = last_zone or zone or ramp or ("speed_limit" if held != goal else "")
        return velocity

    def _zoned(self, velocity: Velocity) -> tuple[Velocity, str]:
        """S8, S9. In front of an obstacle turning stays possible: a circle that turns sweeps nothing new."""
        points, radius_m = self._points, self._radius_m
        assert points is not None
        linear, angular, limiting = velocity.linear_mps, velocity.angular_radps, ""
        if linear != 0.0:
            nearer_m = max(math.copysign(self._since_scan_m, self._since_scan_m * linear), 0.0)
            free_m = max(free_path_m(points, velocity, radius_m + self._cfg.zone_side_m) - nearer_m, 0.0)
            most_mps = speed_limit_mps(free_m, self._cfg)
            if most_mps == 0.0:
                linear, limiting = 0.0, "obstacle"
            elif most_mps < abs(linear):
                scale, limiting = most_mps / abs(linear), "slow_zone"
                linear, angular = linear * scale, angular * scale
        if linear == 0.0 and angular != 0.0 and in_contact(points, radius_m):
            angular, limiting = 0.0, "obstacle"
        return Velocity(linear, angular), limiting

    def _add(self, cause: Cause) -> None:
        """The newest of a kind and source. Of too many the spoken ones go first."""
        self._causes = (*(c for c in self._causes if (c.kind, c.source) != (cause.kind, cause.source)), cause)
        if len(self._causes) > MAX_CAUSES:
            spare = next((c for c in self._causes if c.kind not in STANDING_CAUSES), self._causes[0])
            self._causes = tuple(c for c in self._causes if c is not spare)


def _fresh(received_s: float, now_s: float, timeout_s: float) -> bool:
    return abs(now_s - received_s) <= timeout_s
