"""A base that already has a ROS driver: the gate's output leaves as Twist or TwistStamped on a topic of that driver.

    SafetyGate -> CmdVelBase.drive -> `ros.base_cmd_vel` -> the base's driver -> `ros.base_odom` -> CmdVelBase.read

The link is UP while somebody listens and, where odometry is published, as long as that is fresh. A topic tells less
than our own serial protocol: CAVEATS, which /diagnostics repeats.
"""

from __future__ import annotations

import math
import time

from nav_msgs.msg import Odometry
from rclpy.node import Node

from moe_robot.config import Config
from moe_robot.hardware.base import MobileBase
from moe_robot.motion.kinematics import diff_drive
from moe_robot.nodes import convert
from moe_robot.nodes.ros import ODOM, subscribe
from moe_robot.nodes.twist import TwistOutput
from moe_robot.robot_model import RobotModel
from moe_robot.structs import BaseState, Battery, Link, Pose, SafetyMode, Velocity

CAVEATS = (
    "no acknowledgement: a velocity that was published may not have been obeyed",
    "no watchdog of ours: after kill -9 or a hang only the base driver's own timeout stops the wheels",
    "no hardware e-stop: the e-stop of the base is not seen here",
    "no checksum, sequence or session: what else publishes on that topic is obeyed past the gate",
)
LOOK_PERIOD_S = 0.2  # between looks at the graph
FAREWELLS, FAREWELL_PAUSE_S = 3, 0.01  # a driver that listens best effort acknowledges nothing
FLUSH_S = 0.3  # for the last zero to be acknowledged: a publisher that is gone sends nothing any more
UNKNOWN_BATTERY = Battery(math.nan, math.nan, math.nan, False)


class CmdVelBase(MobileBase):
    """One thread calls it: the node's."""

    def __init__(self, node: Node, config: Config, model: RobotModel) -> None:
        self._node = node
        self._cfg = config
        self._drive = diff_drive(model)
        self._m_per_tick = 2.0 * math.pi * model.wheel_radius_m / model.ticks_per_rev
        self._output: TwistOutput | None = None
        self._mode = SafetyMode.DISARMED
        self._estop_id = 0
        self._session = 0
        self._up = False
        self._looked_s = self._odom_s = -math.inf
        self._listeners = self._odom_publishers = 0
        self._pose: Pose | None = None
        self._wheels_m = [0.0, 0.0]  # travelled, left and right, as the driver's odometry tells
        self._measured = Velocity(math.nan, math.nan)
        self._odom_topic = node.resolve_topic_name(config.ros.base_odom)
        subscribe(node, Odometry, config.ros.base_odom, self._on_odometry, ODOM)

    def open(self) -> None:
        if self._output is None:
            self._output = TwistOutput(self._node, self._cfg.ros.base_cmd_vel, self._cfg.ros.cmd_vel_type)

    def set_mode(self, mode: SafetyMode) -> None:
        if mode is SafetyMode.ESTOP and self._mode is not SafetyMode.ESTOP:
            self._estop_id += 1
        self._mode = mode

    def drive(self, velocity: Velocity) -> Velocity:
        """Zeros are published whatever the link: who listens late hears them too."""
        if self._output is None:
            return Velocity()
        allowed = self._mode is SafetyMode.ARMED and self._link(time.monotonic())
        sent = velocity if allowed else Velocity()
        self._output.publish(sent)
        return sent

    def read(self) -> BaseState:
        now_s = time.monotonic()
        up = self._link(now_s)
        left, right = self._drive.wheels(self._measured)
        heard = self._pose is not None
        return BaseState(
            link=Link.UP if up else Link.LOST,
            left_ticks=round(self._wheels_m[0] / self._m_per_tick),
            right_ticks=round(self._wheels_m[1] / self._m_per_tick),
            left_radps=left,
            right_radps=right,
            battery=UNKNOWN_BATTERY,
            imu=None,
            board_estop=self._mode is SafetyMode.ESTOP,  # what is known is what was sent
            board_armed=up and self._mode is SafetyMode.ARMED,
            acked_seq=0,
            received_s=self._odom_s if heard else now_s if up else -math.inf,
            session=self._session,
            board_estop_id=self._estop_id,
            fault="" if up else self._fault(),
            caveats=CAVEATS if heard else (*CAVEATS, "no odometry: whether the robot moves is not known"),
        )

    def close(self) -> None:
        output, self._output = self._output, None
        self._mode, self._up = SafetyMode.DISARMED, False
        if output is not None:
            for _ in range(FAREWELLS):
                output.publish(Velocity())
                time.sleep(FAREWELL_PAUSE_S)
            output.flush(FLUSH_S)
            output.close()

    # ---- parts

    def _on_odometry(self, message: Odometry) -> None:
        """The driver's pose as travel of two wheels, so that all that counts ticks works with it as well."""
        pose, velocity, _ = convert.odometry_from_msg(message)
        if not all(map(math.isfinite, (pose.x_m, pose.y_m, pose.yaw_rad, *vars(velocity).values()))):
            return
        last, self._pose = self._pose, pose
        self._odom_s, self._measured = time.monotonic(), velocity
        if last is None:
            return
        turn = math.remainder(pose.yaw_rad - last.yaw_rad, 2.0 * math.pi)
        half = turn / 2.0
        heading = last.yaw_rad + half
        chord = (pose.x_m - last.x_m) * math.cos(heading) + (pose.y_m - last.y_m) * math.sin(heading)
        distance = chord * (half / math.sin(half) if abs(half) > 1e-6 else 1.0)
        side = turn * self._drive.wheel_separation_m / 2.0
        self._wheels_m = [self._wheels_m[0] + distance - side, self._wheels_m[1] + distance + side]

    def _link(self, now_s: float) -> bool:
        """A new session whenever it comes up: the gate begins disarmed."""
        if now_s - self._looked_s >= LOOK_PERIOD_S:
            self._looked_s = now_s
            self._odom_publishers = self._node.count_publishers(self._odom_topic)
            if self._output is not None:
                self._output.look()
                self._listeners = self._output.count
        if self._pose is not None or self._odom_publishers > 0:
            up = now_s - self._odom_s <= self._cfg.hardware.link_timeout_s
        else:
            up = True
        up = up and self._output is not None and self._listeners > 0
        self._session += up and not self._up
        self._up = up
        return up

    def _fault(self) -> str:
        if self._output is None:
            return "not opened"
        if self._listeners == 0:
            return self._output.problem or (
                f"nobody subscribes to {self._cfg.ros.base_cmd_vel}: start the base's driver, or set ros.base_cmd_vel"
            )
        return f"no odometry on {self._cfg.ros.base_odom} for {self._cfg.hardware.link_timeout_s} s"
