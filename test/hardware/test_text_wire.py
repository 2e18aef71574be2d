"""Lines of the text protocol: what is an answer, and what is none."""

from __future__ import annotations

import pytest

from moe_robot.errors import ProtocolError
from moe_robot.hardware.text_wire import Counts, LineDecoder, Word, parse


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"OK", Word.OK),
        (b"Invalid Command", Word.INVALID),
        (b"0 0", Counts(0, 0)),
        (b"-12 345", Counts(-12, 345)),
        (b"2147483647 -2147483648", Counts(2**31 - 1, -(2**31))),
    ],
)
def test_an_answer_is_read(line, answer):
    assert parse(line) is answer if isinstance(answer, Word) else parse(line) == answer


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"ok",
        b"OK ",
        b" OK",
        b"OKOK",
        b"12",
        b"1 2 3",
        b"1  2",
        b"+1 2",
        b"--1 2",
        b"1.0 2",
        b"2147483648 0",
        b"\xff",
    ],
)
def test_S55_whatever_is_not_exactly_an_answer_is_refused(line):
    with pytest.raises(ProtocolError, match=r"bad_line|bad_number"):
        parse(line)


def test_S55_damage_costs_only_the_line_it_touches():
    decoder = LineDecoder()
    answers = decoder.feed(b"O\x00K\r\n1 2\r\n" + b"x" * 500 + b"\r\nOK\r\n3 ")
    assert answers == [Counts(1, 2), Word.OK]
    assert decoder.feed(b"4\r\n") == [Counts(3, 4)]
    assert decoder.faults["bad_line"] >= 1
