"""What an utterance means after what was said before, and whose it is. Before the experts, behind the words.

    understand(utterance, history) -> Understood: one or several (utterance, route), in order

An answer to a question back is taken first. After earlier requests all readings of the turn are proposed
(`proposals.py`), what the phrases make of it ("а теперь налево") among them, and the learned chooser takes one; without
its model the phrases decide. Then the router is asked, and what it takes for nobody's alone may be two requests in one.
Texts that people have explained once go where they said. Decides nothing about motion.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from moe_robot.lexicon import Lexicon
from moe_robot.router.choices import NEITHER, choose
from moe_robot.router.earlier import earlier_of, is_recent, without_lost
from moe_robot.router.edits import Reading
from moe_robot.router.followup import Completion, Earlier, FollowUps
from moe_robot.router.followup_words import script
from moe_robot.router.labels import Labels
from moe_robot.router.proposals import Proposal, Proposals
from moe_robot.router.relating import Relating, Relations
from moe_robot.router.rule_based import UNKNOWN_OWNERS
from moe_robot.router.several import parts
from moe_robot.structs import Label, Language, Route, Turn, Utterance

SURE = 0.8  # of a completed text, to be another expert's than the one before
CONTINUED = 0.8  # how sure it is that the subject stays the same
OWN = 0.95  # how sure a question must be to have a subject of its own
OTHER = 0.95  # of an earlier text with another piece, to be another expert's
EXACT = 0.9  # of a reading by rules from which no part is taken for the whole
JOINED = 0.9  # how sure an earlier text and a question together are to be one expert's
BRIEF_WORDS = 8
JOINED_UNSURE = 0.7  # where the question alone is nobody's
BARE = ("count", "compare")  # "how many are there", "which one is bigger": of what was spoken of, unless they name it
MOVING = {"drive", "turn", "stop", "figures", "go_to", "patrol", "explore", "dock", "follow", "come_here", "bring"}
ABOUT = ("explain",)  # asks about the answer, not about its subject
PASSING = {"greeting", "small_talk"}
STANDS, STANDS_WORDS = 0.97, 5  # how sure, and how long, a request of its own is at least
FRAGMENTS = {"small_talk", "say", "explain", "cancel"}  # to whom the router gives what is no request
HALT = "stop"
HALTS = {HALT, "cancel"}
REUSES = {"arithmetic", "algebra", "derivative", "integral", "geometry", "statistics", "number_theory", "combinatorics",
          "word_problems", "units", "translation", "reminder"}  # fmt: skip
OWNERS = {"why": "explain", "keep": "remember_fact", "translate": "translation", "carried": "arithmetic"}
# "отмени", "let's say eight": where all words are explained by what was said before
TAKEN_OVER = ("cancel", "say", "wait", "forget")
OTHERS = 2  # readings that are tried when nobody can answer the first
LONG_WORDS = 6  # a longer utterance with a verb of its own tells itself what it is
GUESSED = {"pronoun", "continued", "stretch", "said"}  # completions that give way to an edit of the earlier request
GIVEN_UP = "cancel"
CANCEL: Mapping[Language, str] = {"ru": "отмена", "en": "cancel"}
STOP: Mapping[Language, str] = {"ru": "стоп", "en": "stop"}


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


@dataclass(frozen=True)
class Part:
    """One request: its whole text, and whose it is (`route.expert` "" = nobody's)."""

    utterance: Utterance
    route: Route


@dataclass(frozen=True)
class Understood:
    """`parts` is never empty. `understood_as` is the text that was routed, "" when it is the one that was said.
    `declined`: the person answered a question back with neither. `others`: the next likely readings of one request, for
    when nobody can answer this one."""

    parts: tuple[Part, ...]
    understood_as: str = ""
    label: Label | None = None
    declined: bool = False
    others: tuple[Part, ...] = ()


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
        self._relating = Relating(relations, self._follow_ups) if relations is not None else None
        self._chooser, self._proposals = chooser, Proposals(self._follow_ups, self._as)

    def understand(self, utterance: Utterance, history: Sequence[Turn] = (), context: object = None) -> Understood:
        """`history` is this conversation, oldest first."""
        recent = [turn for turn in history if is_recent(turn, utterance)]
        if recent and recent[-1].readings:
            answered = self._answered(utterance, recent[-1])
            if answered is not None:
                return answered

        def route(text: str) -> Route:
            return self._route(replace(utterance, text=text), context)

        alone = route(utterance.text)
        if alone.expert == HALT and (_by_rules(alone) or alone.confidence >= SURE):  # a stop leans on nothing
            if _by_rules(alone):
                return Understood(self._parts(utterance, alone, route))
            whole = STOP[utterance.language]
            return Understood((Part(replace(utterance, text=whole), alone),), whole)
        leaning = self._read(utterance, alone, recent, cached(route))
        if leaning is not None:
            return leaning
        halts = len(alone.ranked) > 1 and {expert for expert, _ in alone.ranked} <= HALTS
        if alone.expert in HALTS and (halts if _by_rules(alone) else alone.confidence >= SURE):
            whole = (CANCEL if alone.expert == GIVEN_UP else STOP)[utterance.language]
            return Understood((Part(replace(utterance, text=whole), route(whole)),), whole)
        return Understood(self._parts(utterance, alone, route))

    def proposed(
        self, utterance: Utterance, history: Sequence[Turn], context: object = None
    ) -> tuple[list[Earlier], list[Proposal]] | None:
        """What the turn may lean on, the last request first, and all its readings, as the chooser is to be trained on;
        None when there is nothing to lean on."""
        recent = [turn for turn in history if is_recent(turn, utterance)]
        route = cached(lambda text: self._route(replace(utterance, text=text), context))
        earlier = without_lost(recent, utterance.language)
        before = self._before(earlier)
        if not before:
            return None
        alone = route(utterance.text)
        by_phrases = self._by_phrases(utterance, alone, recent, earlier, route)
        return before, self._readings(utterance, alone, earlier, by_phrases, route)

    def _read(
        self, utterance: Utterance, alone: Route, recent: Sequence[Turn], route: Callable[[str], Route]
    ) -> Understood | None:
        """What the turn means after what was said before; None when it stands by itself."""
        earlier = without_lost(recent, utterance.language)
        by_phrases = self._by_phrases(utterance, alone, recent, earlier, route)
        before = self._before(earlier)
        if self._chooser is None or not before:
            return by_phrases
        readings = self._readings(utterance, alone, earlier, by_phrases, route)
        order = self._chooser.choose(utterance.text, utterance.language, before, readings)
        if order[0].kind == "alone":
            return None
        parts = [Part(replace(utterance, text=one.text), one.route) for one in order]
        others = tuple(part for one, part in zip(order, parts, strict=True) if _instead(one, order[0]))[:OTHERS]
        text = order[0].text
        return Understood((parts[0],), text if text != utterance.text else "", others=others)

    def _before(self, earlier: Sequence[Earlier]) -> list[Earlier]:
        """What a turn may lean on, the last request first; a remark where nothing else was said."""
        return self._follow_ups.leaning(earlier) or list(earlier[-1:])

    def _readings(
        self,
        utterance: Utterance,
        alone: Route,
        earlier: Sequence[Earlier],
        by_phrases: Understood | None,
        route: Callable[[str], Route],
    ) -> list[Proposal]:
        first = by_phrases.parts[0] if by_phrases is not None else None
        taken = (first.utterance.text, first.route) if first is not None else None
        return self._proposals.of(utterance.text, utterance.language, earlier, alone, route, taken)

    def _by_phrases(
        self,
        utterance: Utterance,
        alone: Route,
        recent: Sequence[Turn],
        earlier: Sequence[Earlier],
        route: Callable[[str], Route],
    ) -> Understood | None:
        found = self._leaning(utterance, alone, earlier, route) or self._subject(utterance, alone, recent, route)
        return None if found is not None and self._stands(utterance, alone, earlier, found) else found

    def _leaning(
        self, utterance: Utterance, alone: Route, earlier: Sequence[Earlier], route: Callable[[str], Route]
    ) -> Understood | None:
        """As it is meant after what was said before: completed from it, or a change of it; None when it leans on
        nothing."""
        completion = self._follow_ups.complete(utterance.text, utterance.language, earlier)
        chosen, whole = None, ""
        if completion is not None:
            whole = completion.text
            chosen = self._chosen(completion, route(whole), alone)
        guessed = completion is not None and completion.kind in GUESSED
        if guessed and completion is not None and completion.kind == "pronoun" and chosen is not None:
            guessed = not _by_rules(chosen)  # a whole command with a name in the pronoun's place
        denies = bool(earlier) and self._follow_ups.denies(utterance.text, utterance.language)
        if chosen is None or guessed or denies or self._is_lost(chosen, earlier):
            edited = self._edited(utterance, earlier, alone, route)
            if edited is not None:
                whole, chosen = edited
        guessed = completion is not None and completion.kind in GUESSED and chosen is not None
        if chosen is None or (guessed and not _by_rules(chosen)):
            related = self._related(utterance, earlier, alone, route)
            if related is not None:
                return related
        if chosen is None or (chosen.expert in HALTS and not _by_rules(chosen)):  # a stop leans on nothing
            return None
        return Understood((Part(replace(utterance, text=whole), chosen),), whole)

    def _stands(self, utterance: Utterance, alone: Route, earlier: Sequence[Earlier], leaning: Understood) -> bool:
        """It is surely a request by itself, for another expert than before, and would come to that of before."""
        taken, before = leaning.parts[0].route.expert, earlier[-1].expert if earlier else ""
        if alone.expert in ("", taken, before, *FRAGMENTS) or alone.confidence < STANDS:
            return False
        brief = len(utterance.text.split()) < STANDS_WORDS
        return taken == before and not brief and not self._follow_ups.leans(utterance.text, utterance.language)

    # ---------------------------------------------------------------- whose

    def _route(self, utterance: Utterance, context: object) -> Route:
        route = self.router.route(utterance, context)
        expert = self._labels.expert_of(utterance) if self._labels is not None else ""
        if expert in self._names and not _by_rules(route):
            return Route(expert, 1.0, "label", ((expert, 1.0),))
        return route

    def _is_sure(self, route: Route) -> bool:
        return bool(route.expert) and route.confidence >= self._threshold and route.rule not in UNKNOWN_OWNERS

    def _chosen(self, completion: Completion, whole: Route, alone: Route) -> Route | None:
        """Whose the completed text is; None when the text alone is what was meant."""
        kind, before = completion.kind, completion.of
        asks = completion.asks and not before.moved  # a question goes on as a question, not as a command
        if completion.owner:
            own = _by_rules(alone) or (not completion.elliptic and self._is_sure(alone) and alone.confidence >= OWN)
            other = own and alone.expert not in (completion.owner, *TAKEN_OVER)
            return None if other else self._as(completion.owner)
        if kind in ("again", "scaled"):
            return whole if whole.expert else self._as(before.expert) or whole
        exact = _by_rules(alone)
        brief = len(completion.text.split()) <= BRIEF_WORDS and "," not in completion.text
        if kind == "pronoun" and _by_rules(whole) and not (exact and alone.expert in HALTS) and (brief or not exact):
            return whole  # a command that names what the pronoun stands for, and reads as a whole
        if kind == "why" and alone.expert == OWNERS[kind] and self._is_sure(alone):
            return None  # it asks for itself
        if kind == "said" and whole.expert not in REUSES:
            return None
        if kind in OWNERS and (completion.elliptic or not self._is_sure(alone)):
            return self._as(OWNERS[kind]) or whole
        # a command by itself: only a fragment of the same command is more than that
        if kind == "about":
            return self._as(before.expert)
        if _by_rules(alone) and not (completion.elliptic and (_by_rules(whole) or asks)):
            return None
        if _by_rules(whole) and (completion.elliptic or not self._is_sure(alone) or whole.expert == alone.expert):
            return whole
        same = not self._is_sure(alone) or alone.expert in (whole.expert, before.expert)
        if kind in ("condition", "continued"):
            return self._as(before.expert) if same and not before.moved else None
        if kind == "stretch" and not asks and self._is_sure(alone) and alone.expert != before.expert:
            return None
        if kind == "piece" and self._follow_ups.same_but_numbers(completion.text, before.text):
            return self._as(before.expert) or whole
        if kind in ("piece", "stretch"):  # the same request with another argument: the same expert, or a surer one
            if whole.expert and whole.confidence >= OTHER and (whole.rule not in UNKNOWN_OWNERS or before.moved):
                return whole
            return self._as(before.expert) or (whole if self._is_sure(whole) else None)
        return whole if self._is_sure(whole) and (completion.elliptic or same) else None

    def _subject(
        self, utterance: Utterance, alone: Route, recent: Sequence[Turn], route: Callable[[str], Route]
    ) -> Understood | None:
        """Whose a question is that leans on the answer before and says no subject of its own: "is that a lot?". Both
        said together must surely be the earlier expert's; a command has no such questions."""
        meant = [turn for turn in recent if earlier_of(turn, utterance.language).expert not in ("", *PASSING)]
        before = meant[-1] if meant else None
        expert = earlier_of(before, utterance.language).expert if before is not None else ""
        if before is None or not expert or before.plan is not None or expert in PASSING:
            return None
        bare = alone.expert in BARE and not self._follow_ups.names_any(utterance.text, utterance.language)
        if _by_rules(alone) and not bare:
            return None
        own = self._is_sure(alone) and alone.confidence >= OWN and not bare
        if own or alone.expert == expert or not self._follow_ups.leans(utterance.text, utterance.language):
            return None
        if (alone.expert or next((name for name, _ in alone.ranked), "")) in (*ABOUT, *MOVING):
            return None
        text = f"{before.utterance.text.rstrip(' .?!')}, {utterance.text}"
        joined, whole = route(text), self._as(expert)
        if whole is None or joined.expert != expert or joined.confidence < (JOINED if alone.expert else JOINED_UNSURE):
            return None
        return Understood((Part(replace(utterance, text=text), whole),), text)

    # ---------------------------------------------------------------- the request before, edited

    def _related(
        self, utterance: Utterance, earlier: Sequence[Earlier], alone: Route, route: Callable[[str], Route]
    ) -> Understood | None:
        """What the learned relation makes of a turn that no phrase knows."""
        leaning = self._follow_ups.leaning(earlier) if self._relating is not None else []
        if self._relating is None or not leaning:
            return None
        sure = self._is_sure(alone)
        found = self._relating.of(utterance.text, utterance.language, leaning[0], alone, sure, route)
        if found is None:
            return None
        chosen = route(found.text)
        if found.expert and chosen.expert != found.expert:
            chosen = self._as(found.expert) or chosen
        return Understood((Part(replace(utterance, text=found.text), chosen),), found.text)

    def _is_lost(self, chosen: Route, earlier: Sequence[Earlier]) -> bool:
        """What continues a command is none itself."""
        return bool(earlier) and earlier[-1].moved and chosen.expert == earlier[-1].expert and not _by_rules(chosen)

    def _edited(
        self, utterance: Utterance, earlier: Sequence[Earlier], alone: Route, route: Callable[[str], Route]
    ) -> tuple[str, Route] | None:
        """The first way to read the text as a change of an earlier request that makes such a request again."""
        text, language = utterance.text, utterance.language
        if not earlier:
            return None
        if not self._is_sure(alone) and earlier[-1].moved and self._follow_ups.gives_up(text, language):
            whole = CANCEL[language]
            return whole, route(whole)
        leaning = self._follow_ups.leaning(earlier)
        same = (
            self._follow_ups.same_verb(text, language, leaning[0].text) if leaning and not self._is_sure(alone) else ""
        )
        if same:
            mine = route(same)
            return same, mine if self._is_sure(mine) else self._as(leaning[0].expert) or mine
        guessed = alone.rule == "unsure" or (alone.expert and alone.confidence < SURE)
        like = "" if guessed else alone.expert or (alone.ranked[0][0] if alone.ranked else "?")
        for reading in self._follow_ups.readings(text, language, leaning, like):
            chosen = self._taken(reading, leaning[reading.of], route, alone, text, language)
            if chosen is not None:
                return reading.text, chosen
        repeats = "_again" in alone.rule and alone.expert in {one.expert for one in earlier}
        again = self._follow_ups.again_by_itself(text, language) if repeats else ""
        if again:
            return again, route(again)
        rest = self._follow_ups.rest(text, language)
        bare = route(rest) if rest and rest != text.strip(" .,!?") else None
        if bare is None or not _by_rules(bare) or bare.expert in HALTS:
            return None
        cleaner = bare.expert == alone.expert and bare.confidence >= alone.confidence
        if not _by_rules(alone) or (alone.expert in HALTS and len(alone.ranked) > 1) or cleaner:
            return rest, bare
        return None

    def _taken(
        self,
        reading: Reading,
        before: Earlier,
        route: Callable[[str], Route],
        alone: Route,
        text: str,
        language: Language,
    ) -> Route | None:
        """Whose the reading is; None when it is no such request, or the text is one by itself."""
        if reading.kind == "core":
            return self._core(reading, before, route, alone, self._follow_ups.corrects(text, language))
        own, other = reading.own, alone.expert != before.expert
        if reading.kind in ("append", "weak") and self._is_sure(alone) and other:
            return None
        asks = not before.moved and reading.kind == "edit" and self._follow_ups.asks_on(text, before.text, language)
        if _by_rules(alone) and (own or not (reading.bound or asks)) and other:
            return None
        whole = route(reading.text)
        if asks and whole.expert == before.expert and self._is_sure(whole):
            return whole
        if self._is_sure(alone) and other and not reading.bound:
            same = reading.kind == "edit" and _by_rules(whole) and whole.expert == before.expert
            return whole if same and not own else None
        long = len(text.split()) > LONG_WORDS
        if reading.own and long and reading.kind != "again":
            return None
        if self._is_sure(alone) and not other and own and not reading.bound and not _by_rules(whole):
            return None
        if reading.kind in ("guess", "append") and (own or long):
            return None
        known = self._is_sure(alone) or alone.rule != "unsure"
        if reading.kind == "guess" and other and known and not self._follow_ups.corrects(text, language):
            return None
        if _by_rules(whole):
            return whole
        if _by_rules(route(before.text)):
            return None
        if (
            reading.kind == "edit"
            and whole.expert != before.expert
            and self._is_sure(whole)
            and whole.confidence >= SURE
        ):
            return whole
        if whole.expert == before.expert and self._is_sure(whole):
            return whole
        return self._as(before.expert) if reading.kind != "guess" else None

    def _core(
        self, reading: Reading, before: Earlier, route: Callable[[str], Route], alone: Route, corrects: bool
    ) -> Route | None:
        """What a part of the turn says, where nobody surely takes the whole of it for something else."""
        if _by_rules(alone) and alone.confidence >= EXACT:
            return None
        surely = alone.confidence >= OWN and alone.expert not in ("", before.expert, *PASSING)
        if surely and not corrects and not _by_rules(alone):
            return None
        whole = route(reading.text)
        if whole.expert != before.expert or not self._is_sure(whole):
            return None
        return whole if _by_rules(whole) or not _by_rules(route(before.text)) else None

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


def _instead(one: Proposal, chosen: Proposal) -> bool:
    """Another text for the same expert."""
    return one.text != chosen.text and one.route.expert == chosen.route.expert != ""


def cached(route: Callable[[str], Route]) -> Callable[[str], Route]:
    known: dict[str, Route] = {}

    def once(text: str) -> Route:
        if text not in known:
            known[text] = route(text)
        return known[text]

    return once


def _by_rules(route: Route) -> bool:
    """The sentences read every word of it."""
    return route.strategy == "rule_based" and bool(route.expert) and route.rule not in UNKNOWN_OWNERS
