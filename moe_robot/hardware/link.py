"""The host's end of the protocol as a pure state machine: bytes and the time in, bytes and a state out.

    CLOSED --opened--> GREETING --HelloAck, telemetry--> UP --silence, no acks, board restarted--> GREETING

Each greeting begins a new session and the board disarms, so nothing that was sent before can go on. Non-zero speeds
leave only while the board itself says that it is armed; until then the link sends zeros with the armed flag, which is
what the board wants before it arms. A board that is not the one expected (another protocol version, other encoders, a
watchdog that waits too long) stays LOST with the reason in `BaseState.fault`. Does not know ports, threads or body
velocities.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter, OrderedDict
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from moe_robot.hardware.frames import (
    Ack,
    BoardFlags,
    Decoder,
    Estop,
    Hello,
    HelloAck,
    Message,
    ResetEstop,
    SetPoint,
    Telemetry,
    encode,
    quantized,
)
from moe_robot.structs import BaseState, Battery, Imu, Link, SafetyMode

GREETING_PERIOD_S = 0.1
_UNKNOWN_BATTERY = Battery(math.nan, math.nan, math.nan, False)
_REMEMBERED_SET_POINTS = 64  # unanswered ones; at 50 Hz the link is lost long before


@dataclass(frozen=True)
class Expected:
    """What the board has to say in its greeting."""

    watchdog_s: float  # at most
    ticks_per_rev: int | None  # None: not compared


class Phase(Enum):
    CLOSED = "closed"
    GREETING = "greeting"
    UP = "up"


class _Sent(NamedTuple):
    point: SetPoint
    now_s: float
    awake_s: float


class HostLink:
    def __init__(self, link_timeout_s: float, expected: Expected | None = None, first_session: int = 1) -> None:
        self.phase = Phase.CLOSED
        self.max_wheel_radps = 0.0  # the board's limits, known after the greeting
        self.max_accel_radps2 = 0.0
        self.firmware = 0
        self.counters: Counter[str] = Counter()
        self._timeout_s = link_timeout_s
        self._expected = expected
        self._fault = ""
        self._session = (first_session - 1) % 0xFFFF
        self._seq = 0
        self._decoder = Decoder()
        self._mode = SafetyMode.DISARMED
        self._reset_id: int | None = None
        self._flags = BoardFlags()
        self._board_seq: int | None = None  # of the latest frame of this session
        self._telemetry: Telemetry | None = None
        self._imu: Imu | None = None
        self._received_s = -math.inf
        self._round_trip_s = math.nan
        self._greeted_s = -math.inf
        self._polled_s = -math.inf
        self._awake_s = 0.0  # time that counts for timeouts, see _poll
        self._heard_s = 0.0  # of it, when the board was last heard
        self._unacked: OrderedDict[int, _Sent] = OrderedDict()

    # ---- the port

    def opened(self) -> None:
        """The port is open: greet on the next `stream`. A mode set before is forgotten: begin disarmed."""
        self._decoder.clear()
        self._greet_anew()

    def closed(self) -> None:
        """The port is gone."""
        self._decoder.clear()
        self._end_session()
        self._fault = self._decoder.bad_version = ""
        self.phase = Phase.CLOSED

    # ---- host -> board

    def set_mode(self, mode: SafetyMode) -> None:
        """Leaving ESTOP asks the board to reset the e-stop that it reports now, and no later one."""
        if self._mode is SafetyMode.ESTOP and mode is not SafetyMode.ESTOP and self._telemetry is not None:
            self._reset_id = self._telemetry.estop_id
        elif mode is SafetyMode.ESTOP:
            self._reset_id = None
        self._mode = mode

    def stream(self, left_radps: float, right_radps: float, now_s: float) -> tuple[bytes, float, float]:
        """Bytes to write now, and the wheel speeds that they really carry. Not finite = zero, counted."""
        self._poll(now_s)
        if self.phase is Phase.CLOSED:
            return b"", 0.0, 0.0
        data = self._estop_bytes()
        if self.phase is not Phase.UP:
            if now_s - self._greeted_s >= GREETING_PERIOD_S:
                self._greeted_s = now_s
                data += encode(Hello(self._session, self._next_seq()))
            return data, 0.0, 0.0
        left, right = self._allowed(left_radps, right_radps)
        point = SetPoint(self._session, self._next_seq(), left, right, armed=self._mode is SafetyMode.ARMED)
        self._unacked[point.seq] = _Sent(point, now_s, self._awake_s)
        if len(self._unacked) > _REMEMBERED_SET_POINTS:
            self._unacked.popitem(last=False)
        return data + encode(point), left, right

    def farewell(self) -> bytes:
        """What ends a session on every way out: zeros, disarmed, three times since a frame may get lost."""
        if self.phase is not Phase.UP:
            return b""
        return b"".join(encode(SetPoint(self._session, self._next_seq(), 0.0, 0.0, armed=False)) for _ in range(3))

    def unsent(self, _rest: bytes) -> None:
        """The line did not take these bytes. Half a frame does no harm: the next one starts with a zero."""
        self.counters["skipped_set_points"] += 1

    # ---- board -> host

    def receive(self, data: bytes, now_s: float) -> None:
        for message in self._decoder.feed(data):
            if isinstance(message, Telemetry) and message.session != self._session:
                self._on_strange_telemetry()
            elif message.session != self._session or self.phase is Phase.CLOSED:
                self.counters["old_session"] += 1
            elif not self._in_order(message):
                self.counters["out_of_sequence"] += 1
            elif isinstance(message, Telemetry):
                self._on_telemetry(message, now_s)
            elif isinstance(message, HelloAck):
                self._on_hello_ack(message)
            elif isinstance(message, Ack):
                self._on_ack(message, now_s)
            else:
                self.counters["not_for_host"] += 1
        if self.phase is Phase.GREETING and self._decoder.bad_version:
            self._fault, self._decoder.bad_version = self._decoder.bad_version, ""

    def state(self, now_s: float) -> BaseState:
        """What is known. The link is UP only with telemetry of this session younger than the timeout."""
        self._poll(now_s)
        telemetry = self._telemetry
        counters = {**self.counters, **{f"host_{name}": n for name, n in self._decoder.faults.items()}}
        if telemetry is not None:
            counters |= {f"board_{name}": n for name, n in dataclasses.asdict(telemetry.counters).items()}
        ticks = telemetry.ticks if telemetry is not None else (0, 0)
        speeds = telemetry.speeds_radps if telemetry is not None else (0.0, 0.0)
        return BaseState(
            link=Link.UP if self.phase is Phase.UP and self._heard() else Link.LOST,
            left_ticks=ticks[0],
            right_ticks=ticks[1],
            left_radps=speeds[0],
            right_radps=speeds[1],
            battery=telemetry.battery if telemetry is not None else _UNKNOWN_BATTERY,
            imu=self._imu,
            board_estop=self._flags.estop,
            board_armed=self._flags.armed,
            acked_seq=telemetry.acked_seq if telemetry is not None else 0,
            received_s=self._received_s,
            round_trip_s=self._round_trip_s,
            session=telemetry.session if telemetry is not None else 0,
            estop_button=self._flags.button,
            board_estop_id=telemetry.estop_id if telemetry is not None else 0,
            counters=counters,
            motor_currents_a=telemetry.motor_currents_a if telemetry is not None else (math.nan, math.nan),
            temperature_c=telemetry.temperature_c if telemetry is not None else math.nan,
            motor_fault=self._flags.motor_fault,
            firmware=self.firmware,
            max_wheel_radps=self.max_wheel_radps,
            max_accel_radps2=self.max_accel_radps2,
            fault=self._fault,
            board_uptime_s=telemetry.board_s if telemetry is not None else 0.0,
        )

    @property
    def last_fault(self) -> str:
        """The latest refused bytes, in words, "" when there was none."""
        return self._decoder.last_fault

    # ---- parts

    def _on_hello_ack(self, message: HelloAck) -> None:
        if self.phase is not Phase.GREETING:
            return
        self.max_wheel_radps = message.max_wheel_radps
        self.max_accel_radps2 = message.max_accel_radps2
        self.firmware = message.firmware
        self._fault = self._mismatch(message)
        if self._fault:
            self.counters["refused_boards"] += 1
            return
        self._decoder.bad_version = ""
        self.phase = Phase.UP
        self._heard_s = self._awake_s

    def _mismatch(self, board: HelloAck) -> str:
        """Why this board may not drive, "" when it may."""
        if self._expected is None:
            return ""
        longest_s, ticks = self._expected.watchdog_s, self._expected.ticks_per_rev
        if ticks is not None and board.ticks_per_rev != ticks:
            return (
                f"ticks_per_rev: expected {ticks} as in the URDF, found {board.ticks_per_rev} in the board; "
                "set the same in the URDF and in firmware/config.h, and flash it"
            )
        if not 0.0 < board.watchdog_s <= longest_s + 1e-9:
            return (
                f"watchdog: expected at most {longest_s:g} s (hardware.host_timeout_s), found {board.watchdog_s:g} s; "
                "flash a firmware that stops in time"
            )
        return ""

    def _in_order(self, message: Message) -> bool:
        """Doubled frames, and those that others have overtaken, show a past: ticks that run back, an old state."""
        if self._board_seq is not None:
            ahead = (message.seq - self._board_seq) & 0xFFFF
            if not 0 < ahead < 0x8000:
                return False
            self.counters["lost_frames"] += ahead - 1
        self._board_seq = message.seq
        return True

    def _on_strange_telemetry(self) -> None:
        """Of another session than ours, which it had joined: the board started anew."""
        if self.phase is Phase.UP:
            self.counters["board_restarts"] += 1
            self._greet_anew()

    def _on_telemetry(self, message: Telemetry, now_s: float) -> None:
        if self.phase is not Phase.UP:
            return
        self._telemetry = message
        self._imu = dataclasses.replace(message.imu, t_s=now_s) if message.imu is not None else None
        self._received_s = now_s
        self._heard_s = self._awake_s
        self._flags = message.board
        if not message.board.estop or (self._reset_id is not None and message.estop_id != self._reset_id):
            self._reset_id = None

    def _on_ack(self, message: Ack, now_s: float) -> None:
        sent = self._unacked.get(message.acked_seq)
        if sent is None:
            self.counters["unexpected_ack"] += 1
            return
        point = sent.point
        if (message.left_radps, message.right_radps, message.armed) != (
            point.left_radps,
            point.right_radps,
            point.armed,
        ):
            self.counters["wrong_echo"] += 1  # not an acknowledgement: silence of these ends the session
            return
        self._round_trip_s = now_s - sent.now_s
        while self._unacked:
            seq, _ = self._unacked.popitem(last=False)
            if seq == message.acked_seq:
                break
        # The e-stop is believed from telemetry alone: only there its id stands beside it.
        self._flags = dataclasses.replace(self._flags, armed=message.board.armed)

    def _estop_bytes(self) -> bytes:
        if self._mode is SafetyMode.ESTOP and not self._flags.estop:
            return encode(Estop(self._session, self._next_seq()))
        if self._reset_id is not None and self._flags.estop and self.phase is Phase.UP:
            return encode(ResetEstop(self._session, self._next_seq(), self._reset_id))
        return b""

    def _allowed(self, left_radps: float, right_radps: float) -> tuple[float, float]:
        """Zero unless armed at both ends; beyond the board's limit both wheels are scaled, which keeps the path."""
        if not (math.isfinite(left_radps) and math.isfinite(right_radps)):
            self.counters["not_finite"] += 1
            return 0.0, 0.0
        if self._mode is not SafetyMode.ARMED or not self._flags.armed or not self._heard():
            return 0.0, 0.0
        fastest = max(abs(left_radps), abs(right_radps))
        scale = self.max_wheel_radps / fastest if fastest > self.max_wheel_radps else 1.0
        return quantized(left_radps * scale), quantized(right_radps * scale)

    def _poll(self, now_s: float) -> None:
        """Timeouts. A long gap between two calls counts little: a host that slept must not blame the board."""
        self._awake_s += min(max(now_s - self._polled_s, 0.0), self._timeout_s / 4)
        self._polled_s = now_s
        if self.phase is not Phase.UP:
            return
        oldest = next(iter(self._unacked.values()), None)
        if self._awake_s - self._heard_s > self._timeout_s:
            self._lose("silence")
        elif oldest is not None and self._awake_s - oldest.awake_s > self._timeout_s:
            self._lose("no_ack")

    def _lose(self, why: str) -> None:
        self.counters[f"lost_by_{why}"] += 1
        self._greet_anew()

    def _heard(self) -> bool:
        return self._telemetry is not None and self._telemetry.session == self._session

    def _greet_anew(self) -> None:
        self._end_session()
        self._session = self._session % 0xFFFF + 1
        self._board_seq = None
        self.phase = Phase.GREETING
        self._greeted_s = -math.inf

    def _end_session(self) -> None:
        """An e-stop outlives the session; being armed does not, nor a reset under way: the board may be a fresh one."""
        if self._mode is SafetyMode.ARMED:
            self._mode = SafetyMode.DISARMED
        self._flags = dataclasses.replace(self._flags, armed=False, estop=False, motor_fault=False)
        self._reset_id = None
        self._unacked.clear()

    def _next_seq(self) -> int:
        self._seq = (self._seq + 1) & 0xFFFF
        return self._seq
