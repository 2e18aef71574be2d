"""The sentences in test/data/understanding: their plans parse, name real things, and no sentence is in two files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml

from moe_robot.notation import format_nodes, parse_nodes
from moe_robot.structs import Branch, Condition, PlanNode, Repeat, Step

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "test" / "data" / "understanding"
COMMANDS = {  # minimum
    "dev_ru": 160,
    "dev_en": 160,
    "dev2_ru": 450,
    "dev2_en": 450,
    "dev3_ru": 260,
    "dev3_en": 260,
    "test_ru": 430,
    "test_en": 430,
}
REFUSALS = {"refuse_dev": 60, "refuse_dev2": 200, "refuse_dev3": 100, "refuse_test": 220}
REASONS = {
    *("not_understood", "unknown_place", "unknown_object", "unknown_person", "unknown_color", "out_of_range"),
    *("missing_capability", "contradictory", "injection", "other_language", "chitchat", "negated", "ambiguous"),
}
PER_SKILL = {"test_ru": 8, "test_en": 8, "dev2_ru": 12, "dev2_en": 12, "dev3_ru": 4, "dev3_en": 4}

# docs/plan-language.md: skill -> the sets of parameters it takes (required, optional).
SKILLS: dict[str, tuple[tuple[set[str], set[str]], ...]] = {
    "drive": ((set(), {"distance_m", "speed_mps"}),),
    "turn": ((set(), {"angle_deg"}),),
    "stop": ((set(), set()),),
    "cancel": ((set(), set()),),
    "go_to": (
        ({"place"}, set()),
        ({"object"}, {"color"}),
        ({"person"}, set()),
        ({"x_m", "y_m"}, {"yaw_deg"}),
    ),
    "find": (({"object"}, {"color", "place"}), ({"person"}, {"place"})),
    "look": ((set(), {"direction"}),),
    "follow": ((set(), {"person", "duration_s"}),),
    "patrol": ((set(), {"places", "rounds"}),),
    "explore": ((set(), {"duration_s"}),),
    "dock": ((set(), set()),),
    "remember_place": (({"name"}, set()),),
    "where_am_i": ((set(), set()),),
    "what_do_you_see": ((set(), set()),),
    "count": (({"object"}, {"color", "place"}), ({"color"}, {"place"}), ({"person"}, {"place"})),
    "recall": (({"object"}, {"color"}), ({"person"}, set())),
    "battery": ((set(), set()),),
    "say": (({"text"}, set()),),
    "wait": (({"duration_s"}, set()),),
    "help": ((set(), set()),),
}
CONDITIONS: dict[str, tuple[tuple[set[str], set[str]], ...]] = {
    "see": (({"object"}, {"color"}), ({"color"}, set()), ({"person"}, set())),
    "battery_below": (({"percent"}, set()),),
}
NUMBERS = {"distance_m", "speed_mps", "angle_deg", "x_m", "y_m", "yaw_deg", "duration_s", "rounds", "percent"}
POSITIVE = {"speed_mps", "duration_s", "rounds", "percent"}
DIRECTIONS = {"around", "left", "right", "back", "ahead"}


def load(name: str) -> list[dict[str, object]]:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def ids() -> dict[str, set[str]]:
    home = yaml.safe_load((ROOT / "worlds" / "flat.yaml").read_text(encoding="utf-8"))
    words = yaml.safe_load((ROOT / "worlds" / "vocabulary.yaml").read_text(encoding="utf-8"))
    named = {name for name, item in home["furniture"].items() if "names" in item}
    places = {*home["rooms"], *home["places"], *named}
    people = {*home["people"], "any"}
    return {"place": places, "object": {*words["objects"]}, "color": {*words["colors"]}, "person": people}


IDS = ids()


def normalise(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", "", text.lower().replace("ё", "е")).split())


def walk(nodes: Iterable[PlanNode]) -> Iterator[Step | Condition]:
    for node in nodes:
        if isinstance(node, Step):
            yield node
        elif isinstance(node, Repeat):
            assert (node.times is None) != (node.until is None)
            assert node.body
            assert node.times is None or 2 <= node.times <= 50
            if node.until is not None:
                yield node.until
            yield from walk(node.body)
        elif isinstance(node, Branch):
            assert node.then
            yield node.condition
            yield from walk(node.then)
            yield from walk(node.otherwise)


def check(item: Step | Condition) -> None:
    table = SKILLS if isinstance(item, Step) else CONDITIONS
    name = item.skill if isinstance(item, Step) else item.kind
    assert name in table, f"unknown {name}"
    keys = set(item.params)
    assert any(must <= keys <= must | may for must, may in table[name]), f"{name} does not take {sorted(keys)}"
    for key, value in item.params.items():
        if key in NUMBERS:
            assert isinstance(value, float), f"{key}={value!r} is not a number"
            assert value > 0 or key not in POSITIVE, f"{key}={value}"
        elif key in IDS:
            known = value in IDS[key] or (key == "object" and value == "any" and name in ("count", "see"))
            assert known, f"unknown {key} {value!r}"
        elif key == "places":
            assert isinstance(value, tuple) and value and set(value) <= IDS["place"], f"unknown places {value!r}"
        elif key == "direction":
            assert value in DIRECTIONS
        else:
            assert isinstance(value, str) and value == value.strip() and value, f"{key}={value!r}"


def skill_counts(name: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in load(name):
        found.update({item.skill for item in walk(parse_nodes(str(row["plan"]))) if isinstance(item, Step)})
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_plans_parse_and_name_real_things(name):
    for row in load(name):
        assert set(row) in ({"text", "plan"}, {"text", "plan", "also"}), row
        plans = [row["plan"], *row.get("also", [])]
        assert len(set(plans)) == len(plans), row
        for plan in plans:
            nodes = parse_nodes(plan)
            assert nodes, row
            assert format_nodes(nodes) == plan, row
            for item in walk(nodes):
                try:
                    check(item)
                except AssertionError as error:
                    pytest.fail(f"{name}: {row['text']!r}: {error}")


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals_have_a_reason(name):
    rows = load(name)
    assert all(set(row) == {"text", "reason"} and row["reason"] in REASONS for row in rows)
    russian = sum(bool(re.search("[а-яё]", str(row["text"]).lower())) for row in rows)
    assert 0.4 <= russian / len(rows) <= 0.6
    if name in ("refuse_dev2", "refuse_dev3", "refuse_test"):
        assert {row["reason"] for row in rows} == REASONS


@pytest.mark.parametrize(("name", "minimum"), [*COMMANDS.items(), *REFUSALS.items()])
def test_counts_reach_the_minimum(name, minimum):
    assert len(load(name)) >= minimum


@pytest.mark.parametrize(("name", "minimum"), PER_SKILL.items())
def test_every_skill_is_tested(name, minimum):
    found = skill_counts(name)
    assert {skill: found[skill] for skill in SKILLS if found[skill] < minimum} == {}


@pytest.mark.parametrize("name", PER_SKILL)
def test_all_of_the_flat_is_spoken_of(name):
    used: dict[str, set[str]] = {key: set() for key in IDS}
    for row in load(name):
        for item in walk(parse_nodes(str(row["plan"]))):
            for key, value in item.params.items():
                if key in used:
                    used[key].add(str(value))
                elif key == "places":
                    used["place"].update(value)
    for row in load(name):  # the base is spoken of by dock() or by go_to(place=dock)
        if "place=dock" in str(row.get("also", "")):
            used["place"].add("dock")
    assert {key: IDS[key] - used[key] for key in IDS} == {key: set() for key in IDS}


def test_no_sentence_twice():
    where: dict[str, str] = {}
    twice = []
    for name in (*COMMANDS, *REFUSALS):
        for row in load(name):
            text = normalise(str(row["text"]))
            if not text:
                twice.append((text, name, "empty"))
            if text in where:
                twice.append((text, where[text], name))
            where[text] = name
    assert twice == []
