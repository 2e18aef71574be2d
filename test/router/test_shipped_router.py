"""The router that is shipped: it belongs to the data beside it, and knows the examples on the experts' cards."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.router import built  # noqa: E402
from bench.router_sets import Case, heard_badly, seen_in_training, typed_badly  # noqa: E402
from moe_robot.config import load_config  # noqa: E402
from moe_robot.experts.card import ExpertCard, load_cards, shipped_folder  # noqa: E402
from moe_robot.router.cascade import Router  # noqa: E402
from moe_robot.router.model_folder import read_manifest  # noqa: E402
from moe_robot.structs import Utterance  # noqa: E402
from moe_robot.training.dataset import Data, read_data  # noqa: E402

MODEL = ROOT / "models" / "router"


@pytest.fixture(scope="module")
def cards() -> dict[str, ExpertCard]:
    return load_cards([shipped_folder()])


@pytest.fixture(scope="module")
def data() -> Data:
    return read_data([shipped_folder()], MODEL)


@pytest.fixture(scope="module")
def routers(cards: dict[str, ExpertCard]) -> dict[str, Router]:
    return built(load_config(), cards, MODEL)


def test_it_was_trained_on_the_data_beside_it(data: Data) -> None:
    """When this fails, somebody changed training data: `moe-robot train-router --out models/router`."""
    assert read_manifest(MODEL).data["training_data_sha256"] == data.digest()


def test_it_knows_every_shipped_expert(cards: dict[str, ExpertCard]) -> None:
    assert set(read_manifest(MODEL).experts) == set(cards)


@pytest.mark.parametrize("strategy", ["learned", "hierarchical", "rules, then learned"])
def test_it_finds_the_experts_by_the_examples_on_their_cards(
    cards: dict[str, ExpertCard], routers: dict[str, Router], strategy: str
) -> None:
    examples = [
        (id, lang, text) for id, card in cards.items() for lang, texts in card.examples.items() for text in texts
    ]
    found = [routers[strategy].route(Utterance(text, lang)).expert == id for id, lang, text in examples]
    assert sum(found) >= 0.97 * len(found)


def test_a_command_that_the_rules_read_stays_with_an_expert_that_reads_it_too(
    cards: dict[str, ExpertCard], routers: dict[str, Router]
) -> None:
    lost = []
    for card in cards.values():
        for language, texts in card.examples.items() if card.intents and "sentences" in card.chain else ():
            for text in texts:
                rules = routers["rules"].route(Utterance(text, language))
                both = routers["rules, then learned"].route(Utterance(text, language))
                if rules.expert == card.id and "sentences" not in cards[both.expert or "say"].chain:
                    lost.append(text)
    assert lost == []


@pytest.mark.parametrize("text", ["order me a pizza", "включи музыку", "asdf qwerty zxcv", "закажи такси", "🙂🙂🙂"])
def test_what_no_expert_is_for_is_left_alone(routers: dict[str, Router], text: str) -> None:
    assert routers["learned"].route(Utterance(text, "en")).expert == ""


def test_a_sentence_that_a_template_makes_is_found_and_another_is_not(data: Data) -> None:
    few = replace(data, sources=data.sources[:400])
    example = next(s.template.source for s in few.sources if s.fixed and s.language == "en")
    cases = [
        Case(example.upper() + "!", "en", "any"),
        Case("purple ideas sleep furiously in the cupboard", "en", "any"),
    ]
    assert seen_in_training(cases, few) == [example.upper() + "!"]


def test_bad_typing_and_bad_hearing_are_the_same_every_time_and_keep_the_expert() -> None:
    cases = [
        Case("Turn left by 90 degrees, please", "en", "turn"),
        Case("Повернись налево на 90 градусов", "ru", "turn"),
    ]
    for noise in (typed_badly, heard_badly):
        assert noise(cases, 3) == noise(cases, 3)
        assert [case.expert for case in noise(cases, 3)] == ["turn", "turn"]
        assert [case.text for case in noise(cases, 3)] != [case.text for case in cases]
    assert "90" not in heard_badly(cases)[0].text
