"""Plans as one line of text, both ways: for people, tests and evaluation files.

    go_to(place=kitchen); find(color=red, object=cube)
    repeat(3){drive(distance_m=1); turn(angle_deg=90)}
    until(see(color=red, object=cube)){drive()}
    if(not battery_below(percent=20)){patrol()} else {dock()}

Parameters are sorted by name; numbers are written shortest ("1", "0.5"); lists are a|b; text is "quoted".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from moe_robot.structs import Branch, Condition, PlanNode, Repeat, Step, Value

_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([\w.+:-]+(?:\|[\w.+:-]+)*\|?)|([(){},;=]))', re.UNICODE)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?$")
_BARE = re.compile(r"[^\W\d][\w:-]*$", re.UNICODE)


def format_value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{round(float(value), 4):.10g}"
    if isinstance(value, tuple):
        return "|".join(value) + ("|" if len(value) == 1 else "")
    return value if _BARE.match(value) and value not in ("true", "false") else json.dumps(value, ensure_ascii=False)


def format_params(params: Mapping[str, Value]) -> str:
    return ", ".join(f"{key}={format_value(params[key])}" for key in sorted(params))


def format_condition(condition: Condition) -> str:
    return f"{'not ' if condition.negated else ''}{condition.kind}({format_params(condition.params)})"


def format_node(node: PlanNode) -> str:
    if isinstance(node, Step):
        return f"{node.skill}({format_params(node.params)})"
    if isinstance(node, Repeat):
        head = f"repeat({node.times})" if node.until is None else f"until({format_condition(node.until)})"
        return f"{head}{{{format_nodes(node.body)}}}"
    tail = f" else {{{format_nodes(node.otherwise)}}}" if node.otherwise else ""
    return f"if({format_condition(node.condition)}){{{format_nodes(node.then)}}}{tail}"


def format_nodes(nodes: Iterable[PlanNode]) -> str:
    return "; ".join(format_node(node) for node in nodes)


def parse_nodes(text: str) -> tuple[PlanNode, ...]:
    """The inverse of `format_nodes`. Raises ValueError that shows the rest of the text where it went wrong."""
    return _Parser(text).nodes(end="")


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise ValueError(f"expected a plan, found {text[at:]!r}")
            self.tokens.append(match.group().strip())
            at = match.end()
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if token == "" or (expected is not None and token != expected):
            raise ValueError(f"expected {expected or 'more'!r}, found {' '.join(self.tokens[self.at :])!r}")
        self.at += 1
        return token

    def nodes(self, end: str) -> tuple[PlanNode, ...]:
        nodes: list[PlanNode] = []
        while self.peek() != end:
            nodes.append(self.node())
            if self.peek() == ";":
                self.take()
            elif self.peek() != end:
                raise ValueError(f"expected ';', found {' '.join(self.tokens[self.at :])!r}")
        return tuple(nodes)

    def block(self) -> tuple[PlanNode, ...]:
        self.take("{")
        nodes = self.nodes("}")
        self.take("}")
        return nodes

    def node(self) -> PlanNode:
        name = self.take()
        if name == "repeat":
            self.take("(")
            times = int(self.take())
            self.take(")")
            return Repeat(self.block(), times=times)
        if name in ("until", "if"):
            self.take("(")
            condition = self.condition()
            self.take(")")
            body = self.block()
            if name == "until":
                return Repeat(body, until=condition)
            otherwise: tuple[PlanNode, ...] = ()
            if self.peek() == "else":
                self.take()
                otherwise = self.block()
            return Branch(condition, body, otherwise)
        return Step(name, self.params())

    def condition(self) -> Condition:
        negated = self.peek() == "not"
        if negated:
            self.take()
        return Condition(self.take(), self.params(), negated)

    def params(self) -> dict[str, Value]:
        self.take("(")
        params: dict[str, Value] = {}
        while self.peek() != ")":
            key = self.take()
            self.take("=")
            params[key] = _value(self.take())
            if self.peek() == ",":
                self.take()
        self.take(")")
        return params


def _value(token: str) -> Value:
    if token.startswith('"'):
        return str(json.loads(token))
    if token in ("true", "false"):
        return token == "true"
    if "|" in token:
        return tuple(part for part in token.split("|") if part)
    if _NUMBER.match(token):
        return float(token)
    return token
