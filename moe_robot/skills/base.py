"""What a skill is, and what it is given.

A skill is one step at work: `start` once, `tick` at 20 Hz until it ends, `stop` when it is interrupted. It reads a
WorldState and returns a Velocity; it does no I/O, reads no clock and says nothing itself: it names a phrase. SUCCESS is
returned only when sensors prove it, and `evidence` tells which.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from moe_robot.config import Config
from moe_robot.lexicon import Lexicon
from moe_robot.phrases import Phrases
from moe_robot.skills.schemas import SKILLS
from moe_robot.structs import Language, Status, Step, Value, Velocity, WorldState
from moe_robot.world.coverage import Coverage
from moe_robot.world.home import Home
from moe_robot.world.navigator import Navigator

STILL = Velocity()


@dataclass(frozen=True)
class SkillTick:
    """`phrase` and `params` are for `Phrases.say`; "" while there is nothing to tell."""

    status: Status
    velocity: Velocity = STILL
    remaining_m: float | None = None
    phrase: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    evidence: str = ""


class Skill(Protocol):
    def start(self, world: WorldState, now_s: float) -> None: ...

    def tick(self, world: WorldState, now_s: float) -> SkillTick: ...

    def stop(self) -> None:
        """It was interrupted: let go of whatever was begun. Not called after SUCCESS or FAILURE."""


class Ticket(Protocol):
    """A question to memory that is on its way. `value` counts when `done` and `error` is ""."""

    @property
    def done(self) -> bool: ...

    @property
    def value(self) -> object: ...

    @property
    def error(self) -> str: ...


class MemoryPort(Protocol):
    """The long-term memory, never waited for.

    request("recall", kind=, color=, person=)           -> tuple[Sighting, ...], the newest first; "" = no matter which,
                                                           kind="person" means people
    request("remember_place", name=, language=, pose=)  -> id of the place (str)
    """

    def request(self, request: str, /, **query: object) -> Ticket: ...


@dataclass(frozen=True)
class SkillTools:
    """What all skills share. `say` is called once with each text that the robot speaks by itself."""

    home: Home
    lexicon: Lexicon
    phrases: Phrases
    navigator: Navigator
    memory: MemoryPort
    say: Callable[[str], None]
    cfg: Config
    coverage: Coverage


@dataclass(frozen=True)
class Hints:
    """What a skill learns of the plan around it."""

    language: Language = "en"
    endless: bool = False  # inside `until(...)`: a drive without a distance goes on and on
    interrupted: str = ""  # notation of the step that this plan has put an end to


def create(step: Step, tools: SkillTools, hints: Hints) -> Skill:
    """The skill for a checked step. Raises KeyError for a name that is not in the table."""
    module, _, name = SKILLS[step.skill].partition(":")
    factory = cast(
        "Callable[[Mapping[str, Value], SkillTools, Hints], Skill]", getattr(importlib.import_module(module), name)
    )
    return factory(step.params, tools, hints)


def running(velocity: Velocity = STILL, remaining_m: float | None = None) -> SkillTick:
    return SkillTick(Status.RUNNING, velocity, remaining_m)


def success(phrase: str, evidence: str, **params: object) -> SkillTick:
    return SkillTick(Status.SUCCESS, STILL, 0.0, phrase, params, evidence)


def failure(phrase: str, evidence: str, **params: object) -> SkillTick:
    return SkillTick(Status.FAILURE, STILL, None, phrase, params, evidence)
