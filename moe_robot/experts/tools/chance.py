# ruff: noqa: E501 - a pattern is easier to read on one line
"""Probabilities of school problems with dice, coins, cards and urns: exact, by counting. None for what is not understood."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from itertools import product

from moe_robot.experts.tools.numbers import NUMBER, read

_COLOURS = r"(?:бел|черн|красн|син|зелен|желт|голуб|white|black|red|blue|green|yellow)\w*"
_BALLS = re.compile(rf"(?P<n>\d+) (?P<color>{_COLOURS})")
_STEMS = {"white": "бел", "black": "черн", "red": "красн", "blue": "син", "green": "зелен", "yellow": "желт"}
_CARDS = (
    (r"(?:красн\w+|red) (?:карт\w*|card)", 26), (r"(?:черн\w+|black) (?:карт\w*|card)", 26), (r"\b(?:пик\w*|черв\w*|треф\w*|бубн?\w*|hearts?|spades?|clubs?|diamonds?)\b", 13),
    (r"туз\w*|\baces?\b|дам[уыа]?\b|queens?\b|корол\w+|kings?\b|валет\w*|jacks?\b|десятк\w+|шестерк\w+|двойк\w+|семерк\w+", 4), (r"картинк\w+|face cards?", 12),
)  # fmt: skip


def probability(request: str) -> tuple[Fraction, tuple[int, int] | None] | None:
    """(probability, (favourable, all outcomes) when they were counted)."""
    for way in (_urn, _cards, _coins, _dice, _shots):
        found = way(request)
        if found is not None:
            return found
    return None


def birthdays(request: str) -> tuple[int, Fraction, bool]:
    """(how many people, the chance that all their birthdays differ, whether that is asked)."""
    told = [int(each) for each in re.findall(r"(?<![\w.,])\d+(?![\w.,]*\d)", request)]
    people = max((each for each in told if 2 <= each != 365), default=23)
    apart = Fraction(1)
    for k in range(min(people, 366)):
        apart *= Fraction(365 - k, 365)
    asked = re.search(
        r"\bникто\b|ни у кого|\bу всех разн|не совпад|\bnobody\b|no one|no two|none of|all different|don't share|do not share",
        request,
    )
    return people, apart, asked is not None


def _urn(request: str) -> tuple[Fraction, tuple[int, int] | None] | None:
    balls: dict[str, int] = {}
    end = 0
    for match in _BALLS.finditer(request):
        color = _stem(match["color"])
        if color not in balls:
            balls[color] = int(match["n"])
            end = match.end()
    if len(balls) < 2:
        defect = re.search(
            r"(\d+) (?:детал\w+|ламп\w+|билет\w*|издели\w+|parts|bulbs|tickets|items)\w*,?(?: из которых| of which| из них|,)? ?(\d+) (?:из них )?(?:бракован\w+|брак\w*|выигрыш\w+|defective|winning|дефект\w+)",
            request,
        )
        if defect is None:
            won = re.search(
                r"(\d+) (?:[^\W\d_]+ )?(?:из|of|out of) (\d+) (?:[^\W\d_]+ )?(?:are )?(?:выигрыш|winning|win\b|призов)",
                request,
            )
            if won is None or not 0 < int(won[2]) >= int(won[1]):
                return None
            return Fraction(int(won[1]), int(won[2])), (int(won[1]), int(won[2]))
        total, bad = int(defect[1]), int(defect[2])
        asked = request[defect.end() :]
        if bad > total or not total:
            return None
        good = (
            bad
            if re.search(r"бракован|выигрыш|defective|winning|дефект", asked)
            and not re.search(r"годн|хорош|исправн|not|good|без", asked)
            else total - bad
        )
        return Fraction(good, total), (good, total)
    asked = request[end:]
    total = sum(balls.values())
    wanted = next((color for color in balls if re.search(rf"\b(?:{color}|{_english(color)})", asked)), None)
    if wanted is None or not total or re.search(r"разн\w+ цвет|different colou?r|одного цвета|same colou?r", asked):
        return None
    count = (
        2
        if re.search(r"\b(?:два|2|двух|обa|оба|two|both)\b", asked)
        else 3
        if re.search(r"\b(?:три|3|трех|three)\b", asked)
        else 1
    )
    if re.search(r"с возвращением|with replacement|хотя бы|at least", asked):
        return None
    good, all_ways = math.comb(balls[wanted], count), math.comb(total, count)
    if not all_ways:
        return Fraction(0), None
    if re.search(r"\bне (?:бел|черн|красн|син|зелен|желт)|\bnot (?:a )?(?:white|black|red|blue)", asked):
        good = all_ways - good if count == 1 else math.comb(total - balls[wanted], count)
    return Fraction(good, all_ways), (good, all_ways)


def _stem(color: str) -> str:
    return next((stem for english, stem in _STEMS.items() if color.startswith((stem, english))), color[:4])


def _english(stem: str) -> str:
    return next((english for english, each in _STEMS.items() if each == stem), stem)


def _cards(request: str) -> tuple[Fraction, tuple[int, int] | None] | None:
    if not re.search(r"колод|карт|\bdeck\b|\bcards?\b|вытащить|вытянуть|drawing", request):
        return None
    deck = 36 if re.search(r"\b36\b", request) else 52
    ranks = {match[0][:3] for match in re.finditer(_CARDS[3][0], request)}
    good = next((count for pattern, count in _CARDS if re.search(pattern, request)), None)
    if len(ranks) > 1:
        if good != 4 or not re.search(r"\bили\b|\bor\b", request):
            return None
        good = 4 * len(ranks)
    if good is None:
        return None
    if deck == 36:
        good = {26: 18, 13: 9, 12: 12}.get(good, good)
    count = (
        2 if re.search(r"\b(?:2|двух|два|две)\b", request) else 3 if re.search(r"\b(?:3|трех|три)\b", request) else 1
    )
    top, all_ways = math.comb(good, count), math.comb(deck, count)
    return Fraction(top, all_ways), (top, all_ways)


def _coins(request: str) -> tuple[Fraction, tuple[int, int] | None] | None:
    if not re.search(r"монет|\bcoins?\b|орл|решк|решек|\bheads?\b|\btails?\b", request):
        return None
    throws = _times(
        request, r"монет\w*|coins?|раз\w*|times|броск\w+|tosses|flips|орл\w+ подряд|heads in a row|tails in a row"
    )
    if throws is None or not 1 <= throws <= 200:
        return None
    at_least = re.search(r"хотя бы (\d+)|хотя бы (?:одн\w+)|at least (\d+)|не менее (\d+)", request)
    exact = re.search(
        rf"ровно (\d+)|exactly (\d+)|(?:выпа\w+|получ\w+|будет) (\d+) (?:орл|решк|решек)|(\d+) (?:орл\w+|решк\w+|решек|heads|tails)(?! (?:in a row|подряд))(?= (?:из|при|за|in|out|from|when) {NUMBER})",
        request,
    )
    if at_least:
        wanted = int(next((group for group in at_least.groups() if group), "1"))
        good = sum(math.comb(throws, k) for k in range(wanted, throws + 1))
    elif exact:
        wanted = int(next(group for group in exact.groups() if group))
        good = math.comb(throws, wanted) if wanted <= throws else 0
    else:
        good = 1
    return Fraction(good, 2**throws), (good, 2**throws)


def _times(request: str, what: str) -> int | None:
    found = [
        int(match[1])
        for match in re.finditer(
            rf"(?<!ровно )(?<!exactly )(?<!хотя бы )(?<!at least )\b(\d+) (?:fair )?(?:{what})(?![^\W_])", request
        )
    ]
    if found:
        return max(found)
    if re.search(r"трижды|three times|3 times", request):
        return 3
    if re.search(r"дважды|twice", request):
        return 2
    out_of = re.search(
        r"\b(?:из|при|out of|of|in|from) (\d+)(?: (?:подбрас\w+|подкид\w+|попыт\w+))?$", request.strip(" ?.!")
    )
    if out_of:
        return int(out_of[1])
    return 1 if not re.search(r"\d", request) else None


def _dice(request: str) -> tuple[Fraction, tuple[int, int] | None] | None:
    if not re.search(
        r"\d?d6\b|кубик|кост[ьеи]|\bdic?e\b|rolling|rolls?\b|шестер|six|выпад|выброс|doubles|дубл", request
    ):
        return None
    if re.search(r"d20|d12|d8|d10|d4|\bgran|гранн", request):
        return None
    wanted = re.search(
        r"сумм\w+ (?:очков )?(?:будет |равна |равно |is |of )?(\d+)|sum (?:is |of |equals |will be |= ?)?(\d+)|total (?:of |is )?(\d+)|сумма (\d+)|a sum of (\d+)|сумм\w+ (?:очков )?на (?:2 )?(?:двух )?кубик\w+ (?:равна |будет )?(\d+)",
        request,
    )
    misses = re.search(
        r"(?:не выбросить|не выпадет|не выпасть|not getting|no|without|ни одной|ни разу)\b.*?(?:шестер\w+|six(?:es)?|6)\b.*?\b(\d+) (?:броск\w+|rolls?|throws?)",
        request,
    )
    if misses:
        count = int(misses[1])
        return (Fraction(5**count, 6**count), None) if 1 <= count <= 200 else None
    count = (
        3
        if re.search(r"\b(?:3|трех|three) (?:кубик|кост|dice)|\b3d6", request)
        else 2
        if re.search(
            r"\b(?:2|двух|two) (?:кубик|кост|игральн|dice)|двумя|\b2 (?:шестер|sixes)|двух шестер|doubles|дубл|пар[аыу]\b",
            request,
        )
        else 1
    )
    if wanted:
        number = int(next(group for group in wanted.groups() if group))
        count = max(count, 2)
        return _counted(count, lambda roll: sum(roll) == number)
    if re.search(r"дубл|doubles|одинаков|the same", request):
        return _counted(2, lambda roll: len(set(roll)) == 1)
    if re.search(r"хотя бы одн|at least one|at least 1|хотя бы 1", request) and re.search(r"шестер|six|\b6\b", request):
        rolls = re.search(r"(\d+) (?:броск\w*|раз\w*|кубик\w*|кост\w*|rolls?|throws?|times|dice)", request)
        many = int(rolls[1]) if rolls else count
        return (1 - Fraction(5, 6) ** many, None) if 1 <= many <= 200 else None
    if re.search(r"шестер|sixes|\bsix\b|\b6\b(?! (?:раз|times))", request):
        return _counted(count, lambda roll: all(each == 6 for each in roll))
    if re.search(r"нечетн|\bodd\b", request):
        return _counted(count, lambda roll: sum(roll) % 2 == 1)
    if re.search(r"четн|\beven\b", request):
        return _counted(count, lambda roll: sum(roll) % 2 == 0)
    side = re.search(
        r"(?:выпад\w+|выпасть|rolling|getting|roll|выбросить)(?: an?| числа| число)? (\d)(?: очк\w+)?(?! (?:раз|times|dice|кубик))",
        request,
    )
    if side and count == 1:
        return _counted(1, lambda roll: roll[0] == int(side[1]))
    return None


def _counted(count: int, good: object) -> tuple[Fraction, tuple[int, int]]:
    test = good if callable(good) else bool
    hits = sum(1 for roll in product(range(1, 7), repeat=count) if test(roll))
    return Fraction(hits, 6**count), (hits, 6**count)


def _shots(request: str) -> tuple[Fraction, tuple[int, int] | None] | None:
    """Bernoulli: n=5 p=0.5 k=2; a marksman who hits with 0.8, exactly 2 of 3."""
    named = {name: read(match[1]) for name in "npk" if (match := re.search(rf"\b{name} ?= ?({NUMBER})", request))}
    if len(named) == 3:
        n, k, p = int(named["n"]), int(named["k"]), named["p"]
        if not (0 <= p <= 1 and k >= 0 and 1 <= n <= 200):
            return None
        return (math.comb(n, k) * p**k * (1 - p) ** (n - k) if k <= n else Fraction(0)), None
    match = re.search(
        rf"вероятност\w+ ({NUMBER}).*?(?:ровно )?(\d+) (?:попадани\w+|раза?) (?:из|при|за) (\d+)", request
    )
    if match:
        p, k, n = read(match[1]), int(match[2]), int(match[3])
        if 0 <= p <= 1 and k <= n <= 200:
            return math.comb(n, k) * p**k * (1 - p) ** (n - k), None
    return None
