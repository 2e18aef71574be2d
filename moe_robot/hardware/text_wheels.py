"""What the numbers of the text protocol mean for wheels: speeds to whole ticks, counts to speeds. Pure."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from moe_robot.hardware.text_wire import Counts

SPEED_WINDOW_S = 0.1  # speeds are differences of counts over this long
STANDING_TICKS = 1  # what a wheel that stands may tremble by within the window
MARGIN_S = 0.1  # of travel that is believed beyond the time between two answers: lines come in bursts
MARGIN_TICKS = 20
RESET_S = 0.25  # of travel after which counts still look as after a reset
HOLD_FRAMES = 2  # periods of the PID between two roundings of a steady speed
_I32 = 2**32


@dataclass(frozen=True)
class TextBoard:
    """What a person has to say about the board, because it cannot: see `hardware:` in the configuration."""

    ticks_per_rev: int
    pid_hz: int
    max_wheel_radps: float
    boot_s: float  # opening the port resets most Arduinos; their bootloader listens for this long
    gains: tuple[int, int, int, int] | None = None  # Kp, Kd, Ki, Ko; None = as compiled in

    @property
    def frame_s(self) -> float:
        """The period of the PID: the firmware counts it in whole milliseconds."""
        return (1000 // self.pid_hz) / 1000.0

    @property
    def ticks_per_rad(self) -> float:
        return self.ticks_per_rev / (2.0 * math.pi)


class WholeTicks:
    """Ticks per period of the PID, which are whole numbers. What is between two of them alternates, so that the mean is
    right; each choice is kept for some periods, because the PID samples: faster changes would reach it by chance."""

    def __init__(self, board: TextBoard) -> None:
        self._per_radps = board.ticks_per_rad * board.frame_s
        self._hold_s = HOLD_FRAMES * board.frame_s
        self._chosen_s = self._asked_s = -math.inf
        self.stop()

    def stop(self) -> None:
        self.told = (0, 0)
        self._owed = [0.0, 0.0]  # seconds of a tick that rounding has kept back, or given too much

    def next(self, left_radps: float, right_radps: float, now_s: float) -> tuple[int, int]:
        """Left and right, never beyond the next whole number. Zero is zero at once."""
        passed_s = min(max(now_s - self._asked_s, 0.0), self._hold_s)
        self._asked_s = now_s
        is_due = now_s - self._chosen_s >= self._hold_s - 1e-9
        if is_due:
            self._chosen_s = now_s
        left, right = (
            self._side(side, radps * self._per_radps, passed_s, is_due)
            for side, radps in enumerate((left_radps, right_radps))
        )
        self.told = (left, right)
        return self.told

    def _side(self, side: int, exact: float, passed_s: float, is_due: bool) -> int:
        told, low, high = self.told[side], math.floor(exact), math.ceil(exact)
        owed_s = self._owed[side] + (exact - told) * passed_s
        self._owed[side] = max(-self._hold_s, min(self._hold_s, owed_s)) if exact != 0.0 else 0.0
        if low <= told <= high and not is_due:
            return told
        return max(low, min(high, round(exact + self._owed[side] / self._hold_s)))


class _Heard(NamedTuple):
    now_s: float
    counts: Counts


class CountTrack:
    """The encoder counts that were believed, the latest SPEED_WINDOW_S of them."""

    def __init__(self, board: TextBoard) -> None:
        self._board = board
        self._heard: deque[_Heard] = deque()

    @property
    def latest(self) -> Counts | None:
        return self._heard[-1].counts if self._heard else None

    @property
    def latest_s(self) -> float:
        return self._heard[-1].now_s if self._heard else -math.inf

    def clear(self) -> None:
        self._heard.clear()

    def believe(self, counts: Counts, now_s: float) -> None:
        self._heard.append(_Heard(now_s, counts))
        while len(self._heard) > 2 and now_s - self._heard[1].now_s >= SPEED_WINDOW_S:
            self._heard.popleft()

    def is_possible(self, counts: Counts, now_s: float) -> bool:
        """Whether wheels can have turned that far since the latest counts."""
        farthest = self._most_ticks(now_s - self.latest_s)
        return not self._heard or max(map(abs, _difference(counts, self._heard[-1].counts))) <= farthest

    def is_fresh(self, counts: Counts) -> bool:
        """As after a reset of the counters a moment ago."""
        return max(abs(counts.left), abs(counts.right)) <= self._most_ticks(RESET_S)

    def speeds_radps(self) -> tuple[float, float]:
        if len(self._heard) < 2:
            return 0.0, 0.0
        first, last = self._heard[0], self._heard[-1]
        ticks_per_radps = self._board.ticks_per_rad * max(last.now_s - first.now_s, 1e-3)
        left, right = _difference(last.counts, first.counts)
        return left / ticks_per_radps, right / ticks_per_radps

    def stands(self) -> bool:
        """For the whole window."""
        if not self._heard or self._heard[-1].now_s - self._heard[0].now_s < SPEED_WINDOW_S:
            return False
        return max(map(abs, _difference(self._heard[-1].counts, self._heard[0].counts))) <= STANDING_TICKS

    def _most_ticks(self, seconds: float) -> float:
        reach_rad = self._board.max_wheel_radps * (max(seconds, 0.0) + MARGIN_S)
        return MARGIN_TICKS + reach_rad * self._board.ticks_per_rad


def _difference(now: Counts, before: Counts) -> tuple[int, int]:
    """Of counters of 32 bits that wrap."""
    left, right = now.left - before.left, now.right - before.right
    return (left + _I32 // 2) % _I32 - _I32 // 2, (right + _I32 // 2) % _I32 - _I32 // 2
