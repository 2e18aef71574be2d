"""What a turn means that no phrase knows: the learned relation to the earlier request says how to read it.

    again -> the earlier request as it was      replace -> the same with what the turn says otherwise
    further -> both, to the same expert         why -> a question about the answer      cancel -> the request is off

A text made here is a sentence like any other: the router, the checker and the gate judge it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from moe_robot.router.followup import Earlier, FollowUps
from moe_robot.router.followup_words import lemma, plain
from moe_robot.router.signs import Signs, clauses, denial
from moe_robot.router.understood import HALTS, by_rules
from moe_robot.structs import Language, Route

LEANS = 0.3  # the share of all relations but "new", for a turn that is nobody's by itself
LEANS_MORE = 0.6  # ... for one that the router surely takes for another expert's
ASKS_WHY = 0.75  # the share of "why"
SAME = 0.5  # ... for one that it surely takes for the same expert's
MOVES_AGAIN = 0.85  # the share of "again", for a motion to be repeated
WHOLE = 0.97  # how sure the router is of a turn that stands by itself
ALSO = 0.3  # how likely beside the likeliest relation another value is, for it to be tried
LONGEST_WORDS = 20
SCHEDULED = ("timer", "reminder")
GIVEN_UP = {"ru": "отмени его", "en": "cancel it"}  # of an entry, as `moments.yaml` knows it
CANCEL = {"ru": "отмена", "en": "cancel"}
WHY = {"ru": "почему ты так решил: {}", "en": "why did you decide so: {}"}


class Relations(Protocol):
    def of(self, text: str, before: str, expert: str) -> dict[str, float]:
        """The share of each relation."""
        ...


@dataclass(frozen=True)
class Related:
    """A whole text, and whose it is; "" = as it is routed."""

    text: str
    expert: str
    relation: str


class Relating:
    """Safe under threads."""

    def __init__(self, relations: Relations, follow_ups: FollowUps) -> None:
        self._relations, self._follow_ups = relations, follow_ups

    def of(
        self, text: str, language: Language, before: Earlier, alone: Route, sure: bool, route: Callable[[str], Route]
    ) -> Related | None:
        """None: it stands by itself. `alone`: whose the turn is by itself; `sure`: and surely."""
        ruled = by_rules(alone)
        if not 0 < len(plain(text).split()) <= LONGEST_WORDS or (ruled and alone.expert in (before.expert, *HALTS)):
            return None
        shares = self._relations.of(text, before.text, before.expert)
        leans = 1.0 - shares.pop("new")
        other = sure and alone.expert != before.expert
        if (sure and alone.confidence >= WHOLE) or (other and leans < alone.confidence):
            return None
        if leans < (LEANS_MORE if other else SAME if sure else LEANS):
            return None
        relation = max(shares, key=lambda name: shares[name])
        if alone.expert == CANCEL["en"] and before.expert in SCHEDULED:
            relation = "cancel"
        exact = before.moved or by_rules(route(before.text))
        if relation == "replace" or shares["replace"] >= ALSO * shares[relation]:
            whole, reads = self._replaced(text, language, before, route)
            if reads or (whole and relation == "replace" and not (exact or ruled)):
                return Related(whole, before.expert, "replace")
        if ruled and relation != "again":
            return None
        return self._read(relation, shares[relation], text, language, before, route)

    def _read(
        self, relation: str, share: float, text: str, language: Language, before: Earlier, route: Callable[[str], Route]
    ) -> Related | None:
        if relation == "again":
            if before.moved and share < MOVES_AGAIN:
                return None
            return Related(before.text, "" if _reads(route(before.text), before) else before.expert, relation)
        if relation == "why":
            return Related(WHY[language].format(before.text), "explain", relation) if share >= ASKS_WHY else None
        if relation == "cancel":
            return self._cancelled(language, before) if share >= LEANS_MORE or before.expert in SCHEDULED else None
        if before.moved or share < LEANS_MORE:  # nobody can make a plan of a remark
            return None
        return Related(f"{before.text.rstrip(' .?!')}, {text.strip()}", before.expert, relation)

    def _cancelled(self, language: Language, before: Earlier) -> Related:
        if before.expert in SCHEDULED:
            found = self._follow_ups.complete(GIVEN_UP[language], language, [before])
            if found is not None and found.owner == before.expert:
                return Related(found.text, before.expert, "cancel")
        return Related(CANCEL[language], "", "cancel")

    def _replaced(
        self, text: str, language: Language, before: Earlier, route: Callable[[str], Route]
    ) -> tuple[str, bool]:
        """The first that the rules read as the earlier expert's (True), else the first that the learned router takes
        for his (False); "" without any."""
        likely = ""
        for whole in dict.fromkeys(self._candidates(text, language, before)):
            found = route(whole)
            if _reads(found, before):
                return whole, True
            if found.expert == before.expert and not likely:
                likely = whole
        return likely, False

    def _candidates(self, text: str, language: Language, before: Earlier) -> Iterator[str]:
        """Of the whole turn, then of its clauses, the last one first: what comes before the point is a remark. What the
        turn takes back is in none that had not said it before."""
        parts = [part.strip() for part in clauses(text) if plain(part)]
        taken_back = {part: denial(part, Signs.of(language))[1] for part in (text, *parts)}
        small, known = Signs.of(language).is_small, {lemma(word) for word in plain(before.text).split()}
        gone = {lemma(w) for some in taken_back.values() for w in plain(some).split() if not small(w)} - known
        for part in dict.fromkeys([text, *(part for part in reversed(parts) if not taken_back[part])]):
            for whole in self._follow_ups.replaced(part, language, before):
                if not gone & {lemma(word) for word in plain(whole).split()}:
                    yield whole


def _reads(route: Route, before: Earlier) -> bool:
    """The sentences read every word of it, for the expert of the earlier request."""
    return by_rules(route) and route.expert == before.expert
