"""What turns about things, people and places are proposed to mean."""

from __future__ import annotations

import pytest
from heard_rig import heard_after

from moe_robot.notation import format_nodes
from moe_robot.router.followup import Earlier, FollowUps
from moe_robot.router.parser import SentenceParser
from moe_robot.router.proposers import Heard, things
from moe_robot.router.proposers.checks import is_spoiled
from moe_robot.structs import Language


def heard(
    follow_ups: FollowUps, language: Language, turn: str, before: tuple[tuple[str, str], ...], alone: str = ""
) -> Heard:
    return heard_after(follow_ups, language, [Earlier(text, expert=expert) for text, expert in before], turn, alone)


@pytest.mark.parametrize(
    ("language", "before", "turn", "alone", "whole"),
    [
        ("en", (("is the green cone anywhere", "recall"),), "ok, fetch it", "bring", "bring me the green cone"),
        ("en", (("lift the red cone", "pick"),), "lay it in the bathroom", "place", "put the red cone in the bathroom"),
        ("en", (("find the purple box", "find"),), "orange!", "", "find the orange box"),
        ("en", (("count the cones", "count"), ("any purple?", "")), "lift that one", "pick", "pick up the purple cone"),
        ("en", (("how many people do you see", "count"),), "in the study?", "", "how many people are in the office"),
        ("en", (("see the cone and the box?", "describe"),), "hunt for both", "find", "find the cone and the box"),
        ("en", (("give Ivan the cone", "bring"),), "box too", "", "bring the box to Ivan"),
        ("en", (("call this place pantry", "remember_place"),), "oh, larder", "", "remember this place as larder"),
        ("en", (("save this as gate one", "remember_place"),), "this is two", "", "remember this place as gate two"),
        ("en", (("unclench the claw", "gripper"),), "and now the reverse", "", "close the gripper"),
        ("en", (("what is on your left", "describe"),), "and behind you?", "", "look behind you"),
        ("ru", (("где зелёный конус", "recall"),), "давай его сюда", "bring", "принеси зелёный конус"),
        ("ru", (("подними красный конус", "pick"),), "положи в ванной", "place", "поставь красный конус в ванную"),
        ("ru", (("найди фиолетовую коробку", "find"),), "оранжевую!", "", "найди оранжевую коробку"),
        ("ru", (("сколько людей в ванной", "count"),), "а в кабинете?", "", "сколько человек в кабинете"),
        ("ru", (("видишь конус и коробку?", "describe"),), "возьми второй предмет", "pick", "возьми коробку"),
        ("ru", (("отнеси Ивану конус", "bring"),), "и коробку", "", "отнеси коробку Ивану"),
        ("ru", (("назови это место кладовая", "remember_place"),), "ой, чулан", "", "запомни это место как чулан"),
        ("ru", (("это место дом", "remember_place"),), "назови кладовой", "", "запомни это место как кладовая"),
        ("ru", (("у нас тут прачечная", ""),), "запомни так", "remember_place", "запомни это место как прачечная"),
        ("ru", (("разожми клешню", "gripper"),), "а теперь обратно", "", "сожми захват"),
        ("ru", (("что у тебя в руке", "gripper"),), "клади в ванну", "place", "положи то, что держишь, в ванну"),
        ("en", (("what have you got there", "gripper"),), "put it down", "place", "put down what you are holding"),
        ("ru", (("что у тебя слева", "describe"),), "а сзади?", "", "посмотри назад"),
    ],
)  # fmt: skip
def test_a_turn_is_said_anew(
    follow_ups: FollowUps,
    language: Language,
    before: tuple[tuple[str, str], ...],
    turn: str,
    alone: str,
    whole: str,
) -> None:
    found = [text for _, text, _, _ in things.propose(heard(follow_ups, language, turn, before, alone))]
    assert whole in found


@pytest.mark.parametrize(
    ("language", "before", "turn", "expert"),
    [
        ("en", "look at the two parcels", "which is heavier?", "compare"),
        ("ru", "посмотри на две посылки", "которая тяжелее?", "compare"),
        ("en", "go to the shelf", "what does the label say?", "read_text"),
        ("ru", "едь к полке", "что написано на этикетке?", "read_text"),
    ],
)
def test_a_question_is_for_whose_words_it_has(
    follow_ups: FollowUps, language: Language, before: str, turn: str, expert: str
) -> None:
    found = things.propose(heard(follow_ups, language, turn, ((before, "describe"),)))
    assert expert in [owner for _, _, owner, _ in found]


