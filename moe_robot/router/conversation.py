"""What an utterance means after what was said before, and whose it is. Before the experts, behind the words.

    understand(utterance, history) -> Understood: one or several (utterance, route), in order

An answer to a question back is taken first, then a stop. After earlier requests all readings of the turn are proposed
(`proposals.py`), what the phrases make of it ("а теперь налево") among them, and the learned chooser takes one; without
its model the phrases decide. The last motion forbidden is given up, unless that one is another motion. Then the router
is asked, and what it takes for nobody's alone may be two requests in one. Texts that people have explained once go
where they said. Decides nothing about motion.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from moe_robot.lexicon import Lexicon
from moe_robot.router.caution import DOES
from moe_robot.router.choices import NEITHER, choose
from moe_robot.router.earlier import earlier_of, is_recent, without_lost
from moe_robot.router.followup import Earlier, FollowUps
from moe_robot.router.followup_words import FollowWords, plain, script
from moe_robot.router.labels import Labels
from moe_robot.router.phrase_reader import FRAGMENTS, STANDS, STANDS_WORDS, PhraseReader
from moe_robot.router.proposals import Proposal, Proposals
from moe_robot.router.relating import Relating, Relations
from moe_robot.router.rule_based import UNKNOWN_OWNERS
from moe_robot.router.several import parts
from moe_robot.router.taken_back import TakenBack, has_moved, opening, taken_back
from moe_robot.router.understood import CANCEL, GIVEN_UP, HALT, HALTS, STOP, Part, Understood, by_rules
from moe_robot.structs import Label, Language, Route, Turn, Utterance

SURE = 0.8  # of a stop, to lean on nothing
CONTINUED = 0.8  # how sure it is that the subject stays the same
PLAINLY = ("cancel", "stop", "clause")  # proposals that say nothing more than the turn does
OTHERS = 2  # readings that are tried when nobody can answer the first


class Router(Protocol):
    def route(self, utterance: Utterance, context: object = None) -> Route: ...


class Chooser(Protocol):
    """`chooser.Chooser` is one."""

    def choose(
        self,
        text: str,
        language: Language,
        before: Sequence[Earlier],
        proposals: Sequence[Proposal],
    ) -> list[Proposal]:
        """The readings of a turn, the best first."""
        ...


class Conversation:
    """`names` are the experts that there are, by id with their names. Without `chooser` the phrases decide what a turn
    means, without `relations` they alone. Safe under threads, like the router."""

    def __init__(
        self,
        router: Router,
        lexicon: Lexicon,
        names: Mapping[str, Mapping[Language, str]],
        threshold: float,
        labels: Labels | None = None,
        readers: Collection[str] = (),
        relations: Relations | None = None,
        chooser: Chooser | None = None,
    ) -> None:
        self.router, self._names, self._threshold, self._labels = router, names, threshold, labels
        self._readers = frozenset(readers)
        self._follow_ups = FollowUps(lexicon)
        relating = Relating(relations, self._follow_ups) if relations is not None else None
        self._phrases = PhraseReader(self._follow_ups, relating, self._as, self._is_sure)
        self._chooser, self._proposals = chooser, Proposals(self._follow_ups, self._as)

    def understand(self, utterance: Utterance, history: Sequence[Turn] = (), context: object = None) -> Understood:
        """`history` is this conversation, oldest first."""
        recent = [turn for turn in history if is_recent(turn, utterance)]
        if recent and recent[-1].readings:
            answered = self._answered(utterance, recent[-1])
            if answered is not None:
                return answered

        route = cached(lambda text: self._route(replace(utterance, text=text), context))
        understood = self._understood(utterance, recent, route)
        return self._halted_first(utterance, understood, recent, route)

    def _understood(self, utterance: Utterance, recent: Sequence[Turn], route: Callable[[str], Route]) -> Understood:
        alone = route(utterance.text)
        if alone.expert == HALT and (by_rules(alone) or alone.confidence >= SURE):  # a stop leans on nothing
            if by_rules(alone):
                return Understood(self._parts(utterance, alone, route))
            whole = STOP[utterance.language]
            return Understood((Part(replace(utterance, text=whole), alone),), whole)
        leaning = self._read(utterance, alone, recent, route)
        back = None if by_rules(alone) else taken_back(utterance.text, utterance.language, recent)
        if back is not None:
            return self._instead(utterance, back, leaning, route)
        if leaning is not None:
            return leaning
        halts = len(alone.ranked) > 1 and {expert for expert, _ in alone.ranked} <= HALTS
        if alone.expert in HALTS and (halts if by_rules(alone) else alone.confidence >= SURE):
            whole = (CANCEL if alone.expert == GIVEN_UP else STOP)[utterance.language]
            return Understood((Part(replace(utterance, text=whole), route(whole)),), whole)
        return Understood(self._parts(utterance, alone, route))

    def _halted_first(
        self, utterance: Utterance, understood: Understood, recent: Sequence[Turn], route: Callable[[str], Route]
    ) -> Understood:
        """A stop that something else is said after, "stop, what was that?", is not lost over it."""
        first, rest = opening(utterance.text)
        halt = route(first) if rest else None
        if halt is None or halt.expert not in HALTS or not by_rules(halt):
            return understood
        part = Part(replace(utterance, text=first), halt)
        experts = {one.route.expert for one in understood.parts}
        if experts & (HALTS | DOES):
            return understood if understood.otherwise else replace(understood, otherwise=part)
        if understood.understood_as:
            moved = any(has_moved(turn) for turn in recent)
            return replace(understood, parts=(part, *understood.parts), others=()) if moved else understood
        return Understood((part, *self._parts(replace(utterance, text=rest), route(rest), route)))

    def _instead(
        self, utterance: Utterance, back: TakenBack, leaning: Understood | None, route: Callable[[str], Route]
    ) -> Understood:
        """The last motion given up: alone, for another motion, or with what else is surely wanted."""
        whole = CANCEL[utterance.language]
        cancel = Part(replace(utterance, text=whole), route(whole))
        if leaning is not None and _moves_else(leaning, back):
            return replace(leaning, otherwise=cancel)
        beside = route(back.rest)
        if not self._is_sure(beside) or beside.expert in HALTS:
            return Understood((cancel,), whole)
        parts = self._parts(replace(utterance, text=back.rest), beside, route)
        if any(part.route.expert in DOES for part in parts):
            return Understood(parts, back.rest, otherwise=cancel)
        return Understood((cancel, *parts), f"{whole}, {back.rest}")

    def proposed(
        self, utterance: Utterance, history: Sequence[Turn], context: object = None
    ) -> tuple[list[Earlier], list[Proposal]] | None:
        """What the turn may lean on, the last request first, and all its readings, as the chooser is to be trained on;
        None when there is nothing to lean on."""
        recent = [turn for turn in history if is_recent(turn, utterance)]
        route = cached(lambda text: self._route(replace(utterance, text=text), context))
        earlier = without_lost(recent, utterance.language)
        before = self._before(recent, earlier)
        if not before:
            return None
        alone = route(utterance.text)
        by_phrases = self._phrases.read(utterance, alone, recent, earlier, route)
        return before, self._readings(utterance, alone, earlier, before, by_phrases, route)

    def _read(
        self, utterance: Utterance, alone: Route, recent: Sequence[Turn], route: Callable[[str], Route]
    ) -> Understood | None:
        """What the turn means after what was said before; None when it stands by itself."""
        earlier = without_lost(recent, utterance.language)
        by_phrases = self._phrases.read(utterance, alone, recent, earlier, route)
        before = self._before(recent, earlier)
        if self._chooser is None or not before:
            return by_phrases
        readings = self._readings(utterance, alone, earlier, before, by_phrases, route)
        order = self._chooser.choose(utterance.text, utterance.language, before, readings)
        if order[0].kind != "alone" and self._is_whole(utterance, alone) and not _as_said(order[0], alone):
            return None
        others = tuple(Part(replace(utterance, text=one.text), one.route) for one in order if _is_other(one, order[0]))[
            :OTHERS
        ]
        if order[0].kind == "alone":
            one = alone.expert not in DOES | HALTS and len(self._parts(utterance, alone, route)) == 1
            tried = one and others and not self._is_whole(utterance, alone)
            return Understood((Part(utterance, alone),), others=others) if tried else None
        text = order[0].text
        whole = Part(replace(utterance, text=text), order[0].route)
        return Understood((whole,), text if text != utterance.text else "", others=others)

    def _is_whole(self, utterance: Utterance, alone: Route) -> bool:
        """It says itself what is wanted, at some length, and points at nothing before."""
        if alone.expert in ("", *FRAGMENTS) or alone.confidence < STANDS:
            return False
        said, words = plain(utterance.text).split(), FollowWords.of(utterance.language)
        points = any(word in words.things or word in words.places for word in said)
        return len(said) >= STANDS_WORDS and not points and not self._follow_ups.leans(utterance.text, words.language)

    def _before(self, recent: Sequence[Turn], earlier: Sequence[Earlier]) -> list[Earlier]:
        """What a turn may lean on, the last request first; a remark where nothing else was said. What was said last is
        there, behind the requests, even if nobody could answer it: "who wrote Hamlet?", "and Macbeth?"."""
        before = self._follow_ups.leaning(earlier) or list(earlier[-1:])
        if not recent:
            return before
        last = earlier_of(recent[-1], recent[-1].utterance.language)
        there = not last.expert or " " not in last.text or any(one.text == last.text for one in before)
        return before if there else [*before, last]

    def _readings(
        self,
        utterance: Utterance,
        alone: Route,
        earlier: Sequence[Earlier],
        before: Sequence[Earlier],
        by_phrases: Understood | None,
        route: Callable[[str], Route],
    ) -> list[Proposal]:
        first = by_phrases.parts[0] if by_phrases is not None else None
        taken = (first.utterance.text, first.route) if first is not None else None
        return self._proposals.of(utterance.text, utterance.language, earlier, before, alone, route, taken)

    # ---------------------------------------------------------------- whose

    def _route(self, utterance: Utterance, context: object) -> Route:
        route = self.router.route(utterance, context)
        expert = self._labels.expert_of(utterance) if self._labels is not None else ""
        if expert in self._names and not by_rules(route):
            return Route(expert, 1.0, "label", ((expert, 1.0),))
        return route

    def _is_sure(self, route: Route) -> bool:
        return bool(route.expert) and route.confidence >= self._threshold and route.rule not in UNKNOWN_OWNERS

    def _as(self, expert: str) -> Route | None:
        """The route to an expert whom the conversation names, not the router."""
        if expert not in self._names:
            return None
        confidence = max(self._threshold, CONTINUED)
        return Route(expert, confidence, "conversation", ((expert, confidence),), "continued")

    # ---------------------------------------------------------------- the answer to a question back

    def _answered(self, utterance: Utterance, question: Turn) -> Understood | None:
        chosen = choose(utterance.text, utterance.language, question.readings, self._names)
        if not chosen:
            return None
        if chosen == NEITHER:
            return Understood((Part(utterance, Route("", 0.0, "asked")),), declined=True)
        asked = question.utterance
        text = question.understood_as or asked.text
        label = Label(text, asked.language, chosen, utterance.t_s)
        said = replace(asked, text=text, t_s=utterance.t_s)
        return Understood((Part(said, Route(chosen, 1.0, "asked", ((chosen, 1.0),))),), text, label)

    # ---------------------------------------------------------------- several in one

    def _parts(self, utterance: Utterance, whole: Route, route: Callable[[str], Route]) -> tuple[Part, ...]:
        found = parts(utterance.text, whole, route, self._names_only, self._readers)
        if len(found) < 2:
            return (Part(utterance, whole),)
        return tuple(Part(replace(utterance, text=text), piece) for text, piece in found)

    def _names_only(self, text: str) -> bool:
        """A bare name is a request only where nothing stands beside it."""
        return self._follow_ups.names_only(text, script(text) or "en")


def _as_said(one: Proposal, alone: Route) -> bool:
    """The phrases' own choice, or the same command in plain words."""
    return one.likeliest or (
        one.route.expert == alone.expert and (one.kind in PLAINLY or one.kind.startswith("command"))
    )


def _moves_else(leaning: Understood, back: TakenBack) -> bool:
    """Another motion, "the office"."""
    whose = [(part.utterance.text, part.route.expert) for part in leaning.parts]
    return all(expert in DOES and back.allows(text, expert) for text, expert in whose)


def _is_other(one: Proposal, chosen: Proposal) -> bool:
    """Another text for the same expert."""
    return one.text != chosen.text and one.route.expert == chosen.route.expert != ""


def cached(route: Callable[[str], Route]) -> Callable[[str], Route]:
    known: dict[str, Route] = {}

    def once(text: str) -> Route:
        if text not in known:
            known[text] = route(text)
        return known[text]

    return once
