"""pyserial on a pseudo-terminal: ports that are missing, taken, full, torn away. Waits for conditions, not times."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from moe_robot.config import load_config
from moe_robot.errors import HardwareError
from moe_robot.hardware.base import backoff
from moe_robot.hardware.frames import SetPoint, encode
from moe_robot.hardware.serial_base import SerialBase
from moe_robot.motion.kinematics import DiffDrive
from moe_robot.sim.board import Board
from moe_robot.sim.ideal_plant import IdealPlant
from moe_robot.sim.pty_port import PtyPort
from moe_robot.structs import Link, SafetyMode, Velocity

CFG = load_config().hardware
DRIVE = DiffDrive(0.05, 0.26)
FORWARD = Velocity(0.3, 0.0)


def base_on(path: str) -> SerialBase:
    return SerialBase(dataclasses.replace(CFG, port=path), DRIVE)


def eventually(holds: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 20.0
    while not holds():
        assert time.monotonic() < deadline_s, "never came true"
        threading.Event().wait(0.01)


@pytest.fixture
def plant() -> IdealPlant:
    return IdealPlant()


@pytest.fixture
def board(plant) -> Board:
    return Board(plant, CFG)


@pytest.fixture
def port(board) -> Iterator[PtyPort]:
    with PtyPort(board) as port:
        yield port


@pytest.fixture
def base(port) -> Iterator[SerialBase]:
    base = base_on(port.path)
    with base:
        yield base


def link_is(base: SerialBase, link: Link) -> bool:
    base.drive(Velocity())
    return base.read().link is link


def is_driving(base: SerialBase, plant: IdealPlant) -> bool:
    base.drive(FORWARD)
    return plant.commanded_radps[0] > 5.9


def drive_it(base: SerialBase, plant: IdealPlant) -> None:
    eventually(lambda: link_is(base, Link.UP))
    base.set_mode(SafetyMode.ARMED)
    eventually(lambda: is_driving(base, plant))


def test_a_port_that_does_not_exist_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(HardwareError, match=r"no such device; plug the board in, or set hardware\.port"):
        base_on(str(tmp_path / "ttyNONE")).open()


def test_something_that_is_no_serial_port_is_an_error(tmp_path):
    (tmp_path / "file").write_text("no port")
    with pytest.raises(HardwareError, match="cannot open the motor board's port"):
        base_on(str(tmp_path / "file")).open()


def test_a_port_that_another_process_has_is_an_error(base, port):
    with pytest.raises(HardwareError, match="another process has it"):
        base_on(port.path).open()


def test_the_threads_end_with_close_and_closing_twice_is_harmless(port):
    base = base_on(port.path)
    base.open()
    base.close()
    base.close()
    assert "serial-reader" not in [thread.name for thread in threading.enumerate()]


def test_S1_a_base_that_was_just_opened_sends_no_speed(base, plant):
    eventually(lambda: link_is(base, Link.UP))
    for _ in range(20):
        assert base.drive(FORWARD) == Velocity()
    assert plant.commanded_radps == (0.0, 0.0)


def test_drive_returns_what_the_wire_carries(base, plant):
    drive_it(base, plant)
    odd = base.drive(Velocity(0.123456, 0.0))
    assert odd.linear_mps == pytest.approx(0.123456, abs=0.00003)
    assert odd.linear_mps != 0.123456


def test_S17_a_port_that_nobody_reads_does_not_hold_the_caller_and_the_board_stops_itself(base, plant, port):
    drive_it(base, plant)
    port.freeze(True)
    eventually(lambda: base.drive(FORWARD) == Velocity() and base.read().link is Link.LOST)
    for _ in range(20_000):
        base.drive(FORWARD)
    assert base.read().link is Link.LOST
    port.freeze(False)
    eventually(lambda: plant.commanded_radps == (0.0, 0.0))
    eventually(lambda: link_is(base, Link.UP))
    assert base.drive(FORWARD) == Velocity()


def test_S13_a_line_torn_in_the_middle_of_a_frame_comes_back_disarmed(base, plant, port):
    drive_it(base, plant)
    port.inject(encode(SetPoint(1, 1, 9.0, 9.0, True))[:9])
    port.unplug()
    eventually(lambda: link_is(base, Link.LOST))
    assert base.drive(FORWARD) == Velocity()
    eventually(lambda: plant.commanded_radps == (0.0, 0.0))
    port.replug()
    eventually(lambda: link_is(base, Link.UP))
    for _ in range(20):
        assert base.drive(FORWARD) == Velocity()
    assert not base.read().board_armed


def test_S13_it_reconnects_again_and_again(base, port):
    for _ in range(4):
        eventually(lambda: link_is(base, Link.UP))
        port.unplug()
        eventually(lambda: link_is(base, Link.LOST))
        port.replug()
    eventually(lambda: link_is(base, Link.UP))


def test_S20_half_written_set_points_cost_only_themselves(base, plant, port):
    drive_it(base, plant)
    whole = base._port.fileno()
    frame = encode(SetPoint(1, 5, 9.0, 9.0, True))
    for cut in range(1, len(frame) - 1):
        os.write(whole, frame[:cut])
        base.drive(FORWARD)
    eventually(lambda: base.read().counters["board_bad_frames"] > 0)
    eventually(lambda: is_driving(base, plant))


def test_S20_a_flood_from_the_line_does_not_hold_the_caller_or_fool_it(base, plant, port):
    drive_it(base, plant)
    flooding = threading.Event()

    def flood() -> None:
        while not flooding.is_set():
            port.inject(bytes(range(256)) * 16)
            flooding.wait(0.001)

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        for _ in range(200):
            base.drive(FORWARD)
            base.read()
    finally:
        flooding.set()
        thread.join()
    drive_it(base, plant)


def test_the_pauses_between_tries_double_up_to_the_longest():
    delays_s = backoff(0.05, 1.0)
    assert [next(delays_s) for _ in range(7)] == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


HOST = """
import dataclasses, sys, time
from moe_robot.config import load_config
from moe_robot.hardware.serial_base import SerialBase
from moe_robot.motion.kinematics import DiffDrive
from moe_robot.structs import SafetyMode, Velocity
base = SerialBase(dataclasses.replace(load_config().hardware, port=sys.argv[1]), DiffDrive(0.05, 0.26))
with base:
    while True:
        base.set_mode(SafetyMode.ARMED)
        base.drive(Velocity(0.3, 0.0))
        base.read()
        time.sleep(0.02)
"""


@pytest.mark.parametrize(("end", "watchdog"), [(signal.SIGINT, 0), (signal.SIGKILL, 1)], ids=["ctrl-c", "kill -9"])
def test_S15_a_host_that_ends_leaves_standing_wheels(plant, board, port, end, watchdog):
    """Ctrl-C ends in zeros on the wire, kill -9 in the board's watchdog."""
    host = subprocess.Popen([sys.executable, "-c", HOST, port.path], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: plant.commanded_radps[0] > 5.9)
        host.send_signal(end)
        eventually(lambda: plant.commanded_radps == (0.0, 0.0) and not board.armed)
        assert board.counters().watchdog >= watchdog
        assert watchdog or board.counters().watchdog == 0
    finally:
        host.kill()
        host.wait()
