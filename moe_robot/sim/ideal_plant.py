"""Wheels that do exactly as told: a `Plant` without physics, for the protocol's tests. Time is stepped."""

from __future__ import annotations

import math

from moe_robot.structs import Battery, Imu


class IdealPlant:
    def __init__(self, ticks_per_rev: int = 1320, radius_m: float = 0.05, separation_m: float = 0.26) -> None:
        """As on the shipped robot: the gyroscope turns with the wheels."""
        self.commanded_radps = (0.0, 0.0)
        self.ticks_per_rev = ticks_per_rev
        self._turn = radius_m / separation_m
        # What a test may set: what the motors draw, the share of its command that each wheel turns, and the rest.
        self.currents_a = (0.1, 0.1)
        self.follows = (1.0, 1.0)
        self.battery_told = Battery(percent=80.0, voltage_v=25.2, current_a=-0.4, charging=False)
        self.celsius = 25.0
        self.felt_mps2 = (0.0, 0.0, 9.81)
        self.swings_radps = 0.0  # felt by the gyroscope and not by the wheels
        self._ticks_per_rad = ticks_per_rev / (2.0 * math.pi)
        self._angles_rad = (0.0, 0.0)

    def step(self, seconds: float) -> None:
        (left, right), speeds = self._angles_rad, self.wheel_speeds()
        self._angles_rad = (left + speeds[0] * seconds, right + speeds[1] * seconds)

    def set_wheel_speeds(self, left_radps: float, right_radps: float) -> None:
        self.commanded_radps = (left_radps, right_radps)

    def wheel_ticks(self) -> tuple[int, int]:
        return round(self._angles_rad[0] * self._ticks_per_rad), round(self._angles_rad[1] * self._ticks_per_rad)

    def wheel_speeds(self) -> tuple[float, float]:
        left, right = self.commanded_radps
        return left * self.follows[0], right * self.follows[1]

    def motor_currents_a(self) -> tuple[float, float]:
        return self.currents_a

    def temperature_c(self) -> float:
        return self.celsius

    def battery(self) -> Battery:
        return self.battery_told

    def imu(self) -> Imu:
        left, right = self.wheel_speeds()
        return Imu((0.0, 0.0, (right - left) * self._turn + self.swings_radps), self.felt_mps2, 0.0)
