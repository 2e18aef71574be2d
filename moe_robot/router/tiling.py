"""Which pieces of a sentence together use every word, and which may stand behind which.

A piece is a stretch of tokens that one template understood: a clause, "if", a condition, "three times", "and". `tile`
finds
the cheapest rows of them; `blocks.assemble` makes a plan of a row. Knows how sentences are joined, nothing of words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from moe_robot.router.steps import Clause
from moe_robot.structs import Condition

# what may follow what: kind before -> kinds after; "end" ends the sentence, "," in _WITH_COMMA needs punctuation
# between
_STARTS = ("clause", "terse", "said", "halt", "if", "until", "repeat", "delay", "before", "loop")
_AFTER: Mapping[str, frozenset[str]] = {
    "start": frozenset((*_STARTS, "condition", "and", "rest", "after")),
    "before": frozenset(("clause", "terse", "said")),
    "after": frozenset(("clause", "terse")),
    "but_first": frozenset((*_STARTS,)),
    "clause": frozenset(
        (*(set(_STARTS) - {"terse", "halt"}), "and", "else", "times", "all_times", "again", "before", "end")
    ),
    "halt": frozenset(("and", "if", "else", "times", "end")),
    "and": frozenset((*_STARTS, "rest", "times", "all_times", "again", "condition", "else")),
    "if": frozenset(("condition",)),
    "until": frozenset(("condition",)),
    "condition": frozenset((*_STARTS, "do", "and", "else", "rest", "end")),
    "maybe": frozenset(("do",)),  # behind a "?" all that a "do" may stand before
    "do": frozenset((*_STARTS, "rest")),
    "else": frozenset((*_STARTS, "rest", "do")),
    "repeat": frozenset(("clause", "terse", "said", "halt", "if", "delay", "rest")),
    "loop": frozenset(("clause", "terse", "said")),
    "delay": frozenset((*_STARTS, "and", "end", "do")),
    "times": frozenset((*_STARTS, "and", "else", "end")),
}
_WITH_COMMA: Mapping[str, frozenset[str]] = {
    "clause": frozenset(("rest", "condition", "do", "terse", "halt", "but_first")),
    "halt": frozenset(_STARTS),
    "times": frozenset(("rest", "all_times")),
    "delay": frozenset(("rest",)),
}
_AFTER = {**_AFTER, "said": _AFTER["clause"] - {"clause", "said", "repeat", "delay"}}
_WITH_COMMA = {
    **_WITH_COMMA,
    "said": _WITH_COMMA["clause"] | {"clause", "said", "repeat", "delay"},
}  # free text just before: fillers there belong to it
_LIKE = {"rest": "clause", "terse": "clause", "all_times": "times", "again": "clause"}
_BORDERS = ("start", "clause", "said", "halt", "times", "and")
TRANSPARENT = ("wait", "say")  # an ellipsis leans over them: "a meter, wait, another meter"
TAKES_THINGS = ("find", "go_to", "count", "recall", "follow", "pick", "bring")
_RUN_ON = 0.1  # cost of two clauses side by side without a comma or a word between
_BARE_CONDITION = 0.15
_KEPT = 4  # readings kept for each state


@dataclass(frozen=True)
class Piece:
    """An understood stretch of tokens. `kind` as in `_AFTER`; `mark` the punctuation before it ("" = none)."""

    kind: str
    start: int
    end: int
    rule: str
    cost: float
    clause: Clause | None = None
    condition: Condition | None = None
    slots: Mapping[str, Any] | None = None
    mark: str = ""
    word: str = ""  # intent of the glue: _and, _then, _unless, _when, ...
    said: int = 0  # words of free text
    led: bool = False  # the glue begins with "and": "... and if you see"


_State: TypeAlias = "tuple[str, str, str]"  # kind before, mark since, skill that an ellipsis would lean on
Row: TypeAlias = "tuple[float, tuple[Piece, ...]]"


def tile(
    size: int,
    pieces_at: Callable[[int], Sequence[Piece]],
    skips_at: Callable[[int], Sequence[tuple[int, float, bool]]],
    marks: Mapping[int, str],
    company: Mapping[int, Piece],
) -> list[Row]:
    """The cheapest rows of pieces that cover all tokens, best first. `marks` are punctuation by token, `company` what
    may
    stand between commands."""
    states: list[dict[_State, list[tuple[float, Any]]]] = [{} for _ in range(size + 1)]
    states[0][("start", "", "")] = [(0.0, None)]
    for at in range(size):
        if not states[at]:
            continue
        moves = pieces_at(at)
        for state, rows in list(states[at].items()):
            last, mark, skill = state
            for end, cost, always in skips_at(at):
                if last != "said" or mark or always:
                    _extend(states[end], state, rows, cost, None)
            if at in company and last in _BORDERS:
                beside = company[at]
                _extend(states[beside.end], (last, mark or ",", skill), rows, beside.cost, (beside, mark))
            if at in marks:
                stronger = marks[at] if marks[at] != "," or not mark else mark
                _extend(states[at + 1], (last, stronger, skill), rows, 0.0, None)
            for piece in moves:
                if piece.kind == "company":
                    closed = piece.end == size or piece.end in marks
                    if closed and (last == "start" or mark or (last == "and" and piece.word != "thing")):
                        after = ("clause" if last == "and" else last, mark or ",", skill)
                        _extend(states[piece.end], after, rows, piece.cost + _RUN_ON / 2, (piece, mark))
                    continue
                if piece.kind == "condition" and last not in ("if", "until") and piece.word != "bare":
                    if last in _BORDERS:  # "less than half? then go and charge"
                        _extend(
                            states[piece.end], ("maybe", "", skill), rows, piece.cost + _BARE_CONDITION, (piece, mark)
                        )
                    continue
                if last == "said" and (piece.kind == "rest" or (piece.kind == "delay" and not mark)):
                    continue  # "announce: a meeting in five minutes"
                if (
                    not mark
                    and skill in ("drive", "turn")
                    and piece.kind == last == "clause"
                    and _skill(piece, "") == skill
                ):
                    continue  # "drive forward back"
                extra = _join_cost(last, mark, piece.kind)
                if extra is None and last == "clause" and piece.kind == "terse" and _legs(skill, _skill(piece, "")):
                    extra = _RUN_ON  # "forward one meter left one meter"
                if extra is not None and _leans_on(piece, skill):
                    follows = (_LIKE.get(piece.kind, piece.kind), "", _skill(piece, skill))
                    _extend(states[piece.end], follows, rows, piece.cost + extra, (piece, mark))
    finished = [
        (cost, back)
        for (last, _, _), rows in states[size].items()
        if "end" in _AFTER[last]
        for cost, back in rows
        if back is not None
    ]
    finished.sort(key=lambda row: row[0])
    return [(cost, _unwind(back)) for cost, back in finished[: 2 * _KEPT]]


def _legs(skill: str, following: str) -> bool:
    """Whether a drive and a turn follow each other."""
    return {skill, following} == {"drive", "turn"}


def _skill(piece: Piece, skill: str) -> str:
    """The skill that an ellipsis after this piece would lean on."""
    if piece.condition is not None:
        return "see" if piece.condition.kind == "see" else skill
    if piece.clause is None or not piece.clause.steps:
        return skill
    last = piece.clause.steps[-1].skill
    return skill if last in TRANSPARENT and skill else last


def _leans_on(piece: Piece, skill: str) -> bool:
    after = piece.clause.after if piece.clause is not None else ""
    if not after:
        return True
    if after in ("_place", "_search"):
        return skill in ("", "go_to", "dock", "patrol", "find", "count")
    if after == "_object":
        return skill in TAKES_THINGS
    return after == skill


def _join_cost(last: str, mark: str, kind: str) -> float | None:
    if kind in _AFTER[last]:
        if last in ("clause", "said") and kind in ("clause", "said", "halt", "repeat") and not mark:
            return _RUN_ON
        if kind == "rest" and last in ("start", "repeat"):
            return _BARE_CONDITION
        return _BARE_CONDITION if kind == "condition" and last not in ("if", "until") else 0.0
    if last == "maybe" and mark == "?" and kind in _AFTER["do"]:  # "no cone in sight? turn right"
        return 0.02
    if mark and kind in _WITH_COMMA.get(last, ()):
        return _BARE_CONDITION if kind == "condition" else 0.0
    return None


def _extend(into: dict[Any, list[tuple[float, Any]]], key: Any, rows: Sequence[Any], cost: float, piece: Any) -> None:
    known = into.setdefault(key, [])
    known += [(total + cost, (piece, back) if piece is not None else back) for total, back in rows]
    if len(known) > _KEPT:
        known.sort(key=lambda row: row[0])
        del known[_KEPT:]


def _unwind(back: Any) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    while back is not None:
        (piece, mark), back = back
        pieces.append(replace(piece, mark=mark))
    return tuple(reversed(pieces))
