"""The portable part of the firmware (protocol, board, controller) as a library of this PC, through ctypes."""

from __future__ import annotations

import ctypes
import functools
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench.simavr import built, missing  # noqa: E402

NEEDED = missing(simulator=False)
OUT_BYTES = 4096
MOTOR_OFF, MOTOR_BRAKE, MOTOR_DRIVE = range(3)


@functools.cache
def library() -> ctypes.CDLL:
    lib = ctypes.CDLL(str(built("host") / "libmoe_robot.so"))
    lib.host_decode.restype = ctypes.c_long
    lib.host_board_new.restype = lib.host_wheel_new.restype = ctypes.c_void_p
    lib.host_wheel_stalled.restype = ctypes.c_bool
    return lib


def decode(data: bytes, most: int = 64) -> tuple[list[list[int]], int, int]:
    """Rows [type, session, seq, fields as int32 ...] of the first frames, how many there are, refused pieces."""
    fields = library().host_fields()
    rows, faults = (ctypes.c_int32 * (most * fields))(), ctypes.c_uint16()
    count = library().host_decode(data, ctypes.c_long(len(data)), rows, ctypes.c_long(most), ctypes.byref(faults))
    table = np.ctypeslib.as_array(rows).reshape(most, fields)[: min(count, most)]
    return table.tolist(), count, faults.value


def encode(row: list[int]) -> bytes:
    """A whole frame from [type, session, seq, fields ...]."""
    out = ctypes.create_string_buffer(OUT_BYTES)
    fields = (ctypes.c_int32 * library().host_fields())(*(ctypes.c_int32(value).value for value in row))
    length = library().host_encode(fields, out)
    return out.raw[:length]


class PortableBoard:
    """`board.c`. Times in ms; the inputs are its attributes."""

    def __init__(self, now_ms: int = 0, button: bool = False) -> None:
        self.currents_ma = [0, 0]
        self.broken = False
        self._board = ctypes.c_void_p(library().host_board_new(ctypes.c_uint32(now_ms), ctypes.c_bool(button)))

    def receive(self, data: bytes, now_ms: int) -> bytes:
        out = ctypes.create_string_buffer(OUT_BYTES)
        length = library().host_board_receive(self._board, data, len(data), ctypes.c_uint32(now_ms), out)
        return out.raw[:length]

    def tick(self, now_ms: int, ticks: tuple[int, int] = (0, 0), mradps: tuple[int, int] = (0, 0)) -> bytes:
        out = ctypes.create_string_buffer(OUT_BYTES)
        inputs = (ctypes.c_int32 * 10)(*ticks, *mradps, 25200, -400, 8000, *self.currents_ma, self.broken)
        length = library().host_board_tick(self._board, inputs, ctypes.c_uint32(now_ms), out)
        return out.raw[:length]

    def press_button(self, pressed: bool, now_ms: int) -> None:
        library().host_board_button(self._board, ctypes.c_bool(pressed), ctypes.c_uint32(now_ms))

    def output(self, now_ms: int) -> tuple[int, tuple[int, int]]:
        """MOTOR_OFF, _BRAKE or _DRIVE, and the wheels' set points after the ramp in mrad/s."""
        mradps = (ctypes.c_int32 * 2)()
        mode = library().host_board_output(self._board, ctypes.c_uint32(now_ms), mradps)
        return mode, (mradps[0], mradps[1])

    def close(self) -> None:
        library().host_free(self._board)


class PortableWheel:
    """`control.c` for one wheel: encoder in, duty -1024..1024 out."""

    def __init__(self) -> None:
        self._wheel = ctypes.c_void_p(library().host_wheel_new())

    def update(self, target_mradps: int, ticks: int, edge_us: int, now_us: int) -> int:
        times = ctypes.c_uint32(edge_us), ctypes.c_uint32(now_us)
        duty: int = library().host_wheel_update(self._wheel, target_mradps, ctypes.c_int32(ticks), *times)
        return duty

    @property
    def mradps(self) -> int:
        return int(library().host_wheel_mradps(self._wheel))

    @property
    def stalled(self) -> bool:
        return bool(library().host_wheel_stalled(self._wheel))
