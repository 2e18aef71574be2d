# ruff: noqa: E501 - a pattern is easier to read on one line
"""The expert `integral`: antiderivatives, definite integrals and areas, limits, sums of series. Runs isolated (sympy)."""

from __future__ import annotations

import re
from itertools import pairwise

import sympy as sp

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.antiderivatives import area, by_hand, over
from moe_robot.experts.tools.calculus import find_function, natural, read_formula, real_zeros, shown_result
from moe_robot.experts.tools.expression import Name, Num, Op, Tree, names, parse
from moe_robot.experts.tools.formula import show
from moe_robot.experts.tools.numbers import digits
from moe_robot.experts.tools.symbolic import Expr, decimal, symbol, text, to_sympy, value
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool, bare
from moe_robot.structs import Language

_BOUND = r"(?:(?:минус |minus |-|\+|плюс |plus )?(?:\(?[\w./]+\)?|∞|единиц[аыуе]|бесконечност\w+|infinity|пи пополам|pi over \d+|sqrt\(?\d+\)?|корня из \d+|√\d+))"
_INTERVAL = re.compile(
    rf"[\s,]*\b(?:на отрезке|на интервале|на промежутке|в пределах|в границах|over|on|between|from|от|с|(?<!of )(?<!= )(?<!от )x from|при x от|для x от|[a-z] ?= ?)?(?: the interval)? ?(?:\[(?P<a1>[^,;\]]+)[,;] ?(?P<b1>[^\]]+)\]|\((?P<a3>-?[\w.]+); ?(?P<b3>-?[\w.]+)\)|(?:(?:(?:от|from|between|с|for) )?[a-z] ?= ?|(?:от|from|between|с|[a-z] ?=|(?<!of )(?<!= )(?<!от )x from|за) )(?P<a>{_BOUND}) (?:до|to|and|и|по) (?:[a-z] ?= ?)?(?P<b>{_BOUND}))"
)
_LIMIT = re.compile(r"предел|\blim\b|limit|стремит|tends?\b|лопитал|hopital|раскрой неопредел")
_SERIES = re.compile(
    r"\bряда?\b|ряду|сумм[ау] (?:от|по|первых|1-th|ряда|бесконечн|геометр|1/|членов|всех|прогресси|[nk]|\()|бесконечн\w+ (?:сумм|убывающ)|сигма|series|\bsum\b.*(?:from|infinite|to infinity|terms|for k|for n|\b[nk] ?=|\^\(?[nk]\b|\b[nk]\^)|sigma|infinite sum|partial sums|progression|прогресси"
)
_INTEGRAL = re.compile(
    r"\bint\b|интеграл|интегрир|первообразн|площадь|объем тела|длин\w+ дуги|среднее значение функции|восстанови функцию|∫|integra|antiderivativ|anti-derivative|primitive|area|volume of revolution|arc length|mean value of|undo the derivative|has .* as its derivative|путь, если v"
)
_STRIP = re.compile(
    r"^(?:(?:матан|calculus|homework|математика|и|помоги взять|помоги|взять|вычислить|найти|найди|возьми|вычисли|посчитай|реши|чему рав(?:ен|на|но)|какой будет|какая|как взять|сделай замену переменной в|what(?:'s| is| do you get if you)?|how do i|find|compute|calculate|evaluate|take|solve|the|an|a|of|от|для|у|к чему|восстанови|по производной|существует ли|does|use|apply|численно|numerically|путь,? если|distance travelled if|с|on"
    r"|(?:неопредел[её]нн\w+|определ[её]нн\w+|несобственн\w+|definite|indefinite|improper)|интеграл\w*|проинтегрируй|проинтегрировать|интегрировать|интегрирование|по частям|∫|integrals?|integrate|integration|integrate by parts|by parts|by substitution|use integration by parts on|partial fractions|numerically integrate"
    r"|\bint\b|перво(?:образн\w+)|antiderivative|anti-derivative|primitive|undo the derivative|which function has|функци\w+|function|выражени[яе]|expression|площадь|area|под|under|below|beneath|between|the curves?|curves?|графиком?|параболой|прямой|кривой|graph|parabola|line|криволинейной трапеции|фигуры,? ограниченной|графиками"
    r"|объем тела вращения|volume of revolution|длин\w+ дуги|arc length|среднее значение|mean value|v\(t\) ?=|y ?=|f\(x\) ?=|y equals"
    r"|предел\w*|limit|lim|последовательности|стремится|what does|what happens to|дроби|функции|по правилу лопиталя|правилу лопиталя|use l'hopital on|l'hopital|раскрой неопределенность)"
    r"(?![^\W_])[\s,:]*)+"
)
_TAIL = re.compile(
    r"[\s,*]*(?:\b(?:d ?[xtyz]|dx|dt|по частям|помоги взять|by parts|by substitution|please|limit|limit please|предел|exist|существует|integrate|проинтегрируй|по (?:икс|x)|with respect to [a-z]|integrated|and the x axis|на отрезке|через интеграл|by the integral|как взять|tend to|стремится|over the whole line|as its derivative.*|plus c))\s*$"
)
_TO = re.compile(
    rf"[\s,]*(?:при |as |when |if |если |где |where |когда |,)? ?(?P<x>[a-zх]|икс|эн|тэ)(?:,)? ?(?:->|→|стремящемся к|стремится к|стремящейся к|goes to|tends to|approaches|approaching|(?:to|к)(?!\w)) ?(?P<to>{_BOUND})(?P<side> (?:справа|слева|сверху|снизу|from the right|from the left|from above|from below|\+|-))?"
    r"|[\s,]*(?:при |as |when |if )?(?P<x2>[a-zх]|икс)?,? ?(?:at|в|на) (?P<to2>infinity|нуле|бесконечности|zero|0|точке \S+)(?P<side2> (?:справа|слева|from the right|from the left))?$"
)
_LETTERS = {"икс": "x", "х": "x", "эн": "n", "тэ": "t"}


