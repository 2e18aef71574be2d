"""The learned router: features -> a small network -> an expert, and how sure. It abstains rather than guesses.

    router = LearnedRouter(default_folder(cfg.router.model), cfg.router, cards)
    router.route(Utterance("проедь пару метров", "ru")).expert          # "drive"

Reloads by itself when another model is put in place. An expert that came after the training is found by the likeness
of the words to its examples, and never with much confidence.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from moe_robot.config import RouterConfig
from moe_robot.errors import ConfigError
from moe_robot.router.likeness import Likeness
from moe_robot.router.model_folder import resolve, stamp
from moe_robot.router.scorer import Scorer, load_scorer
from moe_robot.structs import Language, Route, Utterance

log = logging.getLogger(__name__)

LOOK_S = 1.0  # between looks for a new model
NEW_EXPERT = 0.7  # the most confidence in an expert that was never trained
_SAYS = re.compile(r"\w")
NEAR = 0.5  # likeness to an example from which a new expert outweighs "out of scope"


class Card(Protocol):
    """What of an expert's card matters here."""

    @property
    def category(self) -> str: ...

    @property
    def chain(self) -> tuple[str, ...]: ...

    @property
    def examples(self) -> Mapping[Language, tuple[str, ...]]: ...


class LearnedRouter:
    """Safe under threads. `folder`: a model, or versions of one behind a pointer. `cards`: the experts there are;
    those that the model knows and the robot has no more are never named. Raises ConfigError: no model, a damaged one,
    no onnxruntime."""

    strategy = "learned"

    def __init__(
        self,
        folder: Path,
        cfg: RouterConfig,
        cards: Mapping[str, Card] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._cfg, self._clock = folder, cfg, clock
        self._cards = dict(cards or {})
        self._lock = threading.Lock()
        self._stamp = stamp(folder)
        self._looked_s = clock()
        self._loaded = self._load()

    @property
    def scorer(self) -> Scorer:
        return self._loaded[0]

    def route(self, utterance: Utterance, context: object = None) -> Route:
        """`rule` says why it abstains: "unsure" or "out_of_scope". `ranked`: the likeliest top-k, their weights add up
        to 1."""
        self._look()
        scorer, new, gone = self._loaded
        shares = self._shares(scorer, utterance.text)
        if not _SAYS.search(utterance.text):  # nothing to understand: emoji, punctuation
            return Route("", 0.0, self.strategy, rule="out_of_scope")
        inside = shares[:-1]
        if len(gone):
            inside[gone] = 0.0
        odd = oddness(shares)
        names, weights = self._ranking(scorer, inside, new, utterance.text)
        expert, confidence = names[0], weights[0]
        total = sum(weights)
        ranked = tuple((name, weight / total) for name, weight in zip(names, weights, strict=True)) if total > 0 else ()
        trained = expert in scorer.known
        if trained and odd > scorer.manifest.out_of_scope:
            nobodys = float(shares[-1]) >= (weights[1] if len(weights) > 1 else 0.0)
            rule = "out_of_scope" if nobodys else "unsure"  # of two experts rather than of nobody
            return Route("", min(1.0, max(0.0, confidence)), self.strategy, ranked, rule)
        if confidence < self._cfg.confidence_threshold:
            return Route("", confidence, self.strategy, ranked, "unsure")
        return Route(expert, confidence, self.strategy, ranked)

    def _shares(self, scorer: Scorer, text: str) -> NDArray[np.float64]:
        """[experts + out of scope], adds up to 1."""
        return scorer.flat(scorer.logits(text))

    def _ranking(
        self, scorer: Scorer, inside: NDArray[np.float64], new: Likeness, text: str
    ) -> tuple[list[str], list[float]]:
        """The likeliest experts, new ones among them."""
        k = min(self._cfg.top_k, len(inside))
        at = np.argpartition(-inside, k - 1)[:k]
        at = at[np.argsort(-inside[at], kind="stable")]
        pairs = [(scorer.manifest.experts[i], float(inside[i])) for i in at]
        for expert, likeness in new.nearest(text):
            if likeness >= NEAR or not pairs:
                mine = NEW_EXPERT * likeness
                pairs = [(name, weight * (1.0 - mine)) for name, weight in pairs] + [(expert, mine)]
        pairs.sort(key=lambda pair: -pair[1])
        return [name for name, _ in pairs[:k]], [weight for _, weight in pairs[:k]]

    def _load(self) -> tuple[Scorer, Likeness, NDArray[np.int64]]:
        scorer = load_scorer(resolve(self._folder))
        if self._cards and not set(scorer.manifest.experts) & set(self._cards):
            raise ConfigError(
                f"the router in {scorer.manifest.folder} knows none of this robot's experts: "
                "run `moe-robot train-router`"
            )
        new = {id: card for id, card in self._cards.items() if id not in scorer.known}
        if new:
            log.info("not trained yet, known by their examples only: %s", ", ".join(sorted(new)))
        gone = [i for i, id in enumerate(scorer.manifest.experts) if self._cards and id not in self._cards]
        examples = {id: [text for texts in card.examples.values() for text in texts] for id, card in new.items()}
        return scorer, Likeness(scorer.featurizer, examples), np.array(gone, np.int64)

    def _look(self) -> None:
        """Take a new model when there is one; a broken one is logged and the old kept."""
        now_s = self._clock()
        if now_s - self._looked_s < LOOK_S:
            return
        with self._lock:
            if now_s - self._looked_s < LOOK_S:
                return
            self._looked_s = now_s
            found = stamp(self._folder)
            if found == self._stamp:
                return
            self._stamp = found
            try:
                self._loaded = self._load()
            except ConfigError as error:
                log.error("the new router is not used: %s", error)
                return
            log.info("router reloaded from %s", self.scorer.manifest.folder)


def oddness(shares: NDArray[np.float64]) -> float:
    """How much a text looks like nobody's, 0..1: the share of out of scope is large, that of the best expert small."""
    return float(1.0 + shares[-1] - shares[:-1].max()) / 2.0
