"""The processes of loaded experts: at most so many, within so much memory, the least recently used goes first.

A slot is an expert's place in the pool. It is *busy* while somebody uses or waits for it, and only idle ones are
unloaded, so an answer in the making is never cut off for another expert. Who finds all places busy waits. A process is
measured after loading, every 0.05 s of an answer, and after it: others make room for it, and one that alone is beyond
the budget is ended.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from moe_robot.config import ExpertsConfig
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.process import WorkerFailed, WorkerProcess
from moe_robot.structs import Reply, Utterance

MB = 2**20


@dataclass(frozen=True)
class Loaded:
    """An expert whose process runs."""

    expert: str
    pid: int
    rss_bytes: int
    busy: bool


@dataclass(frozen=True)
class Counts:
    hits: int = 0
    misses: int = 0
    evictions: int = 0
    load_s: Mapping[str, float] = field(default_factory=dict)
    unload_s: Mapping[str, float] = field(default_factory=dict)


@dataclass
class _Slot:
    expert: str
    users: int = 0
    process: WorkerProcess | None = None
    answerers: set[str] = field(default_factory=set)  # loaded in it
    lock: threading.Lock = field(default_factory=threading.Lock)  # held while its process is used

    def rss_bytes(self) -> int:
        process = self.process
        return process.rss_bytes() if process else 0


class WorkerPool:
    def __init__(self, cfg: ExpertsConfig) -> None:
        self._size, self._budget_bytes = cfg.cache_size, int(cfg.max_ram_mb * MB)
        self._cfg = cfg
        self._slots: OrderedDict[str, _Slot] = OrderedDict()  # the least recently used first
        self._changed = threading.Condition()  # guards all of the pool; a slot's own lock is never taken inside
        self._hits = self._misses = self._evictions = 0
        self._load_s: dict[str, float] = {}
        self._unload_s: dict[str, float] = {}
        self._last_rss: dict[str, int] = {}  # as measured when it was last used

    def ask(
        self, answerer: tuple[str, str], utterance: Utterance, context: AnswerContext, timeout_s: float
    ) -> Reply | None:
        """`answerer`: its name and "module:Class". Raises WorkerFailed."""
        end_s = monotonic() + timeout_s + self._cfg.load_timeout_s
        with self._slot(context.card.id, end_s) as slot:
            try:
                process = self._loaded(slot, *answerer)
                return process.ask(answerer[0], utterance, context, timeout_s, lambda: self._watch(slot))
            except WorkerFailed as error:
                if error.over or not slot.answerers:
                    self._unload(slot)
                raise

    def loaded(self) -> tuple[Loaded, ...]:
        with self._changed:
            return tuple(
                Loaded(slot.expert, slot.process.pid, slot.rss_bytes(), slot.users > 0)
                for slot in self._slots.values()
                if slot.process is not None
            )

    def counts(self) -> Counts:
        with self._changed:
            return Counts(self._hits, self._misses, self._evictions, dict(self._load_s), dict(self._unload_s))

    def close(self) -> None:
        """Ends all processes, also in the middle of an answer."""
        with self._changed:
            for slot in self._slots.values():
                if slot.process is not None:
                    slot.process.kill()
            for slot in [slot for slot in self._slots.values() if not slot.users]:
                self._end(slot)

    @contextmanager
    def _slot(self, expert: str, end_s: float) -> Iterator[_Slot]:
        """The expert's place, for this thread alone."""
        slot = self._enter(expert, end_s)
        try:
            if not slot.lock.acquire(timeout=max(0.0, end_s - monotonic())):
                raise WorkerFailed("timeout", "others were asking it all the time", over=False)
            try:
                yield slot
            finally:
                slot.lock.release()
        finally:
            self._leave(slot)

    def _enter(self, expert: str, end_s: float) -> _Slot:
        with self._changed:
            while True:
                slot = self._slots.get(expert)
                if slot is None and self._room_for(expert):
                    slot = self._slots[expert] = _Slot(expert)
                if slot is not None:
                    self._slots.move_to_end(expert)
                    slot.users += 1
                    return slot
                if not self._changed.wait(end_s - monotonic()):
                    reason = f"{len(self._slots)} other experts kept all places or all of the memory"
                    raise WorkerFailed("timeout", reason, over=False)

    def _leave(self, slot: _Slot) -> None:
        with self._changed:
            slot.users -= 1
            if slot.process is not None:
                self._last_rss[slot.expert] = slot.rss_bytes() or self._last_rss.get(slot.expert, 0)
            elif not slot.users:
                del self._slots[slot.expert]
            self._fit()
            self._changed.notify_all()

    def _loaded(self, slot: _Slot, name: str, target: str) -> WorkerProcess:
        """Its process with that answerer in it, started when there is none. Raises WorkerFailed."""
        hit = slot.process is not None and name in slot.answerers
        with self._changed:
            self._hits += hit
            self._misses += not hit
        if slot.process is not None and hit:
            return slot.process
        began_s = monotonic()
        if slot.process is None:
            slot.process = WorkerProcess(slot.expert, self._cfg.max_ram_mb)
        slot.process.load(name, target, self._cfg.load_timeout_s, lambda: self._watch(slot))
        slot.answerers.add(name)
        with self._changed:
            self._load_s[slot.expert] = monotonic() - began_s
        return slot.process

    def _watch(self, slot: _Slot) -> str:
        """Called while `slot` loads or answers: others make room; beyond the budget alone it must end."""
        with self._changed:
            self._fit()
        taken = slot.rss_bytes()
        if taken <= self._budget_bytes:
            return ""
        return f"took {taken / MB:.0f} MB, allowed are {self._budget_bytes / MB:.0f} (experts.max_ram_mb)"

    # ---------------------------------------------------------------- with the pool's lock held

    def _room_for(self, expert: str) -> bool:
        """Makes room, as far as idle ones can go: for what it took the last time, at first for what any other took."""
        expected = self._last_rss.get(expert, max(self._last_rss.values(), default=0))
        while len(self._slots) >= self._size or (self._slots and self._taken() + expected > self._budget_bytes):
            if not self._evict():
                return False
        return True

    def _fit(self) -> None:
        while self._taken() > self._budget_bytes and self._evict():
            pass

    def _taken(self) -> int:
        return sum(slot.rss_bytes() for slot in self._slots.values())

    def _evict(self) -> bool:
        """Unload the least recently used idle one; False when all are busy."""
        idle = next((slot for slot in self._slots.values() if not slot.users), None)
        if idle is None:
            return False
        self._end(idle)
        self._evictions += 1
        return True

    def _end(self, slot: _Slot) -> None:
        """Its process has ended when this returns."""
        process, slot.process, slot.answerers = slot.process, None, set()
        if process is not None:
            self._unload_s[slot.expert] = process.end()
        if not slot.users:
            self._slots.pop(slot.expert, None)

    def _unload(self, slot: _Slot) -> None:
        """By its user, after a failure."""
        with self._changed:
            self._end(slot)
            self._changed.notify_all()
