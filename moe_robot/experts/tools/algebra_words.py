# ruff: noqa: E501 - a pattern is easier to read on one line
"""How people ask for algebra: what may stand around an equation, and what is to be done with an expression."""

from __future__ import annotations

import re

from moe_robot.experts.tools.numbers import NUMBER

LEAD = re.compile(
    r"^(?:(?:а )?(?:алгебра|algebra|помоги с алгеброй|какие|найди значение переменной|значение переменной|определи [a-zх]|икс чему равен в|разгадай|осиль|относительно [a-zх]|какое число (?:икс|x) подходит|трех? неизвестных|разгадай|three unknowns|this(?: please)?|it has \S+ squared in it|crack|determine|satisfies|which number|get|give me|both|out of|from|use elimination on|elimination|substitution|logarithmic|trigonometric|rational|unknowns|number|find all|for [a-z](?=:)|(?:[a-z]|икс)(?: and [a-z]| и игрек)? (?:from|out of|из)(?! [a-z]\b)|the value of the variable|all|real|simultaneously|by factoring|in complex numbers|where|реш(?:и|ить|ите|ение|ения)|найди|найти|определи|вычисли|разбери|покажи|помоги(?: мне)?(?: решить)?|задали|по алгебре(?: задали)?|помоги с алгеброй|дано|есть|система|уравнение|неравенство|пример"
    r"|(?:квадратное|линейное|кубическое|показательное|логарифмическое|иррациональное|биквадратное|тригонометрическое) уравнение|уравнение с модулем|это|уравнения|неравенства|систему(?: уравнений| неравенств)?|система уравнений|системы(?: уравнений)?|методом (?:подстановки|интервалов|сложения)|через дискриминант|по теореме виета|в комплексных числах"
    r"|(?:все |действительные |вещественные )*(?:корни|корень|решения|решение)(?: у)?|неизвестное|где (?:верно|выполняется)|при как(?:ом|их) (?:значени\w+ )?(?:x|икс|х|y|a)?(?: выполняется| верно)?|чему (?:же )?рав(?:ен|но|на) (?:x|икс|х|y|игрек|a|t|n)?,?(?: если| когда)?|(?:икс|x|х|y|игрек|a|t|n)(?: и (?:игрек|y|икс))?,? (?:если|когда)|если|когда|оба"
    r"|solve(?: for [a-z])?(?: simultaneously| this(?: please)?| by factoring| in complex numbers)?|work out|find(?: the| all(?: the)?(?: real)?| where)?|what (?:is|are|does)|for (?:which|what)(?: values of)? [a-z](?: is)?|the|(?:quadratic|linear|cubic|exponential|simultaneous) equations?|equations?|inequality|system(?: of equations)?|(?:(?:real|all|both|complex|or) )*(?:roots?|zeros|solutions?|unknown)(?: of| to| for)?|use the quadratic formula on|[a-z](?: and [a-z])? (?:if|when|in|equals? when|for)|equal when|if|when|my equation is|help with my algebra homework|apply vieta to|of|is)"
    r"[\s,:]+)+"
)
TAIL = re.compile(
    r"[\s,]+(?:holds|найди оба|реши(?: неравенство| уравнение)?|найди (?:икс|x)|solve it|find (?:x|y|it|them)|what(?:'s| is) [a-z]|solve for [a-z]|what comes out|give me x|чему рав(?:ен|но) (?:икс|x|y|a|t|n)|x is)\s*$"
)
DO = (
    ("expand", r"раскр(?:ой|ыть|ойте) скобки(?: в(?: выражении)?)?|перемнож(?:ь|ить) скобки|раскрой(?: скобки)?(?: и упрости)?|избавься от скобок(?: в)?|(?:квадрат|куб) (?:суммы|разности),? раскрой|expand the expression|multiply the binomials|square the binomial|expand(?: the brackets in| and simplify)?|(?:open|multiply out|remove)(?: the)? brackets(?: in)?|multiply out"),
    ("factor", r"разлож(?:и|ить|ите)(?: (?:квадратный )?трехчлен| многочлен| выражение)?(?: на множители)?|вынес(?:и|ти) общий множитель(?: за скобк[иу])?(?: в)?|factor(?:i[sz]e)?(?: the (?:polynomial|expression))?|factori[sz]ation of|найди множители|вынеси за скобк\w+|take out the common factor(?: of| in)?"),
    ("simplify", r"упрост(?:и|ить|ите)(?: выражение)?|преобразуй(?: выражение)?|сократи(?:ть)?(?: дробь| выражение)?|привед(?:и|ите|ение) подобн\w+(?: слагаем\w+| член\w+)?(?: в)?|simplify(?: this)?:?(?: the (?:expression|fraction))?|cancel the common factor(?: in)?|reduce(?: the)?(?: fraction| expression)?|(?:collect|combine)(?: like)? terms(?: in)?"),
    ("discriminant", r"(?:чему равен |найди |вычисли |посчитай )?дискриминант(?: уравнения| многочлена| трехчлена| у)?|(?:what is |find |compute )?(?:the )?discriminant(?: of)?"),
    ("vertex", r"(?:где |найди |координаты )?(?:находится )?вершин[аыу](?: у)? параболы|вершина|(?:where is |find )?(?:the )?vertex(?: of)?(?: the)?(?: parabola)?"),
    ("axis", r"ось симметрии(?: параболы)?|(?:the )?axis of symmetry(?: of)?"),
    ("square", r"выдел(?:и|ить) полный квадрат(?: из| в)?|complete the square(?: for| in| of)?"),
    ("roots", r"(?:какие )?(?:(?:действительные|комплексные|все|или) )*(?:корни|корень)(?: у)?(?: (?:многочлена|уравнения|трехчлена))?|(?:what are |find |give me )?(?:(?:the|real|all|both|complex|or) )*(?:roots|zeroe?s)(?: of)?(?: the)?(?: polynomial| equation)?|нули многочлена"),
    ("zeros", r"в каких точках(?: график)?|where does|нули функции|найди нули функции"),
    ("count", r"(?:сколько )?(?:действительных )?(?:корней|решений)(?: имеет| у)?(?: уравнени[ея])?|есть ли (?:действительные )?(?:корни|решения)(?: у)?(?: уравнения)?|how many (?:real )?(?:roots|solutions) does|does"),
    ("sum", r"(?:найди |чему равна )?сумм[ау] корней(?: уравнения)?|(?:the )?sum of (?:the )?roots(?: of)?"),
    ("product", r"(?:найди |чему равно )?произведение корней(?: уравнения)?|(?:the )?product of (?:the )?roots(?: of)?"),
    ("express", r"выраз(?:и|ить) (?P<who>[a-zа-я]+)(?: через \S+)? из|(?:express|isolate) (?P<who2>[a-z]) (?:from|in)|(?:make|rearrange for) (?P<who3>[a-z])(?: the subject(?: of)?)?|(?:solve )?for (?P<who4>[a-z])[:,]"),
)  # fmt: skip
DO_PATTERNS = tuple((action, re.compile(rf"^(?:{pattern})[\s,:]+")) for action, pattern in DO)
AFTER = re.compile(r"^(.+?),? (factor|разложи(?: на множители)?|expand|раскрой(?: скобки)?|simplify|упрости)(?: it)?$")
AT = (
    re.compile(
        rf"^(?:подстав(?:ь|ить)|substitute) (?P<name>[a-zх]|икс|игрек) ?(?:=|равно|equals) ?(?P<at>{NUMBER}) (?:в(?: выражение| формулу)?|into) (?P<expr>.+)$"
    ),
    re.compile(
        rf"^(?:чему равн[оаы] |найди |вычисли |сколько будет |what is |evaluate |find |compute )?(?:(?:the )?(?:значение|value)(?: of)? )?(?:многочлена |выражения |выражение |функции )?(?P<expr>.+?) (?:при|when|at|for|if|если)(?: the)? (?P<name>[a-zх]|икс|игрек) ?(?:=|равно|равном|is|equals|equal to) ?(?P<at>{NUMBER})$"
    ),
)
DIVIDE = re.compile(
    r"^(?:раздели(?:ть)?(?: многочлен)?|деление многочленов(?: уголком)?|divide(?: the polynomial)?|long division of polynomials|polynomial division) (?P<top>.+?) (?:на|by|over) (?P<below>.+)$"
)
WITH_ROOTS = re.compile(
    rf"(?:состав|напиши|write).*(?:уравнени|equation|quadratic).*(?:корн\w+|roots?)\D*(?P<a>{NUMBER})(?:,| и| and) (?P<b>{NUMBER})$"
)
MEET = re.compile(
    r"^(?:где |в какой точке |в каких точках |where (?:do |does )?|the )?(?:график\w+ |прямые )?(?:пересека\w+|intersect\w*|meet|точк\w+ пересечения|intersection)(?: of)?(?: the)?(?: lines| graphs| графики| графиков| прямые)? (?P<a>.+?) (?:и|and) (?P<b>.+)$"
)
IS_ROOT = re.compile(
    rf"(?:проверь,? )?(?:является ли|is) (?P<at>{NUMBER}) (?:корнем|a root of|a solution of)(?: уравнения)? (?P<rest>.+)$"
)
