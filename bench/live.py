"""The real processes of `moe-robot up --sim`, with a tap on the serial line, for the benches that measure time.

    with LiveRobot() as robot:               # own ROS domain, own state folder, ended whatever happens
        goal = robot.begin("поверни налево")  # as `moe-robot say` sends it
        wire_s = robot.wire.wait_motion(goal.sent_s)

Only the serial device is a longer way than usual: motor node -> tap -> simulator (`bench/tap.py`).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich.console import Console

from bench.tap import FROM_HOST, Tap
from moe_robot.cli import environment
from moe_robot.cli.up import Ended, Robot, arm_when_possible
from moe_robot.hardware.frames import AnyMessage, Estop, SetPoint, Telemetry
from moe_robot.nodes.run import Options, motor_port
from moe_robot.router.language import detect_language
from moe_robot.structs import SafetyMode, Utterance

if TYPE_CHECKING:  # rclpy must not load before `environment.prepare`
    from moe_robot.nodes.client import RobotClient

READY_S = 60.0
FIRST_COMMAND_S = 6.0  # then it is sent again
LOOK_S = 0.004  # how often what the tap saw is looked at; the stamps are the tap's
REST_RADPS = 0.05  # of a wheel by its encoder
KEPT_MESSAGES = 4000
_domains = itertools.count(os.getpid())


class NotReadyError(RuntimeError):
    """The robot did not come up, or did not come to rest."""


@contextlib.contextmanager
def own_environment() -> Iterator[Path]:
    """A ROS domain and a state folder of our own for this process and its children. Gives the folder."""
    folder = Path(tempfile.mkdtemp(prefix="moe_robot_bench_"))
    own = {
        "ROS_DOMAIN_ID": str(20 + next(_domains) % 80),
        "MOE_ROBOT_HOME": str(folder / "home"),
        "ROS_LOG_DIR": str(folder / "ros"),
        "XDG_RUNTIME_DIR": str(folder),
    }
    before = dict(os.environ)
    os.environ.update(own)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled modules are kept, as on a person's machine
    environment.prepare()
    try:
        yield folder
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


def ended_by_signal(main: Callable[[], int]) -> int:
    """The exit code of `main`; 130 in one line when a signal ended it (the robot is gone by then)."""
    try:
        return main()
    except Ended as reason:
        print(f"ended by {reason}; no process is left", file=sys.stderr)
        return 130


@dataclass
class Wire:
    """What went over the serial line lately, as (monotonic s, message)."""

    set_points: deque[tuple[float, SetPoint | Estop]] = field(default_factory=lambda: deque(maxlen=KEPT_MESSAGES))
    telemetry: deque[tuple[float, Telemetry]] = field(default_factory=lambda: deque(maxlen=KEPT_MESSAGES))

    def take(self, t_s: float, direction: int, message: AnyMessage) -> None:
        if direction == FROM_HOST and isinstance(message, (SetPoint, Estop)):
            self.set_points.append((t_s, message))
        elif isinstance(message, Telemetry):
            self.telemetry.append((t_s, message))

    def first_motion_s(self, after_s: float) -> float | None:
        """Time of the first set point that is not zero."""
        return next((t for t, m in self.set_points if t > after_s and not is_still(m)), None)

    def first_still_s(self, after_s: float) -> float | None:
        """Time of the first zero set point or e-stop frame."""
        return next((t for t, m in self.set_points if t > after_s and is_still(m)), None)

    def moving(self) -> bool:
        """The last set point is not zero."""
        return bool(self.set_points) and not is_still(self.set_points[-1][1])

    def first_board_s(self, after_s: float, holds: Callable[[Telemetry], bool]) -> float | None:
        """Time of the first telemetry of which something holds."""
        return next((t for t, m in self.telemetry if t > after_s and holds(m)), None)


def is_still(message: SetPoint | Estop) -> bool:
    return isinstance(message, Estop) or (message.left_radps == 0.0 and message.right_radps == 0.0)


def stands(telemetry: Telemetry) -> bool:
    return all(abs(speed) < REST_RADPS for speed in telemetry.speeds_radps)


@dataclass
class Goal:
    """One command under way. Times are monotonic; `result` is the action's own once it has ended."""

    sent_s: float
    clock_offset_s: float  # add to a monotonic time to get the graph's
    accepted: Any
    handle: Any = None
    ended: Any = None

    @property
    def result(self) -> Any:
        return self.ended.result().result if self.ended is not None and self.ended.done() else None

    @property
    def received_s(self) -> float:
        """When the brain took it: the brain stamps what comes without a stamp."""
        stamp = self.result.turn.utterance.stamp
        return stamp.sec + stamp.nanosec * 1e-9 - self.clock_offset_s


