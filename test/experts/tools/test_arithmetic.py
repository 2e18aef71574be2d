"""What the expert `arithmetic` answers, word for word."""

import time
from fractions import Fraction

import pytest
from asked import ask
from hypothesis import given, settings
from hypothesis import strategies as st

from moe_robot.experts.tools.arithmetic import Arithmetic
from moe_robot.experts.tools.exact import evaluate, rational
from moe_robot.experts.tools.expression import parse
from moe_robot.experts.tools.tool import Refused

TOOL = Arithmetic()

ANSWERS = [
    ("семь умножить на восемь и разделить на четыре", "7 · 8 / 4 = 14."),
    ("the square root of 30 to four decimal places", "√30 ≈ 5.4772."),
    ("500 разделить на 9 и округли до десятых", "500/9 ≈ 55,6."),
    ("25 percent of 240 grams", "25% of 240 = 60."),
    ("3 в одиннадцатой степени", "3^11 = 177147."),
    ("add 8 and 10 and divide the result by 3", "(8 + 10) / 3 = 6."),
    ("Сколько будет дважды два?", "2 · 2 = 4."),
    ("двадцать пять процентов от восьмидесяти", "25 % от 80 = 20."),
    ("сколько процентов составляет 20 от 80", "20 — это 25 % от 80."),
    ("20 это сколько процентов от 80?", "20 — это 25 % от 80."),
    ("What percent of 80 is 20?", "20 is 25% of 80."),
    ("20 is what percent of 80", "20 is 25% of 80."),
    ("увеличь 200 на 15 процентов", "200 + 15 % = 230."),
    ("increase 200 by 15%", "200 + 15% = 230."),
    ("20% off 500", "500 − 20% = 400."),
    ("от какого числа 20 процентов это 10", "20 % от 50 равны 10: это число 50."),
    ("округли 3,14159 до двух знаков", "3,14159 ≈ 3,14."),
    ("округли 2,5 до целого", "2,5 ≈ 3."),
    ("округли до сотых 3,14159", "3,14159 ≈ 3,14."),
    ("round 1234 to the nearest hundred", "1234 ≈ 1200."),
    ("round 3.14159 to 2 decimal places", "3.14159 ≈ 3.14."),
    ("round 2.5", "2.5 ≈ 3."),
    ("что больше: 2/3 или 3/4?", "3/4 больше, чем 2/3."),
    ("Which is larger, 2/3 or 3/4?", "3/4 is greater than 2/3."),
    ("сократи дробь 12/18", "12/18 = 2/3 ≈ 0,666667."),
    ("simplify 12/18", "12/18 = 2/3 ≈ 0.666667."),
    ("переведи 3/4 в десятичную дробь", "3/4 = 0,75."),
    ("0.75 as a fraction", "0.75 = 3/4."),
    ("convert 3/8 to a percentage", "3/8 = 37.5%."),
    ("умножь 6 на 7", "6 · 7 = 42."),
    ("раздели двадцать на четыре", "20/4 = 5."),
    ("сложи 5, 6 и 7", "5 + 6 + 7 = 18."),
    ("add 5 and 7", "5 + 7 = 12."),
    ("subtract 5 from 12", "12 − 5 = 7."),
    ("вычти 3 из 10", "10 − 3 = 7."),
    ("прибавь к пяти семь", "5 + 7 = 12."),
    ("multiply 12 by 12", "12 · 12 = 144."),
    ("divide 100 by 7", "100/7 ≈ 14.2857."),
    ("корень из 2", "√2 ≈ 1,41421."),
    ("квадрат семнадцати", "17^2 = 289."),
    ("возведи 2 в десятую степень", "2^10 = 1024."),
    ("извлеки корень из 81", "√81 = 9."),
    ("sin 30", "sin 30° = 0.5. If the angle is in radians: sin 30 ≈ −0.988032."),
    ("sin 30 градусов", "sin 30° = 0,5."),
    ("2^10", "2^10 = 1024."),
    ("5/0", "Division by zero is not possible."),
    ("раздели 5 на ноль", "На ноль делить нельзя."),
    (
        "9**9**9**9",
        "That number is too large to write out: even the count of its digits would not fit into an answer.",
    ),
    ("10^9!", "That number is too large to write out: it has 362\u00a0881 digits."),
    ("2^100000", "That number is too large to write out: it has 30\u00a0103 digits."),
    ("1e400*10", "1 · 10^400 · 10 ≈ 1·10^401."),
    ("1e-5 * 3", "1 · 10^(−5) · 3 = 0.00003."),
    ("9999999999^50", "9999999999^50 ≈ 1·10^500."),
    ("5!!", "5 · 3 · 1 = 15."),
    ("log2 1024", "log_2 1024 = 10."),
    ("3 1/2 + 2 1/4", "3 + 1/2 + 2 + 1/4 = 5.75."),
    ("на сколько процентов 120 больше 100", "120 больше 100 на 20 %."),
    ("by what percent is 80 less than 100", "80 is 20% less than 100."),
    ("2 больше 3?", "3 больше, чем 2."),
    ("is 7/8 greater than 5/6?", "7/8 is greater than 5/6."),
    ("how much is fifteen percent of two hundred", "15% of 200 = 30."),
    ("what is 3/4 + 1/2", "3/4 + 1/2 = 5/4 = 1.25."),
    ("12 345 + 5", "12345 + 5 = 12350."),
    ("1,234,567 + 1", "1234567 + 1 = 1234568."),
    ("шесть на семь", "6 · 7 = 42."),
    ("what's the square root of 50", "√50 = 5√2 ≈ 7.07107."),
    ("log 100", "log 100 = 2."),
    ("сто двадцать три умножить на сорок пять", "123 · 45 = 5535."),
    ("one hundred and twenty three times forty five", "123 · 45 = 5535."),
    ("модуль минус семи", "|−7| = 7."),
    ("сколько будет 2 + 2 * 2?", "2 + 2 · 2 = 6."),
    ("а сколько будет 15 на 15?", "15 · 15 = 225."),
    ("Посчитай мне 17 плюс 28 минус 5", "17 + 28 − 5 = 40."),
    ("(12 + 8) / 4", "(12 + 8) / 4 = 5."),
    ("половина от 90", "1/2 · 90 = 45."),
    ("треть от 90", "1/3 · 90 = 30."),
    ("пять в кубе", "5^3 = 125."),
    ("7 squared plus 3 squared", "7^2 + 3^2 = 58."),
    ("what's two plus two", "2 + 2 = 4."),
    ("двадцать пять в квадрате", "25^2 = 625."),
    ("2 + + 3", "2 + 3 = 5."),
    ("10 процентов от 250 плюс 5", "10 % от 250 + 5 = 30."),
    ("1,500 * 2", "1500 · 2 = 3000."),
    ("what is 12.5% of 64", "12.5% of 64 = 8."),
    ("сто минус сорок два", "100 − 42 = 58."),
    ("(((((1)))))+1", "1 + 1 = 2."),
    (
        "корень из минус четырёх",
        "Корень чётной степени из отрицательного числа среди действительных чисел не существует.",
    ),
    ("факториал минус трёх", "Факториал определён только для целых неотрицательных чисел."),
    ("tan 90 degrees", "The function is not defined at that angle: it would divide by zero."),
    ("0^0", "Zero to the power of zero is not defined."),
    ("log(-1)", "A logarithm is defined only for positive numbers."),
    ("2^1000", "2^1000 ≈ 1.07151·10^301."),
    ("100!", "100! ≈ 9.33262·10^157."),
    ("шестью восемь", "6 · 8 = 48."),
    ("пять целых две десятых плюс одна целая три десятых", "5,2 + 1,3 = 6,5."),
    ("10:4", "10/4 = 2.5."),
    ("десять разделить на четыре", "10/4 = 2,5."),
    ("2*-3", "2 · (−3) = −6."),
    ("2*(3+4)*корень(16)", "2 · (3 + 4)√16 = 56."),
    ("удвой 17", "2 · 17 = 34."),
    ("во сколько раз 20 больше 5", "20/5 = 4."),
    ("на сколько 20 больше чем 5", "|20 − 5| = 15."),
    ("is 5 + 3 equal to 8", "Yes, 5 + 3 = 8."),
    ("верно ли что 6 умножить на 7 равно 41", "Нет: 6 · 7 = 42, а не 41."),
    ("косинус пи на три", "cos(π/3) = 0,5."),
    ("помоги с примером 18 плюс 6", "18 + 6 = 24."),
    ("how many times does 4 go into 20", "20/4 = 5."),
    ("reciprocal of 8", "1/8 = 0.125."),
    ("калькулятор: 41 - 4 - 45", "41 − 4 − 45 = −8."),
    ("sin pi/6", "sin(π/6) = 0.5."),
    ("cos 2pi/3", "cos(2π / 3) = −0.5."),
]

