"""The text firmware of hobby robots (ros_arduino_bridge) as a pure state machine: bytes and the time in, bytes out.

Written after how that firmware behaves, with what makes it hard to trust: it reads byte by byte and runs whatever
stands before a carriage return, takes the first digits of a number and wraps it at 16 bits, drives for 2 s after
the last command, has no session, no arming and no e-stop, answers without saying to what, and is deaf while its
bootloader runs. Out of reach of this: what the real one does when a number has more than 15 characters (it writes past
the end of its buffer); here the rest of such a number is dropped.
"""

from __future__ import annotations

import math
import re

from moe_robot.sim.board import MAX_WHEEL_RADPS, Plant

PID_PERIOD_S = 0.033  # 1000 / 30 in whole milliseconds
AUTO_STOP_S = 2.0
BOOT_S = 1.0
MAX_PWM = 255
BAUD = 57600
UART_BYTES = 64
NUMBER_BYTES = 15
_LEADING_INT = re.compile(rb"[ \t\n\v\f\r]*([+-]?\d+)")


class TextBoard:
    """`receive` and `tick` take the same clock. Call `tick` at least every 10 ms."""

    def __init__(self, plant: Plant, *, has_base: bool = True) -> None:
        """`has_base` False is a board that was flashed without the base controller, as its source comes."""
        self.commands = 0  # that were obeyed
        self.invalid = 0
        self.auto_stops = 0
        self.gains = (20, 12, 0, 50)  # Kp, Kd, Ki, Ko
        self._plant = plant
        self._has_base = has_base
        self._start(ready_s=-math.inf)

    def reboot(self, now_s: float) -> None:
        """Power on, reset button, or DTR when a host opens the port: the wheels stand, counters are zero, then deaf."""
        self._start(ready_s=now_s + BOOT_S)

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Runs what is complete and returns the answers. More at once than its UART holds is lost."""
        data = data[:UART_BYTES]
        if now_s < self._ready_s:
            return b""
        self._run(now_s)
        answers = b"".join(self._take(byte, now_s) for byte in data)
        self._run(now_s)
        return answers

    def tick(self, now_s: float) -> bytes:
        """PID and auto-stop. This board never speaks first."""
        if now_s >= self._ready_s:
            self._run(now_s)
        return b""

    def _start(self, ready_s: float) -> None:
        self._ready_s = ready_s
        self._told_s = -math.inf  # the last motor command
        self._pid_s = -math.inf
        self._moving = False
        self._target = (0, 0)  # ticks per PID period
        self._first_ticks = self._plant.wheel_ticks()
        self._plant.set_wheel_speeds(0.0, 0.0)
        self._clear_command()

    def _clear_command(self) -> None:
        self._command, self._part = b"", 0
        self._numbers = [b"", b""]

    # ---- reading, byte by byte

    def _take(self, byte: int, now_s: float) -> bytes:
        char = bytes((byte,))
        if char == b"\r":
            answer = self._obey(now_s)
            self._clear_command()
            return answer + b"\r\n"
        if char == b" ":
            self._part = min(self._part + 1, 2)
        elif self._part == 0:
            self._command = char  # of several characters the last one counts
        elif len(self._numbers[self._part - 1]) < NUMBER_BYTES:
            self._numbers[self._part - 1] += char
        return b""

    def _obey(self, now_s: float) -> bytes:
        first, second = (_int16(number) for number in self._numbers)
        self.commands += 1
        if self._command == b"b":
            return b"%d" % BAUD
        if self._command in (b"a", b"d", b"p", b"t"):
            return b"0"
        if self._command in (b"c", b"s", b"w", b"x"):
            return b"OK"
        if self._has_base:
            if self._command == b"e":
                left, right = self._counts()
                return b"%d %d" % (left, right)
            if self._command == b"r":
                self._first_ticks = self._plant.wheel_ticks()
                return b"OK"
            if self._command == b"m":
                self._drive(first, second, now_s)
                return b"OK"
            if self._command == b"o":
                self._told_s, self._moving = now_s, False
                limit = MAX_WHEEL_RADPS / MAX_PWM
                self._plant.set_wheel_speeds(_clip(first, MAX_PWM) * limit, _clip(second, MAX_PWM) * limit)
                return b"OK"
            if self._command == b"u":
                given = [_int16(part) for part in self._numbers[0].split(b":")]
                self.gains = tuple((given + list(self.gains[len(given) :]))[:4])  # type: ignore[assignment]
                return b"OK"
        self.commands -= 1
        self.invalid += 1
        return b"Invalid Command"

    def _drive(self, left: int, right: int, now_s: float) -> None:
        self._told_s = now_s
        self._target = (left, right)
        self._moving = self._target != (0, 0)
        if not self._moving:
            self._plant.set_wheel_speeds(0.0, 0.0)

    # ---- its loop

    def _run(self, now_s: float) -> None:
        if now_s - self._told_s > AUTO_STOP_S:
            self.auto_stops += self._moving
            self._moving = False
            self._plant.set_wheel_speeds(0.0, 0.0)
        if now_s - self._pid_s < PID_PERIOD_S:
            return
        self._pid_s = now_s
        if self._moving:
            per_tick = 2.0 * math.pi / self._plant.ticks_per_rev / PID_PERIOD_S
            left, right = (_clip(ticks * per_tick, MAX_WHEEL_RADPS) for ticks in self._target)
            self._plant.set_wheel_speeds(left, right)

    def _counts(self) -> tuple[int, int]:
        left, right = self._plant.wheel_ticks()
        return _int32(left - self._first_ticks[0]), _int32(right - self._first_ticks[1])


def _int16(text: bytes) -> int:
    """As atoi on a processor with ints of 16 bits: leading digits, wrapped."""
    match = _LEADING_INT.match(text)
    return (int(match[1]) + 2**15) % 2**16 - 2**15 if match else 0


def _int32(value: int) -> int:
    return (value + 2**31) % 2**32 - 2**31


def _clip(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))
