"""Follow-ups of geometry, statistics, chances, units and word problems: another number in its place, the list or
the units otherwise, the same givens asked otherwise, one more condition, figures told earlier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from moe_robot.lexicon import normalize
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import WORD, FollowWords, lemma, plain
from moe_robot.router.proposers import quantities, series
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.slots import Slot, content, data, is_one, likeliest, multiple, says, slots, with_slots
from moe_robot.router.signs import Signs, denial
from moe_robot.structs import Language

EXPERTS = ("geometry", "statistics", "combinatorics", "units", "word_problems")
STORIES = ("geometry", "combinatorics", "word_problems")
PLACES = 4  # for one number
TOLD = 3  # turns back
MOST = 12
LONGEST_WORDS = 16
_SENTENCE = re.compile(r"(?<=[^\d\s])[.?!;]+\s*|(?<=\d)[.?!;]+(?:\s+|$)")


def propose(heard: Heard) -> Iterator[Raw]:
    """Whole texts that the turn may mean after one of the earlier requests of these experts."""
    if len(plain(heard.text).split()) > LONGEST_WORDS:
        return
    for at, before in enumerate(heard.leaning):
        if before.expert in EXPERTS:
            seen: set[str] = {plain(before.text)}
            for kind, text, expert in _of(heard, before):
                if plain(text) not in seen and len(seen) <= MOST:
                    seen.add(plain(text))
                    yield kind, text, expert, at
    yield from _told(heard)


def _of(heard: Heard, before: Earlier) -> Iterator[tuple[str, str, str]]:
    language, expert, old = heard.language, before.expert, before.text
    parts = _parts(heard)
    if expert == "units":
        for part in parts:
            for kind, whole in quantities.conversions(part, language, old):
                yield kind, whole, expert
    if expert == "statistics":
        for part in parts:
            for kind, whole in series.otherwise(part, language, old):
                yield kind, whole, expert
            for whole in series.measured(part, language, old):
                yield "list measured", whole, expert
        return
    for part in parts:
        for kind, whole in _numbers(heard, part, old):
            yield kind, whole, expert
    if expert in STORIES:
        for whole in _swapped(heard, old):
            yield "measure swapped", whole, expert
        for kind, whole in _asked(heard, old):
            yield kind, whole, expert


def _parts(heard: Heard) -> list[str]:
    """The clauses that say something, the whole first."""
    return [part for part in dict.fromkeys(heard.parts) if content(part, heard.words)][:3]


# -------------------------------------------------------------------- another number


def _numbers(heard: Heard, part: str, old: str) -> Iterator[tuple[str, str]]:
    language, words, signs = heard.language, heard.words, Signs.of(heard.language)
    there = slots(old, language)
    if not there:
        return
    known = data(language)
    before, gone, after = denial(part, signs)
    denied = [slot.value for slot in slots(gone, language)]
    said = f"{before} {after}".strip() if denied else part
    new = slots(said, language)
    if len(new) == 2 and not denied:  # "if the 10 were 12"
        for was, now in (new, new[::-1]):
            same = [slot for slot in there if slot.value == was.value]
            if same and now.value != was.value:
                yield "number named", with_slots(old, [(same[-1], now.value)])
    if len(new) > 1:
        for first in sorted(range(len(there) - len(new) + 1), key=lambda i: -_run(there[i : i + len(new)], old)):
            yield "number slot", with_slots(old, zip(there[first:], (slot.value for slot in new), strict=False))
    if not new:
        yield from _counted_on(said, there, old, words)
    for slot in new[:1]:
        for whole in _inserted(said, slot, old, words):
            yield "number slot", whole
    for slot in (new if not denied else new[:1])[:2]:
        named = [one for one in there if one.value in denied]
        for place in _of_noun(said, there, old, language, known["quantities"])[: 0 if slot.part else 1]:
            yield "number of noun", with_slots(old, [(place, slot.value)])
        for at, place in enumerate((named or likeliest(slot, said, there, old, words))[:PLACES]):
            kind = "number named" if named else "number place" if at else "number slot"
            yield kind, with_slots(old, [(place, slot.value)])
        qualified = _qualified(said, slot, language)
        if qualified:
            for place in sorted(there, key=lambda one: one.value != slot.value)[:2]:
                yield "number named", with_slots(old, [(place, f"{qualified} {slot.value}")])
    times = multiple(part, language)
    if times and all(slot.part for slot in new):
        plain_ones = [slot for slot in there if not slot.part]
        for slot in _of_noun(said, plain_ones, old, language, known["quantities"])[:1]:
            yield "number of noun", with_slots(old, [(slot, f"{float(slot.value) * times:g}")])
        for some in (plain_ones, plain_ones[-2:], plain_ones[:2]) if not new else ():
            yield "number slot", with_slots(old, ((slot, f"{float(slot.value) * times:g}") for slot in some))


def _of_noun(
    said: str, there: Sequence[Slot], old: str, language: Language, quantities_of: Mapping[str, list[str]]
) -> list[Slot]:
    """The numbers that are of the quantity that is named: "in half the time" is of "6 hours"."""
    kinds = {kind for kind, words in quantities_of.items() if says(said, words)}
    units = [unit for unit in quantities.units(old, language) if unit.kind in kinds] if kinds else []
    return [slot for slot in there for unit in units if unit.start <= slot.start < unit.end]


def _counted_on(said: str, there: Sequence[Slot], old: str, words: FollowWords) -> Iterator[tuple[str, str]]:
    """ "and if a seventh comes?" where there were six."""
    orders = [int(words.data["ordinals"].get(lemma(m.group()), 0)) for m in WORD.finditer(said)]
    for order in [order for order in orders if order > 2][:1]:
        for slot in [slot for slot in there if slot.value == str(order - 1)]:
            yield "number named", with_slots(old, [(slot, str(order))])
        same = [slot for slot in there if slot.value == str(order - 1)]
        if len(same) > 1:
            yield "number slot", with_slots(old, [(slot, str(order)) for slot in same])


def _inserted(said: str, slot: Slot, old: str, words: FollowWords) -> Iterator[str]:
    """ "на двух, хотя бы одной" for "на кубике": the number before what stands behind the same preposition."""
    before = WORD.findall(said[: slot.start])
    if not before or normalize(before[-1]) not in words.prepositions:
        return
    rest = said[slot.end :].strip(" ,.?!")
    for match in reversed(list(WORD.finditer(old))[:-1]):
        tail = old[match.end() :].lstrip()
        if normalize(match.group()) == normalize(before[-1]) and tail[:1].isalpha():
            one, _, thing = tail.partition(" ")
            if is_one(one):
                known = data(words.language)["several"]
                noun = re.match(r"\w+", thing)
                tail = f"{known.get(noun.group(), noun.group())}{thing[noun.end() :]}" if noun else thing
            whole = f"{old[: match.end()]} {slot.value} {tail}"
            yield f"{whole.rstrip(' .?!')}, {rest}" if rest else whole
            return


def _run(some: Sequence[Slot], old: str) -> int:
    """How closely they stand: nothing but a joint between them."""
    gaps = [old[a.end : b.start] for a, b in pairwise(some)]
    return -sum(len(gap) for gap in gaps)


def _qualified(said: str, slot: Slot, language: Language) -> str:
    found = re.search(rf"({data(language)['qualified']})$", said[: slot.start])
    return found.group(1).strip() if found else ""


# -------------------------------------------------------------------- another quantity, another question


def _swapped(heard: Heard, old: str) -> Iterator[str]:
    """ "12 это диаметр, не радиус": a word of the request for the turn's of its family."""
    there = [p for p in heard.pieces_of(old) if p.kind == "sibling"]
    here = [p for p in heard.pieces_of(heard.text) if p.kind == "sibling"]
    known = {lemma(old[p.start : p.end]) for p in there}
    for mine in here:
        new = heard.text[mine.start : mine.end]
        for target in there:
            was = old[target.start : target.end]
            if not isinstance(mine.value, frozenset) or not isinstance(target.value, frozenset):
                continue
            if mine.value & target.value and lemma(new) not in known and lemma(new) != lemma(was):
                yield heard.exchange.put_at(old, target, new, heard.language)


