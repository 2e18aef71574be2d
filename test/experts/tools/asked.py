"""Asks one tool as the brain does, and gives the text of its answer, None for "not mine"."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from moe_robot.experts.context import AnswerContext
from moe_robot.structs import Utterance

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=ZoneInfo("Europe/Moscow"))  # a Saturday


def context(now: datetime = NOW) -> AnswerContext:
    nothing: Any = None  # tools that compute read neither card, home nor configuration
    return AnswerContext(card=nothing, home=nothing, cfg=nothing, now=now)


def ask(tool: Any, text: str, language: str | None = None, now: datetime = NOW) -> str | None:
    spoken = language or ("ru" if any("а" <= letter <= "я" or letter == "ё" for letter in text.lower()) else "en")
    reply = tool.answer(Utterance(text, spoken), context(now))
    if reply is None:
        return None
    assert reply.intent == tool.name and not reply.draft
    return str(reply.text)
