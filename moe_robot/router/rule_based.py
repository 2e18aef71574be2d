"""The rule-based router: the sentence templates that match name the intents, the experts' cards say whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from moe_robot.router.parser import SentenceParser
from moe_robot.router.steps import steps_of
from moe_robot.structs import Route, Step, Utterance

# A name that is not of this home: the sentence was understood, its expert will refuse it with the names that are.
UNKNOWN_OWNERS = {
    "unknown_place": "go_to",
    "ambiguous_place": "go_to",
    "unknown_object": "find",
    "unknown_color": "find",
    "unknown_person": "find",
}

COME_HERE = "come_here"  # who comes to a person, where there is such an expert; the skill is go_to


class RuleRouter:
    """`owners`: intent -> expert id. Abstains (expert "") when no row of templates uses every word."""

    strategy = "rule_based"

    def __init__(self, parser: SentenceParser, owners: Mapping[str, str]) -> None:
        self._parser = parser
        self._owners = dict(owners)

    def route(self, utterance: Utterance, context: object = None) -> Route:
        """The expert of the first step takes the whole sentence; `ranked` gives each expert's share of the steps."""
        parse = self._parser.parse(utterance.text, utterance.language)
        if not parse.nodes:
            intent = UNKNOWN_OWNERS.get(parse.reason, "")
            expert = self._owners.get(intent, "")
            return Route(expert, 1.0 if expert else 0.0, self.strategy, rule=parse.reason)
        experts = [owner for step in steps_of(parse.nodes) if (owner := self._owner(step))]
        if not experts:
            return Route("", 0.0, self.strategy, rule=parse.rule)
        shares = Counter(experts)
        ranked = tuple(sorted(((e, n / len(experts)) for e, n in shares.items()), key=lambda pair: -pair[1]))
        return Route(experts[0], parse.confidence, self.strategy, ranked, parse.rule)

    def _owner(self, step: Step) -> str:
        refined = COME_HERE if step.skill == "go_to" and "person" in step.params else ""
        return self._owners.get(refined) or self._owners.get(step.skill, "")
