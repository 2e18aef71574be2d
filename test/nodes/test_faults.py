"""Parts that fall silent, break or are killed in mid-drive: the robot stops, says which part is missing, recovers."""

from __future__ import annotations

import math
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from geometry_msgs.msg import PoseWithCovarianceStamped, Twist
from robot_graph import Other, Robot

from moe_robot.nodes import convert
from moe_robot.nodes.ros import COMMAND, EVENT, STATE
from moe_robot.structs import SafetyMode
from moe_robot_interfaces.msg import Outcome, SafetyState

DONE, FAILED, PREEMPTED, CANCELLED = 0, 1, 4, 5
TURN, PATROL = "turn left by 20 degrees", "патрулируй"


@pytest.fixture
def mended(robot: Robot) -> Iterator[Robot]:
    yield robot
    robot.fault("")


def heading(robot: Robot) -> float:
    return robot.truth().pose.yaw_rad


def turned_deg(robot: Robot, before_rad: float) -> float:
    return math.degrees(math.remainder(heading(robot) - before_rad, 2 * math.pi))


def test_a_silent_lidar_stops_the_drive_is_named_and_the_next_command_works(mended: Robot) -> None:
    with Other(mended) as other:
        other.begin(PATROL, "ru")
        mended.until(mended.moves, "motion")
        mended.fault("lidar")
        mended.until(mended.stands, "standing still")
        answer = other.answer()
    assert answer.outcome == FAILED
    assert "идар молчит" in answer.texts[-1]
    mended.fault("")
    mended.until(lambda: mended.say(TURN).outcome == "done", "driving again")


def test_a_silent_camera_ends_the_search_is_named_and_driving_goes_on(mended: Robot) -> None:
    with Other(mended) as other:
        other.begin("найди красный куб", "ru")
        mended.until(mended.moves, "motion")
        mended.fault("camera")
        answer = other.answer()
    assert answer.outcome == FAILED
    assert "амера молчит" in answer.texts[-1]
    mended.until(mended.stands, "standing still")
    assert mended.say(TURN).outcome == "done"
    mended.fault("")
    mended.until(lambda: mended.say("what do you see?").outcome == "done", "seeing again")


def test_a_pulled_cable_stops_and_disarms_and_an_armed_command_drives_again(mended: Robot) -> None:
    with Other(mended) as other:
        other.begin(PATROL, "ru")
        mended.until(mended.moves, "motion")
        mended.fault("unplugged")
        mended.until(mended.stands, "standing still")
        answer = other.answer()
    assert answer.outcome == FAILED
    assert "платой моторов" in answer.texts[-1]
    mended.until(lambda: mended.client.safety.mode is SafetyMode.DISARMED, "a disarmed gate")
    mended.fault("")
    mended.client.spin(0.5)
    assert mended.client.safety.mode is SafetyMode.DISARMED  # nobody armed it
    assert mended.stands()
    mended.until(lambda: mended.arm() == "", "arming")
    assert mended.say(TURN).outcome == "done"


def test_garbage_on_the_serial_line_makes_no_motion_and_spoils_none(mended: Robot) -> None:
    before = heading(mended)
    mended.fault("noise")
    mended.client.spin(0.5)
    assert abs(turned_deg(mended, before)) < 1.0
    done = mended.say("turn left by 60 degrees")
    assert done.outcome == "done", done.texts
    assert turned_deg(mended, before) == pytest.approx(60.0, abs=8.0)


def test_the_drive_waits_for_a_killed_localization_and_the_new_one_believes_no_wrong_pose(robot: Robot) -> None:
    poses: list[PoseWithCovarianceStamped] = []
    with Other(robot) as other:
        other.begin(PATROL, "ru")
        robot.until(robot.moves, "motion")
        robot.kill("localization")
        robot.until(robot.stands, "standing still")
        listening = robot.client.node.create_subscription(PoseWithCovarianceStamped, "pose", poses.append, STATE)
        robot.start("localization")
        robot.until(robot.moves, "motion again")
        other.cancel()
        assert other.result() == CANCELLED
    robot.until(robot.stands, "standing still")
    true, asked_s = robot.truth().pose, robot.now_s()
    robot.until(lambda: convert.seconds(poses[-1].header.stamp) > asked_s, "a new pose")
    robot.client.node.destroy_subscription(listening)
    pose, _, _ = convert.pose_from_msg(poses[-1])
    assert math.hypot(pose.x_m - true.x_m, pose.y_m - true.y_m) < 0.3


def test_a_killed_simulator_is_a_lost_link_and_the_robot_finds_itself_after_its_restart(robot: Robot) -> None:
    with Other(robot) as other:
        other.begin(PATROL, "ru")
        robot.until(robot.moves, "motion")
        robot.kill("sim")
        answer = other.answer()
    assert answer.outcome == FAILED
    robot.until(lambda: robot.client.safety.mode is SafetyMode.DISARMED, "a disarmed gate")
    robot.start("sim")  # begins at its start again: the robot has been carried there
    robot.until(lambda: robot.arm() == "", "arming")
    robot.until(lambda: "hall" in robot.say("where are you?").texts[-1], "the robot finding itself")
    assert robot.say(TURN).outcome == "done"


