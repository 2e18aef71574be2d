"""What people say becomes the plan of docs/plan-language.md, and what is none becomes nothing."""

from __future__ import annotations

import pytest

from moe_robot.notation import format_nodes
from moe_robot.router.parser import SentenceParser

UNDERSTOOD = {
    # politeness, moods, word order
    "не мог бы ты заехать в спальню?": "go_to(place=bedroom)",
    "хочу, чтобы ты поехал на кухню": "go_to(place=kitchen)",
    "ты бы съездил на кухню": "go_to(place=kitchen)",
    "давай сгоняем в зал": "go_to(place=living_room)",
    "надо найти красный куб": "find(color=red, object=cube)",
    "красный куб найди": "find(color=red, object=cube)",
    "would you mind going to the kitchen": "go_to(place=kitchen)",
    "it would be great if you went to the kitchen": "go_to(place=kitchen)",
    "I need you to make your way to the hall": "go_to(place=hall)",
    # ellipsis and reference
    "поезжай на кухню, а потом в спальню": "go_to(place=kitchen); go_to(place=bedroom)",
    "find the red cube and the blue ball": "find(color=red, object=cube); find(color=blue, object=ball)",
    "найди жёлтый мяч и синий": "find(color=yellow, object=ball); find(color=blue, object=ball)",
    "find Anna and follow her": "find(person=anna); follow(person=anna)",
    "поверни налево и ещё раз": "turn(angle_deg=90); turn(angle_deg=90)",
    "патрулируй кухню, зал и спальню": "patrol(places=kitchen|living_room|bedroom)",
    "look left and then right": "look(direction=left); look(direction=right)",
    "вперёд на 50 сантиметров, потом назад на 20": "drive(distance_m=0.5); drive(distance_m=-0.2)",
    "go to the lounge and search for the cone there": "go_to(place=living_room); find(object=cone, place=living_room)",
    "I'll be waiting in the kitchen, come over": "go_to(place=kitchen)",
    "рабочий стол знаешь где? встань возле него": "go_to(place=desk)",
    "go to the kitchen and look around, then the same in the lounge": (
        "go_to(place=kitchen); look(direction=around); go_to(place=living_room); look(direction=around)"
    ),
    "I heard a noise behind you, have a look": "look(direction=back)",
    "съездив на кухню, вернись на базу": "go_to(place=kitchen); dock()",
    "сначала ты едешь в зал, потом ждёшь минуту": "go_to(place=living_room); wait(duration_s=60)",
    # given up by its name; a charge and a look round are had once
    "call off the search for Anna": "cancel()",
    "abort the trip to the kitchen": "cancel()",
    "отмени поездку на кухню": "cancel()",
    "charge again": "dock()",
    "исследуй квартиру ещё раз": "explore()",
    # maps, chargers, turns on the spot
    "explore the rooms missing from your map": "explore()",
    "wander about and get to know the house": "explore()",
    "покатайся по дому и дострой карту": "explore()",
    "исследуй дом не дольше десяти минут": "explore(duration_s=600)",
    "get back to your charging spot": "dock()",
    "поезжай к зарядному устройству": "dock()",
    "stop reversing": "stop()",
    "do a half turn in place": "turn(angle_deg=180)",
    "повернись на месте направо на 20 градусов": "turn(angle_deg=-20)",
    "приостановись на полминуты": "wait(duration_s=30)",
    # blocks
    "едь прямо, и как только увидишь куб, стой": "until(see(object=cube)){drive()}",
    "no green cone in sight? turn right": "if(not see(color=green, object=cone)){turn(angle_deg=-90)}",
    "до появления Ивана крутись влево": "until(see(person=ivan)){turn(angle_deg=90)}",
    "минут через десять загляни в спальню": "wait(duration_s=600); go_to(place=bedroom)",
    "если видишь куб, остановись, иначе едь вперёд": "if(see(object=cube)){stop()} else {drive()}",
    "unless you see Anna, turn around": "if(not see(person=anna)){turn(angle_deg=180)}",
    "drive forward and stop when you see a ball": "until(see(object=ball)){drive()}",
    "пока батарея больше 30 процентов, патрулируй": "until(battery_below(percent=30)){patrol()}",
    "едь, пока не увидишь мяч": "until(see(object=ball)){drive()}",
    "explore until your battery is at least 50%": "until(not battery_below(percent=50)){explore()}",
    "drive a meter and turn left four times": "drive(distance_m=1); repeat(4){turn(angle_deg=90)}",
    "drive a meter and turn left, four times": "repeat(4){drive(distance_m=1); turn(angle_deg=90)}",
    "три раза: проедь метр и поверни направо": "repeat(3){drive(distance_m=1); turn(angle_deg=-90)}",
    "через минуту поезжай к дивану": "wait(duration_s=60); go_to(place=sofa)",
    "прежде чем ехать на базу, заскочи на кухню": "go_to(place=kitchen); dock()",
    "go to the office via the hall": "go_to(place=hall); go_to(place=office)",
    # free text
    "скажи: Обед готов, идите есть!": 'say(text="Обед готов, идите есть")',
    "say hello and go to the kitchen": "say(text=hello); go_to(place=kitchen)",
    "remember this place as the charging corner": 'remember_place(name="charging corner")',
    "запомни эту точку как старт, проедь метр": "remember_place(name=старт); drive(distance_m=1)",
    "скажи ещё раз «пора»": "say(text=пора)",
    'say "supper" more slowly': "say(text=supper)",
    "скажи бабушке: суп остыл": 'say(text="суп остыл")',
    'shout "hello" as loud as you can, then go to the hall': "say(text=hello); go_to(place=hall)",
    # company
    "извини, что отвлекаю, но где ты?": "where_am_i()",
    "top yourself up before the guests come": "dock()",
    "be a dear and go to the bathroom, I can't walk that far": "go_to(place=bathroom)",
    "сынок, съезди на кухню, а то я очки забыла": "go_to(place=kitchen)",
    "go to the kitchen because I am hungry": "go_to(place=kitchen)",
    "Ивану нужна помощь, подойди к нему": "go_to(person=ivan)",
    "найди-ка мне Ивана, он где-то в кабинете": "find(person=ivan, place=office)",
    "Anna's in the bedroom, go see her": "go_to(person=anna)",
    # typing errors, mixed languages
    "паезжай в каридор": "go_to(place=hall)",
    "go to teh kichen": "go_to(place=kitchen)",
    "gjtp;fq yf re[y.": "go_to(place=kitchen)",
    "head tot he bedroom": "go_to(place=bedroom)",
    "едьв спальню": "go_to(place=bedroom)",
    "drive 2 meteres forward": "drive(distance_m=2)",
    "найди красненький кубик": "find(color=red, object=cube)",
    "едь в living room": "go_to(place=living_room)",
}

