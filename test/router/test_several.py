"""When an utterance is taken for several requests, by the routes of its parts alone."""

from __future__ import annotations

from collections.abc import Mapping

from moe_robot.router.several import parts
from moe_robot.structs import Route


def learned(expert: str, confidence: float = 0.95) -> Route:
    return Route(expert, confidence, "learned", ((expert, 1.0),))


def read(rule: str, *experts: str) -> Route:
    share = 1.0 / len(experts)
    return Route(experts[0], 0.99, "rule_based", tuple((expert, share) for expert in experts), rule)


def of(text: str, whole: Route, routes: Mapping[str, Route]) -> list[str]:
    """The experts; what `routes` does not name is nobody's."""
    nobody = Route("", 0.1, "learned", rule="unsure")
    found = parts(
        text, whole, lambda part: routes.get(part, nobody), lambda part: False, readers=("go_to", "find", "wait")
    )
    return [route.expert for _, route in found]


CLOCK_AND_DOCK = {"what time is it": learned("clock"), "go to your charger": learned("dock")}


def test_two_requests_that_are_surely_known_alone_are_two() -> None:
    assert of("what time is it and go to your charger", learned("dock"), CLOCK_AND_DOCK) == ["clock", "dock"]


def test_a_part_that_nobody_surely_knows_leaves_it_one() -> None:
    routes = {**CLOCK_AND_DOCK, "go to your charger": learned("dock", 0.5)}
    assert of("what time is it and go to your charger", learned("dock"), routes) == ["dock"]


def test_behind_a_comma_only_what_nobody_surely_takes_whole_is_two() -> None:
    text = "what time is it, go to your charger"
    assert of(text, learned("dock", 0.95), CLOCK_AND_DOCK) == ["dock"]
    assert of(text, learned("dock", 0.6), {k: learned(r.expert, 0.97) for k, r in CLOCK_AND_DOCK.items()}) == [
        "clock",
        "dock",
    ]


def test_a_greeting_before_a_request_is_answered_too() -> None:
    routes = {"hello": learned("greeting"), "what time is it": learned("clock")}
    assert of("hello, what time is it", learned("clock", 0.99), routes) == ["greeting", "clock"]


def test_one_plan_stays_one() -> None:
    whole = read("go_to#1 + _and#1 + find#1", "go_to", "find")
    routes = {"go to the kitchen": read("go_to#1", "go_to"), "find it": learned("bring")}
    assert of("go to the kitchen and find it", whole, {**routes, "find it": learned("find")}) == ["go_to"]
    assert of("go to the kitchen and find it", whole, {**routes, "find it": read("find#1", "find")}) == ["go_to"]


def test_a_plan_gives_way_where_a_part_is_for_somebody_of_whom_the_rules_know_nothing() -> None:
    whole = read("go_to#1 + _and#1 + wait#1", "go_to", "wait")
    routes = {"go to the kitchen": read("go_to#1", "go_to"), "set a timer for an hour": learned("timer")}
    assert of("go to the kitchen and set a timer for an hour", whole, routes) == ["go_to", "timer"]


def test_what_waits_for_the_first_is_not_cut_off() -> None:
    whole = read("wait#1 + _then#1 + say#1", "wait", "say")
    routes = {"time three minutes": learned("timer"), 'say "ready"': read("say#1", "say")}
    assert of('time three minutes and then say "ready"', whole, routes) == ["wait"]


def test_a_story_is_one_request_and_what_is_asked_behind_its_question_another() -> None:
    story = "Ann has 3 apples. She eats one. How many are left?"
    routes = {
        "Ann has 3 apples": learned("remember_fact"),
        story: learned("word_problems"),
        "tell me a joke": learned("small_talk"),
    }
    assert of(story, learned("word_problems"), routes) == ["word_problems"]
    assert of(f"{story} And tell me a joke", learned("word_problems"), routes) == ["word_problems", "small_talk"]


def test_a_stop_is_never_cut_but_at_the_end_of_its_sentence() -> None:
    whole = read("stop#1 + company", "stop")
    routes = {"stop": whole, "who is that": learned("people"), "stop now": whole}
    assert of("stop now and who is that", whole, routes) == ["stop"]
    assert of("stop! who is that", whole, routes) == ["stop", "people"]
