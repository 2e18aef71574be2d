"""A line that loses, doubles, reorders, cuts and damages frames between the driver and the compiled firmware (P7)."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

TEST = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TEST / "contract"), str(TEST / "hardware")]

from bad_line import BadLine, Fault, Reordered, doubled, flipped, garbled, lost, pass_on, truncated  # noqa: E402
from motor_rig import CFG, FORWARD, MODEL, WHEEL_RADPS, SimavrRig, on_port  # noqa: E402

from bench.simavr import SimBoard, missing  # noqa: E402
from moe_robot.motion.controller import MotorCore, MotorTick  # noqa: E402
from moe_robot.sim.pty_port import PtyPort  # noqa: E402
from moe_robot.structs import Link, SafetyMode, Velocity  # noqa: E402

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")


class FarEnd:
    """The pseudo-terminal of the simulator, as the board of another pseudo-terminal."""

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def reboot(self, now_s: float) -> None:
        raise NotImplementedError("the simulator resets its processor: board.tell('reset')")

    def receive(self, data: bytes, now_s: float) -> bytes:
        with contextlib.suppress(BlockingIOError):  # the line is full, as a real one may be
            os.write(self._fd, data)
        return b""

    def tick(self, now_s: float) -> bytes:
        try:
            return os.read(self._fd, 4096)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        os.close(self._fd)


class BadLineRig(SimavrRig):
    """`line.to_board` and `line.to_host` damage what runs between the driver and the firmware."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="moe_robot_simavr_")
        self.board = SimBoard(Path(self._folder.name))
        self._end = FarEnd(self.board.path)
        self.line = BadLine(self._end)
        self.port = PtyPort(self.line)
        self.base = on_port(self.port.path, MODEL.ticks_per_rev)
        self.base.open()
        self.core = MotorCore(CFG.motion, MODEL, self.base)

    def damage(self, way: str, fault: Fault) -> None:
        self.port.with_board(lambda: setattr(self.line, way, fault))

    def close(self) -> None:
        self.core.close()
        self.port.close()
        self._end.close()
        self.board.close()
        self._folder.cleanup()


@pytest.fixture
def rig() -> Iterator[BadLineRig]:
    rig = BadLineRig()
    yield rig
    rig.close()


def counted(tick: MotorTick) -> int:
    return sum(n for name, n in tick.base.counters.items() if name not in ("board_clipped", "skipped_set_points"))


def drives_again(rig: BadLineRig) -> None:
    """After whatever the gate has made of the faults: an e-stop is reset, then armed anew."""
    tick = rig.until(lambda tick: tick.base.link is Link.UP and rig.standing())
    if tick.safety.mode is SafetyMode.ESTOP:
        rig.core.on_command(Velocity(), rig.now_s())
        rig.until(lambda tick: rig.core.reset(tick.safety.estop_id, rig.now_s()).ok)
        rig.until(lambda tick: not tick.base.board_estop)
    elif tick.safety.mode is SafetyMode.ARMED:
        rig.core.disarm(rig.now_s())
    rig.driving()


@pytest.mark.parametrize("way", ["to_board", "to_host"])
@pytest.mark.parametrize(
    "fault", [lost, doubled, Reordered(), truncated, flipped], ids=lambda f: getattr(f, "__name__", "reordered")
)
def test_S20_a_bad_line_never_turns_a_wheel_otherwise_than_commanded(rig: BadLineRig, fault: Fault, way: str) -> None:
    rig.driving()
    before = counted(rig.step(FORWARD))
    rig.forget()
    rig.damage(way, fault)
    slowest_radps = 0.0
    for _ in range(75):
        tick = rig.step(FORWARD)
        slowest_radps = min(slowest_radps, *rig.board.state().radps)
    assert slowest_radps >= 0.0
    assert rig.board.state().fastest_radps < 1.15 * WHEEL_RADPS
    assert counted(tick) > before
    rig.until(lambda _: rig.standing(), Velocity())
    rig.damage(way, pass_on)
    drives_again(rig)


@pytest.mark.parametrize("way", ["to_board", "to_host"])
def test_S13_a_wrong_baud_rate_in_mid_drive_stops_and_disarms(rig: BadLineRig, way: str) -> None:
    rig.driving()
    rig.damage(way, garbled)
    rig.until(lambda tick: tick.base.link is Link.LOST and rig.standing(), FORWARD)
    rig.forget()
    tick = rig.run(20, FORWARD)
    assert tick.safety.mode is not SafetyMode.ARMED
    assert not rig.driven()
    rig.damage(way, pass_on)
    drives_again(rig)
