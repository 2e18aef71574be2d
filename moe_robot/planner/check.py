"""The gate between understanding and motion: a draft goes in, a Plan comes out or a PlanError that says why not.

Every refusal carries a code and parameters for the phrase `refuse.<code>`, which tells a person what is wrong and what
is possible. Nothing else in the project makes a Plan.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from moe_robot.config import Config
from moe_robot.errors import PlanError
from moe_robot.phrases import Place, Thing
from moe_robot.skills.schemas import CONDITIONS, Param, Schema, schemas
from moe_robot.skills.targets import number
from moe_robot.structs import Condition, Plan, PlanNode, Pose, Repeat, Step, Value
from moe_robot.world.home import Home

CAPABILITIES = frozenset({"base", "camera", "charger", "memory"})  # of the robot as it is shipped: no gripper
MAX_TEXT_CHARS = 300
MAX_NAME_CHARS = 60
ENDLESS = {"follow"}  # without a duration nothing after it would be reached


@dataclass(frozen=True)
class PlanContext:
    """What a draft is checked against. `places` were named by people (id -> pose)."""

    home: Home
    config: Config
    places: Mapping[str, Pose] = field(default_factory=dict)
    capabilities: Collection[str] = CAPABILITIES

    def known_places(self) -> set[str]:
        return {*self.home.place_names(), *self.places}


def check(draft: tuple[PlanNode, ...], context: PlanContext) -> Plan:
    """Raises PlanError: nothing_to_do, unknown_skill, unknown_place, unknown_object, unknown_color, unknown_person,
    out_of_range, outside_home, missing, unexpected, wrong_type, contradictory, cancel_among_others, needs_duration,
    missing_capability, too_long, too_many_repeats, text_too_long, place_taken."""
    if not draft:
        raise PlanError("nothing_to_do")
    checker = _Checker(context)
    checker.nodes(draft, rounds=1)
    return Plan(draft)


class _Checker:
    def __init__(self, context: PlanContext) -> None:
        self.context = context
        self.planner = context.config.planner
        self.schemas = schemas(context.config)
        self.steps = 0

    def nodes(self, nodes: tuple[PlanNode, ...], rounds: int) -> None:
        for index, node in enumerate(nodes):
            if isinstance(node, Step):
                self.step(node)
                if node.skill == "cancel" and len(nodes) > 1:
                    raise PlanError("cancel_among_others")
                if node.skill in ENDLESS and "duration_s" not in node.params and index + 1 < len(nodes):
                    raise PlanError("needs_duration", skill=node.skill)
            elif isinstance(node, Repeat):
                self.repeat(node, rounds)
            else:
                self.condition(node.condition)
                if not node.then and not node.otherwise:
                    raise PlanError("nothing_to_do")
                self.nodes(node.then, rounds)
                self.nodes(node.otherwise, rounds)

    def repeat(self, node: Repeat, rounds: int) -> None:
        if not node.body or (node.times is not None and node.times < 1):
            raise PlanError("nothing_to_do")
        if node.until is not None:
            self.condition(node.until)
        elif node.times is None:
            raise PlanError("missing", skill="repeat", param="times")
        rounds *= node.times or 1
        if rounds > self.planner.max_repeats:
            raise PlanError("too_many_repeats", value=rounds, high=self.planner.max_repeats)
        self.nodes(node.body, rounds)

    def step(self, step: Step) -> None:
        self.steps += 1
        if self.steps > self.planner.max_steps:
            raise PlanError("too_long", high=self.planner.max_steps)
        schema = self.schemas.get(step.skill)
        if schema is None:
            raise PlanError("unknown_skill", skill=step.skill)
        if schema.capability and schema.capability not in self.context.capabilities:
            raise PlanError("missing_capability", capability=schema.capability, skill=step.skill)
        self.params(step.skill, schema, step.params)
        if step.skill == "go_to" and "x_m" in step.params:
            self.point(number(step.params["x_m"]), number(step.params["y_m"]))
        if step.skill == "remember_place":
            self.name(str(step.params["name"]))

    def condition(self, condition: Condition) -> None:
        schema = CONDITIONS.get(condition.kind)
        if schema is None:
            raise PlanError("unknown_condition", condition=condition.kind)
        if condition.kind == "see" and "camera" not in self.context.capabilities:
            raise PlanError("missing_capability", capability="camera", skill="look")
        self.params(condition.kind, schema, condition.params)

    def params(self, skill: str, schema: Schema, given: Mapping[str, Value]) -> None:
        for name in sorted(given):
            if name not in schema.params:
                raise PlanError("unexpected", skill=skill, param=name)
            self.value(skill, name, schema.params[name], given[name])
        groups = [group for group in schema.one_of if any(name in given for name in group)]
        strong = [group for group in groups if not all(name in schema.optional for name in group)]
        if len(strong) > 1:
            raise PlanError("contradictory", what=tuple(_said(name, given[name]) for (name, *_) in strong))
        chosen = (strong or groups or [()])[0]
        absent = [name for name in chosen if name not in given]
        if schema.one_of and (not chosen or absent):
            raise PlanError("missing", skill=skill, param=absent[0] if absent else schema.one_of[0][0])
        if "color" in given and "person" in given and not schema.capability == "gripper":
            raise PlanError("contradictory", what=(_said("color", given["color"]), _said("person", given["person"])))
        if "yaw_deg" in given and "x_m" not in given:
            raise PlanError("unexpected", skill=skill, param="yaw_deg")

    def value(self, skill: str, name: str, param: Param, value: Value) -> None:
        if param.kind == "number":
            self.number(skill, name, param, value)
            return
        if param.kind == "places":
            if not isinstance(value, tuple) or not value:
                raise PlanError("missing", skill=skill, param=name)
            for place in value:
                self.id("place", place, param)
            return
        if not isinstance(value, str):
            raise PlanError("wrong_type", skill=skill, param=name, value=value)
        if param.kind == "text":
            if not value.strip():
                raise PlanError("missing", skill=skill, param=name)
            if len(value) > MAX_TEXT_CHARS:
                raise PlanError("text_too_long", high=MAX_TEXT_CHARS)
        elif param.kind == "choice":
            if value not in param.choices:
                raise PlanError("wrong_type", skill=skill, param=name, value=value)
        else:
            self.id(param.kind, value, param)

    def id(self, kind: str, value: str, param: Param) -> None:
        home = self.context.home
        if value == "any" and param.any_allowed:
            return
        if kind == "place" and value not in self.context.known_places():
            known = (*home.rooms, *home.places, *self.context.places)
            raise PlanError("unknown_place", word=value, known=tuple(Place(place) for place in known))
        if kind == "object" and value not in home.objects:
            raise PlanError("unknown_object", word=value, known=tuple(Thing(kind) for kind in home.objects))
        if kind == "color" and value not in home.colors:
            raise PlanError("unknown_color", word=value, known=tuple(home.colors))
        if kind == "person" and value not in home.people:
            raise PlanError("unknown_person", word=value, known=tuple(Thing(person=person) for person in home.people))

    def number(self, skill: str, name: str, param: Param, value: Value) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise PlanError("wrong_type", skill=skill, param=name, value=value)
        size = abs(value) if param.signed else value
        if not math.isfinite(value) or not param.low <= size <= param.high:
            if value == 0 and name in ("distance_m", "angle_deg", "duration_s", "rounds"):
                raise PlanError("nothing_to_do")
            raise PlanError("out_of_range", skill=skill, param=name, value=value, unit=param.unit,
                            low=param.low, high=param.high)  # fmt: skip
        if param.unit == "times" and value != int(value):
            raise PlanError("wrong_type", skill=skill, param=name, value=value)

    def point(self, x_m: float, y_m: float) -> None:
        x_min, y_min, x_max, y_max = self.context.home.bounds_m
        if not (x_min <= x_m <= x_max and y_min <= y_m <= y_max):
            raise PlanError("outside_home", x=x_m, y=y_m, x_min=x_min, x_max=x_max, y_min=y_min, y_max=y_max)

    def name(self, name: str) -> None:
        if len(name) > MAX_NAME_CHARS:
            raise PlanError("text_too_long", high=MAX_NAME_CHARS)
        for place, names in self.context.home.place_names().items():
            if any(name.casefold() == known.casefold() for language in names.values() for known in language):
                raise PlanError("place_taken", word=name, place=Place(place))


def _said(name: str, value: Value) -> object:
    """The value as the phrases can say it."""
    if name == "place":
        return Place(str(value))
    if name == "object":
        return Thing(str(value))
    if name == "person":
        return Thing(person=str(value))
    return str(value)
