"""The compiled firmware in simavr, driven by the real driver over a pseudo-terminal, and by frames that the test makes.

What it promises as any board does is in `test/contract`; here stands what only real firmware has: wheels with inertia,
a program that can hang, a processor that can be reset, pins, and a line that damages frames on the way to it.
"""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import portable  # puts the folder of bench on the path
import pytest
from raw_host import DEADLINE_S, PERIOD_S, SESSION, WHEEL_RADPS, RawHost, eventually

from bench.simavr import SimBoard, missing
from moe_robot.config import load_config
from moe_robot.hardware.frames import Ack, Estop, SetPoint
from moe_robot.hardware.serial_base import SerialBase
from moe_robot.motion.kinematics import diff_drive
from moe_robot.robot_model import load_robot_model
from moe_robot.structs import Link, SafetyMode, Velocity

assert portable.ROOT
pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")
CFG, MODEL = load_config().hardware, load_robot_model()
FORWARD = Velocity(0.3, 0.0)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[SimBoard]:
    with SimBoard(tmp_path) as board:
        yield board


@pytest.fixture
def base(board: SimBoard) -> Iterator[SerialBase]:
    cfg = dataclasses.replace(CFG, port=board.path)
    with SerialBase(cfg, diff_drive(MODEL), ticks_per_rev=MODEL.ticks_per_rev) as base:
        yield base


def up(base: SerialBase) -> None:
    eventually(lambda: base.read().link is Link.UP, lambda: base.drive(Velocity()))


def driving(board: SimBoard, base: SerialBase) -> None:
    up(base)
    base.set_mode(SafetyMode.ARMED)
    eventually(lambda: min(board.state().radps) > 0.97 * WHEEL_RADPS, lambda: base.drive(FORWARD))


# ---------------------------------------------------------------- the driver and the wheels


def test_it_drives_as_told_and_the_ticks_are_those_of_the_wheels(board, base):
    driving(board, base)
    for _ in range(100):
        base.drive(FORWARD)
        threading.Event().wait(PERIOD_S)
    state = base.read()
    assert (state.left_radps, state.right_radps) == pytest.approx((WHEEL_RADPS, WHEEL_RADPS), rel=0.03)
    assert board.state().radps == pytest.approx((WHEEL_RADPS, WHEEL_RADPS), rel=0.03)
    base.set_mode(SafetyMode.DISARMED)
    eventually(lambda: board.state().radps == (0.0, 0.0), lambda: base.drive(Velocity()))
    eventually(
        lambda: (base.read().left_ticks, base.read().right_ticks) == board.state().ticks, lambda: base.drive(Velocity())
    )
    assert min(board.state().ticks) > 1000


def test_it_turns_both_ways_and_counts_backwards(board, base):
    driving(board, base)
    wanted = Velocity(0.0, 1.2)
    left, right = diff_drive(MODEL).wheels(wanted)
    eventually(lambda: board.state().radps == pytest.approx((left, right), rel=0.05), lambda: base.drive(wanted))
    before = board.state().ticks
    for _ in range(20):
        base.drive(wanted)
        threading.Event().wait(PERIOD_S)
    after = board.state().ticks
    assert after[0] < before[0]
    assert after[1] > before[1]


def test_S18_no_wheel_turns_faster_than_the_boards_limit(board, base):
    driving(board, base)
    for _ in range(75):
        base.drive(Velocity(9.0, 0.0))
        threading.Event().wait(PERIOD_S)
    assert base.read().left_radps == pytest.approx(30.0, rel=0.03)
    assert board.state().fastest_radps < 30.0 * 1.05


def test_the_currents_and_the_battery_are_told(board, base):
    driving(board, base)
    board.tell("battery 10800")
    board.tell("current right 1500")
    for _ in range(50):
        base.drive(FORWARD)
        threading.Event().wait(PERIOD_S)
    state = base.read()
    assert state.battery.voltage_v == pytest.approx(10.8, abs=0.05)
    assert state.motor_currents_a[1] == pytest.approx(1.5, abs=0.05)
    assert 0.0 < state.motor_currents_a[0] < 0.5
    assert state.battery.current_a == pytest.approx(-sum(state.motor_currents_a), abs=0.02)
    assert np.isnan(state.temperature_c)


