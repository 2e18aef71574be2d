"""A formula, typed or spoken, to a tree: "икс квадрат минус пять икс", "x^2 - 5x", "the square root of two".

A lexer over `spoken.yaml` and a parser by recursive descent; nothing is ever evaluated as code. Limits on length, depth
and digits make every input cheap. The tree is turned into numbers by `exact.py` and into sympy by `symbolic.py`.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from moe_robot.config import read_yaml
from moe_robot.experts.tools.numbers import digits
from moe_robot.experts.tools.tool import NotMine, Refused

MAX_TOKENS, MAX_DEPTH, MAX_DIGITS = 300, 60, 400
LETTERS = "xyztuvwnkmpqrsabcdlfgh"
_POWER = re.compile(r"(?<!корень )\b(?:в |to the )(\d\d+)-th (?:степени|степень|power)\b")  # smaller: spoken.yaml


@dataclass(frozen=True)
class Num:
    """`text` is the number as it was written."""

    value: Fraction
    text: str


@dataclass(frozen=True)
class Name:
    """A variable, or one of the constants pi, e, oo."""

    name: str


@dataclass(frozen=True)
class Op:
    """`kind`: + - * / ^ neg ! % %of deg, or the name of a function."""

    kind: str
    args: tuple[Tree, ...]


Tree: TypeAlias = "Num | Name | Op"


@dataclass(frozen=True)
class Token:
    kind: str  # num name func op end, and the kinds of spoken.yaml
    text: str


def parse(text: str) -> Tree:
    """One expression. Raises NotMine (not a formula) and Refused (too long)."""
    parser = Parser(lex(text))
    tree = parser.expression()
    parser.expect_end()
    return tree


def parse_relations(text: str) -> list[tuple[Tree, str, Tree]]:
    """Equations and inequalities, separated by commas, semicolons or "and": (left, "= < > <= >= !=", right)."""
    parser = Parser(lex(text))
    found: list[tuple[Tree, str, Tree]] = []
    while True:
        left = parser.expression()
        if not parser.peek("rel"):
            raise NotMine
        while parser.peek("rel"):  # "1 < x < 5" is two
            relation = parser.take().text
            right = parser.expression()
            found.append((left, relation, right))
            left = right
        if not parser.peek("sep"):
            break
        while parser.peek("sep"):
            parser.take()
        if parser.peek("end"):
            break
    parser.expect_end()
    return found


def names(tree: Tree) -> set[str]:
    """The variables of `tree`."""
    if isinstance(tree, Name):
        return set() if tree.name in ("pi", "e", "oo") else {tree.name}
    if isinstance(tree, Num):
        return set()
    return set().union(*(names(arg) for arg in tree.args))


def lex(text: str) -> list[Token]:
    pattern, tokens = _lexer()
    text = _POWER.sub(r"^\1", digits(text, ordinals=True))
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = pattern.match(text, at)
        if match is None or match.end() == at:
            raise NotMine
        group = match.lastgroup or ""
        word = match.group()
        at = match.end()
        if group == "space":
            continue
        if group == "num":
            if len(word) > MAX_DIGITS:
                raise Refused("too_large")
            found.append(Token("num", word))
        elif group == "nth":
            found.append(Token("nth", word.split("-")[0]))
        elif group == "letters":
            found.extend(_split(word))
        else:
            kind, value = tokens[int(group[1:])]
            if kind != "skip":
                found.append(Token(kind, value))
        if len(found) > MAX_TOKENS:
            raise Refused("too_long")
    return [*found, Token("end", "")]


def _split(word: str) -> list[Token]:
    """ "xy" is x times y; a longer run of letters is no formula."""
    word = word.translate(str.maketrans("хуе", "xye"))
    if len(word) > 3 or not all(letter in LETTERS or letter == "e" for letter in word):
        raise NotMine
    return [Token("name", letter) for letter in word]


@functools.lru_cache(maxsize=1)
def _lexer() -> tuple[re.Pattern[str], list[tuple[str, str]]]:
    data: dict[str, Any] = read_yaml(Path(__file__).with_name("spoken.yaml"))
    found: list[tuple[str, str, str]] = []  # pattern, kind, value
    for kind, values in data.items():
        for value, patterns in values.items():
            found.extend((str(pattern), kind, str(value)) for pattern in patterns)
    found.sort(key=lambda each: -len(each[0]))
    parts = [r"(?P<space>\s+)", r"(?P<nth>\d+-(?:th|й|я|ю|ей|ой)\b)", r"(?P<num>\d+(?:[.,]\d+)?)"]
    for index, (pattern, _, _) in enumerate(found):
        worded = any(letter.isalpha() for letter in pattern)
        start = r"(?<![^\W\d_])" if worded and (pattern[0].isalpha() or pattern[0] == "(") else ""
        end = r"(?![^\W\d_])" if worded and (pattern[-1].isalpha() or pattern[-1] in "?)") else ""
        parts.append(f"(?P<p{index}>{start}(?:{pattern}){end})")
    parts.append(r"(?P<letters>[a-zхуе]+)")
    return re.compile("|".join(parts)), [(kind, value) for _, kind, value in found]


class Parser:
    """Of one list of tokens; `take` and `peek` are for whoever reads a larger sentence around the formula."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def peek(self, *kinds: str) -> bool:
        return self.tokens[self.at].kind in kinds

    def is_op(self, *texts: str) -> bool:
        return self.peek("op") and self.tokens[self.at].text in texts

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def accept(self, *texts: str) -> bool:
        if self.is_op(*texts):
            self.at += 1
            return True
        return False

    def expect_end(self) -> None:
        if not self.peek("end"):
            raise NotMine

    def expression(self) -> Tree:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Refused("too_long")
        left = self.term()
        while self.is_op("+", "-"):
            kind = self.take().text
            left = Op(kind, (left, self.term()))
        self.depth -= 1
        return left

    def term(self) -> Tree:
        left = self.factor()
        while True:
            if self.is_op("*", "/"):
                left = Op(self.take().text, (left, self.factor()))
            elif self.peek("of") and isinstance(left, Op) and left.kind == "%":
                self.take()
                left = Op("%of", (left.args[0], self.factor()))
            elif self.peek("of") and isinstance(left, Num | Op):
                self.take()
                left = Op("*", (left, self.factor()))
            elif self.starts():
                left = Op("*", (left, self.power()))
            else:
                return left

    def starts(self) -> bool:
        """Whether a factor begins here, so that a multiplication sign is left out: "2x", "3 sin x", "(a)(b)"."""
        if self.peek("num"):  # "5 3" is a list, not a product; "x 2" neither
            return self.at > 0 and self.is_close(self.tokens[self.at - 1]) and self.tokens[self.at - 1].text == ")"
        return self.peek("name", "const", "func", "root") or self.is_op("(")

    def is_close(self, token: Token) -> bool:
        return token.kind == "op" and token.text in (")", "!")

    def factor(self) -> Tree:
        if self.accept("-"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise Refused("too_long")
            inner = Op("neg", (self.factor(),))
            self.depth -= 1
            return inner
        if self.accept("+"):
            return self.factor()
        return self.power()

    def power(self) -> Tree:
        base = self.postfix()
        if self.accept("^"):
            return Op("^", (base, self.exponent()))
        return base

    def exponent(self) -> Tree:
        if self.peek("nth"):
            return self.number(self.take().text)
        if self.is_op("-", "+"):
            sign = self.take().text
            inner = self.exponent()
            return Op("neg", (inner,)) if sign == "-" else inner
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Refused("too_long")
        tree = self.power()
        self.depth -= 1
        return tree

    def postfix(self) -> Tree:
        tree = self.primary()
        while True:
            if self.accept("!"):
                tree = Op("!", (tree,))
            elif self.accept("%"):
                tree = Op("%", (tree,))
            elif self.accept("deg"):
                tree = Op("deg", (tree,))
            elif self.peek("power"):
                tree = Op("^", (tree, self.number(self.take().text)))
            elif self.peek("half"):
                self.take()
                tree = Op("/", (tree, self.number("2")))
            elif self.peek("nth") and self.tokens[self.at + 1].kind == "nthpower":  # "в 3-th степени"
                value = self.take().text
                self.take()
                tree = Op("^", (tree, self.number(value)))
            else:
                return tree

    def number(self, text: str) -> Num:
        text = text.replace(",", ".")
        return Num(Fraction(text), text)

    def primary(self) -> Tree:
        token = self.take()
        match token.kind:
            case "num":
                return self.number(token.text)
            case "name" | "const":
                return Name(token.text)
            case "number":
                return self.primary()
            case "mult":
                self.skip_of()
                return Op("*", (self.number(token.text), self.factor()))
            case "recip":
                self.skip_of()
                return Op("/", (self.number("1"), self.factor()))
            case "func":
                return self.function(token.text)
            case "root":
                return self.root(int(token.text))
            case "prefix":  # "the sum of 5 and 7"
                return self.pair(token.text)
            case "power" if not self.peek("end"):  # "квадрат пяти", "the square of 5"
                self.skip_of()
                return Op("^", (self.postfix(), self.number(token.text)))
            case "nth" if self.peek("rootword"):  # "3-th root of 8"
                self.take()
                self.skip_of()
                return Op("root", (self.argument(), self.number(token.text)))
            case "op" if token.text == "(":
                inner = self.expression()
                if not self.accept(")"):
                    raise NotMine
                return inner
            case "op" if token.text == "|":
                inner = self.expression()
                if not self.accept("|"):
                    raise NotMine
                return Op("abs", (inner,))
            case "op" if token.text == "!":  # "факториал 5"
                self.skip_of()
                return Op("!", (self.factor() if self.is_op("-") else self.postfix(),))
        raise NotMine

    def skip_of(self) -> None:
        while self.peek("of", "number"):
            self.take()

    def root(self, degree: int) -> Tree:
        if degree == 0:  # "корень 3-th степени из 8"
            if self.peek("nth") and self.tokens[self.at + 1].kind == "nthpower":
                degree = int(self.take().text)
                self.take()
            else:
                degree = 2
        self.skip_of()
        argument = self.argument()
        return Op("sqrt", (argument,)) if degree == 2 else Op("root", (argument, self.number(str(degree))))

    def pair(self, kind: str) -> Tree:
        self.skip_of()
        left = self.term()
        items = [left]
        while self.peek("sep") or (self.peek("onto") and kind in "*/"):
            self.take()
            items.append(self.term())
        if len(items) < 2 or (len(items) > 2 and kind in "-/"):
            raise NotMine
        tree = items[0]
        for item in items[1:]:
            tree = Op(kind, (tree, item))
        return tree

    def function(self, name: str) -> Tree:
        degree: Tree | None = None
        base: Tree | None = None
        if name == "log" and self.peek("base"):
            self.take()
            base = self.postfix()
        elif name == "log" and self.peek("num") and self.tokens[self.at + 1] == Token("op", "("):
            base = self.number(self.take().text)  # "log2(8)"
        if self.accept("^"):
            degree = self.exponent()
        elif self.peek("power") and self.tokens[self.at + 1].kind != "end":
            degree = self.number(self.take().text)
        self.skip_of()
        if self.accept("("):
            inner = self.expression()
            if name == "log" and self.peek("sep"):
                self.take()
                base = self.expression()
            if name == "root" and self.peek("sep"):
                self.take()
                base = self.expression()
            if not self.accept(")"):
                raise NotMine
        else:
            inner = self.argument()
        if name == "log" and self.peek("base"):
            self.take()
            base = self.postfix()
        args = (inner,) if base is None else (inner, base)
        tree: Tree = Op(name, args)
        return tree if degree is None else Op("^", (tree, degree))

    def argument(self) -> Tree:
        """Of a function without brackets: factors side by side up to the next function: "sin 2x cos x"."""
        if self.accept("-"):
            return Op("neg", (self.argument(),))
        tree = self.power()
        while self.peek("name", "const"):
            tree = Op("*", (tree, self.power()))
        if self.accept("deg"):
            tree = Op("deg", (tree,))
        if self.is_op("/") and _ends_in_pi(tree):  # "sin pi/6", "cos 2π/3"
            self.take()
            tree = Op("/", (tree, self.postfix()))
        return tree


def _ends_in_pi(tree: Tree) -> bool:
    while isinstance(tree, Op) and tree.kind == "*":
        tree = tree.args[1]
    return tree == Name("pi")
