"""A motion that is forbidden after it was asked for: "go to the kitchen", "don't go to the kitchen".

By itself such a turn is no command, since nothing moves there. Said of the last motion it gives that up. Every word of
such a clause must be known here (`taken_back.yaml`) or have been said of the motion: "you're not going fast enough" is
a remark, "don't forget the kitchen" the opposite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import analyzer
from moe_robot.router.caution import MOVES
from moe_robot.router.followup_words import lemma, plain
from moe_robot.router.signs import clauses, stems
from moe_robot.structs import Language, Turn

GIVES_UP = MOVES | {"pick", "place", "gripper"}
FIGURED = ("drive", "turn", "figures")  # motions of so many metres or degrees


@dataclass(frozen=True)
class Words:
    """`taken_back.yaml` of one language, plain; `forbids` the longest first."""

    forbids: tuple[str, ...]
    going: frozenset[str]
    beside: frozenset[str]
    alone: frozenset[str]
    joints: re.Pattern[str]


@dataclass(frozen=True)
class TakenBack:
    """`motion` as it was understood; `named`: the words of it that are forbidden, in all their forms. `rest`: what the
    turn says besides."""

    motion: str
    named: frozenset[str]
    rest: str

    def allows(self, text: str, expert: str) -> bool:
        """It is not the forbidden motion; of another length it is another ("не метр, а два")."""
        another = expert in FIGURED and bool(self.rest) and plain(text) != plain(self.motion)
        return another or self.named.isdisjoint(_forms(plain(text).split()))


def taken_back(text: str, language: Language, recent: Sequence[Turn]) -> TakenBack | None:
    """What the turn forbids of the last motion of this conversation; None for nothing. `recent`: the turns before it,
    oldest first."""
    last = next((turn for turn in reversed(recent) if has_moved(turn)), None)
    if last is None:
        return None
    known = {form for said in (last.utterance.text, last.understood_as) for form in _forms(plain(said).split())}
    words = _words(language)
    gone: set[str] = set()
    rest: list[str] = []
    for clause, asks in _clauses(text, words):
        if not asks and _forbids(plain(clause), words, known):
            gone.update(_forms(plain(clause).split()))
        elif plain(clause) not in words.alone:
            rest.append(clause)
    if not gone:
        return None
    small = words.going | words.beside
    motion = last.understood_as or last.utterance.text
    return TakenBack(motion, frozenset((gone & known) - small or known - small), ", ".join(rest))


def has_moved(turn: Turn) -> bool:
    """It led to a plan of motion."""
    return any(one.plan is not None and one.route.expert in GIVES_UP for one in (turn.parts or (turn,)))


def opening(text: str) -> tuple[str, str]:
    """(first clause, what comes after it, "" for nothing)."""
    first = next(iter(clauses(text)), text)
    start = text.index(first) + len(first)
    found = re.match(r"[\s,.;!…:—–-]+", text[start:])
    rest = text[start + found.end() :] if found else ""
    return (text[:start], rest) if plain(rest) else (text, "")


def _clauses(text: str, words: Words) -> Iterator[tuple[str, bool]]:
    """(what is said, whether it is asked)."""
    end = 0
    for clause in clauses(text):
        end = text.index(clause, end) + len(clause)
        asks = text[end:].lstrip().startswith("?")
        pieces = words.joints.split(f" {clause}")
        yield from ((piece.strip(), asks) for piece in pieces if plain(piece))


def _forbids(clause: str, words: Words, named: set[str]) -> bool:
    phrase = next((one for one in words.forbids if f" {one} " in f" {clause} "), "")
    if not phrase:
        return False
    rest = f" {clause} ".replace(f" {phrase} ", " ", 1).split()
    content = [word for word in rest if word not in words.beside]
    if not content and "there" not in rest and "туда" not in rest:
        return False
    return all(not _tells(word) and (set(_forms([word])) & (named | words.going)) for word in content)


def _forms(words: Sequence[str]) -> list[str]:
    return [form for word in words for form in (lemma(word), *stems(word))]


def _tells(word: str) -> bool:
    """A Russian verb that says what somebody does: "не едешь"."""
    tag = analyzer().parse(word)[0].tag
    return bool(re.search("[а-я]", word)) and tag.POS == "VERB" and tag.mood != "impr"


@lru_cache(maxsize=2)
def _words(language: Language) -> Words:
    table: Mapping[str, Any] = read_yaml(Path(__file__).with_name("taken_back.yaml"))[language]
    spoken = {key: [plain(str(one)) for one in table[key]] for key in ("forbids", "going", "beside", "alone")}
    forbids = tuple(sorted(spoken["forbids"], key=lambda one: (-len(one), one)))
    going, beside, alone = (frozenset(spoken[key]) for key in ("going", "beside", "alone"))
    return Words(forbids, going, beside, alone, re.compile(rf"\s(?:{table['joints']})\s", re.IGNORECASE))
