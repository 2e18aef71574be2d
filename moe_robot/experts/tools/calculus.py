# ruff: noqa: E501 - a pattern is easier to read on one line
"""The expert `derivative`: derivatives, tangents, extrema, monotony, gradients. Runs isolated (sympy).

`Integral` lives in `integrals.py`; the two share how a function is found in a sentence.
"""

from __future__ import annotations

import re

import sympy as sp

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.expression import Op, Tree, names, parse, parse_relations
from moe_robot.experts.tools.formula import show
from moe_robot.experts.tools.numbers import NUMBER, digits
from moe_robot.experts.tools.symbolic import Expr, interval_text, symbol, text, to_sympy, value
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool, bare
from moe_robot.structs import Language

ABOUT = re.compile(
    r"производн|дифференц|касательн|экстремум|градиент|перегиб|штрих|монотонн|возраст|убыва|критическ\w+ точ|стационарн|наибольш|наименьш|максимум|минимум|угловой коэфф|наклон|нормаль|скорость|ускорение|d/d[a-z]|d\^?2/d|dy/dx|дэ по дэ|дэ игрек|якобиан|гессиан|как быстро"
    r"|derivativ|differentiat|d by d|dee by dee|tangent|extrem|gradient|\bgrad\b|inflection|prime\b|monoton|increasing|decreasing|critical|stationary|turning|maxim|minim|slope|steep|normal to|rate of change|how fast|velocity|speed|acceleration|optimi[sz]e|newton dot|largest|[)x]['’′]|[fy]['’′]"
)
_STRIP = re.compile(
    r"^(?:(?:(?:матан|calculus|математика|need help with derivatives|помоги с производными|i|need|help|with|derivatives|calculus|homework|на экстремум|исследование|исследуй|реши|посчитай|вычисли(?:ть)?|найди|найти|возьми|взять|определи|составь|напиши|укажи|find|compute|calculate|take|get|do|give|set|apply|use)"
    r"|(?:какая|какова|какой|чему (?:же )?равн[аоы]|равн[аоы]|где|при каком [a-zх](?: икс)?|в как(?:ой|их) точк\w+|at (?:which|what) point|при каком икс|у|what(?:'s| is| does)?|where (?:does|is|are)?|at which [a-z] is|how (?:do you|fast does|steep is)|is|the|a|an|of|to|for|от|для|к|of the)"
    r"|(?:\d+-th|энная|nth|локальн\w+|local|частн\w+|смешанн\w+|partial|сложной|неявной|логарифмическ\w+|directional|log(?= deriv)|первая|полная|total) ?"
    r"|(?:производн\w+|derivatives?|differentiate|продифференцируй|продифференцировать|дифференцировать|дифференцируй|дифференциал|differential|implicit differentiation|differentiation)(?: (?:дважды|трижды|twice))?"
    r"|(?:второго|третьего|\d+-th) порядка|по определению(?: для)?|by definition|значение|value|таблица производных,? что|по правилу \S+"
    r"|d\^?2/d[a-z]\^?2|d/d[a-z](?: of)?|f prime(?: of [a-z])?(?: for| of)?|эф штрих(?: от [a-zх])?(?: для)?|дэ (?:игрек )?по дэ (?:икс|игрек|тэ)|d by d [a-z](?: of)?|dee by dee [a-z](?: of)?|dy/dx(?:,? (?:где|if|where|when))?"
    r"|(?:функци[яиюей]|function|выражени[яе]|expression|кривой|curve|граф(?:ик|ика|ику|iku)?|graph|точки|points?|точек|point|многочлена|дроби|степенной|константы)"
    r"|(?:уравнение |equation (?:of )?)?(?:the )?(?:касательн\w+|tangent(?: line)?)(?: to| к)?|(?:нормаль|normal)(?: к| to)?(?: the)?|угловой коэффициент|тангенс угла наклона|наклон|slope(?: function)?|gradient|градиент|grad|скорость изменения|rate of change|как быстро (?:растет|меняется)"
    r"|(?:точки )?(?:экстремум\w*|перегиба|минимум\w*|максимум\w*|extrem\w*|inflection|minim\w*|maxim\w*)(?: and | и )?|(?:критическ\w+|стационарн\w+|critical|stationary|turning)|(?:наибольшее|наименьшее|largest|smallest|maximal|minimal|maximum|minimum)(?: значени[ея]| value)?"
    r"|(?:промежутки|интервалы|intervals?)(?: of)?|(?:возрастания|убывания|монотонности|monotonicity|increasing|decreasing)|optimise|optimize"
    r"|(?:закон движения|скорость точки|скорость|ускорение|velocity|speed|acceleration)(?: точки)?,?(?: если| if| из| from| when)?(?: the position is| position is)?|if|если|когда|when|where|where f|find f)"
    r"(?![^\W_])[\s,:]*)+"
)
_ZERO = re.compile(
    r"^(?:в как(?:ой|их) точк\w+|где|когда|при каком (?:x|икс)|when|where|at (?:which|what) (?:point|x))(?: is| does)?(?: the)? (?:производн\w+|derivative)(?: функции| of| от)? (?P<f>.+?)(?: (?:равна|обращается в|is|equals?|be|equal to|becomes?|vanish\w*|обнуляется|(?:нул[юьея]|0|zero)))+$"
)
_AT_PAIR = re.compile(r"[\s,]*(?:в точке|at(?: the point)?)? ?\((-?\d+(?:\.\d+)?)[,;] ?(-?\d+(?:\.\d+)?)\)$")
_NAMED = re.compile(r"(?:[fyxsgуф] ?\([a-zх]\)|[fysу]|эф) ?= ?")
_PRIME = re.compile(
    r",? ?(?:(?:найти|найди|find|чему равна|what is|то) )?(?:[fyуg]['’′](?: ?\([^)]*\))? ?(?:=|-)? ?\??|f prime(?: of [a-z])?|эф штрих|y prime)\s*$"
)
_TAIL = re.compile(
    r"[\s,]+(?:по (?P<by>[a-zх]|икс[уа]?|игрек[уа]?|тэ|зет[уа]?)|(?:with respect to|wrt|by|in) (?P<by2>[a-z])|дважды|twice|трижды|штрих|differentiated|после дифференцирования|with respect to|на экстремум|с помощью производной|после дифференцирования"
    r"|(?:возрастает|убывает|максимальна|минимальна|increasing|decreasing|is increasing|is decreasing|have a (?:maximum|minimum|turning point)|grow|become|after differentiation|by its derivative|use calculus|is|find the speed as ds/dt|velocity|speed|acceleration|скорость|ускорение|минимум|максимум|экстремум|минимальна|has a (?:maximum|minimum)|найди скорость через производную|to zero|к нулю)"
    rf"|(?:в точке|при|at|at the point|в|for|when)(?: the)?(?: point)?(?: с абсциссой)?(?: x0)? ?(?:(?:[a-zх]|икс)[0₀]? ?(?:=|равно|равном|равна|равен|equals|equal to|is)? ?)?(?P<at>{NUMBER}|pi(?:/\d+)?|пи(?:/\d+| пополам)?|e))$"
)
_VARIABLES = {"икс": "x", "х": "x", "игрек": "y", "у": "y", "тэ": "t", "зет": "z"}


