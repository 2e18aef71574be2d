"""The limits of motion as ROS parameters: `ros2 param set /motor max_linear_mps 0.2`.

While the robot is armed a limit goes down only; disarmed it goes up again, never above the configuration. What brakes
(deceleration, zones, timeouts) is not among them: less of it is less safe, more of it belongs in the configuration.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from rcl_interfaces.msg import ParameterDescriptor, SetParametersResult
from rclpy.node import Node

from moe_robot.config import MotionConfig
from moe_robot.errors import ConfigError
from moe_robot.motion.safety_words import safety_words
from moe_robot.structs import Language

LIMITS = ("max_linear_mps", "max_angular_radps", "max_linear_accel_mps2")


def refusal(value: object, now: float, configured: float, armed: bool) -> str:
    """Why a limit may not become `value`: a key of `motion/safety_words.yaml`, "" when it may."""
    if not isinstance(value, float) or not math.isfinite(value) or value <= 0.0:
        return "limit_not_positive"
    if value > configured:
        return "limit_above_configuration"
    if armed and value > now:
        return "limit_up_while_armed"
    return ""


class LimitParameters:
    """`limits` is what is in force. Raises ConfigError: a start value above the configuration."""

    def __init__(
        self,
        node: Node,
        configured: MotionConfig,
        armed: Callable[[], bool],
        apply: Callable[[MotionConfig], None],
        language: Language,
    ) -> None:
        self.limits = configured
        self._configured = configured
        self._armed = armed
        self._apply = apply
        self._language = language
        for name in LIMITS:
            most = getattr(configured, name)
            told = ParameterDescriptor(description=f"limit in force; down while armed, at most {most:g}")
            value = node.declare_parameter(name, most, told).value
            why = refusal(value, most, most, armed=False)
            if why:
                raise ConfigError(f"ROS parameter {name} is {value}: {safety_words(why, 'en')} (configured: {most:g})")
            self._set({name: value})
        node.add_on_set_parameters_callback(self._on_set)

    def _on_set(self, parameters: list[Any]) -> SetParametersResult:
        """All or none of one request."""
        wanted = {p.name: p.value for p in parameters if p.name in LIMITS}
        for name, value in wanted.items():
            now, most = getattr(self.limits, name), getattr(self._configured, name)
            why = refusal(value, now, most, self._armed())
            if why:
                words = safety_words(why, self._language)
                reason = f"{name}: {words} ({value:g}; {now:g}; {most:g})"
                return SetParametersResult(successful=False, reason=reason)
        self._set(wanted)
        return SetParametersResult(successful=True)

    def _set(self, values: dict[str, Any]) -> None:
        if values:
            self.limits = dataclasses.replace(self.limits, **values)
            self._apply(self.limits)
