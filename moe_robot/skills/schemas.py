"""The one table of what the robot can be told to do: parameters, ranges, capabilities, time limits, who implements it.

`docs/plan-language.md` says what each skill means. The planner checks drafts against this table; the executor builds
skills from `SKILLS`. Adding a skill = a line in each of the two tables here, a class, and its phrases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from moe_robot.config import Config

ParamKind: TypeAlias = Literal["number", "text", "place", "places", "object", "color", "person", "choice"]


@dataclass(frozen=True)
class Param:
    """`low` and `high` bound the absolute value of a number, both included; `unit` is how the phrases say it.

    `signed`: it may be negative. `choices` are for the kind "choice". `any_allowed`: the id "any" is good too.
    """

    kind: ParamKind
    unit: str = ""  # m | deg | mps | s | times | percent
    low: float = 0.0
    high: float = float("inf")
    signed: bool = False
    choices: tuple[str, ...] = ()
    any_allowed: bool = False


@dataclass(frozen=True)
class Schema:
    """One skill or condition. Parameters: exactly one group of `one_of`, whole, and whatever `optional` names.

    A parameter may be in both (count(color=) and count(color=, object=)): then it selects its group when alone.
    """

    params: Mapping[str, Param] = field(default_factory=dict)
    one_of: tuple[tuple[str, ...], ...] = ()
    optional: tuple[str, ...] = ()
    capability: str = ""  # what the robot must have: base | camera | gripper | charger | memory
    moves: bool = False  # needs an armed gate
    answers: bool = False  # its result is said aloud wherever in the plan it stands
    tells: bool = False  # tells at once what is known: it may run beside a plan that moves
    timeout_s: float = 10.0  # hard limit of one run; travel sets tighter ones by distance


# "" as a class: known, so that the refusal can name what is missing, but nobody can do it.
SKILLS: Mapping[str, str] = {
    "drive": "moe_robot.skills.drive:Drive",
    "turn": "moe_robot.skills.drive:Turn",
    "stop": "moe_robot.skills.drive:Stop",
    "wait": "moe_robot.skills.drive:Wait",
    "cancel": "moe_robot.skills.talk:Cancel",
    "say": "moe_robot.skills.talk:Say",
    "help": "moe_robot.skills.talk:Help",
    "battery": "moe_robot.skills.talk:BatteryLevel",
    "where_am_i": "moe_robot.skills.talk:WhereAmI",
    "go_to": "moe_robot.skills.go_to:GoTo",
    "find": "moe_robot.skills.find:Find",
    "look": "moe_robot.skills.look:Look",
    "what_do_you_see": "moe_robot.skills.look:WhatDoYouSee",
    "count": "moe_robot.skills.count:Count",
    "recall": "moe_robot.skills.recall:RecallSighting",
    "remember_place": "moe_robot.skills.recall:RememberPlace",
    "follow": "moe_robot.skills.follow:Follow",
    "patrol": "moe_robot.skills.rounds:Patrol",
    "explore": "moe_robot.skills.rounds:Explore",
    "dock": "moe_robot.skills.dock:Dock",
    "pick": "",
    "place": "",
    "bring": "",
}


def schemas(config: Config) -> Mapping[str, Schema]:
    """The table with the limits of this robot."""
    cfg = config.skills
    thing = {"object": Param("object"), "color": Param("color"), "person": Param("person", any_allowed=True)}
    any_thing = thing | {"object": Param("object", any_allowed=True)}
    place = Param("place")
    duration = Param("number", "s", 0.1, cfg.max_duration_s)
    coordinate = Param("number", "m", 0.0, 1000.0, signed=True)
    held = Schema(
        {"object": Param("object"), "color": Param("color"), "person": thing["person"], "place": place},
        optional=("object", "color", "person", "place"),
        capability="gripper",
        moves=True,
    )
    return {
        "drive": Schema(
            {
                "distance_m": Param("number", "m", 0.01, cfg.max_distance_m, signed=True),
                "speed_mps": Param("number", "mps", 0.02, config.motion.max_linear_mps),
            },
            optional=("distance_m", "speed_mps"),
            capability="base",
            moves=True,
            timeout_s=cfg.travel_timeout_s,
        ),
        "turn": Schema(
            {"angle_deg": Param("number", "deg", 0.5, cfg.max_turn_deg, signed=True)},
            optional=("angle_deg",),
            capability="base",
            moves=True,
            timeout_s=cfg.travel_timeout_s,
        ),
        "stop": Schema(),
        "cancel": Schema(),
        "go_to": Schema(
            {
                "place": place,
                **thing,
                "x_m": coordinate,
                "y_m": coordinate,
                "yaw_deg": Param("number", "deg", 0.0, 360.0, signed=True),
            },
            one_of=(("place",), ("object",), ("person",), ("x_m", "y_m")),
            optional=("color", "yaw_deg"),
            capability="base",
            moves=True,
            timeout_s=cfg.travel_timeout_s,
        ),
        "find": Schema(
            {**any_thing, "place": place},
            one_of=(("object",), ("person",)),
            optional=("color", "place"),
            capability="camera",
            moves=True,
            answers=True,
            timeout_s=cfg.find_timeout_s + 10.0,
        ),
        "look": Schema(
            {"direction": Param("choice", choices=("around", "left", "right", "back", "ahead"))},
            optional=("direction",),
            capability="camera",
            moves=True,
            answers=True,
            timeout_s=60.0,
        ),
        "follow": Schema(
            {"person": thing["person"], "duration_s": duration},
            optional=("person", "duration_s"),
            capability="camera",
            moves=True,
            timeout_s=cfg.max_duration_s + 60.0,
        ),
        "patrol": Schema(
            {"places": Param("places"), "rounds": Param("number", "times", 1, config.planner.max_repeats)},
            optional=("places", "rounds"),
            capability="base",
            moves=True,
            timeout_s=cfg.max_duration_s,
        ),
        "explore": Schema(
            {"duration_s": duration},
            optional=("duration_s",),
            capability="camera",
            moves=True,
            timeout_s=cfg.max_duration_s + 60.0,
        ),
        "dock": Schema(capability="charger", moves=True, timeout_s=cfg.travel_timeout_s),
        "remember_place": Schema({"name": Param("text")}, one_of=(("name",),), capability="memory"),
        "where_am_i": Schema(answers=True, tells=True),
        "what_do_you_see": Schema(capability="camera", answers=True, tells=True),
        "count": Schema(
            {**any_thing, "place": place},
            one_of=(("object",), ("person",), ("color",)),
            optional=("color", "place"),
            capability="camera",
            answers=True,
            timeout_s=cfg.find_timeout_s + 10.0,
        ),
        "recall": Schema(
            any_thing, one_of=(("object",), ("person",), ("color",)), optional=("color",), answers=True, tells=True
        ),
        "battery": Schema(answers=True, tells=True),
        "say": Schema({"text": Param("text")}, one_of=(("text",),), answers=True, tells=True),
        "wait": Schema({"duration_s": duration}, one_of=(("duration_s",),), timeout_s=cfg.max_duration_s + 10.0),
        "help": Schema(answers=True, tells=True),
        "pick": held,
        "place": held,
        "bring": held,
    }


CONDITIONS: Mapping[str, Schema] = {
    "see": Schema(
        {
            "object": Param("object", any_allowed=True),
            "color": Param("color"),
            "person": Param("person", any_allowed=True),
        },
        one_of=(("object",), ("person",), ("color",)),
        optional=("color",),
    ),
    "battery_below": Schema({"percent": Param("number", "percent", 1.0, 100.0)}, one_of=(("percent",),)),
}
