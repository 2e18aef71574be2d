"""The long-term memory as skills ask it (`skills.base.MemoryPort`), through the services of the memory node.

Never waits: a request goes out, its ticket is done when the answer came. When the node is not there the ticket says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from rclpy.node import Node

from moe_robot.nodes.convert_memory import place_from_msg, sighting_from_msg
from moe_robot.structs import Pose
from moe_robot_interfaces.msg import Record
from moe_robot_interfaces.srv import Recall, Remember

MISSING = "the memory node does not answer"


@dataclass
class ServiceTicket:
    value: object = None
    error: str = ""
    done: bool = False


@dataclass
class MemoryClient:
    node: Node
    _recall: Any = field(init=False)
    _remember: Any = field(init=False)

    def __post_init__(self) -> None:
        self._recall = self.node.create_client(Recall, "recall")
        self._remember = self.node.create_client(Remember, "remember")

    @property
    def ready(self) -> bool:
        return bool(self._recall.service_is_ready())

    def request(self, kind: str, /, **query: object) -> ServiceTicket:
        """Raises KeyError for a kind that memory does not know."""
        if kind == "recall":
            return self._send(self._recall, Recall.Request(type=Record.SIGHTING, **query), _sightings)
        if kind == "places":
            return self._send(self._recall, Recall.Request(type=Record.PLACE), _places)
        if kind == "remember_place":
            pose = cast(Pose, query["pose"])
            named = {"name": query["name"], "language": query["language"]}
            request = Remember.Request(**named, x_m=pose.x_m, y_m=pose.y_m, yaw_rad=pose.yaw_rad)
            return self._send(self._remember, request, lambda response: response.record.place)
        raise KeyError(f"memory cannot be asked for '{kind}'")

    def _send(self, client: Any, request: Any, read: Any) -> ServiceTicket:
        if not client.service_is_ready():
            return ServiceTicket(error=MISSING, done=True)
        ticket = ServiceTicket()

        def answered(future: Any) -> None:
            response = future.result()
            ticket.error = "" if response.success else response.error or MISSING
            ticket.value = read(response) if response.success else None
            ticket.done = True

        client.call_async(request).add_done_callback(answered)
        return ticket


def _sightings(response: Any) -> object:
    return tuple(sighting_from_msg(r) for r in response.records)


def _places(response: Any) -> object:
    return tuple(place_from_msg(r) for r in response.records)
