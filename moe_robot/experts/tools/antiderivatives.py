"""Integrals that sympy leaves: by pieces, by hand, by the ends of the interval; the area under a curve."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import sympy as sp
from sympy.integrals.manualintegrate import manualintegrate

from moe_robot.experts.tools.calculus import real_zeros
from moe_robot.experts.tools.symbolic import Expr
from moe_robot.experts.tools.tool import Refused


def over(expr: Expr, x: Expr, a: Expr, b: Expr) -> Expr:
    """The definite integral, numerically when there is no formula. Raises Refused when neither works."""
    quick = by_ends(expr, x, a, b)
    if quick is not None:
        return quick
    result = sp.integrate(expr, (x, a, b))
    if not result.has(sp.Integral):
        return result
    numeric = sp.Integral(expr, (x, a, b)).evalf(15)
    if not numeric.is_Float:
        raise Refused("too_hard")
    return numeric


def by_hand(expr: Expr, x: Expr) -> Expr | None:
    """By the rules of a school book, which is fast; None when they do not lead to an end."""
    result = manualintegrate(expr, x)
    return None if result.has(sp.Integral) or result.has(sp.Piecewise) else result


def by_ends(expr: Expr, x: Expr, a: Expr, b: Expr) -> Expr | None:
    """F(b) − F(a), only when a numerical integral between finite ends agrees: a pole in between must not go unseen."""
    if not (a.is_number and b.is_number and a.is_finite and b.is_finite) or expr.free_symbols - {x}:
        return None
    result = by_hand(expr, x)
    if result is None:
        return None
    value = sp.simplify(result.subs(x, b) - result.subs(x, a))
    if not value.is_number or value.is_real is not True:
        return None
    function = sp.lambdify(x, expr, "mpmath")
    try:
        numeric, error = mpmath.quad(function, [mpmath.mpf(str(sp.N(a, 20))), mpmath.mpf(str(sp.N(b, 20)))], error=True)
    except (ZeroDivisionError, ValueError, TypeError, OverflowError):
        return None
    if isinstance(numeric, mpmath.mpc) or error > 1e-8 * max(1, abs(numeric)):
        return None
    return value if abs(float(value) - float(numeric)) < 1e-8 * max(1.0, abs(float(numeric))) else None


def area(expr: Expr, x: Expr, a: Expr, b: Expr) -> Expr:
    zeros = real_zeros(expr, x) or []
    inside = [point for point in zeros if a < point < b]
    ends = [a, *inside, b]
    return sum(abs(over(expr, x, low, high)) for low, high in pairwise(ends))
