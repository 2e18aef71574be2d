"""A motor process without ROS whose base is open on a pseudo-terminal, and wheels that remember what they were told."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable

from bad_line import Bench

from moe_robot.config import load_config
from moe_robot.hardware.serial_base import SerialBase
from moe_robot.motion.controller import MotorCore, MotorTick
from moe_robot.motion.kinematics import diff_drive
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.ideal_plant import IdealPlant
from moe_robot.structs import Link, Scan, Velocity

CFG, MODEL = load_config(), load_robot_model()
DRIVE = diff_drive(MODEL)
FORWARD = Velocity(0.3, 0.0)
WHEEL_RADPS = 0.3 / MODEL.wheel_radius_m


class Plant(IdealPlant):
    """Remembers the extremes of what the wheels were told since `forget`."""

    def __init__(self) -> None:
        super().__init__(MODEL.ticks_per_rev)
        self.forget()

    def set_wheel_speeds(self, left_radps: float, right_radps: float) -> None:
        super().set_wheel_speeds(left_radps, right_radps)
        self.least_radps = min(self.least_radps, left_radps, right_radps)
        self.most_radps = max(self.most_radps, left_radps, right_radps)

    def forget(self) -> None:
        self.least_radps = self.most_radps = 0.0

    def stands(self) -> bool:
        return self.commanded_radps == (0.0, 0.0)


class Robot:
    """A motor process whose base is open on one of the ports of `bench`."""

    def __init__(self, wanted: str, bench: Bench | None = None) -> None:
        cfg = dataclasses.replace(CFG.hardware, port=wanted)
        extra = {"ports": bench} if bench is not None else {}
        self.base = SerialBase(cfg, DRIVE, ticks_per_rev=MODEL.ticks_per_rev, **extra)
        self.base.open()
        self.core = MotorCore(CFG.motion, MODEL, self.base)
        self._plant = Plant()  # whose wheels turn as time passes
        self._stepped_s = time.monotonic()

    def step(self, velocity: Velocity | None = None) -> MotorTick:
        threading.Event().wait(0.01)
        now_s = time.monotonic()
        self._plant.step(now_s - self._stepped_s)
        self._stepped_s = now_s
        self.core.on_scan(Scan([float("inf")] * 90, -3.14, 6.28 / 90, 0.05, 12.0, now_s), now_s)
        if velocity is not None:
            self.core.on_command(velocity, now_s)
        return self.core.tick(now_s)

    def until(self, holds: Callable[[MotorTick], bool], velocity: Velocity | None = None) -> MotorTick:
        deadline_s = time.monotonic() + 25.0
        while not holds(tick := self.step(velocity)):
            assert time.monotonic() < deadline_s, f"never came true; last: {tick}"
        return tick

    def up(self) -> MotorTick:
        return self.until(lambda tick: tick.base.link is Link.UP)

    def driving(self, plant: Plant) -> None:
        self._plant = plant
        self.up()
        assert self.core.arm(time.monotonic()).ok
        self.until(lambda _: plant.commanded_radps[0] > WHEEL_RADPS - 0.1, FORWARD)
