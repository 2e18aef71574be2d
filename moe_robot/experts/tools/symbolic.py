# ruff: noqa: E501 - one sentence or pattern is one line
"""Trees of `expression.py` to sympy and back to text. Imports sympy: only for answerers that run in a process of their own.

No text ever reaches sympy's own parser, which evaluates code. Sizes are limited before sympy sees them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import sympy as sp
from sympy.printing.str import StrPrinter

from moe_robot.experts.tools.expression import Name, Num, Tree
from moe_robot.experts.tools.tool import NotMine, Refused
from moe_robot.structs import Language

Expr: TypeAlias = Any  # sympy has no usable types
MAX_EXPONENT = 1000
MAX_RESULT = 600  # characters of an answer that a person still reads
_FUNCTIONS: dict[str, Callable[[Expr], Expr]] = {
    "sin": sp.sin, "cos": sp.cos, "tan": sp.tan, "cot": sp.cot, "asin": sp.asin, "acos": sp.acos, "atan": sp.atan, "acot": sp.acot,
    "sinh": sp.sinh, "cosh": sp.cosh, "tanh": sp.tanh, "exp": sp.exp, "ln": sp.log, "abs": sp.Abs, "floor": sp.floor, "sqrt": sp.sqrt,
}  # fmt: skip
_CONSTANTS = {"pi": sp.pi, "e": sp.E, "oo": sp.oo}


def symbol(name: str) -> Expr:
    """Real, so that √(x²) is |x| and complex answers come only when they are asked for."""
    return sp.Symbol(name, real=True)


def to_sympy(tree: Tree, plain_log_is_natural: bool = False) -> Expr:
    """Raises NotMine and Refused (too large, factorial of something else than a small number)."""
    if isinstance(tree, Num):
        return sp.Rational(tree.value.numerator, tree.value.denominator)
    if isinstance(tree, Name):
        return _CONSTANTS.get(tree.name) or symbol(tree.name)
    args = [to_sympy(arg, plain_log_is_natural) for arg in tree.args]
    match tree.kind:
        case "+":
            return args[0] + args[1]
        case "-":
            return args[0] - args[1]
        case "*":
            return args[0] * args[1]
        case "/":
            if args[1] == 0:
                raise Refused("division_by_zero")
            return args[0] / args[1]
        case "neg":
            return -args[0]
        case "^":
            if args[1].is_number and abs(args[1]) > MAX_EXPONENT:
                raise Refused("too_large")
            if (
                args[0].is_number
                and args[1].is_number
                and args[0].is_Rational
                and args[0].p.bit_length() * abs(args[1]) > 20_000
            ):
                raise Refused("too_large")
            return args[0] ** args[1]
        case "root":
            degree = args[1] if len(args) > 1 else sp.Integer(2)
            return sp.real_root(args[0], degree) if args[0].is_number and degree % 2 else args[0] ** (1 / degree)
        case "%":
            return args[0] / 100
        case "%of":
            return args[0] * args[1] / 100
        case "deg":
            return args[0] * sp.pi / 180
        case "!":
            if args[0].is_number and not (args[0].is_Integer and 0 <= args[0] <= 1000):
                raise Refused("too_large")
            return sp.factorial(args[0])
        case "lg":
            return sp.log(args[0]) / sp.log(10)
        case "lb":
            return sp.log(args[0]) / sp.log(2)
        case "log":
            if len(args) > 1:
                return sp.log(args[0]) / sp.log(args[1])
            return sp.log(args[0]) if plain_log_is_natural else sp.log(args[0]) / sp.log(10)
    if tree.kind in _FUNCTIONS:
        return _FUNCTIONS[tree.kind](args[0])
    raise NotMine


class _Printer(StrPrinter):  # type: ignore[misc]
    def _print_exp(self, expr: Expr) -> str:
        inner = self._print(expr.args[0])
        return f"e^{inner}" if re.fullmatch(r"\w+", inner) else f"e^({inner})"

    def _print_Exp1(self, expr: Expr) -> str:
        return "e"

    def _print_log(self, expr: Expr) -> str:
        inner = self._print(expr.args[0])
        return f"ln{inner}" if inner.startswith("|") else f"ln({inner})"

    def _print_Abs(self, expr: Expr) -> str:
        return f"|{self._print(expr.args[0])}|"

    def _print_factorial(self, expr: Expr) -> str:
        inner = self._print(expr.args[0])
        return f"{inner}!" if re.fullmatch(r"\w+", inner) else f"({inner})!"


_SUPER = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RUSSIAN = ((r"\btan\b", "tg"), (r"\bcot\b", "ctg"), (r"\basin\b", "arcsin"), (r"\bacos\b", "arccos"), (r"\batan\b", "arctg"), (r"\bacot\b", "arcctg"), (r"\bsinh\b", "sh"), (r"\bcosh\b", "ch"), (r"\btanh\b", "th"))  # fmt: skip
_ENGLISH = ((r"\basin\b", "arcsin"), (r"\bacos\b", "arccos"), (r"\batan\b", "arctan"), (r"\bacot\b", "arccot"))


def text(expr: Expr, language: Language) -> str:
    """As in a school book, in one line: "3x² + 2·sin(x)", "e^(2x)", "√3/2". Raises Refused when it is too long to read."""
    try:
        shown = str(_Printer().doprint(sp.sympify(expr)))
    except ValueError:  # Python writes no whole number of more than 4300 digits
        raise Refused("too_long_result") from None
    shown = re.sub(r"\bpi\b", "π", shown)
    shown = re.sub(r"\*\*(\d+)(?![\d.])", lambda match: match[1].translate(_SUPER), shown)
    shown = shown.replace("**", "^")
    shown = re.sub(r"(?<![\w)])(\d+)\*(?=[a-zA-Z(√])(?!(?:sin|cos|tan|cot|asin|acos|atan|ln)\()", r"\1", shown)
    shown = re.sub(r"sqrt\((\w+)\)", r"√\1", shown).replace("sqrt(", "√(")
    shown = re.sub(r"\bpi\b", "π", shown)
    shown = re.sub(r"(?<=\d)pi\b", "π", shown)
    shown = re.sub(r"\boo\b", "∞", shown)
    shown = re.sub(r"(?<=\d)I\b|\bI\b", "i", shown)
    shown = re.sub(r"(?<![\w)])(\d+)\*(?=[a-zA-Z√π(i])(?!(?:sin|cos|tan|cot|asin|acos|atan|ln)\()", r"\1", shown)
    shown = shown.replace("*", "·").replace(" - ", " − ")
    shown = re.sub(r"(?<![\w)])-", "−", shown)
    shown = re.sub(r"(?<![a-zA-Z^])([a-z][²³⁴⁵⁶⁷⁸⁹]?)·(?=[a-z](?![a-z(^]))", r"\1", shown)
    for pattern, name in _RUSSIAN if language == "ru" else _ENGLISH:
        shown = re.sub(pattern, name, shown)
    if len(shown) > MAX_RESULT:
        raise Refused("too_long_result")
    return shown


def complex_text(expr: Expr, language: Language) -> str:
    """ "−1/2 + (√3/2)i"."""
    real, imaginary = sp.expand(expr).as_real_imag()
    size = text(abs(imaginary), language)
    size = "" if size == "1" else f"({size})" if "/" in size else size
    if real == 0:
        return f"{'−' if imaginary < 0 else ''}{size}i"
    return f"{text(real, language)} {'−' if imaginary < 0 else '+'} {size}i"


def value(expr: Expr, language: Language) -> str:
    """A number: exact, and a decimal when that says more: "√3/2 ≈ 0.866025", "5", "1/3 ≈ 0.333333"."""
    expr = sp.nsimplify(expr) if expr.is_Float else expr
    if expr in (sp.oo, -sp.oo):
        return "∞" if expr is sp.oo else "−∞"
    if expr.is_Integer:
        return text(expr, language)
    if expr.is_real is False:
        return complex_text(expr, language)
    shown = decimal(expr, language)
    exact = text(expr, language)
    if expr.is_Rational and (sp.Integer(10) ** 6 * expr).is_Integer:
        return f"{exact} = {shown}"
    return f"{exact} ≈ {shown}" if len(exact) <= 60 else f"≈ {shown}"


def decimal(expr: Expr, language: Language) -> str:
    number = sp.N(expr, 30)
    if not number.is_comparable:
        raise Refused("too_hard")
    size = abs(number)
    if size and (size >= sp.Integer(10) ** 15 or size < sp.Rational(1, 10**6)):
        shown = re.sub(
            r"e([+-])0*(\d+)", lambda match: f"·10^{'−' if match[1] == '-' else ''}{match[2]}", f"{float(number):.5e}"
        )
    else:
        places = max(2, 5 - int(sp.floor(sp.log(size, 10)))) if size else 0
        shown = f"{float(number):.{places}f}"
        shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    shown = shown.replace("-", "−")
    return shown.replace(".", ",") if language == "ru" else shown


def interval_text(solution: Expr, name: str, language: Language) -> str | None:
    """A set of reals as inequalities: "x < −2 or x > 3"; None for what is no union of intervals and points."""
    word = " или " if language == "ru" else " or "
    parts: Iterable[Expr] = solution.args if isinstance(solution, sp.Union) else (solution,)
    found: list[tuple[float, str]] = []
    for part in parts:
        if isinstance(part, sp.FiniteSet):
            found += [(float(point), f"{name} = {text(point, language)}") for point in part]
            continue
        if not isinstance(part, sp.Interval):
            return None
        low, high = part.start, part.end
        left, right = "<" if part.left_open else "≤", "<" if part.right_open else "≤"
        if low == -sp.oo:
            shown = f"{name} {right} {text(high, language)}"
        elif high == sp.oo:
            shown = f"{name} {'>' if part.left_open else '≥'} {text(low, language)}"
        else:
            shown = f"{text(low, language)} {left} {name} {right} {text(high, language)}"
        found.append((float(low), shown))
    return word.join(shown for _, shown in sorted(found))
