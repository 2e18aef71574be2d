# ruff: noqa: E501 - a pattern, a sentence or an answer is one line
"""The expert `code_check`: does this Python, JSON, YAML, XML or TOML parse, and if not, where exactly does it fail.

Parses with the standard parsers and PyYAML; nothing is executed, imported or fetched.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat

import yaml

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool
from moe_robot.structs import Language

MAX_DEPTH = 200
_KINDS = (
    ("JSON", r"json|джейсон|жсон"),
    ("YAML", r"ya?ml|ямл"),
    ("TOML", r"toml|томл"),
    ("XML", r"xml|иксэмэл|html|urdf|xacro"),
    ("Python", r"python|питон\w*|пайтон\w*|\bpy\b"),
)
_ASKS = re.compile(
    r"провер\w*|правильн\w+|корректн\w*|валид\w*|синтакс\w*|ошибк\w*|ошибок|парс\w*|разбира\w+|верн\w+|годится|скомпилир\w+|"
    r"check|valid\w*|syntax\w*|parse\w*|correct|errors?|well.?formed|lint|compile|wrong|ok\b"
)
_FENCED = re.compile(r"```[ \t]*(?P<kind>[a-zA-Z]*)[ \t]*\n?(?P<code>.*?)```", re.DOTALL)
_TICKED = re.compile(r"`(?P<code>[^`]+)`")
_QUOTED = re.compile(r"[«“](?P<code>.+)[»”]", re.DOTALL)


@dataclass(frozen=True)
class Fault:
    """`line` and `column` from 1, 0 = not known; `what` in the parser's words."""

    line: int
    column: int
    what: str


class CodeCheck(TextTool):
    name = "code_check"
    max_chars = 100_000

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        asked, code, fenced_kind = split(text)
        if not _ASKS.search(asked.lower()):
            raise NotMine
        kind = next((name for name, pattern in _KINDS if re.search(pattern, f"{fenced_kind} {asked}".lower())), "")
        if not code.strip():
            if not kind:
                raise NotMine
            raise Refused("no_code")
        kind = kind or guess(code)
        if not kind:
            raise Refused("which")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fault = CHECKS[kind](code)
        except (RecursionError, MemoryError):
            raise Refused("too_deep") from None
        if fault is None:
            return self.words.say("good", language, kind=kind)
        if not fault.line:
            return self.words.say("bad_nowhere", language, kind=kind, what=fault.what)
        lines = code.splitlines() or [""]
        near = lines[min(fault.line, len(lines)) - 1].strip()[:60]
        said = self.words.say("bad", language, kind=kind, line=fault.line, column=fault.column, what=fault.what)
        return said + (self.words.say("near", language, near=near) if near else "")


def split(text: str) -> tuple[str, str, str]:
    """(the request, the code, the name after the fence). Code stands in backticks, in quotes or after a colon."""
    if match := _FENCED.search(text):
        return text[: match.start()] + text[match.end() :], match["code"], match["kind"]
    if match := _TICKED.search(text):
        return text[: match.start()] + text[match.end() :], match["code"], ""
    first_line, _, rest = text.partition("\n")
    head, colon, tail = text.partition(":")
    if colon and tail.strip() and _ASKS.search(head.lower()) and not re.search(r"[{\[<=(\"]", head):
        return head, _unquoted(tail.lstrip(" ").removeprefix("\n")), ""
    if match := _QUOTED.search(text):
        return text[: match.start()] + text[match.end() :], match["code"], ""
    if rest.strip() and _ASKS.search(first_line.lower()):
        return first_line, rest, ""
    if match := re.search(r"[{\[<]", text):  # "is {"a": 1} valid json"
        closing = max(text.rfind(mark) for mark in "}]>")
        if closing > match.start():
            return text[: match.start()] + " " + text[closing + 1 :], text[match.start() : closing + 1], ""
        return text[: match.start()], text[match.start() :], ""
    named = re.search(
        r"(?:python|питон\w*|json|yaml|xml|toml|синтаксис|syntax(?: of)?|код|code|строк\w|выражение|parse)[ ,]+(?P<code>\S.*)$",
        text,
        re.IGNORECASE,
    )
    if named and re.search(r"[=():{}\[\]<>\"']", named["code"]):
        return text[: named.start("code")], named["code"].rstrip("?"), ""
    return text, "", ""


