"""A pseudo-terminal with a board at its end: to pyserial it is a serial port. One thread serves it.

`path` is a symlink that stays the same when the cable is pulled and put back, as /dev/serial/by-id does.
"""

from __future__ import annotations

import logging
import os
import select
import shutil
import tempfile
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

from moe_robot.sim.boards import SimulatedBoard

log = logging.getLogger(__name__)

PERIOD_S = 0.005  # of the board's tick
READ_BYTES = 4096


class PtyPort:
    """Only its own thread calls the board, except inside `with_board`."""

    def __init__(self, board: SimulatedBoard, clock: Callable[[], float] = time.monotonic) -> None:
        self.dropped_bytes = 0  # that the host did not read in time, as a UART would lose them
        self.path = ""
        self._board = board
        self._clock = clock
        self._folder = Path(tempfile.mkdtemp(prefix="moe_robot_port_"))
        self.path = str(self._folder / "motor_board")
        self._lock = threading.Lock()  # around the descriptors and the board
        self._master: int | None = None
        self._slave: int | None = None
        self._frozen = False
        self._wake_r, self._wake_w = os.pipe()
        self._closing = False
        self.replug()
        self._thread = threading.Thread(target=self._run, name="pty-board", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Pull the cable: the host's descriptor fails, the path is gone. The board goes on alone."""
        with self._lock:
            self._close_pty()
            Path(self.path).unlink(missing_ok=True)

    def replug(self) -> None:
        with self._lock:
            if self._master is not None:
                return
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)  # held open: the host may come and go, and nothing is echoed meanwhile
            os.set_blocking(self._master, False)
            os.symlink(os.ttyname(self._slave), self.path)
        os.write(self._wake_w, b"\0")

    def freeze(self, frozen: bool) -> None:
        """A board that hangs: it neither reads nor sends, and its wheels keep what they do."""
        with self._lock:
            self._frozen = frozen
        os.write(self._wake_w, b"\0")

    def inject(self, data: bytes) -> None:
        """Send bytes to the host that the board did not make."""
        with self._lock:
            self._write(data)

    def with_board(self, act: Callable[[], None]) -> None:
        """Run `act` while the thread is not in the board: for a button, a power cycle, a look inside."""
        with self._lock:
            act()

    def close(self) -> None:
        """Safe to call twice."""
        if self._closing:
            return
        self._closing = True
        os.write(self._wake_w, b"\0")
        self._thread.join()
        self.unplug()
        os.close(self._wake_r)
        os.close(self._wake_w)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> PtyPort:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        due_s = self._clock()
        while not self._closing:
            with self._lock:
                watched = [self._wake_r] + ([self._master] if self._master is not None and not self._frozen else [])
            try:
                ready, _, _ = select.select(watched, [], [], PERIOD_S)
            except OSError:
                continue  # unplugged while waiting
            if self._wake_r in ready:
                os.read(self._wake_r, READ_BYTES)
            with self._lock:
                if self._frozen:
                    continue
                now_s = self._clock()
                if self._master is not None and self._master in ready:
                    self._write(self._board.receive(self._read(), now_s))
                if now_s >= due_s:
                    self._write(self._board.tick(now_s))
                    due_s = now_s + PERIOD_S

    def _read(self) -> bytes:
        assert self._master is not None
        try:
            return os.read(self._master, READ_BYTES)
        except OSError:
            return b""

    def _write(self, data: bytes) -> None:
        if self._master is None or not data:
            return
        try:
            written = os.write(self._master, data)
        except OSError:
            written = 0
        self.dropped_bytes += len(data) - written

    def _close_pty(self) -> None:
        for descriptor in (self._master, self._slave):
            if descriptor is not None:
                os.close(descriptor)
        self._master = self._slave = None
