"""The real motor node over ROS topics, with the compiled firmware of the motor board in simavr at its serial port."""

from __future__ import annotations

import math
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Start
from geometry_msgs.msg import Twist
from listener import Listener
from nav_msgs.msg import Odometry
from sensor_msgs.msg import LaserScan
from std_msgs.msg import String
from std_srvs.srv import SetBool

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench.simavr import SimBoard, missing  # noqa: E402
from moe_robot.nodes.ros import COMMAND, EVENT, ODOM, SENSOR, STATE  # noqa: E402
from moe_robot_interfaces.msg import SafetyState  # noqa: E402

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")
PERIOD_S = 0.02
SPEED_MPS = 0.3
WHEEL_RADPS = SPEED_MPS / 0.05


class Robot:
    """A motor node, the firmware, an empty hall and somebody who wants to go forward."""

    def __init__(self, start: Start, board: SimBoard, listener: Listener) -> None:
        self.board, self.wish = board, Twist()
        self.states = listener.hear(SafetyState, "safety_state", STATE)
        self.odometry = listener.hear(Odometry, "odom", ODOM)
        self._listener = listener
        self._scan = listener.node.create_publisher(LaserScan, "scan", SENSOR)
        self._command = listener.node.create_publisher(Twist, "cmd_vel", COMMAND)
        self.stop = listener.node.create_publisher(String, "stop", EVENT)
        listener.node.create_timer(PERIOD_S, self._period)
        self.motor = start("motor", f"hardware.port={board.path}")

    def drive(self) -> None:
        self._listener.until(self._arm, "arming")
        self.wish.linear.x = SPEED_MPS
        self._listener.until(lambda: min(self.board.state().radps) > 0.9 * WHEEL_RADPS, "turning wheels")

    def mode(self) -> int:
        return int(self.states[-1].mode) if self.states else SafetyState.DISARMED

    def stands(self) -> bool:
        state = self.board.state()
        return state.off and state.radps == (0.0, 0.0)

    def _arm(self) -> bool:
        return bool(self._listener.call(SetBool, "arm", SetBool.Request(data=True)).success)

    def _period(self) -> None:
        scan = LaserScan(angle_min=-math.pi, angle_max=math.pi, angle_increment=2 * math.pi / 90)
        scan.header.stamp = self._listener.node.get_clock().now().to_msg()
        scan.range_min, scan.range_max, scan.ranges = 0.05, 12.0, [math.inf] * 90
        self._scan.publish(scan)
        self._command.publish(self.wish)


@pytest.fixture
def listener(ros_domain: int) -> Iterator[Listener]:
    with Listener() as listener:
        yield listener


@pytest.fixture
def robot(start: Start, listener: Listener, tmp_path: Path) -> Iterator[Robot]:
    with SimBoard(tmp_path) as board:
        yield Robot(start, board, listener)


def test_it_drives_and_publishes_the_odometry_of_the_encoders(robot: Robot, listener: Listener) -> None:
    robot.drive()
    listener.until(lambda: robot.odometry[-1].pose.pose.position.x > 0.5, "half a metre")
    turned_m = robot.board.state().ticks[0] / 1320 * 2 * math.pi * 0.05
    assert robot.odometry[-1].pose.pose.position.x == pytest.approx(turned_m, abs=0.1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_S15_the_motors_have_no_drive_after_every_way_in_which_the_node_ends(
    number: signal.Signals, robot: Robot, listener: Listener
) -> None:
    """P9: after kill -9 it is the firmware's own watchdog."""
    robot.drive()
    robot.motor.send_signal(number)
    listener.until(robot.stands, "wheels that stand")
    listener.until(lambda: robot.motor.poll() is not None, "the end of the node")
    robot.board.tell("forget")
    listener.spin(0.5)
    assert robot.board.state().fastest_duty == 0.0
    assert robot.board.state().driver == ("off", "off")


def test_S16_the_word_stop_takes_the_drive_from_the_motors(robot: Robot, listener: Listener) -> None:
    robot.drive()
    robot.stop.publish(String(data="стоп"))
    listener.until(lambda: robot.mode() == SafetyState.ESTOP and robot.stands(), "an e-stop")
    robot.board.tell("forget")
    listener.spin(0.5)
    assert robot.board.state().fastest_duty == 0.0


@pytest.mark.parametrize("how", ["reset", "hang"])
def test_S13_a_firmware_that_restarts_in_mid_drive_leaves_a_robot_that_is_disarmed(
    how: str, robot: Robot, listener: Listener
) -> None:
    robot.drive()
    robot.board.tell(how)
    listener.until(lambda: robot.mode() == SafetyState.DISARMED, "the state disarmed")
    listener.until(robot.stands, "wheels that stand")
    robot.board.tell("forget")
    listener.spin(0.5)
    assert robot.board.state().fastest_duty == 0.0
    assert robot.board.state().resets == 1
    robot.wish.linear.x = 0.0  # what was streamed before an arming is not continued
    listener.spin(0.5)
    robot.drive()


def test_S19_a_blocked_wheel_is_an_estop_with_its_cause(robot: Robot, listener: Listener) -> None:
    robot.drive()
    robot.board.tell("stall right 1")
    listener.until(lambda: robot.mode() == SafetyState.ESTOP and robot.board.state().off, "an e-stop")
    assert robot.states[-1].causes
