"""What an expert who is surely meant finds asked for, where no sentence reads the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from moe_robot.config import load_config
from moe_robot.experts.card import load_cards, shipped_folder
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.sentences import SentencesAnswerer
from moe_robot.lexicon import lexicon_of
from moe_robot.notation import format_nodes
from moe_robot.router.parser import SentenceParser
from moe_robot.structs import Utterance
from moe_robot.world.home import load_home

NOON = datetime(2026, 3, 4, 12, tzinfo=timezone.utc)
CARDS = load_cards([shipped_folder()])


@pytest.fixture(scope="module")
def answerer() -> SentencesAnswerer:
    return SentencesAnswerer(SentenceParser(lexicon_of(load_home("flat")), load_config()))


def draft(answerer: SentencesAnswerer, text: str, expert: str, sure: float = 0.95) -> str:
    context = AnswerContext(CARDS[expert], load_home("flat"), load_config(), NOON)
    reply = answerer.answer(Utterance(text, "en"), replace(context, sure=sure))
    return format_nodes(reply.draft) if reply is not None else ""


def test_a_stop_is_done_in_whatever_words_where_it_is_surely_one(answerer: SentencesAnswerer) -> None:
    assert draft(answerer, "do not go any further, the dog is asleep", "stop") == "stop()"
    assert draft(answerer, "do not go any further, the dog is asleep", "stop", sure=0.8) == ""
    assert draft(answerer, "do not go any further, the dog is asleep", "cancel") == ""


def test_one_command_is_enough_where_its_expert_is_surely_meant(answerer: SentencesAnswerer) -> None:
    text = "drive into the office and stay"
    assert draft(answerer, text, "go_to") == "go_to(place=office)"
    assert draft(answerer, text, "go_to", sure=0.8) == ""
    assert draft(answerer, text, "drive") == ""


def test_who_comes_to_people_comes_to_nobody_where_nobody_is_named(answerer: SentencesAnswerer) -> None:
    assert draft(answerer, "drive into the office and stay", "come_here") == ""


def test_an_unknown_name_that_the_expert_needs_is_told(answerer: SentencesAnswerer) -> None:
    assert draft(answerer, "follow Bartholomew", "follow") == "find(person=Bartholomew)"


def test_who_is_to_wait_does_not_set_off(answerer: SentencesAnswerer) -> None:
    """The templates read "stay with me" as coming."""
    text = "could you wait for me? I will only be two minutes"
    assert draft(answerer, text, "come_here", sure=0.0) == "go_to(person=any)"
    assert draft(answerer, text, "wait") == ""
