"""All the ways to read a turn after what was said before: as it stands, the earlier request again, changed, carried on,
asked about, given up, or the turn with its pronouns filled.

Proposes and decides nothing: `ranking.py` chooses. So what is proposed may be wild; what it costs is a route each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from moe_robot.router.followup import Earlier, FollowUps
from moe_robot.router.followup_words import FollowWords, plain
from moe_robot.router.proposers import PROPOSERS, Heard, Raw
from moe_robot.router.proposers.checks import is_spoiled
from moe_robot.router.signs import Signs, clauses
from moe_robot.structs import Language, Route

MOST = 60
_TWICE = re.compile(r"(?<!\w)([^\W\d]{3,}) \1(?!\w)", re.IGNORECASE)
MOST_WORDS = 24  # of a turn that may lean on anything
OF_ROUTER = 5  # experts that the router finds likeliest
WHY = {"ru": "почему ты так решил: {}", "en": "why did you decide so: {}"}
CANCEL = {"ru": "отмена", "en": "cancel"}
STOP = {"ru": "стоп", "en": "stop"}
OFF = {"ru": "отмени его", "en": "cancel it"}  # of an entry, as `moments.yaml` knows it
SCHEDULED = ("timer", "reminder")

GROUPS = {  # of kinds
    "alone": "alone",
    "alone as": "as",
    "again": "again",
    "why": "why",
    "joined": "join",
    "joined as": "join",
    "cancel": "off",
    "stop": "off",
    "clause": "clause",
    "pronoun": "pronoun",
    "complete pronoun": "pronoun",
    "replaced": "edit",
    "substituted": "edit",
    "edit edit": "edit",
    "edit guess": "edit",
    "edit append": "edit",
    "edit core": "edit",
    "edit again": "again",
    "edit weak": "again",
    "complete again": "again",
    "complete why": "why",
    "complete piece": "edit",
    "complete stretch": "edit",
    "taken": "taken",
}


@dataclass(frozen=True)
class Proposal:
    """`kind`: how it was made, "alone" = the turn as it stands; `also`: in which other ways. `of`: which earlier
    request it came from (0 = the last, -1 = none). `likeliest`: the phrases' own choice."""

    text: str
    route: Route
    kind: str
    of: int = -1
    likeliest: bool = False
    also: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """Kinds that are made alike; "field" for those of the proposers that know a field."""
        return GROUPS.get(self.kind, "edit" if self.kind.startswith("complete") else "field")


class Proposals:
    def __init__(self, follow_ups: FollowUps, as_expert: Callable[[str], Route | None]) -> None:
        self._follow_ups, self._as = follow_ups, as_expert

    def of(
        self,
        text: str,
        language: Language,
        earlier: Sequence[Earlier],
        before: Sequence[Earlier],
        alone: Route,
        route: Callable[[str], Route],
        taken: tuple[str, Route] | None,
    ) -> list[Proposal]:
        """Each text and expert once, the turn alone first. `earlier`: all that was said, oldest first. `before`: what
        the turn may lean on, the last request first. `taken`: what the phrases made of it."""
        found = {(text, alone.expert): Proposal(text, alone, "alone", likeliest=taken is None)}
        heard = self._heard(text, language, earlier, before, alone)
        spoiled = taken is not None and is_spoiled(heard, ("taken", taken[0], taken[1].expert, -1))
        if taken is not None and not spoiled and (taken[0], taken[1].expert) not in found:
            found[taken[0], taken[1].expert] = Proposal(taken[0], taken[1], "taken", likeliest=True)
        for kind, whole, expert, of in self._raw(heard):
            whole = whole.strip()
            if not whole or _stutters(whole, text):
                continue
            mine = route(whole)
            if expert and mine.expert != expert:
                mine = self._as(expert) or mine
            key = (whole, mine.expert)
            if key in found:
                if kind not in (found[key].kind, *found[key].also):
                    found[key] = replace(found[key], also=(*found[key].also, kind))
            elif len(found) < MOST:
                found[key] = Proposal(whole, mine, kind, of)
        return list(found.values())

    def _heard(
        self, text: str, language: Language, earlier: Sequence[Earlier], before: Sequence[Earlier], alone: Route
    ) -> Heard:
        leaning = [one for one in before if one.expert]
        parts = list(dict.fromkeys([text, *reversed([part.strip() for part in clauses(text)])]))
        words, signs = FollowWords.of(language), Signs.of(language)
        pieces, exchange = self._follow_ups.pieces, self._follow_ups.exchange
        return Heard(text, language, parts, earlier, leaning, alone, words, signs, pieces, exchange)

    def _raw(self, heard: Heard) -> Iterator[Raw]:
        text, language, earlier = heard.text, heard.language, heard.earlier
        if len(plain(text).split()) > MOST_WORDS or not earlier:
            return
        yield from (raw for raw in self._completed(text, language, earlier) if not is_spoiled(heard, raw))
        for propose in PROPOSERS:
            yield from propose(heard)
        yield from (raw for raw in self._generic(heard) if not is_spoiled(heard, raw))

    def _generic(self, heard: Heard) -> Iterator[Raw]:
        """Readings that know nothing of the field."""
        text, language, parts = heard.text, heard.language, heard.parts
        earlier, leaning, alone = heard.earlier, heard.leaning, heard.alone
        for reading in self._follow_ups.readings(text, language, leaning, ""):
            yield f"edit {reading.kind}", reading.text, "", reading.of
        for at, before in enumerate(leaning):
            for part in parts:
                for whole in self._follow_ups.replaced(part, language, before):
                    yield "replaced", whole, "", at
            for whole in self._follow_ups.substituted(parts, language, before):
                yield "substituted", whole, "", at
            yield "again", before.text, "", at
            yield "again", before.text, before.expert, at
            yield "why", WHY[language].format(before.text), "explain", at
            joined = f"{before.text.rstrip(' .?!')}, {text}"
            yield "joined", joined, "", at
            yield "joined as", joined, before.expert, at
            yield "alone as", text, before.expert, at
        yield from self._off(language, leaning)
        for part in parts[1:]:
            yield "clause", part, "", -1
        for whole in self._follow_ups.filled(text, language, earlier):
            yield "pronoun", whole, "", -1
        for expert in dict.fromkeys(name for name, _ in alone.ranked[:OF_ROUTER]):
            yield "alone as", text, expert, -1

    def _completed(self, text: str, language: Language, earlier: Sequence[Earlier]) -> Iterator[Raw]:
        completion = self._follow_ups.complete(text, language, earlier)
        if completion is not None:
            yield f"complete {completion.kind}", completion.text, completion.owner, -1
            yield f"complete {completion.kind}", completion.text, completion.of.expert, -1

    def _off(self, language: Language, leaning: Iterable[Earlier]) -> Iterator[Raw]:
        yield "stop", STOP[language], "", -1
        yield "cancel", CANCEL[language], "", -1
        for at, before in enumerate(leaning):
            if before.expert in SCHEDULED:
                found = self._follow_ups.complete(OFF[language], language, [before])
                if found is not None and found.owner == before.expert:
                    yield "cancel", found.text, found.owner, at


def _stutters(whole: str, text: str) -> bool:
    """A word twice in a row that was not said so: two pieces were put together that share it."""
    found = _TWICE.search(whole)
    return found is not None and found.group() not in text
