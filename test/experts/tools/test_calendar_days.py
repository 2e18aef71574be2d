"""What the expert `calendar` answers, word for word; the time is Saturday 14 March 2026, 15:09:26 in Moscow."""

import pytest
from asked import ask

from moe_robot.experts.tools.calendar_days import Calendar

TOOL = Calendar()

ANSWERS = [
    ("Какое сегодня число?", "Сегодня суббота, 14 марта 2026 года."),
    ("какой сегодня день недели", "Сегодня суббота, 14 марта 2026 года."),
    ("what's the date today", "Today is Saturday, 14 March 2026."),
    ("what day is it today?", "Today is Saturday, 14 March 2026."),
    ("What day is it?", "Today is Saturday, 14 March 2026."),
    ("какой сейчас год", "Сейчас 2026 год."),
    ("which month is it", "It is March 2026."),
    ("какой день недели 9 мая 2027 года?", "9 мая 2027 года — воскресенье."),
    ("на какой день недели выпадает двадцать пятое декабря", "25 декабря 2026 года — пятница."),
    ("what day of the week was July 20, 1969", "20 July 1969 was a Sunday."),
    ("what day is the 4th of July 2026", "4 July 2026 is a Saturday."),
    ("сколько дней до Нового года", "До 1 января 2027 года осталось 293 дня."),
    ("how many days until Christmas", "286 days until 25 December 2026."),
    ("сколько дней между 1 марта и 15 апреля", "Между датами 1 марта 2026 года и 15 апреля 2026 года 45 дней."),
    (
        "how many days are there between March 1 and April 15",
        "There are 45 days between 1 March 2026 and 15 April 2026.",
    ),
    ("сколько дней прошло с 1 января", "С 1 января 2026 года прошло 72 дня."),
    ("how many days since January 1st 2026", "72 days since 1 January 2026."),
    ("високосный ли 2100 год", "Нет, 2100 год не високосный; ближайший после него високосный — 2104."),
    ("is 2028 a leap year?", "Yes, 2028 is a leap year: it has 366 days."),
    ("когда следующий високосный год", "Следующий високосный год — 2028."),
    ("is this a leap year", "No, 2026 is not a leap year; the next one is 2028."),
    ("какая сейчас неделя года", "14 марта 2026 года — это 11-я неделя года."),
    ("what week number is it", "14 March 2026 is in week 11 of the year."),
    ("какое число будет через 45 дней", "Это будет 28 апреля 2026 года, вторник."),
    ("what date is 100 days from now", "That will be Monday, 22 June 2026."),
    ("какой день недели будет через 10 дней", "Это будет 24 марта 2026 года, вторник."),
    ("что за день был две недели назад", "Это было 28 февраля 2026 года, суббота."),
    ("what was the date 3 weeks ago", "That was Saturday, 21 February 2026."),
    ("какое число было позавчера", "12 марта 2026 года — четверг."),
    ("какой день послезавтра", "16 марта 2026 года — понедельник."),
    ("what day is tomorrow", "15 March 2026 is a Sunday."),
    ("сколько лет человеку, родившемуся 5 мая 1990 года", "Родившемуся 5 мая 1990 года сейчас 35 лет."),
    ("how old is someone born on 5 May 1990", "Somebody born on 5 May 1990 is 35 years old."),
    ("how old is somebody born in 1985", "Somebody born in 1985 turns 41 this year."),
    ("сколько дней в феврале 2028 года", "В феврале 2028 года 29 дней."),
    ("how many days are in February", "February 2026 has 28 days."),
    ("какой день недели 30 февраля", "30 февраля не бывает: в феврале 2026 года 28 дней."),
    ("what day is February 30", "There is no 30 February: February 2026 has 28 days."),
    ("31 апреля какой день", "31 апреля не бывает: в апреле 2026 года 30 дней."),
    ("сколько недель до 1 сентября", "До 1 сентября 2026 года остался 171 день, это 24 недели и 3 дня."),
    ("какое число в следующую пятницу", "20 марта 2026 года — пятница."),
    ("what date is next Friday", "20 March 2026 is a Friday."),
    ("сколько дней до 29 февраля", "До 29 февраля 2028 года осталось 717 дней."),
    ("how long until summer", "79 days until 1 June 2026."),
    ("через сколько дней Новый год", "До 1 января 2027 года осталось 293 дня."),
    ("какой сегодня день года", "14 марта 2026 года — 73-й день года, до конца года осталось 292 дня."),
    ("сколько дней в 2024 году", "В 2024 году 366 дней."),
    ("какого числа будет следующий понедельник", "16 марта 2026 года — понедельник."),
    ("сколько дней осталось до конца года", "До 31 декабря 2026 года осталось 292 дня."),
    ("when is Christmas", "25 December 2026 is a Friday."),
    ("what day will it be in 3 months", "That will be Sunday, 14 June 2026."),
    ("какой день недели был 12 апреля 1961", "12 апреля 1961 года — среда."),
    ("32.13.2020 какой день", "Месяца с номером 13 не бывает."),
    ("какой день недели 01.09.2030", "1 сентября 2030 года — воскресенье."),
    ("what day of the week is 2027-05-09", "9 May 2027 is a Sunday."),
    ("через неделю какое число", "Это будет 21 марта 2026 года, суббота."),
    ("I was born on 3 June 2001, how old am I?", "Somebody born on 3 June 2001 is 24 years old."),
    ("сколько дней от 1 мая до 9 мая", "Между датами 1 мая 2026 года и 9 мая 2026 года 8 дней."),
    ("сколько лет будет в 2030 году родившемуся в 1990", "Родившемуся в 1990 году в 2030 году исполняется 40 лет."),
    ("сегодня вторник?", "14 марта 2026 года — суббота."),
    ("is today Saturday", "14 March 2026 is a Saturday."),
    ("завтра выходной?", "15 марта 2026 года — воскресенье."),
    ("скоро Хэллоуин", "До 31 октября 2026 года остался 231 день."),
]

NOT_MINE = [
    "привет",
    "сколько времени",
    "когда Пасха",
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_calendar_days_answers(text, answer):
    assert ask(TOOL, text) == answer


@pytest.mark.parametrize("text", NOT_MINE)
def test_calendar_days_leaves_what_is_not_its_own(text):
    assert ask(TOOL, text) is None
