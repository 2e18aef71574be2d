"""Signs that are digits to Unicode and no numbers to `int` stand as they are."""

from __future__ import annotations

import pytest

from moe_robot.experts.tools.numbers import digits


@pytest.mark.parametrize("text", ["градиент x² + y²", "²", "x ² y", "5 ² 3", "③ plus 7"])
def test_a_raised_digit_is_no_number(text) -> None:
    assert digits(text) == text


def test_the_words_beside_it_are_still_read() -> None:
    assert digits("two ² ½") == "2 ² ½"
