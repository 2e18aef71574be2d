"""Words as they were meant: what is altered, what is not, and that the model carries its words."""

from __future__ import annotations

import pytest

from moe_robot.router.features import Concepts, Featurizer
from moe_robot.router.repair import Repair

TEXT = "go to the kitchen need you room stop a i поезжай на кухню вечера шесть в найди мяч не"
WORDS = dict.fromkeys(TEXT.split(), 5)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("go to the kithcen", "go to the kitchen"),  # exchanged
        ("go to the kichen", "go to the kitchen"),  # lost
        ("go to the kitchenn", "go to the kitchen"),  # doubled
        ("go to the kitcjen", "go to the kitchen"),  # the next key
        ("go tothe kitchen", "go to the kitchen"),  # no space
        ("needyou", "need you"),
        ("go to the kit chen", "go to the kitchen"),  # a space too many
        ("поежзай на кухню", "поезжай на кухню"),
        ("поезжай накухню", "поезжай на кухню"),
        ("шестьвечера", "шесть вечера"),
    ],
)
def test_a_slip_is_read_as_the_word_that_was_meant(said: str, meant: str) -> None:
    assert Repair(WORDS).words(said.split()) == meant.split()


@pytest.mark.parametrize(
    "said",
    [
        "go to the kitchens",  # the same stem
        "мячи",  # a word of the Russian dictionary, though not of these
        "ritchen",  # nobody takes the first letter for another
        "rom",  # short words are exact
        "xqzvw фывапр",  # nothing is near
        "3.5 + x_1 - 12:30",
        "",
        "k" * 5000,
    ],
)
def test_what_may_be_a_word_of_its_own_stays(said: str) -> None:
    assert Repair(WORDS).words(said.split()) == said.split()


def test_nothing_becomes_a_negation() -> None:
    assert Repair({"never": 9, "нельзя": 9}).words(["nevar", "нельзз"]) == ["nevar", "нельзз"]


def test_of_two_words_as_near_the_more_common_is_meant() -> None:
    assert Repair({"table": 3, "cable": 2, "tables": 9}).words(["tabble"]) == ["table"]
    assert Repair({"right": 2, "ring": 1, "rigid": 9}).words(["rigit"]) == ["rigid"]


def test_a_slip_has_the_features_of_the_word() -> None:
    featurizer = Featurizer(Concepts({"room": ["kitchen"]}), repair=Repair(WORDS))
    assert featurizer.features("go to the kithcen").ids == featurizer.features("go to the kitchen").ids
