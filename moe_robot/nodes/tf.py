"""Transforms on /tf where tf2_msgs is installed (a ROS distribution has it, PyPI does not); nothing elsewhere."""

from __future__ import annotations

from typing import Any

from geometry_msgs.msg import TransformStamped
from rclpy.node import Node
from rclpy.qos import QoSProfile

from moe_robot.nodes import convert
from moe_robot.structs import Pose

try:
    from tf2_msgs.msg import TFMessage
except ImportError:
    TFMessage = None


class TransformPublisher:
    def __init__(self, node: Node) -> None:
        self._publisher: Any = None
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
