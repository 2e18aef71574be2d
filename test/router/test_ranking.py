"""What the ranker is told of a proposal."""

from __future__ import annotations

import numpy as np
import pytest

from moe_robot.router.bigrams import Bigrams
from moe_robot.router.followup import Earlier
from moe_robot.router.proposals import Proposal
from moe_robot.router.ranking import Leaning, Ranker, features_of
from moe_robot.structs import Language, Route

SAID = ("what time is it in Moscow", "what time is it in Tokyo", "how far is the kitchen", "сколько метров до кухни")
SURE = Route("clock", 0.9, "learned", (("clock", 0.9), ("distance", 0.1)))
NOBODY = Route("", 0.2, "learned", (("clock", 0.2),))


def told(text: str, before: str, readings: list[str], language: Language = "en") -> list[dict[str, float]]:
    turn = Leaning(text, language, [Earlier(before, expert="clock")], {"replace": 0.9}, {"clock": 0.8, "distance": 0.2})
    proposals = [Proposal(text, NOBODY, "alone", likeliest=True)]
    proposals += [Proposal(reading, SURE, "clock", 0) for reading in readings]
    return features_of(turn, proposals, Bigrams.of(SAID), np.zeros(len(proposals), np.float32))


def test_a_reading_that_keeps_the_new_is_told_from_one_that_loses_it() -> None:
    _, kept, lost = told(
        "and in Tokyo?", "what time is it in Moscow", ["what time is it in Tokyo", "what time is it in Moscow"]
    )
    assert kept["all new kept"] == 1.0 and lost["all new kept"] == 0.0
    assert lost["unchanged"] == 1.0 and kept["unchanged"] == 0.0


def test_numbers_in_words_and_digits_are_the_same() -> None:
    _, kept, lost = told("нет, на двадцать", "таймер на 10 минут", ["таймер на 20 минут", "таймер на 10 минут"], "ru")
    assert kept["values kept"] > lost["values kept"]


def test_words_that_nobody_says_side_by_side_are_strange() -> None:
    _, usual, strange = told(
        "Blimey. And in Tokyo?", "what time is it in Moscow", ["what time is it in Tokyo", "what time is it in Blimey"]
    )
    assert strange["strange pairs"] > usual["strange pairs"] == 0.0


def test_what_is_to_count_as_unseen_is_strange() -> None:
    bigrams = Bigrams.of(["drive to the moon"])
    assert bigrams.strangeness("drive to the moon", [])["none strange"] == 1.0
    assert bigrams.strangeness("drive to the moon", [], ["drive to the moon"])["strange share"] == 1.0


def test_the_turn_alone_has_features_of_its_own() -> None:
    alone, other = told("and in Tokyo?", "what time is it in Moscow", ["what time is it in Tokyo"])
    assert alone["group alone"] == 1.0 and "group alone" not in other
    assert any(name.startswith("alone: ") for name in alone)
    assert not any(name.startswith("alone: ") for name in other)


def test_features_that_the_vocabulary_lacks_say_nothing_and_weights_must_fit() -> None:
    weights = {
        "W": np.zeros((1, 2, 3), np.float32),
        "b": np.zeros((1, 3), np.float32),
        "v": np.zeros((1, 3), np.float32),
        "u": np.array([[1.0, -1.0]], np.float32),
    }
    ranker = Ranker(["good", "bad"], weights)
    assert ranker.scores([{"good": 1.0, "new": 9.0}, {"bad": 1.0}]).tolist() == [1.0, -1.0]
    with pytest.raises(ValueError, match="do not fit"):
        Ranker(["good"], weights)
