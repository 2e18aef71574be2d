"""Memory: keeps turns, places and sightings; answers `remember`, `recall`, `forget`. The single writer of the store.

When the store cannot be opened or written the node goes on, answers with the reason and shows it in /diagnostics.
"""

from __future__ import annotations

from typing import Any

from rclpy.node import Node

from moe_robot.config import Config
from moe_robot.memory import service as memory
from moe_robot.memory.records import TurnRecord
from moe_robot.memory.service import MemoryService
from moe_robot.memory.store import What, open_store
from moe_robot.nodes import convert
from moe_robot.nodes.convert_memory import place_to_msg, sighting_to_msg
from moe_robot.nodes.diagnostics import Diagnostics
from moe_robot.nodes.ros import EVENT, STATE, now_s, serve, subscribe
from moe_robot.nodes.run import Arguments
from moe_robot.notation import format_nodes
from moe_robot.structs import Language, Pose
from moe_robot.world.home import load_home
from moe_robot_interfaces.msg import Detections, Outcome, Record, Records, Turn
from moe_robot_interfaces.srv import Forget, Recall, Remember

WHAT: dict[int, What] = {
    Record.SIGHTING: "sightings",
    Record.PLACE: "places",
    Record.TURN: "turns",
    Record.EVERYTHING: "everything",
}
ALL = 100_000
REMEMBERED_TURNS = 100  # whose outcome may still come


class MemoryNode(Node):
    def __init__(self, arguments: Arguments, config: Config) -> None:
        super().__init__(arguments.name)
        home = load_home(config.robot.home)
        self._memory = MemoryService(
            lambda: open_store(config),
            home.room_at,
            taken_ids=home.place_names(),
            merge_m=config.world.sighting_merge_m,
            write_interval_s=config.memory.write_interval_s,
        )
        self._turns: dict[tuple[int, int], int] = {}  # stamp of the utterance -> id of the kept turn
        self._places = self.create_publisher(Records, "places", STATE)
        self._diagnostics = Diagnostics(self)
        subscribe(self, Detections, "detections", self._on_detections, EVENT)
        subscribe(self, Turn, "turn", self._on_turn, EVENT)
        subscribe(self, Outcome, "outcome", self._on_outcome, EVENT)
        serve(self, Remember, "remember", self._remember)
        serve(self, Recall, "recall", self._recall)
        serve(self, Forget, "forget", self._forget)
        self.create_timer(1.0, self._every_second)
        self._publish_places()

    def _on_detections(self, message: Detections) -> None:
        detections, _ = convert.detections_from_msg(message)
        self._memory.observe(detections, now_s(self))

    def _on_turn(self, message: Turn) -> None:
        turn = convert.turn_from_msg(message)
        plan = format_nodes(turn.plan.nodes) if turn.plan else ""
        said = turn.utterance
        record = TurnRecord(said.text, said.language, turn.reply.text, plan, turn.refusal and "refused", said.t_s)
        answer = self._memory.handle(memory.RememberTurn(record), now_s(self))
        if answer.ok:
            stamp = message.utterance.stamp
            self._turns[stamp.sec, stamp.nanosec] = answer.id
            for old in list(self._turns)[:-REMEMBERED_TURNS]:
                del self._turns[old]

    def _on_outcome(self, message: Outcome) -> None:
        stamp = message.utterance_stamp
        turn_id = self._turns.pop((stamp.sec, stamp.nanosec), None)
        if turn_id is not None:
            self._memory.handle(memory.SetOutcome(turn_id, message.outcome), now_s(self))

    def _remember(self, request: Remember.Request, response: Any) -> Any:
        pose = Pose(request.x_m, request.y_m, request.yaw_rad)
        language: Language = "en" if request.language == "en" else "ru"
        answer = self._memory.handle(memory.RememberPlace(request.name, language, pose, now_s(self)), now_s(self))
        response.success, response.error = answer.ok, answer.error
        if answer.places:
            response.record = place_to_msg(answer.places[0])
            self._publish_places()
        return response

    def _recall(self, request: Recall.Request, response: Any) -> Any:
        if request.type == Record.PLACE:
            answer = self._memory.handle(memory.ListPlaces(), now_s(self))
            response.records = [place_to_msg(p) for p in answer.places]
            response.count = len(answer.places)
        elif request.type == Record.SIGHTING:
            what = (request.kind, request.color, request.person, request.place)
            answer = self._memory.handle(memory.Recall(*what, limit=request.limit or ALL), now_s(self))
            response.records = [sighting_to_msg(s) for s in answer.sightings]
            response.count = answer.count
        else:
            response.error = (
                f"expected type {Record.SIGHTING} (sightings) or {Record.PLACE} (places), found {request.type}"
            )
            return response
        response.success, response.error = answer.ok, answer.error or answer.warning
        return response

    def _forget(self, request: Forget.Request, response: Any) -> Any:
        if request.type not in WHAT:
            response.error = f"expected one of the types {sorted(WHAT)}, found {request.type}"
            return response
        what = (request.kind, request.color, request.person, request.place)
        answer = self._memory.handle(memory.Forget(WHAT[request.type], *what), now_s(self))
        response.success, response.error, response.count = answer.ok, answer.error, answer.count
        self._publish_places()
        return response

    def _publish_places(self) -> None:
        answer = self._memory.handle(memory.ListPlaces(), now_s(self))
        if answer.ok:
            message = Records(records=[place_to_msg(p) for p in answer.places])
            message.stamp = self.get_clock().now().to_msg()
            self._places.publish(message)

    def _every_second(self) -> None:
        self._memory.observe((), now_s(self))
        self._diagnostics.report(self._memory.problem or self._memory.notice, warn=bool(self._memory.problem))

    def close(self) -> None:
        self._memory.close(now_s(self))
