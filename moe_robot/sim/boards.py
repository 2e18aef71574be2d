"""The simulated motor board that speaks `hardware.protocol`: what `hardware/bases.py` meets at the other end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from moe_robot.config import HardwareConfig
from moe_robot.sim.board import Board, Plant
from moe_robot.sim.text_board import TextBoard


class SimulatedBoard(Protocol):
    def reboot(self, now_s: float) -> None: ...

    def receive(self, data: bytes, now_s: float) -> bytes: ...

    def tick(self, now_s: float) -> bytes: ...


def make_board(plant: Plant, cfg: HardwareConfig) -> SimulatedBoard:
    return _BOARDS[cfg.protocol](plant, cfg)


_BOARDS: dict[str, Callable[[Plant, HardwareConfig], SimulatedBoard]] = {
    "moe": Board,
    "ros_arduino": lambda plant, _cfg: TextBoard(plant),
}