@pytest.mark.parametrize(
    "happens", ["stall left 1", "stall right 1", "cut left 1", "current right 2700"], ids=lambda text: text
)
def test_S19_a_wheel_that_is_held_or_draws_too_much_or_is_not_felt_stops_the_motors(board, base, happens):
    driving(board, base)
    board.tell(happens)
    eventually(lambda: base.read().motor_fault, lambda: base.drive(FORWARD))
    state = board.state()
    assert state.driver == ("off", "off")
    assert base.read().board_estop
    assert not base.read().board_armed
    board.tell("forget")
    for _ in range(30):
        base.drive(FORWARD)
        threading.Event().wait(PERIOD_S)
    assert board.state().fastest_duty == 0.0


# ---------------------------------------------------------------- a host, a program and a processor that fail

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


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_S15_a_host_that_ends_leaves_wheels_that_nothing_drives(board, end):
    """Ctrl-C ends in zeros on the wire; kill, with or without -9, in the watchdog of the firmware (P9)."""
    host = subprocess.Popen([sys.executable, "-c", HOST, board.path], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: min(board.state().radps) > 5.0)
        host.send_signal(end)
        host.wait(DEADLINE_S)
        eventually(lambda: board.state().off)
        eventually(lambda: board.state().driver == ("off", "off") and board.state().radps == (0.0, 0.0))
        board.tell("forget")
        threading.Event().wait(0.5)
        assert board.state().fastest_duty == 0.0
    finally:
        host.kill()
        host.wait()


def test_S17_the_firmwares_own_watchdog_takes_its_time_and_no_more(board):
    """Counted by the clock of the simulated processor: no load of this machine falsifies it."""
    raw = RawHost(board)
    raw.drive_until_at_speed()
    raw.forget_time()
    eventually(lambda: board.state().off)
    silent_us = board.state().drive_us - raw.last_received_us()
    assert 0.20e6 < silent_us < 0.28e6
    raw.close()


@pytest.mark.parametrize("how", ["reset", "power"])
def test_S13_a_processor_that_is_reset_in_mid_drive_stands_and_wants_a_new_session(board, base, how):
    driving(board, base)
    session = base.read().session
    board.tell(how)
    board.tell("forget")
    eventually(lambda: base.read().link is Link.LOST, lambda: base.drive(FORWARD))
    eventually(lambda: base.read().link is Link.UP and base.read().session != session, lambda: base.drive(FORWARD))
    for _ in range(20):
        assert base.drive(FORWARD) == Velocity()
        threading.Event().wait(PERIOD_S)
    assert board.state().fastest_duty == 0.0
    assert not base.read().board_armed
    assert base.read().counters["board_restarts"] >= 1
    driving(board, base)


@pytest.mark.parametrize("how", ["hang", "spin"], ids=["interrupts off", "interrupts on"])
def test_S15_a_program_that_hangs_is_reset_by_the_hardware_watchdog_with_the_outputs_off(board, base, how):
    driving(board, base)
    before = board.state()
    board.tell(how)
    eventually(lambda: board.state().resets > before.resets, lambda: base.drive(FORWARD))
    after = board.state()
    assert (after.boot_us - before.now_us) < 0.2e6  # 60 ms, and the way of the command
    board.tell("forget")
    eventually(lambda: base.read().link is Link.LOST, lambda: base.drive(FORWARD))
    eventually(lambda: base.read().link is Link.UP, lambda: base.drive(FORWARD))
    for _ in range(20):
        assert base.drive(FORWARD) == Velocity()
        threading.Event().wait(PERIOD_S)
    assert board.state().fastest_duty == 0.0
    assert board.state().resets == before.resets + 1
    driving(board, base)


def test_S18_the_outputs_are_off_from_the_first_moment(board):
    board.tell("forget")
    board.tell("power")
    threading.Event().wait(0.2)
    state = board.state()
    assert (state.driver, state.fastest_duty) == (("off", "off"), 0.0)


def test_S19_a_board_that_starts_with_the_circuit_open_is_stopped(board, base):
    board.tell("button 1")
    board.tell("reset")
    up(base)
    eventually(lambda: base.read().estop_button, lambda: base.drive(Velocity()))
    assert base.read().board_estop


