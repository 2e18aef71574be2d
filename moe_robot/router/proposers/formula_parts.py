"""The parts of a request about a formula: what is asked of it, the formula, and bounds or a point.

What was asked before is read from the answer, which tells the formula as it was understood, or from the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import normalize
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import WORD, lemma
from moe_robot.router.proposers.heard import Heard
from moe_robot.router.sums import FORMULAS, Operation, names_of_orders, operations
from moe_robot.structs import Language

SHORT = 3  # letters
DEPTH = 4  # texts back in which a formula may have been told
RELATION = re.compile(r"<=|>=|[=<>≤≥]")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_ENDS = r"(?![\w^*])(?!\s*[*^(])"  # of a value: no factor of a formula
_TYPED = (
    r"\d+(?:[.,]\d+)?|[-+*/^=<>()|·√≤≥−²³⁴⁵→'′]"
    r"|(?<![^\W\d_])[xyzt]{1,2}(?![^\W\d_])|(?<=\d)[a-d](?![^\W_])|(?<![^\W_])[a-d]{1,2}x?(?=\s?[-+*/^=)²³<>])"
    r"|(?<=[-+*/=(^] )[a-d](?![^\W_])|(?<=[-+*/=(^])[a-d](?![^\W_])|(?<![^\W\d_])e(?=\s*\^|\s+to the)"
    r"|(?<![^\W\d_])[nk](?=\s?[-+*/^)]|\^)|(?<=[-+*/^(])[nk](?![^\W\d_])|(?<=\d)[nk](?![^\W\d_])"
)
_FUNCTION = re.compile(r"(?<![^\W_])[fghsy]\s*\([a-z](?:\s*,\s*[a-z])*\)\s*=", re.IGNORECASE)  # "f(x) ="
_NAMED = re.compile(r"^\s*[ysf]\s*=\s*(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Subject:
    """A formula of an earlier turn. `say`: what was asked of it, with "{f}" in its place, "" = it was only told.
    `tail`: its bounds or its point."""

    formula: str
    expert: str
    of: int
    say: str = ""
    tail: str = ""
    result: str = ""
    low: str = ""
    high: str = ""
    variable: str = ""
    order: int = 1

    def whole(self, formula: str = "", tail: str | None = None) -> str:
        said = self.say.replace("{f}", formula or self.formula)
        return f"{said} {self.tail if tail is None else tail}".strip()

    @property
    def limit(self) -> bool:
        return "→" in self.tail or "goes to" in self.tail


@dataclass(frozen=True)
class Bounds:
    low: str = ""
    high: str = ""


def table(language: Language) -> Mapping[str, Any]:
    return _read()[language]  # type: ignore[no-any-return]


def compiled(language: Language, key: str) -> re.Pattern[str]:
    """A pattern of the table as whole words."""
    return _compiled(language, key, str(table(language)[key]))


def pattern_of(language: Language, pattern: str) -> re.Pattern[str]:
    return _compiled(language, "", pattern)


def subjects(heard: Heard) -> list[Subject]:
    """The formulas that were spoken of, the last one first."""
    found: list[Subject] = []
    pending = expert = ""  # asked of a formula that was told before
    for before in list(reversed(heard.earlier))[:DEPTH]:
        of = next((at for at, one in enumerate(heard.leaning) if one is before), -1)
        told = list(_of(before, of, heard.language))
        if not told and before.expert in FORMULAS and not pending:
            asked = operations_in(before.text, heard.language)
            pending = asked[0].say.replace("{}", "{f}") if asked else ""
            expert = asked[0].expert if asked else ""
        for one in told:
            if pending and not one.say:
                one = replace(one, say=pending, expert=expert)
            if one.formula not in {s.formula for s in found}:
                found.append(one)
    return found


def _of(before: Earlier, of: int, language: Language) -> Iterator[Subject]:
    answered = None if before.lost else _answered(before, of, language)
    if answered is not None:
        yield answered
        return
    told = _FUNCTION.sub(" ", before.text)
    if before.expert == "integral":
        told = compiled(_script(told), "bounds").sub(" ", told)
    formulas = [_NAMED.sub("", run) for run in runs(told, _script(told))]
    asked = [one for one in operations_in(before.text, language) if one.expert == before.expert] if formulas else []
    say = asked[0].say.replace("{}", "{f}") if asked else ""
    if not say and before.expert == "integral" and compiled(language, "summing").search(normalize(before.text)):
        say = str(table(language)["say"]["series"])
    for formula in formulas[:2]:
        if not say and before.expert == "algebra" and RELATION.search(formula):
            say = str(table(language)["say"]["solve"])
        bound = bounds(before.text, language)
        tail = bounds_tail(bound, language) if say and bound and bound.low and bound.high else ""
        if say and say == table(language)["say"]["limit"]:
            tail = _told_limit(before.text, language)
        low, high = (bound.low, bound.high) if bound else ("", "")
        expert = asked[0].expert if asked else before.expert or "algebra"
        variable = tail.split("→")[0].split()[-1] if "→" in tail else ""
        yield Subject(canonical(formula, language), expert, of, say, tail, "", low, high, variable or "x")


def _told_limit(text: str, language: Language) -> str:
    variable, to, side = goes_to(text, language)
    if not to and compiled(language, "infinite").search(normalize(text)):
        to = "∞"
    return limit_tail(variable or "x", to, side, language) if to else ""


def canonical(formula: str, language: Language) -> str:
    """ "cosine x" -> "cos x"."""
    for name, words in table(language)["functions"].items():
        if " " not in name and name.isascii():
            formula = pattern_of(language, words).sub(name, formula)
            formula = f"{name} x" if formula == name else formula
    return formula


def _answered(before: Earlier, of: int, language: Language) -> Subject | None:
    """As the answer tells it."""
    data = table(language)
    for shape in _read()["shapes"]:
        if shape["expert"] != before.expert:
            continue
        match = _shape(shape["reply"]).fullmatch(before.reply.strip())
        if match is None:
            continue
        told = {name: typed(value) for name, value in match.groupdict().items() if value and name != "s"}
        if not runs(told["f"], language) and shape["expert"] != "arithmetic":
            continue
        say = str(data["say"].get(shape["say"], ""))
        if shape["expert"] == "algebra":
            asked = operations_in(before.text, language)
            say = asked[0].say.replace("{}", "{f}") if asked else str(data["say"]["solve"])
        orders = names_of_orders(language)
        say = say.replace("{n}", orders.get(int(told["n"]), "") if "n" in told else "")
        say = say.replace("{x}", told.get("x", "x"))
        order = int(told.get("n", "1"))
        subject = Subject(
            told["f"], before.expert, of, say, "", told.get("r", ""), told.get("a", ""), told.get("b", ""), "x", order
        )
        if "s" in match.groupdict():
            side = data["tails"]["sides"].get(match["s"] or "", "")
            return replace(subject, tail=limit_tail(told["x"], told["p"], side, language), variable=told["x"])
        if "p" in told:
            return replace(subject, tail=point_tail(told["p"], language))
        if "a" in told:
            return replace(subject, tail=bounds_tail(Bounds(told["a"], told["b"]), language))
        return subject
    return None


def typed(shown: str) -> str:
    """ "x⁴ · 3" -> "x^4 * 3"."""
    plain = _RAISED.sub(lambda match: "^" + match.group().translate(_DIGITS), shown)
    return plain.replace("·", "*").replace("−", "-").strip()


@lru_cache(maxsize=512)
def operations_in(text: str, language: Language, kinds: tuple[str, ...] = ("formula",)) -> tuple[Operation, ...]:
    """What is asked for in the text, whatever else it says; the longest phrase first."""
    tokens = [lemma(m.group()) for m in WORD.finditer(text)]
    said = frozenset(tokens)
    found: list[tuple[int, int, Operation]] = []
    for operation in operations(language):
        for phrase in operation.words if set(kinds) & set(operation.of) else ():
            if not said.issuperset(phrase):
                continue
            size = len(phrase)
            at = next((k for k in range(len(tokens)) if tuple(tokens[k : k + size]) == phrase), -1)
            if at >= 0 or all(len(word) > SHORT for word in phrase):  # "делителей сколько"
                found.append((size, at if at >= 0 else min(map(tokens.index, phrase)), operation))
                break
    found.sort(key=lambda one: -one[0])
    kept: list[tuple[int, int, Operation]] = []
    for size, at, operation in found:
        if not any(a <= at and at + size <= a + n and n > size for n, a, _ in kept):
            kept.append((size, at, operation))
    return tuple(operation for _, _, operation in kept)


def runs(text: str, language: Language) -> list[str]:
    """The stretches of a text that are formulas with a variable or a function, typed or spoken, the longest first."""
    whole, core, ends = _formula(language)
    found = []
    for match in whole.finditer(text):
        said = match.group().strip()
        while (shorter := ends.sub("", said).strip()) != said:
            said = shorter
        said = _balanced(said)
        if said and core.search(normalize(said)):
            found.append(said)
    return sorted(dict.fromkeys(found), key=len, reverse=True)


def _balanced(said: str) -> str:
    if said.count("(") == said.count(")"):
        return said
    if said.count("(") < said.count(")"):
        return said.removesuffix(")").strip()
    return said.removeprefix("(").strip()


def without_tail(text: str, language: Language) -> str:
    """Without bounds and points: what "at x = 3" and "from 0 to 2" leave behind."""
    for key in ("bounds", "goes", "point"):
        text = compiled(language, key).sub(" ", text)
    return text


def bounds(text: str, language: Language) -> Bounds | None:
    both = compiled(language, "bounds").search(normalize(text))
    if both is not None:
        return Bounds(value(both["low"], language), value(both["high"], language))
    found = [compiled(language, key).search(normalize(text)) for key in ("low", "high")]
    low, high = ("" if match is None else value(match[match.lastgroup or 0], language) for match in found)
    return Bounds(low, high) if low or high else None


def point(text: str, language: Language) -> str:
    found = compiled(language, "point").search(normalize(text))
    return value(found["p"], language) if found is not None else ""


def goes_to(text: str, language: Language) -> tuple[str, str, str]:
    """(variable, value, side) of a limit; "" = not told."""
    said = normalize(text)
    found = compiled(language, "goes").search(said) or compiled(language, "high").search(said)
    sides = table(language)["side"]
    side = next((name for name, pattern in sides.items() if pattern_of(language, pattern).search(said)), "")
    if found is None:
        return "", "", side
    named = found.groupdict()
    return named.get("x") or "", value(named.get("p") or named.get("high") or "", language), side


def value(said: str, language: Language) -> str:
    """ "nought" -> "0"."""
    told = normalize(said).strip()
    for start, plain in table(language)["values"].items():
        told = re.sub(rf"(?<!\w){start}\w*", str(plain), told)
    return told


def bounds_tail(bound: Bounds, language: Language) -> str:
    return str(table(language)["tails"]["bounds"]).format(a=bound.low, b=bound.high)


def point_tail(at: str, language: Language) -> str:
    return str(table(language)["tails"]["point"]).format(p=at)


def limit_tail(variable: str, to: str, side: str, language: Language) -> str:
    return f"{str(table(language)['tails']['limit']).format(x=variable, p=to)} {side}".strip()


def _script(text: str) -> Language:
    return "ru" if re.search("[а-яё]", text, re.IGNORECASE) else "en"


@lru_cache(maxsize=2)
def _formula(language: Language) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """(a whole stretch, what it must hold, what it cannot begin or end with)"""
    data = table(language)
    functions = "|".join(data["functions"].values())
    variables, number = data["variables"], data["number"]
    worded = "|".join((data["raised"], functions, data["operators"], data["links"], number, variables))
    atom = rf"(?:{_TYPED}|(?<![^\W\d_])(?:{worded})(?![^\W\d_]))"
    joint = rf"(?:{data['operators']}|{data['links']})(?![^\W\d_])"
    return (
        re.compile(rf"(?:{atom}\s*)+", re.IGNORECASE),
        re.compile(
            rf"(?<![^\W\d_])(?:{variables}|{functions})(?![^\W\d_])|[xyzt](?![^\W\d_])|[\dx][a-d]|[a-dnk]\s*[-+*/^]|[-+*/^(]\s*[nk](?![^\W\d_])"
        ),
        re.compile(rf"^(?:{joint}\s*|[*/^=<>)·≤≥+→'′]+)|(?<![^\W\d_]){joint}$|[-+*/^=<>(·√≤≥−→]+$", re.IGNORECASE),
    )


@lru_cache(maxsize=512)
def _compiled(language: Language, key: str, pattern: str) -> re.Pattern[str]:
    data = table(language)
    number = data["number"]
    valued = f"(?:{data['value'].replace('{number}', number)}){_ENDS}"
    filled = pattern.replace("{value}", valued).replace("{number}", number)
    return re.compile(rf"(?<![^\W_])(?:{filled})(?![^\W_])", re.IGNORECASE)


@lru_cache(maxsize=64)
def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@lru_cache(maxsize=1)
def _read() -> Mapping[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("formulas.yaml")))
