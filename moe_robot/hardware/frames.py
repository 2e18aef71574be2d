"""The bytes on the serial line: COBS frames with a CRC, and the messages inside. No I/O, no time, no state of the link.

    on the wire     00 | COBS( header body crc ) | 00          a zero byte stands nowhere else
    header          version u8 · type u8 · session u16 · seq u16
    crc             CRC-16 of header and body (polynomial 0x1021, start 0xFFFF)
    all numbers little-endian; speeds in mrad/s, so that the board needs no floating point

    host -> board
      01 Hello       (empty)                                   begins a session: the board disarms
      02 SetPoint    left i32 · right i32 · flags u8           flags: 1 armed
      03 Estop       (empty)                                   obeyed in any session and sequence
      04 ResetEstop  estop_id u16                              of the e-stop that is meant
    board -> host
      81 HelloAck    hello_seq u16 · max_wheel u32 · max_accel u32 · watchdog_ms u16 · telemetry_hz u8
                     ticks_per_rev u16 · firmware u16
      82 Ack         acked_seq u16 · left i32 · right i32 · flags u8 · state u8      the set point as understood
      83 Telemetry   board_ms u32 · ticks i32 i32 · speeds i32 i32 · battery mV u16 · mA i16 · percent/100 u16
                     motors mA i16 i16 · temperature degC i8      both -32768, and -128: not measured
                     gyro mrad/s i16 i16 i16 · accel mm/s2 i16 i16 i16 · state u8 · estop_id u16 · acked_seq u16
                     bad_frames u16 · out_of_sequence u16 · refused u16 · clipped u16 · watchdog u16 · lost u16
      state          1 armed · 2 e-stop latched · 4 its button pressed · 8 watchdog ran out · 16 charging · 32 imu valid
                     64 motor fault now: over-current, stall or driver; the board stopped and latched its e-stop

The zero before a frame ends whatever half a frame stood before it, so that damage costs only the frame it touches.
"""

from __future__ import annotations

import binascii
import math
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from cobs import cobs

from moe_robot.errors import ProtocolError
from moe_robot.structs import Battery, Imu

VERSION = 2
MAX_FRAME_BYTES = 96  # longest thing between two zeros that can be a frame; telemetry has 69

_HEADER = struct.Struct("<BBHH")
_CRC = struct.Struct("<H")
_SPEEDS = struct.Struct("<iiB")
_HELLO_ACK = struct.Struct("<HIIHBHH")
_ACK = struct.Struct("<HiiBB")
_U16 = struct.Struct("<H")
_TELEMETRY = struct.Struct("<IiiiiHhH2hb3h3hBHH6H")

ARMED, ESTOP, BUTTON, WATCHDOG, CHARGING, IMU, MOTOR_FAULT = 1, 2, 4, 8, 16, 32, 64
_NO_CURRENT, _NO_TEMPERATURE = -0x8000, -0x80


@dataclass(frozen=True)
class Message:
    """`session` u16, given by the host's Hello; `seq` u16, counted by each sender."""

    type_id: ClassVar[int]
    session: int
    seq: int


@dataclass(frozen=True)
class Hello(Message):
    type_id = 0x01


@dataclass(frozen=True)
class SetPoint(Message):
    """Wheel speeds; what the wire carries is `quantized`."""

    type_id = 0x02
    left_radps: float
    right_radps: float
    armed: bool


@dataclass(frozen=True)
class Estop(Message):
    type_id = 0x03


@dataclass(frozen=True)
class ResetEstop(Message):
    type_id = 0x04
    estop_id: int


@dataclass(frozen=True)
class HelloAck(Message):
    type_id = 0x81
    hello_seq: int
    max_wheel_radps: float
    max_accel_radps2: float
    watchdog_s: float
    telemetry_hz: int
    ticks_per_rev: int
    firmware: int


@dataclass(frozen=True)
class BoardFlags:
    armed: bool = False
    estop: bool = False  # latched
    button: bool = False  # pressed now
    watchdog: bool = False  # the last disarming was the board's own watchdog
    motor_fault: bool = False  # present now; it latches the e-stop, as the button does


@dataclass(frozen=True)
class Ack(Message):
    type_id = 0x82
    acked_seq: int
    left_radps: float
    right_radps: float
    armed: bool
    board: BoardFlags


@dataclass(frozen=True)
class BoardCounters:
    """Faults that the board counted, modulo 65536."""

    bad_frames: int = 0
    out_of_sequence: int = 0
    refused: int = 0  # set points of another session, or non-zero ones while not armed
    clipped: int = 0  # set points beyond the board's own limit
    watchdog: int = 0
    lost: int = 0  # gaps in the sequence


@dataclass(frozen=True)
class Telemetry(Message):
    """`imu.t_s` is not on the wire: it is 0 here and stamped by the receiver."""

    type_id = 0x83
    board_s: float
    ticks: tuple[int, int]  # left, right; i32, wraps
    speeds_radps: tuple[float, float]
    battery: Battery
    motor_currents_a: tuple[float, float]  # nan = not measured
    temperature_c: float  # of the board or its motor driver; nan = not measured
    imu: Imu | None
    board: BoardFlags
    estop_id: int
    acked_seq: int
    counters: BoardCounters


