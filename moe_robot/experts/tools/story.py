# ruff: noqa: E501 - a pattern, a sentence or an answer is one line
"""A school problem as quantities: which numbers stand in the story, of what kind, and what is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from moe_robot.experts.tools.numbers import NUMBER, digits, plain, read

_KINDS: tuple[tuple[str, str], ...] = (
    ("percent", r"%|процент\w*|per ?cent"),
    ("speed", r"(?:км|километр\w*|м|метр\w*) ?(?:/|в) ?(?:час|ч|мин\w*|с(?:ек\w*)?)\b|км/ч|м/с|м/мин|km/h|kmh|kph|mph|m/s|(?:kilomet\w+|miles?|met(?:re|er)s?|km|m) (?:per|an|a) (?:hour|minute|second)"),
    ("ratio", r"раза?\b|times\b"),
    ("dist", r"км\b|километр\w*|см\b|сантиметр\w*|дм\b|дециметр\w*|мм\b|миллиметр\w*|м\b(?! ?(?:2|3|²|³))|метр(?:а|ов|ы|ах)?\b|miles?\b|km\b|kilomet\w+|met(?:re|er)s?\b|m\b|cm\b|centimet\w+|mm\b|millimet\w+|feet\b|foot\b|ft\b|inch(?:es)?\b|yards?\b"),
    ("money", r"руб(?:л\w*)?\b|р\b|₽|доллар\w*|евро|копе\w*|dollars?|euros?|cents?|roubles?|rubles?|pounds?\b(?! of)|\$"),
    ("years", r"лет\b|год(?:а|ом|у)?\b|годик\w*|years?(?: old)?\b|year-olds?"),
    ("time", r"час(?:а|ов|у|ам)?\b|ч\b|минут\w*|мин\b|секунд\w*|дн(?:я|ей|и)\b|день\b|сут(?:ки|ок)\b|недел\w*|hours?\b|minutes?\b|min\b|seconds?\b|days?\b|weeks?\b"),
)  # fmt: skip
_ONES = re.compile(
    r"\b(?:один|одна|одно|одного|одной|одному|одну|одном|одним|one)\b(?! (?:час|минут|hour|minute|kg|кг|day|день|hundred|thousand|half|third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth|треть|четверт|втор|пят|шест|седьм|восьм|девят|десят))"
)
_STRUCTURE = re.compile(
    r"\b(?:2|3|два|две|двух|двумя|двое|три|трех|two|three|both|оба|обе|обоих) (?=(?:город|поезд|пункт|сел|деревн|станци|рабоч|маляр|мастер|труб|насос|кран|велосипедист|пешеход|автомобил|машин\w* (?:выехал|навстреч|со скорост)|турист|мотоциклист|лыжник|катер|теплоход|числа\b|чисел\b|брат|бригад|"
    r"cit|town|train|village|station|worker|painter|pipe|pump|tap|cyclist|pedestrian|cars? (?:start|leave|drive)|cars?\b|walker|point|place|numbers?\b|brother|boat|runner|friend\w* (?:start|walk))\w*)"
)
_ASKS = re.compile(
    r"сколько|како[вйе]|какая|какую|какие|найди|найдите|определи|на каком|во сколько|через|how|what|when|find|which"
)
_WORDS = {
    "вдвое": "в 2 раза", "втрое": "в 3 раза", "вчетверо": "в 4 раза", "впятеро": "в 5 раз", "twice": "2 times", "double": "2 times", "thrice": "3 times", "triple": "3 times", "полчаса": "0.5 часа", "half an hour": "0.5 hours", "полкило": "0.5 кг",
    "за два дня": "за все дни", "за 2 дня": "за все дни", "за оба дня": "за все дни", "за три дня": "за все дни", "in two days": "in all", "in the two days": "in all", "in both days": "in all",
}  # fmt: skip


_CLOCK = re.compile(r"\b(?:в|с|at) \d{1,2} (?:час\w* (?:утра|вечера|дня|ночи)|a\.?m\.?|p\.?m\.?|o'clock)(?= |,|$)")


@dataclass(frozen=True)
class Quantity:
    """`kind`: percent speed ratio dist money years time thing; `unit` as written; `before`, `after`: text around."""

    value: Fraction
    kind: str
    unit: str
    before: str
    after: str


@dataclass(frozen=True)
class Story:
    text: str
    question: str
    body: str
    quantities: tuple[Quantity, ...]

    def of(self, kind: str) -> list[Fraction]:
        return [each.value for each in self.quantities if each.kind == kind]

    def only(self, **counts: int) -> bool:
        """Whether these are all the numbers that there are."""
        found: dict[str, int] = {}
        for each in self.quantities:
            found[each.kind] = found.get(each.kind, 0) + 1
        return found == {kind: count for kind, count in counts.items() if count}

    def has(self, pattern: str) -> bool:
        return re.search(pattern, self.text) is not None

    def asks(self, pattern: str) -> bool:
        return re.search(pattern, self.question) is not None


def read_story(text: str) -> Story:
    said = plain(text)
    for word, digits_said in _WORDS.items():
        said = re.sub(rf"\b{word}\b", digits_said, said)
    said = re.sub(r"\$ ?(\d+(?:[.,]\d+)?)", r"\1 dollars", said)
    if "dollar" in said or "руб" in said:
        said = re.sub(r"\bpounds?\b", "lb", said)
    said = _STRUCTURE.sub("", _ONES.sub("", said))
    said = re.sub(
        r"\b([a-z]+|\d+) (\d+)[ -](kg|g|l|m|cm|litre|liter|metre|dollar|cent)s? (packs?|bags?|pieces?|bottles?|boxes|jars?|notes?|bills?|coins?|sacks?|cans?)\b",
        r"\1 \4 of \2 \3 each",
        said,
    )
    said = re.sub(r"(\d+) dozens?\b", lambda match: str(12 * int(match[1])), said)
    said = re.sub(r"\s+", " ", digits(said))
    said = re.sub(
        r"\b(из|между|from|between) 2 (?=(?:пункт|город|дерев|сел|посел|станц|мест|village|town|cit|point|station|place))",
        r"\1 ",
        said,
    )
    said = re.sub(r"(\d+) (?:десятк(?:ов|а)|десяток)\b", lambda match: str(10 * int(match[1])), said)
    said = re.sub(r"\bпол-?(?=литра|кило|метра|часа)", "0.5 ", said)
    said = re.sub(r"(\d+)-(?=[a-z]{3,})", r"\1 ", said)
    if re.search(r"навстреч|toward|противополож|opposite|вслед|догон", said):
        said = re.sub(
            r"\b2 (?=(?!час|минут|км|метр|м\b|кил|секун|дня|hour|min|km|kilo|mile|met|sec|day)[^\W\d_]{4,})", "", said
        )
    if not re.search(r"во сколько (?!раз)|котором часу|what time|\bwhen\b|когда|:\d\d", said):
        said = _CLOCK.sub(" ", said)
    counted = re.search(r"\d+ ([^\W\d_]{4,})", said)
    if counted:  # "read 120 pages in 5 days, how many a day?"
        said = re.sub(
            r"(сколько|how many) (?=(?:в|за) (?:день|час|неделю|минуту|месяц)\b|(?:an?|per) (?:day|hour|week|minute|month)\b)",
            rf"\1 {counted[1]} ",
            said,
        )
    sentences = [
        each.strip() for each in re.split(r"(?<=[^\d])[.?!;]+\s*|(?<=\d)[.?!;]+(?:\s+|$)", said) if each.strip()
    ]
    question = next((each for each in reversed(sentences) if _ASKS.search(each)), sentences[-1] if sentences else "")
    if len(sentences) == 1:  # "у Маши 5 яблок, сколько ..." in one breath
        cut = [
            match.start()
            for match in re.finditer(
                r"(?:на |во |за |через )?(?:сколько|как(?:ов|ой|ая|ое|ую)|найди)|how|what|find", said
            )
        ]
        question = said[cut[-1] :] if cut else said
    body = said.replace(question, " ") if question else said
    return Story(said, question, body, tuple(_quantities(said)))


def _quantities(text: str) -> list[Quantity]:
    found = []
    pattern = re.compile(rf"(?<![\w.,]){NUMBER}(?![\w])")
    for match in pattern.finditer(text):
        after, before = text[match.end() : match.end() + 60], text[max(0, match.start() - 60) : match.start()]
        rest = after.lstrip(" -")
        kind, unit = "thing", (re.match(r"[^\W\d_]*", rest) or [""])[0]
        for name, words in _KINDS:
            hit = re.match(words, rest)
            if hit:
                kind, unit = name, hit[0]
                break
        found.append(Quantity(read(match[0]), kind, str(unit), before, after))
    return _inherited(found)


def _inherited(found: list[Quantity]) -> list[Quantity]:
    """ "Fills it in 4 hours, another in 6": a bare number is of the kind of the one before it; "from 50 to 60 dollars",
    "at 60 and 40 km/h": of the one after it."""
    for index, each in enumerate(found):
        if each.kind != "thing":
            continue
        ahead = found[index + 1] if index + 1 < len(found) else None
        if (
            ahead
            and re.match(r"\s*(?:км/ч )?(?:и|and|to|до|,) *(?:со скоростью |at )?[\d(]", each.after)
            and ahead.kind != "ratio"
        ):
            if ahead.kind != "thing":
                found[index] = replace(each, kind=ahead.kind, unit=ahead.unit)
        elif (
            not each.unit
            and re.search(r"\bпо $|\b(?:at|for) $", each.before)
            and (paid := [one for one in found if one.kind == "money"])
        ):
            found[index] = replace(each, kind="money", unit=paid[0].unit)
        elif (
            index
            and found[index - 1].kind == "money"
            and re.search(r"\b(?:купил\w*|взял\w*|bought|buys?|took) $", each.before)
        ):
            continue  # "costs 30 roubles, we bought seven": so many of them
        elif index and not each.unit and found[index - 1].kind not in ("ratio", "percent"):
            found[index] = replace(each, kind=found[index - 1].kind, unit=found[index - 1].unit)
    return found


_LENGTHS = (
    ("km", r"км|километр|km|kilomet"), ("mi", r"mile"), ("cm", r"см|сантим|cm|centim"), ("dm", r"дм|децим"), ("mm", r"мм|миллим|mm|millim"),
    ("ft", r"feet|foot|ft"), ("in", r"inch"), ("yd", r"yard"), ("m", r"м|метр|met|m"),
)  # fmt: skip
_TIMES = (
    ("h", r"час|ч|hour|hr|h\b"),
    ("min", r"мин|min"),
    ("s", r"сек|sec"),
    ("d", r"дн|день|day"),
    ("w", r"недел|week"),
)
_IN_METRES = {
    "km": Fraction(1000), "m": Fraction(1), "dm": Fraction(1, 10), "cm": Fraction(1, 100), "mm": Fraction(1, 1000), "mi": Fraction(1609344, 1000), "yd": Fraction(9144, 10000), "ft": Fraction(3048, 10000), "in": Fraction(254, 10000),
}  # fmt: skip
_IN_SECONDS = {"h": Fraction(3600), "min": Fraction(60), "s": Fraction(1), "d": Fraction(86400), "w": Fraction(604800)}


def speed_unit(unit: str) -> tuple[str, str] | None:
    """("km", "h") of "километров в час"."""
    length = next((name for name, pattern in _LENGTHS if re.match(pattern, unit)), None)
    if unit.startswith("mph"):
        return "mi", "h"
    if unit.startswith(("kph", "kmh")):
        return "km", "h"
    tail = re.search(r"(?:/|в |per |an |a )\s*([^\W\d_]+)", unit)
    time = next((name for name, pattern in _TIMES if tail and re.match(pattern, tail[1])), None)
    if tail and tail[1] in ("с", "s"):
        time = "s"
    return (length, time) if length and time else None


def length_unit(unit: str) -> str | None:
    return next((name for name, pattern in _LENGTHS if re.match(pattern, unit)), None)


def time_unit(unit: str) -> str | None:
    return next((name for name, pattern in _TIMES if re.match(pattern, unit)), None)


def length_in(value: Fraction, unit: str, target: str) -> Fraction:
    return value * _IN_METRES[unit] / _IN_METRES[target]


def time_in(value: Fraction, unit: str, target: str) -> Fraction:
    return value * _IN_SECONDS[unit] / _IN_SECONDS[target]
