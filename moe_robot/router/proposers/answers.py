"""Follow-ups of questions about the answer before, about the robot itself, about code and ROS.

Those who answer them look for telling words, so a text is whole that has the words of the turn, and of the earlier
request what it was about. Words and patterns: `answers.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import normalize
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import WORD, plain
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.snippets import edited, is_program, kind_of, snippets
from moe_robot.router.signs import clauses
from moe_robot.structs import Language

CODERS = ("code_check", "code_explain", "code_write")
TOLD = ("open_knowledge", "ros_help", "ros_graph", "identity", "help", "history", "resources", "diagnostics", "safety",
        "activity", "why_not_moving", "explain", "code_explain", "code_write")  # fmt: skip
ABOUT_MOST = 4  # texts that the table gives after one request
CODES_MOST = 2  # of the turn, and of what was shown
PARTS_MOST = 3
GUESSES_MOST = 3
GUESSED_TURNS = 2
ANY = r"\w"  # in the table: of any turn
PASSING = ("greeting", "small_talk")
FRAME_WORDS = 6  # of another ending
TOPIC_WORDS = 7
_ROS_NAME = re.compile(r"(?<![\w/])/[a-z][\w/]*", re.IGNORECASE)


def propose(heard: Heard) -> Iterator[Raw]:
    """Whole texts that the turn may mean after one of the earlier requests of these experts."""
    yield from _of_code(heard)
    for at, before in enumerate(heard.leaning):
        yield from _about(heard, "about command", "moved" if before.moved else "", before, at)
        yield from _about(heard, "about it", before.expert, before, at)
        if before.expert in TOLD:
            yield from _topical(heard, "topic", before, before.expert, at)
    last = heard.earlier[-1]
    yield from _about(heard, "about said", "said", last, -1)
    for before in [one for one in reversed(heard.earlier) if one.expert not in PASSING][:GUESSED_TURNS]:
        if not before.moved:
            yield from _guessed(heard, before)
    if len(heard.leaning) > 1:
        yield from _of_both(heard, heard.leaning[1], heard.leaning[0])


def _guessed(heard: Heard, before: Earlier) -> Iterator[Raw]:
    """As if it had been theirs whose words it has: the router may have given it to another, or to nobody."""
    said = plain(before.text if before.expert else f"{before.text} {heard.text}")
    guesses = [e for e, p in _data(heard.language)["guesses"].items() if re.search(rf"(?<!\w)(?:{p})(?!\w)", said)]
    for expert in [guess for guess in guesses if guess != before.expert][:GUESSES_MOST]:
        yield from _about(heard, "about guess", expert, before, -1)
        yield from _topical(heard, "topic guess", before, expert, -1)
    if not before.expert:
        yield from _about(heard, "about guess", "lost", before, -1)


# ---------------------------------------------------------------- by the table


def _about(heard: Heard, kind: str, key: str, before: Earlier, at: int) -> Iterator[Raw]:
    """What the table gives for the turn, or for a clause of it, after the earlier request."""
    rows = _data(heard.language)["about"].get(key, ())
    said = plain(heard.text)
    fitting = [row for row in rows if re.search(rf"(?<!\w)(?:{row[0]})", said)]
    if not fitting:
        return
    turns = list(dict.fromkeys(_end(heard.words.without_opener(part)[0]) for part in heard.parts[:PARTS_MOST]))
    for pattern, expert, whole in fitting[:ABOUT_MOST]:
        sort = kind.replace("about it", "topic").replace("about", "topic") if pattern == ANY else kind
        for turn in turns if "{turn}" in whole else turns[:1]:
            yield sort, whole.format_map(_holes(heard, before) | {"turn": turn}), expert, at


def _holes(heard: Heard, before: Earlier) -> dict[str, str]:
    old = _end(before.text)
    spoken_of = topic(before.text, heard.language) or old
    names = _ROS_NAME.findall(heard.text) or _ROS_NAME.findall(before.text)
    return {"old": old, "topic": spoken_of, "name": names[-1] if names else spoken_of}


# ---------------------------------------------------------------- what was spoken of


def _topical(heard: Heard, kind: str, before: Earlier, expert: str, at: int) -> Iterator[Raw]:
    new, old = _ROS_NAME.findall(heard.text), _ROS_NAME.findall(before.text)
    if kind == "topic" and len(set(new)) == 1 and old and new[0] not in old:
        yield "topic name", before.text.replace(old[-1], new[0]), expert, at
    spoken_of = topic(before.text, heard.language)
    if spoken_of:
        yield kind, f"{spoken_of}: {heard.text}", expert, at
    frame = frame_of(before.text, heard.language) if before.expert == expert else ""
    for part in heard.parts[:PARTS_MOST] if frame else ():
        rest = _end(heard.words.without_opener(part)[0])
        if 0 < len(rest.split()) <= FRAME_WORDS:
            kind = "topic frame" if len(frame.split()) > 1 else "topic opening"
            yield kind, f"{frame} {rest}", expert, at


def _of_both(heard: Heard, first: Earlier, second: Earlier) -> Iterator[Raw]:
    """ "which of the two is faster" after two requests of one expert."""
    both = re.search(rf"(?<!\w)(?:{_data(heard.language)['topic']['both']})(?!\w)", plain(heard.text))
    if both and second.expert in TOLD:
        one, other = (topic(before.text, heard.language) or _end(before.text) for before in (first, second))
        yield "topic", f"{one}, {other}: {heard.text}", second.expert, 0


def topic(text: str, language: Language) -> str:
    """What a question is about: its words without those that ask, "" when nothing is left."""
    data = _data(language)["topic"]
    parts = clauses(text) or [text]
    asking = [part for part in parts if re.match(rf"(?:{data['asks']})(?!\w)", plain(part))]
    longest = max(parts, key=len)
    return _topic_of(asking[0] if asking else longest, data) or _topic_of(longest, data)


def _topic_of(part: str, data: Mapping[str, str]) -> str:
    found = list(WORD.finditer(part))
    first, last = 0, len(found)
    while first < last and re.fullmatch(data["opens"], normalize(found[first].group())):
        first += 1
    while last > first and re.fullmatch(data["closes"], normalize(found[last - 1].group())):
        last -= 1
    if first >= last or last - first > TOPIC_WORDS:
        return ""
    start = found[first].start()
    return part[start - 1 if part[start - 1 : start] == "/" else start : found[last - 1].end()]


def frame_of(text: str, language: Language) -> str:
    """The longest known opening of a clause of the text, "" for none."""
    opened = [
        str(frame)
        for part in clauses(text) or [text]
        for frame in _data(language)["frames"]
        if f"{plain(part)} ".startswith(f"{plain(frame)} ")
    ]
    return max(opened, key=len, default="")


# ---------------------------------------------------------------- code


def _of_code(heard: Heard) -> Iterator[Raw]:
    """Code of the turn, or that was shown before and is asked about, or is to be otherwise."""
    data = _data(heard.language)["code"]
    shown = list(reversed(heard.earlier))
    coder = any(before.expert in CODERS for before in shown)
    checking = bool(heard.leaning) and heard.leaning[0].expert == "code_check"
    new = snippets(heard.text, heard.language, loose=checking)
    old = list(
        dict.fromkeys(code for before in shown for code in snippets(before.text, heard.language, loose=checking))
    )
    named = kind_of(heard.text, *(before.text for before in shown))
    if not coder and not named:
        old = [code for code in old if is_program(code)]
    if not old and not (new and coder):
        return
    new = [*(whole for code in old[:1] for whole in edited(code, heard.text, heard.language)), *new]
    for kind, codes in (("code new", new), ("code shown", old)):
        for code in codes[:CODES_MOST]:
            check = data["check" if named else "check_any"].format(kind=named, code=code)
            yield f"{kind} checked", check, "code_check", -1
            yield f"{kind} asked", data["ask"].format(turn=_end(heard.text), code=code), "code_explain", -1


def _end(text: str) -> str:
    return text.strip().rstrip(" .?!")


@lru_cache(maxsize=2)
def _data(language: Language) -> Mapping[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("answers.yaml"))[language])