_FIRST_SUM = re.compile(
    r"^(?:сумм\w+|sum)(?: of)?(?: the)? ?(?:(?:первых|1-th|first) (?P<n>\d+)(?: (?P<kind>натуральн\w+(?: чис\w+)?|natural numbers|whole numbers|numbers|чисел|четн\w+(?: чис\w+)?|even numbers|нечетн\w+(?: чис\w+)?|odd numbers|квадрат\w+|squares|куб\w+|cubes))"
    r"|(?:всех |all )?(?:целых |натуральных |whole |natural )?(?:чисел |numbers |integers )?(?:от|from) (?P<a>\d+) (?:до|to) (?P<b>\d+))$"
)
_LARGE = re.compile(
    r"\b([a-z]|икс|эн) (?:is|gets|becomes|grows|очень|становится|неограниченно)(?: (?:very|super|really|infinitely|huge|очень|неограниченно))* ?(?:big|large|huge|without bound|больш\w+|велик\w*|растет)\b"
)
_TERMS = (("четн", "2k"), ("even", "2k"), ("нечетн", "2k - 1"), ("odd", "2k - 1"), ("квадрат", "k^2"), ("squares", "k^2"), ("куб", "k^3"), ("cubes", "k^3"))  # fmt: skip


def _first_sum(match: re.Match[str]) -> str:
    """ "Sum of the first 10 squares", "сумма от 1 до 100" as a sum over k."""
    if match["n"] is None:
        return f"sum k from {match['a']} to {match['b']}"
    term = next((term for word, term in _TERMS if str(match["kind"]).startswith(word)), "k")
    return f"sum {term} from 1 to {match['n']}"