AnyMessage: TypeAlias = "Hello | SetPoint | Estop | ResetEstop | HelloAck | Ack | Telemetry"


def quantized(radps: float) -> float:
    """The wheel speed that the wire carries for `radps`: whole mrad/s, at most what an i32 holds."""
    return _clipped(radps * 1000.0, 2**31 - 1) / 1000.0


def encode(message: AnyMessage) -> bytes:
    """A whole frame with both zeros. Raises ProtocolError for a set point that is not finite."""
    header = _HEADER.pack(VERSION, message.type_id, message.session & 0xFFFF, message.seq & 0xFFFF)
    payload = header + _body(message)
    payload += _CRC.pack(binascii.crc_hqx(payload, 0xFFFF))
    stuffed: bytes = cobs.encode(payload)
    return b"\0" + stuffed + b"\0"


def decode(frame: bytes) -> AnyMessage:
    """The message between two zeros. Raises ProtocolError that starts with the name of the fault."""
    try:
        payload = cobs.decode(frame)
    except cobs.DecodeError as error:
        raise ProtocolError(f"bad_cobs: {error}") from error
    if len(payload) < _HEADER.size + _CRC.size:
        raise ProtocolError(f"bad_length: expected at least {_HEADER.size + _CRC.size} bytes, found {len(payload)}")
    expected, (found,) = binascii.crc_hqx(payload[:-2], 0xFFFF), _CRC.unpack(payload[-2:])
    if expected != found:
        raise ProtocolError(f"bad_crc: expected {expected:#06x}, found {found:#06x}")
    version, type_id, session, seq = _HEADER.unpack_from(payload)
    if version != VERSION:
        raise ProtocolError(f"bad_version: expected {VERSION}, found {version}; flash the matching firmware")
    body = payload[_HEADER.size : -2]
    if type_id not in _READERS:
        raise ProtocolError(f"unknown_type: {type_id:#04x}")
    size, read = _READERS[type_id]
    if len(body) != size:
        raise ProtocolError(f"bad_length: expected {size} bytes in a frame {type_id:#04x}, found {len(body)}")
    return read(session, seq, body)


class Decoder:
    """Finds messages in a stream that may hold anything. `faults` counts by name what was thrown away."""

    def __init__(self) -> None:
        self.faults: Counter[str] = Counter()
        self.last_fault = ""
        self.bad_version = ""  # the last refusal of another protocol version, "" when there was none
        self._buffer = b""
        self._skipping = False  # inside something too long to be a frame

    def feed(self, data: bytes) -> list[AnyMessage]:
        """The messages that became complete with `data`, in order."""
        *frames, rest = (self._buffer + data).split(b"\0")
        messages: list[AnyMessage] = []
        for frame in frames:
            skipping, self._skipping = self._skipping, False
            if not frame or skipping:
                continue
            if len(frame) > MAX_FRAME_BYTES:
                self._fault(f"too_long: at most {MAX_FRAME_BYTES} bytes, found {len(frame)}")
                continue
            try:
                messages.append(decode(frame))
            except ProtocolError as error:
                self._fault(str(error))
        if len(rest) > MAX_FRAME_BYTES:
            if not self._skipping:
                self._fault(f"too_long: at most {MAX_FRAME_BYTES} bytes, found no end after {len(rest)}")
            self._skipping, rest = True, b""
        self._buffer = rest
        return messages

    def clear(self) -> None:
        """Forget half a frame: the line was closed."""
        self._buffer, self._skipping = b"", False

    def _fault(self, text: str) -> None:
        self.faults[text.partition(":")[0]] += 1
        self.last_fault = text
        if text.startswith("bad_version"):
            self.bad_version = text


def _body(message: AnyMessage) -> bytes:
    if isinstance(message, SetPoint):
        if not (math.isfinite(message.left_radps) and math.isfinite(message.right_radps)):
            raise ProtocolError(f"expected finite wheel speeds, found {message.left_radps}, {message.right_radps}")
        return _SPEEDS.pack(_milli(message.left_radps), _milli(message.right_radps), ARMED * message.armed)
    if isinstance(message, ResetEstop):
        return _U16.pack(message.estop_id & 0xFFFF)
    if isinstance(message, HelloAck):
        return _HELLO_ACK.pack(
            message.hello_seq,
            round(message.max_wheel_radps * 1000),
            round(message.max_accel_radps2 * 1000),
            round(message.watchdog_s * 1000),
            message.telemetry_hz,
            message.ticks_per_rev,
            message.firmware,
        )
    if isinstance(message, Ack):
        left, right = _milli(message.left_radps), _milli(message.right_radps)
        return _ACK.pack(message.acked_seq, left, right, ARMED * message.armed, _state(message.board))
    if isinstance(message, Telemetry):
        return _telemetry_body(message)
    return b""


