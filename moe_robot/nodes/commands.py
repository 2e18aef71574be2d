"""One command on its way through the brain node: who asked, what was said to them, how it ended."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moe_robot.nodes import convert
from moe_robot.notation import format_node
from moe_robot.planner.executor import ExecutorTick
from moe_robot.structs import StepResult, Turn, Utterance, Velocity
from moe_robot_interfaces.action import ExecuteCommand
from moe_robot_interfaces.msg import Token

Result = ExecuteCommand.Result
OUTCOMES = {
    "done": Result.DONE,
    "failed": Result.FAILED,
    "refused": Result.REFUSED,
    "stopped": Result.STOPPED,
    "preempted": Result.PREEMPTED,
    "cancelled": Result.CANCELLED,
}
STILL = Velocity()
FEEDBACK_PERIOD_S = 0.2  # of what only counts down; what changes is told at once


@dataclass
class Command:
    """`tell` takes feedback (nothing listens to a command from the topic). Used by the node's own thread alone."""

    utterance: Utterance
    tell: Callable[[Any], None]
    received_s: float = field(default_factory=time.monotonic)
    turn: Turn | None = None
    outcome: str = ""
    texts: list[str] = field(default_factory=list)
    results: tuple[StepResult, ...] = ()
    first_motion_s: float = math.nan
    total_s: float = math.nan
    on_end: Callable[[], None] = lambda: None
    _told: tuple[object, ...] = ()
    _told_s: float = 0.0

    def thought(self, turn: Turn, stamp: Any) -> None:
        """The answer is there; it was said already."""
        self.turn = turn
        tokens = [Token(stamp=stamp, index=0, text=turn.reply.text, last=True)]
        plan = convert.plan_to_msg(turn.plan).notation if turn.plan else ""
        self.tell(
            ExecuteCommand.Feedback(
                stage="think",
                notation=plan,
                status="running",
                remaining_m=math.nan,
                spoken=turn.reply.text,
                tokens=tokens,
            )
        )

    def moved(self, velocity: Velocity) -> None:
        if math.isnan(self.first_motion_s) and velocity != STILL:
            self.first_motion_s = time.monotonic() - self.received_s

    def ticked(self, tick: ExecutorTick) -> None:
        """Feedback, when there is something new to tell."""
        spoken = " ".join(tick.spoken)
        new = (tick.step_index, tick.status, tick.ended)
        now_s = time.monotonic()
        if new == self._told and not spoken and now_s - self._told_s < FEEDBACK_PERIOD_S:
            return
        self._told, self._told_s = new, now_s
        self.tell(
            ExecuteCommand.Feedback(
                stage="act",
                step_index=tick.step_index,
                step_count=tick.step_count,
                notation=format_node(tick.step) if tick.step else "",
                status=tick.status.value,
                remaining_m=math.nan if tick.remaining_m is None else float(tick.remaining_m),
                spoken=spoken,
            )
        )

    def end(self, outcome: str, results: tuple[StepResult, ...] = ()) -> None:
        """Only the first end counts."""
        if self.outcome:
            return
        self.outcome, self.results = outcome, results
        self.total_s = time.monotonic() - self.received_s
        self.on_end()

    def result(self) -> Any:
        message = Result(
            outcome=OUTCOMES[self.outcome],
            texts=self.texts,
            steps=[convert.step_result_to_msg(r) for r in self.results],
            first_motion_s=self.first_motion_s,
            total_s=self.total_s,
        )
        if self.turn is not None:
            message.turn = convert.turn_to_msg(self.turn)
        else:
            message.turn.utterance = convert.utterance_to_msg(self.utterance)
        return message
