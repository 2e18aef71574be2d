"""Velocities as Twist or TwistStamped, whichever the others on the graph use; a topic with both never breaks a node.

Fast DDS knows one type per topic and participant, so there is one subscription or publisher at a time: it is made anew
in the other type when only that one is seen. Stamps inside are not read: freshness counts from the moment of receipt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geometry_msgs.msg import Twist, TwistStamped
from rclpy.duration import Duration
from rclpy.node import Node

from moe_robot.nodes import convert
from moe_robot.nodes.ros import COMMAND, subscribe
from moe_robot.structs import Velocity

TYPES = {"twist": Twist, "twist_stamped": TwistStamped}
WIRE_NAMES = {"geometry_msgs/msg/Twist": "twist", "geometry_msgs/msg/TwistStamped": "twist_stamped"}


class _Either:
    """One end of a topic whose type follows the other ends. `choice` is auto | twist | twist_stamped."""

    def __init__(self, node: Node, topic: str, choice: str) -> None:
        self.topic = topic
        self.kind = ""
        self.problem = ""  # for people, "" = none
        self._node = node
        self._choice = choice
        self._end: Any = None
        self._use("twist" if choice == "auto" else choice)

    def look(self) -> None:
        """At the graph; call it a few times a second."""
        there = {WIRE_NAMES.get(info.topic_type, info.topic_type) for info in self._others()}
        wanted = self.kind
        if self._choice == "auto" and self.kind not in there:
            wanted = next((kind for kind in TYPES if kind in there), self.kind)
        if wanted != self.kind or self._end is None:
            self._use(wanted)
        foreign = sorted(there - {self.kind})
        if self._end is not None:
            self.problem = f"{self.topic}: {', '.join(foreign)} is not heard, {self.kind} is in use" if foreign else ""

    def close(self) -> None:
        if self._end is not None:
            self._destroy()
            self._end = None

    @property
    def count(self) -> int:
        """Others on the graph whose type is ours."""
        return sum(WIRE_NAMES.get(info.topic_type) == self.kind for info in self._others())

    def _use(self, kind: str) -> None:
        self.close()
        try:
            self._end, self.kind, self.problem = self._make(TYPES[kind]), kind, ""
        except RuntimeError as error:  # RCLError: another node of this process may hold the topic in the other type
            self.kind, self.problem = kind, f"{self.topic}: cannot use {kind}: {error}"
            self._node.get_logger().error(self.problem, throttle_duration_sec=5.0)

    def _others(self) -> list[Any]:
        raise NotImplementedError

    def _make(self, message: type) -> Any:
        raise NotImplementedError

    def _destroy(self) -> None:
        raise NotImplementedError


class TwistInput(_Either):
    def __init__(self, node: Node, topic: str, choice: str, heard: Callable[[Velocity], None]) -> None:
        self._heard = heard
        super().__init__(node, topic, choice)

    def _others(self) -> list[Any]:
        return list(self._node.get_publishers_info_by_topic(self._node.resolve_topic_name(self.topic)))

    def _make(self, message: type) -> Any:
        return subscribe(self._node, message, self.topic, self._on_message, COMMAND)

    def _on_message(self, message: Twist | TwistStamped) -> None:
        self._heard(convert.velocity_from_msg(message.twist if isinstance(message, TwistStamped) else message))

    def _destroy(self) -> None:
        self._node.destroy_subscription(self._end)


class TwistOutput(_Either):
    def publish(self, velocity: Velocity) -> None:
        """Nothing while no publisher could be made."""
        twist = convert.velocity_to_msg(velocity)
        if self._end is None:
            return
        if self.kind == "twist":
            self._end.publish(twist)
            return
        message = TwistStamped(twist=twist)
        message.header.stamp, message.header.frame_id = self._node.get_clock().now().to_msg(), "base_link"
        self._end.publish(message)

    def flush(self, timeout_s: float) -> None:
        """Wait until those who listen reliably have what was published."""
        if self._end is not None:
            self._end.wait_for_all_acked(Duration(seconds=timeout_s))

    def _others(self) -> list[Any]:
        return list(self._node.get_subscriptions_info_by_topic(self._node.resolve_topic_name(self.topic)))

    def _make(self, message: type) -> Any:
        return self._node.create_publisher(message, self.topic, COMMAND)

    def _destroy(self) -> None:
        self._node.destroy_publisher(self._end)
