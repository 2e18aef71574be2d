"""How the words of a reading go with those that were said."""

from __future__ import annotations

import numpy as np
import pytest

from moe_robot.router.followup import Earlier
from moe_robot.router.proposals import Proposal
from moe_robot.router.wording import SIZE, Wordings, entries_of
from moe_robot.structs import Route
from moe_robot.training.wording import fit, matrix_of, shares

SURE = Route("read_text", 0.9, "learned", (("read_text", 0.9),))
NOBODY = Route("", 0.2, "learned", ())
BEFORE = [Earlier("read the label on the left", expert="read_text")]
CATEGORIES = {"read_text": "perception"}
CHATTER = ("silly me", "I am late", "mum is home")


def turn(said: str, chatter: str) -> tuple[str, list[Earlier], list[Proposal]]:
    """The right reading, the third, leaves the chatter out; the second keeps it."""
    text = f"{said}, {chatter}"
    kept, left = (f"read the label on the {words}" for words in (text, said))
    return text, BEFORE, [Proposal(text, NOBODY, "alone"), Proposal(kept, SURE, "x", 0), Proposal(left, SURE, "x", 0)]


def test_the_same_words_are_the_same_features() -> None:
    one, other = entries_of(*turn("right", "silly me"), CATEGORIES), entries_of(*turn("right", "silly me"), CATEGORIES)
    assert [places.tolist() for places in one] == [places.tolist() for places in other]
    assert all(len(places) == len(set(places.tolist())) and places.max() < SIZE for places in one)


def test_what_does_not_matter_is_learned_from_other_turns() -> None:
    taught = [turn(said, chatter) for said in ("right", "bottom") for chatter in CHATTER]
    right = np.tile([0.0, 0.0, 1.0], len(taught))
    weights = fit(matrix_of(taught, CATEGORIES), right, np.arange(0, len(right) + 1, 3))
    scores = Wordings(weights.astype(np.float32), CATEGORIES).scores(*turn("top", "silly me"))
    assert scores.argmax() == 2


def test_a_turn_without_a_right_reading_teaches_nothing() -> None:
    matrix = matrix_of([turn("right", "silly me")], CATEGORIES)
    assert not fit(matrix, np.zeros(3), np.array([0, 3])).any()


def test_shares_add_up_within_a_turn() -> None:
    found = shares(np.array([1.0, 1.0, 5.0, 5.0, 5.0, 5.0]), np.array([0, 2, 6]))
    assert found == pytest.approx([0.5, 0.5, 0.25, 0.25, 0.25, 0.25])


def test_weights_of_another_size_are_told() -> None:
    with pytest.raises(ValueError, match="expected"):
        Wordings(np.zeros(3, np.float32), CATEGORIES)
