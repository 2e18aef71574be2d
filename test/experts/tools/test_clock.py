"""What the expert `clock` answers, word for word; the time is Saturday 14 March 2026, 15:09:26 in Moscow."""

import pytest
from asked import ask

from moe_robot.experts.tools.clock import Clock

TOOL = Clock()

ANSWERS = [
    ("Который час?", "Сейчас 15:09."),
    ("сколько времени", "Сейчас 15:09."),
    ("Сколько сейчас времени?", "Сейчас 15:09."),
    ("What time is it?", "It is 15:09."),
    ("what's the time", "It is 15:09."),
    ("time please", "It is 15:09."),
    ("сколько времени в Токио", "В Токио сейчас 21:09."),
    ("Который час в Нью-Йорке?", "В Нью-Йорке сейчас 08:09."),
    ("what time is it in London", "In London it is 12:09."),
    ("what's the time in New York right now", "In New York it is 08:09."),
    ("сколько сейчас времени в Сиднее", "В Сиднее сейчас 23:09."),
    ("разница во времени между Москвой и Лондоном", "В Москве 15:09, в Лондоне 12:09: разница 3 часа."),
    (
        "what is the time difference between Moscow and Tokyo",
        "It is 15:09 in Moscow and 21:09 in Tokyo: 6 hours apart.",
    ),
    ("на сколько часов Токио опережает Москву", "В Токио 21:09, в Москве 15:09: разница 6 часов."),
    ("когда в Москве 15:00, сколько времени в Лондоне?", "Когда в Москве 15:00, в Лондоне 12:00."),
    (
        "if it's 3 pm in London, what time is it in Tokyo",
        "When it is 15:00 in London, it is 00:00 in Tokyo (already 15 March).",
    ),
    ("сколько времени в Урюпинске", "Не знаю, который час в городе «Урюпинске»: такого города у меня нет."),
    ("what time is it in Springfield", 'I do not know the city "Springfield", so I cannot tell its time.'),
    ("what time is it in the USA", "In USA there are several time zones: name a city."),
    ("сколько времени в США", "В США несколько часовых поясов: назови город."),
    ("какой часовой пояс в Омске", "В Омске часовой пояс Asia/Omsk, сейчас UTC+6."),
    ("what time will it be in 3 hours", "3 hours from now it will be 18:09."),
    ("который час будет через полтора часа", "Через 1 час 30 минут будет 16:39."),
    ("сколько времени было 40 минут назад", "40 минут назад было 14:29."),
    ("сколько осталось до полуночи", "До 00:00 осталось 8 часов 51 минута."),
    ("how long until 6 pm", "2 hours 51 minutes until 18:00."),
    ("скажи точное время", "Сейчас 15:09:26."),
    ("what time zone is Berlin in", "In Berlin the time zone is Europe/Berlin, now UTC+1."),
    ("what's the time difference with Paris", "It is 15:09 here and 13:09 in Paris: 2 hours apart."),
    ("could you tell me the time please", "It is 15:09."),
    ("сколько времени по Гринвичу", "По Гринвичу сейчас 12:09."),
    ("который час во Владивостоке и в Калининграде", "Во Владивостоке 22:09, в Калининграде 14:09: разница 8 часов."),
    ("сколько натикало", "Сейчас 15:09."),
    ("does London have same time as Moscow", "It is 12:09 in London and 15:09 in Moscow: 3 hours apart."),
    ("в Дели который час", "В Дели сейчас 17:39."),
    ("а в Пекине сколько времени?", "В Пекине сейчас 20:09."),
    ("сколько сейчас часов в Париже", "В Париже сейчас 13:09."),
    ("what time is it in Kathmandu", "In Kathmandu it is 17:54."),
    ("сколько времени в Индии", "В Индии сейчас 17:39."),
    ("если в Лондоне полдень, который час в Москве?", "Когда в Лондоне 12:00, в Москве 15:00."),
    ("when it is 25:00 in Paris what time is it in Rome", "There is no such time as 25:00."),
    ("уже вечер?", "Сейчас 15:09."),
    ("is it already 18:00", "It is 15:09."),
    ("в каком мы часовом поясе", "У нас UTC+3."),
    ("have you got the time", "It is 15:09."),
    ("UTC now", "It is 12:09 UTC."),
    ("в Токио уже ночь", "В Токио сейчас 21:09."),
]

NOT_MINE = [
    "сколько будет 2+2",
    "сколько времени ехать до кухни",
    "сколько времени в пути",
    "который час в двадцать пять часов",
    "разница с Владивостоком",
    "поезжай на кухню",
    "поставь таймер на 5 минут",
    "сколько времени осталось на таймере",
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_clock_answers(text, answer):
    assert ask(TOOL, text) == answer


@pytest.mark.parametrize("text", NOT_MINE)
def test_clock_leaves_what_is_not_its_own(text):
    assert ask(TOOL, text) is None
