"""Translation of words, phrases and commands: whole, from the robot's own dictionary, or left to others."""

from __future__ import annotations

import pytest
from state_rig import CFG, LEXICON, PHRASES, said
from talk_rig import Talk, bare

from moe_robot.config import read_yaml
from moe_robot.experts.tools.numbers import digits
from moe_robot.experts.tools.translation import Translation, spelled, translate
from moe_robot.experts.tools.voice import Voice
from moe_robot.experts.words import FOLDER, Words
from moe_robot.router.parser import SentenceParser
from moe_robot.structs import Language


def into(language: Language, text: str) -> tuple[str, ...]:
    source: Language = "ru" if language == "en" else "en"
    return translate(text, source, Voice(Words("dialogue"), PHRASES, language))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("переведи на английский «доброе утро»", "«доброе утро» по-английски: «good morning»."),
        ("как по-английски отвёртка?", "«отвёртка» по-английски: «screwdriver»."),
        ("что значит screwdriver по-русски?", "«screwdriver» по-русски: «отвёртка»."),
        ("переведи слово cat", "«cat» по-русски: «кошка» или «кот»."),
        ("как будет «спасибо» на английском?", "«спасибо» по-английски: «thank you» или «thanks»."),
        ("переведи кухню", "«кухню» по-английски: «kitchen»."),
        ("переведи поезжай на кухню", "«поезжай на кухню» по-английски: «go to the kitchen»."),
        ("переведи двадцать пять", "«двадцать пять» по-английски: «twenty-five»."),
        ("переведи красный куб", "«красный куб» по-английски: «red cube»."),
        ('translate "good morning" into Russian', '"good morning" in Russian: "доброе утро".'),
        ("how do you say screwdriver in Russian?", '"screwdriver" in Russian: "отвёртка".'),
        ("what does собака mean?", '"собака" in English: "dog".'),
        ("what is the Russian for thank you?", '"thank you" in Russian: "спасибо".'),
        ("translate how are you into Russian", '"how are you" in Russian: "как дела" or "как ты" or "как поживаете".'),
        ("translate three hundred and five", '"three hundred and five" in Russian: "триста пять".'),
        ("translate the word кошка", '"кошка" in English: "cat".'),
        ("Russian for table", '"table" in Russian: "стол".'),
        ("translate drive back two metres", '"drive back two metres" in Russian: "проедь назад на 2 метра".'),
    ],
)
def test_what_is_known_is_translated(text: str, answer: str) -> None:
    language = "en" if answer.startswith('"') else "ru"
    assert Talk(Translation()).ask(text, language) == answer


@pytest.mark.parametrize(
    "text",
    [
        "переведи свет мой зеркальце скажи",
        "translate the quick brown fox jumps over the lazy dog",
        'how do you say "I am a teapot" in Russian',
        "переведи поезжай на кухню и свари кашу",
        "переведи кошки",  # a plural, which the dictionary has not
        "переведи 25",
        "переведи 你好",
        "переведи hello мир",
        "translate cat into English",
        "переведи " + "очень длинный текст " * 50,
    ],
)
def test_what_is_not_known_whole_is_left_to_others(text: str) -> None:
    assert Talk(Translation()).reply(text) is None


@pytest.mark.parametrize("text", ["переведи", "переведи на английский", "translate", "translate please"])
def test_nothing_to_translate_is_asked_for(text: str) -> None:
    assert Talk(Translation()).ask(text).startswith(("Что перевести?", "What shall I translate?"))


COMMANDS = [
    ("поезжай на кухню", "go to the kitchen"),
    ("поезжай к дивану", "go to the sofa"),
    ("найди красный куб", "find the red cube"),
    ("найди Анну", "find Anna"),
    ("проедь вперёд на 2 метра", "drive forward 2 metres"),
    ("проедь назад на 50 сантиметров", "drive back 50 centimetres"),
    ("поверни налево на 90 градусов", "turn left by 90 degrees"),
    ("поверни направо на 45 градусов", "turn right by 45 degrees"),
    ("подожди 5 секунд", "wait 5 seconds"),
    ("сколько красных мячей ты видишь", "how many red balls do you see"),
    ("поезжай на кухню, потом найди мяч", "go to the kitchen, then find the ball"),
    ("иди за мной", "follow me"),
    ("где ты", "where are you"),
    ("поверни налево", "turn left"),
    ("осмотрись", "look around"),
    ("запомни это место", "remember this place"),
]


@pytest.mark.parametrize(("russian", "english"), COMMANDS)
def test_a_command_goes_both_ways_by_its_meaning(russian: str, english: str) -> None:
    assert into("en", russian)[0] == english
    assert into("ru", english)[0] == russian


@pytest.mark.parametrize(("russian", "english"), COMMANDS[:-2])
def test_the_robot_understands_both_sides_alike(russian: str, english: str) -> None:
    parser = SentenceParser(LEXICON, CFG)
    plan = parser.parse(russian, "ru").nodes
    assert plan
    assert plan == parser.parse(english, "en").nodes


@pytest.mark.parametrize("number", [0, 7, 10, 13, 20, 21, 48, 99, 100, 101, 115, 240, 999])
def test_numbers_go_both_ways(number: int) -> None:
    russian, english = spelled(number, "ru"), spelled(number, "en")
    assert digits(russian) == digits(english) == str(number)
    assert into("en", russian) == (english,)
    assert into("ru", english) == (russian,)


def test_the_dictionary_is_large_and_goes_both_ways() -> None:
    entries = read_yaml(FOLDER / "translation.yaml")
    assert len(entries) >= 300
    for key, entry in entries.items():
        for source, target in (("ru", "en"), ("en", "ru")):
            said_first = entry[source].split("|")[0].strip()
            own = [variant.strip() for variant in entry[target].split("|")]
            assert set(own) & set(into(target, said_first)), f"{key}: {said_first}"  # type: ignore[arg-type]


def test_without_anything_live_the_dictionary_still_answers() -> None:
    reply = bare(Translation(), said("переведи слово cat"))
    assert reply is not None
    assert reply.text == "«cat» по-русски: «кошка» или «кот»."
