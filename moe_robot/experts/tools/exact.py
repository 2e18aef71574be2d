"""The value of a formula without variables, exact as long as it can be, and how numbers and formulas are shown.

A value is a `Surd` (exact) or a float. Sizes are limited before anything is computed, so that no input takes long.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TypeAlias

from moe_robot.experts.tools.expression import Name, Num, Op, Tree
from moe_robot.experts.tools.surd import Surd, sine, square_root, whole_root
from moe_robot.experts.tools.tool import NotMine, Refused
from moe_robot.structs import Language

Value: TypeAlias = "Surd | float"
MAX_BITS = 20_000
MAX_FACTORIAL = 1000
SHOWN_DIGITS = 40
_CONSTANTS = {"pi": math.pi, "e": math.e}
_ANGLED = ("sin", "cos", "tan", "cot")
_FLOATS: dict[str, Callable[[float], float]] = {
    "asin": math.asin, "acos": math.acos, "atan": math.atan, "acot": lambda x: math.pi / 2 - math.atan(x),
    "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "exp": math.exp,
}  # fmt: skip


def _raised(tree: Tree) -> Value:
    """An exponent; one that is too long to write makes a power whose digits cannot even be counted."""
    try:
        return _value(tree)
    except Refused as refusal:
        raise Refused("too_large_tower" if refusal.key == "too_many_digits" else refusal.key) from None


def evaluate(tree: Tree) -> Value:
    """Raises NotMine for variables and Refused: division by zero, outside the domain, too large."""
    try:
        value = _value(tree)
    except OverflowError:
        raise Refused("too_large") from None
    except ZeroDivisionError:
        raise Refused("division_by_zero") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused("too_large")
    return value


def _value(tree: Tree) -> Value:
    if isinstance(tree, Num):
        return Surd.of(tree.value)
    if isinstance(tree, Name):
        if tree.name not in _CONSTANTS:
            raise NotMine
        return _CONSTANTS[tree.name]
    if tree.kind in _ANGLED:
        return _trigonometry(tree.kind, tree.args[0])
    if tree.kind == "^":
        args = [_value(tree.args[0]), _raised(tree.args[1])]
    else:
        args = [_value(arg) for arg in tree.args]
    match tree.kind:
        case "+" | "-":
            right = args[1]
            if isinstance(tree.args[1], Op) and tree.args[1].kind == "%":  # "200 + 15 %"
                right = multiply(args[0], args[1])
            return add(args[0], negate(right) if tree.kind == "-" else right)
        case "*" | "%of":
            product = multiply(args[0], args[1])
            return product if tree.kind == "*" else multiply(product, Surd.of(Fraction(1, 100)))
        case "/":
            return divide(args[0], args[1])
        case "neg":
            return negate(args[0])
        case "%":
            return multiply(args[0], Surd.of(Fraction(1, 100)))
        case "deg":
            return multiply(args[0], math.pi / 180)
        case "^":
            return power(args[0], args[1])
        case "sqrt":
            return root(args[0], 2)
        case "root":
            degree = rational(args[1]) if len(args) > 1 else Fraction(2)
            if degree is None or degree.denominator != 1 or not 1 < degree <= 1000:
                raise NotMine
            return root(args[0], int(degree))
        case "!":
            return Surd.of(factorial(args[0]))
        case "abs":
            return negate(args[0]) if float(args[0]) < 0 else args[0]
        case "floor":
            exact = rational(args[0])
            return Surd.of(math.floor(exact if exact is not None else float(args[0])))
        case "ln" | "lg" | "lb" | "log":
            return logarithm(tree.kind, args)
    if tree.kind in _FLOATS:
        try:
            found = _FLOATS[tree.kind](float(args[0]))
        except ValueError:
            raise Refused("outside_domain", function=tree.kind) from None
        return Surd.of(0) if found == 0 else found
    raise NotMine


def rational(value: Value) -> Fraction | None:
    return value.rational if isinstance(value, Surd) else None


def add(left: Value, right: Value) -> Value:
    return left + right if isinstance(left, Surd) and isinstance(right, Surd) else float(left) + float(right)


def negate(value: Value) -> Value:
    return -value


def multiply(left: Value, right: Value) -> Value:
    if isinstance(left, Surd) and isinstance(right, Surd):
        if _bits(left) + _bits(right) > MAX_BITS:
            raise Refused("too_large")
        if len(left.terms) * len(right.terms) > 400:
            return float(left) * float(right)
        return left * right
    return float(left) * float(right)


def divide(left: Value, right: Value) -> Value:
    if isinstance(right, Surd):
        inverse = right.inverse()
        if inverse is not None:
            return multiply(left, inverse)
    return float(left) / float(right)


def power(base: Value, exponent: Value) -> Value:
    raised = rational(exponent)
    if raised is None:
        if float(base) <= 0:
            raise Refused("power_of_negative")
        return math.pow(float(base), float(exponent))
    if isinstance(base, Surd):
        if raised.denominator == 1:
            return _whole_power(base, int(raised))
        if raised.denominator <= 100 and abs(raised) < 100:
            return _whole_power(root(base, raised.denominator), int(raised.numerator))
    if float(base) < 0 and raised.denominator != 1:
        raise Refused("power_of_negative")
    if float(base) == 0 and raised < 0:
        raise ZeroDivisionError
    return math.pow(float(base), float(raised))


def _whole_power(base: Value, exponent: int) -> Value:
    if not isinstance(base, Surd):
        return math.pow(base, exponent)
    if not base.terms and exponent == 0:
        raise Refused("zero_to_zero")
    if exponent < 0:
        return divide(Surd.of(1), _whole_power(base, -exponent))
    exact = base.rational
    if exact is not None and exact in (0, 1, -1):
        return Surd.of(exact ** (exponent % 2) if exact else 0)
    if _bits(base) * exponent > MAX_BITS:
        if exact is None or exact.denominator != 1 or exponent > 10**15:
            raise Refused("too_large")
        raise Refused(
            "too_many_digits", count=f"{_digits_of_power(abs(int(exact)), exponent):,}".replace(",", "\u00a0")
        )
    if exact is not None:
        return Surd.of(exact**exponent)
    if len(base.terms) > 1 and exponent > 20:
        return math.pow(float(base), exponent)
    result: Value = Surd.of(1)
    for _ in range(exponent):
        result = multiply(result, base)
    return result


def _digits_of_power(base: int, exponent: int) -> int:
    """How many digits base^exponent has, with enough places of the logarithm for the exponent."""
    with localcontext() as places:
        places.prec = 40
        return int(Decimal(base).log10() * exponent) + 1


def root(value: Value, degree: int) -> Value:
    if float(value) < 0 and degree % 2 == 0:
        raise Refused("root_of_negative")
    exact = rational(value)
    if exact is not None:
        whole = whole_root(exact, degree)
        if whole is not None:
            return Surd.of(whole)
        if degree == 2:
            surd = square_root(exact)
            if surd is not None:
                return surd
    size = float(value)
    return math.copysign(math.pow(abs(size), 1 / degree), size)


def factorial(value: Value) -> int:
    exact = rational(value)
    if exact is None or exact.denominator != 1 or exact < 0:
        raise Refused("factorial_domain")
    if exact > MAX_FACTORIAL:
        raise Refused("too_large")
    return math.factorial(int(exact))


def logarithm(kind: str, args: list[Value]) -> Value:
    base: Value = math.e if kind == "ln" else Surd.of(2 if kind == "lb" else 10)
    if len(args) > 1:
        base = args[1]
    if float(args[0]) <= 0:
        raise Refused("log_domain")
    if float(base) <= 0 or rational(base) == 1:
        raise Refused("log_base")
    exact, whole_base = rational(args[0]), rational(base)
    if exact == 1:
        return Surd.of(0)
    guess = math.log(float(args[0])) / math.log(float(base))
    nearest = Fraction(guess).limit_denominator(24)
    if isinstance(base, float):
        return Surd.of(nearest) if not isinstance(args[0], Surd) and abs(guess - nearest) < 1e-12 else guess
    if exact is not None and whole_base is not None and abs(nearest) < 200 and abs(guess - nearest) < 1e-9:
        found = whole_base**nearest.numerator == exact**nearest.denominator
        return Surd.of(nearest) if found else guess
    return guess


def _trigonometry(kind: str, argument: Tree) -> Value:
    degrees = in_degrees(argument)
    if degrees is None:
        angle = float(_value(argument))
        if abs(angle) > 1e15:
            raise Refused("too_large")
        if angle == 0:
            degrees = Fraction(0)
        else:
            return {"sin": math.sin, "cos": math.cos, "tan": math.tan, "cot": lambda x: 1 / math.tan(x)}[kind](angle)
    over, under = sine(degrees), sine(degrees + 90)
    if kind in ("cos", "cot"):
        over, under = under, over
    if over is None or under is None:
        angle = math.radians(float(degrees % 360))
        return {"sin": math.sin, "cos": math.cos, "tan": math.tan, "cot": lambda x: 1 / math.tan(x)}[kind](angle)
    if kind in ("sin", "cos"):
        return over
    if not under.terms:
        raise Refused("tangent_domain", function=kind)
    return divide(over, under)


def in_degrees(tree: Tree) -> Fraction | None:
    """The angle in degrees when it is a rational number of degrees or of pi, else None."""
    if isinstance(tree, Name):
        return Fraction(180) if tree.name == "pi" else None
    if isinstance(tree, Num):
        return None
    if tree.kind == "deg":
        return rational(_value(tree.args[0]))
    if tree.kind == "neg":
        inner = in_degrees(tree.args[0])
        return None if inner is None else -inner
    if tree.kind in ("+", "-"):
        left, right = in_degrees(tree.args[0]), in_degrees(tree.args[1])
        if left is None or right is None:
            return None
        return left + right if tree.kind == "+" else left - right
    if tree.kind in ("*", "/"):
        left = in_degrees(tree.args[0])
        if left is not None:
            factor = rational(_value(tree.args[1]))
            return (
                None
                if factor is None or (tree.kind == "/" and not factor)
                else left * factor
                if tree.kind == "*"
                else left / factor
            )
        if tree.kind == "*" and (right := in_degrees(tree.args[1])) is not None:
            factor = rational(_value(tree.args[0]))
            return None if factor is None else right * factor
    return None


def _bits(value: Surd) -> int:
    return max(
        (
            part.numerator.bit_length() + part.denominator.bit_length() - 1 + radicand.bit_length()
            for radicand, part in value.terms
        ),
        default=1,
    )


# ------------------------------------------------------------------ showing


def comma(text: str, language: Language) -> str:
    return text.replace(".", ",") if language == "ru" else text


def decimal(value: float | Fraction, language: Language) -> str:
    """To 6 significant digits, and at least two after the point; large and tiny ones as 1.5·10^30."""
    size = abs(float(value)) if isinstance(value, float) or abs(value) < 10**300 else math.inf
    if size == 0:
        return "0"
    if size >= 10**15 or size < 1e-6:
        return _scientific(value, language)
    places = max(2, 5 - math.floor(math.log10(size)))
    text = f"{float(value):.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return comma(text.replace("-", "−"), language)


def _scientific(value: float | Fraction, language: Language) -> str:
    if isinstance(value, Fraction):  # may be far outside of the floats
        exponent = len(str(abs(value.numerator))) - len(str(value.denominator))
        shift = value / Fraction(10) ** exponent
        exponent += -1 if abs(shift) < 1 else 0
        mantissa = float(value / Fraction(10) ** exponent)
    else:
        exponent = math.floor(math.log10(abs(value)))
        mantissa = value / 10.0**exponent
    if abs(round(mantissa, 5)) >= 10:
        mantissa, exponent = mantissa / 10, exponent + 1
    text = f"{mantissa:.5f}".rstrip("0").rstrip(".").replace("-", "−")
    return comma(f"{text}·10^{exponent}".replace("^-", "^−"), language)


def is_short_decimal(value: Fraction) -> bool:
    """Whether it can be written with at most 6 digits after the point."""
    return (value * 10**6).denominator == 1


def short(value: Fraction, language: Language) -> str:
    """An exact decimal when it is short, otherwise one that is near."""
    return number(value, language) if is_short_decimal(value) else decimal(value, language)


def number(value: Fraction, language: Language) -> str:
    """An exact decimal when it is short, otherwise a fraction."""
    if value.denominator == 1:
        text = str(abs(value.numerator))
        if len(text) > SHOWN_DIGITS:
            return _scientific(value, language)
        return f"−{text}" if value < 0 else text
    if is_short_decimal(value):
        scaled = str(int(abs(value) * 10**6)).zfill(7)
        text = f"{scaled[:-6]}.{scaled[-6:]}".rstrip("0")
        return comma(f"−{text}" if value < 0 else text, language)
    return fraction(value)


def fraction(value: Fraction) -> str:
    sign = "−" if value < 0 else ""
    below = "" if value.denominator == 1 else f"/{value.denominator}"
    return f"{sign}{abs(value.numerator)}{below}"


def equals(value: Value, language: Language, fractions: bool = False) -> str:
    """ "= 5", "= 2/3 ≈ 0.666667", "= 5/4 = 1.25" (with `fractions`), "= √2 ≈ 1.41421", "≈ 0.909297"."""
    if isinstance(value, float):
        return f"≈ {decimal(value, language)}"
    exact = value.rational
    if exact is None:
        return f"= {value} ≈ {decimal(float(value), language)}"
    if exact.denominator == 1 and len(str(abs(exact.numerator))) > SHOWN_DIGITS:
        return f"≈ {_scientific(exact, language)}"
    if exact.denominator == 1 or (is_short_decimal(exact) and not fractions):
        return f"= {number(exact, language)}"
    if len(str(exact.numerator)) + len(str(exact.denominator)) > SHOWN_DIGITS:
        return f"≈ {decimal(exact, language)}"
    if is_short_decimal(exact):
        return f"= {fraction(exact)} = {number(exact, language)}"
    return f"= {fraction(exact)} ≈ {decimal(exact, language)}"
