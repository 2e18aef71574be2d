"""Lengths of time and moments in words, in both languages: exact, or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from moe_robot.experts.tools.local_time import at, later, like
from moe_robot.experts.tools.spans import Span, read_words, span_at, tidy
from moe_robot.experts.tools.trouble import Trouble
from moe_robot.experts.tools.when import find_moment

NOW = datetime(2026, 11, 20, 15, 4, tzinfo=timezone(timedelta(hours=3)))  # a Friday
BERLIN = ZoneInfo("Europe/Berlin")


def span(text: str) -> Span | None:
    words = read_words(tidy(text))
    found = span_at(words, 0)
    return found[0] if found and found[1] == len(words) else None


def moment(text: str, now: datetime = NOW, morning: bool = False) -> str | None:
    found = find_moment(read_words(tidy(text)), now, morning)
    return None if found is None else f"{found.due:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def rest(text: str) -> str:
    words = read_words(tidy(text))
    found = find_moment(words, NOW)
    assert found is not None
    return " ".join(word.word for index, word in enumerate(words) if index not in found.used)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5 минут", 300),
        ("пять минут", 300),
        ("минуту", 60),
        ("минут пять", 300),
        ("полчаса", 1800),
        ("четверть часа", 900),
        ("полтора часа", 5400),
        ("час с половиной", 5400),
        ("два с половиной часа", 9000),
        ("час двадцать", 4800),
        ("1 час 20 минут и 5 секунд", 4805),
        ("пару минут", 120),
        ("полминуты", 30),
        ("сорок пять секунд", 45),
        ("1ч 30м", 5400),
        ("5 мин", 300),
        ("0,5 часа", 1800),
        ("три дня", 3 * 86_400),
        ("90 seconds", 90),
        ("a minute", 60),
        ("an hour and a half", 5400),
        ("two and a half hours", 9000),
        ("half an hour", 1800),
        ("a quarter of an hour", 900),
        ("a couple of minutes", 120),
        ("ten-minute", 600),
        ("two hours and 5 minutes", 7500),
        ("one second", 1),
        ("1.5 hours", 5400),
        ("a week", 7 * 86_400),
        ("0 минут", 0),
    ],
)
def test_a_length_of_time(text: str, seconds: int) -> None:
    found = span(text)
    assert found is not None
    assert found.whole_seconds == seconds


@pytest.mark.parametrize(
    "text", ["", "пять", "несколько минут", "several minutes", "5 с друзьями", "1:30", "минус пять минут", "a timer"]
)
def test_what_is_no_length_of_time(text: str) -> None:
    assert span(text) is None


def test_months_have_no_seconds() -> None:
    found = span("два месяца")
    assert found == Span(months=Fraction(2))
    with pytest.raises(ValueError, match="months"):
        _ = found.whole_seconds


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("через 20 минут", "2026-11-20 15:24"),
        ("через полтора часа", "2026-11-20 16:34"),
        ("через минуту", "2026-11-20 15:05"),
        ("через 45 секунд", "2026-11-20 15:04:45"),
        ("минут через десять", "2026-11-20 15:14"),
        ("через неделю", "2026-11-27 15:04"),
        ("через месяц в 9 утра", "2026-12-20 09:00"),
        ("через 2 дня в 10 утра", "2026-11-22 10:00"),
        ("через три года", "2029-11-20 15:04"),
        ("завтра в семь утра", "2026-11-21 07:00"),
        ("завтра в 7", "2026-11-21 07:00"),
        ("завтра в два", "2026-11-21 14:00"),
        ("завтра в 2 ночи", "2026-11-21 02:00"),
        ("послезавтра в 9:30", "2026-11-22 09:30"),
        ("сегодня в 5", "2026-11-20 17:00"),
        ("в 7", "2026-11-20 19:00"),
        ("в семь тридцать", "2026-11-20 19:30"),
        ("в 7 утра", "2026-11-21 07:00"),
        ("в 7:30", "2026-11-21 07:30"),
        ("в 19.30", "2026-11-20 19:30"),
        ("в полвосьмого", "2026-11-20 19:30"),
        ("в половине восьмого утра", "2026-11-21 07:30"),
        ("без четверти девять", "2026-11-20 20:45"),
        ("без десяти восемь вечера", "2026-11-20 19:50"),
        ("в двадцать минут пятого", "2026-11-20 16:20"),
        ("в четверть третьего", "2026-11-21 14:15"),
        ("в час дня", "2026-11-21 13:00"),
        ("в 12 ночи", "2026-11-21 00:00"),
        ("в полночь", "2026-11-21 00:00"),
        ("в полдень", "2026-11-21 12:00"),
        ("в 24:00", "2026-11-21 00:00"),
        ("вечером в 8", "2026-11-20 20:00"),
        ("утром в восемь", "2026-11-21 08:00"),
        ("к семи часам", "2026-11-20 19:00"),
        ("в понедельник в 9", "2026-11-23 09:00"),
        ("в пятницу в 10", "2026-11-27 10:00"),
        ("в пятницу в 18:00", "2026-11-20 18:00"),
        ("в следующую пятницу в 5", "2026-11-27 17:00"),
        ("25 декабря в полдень", "2026-12-25 12:00"),
        ("первого марта в 8 утра", "2027-03-01 08:00"),
        ("05.12.2026 в 9:30", "2026-12-05 09:30"),
        ("25-го в 9", "2026-11-25 09:00"),
        ("завтра в 5, за десять минут", "2026-11-21 16:50"),
        ("in an hour", "2026-11-20 16:04"),
        ("in half an hour", "2026-11-20 15:34"),
        ("an hour and a half from now", "2026-11-20 16:34"),
        ("at 7 pm", "2026-11-20 19:00"),
        ("at 7 p.m.", "2026-11-20 19:00"),
        ("at 7", "2026-11-20 19:00"),
        ("at half past six pm", "2026-11-20 18:30"),
        ("at quarter to nine", "2026-11-20 20:45"),
        ("twenty past four", "2026-11-20 16:20"),
        ("at ten to eight", "2026-11-20 19:50"),
        ("at eight thirty", "2026-11-20 20:30"),
        ("at noon", "2026-11-21 12:00"),
        ("12 am", "2026-11-21 00:00"),
        ("12 pm", "2026-11-21 12:00"),
        ("tomorrow at 5", "2026-11-21 17:00"),
        ("tomorrow morning at 9", "2026-11-21 09:00"),
        ("tonight at 8", "2026-11-20 20:00"),
        ("on Monday at 9 am", "2026-11-23 09:00"),
        ("next Friday at 5 pm", "2026-11-27 17:00"),
        ("on the 5th of December at 10", "2026-12-05 10:00"),
        ("December 31 at 23:59", "2026-12-31 23:59"),
        ("2026-12-05 at 10", "2026-12-05 10:00"),
        ("the day after tomorrow at six pm", "2026-11-22 18:00"),
        ("at 6 pm, ten minutes before", "2026-11-20 17:50"),
        ("twenty minutes before six", "2026-11-20 17:40"),
        ("за четверть часа до семи", "2026-11-20 18:45"),
    ],
)
def test_a_moment(text: str, due: str) -> None:
    assert moment(text) == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("завтра", "2026-11-21 09:00"),
        ("завтра вечером", "2026-11-21 19:00"),
        ("tomorrow morning", "2026-11-21 09:00"),
        ("this evening", "2026-11-20 19:00"),
        ("в пятницу", "2026-11-27 09:00"),
        ("29 февраля", "2028-02-29 09:00"),
    ],
)
def test_a_day_without_an_hour_takes_one_and_says_so(text: str, due: str) -> None:
    found = find_moment(read_words(text), NOW)
    assert found is not None
    assert found.day_only
    assert f"{found.due:%Y-%m-%d %H:%M}" == due


@pytest.mark.parametrize(
    "text",
    ["", "позвонить маме", "после обеда", "after lunch", "купи 5 яблок", "на 7 человек", "в 5 магазинов", "7 часов",
     "потом", "за день до рождества", "call bob", "morning run", "собрать семью", "в ² часов", "9" * 5000, "İ" * 50],
)  # fmt: skip
def test_what_is_no_moment(text: str) -> None:
    assert moment(text) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("в 25:00", "no_such_time"),
        ("at 7:75", "no_such_time"),
        ("в 30 часов", "no_such_time"),
        ("в 15 утра", "no_such_time"),
        ("at 13 am", "no_such_time"),
        ("32 декабря", "no_such_day"),
        ("30 февраля в 9", "no_such_day"),
        ("2026-13-45", "no_such_day"),
        ("через минус пять минут", "minus"),
        ("in minus five minutes", "minus"),
        ("вчера в 5", "past"),
        ("yesterday at 5", "past"),
        ("5 минут назад", "past"),
        ("two hours ago", "past"),
        ("сегодня в 14:00", "past"),
        ("1 января 2020 в 10", "past"),
        ("сегодня", "which_hour"),
        ("today", "which_hour"),
        ("каждый день в 9", "repeat"),
        ("every day at nine", "repeat"),
        ("по вторникам в 8", "repeat"),
        ("через сто лет", "far"),
        ("через 99999999999999999999999 лет", "far"),
        ("через 99999999999999999999999 секунд", "far"),
        ("in 99999999999999999999999 weeks", "far"),
        ("1 января 9998", "far"),
    ],
)
def test_a_moment_that_cannot_be(text: str, key: str) -> None:
    with pytest.raises(Trouble) as trouble:
        moment(text)
    assert trouble.value.key == key


@pytest.mark.parametrize(
    ("text", "due"), [("в 6", "2026-11-21 06:00"), ("at seven", "2026-11-21 07:00"), ("в 19:00", "2026-11-20 19:00")]
)
def test_who_wants_to_be_woken_means_the_morning(text: str, due: str) -> None:
    assert moment(text, morning=True) == due


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("купить пять яиц завтра в 10", "купить пять яиц"),
        ("через час позвонить на два телефона", "позвонить на два телефона"),
        ("call the 7 dwarfs at noon", "call the 7 dwarfs"),
    ],
)
def test_the_other_words_are_left(text: str, left: str) -> None:
    assert rest(text) == left


def test_an_hour_is_an_hour_over_a_change_of_the_clocks() -> None:
    evening = datetime(2026, 10, 24, 22, 0, tzinfo=BERLIN)  # the night has 25 hours
    assert moment("через 8 часов", evening) == "2026-10-25 05:00"
    assert moment("завтра в 7 утра", evening) == "2026-10-25 07:00"
    assert at(evening.date() + timedelta(1), datetime(2026, 1, 1, 7).time(), evening).utcoffset() == timedelta(hours=1)
    spring = datetime(2027, 3, 27, 22, 0, tzinfo=BERLIN)
    assert moment("завтра в 2:30", spring) == "2027-03-28 03:30"  # 2:30 is skipped
    assert later(spring, 4 * 3600).hour == 3
    assert moment("через день", spring) == "2027-03-28 22:00"


def test_a_moment_is_shown_by_the_clocks_of_now() -> None:
    utc = datetime(2026, 11, 20, 12, 4, tzinfo=timezone.utc)
    assert like(utc, NOW) == utc
    assert like(utc, NOW).utcoffset() == timedelta(hours=3)
    assert like(utc, datetime.now(BERLIN)).hour == 13
