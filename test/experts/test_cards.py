"""Cards: what is read, what is left out and named, and who keeps an id or an intent that two claim."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path

import pytest
from experts.folders import CARD, card, write
from hypothesis import given, settings
from hypothesis import strategies as st

from moe_robot.brain import build_router
from moe_robot.config import load_config
from moe_robot.errors import ConfigError
from moe_robot.experts.card import (
    CONFIG,
    MOST_BYTES,
    OPTIONAL,
    REQUIRED,
    Limits,
    expert_folders,
    load_cards,
    read_card,
    shipped_folder,
    survey,
)
from moe_robot.experts.registry import TOOLS
from moe_robot.experts.tools.answers import FILE as ANSWERS
from moe_robot.experts.tools.answers import read_answers
from moe_robot.lexicon import lexicon_of
from moe_robot.router.parser import SentenceParser
from moe_robot.skills.schemas import schemas
from moe_robot.structs import LANGUAGES, Utterance
from moe_robot.world.home import load_home

SHIPPED = shipped_folder()
ANSWERERS = {"sentences", *TOOLS}


def test_the_shipped_experts_are_all_good() -> None:
    assert survey([SHIPPED], ANSWERERS).left_out == ()


def test_the_shipped_experts_own_every_skill_once() -> None:
    cards = load_cards([SHIPPED])
    owned = [intent for card in cards.values() for intent in card.intents]
    assert sorted(owned) == sorted(schemas(load_config()))


def test_every_expert_with_intents_has_an_example_that_is_a_sentence_of_its_own() -> None:
    cards, cfg = load_cards([SHIPPED]), load_config(None, {"router.strategy": "rule_based"})
    router = build_router(cfg, SentenceParser(lexicon_of(load_home("flat")), cfg), cards)
    for shipped in (each for each in cards.values() if each.intents):
        for language in LANGUAGES:
            routes = [router.route(Utterance(text, language)).expert for text in shipped.examples[language]]
            assert shipped.id in routes, f"{shipped.id}: no example in {language}"


def test_a_whole_card_is_read(tmp_path: Path) -> None:
    limits = {"timeout_s": 2, "max_tokens": 200}
    read = card(tmp_path, "sums", chain=["arithmetic", "llm"], intents=["add"], limits=limits)
    assert (read.id, read.category, read.chain, read.intents) == (
        "sums",
        "mathematics",
        ("arithmetic", "llm"),
        ("add",),
    )
    assert read.limits == Limits(2.0, 200)
    assert read.prompt["ru"] == "Отвечай кратко."
    assert read.folder == tmp_path / "sums"


def test_prompt_and_limits_may_be_missing(tmp_path: Path) -> None:
    read = card(tmp_path, "sums", prompt=None)
    assert (read.prompt, read.limits) == ({}, Limits())


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"category": None}, "'category' is missing"),
        ({"colour": "red"}, "'colour' is unknown"),
        ({"category": "Maths & co"}, "'category'"),
        ({"name": {"en": "Example"}}, "'name'"),
        ({"name": {"en": "Example", "ru": " "}}, "'name.ru'"),
        ({"description": "one for both"}, "'description'"),
        ({"examples": {"ru": [], "en": ["a"]}}, "'examples.ru'"),
        ({"examples": {"ru": ["а", "а"], "en": ["a"]}}, "'examples.ru'"),
        ({"examples": {"ru": [7], "en": ["a"]}}, "'examples.ru'"),
        ({"intents": "drive"}, "'intents'"),
        ({"chain": []}, "'chain'"),
        ({"prompt": {"en": "x"}}, "'prompt'"),
        ({"limits": {"timeout_s": -1}}, "'limits.timeout_s'"),
        ({"limits": {"timeout_s": float("nan")}}, "'limits.timeout_s'"),
        ({"limits": {"max_tokens": 1.5}}, "'limits.max_tokens'"),
        ({"limits": {"max_tokens": True}}, "'limits.max_tokens'"),
        ({"limits": {"speed": 1}}, "'limits'"),
        ({"limits": [1]}, "'limits'"),
    ],
)
def test_a_wrong_key_is_named_with_its_file(tmp_path: Path, changed: dict[str, object], named: str) -> None:
    folder = write(tmp_path, "sums", **changed)
    with pytest.raises(ConfigError, match=named) as caught:
        read_card(folder / CONFIG)
    assert str(folder / CONFIG) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe{}", b"null", b"[" * 100_000, b"{}"])
def test_a_file_that_is_no_card_is_named_and_left_out(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, "good")
    (write(tmp_path, "bad") / CONFIG).write_bytes(content)
    found = survey([tmp_path])
    assert set(found.good) == {"good"}
    assert len(found.left_out) == 1
    assert str(tmp_path / "bad" / CONFIG) in found.left_out[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ru", "en", "x", ""]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(key=st.sampled_from([*REQUIRED, *OPTIONAL]), value=JSON)
def test_whatever_stands_under_a_key_a_card_is_right_or_named_with_it(key: str, value: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), "good")
        write(Path(folder), "other")
        path = Path(folder) / "other" / CONFIG
        path.write_text(json.dumps({**CARD, key: value}), encoding="utf-8")
        found = survey([Path(folder)], ANSWERERS)
        assert "good" in found.good
        if "other" not in found.good:
            assert str(path) in found.left_out[0]
            assert key in found.left_out[0]


def test_a_pipe_a_folder_and_a_huge_file_are_no_cards(tmp_path: Path) -> None:
    write(tmp_path, "good")
    for name in ("pipe", "folder", "huge"):
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "pipe" / CONFIG)
    (tmp_path / "folder" / CONFIG).mkdir()
    (tmp_path / "huge" / CONFIG).write_bytes(b" " * (MOST_BYTES + 1))
    found = survey([tmp_path])
    assert set(found.good) == {"good"}
    assert [CONFIG in reason for reason in found.left_out] == [True] * 3


def test_a_place_for_experts_that_is_no_folder_is_an_empty_one(tmp_path: Path) -> None:
    write(tmp_path, "good")
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert set(survey([tmp_path, tmp_path / "file", tmp_path / "loop", tmp_path / "gone"]).good) == {"good"}


def test_a_folder_without_a_card_is_named_and_hidden_ones_are_not(tmp_path: Path) -> None:
    write(tmp_path, "good")
    for name in ("nothing", ".git", "__pycache__"):
        (tmp_path / name).mkdir()
    found = survey([tmp_path])
    assert set(found.good) == {"good"}
    assert [str(tmp_path / "nothing") in reason for reason in found.left_out] == [True]


@pytest.mark.parametrize("id", ["Sums", "два", "a-b", "1st", "a b"])
def test_an_id_that_is_no_plain_word_is_left_out(tmp_path: Path, id: str) -> None:
    write(tmp_path, id)
    found = survey([tmp_path])
    assert (found.good, len(found.left_out)) == ({}, 1)


def test_of_two_experts_with_one_id_the_first_folder_s_stays(tmp_path: Path) -> None:
    write(tmp_path / "shipped", "sums", category="mathematics")
    write(tmp_path / "own", "sums", category="mine")
    write(tmp_path / "own", "more")
    found = survey([tmp_path / "shipped", tmp_path / "own"])
    assert {id: card.category for id, card in found.good.items()} == {"sums": "mathematics", "more": "mathematics"}
    assert len(found.left_out) == 1
    assert str(tmp_path / "own" / "sums") in found.left_out[0]
    assert str(tmp_path / "shipped" / "sums") in found.left_out[0]


def test_of_two_experts_with_one_intent_the_later_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "one", intents=["add"])
    write(tmp_path, "two", intents=["take_away", "add"])
    write(tmp_path, "zero", intents=["take_away"])
    found = survey([tmp_path])
    assert set(found.good) == {"one", "zero"}
    assert "'add' belongs to the expert 'one'" in found.left_out[0]


def test_a_chain_with_an_answerer_that_there_is_not_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "good")
    write(tmp_path, "bad", chain=["sentences", "oracle"])
    found = survey([tmp_path], {"sentences"})
    assert set(found.good) == {"good"}
    assert "'oracle'" in found.left_out[0]


def test_what_is_left_out_is_in_the_log_and_the_rest_works(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path, "good")
    write(tmp_path, "bad", chain=[])
    assert set(load_cards([tmp_path])) == {"good"}
    assert "bad" in caplog.text


def test_no_good_card_at_all_is_an_error_that_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="reinstall"):
        load_cards([tmp_path, tmp_path / "not there"])
    write(tmp_path, "bad", chain=[])
    with pytest.raises(ConfigError, match="'chain'"):
        load_cards([tmp_path])


def test_own_experts_are_read_beside_the_shipped_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOE_ROBOT_HOME", str(tmp_path))
    write(tmp_path / "experts", "sums_of_mine", **CARD)
    write(tmp_path / "elsewhere", "other")
    cfg = load_config()
    assert "sums_of_mine" in load_cards(expert_folders(cfg.experts))
    cfg = load_config(None, {"experts.folder": str(tmp_path / "elsewhere")})
    assert {"other"} == set(load_cards(expert_folders(cfg.experts))) - set(load_cards([SHIPPED]))


DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "experts.md"


def test_the_card_and_the_answers_in_the_document_are_right(tmp_path: Path) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^```(json|yaml)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL))
    (tmp_path / "plant_care").mkdir()
    (tmp_path / "plant_care" / CONFIG).write_text(blocks["json"], encoding="utf-8")
    (tmp_path / "plant_care" / ANSWERS).write_text(blocks["yaml"], encoding="utf-8")
    assert survey([tmp_path], ANSWERERS).left_out == ()
    assert len(read_answers(tmp_path / "plant_care" / ANSWERS)) == 1


def test_every_key_of_a_card_is_in_the_document() -> None:
    section = DOCUMENT.read_text(encoding="utf-8").split("| key of `config.json`", 1)[1].split("\n\n", 1)[0]
    told = {key for row in section.splitlines()[2:] for key in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert told == {*REQUIRED, *OPTIONAL}


def test_the_list_of_experts_in_the_document_is_the_shipped_one() -> None:
    section = DOCUMENT.read_text(encoding="utf-8").split("## The shipped experts", 1)[1].split("\n## ", 1)[0]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if line.startswith("| ")]
    told = {
        expert.strip("`"): (category, tuple(re.findall(r"`(\w+)`", chain))) for category, expert, chain, _ in cells[1:]
    }
    assert told == {card.id: (card.category, card.chain) for card in load_cards([SHIPPED]).values()}
