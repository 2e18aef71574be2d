"""One text on its way to a plan: the pieces that templates make of the readings of its tokens, and their best row.

The first try is strict: every word belongs to a template or is a known filler. Then reasons and small talk beside the
commands may be passed over (`company`), then words of the language may be what they sound like.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from moe_robot.router.blocks import assemble
from moe_robot.router.company import COMPANY_COST, company, is_asked
from moe_robot.router.readings import ANY_COST, Readings
from moe_robot.router.steps import Defaults, NotAPlan, Unknown, clause_of, condition_of, steps_of, target
from moe_robot.router.templates import Match, Template
from moe_robot.router.tiling import Piece, tile
from moe_robot.structs import PlanNode, Step

CLAUSE_COST = 0.01
_CALLED = re.compile(r",\s*(робот|robot|пожалуйста|please)[\s.!?]*$", re.IGNORECASE)
_VIEWS = {"left": "left", "слева": "left", "right": "right", "справа": "right", "behind": "back", "сзади": "back"}
_VIEWS |= {"позади": "back", "спиной": "back", "впереди": "ahead", "ahead": "ahead"}
_LEADS = ("and", "but", "и", "а", "но")
_GLUE = {
    "_and": "and", "_then": "and", "_if": "if", "_unless": "if", "_when": "if", "_do": "do", "_else": "else",
    "_until": "until", "_while": "until", "_repeat": "repeat", "_times": "times", "_all_times": "all_times",
    "_before": "before", "_but_first": "but_first", "_after": "after", "_again": "again", "_again_times": "again",
    "_again_at": "again",
    "_delay": "delay", "_loop": "loop",
}  # fmt: skip


class Sentence:
    """One text on its way to a plan."""

    def __init__(self, readings: Readings, defaults: Defaults) -> None:
        self.readings, self._defaults = readings, defaults
        self._tokens, self._marks = readings.tokens, readings.marks
        self._pieces: dict[int, list[Piece]] = {}
        self._company: dict[int, Piece] = {}

    def by_ear(self) -> bool:
        """Read words of the language too as what they sound like ("пака" as "пока"); False when nothing changes."""
        changed = self.readings.by_ear()
        if changed:
            self._pieces, self._company = {}, {}
        return changed

    # ------------------------------------------------------------ pieces

    def plan(self) -> tuple[tuple[PlanNode, ...], tuple[Piece, ...], float] | None:
        """(nodes, pieces, cost), or None when not every word is understood."""
        found = self._best_row()
        if found is None:
            stretches = company(self._tokens, self.readings.speller.knows, self.readings.names, self._commands)
            if stretches:
                self._company = {start: self._beside(start, end) for start, end in stretches.items()}
                found = self._best_row()
        return found

    def _best_row(self) -> tuple[tuple[PlanNode, ...], tuple[Piece, ...], float] | None:
        for cost, pieces in self._rows():
            if any(isinstance(value, Unknown) for piece in pieces for value in (piece.slots or {}).values()):
                continue
            try:
                nodes = assemble(pieces)
            except NotAPlan:
                continue
            if nodes and not self._tells(pieces):
                clauses = sum(piece.clause is not None for piece in pieces)
                said = sum(piece.said for piece in pieces)  # long texts are no less sure
                return nodes, pieces, max(0.0, cost - (CLAUSE_COST if clauses else 0.0) - ANY_COST * said)
        return None

    def _tells(self, pieces: Sequence[Piece]) -> bool:
        """Whether a place is only spoken of: "кабинет, моя любимая комната", "ты на кухне?"."""
        for piece, following in pairwise(pieces):  # "спальня рядом с кабинетом или нет"
            bare = piece.kind == "rest" or (piece.kind == "terse" and (piece.slots or {}).get("_bare"))
            if bare and following.kind == "clause" and not following.mark:
                return True
        clauses = [piece for piece in pieces if piece.clause is not None]
        if len(clauses) != 1 or clauses[0].kind not in ("terse", "rest"):
            return False
        slots = clauses[0].slots or {}
        if (slots.get("_bare") or clauses[0].kind == "rest") and any(piece.kind == "company" for piece in pieces):
            return True
        asked = "?" in self._marks.values() and any(token.text in ("ты", "you") for token in self._tokens)
        return asked and "place" in slots

    def _commands(self, start: int, end: int) -> bool:
        """Whether a command of two words or more stands in these tokens."""
        return any(
            piece.end - at > 1
            and piece.kind in ("clause", "halt")
            and piece.clause is not None
            and piece.clause.intent != "help"
            and not piece.clause.after
            and piece.end == end
            for at in range(start, end)
            for piece in self.pieces_at(at)
        )

    def _beside(self, start: int, end: int) -> Piece:
        """Company, with the thing or person that it speaks of."""
        slots: dict[str, Any] = {}
        for at in range(start, end):
            for edge in self.readings.lattice[at]:
                kind = edge.label[1:-1]
                if edge.label[0] == "{" and kind in ("object", "color", "person", "place") and edge.end <= end:
                    slots.setdefault(kind, edge.value)
        if "object" not in slots and "person" not in slots:
            slots = {"place": slots["place"]} if "place" in slots else {}
        if "person" in slots:
            slots = {"person": slots["person"]}
        views = {_VIEWS[word] for token in self._tokens[start:end] if (word := token.text) in _VIEWS}
        if len(views) == 1:
            slots["view"] = views.pop()  # "I heard a noise behind you, have a look"
        return Piece("company", start, end, "company", COMPANY_COST, slots=slots)

    def _rows(self) -> list[tuple[float, tuple[Piece, ...]]]:
        return tile(
            len(self._tokens),
            self.pieces_at,
            lambda at: self.readings.skips[at] if at not in self._marks else [],
            self._marks,
            self._company,
        )

    def pieces_at(self, at: int) -> Sequence[Piece]:
        if at not in self._pieces:
            self._pieces[at] = [] if at in self._marks else self._best(self.readings.matches(at))
        return self._pieces[at]

    def _best(self, matches: list[Match]) -> list[Piece]:
        """Of the sentences that mean the same and end at the same word the cheapest."""
        best: dict[Any, Piece] = {}
        for match in matches:
            piece = self._piece(match)
            if piece is None:
                continue
            key = (
                piece.end,
                piece.kind,
                piece.word,
                repr(piece.clause.steps) if piece.clause else repr(piece.condition or piece.slots),
                bool(piece.clause and piece.clause.only_until),
                piece.clause.after if piece.clause else "",
            )
            if key not in best or piece.cost < best[key].cost - 1e-9:
                best[key] = piece
        return list(best.values())

    def _piece(self, match: Match) -> Piece | None:
        intent = match.template.intent
        slots = match.slots
        if intent == "condition":
            if "percent" not in slots and not ({"object", "person", "color", "kind"} & set(slots)):
                return None
            return Piece(
                "condition",
                match.start,
                match.end,
                match.template.id,
                match.cost,
                condition=condition_of(slots),
                slots=slots,
                word="bare" if slots.get("_bare") else "",
            )
        kind = _GLUE.get(intent)
        if kind is not None:
            led = match.end > match.start + 1 and self._tokens[match.start].text in _LEADS
            return Piece(kind, match.start, match.end, match.template.id, match.cost, slots=slots, word=intent, led=led)
        if intent == "_mention":
            return Piece(
                "company",
                match.start,
                match.end,
                match.template.id,
                match.cost,
                slots=target(slots),
                word="thing" if target(slots) else "",
            )
        spans = {slot: self._said(match.template, *span) for slot, span in match.words.items()}
        if any(span is None for span in spans.values()):
            return None
        words = {slot: self._words(*span) for slot, span in spans.items() if span is not None}
        if any(not said for said in words.values()):
            return None
        if intent == "say" and is_asked(self._tokens[match.words["text"][0]].text):
            return None
        clause = clause_of(intent, slots, lambda slot: words[slot], self._defaults)
        if clause is None or (clause.only_until and not self.readings.loops):
            return None
        kind = "rest" if intent.startswith("_") else "halt" if intent in ("stop", "cancel") else "clause"
        if any(span[1] == match.end for span in match.words.values()):
            kind = "said"
        elif slots.get("_terse"):
            kind = "terse"
        return Piece(
            kind,
            match.start,
            match.end,
            match.template.id,
            match.cost + CLAUSE_COST,
            clause=clause,
            slots=slots,
            said=sum(span[1] - span[0] for span in match.words.values()),
        )

    def _said(self, template: Template, start: int, end: int) -> tuple[int, int] | None:
        """The tokens of these that are the free text, None when they cannot be: a quotation ends with its mark, a name
        has no commas, and what stands before a colon says to whom or how ("скажи бабушке: суп остыл")."""
        tokens = self._tokens[start:end]
        quotes = [index for index, token in enumerate(tokens) if token.kind == "quote"]
        intent = template.intent
        if quotes and len(tokens) > 1 and (quotes[0] == 0 or intent == "remember_place"):
            return None
        if intent == "say" and len(quotes) == 1 and quotes[0] == len(tokens) - 1:  # "скажи еще раз «тест»"
            return start + quotes[0], end
        if intent == "say" and not quotes and any(token.kind == "quote" for token in self._tokens[end:]):
            return None
        if intent == "remember_place" and any(token.kind == "punct" for token in tokens[:-1]):
            return None
        colon = next((index for index, token in enumerate(tokens[:5]) if token.text == ":"), -1)
        if intent == "say" and 0 < colon < len(tokens) - 1:
            return start + colon + 1, end
        return None if template.slots.get("_colon") else (start, end)

    def _words(self, start: int, end: int) -> str:
        """What was said, letter by letter, without quotes and the mark at the end."""
        if any(token.kind == "quote" for token in self._tokens[start:end]) and end - start == 1:
            return self._tokens[start].text
        said = self.readings.text[self._tokens[start].start : self._tokens[end - 1].end]
        said = _CALLED.sub("", said)
        return " ".join(said.split()).strip(' .,!?;:«»"“”')

    # ------------------------------------------------------------ unknown names

    def unknown(self, heads: Mapping[str, set[str]]) -> tuple[Unknown, str] | None:
        """The unknown name when the sentence would be understood but for one, and the skill that it was said to."""
        if not self.readings.add_unknown(heads):
            return None
        self._pieces.clear()
        for _, pieces in self._rows():
            found = [value for piece in pieces for value in (piece.slots or {}).values() if isinstance(value, Unknown)]
            all_unknown = len(self._tokens) > 1 and found and found[0].word == self.readings.text.strip(" .,!?")
            if not found or all_unknown:
                continue
            try:
                nodes = assemble(pieces)
            except NotAPlan:
                continue
            return found[0], next((step.skill for step in steps_of(nodes) if _holds(step, found[0])), "")
        return None


def _holds(step: Step, unknown: object) -> bool:
    return any(value == unknown for value in step.params.values())