class Derivative(TextTool):
    name = "derivative"

    def load(self) -> None:
        """sympy is imported with this module."""

    def reply(self, said: str, language: Language, context: AnswerContext) -> str:
        request = re.sub(r"^(max|min) of ", r"\1imum of ", digits(bare(said), ordinals=True))
        if not ABOUT.search(request):
            raise NotMine
        if re.search(r"констант|of a constant", request):
            return self.words.say("constant", language)
        if re.search(r"неявн|implicit", request):
            return self._implicit(request, language)
        request = re.sub(
            r"^(?:find |найди |чему равна )?f['’′] ?\(x\) (?:for|if|where|если|для|при) ", "derivative of ", request
        )
        request = re.sub(r"^y['’′] (?:of|for|от|для) ", "derivative of ", request)
        request = _ZERO.sub(r"критические точки \g<f>", request)
        pair = _AT_PAIR.search(request)
        request = request[: pair.start()] if pair else request
        order = _order(request)
        formula, by, at = find_function(request)
        tree = natural(read_formula(formula))
        if not names(tree):
            if re.search(r"производн|derivativ|дифференц|differentiat", request):
                return self.words.say("constant", language)
            raise NotMine
        expr, shown = to_sympy(tree), show(tree, language)
        free = sorted(expr.free_symbols, key=lambda each: ("xytzuvwnsr".find(str(each)), str(each)))
        x = symbol(by) if by else free[0] if free else symbol("x")
        point = None if at is None else to_sympy(parse(at))
        return self._choose(request, expr, shown, x, free, order, point, pair, language)

    def _choose(
        self,
        request: str,
        expr: Expr,
        shown: str,
        x: Expr,
        free: list[Expr],
        order: int,
        point: Expr | None,
        pair: re.Match[str] | None,
        language: Language,
    ) -> str:
        if (
            re.search(r"частн\w+ производн|partial", request)
            and len(free) > 1
            and not re.search(r"\bпо\b|respect|\bby\b|d by d", request)
        ):
            return " ".join(
                self.words.say(
                    "partial", language, x=each, function=shown, result=shown_result(sp.diff(expr, each), language)
                )
                for each in free
            )
        if re.search(r"градиент|\bgrad\b|gradient (?:of|for)", request) and len(free) > 1:
            if pair is not None and len(free) == 2:
                return self._gradient_at(expr, shown, free, pair, language)
            parts = ", ".join(text(sp.diff(expr, each), language) for each in free)
            return self.words.say("gradient", language, function=shown, result=parts)
        if re.search(r"перегиб|inflection", request):
            return self._inflection(expr, shown, x, language)
        if re.search(r"возраста|убыва|монотонн|increasing|decreasing|monoton", request):
            return self._monotone(expr, shown, x, language)
        if re.search(
            r"экстремум|максим|миним|наибольш|наименьш|критическ|стационарн|extrem|maxim|minim|critical|stationary|turning|largest|optimi",
            request,
        ):
            return self._extrema(expr, shown, x, language)
        if re.search(r"касательн|tangent (?:line|to)|equation of the tangent|нормал|normal", request) and not re.search(
            r"наклон|угловой|slope", request
        ):
            if point is None:
                raise Refused("which_point")
            return self._line(expr, shown, x, point, bool(re.search(r"нормал|normal", request)), language)
        result = sp.diff(expr, x, order)
        if point is not None:
            at_point = sp.simplify(result.subs(x, point))
            shown_point = f"{x} = {text(point, language)}"
            if at_point in (sp.zoo, sp.nan, sp.oo, -sp.oo) or at_point.is_real is False:
                raise Refused("undefined", point=shown_point)
            key = "slope" if re.search(r"наклон|угловой|slope|steep|gradient of the curve", request) else "at"
            return self.words.say(
                key,
                language,
                function=shown,
                result=shown_result(result, language),
                point=shown_point,
                value=value(at_point, language),
            )
        if re.search(r"дифференциал\b|дифференциал |\bdifferential\b", request):
            return self.words.say("differential", language, function=shown, result=shown_result(result, language), x=x)
        if order > 1:
            return self.words.say("nth", language, order=order, function=shown, result=shown_result(result, language))
        if len(free) > 1:
            return self.words.say("partial", language, x=x, function=shown, result=shown_result(result, language))
        return self.words.say("derivative", language, function=shown, result=shown_result(result, language))

    def _gradient_at(self, expr: Expr, shown: str, free: list[Expr], pair: re.Match[str], language: Language) -> str:
        at = {each: sp.Rational(pair[i + 1].replace(",", ".")) for i, each in enumerate(free)}
        parts = ", ".join(text(sp.simplify(sp.diff(expr, each).subs(at)), language) for each in free)
        shown_point = f"({text(at[free[0]], language)}; {text(at[free[1]], language)})"
        return self.words.say("gradient_at", language, function=shown, point=shown_point, result=parts)

    def _implicit(self, request: str, language: Language) -> str:
        match = re.search(r"(?:функции|differentiation of|неявно|implicitly|of)[ :]+(?P<eq>.+=.+)$", request)
        if match is None:
            raise NotMine
        ((left, _, right),) = parse_relations(match["eq"])
        expr = to_sympy(left) - to_sympy(right)
        x, y = symbol("x"), symbol("y")
        if not {x, y} <= expr.free_symbols:
            raise NotMine
        result = sp.simplify(-sp.diff(expr, x) / sp.diff(expr, y))
        return self.words.say(
            "implicit",
            language,
            function=f"{show(left, language)} = {show(right, language)}",
            result=text(result, language),
        )

    def _line(self, expr: Expr, shown: str, x: Expr, point: Expr, normal: bool, language: Language) -> str:
        slope, height = sp.simplify(sp.diff(expr, x).subs(x, point)), sp.simplify(expr.subs(x, point))
        shown_point = f"{x} = {text(point, language)}"
        if not (slope.is_finite and height.is_finite) or slope.is_real is False or height.is_real is False:
            raise Refused("undefined", point=shown_point)
        if normal and slope == 0:
            raise Refused("vertical", point=shown_point)
        gradient = -1 / slope if normal else slope
        line = text(sp.expand(gradient * (x - point) + height), language)
        return self.words.say("normal" if normal else "tangent", language, function=shown, point=shown_point, line=line)

    def _extrema(self, expr: Expr, shown: str, x: Expr, language: Language) -> str:
        first = sp.diff(expr, x)
        found = real_zeros(first, x)
        shown_first = shown_result(first, language)
        if found is None:
            return self.words.say("many_extrema", language, function=shown, result=shown_first)
        points = []
        for at in found:
            before, after = _signs(first, x, at, found)
            kind = "minimum" if before < 0 < after else "maximum" if after < 0 < before else "flat"
            points.append(
                self.words.say(
                    kind, language, x=f"{x} = {text(at, language)}", y=text(sp.simplify(expr.subs(x, at)), language)
                )
            )
        said = ", ".join(points) if points else self.words.say("no_extrema", language)
        return self.words.say("extrema", language, function=shown, result=shown_first, points=said)

    def _monotone(self, expr: Expr, shown: str, x: Expr, language: Language) -> str:
        first = sp.diff(expr, x)
        sets = []
        try:
            for relation in (first > 0, first < 0):
                if relation in (sp.true, sp.false):
                    sets.append(sp.S.Reals if relation is sp.true else sp.S.EmptySet)
                else:
                    sets.append(sp.solve_univariate_inequality(relation, x, relational=False, domain=sp.S.Reals))
        except (NotImplementedError, TypeError):
            raise Refused("too_hard") from None
        if sets[1] is sp.S.EmptySet:
            return self.words.say("rises", language, function=shown)
        if sets[0] is sp.S.EmptySet:
            return self.words.say("falls", language, function=shown)
        up, down = (interval_text(each, str(x), language) for each in sets)
        if up is None or down is None:
            raise Refused("too_hard")
        return self.words.say("monotone", language, function=shown, up=up, down=down)

    def _inflection(self, expr: Expr, shown: str, x: Expr, language: Language) -> str:
        second = sp.diff(expr, x, 2)
        found = real_zeros(second, x)
        if found is None:
            raise Refused("too_hard")
        points = [at for at in found if _signs(second, x, at, found)[0] * _signs(second, x, at, found)[1] < 0]
        shown_second = shown_result(second, language)
        if not points:
            return self.words.say("no_inflection", language, function=shown, result=shown_second)
        said = ", ".join(f"({text(at, language)}; {text(sp.simplify(expr.subs(x, at)), language)})" for at in points)
        return self.words.say("inflection", language, function=shown, result=shown_second, points=said)


