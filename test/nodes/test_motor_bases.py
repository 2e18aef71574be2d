"""The real motor node on each serial base: driven over ROS, its cable pulled, its board back under another name."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Start
from geometry_msgs.msg import Twist
from listener import Listener
from sensor_msgs.msg import LaserScan
from std_srvs.srv import SetBool

from moe_robot.config import load_config
from moe_robot.nodes.ros import COMMAND, SENSOR, STATE
from moe_robot.sim.boards import make_board
from moe_robot.sim.ideal_plant import IdealPlant
from moe_robot.sim.pty_port import PtyPort
from moe_robot_interfaces.msg import SafetyState

PERIOD_S = 0.02
WHEEL_RADPS = 0.2 / 0.05


class Hall:
    """An empty hall with a board in it whose wheels turn as time passes, and somebody who wants to go forward."""

    def __init__(self, listener: Listener, line: PtyPort, plant: IdealPlant) -> None:
        self.line, self.plant, self.wish = line, plant, Twist()
        self.states = listener.hear(SafetyState, "safety_state", STATE)
        self._listener = listener
        self._scan = listener.node.create_publisher(LaserScan, "scan", SENSOR)
        self._command = listener.node.create_publisher(Twist, "cmd_vel", COMMAND)
        listener.node.create_timer(PERIOD_S, self._period)
        self._stepped_s = time.monotonic()

    def _period(self) -> None:
        now_s = time.monotonic()
        self.line.with_board(lambda: self.plant.step(now_s - self._stepped_s))
        self._stepped_s = now_s
        scan = LaserScan(angle_min=-math.pi, angle_max=math.pi, angle_increment=2 * math.pi / 90)
        scan.header.stamp = self._listener.node.get_clock().now().to_msg()
        scan.range_min, scan.range_max, scan.ranges = 0.05, 12.0, [math.inf] * 90
        self._scan.publish(scan)
        self._command.publish(self.wish)

    def arm(self) -> None:
        def armed() -> bool:
            return self._listener.call(SetBool, "arm", SetBool.Request(data=True)).success

        self._listener.until(armed, "arming")

    def drive(self) -> None:
        self.wish.linear.x = 0.2
        self._listener.until(lambda: self.plant.commanded_radps[0] > WHEEL_RADPS - 0.3, "driving")

    def told(self, mode: str) -> bool:
        return bool(self.states) and mode_of(self.states[-1]) == mode


def mode_of(state: SafetyState) -> str:
    return {SafetyState.DISARMED: "disarmed", SafetyState.ARMED: "armed", SafetyState.ESTOP: "estop"}[state.mode]


@pytest.fixture(params=["moe", "ros_arduino"])
def protocol(request) -> str:
    return str(request.param)


@pytest.fixture
def line(protocol: str, plant: IdealPlant) -> Iterator[PtyPort]:
    cfg = load_config(overrides={"hardware.protocol": protocol}).hardware
    with PtyPort(make_board(plant, cfg)) as line:
        yield line


@pytest.fixture
def plant() -> IdealPlant:
    return IdealPlant()


def test_S47_the_node_finds_its_board_under_another_name_and_stays_disarmed(
    start: Start, protocol: str, line: PtyPort, plant: IdealPlant, tmp_path: Path
) -> None:
    first, second = tmp_path / "board-0", tmp_path / "board-1"
    first.symlink_to(os.path.realpath(line.path))
    start("motor", f"hardware.port={tmp_path}/board-*", f"hardware.protocol={protocol}", "hardware.link_timeout_s=0.5")
    with Listener() as listener:
        hall = Hall(listener, line, plant)
        hall.arm()
        hall.drive()
        listener.until(lambda: hall.told("armed"), "the state armed")
        line.unplug()
        first.unlink()
        listener.until(lambda: hall.told("disarmed") and plant.commanded_radps == (0.0, 0.0), "a robot that stands")
        taken = os.openpty()  # the name that the terminal had
        try:
            line.replug()
            second.symlink_to(os.path.realpath(line.path))
            listener.spin(1.5)
            assert hall.told("disarmed")
            assert plant.commanded_radps == (0.0, 0.0)
            hall.arm()
            listener.spin(0.5)
            assert plant.commanded_radps == (0.0, 0.0)  # arming does not continue what is still streamed (S39)
            hall.wish.linear.x = 0.0
            listener.spin(0.2)
            hall.drive()
        finally:
            os.close(taken[0])
            os.close(taken[1])
