"""Reminders that come round: said, kept, told again and again, moved, cancelled."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from state_rig import NOW
from talk_rig import Talk

from moe_robot.experts.keepsakes import Keepsakes
from moe_robot.experts.repeat import Repeat
from moe_robot.experts.tools.reminder import Reminder

DAILY, WORKDAYS = Repeat(frozenset(range(7))), Repeat(frozenset(range(5)))
FRIDAYS, TWICE = Repeat(frozenset({4})), Repeat(frozenset({1, 4}))


@pytest.mark.parametrize(  # NOW is Friday, 20 November 2026, 15:04
    ("text", "what", "repeat", "first"),
    [
        ("напоминай каждый день в 9 пить таблетки", "пить таблетки", DAILY, "2026-11-21 09:00"),
        ("напоминай каждый день в 16 гулять", "гулять", DAILY, "2026-11-20 16:00"),
        ("напоминай по будням в восемь утра делать зарядку", "делать зарядку", WORKDAYS, "2026-11-23 08:00"),
        ("каждое утро напоминай кормить кота", "кормить кота", DAILY, "2026-11-21 09:00"),
        ("напоминай каждые два часа размяться", "размяться", Repeat(every_s=7200), "2026-11-20 17:04"),
        ("напомни в каждую пятницу вечером проверить почту", "проверить почту", FRIDAYS, "2026-11-20 19:00"),
        ("remind me every Tuesday and Friday at 6 pm to water the plants", "water the plants", TWICE,
         "2026-11-20 18:00"),
        ("every hour remind me to stretch", "stretch", Repeat(every_s=3600), "2026-11-20 16:04"),
        ("every other day at noon remind me to feed fish", "feed fish", Repeat(every_s=172_800), "2026-11-21 12:00"),
        ("remind me at weekends to call mum", "call mum", Repeat(frozenset({5, 6})), "2026-11-21 09:00"),
    ],
)  # fmt: skip
def test_it_is_kept_with_its_row(text: str, what: str, repeat: Repeat, first: str) -> None:
    talk = Talk(Reminder())
    answer = talk.ask(text)
    (entry,) = talk.keepsakes.schedule.pending()
    assert (entry.text, entry.repeat) == (what, repeat)
    assert entry.due.astimezone(NOW.tzinfo).strftime("%Y-%m-%d %H:%M") == first
    assert what in answer


def test_it_tells_how_often() -> None:
    talk = Talk(Reminder())
    assert talk.ask("wake me at 6:30 on weekdays").startswith("I will remind you on weekdays: ")
    assert "раз в час" in talk.ask("напоминай каждый час размяться")
    assert "раз в час – «размяться»" in talk.ask("какие есть напоминания?")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("напоминай каждую секунду моргать", "Чаще раза в минуту"),
        ("remind me every year about the wedding day", "I cannot repeat it like that"),
    ],
)
def test_what_does_not_come_round_is_said(text: str, answer: str) -> None:
    talk = Talk(Reminder())
    assert talk.ask(text).startswith(answer)
    assert not talk.keepsakes.schedule.pending()


def test_it_is_told_each_time_and_once_for_what_was_missed() -> None:
    keepsakes = Keepsakes(":memory:")
    schedule = keepsakes.schedule
    schedule.add("reminder", NOW + timedelta(hours=1), "drink", "en", Repeat(every_s=3600))
    assert schedule.due(NOW) == ()
    assert [entry.text for entry in schedule.due(NOW + timedelta(hours=1))] == ["drink"]
    assert schedule.due(NOW + timedelta(hours=1)) == ()
    assert len(schedule.due(NOW + timedelta(hours=9, minutes=30))) == 1  # eight were missed
    (entry,) = schedule.pending()
    assert entry.due == NOW + timedelta(hours=10)
    assert schedule.cancel(entry.id)
    assert schedule.due(NOW + timedelta(days=9)) == ()


def test_moving_and_cancelling_keep_the_row_together() -> None:
    talk = Talk(Reminder())
    talk.ask("напоминай каждый день в 9 пить таблетки")
    assert "каждый день" in talk.ask("перенеси напоминание про таблетки на восемь утра")
    (entry,) = talk.keepsakes.schedule.pending()
    assert entry.repeat == Repeat(frozenset(range(7)))
    assert talk.ask("отмени напоминание про таблетки").startswith("Отменил")
    assert not talk.keepsakes.schedule.pending()


def test_a_day_keeps_its_hour_over_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    due = datetime(2026, 3, 28, 8, 0, tzinfo=berlin)
    assert Repeat(frozenset(range(7))).next_after(due, due) == datetime(2026, 3, 29, 8, 0, tzinfo=berlin)
    assert Repeat(every_s=3600).next_after(due, due) == due + timedelta(hours=1)


def test_the_next_time_is_later_than_now_however_long_nothing_ran() -> None:
    years_later = NOW + timedelta(days=3000)
    for repeat in (WORKDAYS, Repeat(every_s=60), Repeat(every_s=172_800)):
        due = repeat.next_after(NOW, years_later)
        assert timedelta(0) < due - years_later <= timedelta(days=3)


@pytest.mark.parametrize("text", ["days:7", "days:", "every:0", "every:x", "often"])
def test_a_row_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|invalid"):
        Repeat.read(text)


def test_a_file_of_the_version_before_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "keepsakes.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(
            "create table entries (id integer primary key autoincrement, kind text not null, due_s real not null,"
            " text text not null, language text not null,"
            " state text not null default 'pending', asked_s real not null);"
            "insert into entries (kind, due_s, text, language, asked_s)"
            " values ('reminder', 1800000000, 'tea', 'en', 1);"
            "pragma user_version = 1;"
        )
    old.close()
    for _ in range(2):
        keepsakes = Keepsakes(path)
        (entry,) = keepsakes.schedule.pending()
        assert (entry.text, entry.repeat) == ("tea", None)
        keepsakes.close()
