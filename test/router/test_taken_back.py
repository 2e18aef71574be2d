"""A motion forbidden after it was asked for is given up; what only sounds like it does nothing of the kind."""

from __future__ import annotations

import pytest

from moe_robot.brain import Brain, Context, build_brain
from moe_robot.config import load_config
from moe_robot.lexicon import lexicon_of
from moe_robot.notation import format_nodes
from moe_robot.router.taken_back import taken_back
from moe_robot.structs import Language, Turn, Utterance
from moe_robot.world.home import load_home

KITCHEN = {"en": "go to the kitchen", "ru": "поезжай на кухню"}


@pytest.fixture(scope="module")
def brain() -> Brain:
    home = load_home("flat")
    return build_brain(load_config(), home, lexicon_of(home))


def talk(brain: Brain, language: Language, *texts: str) -> tuple[Turn, ...]:
    turns: tuple[Turn, ...] = ()
    for text in texts:
        turns = (*turns, brain.respond(Utterance(text, language), Context(history=turns)))
    return turns


def plan_of(turn: Turn) -> str:
    plans = [one.plan for one in (turn.parts or (turn,)) if one.plan is not None]
    return "; ".join(format_nodes(plan.nodes) for plan in plans)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "don't go to the kitchen"),
        ("en", "do not drive there"),
        ("en", "not the kitchen"),
        ("en", "quit going to the kitchen"),
        ("en", "no need to go to the kitchen"),
        ("en", "No, don't go there, please!"),
        ("en", "you don't need to go there anymore"),
        ("en", "don't go to the kitchen, i want to sleep"),
        ("en", "don't go to the kitchen because it's wet"),
        ("ru", "не езжай на кухню"),
        ("ru", "хватит ездить на кухню"),
        ("ru", "на кухню больше не едь"),
        ("ru", "передумал ехать на кухню"),
        ("ru", "нет, не надо туда ехать"),
        ("ru", "не едь на кухню, там мокро"),
    ],
)
@pytest.mark.parametrize("between", [False, True])
def test_the_drive_is_given_up(brain, language, text, between) -> None:
    beside = {"en": ["what is 2 + 2"], "ru": ["сколько будет 2 + 2"]}[language] if between else []
    assert plan_of(talk(brain, language, KITCHEN[language], *beside, text)[-1]) in ("cancel()", "stop()")


@pytest.mark.parametrize(
    ("language", "motion", "text"),
    [
        ("en", "patrol", "don't patrol"),
        ("en", "drive forward 3 meters", "don't drive forward"),
        ("en", "turn left", "not left"),
        ("en", "go to the kitchen, then to the office", "don't go to the office"),
        ("ru", "поверни налево", "не налево"),
        ("ru", "найди мяч", "не надо искать мяч"),
    ],
)
def test_any_motion_is_given_up_by_its_words(brain, language, motion, text) -> None:
    assert plan_of(talk(brain, language, motion, text)[-1]) == "cancel()"


@pytest.mark.parametrize(
    ("language", "text", "plan"),
    [
        ("en", "not the kitchen, the office", "go_to(place=office)"),
        ("en", "don't go to the kitchen, go to the office", "go_to(place=office)"),
        ("en", "don't go to the kitchen but to the office", "go_to(place=office)"),
        ("en", "don't go to the kitchen, come here", "go_to(person=any)"),
        ("ru", "не туда, в спальню", "go_to(place=bedroom)"),
        ("ru", "не едь на кухню, езжай в спальню", "go_to(place=bedroom)"),
        ("ru", "не едь на кухню а едь в спальню", "go_to(place=bedroom)"),
        ("ru", "Не туда. К дивану.", "go_to(place=sofa)"),
    ],
)
def test_what_is_wanted_instead_is_done(brain, language, text, plan) -> None:
    assert plan_of(talk(brain, language, KITCHEN[language], text)[-1]) == plan


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("en", "don't go there, what is 6 times 7", "42"),
        ("ru", "на кухню не надо, сколько будет 6 на 7?", "42"),
    ],
)
def test_what_is_asked_beside_it_is_answered_too(brain, language, text, told) -> None:
    turn = talk(brain, language, KITCHEN[language], text)[-1]
    assert plan_of(turn) == "cancel()"
    assert told in turn.reply.text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "you're not going fast enough"),
        ("en", "don't forget to go to the kitchen"),
        ("en", "don't stop going to the kitchen"),
        ("en", "why don't you go to the kitchen"),
        ("en", "didn't you go to the kitchen?"),
        ("en", "not there? try once more"),
        ("en", "don't go to the office"),
        ("en", "i do not like mondays"),
        ("en", "not"),
        ("en", "don't"),
        ("ru", "не забудь заехать на кухню"),
        ("ru", "ты не едешь на кухню"),
        ("ru", "не поедешь на кухню?"),
        ("ru", "не гони так"),
        ("ru", "не только на кухню"),
        ("ru", "не"),
        ("ru", ""),
        ("ru", "?!"),
    ],
)
def test_what_only_sounds_like_it_takes_nothing_back(brain, language, text) -> None:
    assert taken_back(text, language, talk(brain, language, KITCHEN[language])) is None


