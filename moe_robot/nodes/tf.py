"""Transforms on /tf where tf2_msgs is installed (a ROS distribution has it, PyPI does not); nothing elsewhere."""

from __future__ import annotations

import math
from typing import Any

from geometry_msgs.msg import Quaternion, TransformStamped
from rclpy.node import Node
from rclpy.qos import QoSProfile

from moe_robot.nodes import convert
from moe_robot.nodes.ros import STATE
from moe_robot.robot_model import Mount, RobotModel
from moe_robot.structs import Pose

try:
    from tf2_msgs.msg import TFMessage
except ImportError:
    TFMessage = None


class TransformPublisher:
    def __init__(self, node: Node) -> None:
        self._node = node
        self._publisher: Any = None
        self._static: Any = None
        if TFMessage is not None:
            self._publisher = node.create_publisher(TFMessage, "/tf", QoSProfile(depth=100))

    def send(self, parent: str, child: str, pose: Pose, t_s: float) -> None:
        """`pose` of the child frame in the parent frame."""
        if self._publisher is None:
            return
        m = TransformStamped(child_frame_id=child)
        m.header.stamp, m.header.frame_id = convert.stamp(t_s), parent
        m.transform.translation.x, m.transform.translation.y = pose.x_m, pose.y_m
        m.transform.rotation = convert.quaternion(pose.yaw_rad)
        self._publisher.publish(TFMessage(transforms=[m]))

    def send_mounts(self, model: RobotModel) -> None:
        """The sensors' places on the robot, once, on /tf_static."""
        if TFMessage is None:
            return
        self._static = self._node.create_publisher(TFMessage, "/tf_static", STATE)
        optical = Mount(0.0, 0.0, 0.0, -math.pi / 2, 0.0, -math.pi / 2)  # REP 103: z forward, x right
        frames = [
            _fixed("base_link", "laser", model.laser),
            _fixed("base_link", "imu", model.imu),
            _fixed("base_link", "camera", model.camera),
            _fixed("camera", "camera_optical", optical),
        ]
        self._static.publish(TFMessage(transforms=frames))


def _fixed(parent: str, child: str, mount: Mount) -> TransformStamped:
    m = TransformStamped(child_frame_id=child)
    m.header.frame_id = parent
    t = m.transform.translation
    t.x, t.y, t.z = mount.x_m, mount.y_m, mount.z_m
    m.transform.rotation = quaternion_of(mount.roll_rad, mount.pitch_rad, mount.yaw_rad)
    return m


def quaternion_of(roll_rad: float, pitch_rad: float, yaw_rad: float) -> Quaternion:
    """Fixed axes, roll first, as in URDF."""
    cr, sr = math.cos(roll_rad / 2), math.sin(roll_rad / 2)
    cp, sp = math.cos(pitch_rad / 2), math.sin(pitch_rad / 2)
    cy, sy = math.cos(yaw_rad / 2), math.sin(yaw_rad / 2)
    return Quaternion(
        w=cr * cp * cy + sr * sp * sy,
        x=sr * cp * cy - cr * sp * sy,
        y=cr * sp * cy + sr * cp * sy,
        z=cr * cp * sy - sr * sp * cy,
    )
