"""Plans and refusals in words, for a person: "еду на кухню, потом ищу красный куб"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from moe_robot.errors import PlanError
from moe_robot.phrases import Phrases, Place, sentence
from moe_robot.skills.targets import Target, number, where_of
from moe_robot.structs import Branch, Condition, Language, PlanNode, Repeat, Step, Value

Form: TypeAlias = Literal["now", "todo"]  # "еду на кухню" | "доехать на кухню"


def describe(nodes: tuple[PlanNode, ...], phrases: Phrases, language: Language, form: Form = "now") -> str:
    """The nodes as one clause, without a capital letter and a full stop."""
    return phrases.say("then", language).join(_node(node, phrases, language, form) for node in nodes)


def describe_step(step: Step, phrases: Phrases, language: Language, form: Form = "now") -> str:
    key, params = _step_words(step.skill, step.params)
    return phrases.say(f"step.{key}.{form}", language, **params)


def describe_refusal(error: PlanError, phrases: Phrases, language: Language) -> str:
    """The sentence that says what is wrong and what is possible."""
    key = f"refuse.{error.code}"
    if not phrases.has(key, language):
        key = f"{key}.{error.params['unit']}"
    return sentence(phrases.say(key, language, **error.params))


def _node(node: PlanNode, phrases: Phrases, language: Language, form: Form) -> str:
    if isinstance(node, Step):
        return describe_step(node, phrases, language, form)
    if isinstance(node, Repeat):
        body = _block(node.body, phrases, language, form)
        if node.until is None:
            return phrases.say("block.repeat", language, times=node.times, body=body)
        return phrases.say("block.until", language, until=_condition("until", node.until, phrases, language), body=body)
    return _branch(node, phrases, language, form)


def _branch(node: Branch, phrases: Phrases, language: Language, form: Form) -> str:
    condition, then, otherwise = node.condition, node.then, node.otherwise
    if not then:
        condition = Condition(condition.kind, condition.params, not condition.negated)
        then, otherwise = otherwise, ()
    body = _block(then, phrases, language, form)
    text = phrases.say("block.if", language, condition=_condition("if", condition, phrases, language), body=body)
    if otherwise:
        text += phrases.say("else", language) + _block(otherwise, phrases, language, form)
    return text


def _block(nodes: tuple[PlanNode, ...], phrases: Phrases, language: Language, form: Form) -> str:
    body = describe(nodes, phrases, language, form)
    return body if len(nodes) == 1 else phrases.say("block.brackets", language, body=body)


def _condition(where: str, condition: Condition, phrases: Phrases, language: Language) -> str:
    key = f"{where}.{'not_' if condition.negated else ''}{condition.kind}"
    percent = condition.params.get("percent", 0.0)
    return phrases.say(key, language, thing=Target.of(condition.params).thing, percent=percent)


def _step_words(skill: str, params: Mapping[str, Value]) -> tuple[str, dict[str, object]]:
    """Key of the phrase below `step.`, and its parameters."""
    if skill in ("drive", "turn"):
        return _motion_words(skill, params)
    if skill == "go_to":
        if params.get("person") == "any":
            return "go_to_any", {}
        return "go_to", {"where": where_of(params)}
    if skill in ("find", "count"):
        words = {"thing": Target.of(params).thing, "place": Place(str(params.get("place", "")))}
        return f"{skill}_in" if "place" in params else skill, words
    if skill == "recall":
        return "recall", {"thing": Target.of(params).thing}
    if skill == "look":
        return f"look_{params.get('direction', 'around')}", {}
    if skill == "follow":
        known = params.get("person", "any") != "any"
        key = ("follow" if known else "follow_any") + ("_s" if "duration_s" in params else "")
        return key, {"thing": Target.of(params).thing, **params}
    if skill == "patrol":
        places = params.get("places", ())
        assert isinstance(places, tuple)
        key = "patrol" + ("_places" if places else "") + ("_rounds" if "rounds" in params else "")
        return key, {**params, "places": tuple(Place(place) for place in places)}
    if skill == "explore":
        return ("explore_s" if "duration_s" in params else "explore"), dict(params)
    return skill, dict(params)


def _motion_words(skill: str, params: Mapping[str, Value]) -> tuple[str, dict[str, object]]:
    unit = "distance_m" if skill == "drive" else "angle_deg"
    size = number(params.get(unit, 0.0))
    if skill == "drive":
        key = "drive_back" if size < 0 else "drive_forward"
        return (f"{key}_m" if size else key), {unit: abs(size)}
    if abs(size) == 180.0:
        return "turn_around", {}
    return ("turn_left" if size > 0 else "turn_right" if size < 0 else "turn"), {unit: abs(size)}
