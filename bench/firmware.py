"""The firmware of the motor board: its size, the time of its loop, and how fast it stops; by the clock of the board.

    python bench/firmware.py [--trials 200] [--no-keep]

The compiled image runs in simavr (`firmware/sim`), which counts the cycles of the 16 MHz processor: what else this
machine does changes nothing. Motors and encoders are simulated.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.report import SUMMARY_HEAD, Report, summary
from bench.simavr import FIRMWARE, SimBoard, missing
from moe_robot.hardware.frames import (
    AnyMessage,
    Decoder,
    Estop,
    Hello,
    HelloAck,
    ResetEstop,
    SetPoint,
    Telemetry,
    encode,
)

MHZ = 16
PERIOD_US = 5000.0  # of the control loop
SECONDS = 5.0  # of each load
SESSION = 1
WAIT_S = 20.0
RADPS = 6.0


class Host:
    """Set points at 50 Hz from a thread, or bytes at once; what comes back is read all the time."""

    def __init__(self, board: SimBoard) -> None:
        self.telemetry: Telemetry | None = None
        self.radps: float | None = None  # None = silent
        self.burst = 1  # set points a period
        self._board = board
        self._seq = itertools.count(1)
        self._fd = os.open(board.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self._decoder = Decoder()
        self._greeted = False
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        until(lambda: self._greeted)

    def point(self, radps: float) -> bytes:
        return encode(SetPoint(SESSION, next(self._seq) & 0xFFFF, radps, radps, True))

    def send(self, message: AnyMessage) -> None:
        os.write(self._fd, encode(message))

    def close(self) -> None:
        self._ends.set()
        self._thread.join()
        os.close(self._fd)

    def _run(self) -> None:
        while not self._ends.wait(0.02):
            if not self._greeted:
                self.send(Hello(SESSION, 0))
            if self.radps is not None:
                os.write(self._fd, b"".join(self.point(self.radps) for _ in range(self.burst)))
            try:
                heard = self._decoder.feed(os.read(self._fd, 65536))
            except BlockingIOError:
                continue
            for message in heard:
                self._greeted |= isinstance(message, HelloAck)
                if isinstance(message, Telemetry):
                    self.telemetry = message


def until(holds: Callable[[], object]) -> None:
    end_s = time.monotonic() + WAIT_S
    while not holds():
        if time.monotonic() > end_s:
            raise RuntimeError("never came true: is the firmware running?")
        time.sleep(0.005)


@contextmanager
def running() -> Iterator[tuple[SimBoard, Host]]:
    with tempfile.TemporaryDirectory(prefix="moe_robot_bench_") as folder, SimBoard(Path(folder)) as board:
        host = Host(board)
        try:
            yield board, host
        finally:
            host.close()


def drive(board: SimBoard, host: Host, radps: float = RADPS) -> None:
    host.radps = 0.0
    until(lambda: host.telemetry is not None and host.telemetry.board.armed)
    host.radps = radps
    until(lambda: min(board.state().radps) > 0.95 * radps)


# ---------------------------------------------------------------- loads


@dataclass(frozen=True)
class Load:
    name: str
    radps: float | None
    burst: int = 1


LOADS = (
    Load("standing, nobody connected", None),
    Load(f"{RADPS:g} rad/s, 50 set points a second", RADPS),
    Load("30 rad/s (the limit), 50 set points a second", 30.0),
    Load("30 rad/s, line to the board full: 400 set points a second", 30.0, 8),
)


def measured(load: Load) -> list[str]:
    with running() as (board, host):
        if load.radps is not None:
            drive(board, host, load.radps)
            host.burst = load.burst
        board.tell("stats reset")
        time.sleep(SECONDS)
        stats = board.tell("stats")
    control, period, taken = stats["control_cycles"], stats["period_cycles"], stats["bytes_cycles"]
    assert isinstance(control, dict) and isinstance(period, dict) and isinstance(taken, dict)
    jitter_us = max(period["most"] / MHZ - PERIOD_US, PERIOD_US - period["least"] / MHZ)
    return [
        load.name,
        str(control["count"]),
        f"{control['mean'] / MHZ:.0f}",
        f"{control['most'] / MHZ:.0f}",
        f"{taken['most'] / MHZ:.0f}",
        f"{jitter_us:.0f}",
        f"{100 * (1 - float(str(stats['idle']))):.0f} %",
        str(stats["stack_bytes"]),
    ]


# ---------------------------------------------------------------- stops


def by_frame(board: SimBoard, host: Host) -> float:
    return board.inject(encode(Estop(SESSION, 1)))


def by_zero(board: SimBoard, host: Host) -> float:
    host.radps = None
    time.sleep(0.04)
    return board.inject(encode(SetPoint(SESSION, (host.telemetry.acked_seq + 40) & 0xFFFF, 0.0, 0.0, False)))  # type: ignore[union-attr]


def by_button(board: SimBoard, host: Host) -> float:
    return float(str(board.tell("button 1")["now_us"]))


def by_silence(board: SimBoard, host: Host) -> float:
    """From the last set point that reached the board."""
    host.radps = None
    time.sleep(0.04)
    return board.inject(encode(SetPoint(SESSION, (host.telemetry.acked_seq + 40) & 0xFFFF, RADPS, RADPS, True)))  # type: ignore[union-attr]


def by_hang(board: SimBoard, host: Host) -> float:
    return float(str(board.tell("hang")["now_us"]))


def by_reset(board: SimBoard, host: Host) -> float:
    return float(str(board.tell("reset")["now_us"]))


STOPS: tuple[tuple[str, Callable[[SimBoard, Host], float]], ...] = (
    ("e-stop frame, from its first bit", by_frame),
    ("zero set point, disarmed, from its first bit", by_zero),
    ("e-stop circuit opened", by_button),
    ("host silent (killed, cable cut), from its last set point", by_silence),
    ("program hangs with interrupts off", by_hang),
    ("reset pin", by_reset),
)


def stopped(stop: Callable[[SimBoard, Host], float], trials: int, rng: np.random.Generator) -> list[float]:
    """Milliseconds until nothing drove a motor any more, of each trial; a new board for every 25."""
    times_ms: list[float] = []
    while len(times_ms) < trials:
        with running() as (board, host):
            for _ in range(min(25, trials - len(times_ms))):
                drive(board, host)
                time.sleep(float(rng.uniform(0.0, 0.06)))
                began_us = stop(board, host)
                host.radps = None
                until(lambda: board.state().off)
                time.sleep(0.05)
                state = board.state()
                assert state.off
                times_ms.append((max(state.drive_us, began_us) - began_us) / 1000.0)
                board.tell("button 0")
                recover(host)
    return times_ms


def recover(host: Host) -> None:
    """Greets anew when the board restarted, and resets its e-stop."""
    told = host.telemetry
    host.telemetry = None
    until(lambda: host.telemetry is not None and not host.telemetry.board.button)
    told = host.telemetry
    assert told is not None
    if told.session != SESSION:
        host._greeted = False
        until(lambda: host._greeted)
        host._seq = itertools.count(1)
        return
    host._seq = itertools.count(told.acked_seq + 1)
    while told is None or told.board.estop:
        host.send(ResetEstop(SESSION, 1, told.estop_id if told is not None else 0))
        host.telemetry = None
        until(lambda: host.telemetry is not None)
        told = host.telemetry


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--trials", type=int, default=200, help="of each stop")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-keep", action="store_true", help="print only")
    options = parser.parse_args()
    if missing():
        sys.exit(f"bench/firmware.py: {missing()}")
    size = subprocess.run(
        ["make", "-s", "-C", str(FIRMWARE)], capture_output=True, text=True, check=True
    ).stdout.strip()
    compiler = subprocess.run(["avr-gcc", "-dumpversion"], capture_output=True, text=True, check=True).stdout.strip()

    report = Report("firmware", "The firmware of the motor board: size, loop, stops")
    report.text(f"ATmega328P at {MHZ} MHz in simavr, avr-gcc {compiler}: {re.sub(r'  +', ' ', size)}.")
    report.text(
        f"The control loop runs every {PERIOD_US / 1000:g} ms. Times in us of the board's own clock, over "
        f"{SECONDS:g} s; `bytes` is the longest time from waking to having obeyed what came on the line; the stack is "
        "the most that was in use; `busy` counts interrupts too."
    )
    head = ["load", "periods", "control, mean", "worst", "bytes, worst", "period jitter, worst", "busy", "stack, bytes"]
    report.table(head, [measured(load) for load in LOADS])
    report.text(
        f"Stops from {RADPS:g} rad/s until nothing drives a motor any more, in ms of the board's clock (to 0.1 ms). A "
        "frame takes 1 to 2 ms on the line."
    )
    rng = np.random.default_rng(options.seed)
    stops = [[name, *summary(stopped(stop, options.trials, rng)).cells(1)] for name, stop in STOPS]
    report.table(["stop", *SUMMARY_HEAD], stops)
    report.write(keep=not options.no_keep)


if __name__ == "__main__":
    main()