def test_S19_a_bounce_of_the_button_is_one_press(board, base):
    driving(board, base)
    for closed in (1, 0, 1, 0, 1):
        board.tell(f"button {closed}")
    eventually(lambda: base.read().board_estop, lambda: base.drive(FORWARD))
    for closed in (0, 1, 0, 1, 0):
        board.tell(f"button {closed}")
    eventually(lambda: not base.read().estop_button, lambda: base.drive(Velocity()))
    assert base.read().board_estop_id == 1
    assert board.state().off


# ---------------------------------------------------------------- frames that the test makes


@pytest.fixture
def raw(board: SimBoard) -> Iterator[RawHost]:
    raw = RawHost(board)
    yield raw
    raw.close()


def test_S20_damaged_cut_and_doubled_frames_are_counted_and_the_drive_goes_on(board, raw):
    raw.drive_until_at_speed()
    board.tell("forget")
    before = raw.settled()
    rng = np.random.default_rng(2)
    doubled = 0
    for round_ in range(60):
        frame = raw.point(WHEEL_RADPS)
        raw.write(frame)
        wild = raw.point(30.0)
        if round_ % 3 == 0:
            bit = int(rng.integers(8, 8 * (len(wild) - 1)))
            wild = bytearray(wild)
            wild[bit // 8] ^= 1 << bit % 8
            raw.write(bytes(wild))
        elif round_ % 3 == 1:
            raw.write(wild[: int(rng.integers(2, len(wild) - 1))])
        else:
            raw.write(frame)
            doubled += 1
        threading.Event().wait(PERIOD_S)
    after = raw.settled()
    assert after.counters.bad_frames - before.counters.bad_frames >= 40
    assert after.counters.out_of_sequence - before.counters.out_of_sequence == doubled
    assert board.state().fastest_radps < 1.1 * WHEEL_RADPS


def test_S20_frames_out_of_order_are_dropped(board, raw):
    raw.drive_until_at_speed()
    before = raw.settled().counters
    first, second, third = raw.point(0.0), raw.point(6.0), raw.point(6.0)
    raw.write(raw.point(0.0) + third + second + first)
    after = raw.settled().counters
    assert after.out_of_sequence - before.out_of_sequence >= 2


def test_S20_noise_to_the_board_moves_nothing_and_feeds_no_watchdog(board, raw):
    board.tell("forget")
    rng = np.random.default_rng(4)
    raw.write(raw.point(0.0))
    before = raw.settled()
    for _ in range(20):
        noise = rng.integers(0, 256, 1000, dtype=np.uint8)
        noise[rng.random(noise.size) < 0.05] = 0
        board.inject(noise.tobytes())
        threading.Event().wait(0.1)
    after = raw.settled()
    assert board.state().fastest_duty == 0.0
    assert (after.board.watchdog, after.board.armed) == (True, False)
    assert after.counters.bad_frames - before.counters.bad_frames > 100
    raw.drive_until_at_speed()


def test_S20_set_points_of_another_session_and_version_are_refused(board, raw):
    board.tell("forget")
    raw.write(raw.point(0.0))
    before = raw.settled().counters
    for seq in range(100, 110):
        raw.send(SetPoint(SESSION + 1, seq, 6.0, 6.0, True))
    told = raw.settled()
    assert told.counters.refused - before.refused == 10
    assert board.state().fastest_duty == 0.0


def test_S19_an_estop_of_any_session_stops_at_once_and_every_set_point_is_echoed(board, raw):
    raw.drive_until_at_speed()
    raw.send(Estop(999, 1))
    eventually(lambda: board.state().off)
    raw.hear()
    raw.write(raw.point(6.0))
    acks: list[Ack] = []
    eventually(lambda: acks, lambda: acks.extend(m for m in raw.hear() if isinstance(m, Ack)))
    assert (acks[-1].left_radps, acks[-1].armed, acks[-1].board.estop, acks[-1].board.armed) == (6.0, True, True, False)


def test_S17_a_full_line_of_set_points_is_answered_and_leaves_the_control_loop_its_time(board, raw):
    raw.drive_until_at_speed()
    board.tell("stats reset")
    for _ in range(60):
        raw.write(b"".join(raw.point(WHEEL_RADPS) for _ in range(8)))
        raw.hear()
        threading.Event().wait(PERIOD_S)
    stats = board.tell("stats")
    assert stats["period_cycles"]["most"] < 2 * 80_000
    assert min(board.state().radps) > 0.9 * WHEEL_RADPS
