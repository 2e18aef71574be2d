"""The host's end of the text protocol against the simulated firmware, in simulated time."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
import re
from collections.abc import Callable

import pytest
from bad_line import Fault, Reordered, doubled, flipped, garbled, lost, truncated

from moe_robot.config import load_config
from moe_robot.errors import ConfigError
from moe_robot.hardware.bases import make_link
from moe_robot.hardware.link import Phase
from moe_robot.hardware.text_link import BOARD_BUFFER_BYTES, TextLink
from moe_robot.hardware.text_wheels import TextBoard
from moe_robot.sim import text_board
from moe_robot.sim.ideal_plant import IdealPlant
from moe_robot.structs import Link, SafetyMode

TICKS = 1320
ROBOT = TextBoard(ticks_per_rev=TICKS, pid_hz=30, max_wheel_radps=20.0, boot_s=2.0)
TIMEOUT_S, PERIOD_S = 0.3, 0.02


class Line:
    """A link and a board that hear each other, perhaps damaged. `sent` is what the host wrote."""

    def __init__(self, robot: TextBoard = ROBOT, has_base: bool = True) -> None:
        self.now_s = 0.0
        self.sent: list[bytes] = []
        self.plant = IdealPlant(TICKS)
        self.board = text_board.TextBoard(self.plant, has_base=has_base)
        self.link = TextLink(TIMEOUT_S, robot)
        self.to_board: Callable[[bytes], bytes] = lambda data: data
        self.to_host: Callable[[bytes], bytes] = lambda data: data
        self.link.opened()

    def step(self, left_radps: float = 0.0, right_radps: float | None = None) -> bytes:
        """One period. Returns what the host wrote."""
        self.now_s += PERIOD_S
        self.plant.step(PERIOD_S)
        data, _, _ = self.link.stream(left_radps, left_radps if right_radps is None else right_radps, self.now_s)
        self.sent.append(data)
        self.link.receive(self.to_host(self.board.receive(self.to_board(data), self.now_s)), self.now_s)
        self.board.tick(self.now_s)
        return data

    def run(self, seconds: float, left_radps: float = 0.0, right_radps: float | None = None) -> None:
        for _ in range(round(seconds / PERIOD_S)):
            self.step(left_radps, right_radps)

    def up(self) -> Line:
        while self.link.state(self.now_s).link is not Link.UP:
            self.step()
            assert self.now_s < 30.0, self.link.state(self.now_s)
        return self

    def driving(self, radps: float = 6.0) -> Line:
        self.up()
        self.link.set_mode(SafetyMode.ARMED)
        self.run(0.3, radps)
        assert self.plant.commanded_radps[0] == pytest.approx(radps, abs=0.2)
        return self


# ---------------------------------------------------------------- the greeting


def test_after_opening_it_says_stop_once_and_waits_for_the_bootloader():
    line = Line()
    line.board.reboot(0.0)
    line.run(text_board.BOOT_S)
    assert b"".join(line.sent) == b"\rm 0 0\r"
    line.up()
    assert line.now_s >= ROBOT.boot_s


def test_a_board_that_opening_does_not_reset_is_stopped_and_not_waited_for():
    line = Line()
    line.board.receive(b"m 30 30\r", 0.0)
    line.plant.step(1.0)
    line.board.tick(0.05)
    assert line.plant.commanded_radps != (0.0, 0.0)
    line.step()
    assert line.plant.commanded_radps == (0.0, 0.0)
    assert line.up().now_s < 1.0


def test_S54_counters_begin_at_zero_and_the_gains_are_set():
    line = Line(dataclasses.replace(ROBOT, gains=(30, 10, 1, 60)))
    line.plant.set_wheel_speeds(5.0, -5.0)
    line.plant.step(10.0)
    line.plant.set_wheel_speeds(0.0, 0.0)
    state = line.up().link.state(line.now_s)
    assert (state.left_ticks, state.right_ticks) == (0, 0)
    assert line.board.gains == (30, 10, 1, 60)


def test_a_board_without_the_base_controller_is_named():
    line = Line(has_base=False)
    line.run(5.0)
    state = line.link.state(line.now_s)
    assert state.link is Link.LOST
    assert "USE_BASE" in state.fault


def test_a_wrong_baud_rate_is_named():
    line = Line()
    line.to_host = lambda data: bytes(byte ^ 0xA5 for byte in data)
    line.run(5.0)
    state = line.link.state(line.now_s)
    assert state.link is Link.LOST
    assert "baud" in state.fault


def test_silence_is_named():
    line = Line()
    line.to_host = lambda data: b""
    line.run(5.0)
    assert "does not answer" in line.link.state(line.now_s).fault


@pytest.mark.parametrize("text", ["20,12,0", "a,b,c,d", "20,12,0,0", "-1,2,3,4", "1,2,3,4,5", "²,1,1,1", "1:2:3:4"])
def test_gains_that_cannot_be_meant_are_an_error_of_the_configuration(text):
    cfg = dataclasses.replace(load_config().hardware, protocol="ros_arduino", text_pid=text)
    with pytest.raises(ConfigError, match=r"hardware\.text_pid"):
        make_link(cfg, TICKS)


# ---------------------------------------------------------------- set points


def test_S51_no_speed_leaves_before_the_board_took_a_zero_in_the_mode_armed():
    line = Line().up()
    line.run(0.5, 6.0)
    line.link.set_mode(SafetyMode.ARMED)
    line.to_host = lambda data: b""
    line.step(6.0)
    line.step(6.0)
    assert line.plant.commanded_radps == (0.0, 0.0)
    assert not line.link.state(line.now_s).board_armed
    line.to_host = lambda data: data
    line.run(0.3, 6.0)
    assert line.link.state(line.now_s).board_armed
    assert line.plant.commanded_radps[0] > 5.5


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_S51_what_is_not_finite_is_a_stop(bad):
    line = Line().driving()
    line.step(6.0, bad)
    assert line.plant.commanded_radps == (0.0, 0.0)
    assert line.link.counters["not_finite"] == 1


def turned_rad(radps: float) -> float:
    """By the left wheel in a minute."""
    line = Line().driving(2.0)
    line.run(0.5)
    before = line.plant.wheel_ticks()
    line.run(60.0, radps)
    return (line.plant.wheel_ticks()[0] - before[0]) / ROBOT.ticks_per_rad


@pytest.mark.parametrize("radps", [0.16, 0.5, -0.27, 1.234, -6.66])
def test_speeds_are_right_in_the_mean_though_ticks_are_whole(radps):
    assert turned_rad(radps) == pytest.approx(60.0 * radps, rel=0.05)


@pytest.mark.parametrize("radps", [0.03, 0.1, -0.07])
def test_below_one_tick_in_a_period_it_goes_in_steps_and_no_faster_than_told(radps):
    assert 0.2 < turned_rad(radps) / (60.0 * radps) < 1.05


def test_beyond_the_limit_both_wheels_are_scaled():
    line = Line().driving()
    line.run(0.5, 40.0, 20.0)
    left, right = line.plant.commanded_radps
    assert left == pytest.approx(20.0, abs=0.2)
    assert right == pytest.approx(10.0, abs=0.2)


def test_S52_every_set_point_is_repeated_each_period_also_zero():
    line = Line().driving()
    del line.sent[:]
    line.run(1.0, 6.0)
    assert all(data.startswith(b"m ") for data in line.sent)
    line.run(1.0)
    assert all(data.startswith(b"m 0 0\r") for data in line.sent[-49:])
    assert line.board.auto_stops == 0


def test_S50_a_damaged_digit_is_obeyed_by_this_board_and_lives_one_period():
    """Not a promise but the caveat that the base states."""
    line = Line().driving(2.0)
    normal = line.plant.commanded_radps[0]
    line.to_board = lambda data: data.replace(b"m 1", b"m 9", 1)
    line.step(2.0)
    line.to_board = lambda data: data
    line.run(0.06, 2.0)  # until the board's next PID period
    assert line.link.state(line.now_s).link is Link.UP
    assert line.plant.commanded_radps[0] == pytest.approx(normal, abs=0.3)


@pytest.mark.parametrize("at", range(12))
def test_S52_a_lost_byte_does_not_outlive_the_next_period(at):
    """The question behind each set point is what a lost end of line spoils: never the stop that follows."""
    line = Line().driving()
    line.to_board = lambda data: data[:at] + data[at + 1 :]
    line.step(6.0)
    line.to_board = lambda data: data
    line.step(0.0)
    line.step(0.0)
    assert line.plant.commanded_radps == (0.0, 0.0)


def test_S55_no_more_is_under_way_than_the_board_can_hold_but_a_stop_always_leaves():
    line = Line().driving()
    line.to_board = lambda data: b""  # it is busy
    del line.sent[:]
    for _ in range(7):
        line.step(6.0)
    assert sum(map(len, line.sent)) <= BOARD_BUFFER_BYTES
    assert line.link.counters["held_back"] > 0
    assert line.step(0.0).startswith(b"m 0 0\r")


def test_S55_the_rest_of_a_half_written_command_goes_first():
    line = Line().driving()
    data, _, _ = line.link.stream(6.0, 6.0, line.now_s)
    line.board.receive(data[:4], line.now_s)
    line.link.unsent(data[4:])
    assert line.step(0.0).startswith(data[4 : data.find(b"\r") + 1] + b"m 0 0\r")
    assert line.plant.commanded_radps == (0.0, 0.0)
    assert line.board.invalid == 2  # of the greeting: an empty line, twice


# ---------------------------------------------------------------- e-stop, resets, answers


def test_S53_an_estop_is_told_only_when_the_board_answered_and_the_wheels_stand():
    line = Line().driving()
    line.link.set_mode(SafetyMode.ESTOP)
    coasting = line.plant.set_wheel_speeds
    line.plant.set_wheel_speeds = lambda left, right: coasting(1.0, 1.0)  # a robot that rolls on
    line.run(0.5, 6.0)
    assert not line.link.state(line.now_s).board_estop
    line.plant.set_wheel_speeds = coasting
    line.run(0.5, 6.0)
    state = line.link.state(line.now_s)
    assert (state.board_estop, state.board_armed, state.board_estop_id) == (True, False, 1)
    line.link.set_mode(SafetyMode.DISARMED)
    assert not line.link.state(line.now_s).board_estop


def test_S53_an_estop_outlives_a_lost_link_and_being_armed_does_not():
    for mode, after in ((SafetyMode.ESTOP, True), (SafetyMode.ARMED, False)):
        line = Line().driving()
        line.link.set_mode(mode)
        line.to_host = lambda data: b""
        line.run(0.5, 6.0)
        assert line.link.state(line.now_s).link is Link.LOST
        line.to_host = lambda data: data
        line.up().run(0.5, 6.0)
        state = line.link.state(line.now_s)
        assert (state.board_estop, state.board_armed) == (after, False)
        assert line.plant.commanded_radps == (0.0, 0.0)


@pytest.mark.parametrize("answers", ["no numbers", "no OK", "nothing"])
def test_S54_a_board_that_stops_answering_is_lost_and_stopped(answers):
    line = Line().driving()
    kept = {
        "no numbers": lambda data: b"".join(row for row in data.splitlines(True) if b"OK" in row),
        "no OK": lambda data: b"".join(row for row in data.splitlines(True) if b"OK" not in row),
        "nothing": lambda data: b"",
    }
    line.to_host = kept[answers]
    line.run(0.5, 6.0)
    assert line.link.phase is Phase.GREETING
    assert line.plant.commanded_radps == (0.0, 0.0)


def test_S54_a_board_that_began_anew_at_once_is_noticed_by_its_counts():
    line = Line().driving()
    line.run(2.0, 6.0)
    session = line.link.state(line.now_s).session
    line.board._start(ready_s=line.now_s)
    line.step(6.0)
    line.step(6.0)
    assert line.link.counters["board_restarts"] == 1
    line.run(1.0, 6.0)
    state = line.link.state(line.now_s)
    assert state.session == session + 1
    assert not state.board_armed
    assert line.plant.commanded_radps == (0.0, 0.0)


def test_S54_a_count_that_no_wheel_could_have_turned_is_not_believed():
    line = Line().driving()
    line.run(1.0, 6.0)
    before = line.link.state(line.now_s)
    line.to_host = lambda data: data.replace(b"OK\r\n", b"OK\r\n9", 1)
    line.step(6.0)
    line.to_host = lambda data: data
    after = line.link.state(line.now_s)
    assert after.left_ticks == before.left_ticks
    assert after.counters["impossible_counts"] == 1
    line.run(0.2, 6.0)
    assert line.link.state(line.now_s).link is Link.UP


def test_S54_counts_that_stay_impossible_end_the_link():
    line = Line().driving()
    line.run(1.0, 6.0)
    line.to_host = lambda data: data.replace(b"OK\r\n", b"OK\r\n7", 1)
    line.run(0.1, 6.0)
    assert line.link.counters["lost_by_jump"] == 1
    assert line.plant.commanded_radps == (0.0, 0.0)


def test_measured_speeds_are_those_of_the_wheels_and_wrap_with_the_counter():
    line = Line().driving(6.0)
    line.run(1.0, 6.0, 3.0)
    state = line.link.state(line.now_s)
    assert state.left_radps == pytest.approx(6.0, abs=0.3)
    assert state.right_radps == pytest.approx(3.0, abs=0.3)
    line.board._first_ticks = tuple(now - 2**31 + 30 for now in line.plant.wheel_ticks())
    line.link.opened()
    assert line.up().link.state(line.now_s).left_ticks == 0


def test_a_host_that_slept_does_not_blame_the_board():
    line = Line().driving()
    line.now_s += 60.0
    line.step(0.0)
    assert line.link.phase is Phase.UP


# ---------------------------------------------------------------- a bad line


def bad(fault: Fault, seed: int = 1) -> Callable[[bytes], bytes]:
    """`fault` applied to the lines in what passes."""
    chance = random.Random(seed)
    return lambda data: b"".join(fault(re.findall(rb"[^\r\n]*[\r\n]+", data), chance))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("fault", [lost, doubled, Reordered(), truncated, flipped, garbled], ids=lambda f: str(f)[:20])
def test_S55_damaged_answers_never_change_what_is_commanded(fault, seed):
    line = Line().driving(6.0)
    line.to_host = bad(fault, seed)
    del line.sent[:]
    reported = [line.link.state(line.now_s).left_ticks]
    for _ in range(500):
        line.step(6.0)
        assert -1e-9 <= line.plant.commanded_radps[0] <= 6.3
        reported.append(line.link.state(line.now_s).left_ticks)
    said = {command for data in line.sent for command in data.split(b"\r")}
    assert said <= {b"", b"e", b"r", b"m 0 0", b"m 41 41", b"m 42 42", b"m 41 42", b"m 42 41"}
    steps = [abs(now - before) for now, before in itertools.pairwise(reported) if now and before]
    assert max(steps) < ROBOT.ticks_per_rad * ROBOT.max_wheel_radps
    line.to_host = lambda data: data
    line.up()


@pytest.mark.parametrize("seed", range(5))
def test_S52_a_stop_reaches_a_board_behind_a_line_that_loses_a_third(seed):
    line = Line().driving(6.0)
    chance = random.Random(seed)
    line.to_board = lambda data: b"".join(part for part in re.findall(rb"[^\r]*\r", data) if chance.random() > 0.33)
    line.link.set_mode(SafetyMode.ESTOP)
    line.run(0.3, 6.0)
    assert line.plant.commanded_radps == (0.0, 0.0)
    line.run(2.0, 6.0)
    assert line.plant.commanded_radps == (0.0, 0.0)
