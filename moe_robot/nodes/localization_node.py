"""Where am I? odom + scan -> `pose` in the map, and map -> odom on /tf where a ROS distribution brings tf2_msgs.

The robot is not told where it starts: it searches the whole home until the scan fits. `initialpose` (RViz) tells it.
"""

from __future__ import annotations

import numpy as np
from geometry_msgs.msg import PoseWithCovarianceStamped
from nav_msgs.msg import Odometry
from rclpy.node import Node
from sensor_msgs.msg import LaserScan

from moe_robot.config import Config
from moe_robot.nodes import convert
from moe_robot.nodes.convert_sensors import scan_from_msg
from moe_robot.nodes.ros import ODOM, SENSOR, STATE, subscribe
from moe_robot.nodes.run import Arguments
from moe_robot.nodes.tf import TransformPublisher
from moe_robot.robot_model import load_robot_model
from moe_robot.structs import Pose
from moe_robot.world.home import load_home
from moe_robot.world.localizer import Localizer
from moe_robot.world.matching import between, compose

PERIOD_S = 0.035  # of `pose`: every second odometry; who needs it in between interpolates


class LocalizationNode(Node):
    def __init__(self, arguments: Arguments, config: Config) -> None:
        super().__init__(arguments.name)
        laser = load_robot_model(config.robot.urdf).laser
        self._localizer = Localizer(
            load_home(config.robot.home),
            config.world,
            np.random.default_rng(),
            Pose(laser.x_m, laser.y_m, laser.yaw_rad),
        )
        self._published_s = 0.0
        self._state = ""
        self._pose = self.create_publisher(PoseWithCovarianceStamped, "pose", STATE)
        self._tf = TransformPublisher(self)
        subscribe(self, Odometry, "odom", self._on_odometry, ODOM)
        subscribe(self, LaserScan, "scan", self._on_scan, SENSOR)
        subscribe(self, PoseWithCovarianceStamped, "initialpose", self._on_initial_pose, STATE)

    def _on_odometry(self, message: Odometry) -> None:
        odom, _, t_s = convert.odometry_from_msg(message)
        self._localizer.odometry(odom, t_s)
        if t_s - self._published_s >= PERIOD_S or t_s < self._published_s:
            self._published_s = t_s
            pose, std_m = self._localizer.estimate(t_s)
            self._pose.publish(convert.pose_to_msg(pose, std_m, t_s))
            self._tf.send("map", "odom", compose(pose, between(odom, Pose(0.0, 0.0))), t_s)

    def _on_scan(self, message: LaserScan) -> None:
        scan = scan_from_msg(message)
        self._localizer.scan(scan, scan.t_s)
        if self._localizer.state != self._state:
            self._state = self._localizer.state
            self.get_logger().info(f"{self._state}, score {self._localizer.score:.2f}")

    def _on_initial_pose(self, message: PoseWithCovarianceStamped) -> None:
        pose, std_m, _ = convert.pose_from_msg(message)
        self._localizer.reset(pose, max(std_m, 0.1))

    def close(self) -> None:
        """Nothing to release."""
