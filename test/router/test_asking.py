"""Questions whether the robot can are no orders; orders that are worded as questions are."""

from __future__ import annotations

import pytest

from moe_robot.router.asking import asks, moves
from moe_robot.router.parser import SentenceParser
from moe_robot.router.rule_based import ASKED, WHETHER, RuleRouter
from moe_robot.structs import Branch, Condition, Language, Repeat, Step, Utterance


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("можно ехать вперёд", "ru"),
        ("сможешь доехать до кухни", "ru"),
        ("проедешь вперёд?", "ru"),
        ("когда закончишь обход", "ru"),
        ("are you able to go to the kitchen", "en"),
        ("can you turn left?", "en"),
    ],
)
def test_what_may_be_a_question(text: str, language: Language) -> None:
    assert asks(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("не мог бы ты проехать на кухню?", "ru"),
        ("поезжай на кухню, хорошо?", "ru"),
        ("could you go to the kitchen?", "en"),
        ("why don't you go to the kitchen?", "en"),
        ("go to the kitchen", "en"),
        ("", "en"),
    ],
)
def test_what_is_worded_as_an_order(text: str, language: Language) -> None:
    assert not asks(text, language)


def test_what_moves_is_found_inside_conditions_and_loops() -> None:
    see = Condition("see", {"object": "cube"})
    assert moves([Repeat((Step("drive"),), times=2)])
    assert moves([Branch(see, (Step("say", {"text": "a"}),), (Step("dock"),))])
    assert not moves([Step("look", {"direction": "left"}), Repeat((Step("say", {"text": "a"}),), times=2)])


def test_the_rules_mark_a_question_that_would_move_the_robot_and_no_other(parser: SentenceParser) -> None:
    rules = RuleRouter(parser, {"go_to": "go_to", "what_do_you_see": "describe", "explore": "explore"})
    assert rules.route(Utterance("проедешь на кухню?", "ru")).rule.endswith(ASKED)
    assert rules.route(Utterance("можно ли проехать на кухню?", "ru")).rule == WHETHER
    assert rules.route(Utterance("are you able to go to the kitchen", "en")).expert == ""
    assert not rules.route(Utterance("что ты видишь?", "ru")).rule.endswith(ASKED)
    assert not rules.route(Utterance("поезжай на кухню", "ru")).rule.endswith(ASKED)
    assert not rules.route(Utterance("видишь куб? подъедь к нему, иначе исследуй", "ru")).rule.endswith(ASKED)
