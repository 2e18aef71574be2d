# ruff: noqa: E501 - a pattern, a sentence or an answer is one line
"""What a schema of a word problem gives, and how its working is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from moe_robot.experts.tools.exact import number
from moe_robot.experts.tools.story import Story


@dataclass(frozen=True)
class Solution:
    """`unit`: "", a noun of the pack (km, h, year...), "km/h", "percent" or "thing:<noun>"."""

    values: tuple[Fraction, ...]
    unit: str
    working: str
    refusal: str = ""


def n(value: Fraction) -> str:
    """A number in a working, with a decimal point."""
    return f"({number(value, 'en')})" if value < 0 else number(value, "en")


def solved(value: Fraction, unit: str, working: str) -> Solution:
    return Solution((value,), unit, f"{working} = {n(value)}")


_NOT_NOUNS = frozenset(
    [
        "всего",
        "будет",
        "было",
        "стало",
        "осталось",
        "останется",
        "надо",
        "нужно",
        "весит",
        "стоит",
        "стоят",
        "их",
        "у",
        "в",
        "на",
        "за",
        "получит",
        "получил",
        "лет",
        "более",
        "теперь",
        "сейчас",
        "еще",
        "он",
        "она",
        "они",
        "этих",
        "таких",
        "раз",
        "тогда",
        "вместе",
        "заплатили",
        "заплатил",
        "заплатила",
        "можно",
        "денег",
        "are",
        "is",
        "does",
        "do",
        "did",
        "will",
        "were",
        "left",
        "each",
        "altogether",
        "total",
        "in",
        "the",
        "he",
        "she",
        "they",
        "of",
        "many",
        "much",
        "would",
        "can",
        "could",
        "same",
        "other",
        "one",
        "times",
        "more",
        "stayed",
        "remain",
        "remained",
        "remains",
        "now",
        "have",
        "and",
        "was",
        "a",
        "to",
        "at",
        "has",
        "had",
        "but",
        "it",
    ]
)


def noun(story: Story) -> str:
    """ "thing:яблок" after "сколько яблок", "" when nothing is counted there."""
    match = re.search(
        r"(?:сколько|how many)(?: (?:всего|еще|таких|more|of the|теперь|нужно|надо|потребуется|понадобится|получится|будет))* ([^\W\d_]{3,})",
        story.question,
    )
    if (
        match
        and match[1] not in _NOT_NOUNS
        and not re.search(r"(?:ет|ут|ют|ит|ат|ят|ли|ла|ло|ал|ил|ел|ть|ились|ось|ли)$", match[1])
    ):
        return f"thing:{match[1]}"
    counted = [each.unit for each in story.quantities if each.kind == "thing" and len(each.unit) > 2]
    if (
        counted
        and counted[0] not in _NOT_NOUNS
        and counted[0].isalpha()
        and not re.search(r"(?:ыми|ими|ого|ых|ее|ше)$", counted[0])
    ):
        return f"thing:{counted[0]}"
    return ""


def money(story: Story) -> str:
    unit = next((each.unit for each in story.quantities if each.kind == "money"), "")
    for start, name in (("руб", "rouble"), ("р", "rouble"), ("₽", "rouble"), ("долл", "dollar"), ("dollar", "dollar"), ("$", "dollar"), ("евро", "euro"), ("euro", "euro"), ("cent", "cent"), ("коп", "kopek"), ("roub", "rouble"), ("rub", "rouble"), ("pound", "pound")):  # fmt: skip
        if unit.startswith(start):
            return name
    return ""
