"""From words to a checked plan, in one function without side effects. Read this first.

    brain = build_brain(cfg, home, lexicon)
    turn = brain.respond(Utterance("поезжай на кухню и найди красный куб", "ru"), Context())
    turn.plan, turn.reply.text      # "Хорошо: еду на кухню, потом ищу красный куб."
    brain.respond(Utterance("what is 12 times 12", "en")).reply.text      # words alone: no plan, no refusal

conversation (what was meant, whose it is) -> expert -> its draft -> planner.check -> words; or -> expert -> its words.
A draft that passes the check is the only way to motion. Whatever is neither a checked plan nor an answer in words is a
refusal: `plan` is None, `refusal` names why, and the reply says it in the speaker's language with what is possible
instead; or a question back, when two readings are likely. Nothing here moves.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from moe_robot.config import Config
from moe_robot.errors import ConfigError, MissingExtraError, PlanError
from moe_robot.experts.card import ExpertCard, expert_folders, load_cards
from moe_robot.experts.context import AnswerContext, Live, NotesPort, RobotPort, SchedulePort
from moe_robot.experts.manager import NOBODY, ExpertManager, Metrics
from moe_robot.experts.registry import TOOLS
from moe_robot.experts.sentences import SentencesAnswerer
from moe_robot.lexicon import Lexicon
from moe_robot.phrases import Phrases
from moe_robot.planner.check import CAPABILITIES, PlanContext, check
from moe_robot.planner.describe import describe, describe_refusal
from moe_robot.router.conversation import Chooser, Conversation, Router
from moe_robot.router.labels import Labels
from moe_robot.router.parser import SentenceParser
from moe_robot.router.relating import Relations
from moe_robot.router.rule_based import RuleRouter, owners_of
from moe_robot.router.understood import GIVEN_UP, HALTS, Part, Understood
from moe_robot.structs import Pose, Reply, Route, Step, Turn, Utterance, WorldState
from moe_robot.world.home import Home

log = logging.getLogger(__name__)
READINGS = 2  # that a question back offers
ASK_FROM = 0.25  # confidence; less likely readings are not worth a question
NO_ANSWER = {"hint": "not_understood", "llm": "no_language_model"}  # who says only that there is none -> refusal
UNANSWERED = {"not_understood", "no_language_model"}  # refusals after which another reading is tried
NO_ROBOT = "no robot is connected"  # how answerers begin who need one


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


@dataclass(frozen=True)
class Heard:
    """An utterance on its way to a reply. `refusal`: it has been decided already. `slow`: an expert with a process of
    its own may be asked, which can take seconds."""

    utterance: Utterance
    understood: Understood | None = None
    refusal: PlanError | None = None
    route_s: float = 0.0
    slow: bool = False


class Experts(Protocol):
    """`experts.manager.ExpertManager` is one."""

    @property
    def cards(self) -> Mapping[str, ExpertCard]: ...

    def answer(self, route: Route, utterance: Utterance, context: AnswerContext) -> Reply:
        """Words, or a draft of steps that nothing has checked yet, or neither when nobody answers."""

    def suggestion(self, utterance: Utterance) -> str:
        """The nearest command that would be understood, "" when none is near."""

    def is_slow(self, expert: str) -> bool:
        """Someone in its chain runs in a process of its own; False for "" and for a stranger."""

    def metrics(self) -> Metrics: ...

    def close(self) -> None:
        """Ends what it has started."""


class Brain:
    """`clock` measures the stages only. Safe under threads."""

    def __init__(
        self,
        conversation: Conversation,
        experts: Experts,
        phrases: Phrases,
        home: Home,
        cfg: Config,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self.conversation, self.experts = conversation, experts
        self.phrases, self.home, self.cfg, self.clock, self.now = phrases, home, cfg, clock, now

    def respond(self, utterance: Utterance, context: Context | None = None) -> Turn:
        """One exchange. Raises nothing for any text."""
        context = context or Context()
        return self.reply(self.hear(utterance, context), context)

    def hear(self, utterance: Utterance, context: Context) -> Heard:
        """The quick half: what was meant and whose it is. `reply` to it may take the seconds of an expert's library."""
        limit = self.cfg.router.max_utterance_chars
        if len(utterance.text) > limit:
            short = replace(utterance, text=utterance.text[:limit])
            return Heard(short, refusal=PlanError("too_long_text", high=limit))
        if not utterance.text.strip():
            return Heard(utterance, refusal=PlanError("empty"))
        if not any(char.isalnum() for char in utterance.text):
            return Heard(utterance, refusal=PlanError("not_understood"))
        began_s = self.clock()
        understood = self.conversation.understand(utterance, context.history, context)
        refusal = PlanError("declined") if understood.declined else None
        slow = any(self.experts.is_slow(part.route.expert) for part in understood.parts)
        return Heard(utterance, understood, refusal, self.clock() - began_s, slow)

    def reply(self, heard: Heard, context: Context) -> Turn:
        """The other half."""
        utterance, understood = heard.utterance, heard.understood
        if heard.refusal is not None or understood is None:
            stages = {"route": heard.route_s} if understood else {}
            return self._refuse(utterance, _abstained(), heard.refusal or PlanError("empty"), stages)
        said = utterance.text if understood.understood_as else ""
        turns = [self._turn(part, context, heard.route_s / len(understood.parts), said) for part in understood.parts]
        for other in understood.others if turns[0].refusal in UNANSWERED else ():
            second = self._turn(other, context, heard.route_s, utterance.text)
            if not second.refusal:
                turns, understood = [second], replace(understood, understood_as=other.utterance.text)
                break
        turn = turns[0] if len(turns) == 1 else self._joined(utterance, turns, context)
        if understood.otherwise is not None and turn.plan is None:
            least = self._turn(understood.otherwise, context, 0.0)
            turn = self._joined(utterance, [least, *turns], context)
        return replace(turn, utterance=utterance, understood_as=understood.understood_as, label=understood.label)

    def answer_as(self, expert: str, utterance: Utterance, context: Context | None = None) -> Turn:
        """As `respond`, but this expert answers. Raises KeyError: there is no such expert."""
        if expert not in self.experts.cards:
            raise KeyError(expert)
        return self._turn(Part(utterance, Route(expert, 1.0, "asked", ((expert, 1.0),))), context or Context(), 0.0)

    def close(self) -> None:
        """Ends the processes of the experts."""
        self.experts.close()

    def _turn(self, part: Part, context: Context, route_s: float, said: str = "") -> Turn:
        """One request, by itself. `said`: the words that it was completed from."""
        utterance, route = part.utterance, part.route
        began_s = self.clock()
        reply = self._answer(route, utterance, context, said)
        stages = {"route": route_s, "answer": self.clock() - began_s}
        if reply.draft:
            return self._plan(utterance, route, reply, context, stages)
        if reply.text:
            return Turn(utterance, route, reply, None, refusal=NO_ANSWER.get(reply.model_used, ""), stage_s=stages)
        return self._not_understood(utterance, route, reply, stages)

    def _joined(self, utterance: Utterance, turns: Sequence[Turn], context: Context) -> Turn:
        """Several requests in one: the words in order, and one plan of all the drafts that have passed the check."""
        stages = {name: sum(turn.stage_s.get(name, 0.0) for turn in turns) for name in ("route", "answer", "plan")}
        refused = next((turn for turn in turns if turn.refusal), None)
        planned = [turn for turn in turns if turn.plan is not None]
        first = turns[0]
        draft = tuple(node for turn in planned for node in turn.reply.draft)
        if (
            first.plan is not None and first.route.expert == GIVEN_UP and len(planned) > 1
        ):  # for what comes next, which a cancel would end as well
            draft = (Step("stop"), *draft[len(first.reply.draft) :])
        text = " ".join(turn.reply.text for turn in turns)
        reply = replace(first.reply, text=text, draft=draft, asked=tuple(a for t in turns for a in t.reply.asked))
        joined = Turn(utterance, first.route, reply, None, stage_s=stages, parts=tuple(turns))
        if refused is not None:  # half of what was asked is not done: nothing moves, but a stop before it is no less
            return self._without_the_rest(joined, refused)
        if not draft:
            return joined
        checked = self._plan(utterance, first.route, reply, context, stages)
        if checked.plan is None and first.route.expert in HALTS:
            return self._without_the_rest(joined, checked)
        if checked.plan is None:
            return replace(checked, parts=tuple(turns))
        return replace(joined, plan=checked.plan)

    def _without_the_rest(self, joined: Turn, refused: Turn) -> Turn:
        """Of several requests only what was answered and a stop that opens them; the words say no more than that."""
        first = joined.parts[0]
        halt = first.plan if first.route.expert in HALTS else None
        held = [turn for turn in joined.parts if turn.plan is not None and turn.plan is not halt]
        words = [turn.reply.text for turn in joined.parts if not any(turn is one for one in held)]
        if held:
            words.append(self.phrases.say("rest_not_done", joined.utterance.language))
        reply = replace(joined.reply, text=" ".join(words))
        return replace(joined, reply=reply, plan=halt, refusal="" if halt is not None else refused.refusal)

    def _answer(self, route: Route, utterance: Utterance, context: Context, said: str) -> Reply:
        """What the route's expert says; an empty reply below the threshold, where nobody is asked."""
        card = self.experts.cards.get(route.expert)
        if card is None or route.confidence < self.cfg.router.confidence_threshold:
            return NOBODY
        live = Live(
            self.phrases.lexicon, self.phrases, context.robot, context.schedule, context.notes, self.experts.cards
        )
        now = context.now or self.now()
        sure = 0.0 if route.strategy == RuleRouter.strategy else route.confidence
        asked = AnswerContext(card, self.home, self.cfg, now, context.world, context.history, live, sure, said)
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
        if route.rule == "out_of_scope":
            return self._refuse(utterance, route, PlanError("out_of_scope"), stages, reply=reply)
        failed = next((asked for asked in reply.asked if asked.outcome in ("unavailable", "timeout", "crashed")), None)
        if failed is not None:
            code = "no_robot" if failed.reason.startswith(NO_ROBOT) else "unavailable"
            name = self.experts.cards[route.expert].name[utterance.language]
            return self._refuse(utterance, route, PlanError(code, expert=name), stages, reply=reply)
        readings = tuple(expert for expert, _ in route.ranked[:READINGS] if expert in self.experts.cards)
        commands = any(self.experts.cards[expert].intents for expert in readings[:1])
        if route.rule == "unsure" and not commands:  # the nearest command would lead astray
            if route.confidence >= ASK_FROM and len(readings) == READINGS:
                return self._ask_back(utterance, route, readings, stages)
            return self._refuse(utterance, route, PlanError("not_understood"), stages, reply=reply)
        suggestion = self.experts.suggestion(utterance)
        return self._refuse(utterance, route, PlanError("not_understood"), stages, suggestion, reply)

    def _ask_back(
        self, utterance: Utterance, route: Route, readings: tuple[str, ...], stages: Mapping[str, float]
    ) -> Turn:
        """ "Is it A or B?": the answer is taken with the next utterance, and remembered as a label."""
        language = utterance.language
        said = {}
        for letter, expert in zip("ab", readings, strict=True):
            card = self.experts.cards[expert]
            said[letter], said[f"{letter}_example"] = card.name[language], card.examples[language][0]
        reply = Reply(self.phrases.say("which", language, **said), "which", model_used="router")
        return Turn(utterance, route, reply, None, refusal="which", stage_s=dict(stages), readings=readings)

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


