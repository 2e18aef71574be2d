"""A person's end of the graph: say something, watch what happens, stop, arm, reset.

Used by the command line and the demo. Blocks in the calling thread, which spins the node while it waits; one client
serves one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import rclpy
from rclpy.action import ActionClient
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String
from std_srvs.srv import SetBool

from moe_robot.nodes import convert
from moe_robot.structs import SafetyMode, SafetyState, StepResult, Turn, Utterance
from moe_robot_interfaces.action import ExecuteCommand
from moe_robot_interfaces.msg import SafetyState as SafetyStateMsg
from moe_robot_interfaces.srv import ResetEstop

OUTCOMES = ("done", "failed", "refused", "stopped", "preempted", "cancelled")
NO_ROBOT = "no robot answers on this ROS domain: start one with `moe-robot up --sim`"

SILENT_MOTOR = "the motor does not answer"
PATIENCE_S = 1.0


@dataclass(frozen=True)
class Progress:
    """One feedback of a running command. `remaining_m` is nan where a step has no distance."""

    stage: str
    step_index: int
    step_count: int
    notation: str
    status: str
    remaining_m: float
    spoken: str


@dataclass(frozen=True)
class CommandResult:
    """How a command ended: `outcome` is one of OUTCOMES, or `lost` when the brain died on the way."""

    outcome: str
    texts: tuple[str, ...]
    steps: tuple[StepResult, ...]
    turn: Turn | None
    first_motion_s: float
    total_s: float


class RobotClient:
    def __init__(self, name: str = "moe_robot_client", namespace: str = "") -> None:
        self._context = rclpy.Context()
        rclpy.init(args=[], context=self._context)  # not sys.argv, which holds what a person says
        self.node = Node(name, namespace=namespace, context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._safety: SafetyState | None = None
        self.node.create_subscription(SafetyStateMsg, "safety_state", self._on_safety, latched)
        self._stop = self.node.create_publisher(String, "stop", 10)
        self._arm = self.node.create_client(SetBool, "arm")
        self._reset = self.node.create_client(ResetEstop, "reset_estop")
        self._commands = ActionClient(self.node, ExecuteCommand, "execute_command")

    def __enter__(self) -> RobotClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._executor.shutdown()
        self.node.destroy_node()
        rclpy.try_shutdown(context=self._context)

    @property
    def safety(self) -> SafetyState | None:
        """The last state of the gate, None before the first."""
        return self._safety

    def spin(self, duration_s: float) -> None:
        self.wait_for(lambda: False, duration_s)

    def wait_for(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Spin until the condition holds; False when the time is over."""
        deadline_s = time.monotonic() + timeout_s
        while not condition():
            left_s = deadline_s - time.monotonic()
            if left_s <= 0.0:
                return False
            self._executor.spin_once(timeout_sec=min(left_s, 0.1))
        return True

    def missing(self) -> str:
        """The first part of the robot that does not answer, "" when all are there."""
        if not self._commands.server_is_ready():
            return "brain"
        if self._safety is None or not self._arm.service_is_ready():
            return "motor"
        return ""

    def wait_ready(self, timeout_s: float) -> str:
        """Wait for the brain and the motor; returns the missing part, "" when the robot is ready."""
        self.wait_for(lambda: not self.missing(), timeout_s)
        return self.missing()

    def arm(self, on: bool = True, timeout_s: float = 5.0) -> str:
        """Ask the gate to allow motion. Returns "" or the gate's reason why not.

        A refusal is asked again for PATIENCE_S: after a reset the board takes a moment to confirm.
        """

        def ask() -> str:
            response = self._call(self._arm, SetBool.Request(data=on), timeout_s)
            return SILENT_MOTOR if response is None else "" if response.success else str(response.message)

        return self._patiently(ask)

    def reset_estop(self, timeout_s: float = 5.0) -> str:
        """Release the present e-stop. Returns "" or the reason why not. Moves nothing, leaves the gate disarmed."""
        if not self.wait_for(lambda: self._safety is not None, timeout_s) or self._safety is None:
            return NO_ROBOT

        def ask() -> str:
            if self._safety is None or self._safety.mode is not SafetyMode.ESTOP:
                return ""
            response = self._call(self._reset, ResetEstop.Request(estop_id=self._safety.estop_id), timeout_s)
            return SILENT_MOTOR if response is None else "" if response.success else str(response.reason)

        reason = self._patiently(ask)
        if not reason:  # the answer may overtake the state
            self.wait_for(lambda: self._safety is not None and self._safety.mode is not SafetyMode.ESTOP, PATIENCE_S)
        return reason

    def _patiently(self, ask: Callable[[], str]) -> str:
        deadline_s = time.monotonic() + PATIENCE_S
        while (reason := ask()) not in ("", SILENT_MOTOR) and time.monotonic() < deadline_s:
            self.spin(0.05)
        return reason

    def publish_stop(self, source: str) -> None:
        """Engage the e-stop past the brain, without waiting. `source` is "text: what was said"."""
        self._stop.publish(String(data=source))

    def stop(self, source: str, timeout_s: float = 2.0) -> bool:
        """Engage the e-stop past the brain; True when the gate says that it is engaged."""
        self.wait_for(lambda: self.node.count_subscribers("stop") > 0, timeout_s)
        self.publish_stop(source)
        return self.wait_for(lambda: self._safety is not None and self._safety.mode is SafetyMode.ESTOP, timeout_s)

    def say(
        self,
        utterance: Utterance,
        on_progress: Callable[[Progress], None] | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> CommandResult:
        """Send one command and wait for its end; `meanwhile` is called some ten times a second.

        KeyboardInterrupt cancels the command and waits for the robot to stop.
        """
        started_s = time.monotonic()
        if not self.wait_for(self._commands.server_is_ready, 10.0):
            return _lost(NO_ROBOT, started_s)
        goal = ExecuteCommand.Goal(utterance=convert.utterance_to_msg(utterance))

        def feedback(message: Any) -> None:
            if on_progress is not None:
                f = message.feedback
                on_progress(
                    Progress(f.stage, f.step_index, f.step_count, f.notation, f.status, f.remaining_m, f.spoken)
                )

        sent = self._commands.send_goal_async(goal, feedback_callback=feedback)
        try:
            if not self.wait_for(sent.done, 10.0):
                return _lost("the brain did not accept the command within 10 s", started_s)
            handle: Any = sent.result()
            if not handle.accepted:
                return _lost("the brain refused the command", started_s)
            result = handle.get_result_async()
            self._wait_result(result, meanwhile)
        except KeyboardInterrupt:
            result = self._cancel(sent)
        if result is None or not result.done():
            return _lost("the brain went away before the command ended; it is being started again", started_s)
        answer = result.result().result
        return CommandResult(
            outcome=OUTCOMES[answer.outcome],
            texts=tuple(answer.texts),
            steps=tuple(convert.step_result_from_msg(step) for step in answer.steps),
            turn=convert.turn_from_msg(answer.turn),
            first_motion_s=answer.first_motion_s,
            total_s=answer.total_s,
        )

    def _cancel(self, sent: Any) -> Any:
        """Take back a command, accepted already or not; the future of its result, None when there is none."""
        if not self.wait_for(sent.done, 5.0) or not sent.result().accepted:
            return None
        sent.result().cancel_goal_async()
        result = sent.result().get_result_async()
        self.wait_for(result.done, 5.0)
        return result

    def _wait_result(self, result: Any, meanwhile: Callable[[], None] | None) -> None:
        gone_since_s: float | None = None
        while not self.wait_for(result.done, 0.1):
            if meanwhile is not None:
                meanwhile()
            if self._commands.server_is_ready():
                gone_since_s = None
            elif gone_since_s is None:
                gone_since_s = time.monotonic()
            elif time.monotonic() - gone_since_s > 1.0:
                return

    def _call(self, client: Any, request: Any, timeout_s: float) -> Any:
        if not self.wait_for(client.service_is_ready, timeout_s):
            return None
        future = client.call_async(request)
        return future.result() if self.wait_for(future.done, timeout_s) else None

    def _on_safety(self, message: SafetyStateMsg) -> None:
        self._safety = convert.safety_state_from_msg(message)


def _lost(text: str, started_s: float) -> CommandResult:
    return CommandResult("lost", (text,), (), None, float("nan"), time.monotonic() - started_s)
