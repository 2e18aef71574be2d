"""Rules first: what a sentence template reads exactly needs no guess. What it does not read goes to the learned
router."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from moe_robot.config import RouterConfig
from moe_robot.errors import ConfigError
from moe_robot.router.learned import Card, LearnedRouter
from moe_robot.router.model_folder import default_folder
from moe_robot.router.rule_based import UNKNOWN_OWNERS
from moe_robot.structs import Route, Utterance


class Router(Protocol):
    def route(self, utterance: Utterance, context: object = None) -> Route: ...


SURE = 0.9  # of another expert, for the learned router to win over a reading that is not exact
EXACT = 0.97  # confidence of the rules from which nobody else is asked


class Cascade:
    """An exact reading of the rules wins. One with slips, fillers or free text, or one that rests on a name that this
    home does not have, gives way when the learned router is sure of another expert."""

    strategy = "cascade"

    def __init__(self, rules: Router, learned: Router) -> None:
        self.rules, self.learned = rules, learned

    def route(self, utterance: Utterance, context: object = None) -> Route:
        by_rules = self.rules.route(utterance, context)
        doubtful = by_rules.rule in UNKNOWN_OWNERS or by_rules.confidence < EXACT
        if by_rules.expert and not doubtful:
            return by_rules
        learned = self.learned.route(utterance, context)
        if not by_rules.expert:
            return learned
        other = learned.expert not in ("", *(expert for expert, _ in by_rules.ranked), by_rules.expert)
        return learned if other and learned.confidence >= SURE else by_rules


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
    return Cascade(rules, learned)
