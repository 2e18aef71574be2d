"""A turn and what it may lean on, as the proposers see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from moe_robot.lexicon import Case
from moe_robot.router.exchange import Exchange
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import FollowWords, script
from moe_robot.router.pieces import Piece, Pieces
from moe_robot.router.signs import Signs
from moe_robot.structs import Language, Route

_HYPHEN = re.compile(r"(?<=[^\W\d_])[-–](?=[^\W\d_])")
Thing: TypeAlias = tuple[str, str]  # object, color ("" = none)
Raw: TypeAlias = tuple[str, str, str, int]  # kind, text, expert ("" = as routed), index in `leaning` (-1 = none)


@dataclass(frozen=True)
class Heard:
    """`parts`: the turn, then its clauses, the last one first. `earlier`: all that was said before, oldest first.
    `leaning`: the requests in it that a turn can lean on, the last one first. `alone`: whose the turn is by itself."""

    text: str
    language: Language
    parts: Sequence[str]
    earlier: Sequence[Earlier]
    leaning: Sequence[Earlier]
    alone: Route
    words: FollowWords
    signs: Signs
    pieces: Pieces
    exchange: Exchange

    def pieces_of(self, text: str, language: Language | None = None) -> tuple[Piece, ...]:
        return self.pieces.find(text, FollowWords.of(language or self.language))

    def names_of(self, text: str, language: Language | None = None) -> tuple[Piece, ...]:
        """What is named of the home; also in "kitchen-bedroom"."""
        apart = _HYPHEN.sub(" - ", text)
        ways = [self.pieces_of(one, language) for one in dict.fromkeys((text, apart))]
        named = [tuple(piece for piece in found if isinstance(piece.value, tuple)) for found in ways]
        return max(named, key=len)

    def things_of(self, text: str) -> list[Thing]:
        """Things of the home with the colour that stands beside each."""
        found = self.pieces_of(text, script(text) or self.language)
        things: list[Thing] = []
        for at, piece in enumerate(found):
            if piece.kind == "object" and isinstance(piece.value, tuple):
                beside = [one for one in found[max(at - 1, 0) : at + 2] if one.kind == "color"]
                near = [one for one in beside if min(abs(piece.start - one.end), abs(one.start - piece.end)) <= 1]
                things.append((piece.named()[1], near[0].named()[1] if near else ""))
        return things

    def thing_name(self, thing: Thing, case: Case = "nomn") -> str:
        return self.pieces.thing_name(*thing, self.language, case)
