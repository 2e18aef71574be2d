"""What the encoders and the gyro say against what was sent to the wheels: stall, runaway, slip. Pure.

    set points, telemetry  ->  WheelTruth.update(..., now_s)  ->  what is wrong now, by kind, in words

Measured ways come from the tick counters and are timed by the board's own clock, so a late or bunched line looks like
no motion of its own. Whatever has gaps (a starved process, a new session) is forgotten instead of judged.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from moe_robot.config import MonitorConfig
from moe_robot.motion.kinematics import diff_drive, tick_difference
from moe_robot.motion.limits import STILL
from moe_robot.robot_model import RobotModel
from moe_robot.structs import BaseState, Velocity

GAP_S = 0.25  # between two updates or telemetries; after more nothing can be said about the time between
STANDS_MPS = 0.02  # of a wheel's rim
FEW_TICKS = 5  # a way shorter than this is no proof of anything


class _Driven(NamedTuple):
    now_s: float
    mps: float  # commanded until then
    commanded_m: float
    way_m: float  # measured


class Wheel:
    """One wheel; ways and speeds are those of its rim."""

    def __init__(self, name: str, cfg: MonitorConfig, m_per_tick: float) -> None:
        self.name = name
        self._cfg = cfg
        self._least_m = FEW_TICKS * m_per_tick
        self.forget()

    def forget(self) -> None:
        self.speed_mps = math.nan  # over the last runaway_s; nan = not known yet
        self._ways: deque[tuple[float, float]] = deque()  # board's time, way
        self._driven: deque[_Driven] = deque()  # the last stall_s + lag_s

    def measure(self, board_s: float, way_m: float) -> None:
        """A new telemetry."""
        self._ways.append((board_s, way_m))
        while len(self._ways) > 2 and board_s - self._ways[1][0] >= self._cfg.runaway_s:
            self._ways.popleft()
        first_s, first_m = self._ways[0]
        if board_s - first_s >= self._cfg.runaway_s:
            self.speed_mps = (way_m - first_m) / (board_s - first_s)

    def command(self, mps: float, way_m: float, now_s: float) -> None:
        """What was in force from the last call until now, and how far the wheel has come."""
        driven, cfg = self._driven, self._cfg
        before = driven[-1] if driven else _Driven(now_s, 0.0, 0.0, way_m)
        driven.append(_Driven(now_s, mps, before.commanded_m + mps * (now_s - before.now_s), way_m))
        while now_s - driven[0].now_s > max(cfg.stall_s, cfg.runaway_s) + cfg.lag_s and len(driven) > 2:
            driven.popleft()

    def stall(self) -> str:
        """Over stall_s it has turned by less than its share of what was commanded, up to lag_s earlier alike."""
        cfg, now = self._cfg, self._driven[-1]
        then = self._at(now.now_s - cfg.stall_s)
        sign = math.copysign(1.0, now.commanded_m - then.commanded_m)
        moved_m = sign * (now.way_m - then.way_m)
        if now.now_s - then.now_s < cfg.stall_s or sign * self.speed_mps < -cfg.runaway_mps:
            return ""  # too early to say; or it turns the wrong way, which is for `runaway`
        least_m = max(cfg.stall_mps * cfg.stall_s, self._least_m, abs(moved_m) / cfg.stall_share)
        if sign * (now.commanded_m - then.commanded_m) < least_m:
            return ""
        late = (one for one in self._driven if one.now_s >= now.now_s - cfg.lag_s)
        commanded_m = min(sign * (one.commanded_m - self._at(one.now_s - cfg.stall_s).commanded_m) for one in late)
        if commanded_m < least_m:
            return ""
        return f"{self.name} wheel: {moved_m:.2f} m of {commanded_m:.2f} m"

    def _at(self, time_s: float) -> _Driven:
        """The latest at or before that time, else the first known."""
        return next((one for one in reversed(self._driven) if one.now_s <= time_s), self._driven[0])

    def runaway(self) -> str:
        """Faster than every command that a wheel may still be following, or the other way."""
        if math.isnan(self.speed_mps):
            return ""
        since_s = self._driven[-1].now_s - self._cfg.lag_s - self._cfg.runaway_s
        wanted = [one.mps for one in self._driven if one.now_s >= since_s]
        least, most = min(0.0, *wanted), max(0.0, *wanted)
        if least - self._cfg.runaway_mps <= self.speed_mps <= most + self._cfg.runaway_mps:
            return ""
        return f"{self.name} wheel: {self.speed_mps:.2f} m/s, commanded {least:.2f} .. {most:.2f}"


class WheelTruth:
    def __init__(self, cfg: MonitorConfig, model: RobotModel) -> None:
        self._cfg = cfg
        self._drive = diff_drive(model)
        self._m_per_tick = 2.0 * math.pi * model.wheel_radius_m / model.ticks_per_rev
        self._wheels = tuple(Wheel(name, cfg, self._m_per_tick) for name in ("left", "right"))
        self._session = 0
        self.gaps = 0  # times that what is summed up below has lost its zero
        self._forget()

    def _forget(self) -> None:
        self.gaps += 1
        self.way_m = 0.0  # of the middle of the robot by its wheels; backwards counts down
        self.yaw_rad = 0.0  # by the gyroscope; by the wheels where there is none
        for wheel in self._wheels:
            wheel.forget()
        self._ways_m = [0.0, 0.0]
        self._ticks: tuple[int, int] | None = None
        self._told_s = math.nan  # the latest telemetry: its board's time
        self._now_s = math.nan
        self._turns: deque[tuple[float, float, float]] = deque()  # board's time, turn by wheels, turn by gyro

    def update(self, base: BaseState, sent: Velocity, now_s: float) -> dict[str, str]:
        """Call every period while the link is up; `sent` is what the wire took last. Kind -> what was seen."""
        gap_s = max(now_s - self._now_s, now_s - base.received_s)
        if base.session != self._session or not 0.0 <= gap_s <= GAP_S or now_s < self._now_s:
            self._forget()
            self._session = base.session
        if math.isnan(base.left_radps + base.right_radps):  # a base that does not measure its wheels
            self._forget()
            return {}
        self._now_s = now_s
        self._measure(base, driving=sent != STILL)
        radps = self._drive.wheels(sent)
        for wheel, way_m, speed in zip(self._wheels, self._ways_m, radps, strict=True):
            wheel.command(speed * self._drive.wheel_radius_m, way_m, now_s)
        found = {
            "stall": next(filter(None, (wheel.stall() for wheel in self._wheels)), ""),
            "runaway": next(filter(None, (wheel.runaway() for wheel in self._wheels)), ""),
            "slip": self._slip(),
        }
        return {kind: words for kind, words in found.items() if words}

    @property
    def stands(self) -> bool:
        """Both wheels are known to stand."""
        return all(abs(wheel.speed_mps) < STANDS_MPS for wheel in self._wheels)

    def _measure(self, base: BaseState, driving: bool) -> None:
        board_s = base.board_uptime_s or base.received_s
        if board_s == self._told_s:
            return
        if board_s < self._told_s:  # the board's clock began anew
            self._forget()
        ticks = (base.left_ticks, base.right_ticks)
        turned_rad, elapsed_s = 0.0, 0.0
        gyro_radps = base.imu.angular_radps[2] if base.imu is not None else math.nan
        if self._ticks is not None:
            moved = [
                tick_difference(now, last) * self._m_per_tick for now, last in zip(ticks, self._ticks, strict=True)
            ]
            self._ways_m = [way + step for way, step in zip(self._ways_m, moved, strict=True)]
            turned_rad, elapsed_s = (moved[1] - moved[0]) / self._drive.wheel_separation_m, board_s - self._told_s
            self.way_m += sum(moved) / 2.0
            self.yaw_rad += gyro_radps * elapsed_s if math.isfinite(gyro_radps) else turned_rad
        self._ticks, self._told_s = ticks, board_s
        for wheel, way_m in zip(self._wheels, self._ways_m, strict=True):
            wheel.measure(board_s, way_m)
        if not (driving and math.isfinite(gyro_radps) and 0.0 <= elapsed_s <= GAP_S):
            self._turns.clear()
            return
        _, wheels_rad, gyro_rad = self._turns[-1] if self._turns else (0.0, 0.0, 0.0)
        self._turns.append((board_s, wheels_rad + turned_rad, gyro_rad + gyro_radps * elapsed_s))
        while len(self._turns) > 2 and board_s - self._turns[1][0] >= self._cfg.slip_s:
            self._turns.popleft()

    def _slip(self) -> str:
        """Driving, and over slip_s the robot has turned by another angle than its wheels say."""
        if not self._turns or self._turns[-1][0] - self._turns[0][0] < self._cfg.slip_s:
            return ""
        (first_s, wheels_from, gyro_from), (last_s, wheels_to, gyro_to) = self._turns[0], self._turns[-1]
        wheels, gyro = ((b - a) / (last_s - first_s) for a, b in ((wheels_from, wheels_to), (gyro_from, gyro_to)))
        if abs(wheels - gyro) <= max(self._cfg.slip_radps, self._cfg.slip_share * abs(wheels)):
            return ""
        return f"turn by the wheels {wheels:.2f} rad/s, by the gyro {gyro:.2f} rad/s"
