"""What the phrases make of a turn after what was said before: completed from it, a change of it, a question about it.

One reading, or none. It is the first proposal to the chooser (`chooser.py`), and the answer where there is no chooser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from moe_robot.router.earlier import earlier_of
from moe_robot.router.edits import Reading
from moe_robot.router.followup import PASSING, Completion, Earlier, FollowUps
from moe_robot.router.relating import Relating
from moe_robot.router.rule_based import UNKNOWN_OWNERS
from moe_robot.router.understood import CANCEL, HALTS, Part, Understood, by_rules
from moe_robot.structs import Language, Route, Turn, Utterance

SURE = 0.8  # of a completed text, to be another expert's than the one before
OWN = 0.95  # how sure a question must be to have a subject of its own
OTHER = 0.95  # of an earlier text with another piece, to be another expert's
EXACT = 0.9  # of a reading by rules from which no part is taken for the whole
JOINED = 0.9  # how sure an earlier text and a question together are to be one expert's
BRIEF_WORDS = 8
JOINED_UNSURE = 0.7  # where the question alone is nobody's
BARE = ("count", "compare")  # "how many are there", "which one is bigger": of what was spoken of, unless they name it
MOVING = {"drive", "turn", "stop", "figures", "go_to", "patrol", "explore", "dock", "follow", "come_here", "bring"}
ABOUT = ("explain",)  # asks about the answer, not about its subject
STANDS, STANDS_WORDS = 0.97, 5  # how sure, and how long, a request of its own is at least
FRAGMENTS = {"small_talk", "say", "explain", "cancel"}  # to whom the router gives what is no request
REUSES = {"arithmetic", "algebra", "derivative", "integral", "geometry", "statistics", "number_theory", "combinatorics",
          "word_problems", "units", "translation", "reminder"}  # fmt: skip
OWNERS = {"why": "explain", "keep": "remember_fact", "translate": "translation", "carried": "arithmetic"}
# "отмени", "let's say eight": where all words are explained by what was said before
TAKEN_OVER = ("cancel", "say", "wait", "forget")
LONG_WORDS = 6  # a longer utterance with a verb of its own tells itself what it is
GUESSED = {"pronoun", "continued", "stretch", "said"}  # completions that give way to an edit of the earlier request
GIVEN_UP = "cancel"


class PhraseReader:
    """`as_expert` is the route to an expert whom the conversation names; `is_sure`: a route that is to be trusted. Safe
    under threads."""

    def __init__(
        self,
        follow_ups: FollowUps,
        relating: Relating | None,
        as_expert: Callable[[str], Route | None],
        is_sure: Callable[[Route], bool],
    ) -> None:
        self._follow_ups, self._relating = follow_ups, relating
        self._as, self._is_sure = as_expert, is_sure

    def read(
        self,
        utterance: Utterance,
        alone: Route,
        recent: Sequence[Turn],
        earlier: Sequence[Earlier],
        route: Callable[[str], Route],
    ) -> Understood | None:
        """None: it stands by itself. `alone`: whose the turn is by itself."""
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
            guessed = not by_rules(chosen)  # a whole command with a name in the pronoun's place
        denies = bool(earlier) and self._follow_ups.denies(utterance.text, utterance.language)
        if chosen is None or guessed or denies or self._is_lost(chosen, earlier):
            edited = self._edited(utterance, earlier, alone, route)
            if edited is not None:
                whole, chosen = edited
        guessed = completion is not None and completion.kind in GUESSED and chosen is not None
        if chosen is None or (guessed and not by_rules(chosen)):
            related = self._related(utterance, earlier, alone, route)
            if related is not None:
                return related
        if chosen is None or (chosen.expert in HALTS and not by_rules(chosen)):  # a stop leans on nothing
            return None
        return Understood((Part(replace(utterance, text=whole), chosen),), whole)

    def _stands(self, utterance: Utterance, alone: Route, earlier: Sequence[Earlier], leaning: Understood) -> bool:
        """It is surely a request by itself, for another expert than before, and would come to that of before."""
        taken, before = leaning.parts[0].route.expert, earlier[-1].expert if earlier else ""
        if alone.expert in ("", taken, before, *FRAGMENTS) or alone.confidence < STANDS:
            return False
        brief = len(utterance.text.split()) < STANDS_WORDS
        return taken == before and not brief and not self._follow_ups.leans(utterance.text, utterance.language)

    def _chosen(self, completion: Completion, whole: Route, alone: Route) -> Route | None:
        """Whose the completed text is; None when the text alone is what was meant."""
        kind, before = completion.kind, completion.of
        asks = completion.asks and not before.moved  # a question goes on as a question, not as a command
        if completion.owner:
            own = by_rules(alone) or (not completion.elliptic and self._is_sure(alone) and alone.confidence >= OWN)
            other = own and alone.expert not in (completion.owner, *TAKEN_OVER)
            return None if other else self._as(completion.owner)
        if kind in ("again", "scaled"):
            return whole if whole.expert else self._as(before.expert) or whole
        exact = by_rules(alone)
        brief = len(completion.text.split()) <= BRIEF_WORDS and "," not in completion.text
        if kind == "pronoun" and by_rules(whole) and not (exact and alone.expert in HALTS) and (brief or not exact):
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
        if by_rules(alone) and not (completion.elliptic and (by_rules(whole) or asks)):
            return None
        if by_rules(whole) and (completion.elliptic or not self._is_sure(alone) or whole.expert == alone.expert):
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
        if by_rules(alone) and not bare:
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
        return bool(earlier) and earlier[-1].moved and chosen.expert == earlier[-1].expert and not by_rules(chosen)

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
        if bare is None or not by_rules(bare) or bare.expert in HALTS:
            return None
        cleaner = bare.expert == alone.expert and bare.confidence >= alone.confidence
        if not by_rules(alone) or (alone.expert in HALTS and len(alone.ranked) > 1) or cleaner:
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
        if by_rules(alone) and (own or not (reading.bound or asks)) and other:
            return None
        whole = route(reading.text)
        if asks and whole.expert == before.expert and self._is_sure(whole):
            return whole
        if self._is_sure(alone) and other and not reading.bound:
            same = reading.kind == "edit" and by_rules(whole) and whole.expert == before.expert
            return whole if same and not own else None
        long = len(text.split()) > LONG_WORDS
        if reading.own and long and reading.kind != "again":
            return None
        if self._is_sure(alone) and not other and own and not reading.bound and not by_rules(whole):
            return None
        if reading.kind in ("guess", "append") and (own or long):
            return None
        known = self._is_sure(alone) or alone.rule != "unsure"
        if reading.kind == "guess" and other and known and not self._follow_ups.corrects(text, language):
            return None
        if by_rules(whole):
            return whole
        if by_rules(route(before.text)):
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
        if by_rules(alone) and alone.confidence >= EXACT:
            return None
        surely = alone.confidence >= OWN and alone.expert not in ("", before.expert, *PASSING)
        if surely and not corrects and not by_rules(alone):
            return None
        whole = route(reading.text)
        if whole.expert != before.expert or not self._is_sure(whole):
            return None
        return whole if by_rules(whole) or not by_rules(route(before.text)) else None
