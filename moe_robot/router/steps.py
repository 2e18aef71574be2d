"""From the slots of a matched sentence to steps and conditions of the plan language. One function for each intent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from moe_robot.structs import Condition, PlanNode, Repeat, Step, Value

SLOW_MPS, FAST_MPS = 0.15, 0.5
DOCK = "dock"  # the id of the place where the robot charges: going there is `dock()`, which proves that it does
REF, THERE, SAME = "_ref", "_there", "_same"  # parameters that the steps before must give: "find Anna and go to her"


class NotAPlan(Exception):
    """These pieces do not make a plan: an ellipsis without what it leans on, a condition that governs nothing."""


@dataclass(frozen=True)
class Unknown:
    """A name that no lexicon knows, in the place of an id."""

    kind: str  # place | object | color | person | ambiguous_place
    word: str


@dataclass(frozen=True)
class Clause:
    """What one matched sentence asks for. `after` names the skill that must stand before it (an ellipsis)."""

    intent: str
    steps: tuple[Step, ...]
    after: str = ""
    only_until: bool = False
    slots: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Defaults:
    """Numbers of the configuration that words like "back up" stand for."""

    drive_m: float = 1.0
    turn_deg: float = 90.0


def clause_of(intent: str, slots: Mapping[str, Any], text: Callable[[str], str], defaults: Defaults) -> Clause | None:
    """`text(slot)` is what was said there, letter by letter. None when the slots make no sense together."""
    if slots.get("dock", DOCK) != DOCK:
        return None
    after, only = str(slots.get("_after", "")), slots.get("_only") == "until"
    if intent.startswith("_"):
        return Clause(intent, (), after or intent, only, slots)
    return Clause(intent, _BUILDERS[intent](slots, text, defaults), after, only, slots)


def target(slots: Mapping[str, Any]) -> dict[str, Value]:
    """The thing or person that a sentence names, and where it says that it is."""
    return {**_target(slots), **_where(slots)}


def condition_of(slots: Mapping[str, Any]) -> Condition:
    if "percent" in slots:
        above = slots.get("sign") == "above" or slots.get("unsign") == "below"  # `unsign` stands behind a "not"
        return Condition("battery_below", {"percent": float(slots["percent"])}, negated=above)
    return Condition("see", _target(slots) or {"object": "any"}, negated=bool(slots.get("negated")))


def skills_of(nodes: Iterable[PlanNode]) -> Iterator[str]:
    """The skills of a plan in the order in which they stand in it."""
    return (step.skill for step in steps_of(nodes))


def steps_of(nodes: Iterable[PlanNode]) -> Iterator[Step]:
    """The steps of a plan in the order in which they stand in it."""
    for node in nodes:
        if isinstance(node, Step):
            yield node
        else:
            yield from steps_of(node.body if isinstance(node, Repeat) else (*node.then, *node.otherwise))


def negate(condition: Condition) -> Condition:
    return replace(condition, negated=not condition.negated)


Slots = Mapping[str, Any]
Text = Callable[[str], str]


def _target(slots: Slots) -> dict[str, Value]:
    """Object and colour, or person, of the slots; a pronoun as a reference."""
    if "ref" in slots:
        return {REF: slots["ref"]}
    params: dict[str, Value] = {key: slots[key] for key in ("object", "color", "person") if key in slots}
    if slots.get("_same"):
        params[SAME] = True
    if params.get("object") == "any" and "color" in params:
        del params["object"]
    return params


def _where(slots: Slots) -> dict[str, Value]:
    if "there" in slots:
        return {THERE: "place"}
    return {"place": slots["place"]} if "place" in slots else {}


def _go_to(slots: Slots, text: Text, defaults: Defaults) -> tuple[Step, ...]:
    steps = [_go_place(slots[key], via=True) for key in ("via", "via2") if key in slots]
    if "x" in slots:
        params = {"x_m": slots["x"], "y_m": slots["y"]}
        if "yaw" in slots:
            params["yaw_deg"] = slots["yaw"]
        return (*steps, Step("go_to", params))
    if "there" in slots:
        return (Step("go_to", {THERE: slots["there"]}),)
    if "place" in slots:
        return (*steps, _go_place(slots["place"]))
    return (*steps, Step("go_to", _target(slots)))


def _go_place(place: str, via: bool = False) -> Step:
    return Step("dock") if place == DOCK and not via else Step("go_to", {"place": place})


def _drive(slots: Slots, text: Text, defaults: Defaults) -> tuple[Step, ...]:
    params: dict[str, Value] = {}
    back = slots.get("dir") == "back"
    length = slots.get("length")
    if length is None and "bare" in slots:
        bare = float(slots["bare"])
        length = bare / 100 if bare > 10 else bare
    if length is not None or back:
        distance = float(length) if length is not None else defaults.drive_m
        params["distance_m"] = -distance if back else distance
    if "speed" in slots:
        params["speed_mps"] = abs(float(slots["speed"]))
    elif "pace" in slots:
        params["speed_mps"] = SLOW_MPS if slots["pace"] == "slow" else FAST_MPS
    return (Step("drive", params),)


def _turn(slots: Slots, text: Text, defaults: Defaults) -> tuple[Step, ...]:
    if slots.get("default"):
        return (Step("turn"),)
    angle = float(slots.get("angle", defaults.turn_deg))
    return (Step("turn", {"angle_deg": -angle if slots.get("side") == "right" else angle}),)


def _look(slots: Slots, text: Text, defaults: Defaults) -> tuple[Step, ...]:
    return (Step("look", {"direction": slots.get("view", "around")}),)


def _follow(slots: Slots, text: Text, defaults: Defaults) -> tuple[Step, ...]:
    params: dict[str, Value] = _target(slots) or {"person": "any"}
    if "duration" in slots:
        params["duration_s"] = slots["duration"]
    return (Step("follow", params),)


def _patrol(slots: Slots, text: Text, defaults: Defaults) -> tuple[Step, ...]:
    params: dict[str, Value] = {}
    places = [slots[key] for key in ("place", "place2", "place3", "place4") if key in slots]
    if places:
        params["places"] = tuple(places)
    if "rounds" in slots:
        params["rounds"] = slots["rounds"]
    return (Step("patrol", params),)


def _timed(skill: str) -> Callable[[Slots, Text, Defaults], tuple[Step, ...]]:
    def build(slots: Slots, text: Text, defaults: Defaults) -> tuple[Step, ...]:
        return (Step(skill, {"duration_s": slots["duration"]} if "duration" in slots else {}),)

    return build


def _targeted(skill: str, where: bool = False) -> Callable[[Slots, Text, Defaults], tuple[Step, ...]]:
    def build(slots: Slots, text: Text, defaults: Defaults) -> tuple[Step, ...]:
        return (Step(skill, {**_target(slots), **(_where(slots) if where else {})}),)

    return build


def _bare(skill: str) -> Callable[[Slots, Text, Defaults], tuple[Step, ...]]:
    def build(slots: Slots, text: Text, defaults: Defaults) -> tuple[Step, ...]:
        return (Step(skill),)

    return build


def _remember(slots: Slots, text: Text, defaults: Defaults) -> tuple[Step, ...]:
    name = re.sub(r"^(the|a|an)\s+", "", text("name").lower())
    return (Step("remember_place", {"name": name}),)


def _say(slots: Slots, text: Text, defaults: Defaults) -> tuple[Step, ...]:
    return (Step("say", {"text": text("text")}),)


_BUILDERS: Mapping[str, Callable[[Slots, Text, Defaults], tuple[Step, ...]]] = {
    "go_to": _go_to,
    "drive": _drive,
    "turn": _turn,
    "stop": _bare("stop"),
    "cancel": _bare("cancel"),
    "find": _targeted("find", where=True),
    "look": _look,
    "follow": _follow,
    "patrol": _patrol,
    "explore": _timed("explore"),
    "dock": _bare("dock"),
    "remember_place": _remember,
    "where_am_i": _bare("where_am_i"),
    "what_do_you_see": _bare("what_do_you_see"),
    "count": _targeted("count", where=True),
    "recall": _targeted("recall"),
    "battery": _bare("battery"),
    "say": _say,
    "wait": _timed("wait"),
    "help": _bare("help"),
    "pick": _targeted("pick"),
    "place": _targeted("place", where=True),
    "bring": _targeted("bring", where=True),
}
