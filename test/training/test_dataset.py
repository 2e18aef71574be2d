from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from training.small import add_expert, small_data

from moe_robot.errors import ConfigError
from moe_robot.router.features import sentence_key
from moe_robot.training.dataset import OUT_OF_SCOPE, read_data, sample, split, vocabulary


def test_every_expert_has_sentences_in_both_languages_and_out_of_scope_too(tmp_path: Path) -> None:
    sentences, doubtful = sample(read_data([(folders := small_data(tmp_path))[0]], folders[1]), 20, 20, 1)
    places = {(s.expert, s.language) for s in sentences}
    assert places == {(e, lang) for e in ("lamp", "tea", "north", "south", OUT_OF_SCOPE) for lang in ("ru", "en")}
    assert not doubtful
    assert len({sentence_key(s.text) for s in sentences}) == len(sentences)


def test_the_same_seed_gives_the_same_sentences_and_another_others(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    data = read_data([experts], router)
    assert sample(data, 30, 30, 5) == sample(read_data([experts], router), 30, 30, 5)
    assert sample(data, 30, 30, 5) != sample(data, 30, 30, 6)


def test_what_is_held_back_to_calibrate_shares_no_template_with_training(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    data = read_data([experts], router)
    held = split(data, 0.3, 1)
    assert held
    assert held < set(range(len(data.sources)))


def test_one_sentence_under_two_experts_is_an_error_that_names_both(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    add_expert(experts, "sauna", "house", ["Make it hot", "a cup of tea!"], ["жарко"])
    with pytest.raises(ConfigError, match=r"a cup of tea.*'tea'.*'sauna'|a cup of tea.*'sauna'.*'tea'"):
        read_data([experts], router)


def test_the_same_sentence_twice_under_one_expert_counts_once(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    add_expert(experts, "sauna", "house", ["make it hot", "Make it hot!"], ["жарко"])
    data = read_data([experts], router)
    assert [s.template.source for s in data.sources if s.expert == "sauna" and s.language == "en"] == ["make it hot"]


def test_templates_of_two_experts_that_make_one_sentence_are_reported_and_it_is_left_out(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    add_expert(experts, "compass", "motion", ["which way is (north|south)", "(head|look) north"], ["где север"])
    sentences, doubtful = sample(read_data([experts], router), 40, 10, 1)
    assert any("north" in line and "compass" in line for line in doubtful)
    owners = {s.expert for s in sentences if sentence_key(s.text) == "head north"}
    assert len(owners) <= 1


def test_one_expert_alone_is_nothing_to_tell_apart(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    for id in ("lamp", "tea", "north"):
        shutil.rmtree(experts / id)
    with pytest.raises(ConfigError, match=r"at least two experts.*'south'"):
        read_data([experts], router)


def test_no_experts_at_all_is_nothing_to_train_from(tmp_path: Path) -> None:
    _, router = small_data(tmp_path)
    with pytest.raises(ConfigError, match="nothing to train from"):
        read_data([tmp_path / "empty"], router)


def test_a_broken_template_an_unknown_slot_and_a_wrong_file_are_named(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    paraphrases = experts / "tea" / "paraphrases.yaml"
    for text, says in (
        ('en: ["(make tea"]', "never closed"),
        ('en: ["tea for {guests}"]', r"unknown slot \{guests\}"),
        ("en: tea", "lists of templates"),
        ("fr: [the]", "expected the keys ru, en"),
        ("en: [", "not valid YAML"),
    ):
        paraphrases.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match=says) as error:
            read_data([experts], router)
        assert "tea" in str(error.value)


def test_of_what_people_taught_the_latest_counts_and_unknown_experts_do_not(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    labels = tmp_path / "labels.jsonl"
    rows = [("warm it up", "lamp"), ("warm it up!", "tea"), ("fly", "gone")]
    lines = [json.dumps({"text": text, "language": "en", "expert": expert}) for text, expert in rows]
    labels.write_text("\n".join([*lines, "no json"]), encoding="utf-8")
    data = read_data([experts], router, labels)
    assert [(s.template.source, s.expert) for s in data.sources if s.where == str(labels)] == [("warm it up!", "tea")]


def test_two_folders_with_one_expert_are_an_error(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    add_expert(tmp_path / "own", "tea", "house", ["green tea"], ["зелёный чай"])
    with pytest.raises(ConfigError, match="'tea' already"):
        read_data([experts, tmp_path / "own"], router)


def said(router: Path, name: str, rows: str) -> None:
    (router / "said").mkdir(exist_ok=True)
    (router / "said" / name).write_text(rows, encoding="utf-8")


def test_what_people_said_is_there_as_they_said_it_with_its_copies(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    said(router, "mixed.yaml", "- {text: Warm it up a little for me would you, expert: lamp}\n- {text: ну и погодка}\n")
    data = read_data([experts], router)
    sentences, _ = sample(data, 20, 20, 1, copies=5)
    assert ("Warm it up a little for me would you", "en", "lamp") in {(s.text, s.language, s.expert) for s in sentences}
    assert ("ну и погодка", "ru", OUT_OF_SCOPE) in {(s.text, s.language, s.expert) for s in sentences}
    groups = {s.group for s in sentences if s.said and s.expert == "lamp"}
    copies = [s for s in sentences if s.group in groups]
    assert len(groups) == 1
    assert 1 < len(copies) <= 6
    assert all(s.said for s in copies)


def test_a_template_does_not_take_what_somebody_said_for_another_expert(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    said(router, "en_1.yaml", "- {text: Go north a mile!, expert: tea}\n")
    sentences, doubtful = sample(read_data([experts], router), 60, 20, 1)
    assert {s.expert for s in sentences if sentence_key(s.text) == "go north a mile"} == {"tea"}
    assert any("go north a mile" in line for line in doubtful)


def test_rows_that_nobody_can_use_are_named(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    for rows, says in (
        ("- {text: hello there, expert: lmap}", "'hello there' is for 'lmap', and there is no such expert"),
        ("- {txt: hello}", "expected rows of"),
        ("text: hello", "expected rows of"),
        ("- [", "cannot be read"),
        ("- {text: a cup of tea, expert: north}", "belongs to 'tea'.*and to 'north'"),
    ):
        said(router, "en_1.yaml", rows)
        with pytest.raises(ConfigError, match=says) as error:
            read_data([experts], router)
        assert "en_1.yaml" in str(error.value)


def test_a_slip_in_what_somebody_said_is_no_word_and_a_new_word_is(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    said(router, "en_1.yaml", "- {text: swich the lammp off, expert: lamp}\n- {text: illuminate, expert: lamp}\n")
    words = vocabulary(read_data([experts], router), 1)
    assert {"switch", "lamp", "illuminate", "metre", "лампу"} <= set(words)
    assert not {"swich", "lammp"} & set(words)
