"""What a turn may mean after a request of motion: the right text is among the proposals."""

from __future__ import annotations

import pytest
from heard_rig import heard_after

from moe_robot.router.followup import Earlier, FollowUps
from moe_robot.router.proposers.motion import MOST, propose
from moe_robot.structs import Language

BACK_EN = Earlier("back up 2 metres", "OK: backing up 2 meters.", "drive", True, "2 metres")
LEFT_EN = Earlier("turn left 40 degrees", "OK: turning left 40 degrees.", "turn", True, "40 degrees")
AHEAD_RU = Earlier("проедь вперёд на метр", "Хорошо: еду вперёд на 1 метр.", "drive", True, "1 метра")
ROUNDS_EN = Earlier(
    "patrol the kitchen, the hall and the office",
    "OK: patrolling the kitchen, the hall and the office.",
    "patrol",
    True,
)
ROUNDS_RU = Earlier("патрулируй кухню и зал", "Хорошо: объезжаю кухню и гостиную.", "patrol", True)
TOUR_EN = Earlier("what is the shortest order for the sofa, the desk and the fridge", "", "route_order")
DOCK_EN = Earlier("go and charge", "OK: going to charge.", "dock", True)
FOLLOW_RU = Earlier("следуй за Анной минуту", "Хорошо: еду следом за Анной 1 минуту.", "follow", True, "60 секунд")
WAY_RU = Earlier("сколько метров от кухни до спальни", "От кухни до спальни 4,7 метра пути.", "distance")
SPEED_EN = Earlier("set the driving speed to 0.4", "I cannot.", "speed")
BALL_EN = Earlier("where did you see the red ball", "In the hall.", "recall")
POINT_EN = Earlier("go to point 2, 3", "OK: going there.", "go_to", True)
SQUARE_EN = Earlier("drive a square with sides of 2 m", "OK.", "figures", True)

DOCK_LATER_EN = Earlier("drive to your charger in half an hour", "OK: waiting 30 minutes.", "dock", True)
COME_LATER_RU = Earlier("через десять минут подойди ко мне", "Хорошо: жду 10 минут.", "come_here", True)
HALL_LATER_EN = Earlier("go to the kitchen in five minutes", "OK: waiting 5 minutes.", "go_to", True)
TOP_EN = Earlier("what is your maximum speed", "0.4 m/s.", "settings")
BREW_RU = Earlier("кофе варится три минуты", "", "")

Case = tuple[Language, Earlier, str, str, str]
CASES: list[Case] = [
    ("en", DOCK_LATER_EN, "no, straight away", "", "go and charge"),
    ("ru", COME_LATER_RU, "можно уже", "", "подойди ко мне"),
    ("en", HALL_LATER_EN, "now please", "", "go to the kitchen"),
    ("en", ROUNDS_EN, "none at all", "", "cancel"),
    ("ru", SPEED_EN, "до нуля", "", "стоп"),
    ("en", TOP_EN, "then use that", "", "drive at your top speed from now on"),
    ("ru", BREW_RU, "столько и жди", "wait", "подожди 180 секунд"),
    ("en", BACK_EN, "as far forward now", "", "drive forward 2 metres"),
    ("en", BACK_EN, "oh, half of that again", "", "drive back 1 metres"),
    ("en", LEFT_EN, "no, the opposite way and twice as far", "", "turn right 80 degrees"),
    ("en", LEFT_EN, "undo it", "", "turn right 40 degrees"),
    ("en", LEFT_EN, "go on another fifteen", "", "turn left 15 degrees"),
    ("ru", AHEAD_RU, "перебор, верни сантиметров на двадцать", "", "проедь назад на 0.2 м"),
    ("ru", AHEAD_RU, "ещё столько же, но потихоньку и медленно", "", "медленно проедь вперёд на 1 м"),
    ("en", ROUNDS_EN, "leave out the hall", "", "patrol the kitchen and the office"),
    ("en", ROUNDS_EN, "plus the bedroom", "", "patrol the kitchen, the hall, the office and the bedroom"),
    ("en", ROUNDS_EN, "reverse the order", "", "patrol the office, the hall and the kitchen"),
    ("en", ROUNDS_EN, "x3", "", "patrol the kitchen, the hall and the office 3 times"),
    ("ru", ROUNDS_RU, "не кухню, а кабинет", "", "патрулируй кабинет и гостиную"),
    ("ru", ROUNDS_RU, "и спальню прихвати", "", "патрулируй кухню, гостиную и спальню"),
    ("en", TOUR_EN, "starting at the kitchen", "",
     "what is the shortest order for the sofa, the desk and the fridge starting from the kitchen"),
    ("en", DOCK_EN, "not yet, give me two minutes", "", "wait 120 seconds, then go and charge"),
    ("ru", FOLLOW_RU, "хватит и половины", "follow", "следуй за Анной 30 секунд"),
    ("ru", WAY_RU, "а обратно?", "distance", "сколько метров от спальни до кухни"),
    ("en", SPEED_EN, "0.1 less", "", "set the driving speed to 0.3 metres per second"),
    ("en", BALL_EN, "drive up to it", "go_to", "go to the red ball"),
    ("en", POINT_EN, "sorry, 4, 1", "", "go to point 4, 1"),
    ("en", SQUARE_EN, "half the size", "", "drive a square with sides of 1 m"),
]  # fmt: skip


def proposed(follow_ups: FollowUps, language: Language, earlier: list[Earlier], text: str, expert: str) -> list[str]:
    heard = heard_after(follow_ups, language, earlier, text, expert)
    found = list(propose(heard))
    assert len(found) <= MOST
    assert all(-1 <= of < len(heard.leaning) for *_, of in found)
    return [whole for _, whole, *_ in found]


@pytest.mark.parametrize(("language", "before", "text", "expert", "wanted"), CASES)
def test_proposed(
    follow_ups: FollowUps, language: Language, before: Earlier, text: str, expert: str, wanted: str
) -> None:
    assert wanted in proposed(follow_ups, language, [before], text, expert)


@pytest.mark.parametrize(
    ("language", "first", "second", "text", "expert", "wanted"),
    [
        ("en", "go to the sofa", "go to the desk", "now guard those two", "patrol", "patrol the sofa and the desk"),
        ("ru", "где кухня", "где кабинет", "сколько между ними", "distance", "сколько метров от кухни до кабинета"),
        ("en", "what is your voltage", "is that low", "then do something about it", "", "go and charge"),
    ],
)
def test_over_two_turns(
    follow_ups: FollowUps, language: Language, first: str, second: str, text: str, expert: str, wanted: str
) -> None:
    assert wanted in proposed(
        follow_ups, language, [Earlier(first, "", "map"), Earlier(second, "", "map")], text, expert
    )


@pytest.mark.parametrize(
    ("language", "before", "text"),
    [("en", "what is 7 times 8", "plus 12"), ("ru", "переведи слово кот", "а собака?"), ("en", "tell me a joke", "hi")],
)
def test_another_field(follow_ups: FollowUps, language: Language, before: str, text: str) -> None:
    assert proposed(follow_ups, language, [Earlier(before, "", "small_talk")], text, "") == []
