"""Bytes that nobody meant, against both ends of both protocols: at random, by hypothesis, and the kept corpus."""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.fuzz import (  # noqa: E402
    LINES,
    SESSION,
    DrivingBoard,
    against_board,
    lucky_frames,
    mutant,
    path_of_frames,
    path_of_lines,
    random_bytes,
    read_corpus,
    samples,
)
from moe_robot.errors import ProtocolError  # noqa: E402
from moe_robot.hardware.frames import Decoder, encode  # noqa: E402
from moe_robot.hardware.link import HostLink, Phase  # noqa: E402
from moe_robot.hardware.text_link import TextLink  # noqa: E402
from moe_robot.hardware.text_wheels import TextBoard  # noqa: E402
from moe_robot.hardware.text_wire import LineDecoder, Word, parse  # noqa: E402
from moe_robot.sim import text_board  # noqa: E402
from moe_robot.sim.ideal_plant import IdealPlant  # noqa: E402
from moe_robot.structs import Link, SafetyMode  # noqa: E402

FRAMES, ANSWERS = read_corpus("frames"), read_corpus("lines")
ROBOT = TextBoard(1320, 30, 20.0, 0.0)
garbage = st.one_of(
    st.binary(max_size=300),
    st.builds(mutant, st.just(samples()), st.randoms(use_true_random=False)),
    st.builds(mutant, st.just(LINES), st.randoms(use_true_random=False)),
)


@pytest.mark.parametrize(("name", "data"), FRAMES.items(), ids=FRAMES.keys())
def test_S20_the_kept_frames_take_the_way_they_took_and_move_nothing(name, data):
    assert ("+".join(path_of_frames(data)) or "nothing") == name
    driving = DrivingBoard(session=SESSION + 1)  # what is whole in there was said in an earlier session
    driving.take(data)
    assert driving.moved == 0


@pytest.mark.parametrize(("name", "data"), ANSWERS.items(), ids=ANSWERS.keys())
def test_S55_the_kept_answers_take_the_way_they_took(name, data):
    assert ("+".join(path_of_lines(data)) or "nothing") == name


@given(garbage, st.lists(st.integers(0, 300), max_size=8))
def test_S20_how_a_stream_is_cut_into_reads_changes_nothing(data, cuts):
    borders = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(borders)]
    for make in (Decoder, LineDecoder):
        whole, in_pieces = make(), make()
        found = whole.feed(data)
        assert [message for piece in pieces for message in in_pieces.feed(piece)] == found
        assert in_pieces.faults.total() == whole.faults.total()


@given(garbage)
def test_S20_after_any_garbage_the_next_frame_is_read(data):
    decoder = Decoder()
    decoder.feed(data)
    assert [encode(message) for message in decoder.feed(samples()[1])][-1:] == [samples()[1]]


def test_S20_a_million_random_bytes_never_make_a_command():
    _, _, size, _, decoded, stopped, moved = against_board("", random_bytes(1_000_000, random.Random(1)))
    assert (size, decoded, stopped, moved) == ("1000000", "0", "0", "0")


def test_S20_frames_with_a_right_header_and_a_crc_by_luck_turn_no_wheel():
    n, decoded, moved = (against_board("", lucky_frames(30_000, random.Random(2)))[i] for i in (1, 4, 6))
    assert (n, moved) == ("30000", "0")
    assert int(decoded) < 20


@given(st.lists(garbage, max_size=6))
def test_S20_no_garbage_brings_a_link_up_or_arms_it(pieces):
    link = HostLink(0.3)
    link.opened()
    link.set_mode(SafetyMode.ARMED)
    for i, piece in enumerate(pieces):
        link.receive(piece, i * 0.01)
        _, left, right = link.stream(5.0, 5.0, i * 0.01)
        assert (left, right) == (0.0, 0.0)
    assert not link.state(1.0).board_armed


# ---------------------------------------------------------------- the text protocol


@given(st.lists(garbage, max_size=6))
def test_S55_what_comes_back_never_makes_the_host_say_anything_but_commands_it_means(pieces):
    """Whatever is answered: the host sends whole commands of its own, zero unless armed and within the limit."""
    link = TextLink(0.3, ROBOT)
    link.opened()
    for i, piece in enumerate(pieces * 5):
        now_s = i * 0.02
        data, _, _ = link.stream(1e308, -5.0, now_s)
        assert set(data.split(b"\r")) <= {b"", b"m 0 0", b"e", b"r"}
        link.receive(piece, now_s)
        assert link.phase is not Phase.CLOSED
        assert not link.state(now_s).board_armed


@given(garbage)
def test_S55_only_an_exact_answer_is_one(data):
    for line in data.split(b"\n"):
        try:
            answer = parse(line)
        except ProtocolError:
            continue
        if isinstance(answer, Word):
            assert line == answer.value
        else:
            assert [int(number) for number in line.split(b" ")] == [answer.left, answer.right]


@given(
    st.lists(st.one_of(garbage, st.sampled_from([b"m 5 5\r", b"o 9 9\r", b"e\r", b"u 1:2:3\r", b"r\r"])), max_size=12)
)
def test_the_simulated_text_board_survives_everything_and_keeps_the_limits_of_its_motors(pieces):
    plant = IdealPlant()
    board = text_board.TextBoard(plant)
    for i, piece in enumerate(pieces):
        answers = board.receive(piece, i * 0.05)
        assert answers == b"" or answers.endswith(b"\r\n")
        assert max(map(abs, plant.commanded_radps)) <= text_board.MAX_WHEEL_RADPS
    board.tick(len(pieces) * 0.05 + 2.1)
    assert plant.commanded_radps == (0.0, 0.0)


def test_S55_a_million_random_bytes_bring_no_text_link_up():
    link = TextLink(0.3, ROBOT)
    link.opened()
    rng = random.Random(4)
    for i, piece in enumerate(random_bytes(1_000_000, rng)):
        link.stream(1.0, 1.0, i * 0.02)
        link.receive(piece, i * 0.02)
        assert link.state(i * 0.02).link is Link.LOST
