"""Mathematics that goes on: the formula, the numbers or the result of an earlier turn, and another operation on it.

    "реши x^2+4x+3=0" + "какой у него дискриминант?"    ->  "дискриминант x^2+4x+3=0", algebra
    "mean of 2, 4, 9" + "the standard deviation too"    ->  "standard deviation of 2, 4, 9", statistics
    "what is 12 times 12" + "and its square root?"      ->  "square root of 144", arithmetic

All words of the text must be an operation, what it is done with, or small words; else None. Words: `sums.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import normalize
from moe_robot.router import values
from moe_robot.router.followup_words import WORD, FollowWords, changed, lemma, plain
from moe_robot.router.pieces import Piece, Pieces, expressions
from moe_robot.structs import Language

LONGEST_WORDS = 12
FORMULAS = ("algebra", "derivative", "integral")
LISTS = ("statistics", "number_theory")
NUMBERS = (
    "arithmetic",
    "number_theory",
    "geometry",
    "statistics",
    "combinatorics",
    "word_problems",
    "units",
    "calendar",
)
_LETTER = re.compile(
    r"(?<![^\W\d_'’])[xyztn](?![^\W\d_])|(?:sin|cos|tan|tg|ctg|log|ln|exp|sqrt)(?![a-z])|икс|игрек", re.IGNORECASE
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True)
class Sum:
    """A whole request, and whose it is."""

    text: str
    expert: str


@dataclass(frozen=True)
class Operation:
    expert: str
    of: tuple[str, ...]
    say: str
    words: tuple[tuple[str, ...], ...]  # phrases of dictionary forms, longest first


class Sums:
    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces

    def on(self, text: str, words: FollowWords, old: str, reply: str, expert: str) -> Sum | None:
        """`old` was said and answered with `reply` by `expert`."""
        if expert not in {*FORMULAS, *LISTS, *NUMBERS} or len(plain(text).split()) > LONGEST_WORDS:
            return None
        data = _data(words.language)
        fragment = words.without_opener(text)[0]
        found = (
            self._flipped(fragment, old, expert, data)
            or self._bounded(fragment, old, expert, data)
            or self._raised(fragment, old, expert, data)
            or self._rounded(text, old, reply, expert, data)
            or self._listed(fragment, words, old, expert, data)
            or self._operated(fragment, words, old, reply, expert, data)
        )
        if found is not None or expert not in values.EXPERTS:
            return found
        whole = values.to_unit(text, words, old, self._pieces, data) if expert == "units" else ""
        whole = whole or values.with_number(text, words, old, self._pieces, data)
        return Sum(whole, expert) if whole and plain(whole) != plain(old) else None

    def bare(self, text: str, words: FollowWords) -> str:
        """ "площадь поверхности у него какая" without its small words, "а ..." before it."""
        small = _fillers(words.language)
        found = [m for m in WORD.finditer(text) if lemma(m.group()) not in small or m.group()[0].isdigit()]
        joint = "а" if words.language == "ru" else "and"
        return f"{joint} {' '.join(m.group() for m in found)}" if found else ""

    # ---------------------------------------------------------------- another operation

    def _operated(
        self, fragment: str, words: FollowWords, old: str, reply: str, expert: str, data: Mapping[str, Any]
    ) -> Sum | None:
        at_point = self._at_point(fragment, words, old, expert, data)
        if at_point is not None:
            return at_point
        tail = re.search(rf"(?<!\w){data['tails']}$", normalize(fragment).rstrip(" ?!."))
        at = (
            tail.group()
            if tail is not None and re.search(r"\d|[a-z]\b|нул|беск|infin|zero|one|два|три", tail.group())
            else ""
        )
        body = fragment[: tail.start()] if tail is not None and at else fragment
        if expressions(body) or re.search(r"\d", body):
            return None  # another formula
        tokens = [lemma(m.group()) for m in WORD.finditer(body)]
        repeated = _without(tokens, [tuple(map(lemma, p.split())) for p in data["again"]])
        again = repeated is not None
        rest = repeated if repeated is not None else tokens
        ordinals = words.data["ordinals"]
        order = next((int(ordinals[token]) for token in rest if token in ordinals), 0)
        rest = [token for token in rest if token not in ordinals]
        if order and expert == "derivative" and self._is_small(rest, data):
            return self._derived(old, order, at, words, data)
        for operation in operations(words.language):
            left = _without(rest, operation.words)
            if left is None or not self._is_small(left, data):
                continue
            if (
                operation.expert == "derivative"
                and expert in FORMULAS
                and (order or (again and expert == "derivative"))
            ):
                return self._derived(old, order or self._order(old, words) + 1, at, words, data)
            what = next(
                (one for kind in operation.of if (one := self._object(kind, tokens, words, old, reply, expert))), ""
            )
            if what:
                return Sum(f"{operation.say.format(what)} {at}".strip(), operation.expert)
        return None

    def _at_point(
        self, fragment: str, words: FollowWords, old: str, expert: str, data: Mapping[str, Any]
    ) -> Sum | None:
        """ "what's its value at zero?", "в точке два чему она равна": of the derivative."""
        found = re.search(data["point"], normalize(fragment))
        if expert != "derivative" or found is None:
            return None
        tokens = [lemma(m.group()) for m in WORD.finditer(fragment[: found.start()] + " " + fragment[found.end() :])]
        value = self._pieces.digits(found["value"]) or found["value"]
        if not self._is_small(tokens, data) or not re.search(r"\d|pi|пи", value):
            return None
        bare = re.sub(rf"\s*{data['point']}", "", old.rstrip(" .?!"), flags=re.IGNORECASE)
        return Sum(f"{bare} {data['at'].format(value)}", expert)

    def _derived(self, old: str, order: int, at: str, words: FollowWords, data: Mapping[str, Any]) -> Sum | None:
        name = data["orders"].get(order)
        what = self._formula(old, words)
        say = str(next(row["say"] for row in data["operations"] if row["expert"] == "derivative"))
        return Sum(f"{name} {say.format(what)} {at}".strip(), "derivative") if name and what else None

    def _order(self, old: str, words: FollowWords) -> int:
        found = [p for p in self._pieces.find(old, words) if p.kind == "ordinal"]
        return int(found[0].number()) if found else 1

    @staticmethod
    def _is_small(tokens: Sequence[str], data: Mapping[str, Any]) -> bool:
        return set(tokens) <= _fillers(data["language"])

    # ---------------------------------------------------------------- on what

    def _object(self, kind: str, tokens: Sequence[str], words: FollowWords, old: str, reply: str, expert: str) -> str:
        if kind == "formula":
            result = expert in ("derivative", "integral") and set(tokens) & {
                lemma(w) for w in _data(words.language)["results"]
            }
            return _shown(reply) if result else self._formula(old, words) if expert in FORMULAS else ""
        if kind == "list":
            found = self._numbers(old, words) if expert in LISTS else None
            return old[found.start : found.end] if found is not None else ""
        if expert not in NUMBERS or _LETTER.search(old) or (self._numbers(old, words) is not None and expert in LISTS):
            return ""
        if expert == "number_theory":
            numbers = [p for p in self._pieces.find(old, words) if p.kind == "number"]
            shown = re.findall(r"(?<![\w.,])\d+(?![\w.,]*\d)", old)  # "45 in binary" is no length
            if len(shown) == 1:
                return str(shown[0])
            return self._pieces.digits(old[numbers[0].start : numbers[0].end]) if len(numbers) == 1 else ""
        return values.result_of(reply)

    def _formula(self, old: str, words: FollowWords) -> str:
        shown = [old[a:b] for a, b in expressions(old) if _LETTER.search(old[a:b])]
        if shown:
            return re.sub(r"^(?:\(?[xyzt]\)|y)\s*=\s*", "", max(shown, key=len))  # "f(x) = ..."
        for operation in operations(words.language):  # "производная икс в кубе"
            if "formula" not in operation.of:
                continue
            for phrase in operation.words:
                found = list(WORD.finditer(old))
                said = [lemma(m.group()) for m in found]
                for first in range(len(said) - len(phrase)):
                    if tuple(said[first : first + len(phrase)]) == phrase:
                        rest = found[first + len(phrase) :]
                        while rest and normalize(rest[0].group()) in {
                            *words.prepositions,
                            *words.data["articles"],
                            "уравнение",
                        }:
                            rest = rest[1:]
                        return old[rest[0].start() :].strip(" .?!") if rest else ""
        return ""

    def _numbers(self, old: str, words: FollowWords) -> Piece | None:
        lists = [p for p in self._pieces.find(old, words) if p.kind == "list"]
        return lists[0] if len(lists) == 1 else None

    # ---------------------------------------------------------------- the list with another number

    def _listed(self, fragment: str, words: FollowWords, old: str, expert: str, data: Mapping[str, Any]) -> Sum | None:
        found = self._numbers(old, words)
        for match in reversed(list(WORD.finditer(fragment))):  # "девятку"
            if (figure := words.data["figures"].get(lemma(match.group()))) is not None:
                fragment = changed(fragment, [(*match.span(), str(figure))])
        numbers = [p for p in self._pieces.find(fragment, words) if p.kind == "number"]
        if found is None or expert not in LISTS or len(numbers) != 1:
            return None
        digits = self._pieces.digits(fragment[numbers[0].start : numbers[0].end])
        tokens = [
            lemma(m.group()) for m in WORD.finditer(fragment[: numbers[0].start] + " " + fragment[numbers[0].end :])
        ]
        without, within = (_without(tokens, _phrases(data, key)) for key in ("remove", "add"))
        if not digits:
            return None
        if without is not None and self._is_small(without, data):
            one = re.search(
                rf"(?:,?\s*(?:(?:и|and)\s+)?)(?<![\d.,]){re.escape(digits)}(?![\d]|[.,]\d)",
                old[found.start : found.end],
            )
            if one is None:
                return None
            kept = (old[found.start : found.start + one.start()] + old[found.start + one.end() : found.end]).strip(" ,")
            return Sum(changed(old, [(found.start, found.end, kept)]), expert)
        if within is not None and self._is_small(within, data):
            return Sum(changed(old, [(found.end, found.end, f", {digits}")]), expert)
        return None

    # ---------------------------------------------------------------- bounds, powers

    def _bounded(self, fragment: str, old: str, expert: str, data: Mapping[str, Any]) -> Sum | None:
        """ "between zero and pi/2 what does that come to": of the integral."""
        found = re.search(rf"(?<!\w)(?:{data['bounds']})", normalize(fragment))
        if expert != "integral" or found is None:
            return None
        low, high = (found["low"] or found["low2"] or "", found["high"] or found["high2"] or "")
        low, high = (
            self._pieces.digits(side) or {"нуля": "0", "ноля": "0", "пи": "pi"}.get(side, side) for side in (low, high)
        )
        rest = fragment[: found.start()] + " " + fragment[found.end() :]
        if not re.search(r"\d|pi|infin|беск", low + high) or not self._is_small(
            [lemma(m.group()) for m in WORD.finditer(rest)], data
        ):
            return None
        bare = re.sub(rf"\s*(?<!\w)(?:{data['bounds']})", "", old.rstrip(" .?!"), flags=re.IGNORECASE)
        return Sum(f"{bare} {data['within'].format(low, high)}", expert)

    def _raised(self, fragment: str, old: str, expert: str, data: Mapping[str, Any]) -> Sum | None:
        """ "to the third power?": the same formula with another exponent."""
        exponents = list(re.finditer(r"\^\s*(\d+)|([²³])", old))
        spoken = plain(fragment)
        power = next(
            (n for n, pattern in data["powers"].items() if re.search(rf"(?<!\w)(?:{pattern})(?!\w)", spoken)), 0
        )
        if expert not in FORMULAS or len(exponents) != 1 or not power:
            return None
        rest = re.sub(data["powers"][power], " ", spoken)
        if not self._is_small([lemma(word) for word in rest.split()], data):
            return None
        return Sum(changed(old, [(*exponents[0].span(), f"^{power}")]), expert)

    # ---------------------------------------------------------------- the sign of an inequality

    def _flipped(self, fragment: str, old: str, expert: str, data: Mapping[str, Any]) -> Sum | None:
        """ "and with less than?", "а если знак в другую сторону?"."""
        sign = re.search(r"[<>]", old)
        spoken = plain(fragment)
        wanted = next((sign for sign, pattern in data["signs"].items() if re.search(pattern, spoken)), "")
        if expert != "algebra" or sign is None or not wanted:
            return None
        rest = re.sub(data["signs"][wanted], " ", spoken)
        if not self._is_small([lemma(word) for word in rest.split()], data):
            return None
        other = {"<": ">", ">": "<"}[sign.group()] if wanted == "other" else wanted
        return Sum(changed(old, [(*sign.span(), other)]), expert) if other != sign.group() else None

    # ---------------------------------------------------------------- the result, rounded

    @staticmethod
    def _rounded(text: str, old: str, reply: str, expert: str, data: Mapping[str, Any]) -> Sum | None:
        said = normalize(text)
        rounding = data["rounding"]
        result = values.result_of(reply)
        if not result or not re.fullmatch(rf"(?:(?:{rounding['words']})\s+)*{rounding['to']}", plain(text)):
            return None
        if expert == "arithmetic":
            return Sum(f"{old.rstrip(' .?!')}, {text.strip()}", "arithmetic")
        how = re.search(rf"(?<!\w){data['round_to']}", said.rstrip(" .?!"))
        return Sum(data["round"].format(result, how.group()), "arithmetic") if how else None


def _without(tokens: Sequence[str], phrases: Sequence[tuple[str, ...]]) -> list[str] | None:
    """The tokens without the longest of the phrases that is in them; None when none is."""
    for phrase in phrases:
        for first in range(len(tokens) - len(phrase) + 1):
            if tuple(tokens[first : first + len(phrase)]) == phrase:
                return [*tokens[:first], *tokens[first + len(phrase) :]]
        if len(phrase) > 1 and set(phrase) <= set(tokens):  # "отклонение стандартное"
            return [token for token in tokens if token not in phrase]
    return None


def _shown(reply: str) -> str:
    """The formula that the answer ends with, as it is typed: "(x⁴)′ = 4x³." -> "4x^3"."""
    shown = re.sub(r"\s*\+\s*C$", "", reply.rstrip(" .").rpartition("=")[2].strip())
    shown = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "^" + m.group().translate(_RAISED), shown)
    return shown.replace("·", "*").replace("−", "-")


def _phrases(data: Mapping[str, Any], key: str) -> list[tuple[str, ...]]:
    return sorted((tuple(lemma(w) for w in plain(p).split()) for p in data[key]), key=len, reverse=True)


@lru_cache(maxsize=2)
def operations(language: Language) -> tuple[Operation, ...]:
    """The longest phrases first."""
    found = []
    for row in _data(language)["operations"]:
        phrases = [tuple(lemma(word) for word in WORD.findall(normalize(phrase))) for phrase in row["words"]]
        words = tuple(sorted(dict.fromkeys(phrases), key=len, reverse=True))
        found.append(Operation(row["expert"], tuple(row["of"]), row["say"], words))
    return tuple(sorted(found, key=lambda one: -len(one.words[0])))


def names_of_orders(language: Language) -> Mapping[int, str]:
    """ "second" of a derivative."""
    return dict(_data(language)["orders"])


@lru_cache(maxsize=2)
def _fillers(language: Language) -> frozenset[str]:
    return frozenset(lemma(word) for phrase in _data(language)["fillers"] for word in str(phrase).split())


@lru_cache(maxsize=2)
def _data(language: Language) -> Mapping[str, Any]:
    return {"language": language, **read_yaml(Path(__file__).with_name("sums.yaml"))[language]}