class Integral(TextTool):
    name = "integral"

    def load(self) -> None:
        """sympy is imported with this module."""

    def reply(self, said: str, language: Language, context: AnswerContext) -> str:
        request = re.sub(r"\b(?:единиц[ауыей]+|один|1) на (?=\S)", "1/", digits(bare(said), ordinals=True))
        request = re.sub(r"\bединиц[ауые]\b", "1", request)
        request = re.sub(r"\b(pi|пи|π) (?:over|на) (?=\d)", r"\1/", request)
        request = re.sub(r"(?<=\d)\s*\.\.\.?\s*(?=[-\w∞])", " to ", request)
        request = _LARGE.sub(r"\1 -> ∞", request)
        request = _FIRST_SUM.sub(_first_sum, request)
        if re.search(r"\d+-th замечательный", request):
            first = "1-th" in request
            request = "предел sin(x)/x при x -> 0" if first else "предел (1 + 1/n)^n при n -> ∞"
        if re.search(r"тейлор|маклорен|taylor|maclaurin|power series", request):
            return self._taylor(request, language)
        if _INTEGRAL.search(request) and not re.search(r"^(?:предел|limit)", request):
            return self._integral(request, language)
        if _SERIES.search(request) and not _LIMIT.search(request):
            return self._series(request, language)
        if _LIMIT.search(request):
            return self._limit(request, language)
        raise NotMine

    # ------------------------------------------------------------ integrals

    def _integral(self, request: str, language: Language) -> str:
        if re.search(r"двойн|double|криволиней\w+ интеграл|surface integral|triple|тройн", request):
            raise NotMine
        by = re.search(r"\bd ?([a-z])\b", request)
        bounds = None
        for match in _INTERVAL.finditer(request):
            if bounds := _bounds(match):
                request = f"{request[: match.start()]} {request[match.end() :]}"
                break
        whole = re.search(r"over the whole line|на всей прямой|по всей (?:числовой )?прямой", request)
        if whole:
            bounds, request = (-sp.oo, sp.oo), request.replace(whole[0], " ")
        formula = _clean(request)
        pair = re.fullmatch(r"(?:y ?= ?)?(.+?) (?:и|and) (?:y ?= ?)?(.+)", formula)
        if pair and re.search(r"площадь|area", request):
            return self._between(pair[1], pair[2], language)
        tree = natural(read_formula(formula))
        if not names(tree) and bounds is None and not re.search(r"интеграл|integral", request):
            raise NotMine
        expr, shown = to_sympy(tree), show(tree, language)
        shown = f"({shown})" if isinstance(tree, Op) and tree.kind in "+-" else shown
        free = sorted(expr.free_symbols, key=lambda each: ("xtyzuv".find(str(each)) % 99, str(each)))
        x = symbol(by[1]) if by else free[0] if free else symbol("x")
        if bounds is None:
            return self._antiderivative(expr, shown, x, language)
        a, b = bounds
        return self._definite(request, expr, shown, x, a, b, language)

    def _antiderivative(self, expr: Expr, shown: str, x: Expr, language: Language) -> str:
        result = by_hand(expr, x)
        if result is None:
            result = sp.integrate(expr, x)
            if result.has(sp.Integral) or result.has(sp.Piecewise):
                z = sp.Symbol(str(x), positive=True)
                result = sp.integrate(expr.subs(x, z), z).subs(z, x)
            if result.has(sp.Integral):
                raise Refused("not_elementary", function=shown)
        kept = expr.atoms(sp.log)
        result = result.replace(
            lambda part: isinstance(part, sp.log) and part not in kept and not part.args[0].is_positive,
            lambda part: sp.log(sp.Abs(part.args[0])),
        )
        return self.words.say("indefinite", language, function=shown, x=x, result=shown_result(result, language))

    def _definite(self, request: str, expr: Expr, shown: str, x: Expr, a: Expr, b: Expr, language: Language) -> str:
        names_shown = {"function": shown, "a": text(a, language), "b": text(b, language)}
        if re.search(r"объем|volume of revolution", request):
            return self.words.say(
                "volume", language, value=_value(sp.pi * over(expr**2, x, a, b), language), **names_shown
            )
        if re.search(r"длин\w+ дуги|arc length", request):
            return self.words.say(
                "length",
                language,
                value=_value(over(sp.sqrt(1 + sp.diff(expr, x) ** 2), x, a, b), language),
                **names_shown,
            )
        if re.search(r"площадь|area", request) and a.is_comparable and b.is_comparable:
            return self.words.say("area", language, value=_value(area(expr, x, a, b), language), **names_shown)
        result = over(expr, x, a, b)
        if result in (sp.oo, -sp.oo, sp.zoo, sp.nan):
            return self.words.say("diverges", language, x=x, **names_shown)
        if re.search(r"среднее значение|mean value", request):
            return self.words.say("mean", language, value=_value(result / (b - a), language), **names_shown)
        return self.words.say("definite", language, x=x, value=_value(result, language), **names_shown)

    def _between(self, first: str, second: str, language: Language) -> str:
        trees = [natural(read_formula(first)), natural(read_formula(second))]
        difference = to_sympy(trees[0]) - to_sympy(trees[1])
        x = symbol("x")
        if difference.free_symbols != {x}:
            raise NotMine
        points = real_zeros(difference, x)
        if points is None:
            raise Refused("too_hard")
        if len(points) < 2:
            raise Refused("no_area")
        total = sum(abs(sp.integrate(difference, (x, low, high))) for low, high in pairwise(points))
        return self.words.say(
            "area_between",
            language,
            first=show(trees[0], language),
            second=show(trees[1], language),
            points=", ".join(f"x = {text(point, language)}" for point in points),
            value=_value(total, language),
        )

    # ------------------------------------------------------------ limits

    def _limit(self, request: str, language: Language) -> str:
        match = next(iter(_TO.finditer(request)), None)
        if match is None:
            formula, point, said = _clean(request), None, ""
        else:
            formula = _clean(f"{request[: match.start()]} {request[match.end() :]}".strip())
            formula = _clean(re.sub(r"^,", "", formula))
            point, said = _point(match), match["x"] or match["x2"] or ""
        tree = natural(read_formula(formula))
        expr, shown = to_sympy(tree), show(tree, language)
        free = sorted(map(str, expr.free_symbols))
        name = _LETTERS.get(said, said)
        if name not in free:
            if not free:
                raise NotMine
            name = "n" if "n" in free else free[0]
        if point is None:
            if name != "n":
                raise Refused("which_point", x=name)
            point = sp.oo
        return self._limit_at(
            expr, shown, symbol(name), point, (match["side"] or match["side2"] or "").strip() if match else "", language
        )

    def _limit_at(self, expr: Expr, shown: str, x: Expr, point: Expr, side: str, language: Language) -> str:
        plain = sp.Symbol(str(x), positive=True) if point == sp.oo else x
        expr = expr.subs(x, plain)
        shown_point = text(point, language)
        if side:
            right = side in ("справа", "сверху", "from the right", "from above", "+")
            result = sp.limit(expr, plain, point, "+" if right else "-")
            shown_point += "⁺" if right else "⁻"
        elif point.is_infinite:
            result = sp.limit(expr, plain, point)
        else:
            left, right_limit = sp.limit(expr, plain, point, "-"), sp.limit(expr, plain, point, "+")
            if left != right_limit and sp.simplify(left - right_limit) != 0:
                if isinstance(left, sp.AccumBounds) or isinstance(right_limit, sp.AccumBounds):
                    return self.words.say("oscillates", language, function=shown, x=x, point=shown_point)
                if right_limit.is_extended_real is False or left.is_extended_real is False:
                    right_limit = right_limit if left.is_extended_real is False else left
                else:
                    return self.words.say(
                        "no_limit",
                        language,
                        function=shown,
                        x=x,
                        point=shown_point,
                        left=_value(left, language),
                        right=_value(right_limit, language),
                    )
            result = right_limit
        if isinstance(result, sp.AccumBounds):
            return self.words.say("oscillates", language, function=shown, x=x, point=shown_point)
        if result.has(sp.Limit):
            raise Refused("too_hard")
        return self.words.say("limit", language, function=shown, x=x, point=shown_point, value=_value(result, language))

    # ------------------------------------------------------------ sums

    def _series(self, request: str, language: Language) -> str:
        if re.search(r"прогресси|progression|geometric series", request):
            return self._progression(request, language)
        if re.search(r"радиус|radius|фурье|fourier", request):
            raise NotMine
        low, high = sp.Integer(1), sp.oo
        if first := re.search(r"(?:первых|1-th|first) (\d+) (?:членов|терминов|terms)(?: of)?(?: the)?", request):
            high = sp.Integer(int(first[1]))
            request = request.replace(first[0], " ")
        for match in _INTERVAL.finditer(request):
            if bounds := _bounds(match):
                low, high = bounds
                request = f"{request[: match.start()]} {request[match.end() :]}"
                break
        tests = re.search(r"сходи|converge|convergent|сходимость|diverge|расход", request)
        request = re.sub(r"(?:при|for|по|где|over|as) [nk](?: ?=)?\s*$|(?:при|for|по|где|over) [nk] ", " ", request)
        request = re.sub(
            r"\b(?:сходится ли|сходится|исследуй|на сходимость|convergent|converges?|add up to|does|is|what|чему равна|бесконечн\w+|infinite|сумм[аыу]|sum|sigma|сигма|ряд[ауе]?|the|series|of|от|find|найди|посчитай|вычисли|частичные|partial|members|членов|всех|чисел|выражения)\b|,|(?<![a-z])[nk] ?=",
            " ",
            request,
        )
        tree = natural(parse(request))
        expr, shown = to_sympy(tree), show(tree, language)
        free = sorted(map(str, expr.free_symbols))
        if not free:
            raise NotMine
        name = next((each for each in ("n", "k", "i", "m", "x") if each in free and symbol(each) != high), free[0])
        n = sp.Symbol(name, integer=True, positive=True) if low == 1 else sp.Symbol(name, integer=True)
        term = expr.subs(symbol(name), n)
        if high.is_Integer and low.is_Integer and high - low > 10**6 and not term.is_polynomial(n):
            raise Refused("too_large")
        values = {"term": shown, "n": name, "a": text(low, language), "b": text(high, language)}
        result = sp.summation(term, (n, low, high))
        if result.has(sp.Sum):
            diverging = high == sp.oo and sp.Sum(term, (n, low, high)).is_convergent() == sp.false
            result = sp.nan if diverging else result
        if isinstance(result, sp.Piecewise) or result.has(sp.Piecewise):
            raise Refused("too_hard")
        if result in (sp.oo, -sp.oo, sp.nan, sp.zoo) or isinstance(result, sp.AccumBounds):
            return self.words.say("series_diverges", language, **values)
        if result.has(sp.Sum):
            raise Refused("too_hard")
        if result.free_symbols:
            return self.words.say("series", language, value=text(sp.factor(result), language), **values)
        return self.words.say(
            "series_converges" if tests and high == sp.oo else "series",
            language,
            value=_value(sp.simplify(result), language),
            **values,
        )

    def _progression(self, request: str, language: Language) -> str:
        if not re.search(r"геометр|geometric|убывающ", request):
            raise NotMine
        number = r"\(?(-?[\d./]+)\)?"
        first = re.search(
            rf"(?:перв\w+ член\w*|1-th член\w*|first term|1-th term)(?: is| равен| равным)? {number}", request
        )
        ratio = re.search(rf"(?:знаменател\w+|ratio)(?: is| равен| равным)? {number}", request)
        if first is None or ratio is None:
            raise NotMine
        a, q = sp.Rational(first[1].rstrip(".")), sp.Rational(ratio[1].rstrip("."))
        count = re.search(r"(?:первых|1-th|first) (\d+)|(\d+) (?:членов|terms)", request)
        if count:
            n = int(count[1] or count[2])
            if n > 1000:
                raise Refused("too_large")
            total = a * n if q == 1 else a * (q**n - 1) / (q - 1)
            return self.words.say(
                "geometric", language, first=text(a, language), ratio=text(q, language), value=_value(total, language)
            )
        if abs(q) >= 1:
            return self.words.say("geometric_diverges", language, ratio=text(q, language))
        return self.words.say(
            "geometric", language, first=text(a, language), ratio=text(q, language), value=_value(a / (1 - q), language)
        )

    def _taylor(self, request: str, language: Language) -> str:
        request = re.sub(
            r"^.*?\b(?:тейлора|маклорена|taylor series|maclaurin series|power series)(?: для| of| for| функции)*\s+|^(?:разложи(?:ть)?|expand)\s+(?:функцию )?",
            "",
            request,
        )
        request = re.sub(
            r"\s*(?:в ряд .*|in(?:to)? a .*series.*|в нуле|at (?:0|zero)|около нуля|around 0)$", "", request
        )
        tree = natural(read_formula(request))
        expr = to_sympy(tree)
        if len(expr.free_symbols) != 1:
            raise NotMine
        x = next(iter(expr.free_symbols))
        result = sp.series(expr, x, 0, 6).removeO()
        if result.has(sp.log) and not expr.subs(x, 0).is_finite:
            raise Refused("too_hard")
        ordered = sp.Poly(result, x).terms() if result.is_polynomial(x) else None
        if ordered is None:
            raise Refused("too_hard")
        shown = ""
        for (power,), coefficient in reversed(ordered):
            part = text(abs(coefficient) * x**power, language)
            shown += (
                part
                if not shown and coefficient > 0
                else f"−{part}"
                if not shown
                else f" {'+' if coefficient > 0 else '−'} {part}"
            )
        return self.words.say("taylor", language, function=show(tree, language), result=shown)


