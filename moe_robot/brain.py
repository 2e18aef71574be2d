"""From words to a checked plan, in one function without side effects. Read this first.

    brain = build_brain(cfg, home, lexicon)
    turn = brain.respond(Utterance("поезжай на кухню и найди красный куб", "ru"), Context())
    turn.plan, turn.reply.text      # "Хорошо: еду на кухню, потом ищу красный куб."

router -> expert -> planner.check -> words. Whatever cannot become a checked plan is a refusal: `plan` is None,
`refusal` names why, and the reply says it in the speaker's language with what is possible instead. Nothing here moves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from moe_robot.config import Config
from moe_robot.errors import PlanError
from moe_robot.experts.card import load_cards
from moe_robot.experts.manager import ExpertManager
from moe_robot.experts.sentences import SentencesAnswerer
from moe_robot.lexicon import Lexicon
from moe_robot.paths import share_dir
from moe_robot.phrases import Phrases
from moe_robot.planner.check import CAPABILITIES, PlanContext, check
from moe_robot.planner.describe import describe, describe_refusal
from moe_robot.router.parser import SentenceParser
from moe_robot.router.rule_based import RuleRouter
from moe_robot.structs import Pose, Reply, Route, Turn, Utterance
from moe_robot.world.home import Home


@dataclass(frozen=True)
class Context:
    """What an answer may depend on besides the words: places named by people, what the robot has."""

    places: Mapping[str, Pose] = field(default_factory=dict)
    capabilities: Collection[str] = CAPABILITIES


class Router(Protocol):
    def route(self, utterance: Utterance, context: Context | None = None) -> Route:
        """`expert` is "" when it abstains."""


class Experts(Protocol):
    def answer(self, route: Route, utterance: Utterance, context: Context | None = None) -> Reply | None:
        """A draft of steps that nothing has checked yet; None when nobody answers."""

    def suggestion(self, utterance: Utterance) -> str:
        """The nearest command that would be understood, "" when none is near."""


class Brain:
    """`clock` measures the stages only. Safe to call from any one thread at a time."""

    def __init__(
        self,
        router: Router,
        experts: Experts,
        phrases: Phrases,
        home: Home,
        cfg: Config,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.router, self.experts = router, experts
        self.phrases, self.home, self.cfg, self.clock = phrases, home, cfg, clock

    def respond(self, utterance: Utterance, context: Context | None = None) -> Turn:
        """One exchange. Raises nothing for any text."""
        context = context or Context()
        limit = self.cfg.router.max_utterance_chars
        if len(utterance.text) > limit:
            short = replace(utterance, text=utterance.text[:limit])
            return self._refuse(short, _abstained(), PlanError("too_long_text", high=limit), {})
        if not utterance.text.strip():
            return self._refuse(utterance, _abstained(), PlanError("empty"), {})
        began_s = self.clock()
        route = self.router.route(utterance, context)
        routed_s = self.clock()
        reply = self.experts.answer(route, utterance, context) if route.expert else None
        answered_s = self.clock()
        stages = {"route": routed_s - began_s, "answer": answered_s - routed_s}
        if reply is None or not reply.draft or route.confidence < self.cfg.router.confidence_threshold:
            return self._refuse(
                utterance, route, PlanError("not_understood"), stages, self.experts.suggestion(utterance)
            )
        try:
            plan = check(reply.draft, PlanContext(self.home, self.cfg, context.places, context.capabilities))
        except PlanError as error:
            stages["plan"] = self.clock() - answered_s
            if reply.intent == "ambiguous_place" == route.rule:  # "the table": there are several
                which = PlanError("ambiguous_place", word=error.params.get("word", ""))
                return self._refuse(utterance, route, which, stages, self.experts.suggestion(utterance), reply)
            return self._refuse(utterance, route, error, stages, reply=reply)
        words = describe(plan.nodes, self.phrases, utterance.language)
        reply = replace(reply, text=self.phrases.say("ok", utterance.language, plan=words))
        stages["plan"] = self.clock() - answered_s
        return Turn(utterance, route, reply, plan, stage_s=stages)

    def _refuse(
        self,
        utterance: Utterance,
        route: Route,
        error: PlanError,
        stages: Mapping[str, float],
        suggestion: str = "",
        reply: Reply | None = None,
    ) -> Turn:
        text = describe_refusal(error, self.phrases, utterance.language)
        if suggestion:
            text += self.phrases.say("suggest", utterance.language, suggestion=suggestion)
        reply = replace(reply, text=text) if reply else Reply(text, "refused")
        return Turn(utterance, route, reply, None, refusal=error.code, stage_s=dict(stages))


def build_brain(cfg: Config, home: Home, lexicon: Lexicon) -> Brain:
    """The brain as configured. The lexicon may grow afterwards. Raises ConfigError."""
    cards = load_cards(share_dir() / "models" / "experts")
    parser = SentenceParser(lexicon, cfg)
    experts = ExpertManager(cards, {"sentences": SentencesAnswerer(parser)})
    owners = {intent: card.id for card in cards.values() for intent in card.intents}
    return Brain(RuleRouter(parser, owners), experts, Phrases(lexicon, home.rooms), home, cfg)


def _abstained() -> Route:
    return Route("", 0.0, "rule_based")
