"""Utterances that lean on the one before."""

from __future__ import annotations

import pytest

from moe_robot.router.followup import Earlier


@pytest.mark.parametrize(
    ("before", "now", "whole"),
    [
        ("поезжай на кухню", "а теперь в спальню", "поезжай в спальню"),
        ("сколько метров до кухни?", "а до спальни?", "сколько метров до спальни?"),
        ("поверни направо на 30 градусов", "а теперь налево", "поверни налево на 30 градусов"),
        ("поверни налево", "нет, направо", "поверни направо"),
        ("поверни налево", "не налево, а направо", "поверни направо"),
        ("проедь вперёд на 2 метра", "ещё на метр", "проедь вперёд на метр"),
        ("проедь вперёд", "ещё на метр", "проедь вперёд на метр"),
        ("проедь вперёд на 2 метра", "вдвое больше", "проедь вперёд на 4 м"),
        ("найди кружку", "а мяч?", "найди мяч"),
        ("найди красную кружку", "а синюю?", "найди синюю кружку"),
        ("где красная кружка?", "подъедь к ней", "подъедь к красной кружке"),
        ("сколько будет 15% от 200", "а 20%?", "сколько будет 20% от 200"),
        ("сколько будет 15% от 200", "а от 300?", "сколько будет 15% от 300"),
        ("реши x^2-5x+6=0", "а если вместо шести четыре?", "реши x^2-5x+4=0"),
        (
            "реши x^2-5x+6=0",
            "А если дискриминант отрицательный?",
            "реши x^2-5x+6=0, А если дискриминант отрицательный?",
        ),
        ("поставь таймер на 5 минут", "сделай его на десять минут", "поставь таймер на десять минут"),
        ("скажи добрый вечер", "ещё раз", "скажи добрый вечер"),
        ("сколько времени", "переведи это на английский", "переведи «сколько времени» на английский"),
        ("который час в Москве", "а в Токио?", "который час в Токио"),
        ("поезжай на кухню", "почему?", "почему ты так решил: поезжай на кухню"),
        ("поезжай на кухню", "а почему так долго ехал?", "почему ты так решил: поезжай на кухню"),
        ("найди Ивана", "теперь Анну", "найди Анну"),
        ("сколько кубов на кухне", "а конусов в гостиной?", "сколько конусов в гостиной"),
        ("отправляйся к столу", "лучше к дивану", "отправляйся к дивану"),
        ("чего больше, кубов или мячей", "а меньше", "чего меньше, кубов или мячей"),
        ("проедь вперёд метр", "теперь три", "проедь вперёд три метра"),
        ("назад на два метра", "не на два, на один", "назад на один метра"),
        ("поверни направо на 30 градусов", "в другую сторону", "поверни налево на 30 градусов"),
        ("патрулируй дом", "повтори три раза", "патрулируй дом 3 раза"),
        ("сколько дней до нового года", "а до 8 марта", "сколько дней до 8 марта"),
        ("напомни через час выключить духовку", "лучше через полчаса", "напомни через полчаса выключить духовку"),
        ("производная cos(x)", "а третья?", "третья производная cos(x)"),
        ("площадь квадрата со стороной 5", "и диагональ", "диагональ квадрата со стороной 5"),
        ("площадь круга радиуса 5", "а длина окружности", "длина окружности круга радиуса 5"),
        ("нод 12 и 18", "а 24 и 36", "нод 24 и 36"),
        ("интеграл sin(x)", "от 0 до pi", "интеграл sin(x) от 0 до pi"),
        ("реши x^2-4=0", "с девяткой вместо четвёрки", "реши x^2-9=0"),
        ("переведи 5 миль в километры", "а 10", "переведи 10 миль в километры"),
        ("кто такой Пушкин", "а Лермонтов", "кто такой Лермонтов"),
        ("какая самая большая комната", "а самая маленькая", "какая самая маленькая комната"),
        ("где Анна", "отнеси ей кружку", "отнеси Анне кружку"),
        ("мне надо позвонить врачу", "напомни об этом через час", "напомни что мне надо позвонить врачу через час"),
        ("принеси Анне кружку", "не Анне, а Ивану", "принеси Ивану кружку"),
    ],
)
def test_a_russian_fragment_becomes_a_whole_request(follow_ups, before, now, whole):
    completion = follow_ups.complete(now, "ru", (Earlier(before),))
    assert completion is not None
    assert completion.text == whole


