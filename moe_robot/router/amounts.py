"""An amount in the place of another: "три" for "два метра", 0.3 for "half a metre per second"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from moe_robot.lexicon import analyzer, normalize
from moe_robot.router.followup_words import WORD, FollowWords, plain, script
from moe_robot.router.pieces import Pieces
from moe_robot.structs import Language

_NUMBER_WORD = re.compile(r"\d+(?:[.,:]\d+)?|[^\W\d_]+")
_HALVED: Mapping[str, Mapping[Language, str]] = {
    "amount:speed": {"ru": "м/с", "en": "m/s"},
    "amount:length": {"ru": "м", "en": "m"},
}


def amount_like(pieces: Pieces, new: str, old: str) -> str:
    """The old amount with another number; a unit alone gets one ("метр" -> "три метра")."""
    digits = pieces.digits(new)
    if len(plain(old).split()) > 1 or re.search(r"\d", old) or not digits:
        found = list(WORD.finditer(old))
        ends = [m.end() for m in reversed(found[:-1]) if pieces.digits(old[: m.end()])]
        starts = [m.start() for m in found[1:] if pieces.digits(old[m.start() :])]
        if starts and not ends:
            return f"{old[: starts[0]]}{new}"  # "минуты три"
        same = f"{new}{old[ends[0] :]}" if ends else _NUMBER_WORD.sub(new, old, count=1)  # "one and a half" metres
        return same if not digits or _is_amount(pieces, same) else _in_base_unit(pieces, digits, old) or same
    unit = analyzer().parse(normalize(old))[0]
    agreed = unit.make_agree_with_number(round(float(digits.replace(",", ".")))) if re.search("[а-я]", old) else None
    return f"{new} {agreed.word if agreed is not None else old}"


def _is_amount(pieces: Pieces, text: str) -> bool:
    found = pieces.find(text, FollowWords.of(script(text) or "en"))
    return len(found) == 1 and found[0].kind.startswith("amount") and found[0].start == 0 and found[0].end == len(text)


def _in_base_unit(pieces: Pieces, digits: str, old: str) -> str:
    """ "полметра в секунду" with 0,3: there is no number to take out."""
    told = script(old) or "en"
    kinds = [p.kind for p in pieces.find(old, FollowWords.of(told))]
    return f"{digits} {_HALVED[kinds[0]][told]}" if len(kinds) == 1 and kinds[0] in _HALVED else ""
