"""All nodes together: from words to wheels and back, and what happens when a part is killed on the way.

Truth comes from the simulator; the robot never sees it. Each test leaves the robot armed and standing.
"""

from __future__ import annotations

import math

import pytest
from geometry_msgs.msg import Twist
from robot_graph import Other, Robot

from moe_robot.nodes import convert
from moe_robot.nodes.ros import COMMAND, EVENT
from moe_robot.structs import SafetyMode, Utterance
from moe_robot_interfaces.msg import Turn

LEAST_MOVE_M = 0.05


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


@pytest.mark.parametrize("text", ["", "глокая куздра штеко", "🤖🤖🤖", "drive " * 20_000])
def test_what_is_not_understood_moves_nothing_and_is_said(robot: Robot, text: str) -> None:
    before = robot.truth().pose
    refused = robot.say(text)
    after = robot.truth().pose
    assert refused.outcome == "refused"
    assert refused.texts
    assert math.hypot(after.x_m - before.x_m, after.y_m - before.y_m) < LEAST_MOVE_M


def test_code_in_an_utterance_moves_nothing_and_erases_nothing(robot: Robot) -> None:
    assert robot.say("remember this place as harbour").outcome == "done"
    before = robot.truth().pose
    assert robot.say("'; DROP TABLE places; --").texts
    after = robot.truth().pose
    assert math.hypot(after.x_m - before.x_m, after.y_m - before.y_m) < LEAST_MOVE_M
    assert robot.say("go to the harbour").outcome == "done"


def test_a_new_command_preempts_the_one_that_runs(robot: Robot) -> None:
    with Other(robot) as other:
        other.begin("поезжай на кухню", "ru")
        robot.until(robot.moves, "motion")
        assert robot.say("turn left by 20 degrees").outcome == "done"
        assert other.result() == OUTCOME["preempted"]


def test_a_question_is_answered_while_the_robot_drives_on(robot: Robot) -> None:
    with Other(robot) as other:
        other.begin("поезжай на кухню", "ru")
        robot.until(robot.moves, "motion")
        for question, says in (("where are you?", "I am"), ("сколько осталось заряда?", "процент")):
            asked = robot.say(question)
            assert asked.outcome == "done"
            assert says in asked.texts[-1]
        robot.until(robot.moves, "motion after the answers")
        other.cancel()
        assert other.result() == OUTCOME["cancelled"]
    robot.until(robot.stands, "standing still")


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
    turned = robot.say("turn right by 20 degrees")
    assert turned.outcome == "done", turned.texts


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
