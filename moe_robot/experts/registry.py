"""All answerers by name: what a card's `chain` may list. Imported on first use; a missing module is `unavailable`.

`isolated` ones run in a worker process of their own (`worker.py`): heavy libraries, whatever may hang or crash. They
get `context.live` = None, their replies travel by pickle, they are killed on a timeout. `sentences` is not here: the
brain hands its own to the manager.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

from moe_robot.experts.answerer import Answerer, Unavailable


@dataclass(frozen=True)
class Tool:
    """`target` is "module:Class"; the class takes no arguments."""

    target: str
    isolated: bool = False


_HERE = "moe_robot.experts.tools"

TOOLS: Mapping[str, Tool] = {
    # mathematics: the libraries may take minutes over a short question
    "arithmetic": Tool(f"{_HERE}.arithmetic:Arithmetic"),
    "algebra": Tool(f"{_HERE}.algebra:Algebra", isolated=True),
    "derivative": Tool(f"{_HERE}.calculus:Derivative", isolated=True),
    "integral": Tool(f"{_HERE}.integrals:Integral", isolated=True),
    "geometry": Tool(f"{_HERE}.geometry:Geometry"),
    "statistics": Tool(f"{_HERE}.averages:Statistics"),
    "number_theory": Tool(f"{_HERE}.number_theory:NumberTheory"),
    "combinatorics": Tool(f"{_HERE}.combinatorics:Combinatorics"),
    "word_problems": Tool(f"{_HERE}.word_problems:WordProblems"),
    "units": Tool(f"{_HERE}.units:Units", isolated=True),
    # knowledge and code
    "clock": Tool(f"{_HERE}.clock:Clock"),
    "calendar": Tool(f"{_HERE}.calendar_days:Calendar"),
    "timer": Tool(f"{_HERE}.timer:Timer"),
    "reminder": Tool(f"{_HERE}.reminder:Reminder"),
    "translation": Tool(f"{_HERE}.translation:Translation"),
    "code_check": Tool(f"{_HERE}.code_check:CodeCheck"),
    "ros_help": Tool(f"{_HERE}.ros_help:RosHelp"),
    # motion, navigation, manipulation, perception
    "speed": Tool(f"{_HERE}.speed:Speed"),
    "figures": Tool(f"{_HERE}.figures:Figures"),
    "route_order": Tool(f"{_HERE}.route_order:RouteOrder", isolated=True),
    "distance": Tool(f"{_HERE}.distance:Distance"),
    "map": Tool(f"{_HERE}.home_map:HomeMap"),
    "position": Tool(f"{_HERE}.position:Position"),
    "gripper": Tool(f"{_HERE}.gripper:Gripper"),
    "compare": Tool(f"{_HERE}.compare:Compare"),
    "people": Tool(f"{_HERE}.people:People"),
    "obstacles": Tool(f"{_HERE}.obstacles:Obstacles"),
    "read_text": Tool(f"{_HERE}.read_text:ReadText"),
    # memory and dialogue
    "remember_fact": Tool(f"{_HERE}.facts:RememberFact"),
    "told_where": Tool(f"{_HERE}.facts:ToldWhere"),
    "recall_fact": Tool(f"{_HERE}.facts:RecallFact"),
    "forget": Tool(f"{_HERE}.facts:Forget"),
    "history": Tool(f"{_HERE}.history:History"),
    "greeting": Tool(f"{_HERE}.greeting:Greeting"),
    "small_talk": Tool(f"{_HERE}.small_talk:SmallTalk"),
    "identity": Tool(f"{_HERE}.identity:Identity"),
    "help": Tool(f"{_HERE}.help:Help"),
    # the robot about itself
    "battery": Tool(f"{_HERE}.battery:Battery"),
    "ros_graph": Tool(f"{_HERE}.ros_graph:RosGraph"),
    "diagnostics": Tool(f"{_HERE}.diagnostics:Diagnostics"),
    "why_not_moving": Tool(f"{_HERE}.why_not_moving:WhyNotMoving"),
    "explain": Tool(f"{_HERE}.explain:Explain"),
    "safety": Tool(f"{_HERE}.safety:Safety"),
    "activity": Tool(f"{_HERE}.activity:Activity"),
    "settings": Tool(f"{_HERE}.settings:Settings"),
    "resources": Tool(f"{_HERE}.resources:Resources"),
    # what a person wrote down in the folder of an expert
    "answers": Tool(f"{_HERE}.answers:Answers"),
    # last in a chain
    "hint": Tool(f"{_HERE}.hint:Hint"),
    "llm": Tool(f"{_HERE}.llm:LanguageModel"),
}


def load(name: str, tool: Tool) -> Answerer:
    """A new answerer. Raises Unavailable: its module or a package that it needs is not there."""
    module, _, attribute = tool.target.partition(":")
    try:
        made = getattr(importlib.import_module(module), attribute, None)
        if made is None:
            raise Unavailable(f"the answerer '{name}' is to be {tool.target}: there is no such class in that module")
        answerer: Answerer = made()
    except ImportError as error:
        raise Unavailable(f"the answerer '{name}' ({tool.target}) does not load: {error}") from error
    return answerer


def warm_up(answerer: Answerer) -> None:
    """An isolated answerer may have `load()`: it imports its libraries there, which counts as loading and not as
    answering. Raises Unavailable."""
    prepare = getattr(answerer, "load", None)
    if prepare is None:
        return
    try:
        prepare()
    except ImportError as error:
        raise Unavailable(f"{type(answerer).__name__} needs a package that does not load: {error}") from error
