"""One command in the middle of words that no sentence has, where it is known whose the request is."""

from __future__ import annotations

import pytest

from moe_robot.notation import format_nodes
from moe_robot.router.parser import SentenceParser
from moe_robot.structs import Language


def found(parser: SentenceParser, text: str, language: Language, *intents: str) -> str:
    return format_nodes(parser.parse_for(text, language, intents).nodes)


@pytest.mark.parametrize(
    ("text", "language", "intent", "plan"),
    [
        ("stop stop you are going to hit the vase", "en", "stop", "stop()"),
        ("пятимся пятимся на метр назад", "ru", "drive", "drive(distance_m=-1)"),
        ("the guests are nearly there, drive into the office and wave nicely", "en", "go_to", "go_to(place=office)"),
        ("разворачивайся кругом, приехали", "ru", "turn", "turn(angle_deg=180)"),
    ],
)
def test_words_that_change_nothing_are_passed_over(
    parser: SentenceParser, text: str, language: Language, intent: str, plan: str
) -> None:
    assert parser.parse(text, language).nodes == ()
    assert found(parser, text, language, intent) == plan


@pytest.mark.parametrize(
    ("text", "language", "intent"),
    [
        ("the doctor said drive into the office and wave nicely", "en", "go_to"),  # a report
        ("drive into the office and wave nicely unless it rains", "en", "go_to"),  # a condition
        ("drive into the office and wave nicely near the sofa", "en", "go_to"),  # another place
        ("drive into the office of the headmaster", "en", "go_to"),  # a place of that name is not known
        ("едь вперёд чуточку на волосок", "ru", "drive"),  # how far was said, in other words
        ("turn your butt to me", "en", "turn"),
        ("stay out of the kitchen", "en", "go_to"),
        ("мы едем в спальню", "ru", "go_to"),
        ("пятимся пятимся на метр назад?", "ru", "drive"),  # a question
        ("drive into the office and wave nicely", "en", "drive"),  # another expert's
    ],
)
def test_words_that_may_matter_leave_it_without_a_plan(
    parser: SentenceParser, text: str, language: Language, intent: str
) -> None:
    assert found(parser, text, language, intent) == ""
