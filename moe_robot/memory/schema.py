"""The tables of the store and the steps that bring an older file up to date. Knows no robot.

The version stands in the table `schema_version`; a new file is made by running all steps, so the upgrade path is the
same path that every fresh store takes. (Alembic replaces this list when the schema begins to branch.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    insert,
    inspect,
    select,
    text,
    update,
)

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("t_s", Float, nullable=False),
    Column("utterance", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("reply", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("outcome", Text, nullable=False),
)

places = Table(
    "places",
    metadata,
    Column("id", Text, primary_key=True),
    Column("t_s", Float, nullable=False),
    Column("x_m", Float, nullable=False),
    Column("y_m", Float, nullable=False),
    Column("yaw_rad", Float, nullable=False),
)

place_names = Table(
    "place_names",
    metadata,
    Column("place_id", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("name", Text, nullable=False),
)

sightings = Table(
    "sightings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("color", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("x_m", Float, nullable=False),
    Column("y_m", Float, nullable=False),
    Column("place", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_t_s", Float, nullable=False),
    Column("last_t_s", Float, nullable=False),
    Column("written", Integer, nullable=False),  # order of the writes: "newest" survives a clock that steps back
    Column("votes", Text, nullable=False, server_default=""),  # JSON, see structs.Sighting; since version 2
    Index("sightings_by_kind", "kind", "color"),
)

Migration: TypeAlias = "Callable[[Connection], None]"


def _create(connection: Connection) -> None:
    metadata.create_all(connection)


def _votes(connection: Connection) -> None:
    """What a sighting was taken for, and how often: one doubtful look must not name a thing for good."""
    if "votes" not in {column["name"] for column in inspect(connection).get_columns(sightings.name)}:
        connection.execute(text("ALTER TABLE sightings ADD COLUMN votes TEXT NOT NULL DEFAULT ''"))


MIGRATIONS: tuple[Migration, ...] = (_create, _votes)  # step i brings version i to version i + 1


def read_version(connection: Connection) -> int | None:
    """0 = an empty file, None = tables that are not ours."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return 0
    if schema_version.name not in tables:
        return None
    row = connection.execute(select(schema_version.c.version)).first()
    return None if row is None else int(row.version)


def migrate(connection: Connection, version: int, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Run the missing steps in the transaction of `connection`: all of them or none."""
    for step in migrations[version:]:
        step(connection)
    known = connection.execute(select(schema_version.c.version)).first() is not None
    statement = update(schema_version) if known else insert(schema_version)
    connection.execute(statement.values(version=len(migrations)))
