"""The store keeps what it was given, merges what was seen, and says what is wrong with its file."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest
from sqlalchemy import text

from moe_robot.errors import StoreError
from moe_robot.memory import schema
from moe_robot.memory.records import PlaceRecord, TurnRecord
from moe_robot.memory.store import Store
from moe_robot.structs import Pose, Sighting


def a_store(path, **options):
    return Store(path, **{"merge_m": 0.45, "busy_timeout_s": 0.2, **options})


def seen(kind="ball", color="blue", x=1.0, y=2.0, t_s=10.0, *, person="", place="kitchen", count=3, confidence=0.9):
    return Sighting(0, kind, color, person, x, y, place, confidence, count, t_s - 1, t_s)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "memory.db"


def test_everything_survives_a_restart(path):
    turn = TurnRecord("поезжай на кухню", "ru", "Еду на кухню.", "go_to(place=kitchen)", t_s=5.0)
    place = PlaceRecord("corner", {"en": ("corner", "nook"), "ru": ("угол",)}, Pose(1.0, 2.0, 0.5), 7.0)
    with a_store(path) as store:
        turn_id = store.remember_turn(turn)
        store.set_outcome(turn_id, "success")
        store.remember_place(place)
        store.remember_sightings([seen()])
    with a_store(path) as store:
        (kept,) = store.turns()
        assert (kept.utterance, kept.plan, kept.outcome, kept.t_s) == (turn.utterance, turn.plan, "success", 5.0)
        assert store.places() == (place,)
        (ball,) = store.recall("ball", "blue")
        assert (ball.x_m, ball.y_m, ball.place, ball.count, ball.last_t_s) == (1.0, 2.0, "kitchen", 3, 10.0)
        assert store.notice == ""


def test_the_same_thing_seen_again_nearby_updates_its_row(path):
    with a_store(path) as store:
        store.remember_sightings([seen(x=1.0, t_s=10.0, count=1)])
        store.remember_sightings([seen(x=1.4, t_s=20.0, count=1, place="hall")])
        (ball,) = store.recall("ball")
        assert ball.x_m == pytest.approx(1.2)
        assert (ball.count, ball.place, ball.first_t_s, ball.last_t_s) == (2, "hall", 9.0, 20.0)


def test_another_colour_another_kind_and_another_spot_are_other_things(path):
    with a_store(path) as store:
        store.remember_sightings([seen(), seen(color="red"), seen(kind="cube", x=1.4), seen(x=2.0)])
        assert store.count("any") == 4
        assert store.count("ball") == 3
        assert store.count("any", color="blue") == 3


def test_one_thing_that_was_taken_for_two_kinds_is_what_it_was_taken_for_most(path):
    with a_store(path) as store:
        store.remember_sightings([seen("box", count=4, confidence=0.6)])
        store.remember_sightings([seen("mug", x=1.1, count=9, confidence=0.98)])
        assert [s.kind for s in store.recall("any")] == ["mug"]
        store.remember_sightings([seen("cube", x=1.05, count=2, confidence=0.6)])
        assert [s.kind for s in store.recall("any")] == ["mug"]


def test_many_doubtful_looks_from_afar_do_not_outweigh_some_from_near(path):
    with a_store(path) as store:
        far = Sighting(0, "bottle", "red", "", 1.0, 2.0, "hall", 0.9, 60, 0.0, 6.0)
        store.remember_sightings([replace(far, votes=(("bottle", 3.0),))])
        for k in range(5):
            near = Sighting(0, "cube", "red", "", 1.1, 2.0, "hall", 0.95, 5, 7.0 + k, 8.0 + k, (("cube", 4.0),))
            store.remember_sightings([near])
        assert [(s.kind, s.count, s.votes) for s in store.recall("any")] == [
            ("cube", 85, (("cube", 20.0), ("bottle", 3.0)))
        ]


def test_a_store_without_votes_is_upgraded_and_believed(path):
    with a_store(path) as store:
        store.remember_sightings([seen()])
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE sightings DROP COLUMN votes")
        connection.execute("UPDATE schema_version SET version = 1")
    connection.close()
    with a_store(path) as store:
        assert [(s.kind, s.votes) for s in store.recall("ball")] == [("ball", ())]
        store.remember_sightings([seen("box", count=1, confidence=0.5)])
        assert [s.kind for s in store.recall("any")] == ["ball"]


def test_one_list_of_sightings_merges_within_itself(path):
    with a_store(path) as store:
        store.remember_sightings([seen(x=1.0), seen(x=1.1), seen(x=0.9)])
        assert store.count("ball") == 1


def test_a_known_person_is_one_person_wherever_they_are(path):
    with a_store(path) as store:
        store.remember_sightings([seen("person", "green", person="anna", x=1.0, t_s=1.0)])
        store.remember_sightings([seen("person", "green", person="anna", x=6.0, t_s=2.0, place="office")])
        (anna,) = store.recall(person="anna")
        assert (anna.x_m, anna.place) == (6.0, "office")


def test_people_are_not_counted_as_things(path):
    with a_store(path) as store:
        store.remember_sightings([seen(), seen("person", "green", person="anna"), seen("person", "red", x=4.0)])
        assert store.count("any") == 1
        assert store.count(person="any") == 2
        assert store.count(person="anna") == 1


def test_recall_is_newest_first_also_when_the_clock_stepped_back(path):
    with a_store(path) as store:
        store.remember_sightings([seen(x=1.0, t_s=1000.0)])
        store.remember_sightings([seen(x=5.0, t_s=3.0)])
        assert [s.x_m for s in store.recall("ball")] == [5.0, 1.0]


def test_count_by_place(path):
    with a_store(path) as store:
        store.remember_sightings([seen(), seen(x=5.0, place="office"), seen(x=6.0, place="office")])
        assert store.count("ball", place="office") == 2


def test_a_place_with_the_same_id_is_moved_and_renamed(path):
    with a_store(path) as store:
        store.remember_place(PlaceRecord("corner", {"en": ("corner", "nook")}, Pose(0, 0, 0)))
        store.remember_place(PlaceRecord("corner", {"ru": ("угол",)}, Pose(3, 4, 0)))
        assert store.places() == (PlaceRecord("corner", {"ru": ("угол",)}, Pose(3, 4, 0)),)


def test_text_that_looks_like_sql_is_only_text(path):
    bad = "'; DROP TABLE turns; --"
    with a_store(path) as store:
        store.remember_turn(TurnRecord(bad, "en", bad))
        assert store.recall(kind=bad) == ()
        assert store.turns()[0].utterance == bad


def test_what_is_forgotten_is_gone_from_the_disk_too(path):
    with a_store(path) as store:
        store.remember_turn(TurnRecord("my secret is swordfish", "en", "ok"))
        store.remember_sightings([seen()])
        assert store.forget("turns") == 1
        assert store.turns() == ()
        assert store.count("ball") == 1
        for file in path.parent.iterdir():
            assert b"swordfish" not in file.read_bytes()


def test_forget_one_place_one_kind_or_everything(path):
    with a_store(path) as store:
        for place in ("a", "b"):
            store.remember_place(PlaceRecord(place, {"en": (place,)}, Pose(0, 0, 0)))
        store.remember_sightings([seen(), seen(kind="cube", x=3.0), seen(kind="mug", x=5.0)])
        assert store.forget("places", place="a") == 1
        assert [p.id for p in store.places()] == ["b"]
        assert store.forget("sightings", kind="cube") == 1
        assert store.forget("everything") == 3
        assert list(store.export()) == [json.dumps({"table": "schema_version", "version": len(schema.MIGRATIONS)})]


def test_export_gives_every_record_as_a_json_line(path):
    with a_store(path) as store:
        store.remember_turn(TurnRecord("привет", "ru", "Здравствуйте"))
        store.remember_place(PlaceRecord("corner", {"en": ("corner",)}, Pose(1, 2, 3)))
        store.remember_sightings([seen()])
        lines = [json.loads(line) for line in store.export()]
    assert [line["table"] for line in lines] == ["schema_version", "turns", "places", "place_names", "sightings"]
    assert lines[1]["utterance"] == "привет"


def test_a_full_store_says_so_keeps_what_it_has_and_goes_on_reading(path):
    with a_store(path, max_bytes=80_000) as store:
        kept = 0
        with pytest.raises(StoreError, match="full; free some space"):
            for kept in range(1000):  # noqa: B007
                store.remember_turn(TurnRecord("x" * 2000, "en", ""))
        assert 0 < kept < 1000
        assert len(store.turns(limit=2000)) == kept
        store.forget("turns")
        store.remember_turn(TurnRecord("there is room again", "en", ""))


def test_a_second_writer_is_told_who_holds_the_store(path):
    with a_store(path), pytest.raises(StoreError, match=f"open in process {os.getpid()}"):
        a_store(path)
    a_store(path).close()


def test_a_store_locked_by_a_foreign_program_is_a_clear_error(path):
    with a_store(path) as store:
        foreign = sqlite3.connect(path, isolation_level=None)
        foreign.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="found it locked"):
            store.remember_turn(TurnRecord("a", "en", ""))
        foreign.execute("ROLLBACK")
        foreign.close()
        store.remember_turn(TurnRecord("a", "en", ""))


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder that nobody can write, root included")
def test_a_folder_that_cannot_be_written_is_a_clear_error():
    with pytest.raises(StoreError, match="make it writable or set"):
        a_store("/proc/self/memory.db")


def test_a_folder_that_is_a_file_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="make it writable or set"):
        a_store(tmp_path / "file" / "memory.db")


@pytest.mark.parametrize("garbage", [b"this is not a database at all, " * 200, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_corrupt_file_is_set_aside_and_said_and_nothing_is_deleted(path, garbage):
    for number in (1, 2):
        path.write_bytes(garbage)
        with a_store(path) as store:
            assert f"corrupt-{number}" in store.notice
            store.remember_turn(TurnRecord("a", "en", ""))
        assert path.with_name(f"memory.db.corrupt-{number}").read_bytes() == garbage


def test_a_file_damaged_in_the_middle_is_found_at_opening(path):
    with a_store(path) as store:
        for _ in range(200):
            store.remember_turn(TurnRecord("x" * 500, "en", ""))
    whole = path.read_bytes()
    damaged = whole[:20_000] + b"\x00\xff" * 4000 + whole[28_000:]
    path.write_bytes(damaged)
    with a_store(path) as store:
        assert "memory.db.corrupt-1" in store.notice
        assert store.turns() == ()
    assert path.with_name("memory.db.corrupt-1").read_bytes() == damaged


def test_a_store_of_a_newer_version_is_refused_and_untouched(path):
    a_store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    with pytest.raises(StoreError, match="found 99: a newer moe_robot wrote it; upgrade"):
        a_store(path)


def test_a_database_of_another_program_is_refused_and_untouched(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="a database of another program"):
        a_store(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM bookmarks").fetchone() == (0,)
    connection.close()


def test_an_older_store_is_upgraded_and_keeps_its_records(path):
    with a_store(path) as store:
        store.remember_turn(TurnRecord("before", "en", ""))

    def add_mood(connection):
        connection.execute(text("ALTER TABLE turns ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'"))

    with a_store(path, migrations=(*schema.MIGRATIONS, add_mood)) as store:
        assert [turn.utterance for turn in store.turns()] == ["before"]
        lines = list(store.export())
    assert f'"version": {len(schema.MIGRATIONS) + 1}' in lines[0]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT mood FROM turns").fetchall() == [("calm",)]
    connection.close()


def test_an_upgrade_that_fails_changes_nothing(path):
    a_store(path).close()

    def half(connection):
        connection.execute(text("ALTER TABLE turns ADD COLUMN mood TEXT"))
        connection.execute(text("ALTER TABLE nonsense ADD COLUMN mood TEXT"))

    with pytest.raises(StoreError, match="no such table"):
        a_store(path, migrations=(*schema.MIGRATIONS, half))
    with a_store(path) as store:
        assert f'"version": {len(schema.MIGRATIONS)}' in next(store.export())


def test_the_store_is_readable_by_its_owner_only(path):
    with a_store(path) as store:
        store.remember_turn(TurnRecord("a", "en", ""))
        for suffix in ("", "-wal"):
            assert path.with_name(f"memory.db{suffix}").stat().st_mode & 0o077 == 0


WRITER = """
import sys
from moe_robot.memory.records import TurnRecord
from moe_robot.memory.store import Store
store = Store(sys.argv[1], merge_m=0.45, busy_timeout_s=1.0)
number = 0
while True:
    number += 1
    store.remember_turn(TurnRecord(f"turn {number}", "en", "x" * 300))
    print(number, flush=True)
"""


def test_what_was_acknowledged_survives_kill_9_in_mid_writing(path):
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        acknowledged = [writer.stdout.readline() for _ in range(40)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += writer.stdout.readlines()
        writer.wait()
        last = max(int(line) for line in acknowledged if line.endswith("\n"))
        with a_store(path) as store:
            assert store.notice == ""
            kept = {turn.utterance for turn in store.turns(limit=100_000)}
            assert {f"turn {number}" for number in range(1, last + 1)} <= kept
            store.forget("turns")
