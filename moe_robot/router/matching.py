"""What a piece takes the place of, and in which form: the last like it, with the same preposition, in the same case."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set

from moe_robot.lexicon import analyzer, normalize
from moe_robot.router.followup_words import WORD, FollowWords, changed, lemma, plain
from moe_robot.router.pieces import NAMED, NUMERIC, Piece, is_numeric
from moe_robot.structs import Language

ALIGNED_WORDS = 4
_ROW = re.compile(r"^(?:\s*,\s*(?:и |and )?|\s+(?:и|and)\s+)(?:в |во |на |к |the |to the )?$")


def target_of(
    piece: Piece, there: Sequence[Piece], fragment: str, old: str, words: FollowWords, looking: bool
) -> Piece | None:
    """What the piece takes the place of: its like, with the same preposition first, then the last one."""
    like = [one for one in there if one.kind == piece.kind]
    if piece.kind == "sibling" and isinstance(piece.value, frozenset):
        like = [one for one in like if isinstance(one.value, frozenset) and one.value & piece.value]
        said = normalize(fragment[piece.start : piece.end])
        like = [one for one in like if normalize(old[one.start : one.end]) != said]
    if piece.kind.startswith("when") and not like:
        like = [one for one in there if one.kind.startswith("when")]
    if piece.kind == "person" and not like:  # a stranger's name is a person's too
        like = [one for one in there if one.kind == "name"]
    if piece.kind in NAMED and not like:
        like = [one for one in there if one.kind in NAMED and "name" not in (piece.kind, one.kind)]
        like = like or [one for one in there if one.kind in ("place", "person", "name") and piece.kind != "object"]
    if looking and not like and piece.kind in ("turn", "line", "side"):
        like = [one for one in there if one.kind in ("turn", "line", "side")]
    if piece.kind in NAMED and piece.preposition:  # "far to the bath" + "from the kitchen": another end of the way
        away = set(words.data["away"])
        like = [one for one in like if (one.preposition in away) == (piece.preposition in away)]
    if piece.kind in NUMERIC:
        numeric = [one for one in there if is_numeric(one)]
        same = [one for one in numeric if one.preposition and one.preposition == piece.preposition]
        beside = [one for one in numeric if _beside_same_word(piece, one, fragment, old, words)]
        amounts = [one for one in numeric if one.kind.startswith("amount")]
        if "number" in {one.kind for one in numeric}:  # "переведи 5 миль в километры": a unit is no amount there
            amounts = [
                one
                for one in amounts
                if WORD.sub("", old[one.start : one.end]) or re.search(r"\d", old[one.start : one.end])
            ]
        like = beside or same or like if piece.kind != "number" else beside or same or amounts or like or numeric
        like = like or [one for one in numeric if one.kind != "list" or piece.kind == "list"]
    if piece.kind in ("amount:duration", "amount:delay") and not like:
        like = [one for one in there if one.kind == "when:day" and " " in old[one.start : one.end]]
    if piece.kind.startswith("amount") and not like:
        like = [one for one in there if one.kind == "number"]
    if piece.kind == "expression" and not like:
        like = [one for one in there if one.kind == "number"]
    if piece.kind == "expression" and piece.preposition:
        like = [p for p in like if not p.preposition or words.same_preposition(p.preposition, piece.preposition)]
    same = [one for one in like if one.preposition and words.same_preposition(one.preposition, piece.preposition)]
    if piece.kind == "sibling" and not same:  # "площадь квадрата со стороной 5": what is asked for comes first
        like = like[:1]
    return (same or like or [None])[-1]  # type: ignore[list-item]


def in_runs(text: str, pieces: Sequence[Piece]) -> list[Piece]:
    """Names of one kind said in a row ("the kitchen and the hall") as one piece."""
    runs: list[Piece] = []
    for piece in pieces:
        last = runs[-1] if runs else None
        if (
            last is not None
            and last.kind == piece.kind
            and piece.kind in NAMED
            and _ROW.match(text[last.end : piece.start])
        ):
            runs[-1] = Piece(last.kind, last.start, piece.end, last.begin, None, last.preposition)
        else:
            runs.append(piece)
    return runs


def aligned(old: str, new: str, idle: Callable[[str], bool]) -> str | None:
    """ "bottom drawer" in "... the top drawer": a word of both tells what the one beside it takes the place of."""
    said = [m for m in WORD.finditer(new) if not idle(normalize(m.group()))]
    there = list(WORD.finditer(old))
    places = {lemma(m.group()): i for i, m in enumerate(there)}
    shared = [i for i, m in enumerate(said) if lemma(m.group()) in places]
    if len(shared) != 1 or not 1 < len(said) <= ALIGNED_WORDS:
        return None
    at, k = places[lemma(said[shared[0]].group())], shared[0]
    first, last = at - k, at + len(said) - 1 - k
    if first < 1 or last >= len(there) or any(idle(normalize(m.group())) for m in there[first : last + 1]):
        return None
    return changed(old, [(there[first].start(), there[last].end(), new[said[0].start() : said[-1].end()])])


def _beside_same_word(piece: Piece, other: Piece, fragment: str, old: str, words: FollowWords) -> bool:
    """Both follow the same word: "радиус 7", "радиуса 5"."""
    before, earlier = WORD.findall(fragment[: piece.begin]), WORD.findall(old[: other.begin])
    if not before or not earlier or normalize(before[-1]) in words.fillers | words.prepositions:
        return False
    return lemma(before[-1]) == lemma(earlier[-1])


def last_noun(
    found: Sequence[re.Match[str]], said: Sequence[str], language: Language, words: FollowWords
) -> tuple[int, int] | None:
    """The last word of the earlier text that the said ones can stand for, with its adjectives."""
    if language == "en":
        skipped = words.fillers | words.prepositions | set(words.data["not_nouns"]) | set(words.data["questions"])
        last = next((m for m in reversed(found) if normalize(m.group()) not in skipped), None)
        return last.span() if last is not None and last is not found[0] else None
    wanted = _cases(said[-1])
    for index in range(len(found) - 1, -1, -1):
        match = found[index]
        word = normalize(match.group())
        if word in words.fillers | words.prepositions | set(words.data["not_nouns"]) | set(words.data["questions"]):
            continue
        if not _cases(word) & wanted and not {case for case, _ in _cases(word)} & {case for case, _ in wanted} - {
            "nomn"
        }:
            continue
        start = match.start()
        while index and is_adjective(normalize(found[index - 1].group())):
            if normalize(found[index - 1].group()) in words.data["questions"] or found[index - 1].end() < start - 1:
                break
            index -= 1
            start = found[index].start()
        return start, match.end()
    return None


def is_adjective(word: str) -> bool:
    tag = analyzer().parse(word)[0].tag
    return tag.POS in ("ADJF", "PRTF") and "Apro" not in tag  # "такое"


def said_before(piece: str, known: Set[str]) -> bool:
    return all(lemma(word) in known for word in plain(piece).split())


def same_case(new: str, old: str) -> bool:
    """Both may stand in one case: "Анну" for "Ивана"."""
    one, other = (
        {str(p.tag.case) for p in analyzer().parse(plain(text).split()[-1]) if p.tag.case} if plain(text) else set()
        for text in (new, old)
    )
    return bool(one & other)


def _cases(word: str) -> set[tuple[str, str]]:
    """(case, number) that a noun may stand in."""
    parses = [p for p in analyzer().parse(word) if p.tag.POS in ("NOUN", "NPRO") or "LATN" in p.tag]
    if not parses:
        return {("nomn", "sing"), ("accs", "sing"), ("gent", "sing")} if not re.search("[а-я]", word) else set()
    return {(str(p.tag.case), str(p.tag.number)) for p in parses}


def inflected(new: str, instead_of: str) -> str | None:
    """One Russian word in the case and number of another."""
    if len(new.split()) != 1 or not re.search("[а-яё]", new, re.IGNORECASE):
        return None
    old = analyzer().parse(normalize(instead_of))[0].tag
    form = analyzer().parse(normalize(new))[0].inflect({str(g) for g in (old.case, old.number) if g})
    return str(form.word) if form is not None else None


def in_form_of(new: str, instead_of: str, words: FollowWords) -> str:
    as_listed = normalize(instead_of) in words.families and plain(new) in words.families  # both in the nominative
    if as_listed or same_case(new, instead_of) or not analyzer().word_is_known(normalize(instead_of)):
        return new
    form = inflected(new, instead_of)
    return form if form is not None else new
