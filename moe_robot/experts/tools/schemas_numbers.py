# ruff: noqa: E501 - a pattern is easier to read on one line
"""Schemas of numbers: two from their sum and difference, heads and legs, the number that somebody thinks of."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from moe_robot.experts.tools.numbers import NUMBER
from moe_robot.experts.tools.schema import Solution, money, n, noun, solved
from moe_robot.experts.tools.schemas_things import AGE_LIKE
from moe_robot.experts.tools.story import Story


def sum_and_difference(story: Story) -> Solution | None:
    """Two numbers from their sum and difference, or sum and ratio."""
    if len(story.quantities) != 2 or not story.has(r"сумма|\bsum\b|вместе|together|всего|in all|add up|на двоих|общ"):
        return None
    first, second = story.quantities
    total = next(
        (
            each
            for each in (first, second)
            if each.kind != "ratio"
            and not re.match(
                r"\s*(?:[^\W\d_]+ )?(?:больше|меньше|дороже|старше|младше|длиннее|more|older|dearer|fewer|younger|longer|less)",
                each.after,
            )
        ),
        None,
    )
    other = second if total is first else first
    if total is None:
        return None
    unit = {"money": money(story), "years": "year"}.get(
        total.kind, "year" if story.has(AGE_LIKE + r"|лет|how old") else ""
    )
    both = story.asks(r"найди|найдите|find|чему равны|какие|числа|numbers|кажд|each|оба|how old is each|are they")
    larger, smaller = (
        story.asks(r"больше[ей]|наибольш|larger|bigger|greater"),
        story.asks(r"меньше[ей]|наименьш|smaller|lesser"),
    )
    if other.kind == "ratio":
        if (
            not re.match(
                r"\s*раза? (?:больше|меньше|старше|младше|дороже|длиннее)|\s*раза?\b|\s*times\b",
                other.after.removeprefix(" "),
            )
            or other.value <= 0
        ):
            return None
        low = total.value / (other.value + 1)
        values, working = (
            (low * other.value, low),
            f"{n(total.value)} / ({n(other.value)} + 1) = {n(low)}, {n(low)} · {n(other.value)} = {n(low * other.value)}",
        )
    elif re.search(r"разност\w*[^\d]*$|difference[^\d]*$|разниц\w*[^\d]*$", other.before) or (
        re.search(r"сумм|\bsum\b|вместе|together", story.body)
        and re.match(r"\s*(?:[^\W\d_]+ )?(?:больше|старше|дороже|длиннее|more|older|dearer|longer)", other.after)
    ):
        high = (total.value + other.value) / 2
        values, working = (
            (high, total.value - high),
            f"({n(total.value)} + {n(other.value)}) / 2 = {n(high)}, {n(total.value)} − {n(high)} = {n(total.value - high)}",
        )
    else:
        return None
    if values[1] < 0:
        return Solution((Fraction(0),), "", "", "contradiction")
    if larger != smaller:
        return Solution((values[0] if larger else values[1],), unit, working)
    return Solution(values, unit, working) if both else None


def heads_and_legs(story: Story) -> Solution | None:
    """Hens and rabbits, cars and motorbikes: two kinds with so many legs (wheels) each."""
    if len(story.quantities) != 2:
        return None
    animals = story.has(r"голов|heads") and story.has(r"\bног|\bлап|legs|feet")
    wheels = story.has(r"кол[её]с|wheels") and story.has(r"мотоцикл|велосипед|motorbike|motorcycle|bicycle|bike")
    if not animals and not wheels:
        return None
    if animals and not (
        story.has(r"кур|гус|утк|петух|фазан|chicken|hens?\b|duck|goose|geese|bird|pheasant")
        and story.has(r"кролик|овец|овц|свин|коров|rabbit|sheep|pig|cow|goat|коз")
    ):
        return None
    if story.has(r"трехкол|tricycle|прицеп|trailer"):
        return None
    heads, legs = sorted(each.value for each in story.quantities)
    four, two = (legs - 2 * heads) / 2, heads - (legs - 2 * heads) / 2
    if four < 0 or two < 0 or four.denominator != 1:
        return Solution((Fraction(0),), "", "", "contradiction")
    working = f"({n(legs)} − 2 · {n(heads)}) / 2 = {n(four)}, {n(heads)} − {n(four)} = {n(two)}"
    big = story.asks(r"кролик|овец|свин|коров|\bкоз|rabbit|sheep|pig|cow|goat|машин|автомоб|\bcars?\b")
    small = story.asks(
        r"\bкур|гус|утк|петух|фазан|chicken|hens?\b|duck|goose|geese|мотоцикл|велосипед|motorb|motorc|bicycle|bikes?"
    )
    if big and not small:
        return Solution((four,), noun(story), working)
    if small and not big:
        return Solution((two,), noun(story), working)
    return None


def think_of_a_number(story: Story) -> Solution | None:
    """ "I think of a number, double it, add 3 and get 11." """
    if not story.has(
        r"задума\w+ число|загада\w+ число|think of a number|thinking of a number|thought of a number|некоторое число|какое-то число"
    ):
        return None
    steps = list(
        re.finditer(
            r"(?P<plus>прибав\w+|добав\w+|увелич\w+ на|add(?:ed)?|plus|increase\w* by)|(?P<minus>отня\w+|вычл\w+|вычт\w+|уменьш\w+ на|subtract(?:ed)?|take away|took away|minus)|(?P<times>умнож\w+ на|умнож\w+|multipl\w+(?: it)?(?: by)?|увелич\w+ в)|(?P<over>раздел\w+ на|подел\w+ на|divid\w+(?: it)?(?: by)?)|(?P<double>удвои\w+|2 times it|2 times|doubled)|(?P<get>получ\w+|результат|get|got|gets|result(?: is)?)",
            story.text,
        )
    )
    values = [(match.start(), each) for each, match in zip(story.quantities, _places(story), strict=True)]
    result: Fraction | None = None
    todo: list[tuple[str, Fraction]] = []
    used = 0
    for step in steps:
        kind = str(step.lastgroup)
        if kind == "double":
            todo.append(("times", Fraction(2)))
            used += "2 times" in step[0]
            continue
        after = next((each for place, each in values if place >= step.end() - 1), None)
        if after is None:
            continue
        used += 1
        if kind == "get":
            result = after.value
            break
        todo.append((kind, after.value))
    if result is None or not todo or used != len(story.quantities):
        return None
    value, working = result, n(result)
    for kind, by in reversed(todo):
        if kind in ("times", "over") and not by:
            return None
        value = (
            value - by
            if kind == "plus"
            else value + by
            if kind == "minus"
            else value / by
            if kind == "times"
            else value * by
        )
        left = working if working == n(result) else f"({working})"
        back = {"plus": "−", "minus": "+", "times": "/", "over": "·"}[kind]
        working = f"{left} {back} {n(by)}"
    return solved(value, "", working)


def _places(story: Story) -> list[re.Match[str]]:
    return list(re.finditer(rf"(?<![\w.,]){NUMBER}(?![\w])", story.text))


SCHEMAS: tuple[Callable[[Story], Solution | None], ...] = (sum_and_difference, heads_and_legs, think_of_a_number)
