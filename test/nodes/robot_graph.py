"""All nodes as processes, a client, and the simulator's truth, which the robot never sees."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from listener import WAIT_S
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters

from moe_robot.nodes import convert
from moe_robot.nodes.client import CommandResult, Progress, RobotClient
from moe_robot.nodes.convert_sim import truth_from_msg
from moe_robot.nodes.ros import EVENT, now_s
from moe_robot.nodes.run import NODES
from moe_robot.structs import SafetyMode, Utterance
from moe_robot_interfaces.action import ExecuteCommand
from moe_robot_interfaces.msg import Truth

FRESH_S = 0.5  # older ones waited in a queue


class Robot:
    """The processes of the graph, a client and the simulator's truth."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._env = {**os.environ, "MOE_ROBOT_HOME": str(folder), "ROS_LOG_DIR": str(folder / "ros")}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for name in NODES:
            self.start(name)
        self.client = RobotClient("test_graph")
        self.truths: list[Truth] = []
        self.client.node.create_subscription(Truth, "sim/truth", self.truths.append, EVENT)

    def start(self, name: str) -> None:
        port = f"hardware.port={self.folder / 'motor_port'}"
        command = [sys.executable, "-m", "moe_robot.nodes.run", name, "--set", port]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(command, env=self._env, stdout=log, stderr=subprocess.STDOUT)

    def kill(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].wait()

    def fault(self, names: str) -> None:
        """Break parts of the simulated robot (`nodes/faults.py`); "" mends all."""
        value = ParameterValue(type=ParameterType.PARAMETER_STRING, string_value=names)
        request = SetParameters.Request(parameters=[Parameter(name="fault", value=value)])
        client = self.client.node.create_client(SetParameters, "sim/set_parameters")
        answer = self.client._call(client, request, WAIT_S)
        assert answer is not None and answer.results[0].successful, names
        self.client.node.destroy_client(client)

    def logs(self) -> dict[str, str]:
        return {path.stem: path.read_text(errors="replace") for path in self.folder.glob("*.log")}

    def get_ready(self) -> None:
        assert self.client.wait_ready(WAIT_S) == ""
        self.until(lambda: self.truths and self.arm() == "", "arming")

    def arm(self) -> str:
        if self.client.safety is not None and self.client.safety.mode is SafetyMode.ESTOP:
            self.client.reset_estop()
        return self.client.arm()

    def until(self, condition: Callable[[], object], what: str) -> None:
        assert self.client.wait_for(lambda: bool(condition()), WAIT_S), f"waited {WAIT_S:.0f} s for {what}"

    def say(self, text: str, progress: Callable[[Progress], None] | None = None) -> CommandResult:
        russian = any("а" <= char <= "я" for char in text.lower())
        return self.client.say(Utterance(text, "ru" if russian else "en", source="test"), progress)

    def truth(self):
        """How it is now: one that was made after this call."""
        now_s = self.now_s()
        self.until(
            lambda: self.truths and convert.seconds(self.truths[-1].header.stamp) > now_s, "the simulator's truth"
        )
        return truth_from_msg(self.truths[-1])

    def now_s(self) -> float:
        return now_s(self.client.node)

    def moves(self) -> bool:
        return bool(self.truths) and abs(self.truths[-1].linear_mps) > 0.1

    def stands(self) -> bool:
        last = self.truths[-1]
        still = abs(last.linear_mps) < 0.01 and abs(last.angular_radps) < 0.02
        return still and self.now_s() - convert.seconds(last.header.stamp) < FRESH_S

    def close(self) -> None:
        self.client.close()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Other:
    """A second client, as another person's terminal is one: sends without waiting."""

    def __init__(self, robot: Robot) -> None:
        self._robot = robot
        self._client = RobotClient("test_other")
        self._sent = None

    def __enter__(self) -> Other:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, text: str, language: str):
        """Without waiting even for its acceptance."""
        commands = self._client._commands
        assert self._client.wait_for(commands.server_is_ready, WAIT_S)
        goal = commands._action_type.Goal(utterance=convert.utterance_to_msg(Utterance(text, language)))
        return commands.send_goal_async(goal)

    def begin(self, text: str, language: str) -> None:
        self._sent = self.send(text, language)
        assert self._client.wait_for(self._sent.done, WAIT_S)

    def cancel(self) -> None:
        done = self._sent.result().cancel_goal_async()
        assert self._client.wait_for(done.done, WAIT_S)

    def answer(self) -> ExecuteCommand.Result:
        assert self._client.wait_for(self._sent.done, WAIT_S), "waited for the acceptance"
        result = self._sent.result().get_result_async()
        assert self._client.wait_for(result.done, WAIT_S), "waited for the result"
        return result.result().result

    def result(self) -> int:
        return self.answer().outcome
