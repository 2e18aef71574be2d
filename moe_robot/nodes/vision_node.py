"""Vision: image + depth -> `detections`, with positions in the map when the robot knows where it is.

Looks at the newest image only and drops what came meanwhile, at most `vision.rate_hz`. An image in which nothing is
found is published too: that it was looked at is what "not there" is proved with.
"""

from __future__ import annotations

from typing import Any

from geometry_msgs.msg import PoseWithCovarianceStamped
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, Image

from moe_robot.config import Config
from moe_robot.lexicon import lexicon_of
from moe_robot.nodes import convert
from moe_robot.nodes.convert_sensors import camera_from_msgs
from moe_robot.nodes.ros import EVENT, SENSOR, STATE, now_s, serve, subscribe
from moe_robot.nodes.run import Arguments
from moe_robot.phrases import Phrases
from moe_robot.robot_model import load_robot_model
from moe_robot.skills.targets import MIN_CONFIDENCE, grouped
from moe_robot.structs import Detection, Language
from moe_robot.vision.detector import Detector
from moe_robot.world.home import load_home
from moe_robot.world.localizer import LOST_STD_M
from moe_robot.world.matching import PoseTrack
from moe_robot_interfaces.msg import Detections
from moe_robot_interfaces.srv import Describe

TOGETHER_S = 0.02  # image and depth with stamps this close belong together
POSE_AHEAD_S = 0.1


class VisionNode(Node):
    def __init__(self, arguments: Arguments, config: Config) -> None:
        super().__init__(arguments.name)
        home = load_home(config.robot.home)
        self._detector = Detector(
            home.objects,
            home.colors,
            {person.id: person.clothing for person in home.people.values()},
            load_robot_model(config.robot.urdf),
            config.vision,
        )
        self._period_s = 1.0 / config.vision.rate_hz
        self._due_s = float("-inf")
        self._home = home
        self._stale_s = config.world.stale_s
        self._phrases: Phrases | None = None
        self._seen: tuple[tuple[Detection, ...], float] = ((), float("-inf"))
        self._poses = PoseTrack()
        self._image: Image | None = None
        self._depth: Image | None = None
        self._info: CameraInfo | None = None
        self._detections = self.create_publisher(Detections, "detections", EVENT)
        subscribe(self, PoseWithCovarianceStamped, "pose", self._on_pose, STATE)
        subscribe(self, CameraInfo, "camera/camera_info", self._on_info, SENSOR)
        subscribe(self, Image, "camera/image_raw", self._on_image, SENSOR)
        subscribe(self, Image, "camera/depth", self._on_depth, SENSOR)
        serve(self, Describe, "describe", self._describe)

    def _on_pose(self, message: PoseWithCovarianceStamped) -> None:
        pose, std_m, t_s = convert.pose_from_msg(message)
        if std_m > LOST_STD_M or t_s < self._poses.newest_s():  # lost, or the clock went back
            self._poses.clear()
        if std_m <= LOST_STD_M:
            self._poses.add(pose, t_s)

    def _on_info(self, message: CameraInfo) -> None:
        self._info = message

    def _on_image(self, message: Image) -> None:
        self._image = message
        self._look()

    def _on_depth(self, message: Image) -> None:
        self._depth = message
        self._look()

    def _look(self) -> None:
        if self._image is None or self._depth is None or self._info is None:
            return
        t_s = convert.seconds(self._image.header.stamp)
        if abs(t_s - convert.seconds(self._depth.header.stamp)) > TOGETHER_S:
            return
        if 0.0 < self._due_s - t_s < 2.0 * self._period_s:  # farther off: the clock went back
            return
        # The grid of due times may lag by half a period, so that the camera's jitter does not halve the rate.
        self._due_s = max(self._due_s + self._period_s, t_s + 0.5 * self._period_s)
        frame = camera_from_msgs(self._image, self._depth, self._info)
        self._image = self._depth = None
        self._seen = self._detector.detect(frame, self._poses.at(t_s, POSE_AHEAD_S)), t_s
        self._detections.publish(convert.detections_to_msg(*self._seen, "camera_optical"))

    def _describe(self, request: Describe.Request, response: Any) -> Any:
        """Words for the latest image. Only who asks pays for loading the words."""
        if self._phrases is None:
            self._phrases = Phrases(lexicon_of(self._home), self._home.rooms)
        language: Language = "en" if request.language == "en" else "ru"
        found, t_s = self._seen
        if now_s(self) - t_s > self._stale_s:
            response.error = self._phrases.say("fail.camera_silent", language)
            return response
        things = grouped(d for d in found if d.confidence >= MIN_CONFIDENCE)
        key = "done.look" if things else "done.look_nothing"
        response.text = self._phrases.say(key, language, **({"things": things} if things else {}))
        response.detections = convert.detections_to_msg(found, t_s, "camera_optical")
        response.success = True
        return response

    def close(self) -> None:
        """Nothing to release."""
