"""Are the answers of the mathematical experts right? Random questions, checked by a route of their own.

    python bench/maths.py [--n 200] [--seed 1] [--no-keep]

The question goes to the tool as text, the formula in the answer's text is read back and evaluated with floats:
derivatives against central differences, antiderivatives by the difference of the integrand, definite integrals against
Simpson's rule, roots by putting them into the equation, sums by Python's fractions. An answer in another form than
expected, none, or one after five seconds counts as wrong. The school stories are asked by bench/stories.py.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import stories
from bench.report import Report, summary, wilson
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.algebra import Algebra
from moe_robot.experts.tools.arithmetic import Arithmetic
from moe_robot.experts.tools.calculus import Derivative
from moe_robot.experts.tools.exact import evaluate
from moe_robot.experts.tools.expression import Name, Num, Op, Tree, parse
from moe_robot.experts.tools.integrals import Integral
from moe_robot.experts.tools.tool import NotMine
from moe_robot.structs import Utterance

_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
NOTHING: Any = None
LIMIT_S = 5.0  # later is no answer, as in the robot


class TooLong(Exception):
    """The limit of time is over."""


def too_long(signal_number: int, frame: Any) -> None:
    raise TooLong


def ask(tool: Any, text: str) -> str:
    context = AnswerContext(NOTHING, NOTHING, NOTHING, datetime(2026, 1, 1, tzinfo=timezone.utc))
    reply = tool.answer(Utterance(text, "en"), context)
    return "" if reply is None else str(reply.text)


def value_at(formula: str, x: float) -> float:
    """`formula` as an answer shows it, at x."""
    plain = _RAISED.sub(lambda match: f"^{match[0].translate(_PLAIN)}", formula)
    return float(evaluate(_filled(parse(plain), x)))


def _filled(tree: Tree, x: float) -> Tree:
    if isinstance(tree, Name) and tree.name == "x":
        number = Fraction(x).limit_denominator(10**9)
        return Num(number, str(number))
    if isinstance(tree, Op):
        return Op(tree.kind, tuple(_filled(arg, x) for arg in tree.args))
    return tree


def function(rng: random.Random, depth: int = 2) -> str:
    """A random function of x."""
    atoms: list[Callable[[], str]] = [
        lambda: f"{rng.randint(1, 9)}x^{rng.randint(2, 5)}",
        lambda: f"sin({rng.randint(1, 5)}x)",
        lambda: f"cos({rng.randint(1, 5)}x)",
        lambda: f"e^({rng.choice((-2, -1, 1, 2))}x)",
        lambda: "ln(x)",
        lambda: "sqrt(x)",
        lambda: f"({rng.randint(1, 4)}x + {rng.randint(1, 9)})^{rng.randint(2, 4)}",
        lambda: f"1/(x + {rng.randint(1, 9)})",
    ]
    if depth == 0:
        return rng.choice(atoms)()
    left, right = function(rng, depth - 1), rng.choice(atoms)()
    return rng.choice((f"{left} + {right}", f"{left} - {right}", f"({left})*({right})", left))


def near(a: float, b: float, share: float) -> bool:
    return abs(a - b) <= share * max(1.0, abs(a), abs(b))


def derivative(rng: random.Random, tool: Any) -> bool:
    formula = function(rng)
    match = re.fullmatch(r"\(.*\)′ = (.+)\.", ask(tool, f"derivative of {formula}"))
    if match is None:
        return False
    step = 1e-5
    return all(
        near(value_at(match[1], x), (value_at(formula, x + step) - value_at(formula, x - step)) / (2 * step), 1e-4)
        for x in (0.7, 1.3, 2.1)
    )


def antiderivative(rng: random.Random, tool: Any) -> bool:
    formula = function(rng, 1)
    match = re.fullmatch(r"∫ .* dx = (.+) \+ C\.", ask(tool, f"integral of {formula}"))
    if match is None:
        return False
    step = 1e-5
    return all(
        near((value_at(match[1], x + step) - value_at(match[1], x - step)) / (2 * step), value_at(formula, x), 1e-4)
        for x in (0.7, 1.3, 2.1)
    )


def definite(rng: random.Random, tool: Any) -> bool:
    formula, low, width = function(rng, 1), rng.randint(1, 3), rng.randint(1, 2)
    answer = ask(tool, f"integral of {formula} from {low} to {low + width}")
    match = re.search(r"from \S+ to \S+ = (?:.*≈ |.* = )?([−\d.·^]+)\.$", answer)
    if match is None:
        return False
    n = 100
    step = width / n
    tree = parse(formula)
    points = [float(evaluate(_filled(tree, low + k * step))) for k in range(n + 1)]
    simpson = step / 3 * (points[0] + points[-1] + 4 * sum(points[1:-1:2]) + 2 * sum(points[2:-1:2]))
    return near(value_at(match[1], 0.0), simpson, 1e-4)


def quadratic(rng: random.Random, tool: Any) -> bool:
    a, b, c = rng.choice((1, 1, 2, 3, -1)), rng.randint(-12, 12), rng.randint(-30, 30)
    answer = ask(tool, f"solve {a}x^2 + {b}x + {c} = 0".replace("+ -", "- "))
    inner = b * b - 4 * a * c
    if inner < 0:
        return "no real" in answer
    said = [
        part.split(" ≈ ")[0].split(" = ")[0]
        for part in re.findall(r"x[₁₂]? = ([^,]+?)(?=,|\.$)", answer.split(":", 1)[-1])
    ]
    roots = sorted({(-b - math.sqrt(inner)) / (2 * a), (-b + math.sqrt(inner)) / (2 * a)})
    return len(said) == len(roots) and all(near(value_at(x, 0.0), y, 1e-9) for x, y in zip(said, roots, strict=True))


def linear_system(rng: random.Random, tool: Any) -> bool:
    x, y = rng.randint(-9, 9), rng.randint(-9, 9)
    a, b, c, d = (rng.choice([k for k in range(-6, 7) if k]) for _ in range(4))
    if a * d == b * c:
        return linear_system(rng, tool)
    text = f"{a}x + {b}y = {a * x + b * y}, {c}x + {d}y = {c * x + d * y}".replace("+ -", "- ")
    return ask(tool, text).endswith(f": x = {x}, y = {y}.".replace("-", "−"))


def calculation(rng: random.Random, tool: Any) -> bool:
    """Whole numbers, decimals and brackets against Python's fractions."""
    parts = [(f"{n}", Fraction(n)) for n in (rng.randint(1, 99) for _ in range(4))]
    text, value = parts[0]
    for said, number in parts[1:]:
        sign = rng.choice("+-*/")
        value = {"+": value + number, "-": value - number, "*": value * number, "/": value / number}[sign]
        text = f"({text}) {sign} {said}"
    answer = re.sub(r".* (?:=|≈) ", "", ask(tool, text)).rstrip(".").replace("−", "-")
    return bool(re.fullmatch(r"-?\d+(?:\.\d+)?(?:·10\^-?\d+)?", answer)) and near(
        value_at(answer, 0.0), float(value), 1e-5
    )


