"""The protocol without a line: a `HostLink` and a board that hand each other bytes in the same call.

For simulated time (one process, no threads): the bytes, the CRCs and both state machines are the real ones, only the
cable is missing. Give the clock of the simulation; `read` lets the board work up to that moment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from moe_robot.config import HardwareConfig
from moe_robot.errors import HardwareError
from moe_robot.hardware.base import LinkEnd, MobileBase
from moe_robot.hardware.link import Expected, HostLink
from moe_robot.motion.kinematics import DiffDrive
from moe_robot.structs import BaseState, SafetyMode, Velocity


class BoardEnd(Protocol):
    """`sim.board.Board` is one."""

    def receive(self, data: bytes, now_s: float) -> bytes: ...

    def tick(self, now_s: float) -> bytes: ...


class LoopbackBase(MobileBase):
    """`unplug` and `replug` cut and join the cable, `to_board` and `to_host` may damage what runs through it."""

    def __init__(
        self,
        board: BoardEnd,
        cfg: HardwareConfig,
        kinematics: DiffDrive,
        clock: Callable[[], float],
        ticks_per_rev: int | None = None,
        link: LinkEnd | None = None,
    ) -> None:
        self.plugged = True
        self.to_board: Callable[[bytes], bytes] = lambda data: data
        self.to_host: Callable[[bytes], bytes] = lambda data: data
        self._board = board
        self._kinematics = kinematics
        self._clock = clock
        self._link = link or HostLink(cfg.link_timeout_s, Expected(cfg.host_timeout_s, ticks_per_rev))
        self._is_open = False

    def open(self) -> None:
        if not self.plugged:
            raise HardwareError("expected a board, found the cable unplugged; call replug() first")
        self._is_open = True
        self._link.opened()

    def unplug(self) -> None:
        self.plugged = False
        self._link.closed()

    def replug(self) -> None:
        self.plugged = True
        if self._is_open:
            self._link.opened()

    def set_mode(self, mode: SafetyMode) -> None:
        self._link.set_mode(mode)

    def drive(self, velocity: Velocity) -> Velocity:
        now_s = self._clock()
        data, left, right = self._link.stream(*self._kinematics.wheels(velocity), now_s)
        self._exchange(data, now_s)
        return self._kinematics.velocity(left, right)

    def read(self) -> BaseState:
        now_s = self._clock()
        self._exchange(b"", now_s)
        return self._link.state(now_s)

    def close(self) -> None:
        if self._is_open:
            self._exchange(self._link.farewell(), self._clock())
        self._link.closed()
        self._is_open = False

    def _exchange(self, data: bytes, now_s: float) -> None:
        """Host to board, the board's work, board to host."""
        if self.plugged and data:
            self._to_host(self._board.receive(self.to_board(data), now_s), now_s)
        self._to_host(self._board.tick(now_s), now_s)

    def _to_host(self, data: bytes, now_s: float) -> None:
        if self.plugged and self._is_open and data:
            self._link.receive(self.to_host(data), now_s)
