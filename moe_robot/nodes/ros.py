"""What the node adapters share: QoS of each kind of topic, and subscriptions that survive a message they cannot use.

docs/topics.md lists which topic is of which kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

SENSOR = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)  # REP 2003; only the newest is of use
ODOM = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)
STATE = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)  # who comes late gets the last one
COMMAND = QoSProfile(depth=1)
EVENT = QoSProfile(depth=10)


def subscribe(node: Node, kind: type, topic: str, callback: Callable[[Any], None], qos: QoSProfile) -> Any:
    """A message that makes the callback fail is logged with its topic and dropped; the node goes on."""

    def guarded(message: Any) -> None:
        try:
            callback(message)
        except Exception as error:  # noqa: BLE001  one bad message must not end the node
            text = f"a message on '{topic}' was dropped: {error!r}: {str(message)[:300]}"
            node.get_logger().error(text, throttle_duration_sec=5.0)

    return node.create_subscription(kind, topic, guarded, qos)


def serve(node: Node, kind: type, name: str, callback: Callable[[Any, Any], Any]) -> None:
    """A service whose request makes the callback fail answers with the empty response (success: false)."""

    def guarded(request: Any, response: Any) -> Any:
        try:
            return callback(request, response)
        except Exception as error:  # noqa: BLE001  one bad message must not end the node
            node.get_logger().error(f"'{name}' failed: {error!r}: {str(request)[:300]}")
            for field in ("error", "reason", "message"):
                if hasattr(response, field):
                    setattr(response, field, f"internal error: {error}")
            return response

    node.create_service(kind, name, guarded)


def now_s(node: Node) -> float:
    """The graph's clock."""
    return float(node.get_clock().now().nanoseconds) * 1e-9
