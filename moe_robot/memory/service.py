"""What memory does with requests: values and the time in, an Answer out. Used by the memory node and in lock-step.

Detections come ten times a second; they are merged in a small buffer and written at most every `write_interval_s`,
and only when something was seen three times, so that one false detection is not remembered for years. Questions see the
buffer too. When the store cannot be opened or written the robot goes on: answers carry the reason, what is in the
buffer is kept (up to BUFFER) and tried again. Does not know ROS, the map or the words of the answers.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeAlias

from moe_robot.errors import StoreError
from moe_robot.memory.records import PlaceRecord, TurnRecord
from moe_robot.memory.store import Store, What, matches, merged, same_thing
from moe_robot.structs import Detection, Language, Pose, Sighting, vote

log = logging.getLogger(__name__)
BUFFER = 200  # sightings kept while the store cannot be written
CONFIRM = 3  # detections until a thing is worth remembering: fewer may be a mistake of the detector
DOUBT_S = 3.0  # s that a thing seen less often waits for the next detection
RETRY_S = 5.0  # s between attempts to open a store that failed
MIN_CONFIDENCE = 0.5


@dataclass(frozen=True)
class Recall:
    """Where and when was it last seen? "" or "any" = no matter which."""

    kind: str = ""
    color: str = ""
    person: str = ""
    place: str = ""
    limit: int = 50


@dataclass(frozen=True)
class Count:
    kind: str = ""
    color: str = ""
    person: str = ""
    place: str = ""


@dataclass(frozen=True)
class RememberPlace:
    """Keep `pose` under the name as it was said. The same name again moves the place."""

    name: str
    language: Language
    pose: Pose
    t_s: float = 0.0


@dataclass(frozen=True)
class ListPlaces:
    pass


@dataclass(frozen=True)
class RememberTurn:
    turn: TurnRecord


@dataclass(frozen=True)
class SetOutcome:
    turn_id: int
    outcome: str


@dataclass(frozen=True)
class Forget:
    what: What
    kind: str = ""
    color: str = ""
    person: str = ""
    place: str = ""


Request: TypeAlias = "Recall | Count | RememberPlace | ListPlaces | RememberTurn | SetOutcome | Forget"


@dataclass(frozen=True)
class Answer:
    """`error` "" = it was done. `warning` = answered, but something newer could not be written (English, for the log;
    a person hears that memory cannot be written)."""

    error: str = ""
    warning: str = ""
    sightings: tuple[Sighting, ...] = ()  # newest first
    places: tuple[PlaceRecord, ...] = ()
    count: int = 0  # of things counted, of records forgotten
    id: int = 0  # of the turn just kept

    @property
    def ok(self) -> bool:
        return self.error == ""


@dataclass
class _Buffer:
    seen: list[Sighting] = field(default_factory=list)
    written_s: float = float("-inf")


class MemoryService:
    """Owns the store from its first use on; not thread safe."""

    def __init__(
        self,
        open_store: Callable[[], Store],
        room_at: Callable[[float, float], str],
        *,
        merge_m: float,
        write_interval_s: float,
        taken_ids: Collection[str] = (),
    ) -> None:
        """`room_at(x_m, y_m)` names the room of a sighting. `taken_ids` are places of the home: a remembered place with
        such a name gets an id of its own."""
        self._open_store = open_store
        self._room_at = room_at
        self._merge_m = merge_m
        self._taken_ids = frozenset(taken_ids)
        self._write_interval_s = write_interval_s
        self._store: Store | None = None
        self._failed_s = float("-inf")
        self._buffer = _Buffer()
        self.problem = ""  # why memory cannot be opened or written now, "" = it can
        self.notice = ""  # what happened at opening, see Store.notice

    def observe(self, detections: tuple[Detection, ...], now_s: float) -> None:
        """Take what the camera sees; write now and then. Never raises: see `problem`."""
        for detection in detections:
            if detection.position_m is not None and detection.confidence >= MIN_CONFIDENCE:
                self._take(self._sighting(detection, detection.position_m))
        if now_s - self._buffer.written_s >= self._write_interval_s or now_s < self._buffer.written_s:
            self._flush(now_s)

    def handle(self, request: Request, now_s: float) -> Answer:
        """Never raises StoreError: the reason stands in the answer."""
        try:
            store = self._opened(now_s)
            if isinstance(request, Recall | Count):
                self._flush(now_s)
                return self._question(store, request)
            answer = self._statement(store, request)
        except StoreError as error:
            self._report(str(error))
            return Answer(error=str(error))
        if not isinstance(request, ListPlaces):
            self._report("")
        return answer

    def close(self, now_s: float) -> None:
        """Write what is buffered and close the store."""
        self._flush(now_s)
        if self._store is not None:
            self._store.close()
            self._store = None

    def _question(self, store: Store, request: Recall | Count) -> Answer:
        what = (request.kind, request.color, request.person, request.place)
        unwritten = [s for s in self._confirmed() if matches(s, *what)]
        known = store.recall(*what, limit=request.limit if isinstance(request, Recall) else 100_000)
        new = sorted(unwritten, key=lambda s: s.last_t_s, reverse=True)
        both = (*new, *(s for s in known if not any(same_thing(s, n, self._merge_m) for n in new)))
        if isinstance(request, Count):
            return Answer(warning=self.problem, count=len(both))
        return Answer(warning=self.problem, sightings=both[: request.limit], count=len(both))

    def _statement(self, store: Store, request: Request) -> Answer:
        if isinstance(request, RememberPlace):
            place = self._place(request)
            store.remember_place(place)
            return Answer(places=(place,))
        if isinstance(request, ListPlaces):
            return Answer(places=store.places())
        if isinstance(request, RememberTurn):
            return Answer(id=store.remember_turn(request.turn))
        if isinstance(request, SetOutcome):
            store.set_outcome(request.turn_id, request.outcome)
            return Answer(id=request.turn_id)
        assert isinstance(request, Forget)
        if request.what in ("sightings", "everything"):
            what = (request.kind, request.color, request.person, request.place)
            everything = request.what == "everything"
            self._buffer.seen = [s for s in self._buffer.seen if not (everything or matches(s, *what))]
        forgotten = store.forget(
            request.what, kind=request.kind, color=request.color, person=request.person, place=request.place
        )
        return Answer(count=forgotten)

    def _opened(self, now_s: float) -> Store:
        if self._store is None:
            if 0.0 <= now_s - self._failed_s < RETRY_S:
                raise StoreError(self.problem)
            try:
                self._store = self._open_store()
            except StoreError:
                self._failed_s = now_s
                raise
            self.notice = self._store.notice
        return self._store

    def _flush(self, now_s: float) -> None:
        """One transaction for all that is confirmed; what is in doubt waits, then falls out."""
        self._buffer.written_s = now_s
        confirmed = self._confirmed()
        try:
            if confirmed:
                self._opened(now_s).remember_sightings(confirmed)
                self._report("")
        except StoreError as error:
            self._report(str(error))
            self._buffer.seen = self._buffer.seen[-BUFFER:]
            return
        self._buffer.seen = [s for s in self._buffer.seen if s.count < CONFIRM and abs(now_s - s.last_t_s) <= DOUBT_S]

    def _confirmed(self) -> list[Sighting]:
        return [s for s in self._buffer.seen if s.count >= CONFIRM]

    def _take(self, new: Sighting) -> None:
        for index, old in enumerate(self._buffer.seen):
            if same_thing(old, new, self._merge_m):
                self._buffer.seen[index] = merged(old, new)
                return
        self._buffer.seen.append(new)

    def _sighting(self, detection: Detection, position_m: tuple[float, float]) -> Sighting:
        x_m, y_m = position_m
        return Sighting(
            id=0,
            kind=detection.kind,
            color=detection.color,
            person=detection.person,
            x_m=x_m,
            y_m=y_m,
            place=self._room_at(x_m, y_m),
            confidence=detection.confidence,
            count=1,
            first_t_s=detection.t_s,
            last_t_s=detection.t_s,
            votes=vote(detection),
        )

    def _place(self, request: RememberPlace) -> PlaceRecord:
        name = " ".join(request.name.split()).casefold()
        place_id = re.sub(r"\W+", "_", name).strip("_") or "place"
        if place_id in self._taken_ids or not place_id[0].isalpha():
            place_id = f"my_{place_id}"
        return PlaceRecord(place_id, {request.language: (name,)}, request.pose, request.t_s)

    def _report(self, problem: str) -> None:
        if problem and problem != self.problem:
            log.error("memory: %s", problem)
        elif self.problem and not problem:
            log.info("memory works again")
        self.problem = problem
