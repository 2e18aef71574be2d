from __future__ import annotations

import json
from pathlib import Path

import pytest

from moe_robot.brain import build_brain
from moe_robot.config import load_config
from moe_robot.errors import ConfigError
from moe_robot.experts.card import load_cards
from moe_robot.experts.manager import ExpertManager
from moe_robot.lexicon import lexicon_of
from moe_robot.paths import share_dir
from moe_robot.skills.schemas import schemas
from moe_robot.structs import LANGUAGES, Reply, Route, Utterance
from moe_robot.world.home import load_home

SHIPPED = share_dir() / "models" / "experts"


class Parrot:
    def answer(self, utterance: Utterance) -> Reply | None:
        return Reply(utterance.text, "say") if utterance.text else None

    def suggestion(self, utterance: Utterance) -> str:
        return "help"


def test_the_shipped_experts_own_every_skill_once() -> None:
    cards = load_cards(SHIPPED)
    owned = [intent for card in cards.values() for intent in card.intents]
    assert sorted(owned) == sorted(schemas(load_config()))


def test_every_example_of_a_card_goes_to_that_expert() -> None:
    home = load_home("flat")
    brain = build_brain(load_config(), home, lexicon_of(home))
    for card in load_cards(SHIPPED).values():
        for language in LANGUAGES:
            for text in card.examples[language]:
                assert brain.router.route(Utterance(text, language)).expert == card.id, text


def test_a_broken_card_is_named_and_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name, text in {"good": (SHIPPED / "motion" / "config.json").read_text(), "bad": "{", "empty": "{}"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(text)
    assert set(load_cards(tmp_path)) == {"good"}
    assert "bad" in caplog.text
    assert "empty" in caplog.text


def test_no_good_card_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_cards(tmp_path)


def test_two_experts_with_one_intent_are_an_error(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text((SHIPPED / "motion" / "config.json").read_text())
    with pytest.raises(ConfigError, match="belongs to the expert"):
        load_cards(tmp_path)


def test_a_card_with_an_unknown_answerer_is_an_error(tmp_path: Path) -> None:
    data = json.loads((SHIPPED / "motion" / "config.json").read_text())
    (tmp_path / "motion").mkdir()
    (tmp_path / "motion" / "config.json").write_text(json.dumps({**data, "chain": ["oracle"]}))
    with pytest.raises(ConfigError, match="oracle"):
        ExpertManager(load_cards(tmp_path), {"sentences": Parrot()})


def test_the_chain_answers_and_nobody_is_none() -> None:
    manager = ExpertManager(load_cards(SHIPPED), {"sentences": Parrot()})
    route = Route("motion", 1.0, "rule_based")
    reply = manager.answer(route, Utterance("hi", "en"))
    assert reply is not None
    assert reply.text == "hi"
    assert manager.answer(route, Utterance("", "en")) is None
    assert manager.suggestion(Utterance("", "en")) == "help"
