"""Wheels that do exactly as told: a `Plant` without physics, for the protocol's tests. Time is stepped."""

from __future__ import annotations

import math

from moe_robot.structs import Battery, Imu


class IdealPlant:
    def __init__(self, ticks_per_rev: int = 1320) -> None:
        self.commanded_radps = (0.0, 0.0)
        self.ticks_per_rev = ticks_per_rev
        self.currents_a = (0.1, 0.1)  # a test may set what the motors draw
        self._ticks_per_rad = ticks_per_rev / (2.0 * math.pi)
        self._angles_rad = (0.0, 0.0)

    def step(self, seconds: float) -> None:
        left, right = self._angles_rad
        self._angles_rad = (left + self.commanded_radps[0] * seconds, right + self.commanded_radps[1] * seconds)

    def set_wheel_speeds(self, left_radps: float, right_radps: float) -> None:
        self.commanded_radps = (left_radps, right_radps)

    def wheel_ticks(self) -> tuple[int, int]:
        return round(self._angles_rad[0] * self._ticks_per_rad), round(self._angles_rad[1] * self._ticks_per_rad)

    def wheel_speeds(self) -> tuple[float, float]:
        return self.commanded_radps

    def motor_currents_a(self) -> tuple[float, float]:
        return self.currents_a

    def temperature_c(self) -> float:
        return 25.0

    def battery(self) -> Battery:
        return Battery(percent=80.0, voltage_v=25.2, current_a=-0.4, charging=False)

    def imu(self) -> Imu:
        return Imu((0.0, 0.0, 0.0), (0.0, 0.0, 9.81), 0.0)
