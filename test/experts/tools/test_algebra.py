"""What the expert `algebra` answers, word for word."""

import importlib

import pytest
from asked import ask

pytest.importorskip("sympy")
TOOL = importlib.import_module("moe_robot.experts.tools.algebra").Algebra()

ANSWERS = [
    ("solve 3a + b = 6 for b", "3a + b = 6: b = 6 − 3a."),
    ("5x - 4 = 11, what's x", "5x − 4 = 11: x = 3."),
    ("реши, голубчик, 2x = 18", "2x = 18: x = 9."),
    ("discriminant for a = 1 b = 5 c = 6", "x² + 5x + 6 = 0: D = 25 − 24 = 1."),
    ("корни x^2-9", "x² − 9 = 0: x₁ = −3, x₂ = 3."),
    ("determine x from sqrt(x+4) = 3", "√(x + 4) = 3: x = 5."),
    ("запиши x^2-9 в виде произведения", "x² − 9 = (x − 3)·(x + 3)."),
    ("реши x^2 - 5x + 6 = 0", "x² − 5x + 6 = 0: D = 25 − 24 = 1, x₁ = 2, x₂ = 3."),
    ("икс квадрат минус пять икс плюс шесть равно нулю", "x² − 5x + 6 = 0: D = 25 − 24 = 1, x₁ = 2, x₂ = 3."),
    (
        "solve x^2 + x + 1 = 0",
        "x² + x + 1 = 0: D = 1 − 4 = −3 < 0, no real roots; complex ones: x₁ = −1/2 − (√3/2)i, x₂ = −1/2 + (√3/2)i.",
    ),
    ("2x + 3 = 11", "2x + 3 = 11: x = 4."),
    ("3x - 7 = 2x + 5", "3x − 7 = 2x + 5: x = 12."),
    ("x^2 = 16", "x² = 16: x₁ = −4, x₂ = 4."),
    ("x^2 - 4x + 4 = 0", "x² − 4x + 4 = 0: D = 16 − 16 = 0, one root x = 2."),
    ("x/3 + 2 = 7", "x/3 + 2 = 7: x = 15."),
    ("x^3 - 8 = 0", "x³ − 8 = 0: x = 2."),
    ("2^x = 32", "2^x = 32: x = 5."),
    ("sqrt(x+1) = 3", "√(x + 1) = 3: x = 8."),
    ("|x - 2| = 5", "|x − 2| = 5: x₁ = −3, x₂ = 7."),
    ("log(x) = 2", "log x = 2: x = 100."),
    ("sin(x) = 0.5", "sin x = 0.5: x = π/6 + 2πn or x = 5π/6 + 2πn, n is any integer."),
    ("1/x = 4", "1/x = 4: x = 1/4 = 0.25."),
    ("x^4 - 5x^2 + 4 = 0", "x⁴ − 5x² + 4 = 0: x₁ = −2, x₂ = −1, x₃ = 1, x₄ = 2."),
    ("x + y = 10, x - y = 2", "x + y = 10, x − y = 2: x = 6, y = 4."),
    ("Реши систему x + y = 5; x + y = 6", "x + y = 5, x + y = 6: решений нет."),
    ("solve the system x + y = 5, 2x + 2y = 10", "x + y = 5, 2x + 2y = 10: infinitely many solutions: x = 5 − y."),
    ("x = x", "x = x: true for every x: infinitely many solutions."),
    ("x = x + 1", "x = x + 1: there is no solution."),
    ("0x = 5", "0x = 5: there is no solution."),
    ("решить неравенство 2x + 3 > 7", "2x + 3 > 7: x > 2."),
    ("x^2 < 9", "x² < 9: −3 < x < 3."),
    ("x^2 - 4x + 3 >= 0", "x² − 4x + 3 ≥ 0: x ≤ 1 or x ≥ 3."),
    ("x^2 + 1 > 0", "x² + 1 > 0: true for every x."),
    ("x^2 + 1 < 0", "x² + 1 < 0: there is no solution."),
    ("(x-1)/(x+2) > 0", "(x − 1) / (x + 2) > 0: x < −2 or x > 1."),
    ("|x| < 3", "|x| < 3: −3 < x < 3."),
    ("1 < 2x+1 < 5", "1 < 2x + 1, 2x + 1 < 5: 0 < x < 2."),
    ("раскрой скобки (x+2)(x-3)", "(x + 2) · (x − 3) = x² − x − 6."),
    ("expand (a+b)^2", "(a + b)² = a² + 2ab + b²."),
    ("разложи на множители x^2-9", "x² − 9 = (x − 3)·(x + 3)."),
    ("factor x^2+5x+6", "x² + 5x + 6 = (x + 2)·(x + 3)."),
    ("factor x^2+x+1", "x² + x + 1 does not factor over the integers."),
    ("упрости 2x+3x-7", "2x + 3x − 7 = 5x − 7."),
    ("simplify (x^2-4)/(x-2)", "(x² − 4) / (x − 2) = x + 2 (x ≠ 2)."),
    ("дискриминант x^2-3x+1", "x² − 3x + 1: D = 9 − 4 = 5."),
    ("what is the discriminant of 2x^2+3x-2=0", "2x² + 3x − 2 = 0: D = 9 + 16 = 25."),
    ("вершина параболы y = x^2-4x+3", "x² − 4x + 3: вершина (2; −1), ветви вверх, это минимум."),
    ("where is the vertex of -x^2+2x", "−x² + 2x: vertex (1; 1), it opens downwards, a maximum."),
    ("complete the square for x^2+6x+5", "x² + 6x + 5 = (x + 3)² − 4."),
    ("вырази y из 2x + y = 7", "2x + y = 7: y = 7 − 2x."),
    ("make y the subject of 3x - 2y = 6", "3x − 2y = 6: y = 3x/2 − 3."),
    ("подставь x = 3 в x^2+1", "x² + 1 при x = 3 равно 10."),
    ("чему равно 2x+1 при x = 5", "2x + 1 при x = 5 равно 11."),
    ("evaluate x^2 - 1 at x = 4", "x² − 1 at x = 4 is 15."),
    ("what is 1/(x-1) when x is 1", "1 / (x − 1) is not defined at x = 1."),
    ("сколько корней имеет уравнение x^2+4x+5=0", "x² + 4x + 5 = 0: 0 действительных корней (D = 16 − 20 = −4)."),
    ("how many solutions does x^2 - 4 = 0 have", "x² − 4 = 0: 2 real roots (D = 0 + 16 = 16)."),
    ("сумма корней уравнения x^2-7x+10=0", "x² − 7x + 10 = 0: сумма всех корней 7."),
    ("три икс больше двенадцати, реши неравенство", "3x > 12: x > 4."),
    ("раздели многочлен x^3-1 на x-1", "(x³ − 1) : (x − 1) = x² + x + 1."),
    ("divide the polynomial x^2+1 by x+1", "(x² + 1) : (x + 1) = x − 1, remainder 2."),
    ("составь квадратное уравнение с корнями 2 и 5", "x² − 7x + 10 = 0."),
    ("find the intersection of y = 2x + 1 and y = 7 - x", "y = 2x + 1, y = 7 − x: x = 2, y = 5."),
    ("where does y = x^2-4 cross the x axis", "x² − 4: points on the axis (−2; 0), (2; 0)."),
    ("проверь, является ли 2 корнем x^2-4=0", "Да, 2 — корень уравнения x² − 4 = 0."),
    ("икс делить на девять плюс двенадцать это десять", "x/9 + 12 = 10: x = −18."),
    ("а в квадрате равняется пять", "a² = 5: a₁ = −√5 ≈ −2,23607, a₂ = √5 ≈ 2,23607."),
    ("five x plus fourteen equals seventeen", "5x + 14 = 17: x = 3/5 = 0.6."),
    ("sixteen times y minus thirteen is equal to two", "16y − 13 = 2: y = 15/16 = 0.9375."),
    ("x^5 - x - 1 = 0", "x⁵ − x − 1 = 0: no exact formula; numerically x ≈ 1.1673."),
    ("cos(x) = x", "cos x = x: no exact formula; numerically x ≈ 0.739085."),
    ("e^x = -1", "e^x = −1: there is no solution."),
    ("x^2 = -4", "x² = −4: there is no real solution; complex ones: x = −2i, x = 2i."),
    ("tan x = 1", "tan x = 1: x = π/4 + πn, n is any integer."),
    ("sin(x) = 2", "sin x = 2: there is no solution."),
    ("x^2 + y^2 = 25, x + y = 7", "x² + y² = 25, x + y = 7: x = 3, y = 4 or x = 4, y = 3."),
    ("найди x, если 3x = 12", "3x = 12: x = 4."),
    ("чему равен икс, когда два икс плюс один равно семь", "2x + 1 = 7: x = 3."),
    ("а квадрат минус бэ квадрат разложи", "a² − b² = (a − b)·(a + b)."),
    ("x squared minus 9, factor please", "x² − 9 = (x − 3)·(x + 3)."),
    ("sine x equals one half, solve it", "sin x = 1/2: x = π/6 + 2πn or x = 5π/6 + 2πn, n is any integer."),
    ("x^1000 = 1", "That number is too large, I will not compute it."),
    ("(x+1)^100 раскрой скобки", "Это число слишком велико, считать его не стану."),
    ("раскрой скобки (x+1)^100", "Это число слишком велико, считать его не стану."),
    ("solve for y: 2x + 3y = 6", "2x + 3y = 6: y = 2 − 2x/3."),
    ("упрости sin(x)^2 + cos(x)^2", "(sin x)² + (cos x)² = 1."),
    ("логарифм икс равен 2, найди икс", "log x = 2: x = 100."),
    ("x^2 - 2x = 3", "x² − 2x = 3: D = 4 + 12 = 16, x₁ = −1, x₂ = 3."),
    ("0.5x + 1.5 = 4", "0.5x + 1.5 = 4: x = 5."),
    ("(x^2-1)/(x-1) = 0", "(x² − 1) / (x − 1) = 0: x = −1."),
    ("ln(x) = 1", "ln x = 1: x = e ≈ 2.71828."),
]

NOT_MINE = [
    "сколько будет 2+2",
    "5 = 7",
    "привет",
    "реши уравнение",
    "__import__('os') = 1",
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_algebra_answers(text, answer):
    assert ask(TOOL, text) == answer


@pytest.mark.parametrize("text", NOT_MINE)
def test_algebra_leaves_what_is_not_its_own(text):
    assert ask(TOOL, text) is None
