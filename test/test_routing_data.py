"""The utterances in test/data/routing: known experts, enough of each, none twice, none that the router was trained on;
the plans of the dialogues parse."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.router_sets import Case, seen_in_training  # noqa: E402
from moe_robot.experts.card import shipped_folder  # noqa: E402
from moe_robot.notation import format_nodes, parse_nodes  # noqa: E402
from moe_robot.structs import Language  # noqa: E402
from moe_robot.training.dataset import read_data  # noqa: E402

DATA = ROOT / "test" / "data" / "routing"
SAID = ROOT / "models" / "router" / "said"
FIRST_HALF = (  # experts 1-34, in the files dev_*_1.yaml
    *("drive", "turn", "stop", "wait", "cancel", "speed", "figures"),
    *("go_to", "patrol", "explore", "dock", "follow", "come_here", "route_order", "distance", "map", "position"),
    *("pick", "place", "bring", "gripper"),
    *("find", "describe", "count", "compare", "people", "obstacles", "read_text"),
    *("recall", "remember_place", "remember_fact", "recall_fact", "forget", "history"),
)
SECOND_HALF = (  # experts 35-68, in the files dev_*_2.yaml
    *("greeting", "small_talk", "identity", "help", "say"),
    *("arithmetic", "algebra", "derivative", "integral", "geometry", "statistics", "number_theory", "combinatorics"),
    *("word_problems", "units"),
    *("clock", "calendar", "timer", "reminder", "translation", "open_knowledge"),
    *("code_write", "code_explain", "code_check", "ros_help"),
    *("battery", "ros_graph", "diagnostics", "why_not_moving", "explain", "safety", "activity", "settings"),
    "resources",
)
EXPERTS = {*FIRST_HALF, *SECOND_HALF}
LANGUAGES = ("ru", "en")
MIN_PER_EXPERT = {"test": 20, "dev": 8}
MIN_AUTHORS = 2
MIN_DIALOGUES = {"dialogues": 100, "dev_dialogues": 30}
KINDS = {"place", "amount", "again", "pronoun", "mathematics", "time", "answer", "correction"}
CYRILLIC, LATIN = re.compile(r"[а-яё]", re.I), re.compile(r"[a-z]", re.I)


def normalised(text: str) -> str:
    """Lower case, without punctuation; signs of mathematics stay, or "2+3" and "2-3" would be alike."""
    return " ".join(re.sub(r"[^\w\s+\-*/^=<>%()]", " ", text.lower().replace("ё", "е")).split())


def rows(path: Path) -> list[dict[str, str]]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, list), f"{path.name}: expected a list of rows"
    return loaded


def rows_if_any(stem: str) -> list[dict[str, str]]:
    path = DATA / f"{stem}.yaml"
    return rows(path) if path.exists() else []


FILES = sorted(DATA.glob("*.yaml"))
DEVELOPMENT = [p for p in FILES if re.fullmatch(r"dev_(ru|en)_[12]", p.stem)]
TEST = [p for p in FILES if re.fullmatch(r"test_(ru|en)", p.stem)]
OUTSIDE = [p for p in FILES if p.stem.startswith("oos_")]
DIALOGUES = [p for p in FILES if p.stem.startswith(("dialogues_", "dev_dialogues_"))]


def test_every_expert_has_its_half() -> None:
    assert (len(FIRST_HALF), len(SECOND_HALF), len(EXPERTS)) == (34, 34, 68)


@pytest.mark.parametrize("path", DEVELOPMENT, ids=lambda p: p.stem)
def test_rows_are_texts_with_known_experts_of_that_half(path: Path) -> None:
    half = set(FIRST_HALF if path.stem.endswith("_1") else SECOND_HALF)
    for row in rows(path):
        assert set(row) == {"text", "expert"}, row
        assert isinstance(row["text"], str), row
        assert row["text"] == row["text"].strip() != "", row
        assert row["expert"] in half, row


@pytest.mark.parametrize("path", DEVELOPMENT, ids=lambda p: p.stem)
def test_every_expert_of_the_half_has_enough_utterances(path: Path) -> None:
    counts = Counter(row["expert"] for row in rows(path))
    expected = FIRST_HALF if path.stem.endswith("_1") else SECOND_HALF
    few = {expert: counts[expert] for expert in expected if counts[expert] < MIN_PER_EXPERT["dev"]}
    assert not few, f"{path.stem}: fewer than {MIN_PER_EXPERT['dev']} utterances for {few}"


@pytest.mark.parametrize("path", TEST, ids=lambda p: p.stem)
def test_test_rows_name_their_expert_and_author_and_every_expert_has_enough(path: Path) -> None:
    for row in rows(path):
        assert set(row) - {"second"} == {"text", "expert", "author"}, row
        assert isinstance(row["text"], str), row
        assert row["text"].strip() != "", row
        assert row["expert"] in EXPERTS, row
    assert len({row["author"] for row in rows(path)}) >= MIN_AUTHORS


@pytest.mark.parametrize("path", TEST, ids=lambda p: p.stem)
def test_enough_is_left_without_what_readers_doubt_and_what_training_has(path: Path) -> None:
    language: Language = "ru" if "_ru" in path.stem else "en"
    cases = [Case(row["text"], language, row["expert"]) for row in rows(path) if "second" not in row]
    seen = set(seen_in_training(cases, read_data([shipped_folder()], SAID.parent)))
    counts = Counter(case.expert for case in cases if case.text not in seen)
    few = {expert: counts[expert] for expert in sorted(EXPERTS) if counts[expert] < MIN_PER_EXPERT["test"]}
    assert not few, f"{path.stem}: fewer than {MIN_PER_EXPERT['test']} utterances are left for {few}"


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda p: p.stem)
def test_rows_for_nobody_name_their_kind(path: Path) -> None:
    for row in rows(path):
        assert set(row) - {"author", "second"} == {"text", "kind"}, row


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_utterance_twice_within_or_between_development_and_test(language: str) -> None:
    paths = [p for p in (*DEVELOPMENT, *TEST, *OUTSIDE) if language in p.stem.split("_")]
    said = Counter(normalised(row["text"]) for path in paths for row in rows(path))
    assert said, f"no utterances in {language}"
    twice = [text for text, times in said.items() if times > 1]
    assert not twice, f"said more than once: {twice}"


@pytest.mark.parametrize("path", sorted(SAID.glob("*.yaml")), ids=lambda p: p.stem)
def test_what_trains_is_not_what_measures(path: Path) -> None:
    """Word for word. What templates make is looked for, and told, by `bench/router.py`."""
    measured = {normalised(row["text"]) for other in FILES if "dialogues" not in other.stem for row in said_in(other)}
    both = [row["text"] for row in rows(path) if normalised(row["text"]) in measured]
    assert not both, f"{path.stem}: trains and measures: {both}"


def test_no_card_shows_an_utterance_that_measures() -> None:
    test = {normalised(row["text"]) for path in TEST for row in rows(path)}
    cards = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(shipped_folder().glob("*/config.json"))]
    assert cards
    shown = {normalised(text) for card in cards for texts in card["examples"].values() for text in texts}
    assert not test & shown


def said_in(path: Path) -> list[dict[str, str]]:
    """Its rows that are single utterances."""
    return [row for row in rows(path) if "text" in row]


@pytest.mark.parametrize("path", [p for p in DEVELOPMENT if p.stem.endswith("_1")], ids=lambda p: p.stem)
def test_rows_of_experts_that_move_are_in_the_language_of_their_file(path: Path) -> None:
    own = CYRILLIC if "_ru_" in path.stem else LATIN
    strange = [row["text"] for row in rows(path) if not own.search(row["text"])]
    assert not strange, strange


def test_no_dialogue_trains_and_measures() -> None:
    """Word for word, all turns."""

    def turns_of(path: Path) -> set[tuple[str, ...]]:
        return {tuple(map(normalised, row["turns"])) for row in rows(path)}

    measured = {turns for path in DIALOGUES if path.stem.startswith("dialogues_") for turns in turns_of(path)}
    trained = {turns for path in (SAID.parent / "dialogues").glob("*.yaml") for turns in turns_of(path)}
    assert trained
    assert not measured & trained


def test_there_are_enough_dialogues_of_every_kind() -> None:
    for stem, least in MIN_DIALOGUES.items():
        for language in LANGUAGES:
            kinds = Counter(row["kind"] for row in rows(DATA / f"{stem}_{language}.yaml"))
            assert sum(kinds.values()) >= least, (stem, language, sum(kinds.values()))
            assert set(kinds) == KINDS, (stem, language, set(kinds) ^ KINDS)
            assert min(kinds.values()) * len(KINDS) * 2 >= sum(kinds.values()), (stem, language, kinds)


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda p: p.stem)
def test_dialogues_have_two_or_three_turns_a_known_expert_and_a_plan_that_parses(path: Path) -> None:
    for row in rows(path):
        needed = {"turns", "expert", "meaning", "kind"}
        assert needed <= set(row) <= needed | {"plan", "second"}, row
        assert 2 <= len(row["turns"]) <= 3, row
        assert all(isinstance(turn, str) and turn.strip() for turn in row["turns"]), row
        assert row["expert"] in EXPERTS, row
        assert normalised(row["meaning"]) != normalised(row["turns"][-1]), f"does not lean on the turns before: {row}"
        if "plan" in row:
            assert format_nodes(parse_nodes(row["plan"])) == row["plan"], row
        if "second" in row:
            second = row["second"]
            assert {"expert", "meaning"} <= set(second) <= {"expert", "meaning", "plan"}, row
            assert second["expert"] in EXPERTS, row
            assert parse_nodes(second["plan"]) if "plan" in second else second["meaning"].strip(), row


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_dialogue_twice_within_or_between_development_and_test(language: str) -> None:
    said = Counter(
        tuple(normalised(turn) for turn in row["turns"])
        for stem in MIN_DIALOGUES
        for row in rows_if_any(f"{stem}_{language}")
    )
    twice = [turns for turns, times in said.items() if times > 1]
    assert not twice, f"said more than once: {twice}"
