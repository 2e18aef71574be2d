"""The firmware's end, fed with frames that the test makes. The time is a number."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from moe_robot.config import load_config
from moe_robot.hardware.frames import Ack, Decoder, Estop, Hello, HelloAck, ResetEstop, SetPoint, Telemetry, encode
from moe_robot.sim.board import (
    FAULT_HOLD_S,
    MAX_MOTOR_A,
    MAX_WHEEL_ACCEL_RADPS2,
    MAX_WHEEL_RADPS,
    OVERCURRENT_S,
    TELEMETRY_HZ,
    Board,
)
from moe_robot.sim.ideal_plant import IdealPlant

CFG = load_config().hardware
SESSION = 5
STEP_S = 0.005


class Bench:
    """A board on a bench: a clock, wheels, and the messages that it sent."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.plant = IdealPlant()
        self.board = Board(self.plant, CFG)
        self.seq = itertools.count(1)
        self._decoder = Decoder()

    def send(self, message) -> list:
        return self._decoder.feed(self.board.receive(encode(message), self.now_s))

    def point(self, speed: float, armed: bool = True, seq: int | None = None) -> list:
        return self.send(SetPoint(SESSION, next(self.seq) if seq is None else seq, speed, speed, armed))

    def wait(self, seconds: float) -> list:
        messages = []
        for _ in range(round(seconds / STEP_S)):
            self.now_s += STEP_S
            self.plant.step(STEP_S)
            messages += self._decoder.feed(self.board.tick(self.now_s))
        return messages

    def drive(self, speed: float, seconds: float) -> None:
        for _ in range(round(seconds / 0.02)):
            self.point(speed)
            self.wait(0.02)

    @property
    def wheels(self) -> tuple[float, float]:
        return self.plant.commanded_radps

    def telemetry(self) -> Telemetry:
        return [m for m in self.wait(0.05) if isinstance(m, Telemetry)][-1]


def greeted() -> Bench:
    bench = Bench()
    (answer,) = bench.send(Hello(SESSION, 0))
    assert isinstance(answer, HelloAck)
    return bench


def armed() -> Bench:
    bench = greeted()
    bench.point(0.0)
    assert bench.board.armed
    return bench


def test_the_greeting_is_answered_with_the_boards_own_limits():
    bench = Bench()
    (answer,) = bench.send(Hello(SESSION, 77))
    assert (answer.session, answer.hello_seq) == (SESSION, 77)
    assert (answer.max_wheel_radps, answer.watchdog_s, answer.telemetry_hz) == (MAX_WHEEL_RADPS, 0.25, 50)


def test_S18_the_board_boots_disarmed_and_obeys_nothing_before_a_greeting():
    bench = Bench()
    bench.drive(5.0, 0.5)
    assert bench.wheels == (0.0, 0.0)
    assert not bench.board.armed
    assert bench.telemetry().counters.refused == 25


def test_S18_only_a_zero_set_point_arms_the_board():
    bench = greeted()
    bench.drive(5.0, 0.5)
    assert bench.wheels == (0.0, 0.0)
    assert not bench.board.armed
    bench.point(0.0)
    assert bench.board.armed
    bench.drive(5.0, 0.5)
    assert bench.wheels == (5.0, 5.0)


def test_S18_a_set_point_without_the_armed_flag_disarms_and_stops_at_once():
    bench = armed()
    bench.drive(5.0, 0.5)
    bench.point(5.0, armed=False)
    assert bench.wheels == (0.0, 0.0)
    assert not bench.board.armed


def test_S18_the_board_holds_its_own_limits_of_speed_and_acceleration():
    bench = armed()
    bench.drive(0.0, 0.1)
    bench.point(1000.0)
    before = bench.wheels[0]
    for _ in range(100):
        bench.point(1000.0)
        bench.wait(STEP_S)
        assert 0.0 <= bench.wheels[0] - before <= MAX_WHEEL_ACCEL_RADPS2 * STEP_S + 1e-9
        before = bench.wheels[0]
    assert before == MAX_WHEEL_RADPS
    assert bench.telemetry().counters.clipped >= 100


def test_S18_a_greeting_in_mid_drive_disarms():
    bench = armed()
    bench.drive(5.0, 0.5)
    bench.send(Hello(SESSION + 1, 1000))
    assert not bench.board.armed
    assert bench.wheels == (0.0, 0.0)


