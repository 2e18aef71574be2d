"""Sentence templates (hassil) compiled to one automaton over words.

The templates are hassil's own YAML: `[optional] (a|b) (a;b) <rule> {list:slot}`, parsed by hassil. hassil's matcher
tries
one template after the other from the start of a sentence; here all templates are matched at once from any word on, so
that a sentence of several commands is cut where every part is understood. `test_templates.py` holds both against each
other. Knows words and slots, nothing of plans.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    TextChunk,
)
from hassil.expression import Sequence as SequenceExpression
from hassil.parse_expression import parse_sentence

from moe_robot.errors import ConfigError
from moe_robot.lexicon import normalize

Emit: TypeAlias = tuple[str, Any]  # slot, value; the value TAKE is the value of the edge walked, WORDS its words
TAKE, WORDS = object(), object()
ANY = "*"  # label of an edge that a wildcard slot takes


@dataclass(frozen=True)
class Template:
    """One sentence of the data. `slots` are fixed values; `cost` makes it less welcome than others."""

    id: str
    intent: str
    slots: Mapping[str, Any]
    cost: float
    text: str
    language: str


@dataclass(frozen=True)
class Edge:
    """Tokens [start, end) may be read as `label`: a word, a `<class>`, or a `{slot}` with a value."""

    end: int
    label: str
    value: Any = None
    cost: float = 0.0


@dataclass(frozen=True)
class Match:
    """Tokens [start, end) are an instance of the template. `words` are slots of free text: token ranges."""

    start: int
    end: int
    template: Template
    cost: float
    slots: Mapping[str, Any]
    words: Mapping[str, tuple[int, int]]
    corrected: int = 0


@dataclass
class _Node:
    """A point between two words of a template."""

    edges: dict[str, list[tuple[int, tuple[Emit, ...]]]] = field(default_factory=dict)
    accepts: list[tuple[int, tuple[Emit, ...]]] = field(default_factory=list)
    inside: bool = False  # within free text


class Automaton:
    """All templates of some intents. Build with `add`, then `compile`, then `matches`."""

    def __init__(self) -> None:
        self.templates: list[Template] = []
        self.words: set[str] = set()
        self._raw: list[list[tuple[int, str, Any]]] = []  # node -> (target, kind, payload)
        self._start = self._new()
        self._nodes: dict[int, _Node] = {}
        self._wild: set[str] = set()

    # ------------------------------------------------------------ building

    def add(
        self,
        template: Template,
        rules: Mapping[str, str],
        lists: Mapping[str, tuple[str, Sequence[tuple[str, Any]]]],
        slots: Iterable[str],
    ) -> None:
        """`rules` are hassil expansion rules, or the label of edges that stand for them; `lists` text lists: the
        label of
        edges that carry a value, and (in, out) for those that need a template; `slots` the names that edges carry.
        Raises ConfigError for an unknown name."""
        builder = _Builder(self, rules, lists, frozenset(slots), template)
        end = builder.build(parse_sentence(normalize(template.text)).expression, self._start)
        self._edge(end, end, "accept", len(self.templates))
        self.templates.append(template)

    def compile(self) -> None:
        """Merge the pieces of words; after this `add` is over."""
        pending = [self._start]
        while pending:
            index = pending.pop()
            if index in self._nodes:
                continue
            node = self._nodes[index] = _Node()
            for word, target, emits in self._walk(index, "", ()):
                if target < 0:
                    node.accepts.append((-target - 1, emits))
                else:
                    node.edges.setdefault(word, []).append((target, emits))
                    node.inside = node.inside or (word == ANY and target == index)
                    pending.append(target)
                    if word[0] not in "<{*":
                        self.words.add(word)
        self._raw = []

    def _new(self) -> int:
        self._raw.append([])
        return len(self._raw) - 1

    def _edge(self, source: int, target: int, kind: str, payload: Any) -> None:
        self._raw[source].append((target, kind, payload))

    def _walk(self, index: int, prefix: str, emits: tuple[Emit, ...]) -> Iterator[tuple[str, int, tuple[Emit, ...]]]:
        """(word or label, target, emits) that lead from here to the next border of words; accepts as negative
        targets."""
        for target, kind, payload in self._raw[index]:
            if kind == "piece":
                yield from self._walk(target, prefix + payload, emits)
            elif kind == "emit":
                yield from self._walk(target, prefix, (*emits, payload))
            elif kind == "empty":
                yield from self._walk(target, prefix, emits)
            elif prefix:  # a border: the word ends here
                border = target if kind == "space" else index
                yield prefix, border, emits
                if kind != "space":
                    continue
            elif kind == "space":
                yield from self._walk(target, "", emits)
            elif kind == "accept":
                yield "", -payload - 1, emits
            else:  # label
                label, emit = payload
                yield label, target, (*emits, emit) if emit is not None else emits

    # ------------------------------------------------------------ matching

    def matches(
        self,
        lattice: Sequence[Sequence[Edge]],
        skips: Sequence[Sequence[tuple[int, float, bool]]],
        marks: Container[int],
        start: int,
    ) -> list[Match]:
        """Every template that fits the tokens from `start` on, the cheapest for each end and template.

        `marks` are the tokens that are punctuation. `lattice[i]` are the readings of the tokens from i on, `skips[i]`
        (end, cost, even in free text) of fillers that may be passed over.
        """
        size = len(lattice)
        states: list[dict[int, tuple[float, Any]]] = [{} for _ in range(size + 1)]
        states[start][self._start] = (0.0, None)
        best: dict[tuple[int, int], tuple[float, Any]] = {}
        nodes = self._nodes
        for at in range(start, size + 1):
            current = states[at]
            if not current:
                continue
            for index, (cost, back) in current.items():
                for template, emits in nodes[index].accepts:
                    key = (at, template)
                    total = cost + self.templates[template].cost
                    if key not in best or total < best[key][0] - 1e-9:
                        best[key] = (total, (back, emits, None, at, at) if emits else back)
            if at == size:
                break
            for edge in lattice[at]:
                label = edge.label
                into = states[edge.end]
                for index, (cost, back) in current.items():
                    targets = nodes[index].edges.get(label)
                    if targets:
                        total = cost + edge.cost
                        for target, emits in targets:
                            known = into.get(target)
                            if known is None or total < known[0] - 1e-9:
                                into[target] = (total, (back, emits, edge.value, at, edge.end) if emits else back)
            if at > start:
                for end, skip_cost, polite in skips[at]:
                    into = states[end]
                    for index, (cost, back) in current.items():
                        if not polite and ANY in nodes[index].edges and (at not in marks or nodes[index].inside):
                            continue
                        known = into.get(index)
                        if known is None or cost + skip_cost < known[0] - 1e-9:
                            into[index] = (cost + skip_cost, back)
        return [
            Match(start, end, self.templates[template], cost, *_collect(self.templates[template], back))
            for (end, template), (cost, back) in best.items()
            if end > start
        ]


def _collect(template: Template, back: Any) -> tuple[dict[str, Any], dict[str, tuple[int, int]]]:
    slots: dict[str, Any] = {}
    words: dict[str, tuple[int, int]] = {}
    while back is not None:
        back, emits, value, start, end = back
        for name, out in emits:
            if out is WORDS:
                words[name] = (start, max(end, words.get(name, (0, 0))[1]))
            else:
                slots.setdefault(name, value if out is TAKE else out)
    for name, value in template.slots.items():
        slots.setdefault(name, value)
    return slots, words


class _Builder:
    """Adds one template's expression to the automaton."""

    def __init__(
        self,
        automaton: Automaton,
        rules: Mapping[str, str],
        lists: Mapping[str, tuple[str, Sequence[tuple[str, Any]]]],
        slots: frozenset[str],
        template: Template,
    ) -> None:
        self.automaton, self.rules, self.lists = automaton, rules, lists
        self.slots, self.template = slots, template

    def build(self, expression: Expression, start: int) -> int:
        if isinstance(expression, TextChunk):
            return self._text(expression.text, start)
        if isinstance(expression, Permutation):
            end = self.automaton._new()
            for order in _orders(expression.items):
                self._join(self._series(order, start), end)
            return end
        if isinstance(expression, Alternative):
            end = self.automaton._new()
            for item in expression.items:
                self._join(self.build(item, start), end)
            return end
        if isinstance(expression, SequenceExpression | Group):
            return self._series(expression.items, start)
        if isinstance(expression, RuleReference):
            return self._rule(expression.rule_name, start)
        if isinstance(expression, ListReference):
            return self._slot(expression, start)
        raise ConfigError(f"{self.template.id}: cannot use {expression!r}")

    def _series(self, items: Iterable[Expression], start: int) -> int:
        for item in items:
            start = self.build(item, start)
        return start

    def _join(self, source: int, target: int) -> None:
        self.automaton._edge(source, target, "empty", None)

    def _text(self, text: str, start: int) -> int:
        for index, piece in enumerate(text.split(" ")):
            if index:
                start = self._go(start, "space", None)
            if piece:
                start = self._go(start, "piece", piece)
        return start

    def _go(self, start: int, kind: str, payload: Any) -> int:
        end = self.automaton._new()
        self.automaton._edge(start, end, kind, payload)
        return end

    def _rule(self, name: str, start: int) -> int:
        if "." in name:  # <language.rule>, the label itself
            return self._go(start, "label", (f"<{name}>", None))
        if name not in self.rules:
            raise ConfigError(f"sentence template {self.template.id}: no rule <{name}>")
        return self.build(_parsed(self.rules[name]), start)

    def _slot(self, reference: ListReference, start: int) -> int:
        name, slot = reference.list_name, reference.slot_name
        if name in ("text", "name"):  # free text: at least one word
            inside = self._go(start, "label", (ANY, (slot, WORDS)))
            self.automaton._edge(inside, inside, "label", (ANY, (slot, WORDS)))
            return inside
        if name in self.slots:
            return self._go(start, "label", (f"{{{name}}}", (slot, TAKE)))
        if name not in self.lists:
            raise ConfigError(f"sentence template {self.template.id}: no list {{{name}}}")
        label, templates = self.lists[name]
        end = self._go(start, "label", (label, (slot, TAKE)))
        for text, out in templates:
            inner = self.build(_parsed(text), start)
            self.automaton._edge(inner, end, "emit", (slot, out))
        return end


@cache
def _parsed(text: str) -> Expression:
    return parse_sentence(normalize(text)).expression


def _orders(items: Sequence[Expression]) -> Iterator[list[Expression]]:
    if len(items) <= 1:
        yield list(items)
    for index, item in enumerate(items):
        if len(items) > 1:
            for rest in _orders([*items[:index], *items[index + 1 :]]):
                yield [item, *rest]
