"""What an answerer may know besides the words. Values, and the ports of a robot that is there (`Live`).

Everything outside `live` can be sent to another process; answerers that run in one of their own get `live` = None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from moe_robot.config import Config
from moe_robot.experts.card import ExpertCard
from moe_robot.experts.repeat import Repeat
from moe_robot.lexicon import Lexicon
from moe_robot.phrases import Phrases
from moe_robot.structs import Turn, WorldState
from moe_robot.world.home import Home


@dataclass(frozen=True)
class TopicEnds:
    """One topic of the graph: its types, and the nodes at its ends."""

    types: tuple[str, ...]
    publishers: tuple[str, ...]
    subscribers: tuple[str, ...]


@dataclass(frozen=True)
class GraphView:
    """The ROS graph at one moment; names are absolute."""

    nodes: tuple[str, ...]
    topics: Mapping[str, TopicEnds]
    services: Mapping[str, tuple[str, ...]]  # name -> types


@dataclass(frozen=True)
class Diagnosis:
    """The latest status of one node on /diagnostics. `level`: 0 ok, 1 warning, 2 error, 3 stale."""

    name: str
    level: int
    message: str
    values: Mapping[str, str]
    age_s: float


class RobotPort(Protocol):
    """The running robot, as the brain node sees it. Never blocks."""

    def graph(self) -> GraphView: ...

    def diagnostics(self) -> tuple[Diagnosis, ...]: ...

    def running(self) -> str:
        """The words of the command that runs, "" = none."""


@dataclass(frozen=True)
class Entry:
    """A timer or reminder. `due` is aware local time, the next one of a row; `text` is what it is for, "" = a timer."""

    id: int
    kind: str  # timer | reminder
    due: datetime
    text: str
    language: str
    repeat: Repeat | None = None


class SchedulePort(Protocol):
    """Timers and reminders that fire, kept over restarts. Safe under threads."""

    def add(self, kind: str, due: datetime, text: str, language: str, repeat: Repeat | None = None) -> Entry: ...

    def pending(self) -> tuple[Entry, ...]: ...

    def cancel(self, id: int) -> bool: ...


@dataclass(frozen=True)
class Note:
    """A fact that a person asked to remember, in their words."""

    id: int
    text: str
    language: str
    speaker: str
    t_s: float  # Unix time


class NotesPort(Protocol):
    """Facts that people asked to remember, kept over restarts. Safe under threads."""

    def add(self, text: str, language: str, speaker: str, t_s: float) -> Note: ...

    def search(self, words: str, limit: int = 5) -> tuple[Note, ...]:
        """The nearest first, by words in any form; nothing when none shares a word that counts."""

    def all(self) -> tuple[Note, ...]: ...

    def forget(self, id: int) -> bool: ...


@dataclass(frozen=True)
class Live:
    """What cannot leave the process. None = not there: an answerer that needs it says so."""

    lexicon: Lexicon
    phrases: Phrases
    robot: RobotPort | None = None
    schedule: SchedulePort | None = None
    notes: NotesPort | None = None
    cards: Mapping[str, ExpertCard] = field(default_factory=dict)  # of all experts


@dataclass(frozen=True)
class AnswerContext:
    """`history` is this conversation, oldest first. `world` None: no robot is connected."""

    card: ExpertCard
    home: Home
    cfg: Config
    now: datetime  # aware, local
    world: WorldState | None = None
    history: tuple[Turn, ...] = ()
    live: Live | None = None
    sure: float = 0.0  # how surely this expert is meant, where the router has guessed it, 0..1
    said: str = ""  # the person's own words, where they were completed from what was said before
