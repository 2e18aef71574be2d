"""What the robot can tell about itself while it runs: the ROS graph, /diagnostics, the running command.

`experts.context.RobotPort` over a node. The graph is read from what DDS has told this process already: no call waits.
Asked from the thread that thinks, fed in the node's own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node

from moe_robot.experts.context import Diagnosis, GraphView, TopicEnds
from moe_robot.nodes.ros import EVENT, subscribe

FORGET_S = 600.0  # a part that has told nothing for so long is not of this run any more


class Introspection:
    """`running` gives the words of the command that runs, "" = none; it is called from any thread."""

    def __init__(self, node: Node, running: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._node, self._running, self._clock = node, running, clock
        self._lock = threading.Lock()
        self._told: dict[str, tuple[Any, float]] = {}  # name -> status, when it came
        subscribe(node, DiagnosticArray, "/diagnostics", self._on_diagnostics, EVENT)

    def graph(self) -> GraphView:
        node = self._node
        nodes = {_full(namespace, name) for name, namespace in node.get_node_names_and_namespaces()}
        topics = {
            name: TopicEnds(
                tuple(types),
                _ends(node.get_publishers_info_by_topic(name)),
                _ends(node.get_subscriptions_info_by_topic(name)),
            )
            for name, types in node.get_topic_names_and_types()
            if _shown(name)
        }
        services = {name: tuple(types) for name, types in node.get_service_names_and_types() if _shown(name)}
        return GraphView(tuple(sorted(filter(_shown, nodes))), topics, services)

    def diagnostics(self) -> tuple[Diagnosis, ...]:
        """The latest status of each part, with how long ago it came."""
        now_s = self._clock()
        with self._lock:
            self._told = {name: told for name, told in self._told.items() if now_s - told[1] <= FORGET_S}
            told = list(self._told.values())
        return tuple(
            Diagnosis(status.name, _level(status.level), status.message, {v.key: v.value for v in status.values},
                      max(now_s - came_s, 0.0))
            for status, came_s in told
        )  # fmt: skip

    def running(self) -> str:
        return self._running()

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        now_s = self._clock()
        with self._lock:
            for status in message.status:
                self._told[status.name] = status, now_s


def _full(namespace: str, name: str) -> str:
    return f"{namespace.rstrip('/')}/{name}"


def _shown(name: str) -> bool:
    """ROS hides names with a part that begins with an underscore."""
    return not any(part.startswith("_") for part in name.split("/"))


def _ends(infos: Sequence[Any]) -> tuple[str, ...]:
    """Nodes at one end, each once; those that DDS knows without a node's name are left out."""
    names = {_full(info.node_namespace, info.node_name) for info in infos if info.node_name.strip("_")}
    return tuple(sorted(name for name in names if "_NODE_NAME_UNKNOWN_" not in name))


def _level(level: object) -> int:
    """A byte field is `bytes` to rclpy."""
    return level[0] if isinstance(level, bytes) and level else int(level) if isinstance(level, int) else 3
