# ruff: noqa: E501 - a pattern is easier to read on one line
"""So much an hour, a day, a week: how much in a time, in what time, both together."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from moe_robot.experts.tools.labels import A_TIME, NOT_EVEN, asked_label, fits, is_measure, label_of, time_name, unit_of
from moe_robot.experts.tools.schema import Solution, n, solved
from moe_robot.experts.tools.story import Quantity, Story

_IN_DAYS = {"d": Fraction(1), "w": Fraction(7), "h": Fraction(1, 24), "min": Fraction(1, 1440), "s": Fraction(1, 86400)}
_IN_MONTHS = {"mo": Fraction(1), "y": Fraction(12)}


def per_time(story: Story) -> Solution | None:
    """ "12 parts an hour": how many in 8 hours, or how long for 96 parts."""
    if not 2 <= len(story.quantities) <= 3 or story.has(NOT_EVEN.replace(r"|хватит|\blast\b", "")):
        return None
    found = [(each, re.search(A_TIME, _around(story, each))) for each in story.quantities]
    rates = [(each, hit) for each, hit in found if hit and each.kind in ("thing", "money", "dist")]
    if len(rates) != 1 or rates[0][1] is None:
        return None
    rate, hit = rates[0][0], rates[0][1]
    unit = time_name(
        hit["ru"] or hit["en"] or hit["each"] or {"hourly": "hour", "weekly": "week"}.get(hit["daily"], "day")
    )
    others = [each for each in story.quantities if each is not rate]
    other = others[0]
    if len(others) == 2:
        if {each.kind for each in others} != {"time"} or others[0].unit[:3] != others[1].unit[:3]:
            return None
        other = replace(other, value=others[0].value + others[1].value)
    asked = asked_label(story)
    if other.kind in ("time", "years"):
        factor = _factor(time_name(other.unit), unit)
        if (
            factor is None
            or any(each.startswith("$time") for each in asked)
            or not story.asks(r"сколько|how (?:many|much|far)")
        ):
            return None
        if asked and not fits(asked, label_of(rate)) and rate.unit not in ("", "раз"):
            return None
        by = other.value * factor
        return solved(rate.value * by, unit_of(story, rate), f"{n(rate.value)} · {n(by)}")
    if other.kind != rate.kind or not any(each.startswith("$time") for each in asked) or not rate.value:
        return None
    if (
        rate.kind == "thing"
        and not label_of(rate) & label_of(other)
        and rate.unit not in ("", "a", "an", "per", "each", "в", "за")
    ):
        return None
    value = other.value / rate.value
    asked_unit = next(iter(asked)).removeprefix("$time").strip() or unit
    if asked_unit != unit or value.denominator != 1 or unit not in ("h", "d", "w", "min", "s"):
        return None
    return solved(value, unit, f"{n(other.value)} / {n(rate.value)}")


def _around(story: Story, each: Quantity) -> str:
    """The words beside a number up to the next number or sentence: where "an hour" stands."""
    after = re.split(r"[.;?!,]|\d", each.after)[0]
    before = re.split(r"[.;?!]|\d", each.before)[-1]
    daily = re.search(
        r"(?:кажд(?:ый|ую)|ежедневно|every|each|\bза|\bв) ?(?:секунду|минуту|час|день|неделю|месяц|год|day|hour|week|minute|month|year|evening|morning|night)\b",
        before,
    )
    return f"{daily[0] if daily else ''} | {after}"


def _factor(given: str, unit: str) -> Fraction | None:
    for table in (_IN_DAYS, _IN_MONTHS):
        if given in table and unit in table:
            return table[given] / table[unit]
    return None


def rates_together(story: Story) -> Solution | None:
    """ "15 parts an hour and 20 parts an hour: how many together in 6 hours?" """
    items = story.quantities
    if (
        len(items) != 3
        or story.has(NOT_EVEN)
        or not story.asks(r"вместе|together|всего|\bboth\b|in all|\bоба\b|\bобе\b|\bони\b|\bthey\b")
    ):
        return None
    hits = [re.search(A_TIME, _around(story, each)) for each in items]
    rates = [(each, hit) for each, hit in zip(items, hits, strict=True) if hit and each.kind in ("thing", "money")]
    times = [each for each in items if each.kind == "time"]
    if len(rates) != 2 or len(times) != 1 or rates[0][0].kind != rates[1][0].kind:
        return None
    units = {time_name(hit["ru"] or hit["en"] or hit["each"] or "day") for _, hit in rates}
    factor = _factor(time_name(times[0].unit), next(iter(units))) if len(units) == 1 else None
    asked = asked_label(story)
    if factor is None or any(each.startswith("$time") for each in asked):
        return None
    by, total = times[0].value * factor, rates[0][0].value + rates[1][0].value
    shown = f"({n(rates[0][0].value)} + {n(rates[1][0].value)}) · {n(by)}"
    return solved(total * by, unit_of(story, rates[0][0]), shown)


_SPANS = ((r"за (?:1 )?неделю|in a week|per week|a week|each week", "w"), (r"за (?:1 )?(?:день|сутки)|в день|in a day|per day|a day|each day", "d"), (r"за (?:1 )?час\b|in an? hour", "h"))  # fmt: skip


def per_span(story: Story) -> Solution | None:
    """ "3 carrots a day: how many in a week?": the time is a word of the question."""
    if len(story.quantities) != 1 or story.has(NOT_EVEN):
        return None
    rate = story.quantities[0]
    hit = re.search(A_TIME, _around(story, rate))
    if hit is None or rate.kind not in ("thing", "money", "dist"):
        return None
    unit = time_name(hit["ru"] or hit["en"] or hit["each"] or "day")
    spans = [span for pattern, span in _SPANS if story.asks(pattern)]
    factor = _factor(spans[0], unit) if len(spans) == 1 and spans[0] != unit else None
    if (
        factor is None
        or (factor < 1 and (rate.value * factor).denominator != 1)
        or not fits(asked_label(story), label_of(rate))
    ):
        return None
    return solved(rate.value * factor, unit_of(story, rate), f"{n(rate.value)} · {n(factor)}")


def rate_asked(story: Story) -> Solution | None:
    """ "120 pages in 4 days, the same number each day": how many a day?"""
    if not story.only(thing=1, time=1) or story.has(NOT_EVEN):
        return None
    whole, span = (next(each for each in story.quantities if each.kind == kind) for kind in ("thing", "time"))
    hit = re.search(A_TIME, story.question)
    if hit is None or re.search(r"\d", story.question) or not span.value or re.search(A_TIME, _around(story, whole)):
        return None
    if time_name(hit["ru"] or hit["en"] or hit["each"] or "day") != time_name(span.unit) or not fits(
        asked_label(story), label_of(whole)
    ):
        return None
    value = whole.value / span.value
    if value.denominator != 1 and not is_measure(whole):
        return None
    return solved(value, unit_of(story, whole), f"{n(whole.value)} / {n(span.value)}")


SCHEMAS: tuple[Callable[[Story], Solution | None], ...] = (per_time, rates_together, per_span, rate_asked)