@pytest.mark.parametrize(
    ("language", "before", "text"),
    [
        ("en", [], "don't go to the kitchen"),
        ("en", ["what time is it"], "don't go to the kitchen"),
        ("en", ["set a timer for ten minutes"], "don't set a timer"),
        ("ru", ["сколько комнат в доме"], "не езжай на кухню"),
    ],
)
def test_without_a_motion_before_nothing_is_given_up(brain, language, before, text) -> None:
    assert taken_back(text, language, talk(brain, language, *before)) is None


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("en", "don't go to the kitchen, go to the attic", "attic"),
        ("en", "not the kitchen, the attic", ""),
        ("en", "don't go there, who wrote Hamlet?", "language model"),
        ("ru", "не едь на кухню, едь на чердак", "чердак"),
    ],
)
def test_it_is_given_up_even_if_the_rest_cannot_be_done(brain, language, text, told) -> None:
    turn = talk(brain, language, KITCHEN[language], text)[-1]
    assert plan_of(turn) == "cancel()"
    assert turn.plan is not None and turn.refusal == ""
    assert told in turn.reply.text


@pytest.mark.parametrize(
    ("language", "text", "plan", "told"),
    [
        ("en", "stop, what is 6 times 7?", "stop()", "42"),
        ("en", "cancel, what is 6 times 7", "cancel()", "42"),
        ("en", "stop, what is the capital of France", "stop()", "language model"),
        ("en", "cancel that, and who wrote Hamlet?", "cancel()", "language model"),
        ("en", "stop, i am hungry", "stop()", ""),
        ("en", "stop - there's a cat", "stop()", ""),
        ("en", "stop, go to the attic", "stop()", "attic"),
        ("ru", "стой, сколько будет 6 на 7?", "stop()", "42"),
        ("ru", "стоп, мне страшно", "stop()", ""),
        ("ru", "отмена, кто написал Гамлета?", "cancel()", "модель"),
    ],
)
@pytest.mark.parametrize("moving", [False, True])
def test_a_stop_is_not_lost_over_what_is_said_after_it(brain, language, text, plan, told, moving) -> None:
    turn = talk(brain, language, *([KITCHEN[language]] if moving else []), text)[-1]
    assert turn.plan is not None and format_nodes(turn.plan.nodes) == plan
    assert turn.refusal == ""
    assert told in turn.reply.text


def test_a_stop_before_another_motion_is_followed_by_it(brain) -> None:
    assert plan_of(talk(brain, "en", KITCHEN["en"], "stop, the office")[-1]) == "go_to(place=office)"
    assert plan_of(talk(brain, "en", "stop, go to the office")[-1]) == "stop(); go_to(place=office)"


@pytest.mark.parametrize(
    ("language", "text", "plan"),
    [
        ("en", "cancel, where are you", "stop(); where_am_i()"),
        ("en", "stop, count the mugs", "stop(); count(object=mug)"),
        ("en", "cancel, look around", "cancel()"),
        ("ru", "отмена, где ты?", "cancel()"),
    ],
)
def test_what_is_to_be_done_after_it_is_no_contradiction_that_keeps_it_driving(brain, language, text, plan) -> None:
    turn = talk(brain, language, KITCHEN[language], text)[-1]
    assert turn.plan is not None and format_nodes(turn.plan.nodes) == plan
    assert turn.refusal == ""


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("go to the kitchen and then tell me who wrote Hamlet", ""),
        ("stop. go to the kitchen. who wrote Hamlet?", "stop()"),
    ],
)
def test_what_is_not_begun_is_not_told_as_begun(brain, text, plan) -> None:
    turn = talk(brain, "en", text)[-1]
    assert (format_nodes(turn.plan.nodes) if turn.plan else "") == plan
    assert "going" not in turn.reply.text
    assert turn.reply.text.endswith("I am not doing the rest of it either.")


def test_a_timer_is_given_up_without_a_stop(brain) -> None:
    turn = talk(brain, "en", "set a timer for ten minutes", "stop, make it five")[-1]
    assert turn.route.expert == "timer"
    assert plan_of(turn) == ""


def test_nothing_that_was_forbidden_is_driven_to(brain) -> None:
    """What is said beside it may be anything."""
    for rest in ("i want to sleep", "it is late", "sorry", "anna is there", "twice", "again", "the the", "2"):
        plan = plan_of(talk(brain, "en", KITCHEN["en"], f"don't go to the kitchen, {rest}")[-1])
        assert "kitchen" not in plan, rest
