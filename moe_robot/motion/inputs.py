"""Who drives: several sources of velocity, each with a priority and a timeout of its own, before the gate. Pure.

    joystick ─┐
    dashboard ┼─> InputMux.command(name, velocity, now_s) -> what the gate hears now ─> SafetyGate
    brain ────┤   InputMux.tick(now_s)                    -> True when the one who drove fell silent
    navigation┘

The fresh input of the highest priority that wants to move drives. Nothing that was streamed while somebody else drove
is continued: an input takes over only out of its own neutral (a zero command, or silence for its timeout). So a brain
that dies in mid-drive, a joystick that is let go and a cancelled goal all end in standing still, never in an older
command that goes on. Times are of receipt on one monotonic clock. Does not know ROS, nor the gate behind it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from moe_robot.config import InputConfig
from moe_robot.motion.limits import STILL, is_finite
from moe_robot.structs import Velocity

HUNG_S = 0.25  # between two ticks: this process did not run; the board's watchdog has stopped the wheels meanwhile
DEAF_S = 1.0  # after that: what comes now may have waited in a queue, or is sent again by DDS (0.6 s later was seen)
ASLEEP_S = 1.0  # between two ticks: nobody expects any more that it goes on by itself


class Hang:
    """A process that was stopped or starved must not obey what waited for it: its age is not known."""

    def __init__(self) -> None:
        self.count = 0
        self._tick_s = math.nan
        self._deaf_s = -math.inf

    def tick(self, now_s: float) -> float:
        """At the rate of the gate. Seconds that the process has hung, 0 when it has not."""
        gap_s, self._tick_s = now_s - self._tick_s, now_s
        if not gap_s > HUNG_S:
            return 0.0
        self.count += 1
        self._deaf_s = now_s + DEAF_S
        return gap_s

    def deaf(self, now_s: float) -> bool:
        return now_s - self._tick_s > HUNG_S or now_s < self._deaf_s


@dataclass
class _Input:
    cfg: InputConfig
    received_s: float = -math.inf
    moving_s: float = -math.inf  # of the last command that was not zero
    neutral: bool = True  # it has been, since another one drove: it may take over
    faulty: bool = False  # its last command was not a number

    def fresh(self, now_s: float) -> bool:
        return abs(now_s - self.received_s) <= self.cfg.timeout_s


class InputMux:
    def __init__(self, inputs: Sequence[InputConfig]) -> None:
        self.counters: Counter[str] = Counter()
        self._inputs = {cfg.name: _Input(cfg) for cfg in inputs}
        self._driver: _Input | None = None
        self._silent = False  # the one who drove is, and the zero has not been asked for yet

    @property
    def driver(self) -> str:
        """Name of the input that drives, "" when none does."""
        return self._driver.cfg.name if self._driver is not None else ""

    def age_s(self, now_s: float) -> float:
        """Since the last command of the one who drives; inf when none does."""
        return now_s - self._driver.received_s if self._driver is not None else math.inf

    def waiting(self, now_s: float) -> str:
        """The input that wants to move and must go through zero first, "" when there is none."""
        for it in self._inputs.values():
            if self._driver is None and not it.neutral and it.fresh(now_s):
                return it.cfg.name
        return ""

    def command(self, name: str, velocity: Velocity, now_s: float) -> Velocity | None:
        """What the gate shall hear of it now; None: somebody else drives, or it must go through zero first.

        Not finite is handed on whoever sent it: it is a stop, until that input is well again or silent.
        """
        self._expire(now_s)
        it = self._inputs[name]
        if not it.fresh(now_s):
            it.neutral = True
        it.received_s, it.faulty = now_s, not is_finite(velocity)
        if it.faulty:
            self.counters[f"not_finite_{name}"] += 1
            self._driver, it.neutral = None, False
            return velocity
        it.neutral = it.neutral or velocity == STILL
        if any(other.faulty for other in self._inputs.values()):
            it.neutral = velocity == STILL
            return None
        if velocity == STILL:
            return velocity if self._driver in (None, it) else None
        if self._silent:  # the zero of the one who fell silent leaves first
            return None
        return velocity if self._takes(it, now_s) else None

    def tick(self, now_s: float) -> bool:
        """True once when the one who drove has fallen silent: zero, now. Call it at the rate of the gate."""
        self._expire(now_s)
        silent, self._silent = self._silent, False
        return silent

    def forget(self, now_s: float) -> None:
        """Nobody drives; whoever streams now must go through zero first."""
        self._driver, self._silent = None, False
        for it in self._inputs.values():
            it.neutral = it.neutral or not it.fresh(now_s)

    # ---- parts

    def _expire(self, now_s: float) -> None:
        for it in self._inputs.values():
            it.faulty = it.faulty and it.fresh(now_s)
        driver = self._driver
        if driver is None:
            return
        if not driver.fresh(now_s):
            self._driver, self._silent = None, True
            self.counters["silent"] += 1
        elif abs(now_s - driver.moving_s) > driver.cfg.timeout_s:  # neutral for its timeout: it hands over
            self._driver = None

    def _takes(self, it: _Input, now_s: float) -> bool:
        """A command to move: of the driver, or of one who becomes it."""
        driver = self._driver
        if it is not driver:
            if not it.neutral or (driver is not None and it.cfg.priority <= driver.cfg.priority):
                it.neutral = False
                self.counters["held"] += 1
                return False
            self.counters["taken_over"] += driver is not None
            self._driver = it
        it.neutral, it.moving_s = False, now_s
        return True
