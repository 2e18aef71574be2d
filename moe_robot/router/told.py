"""What was shown or told and is asked about by a pronoun: code, a topic of ROS, a place or a fact that was kept.

    "def f(x): return x*x" + "что он делает?"                       ->  "что он делает: def f(x): return x*x"
    "remember this place as the workshop" + "now delete that place" ->  "forget the place workshop"
    "what type is the topic /odom?" + "who publishes it?"           ->  "who publishes /odom?"

Words and patterns: `told.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import normalize
from moe_robot.router.followup_words import WORD, FollowWords, changed, plain
from moe_robot.structs import Language

CODERS = ("code_check", "code_explain", "code_write")
GRAPHERS = ("ros_graph", "ros_help")
LONGEST_WORDS = 9
SHORT_WORDS = 6
_CODE = re.compile(
    r"\bdef \w+\(|\bclass \w+[:(]|\bimport \w+|\blambda\b|\breturn\b|\bfor \w+ in\b|\bwhile \S|\w+\([^)]*\)?"
    r"|\w+ = \S|[{}<>\[\]]|==|;\s|^\w+: \S"
)
_SURELY_CODE = re.compile(
    r"\bdef \w+\(|\bfor \w+ in \w+\(|\bwhile (?:True|\w+ ?[<>=])|\bprint\(|\bimport \w+$|\w+ = \[|\{\""
)
KINDS = (
    ("JSON", r"json|джейсон\w*"),
    ("YAML", r"ya?ml|ямл\w*"),
    ("TOML", r"toml"),
    ("XML", r"xml|urdf|xacro"),
    ("Python", r"python|питон\w*|пайтон\w*|\bpy\b"),
)
_NAMED = re.compile(r"(?<![\w/])/[a-z][\w/]*", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """A whole request, and whose it is; "" = the router tells."""

    text: str
    expert: str


def on(text: str, words: FollowWords, old: str, expert: str) -> Told | None:
    """`old` was said to `expert`."""
    said = plain(text).split()
    if len(said) > LONGEST_WORDS or not said:
        return None
    data = _data(words.language)
    if expert in CODERS or _SURELY_CODE.search(old):
        return _of_code(text, said, old, data)
    if expert in GRAPHERS:
        return _of_graph(text, words, old)
    return _erased(text, said, old, expert, data)


def code_in(text: str) -> str:
    """The code of a request, "" when there is none; what stands before a colon in plain words only announces it."""
    announced = re.match(r"[^\W\d_][\w\s,'’-]*[:\n]\s*", text)
    rest = text[announced.end() :] if announced else ""
    if rest and _CODE.search(rest) and not re.match(r"(?:def|class|for|while|if|try|with)\b", text):
        return rest.strip()
    return text.strip() if _CODE.search(text) else ""


def _of_code(text: str, said: list[str], old: str, data: Mapping[str, Any]) -> Told | None:
    code = code_in(old)
    if not code or _CODE.search(text) or ":" in text or not set(said) & set(data["pronouns"]):
        return None
    spoken = normalize(text)
    kinds = [kind for kind in ("check", "explain") if re.search(data["code"][kind], spoken)]
    if not kinds:
        return None
    kind = "explain" if kinds == ["explain"] or re.search(r"исправ|fix|почему|why", spoken) else "check"
    whole = data["say_code"][kind].format(kind=_kind(code, old), code=code, asked=text.strip(" ?!."))
    return Told(whole, f"code_{kind}")


def _kind(code: str, old: str) -> str:
    named = next((kind for kind, pattern in KINDS if re.search(pattern, normalize(old))), "")
    if named:
        return named
    if code.startswith("<"):
        return "XML"
    return "JSON" if code.startswith(("{", "[")) and '"' in code else "Python"


def _of_graph(text: str, words: FollowWords, old: str) -> Told | None:
    names = _NAMED.findall(old)
    if len(set(names)) != 1 or _NAMED.search(text) or len(plain(text).split()) > SHORT_WORDS:
        return None
    for match in WORD.finditer(text):
        word = normalize(match.group())
        if word in words.things and (word != "that" or match.end() >= len(text.rstrip(" ?!."))):
            return Told(changed(text, [(*match.span(), names[0])]), "")
    return None


def _erased(text: str, said: list[str], old: str, expert: str, data: Mapping[str, Any]) -> Told | None:
    spoken = " ".join(said)
    erase = re.search(rf"(?<!\w){data['erase']}(?!\w)", spoken)
    if erase is None or expert not in ("remember_place", "remember_fact"):
        return None
    if set(changed(spoken, [(*erase.span(), " ")]).split()) - set(data["erase_small"]):
        return None
    if expert == "remember_fact":
        fact = re.search(data["fact"], old.strip(" .!"), re.IGNORECASE)
        return Told(data["say_fact"].format(fact["fact"]), "forget") if fact else None
    found = (re.search(pattern, old.strip(" .!"), re.IGNORECASE) for pattern in data["place"])
    place = next((match for match in found if match), None)
    return Told(data["say_place"].format(place["name"].strip()), "forget") if place else None


@lru_cache(maxsize=2)
def _data(language: Language) -> Mapping[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("told.yaml"))[language])
