"""What the expert `derivative` answers, word for word."""

import importlib

import pytest
from asked import ask

pytest.importorskip("sympy")
TOOL = importlib.import_module("moe_robot.experts.tools.calculus").Derivative()

ANSWERS = [
    ("gradient of x^2 - y^2 at the point (3, 1)", "The gradient of x² − y² at (3; 1) is (6, −2)."),
    ("где производная x^2 - 8x равна нулю", "y = x² − 8x: y′ = 2x − 8; минимум −16 при x = 4."),
    ("local maximum of 6x - x^2", "y = 6x − x²: y′ = 6 − 2x; a maximum 9 at x = 3."),
    ("find f'(x) for f(x)=e^(2x)", "(e^(2x))′ = 2e^(2x)."),
    ("y' of tan x", "(tan x)′ = tan(x)² + 1."),
    ("производная икс квадрат", "(x²)′ = 2x."),
    ("производная от x^3 - 2x + 1", "(x³ − 2x + 1)′ = 3x² − 2."),
    ("производная синуса икс", "(sin x)′ = cos(x)."),
    ("найди производную синуса двух икс", "(sin(2x))′ = 2·cos(2x)."),
    ("derivative of x^2", "(x²)′ = 2x."),
    ("derivative of x ln x", "(x · ln x)′ = ln(x) + 1."),
    ("differentiate sin(x)^2", "((sin x)²)′ = sin(2x)."),
    ("differentiate e^x sin x with respect to x", "(e^x · sin x)′ = (sin(x) + cos(x))·e^x."),
    ("d/dx x^5", "(x⁵)′ = 5x⁴."),
    ("d/dx of ln(x^2+1)", "(ln(x² + 1))′ = 2x/(x² + 1)."),
    ("dy/dx if y = (2x+3)^10", "((2x + 3)¹⁰)′ = 20(2x + 3)⁹."),
    ("f(x) = x^3, f'(x) = ?", "(x³)′ = 3x²."),
    ("what is f'(2) if f(x) = x^3", "(x³)′ = 3x²; at x = 2 that is 12."),
    ("f штрих от 3, если f = x^2", "(x²)′ = 2x; при x = 3 это 6."),
    ("y = x^2 + 1, найти y'", "(x² + 1)′ = 2x."),
    ("вторая производная x^4", "Производная 2-го порядка от x⁴ равна 12x²."),
    ("second derivative of sin x", "The derivative of order 2 of sin x is −sin(x)."),
    ("продифференцируй дважды x^5", "Производная 2-го порядка от x⁵ равна 20x³."),
    ("partial derivative of x^2 y + y^3 with respect to y", "∂/∂y (x² · y + y³) = x² + 3y²."),
    ("частная производная x^2*y по игреку", "∂/∂y (x² · y) = x²."),
    ("частные производные x^2 y", "∂/∂x (x² · y) = 2xy. ∂/∂y (x² · y) = x²."),
    ("градиент функции x^2 + y^2", "Градиент x² + y²: (2x, 2y)."),
    ("gradient of x^2 y + y^3", "The gradient of x² · y + y³ is (2xy, x² + 3y²)."),
    ("slope of the tangent to x^2 at x = 3", "The slope of the tangent to y = x² at x = 3 is 6."),
    ("касательная к x^2 в точке 1", "Касательная к y = x² при x = 1: y = 2x − 1."),
    ("уравнение касательной к графику y = x^3 в точке x = 2", "Касательная к y = x³ при x = 2: y = 12x − 16."),
    ("tangent line to y = sqrt(x) at 4", "The tangent to y = √x at x = 4: y = x/4 + 1."),
    ("normal to the graph of x^2 at x = 1", "The normal to y = x² at x = 1: y = 3/2 − x/2."),
    ("экстремумы функции x^3 - 3x", "y = x³ − 3x: y′ = 3x² − 3; максимум 2 при x = −1, минимум −2 при x = 1."),
    ("find the minimum of x^2 - 4x + 7", "y = x² − 4x + 7: y′ = 2x − 4; a minimum 3 at x = 2."),
    ("где у x^2 - 4x минимум", "y = x² − 4x: y′ = 2x − 4; минимум −4 при x = 2."),
    ("where does x^3 - 3x have a maximum", "y = x³ − 3x: y′ = 3x² − 3; a maximum 2 at x = −1, a minimum −2 at x = 1."),
    ("промежутки возрастания x^2 - 2x", "y = x² − 2x: возрастает при x > 1, убывает при x < 1."),
    ("where is x^3 - 3x increasing", "y = x³ − 3x: increasing for x < −1 or x > 1, decreasing for −1 < x < 1."),
    ("точки перегиба x^3 - 3x^2", "y = x³ − 3x²: y″ = 6x − 6; точки перегиба: (1; −2)."),
    ("inflection points of x^3", "y = x³: y″ = 6x; inflection points: (0; 0)."),
    ("производная косинуса", "(cos x)′ = −sin(x)."),
    ("производная x^x", "(x^x)′ = x^x·(ln(x) + 1)."),
    ("implicit differentiation of x^2 + y^2 = 25", "If x² + y² = 25, then y′ = −x/y."),
    ("производная неявной функции x^2 + y^2 = 25", "Если x² + y² = 25, то y′ = −x/y."),
    ("дифференциал функции x^3", "d(x³) = (3x²) dx."),
    ("s(t) = t^2 + 3t, velocity", "(t² + 3t)′ = 2t + 3."),
    ("velocity if the position is s(t) = t^2 + 3t", "(t² + 3t)′ = 2t + 3."),
    ("ускорение из x(t) = 2t^3", "Производная 2-го порядка от 2t³ равна 12t."),
    ("производная константы", "Производная константы равна нулю."),
    ("derivative of a constant", "The derivative of a constant is zero."),
    ("значение производной x^2 в точке 5", "(x²)′ = 2x; при x = 5 это 10."),
    ("derivative of 1/x at 0", "There is no derivative at x = 0."),
    ("производная корня из икс", "(√x)′ = 1/(2√x)."),
    ("derivative of the square root of x", "(√x)′ = 1/(2√x)."),
    ("extrema of sin x", "y = sin x: y′ = cos(x); infinitely many extrema."),
    ("производная логарифма икс", "(ln x)′ = 1/x."),
    ("производная e^(-x^2)", "(e^(−x²))′ = −2x·e^(−x²)."),
    ("какая производная у арктангенса", "(arctg x)′ = 1/(x² + 1)."),
    ("derivative of x^(10^9)", "That number is too large, I will not compute it."),
    ("(x^2)'", "(x²)′ = 2x."),
    (
        "критические точки функции x^4 - 2x^2",
        "y = x⁴ − 2x²: y′ = 4x³ − 4x; минимум −1 при x = −1, максимум 0 при x = 0, минимум −1 при x = 1.",
    ),
    ("derivative of x cubed minus four x", "(x³ − 4x)′ = 3x² − 4."),
    ("касательная к x^2", "В какой точке? Например: касательная к x² в точке 1."),
    ("как быстро растёт икс квадрат при икс равном 3", "(x²)′ = 2x; при x = 3 это 6."),
    ("how steep is y = x^2 at 2", "The slope of the tangent to y = x² at x = 2 is 4."),
    ("производная икс в пятой", "(x⁵)′ = 5x⁴."),
    ("f prime of x for f = x^3", "(x³)′ = 3x²."),
    ("производная произведения икс на синус икс", "(x · sin x)′ = x·cos(x) + sin(x)."),
    ("дэ по дэ икс икс квадрат", "(x²)′ = 2x."),
    ("третья производная e^(2x)", "Производная 3-го порядка от e^(2x) равна 8e^(2x)."),
    ("производная 5", "Производная константы равна нулю."),
]

NOT_MINE = [
    "производная",
    "привет",
    "tangent of 45 degrees",
    "тангенс 45",
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_derivative_answers(text, answer):
    assert ask(TOOL, text) == answer


@pytest.mark.parametrize("text", NOT_MINE)
def test_derivative_leaves_what_is_not_its_own(text):
    assert ask(TOOL, text) is None
