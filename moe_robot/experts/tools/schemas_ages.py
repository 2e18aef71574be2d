"""Ages now, some years ago and in some years."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from moe_robot.experts.tools.clauses import clauses_of
from moe_robot.experts.tools.schema import Solution, n, solved
from moe_robot.experts.tools.schemas_relations import relations
from moe_robot.experts.tools.story import Story, read_story

_AHEAD = re.compile(r"\bчерез (\d+) (?:лет|года?)\b|\bin (\d+) years?(?: time)?\b|\b(\d+) years from now\b")
_BACK = re.compile(r"\b(\d+) (?:лет|года?) (?:тому )?назад\b|\b(\d+) years? ago\b")
_OLD = r"сколько .{0,20}лет\b|how old|возраст|what (?:is|was|will be) .{0,20} age"


def _moved(text: str) -> tuple[Fraction, str] | None:
    """(years from now, the text without them); None when it says nothing of another time, or twice."""
    ahead, back = list(_AHEAD.finditer(text)), list(_BACK.finditer(text))
    if len(ahead) + len(back) != 1:
        return None
    hit, sign = (ahead[0], 1) if ahead else (back[0], -1)
    years = next(each for each in hit.groups() if each)
    return Fraction(sign * int(years)), text[: hit.start()] + text[hit.end() :]


def another_time(story: Story) -> Solution | None:
    """ "In 5 years Dan will be 17": now; "Tina is 7": in 3 years; the brother 4 years older: in 3 years."""
    if not story.asks(_OLD) or story.has(r"вместе|together|сумм|\bsum\b|in all|средн|average"):
        return None
    question = " ".join(each.text for each in clauses_of(story) if each.asked)
    moved = _moved(story.text)
    if moved is None:
        return None
    years, rest = moved
    asked_then = _moved(question) is not None
    if not asked_then and not re.search(r"сейчас|теперь|\bnow\b|today", question):
        return None
    shift = years if asked_then else -years
    numbers = [each.value for each in read_story(rest).quantities]
    if len(numbers) == 1 and len(story.quantities) == 2:
        base, steps = numbers[0], ""
    else:
        now = relations(read_story(rest))
        if now is None or not asked_then:
            return None
        base, steps = now.values[0], f"{now.working}, "
    if base + shift < 0:
        return None
    return solved(base + shift, "year", f"{steps}{n(base)} {'+' if shift > 0 else '−'} {n(abs(shift))}")


SCHEMAS: tuple[Callable[[Story], Solution | None], ...] = (another_time,)
