"""A turn after earlier ones, as the proposers get it from `router/proposals.py`."""

from __future__ import annotations

from collections.abc import Sequence

from moe_robot.router.followup import Earlier, FollowUps
from moe_robot.router.followup_words import FollowWords
from moe_robot.router.proposers import Heard
from moe_robot.router.signs import Signs, clauses
from moe_robot.structs import Language, Route


def heard_after(
    follow_ups: FollowUps, language: Language, earlier: Sequence[Earlier], text: str, alone: str = ""
) -> Heard:
    """`alone`: whose the turn is by itself."""
    return Heard(
        text,
        language,
        list(dict.fromkeys([text, *reversed([part.strip() for part in clauses(text)])])),
        earlier,
        follow_ups.leaning(earlier),
        Route(alone, 0.9, "learned", ranked=((alone, 0.9),)) if alone else Route("", 0.0, "learned"),
        FollowWords.of(language),
        Signs.of(language),
        follow_ups.pieces,
        follow_ups.exchange,
    )
