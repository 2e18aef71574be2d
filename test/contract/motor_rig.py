"""The whole motor process without ROS, against each kind of board: the same test drives all of them.

`LoopbackRig` is the board in Python on a clock of its own; `SerialRig` the same board over a pseudo-terminal with
pyserial, in real time; `SimavrRig` the compiled firmware of `firmware/` in simavr, over a pseudo-terminal too. Tests
wait for a condition, never for a time.
"""

from __future__ import annotations

import dataclasses
import math
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from moe_robot.config import load_config
from moe_robot.hardware.frames import BoardFlags, Decoder, Telemetry
from moe_robot.hardware.loopback import LoopbackBase
from moe_robot.hardware.serial_base import SerialBase
from moe_robot.motion.controller import MotorCore, MotorTick
from moe_robot.motion.kinematics import diff_drive
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.board import Board
from moe_robot.sim.ideal_plant import IdealPlant
from moe_robot.sim.pty_port import PtyPort
from moe_robot.structs import Link, Scan, Velocity

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench.simavr import SimBoard  # noqa: E402

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
    """What the tests use. A subclass gives the clock, the line and the board."""

    core: MotorCore

    # ---- the clock and the line

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

    # ---- the board

    def press_button(self, pressed: bool) -> None:
        raise NotImplementedError

    def break_motor(self, broken: bool) -> None:
        """What the motor driver says on its fault pin."""
        raise NotImplementedError

    def reboot(self) -> None:
        raise NotImplementedError

    def standing(self) -> bool:
        """Nothing drives the wheels."""
        raise NotImplementedError

    def at_speed(self) -> bool:
        """Both wheels turn as FORWARD asks."""
        raise NotImplementedError

    def forget(self) -> None:
        raise NotImplementedError

    def driven(self) -> bool:
        """Whether anything drove a wheel since `forget`."""
        raise NotImplementedError

    def board_says(self) -> tuple[BoardFlags, int]:
        """Its state, and how often its watchdog ran out. Once the core is closed."""
        raise NotImplementedError

    # ---- in common

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

    def wait_until(self, holds: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None) -> None:
        """Time passes and nobody ticks the core."""
        end_s = self.now_s() + GENEROUS_S
        while not holds():
            assert self.now_s() < end_s, "never came true"
            self.pass_time(PERIOD_S / 2)
            self.work()
            meanwhile()

    def work(self) -> None:
        """What the board does while nobody reads it; a board with a life of its own does it anyway."""

    def up(self) -> None:
        self.until(lambda tick: tick.base.link is Link.UP)

    def armed(self) -> None:
        self.up()
        assert self.core.arm(self.now_s()).ok
        self.until(lambda tick: tick.base.board_armed)

    def driving(self) -> None:
        self.armed()
        self.until(lambda _: self.at_speed(), FORWARD)

    def close(self) -> None:
        self.core.close()


class PythonRig(Rig):
    """The board of the simulator, with ideal wheels."""

    plant: WatchedPlant
    board: Board

    def on_board(self, act: Callable[[], None]) -> None:
        act()

    def press_button(self, pressed: bool) -> None:
        self.on_board(lambda: self.board.press_button(pressed))

    def break_motor(self, broken: bool) -> None:
        self.on_board(lambda: self.board.break_motor(broken))

    def reboot(self) -> None:
        self.on_board(lambda: self.board.reboot(self.now_s()))

    def standing(self) -> bool:
        return self.plant.commanded_radps == (0.0, 0.0)

    def at_speed(self) -> bool:
        return min(self.plant.commanded_radps) > WHEEL_RADPS - 0.01

    def forget(self) -> None:
        self.plant.forget()

    def driven(self) -> bool:
        return self.plant.fastest_radps > 0.0

    def board_says(self) -> tuple[BoardFlags, int]:
        return BoardFlags(armed=self.board.armed, estop=self.board.estop), self.board.counters().watchdog


class LoopbackRig(PythonRig):
    def __init__(self, ticks_per_rev: int = MODEL.ticks_per_rev) -> None:
        self._now_s = 0.0
        self.plant = WatchedPlant()
        self.board = Board(self.plant, CFG.hardware)
        self.base = LoopbackBase(self.board, CFG.hardware, KINEMATICS, self.now_s, ticks_per_rev)
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

    def work(self) -> None:
        self.board.tick(self._now_s)

    def unplug(self) -> None:
        self.base.unplug()

    def replug(self) -> None:
        self.base.replug()

    def noise(self, data: bytes) -> None:
        self.base._to_host(data, self._now_s)


def on_port(path: str, ticks_per_rev: int) -> SerialBase:
    return SerialBase(dataclasses.replace(CFG.hardware, port=path), KINEMATICS, ticks_per_rev=ticks_per_rev)


class SerialRig(PythonRig):
    def __init__(self, ticks_per_rev: int = MODEL.ticks_per_rev) -> None:
        self.plant = WatchedPlant()
        self.board = Board(self.plant, CFG.hardware)
        self.port = PtyPort(self.board)
        self.base = on_port(self.port.path, ticks_per_rev)
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


class SimavrRig(Rig):
    """The compiled firmware; its wheels have inertia, friction and a controller."""

    def __init__(self, ticks_per_rev: int = MODEL.ticks_per_rev) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="moe_robot_simavr_")
        self.board = SimBoard(Path(self._folder.name))
        self.board.tell("battery 12070")  # 80 %, less what the converter rounds down
        self.base = on_port(self.board.path, ticks_per_rev)
        self.base.open()
        self.core = MotorCore(CFG.motion, MODEL, self.base)

    def now_s(self) -> float:
        return time.monotonic()

    def pass_time(self, seconds: float) -> None:
        threading.Event().wait(seconds)

    def unplug(self) -> None:
        self.board.tell("unplug")

    def replug(self) -> None:
        self.board.tell("replug")

    def noise(self, data: bytes) -> None:
        self.board.tell(f"noise {data.hex()}")

    def press_button(self, pressed: bool) -> None:
        self.board.tell(f"button {pressed:d}")

    def break_motor(self, broken: bool) -> None:
        self.board.tell(f"driver_fault {broken:d}")

    def reboot(self) -> None:
        self.board.tell("reset")

    def standing(self) -> bool:
        return self.board.state().duty == (0.0, 0.0)

    def at_speed(self) -> bool:
        return min(self.board.state().radps) > 0.97 * WHEEL_RADPS

    def forget(self) -> None:
        self.board.tell("forget")

    def driven(self) -> bool:
        return self.board.state().fastest_duty > 0.0

    def board_says(self) -> tuple[BoardFlags, int]:
        """The next telemetry, read from the port that the closed base has left."""
        decoder = Decoder()
        port = os.open(self.board.path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            found: list[Telemetry] = []
            end_s = self.now_s() + GENEROUS_S
            while len(found) < 2:  # the first may have waited in the line
                assert self.now_s() < end_s, "no telemetry"
                self.pass_time(0.02)
                try:
                    found += [m for m in decoder.feed(os.read(port, 4096)) if isinstance(m, Telemetry)]
                except BlockingIOError:
                    continue
        finally:
            os.close(port)
        return found[-1].board, found[-1].counters.watchdog

    def close(self) -> None:
        super().close()
        self.board.close()
        self._folder.cleanup()
