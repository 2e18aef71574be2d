"""The state of a node for people and monitors, on /diagnostics."""

from __future__ import annotations

from collections.abc import Mapping

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node
from rclpy.qos import QoSProfile


class Diagnostics:
    def __init__(self, node: Node) -> None:
        self._node = node
        self._publisher = node.create_publisher(DiagnosticArray, "/diagnostics", QoSProfile(depth=10))

    def report(self, text: str, *, warn: bool, values: Mapping[str, object] | None = None) -> None:
        """`text` "" reads "ok". Call once a second."""
        status = DiagnosticStatus(
            level=DiagnosticStatus.WARN if warn else DiagnosticStatus.OK,
            name=f"moe_robot: {self._node.get_fully_qualified_name().lstrip('/')}",
            message=text or "ok",
            values=[KeyValue(key=key, value=str(value)) for key, value in (values or {}).items()],
        )
        message = DiagnosticArray(status=[status])
        message.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(message)
