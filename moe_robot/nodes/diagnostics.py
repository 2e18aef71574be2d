"""The state of a node for people and monitors, on /diagnostics."""

from __future__ import annotations

from collections.abc import Mapping

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node
from rclpy.qos import QoSProfile

LEVELS = (DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR)


class Diagnostics:
    def __init__(self, node: Node) -> None:
        self._node = node
        self._publisher = node.create_publisher(DiagnosticArray, "/diagnostics", QoSProfile(depth=10))

    def report(self, text: str, *, warn: bool, values: Mapping[str, object] | None = None) -> None:
        """`text` "" reads "ok". Call once a second."""
        self.tell(int(warn), text, values or {})

    def tell(self, level: int, text: str, values: Mapping[str, object]) -> None:
        """`level` 0 ok, 1 warn, 2 error."""
        status = DiagnosticStatus(
            level=LEVELS[level],
            name=f"moe_robot: {self._node.get_fully_qualified_name().lstrip('/')}",
            message=text or "ok",
            values=[KeyValue(key=key, value=str(value)) for key, value in values.items()],
        )
        message = DiagnosticArray(status=[status])
        message.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(message)
