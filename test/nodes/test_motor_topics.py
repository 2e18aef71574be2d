"""What the motor node tells of wheels, battery and IMU, against REP 103, REP 105 and the messages' own words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import Start
from motor_stage import MotorStage
from nav_msgs.msg import Odometry
from sensor_msgs.msg import BatteryState, Imu, JointState

from moe_robot import structs
from moe_robot.config import load_config
from moe_robot.nodes import convert_sensors
from moe_robot.nodes.ros import ODOM, STATE

UNKNOWN = 1e6


@pytest.fixture
def stage(start: Start, tmp_path: Path) -> Iterator[MotorStage]:
    with MotorStage(start, tmp_path) as stage:
        yield stage


def covariance(message: Odometry) -> np.ndarray:
    return np.array(message.pose.covariance).reshape(6, 6)


def test_odometry_says_how_wrong_it_may_be_and_more_so_the_farther_it_went(stage: MotorStage) -> None:
    odometry: list[Odometry] = stage.listener.hear(Odometry, "odom", ODOM)
    joints: list[JointState] = stage.listener.hear(JointState, "joint_states", ODOM)
    stage.armed()
    stage.keep(lambda: odometry, "odometry")
    first = covariance(odometry[-1])
    stage.neutral()
    stage.keep(lambda: odometry[-1].pose.pose.position.x > 0.15, "the first metres", stage.command)
    near = odometry[-1]
    stage.keep(lambda: odometry[-1].pose.pose.position.x > 0.45, "more metres", stage.command)
    far = odometry[-1]
    assert (far.header.frame_id, far.child_frame_id) == ("odom", "base_link")
    assert np.all(np.diag(first)[[0, 1, 5]] == 0.0)  # the frame begins where the robot is
    for axis in (0, 1, 5):  # x, y, yaw
        assert 0.0 < covariance(near)[axis, axis] < covariance(far)[axis, axis]
    assert [covariance(far)[axis, axis] for axis in (2, 3, 4)] == [UNKNOWN] * 3
    assert np.allclose(covariance(far), covariance(far).T)
    expected = (load_config().ros.odom_noise_m ** 2) * far.pose.pose.position.x / 2  # two wheels share an error of x
    assert covariance(far)[0, 0] == pytest.approx(expected, rel=0.2)
    twist = np.array(far.twist.covariance).reshape(6, 6)
    assert 0.0 < twist[0, 0] < 0.01
    assert 0.0 < twist[5, 5] < 0.2
    names = list(joints[-1].name)
    assert names == ["left_wheel_joint", "right_wheel_joint"]
    assert min(joints[-1].position) > 0.0
    assert (len(joints[-1].velocity), list(joints[-1].effort)) == (2, [])


def test_the_battery_is_told_as_its_message_wants_it(stage: MotorStage) -> None:
    told: list[BatteryState] = stage.listener.hear(BatteryState, "battery_state", STATE)
    stage.keep(lambda: told, "battery_state")
    battery = told[-1]
    assert battery.percentage == pytest.approx(0.8)
    assert battery.voltage == pytest.approx(25.2)
    assert battery.current < 0.0  # discharging
    assert battery.present
    assert battery.power_supply_status == BatteryState.POWER_SUPPLY_STATUS_DISCHARGING
    unknown = (battery.charge, battery.capacity, battery.design_capacity, battery.temperature)
    assert all(map(math.isnan, unknown))


@pytest.mark.parametrize(
    ("battery", "status", "present"),
    [
        (structs.Battery(50.0, 24.0, 1.0, True), BatteryState.POWER_SUPPLY_STATUS_CHARGING, True),
        (structs.Battery(100.0, 29.0, 0.0, True), BatteryState.POWER_SUPPLY_STATUS_FULL, True),
        (structs.Battery(math.nan, 24.0, math.nan, False), BatteryState.POWER_SUPPLY_STATUS_DISCHARGING, True),
        (structs.Battery(math.nan, math.nan, math.nan, False), BatteryState.POWER_SUPPLY_STATUS_UNKNOWN, False),
    ],
)
def test_an_unknown_battery_is_nan_and_unknown(battery: structs.Battery, status: int, present: bool) -> None:
    message = convert_sensors.battery_to_msg(battery, 1.0)
    assert (message.power_supply_status, message.present) == (status, present)
    assert math.isnan(message.percentage) == math.isnan(battery.percent)
    assert math.isnan(message.voltage) == math.isnan(battery.voltage_v)


def test_the_imu_says_that_it_has_no_orientation_and_how_noisy_the_rest_is(stage: MotorStage) -> None:
    told: list[Imu] = stage.listener.hear(Imu, "imu/data", ODOM)
    stage.keep(lambda: told, "imu/data")
    ros = load_config().ros
    assert told[-1].orientation_covariance[0] == -1.0
    assert told[-1].angular_velocity_covariance[0] == pytest.approx(ros.gyro_std_radps**2)
    assert told[-1].linear_acceleration_covariance[8] == pytest.approx(ros.accel_std_mps2**2)
    assert told[-1].linear_acceleration.z == pytest.approx(9.81, abs=0.2)  # upwards at rest (REP 145)
