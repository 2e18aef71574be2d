"""Readings of a turn after algebra, calculus, arithmetic and whole numbers."""

from __future__ import annotations

import pytest
from heard_rig import heard_after

from moe_robot.router.followup import Earlier, FollowUps
from moe_robot.router.proposers import formulas
from moe_robot.router.proposers.formula_parts import runs, typed
from moe_robot.structs import Language


def proposed(follow_ups: FollowUps, language: Language, earlier: list[Earlier], text: str) -> list[tuple[str, str]]:
    heard = heard_after(follow_ups, language, earlier, text)
    return [(whole, expert) for _, whole, expert, _ in formulas.propose(heard)]


SIN = Earlier("integrate x sin x", "∫ x · sin x dx = sin(x) − x·cos(x) + C.", "integral")
SUM = Earlier("what is 30 plus 12?", "30 + 12 = 42.", "arithmetic")
GCD = Earlier("gcd of 20 and 50", "gcd(20, 50) = 10.", "number_theory")
ROOTS = Earlier("solve x^2 - 9x + 8 = 0", "x² − 9x + 8 = 0: D = 81 − 32 = 49, x₁ = 1, x₂ = 8.", "algebra")
CUBE = Earlier("производная x^3 - x", "(x³ − x)′ = 3x² − 1.", "derivative")
LIMIT = Earlier("предел 1/x при x → 1", "Предел 1/x при x → 1 равен 1.", "integral")
PRODUCT = Earlier("сколько будет 7 на 9", "7 · 9 = 63.", "arithmetic")
PRIME = Earlier("61 простое?", "Да, 61 — простое число.", "number_theory")


@pytest.mark.parametrize(
    ("language", "earlier", "text", "whole", "expert"),
    [
        ("en", [SIN], "from 1 to pi please", "integral of x * sin x from 1 to pi", "integral"),
        ("en", [SIN], "great, and its derivative?", "derivative of x * sin x", "derivative"),
        ("en", [SIN], "what about x cos x", "integral of x cos x", "integral"),
        ("en", [ROOTS], "where does it hit zero?", "solve x^2 - 9x + 8 = 0", "algebra"),
        ("en", [ROOTS], "and with 6x instead of 9x", "solve x^2 - 6x + 8 = 0", "algebra"),
        ("en", [ROOTS], "and with a minus before the 8", "solve x^2 - 9x - 8 = 0", "algebra"),
        ("en", [ROOTS], "what is the discriminant?", "discriminant of x^2 - 9x + 8 = 0", "algebra"),
        ("en", [ROOTS], "when is it less than zero?", "solve x^2 - 9x + 8 < 0", "algebra"),
        ("en", [ROOTS], "differentiate the left side", "derivative of x^2 - 9x + 8", "derivative"),
        ("en", [SUM], "now divide all of it by 6", "what is (30 + 12) / 6", "arithmetic"),
        ("en", [SUM], "take away 5 percent", "what is (30 + 12) - 5%", "arithmetic"),
        ("en", [SUM], "100 minus that", "what is 100 - (30 + 12)", "arithmetic"),
        ("en", [GCD], "and 75 as well", "gcd of 20, 50, 75", "number_theory"),
        ("en", [GCD], "60 instead of 50", "gcd of 20, 60", "number_theory"),
        (
            "en",
            [Earlier("y = 5x - x^2", "That is beyond me.", "")],
            "find its integral from 0 to 5",
            "integral of 5x - x^2 from 0 to 5",
            "integral",
        ),
        ("ru", [CUBE], "а вторая?", "вторая производная x^3 - x", "derivative"),
        ("ru", [CUBE], "в точке 4 чему равна", "производная x^3 - x при x = 4", "derivative"),
        ("ru", [CUBE], "а если умножить на два", "производная 2*(x^3 - x)", "derivative"),
        ("ru", [CUBE], "теперь для косинуса икс", "производная cos икс", "derivative"),
        ("ru", [LIMIT], "а если x → 0 справа?", "предел 1/x при x → 0 справа", "integral"),
        ("ru", [PRODUCT], "и раздели всё на 3", "сколько будет (7 * 9) / 3", "arithmetic"),
        ("ru", [PRODUCT], "остаток от деления на 4 какой", "остаток от деления 63 на 4", "number_theory"),
        ("ru", [PRIME], "а 63?", "63 простое?", "number_theory"),
        ("ru", [PRIME, PRODUCT], "корень из этого", "корень из (7 * 9)", "arithmetic"),
    ],
)
def test_reading_is_proposed(
    follow_ups: FollowUps, language: Language, earlier: list[Earlier], text: str, whole: str, expert: str
) -> None:
    assert (whole, expert) in proposed(follow_ups, language, earlier, text)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "go to the kitchen"), ("ru", "найди красный мяч"), ("en", "thank you")]
)
def test_nothing_is_proposed_after_other_requests(follow_ups: FollowUps, language: Language, text: str) -> None:
    assert proposed(follow_ups, language, [Earlier("drive forward 2 metres", "Done.", "drive", True)], text) == []


@pytest.mark.parametrize(
    ("language", "text", "formula"),
    [
        ("en", "and of one over x squared, please", "one over x squared"),
        ("en", "make it sin(2x) + 1", "sin(2x) + 1"),
        ("ru", "а от корня из двух икс", "корня из двух икс"),
        ("ru", "возьми икс в кубе минус один", "икс в кубе минус один"),
    ],
)
def test_a_formula_is_found_in_a_sentence(language: Language, text: str, formula: str) -> None:
    assert runs(text, language)[0] == formula


def test_a_shown_formula_is_typed() -> None:
    assert typed("x¹² − 3 · x²") == "x^12 - 3 * x^2"
