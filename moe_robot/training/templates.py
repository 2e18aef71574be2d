"""Templates of sentences: `[optional] (either|or) {slot}`, nested, to random sentences or to one pattern that matches
all.

    template = parse("(drive|go) [straight] ahead {distance}", "motion.yaml")
    template.sample(rng, slots["en"])         # "go ahead two metres"

The values of a slot are literal text. Knows nothing of experts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from moe_robot.errors import ConfigError

Slots: TypeAlias = "Mapping[str, Sequence[str]]"
_PART = re.compile(r"\{[^{}]*\}|[\[\]()|]|[^\[\](){}|]+|[{}]")
_SPACES = re.compile(r"\s+")
_BEFORE_MARK = re.compile(r"\s+([.,!?;:])")


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Slot:
    name: str


@dataclass(frozen=True)
class Choice:
    """One of the sequences; `optional`: or nothing."""

    options: tuple[Sequence_, ...]
    optional: bool


Node: TypeAlias = "Text | Slot | Choice"
Sequence_: TypeAlias = "tuple[Node, ...]"


@dataclass(frozen=True)
class Template:
    source: str
    nodes: Sequence_

    def sample(self, rng: Random, slots: Slots) -> str:
        return _tidy(_sample(self.nodes, rng, slots))

    def slots(self) -> set[str]:
        return _names(self.nodes)

    def pattern(self, slots: Slots | None, key: Callable[[str], str]) -> str:
        """A regular expression for every sentence of it; `key` normalises text as the sentences to match were. Without
        `slots` a slot may be anything."""
        return _pattern(self.nodes, slots, key)


def plain(text: str) -> Template:
    """A sentence that is no template, brackets and all."""
    return Template(text, (Text(text),))


def parse(source: str, where: str) -> Template:
    """Raises ConfigError that names the place and what is wrong."""
    tokens = _PART.findall(source)
    nodes, at = _sequence(tokens, 0, "", source, where)
    if at < len(tokens):
        raise ConfigError(f"{where}: {tokens[at]!r} without its opening bracket in the template {source!r}")
    if not source.strip():
        raise ConfigError(f"{where}: an empty template; expected words")
    return Template(source, nodes)


def _sequence(tokens: Sequence[str], at: int, closing: str, source: str, where: str) -> tuple[Sequence_, int]:
    nodes: list[Node] = []
    while at < len(tokens):
        token = tokens[at]
        if token in ("[", "("):
            node, at = _choice(tokens, at, source, where)
            nodes.append(node)
            continue
        if token in ("]", ")", "|"):
            if not closing and token == "|":
                raise ConfigError(f"{where}: '|' outside of brackets in the template {source!r}; write (this|that)")
            break
        if token.startswith("{"):
            name = token[1:-1].strip()
            if not name.isidentifier():
                raise ConfigError(f"{where}: {token!r} is no slot in the template {source!r}; write {{name}}")
            nodes.append(Slot(name))
        elif token == "}":
            raise ConfigError(f"{where}: '}}' without '{{' in the template {source!r}")
        else:
            nodes.append(Text(token))
        at += 1
    return tuple(nodes), at


def _choice(tokens: Sequence[str], at: int, source: str, where: str) -> tuple[Choice, int]:
    opening = tokens[at]
    closing = {"[": "]", "(": ")"}[opening]
    options: list[Sequence_] = []
    while True:
        nodes, at = _sequence(tokens, at + 1, closing, source, where)
        options.append(nodes)
        if at >= len(tokens):
            raise ConfigError(f"{where}: '{opening}' is never closed in the template {source!r}")
        if tokens[at] == closing:
            return Choice(tuple(options), opening == "["), at + 1
        if tokens[at] != "|":
            raise ConfigError(
                f"{where}: '{opening}' is closed by '{tokens[at]}' in the template {source!r}; expected '{closing}'"
            )


def _sample(nodes: Sequence_, rng: Random, slots: Slots) -> str:
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, Text):
            parts.append(node.text)
        elif isinstance(node, Slot):
            values = slots.get(node.name)
            if not values:
                raise ConfigError(f"slot {{{node.name}}} has no values; known: {', '.join(sorted(slots))}")
            parts.append(values[rng.randrange(len(values))])
        else:
            at = rng.randrange(len(node.options) + node.optional)
            if node.optional and rng.random() < 0.5:
                at = len(node.options)
            if at < len(node.options):
                parts.append(_sample(node.options[at], rng, slots))
    return "".join(parts)


def _names(nodes: Sequence_) -> set[str]:
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, Slot):
            names.add(node.name)
        elif isinstance(node, Choice):
            for option in node.options:
                names |= _names(option)
    return names


def _pattern(nodes: Sequence_, slots: Slots | None, key: Callable[[str], str]) -> str:
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, Text):
            parts.append(_escaped(key(node.text)))
        elif isinstance(node, Slot):
            values = ".+" if slots is None else "|".join(_escaped(key(value)) for value in slots.get(node.name, ()))
            parts.append(f"(?:{values})")
        else:
            inner = "|".join(_pattern(option, slots, key) for option in node.options)
            parts.append(f"(?:{inner})" + ("?" if node.optional else ""))
    return " ?".join(part for part in parts if part)


def _escaped(text: str) -> str:
    return " ?".join(re.escape(word) for word in text.split())


def _tidy(text: str) -> str:
    return _BEFORE_MARK.sub(r"\1", _SPACES.sub(" ", text)).strip()