def find_function(request: str) -> tuple[str, str, str | None]:
    """(formula, variable or "", point or None) of a sentence about a function."""
    by = re.search(r"d\^?2?/d([a-z])|d by d ([a-z])|дэ по дэ (икс|игрек|тэ)", request)
    variable = next((group for group in by.groups() if group), "") if by else ""
    at: str | None = None
    if match := re.match(
        rf"(?:what is |чему равна? )?(?:f['’′]\(|f prime of |f штрих от |эф штрих от )(?P<at>{NUMBER})\)?,? (?:if|если|where|when|при) ",
        request,
    ):
        at, request = match["at"], request[match.end() :]
    request = re.sub(r"['’′]\s*(?:=\s*\??)?$", "", request) if re.match(r"^\(.*\)['’′]", request) else request
    request = _PRIME.sub("", request)
    while True:
        shorter = (
            _NAMED.sub("", _STRIP.sub("", request).strip(), count=1)
            if _NAMED.match(_STRIP.sub("", request).strip())
            else _STRIP.sub("", request).strip()
        )
        if (tail := _TAIL.search(shorter)) is not None:
            said = tail["by"] or tail["by2"]
            variable = variable or _VARIABLES.get((said or "").rstrip("уа") or "", said or "")
            at = at or tail["at"]
            shorter = shorter[: tail.start()]
        if shorter == request:
            break
        request = shorter
    return request, _VARIABLES.get(variable, variable), at


