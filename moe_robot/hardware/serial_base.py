"""A motor board on a serial port: pyserial around a link. One thread reads and reopens; the caller's thread writes.

`drive` and `read` never wait for the device: a full port takes no set point, or half of one, and is not waited for.
A lost port is `Link.LOST` until the thread has found it again (`ports.py`: perhaps under another name) and opened it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import termios
import threading
import time
from collections.abc import Callable, Sequence

import serial

from moe_robot.config import HardwareConfig
from moe_robot.errors import HardwareError
from moe_robot.hardware.base import LinkEnd, MobileBase, backoff
from moe_robot.hardware.link import Expected, HostLink, Phase
from moe_robot.hardware.ports import Port, choose_port, port_at, serial_ports
from moe_robot.motion.kinematics import DiffDrive
from moe_robot.structs import BaseState, SafetyMode, Velocity

log = logging.getLogger(__name__)

READ_BYTES = 4096  # most taken at once
READ_TIMEOUT_S = 0.05
FLOOD_PAUSE_S = 0.005  # after a full read: no board sends this much, so the flood may wait
FIRST_RETRY_S = 0.05
DRAIN_TRIES, DRAIN_PAUSE_S = 10, 0.005


class SerialBase(MobileBase):
    def __init__(
        self,
        cfg: HardwareConfig,
        kinematics: DiffDrive,
        clock: Callable[[], float] = time.monotonic,
        ticks_per_rev: int | None = None,
        link: LinkEnd | None = None,
        ports: Callable[[str], Sequence[Port]] = serial_ports,
    ) -> None:
        """`ticks_per_rev` is what the board must tell in its greeting; None = not compared. Without a `link` it is
        our own protocol's. `ports` gives what is plugged in, for a hardware.port."""
        self._cfg = cfg
        self._kinematics = kinematics
        self._clock = clock
        self._lock = threading.Lock()  # around the link and the port; never held while waiting for bytes
        self._link = link or HostLink(cfg.link_timeout_s, Expected(cfg.host_timeout_s, ticks_per_rev))
        self._ports = ports
        self._known: Port | None = None  # the board that was open last
        self._port: serial.Serial | None = None
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._in_force = Velocity()  # of the last set point that left whole: what the board goes on with

    def open(self) -> None:
        """Raises HardwareError: no such port, no permission, or another process has it."""
        if self._thread is not None:
            return
        self._closing.clear()
        self._take(self._open_port())
        self._thread = threading.Thread(target=self._run, name="serial-reader", daemon=True)
        self._thread.start()

    def set_mode(self, mode: SafetyMode) -> None:
        with self._lock:
            self._link.set_mode(mode)

    def drive(self, velocity: Velocity) -> Velocity:
        left, right = self._kinematics.wheels(velocity)
        with self._lock:
            if self._port is None or self._link.phase is not Phase.UP:
                self._in_force = Velocity()
            if self._port is None:
                return self._in_force
            if not _takes_bytes(self._port):
                self._link.counters["skipped_set_points"] += 1
            else:
                data, left, right = self._link.stream(left, right, self._clock())
                if self._write(self._port, data):
                    self._in_force = self._kinematics.velocity(left, right)
            return self._in_force

    def read(self) -> BaseState:
        with self._lock:
            return self._link.state(self._clock())

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            if self._port is not None and _takes_bytes(self._port):
                self._write(self._port, self._link.farewell())
                _drain(self._port)
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._drop("closed")

    # ---- the port

    def _open_port(self) -> serial.Serial:
        ports = self._ports(self._cfg.port)
        path = choose_port(self._cfg.port, ports, self._known)
        try:
            port = serial.Serial(path, self._cfg.baud, timeout=READ_TIMEOUT_S, exclusive=True)
        except (serial.SerialException, OSError, ValueError, termios.error) as error:
            raise HardwareError(f"cannot open the motor board's port '{path}': {_remedy(path, error)}") from error
        self._known = port_at(path, ports)
        return port

    def _take(self, port: serial.Serial) -> None:
        with self._lock:
            self._port = port
            self._link.opened()
        log.info("serial port %s open%s", port.port, f": {self._known}" if self._known is not None else "")

    def _drop(self, why: str) -> None:
        with self._lock:
            port, self._port = self._port, None
            self._link.closed()
        if port is not None:
            with contextlib.suppress(serial.SerialException, OSError):
                port.close()
            log.info("serial port %s gone: %s", port.port, why)

    def _write(self, port: serial.Serial, data: bytes) -> bool:
        """False when the port did not take all of it: the link is told the rest.

        Not `port.write`: that one waits, and reports a timeout when this process was slow though all was written.
        """
        try:
            written = os.write(port.fileno(), data)
        except BlockingIOError:
            written = 0
        except (serial.SerialException, OSError):
            return False  # the reader sees the same and reopens
        if written < len(data):
            self._link.unsent(data[written:])
        return written == len(data)

    # ---- the thread

    def _run(self) -> None:
        delays_s = backoff(FIRST_RETRY_S, self._cfg.reconnect_max_s)
        while not self._closing.is_set():
            port = self._port
            try:
                if port is None:
                    self._take(self._open_port())
                    delays_s = backoff(FIRST_RETRY_S, self._cfg.reconnect_max_s)
                    continue
                self._pump(port)
                continue
            except HardwareError as error:
                log.debug("%s", error)
            except (serial.SerialException, OSError, termios.error) as error:
                self._drop(str(error))
            except Exception as error:  # the top of the thread: a fault here must end in a new try, not in silence
                log.exception("serial port %s: unexpected, the port is reopened", self._cfg.port)
                self._drop(repr(error))
            self._closing.wait(next(delays_s))

    def _pump(self, port: serial.Serial) -> None:
        """Waits for bytes, gives what is there to the link."""
        data = port.read(1)
        if not data:
            return
        data += port.read(min(port.in_waiting, READ_BYTES))
        with self._lock:
            self._link.receive(data, self._clock())
        if len(data) > READ_BYTES:
            self._closing.wait(FLOOD_PAUSE_S)


def _takes_bytes(port: serial.Serial) -> bool:
    try:
        _, ready, _ = select.select([], [port.fileno()], [], 0.0)
    except (serial.SerialException, OSError, ValueError):
        return False
    return bool(ready)


def _drain(port: serial.Serial) -> None:
    """Gives the last frames a moment to leave; what a dead line still holds is thrown away, or closing would hang."""
    with contextlib.suppress(serial.SerialException, OSError, termios.error):
        for _ in range(DRAIN_TRIES):
            if port.out_waiting == 0:
                return
            time.sleep(DRAIN_PAUSE_S)
        port.reset_output_buffer()


def _remedy(port: str, error: Exception) -> str:
    if not os.path.exists(port):
        return "no such device; plug the board in, or set hardware.port (try: ls /dev/serial/by-id)"
    if isinstance(error, PermissionError) or not os.access(port, os.R_OK | os.W_OK):
        return (
            "no permission; add the user to the group of the device: sudo usermod -aG dialout $USER, and log in again"
        )
    if "lock" in str(error).lower() or "busy" in str(error).lower():
        return "another process has it; stop that one first"
    return f"{error}"
