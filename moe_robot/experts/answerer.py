"""What stands in an expert's chain: something that answers, or says "not mine", or that it cannot now."""

from __future__ import annotations

from typing import Protocol

from moe_robot.errors import MoeRobotError
from moe_robot.experts.context import AnswerContext
from moe_robot.structs import Reply, Utterance


class Unavailable(MoeRobotError):
    """What an answerer needs is not there (no robot connected, a package missing): one sentence, for the trace."""


class Answerer(Protocol):
    """Made without arguments on its first use. Several threads may ask one at the same time, except an isolated one.

    An isolated one may have a method `load() -> None` that imports its libraries: that time counts as loading."""

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """None = "not mine": the next of the chain is asked. Text without a draft is a whole answer in words; a draft
        is checked by the planner. Raises Unavailable; any other exception counts as a crash of this answerer."""