def test_S17_without_set_points_the_wheels_stop_within_the_watchdogs_time():
    bench = armed()
    bench.drive(5.0, 0.5)
    bench.wait(CFG.host_timeout_s - 0.03)
    assert bench.wheels == (5.0, 5.0)
    bench.wait(0.03)
    assert bench.wheels == (0.0, 0.0)
    told = bench.telemetry()
    assert (told.board.armed, told.board.watchdog, told.counters.watchdog) == (False, True, 1)


def test_S17_after_the_watchdog_a_drive_does_not_go_on_without_a_zero_first():
    bench = armed()
    bench.drive(5.0, 0.5)
    bench.wait(1.0)
    bench.drive(5.0, 0.5)
    assert bench.wheels == (0.0, 0.0)
    bench.point(0.0)
    bench.drive(5.0, 0.5)
    assert bench.wheels == (5.0, 5.0)


def test_S17_set_points_that_waited_in_a_buffer_do_not_revive_the_wheels():
    """The board hung for a second: what had queued up meanwhile is older than the watchdog allows."""
    bench = armed()
    bench.drive(5.0, 0.5)
    queued = b"".join(encode(SetPoint(SESSION, next(bench.seq), 5.0, 5.0, True)) for _ in range(10))
    bench.now_s += 1.0
    bench.board.receive(queued, bench.now_s)
    assert bench.wheels == (0.0, 0.0)


def test_S17_damaged_frames_and_frames_out_of_sequence_do_not_feed_the_watchdog():
    bench = armed()
    bench.drive(5.0, 0.5)
    bad = bytearray(encode(SetPoint(SESSION, 9999, 5.0, 5.0, True)))
    bad[9] ^= 1
    for _ in range(60):
        bench.board.receive(bytes(bad), bench.now_s)
        bench.point(5.0, seq=1)
        bench.wait(STEP_S)
    assert bench.wheels == (0.0, 0.0)


@pytest.mark.parametrize(
    "seqs", [[10, 10, 10], [10, 9, 8], [10, 65000, 40000]], ids=["doubled", "reordered", "far back"]
)
def test_S20_set_points_out_of_sequence_are_dropped_and_counted(seqs):
    bench = armed()
    for speed, seq in zip([1.0, 2.0, 3.0], seqs, strict=True):
        bench.point(speed, seq=seq)
        bench.wait(0.02)
    assert bench.wheels == (1.0, 1.0)
    assert bench.telemetry().counters.out_of_sequence == 2


def test_S20_lost_set_points_are_counted_and_the_next_one_counts():
    bench = armed()
    bench.point(2.0, seq=10)
    bench.wait(0.1)
    assert bench.wheels == (2.0, 2.0)
    assert bench.telemetry().counters.lost == 8


def test_S20_the_sequence_goes_on_over_its_wrap():
    bench = greeted()
    bench.send(Hello(SESSION, 65533))
    for seq, speed in [(65534, 0.0), (65535, 1.0), (0, 2.0), (1, 3.0)]:
        bench.point(speed, seq=seq)
        bench.wait(0.05)
    assert bench.wheels == (3.0, 3.0)


def test_S20_noise_on_the_line_moves_nothing_and_is_counted():
    bench = armed()
    noise = np.random.default_rng(3).integers(0, 256, 20_000, dtype=np.uint8).tobytes()
    for i in range(0, len(noise), 100):
        bench.board.receive(noise[i : i + 100], bench.now_s)
        assert bench.wheels == (0.0, 0.0)
    assert bench.telemetry().counters.bad_frames > 0
    bench.point(0.0)
    bench.drive(2.0, 0.2)
    assert bench.wheels == (2.0, 2.0)


def test_every_set_point_is_acknowledged_with_what_was_understood():
    bench = armed()
    (ack,) = bench.point(6.5)
    assert isinstance(ack, Ack)
    assert (ack.left_radps, ack.right_radps, ack.armed, ack.board.armed) == (6.5, 6.5, True, True)


@pytest.mark.parametrize("session", [SESSION, SESSION + 1, 0])
def test_S19_an_estop_frame_is_obeyed_in_any_session_and_sequence(session):
    bench = armed()
    bench.drive(5.0, 0.5)
    bench.send(Estop(session, 0))
    assert bench.wheels == (0.0, 0.0)
    bench.drive(5.0, 0.5)
    bench.point(0.0)
    bench.drive(5.0, 0.5)
    assert bench.wheels == (0.0, 0.0)
    told = bench.telemetry()
    assert (told.board.estop, told.board.armed, told.estop_id) == (True, False, 1)


