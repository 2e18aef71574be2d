"""Follow-ups of figures and shows, and of points on the map."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moe_robot.lexicon import normalize
from moe_robot.router.followup_words import WORD, script
from moe_robot.router.pieces import Piece
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.motion_words import MotionWords, any_of, shown
from moe_robot.router.proposers.moves import contexts, factor_of, likely_experts
from moe_robot.router.signs import Signs

BACK = 3  # turns that the figure may have been named in
_FIGURE = re.compile(r"(?<![\w.,])[-−]?\d+(?:[.,]\d+)?(?!\w)")


def shapes(heard: Heard) -> Iterator[Raw]:
    """The same figure in another size, more often, or another figure."""
    words, likely = MotionWords.of(heard.language), likely_experts(heard)
    recent = [before.expert for _, before in contexts(heard)]
    computed = "geometry" in recent and "figures" not in (*likely, *recent)
    if computed and _size(heard.text, heard) is None and factor_of(heard) is None:
        return
    earlier = [one.text for one in reversed(heard.earlier[-BACK:])]
    told = [heard.earlier[-1].reply] if not heard.earlier[-1].moved else []  # "what has three sides?" "A triangle."
    for at, text in enumerate([heard.text, *earlier, *told]):
        named = [name for name, forms in words.data["figures"].items() if any_of(forms, text, stems=True)]
        for name in named[:2]:
            for size in _sizes(heard, earlier if at == 0 else earlier[at - 1 :]):
                for whole in _drawn(heard, words, name, size):
                    yield "figure said" if at == 0 else "figure", whole, "figures", -1
        if named:
            return


def _sizes(heard: Heard, earlier: list[str]) -> list[float | None]:
    said = _size(heard.text, heard)
    if said is not None:
        return [said]
    had = next((size for size in (_size(text, heard) for text in earlier) if size is not None), None)
    times = factor_of(heard)
    return [had * times, had] if had is not None and times is not None else [had]


def _size(text: str, heard: Heard) -> float | None:
    pieces = heard.pieces_of(text, script(text) or heard.language)
    for kinds in (("amount:length",), ("number",)):
        found = [p.number() for p in pieces if p.kind in kinds and isinstance(p.value, float | int)]
        if found:
            return found[-1]
    return None


def _drawn(heard: Heard, words: MotionWords, name: str, size: float | None) -> Iterator[str]:
    pieces = heard.pieces_of(heard.text)
    often = [p.number() for p in pieces if p.kind == "times" and isinstance(p.value, float | int)]
    numbers = [p.number() for p in pieces if p.kind == "number" and isinstance(p.value, float | int)]
    whole = str(words.data["figure_say"].get(name, words.data["figure_say"]["any"])).format(words.data["drawn"][name])
    if name in words.data["sized"] and size is not None:
        key = "radius" if name in ("circle", "eight") else "sided"
        yield words.say(key, text=whole, n=shown(size))
    for count in dict.fromkeys([*often, *numbers]):
        if count == int(count) and 1 < count <= 10:
            yield words.say("times", text=whole, n=shown(count))
    yield whole


def points(heard: Heard) -> Iterator[Raw]:
    """ "now four, one" after a point on the map."""
    words, likely = MotionWords.of(heard.language), likely_experts(heard)
    said = _numbers(heard.text, heard)
    for at, before in contexts(heard):
        had = _numbers(before.text, heard)
        if len(had) != 2 or "go_to" not in (before.expert, *likely):
            continue
        pairs: list[list[float]] = []
        if len(said) == 2:
            pairs = [said]
        elif len(said) == 1:
            pairs = [[had[0], said[0]], [said[0], had[1]]]
        elif words.has("reversed", heard.text):
            pairs = [had[::-1]]
        for x, y in pairs:
            yield "point", words.say("point", x=shown_signed(x), y=shown_signed(y)), "", at


def shown_signed(value: float) -> str:
    return f"{value:g}"


def _numbers(text: str, heard: Heard) -> list[float]:
    """Every bare number, those in words too."""
    pieces = heard.pieces_of(text, script(text) or heard.language)
    ones = Signs.of(script(text) or heard.language).data["one"]
    ends = [m for m in WORD.finditer(text) if normalize(m.group()) in ones]
    if ends and not re.search(r"\d", text):  # "four, one"
        pieces = (*pieces, *(Piece("number", *m.span(), m.start(), 1.0) for m in ends))
    found: list[float] = []
    for piece in sorted(pieces, key=lambda one: one.start):
        said = text[piece.start : piece.end]
        if piece.kind == "number" and isinstance(piece.value, float | int):
            found.append(piece.number())
        elif piece.kind in ("list", "expression"):
            found += [float(one.replace(",", ".").replace("−", "-")) for one in _FIGURE.findall(said)] or [
                float(digits) for digits in map(heard.pieces.digits, re.split(r"[\s,;]+", said)) if digits
            ]
    return found
