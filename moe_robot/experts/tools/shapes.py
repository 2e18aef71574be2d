# ruff: noqa: E501 - a rule is one line
"""The formulas of school geometry as a table: (shape, quantity) -> what is needed and how it is computed, exactly."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from moe_robot.experts.tools.exact import decimal, number
from moe_robot.experts.tools.surd import Surd, sine, square_root
from moe_robot.experts.tools.tool import Refused
from moe_robot.structs import Language


@dataclass(frozen=True)
class Measure:
    """`value` times π when `pi`; of dimension 1 length, 2 area, 3 volume, 0 none."""

    value: Surd | float
    dimension: int
    pi: bool = False

    def __float__(self) -> float:
        return float(self.value) * (math.pi if self.pi else 1.0)


@dataclass(frozen=True)
class Rule:
    """`roles`: what the numbers are, in order; `text` the formula that is shown; `needs` the word for what is missing."""

    shape: str
    quantity: str
    roles: tuple[str, ...]
    text: str
    needs: str
    compute: Callable[..., Measure]


def shown(measure: Measure, unit: str, language: Language) -> str:
    """ "25π ≈ 78.5398 cm²"."""
    suffix = "" if not unit else f" {unit}{ {0: '', 1: '', 2: '²', 3: '³'}[measure.dimension] }"
    value = measure.value
    if isinstance(value, float):
        return f"≈ {decimal(float(measure), language)}{suffix}"
    exact = value.rational
    if not measure.pi:
        if exact is not None and (exact * 10**6).denominator == 1:
            return f"{number(exact, language)}{suffix}"
        return f"{value} ≈ {decimal(float(value), language)}{suffix}"
    top = "" if exact == 1 else number(exact, language) if exact is not None else f"{value}·"
    if exact is not None and "/" in top:
        over, below = top.split("/")
        return f"{'' if over == '1' else over}π/{below} ≈ {decimal(float(measure), language)}{suffix}"
    return f"{top}π ≈ {decimal(float(measure), language)}{suffix}"


def _root(value: Fraction) -> Surd | float:
    found = square_root(value)
    return math.sqrt(float(value)) if found is None else found


def _times(value: Surd | float, factor: Fraction) -> Surd | float:
    return value * float(factor) if isinstance(value, float) else value * Surd.of(factor)


def exact(value: Fraction, dimension: int, pi: bool = False) -> Measure:
    return Measure(Surd.of(value), dimension, pi)


def triangle_check(a: Fraction, b: Fraction, c: Fraction) -> None:
    if a + b <= c or a + c <= b or b + c <= a:
        raise Refused("no_triangle")


def _heron(a: Fraction, b: Fraction, c: Fraction) -> Measure:
    triangle_check(a, b, c)
    p = (a + b + c) / 2
    return Measure(_root(p * (p - a) * (p - b) * (p - c)), 2)


def _leg(c: Fraction, a: Fraction) -> Measure:
    if c <= a:
        raise Refused("no_right_triangle")
    return Measure(_root(c * c - a * a), 1)


def _isosceles(a: Fraction, b: Fraction, c: Fraction) -> Measure:
    """The height on the side that differs."""
    triangle_check(a, b, c)
    base, leg = (c, a) if a == b else (b, a) if a == c else (a, b)
    return Measure(_root(leg * leg - base * base / 4), 1)


def _around(a: Fraction, b: Fraction, c: Fraction) -> Measure:
    triangle_check(a, b, c)
    return exact(a + b + c, 1)


def _polygon_area(n: Fraction, a: Fraction) -> Measure:
    if n == 6:
        return Measure(_times(_root(Fraction(3)), Fraction(3, 2) * a * a), 2)
    return Measure(float(n * a * a) / (4 * math.tan(math.pi / float(n))), 2)


def _chord(r: Fraction, degrees: Fraction) -> Measure:
    half = sine(degrees / 2)
    return (
        Measure(2 * float(r) * math.sin(math.radians(float(degrees) / 2)), 1)
        if half is None
        else Measure(half * Surd.of(2 * r), 1)
    )


def _from_pi(value: Fraction, dimension: int = 1) -> Measure:
    """√(value/π)."""
    return Measure(math.sqrt(float(value) / math.pi), dimension)


_R, _S, _H = ("radius",), ("side",), ("height",)
RULES: tuple[Rule, ...] = (
    Rule("circle", "area", _R, "S = πr²", "radius", lambda r: exact(r * r, 2, True)),
    Rule("circle", "area", ("diameter",), "S = πd²/4", "radius", lambda d: exact(d * d / 4, 2, True)),
    Rule("circle", "area", ("circumference",), "S = C²/(4π)", "radius", lambda c: Measure(float(c) ** 2 / (4 * math.pi), 2)),
    Rule("circle", "perimeter", _R, "C = 2πr", "radius", lambda r: exact(2 * r, 1, True)),
    Rule("circle", "perimeter", ("diameter",), "C = πd", "radius", lambda d: exact(d, 1, True)),
    Rule("circle", "radius", ("area",), "r = √(S/π)", "radius", lambda s: _from_pi(s)),
    Rule("circle", "radius", ("circumference",), "r = C/(2π)", "radius", lambda c: Measure(float(c) / (2 * math.pi), 1)),
    Rule("circle", "radius", ("diameter",), "r = d/2", "radius", lambda d: exact(d / 2, 1)),
    Rule("circle", "diameter", _R, "d = 2r", "radius", lambda r: exact(2 * r, 1)),
    Rule("circle", "diameter", ("circumference",), "d = C/π", "radius", lambda c: Measure(float(c) / math.pi, 1)),
    Rule("circle", "arc", ("radius", "angle"), "l = πrα/180", "radius_angle", lambda r, a: exact(r * a / 180, 1, True)),
    Rule("circle", "sector", ("radius", "angle"), "S = πr²α/360", "radius_angle", lambda r, a: exact(r * r * a / 360, 2, True)),
    Rule("circle", "chord", ("radius", "angle"), "l = 2r·sin(α/2)", "radius_angle", _chord),
    Rule("ring", "area", ("radius", "radius"), "S = π(R² − r²)", "radii", lambda a, b: exact(abs(a * a - b * b), 2, True)),
    Rule("ellipse", "area", ("side", "side"), "S = πab", "axes", lambda a, b: exact(a * b, 2, True)),
    Rule("square", "area", _S, "S = a²", "side", lambda a: exact(a * a, 2)),
    Rule("square", "area", ("diagonal",), "S = d²/2", "side", lambda d: exact(d * d / 2, 2)),
    Rule("square", "area", ("perimeter",), "S = (P/4)²", "side", lambda p: exact(p * p / 16, 2)),
    Rule("square", "perimeter", _S, "P = 4a", "side", lambda a: exact(4 * a, 1)),
    Rule("square", "perimeter", ("area",), "P = 4√S", "side", lambda s: Measure(_times(_root(s), Fraction(4)), 1)),
    Rule("square", "diagonal", _S, "d = a√2", "side", lambda a: Measure(_times(_root(Fraction(2)), a), 1)),
    Rule("square", "side", ("area",), "a = √S", "side", lambda s: Measure(_root(s), 1)),
    Rule("square", "side", ("perimeter",), "a = P/4", "side", lambda p: exact(p / 4, 1)),
    Rule("square", "side", ("diagonal",), "a = d/√2", "side", lambda d: Measure(_times(_root(Fraction(2)), d / 2), 1)),
    Rule("square", "inradius", _S, "r = a/2", "side", lambda a: exact(a / 2, 1)),
    Rule("square", "circumradius", _S, "R = a/√2", "side", lambda a: Measure(_times(_root(Fraction(2)), a / 2), 1)),
    Rule("rectangle", "area", ("side", "side"), "S = ab", "sides2", lambda a, b: exact(a * b, 2)),
    Rule("rectangle", "perimeter", ("side", "side"), "P = 2(a + b)", "sides2", lambda a, b: exact(2 * (a + b), 1)),
    Rule("rectangle", "diagonal", ("side", "side"), "d = √(a² + b²)", "sides2", lambda a, b: Measure(_root(a * a + b * b), 1)),
    Rule("rectangle", "side", ("area", "side"), "b = S/a", "sides2", lambda s, a: exact(s / a, 1)),
    Rule("right_triangle", "area", ("leg", "leg"), "S = ab/2", "legs", lambda a, b: exact(a * b / 2, 2)),
    Rule("right_triangle", "area", ("hypotenuse", "leg"), "b = √(c² − a²), S = ab/2", "legs", lambda c, a: Measure(_times(_leg(c, a).value, a / 2), 2)),
    Rule("right_triangle", "perimeter", ("hypotenuse", "leg"), "b = √(c² − a²), P = a + b + c", "legs", lambda c, a: _plus(a + c, _leg(c, a))),
    Rule("right_triangle", "hypotenuse", ("leg", "leg"), "c = √(a² + b²)", "legs", lambda a, b: Measure(_root(a * a + b * b), 1)),
    Rule("right_triangle", "leg", ("hypotenuse", "leg"), "b = √(c² − a²)", "legs", _leg),
    Rule("right_triangle", "perimeter", ("leg", "leg"), "P = a + b + √(a² + b²)", "legs", lambda a, b: _plus(a + b, Measure(_root(a * a + b * b), 1))),
    Rule("equilateral", "area", _S, "S = a²√3/4", "side", lambda a: Measure(_times(_root(Fraction(3)), a * a / 4), 2)),
    Rule("equilateral", "perimeter", _S, "P = 3a", "side", lambda a: exact(3 * a, 1)),
    Rule("equilateral", "height", _S, "h = a√3/2", "side", lambda a: Measure(_times(_root(Fraction(3)), a / 2), 1)),
    Rule("equilateral", "inradius", _S, "r = a√3/6", "side", lambda a: Measure(_times(_root(Fraction(3)), a / 6), 1)),
    Rule("equilateral", "circumradius", _S, "R = a√3/3", "side", lambda a: Measure(_times(_root(Fraction(3)), a / 3), 1)),
    Rule("equilateral", "side", ("perimeter",), "a = P/3", "side", lambda p: exact(p / 3, 1)),
    Rule("isosceles", "height", ("side", "side", "side"), "h = √(b² − a²/4)", "sides3", _isosceles),
    Rule("triangle", "area", ("base", "height"), "S = ah/2", "base_height", lambda a, h: exact(a * h / 2, 2)),
    Rule("triangle", "area", ("side", "side", "side"), "S = √(p(p − a)(p − b)(p − c))", "sides3", _heron),
    Rule("triangle", "perimeter", ("side", "side", "side"), "P = a + b + c", "sides3", _around),
    Rule("triangle", "perimeter", _S, "P = 3a", "sides3", lambda a: exact(3 * a, 1)),
    Rule("trapezoid", "area", ("base", "base", "height"), "S = (a + b)h/2", "bases_height", lambda a, b, h: exact((a + b) * h / 2, 2)),
    Rule("parallelogram", "area", ("base", "height"), "S = ah", "base_height", lambda a, h: exact(a * h, 2)),
    Rule("parallelogram", "perimeter", ("side", "side"), "P = 2(a + b)", "sides2", lambda a, b: exact(2 * (a + b), 1)),
    Rule("rhombus", "area", ("diagonal", "diagonal"), "S = d₁d₂/2", "diagonals", lambda a, b: exact(a * b / 2, 2)),
    Rule("rhombus", "area", ("side", "height"), "S = ah", "diagonals", lambda a, h: exact(a * h, 2)),
    Rule("rhombus", "perimeter", _S, "P = 4a", "side", lambda a: exact(4 * a, 1)),
    Rule("rhombus", "side", ("diagonal", "diagonal"), "a = √(d₁² + d₂²)/2", "diagonals", lambda a, b: Measure(_times(_root(a * a + b * b), Fraction(1, 2)), 1)),
    Rule("polygon", "perimeter", ("n", "side"), "P = na", "side_count", lambda n, a: exact(n * a, 1)),
    Rule("polygon", "area", ("n", "side"), "S = na²/(4tg(π/n))", "side_count", _polygon_area),
    Rule("cube", "volume", _S, "V = a³", "side", lambda a: exact(a**3, 3)),
    Rule("cube", "surface", _S, "S = 6a²", "side", lambda a: exact(6 * a * a, 2)),
    Rule("cube", "diagonal", _S, "d = a√3", "side", lambda a: Measure(_times(_root(Fraction(3)), a), 1)),
    Rule("cuboid", "volume", ("side", "side", "side"), "V = abc", "sides3", lambda a, b, c: exact(a * b * c, 3)),
    Rule("cuboid", "surface", ("side", "side", "side"), "S = 2(ab + bc + ca)", "sides3", lambda a, b, c: exact(2 * (a * b + b * c + c * a), 2)),
    Rule("cuboid", "diagonal", ("side", "side", "side"), "d = √(a² + b² + c²)", "sides3", lambda a, b, c: Measure(_root(a * a + b * b + c * c), 1)),
    Rule("sphere", "volume", _R, "V = 4πr³/3", "radius", lambda r: exact(Fraction(4, 3) * r**3, 3, True)),
    Rule("sphere", "volume", ("diameter",), "V = πd³/6", "radius", lambda d: exact(d**3 / 6, 3, True)),
    Rule("sphere", "surface", _R, "S = 4πr²", "radius", lambda r: exact(4 * r * r, 2, True)),
    Rule("sphere", "surface", ("diameter",), "S = πd²", "radius", lambda d: exact(d * d, 2, True)),
    Rule("cylinder", "volume", ("radius", "height"), "V = πr²h", "radius_height", lambda r, h: exact(r * r * h, 3, True)),
    Rule("cylinder", "volume", ("diameter", "height"), "V = πd²h/4", "radius_height", lambda d, h: exact(d * d * h / 4, 3, True)),
    Rule("cylinder", "surface", ("diameter", "height"), "S = πd(d/2 + h)", "radius_height", lambda d, h: exact(d * (d / 2 + h), 2, True)),
    Rule("cylinder", "lateral", ("diameter", "height"), "S = πdh", "radius_height", lambda d, h: exact(d * h, 2, True)),
    Rule("cylinder", "surface", ("radius", "height"), "S = 2πr(r + h)", "radius_height", lambda r, h: exact(2 * r * (r + h), 2, True)),
    Rule("cylinder", "lateral", ("radius", "height"), "S = 2πrh", "radius_height", lambda r, h: exact(2 * r * h, 2, True)),
    Rule("cone", "volume", ("radius", "height"), "V = πr²h/3", "radius_height", lambda r, h: exact(r * r * h / 3, 3, True)),
    Rule("cone", "volume", ("diameter", "height"), "V = πd²h/12", "radius_height", lambda d, h: exact(d * d * h / 12, 3, True)),
    Rule("cone", "lateral", ("radius", "height"), "S = πr√(r² + h²)", "radius_height", lambda r, h: Measure(_times(_root(r * r + h * h), r), 2, True)),
    Rule("pyramid", "volume", ("area", "height"), "V = Sh/3", "area_height", lambda s, h: exact(s * h / 3, 3)),
    Rule("prism", "volume", ("area", "height"), "V = Sh", "area_height", lambda s, h: exact(s * h, 3)),
)  # fmt: skip


def _plus(value: Fraction, measure: Measure) -> Measure:
    if isinstance(measure.value, float):
        return Measure(measure.value + float(value), 1)
    return Measure(measure.value + Surd.of(value), 1)


SOLIDS: Mapping[str, tuple[int, int, int]] = {
    "cube": (6, 12, 8), "cuboid": (6, 12, 8), "tetrahedron": (4, 6, 4), "octahedron": (8, 12, 6), "dodecahedron": (12, 30, 20), "icosahedron": (20, 30, 12),
}  # fmt: skip

# How figures and what is asked of them are named, in the order in which they are looked for.
SHAPES = (
    ("square", r"вписан\w+ в квадрат|inscribed in a square"), ("ring", r"кольц\w+|\bring\b|annulus"), ("ellipse", r"эллипс\w*|ellipse"), ("sphere", r"\bшар\w*|сфер\w+|\bsphere\b|\bball\b"), ("cylinder", r"цилиндр\w*|cylinder"), ("cone", r"конус\w*|\bcone\b"),
    ("tetrahedron", r"тетраэдр\w*|tetrahedron"), ("octahedron", r"октаэдр\w*|octahedron"), ("dodecahedron", r"додекаэдр\w*|dodecahedron"), ("icosahedron", r"икосаэдр\w*|icosahedron"),
    ("pyramid", r"пирамид\w+|pyramid"), ("prism", r"призм\w+|\bprism\b"), ("cuboid", r"параллелепипед\w*|коробк\w+|кубоид\w*|cuboid|\bbox\b|(?:rectangular )prism|аквариум\w*|бассейн\w*"), ("cube", r"\bкуб(?:а|е|у|ом|ик|ика)?\b|\bcube\b"),
    ("circle", r"\bкруг\w*|окружност\w+|сектор\w*|\bдуг\w*|хорд\w+|\bcircle\b|\barc\b|sector|chord|circumference|πr²|пи эр квадрат|pi r squared|\bdisc\b"),
    ("rhombus", r"ромб\w*|rhombus"), ("trapezoid", r"трапеци\w+|trapezoid|trapezium"), ("parallelogram", r"параллелограмм\w*|parallelogram"),
    ("equilateral", r"равносторонн\w+|правильн\w+ треугольник\w*|equilateral"), ("isosceles", r"равнобедренн\w+|isosceles"),
    ("right_triangle", r"прямоугольн\w+ треугольник\w*|катет\w*|гипотенуз\w*|пифагор\w*|right(?:-angled)? triangle|\blegs?\b|hypotenuse|pythagor\w+"), ("triangle", r"треугольник\w*|triangles?|герон\w*|heron"),
    ("polygon", r"(?:\d+-?)?(?:пяти|шести|семи|восьми|девяти|десяти|двенадцати|много|n-?|\d+-?)угольник\w*|pentagon|hexagon|heptagon|octagon|nonagon|decagon|dodecagon|polygon|\d+-gon|четырехугольник\w*|quadrilateral"),
    ("rectangle", r"прямоугольник\w*|rectangle|стен[аыу]|комнат\w* \d|пол[а]? \d|\bwall\b|участ\w+"), ("square", r"квадрат(?:а|е|у|ом|ный|ного)?\b|\bsquare\b(?! (?:root|met|cent|inch|feet|foot))"),
)  # fmt: skip
SIDES = {"четырех": 4, "пяти": 5, "шести": 6, "семи": 7, "восьми": 8, "девяти": 9, "десяти": 10, "двенадцати": 12, "quadri": 4, "penta": 5, "hexa": 6, "hepta": 7, "octa": 8, "nona": 9, "dodeca": 12, "deca": 10, "треуголь": 3, "triang": 3}  # fmt: skip
QUANTITIES = (
    ("inradius", r"радиус\w* вписанн\w+|inradius|inscribed circle|вписанн\w+ окружност\w+|вписана"), ("circumradius", r"радиус\w* описанн\w+|circumradius|circumscribed|описанн\w+ окружност\w+"),
    ("lateral", r"боков\w+ поверхност\w+|площадь боковой|\blateral"), ("surface", r"площад\w+ (?:полной )?поверхност\w+|поверхност\w+|surface"), ("sector", r"сектор\w*|sector"), ("arc", r"длин\w+ дуги|\bдуг\w+|arc"), ("chord", r"хорд\w+|chord"),
    ("volume", r"объем\w*|volume|вместимост\w+|сколько (?:воды|песка|литров)|how much (?:water|sand)"), ("perimeter", r"периметр\w*|perimeter|длин\w+ окружности|circumference|длина забора"),
    ("area", r"площад\w+|area|пи эр квадрат|pi r squared|герон\w*|heron|сколько (?:обоев|краски)|square metres of"), ("diagonal", r"диагонал\w+|diagonal"), ("hypotenuse", r"гипотенуз\w+|hypotenuse"), ("leg", r"катет\w*|\bleg\b"),
    ("height", r"высот\w+|медиан\w+|биссектрис\w+|height|median|bisector|altitude"), ("radius", r"радиус\w*|radius"), ("diameter", r"диаметр\w*|diameter"), ("side", r"сторон\w+|ребр\w+|\bside\b|\bedge\b"),
)  # fmt: skip
ANGLES_TOGETHER = r"сумм\w+ (?:внутренних )?углов|sum of the (?:interior )?angles|angles in an?\b|how many degrees (?:are )?(?:there )?in an?\b|сколько (?:всего )?градусов (?:всего )?(?:в|у)\b"
EACH_ANGLE = r"(?=.*(?:кажд\w+|each|one angle|один угол))(?=.*(?:правильн|regular))(?=.*(?:уг(?:ол|л)|angle|degree|градус|corner))"
THIRD = r"трет\w+ угол|third angle|what is the third|чему равен третий|3-th угол|\bугл\w+ .*треугольник\w* .*трет(?:ий|его)|\bangles? .*triangle\b.*\bthird\b|треугольник\w* .*\bугл\w+ .*трет(?:ий|его)"
VESSELS = r"кастрюл\w+|\bбан(?:к\w+|ок)\b|бочк\w+|\bвед(?:р|ер)\w*|цистерн\w+|стакан\w*|\bтруб[аыуе]\b|\b(?:tins?|cans?|jars?|barrels?|saucepans?|pans?|pots?|buckets?|drums?|tubes?|pipes?)\b"
SOLID = r"объем|volume|вместимост|поверхност|surface|высот\w+ \d|height (?:of )?\d|\d\S* (?:high|tall)"
ROUND = r"\bround\b|diameter \d|radius \d|диаметр\w* \d|радиус\w* \d"


def shape_of(request: str) -> str | None:
    """Round things are circles, and those with a volume are cylinders."""
    shape = first_of(SHAPES, request)
    if shape in (None, "circle") and re.search(VESSELS, request) and re.search(SOLID, request):
        return "cylinder"
    return "circle" if shape is None and re.search(ROUND, request) else shape


def first_of(patterns: tuple[tuple[str, str], ...], request: str) -> str | None:
    return next((name for name, pattern in patterns if re.search(pattern, request)), None)


def sides_of(request: str) -> int | None:
    match = re.search(r"(\d+)-?(?:th )?(?:угольник|gon\b|sided)|polygon with (\d+)|с (\d+) сторон", request)
    if match:
        return int(match[1] or match[2] or match[3])
    return next(
        (
            count
            for word, count in SIDES.items()
            if re.search(rf"{word}(?:угольник|gon|lateral|le\b|ник)|\b{word}le", request)
        ),
        None,
    )