def test_S19_a_reset_needs_the_session_and_the_id_and_then_arms_nothing():
    bench = armed()
    bench.send(Estop(SESSION, 0))
    bench.send(ResetEstop(SESSION, 1, estop_id=0))
    bench.send(ResetEstop(SESSION + 1, 1, estop_id=1))
    assert bench.board.estop
    bench.send(ResetEstop(SESSION, 1, estop_id=1))
    assert not bench.board.estop
    assert not bench.board.armed
    bench.drive(5.0, 0.2)
    assert bench.wheels == (0.0, 0.0)


def test_S19_the_button_stops_latches_and_cannot_be_reset_while_pressed():
    bench = armed()
    bench.drive(5.0, 0.5)
    bench.board.press_button(True)
    assert bench.wheels == (0.0, 0.0)
    bench.send(ResetEstop(SESSION, 1, estop_id=1))
    told = bench.telemetry()
    assert (told.board.button, told.board.estop) == (True, True)
    bench.board.press_button(False)
    assert bench.telemetry().board.estop
    bench.send(ResetEstop(SESSION, 2, estop_id=1))
    assert not bench.board.estop


def test_S19_the_button_during_an_estop_makes_an_older_reset_void():
    bench = armed()
    bench.send(Estop(SESSION, 0))
    bench.board.press_button(True)
    bench.board.press_button(False)
    bench.send(ResetEstop(SESSION, 1, estop_id=1))
    assert bench.board.estop


def over_current(bench: Bench) -> None:
    bench.plant.currents_a = (0.2, MAX_MOTOR_A + 0.1)
    bench.drive(5.0, OVERCURRENT_S + 0.04)


def broken(bench: Bench) -> None:
    bench.board.break_motor(True)
    bench.drive(5.0, 0.04)


@pytest.mark.parametrize("happens", [over_current, broken])
def test_S19_a_motor_fault_stops_latches_and_cannot_be_reset_while_present(happens):
    bench = armed()
    bench.drive(5.0, 0.5)
    happens(bench)
    assert bench.wheels == (0.0, 0.0)
    told = bench.telemetry()
    assert (told.board.motor_fault, told.board.estop, told.board.armed, told.estop_id) == (True, True, False, 1)
    bench.send(ResetEstop(SESSION, 1, estop_id=1))
    assert bench.board.estop
    bench.board.break_motor(False)
    bench.plant.currents_a = (0.0, 0.0)
    bench.wait(FAULT_HOLD_S + 0.1)
    told = bench.telemetry()
    assert (told.board.motor_fault, told.board.estop) == (False, True)
    bench.send(ResetEstop(SESSION, 1, estop_id=1))
    assert not bench.board.estop
    bench.point(0.0)
    bench.drive(5.0, 0.5)
    assert bench.wheels == (5.0, 5.0)


def test_a_short_peak_of_current_is_no_fault_and_is_told_in_telemetry():
    bench = armed()
    bench.drive(5.0, 0.5)
    bench.plant.currents_a = (MAX_MOTOR_A + 1.0, 0.0)
    bench.wait(OVERCURRENT_S / 4)
    assert bench.telemetry().motor_currents_a == (MAX_MOTOR_A + 1.0, 0.0)
    bench.plant.currents_a = (0.2, 0.2)
    bench.drive(5.0, 0.5)
    assert bench.wheels == (5.0, 5.0)
    assert not bench.board.estop


def test_S18_a_board_that_restarts_in_mid_drive_stands_and_counts_from_zero():
    bench = armed()
    bench.drive(5.0, 1.0)
    assert bench.telemetry().ticks[0] > 0
    bench.board.reboot(bench.now_s)
    assert bench.wheels == (0.0, 0.0)
    bench.drive(5.0, 0.5)
    told = bench.telemetry()
    assert bench.wheels == (0.0, 0.0)
    assert (told.session, told.ticks, told.board.armed) == (0, (0, 0), False)


def test_S18_a_board_that_restarts_with_the_button_pressed_is_stopped():
    bench = armed()
    bench.board.press_button(True)
    bench.board.reboot(bench.now_s)
    assert bench.board.estop


def test_telemetry_comes_at_its_rate_from_the_start_and_tells_the_ticks():
    bench = greeted()
    told = [m for m in bench.wait(2.0) if isinstance(m, Telemetry)]
    assert len(told) == pytest.approx(2.0 * TELEMETRY_HZ, abs=2)
    bench.point(0.0)
    bench.drive(2 * np.pi, 1.0)
    assert bench.telemetry().ticks[0] == pytest.approx(bench.plant.ticks_per_rev, rel=0.1)
