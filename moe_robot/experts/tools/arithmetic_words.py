# ruff: noqa: E501 - a pattern is easier to read on one line
"""How people ask for calculations that are no formulas: shares, changes by percents, rounding, verbs, chains."""

from __future__ import annotations

import re

from moe_robot.experts.tools.numbers import NUMBER

N = rf"({NUMBER})"
PERCENT = r"\s?(?:%|процент(?:а|ов|у|ы)?|per ?cent)"
SHARE = tuple(
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
WHOLE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:от какого числа|какого числа) (?P<percent>{NUMBER}){PERCENT} (?:это|равн[ыо]|составля[ею]т|будет|-) (?P<part>{NUMBER})",
        rf"(?:число,? )?(?P<percent>{NUMBER}){PERCENT} (?:от )?которого (?:это|равн[ыо]|составля[ею]т|-) (?P<part>{NUMBER})",
        rf"(?P<percent>{NUMBER}){PERCENT} of what (?:number )?(?:is|equals|makes) (?P<part>{NUMBER})",
        rf"(?:of what number is |the number of which )?(?P<part>{NUMBER}) is (?P<percent>{NUMBER}){PERCENT} of what(?: number)?",
    )
)
CHANGE = tuple(
    (re.compile(pattern), sign)
    for pattern, sign in (
        (rf"(?:увелич(?:ь|ить)|прибавь к|добавь к) (?:число )?(?P<start>{NUMBER}) (?:на )?(?P<percent>{NUMBER}){PERCENT}", 1),
        (rf"(?P<start>{NUMBER}) (?:увеличить|увеличенное|увеличь) на (?P<percent>{NUMBER}){PERCENT}", 1),
        (rf"(?:прибавь|добавь|накинь) (?P<percent>{NUMBER}){PERCENT} к (?P<start>{NUMBER})", 1),
        (rf"(?:increase|raise) (?P<start>{NUMBER}) by (?P<percent>{NUMBER}){PERCENT}", 1),
        (rf"(?P<start>{NUMBER}) (?:increased|raised) by (?P<percent>{NUMBER}){PERCENT}", 1),
        (rf"add (?P<percent>{NUMBER}){PERCENT} to (?P<start>{NUMBER})", 1),
        (rf"(?:уменьш(?:и|ить)|сниз(?:ь|ить)) (?:число )?(?P<start>{NUMBER}) на (?P<percent>{NUMBER}){PERCENT}", -1),
        (rf"(?P<start>{NUMBER}) (?:уменьшить|уменьшенное|уменьши) на (?P<percent>{NUMBER}){PERCENT}", -1),
        (rf"(?:отними|вычти|сбрось) (?P<percent>{NUMBER}){PERCENT} (?:от|из|с) (?P<start>{NUMBER})", -1),
        (rf"(?:со )?скидк(?:а|ой|у) (?:в )?(?P<percent>{NUMBER}){PERCENT} (?:на|от|с|со) (?P<start>{NUMBER})", -1),
        (rf"(?P<start>{NUMBER}) со скидкой (?:в )?(?P<percent>{NUMBER}){PERCENT}", -1),
        (rf"(?:decrease|reduce|lower) (?P<start>{NUMBER}) by (?P<percent>{NUMBER}){PERCENT}", -1),
        (rf"(?P<start>{NUMBER}) (?:decreased|reduced) by (?P<percent>{NUMBER}){PERCENT}", -1),
        (rf"(?:take |subtract )?(?P<percent>{NUMBER}){PERCENT} (?:off|discount on|off of) (?P<start>{NUMBER})", -1),
        (rf"(?:take|subtract) (?P<percent>{NUMBER}){PERCENT} from (?P<start>{NUMBER})", -1),
    )
)  # fmt: skip
VERBS = tuple(
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
        (rf"{N} на {N}", "({0})*({1})"),
    )
)
PLACES = {
    "цел": 0, "единиц": 0, "десятых": 1, "сотых": 2, "тысячных": 3, "десятков": -1, "десятка": -1, "сотен": -2, "сотни": -2,
    "тысяч": -3, "тысячи": -3, "миллион": -6, "integer": 0, "whole": 0, "unit": 0, "tenth": 1, "hundredth": 2,
    "thousandth": 3, "ten": -1, "10": -1, "hundred": -2, "100": -2, "thousand": -3, "1000": -3, "1000000": -6,
    "1-th": 0, "10-th": 1, "100-th": 2, "1000-th": 3, "cent": 2,
}  # fmt: skip
ROUND = re.compile(
    rf"(?:округл(?:и|ить|ите)|round(?: off)?|rounded) (?:число |the number )?{N}"
    r"(?: (?:до|с точностью до|to|off to)(?: the nearest| nearest)? (?:(?P<digits>\d+)(?:-?(?:х|го|th))? (?:знак|цифр|decimal|place|digit).*|(?P<place>[\w-]+).*))?"
)
TO_PLACES = r"(?:до|с точностью до|to|off to)(?: the nearest| nearest| an?)? (?:(?P<digits>\d+)(?:-?(?:х|го|th))? (?:знак|цифр|decimal|place|digit).*|(?P<place>[\w-]+).*)"
ROUNDED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<sum>.+?),? (?:и |and )?(?:потом |then )?(?:округл(?:и|ить|ите|енное|енный|яя)|round(?:ed)?(?: off)?)(?: результат| ответ| это| его| it| that| the result| the answer)? {TO_PLACES}",
        rf"(?:округл(?:и|ить|ите)|round(?: off)?) (?P<sum>.+?) {TO_PLACES}",
        r"(?P<sum>.+?),? (?:to|с точностью до) (?P<digits>\d+) (?:(?:decimal )?places?|decimals?|знак\w*|цифр\w*)(?: after the point| после (?:запятой|точки))?",
    )
)
CHAINED = tuple(
    (re.compile(rf"(?P<sum>.+?),? (?:и|and|потом|then|а потом|and then) (?:{what} )?(?:{words})(?: {what})?(?: (?:на|by|in))? (?P<by>.+)"), sign)
    for what in (r"(?:сумму|результат|ответ|его|ее|их|это|все это|полученное|it|that|the (?:result|sum|answer))",)
    for sign, words in (("*", r"умнож\w+|помнож\w+|multiply"), ("/", r"(?:раз|по)?дели\w*|divide|split"))
)  # fmt: skip
ROOT_OF_RESULT = re.compile(
    r"(?P<sum>.+?),? (?:и|and|потом|then) (?:(?:извлеки|извлечь|возьми|take|find)(?: the)? )(?:квадратный |square )?(?:корень|root)(?: (?:из|of) .+)?"
)
MEASURED = re.compile(
    r"(?P<sum>.+ (?:от|из|of) \d+(?:[.,]\d+)?) (?:(?:кило|милли)?грамм\w*|кг|г|литр\w*|мл|л|(?:кило|санти)?метр\w*|км|см|м|руб\w*|евро|доллар\w*|(?:kilo)?grams?|kg|g|(?:milli)?lit(?:re|er)s?|ml|(?:kilo|centi)?met(?:re|er)s?|km|cm|m|dollars?|euros?|pounds?)(?: (?:of )?[^\W\d_]+)?"
)
TRUE = re.compile(
    r"(?:верно ли,? что|правда ли,? что|проверь,? (?:что|верно ли,? что)|(?:check )?(?:whether|if|that)|is it true that|is) (.+?) (?:равно|равняется|=|is equal to|equal to|equals?|is) (.+)"
)
APART = tuple(
    re.compile(pattern)
    for pattern in (
        rf"на сколько процентов {N} (?:больше|меньше|выше|ниже)(?:,? чем)? {N}",
        rf"(?:by )?(?:what|how many) per ?cent(?:age)? (?:is )?{N} (?:is )?(?:greater|larger|more|bigger|less|smaller|higher|lower) than {N}",
    )
)
PLACE_FIRST = re.compile(rf"округл(?:и|ить|ите) (до .+?) (?:число )?{N}$")
LARGER = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:что|какое (?:из )?(?:чис(?:ло|ел)|дробь)|какая дробь)(?: больше)?[:,]? ?(?:больше[:,]? )?(.+?) или (.+)",
        r"больше[:,]? (.+?) или (.+)",
        r"сравни(?:ть|те)?(?: числа| дроби)? (.+?) (?:и|с|со) (.+)",
        r"(?:which|what)(?: number| fraction| one)?(?: is)? (?:larger|bigger|greater|more)[:,]? (.+?) or (.+)",
        r"(?:is )?(?:larger|bigger|greater|more)[:,]? (.+?) or (.+)",
        r"compare (.+?) (?:and|with|to) (.+)",
        rf"(?:is |верно ли,? что |правда ли,? что )?{N} (?:is )?(?:greater|larger|bigger|more|less|smaller) than {N}",
        rf"(?:верно ли,? что |правда ли,? что )?{N} (?:больше|меньше)(?:,? чем)? {N}",
    )
)
FORM = re.compile(
    rf"(?:представ(?:ь|ить)|перевед(?:и|ите)|перевести|запиши|записать|сократи(?:ть)?(?: дробь)?|преобразуй|convert|turn|write|express|simplify|reduce|change|put)?"
    rf"(?: the fraction| дробь| число| the decimal| the number)? ?{N}"
    r"(?: ?(?P<to>(?:в|виде|в виде|как|to|into|as|in)\b.*(?:дроб|процент|%|fraction|decimal|per ?cent|terms|form).*))?"
)
