"""Why a story is not answered although a schema fits: words that none reads, a result of another kind than asked for.

A number that is wrong is worse than none: each guard stands for a way in which a schema took a story for a simpler one.
"""

from __future__ import annotations

import re
from dataclasses import replace

from moe_robot.experts.tools.measures import measure_of
from moe_robot.experts.tools.schema import Solution, money
from moe_robot.experts.tools.story import Story

_UNREAD = r"\b(?:кроме|за исключением|похолодал\w*|потеплел\w*|термометр\w*|except|besides|apart from|thermometer)\b"
_BEFORE = r"вначале|сначала|первоначально|изначально|всего было|было у|at first|to begin with|originally|at the start"
_AGE = r"лет|год|возраст|старше|младше|моложе|\bold\b|older|younger|years?|\bage"
_GROUPS = (
    r"\b(?:\d|двух|трёх|трех|четырёх|четырех|пяти|двоих|троих)\s+(?:взрослых|детей|детских|родителей|школьников)\b"
)
_MINUTES = r"сколько (?:это )?минут|how many minutes|за сколько минут"
_PAYING = (
    r"сколько (?:[^\W\d_]+ )?(?:за|у|по)?(?:плат|трат)|сколько (?:[^\W\d_]+ )?сто[ия]|how much .*\b(?:pay|cost|spend)"
)
_COUNTED_PART = r"\d+ [^\W\d_]+(?:,| and|, and) \d+ (?:are|were) [^\W\d_]+"  # "30 kids and 18 are girls"
_GROUP = (
    r"\d+ (?:человек|учени\w+|дет(?:ей|и)|ребят\w*|студент\w+|людей)\b[^.]{0,30}"
    r"[,.] (?:из них )?[^\W\d_]+ на \d+ (?:больше|меньше)"
)
_HOURS = "h"


def is_misread(story: Story) -> bool:
    """It has words that change the sum and that no schema knows."""
    if story.has(_UNREAD) or len(re.findall(_GROUPS, story.text)) > 1:
        return True
    return bool(story.of("percent")) and story.has(r"остал|\bleft\b|remain") and story.asks(_BEFORE)


def fits(solution: Solution, story: Story) -> bool:
    """It is of the kind that is asked for."""
    if solution.unit == "year" and not story.asks(_AGE):
        return False
    added = " + " in solution.working and "x" not in solution.working
    if added and (story.has(_COUNTED_PART) or story.has(_GROUP)):
        return False  # the second number is in the first
    kinds = {measure[0] if (measure := measure_of(each.unit)) else "" for each in story.quantities}
    return not (len(story.quantities) == 2 and len(kinds) == 1 and "" not in kinds and " · " in solution.working)


def in_the_unit_asked_for(solution: Solution, story: Story) -> Solution:
    """Minutes where minutes are asked for, money where something is paid."""
    if solution.unit.startswith("thing:") and story.of("money") and story.asks(_PAYING):
        return replace(solution, unit=money(story))
    if solution.unit != _HOURS or not story.asks(_MINUTES):
        return solution
    return replace(solution, values=tuple(value * 60 for value in solution.values), unit="min")
