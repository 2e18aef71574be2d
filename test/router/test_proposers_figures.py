"""What a turn may mean after a request with figures: among the texts that are proposed."""

from __future__ import annotations

import pytest
from heard_rig import heard_after

from moe_robot.router.followup import Earlier, FollowUps
from moe_robot.router.proposers.figures import propose
from moe_robot.router.proposers.slots import slots
from moe_robot.structs import Language


def proposed(follow_ups: FollowUps, before: Earlier, now: str, language: Language) -> list[str]:
    return [text for _, text, _, _ in propose(heard_after(follow_ups, language, [before], now))]


@pytest.mark.parametrize(
    ("expert", "before", "now", "whole"),
    [
        ("statistics", "медиана 4, 9, 15", "а без самого маленького?", "медиана 9, 15"),
        ("statistics", "mean of 4, 9, 20", "leave out the biggest", "mean of 4, 9"),
        ("statistics", "размах чисел 3, 8, 10", "выкинь 8", "размах чисел 3, 10"),
        ("statistics", "среднее 2, 6, 7", "и ещё пятёрку добавь", "среднее 2, 6, 7, 5"),
        ("statistics", "mean of 1, 4 and 7", "what if each is tripled?", "mean of 3, 12 and 21"),
        ("statistics", "среднее 10, 20, 60", "а если каждое уменьшить на 5", "среднее 5, 15, 55"),
        ("statistics", "mean of 5, 6, 9", "the last one should be 8", "mean of 5, 6, 8"),
        ("statistics", "variance of 3, 6, 12", "and its root?", "standard deviation of 3, 6, 12"),
        ("units", "переведи 30 километров в мили", "а 45?", "переведи 45 километров в миль"),
        ("units", "сколько граммов в унции", "а в трёх?", "переведи 3 унций в граммов"),
        ("units", "convert 90 km/h to mph", "m/s?", "convert 90 km/h to m/s"),
        ("units", "convert 3 gallons to litres", "imperial ones", "convert 3 imperial gallons to litres"),
        ("units", "20 градусов Цельсия в фаренгейты", "обратно", "переведи 20 градусов Фаренгейта в градусов Цельсия"),
        ("", "the suitcase weighs 12 pounds", "what's that in kilograms?", "convert 12 pounds to kilograms"),
        ("", "до дачи 40 миль", "сколько это километров?", "переведи 40 миль в километров"),
        ("combinatorics", "C(12,4)", "5", "C(12,5)"),
        (
            "combinatorics",
            "сколько рукопожатий, если гостей пятеро?",
            "а если шестой придёт",
            "сколько рукопожатий, если гостей 6?",
        ),
        (
            "word_problems",
            "Купили 4 ручки по 15 рублей. Сколько заплатили?",
            "не 4, а 6",
            "Купили 6 ручки по 15 рублей. Сколько заплатили?",
        ),
        (
            "word_problems",
            "Dad is twice as old as Ann, together they are 48. How old is Ann?",
            "and her dad?",
            "Dad is twice as old as Ann, together they are 48, How old is her dad?",
        ),
        (
            "geometry",
            "Angles of a triangle are 40 and 65. Third?",
            "if the second is 70",
            "Angles of a triangle are 40 and 70. Third?",
        ),
        ("geometry", "площадь круга с диаметром 14", "14 это радиус", "площадь круга с радиусом 14"),
        ("geometry", "area of a 4 by 7 rectangle", "if both are doubled?", "area of a 8 by 14 rectangle"),
        ("geometry", "катеты 6 и 8, гипотенуза?", "а площадь", "площадь: катеты 6 и 8"),
    ],
)
def test_among_what_is_proposed(follow_ups: FollowUps, expert: str, before: str, now: str, whole: str) -> None:
    language: Language = "ru" if any("а" <= letter <= "я" for letter in now + before) else "en"
    assert whole in proposed(follow_ups, Earlier(before, expert=expert), now, language)


@pytest.mark.parametrize(
    ("expert", "before", "now"),
    [
        ("place", "поставь кубик", "а второй?"),
        ("units", "5 km in miles", "thanks"),
        ("", "hello", "what's that in cm?"),
    ],
)
def test_nothing_to_propose(follow_ups: FollowUps, expert: str, before: str, now: str) -> None:
    language: Language = "ru" if any("а" <= letter <= "я" for letter in before) else "en"
    assert proposed(follow_ups, Earlier(before, expert=expert), now, language) == []


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("C(10,3)", "en", ["10", "3"]),
        ("2,5 метра", "ru", ["2.5"]),
        ("среднее 2,4,9", "ru", ["2", "4", "9"]),
        ("1,200 litres", "en", ["1200"]),
        ("нас шестеро, а двоек нет", "ru", ["6", "2"]),
        ("two and a half cups, a dozen eggs", "en", ["2.5", "12"]),
    ],
)
def test_numbers(text: str, language: Language, values: list[str]) -> None:
    assert [slot.value for slot in slots(text, language)] == values