def _clean(request: str) -> str:
    before = None
    request = re.sub(r"(?<=[\w)])\s*\bd ?[xtyz]\b", "", request)
    while before != request:
        before = request
        request = _TAIL.sub("", _STRIP.sub("", request.strip(" ,;:"))).strip(" ,;:")
    formula, _, _ = find_function(request) if re.match(r"[fyv] ?(?:\([a-z]\))? ?=", request) else (request, "", None)
    return formula


def _bound(said: str) -> Expr | None:
    said = re.sub(r"единиц[аыуе]", "1", said.strip()).replace("over", "/")
    said = re.sub(r"бесконечност\w+|infinity", "∞", said)
    try:
        tree: Tree = parse(said)
    except (NotMine, Refused):
        return None
    if isinstance(tree, Num | Name) or not names(tree):
        return to_sympy(tree)
    return None


def _bounds(match: re.Match[str]) -> tuple[Expr, Expr] | None:
    for first, second in (("a", "b"), ("a1", "b1"), ("a3", "b3")):
        if match[first] is not None:
            low, high = _bound(match[first]), _bound(match[second])
            return None if low is None or high is None else (low, high)
    return None


def _point(match: re.Match[str]) -> Expr:
    said = match["to"] or match["to2"]
    said = re.sub(r"^точке ", "", said).replace("нуле", "0").replace("zero", "0")
    found = _bound(re.sub(r"нулю|нуля", "0", said))
    if found is None:
        raise NotMine
    return found


def _value(result: Expr, language: Language) -> str:
    if result.is_Float:
        return f"≈ {decimal(result, language)}"
    if result.free_symbols:
        return text(sp.simplify(result), language)
    return value(sp.simplify(result), language)
