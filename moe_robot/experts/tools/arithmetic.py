"""The expert `arithmetic`: calculations with given numbers, exact, without a computer algebra system.

First the phrases that are no formulas (percentages of what, rounding, comparing), then any formula without variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.arithmetic_words import (
    APART,
    CHAINED,
    CHANGE,
    FORM,
    LARGER,
    MEASURED,
    PLACE_FIRST,
    PLACES,
    ROOT_OF_RESULT,
    ROUND,
    ROUNDED,
    SHARE,
    TRUE,
    VERBS,
    WHOLE,
)
from moe_robot.experts.tools.exact import (
    Value,
    comma,
    decimal,
    equals,
    evaluate,
    fraction,
    is_short_decimal,
    number,
    rational,
    short,
)
from moe_robot.experts.tools.expression import Num, Op, Tree, names, parse
from moe_robot.experts.tools.formula import show
from moe_robot.experts.tools.numbers import digits, read
from moe_robot.experts.tools.tool import NotMine, TextTool, bare
from moe_robot.structs import Language

EXACT_PLACES = 12  # of what is no fraction


class Arithmetic(TextTool):
    name = "arithmetic"

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        text = _typed(_thousands(bare(_DOUBLE.sub(_double, text)), language))
        request = digits(text, ordinals=True)
        ways: tuple[Callable[[str, Language], str | None], ...] = (
            self._check, self._share, self._apart, self._whole, self._changed, self._rounded, self._larger, self._form,
            self._to_places,
        )  # fmt: skip
        text = re.sub(r"\b(пи|pi) на (?=\S)", r"\1 / ", text)
        for way in ways:
            found = way(request, language)
            if found is not None:
                return found
        if measured := MEASURED.fullmatch(text):  # "15 percent of 340 grams"
            text, request = measured["sum"], digits(measured["sum"], ordinals=True)
        return self._formula(text, request, language)

    def _to_places(self, request: str, language: Language) -> str | None:
        """The value of a sum, rounded."""
        for pattern in ROUNDED:
            match = pattern.fullmatch(request)
            if match is None:
                continue
            told = match.groupdict()
            places = _places(told["digits"], told.get("place"))
            said = re.sub(r",? (?:as a decimal|в виде десятичной дроби|десятичной дробью),?$", "", told["sum"] or "")
            try:
                tree = self._tree(said, said)
            except NotMine:
                continue
            found = evaluate(tree)
            value = rational(found)
            if places is None or (value is None and places > EXACT_PLACES):
                continue
            value = Fraction(float(found)) if value is None else value
            shown = comma(_round(value, places), language)
            return self.words.say("rounded", language, number=show(tree, language), result=shown)
        return None

    def _check(self, request: str, language: Language) -> str | None:
        match = TRUE.fullmatch(request)
        if match is None:
            return None
        trees = [_numeric(match[1]), _numeric(match[2])]
        values = [evaluate(tree) for tree in trees]
        left, right = (show(tree, language) for tree in trees)
        same = values[0] == values[1] or abs(float(values[0]) - float(values[1])) < 1e-12
        return self.words.say(
            "true" if same else "false", language, left=left, right=right, value=equals(values[0], language)
        )

    def _share(self, request: str, language: Language) -> str | None:
        match = _first(SHARE, request)
        if match is None:
            return None
        part, whole = read(match["part"]), read(match["whole"])
        if not whole:
            raise_zero()
        percent = 100 * part / whole
        shown = number(percent, language) if is_short_decimal(percent) else f"≈ {decimal(percent, language)}"
        return self.words.say(
            "share", language, part=number(part, language), whole=number(whole, language), percent=shown
        )

    def _apart(self, request: str, language: Language) -> str | None:
        match = _first(APART, request)
        if match is None:
            return None
        first, second = read(match[1]), read(match[2])
        if not second:
            raise_zero()
        percent = 100 * abs(first - second) / abs(second)
        shown = number(percent, language) if is_short_decimal(percent) else f"≈ {decimal(percent, language)}"
        key = "more_by" if first >= second else "less_by"
        values = {"first": number(first, language), "second": number(second, language), "percent": shown}
        return self.words.say(key, language, **values)

    def _whole(self, request: str, language: Language) -> str | None:
        match = _first(WHOLE, request)
        if match is None:
            return None
        percent, part = read(match["percent"]), read(match["part"])
        if not percent:
            raise_zero()
        return self.words.say(
            "whole",
            language,
            percent=number(percent, language),
            part=number(part, language),
            whole=number(100 * part / percent, language),
        )

    def _changed(self, request: str, language: Language) -> str | None:
        for pattern, sign in CHANGE:
            if match := pattern.fullmatch(request):
                start, percent = read(match["start"]), read(match["percent"])
                result = start * (100 + sign * percent) / 100
                return self.words.say(
                    "changed",
                    language,
                    start=number(start, language),
                    sign="+" if sign > 0 else "−",
                    percent=number(percent, language),
                    result=number(result, language),
                )
        return None

    def _rounded(self, request: str, language: Language) -> str | None:
        match = ROUND.fullmatch(PLACE_FIRST.sub(r"округли \2 \1", request))
        if match is None:
            return None
        value = read(match[1])
        places = _places(match["digits"], match["place"])
        if places is None:
            return None
        shown = comma(_round(value, places), language)
        return self.words.say("rounded", language, number=comma(match[1].replace(",", "."), language), result=shown)

    def _larger(self, request: str, language: Language) -> str | None:
        match = _first(LARGER, request)
        if match is None:
            return None
        trees = [_numeric(match[1]), _numeric(match[2])]
        values = [evaluate(tree) for tree in trees]
        first, second = (show(tree, language) for tree in trees)
        exact = [rational(value) for value in values]
        if values[0] == values[1]:
            return self.words.say("same", language, first=first, second=second)
        order = (
            exact[0] > exact[1]
            if exact[0] is not None and exact[1] is not None
            else float(values[0]) > float(values[1])
        )
        larger, smaller = (first, second) if order else (second, first)
        return self.words.say("larger", language, larger=larger, smaller=smaller)

    def _form(self, request: str, language: Language) -> str | None:
        match = FORM.fullmatch(request)
        if match is None or (not match["to"] and "/" not in match[1]):
            return None
        value, to = read(match[1]), match["to"] or ""
        shown = comma(match[1].strip("()").replace(",", "."), language)
        if any(word in to for word in ("процент", "%", "cent")):
            return self.words.say("percents", language, number=shown, percent=short(100 * value, language))
        if any(word in to for word in ("десятич", "decimal")):
            sign = "=" if is_short_decimal(value) else "≈"
            return self.words.say("form", language, number=shown, result=f"{sign} {short(value, language)}")
        result = fraction(value)
        if shown == result:
            result = short(value, language)
        elif not to and not is_short_decimal(value):
            result = f"{result} ≈ {decimal(value, language)}"
        elif not to:
            result = f"{result} = {number(value, language)}" if value.denominator > 1 else result
        sign = "=" if is_short_decimal(value) or result.count("/") else "≈"
        return self.words.say("form", language, number=shown, result=f"{sign} {result}")

    def _formula(self, text: str, request: str, language: Language) -> str:
        tree = self._tree(text, request)
        if isinstance(tree, Num):
            raise NotMine
        value = evaluate(tree)
        shown = show(tree, language)
        if (turned := _in_degrees(tree)) is not None:
            exact = f"{show(turned, language)} {equals(evaluate(turned), language)}"
            radians = f"{shown} {equals(value, language)}"
            return self.words.say("degrees_assumed", language, exact=exact, radians=radians)
        return f"{shown} {_result(tree, shown, value, language)}."

    def _tree(self, text: str, request: str) -> Tree:
        if root := ROOT_OF_RESULT.fullmatch(request):
            return Op("sqrt", (self._tree(root["sum"], root["sum"]),))
        for pattern, sign in CHAINED:
            if chained := pattern.fullmatch(request):
                return Op(sign, (self._tree(chained["sum"], chained["sum"]), _numeric(chained["by"])))
        tree = self._verb(request)
        return _numeric(text) if tree is None else tree

    def _verb(self, request: str) -> Tree | None:
        for pattern, shape in VERBS:
            match = pattern.fullmatch(request)
            if match is None:
                continue
            try:
                if shape.startswith("sum:"):
                    return _numeric(f"sum {match[1]}")
                parts = [_numeric(part) for part in match.groups()]
                if len(parts) == 1:
                    return parts[0]
                if shape.startswith("|"):
                    return Op("abs", (Op("-", (parts[0], parts[1])),))
                signs = {"*": "*", "/": "/", "+": "+", "-": "-"}
                kind = signs[shape[5]]
                ordered = parts if shape.startswith("({0}") else parts[::-1]
                return Op(kind, (ordered[0], ordered[1]))
            except NotMine:
                continue
        return None


_SCIENTIFIC = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)?)e([+-]?\d{1,6})(?![\w.,])", re.IGNORECASE)
_MIXED = re.compile(r"(?<![\d./,])(\d+) (\d+)/(\d+)(?![\d/.,])")
_DOUBLE = re.compile(r"(?<![\w.,])(\d{1,2})!!")


def _typed(text: str) -> str:
    """What is typed in ways of its own: 1e400, the mixed number 3 1/2, the double factorial 5!!, log2 8."""
    text = _SCIENTIFIC.sub(r"(\1*10^(\2))", text)
    text = _MIXED.sub(r"(\1+\2/\3)", text)
    return re.sub(r"\blog ?_?(\d+) (\d+(?:\.\d+)?)(?![\w.])", r"log\1(\2)", text)


def _double(match: re.Match[str]) -> str:
    return f"({'*'.join(map(str, range(int(match[1]), 0, -2))) or '1'})"


def raise_zero() -> None:
    evaluate(Op("/", (Num(Fraction(1), "1"), Num(Fraction(0), "0"))))


def _numeric(text: str) -> Tree:
    tree = parse(text)
    if names(tree):
        raise NotMine
    return tree


def _thousands(text: str, language: Language) -> str:
    """ "1,234,567" and "12 345 678" are single numbers; "1,500" is one in English only."""
    groups = "{1,}" if language == "en" else "{2,}"
    text = re.sub(
        rf"(?<![\d.,])[1-9]\d{{0,2}}(?:,\d{{3}}){groups}(?![\d,])", lambda match: match[0].replace(",", ""), text
    )
    return re.sub(r"(?<![\d.,])[1-9]\d{0,2}(?: \d{3})+(?![\d])", lambda match: match[0].replace(" ", ""), text)


def _result(tree: Tree, shown: str, value: Value, language: Language) -> str:
    written = (
        isinstance(tree, Op)
        and tree.kind in ("+", "-", "*")
        and any(isinstance(arg, Op) and arg.kind == "/" for arg in tree.args)
    )
    text = equals(value, language, fractions=written)
    repeated = f"= {shown.replace(' ', '')} "
    return text[len(repeated) :] if text.replace("(", "").startswith(repeated) else text


def _in_degrees(tree: Tree) -> Tree | None:
    """ "sin 30" alone: most people mean degrees; both are said."""
    if isinstance(tree, Op) and tree.kind in ("sin", "cos", "tan", "cot") and isinstance(tree.args[0], Num):
        angle = tree.args[0]
        if angle.value.denominator == 1 and angle.value >= 10:
            return Op(tree.kind, (Op("deg", (angle,)),))
    return None


def _places(digits_said: str | None, place: str | None) -> int | None:
    """How many behind the point; None = not told."""
    places = int(digits_said) if digits_said else 0
    if place:
        found = [word for word in PLACES if place.startswith(word)]
        if not found:
            return None
        places = PLACES[max(found, key=len)]
    return places if -30 <= places <= 30 else None


def _round(value: Fraction, places: int) -> str:
    step = Decimal(1).scaleb(-places)
    scaled = Decimal((value * Fraction(10) ** places).numerator) / (value * Fraction(10) ** places).denominator
    result = scaled.quantize(Decimal(1), ROUND_HALF_UP) * step
    return f"{result:f}".replace("-", "−")


def _first(patterns: tuple[re.Pattern[str], ...], request: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.fullmatch(request))), None)
