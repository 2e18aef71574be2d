"""People are known by what they are called at home."""

from __future__ import annotations

from pathlib import Path

from moe_robot.config import read_yaml
from moe_robot.lexicon import lexicon_of
from moe_robot.short_names import with_short_names
from moe_robot.world.home import load_home


def test_a_short_name_in_any_case_is_the_person() -> None:
    lexicon = lexicon_of(load_home("flat"))
    for said in ("аня", "аню", "ане", "аней", "анечке", "anya", "annie"):
        assert lexicon.lookup([said]) == [("person", "anna")], said
    assert lexicon.lookup(["ваней"]) == [("person", "ivan")]


def test_the_robot_says_the_name_that_was_given() -> None:
    assert lexicon_of(load_home("flat")).say("person", "anna", "ru", "accs") == "Анну"


def test_a_short_name_of_two_people_is_nobodys() -> None:
    named = with_short_names({"a": {"ru": ("Александр",)}, "b": {"ru": ("Александра",)}})
    assert "Саша" not in named["a"]["ru"] + named["b"]["ru"]
    assert "Саня" in named["a"]["ru"]


def test_a_given_name_is_no_short_name_of_another() -> None:
    named = with_short_names({"a": {"en": ("Alexander",)}, "b": {"en": ("Alex",)}})
    assert "Alex" not in named["a"]["en"] and named["b"]["en"] == ("Alex",)


def test_no_short_name_is_listed_twice_for_a_name() -> None:
    table = read_yaml(Path(__file__).parents[1] / "moe_robot" / "short_names.yaml")
    for some in table.values():
        for full, forms in some.items():
            assert len(set(forms)) == len(forms) and full not in forms, full
