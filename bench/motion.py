"""The 50 Hz loop between host and motor board: jitter, round trip, what the line carries, how fast the codec is.

    python bench/motion.py [--minutes 10] [--no-keep]

The processes of `moe-robot up --sim` on a patrol, a tap on the serial line (`bench/tap.py`): the time from one set
point to the next, and from a set point to the board's acknowledgement, on a machine with nothing else to do and with
one process of pure Python for each core. Half of the minutes each.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.live import Goal, LiveRobot, ended_by_signal
from bench.report import SUMMARY_HEAD, Report, summary
from bench.stop import busy_cores
from bench.tap import FROM_BOARD, FROM_HOST
from moe_robot.config import load_config
from moe_robot.hardware.frames import Ack, AnyMessage, BoardFlags, Decoder, SetPoint, Telemetry, encode

PATROL = "патрулируй кухню, спальню и гостиную 20 раз"
BITS_A_BYTE = 10  # 8N1: a start bit and a stop bit
CODEC_FRAMES = 20_000
CODEC_CHUNK = 64  # frames fed at once
OPEN_SET_POINTS = 200  # unanswered ones that are remembered


@dataclass
class Loop:
    """What the tap saw of the loop."""

    periods_ms: list[float] = field(default_factory=list)
    round_trips_ms: list[float] = field(default_factory=list)
    telemetry_ms: list[float] = field(default_factory=list)
    _sent_s: OrderedDict[int, float] = field(default_factory=OrderedDict)
    _last: dict[type, float] = field(default_factory=dict)
    telemetry: Telemetry | None = None

    def take(self, t_s: float, direction: int, message: AnyMessage) -> None:
        if direction == FROM_HOST and isinstance(message, SetPoint):
            self._period(SetPoint, t_s, self.periods_ms)
            self._sent_s[message.seq] = t_s
            if len(self._sent_s) > OPEN_SET_POINTS:
                self._sent_s.popitem(last=False)
        elif direction == FROM_BOARD and isinstance(message, Ack):
            if (sent_s := self._sent_s.pop(message.acked_seq, None)) is not None:
                self.round_trips_ms.append(1e3 * (t_s - sent_s))
        elif isinstance(message, Telemetry):
            self.telemetry = message
            self._period(Telemetry, t_s, self.telemetry_ms)

    def _period(self, kind: type, t_s: float, into: list[float]) -> None:
        if kind in self._last:
            into.append(1e3 * (t_s - self._last[kind]))
        self._last[kind] = t_s


def watch(robot: LiveRobot, duration_s: float) -> tuple[Loop, float, float]:
    """The loop while the robot patrols, and bytes per second from the host and from the board."""
    loop, both = Loop(), robot.wire.take

    def seen(t_s: float, direction: int, message: AnyMessage) -> None:
        both(t_s, direction, message)
        loop.take(t_s, direction, message)

    goal: Goal | None = None
    robot.tap.read()
    robot.tap.seen = seen
    before, began_s = list(robot.tap.counted), time.monotonic()
    while (now_s := time.monotonic()) - began_s < duration_s:
        if goal is None or goal.result is not None:
            robot.arm()
            goal = robot.begin(PATROL)
        robot.pause(min(1.0, duration_s - (now_s - began_s)))
    took_s = time.monotonic() - began_s
    robot.tap.seen = both
    host, board = (after - first for after, first in zip(robot.tap.counted, before, strict=True))
    if goal is not None:
        robot.come_to_rest(goal)
    return loop, host / took_s, board / took_s


def codec(telemetry: Telemetry) -> list[list[str]]:
    """Frames per second through one core."""
    rows = []
    for name, message in (
        ("set point", SetPoint(7, 300, 6.123, -0.001, True)),
        ("acknowledgement", Ack(7, 300, 299, 6.123, -0.001, True, BoardFlags(armed=True))),
        ("telemetry", telemetry),
    ):
        began_s = time.perf_counter()
        for _ in range(CODEC_FRAMES):
            data = encode(message)
        encoded_s = time.perf_counter() - began_s
        decoder, found = Decoder(), 0
        chunk = data * CODEC_CHUNK
        began_s = time.perf_counter()
        for _ in range(CODEC_FRAMES // CODEC_CHUNK):
            found += len(decoder.feed(chunk))
        decoded_s = time.perf_counter() - began_s
        rows.append([name, str(len(data)), f"{CODEC_FRAMES / encoded_s:,.0f}", f"{found / decoded_s:,.0f}"])
    return rows


def report(loops: dict[str, tuple[Loop, float, float]], real_time: bool, load: float, minutes: float) -> Report:
    cfg = load_config()
    out = Report("motion", "The loop between host and motor board", ("ros-rclpy", "mujoco", "pyserial"))
    out.text(
        f"{minutes:g} minutes of patrol with the processes of `moe-robot up --sim`, seen by a tap on the line "
        f"({'real-time' if real_time else 'normal'} priority). Busy = one process of pure Python for each of the "
        f"{os.cpu_count()} cores, at normal priority. Load of the machine before: {load:.1f}. A pseudo-terminal "
        "carries bytes at once: on a real line a frame takes its bytes' time more."
    )
    rows = []
    for name, (loop, _, _) in loops.items():
        rows.append(
            [f"{name}: set point -> set point ({1e3 / cfg.motion.rate_hz:.0f})", *summary(loop.periods_ms).cells(1)]
        )
        rows.append([f"{name}: telemetry -> telemetry (20)", *summary(loop.telemetry_ms).cells(1)])
        rows.append([f"{name}: set point -> acknowledgement", *summary(loop.round_trips_ms).cells(1)])
    out.table(["ms", *SUMMARY_HEAD], rows)

    first, host_bps, board_bps = next(iter(loops.values()))
    assert first.telemetry is not None
    capacity_bps = cfg.hardware.baud / BITS_A_BYTE
    point = len(encode(SetPoint(7, 300, 6.123, -0.001, True)))
    ack = len(encode(Ack(7, 300, 299, 6.123, -0.001, True, BoardFlags())))
    telemetry = len(encode(first.telemetry))
    told_hz = 1e3 / summary(first.telemetry_ms).median
    highest_hz = min(capacity_bps / point, (capacity_bps - told_hz * telemetry) / ack)
    out.table(
        ["line at 115200 bit/s, bytes per second", "carried", "possible", "share"],
        [
            ["host -> board", f"{host_bps:.0f}", f"{capacity_bps:.0f}", f"{host_bps / capacity_bps:.0%}"],
            ["board -> host", f"{board_bps:.0f}", f"{capacity_bps:.0f}", f"{board_bps / capacity_bps:.0%}"],
        ],
    )
    out.text(
        f"A set point has {point} bytes, its acknowledgement {ack}, telemetry {telemetry}. With telemetry at "
        f"{told_hz:.0f} Hz the line would carry set points at up to {highest_hz:.0f} Hz; the loop runs at "
        f"{cfg.motion.rate_hz:.0f} Hz."
    )
    out.table(["codec, one core", "bytes", "encoded per second", "decoded per second"], codec(first.telemetry))
    return out


def run(minutes: float) -> Report:
    load = os.getloadavg()[0]
    loops = {}
    with LiveRobot() as robot:
        real_time = robot.tap.real_time
        loops["idle"] = watch(robot, 30.0 * minutes)
        with busy_cores(os.cpu_count() or 1):
            robot.pause(1.0)
            loops["every core busy"] = watch(robot, 30.0 * minutes)
    return report(loops, real_time, load, minutes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20.0, help="half of them with every core busy")
    parser.add_argument("--no-keep", action="store_true", help="print only")
    given = parser.parse_args()
    run(given.minutes).write(keep=not given.no_keep)
    return 0


if __name__ == "__main__":
    sys.exit(ended_by_signal(main))
