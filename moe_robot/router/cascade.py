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
from moe_robot.router.rule_based import UNKNOWN_OWNERS
from moe_robot.structs import Route, Utterance


class Router(Protocol):
    def route(self, utterance: Utterance, context: object = None) -> Route: ...


SURE = 0.9  # of another expert, for the learned router to be heard against a reading of the rules
EXACT = 0.97  # confidence of the rules from which their reading is exact
READER = "sentences"  # the answerer that reads a text with the same templates, whoever asks it


class Cascade:
    """An exact reading of the rules is what will be done; when the learned router is sure that another of the experts
    who read the same sentences (`readers`) is asked, that one does it. A reading with slips, fillers or free text, or
    one that rests on a name that this home does not have, gives way to a sure guess of any other expert."""

    strategy = "cascade"

    def __init__(self, rules: Router, learned: Router, readers: Collection[str] = ()) -> None:
        self.rules, self.learned, self._readers = rules, learned, frozenset(readers)

    def route(self, utterance: Utterance, context: object = None) -> Route:
        by_rules = self.rules.route(utterance, context)
        if len(by_rules.ranked) > 1:  # steps of several experts: the first one takes them all
            return by_rules
        learned = self.learned.route(utterance, context)
        if not by_rules.expert:
            return learned
        if learned.expert in ("", by_rules.expert) or learned.confidence < SURE:
            return by_rules
        if by_rules.rule in UNKNOWN_OWNERS or by_rules.confidence < EXACT:
            return learned
        return replace(by_rules, expert=learned.expert) if learned.expert in self._readers else by_rules


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
