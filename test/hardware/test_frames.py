"""The bytes: what is damaged is dropped, what follows is read, and noise is never a command."""

from __future__ import annotations

import binascii
import dataclasses
import math
import struct

import numpy as np
import pytest
from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st

from moe_robot.errors import ProtocolError
from moe_robot.hardware.frames import (
    MAX_FRAME_BYTES,
    VERSION,
    Ack,
    BoardCounters,
    BoardFlags,
    Decoder,
    Estop,
    Hello,
    HelloAck,
    ResetEstop,
    SetPoint,
    Telemetry,
    decode,
    encode,
    quantized,
)
from moe_robot.structs import Battery, Imu

FLAGS = BoardFlags(armed=True, estop=False, button=True, watchdog=False, motor_fault=True)
TELEMETRY = Telemetry(
    session=3,
    seq=9,
    board_s=12.345,
    ticks=(-5, 2**31 - 1),
    speeds_radps=(1.5, -2.25),
    battery=Battery(percent=81.25, voltage_v=25.125, current_a=-1.5, charging=True),
    motor_currents_a=(0.75, -32.767),
    temperature_c=41.0,
    imu=Imu((0.001, -0.5, 1.25), (0.0, 0.125, 9.807), 0.0),
    board=FLAGS,
    estop_id=7,
    acked_seq=65535,
    counters=BoardCounters(1, 2, 3, 4, 5, 6),
)
MESSAGES = [
    Hello(1, 2),
    SetPoint(1, 3, 6.5, -6.5, armed=True),
    SetPoint(65535, 65535, 0.0, 0.0, armed=False),
    Estop(1, 4),
    ResetEstop(1, 5, estop_id=9),
    HelloAck(
        1,
        1,
        hello_seq=2,
        max_wheel_radps=30.0,
        max_accel_radps2=80.0,
        watchdog_s=0.25,
        telemetry_hz=50,
        ticks_per_rev=1320,
        firmware=2,
    ),
    Ack(1, 2, acked_seq=3, left_radps=6.5, right_radps=-6.5, armed=True, board=FLAGS),
    TELEMETRY,
]
POINT = SetPoint(1, 300, 6.123, -0.001, armed=True)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_every_message_comes_back_as_it_was(message):
    assert Decoder().feed(encode(message)) == [message]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_zero_stands_only_at_both_ends_of_a_frame_and_no_frame_is_too_long(message):
    frame = encode(message)
    assert frame[0] == frame[-1] == 0
    assert 0 not in frame[1:-1]
    assert len(frame) - 2 <= MAX_FRAME_BYTES


def test_a_set_point_looks_as_the_comment_draws_it():
    """Built by hand from the table, so that firmware in another language can be written from it."""
    payload = struct.pack("<BBHHiiB", VERSION, 0x02, 1, 300, 6123, -1, 1)
    payload += struct.pack("<H", binascii.crc_hqx(payload, 0xFFFF))
    assert encode(POINT) == b"\0" + cobs.encode(payload) + b"\0"
    assert binascii.crc_hqx(b"123456789", 0xFFFF) == 0x29B1


@given(st.floats(-1e6, 1e6))
def test_the_wire_carries_what_quantized_says(radps):
    (point,) = Decoder().feed(encode(SetPoint(1, 1, radps, -radps, armed=True)))
    assert (point.left_radps, point.right_radps) == (quantized(radps), quantized(-radps))
    assert point.left_radps == pytest.approx(radps, abs=0.0005001)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_S20_a_set_point_that_is_not_finite_cannot_be_encoded(bad):
    with pytest.raises(ProtocolError, match="finite"):
        encode(SetPoint(1, 1, bad, 0.0, armed=True))


def test_sensor_values_that_are_not_numbers_do_not_stop_the_telemetry():
    broken = Telemetry(
        **{
            **TELEMETRY.__dict__,
            "battery": Battery(math.nan, math.inf, -math.inf, False),
            "speeds_radps": (math.nan, math.inf),
        }
    )
    (message,) = Decoder().feed(encode(broken))
    assert message.battery.percent == 0.0
    assert math.isfinite(message.speeds_radps[1])


def test_a_current_and_a_temperature_that_are_not_measured_stay_unknown():
    unknown = dataclasses.replace(TELEMETRY, motor_currents_a=(math.nan, 1.5), temperature_c=math.nan)
    (message,) = Decoder().feed(encode(unknown))
    assert math.isnan(message.motor_currents_a[0])
    assert message.motor_currents_a[1] == 1.5
    assert math.isnan(message.temperature_c)


def test_50_times_a_second_fits_into_115200_baud_with_half_of_the_line_to_spare():
    ack = Ack(1, 2, acked_seq=3, left_radps=6.5, right_radps=-6.5, armed=True, board=FLAGS)
    assert 50 * 10 * len(encode(TELEMETRY) + encode(ack)) < 115200 / 2
    assert 50 * 10 * len(encode(POINT)) < 115200 / 2


def test_S20_corrupted_crc_is_dropped_and_next_frame_is_read():
    bad = bytearray(encode(POINT))
    bad[8] ^= 0x10
    decoder = Decoder()
    assert decoder.feed(bytes(bad) + encode(POINT)) == [POINT]
    assert sum(decoder.faults.values()) >= 1


