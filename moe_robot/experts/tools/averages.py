# ruff: noqa: E501 - a pattern is easier to read on one line
"""The expert `statistics`: means, median, mode, spread, quartiles, correlation of given numbers; exact fractions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.exact import Value, decimal, divide, equals, number, power, root, short
from moe_robot.experts.tools.numbers import NUMBER, digits, read
from moe_robot.experts.tools.surd import Surd
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool
from moe_robot.structs import Language

_KINDS = (
    ("correlation", r"коррел|correlation|pearson|пирсон"), ("geometric", r"среднее геометрич|geometric mean"), ("harmonic", r"среднее гармонич|harmonic mean"), ("quadratic", r"средне\w* квадратич\w+(?! отклон)|root mean square|\brms\b"),
    ("absolute", r"средн\w+ абсолютн|mean absolute deviation"), ("variation", r"коэффициент вариации|coefficient of variation"), ("error", r"ошибк\w+ среднего|standard error"), ("z", r"z-?оценк|зет-?оценк|z-?score"),
    ("deviation", r"стандартн\w+ отклонен|выборочн\w+ отклонен|среднеквадратич\w+ отклонен|\bско\b|\bсигм|standard deviation|\bstd\b|\bstdev\b|\bsigma\b|deviation"), ("variance", r"дисперси|variance|\bvar\b"),
    ("outliers", r"выброс|outlier"), ("quartiles", r"кварти|quartile|interquartile|\biqr\b"), ("percentile", r"\d+-th (?:процентил|percentile)|процентил|percentile"), ("median", r"медиан|median"), ("mode", r"\bмод[аыуе]\b|чаще всего|самое частое|\bmode\b|most (?:common|frequent|often)"),
    ("frequencies", r"частот|frequenc"), ("minmax", r"минимум и максимум|минимальн\w+ и максимальн|min(?:imum)? and max(?:imum)?"), ("range", r"размах|\brange\b|разниц\w+ между (?:самым )?(?:больш|наиб|макс)|difference between (?:the )?(?:largest|biggest|max|highest)"),
    ("sum", r"сумм\w+ и средн|sum and (?:the )?(?:mean|average)"), ("min", r"минимум|наименьш|самое маленькое|\bmin(?:imum)?\b|smallest|lowest"), ("max", r"максимум|наибольш|самое большое|\bmax(?:imum)?\b|largest|biggest|highest"),
    ("sorted", r"упорядочи|отсортируй|по возрастанию|\bsort\b|in order"), ("weighted", r"взвешен\w+ средн|средн\w+ взвеш|weighted"), ("mean", r"средн|усредни|матожидание|математическое ожидание|\bmean\b|average|\bavg\b|expected value of the values|оценк\w+ .*выходит"),
)  # fmt: skip


class Statistics(TextTool):
    name = "statistics"

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        request = re.sub(r"\b(?:минус|minus) (?=\d)", "-", digits(text, ordinals=True))
        kind = next((name for name, pattern in _KINDS if re.search(pattern, request)), None)
        if kind is None or re.search(
            r"f\(|функци|среднее имя|средн\w+ скорость (?:движения|автомобил|поезд|машин)|\bmean\b (?:by|that|to)|do you mean|what does .* mean|по модулю|кубик|кост[иь]|dice|[a-z]\^",
            request,
        ):
            raise NotMine
        natural = re.search(
            r"средн\w+ (?:арифметическое )?(?:первых|1-th) (\d+) натуральных|(?:mean|average) of the (?:first|1-th) (\d+) natural",
            request,
        )
        if natural:
            n = int(natural[1] or natural[2])
            return self._value("mean_long", Surd.of(Fraction(n + 1, 2)), language, n=n)
        groups = [row for row in _rows(request, language) if row]
        values = [value for row in groups for value in row]
        if len(values) > 500:
            raise Refused("too_long")
        if kind in ("correlation", "weighted", "percentile", "z"):
            return self._paired(kind, request, groups, values, language)
        if not values:
            raise Refused("no_numbers")
        ways: dict[str, Callable[[list[Fraction], Language], str]] = {
            "mean": self._mean, "median": self._median, "mode": self._mode, "range": self._range, "variance": self._variance, "deviation": self._deviation, "quartiles": self._quartiles,
            "outliers": self._outliers, "frequencies": self._frequencies,
        }  # fmt: skip
        if kind in ways:
            return ways[kind](values, language)
        return self._small(kind, values, language)

    def _value(self, key: str, value: Value, language: Language, **params: object) -> str:
        return self.words.say(key, language, value=equals(value, language), **params)

    def _mean(self, values: list[Fraction], language: Language) -> str:
        mean = Surd.of(_mean(values))
        if len(values) > 8:
            return self._value("mean_long", mean, language, n=len(values))
        total = " + ".join(f"({number(each, language)})" if each < 0 else number(each, language) for each in values)
        return self._value("mean", mean, language, sum=total, n=len(values))

    def _median(self, values: list[Fraction], language: Language) -> str:
        return self._value("median", Surd.of(_median(values)), language, sorted=_list(sorted(values), language))

    def _mode(self, values: list[Fraction], language: Language) -> str:
        counts = Counter(values).most_common()
        top = [value for value, count in counts if count == counts[0][1]]
        if len(top) == len(counts) and len(counts) > 1:
            return self.words.say("no_mode", language)
        return self.words.say(
            "mode" if len(top) == 1 else "modes", language, value=_list(sorted(top), language), times=counts[0][1]
        )

    def _range(self, values: list[Fraction], language: Language) -> str:
        low, high = min(values), max(values)
        shown = [f"({number(each, language)})" if each < 0 else number(each, language) for each in (low, high)]
        return self.words.say("range", language, min=shown[0], max=shown[1], value=number(high - low, language))

    def _variance(self, values: list[Fraction], language: Language) -> str:
        if len(values) < 2:
            raise Refused("one_number")
        square = _squares(values)
        n = len(values)
        return self._value(
            "variance",
            Surd.of(square / n),
            language,
            mean=number(_mean(values), language),
            sample=equals(Surd.of(square / (n - 1)), language),
        )

    def _deviation(self, values: list[Fraction], language: Language) -> str:
        if len(values) < 2:
            raise Refused("one_number")
        square, n = _squares(values), len(values)
        return self._value(
            "deviation",
            root(Surd.of(square / n), 2),
            language,
            sample=equals(root(Surd.of(square / (n - 1)), 2), language),
        )

    def _quartiles(self, values: list[Fraction], language: Language) -> str:
        if len(values) < 2:
            raise Refused("one_number")
        low, middle, high = (_percentile(values, Fraction(p)) for p in (25, 50, 75))
        return self.words.say(
            "quartiles",
            language,
            low=short(low, language),
            middle=short(middle, language),
            high=short(high, language),
            width=short(high - low, language),
        )

    def _outliers(self, values: list[Fraction], language: Language) -> str:
        if len(values) < 4:
            raise NotMine
        low, high = _percentile(values, Fraction(25)), _percentile(values, Fraction(75))
        reach = Fraction(3, 2) * (high - low)
        found = [value for value in values if value < low - reach or value > high + reach]
        if found:
            return self.words.say("outliers", language, list=_list(sorted(found), language))
        return self.words.say(
            "no_outliers", language, low=short(low - reach, language), high=short(high + reach, language)
        )

    def _frequencies(self, values: list[Fraction], language: Language) -> str:
        counts = Counter(sorted(values))
        return self.words.say(
            "frequencies",
            language,
            list=", ".join(f"{number(value, language)} × {count}" for value, count in counts.items()),
        )

    def _small(self, kind: str, values: list[Fraction], language: Language) -> str:
        if kind in ("min", "max"):
            return self.words.say(kind, language, value=number(min(values) if kind == "min" else max(values), language))
        if kind == "minmax":
            return self.words.say(kind, language, min=number(min(values), language), max=number(max(values), language))
        if kind == "sum":
            return self.words.say(
                kind, language, sum=number(sum(values, Fraction(0)), language), value=short(_mean(values), language)
            )
        if kind == "sorted":
            return self.words.say(kind, language, sorted=_list(sorted(values), language))
        n = len(values)
        if kind in ("geometric", "harmonic") and min(values) <= 0:
            raise Refused("positive_only")
        if kind == "geometric":
            product = Fraction(1)
            for value in values:
                product *= value
            return self._value(kind, root(Surd.of(product), n) if n > 1 else Surd.of(product), language)
        if kind == "harmonic":
            return self._value(kind, Surd.of(n / sum((1 / value for value in values), Fraction(0))), language)
        if kind == "quadratic":
            return self._value(kind, root(Surd.of(_mean([value * value for value in values])), 2), language)
        mean = _mean(values)
        if kind == "absolute":
            return self._value(kind, Surd.of(_mean([abs(value - mean) for value in values])), language)
        if n < 2:
            raise Refused("one_number")
        deviation = root(Surd.of(_squares(values) / (n - 1)), 2)
        if kind == "error":
            return self._value(kind, divide(deviation, root(Surd.of(n), 2)), language)
        if not mean:
            raise Refused("constant")
        return self.words.say("variation", language, value=decimal(100 * float(deviation) / abs(float(mean)), language))

    def _paired(
        self, kind: str, request: str, groups: list[list[Fraction]], values: list[Fraction], language: Language
    ) -> str:
        if kind == "percentile":
            match = re.search(r"(\d+)-th", request)
            if match is None or len(values) < 2 or not 0 <= int(match[1]) <= 100:
                raise NotMine
            rest = [value for row in _rows(request.replace(match[0], " "), language) for value in row]
            return self.words.say(
                kind, language, p=match[1], value=short(_percentile(rest, Fraction(int(match[1]))), language)
            )
        if kind == "z":
            told = re.search(
                rf"({NUMBER})\D*(?:mean|average|средн\w+)\D*({NUMBER})\D*(?:sd|deviation|sigma|отклонени\w+|сигма|ско)\D*({NUMBER})",
                request,
            )
            if told and len(values) == 3:
                if not read(told[3]):
                    raise Refused("constant")
                z = (read(told[1]) - read(told[2])) / read(told[3])
                return self._value(kind, Surd.of(z), language, number=number(read(told[1]), language))
            if len(values) < 3:
                raise NotMine
            wanted, row = values[0], values[1:]
            square = _squares(row)
            if not square:
                raise Refused("constant")
            deviation = root(Surd.of(square / len(row)), 2)
            return self._value(
                kind, divide(Surd.of(wanted - _mean(row)), deviation), language, number=number(wanted, language)
            )
        pairs = re.findall(
            rf"({NUMBER})[\s,(]*(?:с весом|вес(?:ом)?|with (?:a )?weight|weight(?:ed)?)(?: of)? ({NUMBER})", request
        )
        if kind == "weighted" and pairs and 2 * len(pairs) == len(values):
            groups = [[read(pair[index]) for pair in pairs] for index in (0, 1)]
        if len(groups) != 2 or len(groups[0]) != len(groups[1]) or len(groups[0]) < 2:
            raise Refused("pairs_needed")
        first, second = groups
        if kind == "weighted":
            if not sum(second):
                raise Refused("division_by_zero")
            total = sum((value * weight for value, weight in zip(first, second, strict=True)), Fraction(0))
            return self._value(kind, Surd.of(total / sum(second)), language)
        means = [_mean(row) for row in groups]
        shared = sum(((a - means[0]) * (b - means[1]) for a, b in zip(first, second, strict=True)), Fraction(0))
        squares = _squares(first) * _squares(second)
        if not squares:
            raise Refused("constant")
        return self._value(kind, divide(Surd.of(shared), power(Surd.of(squares), Surd.of(Fraction(1, 2)))), language)


def _rows(request: str, language: Language) -> list[list[Fraction]]:
    """The numbers, in rows: "и"/"and" separates rows only when each has several numbers."""
    request = re.sub(r"(?<=\d)-(?=\d)", " - ", request)
    pieces = re.split(
        r"(?<=[\d)\]]) (?:и|and|с|with|y:|веса\w*|с весами|weights?) (?=[(\[]?-?\d+(?:[.,]\d+)?[\s,;]+(?:и |and )?-?\d)",
        request,
    )
    rows = [_row(piece, language) for piece in pieces]
    return rows if len(rows) == 2 and all(len(row) > 1 for row in rows) else [[value for row in rows for value in row]]


def _row(text: str, language: Language) -> list[Fraction]:
    """In "2,5; 3,5" and "2,5 и 3,5" the comma is decimal; in "3,5,7" and "1, 2, 3" it separates."""
    run = re.search(r"\d+(?:,\d+){2,}(?![\d])", text)
    if language == "en" or run or not re.search(r"\d,\d", text):
        text = re.sub(r"(?<=\d),(?=\d)", ", ", text)
    return [read(match) for match in re.findall(rf"(?<![\w.]){NUMBER}(?!-th)", text)]


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _median(values: list[Fraction]) -> Fraction:
    return _percentile(values, Fraction(50))


def _squares(values: list[Fraction]) -> Fraction:
    mean = _mean(values)
    return sum(((value - mean) ** 2 for value in values), Fraction(0))


def _percentile(values: list[Fraction], percent: Fraction) -> Fraction:
    """With linear interpolation between the nearest ranks (as numpy and spreadsheets do)."""
    ordered = sorted(values)
    at = percent / 100 * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def _list(values: list[Fraction], language: Language) -> str:
    mark = "; " if language == "ru" and any(value.denominator != 1 for value in values) else ", "
    return mark.join(number(value, language) for value in values)
