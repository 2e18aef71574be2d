from __future__ import annotations

from moe_robot.router.parser import SentenceParser
from moe_robot.router.rule_based import RuleRouter
from moe_robot.structs import Utterance

OWNERS = {"go_to": "navigation", "find": "perception", "turn": "motion", "dock": "navigation"}


def test_the_expert_of_the_first_step_takes_the_sentence_and_the_others_are_ranked(parser: SentenceParser) -> None:
    route = RuleRouter(parser, OWNERS).route(
        Utterance("go to the kitchen, find the red cube and come back to the dock", "en")
    )
    assert route.expert == "navigation"
    assert route.strategy == "rule_based"
    assert [expert for expert, _ in route.ranked] == ["navigation", "perception"]
    assert route.confidence > 0.9
    assert "go_to#" in route.rule


def test_it_abstains_from_what_no_sentence_fits(parser: SentenceParser) -> None:
    route = RuleRouter(parser, OWNERS).route(Utterance("what is the capital of France", "en"))
    assert (route.expert, route.confidence, route.ranked) == ("", 0.0, ())


def test_a_plan_of_blocks_belongs_to_its_first_step(parser: SentenceParser) -> None:
    route = RuleRouter(parser, OWNERS).route(Utterance("дважды поверни налево", "ru"))
    assert route.expert == "motion"


def test_coming_to_a_person_belongs_to_the_expert_for_it_where_there_is_one(parser: SentenceParser) -> None:
    said = Utterance("come to me", "en")
    assert RuleRouter(parser, OWNERS).route(said).expert == "navigation"
    assert RuleRouter(parser, {**OWNERS, "come_here": "come_here"}).route(said).expert == "come_here"
    assert RuleRouter(parser, {**OWNERS, "come_here": "come_here"}).route(
        Utterance("go to the kitchen", "en")
    ).expert == ("navigation")
