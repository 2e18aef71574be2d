"""The code in what somebody says: cut out of the words around it, and with what the next turn says of it changed.

snippets("would print(5)) be valid python?", "en")  ->  ["print(5))"]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import normalize
from moe_robot.router.told import KINDS
from moe_robot.structs import Language

LOOSE_WORDS = 2
_STATEMENT = re.compile(
    r"(?<![\w.])(?:async def|def|class|import|from \w+ import|lambda|return|print|if|elif|for \w+ in|while|try:"
    r"|with open|SELECT|INSERT|UPDATE|DELETE)(?!\w)"
)
_MARK = re.compile(r"[{}\[\]()<>=|*\\]|\w:\s|['\"]")
_SURE = re.compile(r"[{}\[\]()<>=|\\]|\w: \S|:\s*pass\b|\b(?:import|def|class) \w|\b(?:return|lambda|print)\b")
_PROGRAM = re.compile(
    r"\b(?:def|class|import) \w|\b(?:print|lambda|return|SELECT)\b|\bwhile [\w(]|\bfor \w+ in\b|[{}]|</?\w+/?>|=="
    r"|;\s*\w|\w\[|\w\.\w+\("
)
_ANNOUNCED = re.compile(r"^[^\W\d_][^:{}\[\]()<>=\"]*:\s*(?=\S)")
_QUOTED = re.compile(r"`([^`]+)`|«([^«»]+)»|“([^“”]+)”")
_WORD = re.compile(r"[^\W_](?:[\w'’.-]*[^\W_])?|\S")
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def snippets(text: str, language: Language, loose: bool = False) -> list[str]:
    """Each way to cut the code out, the likeliest first; none without any sign of code. `loose`: or else a word or two
    between those that ask."""
    found = [next(filter(None, match)) for match in _QUOTED.findall(text)]
    rests = [text]
    announced = _ANNOUNCED.match(text)
    if announced and not _STATEMENT.search(announced.group()):
        rests.insert(0, text[announced.end() :])
    for rest in rests:
        bare = _bare(rest, language, "[=(" if rest == text else "[=(:")
        marked = _from_first_mark(bare)
        found += [*(cut for cut in (_without_tail(bare), _without_tail(marked)) if cut), bare, marked]
    found += [code[1:-1] for code in found if code[:1] in "\"'" and code[:1] == code[-1:]]
    tidy = list(dict.fromkeys(code.strip() for code in found if code.strip()))
    sure = [code for code in tidy if _SURE.search(code)]
    if sure or not (loose or (announced and kind_of(text[: announced.end()]))):
        return sure
    return [code for code in tidy if len(code.split()) <= LOOSE_WORDS][:1]


def is_program(code: str) -> bool:
    """Code by itself, not a formula that may be one."""
    return _PROGRAM.search(code) is not None


def kind_of(*texts: str) -> str:
    """The format named in the first of the texts that names one, "" for none."""
    for text in texts:
        for kind, pattern in KINDS:
            if re.search(pattern, normalize(text)):
                return kind
    return ""


def edited(code: str, text: str, language: Language) -> Iterator[str]:
    """The code with what the words say of it done: a bracket closed, a colon put in, one sign for two."""
    said = normalize(text)
    for act, pattern in _words(language)["edits"].items():
        if re.search(pattern, said):
            changed = _EDITS[act](code)
            if changed != code:
                yield changed


def _bare(text: str, language: Language, signs: str) -> str:
    """Without the words at both ends that only ask about code. One with a sign behind it is code itself."""
    before, behind = (frozenset(_words(language)[key]) for key in ("before", "behind"))
    found = list(_WORD.finditer(text))
    first, last = 0, len(found)
    while first < last and (normalize(found[first].group()) in before or found[first].group() in ",.;—–-?!:"):
        behind_it = text[found[first].end() :].lstrip()
        if behind_it and behind_it[0] in signs and found[first].group()[0].isalnum():
            break
        first += 1
    while last > first and (normalize(found[last - 1].group()) in behind or found[last - 1].group() in ",.—–-?!"):
        if found[last - 2].group() in "=(" and last - first > 1:
            break
        last -= 1
    return text[found[first].start() : found[last - 1].end()] if first < last else ""


def _from_first_mark(text: str) -> str:
    """From the first statement, or the word with the first sign of code; a sign by itself takes the word before it."""
    statement, mark = _STATEMENT.search(text), _MARK.search(text)
    starts = [statement.start()] if statement else []
    if mark:
        start = text.rfind(" ", 0, mark.start()) + 1
        if start == mark.start() and mark.group() in "=|<>*" and start > 1:
            start = text.rfind(" ", 0, start - 1) + 1
        starts.append(start)
    return text[min(starts) :] if starts else ""


def _without_tail(code: str) -> str:
    """ "print(5), same check": without the words behind what is closed; "" when there are none."""
    tail = re.search(r"(?<=[)\]}>\"'])\s*[,.;—–]?\s+[^\W\d_][\w'’-]*(?:[\s,.!?]+[^\W\d_][\w'’-]*)*[\s,.!?]*$", code)
    words = tail.group().strip(" ,.;!?—–").split() if tail else []
    spoken = tail is not None and tail.group().lstrip()[:1] in ",.;—–" and len(words) > 1
    return code[: tail.start()] if tail is not None and spoken and not _STATEMENT.search(tail.group()) else ""


def _closed(code: str) -> str:
    missing: list[str] = []
    for letter in code:
        if letter in _PAIRS:
            missing.append(_PAIRS[letter])
        elif missing and letter == missing[-1]:
            missing.pop()
    return code + "".join(reversed(missing))


def _with_colon(code: str) -> str:
    if re.match(r"\s*(?:def|class|if|for|while|else|try|with)\b", code):
        return re.sub(r"([\w)\]'\"])\s+(?=(?:return|pass|print|break|continue)\b)", r"\1: ", code, count=1)
    return re.sub(r"^(\w+)\s+", r"\1: ", code, count=1)


_EDITS = {
    "close": _closed,
    "colon": _with_colon,
    "one_equals": lambda code: code.replace("==", "="),
    "two_equals": lambda code: re.sub(r"(?<![=<>!])=(?!=)", "==", code),
    "no_comma": lambda code: re.sub(r",(?=\s*[}\])])", "", code),
    "semicolon": lambda code: re.sub(r",\s?", ";", code),
    "no_zero": lambda code: re.sub(r"(?<![\d.])0+(?=\d)", "", code),
    "quotes": lambda code: re.sub(r"([{,]\s*)(\w+)(?=\s*:)", r'\1"\2"', code),
    "double_quotes": lambda code: code.replace("'", '"'),
}


@lru_cache(maxsize=2)
def _words(language: Language) -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(Path(__file__).with_name("snippets.yaml"))[language]
    lists: dict[str, Sequence[str]] = {k: [normalize(str(w)) for w in data[k]] for k in ("before", "behind")}
    return {**data, **lists}
