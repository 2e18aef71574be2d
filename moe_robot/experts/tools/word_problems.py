# ruff: noqa: E501 - a pattern, a sentence or an answer is one line
"""The expert `word_problems`: common school problems by a table of schemas; a guess is never made.

A schema fits when it takes every number of the story and the question asks for what it finds. The story is answered when
the schemas that fit agree on one answer; otherwise it is not mine, and the next of the chain is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools import (
    schemas_ages,
    schemas_money,
    schemas_motion,
    schemas_numbers,
    schemas_rates,
    schemas_relations,
    schemas_things,
    schemas_times,
)
from moe_robot.experts.tools.exact import decimal, is_short_decimal, number
from moe_robot.experts.tools.measures import are_mixed, in_one_unit, measure_of
from moe_robot.experts.tools.schema import Solution
from moe_robot.experts.tools.story import Story, read_story
from moe_robot.experts.tools.story_guards import fits, in_the_unit_asked_for, is_misread
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool
from moe_robot.experts.words import plural
from moe_robot.lexicon import analyzer
from moe_robot.structs import Language

MAX_VALUE = 10**12
_PARTS = r"\b(?:лап|ног|кол[её]с|хвостов|ушей|глаз|рогов|крыльев|углов|сторон)\b|\b(?:legs|paws|wheels|wings|ears|eyes|tails|horns|corners)\b"
_LEAD = re.compile(
    r"^(?:(?:робот|robot)[, ]+)?(?:реши(?:ть)?(?: мне)?(?: задач[уи])?|помоги(?: мне)? (?:решить|с) задач\w+|задач[аку]|solve(?: the| this)?(?: problem)?|problem)\s*[:.,]\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Found:
    schema: str
    solution: Solution


class WordProblems(TextTool):
    name = "word_problems"

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        story = read_story(_LEAD.sub("", text))
        if not 1 <= len(story.quantities) <= 6 or any(abs(each.value) > MAX_VALUE for each in story.quantities):
            raise NotMine
        if len(story.text.split()) < 5 or re.search(
            r"[=^√]|какую часть|какая часть|what (?:fraction|part)", story.text
        ):
            raise NotMine
        if story.asks(_PARTS) and not re.search(_PARTS, story.body):
            raise NotMine  # so many legs each: that is not told
        if is_misread(story):
            raise NotMine
        found = list(self._fitting(story))
        found = [each for each in found if _is_possible(each.solution) and fits(each.solution, story)]
        if not found or len({each.solution.values for each in found}) != 1:
            raise NotMine
        units = [each.solution for each in found]
        best = max(units, key=lambda each: 1 if "thing:" in each.unit else 2 * bool(each.unit))
        return self._told(in_the_unit_asked_for(best, story), story, language)

    def _fitting(self, story: Story) -> list[_Found]:
        found = []
        if are_mixed(story):
            cut = schemas_rates.pieces(story)
            same = None if cut else in_one_unit(story)
            if same is None:
                return [_Found("pieces", cut)] if cut else []
            story = same
        schemas: tuple[Callable[[Story], Solution | None], ...] = (
            *schemas_things.SCHEMAS,
            *schemas_money.SCHEMAS,
            *schemas_numbers.SCHEMAS,
            *schemas_motion.SCHEMAS,
            *schemas_relations.SCHEMAS,
            *schemas_rates.SCHEMAS,
            *schemas_times.SCHEMAS,
            *schemas_ages.SCHEMAS,
        )
        for schema in schemas:
            solution = schema(story)
            if solution is not None:
                found.append(_Found(schema.__name__, solution))
        return found

    def _told(self, solution: Solution, story: Story, language: Language) -> str:
        if solution.refusal:
            raise Refused(solution.refusal)
        if any(value < 0 for value in solution.values) and solution.unit != "year":
            raise Refused("contradiction")
        if solution.unit == "year" and solution.values[0] < 0:
            past = replace(solution, values=(-solution.values[0],))
            return self.words.say("already", language, answer=self._with_unit(past.values[0], past, story, language))
        shown = [self._with_unit(value, solution, story, language) for value in solution.values]
        working = solution.working.replace(".", ",") if language == "ru" else solution.working
        if len(shown) == 2:
            return self.words.say("two", language, working=working, first=shown[0], second=shown[1])
        return self.words.say("answer", language, working=working, answer=shown[0])

    def _with_unit(self, value: Fraction, solution: Solution, story: Story, language: Language) -> str:
        exact = is_short_decimal(value)
        shown = number(value, language) if exact else f"{number(value, language)} ≈ {decimal(value, language)}"
        unit = solution.unit
        if unit == "percent":
            return f"{shown} %" if language == "ru" else f"{shown}%"
        if "/" in unit:
            return f"{shown} {_SPEEDS[language].get(unit, unit)}"
        if unit.startswith("thing:"):
            noun = _agreed(unit.removeprefix("thing:"), value, language)
            return f"{shown} {noun}" if noun else shown
        if unit:
            return f"{shown} {self.words.noun(unit, value, language)}"
        return shown


def _is_possible(solution: Solution) -> bool:
    """Nothing is left below nothing, and nobody counts 2.7 pupils; years may lie in the past."""
    if solution.unit == "year" or solution.refusal:
        return True
    counted = solution.unit.startswith("thing:") and measure_of(solution.unit.removeprefix("thing:")) is None
    return min(solution.values) >= 0 and not (counted and any(each.denominator > 1 for each in solution.values))


_SPEEDS: dict[Language, dict[str, str]] = {
    "ru": {"km/h": "км/ч", "m/s": "м/с", "m/min": "м/мин", "mi/h": "миль/ч", "km/s": "км/с", "km/min": "км/мин"},
    "en": {"mi/h": "mph"},
}


def _agreed(noun: str, value: Fraction, language: Language) -> str:
    """The noun of the question with this number: "яблоки" and 5 -> "яблок"."""
    if language == "en":
        if plural(value, "en") == 0 and noun.endswith("s"):
            return noun[:-3] + "y" if noun.endswith("ies") else noun[:-1]
        return noun
    parsed = next((each for each in analyzer().parse(noun) if "NOUN" in each.tag and "Surn" not in each.tag), None)
    if parsed is None:
        return ""
    parsed = parsed.inflect({"nomn", "sing"}) or parsed
    if value.denominator != 1:
        form = parsed.inflect({"gent", "sing"})
        return str(form.word) if form else ""
    form = parsed.make_agree_with_number(int(value))
    return str(form.word) if form else ""
