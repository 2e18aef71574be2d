"""Faults of the simulated robot, for tests: the ROS parameter `fault` of `sim`, names joined by commas.

ros2 param set /sim fault lidar,camera        # and "" to mend everything
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from rcl_interfaces.msg import SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter

from moe_robot.sim.pty_port import PtyPort

FAULTS = {
    "lidar": "no scans are published",
    "camera": "no images are published",
    "unplugged": "the serial cable is pulled",
    "frozen": "the motor board hangs",
    "noise": "garbage floods the serial line",
}
NOISE_PERIOD_S = 0.005
NOISE_BYTES = 100  # per period: above what 115200 baud could carry


class Faults:
    """`active` may be read by any thread."""

    def __init__(self, node: Node, port: PtyPort) -> None:
        self.active: frozenset[str] = frozenset()
        self._node, self._port = node, port
        self._random = random.Random(0)
        self._noise = node.create_timer(NOISE_PERIOD_S, self._flood, autostart=False)
        node.add_on_set_parameters_callback(self._on_set)
        node.declare_parameter("fault", "")

    def _on_set(self, parameters: Iterable[Parameter]) -> SetParametersResult:
        for parameter in parameters:
            if parameter.name == "fault":
                names = frozenset(filter(None, map(str.strip, str(parameter.value).split(","))))
                if unknown := names - FAULTS.keys():
                    reason = f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(FAULTS)}"
                    return SetParametersResult(successful=False, reason=reason)
                self._apply(names)
        return SetParametersResult(successful=True)

    def _apply(self, names: frozenset[str]) -> None:
        if names != self.active:
            self._node.get_logger().info(f"faults: {', '.join(sorted(names)) or 'none'}")
        self.active = names
        if "unplugged" in names:
            self._port.unplug()
        else:
            self._port.replug()
        self._port.freeze("frozen" in names)
        if "noise" in names:
            self._noise.reset()
        else:
            self._noise.cancel()

    def _flood(self) -> None:
        self._port.inject(self._random.randbytes(NOISE_BYTES))
