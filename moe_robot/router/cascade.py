"""Rules first: what a sentence template reads exactly needs no guess. What it does not read goes to the learned
router."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Protocol

from moe_robot.config import RouterConfig
from moe_robot.errors import ConfigError
from moe_robot.router.learned import Card, LearnedRouter
from moe_robot.router.model_folder import default_folder
from moe_robot.router.rule_based import AMBIGUOUS, ASKED, UNKNOWN_OWNERS, WHETHER
from moe_robot.structs import Route, Utterance


class Router(Protocol):
    def route(self, utterance: Utterance, context: object = None) -> Route: ...


SURE = 0.9  # of another expert, for the learned router to be heard against an exact reading of the rules
LIKELIER = 0.6  # ... against one that is only answered, and for one of several that were read
EXACT = 0.975  # confidence of the rules from which their reading is exact
AGREES = 0.6  # of the experts whose sentences are orders, together: the learned router takes it for one
LIKELY = 0.1  # of the expert whom an unknown name falls to, for the name to be told rather than nothing
READER = "sentences"  # the answerer that reads a text with the same templates, whoever asks it
HALT, GIVEN_UP, LOOK = "stop", "cancel", "look#"
TELLS = frozenset(
    ("describe", "position", "help", "battery", "recall", "count")
)  # experts whose sentences are answered
UNKNOWN_NAMES = frozenset(UNKNOWN_OWNERS) - {AMBIGUOUS}


class Cascade:
    """Who is heard, in this order:

    1. "stop" as the rules read it: at once, whatever the learned router thinks.
    2. Nothing read by the rules: the learned router.
    3. A name that this home does not have: the learned router, unless it is unsure and finds the rules' expert likely.
    4. A question that would move the robot: the rules when the learned router too takes it for an order, else it;
       never the rules where it is asked whether it can be done.
    5. What gives up an order ("stop following me"): the rules, though the learned router hears the order.
    6. An expert of whom the learned router is sure: he does what the rules have read where he reads sentences too
       (`readers`); against a single sentence that is not exact, or that is only answered, he answers himself.
    7. The rules.

    `Route.why` tells which it was. What moves is always what the rules have read.
    """

    strategy = "cascade"

    def __init__(self, rules: Router, learned: Router, readers: Collection[str] = ()) -> None:
        self.rules, self.learned, self._readers = rules, learned, frozenset(readers)

    def route(self, utterance: Utterance, context: object = None) -> Route:
        by_rules = self.rules.route(utterance, context)
        if by_rules.expert == HALT and len(by_rules.ranked) < 2:
            return replace(by_rules, why="rules: a stop is heard at once")
        learned = self.learned.route(utterance, context)
        if by_rules.rule == WHETHER:
            return self._doubted(by_rules, learned)
        if not by_rules.expert:
            return replace(learned, why="learned: no sentence of the rules")
        if by_rules.rule in UNKNOWN_NAMES:
            return self._unknown(by_rules, learned)
        if by_rules.rule.endswith(ASKED) and self._orders(learned) < AGREES:
            return self._doubted(by_rules, learned)
        return self._read(by_rules, learned)

    def _unknown(self, by_rules: Route, learned: Route) -> Route:
        if learned.expert or share(learned, by_rules.expert) < LIKELY:
            return replace(learned, why=f"learned: the rules know all but a name ({by_rules.rule})")
        return replace(by_rules, why=f"rules: all but a name is known, the learned router is {learned.rule}")

    def _doubted(self, by_rules: Route, learned: Route) -> Route:
        why = f"learned: perhaps a question, no order ({by_rules.rule})"
        if learned.expert in self._readers:  # it would do what the rules have read
            return replace(learned, expert="", rule="unsure", why=why)
        return replace(learned, why=why)

    def _read(self, by_rules: Route, learned: Route) -> Route:
        if learned.expert in _experts(by_rules):
            agreed = replace(by_rules, confidence=max(by_rules.confidence, learned.confidence))
            named = learned.expert if learned.confidence >= LIKELIER else by_rules.expert  # of several in a row
            return replace(agreed, expert=named, why="rules: a sentence of theirs, and the learned router agrees")
        tells = _is_single(by_rules) and by_rules.expert in TELLS and LOOK not in by_rules.rule
        if not learned.expert or learned.confidence < (LIKELIER if tells else SURE):
            return replace(
                by_rules, why=f"rules: a sentence of theirs, the learned router is {learned.rule or 'unsure'}"
            )
        if by_rules.expert == GIVEN_UP and _is_single(by_rules) and learned.expert in self._readers:
            return replace(by_rules, why=f"rules: gives up, where the learned router hears {learned.expert}")
        sure = f"learned: sure of {learned.expert}, not {by_rules.expert} ({by_rules.rule})"
        if learned.expert in self._readers:
            return replace(by_rules, expert=learned.expert, why=sure)
        greets = (by_rules.expert, learned.expert) == ("say", "greeting")  # it is what shall be said
        if (tells or (_is_single(by_rules) and by_rules.confidence < EXACT)) and not greets:
            return replace(learned, why=sure)
        return replace(by_rules, why=f"rules: an exact sentence, against {learned.expert}")

    def _orders(self, learned: Route) -> float:
        return sum(share(learned, expert) for expert, _ in learned.ranked if expert in self._readers - TELLS)


def share(route: Route, expert: str) -> float:
    """Of this expert, among all and not only the likeliest."""
    ranked = dict(route.ranked)
    if not ranked:
        return route.confidence if expert == route.expert else 0.0
    return ranked.get(expert, 0.0) * route.confidence / max(route.ranked[0][1], 1e-9)


def _is_single(route: Route) -> bool:
    """One sentence of the templates, perhaps with company."""
    return (
        sum(part.split("#")[0] not in ("company", "_and", "_then", "_after") for part in route.rule.split(" + ")) == 1
    )


def _experts(route: Route) -> tuple[str, ...]:
    return (route.expert, *(expert for expert, _ in route.ranked))


def build_router(rules: Router, cfg: RouterConfig, cards: Mapping[str, Card]) -> Router:
    """As `router.strategy` says. Raises ConfigError: no model, or not made for `router.encoder`."""
    if cfg.strategy == "rule_based":
        return rules
    from moe_robot.router.hierarchical import HierarchicalRouter

    kind = HierarchicalRouter if cfg.strategy == "hierarchical" else LearnedRouter
    learned = kind(default_folder(cfg.model), cfg, cards)
    made_for = learned.scorer.manifest.encoder
    if made_for != cfg.encoder:
        raise ConfigError(
            f"router.encoder is '{cfg.encoder}', but the model in {learned.scorer.manifest.folder} is made for "
            f"'{made_for}': run `moe-robot train-router --encoder {cfg.encoder}`"
        )
    return Cascade(rules, learned, [id for id, card in cards.items() if READER in card.chain])