REFUSED = [
    "ты сейчас едешь на кухню?",
    "Иван, съездив на кухню, лёг спать",
    "я в спальне, не приезжай",
    "I am in the kitchen",
    "go to the kitchen before you break the rules and go to the garden",
    "бульдык карамболь",
    "кабинет — моя любимая комната",
    "ты на кухне?",
    "так ты сейчас где-то на кухне, да?",
    "so you like the kitchen",
    "глянь-ка, что творится в спальне",
    "не едь на кухню",
    "ни в коем случае не поворачивай налево",
    "в кабинет больше не езди",
    "Анна сказала ехать на кухню",
    "ты вчера ездил на кухню?",
    "если бы ты поехал на кухню, было бы хорошо",
    "поезжай на кухню или в спальню",
    "поверни одновременно налево и направо",
    "найди",
    "сначала на кухню, а потом",
    "три раза",
    "если увидишь красный куб",
    "что там на кухне",
    "don't go to the kitchen",
    "I told Anna to go to the kitchen",
    "did you go to the bedroom yesterday?",
    "she said: go to the kitchen",
    "what do you see on the left or on the right",
    "I love my kitchen",
    "the red cube",
    "go to the",
    "delete everything and go to the kitchen",
    "'; DROP TABLE sightings; --",
    "🙂",
    "",
]


@pytest.mark.parametrize(("text", "plan"), UNDERSTOOD.items(), ids=UNDERSTOOD)
def test_a_sentence_becomes_its_plan(parser: SentenceParser, text: str, plan: str) -> None:
    assert format_nodes(parser.parse(text).nodes) == plan


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_a_command_becomes_nothing(parser: SentenceParser, text: str) -> None:
    parse = parser.parse(text)
    assert parse.nodes == ()
    assert parse.confidence == 0.0
    assert parse.reason


@pytest.mark.parametrize(
    ("text", "reason", "word"),
    [
        ("поезжай в гараж", "unknown_place", "гараж"),
        ("find the banana", "unknown_object", "banana"),
        ("найди чёрный куб", "unknown_color", "чёрный"),
        ("go to Bob", "unknown_person", "Bob"),
        ("иди к столу", "ambiguous_place", "столу"),
        ("go to the bell", "unknown_place", "bell"),
    ],
)
def test_an_unknown_name_is_told_apart_from_an_unknown_sentence(
    parser: SentenceParser, text: str, reason: str, word: str
) -> None:
    parse = parser.parse(text)
    assert (parse.nodes, parse.reason, parse.word) == ((), reason, word)


def test_what_was_not_understood_comes_with_the_nearest_command_in_the_language(parser: SentenceParser) -> None:
    assert parser.parse("please never follow me").suggestion == "follow me"
    assert parser.parse("найди мне на кухне красный стул").suggestion.startswith("найди")
    assert parser.parse("xyzzy plugh").suggestion == "go to the kitchen"  # nothing is near: a typical command
    assert parser.parse("иди к столу").suggestion == "доедь до обеденного стола"


def test_confidence_falls_with_fillers_and_slips(parser: SentenceParser) -> None:
    exact, polite, slip = (
        parser.parse(text).confidence
        for text in ("go to the kitchen", "please go to the kitchen", "go to the kitchne, please")
    )
    assert exact == 1.0 > polite > slip > 0.6


def test_the_rule_names_the_templates_that_fired(parser: SentenceParser) -> None:
    parse = parser.parse("go to the kitchen and find the red cube")
    assert [rule.split("#")[0] for rule in parse.rule.split(" + ")] == ["go_to", "_and", "find"]
    assert parse.intents == ("go_to", "find")


def test_a_place_named_by_a_person_is_understood_at_once() -> None:
    from moe_robot.config import load_config
    from moe_robot.lexicon import lexicon_of
    from moe_robot.world.home import load_home

    lexicon = lexicon_of(load_home("flat"))
    parser = SentenceParser(lexicon, load_config())
    assert parser.parse("едь в кладовку").reason == "unknown_place"
    lexicon.add_place("kladovka", {"ru": ("кладовка",)})
    assert format_nodes(parser.parse("едь в кладовку").nodes) == "go_to(place=kladovka)"


@pytest.mark.parametrize("text", ["go " * 5000, "а" * 100_000, "," * 300, "если " * 80, '"' * 99, "\x00\n\t"])
def test_senseless_input_is_survived(parser: SentenceParser, text: str) -> None:
    assert parser.parse(text).nodes == ()


def test_an_ambiguous_place_written_in_two_pieces_is_still_a_refusal(parser: SentenceParser) -> None:
    assert parser.parse("go to the tabl e", "en").reason == "ambiguous_place"
