"""What a step takes from the steps before it: "it", "there", "the blue one", "the same in the lounge".

Knows nothing of how sentences are joined (`blocks.py`). Raises NotAPlan where nothing before gives what is meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moe_robot.router.steps import DOCK, REF, SAME, THERE, Clause, NotAPlan
from moe_robot.router.tiling import TAKES_THINGS, TRANSPARENT
from moe_robot.structs import PlanNode, Step


def resolved(step: Step, history: Sequence[Step]) -> Step:
    """Pronouns become what the steps before have named."""
    if REF in step.params:
        for earlier in reversed(history):
            found = {k: v for k, v in earlier.params.items() if k in ("object", "color", "person")}
            if found and not (step.params[REF] == "person" and "person" not in found and "object" not in found):
                rest = {k: v for k, v in step.params.items() if k != REF}
                if step.skill == "find" and earlier.skill == "see" and "place" in earlier.params:
                    found["place"] = earlier.params["place"]
                return Step(step.skill, {**rest, **found})
            if earlier.skill == "see" and step.skill == "go_to" and "place" in earlier.params and not found:
                return go(str(earlier.params["place"]))  # "the desk in the study, go to it"
        raise NotAPlan("a pronoun for nothing")
    if SAME in step.params:
        rest = {k: v for k, v in step.params.items() if k != SAME}
        for earlier in reversed(history):
            if "object" in earlier.params:
                return Step(step.skill, {**rest, "object": earlier.params["object"]})
        raise NotAPlan("a colour of nothing")
    if THERE in step.params:
        rest = {k: v for k, v in step.params.items() if k != THERE}
        mentioned = step.params[THERE] == "mentioned"  # "I am in the kitchen, come"
        for earlier in reversed(history):
            if "place" in earlier.params and (not mentioned or earlier.skill == "see"):
                if step.skill == "go_to":
                    return go(str(earlier.params["place"]))
                return Step(step.skill, {**rest, "place": earlier.params["place"]})
        if step.skill == "go_to":
            if mentioned:
                return Step("go_to", {"person": "any"})  # "come"
            raise NotAPlan("there is nowhere")
        return Step(step.skill, rest)
    return step


def leaned(clause: Clause, history: Sequence[Step]) -> tuple[Step, ...]:
    """The steps of an ellipsis, when the step that it needs stands before it."""
    last = next((step for step in reversed(history) if step.skill not in TRANSPARENT), None)
    if clause.after in TRANSPARENT and history:
        last = history[-1]
    if last is None or last.skill != clause.after:
        raise NotAPlan(f"leans on {clause.after}")
    return clause.steps


def other_thing(last: Step, slots: Mapping[str, Any]) -> Step:
    """The last step with what is named now in the place of its thing or person."""
    keys = ("object", "color", "person")
    if last.skill not in TAKES_THINGS or not any(k in last.params for k in keys):
        raise NotAPlan("a thing that nothing takes")
    params = {k: v for k, v in last.params.items() if k not in (*keys, "place")}
    params |= {k: slots[k] for k in (*keys, "place") if k in slots}
    if "object" not in slots and "person" not in slots:  # "... and the blue one"
        if "object" not in last.params:
            raise NotAPlan("a colour of nothing")
        params["object"] = last.params["object"]
    if last.skill == "follow" and "person" not in slots:
        raise NotAPlan("only a person is followed")
    return Step(last.skill, params)


def go(place: str) -> Step:
    return Step("dock") if place == DOCK else Step("go_to", {"place": place})


def moved(node: PlanNode, place: str) -> PlanNode:
    """The same at another place."""
    if not isinstance(node, Step) or not ("place" in node.params or node.skill == "dock"):
        return node
    return go(place) if node.skill in ("go_to", "dock") else with_params(node, place=place)


def with_params(step: Step, **params: Any) -> Step:
    return Step(step.skill, {**step.params, **params})
