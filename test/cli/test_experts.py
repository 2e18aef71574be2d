"""The commands about experts: a folder is made, listed, checked; what is wrong is named with its file and key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from moe_robot.brain import build_brain
from moe_robot.cli.main import app
from moe_robot.config import load_config
from moe_robot.errors import ConfigError
from moe_robot.experts.card import CONFIG, read_card
from moe_robot.lexicon import lexicon_of
from moe_robot.structs import Utterance
from moe_robot.world.home import load_home

RU = (
    "как часто поливать фикус",
    "какой свет нужен кактусу",
    "пора ли пересадить алоэ",
    "почему вянет роза",
    "чем удобрять фиалки",
)
EN = ("how often do I water the ficus", "what light does a cactus need", "is it time to repot the aloe",
      "why does the rose wilt", "what do violets eat")  # fmt: skip
NAMED = ("--category", "dialogue", "--name-ru", "Растения", "--name-en", "Plants")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOE_ROBOT_HOME", str(tmp_path))
    return tmp_path / "experts"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def create(id: str, *more: str) -> Result:
    examples = [option for text in RU for option in ("--ru", text)] + [
        option for text in EN for option in ("--en", text)
    ]
    return run("create-expert", id, *NAMED, *examples, *more)


def test_a_new_expert_is_a_folder_that_is_right_at_once(own: Path) -> None:
    made = create("plant_care")
    assert made.exit_code == 0, made.output
    assert "train-router" in made.output
    assert "advice" not in made.output
    card = read_card(own / "plant_care" / CONFIG)
    assert (card.category, card.chain, card.intents) == ("dialogue", ("llm",), ())
    assert card.examples == {"ru": RU, "en": EN}
    assert card.prompt["en"]
    assert yaml.safe_load((own / "plant_care" / "paraphrases.yaml").read_text()) == {"ru": list(RU), "en": list(EN)}


def test_a_new_expert_is_among_the_experts_of_the_brain(own: Path) -> None:
    create("sums_of_mine", "--chain", "sentences")
    home = load_home("flat")
    brain = build_brain(load_config(), home, lexicon_of(home))
    assert "sums_of_mine" in brain.experts.cards
    assert "sums_of_mine (yours)" in run("experts").output


@pytest.mark.parametrize("id", ["../up", "Plants", "два", "a b", ""])
def test_an_id_that_is_no_plain_word_makes_nothing(own: Path, id: str) -> None:
    made = create(id)
    assert isinstance(made.exception, ConfigError)
    assert not own.exists()


def test_an_id_that_is_taken_makes_nothing(own: Path) -> None:
    create("plant_care")
    before = (own / "plant_care" / CONFIG).read_text()
    again = create("plant_care", "--chain", "hint")
    assert isinstance(again.exception, ConfigError)
    assert "already" in str(again.exception)
    assert (own / "plant_care" / CONFIG).read_text() == before


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--category", "Home & garden"), "--category"),
        (("--chain", "oracle"), "oracle"),
        (("--name-ru", ""), "--name-ru"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_made(own: Path, words: tuple[str, ...], named: str) -> None:
    made = create("plant_care", *words)
    assert isinstance(made.exception, ConfigError)
    assert named in str(made.exception)
    assert not own.exists()


def test_without_examples_in_both_languages_nothing_is_made(own: Path) -> None:
    made = run("create-expert", "plant_care", *NAMED, "--ru", "поливать ли фикус")
    assert "English" in str(made.exception)
    assert not own.exists()


def test_marks_of_templates_in_an_example_are_no_template(own: Path) -> None:
    create("plant_care", "--en", "what (exactly) is {this} [plant]|tree")
    rows = yaml.safe_load((own / "plant_care" / "paraphrases.yaml").read_text())["en"]
    assert rows[-1] == "what exactly is this plant tree"
    assert run("check-expert", str(own / "plant_care")).exit_code == 0


def change(folder: Path, **keys: object) -> None:
    path = folder / CONFIG
    path.write_text(json.dumps({**json.loads(path.read_text()), **keys}), encoding="utf-8")


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"chain": ["oracle"]}, "'oracle'"),
        ({"chain": []}, "'chain'"),
        ({"intents": ["stop"]}, "'stop' belongs to"),
        ({"examples": {"ru": ["а"]}}, "'examples'"),
        ({"colour": "red"}, "'colour'"),
    ],
)
def test_a_wrong_card_is_named_by_its_key(own: Path, keys: dict[str, object], named: str) -> None:
    create("plant_care")
    change(own / "plant_care", **keys)
    checked = run("check-expert", str(own / "plant_care"))
    assert checked.exit_code == 1
    assert named in checked.output
    assert CONFIG in checked.output
    listed = run("experts")
    assert listed.exit_code == 1
    assert "left out" in listed.output


def test_an_example_of_another_expert_is_named(own: Path) -> None:
    create("plant_care")
    create("garden", "--en", "Why does the rose wilt?!")
    checked = run("check-expert", str(own / "garden"))
    assert checked.exit_code == 1
    assert "'plant_care'" in checked.output


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("en: [a\n", "YAML"),
        ("- a\n", "mapping"),
        ("en: [one]\n", "'ru'"),
        ("en: ['(one|two']\nru: [один]\n", "never closed"),
        ("en: ['one]']\nru: [один]\n", "opening bracket"),
        ("en: ['{one']\nru: [один]\n", "'{one'"),
        ("en: ['{no_such_slot}']\nru: [один]\n", "{no_such_slot}"),
        ("en: []\nru: [один]\n", "'en'"),
    ],
)
def test_wrong_templates_are_named(own: Path, text: str, named: str) -> None:
    create("plant_care")
    (own / "plant_care" / "paraphrases.yaml").write_text(text, encoding="utf-8")
    checked = run("check-expert", str(own / "plant_care"))
    assert checked.exit_code == 1
    assert named in checked.output


def test_the_list_has_every_expert_with_its_category_and_chain(own: Path) -> None:
    listed = run("experts")
    assert listed.exit_code == 0, listed.output
    home = load_home("flat")
    for card in build_brain(load_config(), home, lexicon_of(home)).experts.cards.values():
        row = next(line for line in listed.output.splitlines() if f" {card.id} " in line)
        assert row.startswith(card.category)
        assert card.chain[0] in row


def test_a_new_expert_without_a_language_model_says_so_and_invents_nothing(own: Path) -> None:
    create("plant_care")
    home = load_home("flat")
    brain = build_brain(load_config(), home, lexicon_of(home))
    turn = brain.answer_as("plant_care", Utterance(EN[0], "en"))
    assert turn.plan is None
    assert [part.answerer for part in turn.reply.asked] == ["llm"]


def test_written_answers_are_checked_and_given_and_the_router_finds_them_without_training(own: Path) -> None:
    create("plant_care", "--chain", "answers", "--chain", "llm")
    folder = own / "plant_care"
    missing = run("check-expert", str(folder))
    assert missing.exit_code == 1
    assert "answers.yaml" in missing.output
    rows = [{"ask": {"ru": [RU[0]], "en": [EN[0]]}, "say": {"ru": "Раз в неделю.", "en": "Once a week."}}]
    (folder / "answers.yaml").write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    assert run("check-expert", str(folder)).exit_code == 0
    home = load_home("flat")
    brain = build_brain(load_config(), home, lexicon_of(home))
    for text, language, says in ((EN[0], "en", "Once a week."), (RU[0], "ru", "Раз в неделю.")):
        turn = brain.respond(Utterance(text, language))  # type: ignore[arg-type]
        assert (turn.route.expert, turn.reply.text, turn.refusal) == ("plant_care", says, "")
        assert turn.reply.model_used == "answers"
