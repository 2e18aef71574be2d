"""The robot says why it stopped itself, in both languages."""

from __future__ import annotations

import pytest

from moe_robot.config import load_config
from moe_robot.lexicon import lexicon_of
from moe_robot.motion.gate import MONITORED
from moe_robot.phrases import Phrases
from moe_robot.skills.control import STOPPED_ITSELF, estop_phrase, refuses_to_move
from moe_robot.structs import Cause, SafetyMode, SafetyState, WorldState
from moe_robot.world.home import load_home

PHRASES = Phrases(lexicon_of(load_home(load_config().robot.home)))


def estop(*causes: tuple[str, bool]) -> SafetyState:
    told = tuple(Cause(kind, "somewhere", float(i), cleared) for i, (kind, cleared) in enumerate(causes))
    return SafetyState(SafetyMode.ESTOP, 1, told)


@pytest.mark.parametrize("kind", sorted(MONITORED | {"hardware"}))
def test_S33_every_cause_that_nobody_asked_for_has_a_sentence_of_its_own(kind):
    said = {language: PHRASES.say(estop_phrase(estop((kind, False))), language) for language in ("ru", "en")}
    assert len(set(said.values())) == 2
    for language, words in said.items():
        assert words != PHRASES.say("fail.estop", language)


def test_S33_a_stall_is_told_as_one():
    phrase = refuses_to_move(WorldState(0.0, safety=estop(("stall", False))))
    assert PHRASES.say(phrase, "ru").startswith("Я упёрся: колёса стоят, хотя я еду.")
    assert "wheels stand" in PHRASES.say(phrase, "en")


@pytest.mark.parametrize(
    ("causes", "phrase"),
    [
        ([], "fail.estop"),
        ([("text", False)], "fail.estop"),
        ([("stall", True)], "fail.estop_stall"),  # gone, but it is what stopped
        ([("stall", True), ("text", False)], "fail.estop"),  # a person stopped since
        ([("tilt", False), ("text", False)], "fail.estop_tilt"),  # still there, and in the way of a reset
        ([("link", True), ("battery", False), ("slip", True)], "fail.estop_battery"),
    ],
)
def test_S33_what_still_stands_comes_first_then_the_latest(causes, phrase):
    assert estop_phrase(estop(*causes)) == phrase


def test_S33_no_sentence_stands_for_a_cause_that_does_not_exist():
    assert set(STOPPED_ITSELF) == MONITORED | {"hardware"}
