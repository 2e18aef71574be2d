"""One text on its way to a plan: all readings of its tokens, the pieces that templates make of them, the best row.

Readings are words, classes of words, numbers with units, names of the home, corrected typing errors. The first try is
strict: every word belongs to a template or is a known filler. Then reasons and small talk beside the commands may be
passed
over (`company`), then words of the language may be what they sound like.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from moe_robot.lexicon import analyzer
from moe_robot.router.blocks import assemble
from moe_robot.router.company import COMPANY_COST, company, is_asked
from moe_robot.router.grammar import Grammar
from moe_robot.router.numbers import Numbers
from moe_robot.router.spelling import EDIT_COST, Speller
from moe_robot.router.steps import Defaults, NotAPlan, Unknown, clause_of, condition_of, steps_of, target
from moe_robot.router.templates import ANY, Edge, Match, Template
from moe_robot.router.text import Token
from moe_robot.router.tiling import Piece, tile
from moe_robot.structs import PlanNode, Step

ANY_COST, CLAUSE_COST, COMMA_COST, MARK_COST = 0.02, 0.01, 0.01, 0.12
UNKNOWN_COST = 1.0
_CALLED = re.compile(r",\s*(робот|robot|пожалуйста|please)[\s.!?]*$", re.IGNORECASE)
_LOOP_WORDS = frozenset(
    (
        "until",
        "till",
        "til",
        "while",
        "whilst",
        "as",
        "so",
        "пока",
        "покуда",
        "покамест",
        "до",
        "прежде",
        "вплоть",
        "когда",
    )
)
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

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        grammar: Grammar,
        numbers: Numbers,
        speller: Speller,
        entities: Mapping[str, list[tuple[tuple[str, ...], list[tuple[str, str]]]]],
        defaults: Defaults,
    ) -> None:
        self.text, self.tokens, self.grammar, self.speller = text, tokens, grammar, speller
        self.entities, self.defaults = entities, defaults
        self.size = len(tokens)
        self.marks = {i: token.text for i, token in enumerate(tokens) if token.kind == "punct"}
        self.spellings = [self._spellings(token) for token in tokens]
        self.numbers = numbers.spans(self._respelled(numbers.words()))
        self._read()

    def _read(self) -> None:
        """Every reading of every stretch of tokens, from their spellings."""
        self.next = [self._after_marks(i) for i in range(self.size + 1)]
        self.moods = self._moods()
        self.skips = [self._skips(i) for i in range(self.size)]
        self.lattice: list[list[Edge]] = [self._edges(i) for i in range(self.size)]
        for quantity in self.numbers:
            self.lattice[quantity.start].append(Edge(quantity.end, f"{{{quantity.kind}}}", quantity.value))
        self.loops = any(word in _LOOP_WORDS for words in self.spellings for word, _ in words)
        self._pieces: dict[int, list[Piece]] = {}
        self.company: dict[int, Piece] = {}

    def by_ear(self) -> bool:
        """Read words of the language too as what they sound like ("пака" as "пока"); False when nothing changes."""
        changed = False
        for at, token in enumerate(self.tokens):
            if token.kind == "word" and not self.speller.knows(token.text):
                heard = [(word, EDIT_COST) for word in self.speller.sounds_like(token.text)]
                if heard and heard != self.spellings[at]:
                    self.spellings[at] = heard
                    changed = True
        if changed:
            self._read()
        return changed

    # ------------------------------------------------------------ readings

    def _spellings(self, token: Token) -> list[tuple[str, float]]:
        """(word, cost) that the token may stand for."""
        if token.kind != "word" or self.speller.knows(token.text):
            return [(token.text, 0.0)]
        return [(word, EDIT_COST * slips) for word, slips in self.speller.correct(token.text)] or [(token.text, 0.0)]

    def _respelled(self, wanted: Container[str]) -> list[Token]:
        """The tokens with typing errors in numbers and units corrected ("meteres")."""
        return [
            replace(token, text=next((word for word, slip in words if slip and word in wanted), token.text))
            for token, words in zip(self.tokens, self.spellings, strict=True)
        ]

    def _after_marks(self, at: int) -> int:
        while at < self.size and self.marks.get(at) == ",":
            at += 1
        return at

    def _follow(self, words: tuple[str, ...], at: int, commas: bool = False) -> tuple[int, float] | None:
        """(end, cost) when the tokens from `at` on read as these words; `commas` may stand between."""
        cost = 0.0
        for index, word in enumerate(words):
            if index and commas:
                at = self.next[at]
            if at >= self.size:
                return None
            for spelling, slip in self.spellings[at]:
                if spelling == word:
                    cost += slip
                    break
            else:
                return None
            at += 1
        return at, cost

    def _fillers(self, at: int) -> list[tuple[int, float, str, bool]]:
        found: dict[tuple[int, str, bool], float] = {}
        for spelling, _ in self.spellings[at]:
            for filler in self.grammar.fillers.get(spelling, ()):
                end = self._follow(filler.words, at, commas=True)
                if end is not None:
                    key = (end[0], filler.mood, filler.polite)
                    found[key] = min(found.get(key, math.inf), end[1] + filler.cost)
        return [(end, cost, mood, polite) for (end, mood, polite), cost in found.items()]

    def _moods(self) -> list[frozenset[str]]:
        """Which verb forms count as commands at each token: those that words before it have asked for."""
        allowed: list[frozenset[str]] = []
        current: set[str] = set()
        if any(self._follow(words, i) for words in self.grammar.anywhere for i in range(self.size)):
            current.add("past")
        if any(
            "а" <= token.text[0] <= "я" and any("impr" in p.tag for p in analyzer().parse(token.text) if p.score > 0.3)
            for token in self.tokens
            if token.kind == "word"
        ):
            current.add("having")
        asked: dict[int, set[str]] = {}
        for at in range(self.size):
            for end, _, mood, _ in self._fillers(at):
                if mood:
                    asked.setdefault(end, set()).add(mood)
            current |= asked.get(at, set())
            if "?" in self.marks.values():
                current.discard("pres")
            allowed.append(frozenset(current))
        return allowed

    def _skips(self, at: int) -> list[tuple[int, float, bool]]:
        """What may be passed over inside a sentence: fillers and punctuation; True = even in free text."""
        if at in self.marks:
            return [(at + 1, COMMA_COST if self.marks[at] in ",:" else MARK_COST, False)]
        return [(end, cost, polite) for end, cost, _, polite in self._fillers(at)]

    def _edges(self, at: int) -> list[Edge]:
        token = self.tokens[at]
        edges = [Edge(at + 1, ANY, None, ANY_COST if token.kind != "punct" else 3 * ANY_COST)]
        if token.kind == "number":
            edges.append(Edge(at + 1, token.text))
            return edges + [
                Edge(at + 1, p.label) for p in self.grammar.phrases.get(token.text, ()) if len(p.words) == 1
            ]
        if token.kind not in ("word", "symbol"):
            return edges
        seen: set[tuple[int, str, str]] = set()
        for spelling, slip in self.spellings[at]:
            edges.append(Edge(at + 1, spelling, None, slip))
            for phrase in self.grammar.phrases.get(spelling, ()):
                if phrase.mood and phrase.mood not in self.moods[at]:
                    continue
                end = self._follow(phrase.words, at)
                key = (end[0], phrase.label, str(phrase.value)) if end else None
                if end is not None and key is not None and key not in seen:
                    seen.add(key)
                    edges.append(Edge(end[0], phrase.label, phrase.value, end[1]))
            for words, meanings in self.entities.get(spelling, ()):
                end = self._follow(words, at)
                if end is not None:
                    for rank, (kind, id) in enumerate(meanings):
                        edges.append(Edge(end[0], f"{{{kind}}}", id, end[1] + 0.001 * rank))
        if at + 1 < self.size and self.tokens[at + 1].kind == "word":  # "bed room"
            joined = token.text + self.tokens[at + 1].text
            for words, meanings in self.entities.get(joined, ()):
                if len(words) == 1:
                    edges += [Edge(at + 2, f"{{{kind}}}", id, EDIT_COST) for kind, id in meanings]
        return edges

    # ------------------------------------------------------------ pieces

    def plan(self) -> tuple[tuple[PlanNode, ...], tuple[Piece, ...], float] | None:
        """(nodes, pieces, cost), or None when not every word is understood."""
        found = self._best_row()
        if found is None:
            stretches = company(self.tokens, self.speller.knows, self._names, self._commands)
            if stretches:
                self.company = {start: self._beside(start, end) for start, end in stretches.items()}
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
        asked = "?" in self.marks.values() and any(token.text in ("ты", "you") for token in self.tokens)
        return asked and "place" in slots

    def is_filler(self, at: int) -> bool:
        return any(not self.marks.get(at) and end > at for end, _, _ in self.skips[at])

    def _names(self, at: int) -> bool:
        """Whether a name of the home begins here."""
        return any(edge.label in ("{place}", "{object}", "{color}") for edge in self.lattice[at])

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
            for edge in self.lattice[at]:
                kind = edge.label[1:-1]
                if edge.label[0] == "{" and kind in ("object", "color", "person", "place") and edge.end <= end:
                    slots.setdefault(kind, edge.value)
        if "object" not in slots and "person" not in slots:
            slots = {"place": slots["place"]} if "place" in slots else {}
        if "person" in slots:
            slots = {"person": slots["person"]}
        views = {_VIEWS[word] for token in self.tokens[start:end] if (word := token.text) in _VIEWS}
        if len(views) == 1:
            slots["view"] = views.pop()  # "I heard a noise behind you, have a look"
        return Piece("company", start, end, "company", COMPANY_COST, slots=slots)

    def _rows(self) -> list[tuple[float, tuple[Piece, ...]]]:
        return tile(
            self.size,
            self.pieces_at,
            lambda at: self.skips[at] if at not in self.marks else [],
            self.marks,
            self.company,
        )

    def pieces_at(self, at: int) -> Sequence[Piece]:
        if at not in self._pieces:
            self._pieces[at] = (
                []
                if at in self.marks
                else self._best(self.grammar.automaton.matches(self.lattice, self.skips, self.marks, at))
            )
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
            led = match.end > match.start + 1 and self.tokens[match.start].text in _LEADS
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
        if intent == "say" and is_asked(self.tokens[match.words["text"][0]].text):
            return None
        clause = clause_of(intent, slots, lambda slot: words[slot], self.defaults)
        if clause is None or (clause.only_until and not self.loops):
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
        tokens = self.tokens[start:end]
        quotes = [index for index, token in enumerate(tokens) if token.kind == "quote"]
        intent = template.intent
        if quotes and len(tokens) > 1 and (quotes[0] == 0 or intent == "remember_place"):
            return None
        if intent == "say" and len(quotes) == 1 and quotes[0] == len(tokens) - 1:  # "скажи еще раз «тест»"
            return start + quotes[0], end
        if intent == "say" and not quotes and any(token.kind == "quote" for token in self.tokens[end:]):
            return None
        if intent == "remember_place" and any(token.kind == "punct" for token in tokens[:-1]):
            return None
        colon = next((index for index, token in enumerate(tokens[:5]) if token.text == ":"), -1)
        if intent == "say" and 0 < colon < len(tokens) - 1:
            return start + colon + 1, end
        return None if template.slots.get("_colon") else (start, end)

    def _words(self, start: int, end: int) -> str:
        """What was said, letter by letter, without quotes and the mark at the end."""
        if any(token.kind == "quote" for token in self.tokens[start:end]) and end - start == 1:
            return self.tokens[start].text
        said = self.text[self.tokens[start].start : self.tokens[end - 1].end]
        said = _CALLED.sub("", said)
        return " ".join(said.split()).strip(' .,!?;:«»"“”')

    # ------------------------------------------------------------ unknown names

    def unknown(self, heads: Mapping[str, set[str]]) -> tuple[Unknown, str] | None:
        """The unknown name when the sentence would be understood but for one, and the skill that it was said to."""
        added = False
        for at, token in enumerate(self.tokens):
            if token.kind != "word" or len(token.text) < 2:
                continue
            if token.text in heads and len(token.text) > 2 and not self._names(at):
                self._name(at, at + 1, "ambiguous_place", 0.0)
                added = True
            if not self.speller.knows(token.text):
                added |= self._nameable(at) and self._guess(at, at + 1)
                if at + 1 < self.size and self._nameable(at + 1):
                    added |= self._guess(at, at + 2)
        if not added:
            return None
        self._pieces.clear()
        for _, pieces in self._rows():
            found = [value for piece in pieces for value in (piece.slots or {}).values() if isinstance(value, Unknown)]
            if not found or (self.size > 1 and found[0].word == self.text.strip(" .,!?")):  # no word is known
                continue
            try:
                nodes = assemble(pieces)
            except NotAPlan:
                continue
            return found[0], next((step.skill for step in steps_of(nodes) if _holds(step, found[0])), "")
        return None

    def _nameable(self, at: int) -> bool:
        """Whether the token may be a name: unknown here, a noun or an adjective where the dictionary tells."""
        token = self.tokens[at]
        if token.kind != "word" or self.speller.knows(token.text):
            return False
        if "а" <= token.text[0] <= "я":
            return any(
                str(p.tag)[:4] in ("NOUN", "ADJF", "PRTF") for p in analyzer().parse(token.text) if p.score > 0.2
            )
        return at > 0

    def _guess(self, start: int, end: int) -> bool:
        first = self.tokens[start]
        written = self.text[first.start : first.end]
        name = written[:1].isupper() and start > 0
        if "а" <= first.text[0] <= "я":
            readings = analyzer().parse(first.text)
            name = name or any("Name" in str(p.tag) and p.score > 0.3 for p in readings)
            adjective = "ADJF" in str(readings[0].tag)
        else:
            adjective = True  # English does not tell
        self._name(start, end, "person", 0.0 if name else 0.3)
        self._name(start, end, "place", 0.1)
        self._name(start, end, "object", 0.15)
        if adjective and end == start + 1:
            self._name(start, end, "color", 0.12)
        return True

    def _name(self, start: int, end: int, kind: str, cost: float) -> None:
        said = self.text[self.tokens[start].start : self.tokens[end - 1].end]
        label = "place" if kind.startswith("ambiguous") else kind
        self.lattice[start].append(Edge(end, f"{{{label}}}", Unknown(kind, said), UNKNOWN_COST + cost))


def _holds(step: Step, unknown: object) -> bool:
    return any(value == unknown for value in step.params.values())
