from __future__ import annotations

import pytest

from moe_robot.lexicon import Lexicon, lexicon_of
from moe_robot.world.home import load_home


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return lexicon_of(load_home("flat"))


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("кухне", ("place", "kitchen")),
        ("ванную комнату", ("place", "bathroom")),
        ("прихожей", ("place", "hall")),
        ("книжному шкафу", ("place", "bookcase")),
        ("столу рабочему", ("place", "desk")),
        ("входной двери", ("place", "entrance")),
        ("living room", ("place", "living_room")),
        ("livingroom", ("place", "living_room")),
        ("кубиков", ("object", "cube")),
        ("бутылочку", ("object", "bottle")),
        ("boxes", ("object", "box")),
        ("желтую", ("color", "yellow")),
        ("анной", ("person", "anna")),
    ],
)
def test_every_form_of_a_name_is_known(lexicon: Lexicon, words: str, meaning: tuple[str, str]) -> None:
    assert meaning in lexicon.lookup(words.split())


def test_a_form_of_two_names_gives_both_the_room_first(lexicon: Lexicon) -> None:
    assert lexicon.lookup(["ванной"]) == [("place", "bathroom"), ("place", "bathtub")]


def test_words_that_name_nothing_give_nothing(lexicon: Lexicon) -> None:
    assert lexicon.lookup(["гараж"]) == []
    assert lexicon.lookup([]) == []


def test_the_last_word_of_a_long_name_leads_to_all_places_that_end_so(lexicon: Lexicon) -> None:
    assert lexicon.heads["столу"] == {"dining_table", "desk"}


@pytest.mark.parametrize(
    ("case", "words"),
    [("accs", "красную кружку"), ("datv", "красной кружке"), ("ablt", "красной кружкой"), ("gent", "красной кружки")],
)
def test_colour_and_thing_agree_in_russian(lexicon: Lexicon, case: str, words: str) -> None:
    assert lexicon.thing("mug", "red", "ru", case) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("count", "words"), [(2, "2 синих мяча"), (5, "5 синих мячей"), (11, "11 синих мячей"), (21, "21 синий мяч")]
)
def test_a_count_decides_the_form(lexicon: Lexicon, count: int, words: str) -> None:
    assert lexicon.thing("ball", "blue", "ru", count=count) == words


def test_english_counts_take_the_plural(lexicon: Lexicon) -> None:
    assert lexicon.thing("box", "red", "en", count=3) == "3 red boxes"
    assert lexicon.thing("any", "", "en") == "thing"


def test_a_name_keeps_its_capital_letter(lexicon: Lexicon) -> None:
    assert lexicon.say("person", "anna", "ru", "ablt") == "Анной"
    assert lexicon.say("place", "dining_table", "ru", "datv") == "обеденному столу"


def test_an_unknown_id_is_said_as_it_is(lexicon: Lexicon) -> None:
    assert lexicon.say("place", "garage", "ru") == "garage"


def test_a_place_named_later_is_known_in_all_forms() -> None:
    lexicon = lexicon_of(load_home("flat"))
    before = lexicon.version
    lexicon.add_place("kladovka", {"ru": ("кладовка",)})
    assert ("place", "kladovka") in lexicon.lookup(["кладовку"])
    assert lexicon.version > before