@pytest.mark.parametrize(
    "point", [POINT, SetPoint(1, 1, 0.0, 0.0, armed=False), SetPoint(258, 513, -8.0, 8.0, armed=True)]
)
def test_S20_every_single_bit_flip_of_a_set_point_is_refused(point):
    frame = encode(point)
    for bit in range(8 * len(frame)):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        if bit // 8 in (0, len(frame) - 1):
            continue  # the zeros around it: see the next test
        assert Decoder().feed(bytes(damaged)) == []


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_S20_every_single_bit_flip_of_every_frame_type_is_refused(message):
    frame = encode(message)
    for bit in range(8, 8 * (len(frame) - 1)):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        assert Decoder().feed(bytes(damaged)) == []


@pytest.mark.parametrize("end", [0, -1])
def test_S20_a_flip_in_a_zero_around_a_frame_never_makes_another_command(end):
    frame = encode(POINT)
    for bit in range(8):
        damaged = bytearray(frame)
        damaged[end] ^= 1 << bit
        assert Decoder().feed(bytes(damaged) + encode(POINT)) == [POINT]


def test_S20_every_pair_of_flipped_bits_in_a_set_point_is_refused():
    frame = encode(POINT)
    inner = range(8, 8 * (len(frame) - 1))
    for first in inner:
        for second in range(first + 1, min(first + 17, inner.stop)):
            damaged = bytearray(frame)
            damaged[first // 8] ^= 1 << first % 8
            damaged[second // 8] ^= 1 << second % 8
            assert Decoder().feed(bytes(damaged)) == []


@pytest.mark.parametrize("zeros", [0.0, 0.02, 0.2])
def test_S20_random_bytes_never_make_a_command(zeros):
    """100 kB each, with the share of zeros that noise has, and with many more, so that many pieces look like frames."""
    rng = np.random.default_rng(7)
    noise = rng.integers(0, 256, 100_000, dtype=np.uint8)
    noise[rng.random(noise.size) < zeros] = 0
    decoder = Decoder()
    messages = [m for i in range(0, noise.size, 64) for m in decoder.feed(noise[i : i + 64].tobytes())]
    assert messages == []
    assert sum(decoder.faults.values()) > 0
    assert decoder.feed(encode(POINT)) == [POINT]


def test_S20_a_truncated_frame_is_dropped_and_the_next_is_read():
    frame = encode(POINT)
    for length in range(2, len(frame) - 1):  # without its first zero alone it would still be whole
        assert Decoder().feed(frame[:length] + frame) == [POINT]
        assert Decoder().feed(frame[length:] + frame) == [POINT]


def test_S20_a_frame_of_another_version_is_refused_and_says_so():
    payload = struct.pack("<BBHHiiB", VERSION + 1, 0x02, 1, 300, 6123, -1, 1)
    payload += struct.pack("<H", binascii.crc_hqx(payload, 0xFFFF))
    with pytest.raises(ProtocolError, match="bad_version: expected 2, found 3"):
        decode(cobs.encode(payload))


def test_S20_the_first_version_is_refused_and_remembered():
    """Its set point had the same layout, so that only the version tells them apart."""
    payload = struct.pack("<BBHHiiB", 1, 0x02, 1, 300, 6123, -1, 1)
    payload += struct.pack("<H", binascii.crc_hqx(payload, 0xFFFF))
    decoder = Decoder()
    assert decoder.feed(b"\0" + cobs.encode(payload) + b"\0" + encode(POINT)) == [POINT]
    assert decoder.faults == {"bad_version": 1}
    assert decoder.bad_version == "bad_version: expected 2, found 1; flash the matching firmware"


@pytest.mark.parametrize("body", [b"", b"\1" * 8, b"\1" * 10])
def test_S20_a_set_point_of_the_wrong_length_is_refused_though_its_crc_is_right(body):
    payload = struct.pack("<BBHH", VERSION, 0x02, 1, 300) + body
    payload += struct.pack("<H", binascii.crc_hqx(payload, 0xFFFF))
    with pytest.raises(ProtocolError, match="bad_length"):
        decode(cobs.encode(payload))


@given(st.lists(st.integers(1, 30), max_size=40))
def test_frames_are_read_whatever_way_the_bytes_are_cut(cuts):
    stream, decoder, messages = b"".join(map(encode, MESSAGES)), Decoder(), []
    for cut in cuts:
        messages += decoder.feed(stream[:cut])
        stream = stream[cut:]
    messages += decoder.feed(stream)
    assert messages == MESSAGES


def test_something_endless_without_a_zero_takes_no_memory_and_the_next_frame_is_read():
    decoder = Decoder()
    for _ in range(1000):
        assert decoder.feed(b"\x55" * 4096) == []
    assert len(decoder._buffer) <= MAX_FRAME_BYTES
    assert decoder.faults["too_long"] == 1
    assert decoder.feed(encode(POINT)) == [POINT]


def test_after_the_line_was_closed_half_a_frame_is_forgotten():
    decoder = Decoder()
    decoder.feed(encode(POINT)[:10])
    decoder.clear()
    assert decoder.feed(encode(POINT)) == [POINT]
    assert not decoder.faults
