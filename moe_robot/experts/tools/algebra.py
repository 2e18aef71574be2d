# ruff: noqa: E501 - a pattern is easier to read on one line
"""The expert `algebra`: equations, inequalities, systems, and what one does with expressions. Runs isolated (sympy)."""

from __future__ import annotations

import re

import sympy as sp

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.algebra_words import AFTER, AT, DIVIDE, DO_PATTERNS, IS_ROOT, LEAD, MEET, TAIL, WITH_ROOTS
from moe_robot.experts.tools.expression import Tree, names, parse, parse_relations
from moe_robot.experts.tools.formula import show
from moe_robot.experts.tools.numbers import NUMBER, digits, read
from moe_robot.experts.tools.solutions import Relation, discriminant_steps, inequality, single, system
from moe_robot.experts.tools.symbolic import Expr, symbol, text, to_sympy, value
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool, bare
from moe_robot.structs import Language


class Algebra(TextTool):
    name = "algebra"

    def load(self) -> None:
        """sympy is imported with this module."""

    def reply(self, said: str, language: Language, context: AnswerContext) -> str:
        request = re.sub(r"\bв кв\.?\b", "в квадрате", digits(bare(said), ordinals=True)).replace(";", ",")
        request = (
            re.sub(r"\by ?= ?(?=[^=<>]*$)|\b(?:игрек|y) (?:равен|равно|equals|is) (?=[^=<>]*$)", "", request)
            if re.search(r"парабол|вершин|vertex|parabola|график|axis|cross", request)
            else request
        )
        request = re.sub(
            r"^(?:запиши|write|представь) (.+?) (?:в виде произведения|as a product)$", r"разложи \1", request
        )
        request = re.sub(r",? (?:x|икс) ?= ?\?$|^(?:x|икс) ?= ?\? ", "", request)
        if solve_for := re.match(r"^(?:solve )?(?:for ([a-z])[:,]|([a-z]):) ?(.+=.+)$", request):
            return self._express(solve_for[3], solve_for[1] or solve_for[2], language)
        if solve_for := _SOLVE_FOR.match(request):
            return self._express(solve_for[1], solve_for[2], language)
        for way in (self._coefficients, self._at, self._divide, self._with_roots, self._meet, self._is_root, self._do):
            answer = way(request, language)
            if answer is not None:
                return answer
        return self._solve(request, language)

    # ------------------------------------------------------------ equations

    def _solve(self, request: str, language: Language) -> str:
        shorter = TAIL.sub("", LEAD.sub("", request))
        relations = _relations(shorter)
        if not set().union(*(names(side) for left, _, right in relations for side in (left, right))):
            raise NotMine
        shown = ", ".join(
            f"{show(left, language)} {_SIGNS[sign]} {show(right, language)}" for left, sign, right in relations
        )
        made: list[Relation] = [(to_sympy(left), sign, to_sympy(right)) for left, sign, right in relations]
        if all(sign == "=" for _, sign, _ in made):
            unknown = sorted(
                set().union(
                    *(
                        (left - right).free_symbols | _symbols(trees)
                        for (left, _, right), trees in zip(made, relations, strict=True)
                    )
                ),
                key=_order,
            )
            if len(made) == 1:
                answer = single(made[0], unknown, self.words, language)
            else:
                answer = system(made, unknown, self.words, language)
        else:
            answer = inequality(made, self.words, language)
        return f"{shown}: {answer}"

    # ------------------------------------------------------------ expressions

    def _do(self, request: str, language: Language) -> str | None:
        request = AFTER.sub(r"\2 \1", request)
        for action, pattern in DO_PATTERNS:
            match = pattern.match(request)
            if match is None:
                continue
            rest = re.sub(
                r" (?:completely|имеет|have|has|real roots|на множители|cross(?:es)? the x axis|пересекает ось (?:икс|x|ox|абсцисс)|roots|solutions|(?:real )?(?:roots|solutions)|the subject of)+$",
                "",
                request[match.end() :],
            )
            rest = re.sub(r" have(?: real)? (?:roots|solutions)$| have$", "", rest)
            who = next((group for name, group in match.groupdict().items() if name.startswith("who") and group), "")
            try:
                return self._action(action, rest, who, language)
            except NotMine:
                continue
        return None

    def _action(self, action: str, rest: str, who: str, language: Language) -> str:
        if action == "express":
            return self._express(rest, who, language)
        if action in ("count", "sum", "product", "discriminant", "zeros", "vertex", "axis", "square"):
            return self._polynomial(action, rest, language)
        tree = parse(rest)
        if not names(tree):
            raise NotMine
        expr = to_sympy(tree)
        if action == "roots":
            unknown = sorted(expr.free_symbols, key=_order)
            answer = single((expr, "=", sp.Integer(0)), unknown, self.words, language)
            return f"{show(tree, language)} = 0: {answer}"
        if action == "expand":
            if sp.count_ops(expr) > 200 or any(power.exp.is_Integer and power.exp > 30 for power in expr.atoms(sp.Pow)):
                raise Refused("too_large")
            result = sp.expand(expr)
        elif action == "factor":
            result = sp.factor(expr)
            if result == expr and isinstance(result, sp.Add):
                return self.words.say("prime", language, expression=show(tree, language))
        else:
            result = min((sp.simplify(expr), sp.cancel(expr), sp.expand(expr)), key=sp.count_ops)
            if result.is_number:
                return f"{show(tree, language)} = {value(result, language)}."
        domain = self._excluded(expr, result, language)
        return f"{show(tree, language)} = {text(result, language)}{domain}."

    def _excluded(self, expr: Expr, result: Expr, language: Language) -> str:
        """ " (x ≠ 2)" when something was cancelled."""
        below, left = sp.denom(sp.together(expr)), sp.denom(sp.together(result))
        if len(expr.free_symbols) != 1 or below.is_number:
            return ""
        name = next(iter(expr.free_symbols))
        gone = [root for root in sp.solve(below, name) if root.is_real and left.subs(name, root) != 0]
        return f" ({', '.join(f'{name} ≠ {text(root, language)}' for root in gone)})" if gone else ""

    def _polynomial(self, action: str, rest: str, language: Language) -> str:
        equation = "=" in rest or re.search(r"равно|равен|equals|\bis\b|\bэто\b", rest) is not None
        if equation:
            left, sign, right = _one(rest)
            if sign != "=":
                raise NotMine
            if str(show(left, "en")) == "y" and action not in ("count",):
                left, right = right, parse("0")
            expr, shown = to_sympy(left) - to_sympy(right), f"{show(left, language)} = {show(right, language)}"
        else:
            tree = parse(rest)
            expr, shown = to_sympy(tree), show(tree, language)
        if len(expr.free_symbols) != 1:
            raise NotMine
        x = next(iter(expr.free_symbols))
        if not expr.is_polynomial(x):
            raise NotMine
        polynomial = sp.Poly(expr, x)
        if action in ("discriminant", "vertex", "axis", "square") and polynomial.degree() != 2:
            raise Refused("not_quadratic")
        if action == "discriminant":
            return self.words.say(
                "discriminant", language, expression=shown, steps=discriminant_steps(polynomial, language)
            )
        a, b = (polynomial.coeff_monomial(x**2), polynomial.coeff_monomial(x)) if polynomial.degree() == 2 else (1, 0)
        peak = -sp.Rational(b) / (2 * a) if sp.sympify(b).is_Rational and sp.sympify(a).is_Rational else -b / (2 * a)
        if action == "vertex":
            way = "up" if a > 0 else "down"
            return self.words.say(
                f"vertex_{way}",
                language,
                expression=shown,
                x=text(peak, language),
                y=text(sp.simplify(expr.subs(x, peak)), language),
            )
        if action == "axis":
            return self.words.say("axis", language, expression=shown, x=f"{x} = {text(peak, language)}")
        if action == "square":
            rest_value = sp.expand(expr.subs(x, peak))
            result = a * (x - peak) ** 2
            sign = (
                ""
                if rest_value == 0
                else f" − {text(-rest_value, language)}"
                if rest_value < 0
                else f" + {text(rest_value, language)}"
            )
            return f"{shown} = {text(result, language)}{sign}."
        if action in ("sum", "product"):
            degree = polynomial.degree()
            coefficients = polynomial.all_coeffs()
            if degree < 1:
                raise NotMine
            found = (
                -coefficients[1] / coefficients[0]
                if action == "sum"
                else (-1) ** degree * coefficients[-1] / coefficients[0]
            )
            return self.words.say(f"{action}_of_roots", language, expression=shown, value=value(found, language))
        real = polynomial.count_roots() if polynomial.degree() > 0 else 0
        if action == "count":
            steps = f" ({discriminant_steps(polynomial, language)})" if polynomial.degree() == 2 else ""
            return self.words.say("count", language, expression=shown, n=int(real), steps=steps)
        if not real:
            return self.words.say("no_zeros", language, expression=shown)
        roots = sorted(sp.real_roots(polynomial), key=float)
        points = ", ".join(
            f"({value(root, language) if not root.is_Rational else text(root, language)}; 0)"
            for root in dict.fromkeys(roots)
        )
        return self.words.say("zeros", language, expression=shown, points=points)

    def _express(self, rest: str, who: str, language: Language) -> str:
        left, sign, right = _one(rest)
        if sign != "=":
            raise NotMine
        wanted = {"икс": "x", "игрек": "y", "зет": "z", "тэ": "t", "х": "x", "у": "y", "а": "a"}.get(who, who)
        x = symbol(wanted)
        difference = to_sympy(left) - to_sympy(right)
        if x not in difference.free_symbols:
            raise Refused("no_such_variable", name=wanted)
        return f"{show(left, language)} = {show(right, language)}: {single((difference, '=', sp.Integer(0)), [x], self.words, language)}"

    # ------------------------------------------------------------ phrases of their own

    def _coefficients(self, request: str, language: Language) -> str | None:
        """ "The discriminant for a = 2, b = 3, c = 1"."""
        said = {
            name: re.search(
                rf"\b{name} ?(?:=|равно|is|equals) ?({NUMBER})", request.replace("а", "a").replace("с", "c")
            )
            for name in "abc"
        }
        if not all(said.values()) or not re.search(r"дискриминант|discriminant|квадратн|quadratic", request):
            return None
        a, b, c = (read(match[1]) for match in said.values() if match)
        if not a:
            raise Refused("not_quadratic")
        x = symbol("x")
        expr = sum(
            (sp.Rational(part.numerator, part.denominator) * x**power for part, power in ((a, 2), (b, 1), (c, 0))),
            sp.Integer(0),
        )
        shown = f"{text(expr, language)} = 0"
        if re.search(r"дискриминант|discriminant", request):
            return self.words.say(
                "discriminant", language, expression=shown, steps=discriminant_steps(sp.Poly(expr, x), language)
            )
        return f"{shown}: {single((expr, '=', sp.Integer(0)), [x], self.words, language)}"

    def _at(self, request: str, language: Language) -> str | None:
        match = next((found for pattern in AT if (found := pattern.match(request))), None)
        if match is None:
            return None
        try:
            tree = parse(match["expr"])
        except NotMine:
            return None
        if not names(tree):
            return None
        x = symbol({"икс": "x", "х": "x", "игрек": "y"}.get(match["name"], match["name"]))
        at = read(match["at"])
        expr = to_sympy(tree)
        if x not in expr.free_symbols:
            return None
        result = expr.subs(x, sp.Rational(at.numerator, at.denominator))
        if result in (sp.zoo, sp.nan):
            raise Refused(
                "undefined_at",
                expression=show(tree, language),
                point=f"{x} = {text(sp.Rational(at.numerator, at.denominator), language)}",
            )
        shown = value(result, language) if result.is_number else text(sp.expand(result), language)
        return self.words.say(
            "at",
            language,
            expression=show(tree, language),
            point=f"{x} = {text(sp.Rational(at.numerator, at.denominator), language)}",
            value=shown,
        )

    def _divide(self, request: str, language: Language) -> str | None:
        match = DIVIDE.match(request)
        if match is None:
            return None
        try:
            top, below = parse(match["top"]), parse(match["below"])
        except NotMine:
            return None
        over, under = to_sympy(top), to_sympy(below)
        if len(under.free_symbols) != 1 or over.free_symbols - under.free_symbols:
            return None
        x = next(iter(under.free_symbols))
        if not over.is_polynomial(x) or not under.is_polynomial(x):
            return None
        quotient, rest = sp.div(over, under, x)
        key = "divided" if rest == 0 else "divided_rest"
        return self.words.say(
            key,
            language,
            top=show(top, language),
            below=show(below, language),
            quotient=text(quotient, language),
            rest=text(rest, language),
        )

    def _with_roots(self, request: str, language: Language) -> str | None:
        match = WITH_ROOTS.search(request)
        if match is None:
            return None
        x = symbol("x")
        a, b = (sp.Rational(str(read(match[name]))) for name in "ab")
        polynomial = sp.Poly((x - a) * (x - b), x).clear_denoms()[1]
        return f"{text(polynomial.as_expr(), language)} = 0."

    def _meet(self, request: str, language: Language) -> str | None:
        match = MEET.search(request)
        if match is None:
            return None
        try:
            relations = [_relations(match[name]) for name in "ab"]
        except NotMine:
            return None
        made = [(to_sympy(left), sign, to_sympy(right)) for each in relations for left, sign, right in each]
        unknown = sorted(set().union(*((left - right).free_symbols for left, _, right in made)), key=_order)
        shown = ", ".join(
            f"{show(left, language)} = {show(right, language)}" for each in relations for left, _, right in each
        )
        return f"{shown}: {system(made, unknown, self.words, language)}"

    def _is_root(self, request: str, language: Language) -> str | None:
        match = IS_ROOT.search(request)
        if match is None:
            return None
        left, _, right = _one(match["rest"])
        expr = to_sympy(left) - to_sympy(right)
        if len(expr.free_symbols) != 1:
            return None
        x = next(iter(expr.free_symbols))
        fraction = read(match["at"])
        at = sp.Rational(fraction.numerator, fraction.denominator)
        key = "is_root" if sp.simplify(expr.subs(x, at)) == 0 else "is_no_root"
        return self.words.say(
            key, language, value=text(at, language), expression=f"{show(left, language)} = {show(right, language)}"
        )


_SOLVE_FOR = re.compile(
    r"^(?:solve |реши(?:ть|те)? )?(?:the equation |уравнение )?([^,]+=.+?),? (?:(?:solve )?for|относительно) ([a-z])$"
)
_SIGNS = {"=": "=", "<": "<", ">": ">", "<=": "≤", ">=": "≥", "!=": "≠"}


def _relations(request: str) -> list[tuple[Tree, str, Tree]]:
    found = parse_relations(request)
    if len(found) > 6:
        raise Refused("too_long")
    return found


def _one(request: str) -> tuple[Tree, str, Tree]:
    """The only relation of `request`. Raises NotMine: there are several."""
    found = _relations(request)
    if len(found) != 1:
        raise NotMine
    return found[0]


def _symbols(relation: tuple[Tree, str, Tree]) -> set[Expr]:
    """Also those that cancel: "x = x" is about x."""
    return {symbol(name) for name in names(relation[0]) | names(relation[2])}


def _order(name: Expr) -> tuple[int, str]:
    """x, y, z first, then the others."""
    text_of = str(name)
    return ("xyztuvwnkmabcpqrs".find(text_of) if text_of in "xyztuvwnkmabcpqrs" else 99, text_of)
