from __future__ import annotations

import re
from random import Random

import pytest

from moe_robot.errors import ConfigError
from moe_robot.router.features import sentence_key
from moe_robot.training.templates import parse, plain

SLOTS = {"room": ("kitchen", "living room (big)")}


def all_of(source: str) -> set[str]:
    template, rng = parse(source, "test"), Random(1)
    return {template.sample(rng, SLOTS) for _ in range(300)}


def test_groups_options_and_slots_become_every_sentence_that_they_stand_for() -> None:
    assert all_of("(go|drive [fast]) to {room}") == {
        f"{verb} to {room}" for verb in ("go", "drive", "drive fast") for room in SLOTS["room"]
    }


def test_an_option_may_hold_several_ways_and_groups_may_nest() -> None:
    assert all_of("stop [now|right (here|there)]!") == {"stop!", "stop now!", "stop right here!", "stop right there!"}


def test_a_value_of_a_slot_is_literal_brackets_and_all() -> None:
    assert "in living room (big)" in all_of("in {room}")


def test_a_plain_sentence_is_no_template() -> None:
    assert plain("f(x) = [1|2]").sample(Random(1), {}) == "f(x) = [1|2]"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("go (there", "never closed"),
        ("go there)", "opening bracket"),
        ("go [there)", "expected ']'"),
        ("go | stay", "outside of brackets"),
        ("to {the room}", "no slot"),
        ("to room}", "without '{'"),
        ("  ", "empty"),
    ],
)
def test_a_broken_template_is_named_with_its_place(source: str, says: str) -> None:
    with pytest.raises(ConfigError, match="place 7") as error:
        parse(source, "place 7")
    assert says in str(error.value)


def test_the_pattern_of_a_template_matches_exactly_its_sentences() -> None:
    template = parse("(go|drive [fast]), please, to {room}", "test")
    pattern = re.compile(template.pattern(SLOTS, sentence_key))
    rng = Random(3)
    assert all(pattern.fullmatch(sentence_key(template.sample(rng, SLOTS))) for _ in range(50))
    assert not pattern.fullmatch("go fast please to kitchen")
