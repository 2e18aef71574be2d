"""The SQLite file of the store: opening, locking, checking, setting a corrupt one aside, and explaining failures.

The lock is a file beside it (flock): it frees itself when its holder dies, also by kill -9.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import sqlite3
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from moe_robot.errors import StoreError
from moe_robot.memory import schema

log = logging.getLogger(__name__)
COMPANIONS = ("", "-wal", "-shm")


class StoreFile:
    """An open, locked, checked file with the newest schema. Raises StoreError."""

    def __init__(
        self, path: Path, busy_timeout_s: float, max_bytes: int | None, migrations: tuple[schema.Migration, ...]
    ) -> None:
        self.path = path.expanduser().absolute()
        self.notice = ""
        self._busy_timeout_s = busy_timeout_s
        self._max_bytes = max_bytes
        self._lock = _take_lock(self.path)
        try:
            self.engine = self._open(migrations)
        except BaseException:
            self._lock.close()
            raise

    def close(self) -> None:
        self.engine.dispose()
        self._lock.close()

    def truncate_log(self) -> None:
        """Move the write-ahead log into the file, so that deleted bytes stay nowhere."""
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()  # only outside of a transaction
        finally:
            raw.close()

    def _open(self, migrations: tuple[schema.Migration, ...]) -> Engine:
        try:
            return self._checked(migrations)
        except DBAPIError as error:
            if not _is_corrupt(error):
                raise StoreError(explain(error, self.path)) from error
            aside = _set_aside(self.path)
            self.notice = (
                f"expected a SQLite store in {self.path}, found a damaged file ({error.orig}); it was moved to {aside} "
                f"and an empty store begun: restore a backup, or try `sqlite3 {aside} .recover`"
            )
            log.error(self.notice)
        try:
            return self._checked(migrations)
        except DBAPIError as error:
            raise StoreError(explain(error, self.path)) from error

    def _checked(self, migrations: tuple[schema.Migration, ...]) -> Engine:
        if not self.path.exists():
            with contextlib.suppress(
                OSError
            ):  # what a person said is nobody else's business: readable by the owner only
                os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        engine = _engine(self.path, self._busy_timeout_s, self._max_bytes)
        try:
            with engine.begin() as connection:
                verdict = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
                if verdict != "ok":
                    raise DBAPIError("quick_check", None, sqlite3.DatabaseError(f"malformed: {verdict}"))
                self._upgrade(connection, migrations)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _upgrade(self, connection: Connection, migrations: tuple[schema.Migration, ...]) -> None:
        found, newest = schema.read_version(connection), len(migrations)
        if found is None:
            raise StoreError(
                f"expected a store of moe_robot in {self.path}, found a database of another program; "
                "set memory.path to another file"
            )
        if found > newest:
            raise StoreError(
                f"expected schema version {newest} or older in {self.path}, found {found}: a newer moe_robot wrote it; "
                "upgrade moe_robot or set memory.path to another file"
            )
        if found < newest:
            schema.migrate(connection, found, migrations)


def explain(error: DBAPIError, path: Path) -> str:
    """One sentence: expected, found, what to do."""
    reason = str(error.orig).lower()
    if "full" in reason:
        return f"expected room for the memory in {path.parent}, found the disk or the store full; free some space"
    if "locked" in reason or "busy" in reason:
        return f"expected to be the only writer of {path}, found it locked; close the program that has it open"
    if "readonly" in reason or "unable to open" in reason:
        return f"expected a writable file {path}, found it not ({error.orig}); change its owner or set memory.path"
    if _is_corrupt(error):
        return f"expected a SQLite store in {path}, found a damaged file ({error.orig}); restart: it will be set aside"
    if "disk i/o" in reason:
        return f"expected to read and write {path}, found a failing or full disk ({error.orig}); check it with dmesg"
    return f"the memory {path} refused: {error.orig}; restart the memory node, and report it if it stays"


def _is_corrupt(error: DBAPIError) -> bool:
    reason = str(error.orig).lower()
    return "malformed" in reason or "not a database" in reason


def _engine(path: Path, busy_timeout_s: float, max_bytes: int | None) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        connect_args={"timeout": busy_timeout_s, "isolation_level": None, "check_same_thread": True},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if max_bytes is not None:
            page = connection.execute("PRAGMA page_size").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={max(1, max_bytes // page)}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:  # the driver alone would begin only before the first write
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _take_lock(path: Path) -> IO[str]:
    lock_path = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = lock_path.open("a+", encoding="ascii")
    except OSError as error:
        raise StoreError(
            f"expected a writable folder for the memory, found {path.parent}: {error.strerror}; "
            "make it writable or set memory.path"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        holder = lock.read(32).strip() or "unknown"
        lock.close()
        raise StoreError(
            f"expected to be the only writer of {path}, found it open in process {holder}; "
            "ask that one (the memory node), or end it"
        ) from error
    with contextlib.suppress(OSError):  # a full disk must not stop reading
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
    return lock


def _set_aside(path: Path) -> Path:
    number = 1
    while path.with_name(f"{path.name}.corrupt-{number}").exists():
        number += 1
    aside = path.with_name(f"{path.name}.corrupt-{number}")
    for suffix in COMPANIONS:
        source = path.with_name(path.name + suffix)
        if source.exists():
            source.rename(path.with_name(aside.name + suffix))
    return aside
