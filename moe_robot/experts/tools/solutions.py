"""Solving with sympy, and the sentence that tells the solution: none, one, several, infinitely many, complex."""

from __future__ import annotations

from typing import TypeAlias

import sympy as sp

from moe_robot.experts.tools.symbolic import Expr, complex_text, decimal, interval_text, symbol, text, value
from moe_robot.experts.tools.tool import Refused
from moe_robot.experts.words import Words
from moe_robot.structs import Language

Relation: TypeAlias = tuple[Expr, str, Expr]
_RELATIONS = {"<": sp.Lt, ">": sp.Gt, "<=": sp.Le, ">=": sp.Ge, "!=": sp.Ne, "=": sp.Eq}


def single(relation: Relation, unknown: list[Expr], words: Words, language: Language) -> str:
    """One equation; with several unknowns it is solved for the first."""
    left, _, right = relation
    if not unknown:
        raise Refused("too_hard")
    x = unknown[0]
    difference = sp.expand(left - right) if sp.count_ops(left - right) < 200 else left - right
    if difference == 0 or sp.simplify(difference) == 0:
        return words.say(
            "any", language, x=" и ".join(map(str, unknown)) if language == "ru" else " and ".join(map(str, unknown))
        )
    if x not in difference.free_symbols:
        return words.say("none", language)
    others = difference.free_symbols - {x}
    if not others and difference.is_polynomial(x):
        return _polynomial(sp.Poly(difference, x), x, words, language)
    if others:
        found = sp.solve(difference, x)
        if not found:
            return words.say("none", language)
        return words.say(
            "several",
            language,
            roots=words.say("or", language).join(f"{x} = {text(sp.simplify(each), language)}" for each in found),
        )
    return _transcendental(left - right, x, words, language)


def _polynomial(polynomial: Expr, x: Expr, words: Words, language: Language) -> str:
    degree = polynomial.degree()
    if degree > 40:
        raise Refused("too_large")
    expr = polynomial.as_expr()
    if degree == 1:
        return words.say("one", language, x=x, value=value(sp.solve(expr, x)[0], language))
    if degree == 2:
        steps = discriminant_steps(polynomial, language)
        a, b, _ = (polynomial.coeff_monomial(x**power) for power in (2, 1, 0))
        inner = sp.discriminant(polynomial)
        roots = [sp.radsimp((-b + sign * sp.sqrt(inner)) / (2 * a)) for sign in (-1, 1)]
        if inner == 0:
            return words.say("root_double", language, steps=steps, x=x, first=value(roots[0], language))
        if inner < 0:
            shown = [complex_text(root, language) for root in roots]
            if b == 0:
                return words.say("none_real", language, roots=", ".join(f"{x} = {each}" for each in shown))
            return words.say("roots_complex", language, steps=steps, x=x, first=shown[0], second=shown[1])
        roots.sort(key=lambda root: float(root))
        if b == 0:
            return _points(roots, x, words, language)
        return words.say(
            "roots_two", language, steps=steps, x=x, first=value(roots[0], language), second=value(roots[1], language)
        )
    real = sorted(set(sp.real_roots(polynomial)), key=lambda root: float(root))
    if not real:
        z = sp.Symbol(str(x))
        complex_roots = sp.roots(expr.subs(x, z), z)
        if sum(complex_roots.values()) == degree:
            shown_all = ", ".join(f"{x} = {complex_text(root, language)}" for root in complex_roots)
            return words.say("none_real", language, roots=shown_all)
        return words.say("none", language)
    if any(root.has(sp.CRootOf) or len(str(root)) > 80 for root in real):
        near = ", ".join(f"{x} ≈ {decimal(root, language)}" for root in real)
        return words.say("numeric", language, roots=near)
    return _listed(real, x, words, language)


def discriminant_steps(polynomial: Expr, language: Language) -> str:
    """ "D = 25 − 24 = 1"."""
    a, b, c = (polynomial.coeff_monomial(polynomial.gen**power) for power in (2, 1, 0))
    first, second = b**2, 4 * a * c
    result = text(first - second, language)
    if second == 0 or not (sp.sympify(second).is_Rational and sp.sympify(first).is_Rational):
        return f"D = {result}"
    sign = "−" if second > 0 else "+"
    return f"D = {text(first, language)} {sign} {text(abs(second), language)} = {result}"


