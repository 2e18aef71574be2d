"""A host that reads and writes the pseudo-terminal itself, so that a test decides on every byte."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable

import portable  # puts the folder of bench on the path

from bench.simavr import SimBoard
from moe_robot.hardware.frames import AnyMessage, Decoder, Hello, HelloAck, SetPoint, Telemetry, encode
from moe_robot.robot_model import load_robot_model

assert portable.ROOT
WHEEL_RADPS = 0.3 / load_robot_model().wheel_radius_m
DEADLINE_S = 20.0
PERIOD_S = 0.02
SESSION = 7


def eventually(holds: Callable[[], object], meanwhile: Callable[[], object] = lambda: None) -> None:
    end_s = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < end_s, "never came true"
        meanwhile()
        threading.Event().wait(PERIOD_S)


class RawHost:
    def __init__(self, board: SimBoard) -> None:
        self.board = board
        self.seq = itertools.count(1)
        self.telemetry: Telemetry | None = None
        self._fd = os.open(board.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self._decoder = Decoder()
        self._heard: list[AnyMessage] = []
        self._sent_us = 0
        while not any(isinstance(m, HelloAck) for m in self.hear()):
            self.send(Hello(SESSION, 0))
            threading.Event().wait(PERIOD_S)

    def write(self, data: bytes) -> None:
        os.write(self._fd, data)

    def send(self, message: AnyMessage) -> None:
        self.write(encode(message))

    def point(self, radps: float, armed: bool = True) -> bytes:
        return encode(SetPoint(SESSION, next(self.seq) & 0xFFFF, radps, radps, armed))

    def hear(self) -> list[AnyMessage]:
        try:
            messages = self._decoder.feed(os.read(self._fd, 4096))
        except BlockingIOError:
            return []
        for message in messages:
            if isinstance(message, Telemetry):
                self.telemetry = message
        return messages

    def settled(self) -> Telemetry:
        """Telemetry that was made after everything so far has arrived."""
        threading.Event().wait(0.1)
        self.hear()
        self.telemetry = None
        eventually(lambda: self.hear() and self.telemetry)
        assert self.telemetry is not None
        return self.telemetry

    def drive_until_at_speed(self, radps: float = WHEEL_RADPS) -> None:
        self.write(self.point(0.0))
        eventually(lambda: min(self.board.state().radps) > 0.97 * radps, lambda: self.write(self.point(radps)))

    def forget_time(self) -> None:
        """Notes when the last set point came in: after it nothing is sent."""
        self.write(self.point(WHEEL_RADPS))
        self._sent_us = self.board.state().now_us

    def last_received_us(self) -> int:
        return self._sent_us

    def close(self) -> None:
        os.close(self._fd)
