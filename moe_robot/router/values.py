"""A number of a mathematical request said otherwise, and another unit: "suppose the edge were 5", "and if the 10 were
12?", "а если убрали семь?", "do 90 too", "what about in feet?".

Which number is meant: the one that is named; the one beside the same word; the only one; the one of the same unit.
Words: `sums.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from moe_robot.lexicon import normalize
from moe_robot.router.followup_words import WORD, FollowWords, changed, lemma, plain
from moe_robot.router.pieces import Piece, Pieces, expressions, is_numeric

EXPERTS = (
    "algebra",
    "arithmetic",
    "geometry",
    "word_problems",
    "combinatorics",
    "number_theory",
    "units",
    "statistics",
)
LONGEST_WORDS = 10
_RESULT = re.compile(r"(?<![\w.,])-?\d+(?:[.,]\d+)?(?!\w)")
_DIGITS = re.compile(r"(?<![\w.,^])\d+(?:[.,]\d+)?(?![\d.,]*\d)")


def result_of(reply: str) -> str:
    """The last number that the answer tells, "" when there is none."""
    found = _RESULT.findall(reply.replace("−", "-"))
    return found[-1].replace(",", ".") if found else ""


def with_number(text: str, words: FollowWords, old: str, pieces: Pieces, data: Mapping[str, Any]) -> str:
    """`old` with the number of `text` in the place of the one that is meant; "" when that is not told."""
    fragment, opener = words.without_opener(text)
    if len(plain(text).split()) > LONGEST_WORDS or len(expressions(fragment)) > 0:
        return ""
    if set(plain(fragment).split()[:1]) & {verb for verbs in words.data["operations"].values() for verb in verbs}:
        return ""  # "now minus 8" goes on with the result
    part, old_part = (re.search(rf"(?<!\w){data['fraction']}(?!\w)", normalize(one)) for one in (fragment, old))
    if part is not None and old_part is not None and opener:
        return changed(old, [(*old_part.span(), part.group())])
    said = [p for p in pieces.find(fragment, words) if is_numeric(p)]
    there = _numbers(old, words, pieces)
    small = frozenset(data["supposing"])
    known = {lemma(m.group()) for m in WORD.finditer(old)} | {lemma(word) for word in small} | words.fillers
    free = [m for m in WORD.finditer(fragment) if not any(p.start <= m.start() < p.end for p in said)]
    strange = {lemma(word) for m in free if (word := normalize(m.group())) not in words.prepositions} - known
    if not said or not there or strange:
        return ""
    supposing = opener or set(plain(text).split()) & small
    values = [_value(fragment[p.start : p.end], pieces) for p in said]
    if len(said) == 2:  # "if the 10 were 12"
        same = [p for p in there if p.kind == "number" and _value(old[p.start : p.end], pieces) == values[0]]
        return _put(old, same[0], values[1]) if same else ""
    if len(said) != 1 or not values[0] or not supposing:
        return ""
    if not re.search(r"\d", values[0]) and not _is_part(values[0], pieces):
        return ""
    if _is_part(values[0], pieces):
        there = [p for p in there if _is_part(old[p.start : p.end], pieces)]
    beside = _beside(fragment, said[0], old, there, words)
    if beside is not None:
        return _put(old, beside, values[0])
    return _put(old, there[0], values[0]) if len(there) == 1 and said[0].kind != "list" else ""


def to_unit(text: str, words: FollowWords, old: str, pieces: Pieces, data: Mapping[str, Any]) -> str:
    """The same amount in another unit; "" when the text is no unit by itself."""
    fragment, opener = words.without_opener(text)
    first = plain(fragment).split()[:1]
    if opener not in words.phrases("asking") and not set(first) & words.prepositions:
        return ""  # it may be what is converted
    if words.phrases("negation") & set(plain(text).split()):
        return ""  # "seconds, not minutes"
    small = frozenset(data["supposing"]) | words.fillers | words.prepositions | words.opening_words
    rest = [m.group() for m in WORD.finditer(fragment) if normalize(m.group()) not in small]
    if not 1 <= len(rest) <= 3 or not all(re.match(rf"(?:{data['units']})", normalize(word)) for word in rest):
        return ""
    amount = re.search(
        rf"(\d+(?:[.,]\d+)?|{data['numerals']})\s*((?:{data['units']})[^\W\d_]*(?:\s+(?:{data['units']})[^\W\d_]*)?)",
        normalize(old),
    )
    return data["convert"].format(amount.group(), " ".join(rest)) if amount else ""


def _numbers(old: str, words: FollowWords, pieces: Pieces) -> list[Piece]:
    found = [p for p in pieces.find(old, words) if is_numeric(p) and p.kind not in ("list", "ordinal")]
    if any(p.kind in ("expression", "list") for p in pieces.find(old, words)):
        found = [
            Piece("number", *m.span(), m.start(), float(m.group().replace(",", "."))) for m in _DIGITS.finditer(old)
        ]
    return found


def _value(said: str, pieces: Pieces) -> str:
    """The digits of a number or of an amount."""
    whole = pieces.digits(said)
    if "." in whole and not re.search(r"\d", said):
        return said  # "две трети"
    if whole:
        return whole
    digits = _DIGITS.search(said)
    if digits:
        return digits.group()
    return next((value for word in plain(said).split() if (value := pieces.digits(word))), "")


def _is_part(said: str, pieces: Pieces) -> bool:
    """A fraction below one: "a third", "две трети"."""
    value = pieces.digits(said)
    return bool(value) and 0 < float(value.replace(",", ".")) < 1


def _put(old: str, piece: Piece, value: str) -> str:
    said = old[piece.start : piece.end]
    digits = re.search(r"\d+(?:[.,]\d+)?", said)
    if digits:
        return changed(old, [(piece.start + digits.start(), piece.start + digits.end(), value)])
    if not re.search(r"\d", value):
        return changed(old, [(piece.start, piece.end, value)])
    tokens = list(WORD.finditer(said))
    return changed(old, [(piece.start + tokens[0].start(), piece.start + tokens[0].end(), value)]) if tokens else ""


def _beside(fragment: str, said: Piece, old: str, there: Sequence[Piece], words: FollowWords) -> Piece | None:
    """The number next to a word that stands next to the new one as well, nearest first."""
    small = words.fillers | words.prepositions | frozenset(words.data["articles"])
    around = {lemma(m.group()) for m in WORD.finditer(fragment[: said.start] + " " + fragment[said.end :])}
    around |= {lemma(m.group()) for m in WORD.finditer(fragment[said.start : said.end]) if not m.group()[0].isdigit()}
    around -= {lemma(word) for word in small}
    best: tuple[int, Piece] | None = None
    for piece in there:
        for match in WORD.finditer(old):
            if lemma(match.group()) not in around or re.match(r"\d", match.group()):
                continue
            inside = piece.start <= match.start() < piece.end
            gap = (
                0
                if inside
                else (match.start() - piece.end if match.start() >= piece.end else piece.start - match.end())
            )
            between = old[min(piece.end, match.end()) : max(piece.start, match.start())] if not inside else ""
            if re.search(r"[,;.?](?:\s|$)|\d", between):
                continue
            if best is None or gap < best[0]:
                best = gap, piece
    return best[1] if best is not None else None
