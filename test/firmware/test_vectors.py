"""The protocol in C against the one in Python, by the same frames; then damage and noise into the decoder in C."""

from __future__ import annotations

import binascii
import json
import math
import struct

import numpy as np
import portable
import pytest
import vectors
from cobs import cobs
from hypothesis import given, settings
from hypothesis import strategies as st

from moe_robot.hardware import frames

FRAMES = json.loads(vectors.PATH.read_text(encoding="utf-8"))["frames"]
in_c = pytest.mark.skipif(bool(portable.NEEDED), reason=portable.NEEDED or "-")
each_frame = pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame["name"].replace(" ", "_"))


def row(frame: dict) -> list[int]:
    """As int32, which is how the library hands over u32 too."""
    values = [frame["type"], frame["session"], frame["seq"], *frame["fields"].values()]
    return [(value + 2**31) % 2**32 - 2**31 for value in values]


def test_the_file_is_what_the_code_writes_and_has_every_type():
    assert vectors.PATH.read_text(encoding="utf-8") == vectors.text(), "run: python test/firmware/vectors.py"
    assert {frame["type"] for frame in FRAMES} == set(vectors.LAYOUTS)


@each_frame
def test_python_reads_and_writes_the_frame(frame):
    message = vectors.MESSAGES[frame["name"]]
    wire = bytes.fromhex(frame["hex"])
    assert frames.encode(message) == wire
    (read,) = frames.Decoder().feed(wire)
    assert frames.encode(read) == wire
    unknown = isinstance(message, frames.Telemetry) and math.isnan(message.temperature_c)
    assert unknown or read == message


@in_c
@each_frame
def test_c_reads_and_writes_the_frame(frame):
    wire = bytes.fromhex(frame["hex"])
    rows, count, faults = portable.decode(wire)
    assert (count, faults) == (1, 0)
    assert rows[0][: len(row(frame))] == row(frame)
    assert portable.encode(row(frame)) == wire


@in_c
@each_frame
def test_S20_every_single_bit_flip_is_refused_in_c(frame):
    wire = bytes.fromhex(frame["hex"])
    for bit in range(8, 8 * (len(wire) - 1)):
        damaged = bytearray(wire)
        damaged[bit // 8] ^= 1 << bit % 8
        _, count, faults = portable.decode(bytes(damaged))
        assert count == 0
        assert faults >= 1


@in_c
@each_frame
def test_S20_a_cut_frame_is_refused_in_c_and_the_next_is_read(frame):
    wire = bytes.fromhex(frame["hex"])
    for length in range(2, len(wire) - 1):
        assert portable.decode(wire[:length] + wire)[1] == 1


@in_c
def test_S20_the_first_version_is_refused_in_c():
    payload = struct.pack("<BBHHiiB", 1, 0x02, 1, 300, 6123, -1, 1)
    payload += struct.pack("<H", binascii.crc_hqx(payload, 0xFFFF))
    assert portable.decode(b"\0" + cobs.encode(payload) + b"\0")[1:] == (0, 1)


@in_c
@pytest.mark.parametrize("zeros", [0.0, 0.02, 0.2])
def test_S20_ten_million_random_bytes_never_make_a_command_in_c(zeros):
    rng = np.random.default_rng(11)
    noise = rng.integers(0, 256, 10_000_000, dtype=np.uint8)
    noise[rng.random(noise.size) < zeros] = 0
    assert portable.decode(noise.tobytes())[1] == 0


@in_c
@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=120), max_size=12))
def test_S20_whatever_comes_both_decoders_find_the_same_and_refuse_as_much(pieces):
    stream = b"\0".join(pieces) + b"\0"
    decoder = frames.Decoder()
    found = decoder.feed(stream)
    _, count, faults = portable.decode(stream)
    assert (count, faults) == (len(found), sum(decoder.faults.values()))


@in_c
@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FRAMES), st.integers(0, 80), st.binary(min_size=1, max_size=4), st.integers(0, 4))
def test_S20_a_spliced_frame_is_read_alike_by_both(frame, at, put, cut):
    wire = bytes.fromhex(frame["hex"])
    spliced = wire[:at] + put + wire[at + cut :] + wire
    decoder = frames.Decoder()
    found = decoder.feed(spliced)
    rows, count, faults = portable.decode(spliced)
    assert (count, faults) == (len(found), sum(decoder.faults.values()))
    assert [r[1:3] for r in rows] == [[m.session, m.seq] for m in found]