def _telemetry_body(message: Telemetry) -> bytes:
    battery, imu, c = message.battery, message.imu, message.counters
    state = _state(message.board) | CHARGING * battery.charging | IMU * (imu is not None)
    gyro, accel = (imu.angular_radps, imu.linear_mps2) if imu is not None else ((0.0,) * 3, (0.0,) * 3)
    return _TELEMETRY.pack(
        round(message.board_s * 1000) & 0xFFFFFFFF,
        *(_wrapped_i32(tick) for tick in message.ticks),
        *(_milli(speed) for speed in message.speeds_radps),
        max(0, _clipped(battery.voltage_v * 1000, 0xFFFF)),
        _clipped(battery.current_a * 1000, 0x7FFF),
        max(0, _clipped(battery.percent * 100, 10000)),
        *(_measured(a * 1000, 0x7FFF, _NO_CURRENT) for a in message.motor_currents_a),
        _measured(message.temperature_c, 0x7F, _NO_TEMPERATURE),
        *(_clipped(value * 1000, 0x7FFF) for value in (*gyro, *accel)),
        state,
        message.estop_id & 0xFFFF,
        message.acked_seq & 0xFFFF,
        *(n & 0xFFFF for n in (c.bad_frames, c.out_of_sequence, c.refused, c.clipped, c.watchdog, c.lost)),
    )


def _read_telemetry(session: int, seq: int, body: bytes) -> Telemetry:
    v = _TELEMETRY.unpack(body)
    state = v[17]
    imu = None
    if state & IMU:
        imu = Imu((v[11] / 1e3, v[12] / 1e3, v[13] / 1e3), (v[14] / 1e3, v[15] / 1e3, v[16] / 1e3), 0.0)
    battery = Battery(v[7] / 100.0, v[5] / 1000.0, v[6] / 1000.0, bool(state & CHARGING))
    return Telemetry(
        session=session,
        seq=seq,
        board_s=v[0] / 1000.0,
        ticks=(v[1], v[2]),
        speeds_radps=(v[3] / 1000.0, v[4] / 1000.0),
        battery=battery,
        motor_currents_a=(_amperes(v[8]), _amperes(v[9])),
        temperature_c=math.nan if v[10] == _NO_TEMPERATURE else float(v[10]),
        imu=imu,
        board=_flags(state),
        estop_id=v[18],
        acked_seq=v[19],
        counters=BoardCounters(*v[20:26]),
    )


def _read_set_point(session: int, seq: int, body: bytes) -> SetPoint:
    left, right, flags = _SPEEDS.unpack(body)
    return SetPoint(session, seq, left / 1000.0, right / 1000.0, bool(flags & ARMED))


def _read_hello_ack(session: int, seq: int, body: bytes) -> HelloAck:
    hello_seq, wheel, accel, watchdog_ms, hz, ticks_per_rev, firmware = _HELLO_ACK.unpack(body)
    return HelloAck(
        session, seq, hello_seq, wheel / 1000.0, accel / 1000.0, watchdog_ms / 1000.0, hz, ticks_per_rev, firmware
    )


def _read_ack(session: int, seq: int, body: bytes) -> Ack:
    acked, left, right, flags, state = _ACK.unpack(body)
    return Ack(session, seq, acked, left / 1000.0, right / 1000.0, bool(flags & ARMED), _flags(state))


_READERS: dict[int, tuple[int, Callable[[int, int, bytes], AnyMessage]]] = {
    Hello.type_id: (0, lambda session, seq, body: Hello(session, seq)),
    SetPoint.type_id: (_SPEEDS.size, _read_set_point),
    Estop.type_id: (0, lambda session, seq, body: Estop(session, seq)),
    ResetEstop.type_id: (_U16.size, lambda session, seq, body: ResetEstop(session, seq, _U16.unpack(body)[0])),
    HelloAck.type_id: (_HELLO_ACK.size, _read_hello_ack),
    Ack.type_id: (_ACK.size, _read_ack),
    Telemetry.type_id: (_TELEMETRY.size, _read_telemetry),
}


def _state(flags: BoardFlags) -> int:
    state = ARMED * flags.armed | ESTOP * flags.estop | BUTTON * flags.button | WATCHDOG * flags.watchdog
    return state | MOTOR_FAULT * flags.motor_fault


def _flags(state: int) -> BoardFlags:
    return BoardFlags(*(bool(state & flag) for flag in (ARMED, ESTOP, BUTTON, WATCHDOG, MOTOR_FAULT)))


def _milli(radps: float) -> int:
    return _clipped(radps * 1000.0, 2**31 - 1)


def _clipped(value: float, limit: int) -> int:
    """Rounded and held within +-limit; a value that is not a number reads as 0 (sensor values only)."""
    if math.isnan(value):
        return 0
    return round(max(-limit, min(limit, value)))


def _measured(value: float, limit: int, nothing: int) -> int:
    return nothing if math.isnan(value) else _clipped(value, limit)


def _amperes(milli: int) -> float:
    return math.nan if milli == _NO_CURRENT else milli / 1000.0


def _wrapped_i32(value: int) -> int:
    return (value + 2**31) % 2**32 - 2**31
