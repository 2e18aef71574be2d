"""A managed node (ROS 2 lifecycle) that starts itself: unconfigured -> inactive -> active without a lifecycle manager.

`ros2 lifecycle set /motor deactivate` and Nav2's lifecycle manager work as with any managed node. From the first
request of somebody else on, and once it has been active, the node no longer starts itself.
"""

from __future__ import annotations

from typing import Any

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.lifecycle import LifecycleNode

UNCONFIGURED, INACTIVE, ACTIVE = "unconfigured", "inactive", "active"


class ManagedNode(LifecycleNode):
    def __init__(self, name: str, autostart: bool) -> None:
        super().__init__(name)
        read_only = ParameterDescriptor(read_only=True, description="activate this node without a lifecycle manager")
        self._autostart = bool(self.declare_parameter("autostart", autostart, read_only).value)
        self._answer = self._service_change_state.callback
        self._service_change_state.callback = self._on_change_state

    @property
    def state(self) -> str:
        """unconfigured | inactive | active | finalized, and the names of the transitions between them."""
        return str(self._state_machine.current_state[1])

    @property
    def starts_itself(self) -> bool:
        """It is on its way to active, and nobody else has asked for anything yet."""
        return self._autostart

    def start_itself(self) -> None:
        """What fails now is tried at the next call."""
        if self.state == UNCONFIGURED:
            self.trigger_configure()
        if self.state == INACTIVE:
            self.trigger_activate()
        self._autostart = self.state != ACTIVE

    def _on_change_state(self, request: Any, response: Any) -> Any:
        """rclpy raises for a transition that this state does not have: that would end the process."""
        self._autostart = False
        try:
            return self._answer(request, response)
        except Exception as error:  # noqa: BLE001  rclpy's own type
            wanted = request.transition.label or request.transition.id
            self.get_logger().warning(f"transition {wanted} is not possible while {self.state}: {error}")
            response.success = False
            return response
