"""The whole motor process without ROS, over each kind of line: the same test drives both.

`LoopbackRig` runs on a clock of its own; `SerialRig` on the real one, over a pseudo-terminal with pyserial. Tests wait
for a condition, never for a time.
"""

from __future__ import annotations

import dataclasses
import math
import threading
import time
from collections.abc import Callable

import numpy as np

from moe_robot.config import load_config
from moe_robot.hardware.loopback import LoopbackBase
from moe_robot.hardware.serial_base import SerialBase
from moe_robot.motion.controller import MotorCore, MotorTick
from moe_robot.motion.kinematics import diff_drive
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.board import Board
from moe_robot.sim.ideal_plant import IdealPlant
from moe_robot.sim.pty_port import PtyPort
from moe_robot.structs import Link, Scan, Velocity

CFG, MODEL = load_config(), load_robot_model()
KINEMATICS = diff_drive(MODEL)
FORWARD = Velocity(0.3, 0.0)
WHEEL_RADPS = 0.3 / MODEL.wheel_radius_m
PERIOD_S = 0.02
GENEROUS_S = 20.0


class WatchedPlant(IdealPlant):
    """Remembers the fastest wheel speed since `forget`."""

    def __init__(self) -> None:
        super().__init__(MODEL.ticks_per_rev)
        self.fastest_radps = 0.0

    def set_wheel_speeds(self, left_radps: float, right_radps: float) -> None:
        super().set_wheel_speeds(left_radps, right_radps)
        self.fastest_radps = max(self.fastest_radps, abs(left_radps), abs(right_radps))

    def forget(self) -> None:
        self.fastest_radps = 0.0


class Rig:
    """What the tests use. A subclass gives the clock and the line."""

    plant: WatchedPlant
    board: Board
    core: MotorCore

    def now_s(self) -> float:
        raise NotImplementedError

    def pass_time(self, seconds: float) -> None:
        raise NotImplementedError

    def unplug(self) -> None:
        raise NotImplementedError

    def replug(self) -> None:
        raise NotImplementedError

    def noise(self, data: bytes) -> None:
        """Bytes that the board did not send."""
        raise NotImplementedError

    def on_board(self, act: Callable[[], None]) -> None:
        act()

    def step(self, velocity: Velocity | None = None) -> MotorTick:
        """One period: the wheels turn, a scan of an empty hall comes, perhaps a command, the core ticks."""
        self.pass_time(PERIOD_S)
        now_s = self.now_s()
        ranges = np.full(360, np.inf, np.float32)
        self.core.on_scan(Scan(ranges, -math.pi, 2 * math.pi / 360, 0.05, 12.0, now_s + 1e-3), now_s)
        if velocity is not None:
            self.core.on_command(velocity, now_s)
        return self.core.tick(now_s)

    def run(self, periods: int, velocity: Velocity | None = None) -> MotorTick:
        for _ in range(periods):
            tick = self.step(velocity)
        return tick

    def until(self, holds: Callable[[MotorTick], bool], velocity: Velocity | None = None) -> MotorTick:
        end_s = self.now_s() + GENEROUS_S
        while not holds(tick := self.step(velocity)):
            assert self.now_s() < end_s, f"never came true; last: {tick}"
        return tick

    def up(self) -> None:
        self.until(lambda tick: tick.base.link is Link.UP)

    def armed(self) -> None:
        self.up()
        assert self.core.arm(self.now_s()).ok
        self.until(lambda tick: tick.base.board_armed)

    def driving(self) -> None:
        self.armed()
        self.until(lambda _: min(self.plant.commanded_radps) > WHEEL_RADPS - 0.01, FORWARD)

    def standing(self) -> bool:
        return self.plant.commanded_radps == (0.0, 0.0)

    def close(self) -> None:
        self.core.close()


class LoopbackRig(Rig):
    def __init__(self) -> None:
        self._now_s = 0.0
        self.plant = WatchedPlant()
        self.board = Board(self.plant, CFG.hardware)
        self.base = LoopbackBase(self.board, CFG.hardware, KINEMATICS, self.now_s, MODEL.ticks_per_rev)
        self.base.open()
        self.core = MotorCore(CFG.motion, MODEL, self.base)

    def now_s(self) -> float:
        return self._now_s

    def pass_time(self, seconds: float) -> None:
        for _ in range(4):
            self._now_s += seconds / 4
            self.plant.step(seconds / 4)
            if not self.base.plugged:
                self.board.tick(self._now_s)

    def unplug(self) -> None:
        self.base.unplug()

    def replug(self) -> None:
        self.base.replug()

    def noise(self, data: bytes) -> None:
        self.base._to_host(data, self._now_s)


class SerialRig(Rig):
    def __init__(self) -> None:
        self.plant = WatchedPlant()
        self.board = Board(self.plant, CFG.hardware)
        self.port = PtyPort(self.board)
        self.base = SerialBase(
            dataclasses.replace(CFG.hardware, port=self.port.path), KINEMATICS, ticks_per_rev=MODEL.ticks_per_rev
        )
        self.base.open()
        self.core = MotorCore(CFG.motion, MODEL, self.base)
        self._stepped_s = time.monotonic()

    def now_s(self) -> float:
        return time.monotonic()

    def pass_time(self, seconds: float) -> None:
        threading.Event().wait(seconds)
        now_s = time.monotonic()
        self.plant.step(now_s - self._stepped_s)
        self._stepped_s = now_s

    def unplug(self) -> None:
        self.port.unplug()

    def replug(self) -> None:
        self.port.replug()

    def noise(self, data: bytes) -> None:
        self.port.inject(data)

    def on_board(self, act: Callable[[], None]) -> None:
        self.port.with_board(act)

    def close(self) -> None:
        super().close()
        self.port.close()
