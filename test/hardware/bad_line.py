"""A board behind a line that damages what runs through it, and ports that come and go: for tests of the real driver."""

from __future__ import annotations

import binascii
import dataclasses
import os
import random
from collections.abc import Callable
from pathlib import Path

from cobs import cobs

from moe_robot.hardware.ports import Port
from moe_robot.sim.boards import SimulatedBoard
from moe_robot.sim.pty_port import PtyPort

Fault = Callable[[list[bytes], random.Random], list[bytes]]


class BadLine:
    """A `SimulatedBoard` around one: whole frames (or lines) pass through `to_board` and `to_host`."""

    def __init__(self, board: SimulatedBoard, end: bytes = b"\0", seed: int = 1) -> None:
        self.to_board: Fault = pass_on
        self.to_host: Fault = pass_on
        self._board, self._end = board, end
        self._random = random.Random(seed)
        self._inbox = self._outbox = b""

    def reboot(self, now_s: float) -> None:
        self._board.reboot(now_s)

    def receive(self, data: bytes, now_s: float) -> bytes:
        frames, self._inbox = self._split(self._inbox + data)
        return self._out(self._board.receive(b"".join(self.to_board(frames, self._random)), now_s))

    def tick(self, now_s: float) -> bytes:
        return self._out(self._board.tick(now_s))

    def _out(self, data: bytes) -> bytes:
        frames, self._outbox = self._split(self._outbox + data)
        return b"".join(self.to_host(frames, self._random))

    def _split(self, data: bytes) -> tuple[list[bytes], bytes]:
        *frames, rest = data.split(self._end)
        return [frame + self._end for frame in frames], rest


def pass_on(frames: list[bytes], _random: random.Random) -> list[bytes]:
    return frames


def lost(frames: list[bytes], random: random.Random) -> list[bytes]:
    return [frame for frame in frames if random.random() > 0.2]


def doubled(frames: list[bytes], random: random.Random) -> list[bytes]:
    return [copy for frame in frames for copy in [frame] * random.choice((1, 1, 2, 5))]


class Reordered:
    """Each frame may be held back until others have passed."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def __call__(self, frames: list[bytes], random: random.Random) -> list[bytes]:
        out: list[bytes] = []
        for frame in frames:
            if random.random() < 0.3:
                self._held.append(frame)
            else:
                out.append(frame)
                if len(self._held) > 3 or random.random() < 0.3:
                    random.shuffle(self._held)
                    out += self._held
                    self._held = []
        return out


def truncated(frames: list[bytes], random: random.Random) -> list[bytes]:
    """The end of line may be what is cut: then two frames run into each other."""
    return [frame[: random.randrange(len(frame))] if random.random() < 0.15 else frame for frame in frames]


def flipped(frames: list[bytes], random: random.Random) -> list[bytes]:
    """One bit of some."""
    out = []
    for frame in frames:
        data = bytearray(frame)
        if random.random() < 0.2:
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        out.append(bytes(data))
    return out


def garbled(frames: list[bytes], random: random.Random) -> list[bytes]:
    """What arrives when the two ends do not run at the same baud rate: other bytes, and another number of them."""
    return [random.randbytes(max(1, len(frame) * 2 // 3)) for frame in frames]


def of_version(version: int) -> Fault:
    """Frames of a board that speaks another version of the protocol: whole, with a right CRC."""

    def reversed_to(frames: list[bytes], _random: random.Random) -> list[bytes]:
        out = []
        for frame in frames:
            payload = bytearray(cobs.decode(frame[:-1]))[:-2] if len(frame) > 1 else bytearray()
            if payload:
                payload[0] = version
                payload += binascii.crc_hqx(bytes(payload), 0xFFFF).to_bytes(2, "little")
                frame = cobs.encode(bytes(payload)) + b"\0"
            out.append(frame)
        return out

    return reversed_to


class Bench:
    """A list of ports as `serial_ports` gives it, of boards that a person plugs in and pulls out."""

    def __init__(self) -> None:
        self._plugged: dict[Path, Port] = {}

    def __call__(self, _wanted: str) -> list[Port]:
        return [
            dataclasses.replace(port, device=os.path.realpath(path))
            for path, port in self._plugged.items()
            if path.exists()
        ]

    def add(self, line: PtyPort, serial: str) -> None:
        self._plugged[Path(line.path)] = Port("", 0x2341, 0x0043, serial, "Arduino Uno")