KINDS: tuple[tuple[str, Callable[[random.Random, Any], bool], Callable[[], Any]], ...] = (
    ("four numbers with brackets", calculation, Arithmetic),
    ("quadratic equations", quadratic, Algebra),
    ("systems of two equations", linear_system, Algebra),
    ("derivatives", derivative, Derivative),
    ("antiderivatives", antiderivative, Integral),
    ("definite integrals", definite, Integral),
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--n", type=int, default=200, help="questions of each kind")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--no-keep", action="store_true", help="print only")
    args = options.parse_args()
    report = Report("maths", "Answers of the mathematical experts, checked by another route", packages=("sympy",))
    head = ["kind", "n", "right, %", "95 % interval", "too late", "median, ms", "worst, ms"]
    signal.signal(signal.SIGALRM, too_long)
    rows = []
    for title, check, make in KINDS:
        rng, tool = random.Random(args.seed), make()
        right, late, took_ms = 0, 0, []
        for _ in range(args.n):
            began_s = time.perf_counter()
            signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
            try:
                right += check(rng, tool)
            except TooLong:
                late += 1
            except NotMine:
                pass  # the answer cannot be read back: it is not counted as right
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            took_ms.append(1e3 * (time.perf_counter() - began_s))
        low, high = wilson(right, args.n)
        times = summary(took_ms)
        rows.append(
            [
                title,
                str(args.n),
                f"{100 * right / args.n:.1f}",
                f"{100 * low:.1f} to {100 * high:.1f}",
                str(late),
                f"{times.median:.1f}",
                f"{times.worst:.0f}",
            ]
        )
    report.table(head, rows)
    report.table(stories.HEAD, list(stories.rows()))
    report.text("Time includes the check. Questions are typed; how people ask is measured on the routing data.")
    report.write(keep=not args.no_keep)


if __name__ == "__main__":
    main()