class LiveRobot:
    """Entering starts everything and arms. Raises NotReadyError. One thread uses it."""

    def __init__(self, seed: int = 1, settings: tuple[str, ...] = ()) -> None:
        self._settings = (f"sim.seed={seed}", *settings)
        self._stack = contextlib.ExitStack()
        self.wire = Wire()

    def __enter__(self) -> LiveRobot:
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(own_environment())
            self.tap = stack.enter_context(Tap(folder / "tap", motor_port(), self.wire.take))
            options = Options(sim=True, motor_port=str(folder / "tap"), settings=self._settings)
            console = Console(stderr=True, quiet=not sys.stderr.isatty())
            self.robot = stack.enter_context(Robot(options, console, quiet=True))
            from std_srvs.srv import Trigger

            from moe_robot.nodes.client import RobotClient
            from moe_robot.nodes.convert import utterance_to_msg
            from moe_robot_interfaces.action import ExecuteCommand

            self._to_msg, self._action = utterance_to_msg, ExecuteCommand
            self.client: RobotClient = stack.enter_context(RobotClient("moe_robot_bench"))
            self._trigger = Trigger
            self._stop = self.client.node.create_client(Trigger, "stop")
            from rclpy.action import ActionClient

            self._commands = ActionClient(self.client.node, ExecuteCommand, "execute_command")
            stack.callback(self._commands.destroy)
            self.get_ready()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, value, at)

    def until(self, condition: Callable[[], object], timeout_s: float) -> bool:
        """Spin, watch the processes and read the tap until something is so; False when the time is over."""
        deadline_s = time.monotonic() + timeout_s
        while True:
            self.tap.read()
            if condition():
                return True
            if time.monotonic() > deadline_s:
                return False
            self.client.spin(LOOK_S)
            self.robot.watch()

    def need(self, condition: Callable[[], object], timeout_s: float, what: str) -> None:
        if not self.until(condition, timeout_s):
            raise NotReadyError(f"waited {timeout_s:.0f} s for {what}")

    def get_ready(self, timeout_s: float = READY_S) -> None:
        """All parts answer, the gate is armed, the robot knows where it is."""
        self.need(lambda: not self.client.missing(), timeout_s, "the brain and the motor")
        self.need(self._commands.server_is_ready, timeout_s, "the brain's action")
        self.arm()
        self.need(lambda: self.wire.telemetry and stands(self.wire.telemetry[-1][1]), timeout_s, "standing wheels")
        # A brain that was killed keeps its name on the graph for seconds; what is sent to it then is lost.
        deadline_s = time.monotonic() + timeout_s
        while time.monotonic() < deadline_s:
            done = self.begin("поверни налево на 10 градусов")
            if self.until(lambda g=done: g.result is not None, FIRST_COMMAND_S):  # type: ignore[misc]
                return
        raise NotReadyError(f"waited {timeout_s:.0f} s for the first command")

    def arm(self) -> None:
        """Release an e-stop, then arm; on a machine without a core to spare another cause may come between. Raises
        NotReadyError."""
        deadline_s = time.monotonic() + 20.0
        while reason := self.client.reset_estop() or arm_when_possible(self.client, self.robot):
            if time.monotonic() > deadline_s:
                raise NotReadyError(f"cannot arm: {reason}")
            self.until(lambda: False, 0.02)
        self.need(lambda: self.client.safety and self.client.safety.mode is SafetyMode.ARMED, 5.0, "an armed gate")
        self.need(lambda: self.wire.telemetry and self.wire.telemetry[-1][1].board.armed, 5.0, "an armed board")

    def ask_stop(self) -> None:
        """The service `stop`, without waiting for its answer."""
        self._stop.call_async(self._trigger.Request())

    def begin(self, text: str) -> Goal:
        """Send a command as `moe-robot say` does, without waiting."""
        message = self._action.Goal(utterance=self._to_msg(Utterance(text, detect_language(text), source="test")))
        offset_s, sent_s = time.time() - time.monotonic(), time.monotonic()
        goal = Goal(sent_s, offset_s, self._commands.send_goal_async(message))

        def accepted(future: Any) -> None:
            goal.handle = future.result()
            if goal.handle.accepted:
                goal.ended = goal.handle.get_result_async()

        goal.accepted.add_done_callback(accepted)
        return goal

    def begin_driving(self, text: str, timeout_s: float = 10.0) -> Goal:
        """Send a command and wait until the wheels are told to turn. Raises NotReadyError."""
        goal = self.begin(text)
        self.need(lambda: self.wire.first_motion_s(goal.sent_s), timeout_s, f"motion after '{text}'")
        return goal

    def come_to_rest(self, goal: Goal, timeout_s: float = 10.0) -> None:
        """Cancel what runs and wait until the wheels stand. Raises NotReadyError."""
        self.need(lambda: goal.handle is not None, timeout_s, "the brain's answer to a goal")
        if goal.result is None and goal.handle.accepted:
            goal.handle.cancel_goal_async()
            self.need(lambda: goal.result is not None, timeout_s, "the end of a cancelled command")
        asked_s = time.monotonic()
        self.need(
            lambda: not self.wire.moving() and self.wire.first_board_s(asked_s, stands), timeout_s, "standing wheels"
        )

    def pause(self, duration_s: float) -> None:
        self.until(lambda: False, duration_s)
