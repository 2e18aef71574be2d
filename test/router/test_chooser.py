"""Follow-ups with the shipped chooser, end to end: what is answered or done, and what never is."""

from __future__ import annotations

import pytest

from moe_robot.brain import Brain, Context, build_brain
from moe_robot.config import load_config
from moe_robot.errors import ConfigError
from moe_robot.lexicon import lexicon_of
from moe_robot.notation import format_nodes
from moe_robot.router.caution import is_rash
from moe_robot.router.chooser import find_chooser
from moe_robot.router.followup import Earlier
from moe_robot.router.proposals import Proposal
from moe_robot.structs import Language, Route, Turn, Utterance
from moe_robot.world.home import load_home

NOBODY = Route("", 0.2, "learned", (("describe", 0.2),))


@pytest.fixture(scope="module")
def brain() -> Brain:
    home = load_home("flat")
    return build_brain(load_config(), home, lexicon_of(home))


def talk(brain: Brain, language: Language, *texts: str) -> Turn:
    turns: tuple[Turn, ...] = ()
    for text in texts:
        turns = (*turns, brain.respond(Utterance(text, language), Context(history=turns)))
    return turns[-1]


@pytest.mark.parametrize(
    ("language", "texts", "plan"),
    [
        ("ru", ("поезжай на кухню", "а теперь в спальню"), "go_to(place=bedroom)"),
        ("en", ("go to the kitchen", "now the bedroom"), "go_to(place=bedroom)"),
        ("ru", ("найди красный куб", "а синий?"), "find(color=blue, object=cube)"),
        ("en", ("turn left 30 degrees", "same again"), "turn(angle_deg=30)"),
        ("ru", ("проедь метр вперёд", "не метр, а два"), "drive(distance_m=2)"),
        ("en", ("find the ball", "and Anya?"), "find(person=anna)"),
        ("ru", ("поверни налево на 30 градусов", "а теперь направо", "ещё раз"), "turn(angle_deg=-30)"),
        ("en", ("turn left by 30 degrees", "now right", "again"), "turn(angle_deg=-30)"),
        ("en", ("go to the hall", "what is 2+2", "drive forward a metre", "once more"), "drive(distance_m=1)"),
        ("ru", ("сколько комнат в доме", "проедь метр вперёд", "ещё раз"), "drive(distance_m=1)"),
        (
            "en",
            ("find the red cube", "what time is it", "go to the kitchen", "now the bedroom"),
            "go_to(place=bedroom)",
        ),
    ],
)
def test_a_command_goes_on(brain, language, texts, plan) -> None:
    turn = talk(brain, language, *texts)
    assert turn.plan is not None, turn.reply.text
    assert format_nodes(turn.plan.nodes) == plan


@pytest.mark.parametrize(
    ("language", "texts", "told"),
    [
        ("ru", ("реши x^2-5x+6=0", "А если дискриминант отрицательный?"), "действительных корней нет"),
        ("en", ("solve x^2 - 5x + 6 = 0", "what if the discriminant is negative?"), "no real roots"),
        ("en", ("derivative of x^3", "and at x = 2?"), "12"),
        ("en", ("what time is it in London", "and in Tokyo?"), "Tokyo"),
        ("en", ("area of a circle with radius 2", "radius 3"), "28.27"),
        ("en", ("what is 12*12", "plus 6", "divide by 10"), "= 15"),
        ("en", ("what's the sum of 3 and 4", "double it", "minus 5"), "= 9"),
        ("ru", ("сколько будет 15 на 4", "прибавь 10", "и пополам"), "= 35"),
        ("ru", ("сколько будет 2+2", "умножь на три", "минус один"), "= 11"),
        ("en", ("what is 12*12", "plus 6", "divide by 10", "minus one"), "= 14"),
    ],
)
def test_an_answer_goes_on(brain, language, texts, told) -> None:
    assert told in talk(brain, language, *texts).reply.text


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("ru", ("поезжай на кухню", "замри")),
        ("en", ("what is 2 + 2", "stop")),
        ("en", ("set a timer for ten minutes", "stop right there")),
    ],
)
def test_a_stop_leans_on_nothing(brain, language, texts) -> None:
    plan = talk(brain, language, *texts).plan
    assert plan is not None and format_nodes(plan.nodes) == "stop()"


