# ruff: noqa: E501 - a pattern, a sentence or an answer is one line
"""The expert `units`: converts quantities, exactly where the units are exact; pint knows the units. Runs isolated.

How units are said is `units.yaml`. "5 футов 3 дюйма в сантиметрах", "how many seconds in a day", "72°F to celsius".
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pint
import yaml

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.exact import decimal, is_short_decimal, number
from moe_robot.experts.tools.numbers import NUMBER, digits, plain, read
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool
from moe_robot.experts.words import plural
from moe_robot.phrases import sentence
from moe_robot.structs import Language

_AMOUNT = re.compile(rf"(?:(?P<n>{NUMBER})|(?<![^\W_])(?P<one>a|an|пол))(?: (?:of )?an?)?\s*-?$")
_ASKED = re.compile(r"(?:сколько|how many|число|количество)(?: \w+)?\s*$")
_TO = re.compile(r"(?<![^\W_])(?:в|во|to|into|in|as|=|это|is|на)\s*(?:the )?$")
_REQUEST = re.compile(
    r"перев[еод]|сколько|конверт|convert|how many|how much|what is|what's|\bв\b|\bto\b|\binto\b|\bin\b|=|выраз|express|пересчит|больше|тяжелее|длиннее|быстрее|heavier|longer|larger|bigger|more|faster"
)
_NOT = re.compile(r"таймер|timer|напомни|remind|через|дол[яг]|осталось|прошло|проедь|поезжай|drive|ago|назад|until|до ")
_NEVER_NEGATIVE = ("length", "mass", "volume", "area", "data", "time")
_HALF_JOINED = re.compile(
    r"\bпол-?(?=(?:метра|километра|сантиметра|литра|мили|часа|минуты|секунды|килограмма|кило|года|месяца|тонны|стакана)\b)"
)
_TORQUE = re.compile(r"(?<=\d) ?(?:Nm|N m|Н м|Нм)\b")  # "nm" is a length
_FEET_AND = re.compile(
    r"\b(\d+) (?:foot|feet|ft) (\d{1,2})(?! ?(?:\w*inch|in\b(?! (?:cm|mm|m|\w+met))|\d|[.,/]\d|feet|ft))(?= |$|[?.,!])"
)  # "5 foot 11"


@dataclass(frozen=True)
class Unit:
    name: str
    pint_name: str
    kind: str
    say: dict[str, list[str]]


@dataclass(frozen=True)
class Mention:
    unit: Unit
    start: int
    end: int
    amount: Fraction | None  # None: no number before it


class Units(TextTool):
    name = "units"

    def load(self) -> None:
        """Builds the registry, which takes about half a second."""
        _registry()

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        request = _HALF_JOINED.sub("0.5 ", digits(plain(_TORQUE.sub(" newton metres", text))))
        request = _FEET_AND.sub(r"\1 feet \2 inches", request)
        request = re.sub(r"\b(?:минус|minus) (?=\d)", "-", request)
        request = re.sub(r"(?<=[a-zа-я])\^(?=[23]\b)", "", request)  # m^3
        request = re.sub(
            r"\bпи(?= радиан)", "3.14159265358979", re.sub(r"\bpi(?= radian)", "3.14159265358979", request)
        )
        if _NOT.search(request) or not _REQUEST.search(request):
            raise NotMine
        mentions = _mentions(request)
        compared = re.search(r"больше|тяжелее|длиннее|быстрее|heavier|longer|larger|bigger|\bmore\b|faster", request)
        if compared and len(mentions) == 2 and not re.search(r"сколько|how many", request):
            return self._compare(mentions[0], mentions[1], language)
        target, sources = _roles(request, mentions)
        if target is None:
            if sources and re.search(r"перевед|convert", request):
                raise Refused(
                    "to_what", **{"from": _shown(sources[0].amount or Fraction(1), sources[0].unit, language)}
                )
            raise NotMine
        return sentence(self._convert(sources, target, language))

    def _convert(self, sources: list[Mention], target: Unit, language: Language) -> str:
        if any(source.unit.kind != target.kind for source in sources):
            self._differ(next(each.unit for each in sources if each.unit.kind != target.kind), target, language)
        amounts = [Fraction(1) if source.amount is None else source.amount for source in sources]
        for source, amount in zip(sources, amounts, strict=True):
            if amount < 0 and source.unit.kind in _NEVER_NEGATIVE:
                raise Refused("negative")
            if source.unit.kind == "temperature" and _quantity(amount, source.unit, "kelvin") < 0:
                raise Refused("below_zero")
        result = sum(
            (_quantity(amount, source.unit, target.pint_name) for source, amount in zip(sources, amounts, strict=True)),
            Fraction(0),
        )
        said = " ".join(_shown(amount, each.unit, language) for each, amount in zip(sources, amounts, strict=True))
        exact = is_short_decimal(result) and len(number(result, language)) < 25
        key = "equal" if exact else "about"
        return self.words.say(key, language, **{"from": said, "to": _shown(result, target, language)})

    def _differ(self, source: Unit, target: Unit, language: Language) -> None:
        raise Refused(
            "different",
            first=sentence(source.say[language][0]) if language == "ru" else source.say[language][0],
            second=target.say[language][0],
            kind=self.words.say(source.kind, language),
            other=self.words.say(target.kind, language),
        )

    def _compare(self, first: Mention, second: Mention, language: Language) -> str:
        if first.unit.kind != second.unit.kind:
            self._differ(first.unit, second.unit, language)
        amounts = [Fraction(1) if each.amount is None else each.amount for each in (first, second)]
        sizes = [amounts[0], _quantity(amounts[1], second.unit, first.unit.pint_name)]
        said = [_shown(amount, each.unit, language) for amount, each in zip(amounts, (first, second), strict=True)]
        if sizes[0] == sizes[1]:
            return sentence(self.words.say("same", language, first=said[0], second=said[1]))
        larger, smaller = said if sizes[0] > sizes[1] else said[::-1]
        return sentence(self.words.say("larger", language, first=larger, second=smaller))


def _roles(request: str, mentions: list[Mention]) -> tuple[Unit | None, list[Mention]]:
    """(what to convert to, what from). "сколько метров в километре", "5 km in miles", "12 inches to cm"."""
    counted = [each for each in mentions if each.amount is not None]
    bare = [each for each in mentions if each.amount is None]
    asked = [each for each in bare if _ASKED.search(request[: each.start])]
    to = [each for each in bare if _TO.search(request[: each.start])]
    if counted:
        targets = asked or to or bare
        if len(targets) != 1 or len(bare) != 1:
            return None, counted
        target = targets[0].unit
        if target.kind == "angle" and counted[0].unit.kind == "temperature":
            return None, counted
        if target.name == "kilogram" and all(each.unit.kind == "data" for each in counted):
            target = _units()["kilobyte"]
        return target, [_as_spoken(each, target) for each in counted]
    many = re.match(
        r"\w+(?:ов|ев|ей|нут|дюймов) (?:содержится )?в (?:1 |одном |одной )?\w+[еу]$|\w+s in an? \w+$",
        request.strip(" ?"),
    )
    if len(bare) == 2 and many and not asked:
        asked = bare[:1]
    if len(bare) == 2 and asked:
        source = next(each for each in bare if each is not asked[0])
        return asked[0].unit, [source]
    if (
        len(bare) == 2
        and to
        and to[0] is bare[1]
        and (bare[0].start < 3 or re.search(r"перевед|convert|^сколько", request))
    ):
        return bare[1].unit, [bare[0]]
    return None, counted


def _as_spoken(mention: Mention, target: Unit) -> Mention:
    """ "37 градусов в фаренгейтах": degrees of temperature, Celsius unless that is the target; "кило" beside bytes."""
    if target.kind == "data" and mention.unit.name == "kilogram":
        return Mention(_units()["kilobyte"], mention.start, mention.end, mention.amount)
    if target.kind != "temperature" or mention.unit.kind != "angle":
        return mention
    name = "fahrenheit" if target.name == "celsius" else "celsius"
    return Mention(_units()[name], mention.start, mention.end, mention.amount)


def _mentions(request: str) -> list[Mention]:
    found = []
    for match in _pattern().finditer(request):
        unit = _units()[_names()[int((match.lastgroup or "u0")[1:])]]
        before = request[: match.start()]
        amount = _AMOUNT.search(before)
        short = match.end() - match.start() <= 2 and match[0].isalpha()
        told = amount is not None and (amount["n"] or (amount["one"] and len(match[0]) == 2 and match[0] != "in"))
        if short and not told and not _TO.search(before) and not _ASKED.search(before):
            continue  # "с", "a", "in": a unit only after a number or "to"
        if amount is None:
            value = None
        elif amount["n"]:
            value = read(amount["n"])
        else:
            value = Fraction(1) if amount["one"] != "пол" else Fraction(1, 2)
        found.append(Mention(unit, match.start(), match.end(), value))
    return found


def _quantity(amount: Fraction, unit: Unit, target: str) -> Fraction:
    """Exact: everything is a fraction in this registry."""
    registry = _registry()
    factor, _, name = unit.pint_name.rpartition("*") if "**" not in unit.pint_name else ("", "", unit.pint_name)
    if unit.name == "are":
        factor, name = "100", "metre**2"
    target_factor = Fraction(1)
    if "*" in target and target[0].isdigit():
        said, _, target = target.partition("*")
        target_factor = Fraction(said)
    start = amount * Fraction(factor or 1)
    return Fraction(registry.Quantity(start, name).to(target).magnitude) / target_factor


def _shown(amount: Fraction, unit: Unit, language: Language) -> str:
    exact = is_short_decimal(amount) and len(number(amount, language)) < 25
    forms = unit.say[language]
    form = forms[min(plural(amount if exact else Fraction(3, 2), language), len(forms) - 1)]
    return f"{number(amount, language) if exact else decimal(amount, language)} {form}"


@functools.lru_cache(maxsize=1)
def _registry() -> Any:
    return pint.UnitRegistry(non_int_type=Fraction, autoconvert_offset_to_baseunit=True)


@functools.lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = Path(__file__).with_name("units.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return data


@functools.lru_cache(maxsize=1)
def _units() -> dict[str, Unit]:
    return {name: Unit(name, each["unit"], each["kind"], each["say"]) for name, each in _data().items()}


@functools.lru_cache(maxsize=1)
def _sorted() -> list[tuple[str, str]]:
    pairs = [(name, pattern) for name, each in _data().items() for pattern in each["heard"]]
    return sorted(pairs, key=lambda pair: (pair[0] in ("degree", "bar"), -len(pair[1].split("(?:")[0]), -len(pair[1])))


@functools.lru_cache(maxsize=1)
def _names() -> list[str]:
    return [name for name, _ in _sorted()]


@functools.lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """The longest match wins: compound units come before their parts."""
    compound = ("kmh", "mps", "kmps", "mph", "square", "cubic", "nautical", "light", "kilowatt_hour", "fluid", "mmhg", "rpm", "radps", "celsius", "fahrenheit", "kelvin", "psi", "imperial", "newton_metre", "foot_pound")  # fmt: skip
    order = sorted(range(len(_sorted())), key=lambda index: not _sorted()[index][0].startswith(compound))
    parts = [f"(?P<u{index}>{_sorted()[index][1]})" for index in order]
    return re.compile(r"(?<![^\W\d_/])(?:" + "|".join(parts) + r")(?![^\W_])")
