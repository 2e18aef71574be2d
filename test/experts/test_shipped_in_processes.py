"""The shipped answerers: all can be made, and those with processes of their own answer through them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from moe_robot.config import load_config
from moe_robot.experts.card import ExpertCard, load_cards, shipped_folder
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.manager import ExpertManager
from moe_robot.experts.registry import TOOLS, load
from moe_robot.structs import LANGUAGES, Pose, Route, Utterance, WorldState
from moe_robot.world.home import load_home

CFG = load_config(None, {"experts.answer_timeout_s": 60.0, "experts.load_timeout_s": 60.0})
CARDS = load_cards([shipped_folder()])
HOME = load_home("flat")
WORLD = WorldState(t_s=5.0, pose=Pose(1.0, 1.0), places={"workshop": Pose(2.0, 3.0)})
NOON = datetime(2026, 5, 1, 12, 0, tzinfo=timezone.utc)
ISOLATED = [card for card in CARDS.values() if any(name in TOOLS and TOOLS[name].isolated for name in card.chain)]


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_every_answerer_of_the_registry_can_be_made(name: str) -> None:
    assert callable(load(name, TOOLS[name]).answer)


@pytest.fixture(scope="module")
def manager() -> Iterator[ExpertManager]:
    made = ExpertManager(CARDS, CFG.experts)
    yield made
    made.close()


@pytest.mark.parametrize("card", ISOLATED, ids=lambda card: card.id)
def test_its_own_examples_are_answered_in_both_languages(manager: ExpertManager, card: ExpertCard) -> None:
    for language in LANGUAGES:
        utterance = Utterance(card.examples[language][0], language)
        reply = manager.answer(Route(card.id, 1.0, "test"), utterance, AnswerContext(card, HOME, CFG, NOON, WORLD))
        assert [part.outcome for part in reply.asked][:1] == ["answered"], reply.asked
        assert reply.text
        assert reply.model_used == card.chain[0]
    assert card.id in {each.expert for each in manager.metrics().loaded}
