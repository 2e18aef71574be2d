"""Faults of the serial line against the real driver: the motor process without ROS, pyserial, a pseudo-terminal."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_line import BadLine, Bench, Fault, Reordered, doubled, flipped, garbled, lost, of_version, pass_on, truncated
from port_rig import CFG, FORWARD, MODEL, WHEEL_RADPS, Plant, Robot

from moe_robot.errors import HardwareError
from moe_robot.hardware.frames import SetPoint, encode
from moe_robot.motion.controller import MotorTick
from moe_robot.sim import board as simulated
from moe_robot.sim.board import Board
from moe_robot.sim.ideal_plant import IdealPlant
from moe_robot.sim.pty_port import PtyPort
from moe_robot.structs import Link, SafetyMode, Velocity

STILL = Velocity()
HOLDER = """
import serial, sys
port = serial.Serial(sys.argv[1], exclusive=True)
print("has it", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def plant() -> Plant:
    return Plant()


@pytest.fixture
def line(plant) -> BadLine:
    return BadLine(Board(plant, CFG.hardware))


@pytest.fixture
def port(line) -> Iterator[PtyPort]:
    with PtyPort(line) as port:
        yield port


@pytest.fixture
def robot(port) -> Iterator[Robot]:
    robot = Robot(port.path)
    yield robot
    robot.core.close()


def faults(tick: MotorTick) -> int:
    """Of the line, that somebody noticed and counted: what /diagnostics shows."""
    quiet = {"board_clipped", "skipped_set_points"}
    return sum(n for name, n in tick.base.counters.items() if name not in quiet)


# ---------------------------------------------------------------- P7: what runs through the line


@pytest.mark.parametrize("way", ["to_board", "to_host"])
@pytest.mark.parametrize(
    "fault", [lost, doubled, Reordered(), truncated, flipped], ids=lambda f: getattr(f, "__name__", "reordered")
)
def test_S48_a_bad_line_never_turns_a_wheel_otherwise_than_commanded(robot, line, plant, port, fault: Fault, way):
    robot.driving(plant)
    before = faults(robot.step(FORWARD))
    plant.forget()
    port.with_board(lambda: setattr(line, way, fault))
    for _ in range(100):
        tick = robot.step(FORWARD)
    assert plant.least_radps >= 0.0
    assert plant.most_radps <= WHEEL_RADPS + 0.002
    assert faults(tick) > before
    robot.until(lambda _: plant.stands(), STILL)
    port.with_board(lambda: setattr(line, way, pass_on))
    robot.up()
    if robot.core.gate.state(time.monotonic()).mode is SafetyMode.ARMED:
        robot.core.disarm(time.monotonic())
    robot.driving(plant)


@pytest.mark.parametrize("way", ["to_board", "to_host"])
def test_S49_a_wrong_baud_rate_in_mid_drive_stops_and_disarms(robot, line, plant, port, way):
    robot.driving(plant)
    port.with_board(lambda: setattr(line, way, garbled))
    plant.forget()
    tick = robot.until(lambda tick: tick.base.link is Link.LOST and plant.stands(), FORWARD)
    assert plant.least_radps >= 0.0
    assert plant.most_radps <= WHEEL_RADPS + 0.002
    assert tick.sent == STILL
    port.with_board(lambda: setattr(line, way, pass_on))
    assert robot.up().safety.mode is SafetyMode.DISARMED
    robot.driving(plant)


def test_S49_with_a_wrong_baud_rate_from_the_start_the_link_never_comes_up(robot, line, plant, port):
    port.with_board(lambda: (setattr(line, "to_board", garbled), setattr(line, "to_host", garbled)))
    robot.until(lambda tick: sum(n for name, n in tick.base.counters.items() if name.startswith("host_")) > 20)
    assert robot.step().base.link is Link.LOST
    assert plant.stands()


def test_S48_half_written_frames_cost_only_themselves(robot, plant, port, monkeypatch):
    """The kernel takes what has room, perhaps nothing: here it has little room, at random."""
    robot.driving(plant)
    plant.forget()
    write, cut = os.write, random.Random(11)

    def short_write(descriptor: int, data: bytes) -> int:
        if descriptor != robot.base._port.fileno() or cut.random() < 0.7:
            return write(descriptor, data)
        return write(descriptor, data[: cut.randrange(len(data))])

    monkeypatch.setattr(os, "write", short_write)
    for _ in range(150):
        tick = robot.step(FORWARD)
    monkeypatch.undo()
    assert tick.base.counters["skipped_set_points"] > 10
    assert tick.base.counters["board_bad_frames"] > 10
    assert plant.least_radps >= 0.0
    assert plant.most_radps <= WHEEL_RADPS + 0.002
    robot.until(lambda tick: tick.sent.linear_mps > 0.299 and tick.base.board_armed, FORWARD)


def test_S49_another_program_that_reads_the_same_port_cannot_make_it_drive_on(robot, line, plant, port):
    """Without a lock of its own: what `cat /dev/ttyUSB0` does. Bytes are stolen, reads find nothing where some were."""
    robot.driving(plant)
    thief = os.open(port.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    stolen, ending = 0, threading.Event()

    def steal() -> None:
        nonlocal stolen
        while not ending.wait(0.0005):
            with contextlib.suppress(BlockingIOError):
                stolen += len(os.read(thief, 4096))

    thread = threading.Thread(target=steal)
    plant.forget()
    thread.start()
    try:
        robot.until(lambda _: stolen > 4000, FORWARD)
        assert plant.least_radps >= 0.0
        assert plant.most_radps <= WHEEL_RADPS + 0.002
    finally:
        ending.set()
        thread.join()
        os.close(thief)
    robot.core.disarm(time.monotonic())
    robot.until(lambda tick: tick.base.link is Link.UP and plant.stands())
    robot.driving(plant)


def test_S49_a_port_that_another_process_has_locked_is_taken_when_it_lets_go(port, plant):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, port.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"has it\n"
        with pytest.raises(HardwareError, match="another process has it"):
            Robot(port.path)
    finally:
        holder.communicate()
    robot = Robot(port.path)
    robot.driving(plant)
    robot.core.close()


def test_S49_a_flood_of_garbage_at_full_speed_holds_nobody_and_drives_nothing(robot, line, plant, port):
    robot.driving(plant)
    plant.forget()
    garbage = random.Random(3)
    ending = threading.Event()

    def flood() -> None:
        while not ending.is_set():
            port.inject(garbage.randbytes(4000))
            ending.wait(0.0005)

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        for _ in range(100):
            tick = robot.step(FORWARD)
    finally:
        ending.set()
        thread.join()
    assert plant.least_radps >= 0.0
    assert plant.most_radps <= WHEEL_RADPS + 0.002
    assert faults(tick) > 0
    robot.core.disarm(time.monotonic())
    robot.until(lambda tick: tick.base.link is Link.UP and plant.stands())
    robot.driving(plant)


# ---------------------------------------------------------------- P8: after a reconnect


@pytest.fixture
def bench(port) -> Bench:
    bench = Bench()
    bench.add(port, "85735313")
    return bench


def disarmed_anew(robot: Robot, plant: Plant, session: int) -> MotorTick:
    """The link is up in a new session, and the old command, still being given, moves nothing."""
    tick = robot.until(lambda tick: tick.base.link is Link.UP and tick.base.session != session, FORWARD)
    plant.forget()
    for _ in range(30):
        tick = robot.step(FORWARD)
    assert tick.safety.mode is SafetyMode.DISARMED
    assert not tick.base.board_armed
    assert (plant.least_radps, plant.most_radps) == (0.0, 0.0)
    return tick


@pytest.mark.parametrize("wanted", ["auto", "usb:2341:0043", "usb:2341:0043:85735313", "its name at first"])
def test_S47_a_board_that_comes_back_under_another_name_is_found_and_disarmed(port, plant, bench, wanted):
    first = os.path.realpath(port.path)
    robot = Robot(first if wanted == "its name at first" else wanted, bench)
    robot.driving(plant)
    session = robot.step(FORWARD).base.session
    port.unplug()
    robot.until(lambda tick: tick.base.link is Link.LOST and plant.stands(), FORWARD)
    others = [os.openpty() for _ in range(3)]  # somebody else has the name now
    try:
        port.replug()
        assert os.path.realpath(port.path) != first
        disarmed_anew(robot, plant, session)
        robot.driving(plant)
    finally:
        robot.core.close()
        for pair in others:
            os.close(pair[0])
            os.close(pair[1])


def test_S47_a_link_that_leads_elsewhere_after_the_cable_was_pulled_is_followed(port, plant, tmp_path: Path):
    link = tmp_path / "usb-my_board"
    link.symlink_to(os.path.realpath(port.path))
    spare_plant = Plant()
    with PtyPort(Board(spare_plant, CFG.hardware)) as spare:
        robot = Robot(str(link))
        robot.driving(plant)
        session = robot.step(FORWARD).base.session
        port.unplug()
        (tmp_path / "new").symlink_to(os.path.realpath(spare.path))
        (tmp_path / "new").replace(link)
        disarmed_anew(robot, spare_plant, session)
        robot.driving(spare_plant)
        robot.core.close()
    assert plant.stands()


def test_S47_a_line_that_was_cut_within_a_frame_starts_anew(robot, port, plant):
    robot.driving(plant)
    session = robot.step(FORWARD).base.session
    frame = encode(SetPoint(session, 1, 9.0, 9.0, True))
    os.write(robot.base._port.fileno(), frame[:8])
    port.unplug()
    robot.until(lambda tick: tick.base.link is Link.LOST and plant.stands(), FORWARD)
    port.replug()
    disarmed_anew(robot, plant, session)


def test_S47_a_board_that_resets_in_mid_drive_starts_anew(robot, line, port, plant):
    robot.driving(plant)
    session = robot.step(FORWARD).base.session
    port.with_board(lambda: line.reboot(time.monotonic()))
    disarmed_anew(robot, plant, session)
    robot.driving(plant)


def test_S47_another_board_with_other_limits_is_greeted_and_its_limits_hold(port, plant, bench, monkeypatch):
    robot = Robot("auto", bench)
    robot.driving(plant)
    old = robot.step(FORWARD).base
    port.unplug()
    robot.until(lambda tick: tick.base.link is Link.LOST, FORWARD)
    monkeypatch.setattr(simulated, "MAX_WHEEL_RADPS", 2.5)
    slow_plant = Plant()
    with PtyPort(Board(slow_plant, CFG.hardware)) as other:
        bench.add(other, "11111111")
        tick = disarmed_anew(robot, slow_plant, old.session)
        robot._plant = slow_plant
        assert (old.max_wheel_radps, tick.base.max_wheel_radps) == (30.0, 2.5)
        assert robot.core.arm(time.monotonic()).ok
        tick = robot.until(lambda _: slow_plant.most_radps > 2.4, FORWARD)
        for _ in range(30):
            tick = robot.step(FORWARD)
        assert slow_plant.most_radps == 2.5
        assert tick.sent.linear_mps == pytest.approx(2.5 * MODEL.wheel_radius_m)
        robot.core.close()


def test_S47_a_board_for_other_wheels_is_refused_and_the_reason_told(port, plant, bench):
    robot = Robot("auto", bench)
    robot.driving(plant)
    port.unplug()
    robot.until(lambda tick: tick.base.link is Link.LOST, FORWARD)
    strange = IdealPlant(MODEL.ticks_per_rev * 4)
    with PtyPort(Board(strange, CFG.hardware)) as other:
        bench.add(other, "22222222")
        tick = robot.until(lambda tick: tick.base.fault != "", FORWARD)
        assert "ticks_per_rev" in tick.base.fault
        for _ in range(30):
            tick = robot.step(FORWARD)
        assert tick.base.link is Link.LOST
        assert not robot.core.arm(time.monotonic()).ok
        robot.core.close()
    assert strange.commanded_radps == (0.0, 0.0)


def test_S47_a_board_with_another_version_of_the_protocol_is_refused_and_the_remedy_told(port, plant, bench):
    robot = Robot("auto", bench)
    robot.driving(plant)
    port.unplug()
    robot.until(lambda tick: tick.base.link is Link.LOST, FORWARD)
    old_plant = Plant()
    old = BadLine(Board(old_plant, CFG.hardware))
    old.to_host = of_version(1)
    with PtyPort(old) as other:
        bench.add(other, "44444444")
        tick = robot.until(lambda tick: "version" in tick.base.fault, FORWARD)
        assert "flash the matching firmware" in tick.base.fault
        for _ in range(30):
            tick = robot.step(FORWARD)
        assert tick.base.link is Link.LOST
        robot.core.close()
    assert (old_plant.least_radps, old_plant.most_radps) == (0.0, 0.0)


def test_S46_two_boards_at_once_are_not_guessed_between(port, plant, bench):
    with PtyPort(Board(Plant(), CFG.hardware)) as other:
        bench.add(other, "33333333")
        with pytest.raises(HardwareError, match=r"fits 2 ports: .*85735313.*33333333"):
            Robot("auto", bench)
        port.unplug()
        robot = Robot("auto", bench)
        robot.up()
        robot.core.close()
