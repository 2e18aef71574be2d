"""A tap on the serial line: a process between the motor node and the board that passes every byte and stamps it.

    motor node  <->  pty of the tap (`host_path`)  |  tap process  |  port of the simulator (`board_path`)  <->  board

Times are CLOCK_MONOTONIC, common to all processes of a machine. The tap is an instrument, as a logic analyser on the
wire would be: where the system permits it runs at real-time priority, so that a busy machine delays the robot and not
the stamps. Otherwise its own delay is in what is measured, which then reads too high and never too low.

Run as a process of its own by `Tap`: `python bench/tap.py HOST_PATH BOARD_PATH`. Records go to its stdout, one byte
commands come from its stdin ("c" cut the line in silence, "j" join it again), whose end is the tap's end.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import struct
import subprocess
import sys
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ != "__main__":  # the process itself starts without the package
    from moe_robot.hardware.frames import Decoder

if TYPE_CHECKING:
    from moe_robot.hardware.frames import AnyMessage

RECORD = struct.Struct("<dBH")  # monotonic s, FROM_HOST | FROM_BOARD, bytes that follow
FROM_HOST, FROM_BOARD = 0, 1
READ_BYTES = 2048  # with the head within PIPE_BUF: a record is written whole or not at all
PIPE_BYTES = 1 << 20
F_SETPIPE_SZ = 1031  # Linux; fcntl has no name for it before Python 3.10
REOPEN_S = 0.02
REAL_TIME_PRIORITY = 50


class Line:
    """The tap's own process: passes bytes both ways. `records` is a descriptor that takes what was seen."""

    def __init__(self, host_path: Path, board_path: Path, records: int) -> None:
        self._board_path, self._records = board_path, records
        self._host, self._slave = os.openpty()
        tty.setraw(self._slave)  # held open: the motor node may come and go
        os.set_blocking(self._host, False)
        host_path.symlink_to(os.ttyname(self._slave))
        self._board: int | None = None
        self._cut = False

    def serve(self, commands: int) -> None:
        """Until the commands end."""
        while True:
            if self._board is None:
                self._open_board()
            watched = [commands, self._host] + ([self._board] if self._board is not None else [])
            ready, _, _ = select.select(watched, [], [], None if self._board is not None else REOPEN_S)
            if self._host in ready:
                self._pass(FROM_HOST, self._host, self._board)
            if self._board is not None and self._board in ready:
                self._pass(FROM_BOARD, self._board, self._host)
            if commands in ready:
                wish = os.read(commands, 1)
                if not wish:
                    return
                self._cut = wish == b"c"

    def _open_board(self) -> None:
        with contextlib.suppress(OSError):  # the simulator is not there yet
            self._board = os.open(self._board_path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            tty.setraw(self._board)

    def _pass(self, direction: int, source: int, target: int | None) -> None:
        try:
            data = os.read(source, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        t_s = time.monotonic()
        if not data:
            if source == self._board:  # unplugged, or the simulator is gone: wait for the next
                os.close(source)
                self._board = None
            return
        if target is not None and not self._cut:
            with contextlib.suppress(OSError):  # full: lost, as on a UART that nobody reads
                os.write(target, data)
        with contextlib.suppress(BlockingIOError):  # a reader that sleeps for minutes must not stop the line
            os.write(self._records, RECORD.pack(t_s, direction, len(data)) + data)


class Tap:
    """The measuring end: starts the process, reads what it saw. Use as a context.

    `seen` is called by `read` for each message as (monotonic s, FROM_HOST | FROM_BOARD, message).
    """

    def __init__(
        self, host_path: Path, board_path: Path, seen: Callable[[float, int, AnyMessage], None] = lambda t, d, m: None
    ) -> None:
        self.seen = seen
        self.counted = [0, 0]  # bytes from the host, from the board
        self._decoders = (Decoder(), Decoder())
        self._rest = b""
        command = [sys.executable, str(Path(__file__).resolve()), str(host_path), str(board_path)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for this process
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._commands, self._records = self._process.stdin, self._process.stdout.fileno()
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._records, F_SETPIPE_SZ, PIPE_BYTES)
        greeting = os.read(self._records, 1)  # the pty is there
        os.set_blocking(self._records, False)
        if not greeting:
            raise RuntimeError("the tap's process did not start")
        self.real_time = greeting == b"R"

    def __enter__(self) -> Tap:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def cut(self, on: bool = True) -> None:
        """Nothing passes any more, and no side is told; what both sides send is still seen."""
        self._commands.write(b"c" if on else b"j")

    def read(self) -> None:
        """Take all that was seen until now. Does not wait."""
        while True:
            try:
                data = os.read(self._records, PIPE_BYTES)
            except BlockingIOError:
                return
            if not data:
                raise RuntimeError("the tap's process is gone")
            self._take(data)

    @property
    def faults(self) -> int:
        """Frames with errors, of both directions."""
        return sum(sum(decoder.faults.values()) for decoder in self._decoders)

    def close(self) -> None:
        """Safe to call twice."""
        self._commands.close()
        try:
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _take(self, data: bytes) -> None:
        data, at = self._rest + data, 0
        while at + RECORD.size <= len(data):
            t_s, direction, size = RECORD.unpack_from(data, at)
            end = at + RECORD.size + size
            if end > len(data):
                break
            self.counted[direction] += size
            for message in self._decoders[direction].feed(data[at + RECORD.size : end]):
                self.seen(t_s, direction, message)
            at = end
        self._rest = data[at:]


def _hurry() -> bool:
    """Real-time priority where permitted."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(REAL_TIME_PRIORITY))
    except (OSError, AttributeError):
        return False
    return True


if __name__ == "__main__":
    line = Line(Path(sys.argv[1]), Path(sys.argv[2]), sys.stdout.fileno())
    os.write(sys.stdout.fileno(), b"R" if _hurry() else b"n")
    os.set_blocking(sys.stdout.fileno(), False)
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        line.serve(sys.stdin.fileno())