def _asked(heard: Heard, old: str) -> Iterator[tuple[str, str]]:
    """The same givens with the turn for their question, or with the turn as one more condition."""
    givens, question = _cut(old, heard.words)
    turn = content(heard.text, heard.words)
    if not givens or not turn:
        return
    last = content(heard.parts[1], heard.words) if len(heard.parts) > 1 else ""
    told = slots(turn, heard.language)
    for asked in dict.fromkeys(one for one in (turn, last) if one) if not told else ():
        yield "asked of", f"{givens}, {asked}?"
        yield "asked of", f"{asked}: {givens}"
    words = list(WORD.finditer(question))
    mine = [m.group() for m in WORD.finditer(turn)]
    if len(words) > 1 and not told and len(mine) <= 3:
        for kept in (words[:-1], words[:1]):
            yield "asked of", f"{givens}, {question[: kept[-1].end()]} {turn}?"
    if question and len(mine) > 1:
        yield "condition", f"{givens}, {turn}, {question}?"
        if told:
            yield "condition", f"{question.strip(' ?')}, {_with_unit(turn, told, old, heard.language)}"


def _with_unit(turn: str, told: Sequence[Slot], old: str, language: Language) -> str:
    """A bare number has the unit that the earlier one had."""
    units = [unit for unit in quantities.units(old, language) if unit.number]
    if not units or quantities.units(turn, language):
        return turn
    unit = old[units[-1].start : units[-1].end].lstrip("0123456789., -")
    return f"{turn[: told[-1].end]} {unit}{turn[told[-1].end :]}"


