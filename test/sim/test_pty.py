"""The pseudo-terminal that carries a board, seen as an open file: no pyserial here."""

from __future__ import annotations

import os
import select
import threading
import time
from pathlib import Path

import pytest

from moe_robot.config import load_config
from moe_robot.hardware.frames import Decoder, Hello, HelloAck, Telemetry, encode
from moe_robot.sim.board import Board
from moe_robot.sim.ideal_plant import IdealPlant
from moe_robot.sim.pty_port import PtyPort


@pytest.fixture
def port():
    with PtyPort(Board(IdealPlant(), load_config().hardware)) as port:
        yield port


def read_until(descriptor: int, kind: type, send: bytes = b"") -> list:
    decoder, messages = Decoder(), []
    os.write(descriptor, send)
    deadline_s = time.monotonic() + 20.0
    while not any(isinstance(m, kind) for m in messages):
        assert time.monotonic() < deadline_s
        if select.select([descriptor], [], [], 0.1)[0]:
            messages += decoder.feed(os.read(descriptor, 4096))
    return messages


def test_the_board_answers_and_tells_over_the_terminal(port):
    descriptor = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
    try:
        assert read_until(descriptor, HelloAck, encode(Hello(1, 1)))
        assert read_until(descriptor, Telemetry)
    finally:
        os.close(descriptor)


def test_nothing_is_echoed_or_translated(port):
    """Raw: bytes 03, 0a, 0d, 11, 13 and 7f mean nothing to the terminal."""
    descriptor = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
    try:
        messages = read_until(descriptor, HelloAck, encode(Hello(0x0D0A, 0x0311)) + b"\x13\x11\x03\x7f\x04\0")
        ack = next(m for m in messages if isinstance(m, HelloAck))
        assert (ack.session, ack.hello_seq) == (0x0D0A, 0x0311)
        assert read_until(descriptor, Telemetry)
    finally:
        os.close(descriptor)


def test_unplugged_the_open_file_fails_and_the_path_is_gone_until_replugged(port):
    descriptor = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
    port.unplug()
    assert not Path(port.path).exists()
    deadline_s = time.monotonic() + 20.0
    while True:
        assert time.monotonic() < deadline_s
        try:
            if os.read(descriptor, 4096) == b"":
                break
        except OSError:
            break
    os.close(descriptor)
    path = port.path
    port.replug()
    assert port.path == path
    again = os.open(path, os.O_RDWR | os.O_NOCTTY)
    assert read_until(again, HelloAck, encode(Hello(2, 1)))
    os.close(again)


def test_a_host_that_does_not_read_loses_bytes_and_does_not_hold_the_board(port):
    for _ in range(200):
        port.inject(b"x" * 4096)
    assert port.dropped_bytes > 0
    descriptor = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
    assert read_until(descriptor, Telemetry)  # now there is room for an answer
    assert read_until(descriptor, HelloAck, encode(Hello(1, 1)))
    os.close(descriptor)


def test_closing_leaves_no_thread_and_no_file_and_may_be_done_twice():
    port = PtyPort(Board(IdealPlant(), load_config().hardware))
    folder = Path(port.path).parent
    port.close()
    port.close()
    assert not folder.exists()
    assert "pty-board" not in [thread.name for thread in threading.enumerate()]
