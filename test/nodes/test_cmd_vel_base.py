"""A base with a ROS driver of its own behind the same gate; the driver here is a node of the test."""

from __future__ import annotations

import math
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Start
from geometry_msgs.msg import Twist, TwistStamped
from listener import WAIT_S, Listener
from motor_stage import CRUISE_MPS, MotorStage
from nav_msgs.msg import Odometry

from moe_robot.nodes.ros import ODOM
from moe_robot_interfaces.msg import SafetyState

CMD_VEL = "hardware.protocol=cmd_vel"


class Driver:
    """Stands in for the base's driver: hears velocities and, when it has wheels to count, publishes where it is."""

    def __init__(self, kind: type = Twist, odometry: bool = True) -> None:
        self.own = Listener()
        self.heard = self.own.hear(kind, "base/cmd_vel", 10)
        self.silent = False
        self.x_m = 0.0
        self._odom = self.own.node.create_publisher(Odometry, "odom", ODOM) if odometry else None

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, *_: object) -> None:
        self.own.__exit__()

    @property
    def speed_mps(self) -> float:
        last = self.heard[-1] if self.heard else Twist()
        return float(last.twist.linear.x if isinstance(last, TwistStamped) else last.linear.x)

    def work(self) -> None:
        """Some milliseconds of its life."""
        self.own.spin(0.01)
        if self._odom is not None and not self.silent:
            self.x_m += self.speed_mps * 0.05
            message = Odometry(child_frame_id="base_link")
            message.pose.pose.position.x, message.pose.pose.orientation.w = self.x_m, 1.0
            message.twist.twist.linear.x = self.speed_mps
            self._odom.publish(message)


class Stage(MotorStage):
    def __init__(self, start: Start, folder: Path, driver: Driver, *settings: str) -> None:
        super().__init__(start, folder, CMD_VEL, *settings)
        self.driver = driver
        self.up()

    def up(self) -> None:
        self.keep(lambda: not self.arm(), "arming", self.driver.work)

    def drive(self) -> None:
        self.driver.work()
        self.command()

    def moving(self) -> None:
        self.during(0.2, self.driver.work)
        self.keep(lambda: self.driver.speed_mps > CRUISE_MPS / 2, "velocity at the driver", self.drive)

    def stopped(self) -> None:
        self.driver.heard.clear()
        self.keep(lambda: len(self.driver.heard) > 3 and self.driver.speed_mps == 0.0, "zeros", self.driver.work)


@pytest.fixture
def driver(ros_domain: int) -> Iterator[Driver]:
    with Driver() as driver:
        yield driver


def test_S45_the_gates_output_drives_a_base_with_a_driver_of_its_own(
    start: Start, tmp_path: Path, driver: Driver
) -> None:
    with Stage(start, tmp_path, driver) as stage:
        stage.moving()
        assert stage.keep(lambda: stage.state.mode == SafetyState.ARMED, "armed", stage.drive) is None
        stage.stopped()  # nobody commands: zeros are streamed
        stage.during(0.6, driver.work)
        driver.heard.clear()
        stage.during(0.5, driver.work)
        assert len(driver.heard) > 5
        assert all(message.linear.x == 0.0 for message in driver.heard)


@pytest.mark.parametrize("choice", ["auto", "twist_stamped"])
def test_S45_stamped_velocities_go_to_a_driver_that_wants_them(start: Start, tmp_path: Path, choice: str) -> None:
    with (
        Driver(TwistStamped) as driver,
        Stage(start, tmp_path, driver, f"ros.cmd_vel_type={'auto' if choice == 'auto' else choice}") as stage,
    ):
        if choice == "auto":
            stage.moving()
            assert driver.heard[-1].header.frame_id == "base_link"
        else:
            stage.during(0.3, driver.work)
            assert driver.heard


def test_S45_odometry_that_stops_is_a_lost_link_which_stops_and_disarms(
    start: Start, tmp_path: Path, driver: Driver
) -> None:
    with Stage(start, tmp_path, driver) as stage:
        stage.moving()
        driver.silent = True
        stage.keep(lambda: stage.state.mode == SafetyState.DISARMED, "disarmed", stage.drive)
        stage.stopped()
        assert stage.report(act=driver.work)["link"] == "lost"
        assert "odometry" in stage.report(act=driver.work)["link_problem"]
        driver.silent = False
        stage.during(0.5, stage.drive)
        assert stage.state.mode == SafetyState.DISARMED
        assert driver.speed_mps == 0.0


def test_S45_without_odometry_a_listening_driver_is_the_link_and_the_report_says_what_is_not_known(
    start: Start, tmp_path: Path
) -> None:
    with Driver(odometry=False) as driver, Stage(start, tmp_path, driver) as stage:
        stage.moving()
        report = stage.report(act=stage.drive)
        assert "no odometry" in report["caveats"]
        stage.during(2.5, stage.drive)  # longer than a stall takes to be found: what is not measured is not judged
        assert stage.state.mode == SafetyState.ARMED
        assert math.isnan(float(stage.report(act=stage.drive)["measured_linear_mps"]))


def test_S45_without_a_driver_arming_is_refused_and_the_report_names_the_topic(start: Start, tmp_path: Path) -> None:
    with MotorStage(start, tmp_path, CMD_VEL) as stage:
        report = stage.report(lambda r: r["level"] == "2")
        assert "base/cmd_vel" in report["link_problem"]
        assert "нет связи" in stage.arm()


def test_S45_what_a_topic_caveats_is_in_the_report(start: Start, tmp_path: Path, driver: Driver) -> None:
    with Stage(start, tmp_path, driver) as stage:
        report = stage.report(act=driver.work)
        for missing in ("acknowledgement", "watchdog", "e-stop"):
            assert missing in report["caveats"]
        assert (report["protocol"], report["port"]) == ("cmd_vel", "base/cmd_vel")


def test_S45_an_emergency_stop_is_zero_at_the_driver_and_is_released_as_ever(
    start: Start, tmp_path: Path, driver: Driver
) -> None:
    with Stage(start, tmp_path, driver) as stage:
        stage.moving()
        stage.stop("text: стоп")
        stage.stopped()

        def neutral() -> None:
            driver.work()
            stage.command(0.0)

        stage.keep(lambda: stage.state.mode == SafetyState.ESTOP, "the e-stop", neutral)
        stage.keep(lambda: not stage.reset(), "the reset", neutral)
        stage.during(0.5, stage.drive)
        assert driver.speed_mps == 0.0
        stage.up()
        stage.keep(lambda: driver.speed_mps == 0.0, "zero", neutral)
        stage.moving()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_S45_the_way_out_publishes_zeros(start: Start, tmp_path: Path, driver: Driver, number: int) -> None:
    with Stage(start, tmp_path, driver) as stage:
        stage.moving()
        stage.process.send_signal(number)
        assert stage.process.wait(WAIT_S) == 0
        stage.keep(lambda: driver.speed_mps == 0.0, "a zero", driver.work)


def test_S45_its_odometry_is_not_published_a_second_time(start: Start, tmp_path: Path, driver: Driver) -> None:
    with Stage(start, tmp_path, driver) as stage:
        stage.moving()
        assert stage.listener.node.count_publishers("odom") == 1
        report = stage.report(lambda r: float(r["measured_linear_mps"]) > 0.1, stage.drive)
        assert report["link"] == "up"
