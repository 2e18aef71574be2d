"""Facts, timers and reminders that are kept."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest

from moe_robot.errors import MoeRobotError
from moe_robot.experts.keepsakes import MOST_CHARS, Keepsakes, Ringer, TooMuch

NOON = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


@pytest.fixture
def keepsakes(tmp_path):
    kept = Keepsakes(tmp_path / "keepsakes.db")
    yield kept
    kept.close()


def test_a_reminder_fires_once_when_it_is_due(keepsakes):
    keepsakes.schedule.add("reminder", NOON + timedelta(minutes=5), "выключить суп", "ru")
    keepsakes.schedule.add("timer", NOON + timedelta(minutes=1), "", "ru")
    assert [entry.kind for entry in keepsakes.schedule.pending()] == ["timer", "reminder"]
    assert keepsakes.schedule.due(NOON) == ()
    assert [entry.text for entry in keepsakes.schedule.due(NOON + timedelta(minutes=5))] == ["", "выключить суп"]
    assert keepsakes.schedule.due(NOON + timedelta(hours=5)) == ()


def test_what_came_due_while_nothing_ran_is_told_afterwards(tmp_path):
    first = Keepsakes(tmp_path / "k.db")
    first.schedule.add("reminder", NOON, "call mum", "en")
    first.close()
    second = Keepsakes(tmp_path / "k.db")
    assert [entry.text for entry in second.schedule.due(NOON + timedelta(days=1))] == ["call mum"]
    second.close()


def test_a_cancelled_one_does_not_fire(keepsakes):
    entry = keepsakes.schedule.add("timer", NOON, "", "en")
    assert keepsakes.schedule.cancel(entry.id)
    assert not keepsakes.schedule.cancel(entry.id)
    assert keepsakes.schedule.due(NOON) == ()


def test_a_time_without_a_zone_is_refused(keepsakes):
    with pytest.raises(ValueError, match="aware"):
        keepsakes.schedule.add("timer", datetime(2026, 11, 20, 12), "", "en")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("какой код от домофона", "код от домофона 45"),
        ("что ты помнишь про Машу", "у Маши аллергия на орехи"),
        ("what did I tell you about the keys", "the key is under the mat"),
        ("на что аллергия", "у Маши аллергия на орехи"),
    ],
)
def test_a_fact_is_found_by_its_words_in_any_form(keepsakes, question, found):
    for text, language in (
        ("код от домофона 45", "ru"),
        ("у Маши аллергия на орехи", "ru"),
        ("the key is under the mat", "en"),
    ):
        keepsakes.notes.add(text, language, "", 1.0)
    assert keepsakes.notes.search(question)[0].text == found


def test_nothing_is_found_when_no_word_is_shared(keepsakes):
    keepsakes.notes.add("код от домофона 45", "ru", "", 1.0)
    assert keepsakes.notes.search("где Пётр") == ()
    assert keepsakes.notes.search("") == ()
    assert keepsakes.notes.search("что это") == ()


def test_the_same_fact_is_kept_once(keepsakes):
    keepsakes.notes.add("код 45", "ru", "", 1.0)
    keepsakes.notes.add("Код 45", "ru", "Маша", 2.0)
    assert [(note.text, note.speaker) for note in keepsakes.notes.all()] == [("код 45", "Маша")]
    assert keepsakes.notes.forget(keepsakes.notes.all()[0].id)
    assert keepsakes.notes.all() == ()


def test_a_text_that_is_too_long_is_refused(keepsakes):
    with pytest.raises(TooMuch, match="shorter"):
        keepsakes.notes.add("x" * (MOST_CHARS + 1), "en", "", 1.0)


def test_a_broken_file_is_moved_aside(tmp_path, caplog):
    path = tmp_path / "k.db"
    path.write_bytes(b"this is no database, but somebody's text" * 100)
    kept = Keepsakes(path)
    assert kept.notes.all() == ()
    kept.close()
    assert [p.read_bytes()[:4] for p in tmp_path.glob("k.db.broken-*")] == [b"this"]
    assert "moved" in caplog.text


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(MoeRobotError, match="cannot open"):
        Keepsakes(tmp_path / "folder.db")


def test_many_threads_lose_nothing(keepsakes):
    def work(number: int) -> None:
        for index in range(20):
            keepsakes.notes.add(f"fact {number} {index}", "en", "", float(index))
            keepsakes.schedule.add("timer", NOON, f"{number} {index}", "en")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keepsakes.notes.all()) == 100
    assert len(keepsakes.schedule.due(NOON)) == 100


def test_the_ringer_tells_what_comes_due(keepsakes):
    told, rang = [], threading.Event()

    def fire(entry) -> None:
        told.append(entry.text)
        rang.set()

    keepsakes.schedule.add("timer", NOON, "tea", "en")
    ringer = Ringer(keepsakes.schedule, fire, lambda: NOON, period_s=0.01)
    assert rang.wait(20.0)
    ringer.close()
    assert told == ["tea"]


def test_a_listener_that_breaks_costs_no_other_reminder(keepsakes, caplog):
    told, rang = [], threading.Event()

    def fire(entry) -> None:
        if entry.text == "first":
            raise RuntimeError("a mistake of the listener")
        told.append(entry.text)
        rang.set()

    for text in ("first", "second"):
        keepsakes.schedule.add("reminder", NOON, text, "en")
    ringer = Ringer(keepsakes.schedule, fire, lambda: NOON, period_s=0.01)
    assert rang.wait(20.0)
    ringer.close()
    assert told == ["second"]
    assert "first" in caplog.text