@pytest.mark.parametrize(
    ("before", "now", "whole"),
    [
        ("go to the kitchen", "and now the bedroom", "go to the bedroom"),
        ("how far is the kitchen", "and the bedroom?", "how far is the bedroom"),
        ("turn left", "not left, right", "turn right"),
        ("drive forward 2 meters", "half that", "drive forward 1 m"),
        ("find the blue ball", "and the red one?", "find the red ball"),
        ("find the mug", "bring it to Anna", "bring the mug to Anna"),
        ("which time is it in Moscow", "and in Tokyo?", "which time is it in Tokyo"),
        ("derivative of x^3+2x", "now integrate that", "now integrate x^3+2x"),
        ("set a timer for 5 minutes", "make it ten", "set a timer for ten minutes"),
        ("go to the kitchen", "do it again", "go to the kitchen"),
        ("go to the kitchen", "what is there?", "what is in the kitchen?"),
        ("solve x^2-5x+6=0", "four instead of six", "solve x^2-5x+4=0"),
        ("solve x^2 - 4 = 0", "with 9 instead of 4?", "solve x^2 - 9 = 0"),
        ("go to the sofa", "the table instead", "go to the table"),
        ("where did you see the red cube", "what about the mug", "where did you see the mug"),
        (
            "which is closer, the red or the blue ball",
            "and which is bigger",
            "which is bigger, the red or the blue ball",
        ),
        ("what is in front of you", "and behind?", "what is behind you"),
        ("drive forward 2 meters", "three more", "drive forward three meters"),
        ("forward three metres", "make that one", "forward one metres"),
        ("patrol the house", "do that three times", "patrol the house 3 times"),
        ("remind me at three to stretch", "move it to four", "remind me at four to stretch"),
        ("what weekday is the 3rd of June", "and the 4th?", "what weekday is the 4th of June"),
        ("remind me in an hour to call", "half an hour is better", "remind me in half an hour to call"),
        ("integral of x^2 from 0 to 1", "and to 2", "integral of x^2 from 0 to 2"),
        ("mean of 2, 4, 9", "and of 3, 5, 10", "mean of 3, 5, 10"),
        ("how many ounces in a pound", "and in a kilogram", "how many ounces in a kilogram"),
        ("what's the time in New York", "and Beijing", "what's the time in Beijing"),
        ("roll two dice", "roll them again", "roll two dice"),
        ("bring Anna the box", "to Ivan, not Anna", "bring Ivan the box"),
        ("follow me", "now Anna", "follow Anna"),
    ],
)
def test_an_english_fragment_becomes_a_whole_request(follow_ups, before, now, whole):
    completion = follow_ups.complete(now, "en", (Earlier(before),))
    assert completion is not None
    assert completion.text == whole


@pytest.mark.parametrize(
    ("before", "now", "language"),
    [
        ("поезжай на кухню", "сколько будет дважды два", "ru"),
        ("поезжай на кухню", "проедь вперёд на метр", "ru"),
        ("what time is it", "find the red cube", "en"),
        ("скажи привет", "какой заряд батареи", "ru"),
        ("go to the kitchen", "", "en"),
        ("go to the kitchen", "?!", "en"),
        ("find the mug", "it's dark here", "en"),
        ("find the mug", "what time is it", "en"),
        ("find the mug", "is there anyone", "en"),
        ("go to the kitchen", "take the bottle and carry it to Anna", "en"),
        ("раздели 1001 на 7", "2,5 часа это сколько минут", "ru"),
        ("подъедь к дивану", "что такое tf и зачем оно нужно", "ru"),
        ("найди Анну", "иди за мной по пятам", "ru"),
    ],
)
def test_a_whole_request_stands_by_itself(follow_ups, before, now, language):
    assert follow_ups.complete(now, language, (Earlier(before),)) is None


def test_nothing_is_completed_without_an_earlier_utterance(follow_ups):
    assert follow_ups.complete("а в спальню?", "ru", ()) is None


def test_a_pronoun_finds_what_the_robot_spoke_of(follow_ups):
    earlier = Earlier("что ты видишь?", "Вижу синий мяч в 2 метрах.", "describe")
    completion = follow_ups.complete("подъедь к нему", "ru", (earlier,))
    assert completion is not None
    assert completion.text == "подъедь к синему мячу"


def test_a_pronoun_of_another_gender_is_not_filled_in(follow_ups):
    assert follow_ups.complete("подъедь к ней", "ru", (Earlier("найди синий мяч"),)) is None
