"""A robot on paper for the monitors: wheels that follow with a lag, encoders that count, a gyroscope that drifts."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from gate_rig import CFG, MODEL, PERIOD_S

from moe_robot.motion.kinematics import diff_drive, moved
from moe_robot.motion.limits import STILL
from moe_robot.motion.monitors import Finding, Monitors
from moe_robot.structs import BaseState, Battery, Imu, Link, Pose, SafetyMode, Scan, Velocity

LIMITS = CFG.monitors
DRIVE = diff_drive(MODEL)
UPRIGHT = (0.0, 0.0, 9.81)
FULL = Battery(80.0, 12.0, -1.0, False)


@dataclass
class PaperRobot:
    """`step` drives it for one period and shows the monitors what the board tells."""

    lag_s: float = 0.1  # time constant of motor and controller
    dead_s: float = 0.04  # until a set point reaches the motor
    grip: tuple[float, float] = (1.0, 1.0)  # share of the commanded speed that each wheel turns
    turns: float = 1.0  # share of the wheels' turn that the robot makes
    moves: float = 1.0  # share of the wheels' way that the robot makes
    slip: tuple[float, float] = (0.0, 0.0)  # that the gyroscope sees and the wheels do not
    gyro_bias_radps: float = 0.0
    noise: np.random.Generator | None = None
    felt: tuple[float, float, float] = UPRIGHT
    battery: Battery = FULL
    celsius: float = 40.0
    has_imu: bool = True
    has_encoders: bool = True
    push_radps: tuple[float, float] = (0.0, 0.0)  # wheels turned by a hand, or a broken driver
    monitors: Monitors = field(default_factory=lambda: Monitors(CFG, MODEL))

    def __post_init__(self) -> None:
        self.now_s = 100.0
        self.pose = Pose(0.0, 0.0, 0.0)
        self.session, self.link = 1, Link.UP
        self.silent = False  # no telemetry comes, though the link is not lost yet
        self._told: BaseState | None = None
        self._speeds, self._angles = [0.0, 0.0], [0.0, 0.0]
        self._wanted: deque[tuple[float, float]] = deque()
        self.found: list[Finding] = []

    @property
    def present(self) -> set[str]:
        """Kinds that were found and are not gone."""
        kinds: dict[str, int] = {}
        for kind, _, present in self.found:
            kinds[kind] = kinds.get(kind, 0) + (1 if present else -1)
        return {kind for kind, count in kinds.items() if count > 0}

    def step(
        self, sent: Velocity = STILL, mode: SafetyMode = SafetyMode.ARMED, period_s: float = PERIOD_S
    ) -> list[Finding]:
        self.now_s += period_s
        self._wanted.append(DRIVE.wheels(sent))
        wanted = self._wanted.popleft() if len(self._wanted) > self.dead_s / PERIOD_S else (0.0, 0.0)
        share = 1.0 - math.exp(-period_s / self.lag_s) if self.lag_s > 0.0 else 1.0
        for i in (0, 1):
            self._speeds[i] += share * (wanted[i] * self.grip[i] + self.push_radps[i] - self._speeds[i])
            self._angles[i] += self._speeds[i] * period_s
        real = DRIVE.velocity(*(w * (1.0 + s) for w, s in zip(self._speeds, self.slip, strict=True)))
        turn = real.angular_radps * self.turns
        self.pose = moved(self.pose, real.linear_mps * self.moves * period_s, turn * period_s)
        if self._told is None or not self.silent:
            self._told = self.state(turn)
        self.found += (findings := self.monitors.update(self._told, sent, mode, self.now_s))
        return findings

    def state(self, turn_radps: float) -> BaseState:
        noise = self.noise.normal(0.0, (0.3, 0.3, 0.3, 0.02)) if self.noise is not None else np.zeros(4)
        felt = tuple(float(a + b) for a, b in zip(self.felt, noise[:3], strict=True))
        gyro = (0.0, 0.0, turn_radps + self.gyro_bias_radps + float(noise[3]))
        ticks = [
            self.has_encoders * math.floor(angle * MODEL.ticks_per_rev / (2.0 * math.pi)) for angle in self._angles
        ]
        return BaseState(
            link=self.link,
            left_ticks=ticks[0],
            right_ticks=ticks[1],
            left_radps=self._speeds[0] if self.has_encoders else math.nan,
            right_radps=self._speeds[1] if self.has_encoders else math.nan,
            battery=self.battery,
            imu=Imu(gyro, felt, self.now_s) if self.has_imu else None,  # type: ignore[arg-type]
            board_estop=False,
            board_armed=True,
            acked_seq=0,
            received_s=self.now_s,
            session=self.session,
            temperature_c=self.celsius,
            board_uptime_s=self.now_s - 90.0,
        )

    def drive(self, sent: Velocity, seconds: float, mode: SafetyMode = SafetyMode.ARMED) -> list[Finding]:
        """Returns what began or ended meanwhile."""
        before = len(self.found)
        for _ in range(round(seconds / PERIOD_S)):
            self.step(sent, mode)
        return self.found[before:]

    def time_to(self, kind: str, sent: Velocity, most_s: float = 5.0) -> float:
        """Seconds until `kind` is found; inf when it is not."""
        start_s = self.now_s
        while self.now_s - start_s < most_s:
            if any(f.kind == kind and f.present for f in self.step(sent)):
                return self.now_s - start_s
        return math.inf

    def see(self, scan: Scan) -> None:
        self.monitors.on_scan(scan, self.now_s)
