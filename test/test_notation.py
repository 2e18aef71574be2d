"""Plans as text: what is written is read back as the same plan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moe_robot.notation import format_nodes, parse_nodes
from moe_robot.structs import Branch, Condition, PlanNode, Repeat, Step

names = st.from_regex(r"[a-z][a-z_]{0,11}", fullmatch=True).filter(
    lambda n: n not in ("repeat", "until", "if", "else", "not", "true", "false")
)
numbers = st.integers(-99999, 99999).map(lambda n: n / 1000)
values = st.one_of(names, numbers, st.booleans(), st.text(max_size=20), st.lists(names, min_size=1).map(tuple))
params = st.dictionaries(names, values, max_size=3)
steps = st.builds(Step, names, params)
conditions = st.builds(Condition, names, params, st.booleans())


def blocks(inner: st.SearchStrategy[PlanNode]) -> st.SearchStrategy[PlanNode]:
    body = st.lists(inner, min_size=1, max_size=3).map(tuple)
    rest = st.lists(inner, max_size=2).map(tuple)
    return st.one_of(
        st.builds(Repeat, body, times=st.integers(1, 50)),
        st.builds(lambda b, c: Repeat(b, until=c), body, conditions),
        st.builds(Branch, conditions, body, rest),
    )


@given(st.lists(st.recursive(steps, blocks, max_leaves=6), max_size=4).map(tuple))
def test_a_plan_survives_writing_and_reading(nodes: tuple[PlanNode, ...]) -> None:
    once = parse_nodes(format_nodes(nodes))
    assert once == nodes
    assert format_nodes(once) == format_nodes(nodes)


@pytest.mark.parametrize(
    "text", ["go_to(", "go_to(place=)", "go_to(place=kitchen) find()", "repeat(x){a()}", "@", "if(a()"]
)
def test_what_is_not_a_plan_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_nodes(text)
