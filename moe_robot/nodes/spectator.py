"""What a spectator of the simulation sees: the truth, the camera with what vision found, and what the robot believes.

For the demo, the bench and tests; spins with the client's executor. No node of the robot sees the truth.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from geometry_msgs.msg import PoseWithCovarianceStamped
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CameraInfo, Image

from moe_robot.nodes import convert
from moe_robot.nodes.client import RobotClient
from moe_robot.nodes.convert_memory import sighting_from_msg
from moe_robot.nodes.convert_sensors import camera_from_msgs
from moe_robot.nodes.convert_sim import truth_from_msg
from moe_robot.nodes.ros import EVENT, SENSOR, STATE
from moe_robot.sim.truth import Truth
from moe_robot.structs import CameraFrame, Detection, Pose, Sighting
from moe_robot.world.localizer import LOST_STD_M
from moe_robot_interfaces.msg import Detections, Record
from moe_robot_interfaces.msg import Truth as TruthMsg
from moe_robot_interfaces.srv import Recall

TOGETHER_S = 0.001  # an image and its detections carry the same stamp
IMAGES_KEPT = 20  # vision answers within two seconds, or not at all


class Spectator:
    """`trace` grows by one truth each 0.2 s; `path` by the pose that the robot believes (t_s, x_m, y_m)."""

    def __init__(self, client: RobotClient) -> None:
        self._client = client
        self.trace: list[Truth] = []
        self.path: list[tuple[float, float, float]] = []
        self.pose: Pose | None = None
        self.detections: tuple[Detection, ...] = ()
        self._images: deque[Image] = deque(maxlen=IMAGES_KEPT)
        self._seen_stamp_s = 0.0
        self._info: CameraInfo | None = None
        node = client.node
        node.create_subscription(TruthMsg, "sim/truth", self._on_truth, QoSProfile(depth=10))
        node.create_subscription(PoseWithCovarianceStamped, "pose", self._on_pose, STATE)
        node.create_subscription(Image, "camera/image_raw", self._on_image, SENSOR)
        node.create_subscription(CameraInfo, "camera/camera_info", self._on_info, SENSOR)
        node.create_subscription(Detections, "detections", self._on_detections, EVENT)
        self._recall = node.create_client(Recall, "recall")

    def fresh_truth(self, timeout_s: float = 5.0) -> Truth | None:
        """The next truth that was taken after this call; None when the simulator is silent."""
        count, asked_s = len(self.trace), time.time()
        self._client.wait_for(lambda: len(self.trace) > count and self.trace[-1].t_s >= asked_s, timeout_s)
        return self.trace[-1] if len(self.trace) > count else None

    def view(self) -> tuple[CameraFrame, tuple[Detection, ...]] | None:
        """The latest image that vision has looked at, with what it found."""
        if self._info is None:
            return None
        for image in reversed(self._images):
            if abs(convert.seconds(image.header.stamp) - self._seen_stamp_s) < TOGETHER_S:
                return camera_from_msgs(image, None, self._info), self.detections
        return None

    def remembered(self, timeout_s: float = 5.0) -> tuple[Sighting, ...]:
        """All that memory knows to have been seen; empty when it does not answer."""
        if not self._client.wait_for(self._recall.service_is_ready, timeout_s):
            return ()
        future = self._recall.call_async(Recall.Request(type=Record.SIGHTING))
        if not self._client.wait_for(future.done, timeout_s):
            return ()
        response: Any = future.result()
        return tuple(sighting_from_msg(record) for record in response.records)

    def _on_truth(self, message: TruthMsg) -> None:
        self.trace.append(truth_from_msg(message))

    def _on_pose(self, message: PoseWithCovarianceStamped) -> None:
        pose, std_m, t_s = convert.pose_from_msg(message)
        if std_m > LOST_STD_M:  # it does not know yet: what it guesses is no path
            return
        self.pose = pose
        if not self.path or t_s - self.path[-1][0] > 0.1:
            self.path.append((t_s, pose.x_m, pose.y_m))

    def _on_image(self, message: Image) -> None:
        self._images.append(message)

    def _on_info(self, message: CameraInfo) -> None:
        self._info = message

    def _on_detections(self, message: Detections) -> None:
        self.detections, self._seen_stamp_s = convert.detections_from_msg(message)