def read_formula(formula: str) -> Tree:
    """Also "косинуса" alone: of x then."""
    if not formula.strip():
        raise NotMine
    try:
        return parse(formula)
    except NotMine:
        return parse(f"{formula} x")


def natural(tree: Tree) -> Tree:
    """In calculus "log" without a base is the natural one."""
    if not isinstance(tree, Op):
        return tree
    args = tuple(natural(arg) for arg in tree.args)
    return Op("ln" if tree.kind == "log" and len(args) == 1 else tree.kind, args)


def shown_result(result: Expr, language: Language) -> str:
    """The shorter of the result as it came and simplified."""
    if sp.count_ops(result) > 150:
        return text(result, language)
    forms = [
        result,
        *(form for form in (sp.simplify(result), sp.factor(result)) if form.has(sp.pi) == result.has(sp.pi)),
    ]
    return min((text(form, language) for form in forms), key=len)


def real_zeros(expr: Expr, x: Expr) -> list[Expr] | None:
    """Sorted; None = infinitely many. Raises Refused when they cannot be found."""
    try:
        solution = sp.solveset(expr, x, sp.S.Reals)
    except (NotImplementedError, ValueError):
        raise Refused("too_hard") from None
    if solution is sp.S.EmptySet:
        return []
    if isinstance(solution, sp.FiniteSet):
        return sorted((sp.simplify(each) for each in solution), key=lambda each: float(each))
    if isinstance(solution, sp.Union | sp.ImageSet):
        return None
    try:
        found = [root for root in sp.solve(expr, x) if root.is_real]
    except NotImplementedError:
        raise Refused("too_hard") from None
    return sorted(found, key=lambda each: float(each))


def _signs(expr: Expr, x: Expr, at: Expr, zeros: list[Expr]) -> tuple[float, float]:
    """The signs of `expr` on both sides of one of its zeros."""
    gaps = [abs(float(other - at)) for other in zeros if other != at]
    step = min([0.01, *(gap / 4 for gap in gaps)])
    values = [complex(expr.subs(x, at + side * sp.nsimplify(step)).evalf()) for side in (-1, 1)]
    return tuple(0.0 if abs(each.imag) > 1e-9 else each.real for each in values)  # type: ignore[return-value]


def _order(request: str) -> int:
    if re.search(r"дважды|twice|d\^?2/d", request):
        return 2
    if re.search(r"ускорен|accelerat", request):
        return 2
    match = re.search(
        r"(\d+)-th (?:частн\w+ |смешанн\w+ |partial )?(?:производн|derivativ|порядка|order)|(?:производн\w+|порядка) (\d+)-th",
        request,
    )
    order = int(match[1] or match[2]) if match else 1
    if not 1 <= order <= 20:
        raise Refused("too_large")
    return order
