"""From words to a checked plan, in one function without side effects. Read this first.

    brain = build_brain(cfg, home, lexicon)
    turn = brain.respond(Utterance("поезжай на кухню и найди красный куб", "ru"), Context())
    turn.plan, turn.reply.text      # "Хорошо: еду на кухню, потом ищу красный куб."
    brain.respond(Utterance("what is 12 times 12", "en")).reply.text      # words alone: no plan, no refusal

router -> expert -> its draft -> planner.check -> words; or router -> expert -> its words. A draft that passes the check
is the only way to motion. Whatever is neither a checked plan nor an answer in words is a refusal: `plan` is None,
`refusal` names why, and the reply says it in the speaker's language with what is possible instead. Nothing here moves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from moe_robot.config import Config
from moe_robot.errors import PlanError
from moe_robot.experts.card import ExpertCard, expert_folders, load_cards
from moe_robot.experts.context import AnswerContext, Live, NotesPort, RobotPort, SchedulePort
from moe_robot.experts.manager import NOBODY, ExpertManager
from moe_robot.experts.registry import TOOLS
from moe_robot.experts.sentences import SentencesAnswerer
from moe_robot.lexicon import Lexicon
from moe_robot.phrases import Phrases
from moe_robot.planner.check import CAPABILITIES, PlanContext, check
from moe_robot.planner.describe import describe, describe_refusal
from moe_robot.router.parser import SentenceParser
from moe_robot.router.rule_based import RuleRouter
from moe_robot.structs import Pose, Reply, Route, Turn, Utterance, WorldState
from moe_robot.world.home import Home


@dataclass(frozen=True)
class Context:
    """What an answer may depend on besides the words: places named by people, what the robot has, believes and heard.

    None = not there: `world` without a robot, `now` for the clock of this machine, the ports where nothing keeps them.
    """

    places: Mapping[str, Pose] = field(default_factory=dict)
    capabilities: Collection[str] = CAPABILITIES
    world: WorldState | None = None
    history: tuple[Turn, ...] = ()  # this conversation, oldest first
    now: datetime | None = None  # aware, local
    robot: RobotPort | None = None
    schedule: SchedulePort | None = None
    notes: NotesPort | None = None


class Router(Protocol):
    def route(self, utterance: Utterance, context: Context | None = None) -> Route:
        """`expert` is "" when it abstains."""


class Experts(Protocol):
    """`experts.manager.ExpertManager` is one."""

    @property
    def cards(self) -> Mapping[str, ExpertCard]: ...

    def answer(self, route: Route, utterance: Utterance, context: AnswerContext) -> Reply:
        """Words, or a draft of steps that nothing has checked yet, or neither when nobody answers."""

    def suggestion(self, utterance: Utterance) -> str:
        """The nearest command that would be understood, "" when none is near."""

    def close(self) -> None:
        """Ends what it has started."""


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
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self.router, self.experts = router, experts
        self.phrases, self.home, self.cfg, self.clock, self.now = phrases, home, cfg, clock, now

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
        reply = self._answer(route, utterance, context)
        stages = {"route": routed_s - began_s, "answer": self.clock() - routed_s}
        if reply.draft:
            return self._plan(utterance, route, reply, context, stages)
        if reply.text:
            return Turn(utterance, route, reply, None, stage_s=stages)
        return self._not_understood(utterance, route, reply, stages)

    def close(self) -> None:
        """Ends the processes of the experts."""
        self.experts.close()

    def _answer(self, route: Route, utterance: Utterance, context: Context) -> Reply:
        """What the route's expert says; an empty reply below the threshold, where nobody is asked."""
        card = self.experts.cards.get(route.expert)
        if card is None or route.confidence < self.cfg.router.confidence_threshold:
            return NOBODY
        live = Live(
            self.phrases.lexicon, self.phrases, context.robot, context.schedule, context.notes, self.experts.cards
        )
        now = context.now or self.now()
        asked = AnswerContext(card, self.home, self.cfg, now, context.world, context.history, live)
        return self.experts.answer(route, utterance, asked)

    def _plan(
        self, utterance: Utterance, route: Route, reply: Reply, context: Context, stages: Mapping[str, float]
    ) -> Turn:
        """The only place where a draft becomes a plan; the words are those of the plan."""
        began_s = self.clock()
        try:
            plan = check(reply.draft, PlanContext(self.home, self.cfg, context.places, context.capabilities))
        except PlanError as error:
            stages = {**stages, "plan": self.clock() - began_s}
            if reply.intent == "ambiguous_place" == route.rule:  # "the table": there are several
                which = PlanError("ambiguous_place", word=error.params.get("word", ""))
                return self._refuse(utterance, route, which, stages, self.experts.suggestion(utterance), reply)
            return self._refuse(utterance, route, error, stages, reply=reply)
        words = describe(plan.nodes, self.phrases, utterance.language)
        reply = replace(reply, text=self.phrases.say("ok", utterance.language, plan=words))
        return Turn(utterance, route, reply, plan, stage_s={**stages, "plan": self.clock() - began_s})

    def _not_understood(self, utterance: Utterance, route: Route, reply: Reply, stages: Mapping[str, float]) -> Turn:
        """The router abstained, or nobody in the chain answered."""
        suggestion = self.experts.suggestion(utterance)
        return self._refuse(utterance, route, PlanError("not_understood"), stages, suggestion, reply)

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
        reply = replace(reply or NOBODY, text=text)
        return Turn(utterance, route, reply, None, refusal=error.code, stage_s=dict(stages))


def build_brain(cfg: Config, home: Home, lexicon: Lexicon) -> Brain:
    """The brain as configured. The lexicon may grow afterwards. Raises ConfigError."""
    cards = load_cards(expert_folders(cfg.experts), {"sentences", *TOOLS})
    parser = SentenceParser(lexicon, cfg)
    sentences = SentencesAnswerer(parser)
    experts = ExpertManager(cards, cfg.experts, given={"sentences": sentences}, suggest=sentences.suggestion)
    return Brain(build_router(cfg, parser, cards), experts, Phrases(lexicon, home.rooms), home, cfg)


def build_router(cfg: Config, parser: SentenceParser, cards: Mapping[str, ExpertCard]) -> Router:
    """The sentences first, and behind them the model of `router.strategy` where it can be loaded."""
    owners = {intent: card.id for card in cards.values() for intent in card.intents}
    return RuleRouter(parser, owners)


def _abstained() -> Route:
    return Route("", 0.0, "rule_based")