def build_brain(cfg: Config, home: Home, lexicon: Lexicon, labels: Labels | None = None) -> Brain:
    """The brain as configured. The lexicon and the labels may grow afterwards. Raises ConfigError."""
    cards = load_cards(expert_folders(cfg.experts), {"sentences", *TOOLS})
    parser = SentenceParser(lexicon, cfg)
    sentences = SentencesAnswerer(parser)
    experts = ExpertManager(cards, cfg.experts, given={"sentences": sentences}, suggest=sentences.suggestion)
    names = {id: card.name for id, card in cards.items()}
    router = build_router(cfg, parser, cards)
    readers = [id for id, card in cards.items() if "sentences" in card.chain]
    relations = _relations(cfg)
    chooser = _chooser(cfg, relations) if relations is not None else None
    conversation = Conversation(
        router, lexicon, names, cfg.router.confidence_threshold, labels, readers, relations, chooser
    )
    return Brain(conversation, experts, Phrases(lexicon, home.rooms), home, cfg)


def build_router(cfg: Config, parser: SentenceParser, cards: Mapping[str, ExpertCard]) -> Router:
    """The sentences, and behind them the model of `router.strategy`; without one they are alone, which is told."""
    rules = RuleRouter(parser, owners_of(cards))
    if cfg.router.strategy == "rule_based":
        return rules
    try:
        from moe_robot.router.cascade import build_router as put_behind  # a model, only when it is wanted

        behind: Router = put_behind(rules, cfg.router, cards)
        return behind
    except (ConfigError, MissingExtraError, ImportError) as error:
        log.warning("router.strategy '%s' is not to be had, sentences alone decide: %s", cfg.router.strategy, error)
        return rules


def _relations(cfg: Config) -> Relations | None:
    """How a turn relates to the one before, learned; without the model phrases alone tell, which is told."""
    from moe_robot.router.relation import find_relations  # numpy, only when a brain is wanted

    try:
        return find_relations(cfg.router.model)
    except ConfigError as error:
        log.warning("only phrases tell what leans on what was said before: %s", error)
        return None


def _chooser(cfg: Config, relations: Relations) -> Chooser | None:
    """Which reading of a follow-up is meant, learned; without the model phrases alone tell, which is told."""
    from moe_robot.router.chooser import find_chooser

    try:
        return find_chooser(cfg.router.model, relations)
    except ConfigError as error:
        log.warning("follow-ups are read by phrases alone: %s", error)
        return None


def _abstained() -> Route:
    return Route("", 0.0, "rule_based")
