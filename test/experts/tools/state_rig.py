"""Asking an answerer about a real home and a world made by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np

from moe_robot.config import Config, load_config
from moe_robot.experts.answerer import Answerer
from moe_robot.experts.card import ExpertCard
from moe_robot.experts.context import AnswerContext, Diagnosis, GraphView, Live, TopicEnds
from moe_robot.lexicon import lexicon_of
from moe_robot.phrases import Phrases
from moe_robot.structs import (
    Battery,
    Detection,
    Language,
    Pose,
    Reply,
    SafetyMode,
    SafetyState,
    Scan,
    Sighting,
    Turn,
    Utterance,
    Velocity,
    WorldState,
)
from moe_robot.world.home import Home, load_home

HOME: Home = load_home("flat")
CFG: Config = load_config()
LEXICON = lexicon_of(HOME)
PHRASES = Phrases(LEXICON, HOME.rooms)
NOW = datetime(2026, 11, 20, 15, 4, tzinfo=timezone(timedelta(hours=3)))
NOW_S = 1000.0  # of the world's clock
CARD = ExpertCard("x", "x", {"ru": "x", "en": "x"}, {"ru": "x", "en": "x"}, {"ru": ("x",), "en": ("x",)}, (), ())
IN_KITCHEN = Pose(1.8, 6.2, math.pi / 2)


@dataclass(frozen=True)
class Robot:
    """What the brain node would tell, as values."""

    topics: Mapping[str, TopicEnds] | None = None
    nodes: tuple[str, ...] = ()
    services: Mapping[str, tuple[str, ...]] | None = None
    statuses: tuple[Diagnosis, ...] = ()
    command: str = ""

    def graph(self) -> GraphView:
        return GraphView(self.nodes, self.topics or {}, self.services or {})

    def diagnostics(self) -> tuple[Diagnosis, ...]:
        return self.statuses

    def running(self) -> str:
        return self.command


def world(**known: object) -> WorldState:
    """Everything in order in the kitchen, but for what is given."""
    fine: dict[str, object] = {
        "pose": IN_KITCHEN,
        "pose_std_m": 0.04,
        "odom": Pose(0.0, 0.0),
        "velocity": Velocity(),
        "scan": scan(),
        "image_t_s": NOW_S - 0.1,
        "battery": Battery(64.0, 11.8, -0.9, False),
        "safety": SafetyState(SafetyMode.ARMED, 0, t_s=NOW_S),
    }
    return WorldState(t_s=NOW_S, **{**fine, **known})  # type: ignore[arg-type]


def scan(**at_m: float) -> Scan:
    """A full turn that is free up to 12 m but for `ahead`, `left`, `behind`, `right`: 20 degrees of something there."""
    ranges = np.full(360, np.inf, dtype=np.float32)
    for name, metres in at_m.items():
        middle = {"ahead": 0, "left": 90, "behind": 180, "right": 270}[name]
        ranges[np.arange(middle - 10, middle + 11) % 360] = metres
    return Scan(ranges, 0.0, math.radians(1.0), 0.1, 12.0, NOW_S)


def sighting(kind: str, color: str = "", person: str = "", x_m: float = 1.0, y_m: float = 6.6, age_s: float = 5.0,
             id: int = 0) -> Sighting:  # fmt: skip
    seen_s = NOW_S - age_s
    return Sighting(id, kind, color, person, x_m, y_m, HOME.room_at(x_m, y_m), 0.9, 5, seen_s - 10.0, seen_s)


def detection(kind: str, color: str = "", person: str = "", distance_m: float = 1.5, bearing_rad: float = 0.0,
              width_px: int = 40) -> Detection:  # fmt: skip
    return Detection(kind, color, person, 0.9, (100, 80, width_px, width_px), distance_m, bearing_rad, None, NOW_S)


def context(state: WorldState | None = None, robot: Robot | None = None, history: tuple[Turn, ...] = (),
            live: bool = True) -> AnswerContext:  # fmt: skip
    live_robot = Live(LEXICON, PHRASES, robot) if live else None
    return AnswerContext(CARD, HOME, CFG, NOW, state, history, live_robot)


def said(text: str) -> Utterance:
    language: Language = "ru" if any("а" <= char <= "я" for char in text.lower()) else "en"
    return Utterance(text, language, source="test", t_s=NOW_S)


def ask(tool: Answerer, text: str, state: WorldState | None = None, robot: Robot | None = None,
        history: tuple[Turn, ...] = (), live: bool = True) -> str:  # fmt: skip
    """The answer in words."""
    reply = reply_to(tool, text, state, robot, history, live)
    assert reply is not None, f"not answered: {text}"
    assert not reply.draft
    return reply.text


def reply_to(tool: Answerer, text: str, state: WorldState | None = None, robot: Robot | None = None,
             history: tuple[Turn, ...] = (), live: bool = True) -> Reply | None:  # fmt: skip
    return tool.answer(said(text), context(state, robot, history, live))
