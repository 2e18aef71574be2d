"""What stops the robot although nobody said stop: its own wheels, attitude, battery, temperature, and critical nodes.

    BaseState, set points, /diagnostics  ->  Monitors.update(..., now_s)  ->  Finding, on each change

A finding begins after its condition has held without a break, and ends after it has been gone, by a margin, for
`clear_s`. The gate decides what a finding does (docs/safety.md, S24 - S31). What a base does not measure is nan and is
not judged. Pure: knows no gate, no ROS, no line.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from moe_robot.config import MonitorConfig, MotionConfig
from moe_robot.motion.limits import STILL
from moe_robot.motion.scan_truth import ScanTruth
from moe_robot.motion.wheel_truth import WheelTruth
from moe_robot.robot_model import RobotModel
from moe_robot.structs import BaseState, Battery, Imu, Link, SafetyMode, Scan, Velocity

ERROR_LEVEL = 2  # diagnostic_msgs/DiagnosticStatus: OK 0, WARN 1, ERROR 2, STALE 3
TILT_MARGIN_DEG, BATTERY_MARGIN_PERCENT, BATTERY_MARGIN_V, TEMPERATURE_MARGIN_C = 5.0, 2.0, 0.3, 5.0
LEAST_GRAVITY_MPS2 = 2.0  # an accelerometer that feels less is falling, or broken: it does not tell where down is


class Finding(NamedTuple):
    """`kind` of the cause; `source` in words, the same at its beginning and its end."""

    kind: str
    source: str
    present: bool


class Held:
    """A condition with patience both ways: `after_s` without a break until it counts, `clear_s` until it is gone."""

    def __init__(self, kind: str, after_s: float, clear_s: float) -> None:
        self.source = ""  # "" = not present
        self._kind, self._after_s, self._clear_s = kind, after_s, clear_s
        self._bad_s = self._good_s = math.inf  # since when

    def update(self, bad: str, good: bool, now_s: float) -> list[Finding]:
        """`bad` says what is wrong, "" = nothing. Neither bad nor good is the margin between: nothing changes."""
        self._bad_s = min(self._bad_s, now_s) if bad else math.inf
        self._good_s = min(self._good_s, now_s) if good and not bad else math.inf
        if not self.source and now_s - self._bad_s >= self._after_s:
            self.source = bad
            return [Finding(self._kind, bad, True)]
        if self.source and now_s - self._good_s >= self._clear_s:
            source, self.source = self.source, ""
            return [Finding(self._kind, source, False)]
        return []


class Tilt:
    """Which way is down, smoothed: a jolt is not a slope."""

    def __init__(self, smooth_s: float) -> None:
        self.deg = math.nan
        self._smooth_s = smooth_s
        self._down: tuple[float, ...] | None = None
        self._told_s = -math.inf

    def update(self, imu: Imu) -> None:
        felt = imu.linear_mps2
        if imu.t_s == self._told_s or not LEAST_GRAVITY_MPS2 <= math.hypot(*felt) < math.inf:
            return
        elapsed_s, self._told_s = imu.t_s - self._told_s, imu.t_s
        share = 1.0 - math.exp(-max(elapsed_s, 0.0) / self._smooth_s)
        down = self._down or felt
        self._down = tuple(old + share * (new - old) for old, new in zip(down, felt, strict=True))
        self.deg = math.degrees(math.atan2(math.hypot(*self._down[:2]), self._down[2]))


class Monitors:
    def __init__(self, cfg: MotionConfig, model: RobotModel) -> None:
        limits = self._cfg = cfg.monitors
        self._truth = WheelTruth(limits, model)
        self._view = ScanTruth(limits, model.laser)
        self._view_says = ""  # what the latest scan says about slipping
        self._gaps = 0
        self._tilt = Tilt(limits.tilt_s / 2.0)
        self._critical = {name: Held("diagnostics", 0.0, limits.clear_s) for name in cfg.critical_nodes}
        self._levels: dict[str, tuple[str, bool]] = {}  # of critical nodes: what is wrong, is it good again
        self._moving = {kind: Held(kind, 0.0, limits.clear_s) for kind in ("stall", "runaway", "slip")}
        self._attitude = Held("tilt", limits.tilt_s, limits.clear_s)
        self._power = Held("battery", limits.battery_s, limits.clear_s)
        self._heat = Held("temperature", limits.temperature_s, limits.clear_s)
        self._watched = False  # armed, or not yet come to rest since

    def update(self, base: BaseState, sent: Velocity, mode: SafetyMode, now_s: float) -> list[Finding]:
        """Once per period of the motor loop. `sent` is what the wire took last."""
        found = [f for name, held in self._critical.items() for f in held.update(*self._level(name), now_s)]
        if base.link is not Link.UP:
            return found
        found += self._wheels(base, sent, mode, now_s)
        if base.imu is not None:
            self._tilt.update(base.imu)
        tilt, limits = self._tilt.deg, self._cfg
        tilted = f"{tilt:.0f} deg from upright" if tilt > limits.tilt_deg else ""
        found += self._attitude.update(tilted, not tilt > limits.tilt_deg - TILT_MARGIN_DEG, now_s)
        found += self._power.update(*low_battery(base.battery, limits), now_s)
        hot, most_c = base.temperature_c, limits.temperature_c
        found += self._heat.update(
            f"{hot:.0f} degrees Celsius" if hot > most_c else "", not hot > most_c - TEMPERATURE_MARGIN_C, now_s
        )
        return found

    def on_scan(self, scan: Scan, now_s: float) -> None:
        """A scan that the gate took for good. What it says comes with the next `update`."""
        truth = self._truth
        if truth.gaps != self._gaps or not self._watched:
            self._gaps = truth.gaps
            self._view.forget()
        self._view_says = self._view.update(scan, truth.way_m, truth.yaw_rad, now_s)

    def on_diagnostics(self, name: str, level: int, now_s: float) -> list[Finding]:
        """One status of /diagnostics. Only critical nodes count: `lidar` also as "/lidar" and "lidar: driver"."""
        node = name.partition(":")[0].strip().strip("/")
        if node not in self._critical:
            return []
        self._levels[node] = (node if level >= ERROR_LEVEL else "", level < ERROR_LEVEL)
        return self._critical[node].update(*self._levels[node], now_s)

    def _level(self, node: str) -> tuple[str, bool]:
        return self._levels.get(node, ("", True))

    def _wheels(self, base: BaseState, sent: Velocity, mode: SafetyMode, now_s: float) -> list[Finding]:
        """Judged while armed and until the wheels have come to rest: who pushes a stopped robot is no runaway."""
        wrong = self._truth.update(base, sent, now_s)
        if self._view_says:
            wrong.setdefault("slip", self._view_says)
        self._watched = mode is SafetyMode.ARMED or (self._watched and not self._truth.stands)
        at_rest = sent == STILL and (self._truth.stands or not self._watched)
        found = []
        for kind, held in self._moving.items():
            bad = wrong.get(kind, "") if self._watched else ""
            found += held.update(held.source if bad and held.source else bad, at_rest, now_s)
        return found


def low_battery(battery: Battery, limits: MonitorConfig) -> tuple[str, bool]:
    """(what is wrong, is it good again). Who charges has enough."""
    percent, volt = battery.percent, battery.voltage_v
    if battery.charging:
        return "", True
    if percent < limits.battery_percent or volt < limits.battery_v:
        told = [f"{percent:.0f} %"] * math.isfinite(percent) + [f"{volt:.1f} V"] * math.isfinite(volt)
        return ", ".join(told), False
    low = percent < limits.battery_percent + BATTERY_MARGIN_PERCENT or volt < limits.battery_v + BATTERY_MARGIN_V
    return "", not low
