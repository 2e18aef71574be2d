"""What the robot keeps across restarts: turns, named places and sightings, in one SQLite file.

The memory node is its only writer (a lock file holds others off); everyone else asks through `memory.service`.
A method returns only after its transaction is on the disk (WAL, synchronous=FULL: each commit is synced, so neither
kill -9 nor a power cut loses what was acknowledged; writes are rate limited by the service, so the sync is cheap).
Every failure is a StoreError that says what was expected, what was found and what to do. Not thread safe: the thread
that opened a Store uses it. Does not know ROS, the clock or the map.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Literal, TypeAlias, cast

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from moe_robot.config import Config
from moe_robot.errors import StoreError
from moe_robot.memory import schema
from moe_robot.memory.file import StoreFile, explain
from moe_robot.memory.records import PlaceRecord, TurnRecord
from moe_robot.paths import state_dir
from moe_robot.structs import Language, Pose, Sighting, all_votes

ANY = ("", "any")  # both mean "no matter which"
ONE_THING_M = 0.3  # things of one colour that seem to stand in each other are one, misread
MAX_WEIGHT = 10  # old detections weigh at most this much in a merged position, so that it follows a nudged thing

What: TypeAlias = Literal["turns", "places", "sightings", "everything"]


class Store:
    """`notice` says what happened at opening that a person should know (a corrupt file set aside), "" = nothing."""

    def __init__(
        self,
        path: Path | str,
        *,
        merge_m: float,
        busy_timeout_s: float,
        max_bytes: int | None = None,
        migrations: tuple[schema.Migration, ...] = schema.MIGRATIONS,
    ) -> None:
        """Create or open the file; bring its schema up to date. `max_bytes` makes the store full at that size."""
        self.merge_m = merge_m
        self._file = StoreFile(Path(path), busy_timeout_s, max_bytes, migrations)
        self.path = self._file.path
        self.notice = self._file.notice

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # ------------------------------------------------------------ turns

    def remember_turn(self, turn: TurnRecord) -> int:
        """Returns the id, for `set_outcome` when the plan has ended."""
        values = {
            "t_s": turn.t_s,
            "utterance": turn.utterance,
            "language": turn.language,
            "reply": turn.reply,
            "plan": turn.plan,
            "outcome": turn.outcome,
        }
        with self._transaction() as connection:
            key = connection.execute(insert(schema.turns).values(**values)).inserted_primary_key
            assert key is not None
            return int(key[0])

    def set_outcome(self, turn_id: int, outcome: str) -> None:
        with self._transaction() as connection:
            connection.execute(update(schema.turns).where(schema.turns.c.id == turn_id).values(outcome=outcome))

    def turns(self, limit: int = 20) -> tuple[TurnRecord, ...]:
        """Newest first."""
        with self._transaction() as connection:
            rows = connection.execute(select(schema.turns).order_by(schema.turns.c.id.desc()).limit(limit)).all()
        return tuple(
            TurnRecord(r.utterance, cast("Language", r.language), r.reply, r.plan, r.outcome, r.t_s, r.id) for r in rows
        )

    # ------------------------------------------------------------ places

    def remember_place(self, place: PlaceRecord) -> None:
        """A place with the same id is replaced."""
        pose = place.pose
        with self._transaction() as connection:
            _delete_place(connection, place.id)
            connection.execute(
                insert(schema.places).values(
                    id=place.id, t_s=place.t_s, x_m=pose.x_m, y_m=pose.y_m, yaw_rad=pose.yaw_rad
                )
            )
            rows = [
                {"place_id": place.id, "language": language, "rank": rank, "name": name}
                for language, names in place.names.items()
                for rank, name in enumerate(names)
            ]
            if rows:
                connection.execute(insert(schema.place_names), rows)

    def places(self) -> tuple[PlaceRecord, ...]:
        """In the order of their ids."""
        names_of = schema.place_names
        with self._transaction() as connection:
            rows = connection.execute(select(schema.places).order_by(schema.places.c.id)).all()
            names = connection.execute(select(names_of).order_by(names_of.c.language, names_of.c.rank)).all()
        by_place: dict[str, dict[str, tuple[str, ...]]] = {}
        for row in names:
            languages = by_place.setdefault(row.place_id, {})
            languages[row.language] = (*languages.get(row.language, ()), row.name)
        return tuple(PlaceRecord(r.id, by_place.get(r.id, {}), Pose(r.x_m, r.y_m, r.yaw_rad), r.t_s) for r in rows)

    # ------------------------------------------------------------ sightings

    def remember_sightings(self, seen: Iterable[Sighting]) -> None:
        """Merge into what is known: the same kind and colour within `merge_m` is the same thing, another kind of the
        colour within ONE_THING_M is it too, misread; a known person is the same person everywhere. `id` is not read,
        `count` is the number of new detections. All of them or none."""
        with self._transaction() as connection:
            written = connection.execute(select(func.coalesce(func.max(schema.sightings.c.written), 0))).scalar_one()
            for sighting in seen:
                written += 1
                _merge(connection, sighting, self.merge_m, written)

    def recall(
        self, kind: str = "", color: str = "", person: str = "", place: str = "", limit: int = 50
    ) -> tuple[Sighting, ...]:
        """What was seen, newest first. "" or "any" = no matter which; `person` any = people, known or not."""
        rows = schema.sightings
        with self._transaction() as connection:
            query = _filtered(kind, color, person, place).order_by(rows.c.written.desc()).limit(limit)
            return tuple(_sighting(row) for row in connection.execute(query))

    def count(self, kind: str = "", color: str = "", person: str = "", place: str = "") -> int:
        """How many different things (or people, when asked for a person) were seen."""
        with self._transaction() as connection:
            query = _filtered(kind, color, person, place).subquery()
            return int(connection.execute(select(func.count()).select_from(query)).scalar_one())

    # ------------------------------------------------------------ forgetting, taking away

    def forget(self, what: What, *, kind: str = "", color: str = "", person: str = "", place: str = "") -> int:
        """Delete for good (the bytes are overwritten too) and return how many records. The filters narrow `sightings`;
        `place` is also the id of the one place to forget with `places`."""
        deleted = 0
        with self._transaction() as connection:
            if what in ("turns", "everything"):
                deleted += connection.execute(delete(schema.turns)).rowcount
            if what in ("places", "everything"):
                deleted += _delete_place(connection, "" if what == "everything" else place)
            if what == "everything":
                deleted += connection.execute(delete(schema.sightings)).rowcount
            if what == "sightings":
                ids = select(_filtered(kind, color, person, place).subquery().c.id)
                deleted += connection.execute(delete(schema.sightings).where(schema.sightings.c.id.in_(ids))).rowcount
        self._file.truncate_log()
        return deleted

    def export(self) -> Iterator[str]:
        """Everything as JSON lines: `{"table": ..., column: value, ...}`, the first one names the schema version."""
        tables: tuple[Table, ...] = (
            schema.schema_version,
            schema.turns,
            schema.places,
            schema.place_names,
            schema.sightings,
        )
        for table in tables:
            with self._transaction() as connection:
                rows = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings().all()
            for row in rows:
                yield json.dumps({"table": table.name, **row}, ensure_ascii=False)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._file.engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise StoreError(explain(error, self.path)) from error


def open_store(config: Config) -> Store:
    """The store that the configuration names. Raises StoreError."""
    path = Path(config.memory.path) if config.memory.path else state_dir() / "memory.db"
    return Store(path, merge_m=config.world.sighting_merge_m, busy_timeout_s=config.memory.busy_timeout_s)


def merged(old: Sighting, new: Sighting) -> Sighting:
    """One thing seen again. The position is a mean in which the old one weighs at most MAX_WEIGHT detections; somebody
    known who was met elsewhere is simply there now."""
    weight = new.count / (min(old.count, MAX_WEIGHT) + new.count)
    if math.hypot(new.x_m - old.x_m, new.y_m - old.y_m) > 0.5:
        weight = 1.0
    later = new if new.last_t_s >= old.last_t_s else old
    votes = all_votes(_votes(old), _votes(new))
    return replace(
        old,
        kind=votes[0][0],
        votes=votes,
        x_m=old.x_m + weight * (new.x_m - old.x_m),
        y_m=old.y_m + weight * (new.y_m - old.y_m),
        place=later.place,
        confidence=old.confidence + weight * (new.confidence - old.confidence),
        count=old.count + new.count,
        first_t_s=min(old.first_t_s, new.first_t_s),
        last_t_s=later.last_t_s,
    )


def _votes(s: Sighting) -> tuple[tuple[str, float], ...]:
    """Sightings of older files have none of their own: as if seen from a metre away."""
    return s.votes or ((s.kind, s.count * s.confidence**2),)


def same_thing(a: Sighting, b: Sighting, merge_m: float) -> bool:
    """Things of one colour that seem to stand in each other are one that was taken for two kinds."""
    if a.person and a.person == b.person:
        return True
    if (a.color, a.person) != (b.color, b.person) or (a.kind == "person") != (b.kind == "person"):
        return False
    return math.hypot(a.x_m - b.x_m, a.y_m - b.y_m) <= (merge_m if a.kind == b.kind else min(merge_m, ONE_THING_M))


def matches(sighting: Sighting, kind: str, color: str, person: str, place: str) -> bool:
    """The same filter as `recall`, for sightings that are not stored yet."""
    return (
        (kind in ANY or sighting.kind == kind)
        and (color in ANY or sighting.color == color)
        and (place in ANY or sighting.place == place)
        and (person == "" or (sighting.kind == "person" and person in ("any", sighting.person)))
        and not (kind == "any" and sighting.kind == "person")
    )


def _filtered(kind: str, color: str, person: str, place: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    rows = schema.sightings.c
    query = select(schema.sightings)
    if kind not in ANY:
        query = query.where(rows.kind == kind)
    if color not in ANY:
        query = query.where(rows.color == color)
    if place not in ANY:
        query = query.where(rows.place == place)
    if kind == "any":
        query = query.where(rows.kind != "person")
    if person:
        query = query.where(rows.kind == "person")
    if person not in ANY:
        query = query.where(rows.person == person)
    return query


def _merge(connection: Connection, new: Sighting, merge_m: float, written: int) -> None:
    rows = schema.sightings.c
    query = select(schema.sightings)
    query = query.where(rows.person == new.person) if new.person else query.where(rows.color == new.color)
    known = [s for s in map(_sighting, connection.execute(query)) if same_thing(s, new, merge_m)]
    if not known:
        connection.execute(insert(schema.sightings).values(written=written, **_columns(new)))
        return
    nearest = min(known, key=lambda s: (s.kind != new.kind, math.hypot(s.x_m - new.x_m, s.y_m - new.y_m)))
    values = _columns(merged(nearest, new))
    connection.execute(update(schema.sightings).where(rows.id == nearest.id).values(written=written, **values))


def _columns(s: Sighting) -> dict[str, str | float | int]:
    return {
        "kind": s.kind,
        "color": s.color,
        "person": s.person,
        "x_m": s.x_m,
        "y_m": s.y_m,
        "place": s.place,
        "confidence": s.confidence,
        "count": s.count,
        "first_t_s": s.first_t_s,
        "last_t_s": s.last_t_s,
        "votes": json.dumps(s.votes),
    }


def _sighting(row: Row[tuple[object, ...]]) -> Sighting:
    m = row._mapping
    return Sighting(
        m["id"],
        m["kind"],
        m["color"],
        m["person"],
        m["x_m"],
        m["y_m"],
        m["place"],
        m["confidence"],
        m["count"],
        m["first_t_s"],
        m["last_t_s"],
        tuple((str(kind), float(weight)) for kind, weight in json.loads(m["votes"] or "[]")),
    )


def _delete_place(connection: Connection, place_id: str) -> int:
    names, rows = delete(schema.place_names), delete(schema.places)
    if place_id:
        names = names.where(schema.place_names.c.place_id == place_id)
        rows = rows.where(schema.places.c.id == place_id)
    connection.execute(names)
    return int(connection.execute(rows).rowcount)
