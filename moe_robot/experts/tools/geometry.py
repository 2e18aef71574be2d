# ruff: noqa: E501 - a pattern is easier to read on one line
"""The expert `geometry`: figures and solids from their sizes, triangles, angles, points and vectors; formulas in `shapes.py`."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.exact import decimal, equals, number
from moe_robot.experts.tools.numbers import NUMBER, digits, plain, read
from moe_robot.experts.tools.shapes import (
    ANGLES_TOGETHER,
    EACH_ANGLE,
    QUANTITIES,
    RULES,
    SHAPES,
    SOLIDS,
    THIRD,
    Rule,
    first_of,
    shape_of,
    shown,
    sides_of,
    triangle_check,
)
from moe_robot.experts.tools.surd import Surd, sine, square_root
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool
from moe_robot.structs import Language

_OWNING = ("radius", "diameter", "side", "height", "diagonal", "leg", "hypotenuse", "perimeter", "area")
_UNIT = r"(?: ?(?:см|мм|км|дм|м|метр\w*|сантиметр\w*|миллиметр\w*|cm|mm|km|m|metres?|meters?|centimet\w+|inch(?:es)?|in|feet|ft)\b\.?)"
_LINK = r"\s*(?:(?:равн[аоы]м?|равен|равным|равной|is|of|=|are|:|,|-|в|его|её|ее|the|a|an|with|и|and|from|по)\s*)*"
_ROLES = (
    ("radius", r"радиус\w*|radius|\br\b|\bэр\b"), ("diameter", r"диаметр\w*|diameter"), ("circumference", r"длин\w+ окружности|circumference"), ("perimeter", r"периметр\w*|perimeter"),
    ("area", r"площад\w+(?: основания)?|(?:base )?area"), ("height", r"высот\w+|height|\bh\b"), ("hypotenuse", r"гипотенуз\w+|hypotenuse"), ("diagonal", r"диагонал\w+|diagonals?"), ("leg", r"катет\w*|legs?"),
    ("base", r"основани\w+|bases?"), ("angle", r"уг(?:ол|лом|ле|ла|лы|лами)|angles?"), ("side", r"сторон\w+|ребр\w+|sides?|edges?"),
)  # fmt: skip
_LABEL = re.compile("|".join(rf"(?P<{role}>\b(?:{pattern}))" for role, pattern in _ROLES))
_POINT = re.compile(rf"\(\s*(?:x ?= ?)?({NUMBER})\s*[;,]\s*(?:y ?= ?)?({NUMBER})(?:\s*[;,]\s*({NUMBER}))?\s*\)")
_COUNTS = re.compile(
    r"\b(?:one|two|three|1|2|3|один|два|две|три|одна) (?=legs?\b|sides?\b|angles?\b|катет|сторон|угл|основани|bases?\b|diagonals?\b|диагонал)"
)
_THE_ONE = re.compile(r"\b(an?|the|another) ([a-z]+) one\b")  # "a round one"
_COUNTED = {
    "faces": r"гран(?:ей|и|ь)|faces?",
    "edges": r"реб(?:ер|ра|ро)|edges?",
    "vertices": r"вершин\w*|vertices|vertex|corners?",
}


class Geometry(TextTool):
    name = "geometry"

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        request = re.sub(
            r"(\d+)-th ?угольник", r"\1-угольник", digits(_COUNTS.sub("", _THE_ONE.sub(r"\1 \2 it", plain(text))))
        ).rstrip(" ?!.")
        request = (
            re.sub(r"(?<=\d),(?=\d+[^\d,;)])", ".", request)
            if language == "ru" and not _POINT.search(request)
            else request
        )
        request = re.sub(r"(?<=\d) ?[xх×] ?(?=\d)", " на ", request)
        request = re.sub(
            rf"({NUMBER}{_UNIT}?) (?:(?:wide )?across|in diameter|в диаметре|в поперечнике|поперек)",
            r"diameter \1",
            request,
        )
        request = re.sub(rf"({NUMBER}{_UNIT}?) (?:in radius|в радиусе)", r"radius \1", request)
        if re.search(r"сектор|\bдуг|\barc\b|sector", request):
            request = re.sub(rf"({NUMBER}) ?(?:°|degrees?|градус\w*)", r"angle \1", request)
        request = re.sub(
            r"(гипотенуз\w*|hypotenuse) (?:of |for |with |при |для )?(?=\d[\d.]*(?:(?!катет|\bleg)\D)+\d[\d.]*$)",
            r"\1 legs ",
            request,
        )
        for way in (self._theorems, self._points, self._polygons, self._angles, self._triangles):
            answer = way(request, language)
            if answer is not None:
                return answer
        return self._figure(request, language)

    # ------------------------------------------------------------ figures by formulas

    def _figure(self, request: str, language: Language) -> str:
        shape = shape_of(request)
        if shape is None or re.search(
            r"наш\w+ (?:комнат|кухн|квартир)|our (?:room|kitchen|flat)|комнаты по карте", request
        ):
            raise NotMine
        quantity = _wanted(request, shape)
        if quantity is None:
            raise NotMine
        labelled, unit = _numbers(request, shape)
        rules = [rule for rule in RULES if rule.shape == shape and rule.quantity == quantity]
        if not rules:
            raise NotMine
        if not labelled:
            return self.words.say("formula", language, formula=rules[0].text)
        if shape == "polygon":
            labelled = [("n", Fraction(sides_of(request) or 0)), *[each for each in labelled if each[0] != "n"]]
        unnamed = [
            (
                "side"
                if role in (quantity, "side") or (role == "area" and quantity in ("surface", "lateral", "sector"))
                else role,
                value,
            )
            for role, value in labelled
        ]
        for rule, found in [*((rule, labelled) for rule in rules), *((rule, unnamed) for rule in rules)]:
            values = _fitted(rule, found)
            if values is None:
                continue
            if any(value <= 0 for value in values):
                raise Refused("not_positive")
            if "angle" in rule.roles and values[rule.roles.index("angle")] > 360:
                raise Refused("bad_angle")
            measure = rule.compute(*values)
            return self.words.say("answer", language, formula=rule.text, value=shown(measure, unit, language)).replace(
                "= ≈", "≈"
            )
        needs = dict.fromkeys(self.words.say(f"role_{rule.needs}", language) for rule in rules)
        raise Refused("missing", needs=", ".join(needs))

    # ------------------------------------------------------------ special questions

    def _theorems(self, request: str, language: Language) -> str | None:
        if re.search(
            r"(?:сформулируй|state|what is|что такое|скажи|напомни|какая)\b.*(?:теорем\w+ пифагора|pythagorean theorem)|^(?:теорема пифагора|pythagorean theorem)$",
            request,
        ) and not re.search(r"\d", request):
            return self.words.say("pythagoras", language)
        if re.search(r"(?:theorem|теорем\w+).*(?:inscribed angle|вписанн\w+ угл)", request):
            return self.words.say("inscribed_theorem", language)
        solid = first_of(SHAPES, request)
        if (
            solid in SOLIDS
            and re.search(r"сколько|how many", request)
            and any(re.search(pattern, request) for pattern in _COUNTED.values())
            and not re.search(r"\d", request)
        ):
            faces, edges, vertices = SOLIDS[str(solid)]
            found = re.search(dict(SHAPES)[str(solid)], request)
            name = (
                found[0]
                if language == "en" and found
                else {
                    "cube": "куб",
                    "cuboid": "параллелепипед",
                    "tetrahedron": "тетраэдр",
                    "octahedron": "октаэдр",
                    "dodecahedron": "додекаэдр",
                    "icosahedron": "икосаэдр",
                }[str(solid)]
            )
            return self.words.say(
                "solid", language, name=name.capitalize(), faces=faces, edges=edges, vertices=vertices
            )
        return None

    def _points(self, request: str, language: Language) -> str | None:
        points = [tuple(read(group) for group in match.groups() if group) for match in _POINT.finditer(request)]
        if len(points) == 1 and re.search(r"уравнение окружности|equation of (?:a|the) circle", request):
            rest = re.findall(NUMBER, _POINT.sub(" ", request))
            if len(rest) != 1 or read(rest[0]) <= 0:
                return None
            parts = [
                f"{name}²" if not at else f"({name} {'−' if at > 0 else '+'} {number(abs(at), language)})²"
                for name, at in zip("xy", points[0], strict=False)
            ]
            return self.words.say(
                "circle_equation", language, equation=f"{' + '.join(parts)} = {number(read(rest[0]) ** 2, language)}"
            )
        if len(points) != 2 or len(points[0]) != len(points[1]):
            return None
        first, second = points
        if re.search(r"середин|midpoint|middle", request) and len(first) == 2:
            x, y = ((a + b) / 2 for a, b in zip(first, second, strict=True))
            return self.words.say("midpoint", language, x=number(x, language), y=number(y, language))
        if re.search(r"скалярн|dot product|scalar product", request):
            return self.words.say("dot", language, value=number(_dot(first, second), language))
        if re.search(r"векторн\w+ произведение|cross product", request):
            a, b = ((*each, Fraction(0))[:3] for each in (first, second))
            values = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
            return self.words.say(
                "cross", language, value="(" + "; ".join(number(each, language) for each in values) + ")"
            )
        if re.search(r"угол|angle", request):
            lengths = _dot(first, first) * _dot(second, second)
            if not lengths:
                raise Refused("zero_vector")
            cosine = float(_dot(first, second)) / math.sqrt(float(lengths))
            angle = math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
            root = square_root(lengths)
            inverse = None if root is None else root.inverse()
            exact = (
                equals(inverse * Surd.of(_dot(first, second)), language)[2:]
                if inverse is not None
                else decimal(cosine, language)
            )
            return self.words.say("vectors_angle", language, cos=exact, degrees=decimal(round(angle, 4), language))
        if re.search(r"расстояни|distance|длин\w+ (?:отрезка|вектора)|length of the segment", request):
            squared = sum(((a - b) ** 2 for a, b in zip(first, second, strict=True)), Fraction(0))
            root = square_root(squared)
            value = (
                equals(root, language)[2:] if root is not None else f"≈ {decimal(math.sqrt(float(squared)), language)}"
            )
            return self.words.say("distance", language, value=value)
        return None

    def _polygons(self, request: str, language: Language) -> str | None:
        n = sides_of(request)
        if n is not None and n >= 3 and re.search(EACH_ANGLE, request):
            return self.words.say("interior", language, n=n, value=number(Fraction(180 * (n - 2), n), language))
        if re.search(ANGLES_TOGETHER, request):
            if n is None or n < 3:
                return None
            return self.words.say("angles_sum", language, n=n, value=180 * (n - 2))
        if re.search(r"внешн\w+ угол|exterior angle", request) and n is not None and n >= 3:
            return self.words.say("exterior", language, n=n, value=number(Fraction(360, n), language))
        if (
            re.search(r"(?:внутренн\w+ )?угол правильного|interior angle|angle of a regular", request)
            and n is not None
            and n >= 3
        ):
            return self.words.say("interior", language, n=n, value=number(Fraction(180 * (n - 2), n), language))
        if re.search(r"сколько диагоналей|число диагоналей|how many diagonals|number of diagonals", request):
            if n is None or not 3 <= n <= 10**6:
                return None
            return self.words.say("diagonals", language, n=n, value=n * (n - 3) // 2)
        return None

    def _angles(self, request: str, language: Language) -> str | None:
        numbers = [read(each) for each in re.findall(NUMBER, request)]
        if re.search(THIRD, request) and len(numbers) == 2:
            total = sum(numbers)
            if total >= 180 or min(numbers) <= 0:
                raise Refused("bad_angles", sum=number(Fraction(total), language))
            return self.words.say(
                "third_angle",
                language,
                a=number(numbers[0], language),
                b=number(numbers[1], language),
                value=number(180 - Fraction(total), language),
            )
        if len(numbers) != 1:
            return None
        value = numbers[0]
        for pattern, key, whole in (
            (r"смежн\w+ угол|supplement", "supplement", 180),
            (r"complement|дополнительн\w+ (?:до 90|угол)", "complement", 90),
        ):
            if re.search(pattern, request):
                if not 0 < value < whole:
                    raise Refused("bad_angle")
                return self.words.say(key, language, a=number(value, language), value=number(whole - value, language))
        if re.search(r"вертикальн\w+ угл|vertical angle", request):
            return self.words.say("vertical", language, a=number(value, language))
        if re.search(r"вписанн\w+ угол|inscribed angle", request):
            if not 0 < value < 360:
                raise Refused("bad_angle")
            return self.words.say("inscribed", language, value=number(value / 2, language))
        return None

    def _triangles(self, request: str, language: Language) -> str | None:
        numbers = [read(each) for each in re.findall(NUMBER, request)]
        if re.search(r"теорем\w+ косинусов|law of cosines|cosine rule", request) and len(numbers) == 3:
            a, b, angle = numbers
            if not 0 < angle < 180 or min(a, b) <= 0:
                raise Refused("bad_angle")
            cosine = sine(angle + 90)
            squared = None if cosine is None else Surd.of(a * a + b * b) + Surd.of(-2 * a * b) * cosine
            exact = None if squared is None or squared.rational is None else square_root(squared.rational)
            shown_value = (
                equals(exact, language)
                if exact is not None
                else f"≈ {decimal(math.sqrt(float(a * a + b * b) - 2 * float(a * b) * math.cos(math.radians(float(angle)))), language)}"
            )
            return self.words.say("cosine_law", language, value=shown_value)
        if len(numbers) == 3 and re.search(
            r"существует ли|может ли|бывает ли|can a triangle|is there a triangle|does a triangle", request
        ):
            if min(numbers) <= 0:
                raise Refused("not_positive")
            triangle_check(*numbers)
            return self.words.say("triangle_exists", language)
        if len(numbers) == 3 and re.search(
            r"прямоугольный ли|прямоугольный\?|right-angled|is .*right triangle|является ли.*прямоугольн", request
        ):
            a, b, c = sorted(numbers)
            triangle_check(a, b, c)
            values = {name: number(value, language) for name, value in zip("abc", (a, b, c), strict=True)}
            if a * a + b * b == c * c:
                return self.words.say("right", language, **values)
            return self.words.say(
                "not_right", language, left=f"{values['a']}² + {values['b']}²", right=f"{values['c']}²"
            )
        return None


def _wanted(request: str, shape: str) -> str | None:
    """What is asked: the quantity that is named without a number of its own; the first of those."""
    named: list[tuple[int, str]] = []
    for rank, (quantity, pattern) in enumerate(QUANTITIES):
        for match in re.finditer(pattern, request):
            owns = quantity in _OWNING and re.match(rf"{_LINK}{NUMBER}(?! (?:by|на) \d)", request[match.end() :])
            if owns and not re.match(r"пи эр|pi r", match[0]):
                continue
            named.append((rank, quantity))
    if shape == "right_triangle" and not named:
        return "leg" if re.search(r"гипотенуз|hypotenuse", request) else "hypotenuse"
    if shape == "right_triangle" and re.search(
        r"второй катет|другой катет|other leg|find the other|the other\b", request
    ):
        return "leg"
    if shape == "right_triangle" and min(named)[1] == "side":
        return "hypotenuse"
    return min(named)[1] if named else None


def _numbers(request: str, shape: str) -> tuple[list[tuple[str, Fraction]], str]:
    """(role, value) in order, and the unit of length they share. Raises Refused: several units."""
    found: list[tuple[str, Fraction]] = []
    units: list[str] = []
    role = ""
    for match in re.finditer(
        rf"{_LABEL.pattern}|(?P<number>(?<![\w]){NUMBER})(?P<unit>{_UNIT})?(?!-?угол|-gon)|(?P<skip>\d+-?(?:угольник\w*|gon))",
        request,
    ):
        if match["number"]:
            mean = role
            if not mean:
                mean = {
                    "circle": "radius",
                    "sphere": "radius",
                    "right_triangle": "leg",
                    "ring": "radius",
                    "cylinder": "",
                    "cone": "",
                }.get(shape, "side") or ("radius" if not found else "height")
            found.append((mean, read(match["number"])))
            if match["unit"]:
                units.append(match["unit"].strip(" ."))
        elif not match["skip"]:
            said = match.lastgroup or ""
            role = said if said != "unit" else role
    short = {
        "метр": "м",
        "сантиметр": "см",
        "миллиметр": "мм",
        "metre": "m",
        "meter": "m",
        "centimet": "cm",
        "inch": "in",
        "feet": "ft",
    }
    plain = list(
        dict.fromkeys(next((sign for word, sign in short.items() if unit.startswith(word)), unit) for unit in units)
    )
    if len(plain) > 1:
        raise Refused("mixed_units", units=", ".join(plain))
    return found, plain[0] if plain else ""


def _fitted(rule: Rule, labelled: list[tuple[str, Fraction]]) -> list[Fraction] | None:
    """The numbers in the order of the rule's roles; every number must be used."""
    if len(labelled) != len(rule.roles):
        return None
    rest = list(labelled)
    values = []
    for role in rule.roles:
        same = {"base": ("base", "side"), "leg": ("leg", "side"), "side": ("side", "base"), "radius": ("radius",)}.get(
            role, (role,)
        )
        match = next((each for name in same for each in rest if each[0] == name), None)
        if match is None:
            return None
        rest.remove(match)
        values.append(match[1])
    return values


def _dot(first: tuple[Fraction, ...], second: tuple[Fraction, ...]) -> Fraction:
    return sum((a * b for a, b in zip(first, second, strict=True)), Fraction(0))
