"""What the conversation makes of an utterance: requests with whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moe_robot.router.rule_based import UNKNOWN_OWNERS
from moe_robot.structs import Label, Language, Route, Utterance

CANCEL: Mapping[Language, str] = {"ru": "отмена", "en": "cancel"}
STOP: Mapping[Language, str] = {"ru": "стоп", "en": "stop"}
HALT, GIVEN_UP = "stop", "cancel"
HALTS = frozenset({HALT, GIVEN_UP})  # experts who only end what is done


@dataclass(frozen=True)
class Part:
    """One request: its whole text, and whose it is (`route.expert` "" = nobody's)."""

    utterance: Utterance
    route: Route


@dataclass(frozen=True)
class Understood:
    """`parts` is never empty. `understood_as` is the text that was routed, "" when it is the one that was said.
    `declined`: the person answered a question back with neither. `others`: the next likely readings of one request, for
    when nobody can answer this one."""

    parts: tuple[Part, ...]
    understood_as: str = ""
    label: Label | None = None
    declined: bool = False
    others: tuple[Part, ...] = ()
    otherwise: Part | None = None


def by_rules(route: Route) -> bool:
    """The sentences read every word of it."""
    return route.strategy == "rule_based" and bool(route.expert) and route.rule not in UNKNOWN_OWNERS
