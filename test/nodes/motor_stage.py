"""The real motor node at a board on a pseudo-terminal, and a test that publishes commands to it over ROS."""

from __future__ import annotations

import math
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from conftest import Start
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import Twist
from lifecycle_msgs.srv import ChangeState, GetState
from listener import Listener
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters
from rclpy.publisher import Publisher
from sensor_msgs.msg import LaserScan
from std_msgs.msg import String
from std_srvs.srv import SetBool

from moe_robot.config import load_config
from moe_robot.nodes.ros import COMMAND, EVENT, SENSOR, STATE
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.board import Board
from moe_robot.sim.ideal_plant import IdealPlant
from moe_robot.sim.pty_port import PtyPort
from moe_robot_interfaces.msg import SafetyState
from moe_robot_interfaces.srv import ResetEstop

MODEL = load_robot_model()
CRUISE_MPS = 0.2
PERIOD_S = 0.04


class LivePlant(IdealPlant):
    """Its wheels turn in real time; remembers the fastest they were told since `forget`."""

    def __init__(self) -> None:
        super().__init__()
        self.fastest_radps = 0.0
        self._stepped_s = time.monotonic()

    def set_wheel_speeds(self, left_radps: float, right_radps: float) -> None:
        self._catch_up()
        super().set_wheel_speeds(left_radps, right_radps)
        self.fastest_radps = max(self.fastest_radps, abs(left_radps), abs(right_radps))

    def wheel_ticks(self) -> tuple[int, int]:
        self._catch_up()
        return super().wheel_ticks()

    def forget(self) -> None:
        self.fastest_radps = 0.0

    def _catch_up(self) -> None:
        now_s = time.monotonic()
        self.step(now_s - self._stepped_s)
        self._stepped_s = now_s


class MotorStage:
    """`with MotorStage(start, tmp_path) as stage: stage.driving()`; `settings` are KEY=VALUE of the configuration."""

    def __init__(self, start: Start, folder: Path, *settings: str, ros: tuple[str, ...] = (), code: str = "") -> None:
        self.plant = LivePlant()
        self.board = Board(self.plant, load_config().hardware)
        self.port = PtyPort(self.board)
        self.listener = Listener()
        self.folder = folder
        self.states = self.listener.hear(SafetyState, "safety_state", STATE)
        self.reports = self.listener.hear(DiagnosticArray, "/diagnostics", 10)
        port = f"hardware.port={self.port.path}"
        self.process: subprocess.Popen[bytes] = start("motor", port, *settings, ros=ros, code=code)
        self._scan = self.listener.node.create_publisher(LaserScan, "scan", SENSOR)
        self._commands: dict[str, Publisher] = {}

    def __enter__(self) -> MotorStage:
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.__exit__()
        self.port.close()

    # ---- what a test does

    def publish_scan(self) -> None:
        """Of an empty hall; scans stop when nobody calls this."""
        scan = LaserScan(angle_min=-3.1, angle_increment=0.1, range_min=0.1, range_max=8.0, ranges=[math.inf] * 62)
        scan.header.stamp.sec, scan.header.stamp.nanosec = divmod(time.monotonic_ns(), 10**9)
        self._scan.publish(scan)

    def command(self, linear_mps: float = CRUISE_MPS, topic: str = "cmd_vel") -> None:
        """On `cmd_vel` as the brain does, or on the topic of another input."""
        if topic not in self._commands:
            self._commands[topic] = self.listener.node.create_publisher(Twist, topic, COMMAND)
        twist = Twist()
        twist.linear.x = linear_mps
        self._commands[topic].publish(twist)

    def keep(self, condition: Callable[[], object], what: str, act: Callable[[], None] | None = None) -> None:
        """Until the condition holds, with scans and `act` all the while."""

        def held() -> bool:
            self.publish_scan()
            if act is not None:
                act()
            self.listener.spin(PERIOD_S)
            return bool(condition())

        try:
            self.listener.until(held, what)
        except AssertionError as error:
            last = self.states[-1] if self.states else None
            raise AssertionError(
                f"{error}; {last}; wheels {self.plant.commanded_radps}; {self.log()[-1500:]}"
            ) from None

    def log(self) -> str:
        return (self.folder / "motor.log").read_text(errors="replace")

    def during(self, seconds: float, act: Callable[[], None] | None = None) -> None:
        end_s = time.monotonic() + seconds
        self.keep(lambda: time.monotonic() > end_s, "time", act)

    def arm(self) -> str:
        answer = self.listener.call(SetBool, "arm", SetBool.Request(data=True))
        return "" if answer.success else answer.message

    def armed(self) -> None:
        self.keep(lambda: not self.arm(), "arming")

    def neutral(self) -> None:
        """Whoever streamed goes through zero first (S39)."""
        self.during(4 * PERIOD_S, lambda: self.command(0.0))

    def driving(self) -> None:
        self.armed()
        self.neutral()
        self.keep(lambda: self.fast(), "turning wheels", self.command)

    def stop(self, source: str) -> None:
        """On the topic `stop`."""
        publisher = self.listener.node.create_publisher(String, "stop", EVENT)
        self.keep(publisher.get_subscription_count, "the motor node listening")
        publisher.publish(String(data=source))

    def reset(self) -> str:
        answer = self.listener.call(ResetEstop, "reset_estop", ResetEstop.Request(estop_id=self.state.estop_id))
        return "" if answer.success else answer.reason

    def lifecycle(self, label: str) -> bool:
        request = ChangeState.Request()
        request.transition.label = label
        return bool(self.listener.call(ChangeState, "motor/change_state", request).success)

    def lifecycle_state(self) -> str:
        return str(self.listener.call(GetState, "motor/get_state", GetState.Request()).current_state.label)

    def set_parameter(self, name: str, value: float) -> str:
        """Reason of a refusal, "" when it was taken."""
        told = ParameterValue(type=ParameterType.PARAMETER_DOUBLE, double_value=value)
        request = SetParameters.Request(parameters=[Parameter(name=name, value=told)])
        result = self.listener.call(SetParameters, "motor/set_parameters", request).results[0]
        return "" if result.successful else result.reason

    # ---- what a test sees

    @property
    def state(self) -> SafetyState:
        self.listener.until(lambda: self.states, "safety_state")
        return self.states[-1]

    def fast(self) -> bool:
        return min(self.plant.commanded_radps) > 0.5 * CRUISE_MPS / MODEL.wheel_radius_m

    def stopped(self, act: Callable[[], None] | None = None) -> None:
        """Every command from before has grown old, and the wheels stand: not only because the board had a moment of
        silence on a busy machine, after which a command that is still fresh goes on."""
        self.during(load_config().motion.command_timeout_s, act)
        self.keep(self.stands, "a stop", act)

    def stands(self) -> bool:
        return self.plant.commanded_radps == (0.0, 0.0)

    def stays_still(self, seconds: float = 0.7, act: Callable[[], None] | None = None) -> bool:
        self.plant.forget()
        self.during(seconds, act)
        return self.plant.fastest_radps == 0.0

    def report(
        self, right: Callable[[dict[str, str]], bool] = bool, act: Callable[[], None] | None = None
    ) -> dict[str, str]:
        """Values of the next report of the motor node that is `right`; "level" and "text" among them."""
        self.reports.clear()

        def found() -> list[dict[str, str]]:
            told = [
                {"level": str(s.level[0]), "text": s.message, **{v.key: v.value for v in s.values}}
                for array in self.reports
                for s in array.status
                if s.name.endswith("motor")
            ]
            return [each for each in told if right(each)]

        self.keep(found, "such a report of the motor node", act)
        return found()[-1]
