"""All readings of the tokens of one text: words, classes of words, numbers with units, names of the home, corrected
typing errors, and what may be passed over. What templates make of them is `sentence.py`'s.
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from moe_robot.lexicon import analyzer
from moe_robot.router.grammar import Grammar
from moe_robot.router.numbers import Numbers
from moe_robot.router.spelling import EDIT_COST, Speller
from moe_robot.router.steps import Unknown
from moe_robot.router.templates import ANY, Edge, Match
from moe_robot.router.text import Token

ANY_COST, COMMA_COST, MARK_COST = 0.02, 0.01, 0.12
UNKNOWN_COST = 1.0
_LOOP_WORDS = frozenset(
    (
        *("until", "till", "til", "while", "whilst", "as", "so"),
        *("пока", "покуда", "покамест", "до", "прежде", "вплоть", "когда"),
    )
)


class Readings:
    """`lattice`: the edges that begin at each token. `skips`: what may be passed over there. `marks`: punctuation."""

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        grammar: Grammar,
        numbers: Numbers,
        speller: Speller,
        entities: Mapping[str, list[tuple[tuple[str, ...], list[tuple[str, str]]]]],
    ) -> None:
        self.text, self.tokens, self.speller = text, tokens, speller
        self._grammar, self._entities = grammar, entities
        self.size = len(tokens)
        self.marks = {i: token.text for i, token in enumerate(tokens) if token.kind == "punct"}
        self._spelt = [self._spellings(token) for token in tokens]
        self.numbers = numbers.spans(self._respelled(numbers.words()))
        self._read()

    def _read(self) -> None:
        """Every reading of every stretch of tokens, from their spellings."""
        self._next = [self._after_marks(i) for i in range(self.size + 1)]
        self._allowed = self._moods()
        self.skips = [self._skips(i) for i in range(self.size)]
        self.lattice: list[list[Edge]] = [self._edges(i) for i in range(self.size)]
        for quantity in self.numbers:
            self.lattice[quantity.start].append(Edge(quantity.end, f"{{{quantity.kind}}}", quantity.value))
        self.loops = any(word in _LOOP_WORDS for words in self._spelt for word, _ in words)

    def by_ear(self) -> bool:
        """Read words of the language too as what they sound like ("пака" as "пока"); False when nothing changes."""
        changed = False
        for at, token in enumerate(self.tokens):
            if token.kind == "word" and not self.speller.knows(token.text):
                heard = [(word, EDIT_COST) for word in self.speller.sounds_like(token.text)]
                if heard and heard != self._spelt[at]:
                    self._spelt[at] = heard
                    changed = True
        if changed:
            self._read()
        return changed

    def matches(self, at: int) -> list[Match]:
        """The templates that fit from this token on."""
        return self._grammar.automaton.matches(self.lattice, self.skips, self.marks, at)

    def is_filler(self, at: int) -> bool:
        return any(not self.marks.get(at) and end > at for end, _, _ in self.skips[at])

    def names(self, at: int) -> bool:
        """Whether a name of the home begins here."""
        return any(edge.label in ("{place}", "{object}", "{color}") for edge in self.lattice[at])

    def _spellings(self, token: Token) -> list[tuple[str, float]]:
        """(word, cost) that the token may stand for."""
        if token.kind != "word" or self.speller.knows(token.text):
            return [(token.text, 0.0)]
        return [(word, EDIT_COST * slips) for word, slips in self.speller.correct(token.text)] or [(token.text, 0.0)]

    def _respelled(self, wanted: Container[str]) -> list[Token]:
        """The tokens with typing errors in numbers and units corrected ("meteres")."""
        return [
            replace(token, text=next((word for word, slip in words if slip and word in wanted), token.text))
            for token, words in zip(self.tokens, self._spelt, strict=True)
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
                at = self._next[at]
            if at >= self.size:
                return None
            for spelling, slip in self._spelt[at]:
                if spelling == word:
                    cost += slip
                    break
            else:
                return None
            at += 1
        return at, cost

    def _fillers(self, at: int) -> list[tuple[int, float, str, bool]]:
        found: dict[tuple[int, str, bool], float] = {}
        for spelling, _ in self._spelt[at]:
            for filler in self._grammar.fillers.get(spelling, ()):
                end = self._follow(filler.words, at, commas=True)
                if end is not None:
                    key = (end[0], filler.mood, filler.polite)
                    found[key] = min(found.get(key, math.inf), end[1] + filler.cost)
        return [(end, cost, mood, polite) for (end, mood, polite), cost in found.items()]

    def _moods(self) -> list[frozenset[str]]:
        """Which verb forms count as commands at each token: those that words before it have asked for."""
        allowed: list[frozenset[str]] = []
        current: set[str] = set()
        if any(self._follow(words, i) for words in self._grammar.anywhere for i in range(self.size)):
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
                Edge(at + 1, p.label) for p in self._grammar.phrases.get(token.text, ()) if len(p.words) == 1
            ]
        if token.kind not in ("word", "symbol"):
            return edges
        seen: set[tuple[int, str, str]] = set()
        for spelling, slip in self._spelt[at]:
            edges.append(Edge(at + 1, spelling, None, slip))
            for phrase in self._grammar.phrases.get(spelling, ()):
                if phrase.mood and phrase.mood not in self._allowed[at]:
                    continue
                end = self._follow(phrase.words, at)
                key = (end[0], phrase.label, str(phrase.value)) if end else None
                if end is not None and key is not None and key not in seen:
                    seen.add(key)
                    edges.append(Edge(end[0], phrase.label, phrase.value, end[1]))
            for words, meanings in self._entities.get(spelling, ()):
                end = self._follow(words, at)
                if end is not None:
                    for rank, (kind, id) in enumerate(meanings):
                        edges.append(Edge(end[0], f"{{{kind}}}", id, end[1] + 0.001 * rank))
        if at + 1 < self.size and self.tokens[at + 1].kind == "word":  # "bed room"
            joined = token.text + self.tokens[at + 1].text
            for words, meanings in self._entities.get(joined, ()):
                if len(words) == 1:
                    edges += [Edge(at + 2, f"{{{kind}}}", id, EDIT_COST) for kind, id in meanings]
        return edges

    # ------------------------------------------------------------ unknown names

    def add_unknown(self, heads: Mapping[str, set[str]]) -> bool:
        """Read unknown words as names; False: there are none. `heads`: words that several names begin with."""
        added = False
        for at, token in enumerate(self.tokens):
            if token.kind != "word" or len(token.text) < 2:
                continue
            if token.text in heads and len(token.text) > 2 and not self.names(at):
                self._name(at, at + 1, "ambiguous_place", 0.0)
                added = True
            if not self.speller.knows(token.text):
                added |= self._nameable(at) and self._guess(at, at + 1)
                if at + 1 < self.size and self._nameable(at + 1):
                    added |= self._guess(at, at + 2)
        return added

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