def _transcendental(difference: Expr, x: Expr, words: Words, language: Language) -> str:
    try:
        solution = sp.solveset(difference, x, sp.S.Reals)
    except (NotImplementedError, ValueError):
        solution = None
    if solution is sp.S.EmptySet:
        return words.say("none", language)
    if isinstance(solution, sp.FiniteSet):
        return _points(list(solution), x, words, language)
    periodic = None if solution is None else _periodic(solution, x, language)
    if periodic:
        return words.say("periodic", language, roots=words.say("or", language).join(periodic))
    if solution == sp.S.Reals:
        return words.say("any", language, x=x)
    try:
        found = [root for root in sp.solve(difference, x) if root.is_real]
    except NotImplementedError:
        found = []
    if found:
        return _points(found, x, words, language)
    roots = _numeric(difference, x)
    if not roots:
        raise Refused("too_hard")
    return words.say("numeric", language, roots=", ".join(f"{x} ≈ {decimal(root, language)}" for root in roots))


def _points(found: list[Expr], x: Expr, words: Words, language: Language) -> str:
    found = sorted((sp.simplify(root) for root in found), key=lambda root: float(sp.re(root)))
    return _listed(found, x, words, language)


def _listed(found: list[Expr], x: Expr, words: Words, language: Language) -> str:
    if len(found) == 1:
        return words.say("one", language, x=x, value=value(found[0], language))
    return words.say(
        "several",
        language,
        roots=", ".join(f"{x}{_index(i)} = {value(root, language)}" for i, root in enumerate(found)),
    )


def _periodic(solution: Expr, x: Expr, language: Language) -> list[str]:
    """ "x = π/6 + 2πn" for each family; nothing for other sets."""
    parts = solution.args if isinstance(solution, sp.Union) else (solution,)
    shown = []
    for part in parts:
        if not isinstance(part, sp.ImageSet) or len(part.lamda.variables) != 1:
            return []
        n = sp.Symbol("n", integer=True)
        family = sp.expand(part.lamda.expr.subs(part.lamda.variables[0], n))
        step, start = family.coeff(n), family.subs(n, 0)
        period = (
            f"{'' if step == sp.pi else text(step / sp.pi, language)}πn"
            if (step / sp.pi).is_Integer
            else f"{text(step, language)}·n"
        )
        shown.append((float(start), f"{x} = {text(start, language)} + {period}" if start != 0 else f"{x} = {period}"))
    return [each for _, each in sorted(shown)]


def _numeric(difference: Expr, x: Expr) -> list[Expr]:
    """Zeros between −50 and 50 by sign changes of a continuous function, at most five."""
    function = sp.lambdify(x, difference, "math")
    roots: list[Expr] = []
    before: tuple[float, float] | None = None
    for step in range(-2000, 2001):
        at = step / 40 + 0.001
        try:
            here = float(function(at))
        except (ValueError, OverflowError, ZeroDivisionError, TypeError):
            before = None
            continue
        if before is not None and before[1] * here < 0 and abs(here) < 1e3:
            try:
                roots.append(sp.nsolve(difference, x, (before[0], at), solver="bisect", verify=True))
            except (ValueError, ZeroDivisionError):
                before = None
                continue
        before = (at, here)
    return roots[:5]


def system(relations: list[Relation], unknown: list[Expr], words: Words, language: Language) -> str:
    equations = [left - right for left, _, right in relations]
    solutions = sp.solve(equations, unknown, dict=True)
    if not solutions:
        return words.say("none", language)
    solutions = [each for each in solutions if all(part.is_real is not False for part in each.values())]
    if not solutions:
        return words.say("none", language)
    shown = []
    free = False
    for each in solutions[:6]:
        free |= any(part.free_symbols for part in each.values()) or len(each) < len(unknown)
        shown.append(
            ", ".join(
                f"{name} = {text(part, language) if part.free_symbols else value(sp.simplify(part), language)}"
                for name, part in each.items()
            )
        )
    key = "infinite" if free else "several"
    return words.say(key, language, roots=words.say("or", language).join(shown))


def inequality(relations: list[Relation], words: Words, language: Language) -> str:
    names = set().union(*((left - right).free_symbols for left, _, right in relations))
    if len(names) != 1:
        raise Refused("too_hard")
    x = symbol(str(next(iter(names))))
    try:
        solution = sp.S.Reals
        for left, sign, right in relations:
            if sign == "=":
                part = sp.solveset(left - right, x, sp.S.Reals)
            else:
                part = sp.solve_univariate_inequality(
                    _RELATIONS[sign](left, right), x, relational=False, domain=sp.S.Reals
                )
            solution = solution.intersect(part)
    except (NotImplementedError, TypeError):
        raise Refused("too_hard") from None
    if solution is sp.S.EmptySet:
        return words.say("none", language)
    if solution == sp.S.Reals:
        return words.say("all_real", language, x=x)
    shown = interval_text(solution, str(x), language)
    if shown is None:
        raise Refused("too_hard")
    return words.say("interval", language, answer=shown)


def _index(number: int) -> str:
    return str(number + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
