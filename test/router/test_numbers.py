from __future__ import annotations

import pytest

from moe_robot.router.numbers import Numbers
from moe_robot.router.text import tokenize


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    return Numbers()


def readings(numbers: Numbers, text: str) -> dict[str, float]:
    """What the whole text may mean."""
    tokens = tokenize(text, {})
    return {q.kind: q.value for q in numbers.spans(tokens) if (q.start, q.end) == (0, len(tokens))}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("полтора метра", "length", 1.5),
        ("полметра", "length", 0.5),
        ("пол метра", "length", 0.5),
        ("пару метров", "length", 2),
        ("метр", "length", 1),
        ("метр с половиной", "length", 1.5),
        ("два с половиной метра", "length", 2.5),
        ("двадцать пять сантиметров", "length", 0.25),
        ("сантиметров на сорок", "length", 0.4),
        ("метров пять", "length", 5),
        ("метров этак на пять", "length", 5),
        ("секунд в тридцать", "duration", 30),
        ("минут через десять", "delay", 600),
        ("метр с четвертью", "length", 1.25),
        ("метр двадцать", "length", 1.2),
        ("1m20", "length", 1.2),
        ("two metres thirty", "length", 2.3),
        ("one and a quarter metres", "length", 1.25),
        ("five decimetres", "length", 0.5),
        ("минуту сорок", "duration", 100),
        ("a third of a turn", "angle", 120),
        ("2 метра 30 сантиметров", "length", 2.3),
        ("две целых пять десятых метра", "length", 2.5),
        ("2,5 м", "length", 2.5),
        ("0.5m", "length", 0.5),
        ("two and a half meters", "length", 2.5),
        ("a metre and a half", "length", 1.5),
        ("half a meter", "length", 0.5),
        ("another meter", "length", 1),
        ("two feet", "length", 0.6096),
        ("point five meters", "length", 0.5),
        ("a hundred centimeters", "length", 1),
        ("полминуты", "duration", 30),
        ("полторы минуты", "duration", 90),
        ("минуту и тридцать секунд", "duration", 90),
        ("минус десять секунд", "duration", -10),
        ("half a minute", "duration", 30),
        ("a couple of seconds", "duration", 2),
        ("a minute and ten seconds", "duration", 70),
        ("90°", "angle", 90),
        ("девяносто градусов", "angle", 90),
        ("пол-оборота", "angle", 180),
        ("четверть оборота", "angle", 90),
        ("полный круг", "angle", 360),
        ("one hundred and twenty degrees", "angle", 120),
        ("a quarter turn", "angle", 90),
        ("three quarters of a turn", "angle", 270),
        ("20%", "percent", 20),
        ("тридцати процентов", "percent", 30),
        ("половины", "percent", 50),
        ("fifty per cent", "percent", 50),
        ("дважды", "times", 2),
        ("четыре тысячи раз", "times", 4000),
        ("three times", "times", 3),
        ("два круга", "rounds", 2),
        ("0.2 метра в секунду", "speed", 0.2),
        ("30 см/с", "speed", 0.3),
        ("0.3 m/s", "speed", 0.3),
        ("минус два", "number", -2),
        ("сто двадцать пять", "number", 125),
        ("two thousand five hundred", "number", 2500),
    ],
)
def test_quantities_in_words_and_digits(numbers: Numbers, text: str, kind: str, value: float) -> None:
    assert readings(numbers, text)[kind] == pytest.approx(value)


@pytest.mark.parametrize("text", ["два три", "метров", "one two", "точка", "пять и один", "m"])
def test_what_is_not_one_quantity_is_none(numbers: Numbers, text: str) -> None:
    assert not readings(numbers, text)


def test_two_numbers_beside_each_other_stay_two(numbers: Numbers) -> None:
    tokens = tokenize("точку два три", {})
    assert {(q.start, q.value) for q in numbers.spans(tokens) if q.kind == "number"} == {(1, 2), (2, 3)}
