"""A number or a term of an equation in the place of another: "а если в конце минус два", "but with plus 7x"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from moe_robot.lexicon import normalize
from moe_robot.router.followup_words import WORD, FollowWords, changed, plain, script
from moe_robot.router.pieces import Piece, Pieces

_TERM = re.compile(
    r"(?:(?P<sign>[+\-]|plus|minus|плюс|минус)\s*)?(?P<term>\d+x(?P<power>\^\d+)?)(?![a-zа-я])", re.IGNORECASE
)
_SIGNED = re.compile(r"([+\-−]\s*)?(?<![\d.,^])(\d+(?:[.,]\d+)?)(?![\d.,]*[a-zа-я(])", re.IGNORECASE)


def in_expression(pieces: Pieces, fragment: str, old: str, words: FollowWords) -> str | None:
    """ "а если в конце минус два": the number of the equation that is meant."""
    term = same_power(fragment, old)
    if term is not None:
        return term
    numbers = [p for p in pieces.find(fragment, words) if p.kind in ("number", "expression")]
    told = FollowWords.of(script(old) or words.language)
    there = [p for p in pieces.find(old, told) if p.kind == "expression"]
    if len(numbers) > 1 or len(there) != 1:
        return None
    said = plain(fragment)
    at = next((k for k, stems in words.data["at"].items() if any(_holds(said, str(s)) for s in stems)), "")
    sign = next((s for s, spoken in words.data["signs"].items() if set(spoken) & set(said.split())), "")
    new = ""
    if numbers:
        shown = fragment[numbers[0].start : numbers[0].end].replace("−", "-")
        shown = " ".join(w for w in shown.split() if not any(w in some for some in words.data["signs"].values()))
        plus = re.fullmatch(r"([+-]?)\s*(\d+(?:[.,]\d+)?)", shown)
        new = (plus.group(2) if plus else "") if numbers[0].kind == "expression" else pieces.digits(shown)
        sign = sign or (plus.group(1) if plus else "") or ("-" if new.startswith("-") else "")
        new = new.lstrip("-")
        if not new:
            return None
    if not at and not sign and not (new and not meaning(fragment, words, numbers)):
        return None
    start, end = there[0].start, there[0].end
    places = list(_SIGNED.finditer(old, start, end))
    equals = old.find("=", start, end)
    left = [m for m in places if equals < 0 or m.start(2) < equals]
    right = [m for m in places if 0 <= equals < m.start(2)]
    if at == "right":
        chosen = right[-1:]
    elif at == "first":
        chosen = left[:1]
    else:
        chosen = right[-1:] if right and right[-1].group(2) != "0" and at != "last" and not sign else left[-1:]
    if not chosen or (not new and not sign):
        return None
    match = chosen[0]
    before = (match.group(1) or "").strip().replace("−", "-")
    shown_sign = sign or before
    if shown_sign == "+" and not before and match.start() == start:
        shown_sign = ""
    space = " " if (match.group(1) or "").endswith(" ") else ""
    return changed(old, [(*match.span(), f"{shown_sign}{space if shown_sign else ''}{new or match.group(2)}")])


def same_power(fragment: str, old: str) -> str | None:
    """ "but with plus 7x": the term with the same power."""
    said = _TERM.search(fragment)
    if said is None or not re.search(r"\d", said.group()) or WORD.findall(fragment[said.end() :]):
        return None
    power = said.group("power") or ""
    there = [
        m for m in re.finditer(r"([+\-−]\s*)?\d*(?<![a-zа-я])x(\^\d+)?(?![a-z])", old) if (m.group(2) or "") == power
    ]
    if len(there) != 1:
        return None
    sign = {"plus": "+", "плюс": "+", "minus": "-", "минус": "-"}.get(
        said.group("sign") or "", said.group("sign") or ""
    )
    sign = sign or (there[0].group(1) or "").strip()
    space = " " if (there[0].group(1) or "").endswith(" ") else ""
    return changed(old, [(*there[0].span(), f"{sign}{space}{said.group('term')}")])


def meaning(fragment: str, words: FollowWords, pieces: Sequence[Piece]) -> list[str]:
    """Words outside the pieces, but for fillers and prepositions."""
    covered = [(p.begin, p.end) for p in pieces]
    return [
        normalize(m.group())
        for m in WORD.finditer(fragment)
        if not any(a <= m.start() < b for a, b in covered)
        and normalize(m.group()) not in words.fillers | words.prepositions
    ]


def _holds(said: str, stem: str) -> bool:
    return f" {stem}" in f" {said}"
