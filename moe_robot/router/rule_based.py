"""The rule-based router: the sentence templates that match name the intents, the experts' cards say whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from moe_robot.router.asking import asks, conditional, moves, whether
from moe_robot.router.parser import Parse, SentenceParser
from moe_robot.router.steps import steps_of
from moe_robot.structs import Route, Step, Utterance

# A name that is not of this home: the sentence was understood, its expert will refuse it with the names that are.
AMBIGUOUS = "ambiguous_place"
UNKNOWN_OWNERS = {
    "unknown_place": "go_to",
    AMBIGUOUS: "go_to",
    "unknown_object": "find",
    "unknown_color": "find",
    "unknown_person": "find",
}

ASKED = ", asked"  # behind the rule: it may be asked whether the robot can, rather than told that it shall
WHETHER = "asked whether it can be done"
COME_HERE = "come_here"  # who comes to a person, where there is such an expert; the skill is go_to


class RuleRouter:
    """`owners`: intent -> expert id. Abstains (expert "") when no row of templates uses every word, and
    when it is asked whether a motion is possible."""

    strategy = "rule_based"

    def __init__(self, parser: SentenceParser, owners: Mapping[str, str]) -> None:
        self._parser = parser
        self._owners = dict(owners)

    def route(self, utterance: Utterance, context: object = None) -> Route:
        """The expert of the first step takes the whole sentence; `ranked` gives each expert's share of the steps."""
        parse = self._parser.parse(utterance.text, utterance.language)
        if not parse.nodes:
            expert = self._owner_of_unknown(parse)
            return Route(expert, 1.0 if expert else 0.0, self.strategy, rule=parse.reason)
        experts = [owner for step in steps_of(parse.nodes) if (owner := self._owner(step))]
        if not experts:
            return Route("", 0.0, self.strategy, rule=parse.rule)
        shares = Counter(experts)
        ranked = tuple(sorted(((e, n / len(experts)) for e, n in shares.items()), key=lambda pair: -pair[1]))
        if moves(parse.nodes) and not conditional(parse.nodes) and asks(utterance.text, parse.language):
            if whether(utterance.text, parse.language):
                return Route("", 0.0, self.strategy, rule=WHETHER)
            return Route(experts[0], parse.confidence, self.strategy, ranked, parse.rule + ASKED)
        return Route(experts[0], parse.confidence, self.strategy, ranked, parse.rule)

    def _owner_of_unknown(self, parse: Parse) -> str:
        """Whose the sentence would be, were the name known."""
        intent = next(iter(parse.intents), "") or UNKNOWN_OWNERS.get(parse.reason, "")
        if parse.reason not in UNKNOWN_OWNERS:
            return ""
        refined = COME_HERE if intent == "go_to" and parse.reason == "unknown_person" else ""
        return self._owners.get(refined) or self._owners.get(intent, "")

    def _owner(self, step: Step) -> str:
        return owner_of(step, self._owners)


class Card(Protocol):
    """What of an expert's card matters here."""

    @property
    def intents(self) -> tuple[str, ...]: ...


def owners_of(cards: Mapping[str, Card]) -> dict[str, str]:
    """Intent -> expert; an expert without intents is there under its own id."""
    owners = {id: id for id, card in cards.items() if not card.intents}
    return owners | {intent: id for id, card in cards.items() for intent in card.intents}


def owner_of(step: Step, owners: Mapping[str, str]) -> str:
    """The expert whose step it is, "" when nobody's."""
    refined = COME_HERE if step.skill == "go_to" and "person" in step.params else ""
    return owners.get(refined) or owners.get(step.skill, "")
