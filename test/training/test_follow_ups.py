"""Training of the chooser among readings: repeatable, it learns what the rows say, and damaged rows are told."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from moe_robot.errors import ConfigError
from moe_robot.router.chooser import FILES, MANIFEST, RANKER, load_chooser
from moe_robot.router.followup import Earlier
from moe_robot.router.proposals import Proposal
from moe_robot.router.relation import load_relations
from moe_robot.structs import Route
from moe_robot.training.follow_ups import make_follow_ups, read_judged

SHIPPED = Path(__file__).parents[2] / "models" / "router"
CATEGORIES = {"count": "perception", "distance": "navigation"}
ROOMS = ("kitchen", "hall", "bedroom", "office", "bathroom", "living room", "dock", "entrance", "sofa", "fridge")
NEW = {name: 0.5 if name == "new" else 0.1 for name in ("again", "replace", "further", "why", "cancel", "new")}


def route(expert: str, confidence: float) -> list[Any]:
    return [expert, confidence, "learned", "", [["distance", 0.5], ["count", 0.5]]]


def turn(room: str, before: str) -> dict[str, Any]:
    """After a question about distance: the one that names the new room is right, the one that repeats is not."""
    return {
        "text": f"and the {room}?",
        "language": "en",
        "before": [[f"how far is the {before}", "", "distance", False, "", False]],
        "relations": NEW,
        "expert": "distance",
        "kind": "place",
        "meaning": f"how far is the {room}",
        "proposals": [
            [f"and the {room}?", route("", 0.2), ["alone"], -1, True, 0],
            [f"how far is the {before}", route("distance", 0.9), ["again"], 0, False, 0],
            [f"how far is the {room}", route("distance", 0.9), ["way", "replaced"], 0, False, 2],
        ],
    }


def folder(tmp_path: Path) -> Path:
    rows = [turn(room, before) for room in ROOMS for before in ROOMS if room != before]
    path = tmp_path / "router" / "follow_ups" / "en.jsonl.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return tmp_path / "router"


def test_the_same_rows_and_seed_give_the_same_bytes_and_what_was_taught(tmp_path: Path) -> None:
    router = folder(tmp_path)
    outs = [tmp_path / name for name in ("one", "two")]
    for out in outs:
        make_follow_ups(router, {}, CATEGORIES, out, 1)
        (out / "concepts.json").write_text("{}", encoding="utf-8")
    for name in (*FILES, MANIFEST):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes(), name
    chooser = load_chooser(outs[0], load_relations(SHIPPED))
    alone = Proposal("and the cellar?", Route("", 0.2, "learned", (("distance", 0.5),)), "alone", likeliest=True)
    sure = Route("distance", 0.9, "learned", (("distance", 0.9),))
    again = Proposal("how far is the garden", sure, "again", 0)
    other = Proposal("how far is the cellar", sure, "way", 0, also=("replaced",))
    before = [Earlier("how far is the garden", expert="distance")]
    assert chooser.choose("and the cellar?", "en", before, [alone, again, other])[0] == other


def test_nothing_is_written_without_rows(tmp_path: Path) -> None:
    (tmp_path / "router").mkdir()
    assert make_follow_ups(tmp_path / "router", {}, CATEGORIES, tmp_path / "out", 1) == {}
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"no json\n"), gzip.compress(b'{"text": "a"}\n')])
def test_damaged_rows_are_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "follow_ups" / "en.jsonl.gz"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="label_follow_ups"):
        read_judged(tmp_path)


def test_a_damaged_model_is_told(tmp_path: Path) -> None:
    make_follow_ups(folder(tmp_path), {}, CATEGORIES, tmp_path / "out", 1)
    (tmp_path / "out" / "concepts.json").write_text("{}", encoding="utf-8")
    with (tmp_path / "out" / RANKER).open("ab") as file:
        file.write(b"!")
    with pytest.raises(ConfigError, match="damaged"):
        load_chooser(tmp_path / "out", load_relations(SHIPPED))