NOT_MINE = [
    "x + 5",
    "привет",
    "5",
    "поезжай на кухню",
    "сколько времени",
    "абсолютно пять",
    "2 +",
    "какой остаток от 17 на 5",
    "реши x^2 = 4",
    "какая столица Франции",
    "sin x / x",
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_arithmetic_answers(text, answer):
    assert ask(TOOL, text) == answer


@pytest.mark.parametrize("text", NOT_MINE)
def test_arithmetic_leaves_what_is_not_its_own(text):
    assert ask(TOOL, text) is None


def formulas():
    """(text, value by Python's fractions, None = division by zero inside)."""

    def joined(parts):
        def join(left, sign, right):
            text = f"({left[0]}) {sign} ({right[0]})"
            if left[1] is None or right[1] is None or (sign == "/" and right[1] == 0):
                return text, None
            a, b = left[1], right[1]
            return text, {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else None}[sign]

        return st.builds(join, parts, st.sampled_from("+-*/"), parts)

    numbers = st.builds(
        lambda whole, part: (f"{whole}.{part:02d}", Fraction(100 * whole + part, 100)),
        st.integers(0, 99),
        st.integers(0, 99),
    )
    return st.recursive(numbers, joined, max_leaves=8)


def test_a_formula_has_the_value_that_fractions_give():
    @settings(max_examples=150, deadline=None)
    @given(formulas())
    def check(formula):
        text, expected = formula
        if expected is None:
            with pytest.raises((Refused, ZeroDivisionError)):
                evaluate(parse(text))
        else:
            assert rational(evaluate(parse(text))) == expected

    check()


@pytest.mark.parametrize(
    "text", ["9**9**9**9", "9^9^9^9", "10^9!", "(10^9)!", "2^(10^30)", "1e9", "((" * 200, "2^" * 100 + "2"]
)
def test_nothing_makes_it_compute_for_long(text):
    began_s = time.process_time()
    ask(TOOL, text)
    assert time.process_time() - began_s < 2.0  # seconds of work, not of waiting: hours without the limits


@pytest.mark.parametrize(
    "text", ["__import__('os').system('ls')", "eval(1)", "x.__class__", "lambda: 1", "open('/etc/passwd')"]
)
def test_code_is_no_formula(text):
    assert ask(TOOL, text) is None
