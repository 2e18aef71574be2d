"""All nodes together: from words to wheels and back, and what happens when a part is killed on the way.

Truth comes from the simulator; the robot never sees it. Each test leaves the robot armed and standing.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from geometry_msgs.msg import Twist
from listener import WAIT_S

from moe_robot.nodes import convert
from moe_robot.nodes.client import CommandResult, Progress, RobotClient
from moe_robot.nodes.convert_sim import truth_from_msg
from moe_robot.nodes.ros import COMMAND, EVENT
from moe_robot.nodes.run import NODES
from moe_robot.structs import SafetyMode, Utterance
from moe_robot_interfaces.msg import Truth, Turn

LEAST_MOVE_M = 0.05


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
        """The next one that comes."""
        count = len(self.truths)
        self.until(lambda: len(self.truths) > count, "the simulator's truth")
        return truth_from_msg(self.truths[-1])

    def moves(self) -> bool:
        return bool(self.truths) and abs(self.truths[-1].linear_mps) > 0.1

    def stands(self) -> bool:
        return abs(self.truths[-1].linear_mps) < 0.01 and abs(self.truths[-1].angular_radps) < 0.02

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


@pytest.fixture(scope="module")
def graph(ros_domain: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Robot]:
    robot = Robot(tmp_path_factory.mktemp("robot"))
    yield robot
    robot.close()


@pytest.fixture
def robot(graph: Robot) -> Robot:
    for name, process in graph.processes.items():
        if process.poll() is not None:
            graph.start(name)
    graph.get_ready()
    return graph


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

    def begin(self, text: str, language: str) -> None:
        commands = self._client._commands
        assert self._client.wait_for(commands.server_is_ready, WAIT_S)
        goal = commands._action_type.Goal(utterance=convert.utterance_to_msg(Utterance(text, language)))
        self._sent = commands.send_goal_async(goal)
        assert self._client.wait_for(self._sent.done, WAIT_S)

    def cancel(self) -> None:
        done = self._sent.result().cancel_goal_async()
        assert self._client.wait_for(done.done, WAIT_S)

    def result(self) -> int:
        result = self._sent.result().get_result_async()
        assert self._client.wait_for(result.done, WAIT_S)
        return result.result().result.outcome


OUTCOME = {"stopped": 3, "preempted": 4, "cancelled": 5}


def test_a_russian_command_turns_the_robot_by_what_was_said(robot: Robot) -> None:
    before = robot.truth()
    stages: list[str] = []
    done = robot.say("поверни налево на 45 градусов", lambda p: stages.append(p.stage))
    turned = math.remainder(robot.truth().pose.yaw_rad - before.pose.yaw_rad, 2 * math.pi)
    assert (done.outcome, math.degrees(turned)) == ("done", pytest.approx(45.0, abs=8.0))
    assert done.first_motion_s < done.total_s
    assert stages[0] == "think"
    assert "act" in stages
    assert done.turn is not None and done.turn.plan is not None


def test_a_question_is_answered_without_motion(robot: Robot) -> None:
    answer = robot.say("what is the battery level?")
    assert answer.outcome == "done"
    assert math.isnan(answer.first_motion_s)
    assert "percent" in answer.texts[-1]


@pytest.mark.parametrize("text", ["", "глокая куздра штеко", "🤖🤖🤖", "'; DROP TABLE places; --", "drive " * 20_000])
def test_what_is_not_understood_moves_nothing_and_is_said(robot: Robot, text: str) -> None:
    before = robot.truth().pose
    refused = robot.say(text)
    after = robot.truth().pose
    assert refused.outcome == "refused"
    assert refused.texts
    assert math.hypot(after.x_m - before.x_m, after.y_m - before.y_m) < LEAST_MOVE_M


def test_a_new_command_preempts_the_one_that_runs(robot: Robot) -> None:
    with Other(robot) as other:
        other.begin("поезжай на кухню", "ru")
        robot.until(robot.moves, "motion")
        assert robot.say("turn left by 20 degrees").outcome == "done"
        assert other.result() == OUTCOME["preempted"]


def test_the_word_cancel_ends_the_running_command_without_an_estop(robot: Robot) -> None:
    with Other(robot) as other:
        other.begin("go to the kitchen", "en")
        robot.until(robot.moves, "motion")
        assert robot.say("отмена").outcome == "done"
        assert other.result() == OUTCOME["cancelled"]
    robot.until(robot.stands, "standing still")
    assert robot.client.safety.mode is SafetyMode.ARMED


def test_a_cancel_request_ends_the_running_command(robot: Robot) -> None:
    with Other(robot) as other:
        other.begin("go to the kitchen", "en")
        robot.until(robot.moves, "motion")
        other.cancel()
        assert other.result() == OUTCOME["cancelled"]
    robot.until(robot.stands, "standing still")


def test_a_stop_word_to_the_brain_engages_the_gate(robot: Robot) -> None:
    with Other(robot) as other:
        other.begin("поезжай на кухню", "ru")
        robot.until(robot.moves, "motion")
        robot.say("стоп!")
        assert other.result() == OUTCOME["stopped"]
    robot.until(lambda: robot.client.safety.mode is SafetyMode.ESTOP, "the e-stop")
    robot.until(robot.stands, "standing still")
    assert robot.say("drive forward").outcome == "failed"
    robot.until(lambda: robot.arm() == "", "the reset")


def test_an_utterance_on_the_topic_is_obeyed_too(robot: Robot) -> None:
    turns: list[Turn] = []
    node = robot.client.node
    node.create_subscription(Turn, "turn", turns.append, EVENT)
    publisher = node.create_publisher(type(convert.utterance_to_msg(Utterance("", "en"))), "utterance", EVENT)
    robot.until(lambda: publisher.get_subscription_count() > 0, "the brain")
    message = convert.utterance_to_msg(Utterance("поверни направо на 30 градусов", "ru"))
    message.language = ""  # the robot tells it by the words
    publisher.publish(message)
    robot.until(lambda: turns and abs(robot.truths[-1].angular_radps) > 0.1, "turning")
    assert turns[0].plan.notation == "turn(angle_deg=-30)"
    robot.until(robot.stands, "standing still")


def test_the_wheels_stop_when_the_brain_is_killed_and_it_comes_back(robot: Robot) -> None:
    with Other(robot) as other:
        other.begin("поезжай на кухню", "ru")
        robot.until(robot.moves, "motion")
        robot.kill("brain")
        robot.until(robot.stands, "standing still")
    robot.until(lambda: not robot.client._commands.server_is_ready(), "DDS noticing")
    assert robot.client.missing() == "brain"
    robot.start("brain")
    robot.get_ready()
    assert robot.say("turn left by 20 degrees").outcome == "done"


def test_the_wheels_stop_when_the_motor_process_is_killed_and_it_comes_back_disarmed(robot: Robot) -> None:
    with Other(robot) as other:
        other.begin("go to the kitchen", "en")
        robot.until(robot.moves, "motion")
        robot.kill("motor")
        robot.until(robot.stands, "standing still")
    robot.start("motor")
    robot.until(lambda: robot.client.safety.mode is SafetyMode.DISARMED, "a disarmed gate")
    assert not robot.moves()


def test_without_vision_a_search_says_that_the_camera_is_silent(robot: Robot) -> None:
    robot.kill("vision")
    robot.client.spin(2.0)  # the last image is too old now
    failed = robot.say("what do you see?")
    assert failed.outcome == "failed"
    assert "camera" in failed.texts[-1]


def test_without_memory_a_question_about_the_past_says_so_and_driving_goes_on(robot: Robot) -> None:
    robot.kill("memory")
    answer = robot.say("where did you see the purple bottle?")
    assert answer.outcome == "failed"
    assert "emory" in answer.texts[-1]
    assert robot.say("turn right by 20 degrees").outcome == "done"


def test_a_foreign_velocity_drives_nothing_while_disarmed(robot: Robot) -> None:
    assert robot.client.arm(False) == ""
    publisher = robot.client.node.create_publisher(Twist, "cmd_vel", COMMAND)
    twist = Twist()
    twist.linear.x = 0.3
    before = robot.truth().pose
    for _ in range(10):
        publisher.publish(twist)
        robot.client.spin(0.05)
    after = robot.truth().pose
    assert math.hypot(after.x_m - before.x_m, after.y_m - before.y_m) < LEAST_MOVE_M