@pytest.mark.parametrize(
    ("language", "before", "turn"),
    [("en", "what is 2 + 2", "times three"), ("ru", "сколько будет 2 + 2", "умножь на три")],
)
def test_nothing_is_proposed_for_another_field(
    follow_ups: FollowUps, language: Language, before: str, turn: str
) -> None:
    assert not list(things.propose(heard(follow_ups, language, turn, ((before, "arithmetic"),))))


@pytest.mark.parametrize(
    ("language", "before", "turn", "whole"),
    [
        ("en", ("where is the green cone", "is Ivan home?"), "take it to him", "take the green cone to Ivan"),
        ("ru", ("где зелёный конус", "Иван дома?"), "отнеси его ему", "отнеси зелёный конус Ивану"),
        ("en", ("the cone and the red box",), "fetch it", "fetch the cone"),
        ("en", ("did the postman leave my parcel?",), "fetch it", "fetch my parcel"),
        ("en", ("plot the parabola y = x^2",), "where does it cross zero?", "where does the parabola cross zero?"),
        ("ru", ("где мои зимние сапоги?",), "принеси их", "принеси мои зимние сапоги"),
        ("ru", ("построй параболу y = x^2",), "где она пересекает ось?", "где парабола пересекает ось?"),
    ],
)
def test_a_pronoun_may_stand_for_each_name(
    follow_ups: FollowUps, language: Language, before: tuple[str, ...], turn: str, whole: str
) -> None:
    assert whole in list(follow_ups.filled(turn, language, [Earlier(text) for text in before]))


@pytest.mark.parametrize(
    ("language", "before", "turn"),
    [("en", "where is the cone", "my wallet, find it"), ("ru", "где коробка", "сумка пропала, найди её")],
)
def test_a_pronoun_of_the_turn_itself_stays(follow_ups: FollowUps, language: Language, before: str, turn: str) -> None:
    assert follow_ups.complete(turn, language, [Earlier(before, expert="find")]) is None


@pytest.mark.parametrize(
    ("text", "language", "plan"),
    [
        ("get the cone off the floor", "en", "pick(object=cone)"),
        ("put what you are holding on the bed", "en", "place(place=bed)"),
        ("lay the cone you have on the sofa", "en", "place(object=cone, place=sofa)"),
        ("возьми со стола конус", "ru", "pick(object=cone)"),
        ("положи то, что держишь, на кровать", "ru", "place(place=bed)"),
        ("положи в гардероб", "ru", "place(place=wardrobe)"),
    ],
)
def test_sentences_of_things_that_are_held(parser: SentenceParser, text: str, language: Language, plan: str) -> None:

    assert format_nodes(parser.parse(text, language).nodes) == plan


@pytest.mark.parametrize(
    ("language", "before", "turn", "kind", "whole"),
    [
        ("en", (("put the cone on the sofa", "place"),), "the desk", "thing at", "put the cone on the desk"),
        ("en", (("save this as gate one", "remember_place"),), "and here two", "name counted", "gate two"),
        ("en", (("this is my pantry", ""),), "remember it under that name", "name told", "as pantry"),
        ("en", (("is anyone in the hall", "people"), ("go ahead", "drive")), "and now?", "asked now", "is anyone"),
        ("en", (("is the path free", "obstacles"),), "have another look", "asked again", "is the path free"),
        ("ru", (("поставь конус на диван", "place"),), "в ванну", "thing at", "поставь конус в ванн"),
        ("ru", (("это место стойка один", "remember_place"),), "здесь два", "name counted", "стойка два"),
        ("ru", (("назови это место дом", "remember_place"),), "лучше «изба»", "name quoted", "как изба"),
        ("ru", (("чисто впереди?", "obstacles"),), "проверь ещё раз", "asked again", "чисто впереди"),
    ],
)
def test_what_is_surer_has_a_kind_of_its_own(
    follow_ups: FollowUps,
    language: Language,
    before: tuple[tuple[str, str], ...],
    turn: str,
    kind: str,
    whole: str,
) -> None:
    found = list(things.propose(heard(follow_ups, language, turn, before)))
    assert any(one == kind and whole in text for one, text, _, _ in found), found


@pytest.mark.parametrize(
    ("language", "before", "turn", "whole"),
    [
        ("en", "put the cone on the sofa", "the desk", "put the desk on the sofa"),
        ("ru", "поставь конус на диван", "в ванну, дует", "поставь дует на диван"),
    ],
)
def test_a_place_is_not_put_down(follow_ups: FollowUps, language: Language, before: str, turn: str, whole: str) -> None:
    one = heard(follow_ups, language, turn, ((before, "place"),))
    assert is_spoiled(one, ("edit edit", whole, "", 0))
    assert not is_spoiled(one, ("again", before, "", 0))
