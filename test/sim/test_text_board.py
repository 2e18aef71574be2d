"""The simulated text firmware behaves as the real one is known to, also where that is a trap."""

from __future__ import annotations

import pytest

from moe_robot.sim.ideal_plant import IdealPlant
from moe_robot.sim.text_board import AUTO_STOP_S, BOOT_S, PID_PERIOD_S, TextBoard


@pytest.fixture
def plant() -> IdealPlant:
    return IdealPlant(1320)


@pytest.fixture
def board(plant) -> TextBoard:
    return TextBoard(plant)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (b"e\r", b"0 0\r\n"),
        (b"m 10 10\r", b"OK\r\n"),
        (b"o 100 100\r", b"OK\r\n"),
        (b"r\r", b"OK\r\n"),
        (b"u 20:12:0:50\r", b"OK\r\n"),
        (b"b\r", b"57600\r\n"),
        (b"w 13 1\r", b"OK\r\n"),
        (b"a 0\r", b"0\r\n"),
        (b"\r", b"Invalid Command\r\n"),
        (b"z 1 2\r", b"Invalid Command\r\n"),
        (b"M 1 2\r", b"Invalid Command\r\n"),
        (b"e", b""),
    ],
)
def test_each_command_has_its_answer(board, command, answer):
    assert board.receive(command, 0.0) == answer


def test_speeds_are_ticks_in_one_period_of_the_pid_and_turn_the_encoders(board, plant):
    board.receive(b"m 33 -33\r", 0.0)
    for i in range(100):
        board.tick(i * 0.01)
        plant.step(0.01)
    left, right = map(int, board.receive(b"e\r", 1.0).split())
    assert left == -right == pytest.approx(33 / PID_PERIOD_S, rel=0.05)


def test_it_drives_on_for_two_seconds_and_then_stops_by_itself(board, plant):
    board.receive(b"m 33 33\r", 0.0)
    board.tick(AUTO_STOP_S - 0.01)
    assert plant.commanded_radps[0] > 0.0
    board.tick(AUTO_STOP_S + 0.01)
    assert plant.commanded_radps == (0.0, 0.0)
    assert board.auto_stops == 1


def test_a_lost_end_of_line_glues_two_commands_together_and_the_first_is_obeyed(board, plant):
    board.receive(b"m 33 33" + b"m 0 0\r", 0.0)
    board.tick(0.1)
    assert plant.commanded_radps[0] > 0.0


def test_numbers_wrap_at_16_bits_and_end_at_the_first_strange_character(board):
    board.receive(b"m 65537 3x9\r", 0.0)
    assert board._target == (1, 3)


def test_a_reset_stops_zeroes_and_is_deaf_for_a_while(board, plant):
    board.receive(b"m 33 33\r", 0.0)
    board.tick(0.1)
    plant.step(1.0)
    board.reboot(1.0)
    assert plant.commanded_radps == (0.0, 0.0)
    assert board.receive(b"e\r", 1.0 + BOOT_S / 2) == b""
    assert board.receive(b"e\r", 1.0 + BOOT_S) == b"0 0\r\n"


def test_more_than_its_uart_holds_is_lost(board):
    assert board.receive(b"e\r" * 100, 0.0).count(b"\n") == 32
