"""The lines of the text protocol of hobby robots (ros_arduino_bridge and its forks). No I/O, no time, no state.

    host -> board, ended by a carriage return        board -> host, ended by CR LF
      m LEFT RIGHT    ticks per PID period             OK
      e               read the encoders                LEFT RIGHT
      r               encoders to zero                 OK
      u Kp:Kd:Ki:Ko   gains of the PID                 OK
      (anything else)                                  Invalid Command

Nothing tells a whole line from a damaged one: there is no length, no CRC, no number of the command that is answered.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from moe_robot.errors import ProtocolError

MAX_LINE_BYTES = 40  # the longest answer that is one: two numbers of eleven characters
_COUNTS = re.compile(rb"(-?\d{1,10}) (-?\d{1,10})")
_END = re.compile(rb"[\r\n]+")


class Word(Enum):
    OK = b"OK"
    INVALID = b"Invalid Command"


@dataclass(frozen=True)
class Counts:
    """Encoder ticks since the last reset of the counters; i32, wraps."""

    left: int
    right: int


Answer: TypeAlias = "Word | Counts"

READ = b"e\r"
RESET = b"r\r"
STOP = b"m 0 0\r"
END = b"\r"  # ends whatever stood half written on the line


def speeds(left_ticks: int, right_ticks: int) -> bytes:
    """Whole encoder ticks in one period of the board's PID."""
    return b"m %d %d\r" % (left_ticks, right_ticks)


def gains(kp: int, kd: int, ki: int, ko: int) -> bytes:
    return b"u %d:%d:%d:%d\r" % (kp, kd, ki, ko)


def parse(line: bytes) -> Answer:
    """Raises ProtocolError for everything that is not exactly an answer."""
    for word in Word:
        if line == word.value:
            return word
    match = _COUNTS.fullmatch(line)
    if match is None:
        raise ProtocolError(f"bad_line: expected OK, two numbers or Invalid Command, found {line[:MAX_LINE_BYTES]!r}")
    left, right = int(match[1]), int(match[2])
    if not (-(2**31) <= left < 2**31 and -(2**31) <= right < 2**31):
        raise ProtocolError(f"bad_number: expected numbers of 32 bits, found {line!r}")
    return Counts(left, right)


class LineDecoder:
    """Finds answers in a stream that may hold anything. `faults` counts by name what was thrown away."""

    def __init__(self) -> None:
        self.faults: Counter[str] = Counter()
        self.last_fault = ""
        self._buffer = b""
        self._skipping = False  # inside something too long to be a line

    def feed(self, data: bytes) -> list[Answer]:
        """The answers that became complete with `data`, in order."""
        *lines, rest = _END.split(self._buffer + data)
        answers: list[Answer] = []
        for line in lines:
            skipping, self._skipping = self._skipping, False
            if not line or skipping:
                continue
            try:
                answers.append(parse(line))
            except ProtocolError as error:
                self._fault(str(error))
        if len(rest) > MAX_LINE_BYTES:
            if not self._skipping:
                self._fault(f"too_long: at most {MAX_LINE_BYTES} bytes, found no end after {len(rest)}")
            self._skipping, rest = True, b""
        self._buffer = rest
        return answers

    def clear(self) -> None:
        """Forget half a line: the port was closed."""
        self._buffer, self._skipping = b"", False

    def _fault(self, text: str) -> None:
        self.faults[text.partition(":")[0]] += 1
        self.last_fault = text
