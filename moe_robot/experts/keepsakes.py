"""What people ask the robot to keep: facts, and timers and reminders that fire. One SQLite file, kept over restarts.

    keepsakes = Keepsakes(path); keepsakes.schedule.add(...); keepsakes.notes.search("ключи")

Committed before a call returns; safe under threads; one process at a time. A file that is not a database is moved
aside under another name and said in the log: nothing is deleted.
"""

from __future__ import annotations

import functools
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from moe_robot.errors import MoeRobotError
from moe_robot.experts.context import Entry, Note
from moe_robot.experts.repeat import Repeat
from moe_robot.lexicon import analyzer, normalize

log = logging.getLogger(__name__)
VERSION = 2
MOST_ENTRIES, MOST_NOTES = 200, 10_000
MOST_CHARS = 1000  # of one fact or reminder
_SCHEMA = """
create table if not exists entries (
    id integer primary key autoincrement, kind text not null, due_s real not null, text text not null,
    language text not null, state text not null default 'pending', asked_s real not null,
    repeat text not null default '');
create table if not exists notes (
    id integer primary key autoincrement, text text not null, language text not null, speaker text not null,
    t_s real not null);
"""


class TooMuch(MoeRobotError):
    """No room for more of a kind, or a text that is too long."""


class Keepsakes:
    """Raises MoeRobotError when the file cannot be opened."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._database = _open(path)
        self.schedule = Schedule(self._database, self._lock)
        self.notes = Notes(self._database, self._lock)

    def close(self) -> None:
        with self._lock:
            self._database.close()


class Schedule:
    """Timers and reminders. Who has it calls `due` now and then; what is told there is told once."""

    def __init__(self, database: sqlite3.Connection, lock: threading.RLock) -> None:
        self._database, self._lock = database, lock

    def add(self, kind: str, due: datetime, text: str, language: str, repeat: Repeat | None = None) -> Entry:
        """`due` is aware, the first time of `repeat`. Raises TooMuch."""
        if due.tzinfo is None:
            raise ValueError(f"expected an aware time, found {due}")
        with self._lock, self._database:
            (count,) = self._database.execute("select count(*) from entries where state = 'pending'").fetchone()
            _fits(text, count, MOST_ENTRIES, "timers and reminders")
            cursor = self._database.execute(
                "insert into entries (kind, due_s, text, language, asked_s, repeat) values (?, ?, ?, ?, ?, ?)",
                (kind, due.timestamp(), text, language, time.time(), repeat.as_text() if repeat else ""),
            )
            assert cursor.lastrowid is not None
            return Entry(cursor.lastrowid, kind, due, text, language, repeat)

    def pending(self) -> tuple[Entry, ...]:
        """The soonest first."""
        return self._entries("state = 'pending' order by due_s, id", ())

    def cancel(self, id: int) -> bool:
        return self._set("cancelled", "id = ? and state = 'pending'", (id,)) > 0

    def due(self, now: datetime) -> tuple[Entry, ...]:
        """What has come due until `now`, the oldest first, what was missed while nothing ran included. Each is given
        once: it counts as told from then on. One that repeats waits for its next time after `now`."""
        with self._lock:
            entries = self._entries("state = 'pending' and due_s <= ? order by due_s, id", (now.timestamp(),))
            for entry in entries:
                if entry.repeat is None:
                    self._set("told", "id = ?", (entry.id,))
                else:
                    self._wait_until(entry.repeat.next_after(entry.due, now), entry.id)
        return entries

    def _wait_until(self, due: datetime, id: int) -> None:
        with self._lock, self._database:
            self._database.execute("update entries set due_s = ? where id = ?", (due.timestamp(), id))

    def _entries(self, where: str, values: tuple[object, ...]) -> tuple[Entry, ...]:
        with self._lock:
            columns = "id, kind, due_s, text, language, repeat"
            rows = self._database.execute(f"select {columns} from entries where {where}", values)
            return tuple(
                Entry(id, kind, datetime.fromtimestamp(due_s).astimezone(), text, language, Repeat.read(repeat))
                for id, kind, due_s, text, language, repeat in rows
            )

    def _set(self, state: str, where: str, values: tuple[object, ...]) -> int:
        with self._lock, self._database:
            return self._database.execute(f"update entries set state = ? where {where}", (state, *values)).rowcount


class Notes:
    """Facts in people's own words, found again by the words that count, in any form."""

    def __init__(self, database: sqlite3.Connection, lock: threading.RLock) -> None:
        self._database, self._lock = database, lock

    def add(self, text: str, language: str, speaker: str, t_s: float) -> Note:
        """The same fact twice is kept once, with the newer time. Raises TooMuch."""
        with self._lock, self._database:
            for note in self.all():
                if normalize(note.text) == normalize(text):
                    self._database.execute(
                        "update notes set t_s = ?, speaker = ? where id = ?", (t_s, speaker, note.id)
                    )
                    return Note(note.id, note.text, note.language, speaker, t_s)
            _fits(text, len(self.all()), MOST_NOTES, "facts")
            cursor = self._database.execute(
                "insert into notes (text, language, speaker, t_s) values (?, ?, ?, ?)", (text, language, speaker, t_s)
            )
            assert cursor.lastrowid is not None
            return Note(cursor.lastrowid, text, language, speaker, t_s)

    def all(self) -> tuple[Note, ...]:
        """The newest first."""
        with self._lock:
            rows = self._database.execute(
                "select id, text, language, speaker, t_s from notes order by t_s desc, id desc"
            )
            return tuple(Note(*row) for row in rows)

    def search(self, words: str, limit: int = 5) -> tuple[Note, ...]:
        wanted = content_words(words)
        scored = [(len(wanted & content_words(note.text)), note) for note in self.all()] if wanted else []
        best = max((score for score, _ in scored), default=0)
        found = [note for score, note in scored if score and score >= best - 1]
        found.sort(key=lambda note: -len(wanted & content_words(note.text)))
        return tuple(found[:limit])

    def forget(self, id: int) -> bool:
        with self._lock, self._database:
            return self._database.execute("delete from notes where id = ?", (id,)).rowcount > 0


