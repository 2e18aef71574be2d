"""`firmware/board.c` beside `moe_robot/sim/board.py`: the same bytes at the same times, the same answers and wheels."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import portable
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portable import MOTOR_BRAKE, MOTOR_DRIVE, MOTOR_OFF, PortableBoard

from moe_robot.config import load_config
from moe_robot.hardware.frames import Ack, Decoder, Estop, Hello, HelloAck, ResetEstop, SetPoint, Telemetry, encode
from moe_robot.sim.board import Board
from moe_robot.sim.ideal_plant import IdealPlant

pytestmark = pytest.mark.skipif(bool(portable.NEEDED), reason=portable.NEEDED or "-")
STEP_MS = 5
BRAKE_MS = 500  # config.h
SESSION = 5


class PlainPlant(IdealPlant):
    """As the board's inputs in C: no IMU, no thermometer, wheels whose encoders stand."""

    def imu(self):
        return None

    def temperature_c(self):
        return float("nan")

    def wheel_speeds(self):
        return (0.0, 0.0)


class Twins:
    """Every call goes to both boards, and what they answer must be equal to the last bit."""

    def __init__(self, button: bool = False) -> None:
        self.now_ms = 0
        self.plant = PlainPlant()
        self.plant.currents_a = (0.0, 0.0)
        self.python = Board(self.plant, load_config().hardware)
        if button:
            self.python.press_button(True)
            self.python.reboot(0.0)
        self.c = PortableBoard(0, button)
        self.said = bytearray()

    def send(self, data: bytes) -> list:
        answers = self.python.receive(data, self.now_ms / 1000), self.c.receive(data, self.now_ms)
        return self._same(*answers)

    def wait(self, milliseconds: int) -> list:
        messages = []
        for _ in range(-(-milliseconds // STEP_MS)):
            self.now_ms += STEP_MS
            messages += self._same(self.python.tick(self.now_ms / 1000), self.c.tick(self.now_ms))
        return messages

    def press(self, pressed: bool) -> None:
        self.python.press_button(pressed)
        self.c.press_button(pressed, self.now_ms)
        self._same(b"", b"")

    def draw(self, left_ma: int, right_ma: int) -> None:
        self.plant.currents_a = (left_ma / 1000, right_ma / 1000)
        self.c.currents_ma = [left_ma, right_ma]

    def break_motor(self, broken: bool) -> None:
        self.python.break_motor(broken)
        self.c.broken = broken

    def close(self) -> None:
        self.c.close()

    def _same(self, in_python: bytes, in_c: bytes) -> list:
        assert in_c == in_python, f"{Decoder().feed(in_c)} instead of {Decoder().feed(in_python)}"
        mode, mradps = self.c.output(self.now_ms)
        assert [value / 1000 for value in mradps] == pytest.approx(self.plant.commanded_radps, abs=1e-6)
        assert (mode == MOTOR_DRIVE) == self.python.armed
        return Decoder().feed(in_c)


@pytest.fixture
def twins() -> Iterator[Twins]:
    twins = Twins()
    yield twins
    twins.close()


def greeted(twins: Twins) -> itertools.count:
    (answer,) = twins.send(encode(Hello(SESSION, 0)))
    assert isinstance(answer, HelloAck)
    return itertools.count(1)


def drive(twins: Twins, seq: itertools.count, radps: float, milliseconds: int = 400) -> None:
    for _ in range(milliseconds // 20):
        (answer,) = twins.send(encode(SetPoint(SESSION, next(seq), radps, radps, armed=True)))
        assert isinstance(answer, Ack)
        twins.wait(20)


def driving(twins: Twins) -> itertools.count:
    seq = greeted(twins)
    drive(twins, seq, 0.0, 20)
    drive(twins, seq, 6.0)
    assert twins.c.output(twins.now_ms) == (MOTOR_DRIVE, (6000, 6000))
    return seq


def telemetry(twins: Twins) -> Telemetry:
    return [m for m in twins.wait(40) if isinstance(m, Telemetry)][-1]


def test_S18_it_boots_off_and_obeys_nothing_before_a_greeting(twins):
    assert twins.c.output(0) == (MOTOR_OFF, (0, 0))
    for seq in range(1, 20):
        twins.send(encode(SetPoint(SESSION, seq, 5.0, 5.0, armed=True)))
        twins.wait(20)
    assert twins.c.output(twins.now_ms) == (MOTOR_OFF, (0, 0))
    assert telemetry(twins).counters.refused == 19


def test_S17_without_set_points_it_brakes_then_is_off(twins):
    driving(twins)
    twins.wait(225)
    assert twins.c.output(twins.now_ms)[0] == MOTOR_DRIVE
    twins.wait(30)
    assert twins.c.output(twins.now_ms) == (MOTOR_BRAKE, (0, 0))
    twins.wait(BRAKE_MS)
    assert twins.c.output(twins.now_ms) == (MOTOR_OFF, (0, 0))
    assert telemetry(twins).board.watchdog


@pytest.mark.parametrize("broken", [True, False], ids=["driver", "over-current"])
def test_S19_a_motor_fault_switches_off_without_braking_and_latches(twins, broken):
    seq = driving(twins)
    twins.break_motor(broken)
    twins.draw(0, 0 if broken else 5100)
    drive(twins, seq, 6.0, 160)
    assert twins.c.output(twins.now_ms) == (MOTOR_OFF, (0, 0))
    twins.break_motor(False)
    twins.draw(0, 0)
    twins.send(encode(ResetEstop(SESSION, 0, 1)))
    assert telemetry(twins).board.estop
    twins.wait(1000)
    twins.send(encode(ResetEstop(SESSION, 0, 1)))
    assert not telemetry(twins).board.estop
    drive(twins, seq, 0.0, 20)
    drive(twins, seq, 6.0)
    assert twins.c.output(twins.now_ms)[0] == MOTOR_DRIVE


def test_S19_a_board_that_starts_with_the_circuit_open_is_stopped():
    twins = Twins(button=True)
    seq = greeted(twins)
    drive(twins, seq, 0.0, 40)
    told = telemetry(twins)
    assert (told.board.estop, told.board.button, told.board.armed, told.estop_id) == (True, True, False, 1)
    twins.close()


ACTIONS = st.one_of(
    st.tuples(st.just("hello"), st.integers(0, 3), st.integers(0, 65535)),
    st.tuples(
        st.just("point"),
        st.sampled_from([0, 1, 1, 1, 2, 3]),
        st.sampled_from([1, 1, 1, 1, 1, 2, 5, 0, -1, 32767, 32768]),
        st.sampled_from([0, 0, 0, 1, -1, 700, 6000, -6000, 29999, 30001, -2_000_000_000]),
        st.sampled_from([0, 0, 5000, -5000, 31000]),
        st.sampled_from([True, True, True, False]),
    ),
    st.tuples(st.just("estop"), st.integers(0, 3)),
    st.tuples(st.just("reset"), st.integers(0, 2), st.integers(-1, 1)),
    st.tuples(st.just("button"), st.booleans()),
    st.tuples(st.just("draw"), st.sampled_from([0, 4999, 5001, -5001]), st.sampled_from([0, 5001])),
    st.tuples(st.just("break"), st.booleans()),
    st.tuples(st.just("noise"), st.binary(max_size=120)),
    st.tuples(st.just("host's own"), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.sampled_from([5, 20, 20, 20, 20, 100, 105, 260, 1100])),
)


def run(twins: Twins, actions: list[tuple]) -> None:
    seq = 0
    for name, *a in actions:
        if name == "hello":
            seq = a[1]
            twins.send(encode(Hello(a[0], a[1])))
        elif name == "point":
            ahead = (seq + a[1]) % 65536
            seq = ahead if 0 < a[1] < 32768 else seq
            twins.send(encode(SetPoint(a[0], ahead, a[2] / 1000, a[3] / 1000, a[4])))
        elif name == "estop":
            twins.send(encode(Estop(a[0], 1)))
        elif name == "reset":
            twins.send(encode(ResetEstop(a[0], 1, (telemetry(twins).estop_id + a[1]) % 65536)))
        elif name == "button":
            twins.press(a[0])
        elif name == "draw":
            twins.draw(*a)
        elif name == "break":
            twins.break_motor(a[0])
        elif name == "noise":
            twins.send(a[0])
        elif name == "host's own":
            twins.send(encode(Ack(a[0], 1, 1, 0.0, 0.0, True, twins.python._flags())))
        else:
            twins.wait(a[0])


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTIONS, max_size=40))
def test_S20_whatever_happens_both_boards_answer_and_turn_alike(actions):
    twins = Twins()
    run(twins, [("hello", 1, 0), ("point", 1, 1, 0, 0, True), *actions])
    twins.close()


def test_S20_a_long_drive_with_faults_drawn_at_random_is_answered_alike(twins):
    rng = np.random.default_rng(3)
    greeted(twins)
    seq = itertools.count(1)
    for _ in range(3000):
        kind = rng.random()
        speeds = rng.choice([0.0, 0.0, 3.0, -6.0, 29.5, 31.0], 2)
        frame = encode(SetPoint(SESSION, next(seq) & 0xFFFF, *speeds, armed=bool(kind < 0.98)))
        if kind < 0.03:
            frame = frame[: rng.integers(1, len(frame))]
        elif kind < 0.05:
            frame = frame + frame
        elif kind < 0.06:
            frame = encode(Estop(1, 1))
        elif kind < 0.09:
            frame = encode(ResetEstop(SESSION, 1, telemetry(twins).estop_id))
        elif kind < 0.10:
            twins.press(bool(rng.integers(2)))
        elif kind < 0.11:
            twins.draw(int(rng.integers(0, 6000)), 0)
        elif kind < 0.13:
            frame = rng.integers(0, 256, 60, dtype=np.uint8).tobytes()
        elif kind < 0.135:
            twins.wait(300)
        twins.send(frame)
        twins.wait(20)
    assert telemetry(twins).counters.lost > 0
