"""One command in the middle of words that no sentence has: "stop stop you're going to hit the vase".

Only where the router is sure whose the request is: then a single sentence of that expert is enough, when nothing of
what stands around it could change what is to be done: no other command, name, number, negation, condition, question or
report. What is done is what the sentence says, as always.
"""

from __future__ import annotations

from collections.abc import Collection, Container
from typing import TYPE_CHECKING

from moe_robot.lexicon import analyzer
from moe_robot.router.blocks import assemble
from moe_robot.router.company import continues, does, forbids, places
from moe_robot.router.steps import NotAPlan, Unknown
from moe_robot.router.tiling import Piece
from moe_robot.structs import PlanNode

if TYPE_CHECKING:
    from moe_robot.router.readings import Readings
    from moe_robot.router.sentence import Sentence

ISLAND_COST = 0.3
_KINDS = ("clause", "terse", "halt")
_NAMES = ("{place}", "{object}", "{color}", "{person}", "{kind}")
_OTHERS = ("clause", "halt", "condition", "if", "until", "loop", "repeat")
_MARKS = ".,;:!…-—–"
_AMOUNTS = {"length", "angle", "duration"}
_BY_DEFAULT = ("drive", "turn")  # go so far or turn by so much when nothing is said
_PLACED = ("go_to", "patrol", "find", "place", "bring", "dock", "follow")


def island(
    sentence: Sentence, intents: Collection[str], heads: Container[str] = ()
) -> tuple[tuple[PlanNode, ...], Piece] | None:
    """The one thing that is asked of this expert, None when there is none, several, or more that matters. `heads` are
    words that several names begin with."""
    readings = sentence.readings
    found = [piece for at in range(readings.size) for piece in sentence.pieces_at(at) if _is_command(piece, intents)]
    if not found:
        return None
    best = max(found, key=lambda piece: (piece.end - piece.start, -piece.cost))
    same = [piece for piece in found if _steps(piece) == _steps(best)]
    covered = {at for piece in same for at in range(piece.start, piece.end)}
    around = [at for at in range(readings.size) if at not in covered]
    if not all(_may_be_passed(sentence, at, covered, heads) for at in around) or not _is_whole(readings, best, around):
        return None
    try:
        return assemble([best]), best
    except NotAPlan:
        return None


def _is_command(piece: Piece, intents: Collection[str]) -> bool:
    clause = piece.clause
    if piece.kind not in _KINDS or clause is None or clause.intent not in intents or clause.after or clause.only_until:
        return False
    if piece.kind == "terse" and piece.end - piece.start < 2:
        return False
    return not any(isinstance(value, Unknown) for value in (piece.slots or {}).values())


def _steps(piece: Piece) -> str:
    return repr(piece.clause.steps) if piece.clause is not None else ""


def _may_be_passed(sentence: Sentence, at: int, covered: Collection[int], heads: Container[str]) -> bool:
    """No name, number, quotation, negation, condition, and no other command begins here."""
    readings = sentence.readings
    token = readings.tokens[at]
    if at in readings.marks:
        return readings.marks[at] in _MARKS or readings.marks[at].startswith(".")
    if token.kind != "word" or forbids(token.text) or token.text in heads:
        return False
    if any(edge.label in _NAMES for edge in readings.lattice[at]):
        return False
    if any(quantity.start <= at < quantity.end for quantity in readings.numbers):
        return False
    others = [piece for piece in sentence.pieces_at(at) if not set(range(piece.start, piece.end)) & set(covered)]
    return not any(piece.kind in _OTHERS for piece in others)


def _is_whole(readings: Readings, piece: Piece, around: Collection[int]) -> bool:
    """What stands beside it between the same marks says neither where, how far nor of what."""
    start, end = piece.start, piece.end
    while start > 0 and start - 1 not in readings.marks:
        start -= 1
    while end < readings.size and end not in readings.marks:
        end += 1
    beside = [at for at in around if start <= at < end and not readings.is_filler(at)]
    by_default = (
        piece.clause is not None and piece.clause.intent in _BY_DEFAULT and not _AMOUNTS & set(piece.slots or {})
    )
    if beside and (by_default or piece.kind == "terse"):
        return False
    if any(does(readings.tokens[at].text) for at in range(start, piece.end)):
        return False
    words = [readings.tokens[at].text for at in beside]
    if any(map(places, words)) and piece.clause is not None and piece.clause.intent in _PLACED:
        return False
    return piece.end >= readings.size or piece.end in readings.marks or _closes(readings.tokens[piece.end].text)


def _closes(text: str) -> bool:
    """This word cannot belong to the command before it: "в кабинет | директора" does."""
    if "а" <= text[0] <= "я":
        readings = [p.tag for p in analyzer().parse(text) if p.score > 0.2]
        return not any(tag.POS in ("NOUN", "ADJF", "PRTF", "PREP") for tag in readings)
    return not continues(text)
