"""What a turn says of an earlier request: the same again, another piece of it, more or less of it, not this but that.

    Edits(...).readings("ещё чуток, сантиметров десять", "ru", [Earlier("подвинься на 30 сантиметров")])

Proposes readings, the likeliest first, and decides none: who asks takes the first that the router reads as the request
it came from. Words that bring nothing new are known by their class (`edits.yaml`), not by whole phrases; what is left
over must be pieces with a place in the earlier request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from moe_robot.lexicon import normalize
from moe_robot.router.again import Again
from moe_robot.router.exchange import Exchange
from moe_robot.router.followup_words import WORD, FollowWords, changed, lemma, plain, script
from moe_robot.router.matching import aligned, inflected
from moe_robot.router.pieces import Piece, Pieces, is_numeric
from moe_robot.router.signs import (
    Signs,
    anew,
    asked,
    clauses,
    is_act,
    is_one,
    often,
    terms,
    trimmed,
)
from moe_robot.router.terms import in_expression
from moe_robot.router.turn import Said, TurnReader
from moe_robot.structs import Language

LONGEST_WORDS = 14
MOST_GUESSED = 2  # words without a type
_QUOTED = re.compile(r"[«“\"'].*[»”\"']")
OPENERS = {"ru": "а", "en": "and"}
_BY_MORE = {
    "ru": re.compile(
        r"\b(больше|побольше|дальше|дольше|длиннее|выше|быстрее|меньше|поменьше|короче|ближе|ниже|медленнее)\b"
    ),
    "en": re.compile(r"\b(faster|higher|less|fewer|shorter|slower|lower|smaller|bigger|larger|wider)\b"),
}


@dataclass(frozen=True)
class Reading:
    """`kind`: again | weak (again, by a word that often says less) | edit | append (a piece behind what was said) |
    guess (a word without a type) | core (of a part of the turn). `bound`: something in it points back."""

    text: str
    kind: str
    of: int  # index in what it leans on
    bound: bool = True
    own: bool = False  # it says itself what to do


class Edits:
    def __init__(self, pieces: Pieces, exchange: Exchange, words: Mapping[Language, FollowWords], again: Again) -> None:
        self._pieces, self._exchange, self._words, self._again = pieces, exchange, words, again
        self.turn = TurnReader(pieces, words)

    def readings(
        self,
        text: str,
        language: Language,
        leaning: Sequence[tuple[str, str]],
        akin: Sequence[float],
        granted: bool = False,
    ) -> Iterator[Reading]:
        """`leaning`: (text, amount with its unit that was done, "" = none) of each earlier request, the last one first.
        `akin`: 1 = the router takes the turn by itself for the same kind of request, 0.5 = it does not know it, 0 =
        neither. `granted`: it is known already that the turn changes the earlier request."""
        if len(plain(text).split()) > LONGEST_WORDS or not leaning:
            return
        words, signs = self._words[language], Signs.of(language)
        said = self.turn.taken_apart(text, words, signs)
        if granted:
            said = replace(said, bound=True, pointing=True)
        own = any(is_act(word, signs) for word in plain(said.new).split())
        for index, (old, done) in enumerate(leaning):
            for whole, kind in self._of_one(said, old, done, language, words, signs, akin[index]):
                if kind in ("again", "weak") or whole.lower() != old.lower():
                    yield Reading(whole, kind, index, said.bound, own)
        for core in dict.fromkeys(self.turn.cores(text, words, signs)):
            said = self.turn.taken_apart(core, words, signs)
            if any(
                is_act(word, signs) and not (said.repeat and signs.is_small(word)) for word in plain(said.new).split()
            ):
                continue
            for index, (old, done) in enumerate(leaning):
                for whole, kind in self._of_one(said, old, done, language, words, signs, 0.0):
                    if (
                        kind == "again"
                        or (kind == "weak" and said.repeat in signs.data["moments"])
                        or (kind == "edit" and whole.lower() != old.lower())
                    ):
                        yield Reading(whole, "core", index)

    # ---------------------------------------------------------------- one earlier request

    def _of_one(
        self, said: Said, old: str, done: str, language: Language, words: FollowWords, signs: Signs, akin: float
    ) -> Iterator[tuple[str, str]]:
        pieces = list(self._pieces.find(said.new, words))
        known = {lemma(word) for word in plain(old).split()}
        spoken = {w for some in words.data["signs"].values() for w in some}
        left = [
            *self._left_over(said.new, pieces, old, signs),
            *asked(words.without_opener(said.whole)[0], old, words),
        ]
        left = [word for word in left if word not in spoken]
        acts = [w for gone in said.denied for w in plain(gone).split() if is_act(w, signs)]
        if acts and not (
            all(lemma(w) in known for w in acts) and any(is_act(w, signs) for w in plain(said.new).split())
        ):
            return  # not to be done: no piece of the earlier request
        for gone in said.denied:
            whole = self._replaced(old, gone, trimmed(said.new, pieces, signs), language)
            if whole is not None:
                yield whole, "edit"
        corrected = said.pointing or said.bound
        beside = (
            aligned(old, said.new, signs.is_small) if corrected and not any(is_act(w, signs) for w in left) else None
        )
        if beside is not None:
            yield beside, "edit"
        likely = akin == 1 or (akin > 0 and said.repeat not in signs.data["weak_repeat"])
        again = likely and bool(said.repeat) and not pieces and all(is_act(word, signs) for word in left)
        repeats = said.repeat and (likely or not self._own_acts(said.new, old, signs))
        if left and not again:
            if said.pointing and len(left) <= MOST_GUESSED and not any(is_act(word, signs) for word in left):
                yield from ((whole, "guess") for whole in self._guessed(said.new, old, language, words))
            return
        more = self._added(old, said, words, signs)
        if more is not None:
            yield more, "edit"
        base: str | None = old
        if said.factor is not None:
            base = self._scaled(old, done, said.factor, language)
        if said.other and base is not None:
            base = self._again.turned(base, language)
        if base is None:
            return
        fresh = [p for p in pieces if not self._idle(p, said.new, old, signs)] or self._just_one(said.new, old, signs)
        if fresh or terms(said.new, words):
            yield from self._changed(base, said, fresh, language, words)
        elif said.factor is not None or said.other:
            yield base, "edit"
        elif repeats:
            yield old, "weak" if said.repeat in signs.data["weak_repeat"] else "again"

    def _changed(
        self, old: str, said: Said, pieces: Sequence[Piece], language: Language, words: FollowWords
    ) -> Iterator[tuple[str, str]]:
        new = said.new
        inside = in_expression(self._pieces, words.without_opener(new)[0], old, words)
        if inside is not None:
            yield inside, "edit"
        there = self._pieces.find(old, self._words[script(old) or language])
        rounds = [new[p.start : p.end] for p in pieces if p.kind == "times"]
        others = [p for p in pieces if p.kind != "times"]
        counts = any(p.kind == "times" for p in there) and not any(map(is_numeric, there))
        if counts and len(others) == 1 and others[0].kind == "number":
            rounds, others = [often(others[0].number(), language)], []
        base = self._counted(old, rounds[-1], language) if rounds else old
        if not others and rounds:
            yield base, "edit"
            return
        for appends in (False, True) if said.bound else (False,):
            whole = self._exchange.put(base, new, others, language, words, appends, said.corrects) if others else None
            if whole is not None:
                yield whole, "append" if appends else "edit"
        if said.pointing and not rounds:
            yield from ((whole, "guess") for whole in self._guessed(new, old, language, words))

    def _guessed(self, new: str, old: str, language: Language, words: FollowWords) -> Iterator[str]:
        """Words without a type, in the place of what stands behind the same small word, or of the last noun."""
        opened = f"{OPENERS[language]} {new}"
        for appends in (False, True):
            whole = self._exchange.of(opened, language, old, appends)
            if whole is not None:
                yield whole
        found = list(WORD.finditer(words.without_opener(new)[0]))
        fragment = words.without_opener(new)[0]
        for before, after in pairwise(found):
            anchor = normalize(before.group())
            if anchor in words.data["anchors"]:
                same = [m for m in WORD.finditer(old) if normalize(m.group()) == anchor]
                if same:
                    yield f"{old[: same[-1].end()]} {fragment[after.start() :]}"

    def _counted(self, old: str, said: str, language: Language) -> str:
        """So many times instead of how often it was."""
        pieces = self._pieces.find(old, self._words[script(old) or language])
        had = [p for p in pieces if p.kind in ("times", "amount:rounds")]
        bare = " ".join(changed(old, [(had[-1].start, had[-1].end, "")]).split()) if had else old
        return f"{bare.rstrip(' .!?')} {said}"

    def _just_one(self, new: str, old: str, signs: Signs) -> list[Piece]:
        """ "всего один", "just one": a figure where there is one already."""
        if not any(is_one(plain(clause), signs) for clause in clauses(new)):
            return []
        found = [m for m in WORD.finditer(new) if normalize(m.group()) in signs.data["one"]]
        there = self._pieces.find(old, self._words[script(old) or signs.language])
        if len(found) != 1 or not any(is_numeric(p) or p.kind == "times" for p in there):
            return []
        return [Piece("number", *found[0].span(), found[0].start(), 1.0)]

    @staticmethod
    def _own_acts(text: str, old: str, signs: Signs) -> bool:
        """It says to do something else: "put it down again"."""
        known = {lemma(word) for word in plain(old).split()}
        return any(is_act(w, signs) and lemma(w) not in known and not anew(w, signs) for w in plain(text).split())

    @staticmethod
    def _left_over(text: str, pieces: Sequence[Piece], old: str, signs: Signs) -> list[str]:
        """Words of content that are in no piece and were not said before."""
        known = {lemma(word) for word in plain(old).split()}
        free = [
            normalize(m.group()) for m in WORD.finditer(text) if not any(p.begin <= m.start() < p.end for p in pieces)
        ]
        return [w for w in free if not signs.is_small(w) and lemma(w) not in known and not anew(w, signs)]

    @staticmethod
    def _idle(piece: Piece, text: str, old: str, signs: Signs) -> bool:
        """It says nothing new."""
        known = {lemma(word) for word in plain(old).split()}
        said = plain(text[piece.start : piece.end]).split()
        return piece.kind == "sibling" and all(lemma(w) in known or signs.is_small(w) for w in said)

    def _replaced(self, old: str, gone: str, new: str, language: Language) -> str | None:
        """`old` with `new` where it has `gone`, whatever their types."""
        if not plain(new) or not plain(gone):
            return None
        told = self._words[script(old) or language]
        wanted = [p for p in self._pieces.find(gone, self._words[language]) if p.value is not None]
        for piece in self._pieces.find(old, told):
            if any(_alike(piece, one) for one in wanted):
                core = self._core(new, language)
                return self._exchange.put_at(old, piece, core, language)
        shown = [p for p in self._pieces.find(old, told) if p.kind == "quoted"]
        if (
            _QUOTED.fullmatch(new.strip())
            and len(shown) == 1
            and plain(gone) in plain(old[shown[0].start : shown[0].end])
        ):
            return changed(old, [(shown[0].start, shown[0].end, new.strip())])
        said = plain(gone).split()
        stems = [lemma(word) for word in said if not Signs.of(language).is_small(word)]
        stems = stems or [lemma(word) for word in said if word in plain(old).split()]
        if len(stems) != 1:
            return None
        found = next((m for m in WORD.finditer(old) if lemma(m.group()) == stems[0]), None)
        if found is None:
            return None
        put = inflected(new, found.group()) or new
        put = put[:1].upper() + put[1:] if found.group()[0].isupper() else put
        return changed(old, [(*found.span(), put)])

    def _core(self, new: str, language: Language) -> str:
        """Without the preposition before it, which the old one keeps."""
        words = self._words[language]
        found = list(WORD.finditer(new))
        small = words.prepositions | set(words.data["articles"])
        first = next((m for m in found if normalize(m.group()) not in small), None)
        return new[first.start() :].strip(" .,!?") if first else new

    def _added(self, old: str, said: Said, words: FollowWords, signs: Signs) -> str | None:
        """ "на десять сантиметров больше", "5 seconds shorter": more or less than it was by so much."""
        found = _BY_MORE[signs.language].search(normalize(said.new))
        mine = [p for p in self._pieces.find(said.new, words) if p.kind.startswith("amount")]
        told = script(old) or signs.language
        theirs = [p for p in self._pieces.find(old, self._words[told]) if mine and p.kind == mine[0].kind]
        if found is None or len(mine) != 1 or not theirs or not isinstance(theirs[-1].value, float | int):
            return None
        sign = -1 if found.group(1) in signs.data["less"] else 1
        value = theirs[-1].number() + sign * mine[0].number()
        return self._again.scaled(old, value / theirs[-1].number(), told) if value > 0 and theirs[-1].number() else None

    def _scaled(self, old: str, done: str, factor: float, language: Language) -> str | None:
        scaled = self._again.scaled(old, factor, language)
        if scaled is not None or not done:
            return scaled
        number, _, unit = done.partition(" ")
        return f"{old.rstrip(' .!?')} {'на ' if language == 'ru' else ''}{float(number) * factor:g} {unit}"


def _alike(one: Piece, other: Piece) -> bool:
    """The same thing, or the same figure."""
    if is_numeric(one) and is_numeric(other):
        return one.value == other.value
    return one.kind == other.kind and one.value == other.value