def test_a_full_disk_is_told_to_who_wants_something_kept_and_driving_goes_on(robot: Robot) -> None:
    memory = robot.processes["memory"].pid
    before = resource.prlimit(memory, resource.RLIMIT_FSIZE)
    resource.prlimit(memory, resource.RLIMIT_FSIZE, (1, before[1]))  # its next write is one too many
    failed = robot.say("запомни это место как гараж")
    assert failed.outcome == "failed"
    assert "на диск" in failed.texts[-1]
    assert robot.say(TURN).outcome == "done"
    resource.prlimit(memory, resource.RLIMIT_FSIZE, before)
    assert robot.say("запомни это место как гараж").outcome == "done"


def test_of_ten_commands_at_once_only_the_last_is_finished(robot: Robot) -> None:
    before = heading(robot)
    with Other(robot) as other:
        sent = [other.send(f"turn right by {angle} degrees", "en") for angle in range(10, 110, 10)]
        outcomes = []
        for other._sent in sent:
            outcomes.append(other.result())
    assert outcomes == [PREEMPTED] * 9 + [DONE]
    assert -175.0 < turned_deg(robot, before) < -90.0
    robot.until(robot.stands, "standing still")


def test_a_command_that_is_cancelled_at_once_leaves_the_robot_standing(robot: Robot) -> None:
    with Other(robot) as other:
        for _ in range(5):
            other.begin("поезжай на кухню", "ru")
            other.cancel()
            assert other.result() == CANCELLED
    robot.until(robot.stands, "standing still")


def test_clients_that_come_and_go_do_not_disarm_the_robot_that_drives(robot: Robot) -> None:
    modes: list[int] = []
    listening = robot.client.node.create_subscription(
        SafetyState, "safety_state", lambda m: modes.append(m.mode), STATE
    )
    with Other(robot) as other:
        other.begin(PATROL, "ru")
        robot.until(robot.moves, "motion")
        for _ in range(4):
            with Other(robot):
                robot.client.spin(0.3)
        other.cancel()
        assert other.result() == CANCELLED
    robot.client.node.destroy_subscription(listening)
    assert set(modes) == {SafetyState.ARMED}


def test_a_command_outlives_the_client_that_gave_it(robot: Robot) -> None:
    outcomes: list[Outcome] = []
    listening = robot.client.node.create_subscription(Outcome, "outcome", outcomes.append, EVENT)
    robot.until(lambda: robot.client.node.count_publishers("outcome") > 0, "the brain")
    before = heading(robot)
    client = subprocess.Popen([sys.executable, "-m", "moe_robot.cli.main", "say", "turn left by 90 degrees"])
    robot.until(lambda: abs(robot.truths[-1].angular_radps) > 0.1, "turning")
    client.send_signal(signal.SIGKILL)
    client.wait()
    robot.until(lambda: outcomes, "the end of the command")
    robot.client.node.destroy_subscription(listening)
    assert outcomes[-1].outcome == "done"
    assert turned_deg(robot, before) == pytest.approx(90.0, abs=8.0)


def test_a_joystick_takes_over_from_a_plan_which_ends_in_words_and_is_not_continued(robot: Robot) -> None:
    joystick = robot.client.node.create_publisher(Twist, "cmd_vel_joy", COMMAND)
    back = Twist()
    back.linear.x = -0.1

    def pulled() -> bool:
        joystick.publish(back)
        return robot.truths[-1].linear_mps < -0.05

    with Other(robot) as other:
        other.begin(PATROL, "ru")
        robot.until(robot.moves, "motion")
        robot.until(pulled, "the joystick driving")
        answer = other.answer()
    assert answer.outcome == FAILED
    assert "управляет кто-то другой" in answer.texts[-1]
    robot.until(robot.stands, "standing still")  # the joystick is silent
    robot.client.spin(1.0)
    assert robot.stands()
    robot.client.node.destroy_publisher(joystick)
    assert robot.say(TURN).outcome == "done"


@pytest.mark.parametrize(
    "text",
    [
        "go to the kitchen\0 and then stop living",
        "\ud800\udfff go go go",
        "\x1b[2J\x1b[31m\x07",
        "\u202eнедак ан иажеоп",
        "הביא לי את הספל",
        "drive 1e308 meters",
        "drive infinity meters",
        "поверни на NaN градусов",
        "drive -0 meters",
        "едь вперёд и назад одновременно",
    ],
    ids=ascii,
)
def test_strange_words_are_refused_in_words_and_move_nothing(robot: Robot, text: str) -> None:
    before = robot.truth().pose
    refused = robot.say(text)
    after = robot.truth().pose
    assert (refused.outcome, bool(refused.texts[-1].strip())) == ("refused", True)
    assert math.hypot(after.x_m - before.x_m, after.y_m - before.y_m) < 0.02
