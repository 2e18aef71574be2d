"""What the expert `integral` answers, word for word."""

import importlib

import pytest
from asked import ask

from moe_robot.experts.tools.tool import Refused

pytest.importorskip("sympy")
TOOL = importlib.import_module("moe_robot.experts.tools.integrals").Integral()

ANSWERS = [
    ("integral of x from 1 to 3", "∫ x dx from 1 to 3 = 4."),
    ("what is the limit of 4/x when x gets very large", "The limit of 4/x as x → ∞ is 0."),
    ("sum of 1/n^2, n=1..inf", "The sum of 1 / n² for n from 1 to ∞ is π²/6 ≈ 1.64493."),
    ("integral of sin x from 0 to pi over 2", "∫ sin x dx from 0 to π/2 = 1."),
    ("int x dx", "∫ x dx = x²/2 + C."),
    ("сумма от 1 до 100", "Сумма k по k от 1 до 100 равна 5050."),
    ("sum of first 10 squares", "The sum of k² for k from 1 to 10 is 385."),
    ("sum of the first 50 odd numbers", "The sum of 2k − 1 for k from 1 to 50 is 2500."),
    ("интеграл x^2", "∫ x² dx = x³/3 + C."),
    ("integral of x^2", "∫ x² dx = x³/3 + C."),
    ("интеграл икс квадрат от нуля до единицы", "∫ x² dx от 0 до 1 = 1/3 ≈ 0,333333."),
    ("integrate x e to the x from zero to one", "∫ xe^x dx from 0 to 1 = 1."),
    ("integrate x^2 from 0 to 3", "∫ x² dx from 0 to 3 = 9."),
    ("интеграл от синуса икс от 0 до пи", "∫ sin x dx от 0 до π = 2."),
    ("∫ x^2 dx", "∫ x² dx = x³/3 + C."),
    ("∫ sin(x) dx от 0 до pi/2", "∫ sin x dx от 0 до π/2 = 1."),
    ("первообразная косинуса икс", "∫ cos x dx = sin(x) + C."),
    ("antiderivative of 1/x", "∫ 1/x dx = ln|x| + C."),
    ("определённый интеграл e^x от 0 до 1", "∫ e^x dx от 0 до 1 = −1 + e ≈ 1,71828."),
    ("integral of 1/(1+x^2) from -1 to 1", "∫ 1 / (1 + x²) dx from −1 to 1 = π/2 ≈ 1.5708."),
    ("integral of e^(-x^2) over the whole line", "∫ e^(−x²) dx from −∞ to ∞ = √π ≈ 1.77245."),
    ("integral of e^(-x^2) from 0 to 1", "∫ e^(−x²) dx from 0 to 1 = √π·erf(1)/2 ≈ 0.746824."),
    ("интеграл 1/x от -1 до 1", "∫ 1/x dx от −1 до 1 расходится."),
    ("интеграл 1/x^2 от 1 до бесконечности", "∫ 1 / x² dx от 1 до ∞ = 1."),
    ("integral of 1/x from 1 to infinity", "∫ 1/x dx from 1 to ∞ diverges."),
    ("площадь под кривой y = x^2 от 0 до 3", "Площадь под y = x² от 0 до 3: 9."),
    ("area under sin x from 0 to pi", "The area under y = sin x from 0 to π: 2."),
    ("area under y = x^3 from -1 to 1", "The area under y = x³ from −1 to 1: 1/2 = 0.5."),
    (
        "площадь фигуры, ограниченной графиками x^2 и x",
        "Площадь между x² и x (пересекаются при x = 0, x = 1): 1/6 ≈ 0,166667.",
    ),
    ("area between the curves x^2 and 2x", "The area between x² and 2x (they meet at x = 0, x = 2): 4/3 ≈ 1.33333."),
    ("объём тела вращения x^2 от 0 до 1", "Объём тела вращения y = x² от 0 до 1: π/5 ≈ 0,628319."),
    ("arc length of y = x^2 from 0 to 1", "The arc length of y = x² from 0 to 1: asinh(2)/4 + √5/2 ≈ 1.47894."),
    ("предел sin x / x при x стремящемся к 0", "Предел sin x / x при x → 0 равен 1."),
    ("предел синус икс делить на икс при икс стремящемся к нулю", "Предел sin x / x при x → 0 равен 1."),
    ("limit of sin(x)/x as x goes to 0", "The limit of sin x / x as x → 0 is 1."),
    ("limit of (x^2 - 1)/(x - 1) as x tends to 1", "The limit of (x² − 1) / (x − 1) as x → 1 is 2."),
    ("lim (1 + 1/n)^n", "The limit of (1 + 1/n)^n as n → ∞ is e ≈ 2.71828."),
    ("предел (3n+1)/(n-2) при n -> ∞", "Предел (3n + 1) / (n − 2) при n → ∞ равен 3."),
    ("limit of 1/x at infinity", "The limit of 1/x as x → ∞ is 0."),
    ("limit of 1/x as x approaches 0", "1/x has no limit as x → 0: −∞ from the left, ∞ from the right."),
    ("предел 1/x при x -> 0", "Предела 1/x при x → 0 нет: слева −∞, справа ∞."),
    ("предел x ln x в нуле справа", "Предел x · ln x при x → 0⁺ равен 0."),
    ("limit of x ln x as x goes to zero from the right", "The limit of x · ln x as x → 0⁺ is 0."),
    ("(e^x - 1)/x as x -> 0 limit", "The limit of (e^x − 1) / x as x → 0 is 1."),
    ("limit of sin(x) as x goes to infinity", "sin x has no limit as x → ∞."),
    ("второй замечательный предел чему равен", "Предел (1 + 1/n)^n при n → ∞ равен e ≈ 2,71828."),
    ("предел sin(x)/x", "К чему стремится x? Например: предел sin(x)/x при x → 0."),
    ("предел (1 + 1/n)^n", "Предел (1 + 1/n)^n при n → ∞ равен e ≈ 2,71828."),
    ("к чему стремится 1/x на бесконечности", "Предел 1/x при x → ∞ равен 0."),
    ("сумма ряда 1/n^2", "Сумма 1 / n² по n от 1 до ∞ равна π²/6 ≈ 1,64493."),
    ("sum of the series 1/2^n", "The sum of 1 / 2^n for n from 1 to ∞ is 1."),
    ("sum from n = 1 to infinity of 1/n^2", "The sum of 1 / n² for n from 1 to ∞ is π²/6 ≈ 1.64493."),
    ("сумма ряда n от 1 до 100", "Сумма n по n от 1 до 100 равна 5050."),
    ("sum of k^2 for k from 1 to 10", "The sum of k² for k from 1 to 10 is 385."),
    ("сходится ли ряд 1/n", "Ряд из 1/n по n от 1 до ∞ расходится."),
    ("does the series 1/n^2 converge", "The series of 1 / n² for n from 1 to ∞ converges, its sum is π²/6 ≈ 1.64493."),
    ("сумма ряда 1/(n(n+1))", "Сумма 1 / (n(n + 1)) по n от 1 до ∞ равна 1."),
    ("сумма k^2 при k от 1 до n", "Сумма k² по k от 1 до n равна n·(n + 1)·(2n + 1)/6."),
    ("sum of n^3 from 1 to 20", "The sum of n³ for n from 1 to 20 is 44100."),
    (
        "сумма геометрической прогрессии с первым членом 3 и знаменателем одна вторая",
        "Сумма прогрессии с первым членом 3 и знаменателем 1/2: 6.",
    ),
    (
        "geometric series with first term 4 and ratio one half, its sum",
        "The sum of the progression with first term 4 and ratio 1/2: 8.",
    ),
    ("ряд Тейлора для e^x", "e^x = 1 + x + x²/2 + x³/6 + x⁴/24 + x⁵/120 + …"),
    ("Taylor series of sin x", "sin x = x − x³/6 + x⁵/120 + …"),
    ("разложи cos(x) в ряд Тейлора", "cos x = 1 − x²/2 + x⁴/24 + …"),
    ("интеграл x ln x", "∫ x · ln x dx = x²·ln(x)/2 − x²/4 + C."),
    ("интеграл x^x", "Первообразная x^x не выражается через элементарные функции."),
    ("проинтегрируй синус икс от нуля до пи", "∫ sin x dx от 0 до π = 2."),
    ("integral of tan x", "∫ tan x dx = −ln|cos(x)| + C."),
    ("интеграл (2x+3)^10", "∫ (2x + 3)¹⁰ dx = (2x + 3)¹¹/22 + C."),
    ("integrate by parts x e^x", "∫ xe^x dx = x·e^x − e^x + C."),
    ("definite integral from 0 to 1 of x^2", "∫ x² dx from 0 to 1 = 1/3 ≈ 0.333333."),
    ("интеграл от 0 до 2 x^2", "∫ x² dx от 0 до 2 = 8/3 ≈ 2,66667."),
    ("среднее значение функции x^2 на отрезке [0, 3]", "Среднее значение x² от 0 до 3: 3."),
    ("интеграл от a до b x", "∫ x dx от a до b = −a²/2 + b²/2."),
    ("интеграл 5", "∫ 5 dx = 5x + C."),
    ("предел (1 - cos x)/x^2 в нуле", "Предел (1 − cos x) / x² при x → 0 равен 1/2 = 0,5."),
    ("сумма от 1 до 10 n^2", "Сумма n² по n от 1 до 10 равна 385."),
    ("интеграл единица на икс", "∫ 1/x dx = ln|x| + C."),
    ("integral of one over x", "∫ 1/x dx = ln|x| + C."),
    ("путь, если v(t) = 2t, проинтегрируй от 0 до 3", "∫ 2t dt от 0 до 3 = 9."),
    ("sqrt(n+1) - sqrt(n) limit as n goes to infinity", "The limit of √(n + 1) − √n as n → ∞ is 0."),
    ("интеграл sin^2 x", "∫ (sin x)² dx = x/2 − sin(2x)/4 + C."),
    ("сумма первых 5 членов ряда 1/n", "Сумма 1/n по n от 1 до 5 равна 137/60 ≈ 2,28333."),
]

NOT_MINE = [
    "интеграл",
    "привет",
    "сколько будет 2+2",
    "площадь круга радиусом 5",
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_integral_answers(text, answer):
    assert ask(TOOL, text) == answer


@pytest.mark.parametrize("text", NOT_MINE)
def test_integral_leaves_what_is_not_its_own(text):
    assert ask(TOOL, text) is None


def test_a_result_with_a_number_too_long_to_write_is_refused():
    sympy = importlib.import_module("sympy")
    text = importlib.import_module("moe_robot.experts.tools.symbolic").text
    with pytest.raises(Refused, match="too_long_result"):
        text(sympy.Integer(10) ** 5000 + sympy.Symbol("x"), "en")
