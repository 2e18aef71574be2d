"""The seam to anything with two driven wheels. Losing the link is a state there, not an error."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from moe_robot.hardware.link import Phase
from moe_robot.structs import BaseState, SafetyMode, Velocity


class MobileBase(ABC):
    """A base that starts disarmed, and is disarmed again by every loss of its link."""

    @abstractmethod
    def open(self) -> None:
        """Raises HardwareError, with the remedy, when the device cannot be opened. The link may come up later."""

    @abstractmethod
    def set_mode(self, mode: SafetyMode) -> None:
        """The mode the board shall follow. It is repeated with each `drive` until the board confirms it."""

    @abstractmethod
    def drive(self, velocity: Velocity) -> Velocity:
        """Send a set point now; returns what was really sent. Zero unless the link is up and the board confirmed ARMED.

        When the line takes nothing, that is the set point before: the board goes on with it until its watchdog.

        Must be called at the rate of the set points, also with zero: it keeps the board's watchdog and the link alive.
        """

    @abstractmethod
    def read(self) -> BaseState:
        """The latest known state; never blocks."""

    @abstractmethod
    def close(self) -> None:
        """Zeros, disarm, release the device. Safe to call twice."""

    def __enter__(self) -> MobileBase:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class LinkEnd(Protocol):
    """The host's end of a protocol, without a port: `link.HostLink` or `text_link.TextLink`. See there."""

    phase: Phase
    counters: Counter[str]

    def opened(self) -> None: ...

    def closed(self) -> None: ...

    def set_mode(self, mode: SafetyMode) -> None: ...

    def stream(self, left_radps: float, right_radps: float, now_s: float) -> tuple[bytes, float, float]: ...

    def unsent(self, rest: bytes) -> None:
        """Of what `stream` gave last, the line did not take `rest`."""
        ...

    def farewell(self) -> bytes: ...

    def receive(self, data: bytes, now_s: float) -> None: ...

    def state(self, now_s: float) -> BaseState: ...


def backoff(first_s: float, longest_s: float) -> Iterator[float]:
    """Seconds to wait before each further try: doubling, then constant."""
    delay_s = first_s
    while True:
        yield min(delay_s, longest_s)
        delay_s = min(delay_s * 2.0, longest_s)
