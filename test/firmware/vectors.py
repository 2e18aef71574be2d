"""Frames of every type with their fields, which every implementation of the protocol must read and write alike.

python test/firmware/vectors.py        writes test/data/protocol/vectors.json anew
"""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

from cobs import cobs

from moe_robot.hardware.frames import (
    Ack,
    AnyMessage,
    BoardCounters,
    BoardFlags,
    Estop,
    Hello,
    HelloAck,
    ResetEstop,
    SetPoint,
    Telemetry,
    encode,
)
from moe_robot.structs import Battery, Imu

PATH = Path(__file__).resolve().parents[1] / "data" / "protocol" / "vectors.json"
HEADER = "<BBHH"
# Written apart from the code on both sides: type -> layout of the body and its names.
LAYOUTS: dict[int, tuple[str, str]] = {
    0x01: ("<", ""),
    0x02: ("<iiB", "left_mradps right_mradps flags"),
    0x03: ("<", ""),
    0x04: ("<H", "estop_id"),
    0x81: (
        "<HIIHBHH",
        "hello_seq max_wheel_mradps max_accel_mradps2 watchdog_ms telemetry_hz ticks_per_rev firmware",
    ),
    0x82: ("<HiiBB", "acked_seq left_mradps right_mradps flags state"),
    0x83: (
        "<IiiiiHhHhhb6hBHH6H",
        "board_ms ticks_left ticks_right left_mradps right_mradps battery_mv battery_ma percent100 left_ma right_ma "
        "temperature_c gyro_x gyro_y gyro_z accel_x accel_y accel_z state estop_id acked_seq bad_frames "
        "out_of_sequence refused clipped watchdog lost",
    ),
}
FLAGS = BoardFlags(armed=True, button=True, motor_fault=True)


def telemetry(**changes: object) -> Telemetry:
    plain = {
        "session": 3,
        "seq": 9,
        "board_s": 12.345,
        "ticks": (-5, 2**31 - 1),
        "speeds_radps": (1.5, -2.25),
        "battery": Battery(81.25, 25.125, -1.5, False),
        "motor_currents_a": (0.75, -0.25),
        "temperature_c": 41.0,
        "imu": None,
        "board": FLAGS,
        "estop_id": 7,
        "acked_seq": 65535,
        "counters": BoardCounters(1, 2, 3, 4, 5, 6),
    }
    return Telemetry(**{**plain, **changes})  # type: ignore[arg-type]


MESSAGES: dict[str, AnyMessage] = {
    "hello": Hello(1, 2),
    "hello whose numbers are zero": Hello(0, 0),
    "set point of the document": SetPoint(1, 300, 6.123, -0.001, armed=True),
    "set point of zero, disarmed": SetPoint(65535, 65535, 0.0, 0.0, armed=False),
    "set point as large as the wire carries": SetPoint(258, 513, 2147483.647, -2147483.647, armed=True),
    "e-stop": Estop(1, 4),
    "reset of the e-stop": ResetEstop(1, 5, estop_id=9),
    "answer to a greeting": HelloAck(1, 1, 2, 30.0, 80.0, 0.25, 50, 1320, 2),
    "acknowledgement": Ack(1, 2, acked_seq=3, left_radps=6.5, right_radps=-6.5, armed=True, board=FLAGS),
    "telemetry": telemetry(),
    "telemetry of a board that just started": telemetry(
        session=0, seq=1, board_s=0.0, ticks=(0, 0), speeds_radps=(0.0, 0.0), board=BoardFlags(), estop_id=0
    ),
    "telemetry with an imu, charging": telemetry(
        imu=Imu((0.001, -0.5, 1.25), (0.0, 0.125, 9.807), 0.0), battery=Battery(100.0, 12.6, 2.0, True)
    ),
    "telemetry that does not measure currents": telemetry(
        motor_currents_a=(math.nan, math.nan), temperature_c=math.nan
    ),
    "telemetry at the ends of all ranges": telemetry(
        session=65535,
        seq=65535,
        board_s=4294967.295,
        ticks=(-(2**31), 2**31 - 1),
        battery=Battery(100.0, 65.535, -32.767, False),
        motor_currents_a=(32.767, -32.767),
        temperature_c=-127.0,
        board=BoardFlags(True, True, True, True, True),
        counters=BoardCounters(*[65535] * 6),
    ),
}


def fields(frame: bytes) -> tuple[list[int], dict[str, int]]:
    """[type, session, seq], and the body by the names of LAYOUTS."""
    payload = cobs.decode(frame[1:-1])
    _, type_id, session, seq = struct.unpack_from(HEADER, payload)
    layout, names = LAYOUTS[type_id]
    values = struct.unpack(layout, payload[struct.calcsize(HEADER) : -2])
    return [type_id, session, seq], dict(zip(names.split(), values, strict=True))


def vectors() -> dict[str, object]:
    frames = []
    for name, message in MESSAGES.items():
        frame = encode(message)
        (type_id, session, seq), body = fields(frame)
        frames.append(
            {"name": name, "type": type_id, "session": session, "seq": seq, "fields": body, "hex": frame.hex()}
        )
    return {"version": 2, "frames": frames}


def text() -> str:
    return json.dumps(vectors(), indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
