"""What the wheels and the board tell, as topics: `odom`, tf, `joint_states`, `imu/data`, `battery_state`."""

from __future__ import annotations

import math

from nav_msgs.msg import Odometry
from rclpy.node import Node
from sensor_msgs.msg import BatteryState, Imu, JointState

from moe_robot.config import RosConfig
from moe_robot.motion.controller import MotorTick
from moe_robot.motion.kinematics import diff_drive
from moe_robot.motion.odometry_noise import OdometryNoise
from moe_robot.nodes import convert, convert_sensors
from moe_robot.nodes.ros import ODOM, STATE
from moe_robot.nodes.tf import TransformPublisher
from moe_robot.robot_model import RobotModel

WHEELS = ("left_wheel_joint", "right_wheel_joint")


class MotorTopics:
    def __init__(self, node: Node, cfg: RosConfig, model: RobotModel, tf: TransformPublisher) -> None:
        self._cfg = cfg
        self._rad_per_tick = 2.0 * math.pi / model.ticks_per_rev
        self._noise = OdometryNoise(diff_drive(model), cfg.odom_noise_m, model.ticks_per_rev)
        self._tf = tf
        self._odom = node.create_publisher(Odometry, "odom", ODOM)
        self._joints = node.create_publisher(JointState, "joint_states", ODOM)
        self._imu = node.create_publisher(Imu, "imu/data", ODOM)
        self._battery = node.create_publisher(BatteryState, "battery_state", STATE)

    def motion(self, tick: MotorTick, t_s: float) -> None:
        """With each telemetry; `t_s` is its time on the graph's clock."""
        base = tick.base
        noise = self._noise.update(tick.odom), self._noise.velocity_variances(tick.measured)
        self._odom.publish(convert.odometry_to_msg(tick.odom, tick.measured, t_s, noise=noise))
        self._tf.send("odom", "base_link", tick.odom, t_s)
        angles = [base.left_ticks * self._rad_per_tick, base.right_ticks * self._rad_per_tick]
        speeds = [base.left_radps, base.right_radps]
        self._joints.publish(convert_sensors.joint_states_to_msg(WHEELS, angles, speeds, t_s))
        if base.imu is not None:
            imu = convert_sensors.imu_to_msg(base.imu, t_s, std=(self._cfg.gyro_std_radps, self._cfg.accel_std_mps2))
            self._imu.publish(imu)

    def battery(self, tick: MotorTick, t_s: float) -> None:
        self._battery.publish(convert_sensors.battery_to_msg(tick.base.battery, t_s))
