"""Nav2 behind the navigator's seam: where its action server `navigate_to_pose` is up, it plans and drives; else we do.

    skill -> Nav2Navigator.set_goal -> NavigateToPose    Nav2's controller -> cmd_vel_nav -> tick().velocity -> the gate

Nav2's velocity passes through the brain, so that a cancel, an e-stop and a preemption work as ever: its controller
must publish on `cmd_vel_nav` (the usual remapping of Nav2's bringup) and nothing of Nav2 on `cmd_vel`. The gate hears
that topic too, as its lowest input: it serves goals that somebody gave Nav2 past the brain, and never goes on with one
that the brain relayed (motion/inputs.py). What our own navigator knows (distances, free places, how to stand beside a
thing) is still asked of it.
"""

from __future__ import annotations

import math
from typing import Any, Protocol

from action_msgs.msg import GoalStatus
from geometry_msgs.msg import PoseStamped
from rclpy.action import ActionClient
from rclpy.node import Node

from moe_robot.config import Config
from moe_robot.nodes import convert
from moe_robot.nodes.ros import now_s
from moe_robot.nodes.twist import TwistInput
from moe_robot.robot_model import RobotModel
from moe_robot.structs import Pose, Status, Velocity, WorldState
from moe_robot.world.home import Home
from moe_robot.world.navigator import STILL, Choice, GoalReply, Navigator, NavTick

VELOCITY_STALE_S = 0.3  # a velocity of Nav2 older than this does not count
ANSWER_S = 5.0  # Nav2 has this long to accept a goal


class Driver(Protocol):
    """Somebody who drives to a pose of the map by himself. `status` is of the last goal."""

    status: Status
    remaining_m: float

    @property
    def ready(self) -> bool: ...
    def go(self, pose: Pose) -> None: ...
    def cancel(self) -> None: ...
    def velocity(self) -> Velocity: ...


class Nav2Navigator(Navigator):
    """Our navigator, which lets the driver do the driving when the driver is there as a goal is set."""

    _driver: Driver | None = None  # `Navigator.__init__` calls `cancel`
    _driving = False

    def __init__(self, driver: Driver, home: Home, config: Config, model: RobotModel) -> None:
        super().__init__(home, config.world, config.skills, model)
        self._driver = driver

    def set_goal(
        self,
        x_m: float,
        y_m: float,
        yaw_rad: float | None = None,
        tolerance_m: float = 0.1,
        now_s: float = 0.0,
        choose: Choice | None = None,
    ) -> GoalReply:
        """Our map says whether the goal can be reached at all; then Nav2 goes there, and never to another one."""
        reply = super().set_goal(x_m, y_m, yaw_rad, tolerance_m, now_s, choose)
        if reply and self._driver is not None and self._driver.ready:
            here = self._track.at(math.inf)
            heading = yaw_rad
            if heading is None:
                heading = math.atan2(y_m - here.y_m, x_m - here.x_m) if here else 0.0
            self._driver.go(Pose(x_m, y_m, heading))
            self._driving = True
        return reply

    def tick(self, world: WorldState, now_s: float) -> NavTick:
        driver = self._driver
        if not self._driving or driver is None:
            return super().tick(world, now_s)
        self.observe(world)
        if driver.status is Status.RUNNING:
            return NavTick(Status.RUNNING, driver.velocity(), driver.remaining_m)
        self._driving = False
        self.cancel()
        reason = "" if driver.status is Status.SUCCESS else "blocked"
        return NavTick(driver.status, STILL, driver.remaining_m, reason)

    def cancel(self) -> None:
        super().cancel()
        if self._driving and self._driver is not None:
            self._driving = False
            self._driver.cancel()


class Nav2Driver:
    """The action client. Goals are numbered: what comes late of an older one is ignored."""

    def __init__(self, node: Node, action: Any) -> None:
        self.status = Status.FAILURE
        self.remaining_m = 0.0
        self._node = node
        self._action = action
        self._client = ActionClient(node, action, "navigate_to_pose")
        self._goal = 0
        self._handle: Any = None
        self._sent_s = 0.0
        self._velocity = (STILL, -math.inf)
        self._input = TwistInput(node, "cmd_vel_nav", "auto", self._on_velocity)

    @property
    def ready(self) -> bool:
        return bool(self._client.server_is_ready())

    def go(self, pose: Pose) -> None:
        self.cancel()
        self._input.look()  # Nav2 publishes since before its server was up
        self._goal += 1
        goal, number = self._action.Goal(), self._goal
        goal.pose = PoseStamped()
        goal.pose.header.frame_id, goal.pose.header.stamp = "map", self._node.get_clock().now().to_msg()
        goal.pose.pose.position.x, goal.pose.pose.position.y = pose.x_m, pose.y_m
        goal.pose.pose.orientation = convert.quaternion(pose.yaw_rad)
        self.status, self.remaining_m, self._sent_s = Status.RUNNING, math.nan, now_s(self._node)
        sent = self._client.send_goal_async(goal, lambda m: self._on_feedback(number, m))
        sent.add_done_callback(lambda future: self._on_accepted(number, future.result()))

    def cancel(self) -> None:
        self._goal += 1
        self.status = Status.FAILURE
        if self._handle is not None:
            self._handle.cancel_goal_async()
            self._handle = None

    def velocity(self) -> Velocity:
        velocity, received_s = self._velocity
        now = now_s(self._node)
        if self._handle is None and now - self._sent_s > ANSWER_S:
            self.status = Status.FAILURE
        return velocity if self._handle is not None and now - received_s <= VELOCITY_STALE_S else STILL

    def _on_accepted(self, number: int, handle: Any) -> None:
        if number != self._goal:
            if handle.accepted:
                handle.cancel_goal_async()
            return
        if not handle.accepted:
            self.status = Status.FAILURE
            return
        self._handle = handle
        handle.get_result_async().add_done_callback(lambda future: self._on_result(number, future.result().status))

    def _on_feedback(self, number: int, message: Any) -> None:
        if number == self._goal:
            self.remaining_m = float(message.feedback.distance_remaining)

    def _on_result(self, number: int, status: int) -> None:
        if number == self._goal:
            self._handle = None
            self.status = Status.SUCCESS if status == GoalStatus.STATUS_SUCCEEDED else Status.FAILURE
            self._node.get_logger().info(f"Nav2: {self.status.value} (goal status {status})")

    def _on_velocity(self, velocity: Velocity) -> None:
        self._velocity = velocity, now_s(self._node)


def nav2_navigator(node: Node, home: Home, config: Config, model: RobotModel) -> Navigator | None:
    """None where nav2_msgs is not installed (it comes with a ROS distribution)."""
    try:
        from nav2_msgs.action import NavigateToPose
    except ImportError:
        return None
    return Nav2Navigator(Nav2Driver(node, NavigateToPose), home, config, model)
