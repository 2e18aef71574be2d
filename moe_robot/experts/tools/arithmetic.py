# ruff: noqa: E501 - a pattern is easier to read on one line
"""The expert `arithmetic`: calculations with given numbers, exact, without a computer algebra system.

First the phrases that are no formulas (percentages of what, rounding, comparing), then any formula without variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from moe_robot.experts.context import AnswerContext
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
)
from moe_robot.experts.tools.expression import Num, Op, Tree, names, parse
from moe_robot.experts.tools.formula import show
from moe_robot.experts.tools.numbers import NUMBER, digits, read
from moe_robot.experts.tools.tool import NotMine, TextTool, bare
from moe_robot.structs import Language

_N = rf"({NUMBER})"
_PERCENT = r"\s?(?:%|процент(?:а|ов|у|ы)?|per ?cent)"
_SHARE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:сколько |какой |какую )?(?:процент(?:ов|а)?|%|долю в процентах) ?(?:составля[ею]т |это )?(?:число )?(?P<part>{NUMBER}) (?:от|из) (?:числа )?(?P<whole>{NUMBER})",
        rf"(?:сколько |какой )?(?:процент(?:ов|а)?|%) (?:от|из) (?:числа )?(?P<whole>{NUMBER}) ?(?:составля[ею]т|это|будет|-)? ?(?:число )?(?P<part>{NUMBER})",
        rf"(?:число )?(?P<part>{NUMBER})(?: -)?(?: это| составляет)? (?:сколько |какой )процент(?:ов|а)? (?:от|из) (?:числа )?(?P<whole>{NUMBER})",
        rf"(?:what )?(?:percent|percentage|per cent|%) (?:of )(?P<whole>{NUMBER}) is (?P<part>{NUMBER})",
        rf"(?:is )?(?P<part>{NUMBER}) (?:is )?(?:what )(?:percent|percentage|per cent|%) of (?P<whole>{NUMBER})",
        rf"(?:what )?(?:percent|percentage|per cent) is (?P<part>{NUMBER}) (?:of|out of|from) (?P<whole>{NUMBER})",
        rf"(?P<part>{NUMBER}) (?:of|out of|as a percentage of|as a percent of) (?P<whole>{NUMBER})(?: as a percentage| as a percent| in percent)",
    )
)
_WHOLE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:от какого числа|какого числа) (?P<percent>{NUMBER}){_PERCENT} (?:это|равн[ыо]|составля[ею]т|будет|-) (?P<part>{NUMBER})",
        rf"(?:число,? )?(?P<percent>{NUMBER}){_PERCENT} (?:от )?которого (?:это|равн[ыо]|составля[ею]т|-) (?P<part>{NUMBER})",
        rf"(?P<percent>{NUMBER}){_PERCENT} of what (?:number )?(?:is|equals|makes) (?P<part>{NUMBER})",
        rf"(?:of what number is |the number of which )?(?P<part>{NUMBER}) is (?P<percent>{NUMBER}){_PERCENT} of what(?: number)?",
    )
)
_CHANGE = tuple(
    (re.compile(pattern), sign)
    for pattern, sign in (
        (rf"(?:увелич(?:ь|ить)|прибавь к|добавь к) (?:число )?(?P<start>{NUMBER}) (?:на )?(?P<percent>{NUMBER}){_PERCENT}", 1),
        (rf"(?P<start>{NUMBER}) (?:увеличить|увеличенное|увеличь) на (?P<percent>{NUMBER}){_PERCENT}", 1),
        (rf"(?:прибавь|добавь|накинь) (?P<percent>{NUMBER}){_PERCENT} к (?P<start>{NUMBER})", 1),
        (rf"(?:increase|raise) (?P<start>{NUMBER}) by (?P<percent>{NUMBER}){_PERCENT}", 1),
        (rf"(?P<start>{NUMBER}) (?:increased|raised) by (?P<percent>{NUMBER}){_PERCENT}", 1),
        (rf"add (?P<percent>{NUMBER}){_PERCENT} to (?P<start>{NUMBER})", 1),
        (rf"(?:уменьш(?:и|ить)|сниз(?:ь|ить)) (?:число )?(?P<start>{NUMBER}) на (?P<percent>{NUMBER}){_PERCENT}", -1),
        (rf"(?P<start>{NUMBER}) (?:уменьшить|уменьшенное|уменьши) на (?P<percent>{NUMBER}){_PERCENT}", -1),
        (rf"(?:отними|вычти|сбрось) (?P<percent>{NUMBER}){_PERCENT} (?:от|из|с) (?P<start>{NUMBER})", -1),
        (rf"(?:со )?скидк(?:а|ой|у) (?:в )?(?P<percent>{NUMBER}){_PERCENT} (?:на|от|с|со) (?P<start>{NUMBER})", -1),
        (rf"(?P<start>{NUMBER}) со скидкой (?:в )?(?P<percent>{NUMBER}){_PERCENT}", -1),
        (rf"(?:decrease|reduce|lower) (?P<start>{NUMBER}) by (?P<percent>{NUMBER}){_PERCENT}", -1),
        (rf"(?P<start>{NUMBER}) (?:decreased|reduced) by (?P<percent>{NUMBER}){_PERCENT}", -1),
        (rf"(?:take |subtract )?(?P<percent>{NUMBER}){_PERCENT} (?:off|discount on|off of) (?P<start>{NUMBER})", -1),
        (rf"(?:take|subtract) (?P<percent>{NUMBER}){_PERCENT} from (?P<start>{NUMBER})", -1),
    )
)  # fmt: skip
_VERBS = tuple(
    (re.compile(pattern), shape)
    for pattern, shape in (
        (r"(?:умнож(?:ь|ить|ьте)|помнож(?:ь|ить)|перемнож(?:ь|ить)) (.+?) (?:на|и) (.+)", "({0})*({1})"),
        (r"(?:раздел|подел|дел)(?:и|ить|ите) (.+?) на (.+)", "({0})/({1})"),
        (r"(?:прибав|добав)(?:ь|ить|ьте) к (\S+) (.+)", "({0})+({1})"),
        (r"(?:прибав|добав)(?:ь|ить|ьте) (.+?) к (.+)", "({1})+({0})"),
        (r"(?:сложи|сложить|сложите|просуммируй) (.+)", "sum:{0}"),
        (r"к (\S+) (?:прибав|добав)(?:ь|ить|ьте) (.+)", "({0})+({1})"),
        (r"(?:вычти|вычесть|отними|отнять) (?:из|от) (\S+) (.+)", "({0})-({1})"),
        (r"(?:из|от) (\S+) (?:вычти|вычесть|отними|отнять) (.+)", "({0})-({1})"),
        (r"(?:вычти|вычесть|отними|отнять) (.+?) (?:из|от) (.+)", "({1})-({0})"),
        (r"(?:возвед[еи](?:м|ть)?|возвести|возведи) (.+)", "{0}"),
        (r"(?:извлеки|извлечь|возьми|взять) (.+)", "{0}"),
        (r"multiply (.+?) (?:by|with|and|times) (.+)", "({0})*({1})"),
        (r"divide (.+?) (?:by|into) (.+)", "({0})/({1})"),
        (r"add (?:up )?(.+?) to (.+)", "({1})+({0})"),
        (r"(?:add|sum)(?: up)?(?: together)? (.+)", "sum:{0}"),
        (r"(?:subtract|take(?: away)?|deduct) (.+?) (?:away )?from (.+)", "({1})-({0})"),
        (r"(?:raise|take|extract) (.+)", "{0}"),
        (r"(?:во )?сколько раз (.+?) больше,? (?:чем )?(.+)", "({0})/({1})"),
        (r"раз (.+?) больше,? (?:чем )?(.+)", "({0})/({1})"),
        (r"(?:на )?сколько (.+?) (?:больше|меньше),? (?:чем )?(.+)", "|{0}-{1}|"),
        (r"на (.+?) (?:больше|меньше),? (?:чем )?(.+)", "|{0}-{1}|"),
        (r"(?:how many )?times does (.+?) go into (.+)", "({1})/({0})"),
        (r"раз (.+?) помещается в (.+)", "({1})/({0})"),
        (r"(.+?),? (?:all|и вс[её](?: это)?) (?:divided by|разделить на|поделить на) (.+)", "({0})/({1})"),
        (r"(.+?),? (?:all|и вс[её](?: это)?) (?:times|multiplied by|умножить на) (.+)", "({0})*({1})"),
        (r"(.+?) (?:split|shared by|разделить поровну на) (.+?)(?: ways)?", "({0})/({1})"),
        (rf"{_N} на {_N}", "({0})*({1})"),
    )
)
_PLACES = {
    "цел": 0, "единиц": 0, "десятых": 1, "сотых": 2, "тысячных": 3, "десятков": -1, "десятка": -1, "сотен": -2, "сотни": -2,
    "тысяч": -3, "тысячи": -3, "миллион": -6, "integer": 0, "whole": 0, "unit": 0, "tenth": 1, "hundredth": 2,
    "thousandth": 3, "ten": -1, "10": -1, "hundred": -2, "100": -2, "thousand": -3, "1000": -3, "1000000": -6,
    "1-th": 0, "10-th": 1, "100-th": 2, "1000-th": 3, "cent": 2,
}  # fmt: skip
_ROUND = re.compile(
    rf"(?:округл(?:и|ить|ите)|round(?: off)?|rounded) (?:число |the number )?{_N}"
    r"(?: (?:до|с точностью до|to|off to)(?: the nearest| nearest)? (?:(?P<digits>\d+)(?:-?(?:х|го|th))? (?:знак|цифр|decimal|place|digit).*|(?P<place>[\w-]+).*))?"
)
_TRUE = re.compile(
    r"(?:верно ли,? что|правда ли,? что|проверь,? (?:что|верно ли,? что)|(?:check )?(?:whether|if|that)|is it true that|is) (.+?) (?:равно|равняется|=|is equal to|equal to|equals?|is) (.+)"
)
_APART = tuple(
    re.compile(pattern)
    for pattern in (
        rf"на сколько процентов {_N} (?:больше|меньше|выше|ниже)(?:,? чем)? {_N}",
        rf"(?:by )?(?:what|how many) per ?cent(?:age)? (?:is )?{_N} (?:is )?(?:greater|larger|more|bigger|less|smaller|higher|lower) than {_N}",
    )
)
_PLACE_FIRST = re.compile(rf"округл(?:и|ить|ите) (до .+?) (?:число )?{_N}$")
_LARGER = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:что|какое (?:из )?(?:чис(?:ло|ел)|дробь)|какая дробь)(?: больше)?[:,]? ?(?:больше[:,]? )?(.+?) или (.+)",
        r"больше[:,]? (.+?) или (.+)",
        r"сравни(?:ть|те)?(?: числа| дроби)? (.+?) (?:и|с|со) (.+)",
        r"(?:which|what)(?: number| fraction| one)?(?: is)? (?:larger|bigger|greater|more)[:,]? (.+?) or (.+)",
        r"(?:is )?(?:larger|bigger|greater|more)[:,]? (.+?) or (.+)",
        r"compare (.+?) (?:and|with|to) (.+)",
        rf"(?:is |верно ли,? что |правда ли,? что )?{_N} (?:is )?(?:greater|larger|bigger|more|less|smaller) than {_N}",
        rf"(?:верно ли,? что |правда ли,? что )?{_N} (?:больше|меньше)(?:,? чем)? {_N}",
    )
)
_FORM = re.compile(
    rf"(?:представ(?:ь|ить)|перевед(?:и|ите)|перевести|запиши|записать|сократи(?:ть)?(?: дробь)?|преобразуй|convert|turn|write|express|simplify|reduce|change|put)?"
    rf"(?: the fraction| дробь| число| the decimal| the number)? ?{_N}"
    r"(?: ?(?P<to>(?:в|виде|в виде|как|to|into|as|in)\b.*(?:дроб|процент|%|fraction|decimal|per ?cent|terms|form).*))?"
)


class Arithmetic(TextTool):
    name = "arithmetic"

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        text = _typed(_thousands(bare(_DOUBLE.sub(_double, text)), language))
        request = digits(text, ordinals=True)
        ways: tuple[Callable[[str, Language], str | None], ...] = (
            self._check, self._share, self._apart, self._whole, self._changed, self._rounded, self._larger, self._form,
        )  # fmt: skip
        text = re.sub(r"\b(пи|pi) на (?=\S)", r"\1 / ", text)
        for way in ways:
            found = way(request, language)
            if found is not None:
                return found
        return self._formula(text, request, language)

    def _check(self, request: str, language: Language) -> str | None:
        match = _TRUE.fullmatch(request)
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
        match = _first(_SHARE, request)
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
        match = _first(_APART, request)
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
        match = _first(_WHOLE, request)
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
        for pattern, sign in _CHANGE:
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
        match = _ROUND.fullmatch(_PLACE_FIRST.sub(r"округли \2 \1", request))
        if match is None:
            return None
        value = read(match[1])
        places = int(match["digits"]) if match["digits"] else 0
        if match["place"]:
            found = [word for word in _PLACES if match["place"].startswith(word)]
            if not found:
                return None
            places = _PLACES[max(found, key=len)]
        if not -30 <= places <= 30:
            return None
        step = Decimal(1).scaleb(-places)
        scaled = Decimal((value * Fraction(10) ** places).numerator) / (value * Fraction(10) ** places).denominator
        result = scaled.quantize(Decimal(1), ROUND_HALF_UP) * step
        shown = comma(f"{result:f}".replace("-", "−"), language)
        return self.words.say("rounded", language, number=comma(match[1].replace(",", "."), language), result=shown)

    def _larger(self, request: str, language: Language) -> str | None:
        match = _first(_LARGER, request)
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
        match = _FORM.fullmatch(request)
        if match is None or (not match["to"] and "/" not in match[1]):
            return None
        value, to = read(match[1]), match["to"] or ""
        shown = comma(match[1].strip("()").replace(",", "."), language)
        if any(word in to for word in ("процент", "%", "cent")):
            return self.words.say("percents", language, number=shown, percent=_short(100 * value, language))
        if any(word in to for word in ("десятич", "decimal")):
            sign = "=" if is_short_decimal(value) else "≈"
            return self.words.say("form", language, number=shown, result=f"{sign} {_short(value, language)}")
        result = fraction(value)
        if shown == result:
            result = _short(value, language)
        elif not to and not is_short_decimal(value):
            result = f"{result} ≈ {decimal(value, language)}"
        elif not to:
            result = f"{result} = {number(value, language)}" if value.denominator > 1 else result
        sign = "=" if is_short_decimal(value) or result.count("/") else "≈"
        return self.words.say("form", language, number=shown, result=f"{sign} {result}")

    def _formula(self, text: str, request: str, language: Language) -> str:
        tree = self._verb(request)
        if tree is None:
            tree = _numeric(text)
        if isinstance(tree, Num):
            raise NotMine
        value = evaluate(tree)
        shown = show(tree, language)
        if (turned := _in_degrees(tree)) is not None:
            exact = f"{show(turned, language)} {equals(evaluate(turned), language)}"
            radians = f"{shown} {equals(value, language)}"
            return self.words.say("degrees_assumed", language, exact=exact, radians=radians)
        return f"{shown} {_result(tree, shown, value, language)}."

    def _verb(self, request: str) -> Tree | None:
        for pattern, shape in _VERBS:
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


def _short(value: Fraction, language: Language) -> str:
    return number(value, language) if is_short_decimal(value) else decimal(value, language)


def _first(patterns: tuple[re.Pattern[str], ...], request: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.fullmatch(request))), None)
