"""Follow-ups of lists of places: one more, without one, another instead, the other way round, those that were named;
and how many rounds of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moe_robot.lexicon import Case, Kind
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import FollowWords, plain, script
from moe_robot.router.pieces import Piece
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.motion_words import MotionWords, any_of, shown
from moe_robot.router.proposers.moves import contexts, factor_of, likely_experts

_TIMES = re.compile(r"(?<!\w)(?:[xх×*]\s?(\d+)|(\d+)\s?[xх×])(?!\w)", re.IGNORECASE)
LISTED = ("patrol", "go_to", "route_order")


@dataclass(frozen=True)
class Round:
    """Places in order, how often, and where a tour starts."""

    places: tuple[str, ...]
    rounds: float = 1.0
    start: str = ""


def lists(heard: Heard) -> Iterator[Raw]:
    words, likely = MotionWords.of(heard.language), likely_experts(heard)
    said = places_of(heard.text, heard)
    for at, before in contexts(heard):
        hinted = [
            one
            for one, stems in words.data["listing"].items()
            if any_of(stems, f"{before.text} {heard.text}", stems=True)
        ]
        experts = [one for one in (before.expert, *hinted, *sorted(likely)) if one in LISTED]
        if not experts:
            continue
        had = _round_of(heard, before)
        found = list(dict.fromkeys(_changed(heard, had, said, words)))
        for expert in dict.fromkeys(experts):
            for kind, new in found[:5]:
                if kind == "rounds" and expert != "patrol":
                    continue
                whole = _say(new, expert, words, heard)
                if whole:
                    yield kind, whole, "", at
    meant = {*likely, *(one.expert for one in heard.leaning[:1])} & set(LISTED)
    if meant:
        for expert in sorted(meant):
            for new in _those(heard, said, words):
                whole = _say(new, expert, words, heard)
                if whole:
                    yield "list of those", whole, "", -1


def places_of(text: str, heard: Heard) -> list[str]:
    """Ids of places, each once, in order."""
    return list(dict.fromkeys(piece.named()[1] for piece in _pieces(text, heard)))


def _pieces(text: str, heard: Heard, kinds: Sequence[str] = ("place",)) -> list[Piece]:
    told = script(text) or heard.language
    return [p for p in heard.names_of(text, told) if p.kind in kinds]


def _told(before: Earlier) -> str:
    return before.reply if before.moved and before.reply else before.text


def _round_of(heard: Heard, before: Earlier) -> Round:
    told = _told(before)
    places = places_of(told, heard)
    if len(places) == 1:  # the answer of a refused one names less than was said
        places = max(places, places_of(before.text, heard), key=len)
    start = ""
    if before.expert == "route_order":
        away = set(FollowWords.of(script(told) or heard.language).data["away"])
        start = next((p.named()[1] for p in _pieces(told, heard) if p.preposition in away), "")
        places = [place for place in places if place != start]
    return Round(tuple(places), _often(told, heard) or 1.0, start)


def _often(text: str, heard: Heard) -> float | None:
    """How many times, as it is said."""
    told = script(text) or heard.language
    found = [p for p in heard.pieces_of(text, told) if p.kind in ("times", "amount:rounds")]
    return found[-1].number() if found and isinstance(found[-1].value, float | int) else None


def _changed(heard: Heard, had: Round, said: Sequence[str], words: MotionWords) -> Iterator[tuple[str, Round]]:
    text, old = heard.text, had.places
    rounds = _new_rounds(heard, had, words)
    often = rounds[0] if rounds else had.rounds
    known, new = [one for one in said if one in old], [one for one in said if one not in old]

    def of(places: Sequence[str], start: str = had.start) -> Round:
        return Round(tuple(dict.fromkeys(places)), often, start)

    if words.has("reversed", text) and len(old) > 1:
        yield "list turned", of(old[::-1])
    if known and not new:
        if words.has("without", text) and len(known) < len(old):
            yield "list without", of([one for one in old if one not in known])
        if words.has("front", text) and len(old) > 1:
            rest = [one for one in old if one not in known]
            yield "list turned", of([*known, *rest])
            yield "list in place", of(rest or old, known[0])
        yield "list of said", of(known)
    if known and new:
        swapped = [new[known.index(one)] if one in known[: len(new)] else one for one in old]
        yield "list in place", of(swapped)
        yield "list without", of([*(one for one in old if one not in known), *new])
    if new and len(said) > 1:
        yield "list of said", of(said)
    if new and not known and old:
        more = [("list with", of([*old, *new]))]
        if words.has("front", text):
            more = [("list with", of([*new, *old])), ("list in place", of(old, new[0])), *more]
        put = ("list in place", of([*old[:-1], *new]))
        yield from [*more, put] if words.has("with", text) else [put, *more]
    first = _first_of(text, words)
    if first and first < len(old):
        yield "list without", of(old[:first])
    for count in rounds:
        if not said:
            yield "rounds", Round(old, count, had.start)


def _first_of(text: str, words: MotionWords) -> int:
    """ "only the first three", 0 = no such thing is said."""
    said = f" {plain(text)} "
    return next((int(n) for n, phrases in words.data["first_of"].items() if any_of(phrases, said)), 0)


def _crossed(text: str) -> float | None:
    """ "x3", "2х" """
    found = _TIMES.search(text)
    return float(found.group(1) or found.group(2)) if found else None


def _new_rounds(heard: Heard, had: Round, words: MotionWords) -> list[float]:
    text = heard.text
    said = _often(text, heard) or _crossed(text)
    if said:
        return [said]
    found: list[float] = []
    numbers = [p.number() for p in heard.pieces_of(text) if p.kind == "number" and isinstance(p.value, float | int)]
    times = factor_of(heard)
    if times is not None and had.rounds * times >= 1:
        found.append(had.rounds * times)
    if words.has("once", text):
        found.append(1.0)
    found += numbers
    return [one for one in dict.fromkeys(found) if one == int(one) and 1 <= one <= 20]


def _those(heard: Heard, said: Sequence[str], words: MotionWords) -> Iterator[Round]:
    """Places that were named over the last turns: "both", "all three"."""
    text = plain(heard.text)
    counts = [int(count) for count, phrases in words.data["those"].items() if any_of(phrases, text)]
    if not counts:
        return
    named: list[str] = []
    for before in heard.earlier[-4:]:
        named += [one for one in places_of(before.text, heard) if one not in named]
    if not named:
        named = places_of(heard.earlier[-1].reply, heard)
    often = _often(text, heard) or 1.0
    wanted = [tuple(named[-max(counts) :])] if max(counts) else [tuple(named), tuple(named[-2:])]
    for places in dict.fromkeys(wanted):
        yield Round(tuple(dict.fromkeys([*places, *said])), often)


def name_of(id: str, heard: Heard, case: Case = "nomn", kind: Kind = "place") -> str:
    """With its article, in English."""
    name = heard.pieces.name(kind, id, heard.language, case)
    return name if kind == "person" else str(MotionWords.of(heard.language).data["the"]).format(name)


def _say(one: Round, expert: str, words: MotionWords, heard: Heard) -> str:
    if expert == "patrol":
        names = [name_of(place, heard, "accs") for place in one.places]
        text = words.say("patrol", places=words.row(names)) if names else words.say("patrol_all")
        return _times(text, one.rounds, words)
    if not one.places:
        return ""
    if expert == "go_to":
        first, *rest = [name_of(place, heard, "datv") for place in one.places]
        text = words.say("go_to", name=first, datv=first)
        text += "".join(f"{words.data['say']['then']}{name}" for name in rest)
        return _times(text, one.rounds, words)
    if len(one.places) < 2:
        return ""
    names = [name_of(place, heard) for place in one.places]
    text = words.say("route_order", places=words.row(names))
    start = name_of(one.start, heard, "gent") if one.start else ""
    return words.say("starting", text=text, name=start, gent=start) if start else text


def _times(text: str, rounds: float, words: MotionWords) -> str:
    if rounds == 1:
        return text
    return words.say("times", text=text, n=shown(rounds))
