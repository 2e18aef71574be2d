# ruff: noqa: E501 - a pattern is easier to read on one line
"""What a number of a story counts, and what its question asks for: two that are the same may be divided."""

from __future__ import annotations

import re

from moe_robot.experts.tools.clauses import asked_noun, clauses_of, stem_en, words_of
from moe_robot.experts.tools.measures import measure_of
from moe_robot.experts.tools.schema import money, noun
from moe_robot.experts.tools.story import Quantity, Story, length_unit, time_unit

NOT_EVEN = r"больше|меньше|дороже|дешевле|\bmore\b|fewer|\bless\b|cheaper|\bleft\b|остал|останет|сдач|\bchange\b|процент|percent|хватит|\blast\b|навстречу|towards|догон|catch|еще\b|раньше|позже|\bраза?\b|\btimes\b|старше|older|течени|current|из них|of them"
A_TIME = r"(?:в|за) (?:\d )?(?P<ru>секунду|минуту|час|день|сутки|неделю|месяц|год)\b|(?:an?|per|each|every|one|in) (?:\d )?(?P<en>second|minute|hour|day|evening|morning|night|week|month|year)\b|(?P<daily>ежедневно|daily|hourly|weekly)|кажд(?:ый|ую|ые) (?P<each>секунду|минуту|час|день|неделю|месяц|год)\b"
_UNITS = (("min", r"минут|minute|min\b"), ("s", r"секунд|second"), ("h", r"час|hour"), ("d", r"дн|день|дней|сут|day|evening|morning|night"), ("w", r"недел|week"), ("mo", r"месяц|month"), ("y", r"год|лет|year"))  # fmt: skip


def label_of(each: Quantity) -> frozenset[str]:
    """What is counted: "45 кг яблок" -> яблоко; money and times by their kind."""
    if each.kind in ("money", "percent", "ratio", "speed"):
        return frozenset((f"${each.kind}",))
    if each.kind == "time":
        return frozenset((f"$time {time_name(each.unit)}",))
    if each.kind == "dist":
        return frozenset((f"$dist {length_unit(each.unit)}",)) | words_of(" ".join(each.after.split()[1:2]))
    near = re.split(
        r"[.,;?!\d]| (?:в|на|за|из|по|с|для|и|а|in|for|at|on|from|of the|to|and|with|by) ", f"{each.after} "
    )[0]
    words = near.split()[:3]
    return words_of(" ".join(words)) or frozenset(stem_en(word) for word in words[:1])


def time_name(text: str) -> str:
    return next((name for name, pattern in _UNITS if re.match(pattern, text)), "")


def is_mass(each: Quantity) -> bool:
    return re.match(r"кг|килограмм|г\b|грамм|тонн|kg|kilogram|gram|g\b|ton|lb|pound|ounce", each.unit) is not None


def asked_label(story: Story) -> frozenset[str]:
    question = " ".join(each.text for each in clauses_of(story) if each.asked)
    if re.search(r"сколько .{0,12}(?:стои|стоя|заплат|денег|рубл|заработ)|how much .{0,20}(?:cost|pay|paid|money|earn|spend|charge)|how many dollars|цена|price|how much (?:are|is|do|will|would)\b(?! he| she)", question):  # fmt: skip
        return frozenset(("$money",))
    if re.search(r"масса|сколько вес|\bweigh\b", question):
        return frozenset(("$mass",))
    if re.search(r"как далеко|how far|сколько (?:км|километров)|how many (?:km|kilomet)|какой путь|какое расстояние|what distance", question):  # fmt: skip
        return frozenset(("$dist km", "$dist m", "$dist mi"))
    hit = re.search(r"(?:за|через|на)? ?сколько (?:потребуется |нужно |понадобится )?(час|минут|дн|недел|секунд|месяц)|how many (hour|minute|day|evening|morning|night|week|second|month)", question)  # fmt: skip
    if hit:
        return frozenset((f"$time {time_name(hit[1] or hit[2])}",))
    if re.search(r"how many miles", question):
        return frozenset(("$dist mi",))
    if re.search(r"сколько (?:метров|м\b)|how many (?:metres|meters)", question):
        return frozenset(("$dist m",)) | asked_noun(question)
    if re.search(r"сколько времени|за какое время|как долго|how long|how much time", question):
        return frozenset(("$time",))
    return asked_noun(question)


def fits(asked: frozenset[str], label: frozenset[str]) -> bool:
    return bool(asked & label) or ("$time" in asked and any(each.startswith("$time") for each in label))


def unit_of(story: Story, each: Quantity) -> str:
    if each.kind == "money":
        return money(story)
    if each.kind == "time":
        return time_unit(each.unit) or ""
    if each.kind == "dist":
        return length_unit(each.unit) or ""
    if measure_of(each.unit) is not None and not re.search(r"сколько|how many", story.question):
        return f"thing:{each.unit}"  # "how much for 6 people?"
    return noun(story)


def is_measure(each: Quantity) -> bool:
    return each.kind != "thing" or re.match(r"кг|кило|литр|л\b|г\b|грам|тонн|метр|м\b|kg|kilo|lit|gram|ton|lb|pound|cup|стакан|ounce|gallon", each.unit) is not None  # fmt: skip
