"""Training of how a turn relates to the one before: repeatable, and rows that are wrong are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from moe_robot.errors import ConfigError
from moe_robot.router.relation import MANIFEST, WEIGHTS, load_relations
from moe_robot.training.relation import make_relations, read_rows

ROWS = """
- {before: "how far is the sofa", expert: distance, text: "and the table?", relation: replace}
- {before: "how far is the bed", expert: distance, text: "and the fridge?", relation: replace}
- {before: "how far is the desk", expert: distance, text: "and the door?", relation: replace}
- {before: "count the cubes", expert: count, text: "once more", relation: again}
- {before: "count the balls", expert: count, text: "do it once more", relation: again}
- {before: "roll a die", expert: count, text: "roll once more", relation: again}
"""
SAID = """
- {text: "how far is the hall from here", expert: distance}
- {text: "count the red boxes in the hall", expert: count}
- {text: "how far away is the window", expert: distance}
- {text: "count everybody who is in the kitchen", expert: count}
"""


def folder(tmp_path: Path, rows: str = ROWS) -> Path:
    for name, text in (("relations/en.yaml", rows), ("said/en.yaml", SAID)):
        path = tmp_path / "router" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "router"


def test_the_same_rows_and_seed_give_the_same_bytes_and_what_was_taught(tmp_path: Path) -> None:
    router = folder(tmp_path)
    outs = [tmp_path / name for name in ("one", "two")]
    for out in outs:
        make_relations(router, {}, {"distance": "home", "count": "home"}, out, 1)
        (out / "concepts.json").write_text("{}", encoding="utf-8")
    for name in (WEIGHTS, MANIFEST):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    shares = load_relations(outs[0]).of("and the lamp?", "how far is the sofa", "distance")
    assert max(shares, key=lambda name: shares[name]) == "replace"


def test_whole_requests_after_one_of_another_expert_are_new_ones(tmp_path: Path) -> None:
    new = [row for row in read_rows(folder(tmp_path), 1) if row.relation == "new"]
    assert new
    whose = {"how far": "distance", "count": "count"}
    assert all(not row.text.startswith(next(t for t, e in whose.items() if e == row.expert)) for row in new)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ('- {before: "a", expert: b, text: "c", relation: perhaps}', "expected one of again"),
        ('- {before: "a", text: "c", relation: again}', "row 1"),
        ("before: a", "expected rows of"),
        ("- [", "cannot be read"),
    ],
)
def test_rows_that_are_wrong_are_told_with_their_place(tmp_path: Path, rows: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        read_rows(folder(tmp_path, rows), 1)


def test_without_rows_nothing_is_written(tmp_path: Path) -> None:
    assert make_relations(tmp_path, {}, {}, tmp_path / "out", 1) == {}
    assert not (tmp_path / "out").exists()