def _unquoted(code: str) -> str:
    """Without the question mark of the request behind it, and the quotes around it."""
    bare = re.sub(r"\s*\?\s*$", "", code)
    quoted = re.fullmatch(r"\s*[«“](?P<code>[^«»“”]+)[»”][.!]?\s*", bare)
    return quoted["code"] if quoted else bare


def guess(code: str) -> str:
    """By the first characters and what parses; "" when nothing fits."""
    start = code.lstrip()
    if start.startswith("<"):
        return "XML"
    if start.startswith(("{", "[")):
        return "JSON"
    if re.search(
        r"^\s*(?:def |class |import |from \w+ import|for .*:|while .*:|if .*:|with .*:|try:|async |lambda\b|print\(|return\b|@)|\w+\(.*\)|\w+ = ",
        code,
        re.M,
    ):
        return "Python"
    if re.search(r"^\s*[\w-]+:(?:\s|$)", code, re.M):
        return "YAML"
    return ""


def check_python(code: str) -> Fault | None:
    try:
        ast.parse(code)
    except SyntaxError as error:
        return Fault(error.lineno or 0, error.offset or 0, error.msg)
    except ValueError as error:  # a null byte
        return Fault(0, 0, str(error))
    return None


def check_json(code: str) -> Fault | None:
    """Strict: NaN and Infinity are errors, and so is a key that stands twice."""
    if _depth(code, "[{", "]}") > MAX_DEPTH:
        raise RecursionError
    repeated: list[str] = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in found]
        repeated.extend(key for key in dict.fromkeys(keys) if keys.count(key) > 1)
        return dict(found)

    def constant(name: str) -> None:
        raise ValueError(name)

    try:
        json.loads(code, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        return Fault(error.lineno, error.colno, error.msg)
    except ValueError as error:
        return Fault(0, 0, f"{error} is not JSON")
    return Fault(0, 0, f"the key {repeated[0]!r} stands twice") if repeated else None


def check_yaml(code: str) -> Fault | None:
    """The grammar alone: tags and aliases are not followed."""
    if _depth(code, "[{", "]}") > MAX_DEPTH:
        raise RecursionError
    try:
        for _ in yaml.compose_all(code, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "not YAML"
        return Fault(mark.line + 1, mark.column + 1, what) if mark else Fault(0, 0, what)
    except yaml.YAMLError as error:
        return Fault(0, 0, str(error).splitlines()[0])
    return None


def check_xml(code: str) -> Fault | None:
    """Well-formed or not. Nothing with a document type is read: entities could grow without end."""
    if re.search(r"<!(?:DOCTYPE|ENTITY)", code, re.IGNORECASE):
        raise Refused("entities")
    parser = expat.ParserCreate()
    try:
        parser.Parse(code.encode("utf-8"), True)
    except expat.ExpatError as error:
        return Fault(error.lineno, error.offset + 1, expat.ErrorString(error.code))
    return None


def check_toml(code: str) -> Fault | None:
    for name in ("tomllib", "tomli"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        try:
            module.loads(code)
        except module.TOMLDecodeError as error:
            match = re.search(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
            if match and match[2]:
                return Fault(int(match[2]), int(match[3]), match[1])
            return Fault(
                len(code.splitlines()) or 1,
                len(code.splitlines()[-1]) + 1 if code.splitlines() else 1,
                match[1] if match else str(error),
            )
        return None
    raise Refused("no_toml")


CHECKS: dict[str, Callable[[str], Fault | None]] = {
    "Python": check_python,
    "JSON": check_json,
    "YAML": check_yaml,
    "XML": check_xml,
    "TOML": check_toml,
}


def _depth(code: str, opening: str, closing: str) -> int:
    depth = deepest = 0
    for letter in code:
        if letter in opening:
            depth += 1
            deepest = max(deepest, depth)
        elif letter in closing:
            depth -= 1
    return deepest
