"""The experts of this robot: who of an expert's chain answers, and which of them occupy memory.

An answerer is made on its first use. Those that the registry calls `isolated` run in a process of their own for each
expert: such an expert is *loaded* while its process runs. At most `experts.cache_size` are loaded, within
`experts.max_ram_mb` as measured; the least recently used goes first, and gone means that its process has ended. The
others are small, belong to this process and stay.

Safe under threads. Nothing that an answerer does ends the caller: whatever goes wrong is an `Asked` in the reply's
trace and the next of the chain is asked. An answerer in this process cannot be interrupted: what may hang must be
isolated.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter

from moe_robot.config import ExpertsConfig
from moe_robot.experts.answerer import Answerer, Unavailable
from moe_robot.experts.card import ExpertCard
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.pool import Loaded, WorkerPool
from moe_robot.experts.process import WorkerFailed
from moe_robot.experts.registry import TOOLS, Tool, load
from moe_robot.structs import Asked, Reply, Route, Utterance

log = logging.getLogger(__name__)
NOBODY = Reply("", "refused")  # neither words nor a draft


@dataclass(frozen=True)
class Metrics:
    """Since the start. A hit is a question to an expert that was loaded, a miss one that had to be loaded first."""

    hits: int = 0
    misses: int = 0
    evictions: int = 0  # for another expert, or for the budget of memory
    crashes: int = 0
    timeouts: int = 0
    unavailable: int = 0
    answered: int = 0
    nobody: int = 0  # questions that no one in the chain answered
    load_s: Mapping[str, float] = field(default_factory=dict)  # the latest of each expert
    unload_s: Mapping[str, float] = field(default_factory=dict)
    loaded: tuple[Loaded, ...] = ()  # the least recently used first


class ExpertManager:
    """`given` are answerers that exist already, by name. `suggest` finds the nearest command that is understood."""

    def __init__(
        self,
        cards: Mapping[str, ExpertCard],
        cfg: ExpertsConfig,
        tools: Mapping[str, Tool] = TOOLS,
        given: Mapping[str, Answerer] | None = None,
        suggest: Callable[[Utterance], str] = lambda utterance: "",
    ) -> None:
        self.cards = dict(cards)
        self._cfg, self._tools, self._suggest = cfg, dict(tools), suggest
        self._local: dict[str, Answerer] = dict(given or {})
        self._local_lock = threading.Lock()
        self._pool = WorkerPool(cfg)
        self._counts: Counter[str] = Counter()
        self._counts_lock = threading.Lock()

    def answer(self, route: Route, utterance: Utterance, context: AnswerContext) -> Reply:
        """The first answer of the chain of the route's expert, NOBODY's when there is none. `asked` tells of each."""
        card = self.cards[route.expert]
        context = replace(context, card=card)
        asked: list[Asked] = []
        for name in card.chain:
            reply, part = self._ask(name, utterance, context)
            asked.append(part)
            self._count(part.outcome)
            if reply is not None:
                return replace(reply, asked=tuple(asked))
        self._count("nobody")
        return replace(NOBODY, asked=tuple(asked))

    def suggestion(self, utterance: Utterance) -> str:
        """The nearest command that would be understood, "" when none is near."""
        return self._suggest(utterance)

    def is_slow(self, expert: str) -> bool:
        """Someone in its chain runs in a process of its own; False for "" and for a stranger."""
        card = self.cards.get(expert)
        return card is not None and any(
            (tool := self._tools.get(name)) is not None and tool.isolated and name not in self._local
            for name in card.chain
        )

    def metrics(self) -> Metrics:
        with self._counts_lock:
            counts = dict(self._counts)
        pool = self._pool.counts()
        return Metrics(
            hits=pool.hits,
            misses=pool.misses,
            evictions=pool.evictions,
            crashes=counts.get("crashed", 0),
            timeouts=counts.get("timeout", 0),
            unavailable=counts.get("unavailable", 0),
            answered=counts.get("answered", 0),
            nobody=counts.get("nobody", 0),
            load_s=pool.load_s,
            unload_s=pool.unload_s,
            loaded=self._pool.loaded(),
        )

    def close(self) -> None:
        """Ends all processes. Questions after that load again what they need."""
        self._pool.close()

    def _ask(self, name: str, utterance: Utterance, context: AnswerContext) -> tuple[Reply | None, Asked]:
        expert, began_s = context.card.id, perf_counter()
        reply: Reply | None = None
        outcome, reason = "answered", ""
        try:
            tool = self._tools.get(name)
            if name not in self._local and tool is None:
                raise Unavailable(f"there is no answerer '{name}'")
            if tool is not None and tool.isolated and name not in self._local:
                reply = self._ask_worker(name, utterance, replace(context, live=None))
            else:
                reply = self._here(name).answer(utterance, context)
            if reply is None or not (reply.text or reply.draft):
                reply, outcome = None, "not_mine"
        except WorkerFailed as error:
            outcome, reason = error.outcome, error.reason
        except Unavailable as error:
            outcome, reason = "unavailable", str(error)
        except (Exception, SystemExit) as error:  # an answerer must not take the robot down
            outcome, reason = "crashed", f"{type(error).__name__}: {error}"
            log.exception("expert %s: %s crashed on: %s", expert, name, utterance.text)
        if reason:
            log.warning("expert %s: %s: %s (%s)", expert, name, outcome, reason)
        if reply is not None and reply.model_used in ("none", NOBODY.model_used):  # no model: say who it was
            reply = replace(reply, model_used=name)
        return reply, Asked(name, outcome, reason, perf_counter() - began_s)

    def _here(self, name: str) -> Answerer:
        with self._local_lock:
            if name not in self._local:
                self._local[name] = load(name, self._tools[name])
            return self._local[name]

    def _ask_worker(self, name: str, utterance: Utterance, context: AnswerContext) -> Reply | None:
        timeout_s = context.card.limits.timeout_s or self._cfg.answer_timeout_s
        return self._pool.ask((name, self._tools[name].target), utterance, context, timeout_s)

    def _count(self, what: str) -> None:
        with self._counts_lock:
            self._counts[what] += 1