def content_words(text: str) -> frozenset[str]:
    """The words that count, in their dictionary form (Russian) or without an ending (English)."""
    found = set()
    for word in "".join(c if c.isalnum() else " " for c in normalize(text)).split():
        lemma = analyzer().parse(word)[0].normal_form if any("а" <= c <= "я" for c in word) else _stem(word)
        if not {word, lemma} & _common_words():
            found.add(lemma)
    return frozenset(found)


@functools.lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    """Words that tell nothing of what a fact is about."""
    return frozenset(Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").split())


def _stem(word: str) -> str:
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word


def _fits(text: str, count: int, most: int, what: str) -> None:
    if len(text) > MOST_CHARS:
        raise TooMuch(f"expected at most {MOST_CHARS} characters, found {len(text)}: say it shorter")
    if count >= most:
        raise TooMuch(f"expected fewer than {most} {what}, found {count}: forget or cancel some first")


def _open(path: Path | str) -> sqlite3.Connection:
    if str(path) != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    try:
        return _opened(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise MoeRobotError(
                f"cannot open {path}: {error}; is the folder writable and the disk not full?"
            ) from error
        aside = Path(f"{path}.broken-{int(time.time())}")
        Path(path).rename(aside)
        log.error("%s is no database (%s): moved to %s, an empty one is begun", path, error, aside)
        return _opened(path)


def _opened(path: Path | str) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=5.0, check_same_thread=False)
    try:
        (version,) = database.execute("pragma user_version").fetchone()
        if version > VERSION:
            raise MoeRobotError(f"{path}: expected version {VERSION} or older, found {version}: update moe_robot")
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = full")
        database.executescript(_SCHEMA)
        if version == 1:
            database.execute("alter table entries add column repeat text not null default ''")
        database.execute(f"pragma user_version = {VERSION}")
    except BaseException:
        database.close()
        raise
    return database


Fire = Callable[[Entry], None]


class Ringer:
    """A thread that tells what comes due, for programs without a loop of their own. `fire` runs in that thread."""

    def __init__(self, schedule: Schedule, fire: Fire, clock: Callable[[], datetime], period_s: float = 0.2) -> None:
        self._schedule, self._fire, self._clock, self._period_s = schedule, fire, clock, period_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ringer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._period_s):
            try:
                due = self._schedule.due(self._clock())
            except Exception:
                log.exception("timers and reminders cannot be read")
                continue
            for entry in due:
                try:
                    self._fire(entry)
                except Exception:  # the others are told all the same
                    log.exception("not told: %s", entry)