def _cut(old: str, words: FollowWords) -> tuple[str, str]:
    """What is given, and what is asked of it."""
    known = data(words.language)["questions"]
    pieces = [piece for piece in _SENTENCE.split(old) if plain(piece)]
    asking = [at for at, piece in enumerate(pieces) if says(piece, known)]
    if len(pieces) > 1:
        at = asking[-1] if asking else len(pieces) - 1
        given = ". ".join(piece.strip() for i, piece in enumerate(pieces) if i != at)
        if re.search(r"\d|\w{4}", given) and slots(given, words.language):
            return given, pieces[at].strip()
    said = old.strip(" .?!")
    for comma in reversed(list(re.finditer(r",\s+", said))):
        head, tail = said[: comma.start()], said[comma.end() :]
        if slots(head, words.language) and not slots(tail, words.language):
            return head, tail
    found = [m for m in WORD.finditer(said) if says(m.group(), known)]
    if found and found[-1].start() and slots(said[: found[-1].start()], words.language):
        return said[: found[-1].start()].strip(" ,"), said[found[-1].start() :]
    return "", ""


# -------------------------------------------------------------------- told before anything was asked


def _told(heard: Heard) -> Iterator[Raw]:
    """Figures that an earlier turn told, or an answer, and that this one asks about."""
    language, known = heard.language, data(heard.language)
    recent = list(reversed(heard.earlier))[:TOLD]
    for part in _parts(heard):
        for text in [one.text for one in recent if one.expert != "units"] + [one.reply for one in recent[:1]]:
            for whole in quantities.of_told(part, language, text):
                yield "told", whole, "units", -1
    stories = [one.text for one in recent if one.expert not in EXPERTS and len(slots(one.text, language)) > 1]
    for story in stories[:1]:
        for whole in series.measured(heard.text, language, story):
            yield "told", whole, "statistics", -1
    asks = heard.text.rstrip().endswith("?") or says(heard.text, known["questions"])
    for story in [one.text for one in recent if slots(one.text, language)][:2] if asks else ():
        whole = f"{story.rstrip(' .?!')}. {heard.text}"
        if says(heard.text, known["chances"]) or any(one.expert == "combinatorics" for one in recent[:1]):
            yield "told", whole, "combinatorics", -1
        elif story in stories:
            yield "told", whole, "word_problems", -1