def test_a_repeat_inside_quotes_is_no_repeat(brain) -> None:
    said = ("repeat after me: measure twice, cut once", 'say "measure twice, cut once" again')
    assert talk(brain, "en", *said).route.expert == "say"


@pytest.mark.parametrize(
    ("language", "texts", "about"),
    [
        ("ru", ("сколько будет 5*6", "почему"), "«сколько будет 5*6»"),
        ("en", ("what is 5*6", "and 7", "why"), '"what is 5*7"'),
        ("en", ("go to the kitchen", "what is 5*6", "why?"), '"what is 5*6"'),
    ],
)
def test_a_bare_why_asks_about_the_answer(brain, language, texts, about) -> None:
    turn = talk(brain, language, *texts)
    assert turn.route.expert == "explain"
    assert about in turn.reply.text.replace(" * ", "*")


def test_the_other_language_is_no_fault(brain) -> None:
    assert talk(brain, "ru", "what can you see", "and what can it lift").reply.text


@pytest.mark.parametrize(
    ("text", "reading", "expert", "rash"),
    [
        ("not the kitchen", "go to the hall", "go_to", True),
        ("not the kitchen, the hall", "go to the hall", "go_to", False),
        ("the baby sleeps, not the kitchen", "go to the kitchen", "go_to", True),
        ("call my mum again", "go to the bedroom", "go_to", True),
        ("my knee hurts", "drive to the bedroom", "go_to", True),
        ("call my mum again", "remember this place as call my mum", "remember_place", True),
        ("call my mum again", "what do you see", "describe", False),
    ],
)
def test_what_nobody_asked_to_be_done_is_rash(text, reading, expert, rash) -> None:
    before = [Earlier("go to the bedroom", expert="go_to", moved=True)]
    one = Proposal(reading, Route(expert, 1.0, "rule_based", ((expert, 1.0),)), "replaced", 0)
    assert is_rash(one, text, "en", before, NOBODY, {"again": 0.5}) is rash


@pytest.mark.parametrize(
    ("text", "reading", "expert", "rash"),
    [
        ("go on, the bed is made", "drive to the bedroom", "go_to", False),
        ("well git on it", "go and charge", "dock", False),
        ("not the kitchen", "go to the hall", "go_to", True),
        ("the baby sleeps, not the kitchen", "go to the kitchen", "go_to", True),
    ],
)
def test_without_a_doubt_only_what_is_denied_is_rash(text, reading, expert, rash) -> None:
    before = [Earlier("go to the bedroom", expert="go_to", moved=True)]
    one = Proposal(reading, Route(expert, 1.0, "rule_based", ((expert, 1.0),)), "replaced", 0)
    assert is_rash(one, text, "en", before, NOBODY, {"again": 0.5}, sure=True) is rash


def test_a_bare_again_is_never_of_a_request_before_the_last_motion() -> None:
    before = [Earlier("turn right", expert="turn", moved=True), Earlier("turn left", expert="turn", moved=True)]
    asked = [Earlier("how big is the hall", expert="map"), before[1]]
    one = Proposal("turn left", Route("turn", 1.0, "rule_based", (("turn", 1.0),)), "again", 1)
    assert is_rash(one, "again", "en", before, NOBODY, {"again": 1.0}, sure=True)
    assert not is_rash(one, "again", "en", asked, NOBODY, {"again": 1.0}, sure=True)
    assert not is_rash(one, "now left once more", "en", before, NOBODY, {"again": 1.0}, sure=True)


def test_a_model_that_is_not_there_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("moe_robot.router.chooser.share_dir", lambda: tmp_path)
    with pytest.raises(ConfigError, match="train-router"):
        find_chooser(str(tmp_path), None)  # type: ignore[arg-type]
