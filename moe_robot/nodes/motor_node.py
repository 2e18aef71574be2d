"""Motor: `cmd_vel` -> safety gate -> serial line, and what the wheels report back as `odom`, tf, joints, IMU, battery.

A process of its own without any model: when everything else hangs or dies, the gate in here sends zeros. Until the port
of the motor board can be opened the node runs with the link lost and says why in the log and in /diagnostics.
"""

from __future__ import annotations

import math
import time
from typing import Any

from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.node import Node
from sensor_msgs.msg import BatteryState, Imu, JointState, LaserScan
from std_msgs.msg import String
from std_srvs.srv import SetBool, Trigger

from moe_robot.config import Config
from moe_robot.errors import HardwareError
from moe_robot.hardware.bases import make_base
from moe_robot.motion.controller import MotorCore, MotorTick
from moe_robot.motion.kinematics import diff_drive
from moe_robot.motion.safety_words import safety_words
from moe_robot.nodes import convert, convert_sensors
from moe_robot.nodes.diagnostics import Diagnostics
from moe_robot.nodes.ros import COMMAND, EVENT, ODOM, SENSOR, STATE, now_s, serve, subscribe
from moe_robot.nodes.run import Arguments
from moe_robot.nodes.tf import TransformPublisher
from moe_robot.robot_model import load_robot_model
from moe_robot.structs import Link, SafetyMode, SafetyState
from moe_robot_interfaces.msg import SafetyState as SafetyStateMsg
from moe_robot_interfaces.srv import ResetEstop

WHEELS = ("left_wheel_joint", "right_wheel_joint")
OPEN_RETRY_S = 0.2
PATIENCE_S = 2.0  # the simulator makes its port while this node starts: not worth an error yet
KINDS = ("text", "voice", "api")  # of a stop, as "voice: стоп" in its message


class MotorNode(Node):
    def __init__(self, arguments: Arguments, config: Config) -> None:
        super().__init__(arguments.name)
        model = load_robot_model(config.robot.urdf)
        self._language = config.robot.language
        self._rad_per_tick = 2.0 * math.pi / model.ticks_per_rev
        self._base = make_base(config.hardware, diff_drive(model), model)
        self._core = MotorCore(config.motion, model, self._base)
        self._open_error = "not opened yet"
        self._open_s = 0.0
        self._complain_s = time.monotonic() + PATIENCE_S
        self._told: tuple[object, ...] = ()
        self._odom_s = float("-inf")
        self._ticks = 0
        self._every = round(config.motion.rate_hz)

        self._odom = self.create_publisher(Odometry, "odom", ODOM)
        self._joints = self.create_publisher(JointState, "joint_states", ODOM)
        self._imu = self.create_publisher(Imu, "imu/data", ODOM)
        self._battery = self.create_publisher(BatteryState, "battery_state", STATE)
        self._safety = self.create_publisher(SafetyStateMsg, "safety_state", STATE)
        self._description = self.create_publisher(String, "robot_description", STATE)
        self._tf = TransformPublisher(self)
        self._diagnostics = Diagnostics(self)
        self._description.publish(String(data=model.urdf))
        self._tf.send_mounts(model)

        stamped = self.declare_parameter("cmd_vel_type", config.ros.cmd_vel_type).value == "twist_stamped"
        if stamped:
            subscribe(self, TwistStamped, "cmd_vel", lambda m: self._on_command(m.twist), COMMAND)
        else:
            subscribe(self, Twist, "cmd_vel", self._on_command, COMMAND)
        subscribe(self, LaserScan, "scan", self._on_scan, SENSOR)
        subscribe(self, String, "stop", lambda m: self._engage(m.data), EVENT)
        serve(self, Trigger, "stop", self._on_stop_request)
        serve(self, SetBool, "arm", self._on_arm)
        serve(self, ResetEstop, "reset_estop", self._on_reset)
        self.create_timer(1.0 / config.motion.rate_hz, self._tick)

    def _on_command(self, message: Twist) -> None:
        self._core.on_command(convert.velocity_from_msg(message), time.monotonic())

    def _on_scan(self, message: LaserScan) -> None:
        self._core.on_scan(convert_sensors.scan_from_msg(message), time.monotonic())

    def _engage(self, source: str) -> None:
        kind, sign, said = source.partition(":")
        known = bool(sign) and kind in KINDS
        self._core.on_stop(said.strip() if known else source, time.monotonic(), kind if known else "topic")
        self._tell(self._core.gate.state(time.monotonic()))

    def _on_stop_request(self, _request: Trigger.Request, response: Any) -> Any:
        self._engage("api: service")
        response.success = True
        return response

    def _on_arm(self, request: SetBool.Request, response: Any) -> Any:
        now = time.monotonic()
        if request.data:
            verdict = self._core.arm(now)
            response.success, response.message = verdict.ok, safety_words(verdict.reason, self._language)
        else:
            self._core.disarm(now)
            response.success = True
        self._tell(self._core.gate.state(now))
        return response

    def _on_reset(self, request: ResetEstop.Request, response: Any) -> Any:
        now = time.monotonic()
        verdict = self._core.reset(request.estop_id, now)
        response.success, response.reason = verdict.ok, safety_words(verdict.reason, self._language)
        self._tell(self._core.gate.state(now))
        return response

    def _tick(self) -> None:
        if self._open_error:
            self._open(time.monotonic())
        tick = self._core.tick(time.monotonic())
        self._tell(tick.safety)
        if tick.base.link is Link.UP and tick.base.received_s != self._odom_s:
            self._odom_s = tick.base.received_s
            self._publish_motion(tick)
        self._ticks += 1
        if self._ticks % self._every == 0:
            self._publish_slow(tick)

    def _open(self, now: float) -> None:
        if now - self._open_s < OPEN_RETRY_S:
            return
        self._open_s = now
        try:
            self._base.open()
            self._open_error = ""
        except HardwareError as error:
            self._open_error = str(error)
            if now > self._complain_s:
                self._complain_s = math.inf
                self.get_logger().error(f"{error}; trying again every {OPEN_RETRY_S} s")

    def _publish_motion(self, tick: MotorTick) -> None:
        base, t_s = tick.base, tick.base.received_s + self._graph_offset_s()
        self._odom.publish(convert.odometry_to_msg(tick.odom, tick.measured, t_s))
        self._tf.send("odom", "base_link", tick.odom, t_s)
        angles = [base.left_ticks * self._rad_per_tick, base.right_ticks * self._rad_per_tick]
        speeds = [base.left_radps, base.right_radps]
        self._joints.publish(convert_sensors.joint_states_to_msg(WHEELS, angles, speeds, t_s))
        if base.imu is not None:
            self._imu.publish(convert_sensors.imu_to_msg(base.imu, t_s))

    def _publish_slow(self, tick: MotorTick) -> None:
        up = tick.base.link is Link.UP
        if up:
            self._battery.publish(convert_sensors.battery_to_msg(tick.base.battery, now_s(self)))
        self._told = ()  # the next tick tells the state again: who listens knows that this process lives
        problem = self._open_error or ("" if up else "the motor board does not answer")
        warn = bool(problem) or tick.safety.mode is SafetyMode.ESTOP
        self._diagnostics.report(problem or tick.safety.mode.value, warn=warn, values=tick.diagnostics)

    def _tell(self, state: SafetyState) -> None:
        """On a change, and no more often."""
        told = (state.mode, state.estop_id, state.causes, state.limiting)
        if told != self._told:
            self._told = told
            self._safety.publish(convert.safety_state_to_msg(state, self._graph_offset_s()))

    def _graph_offset_s(self) -> float:
        """Add it to a monotonic time to get the graph's."""
        return now_s(self) - time.monotonic()

    def close(self) -> None:
        """Zeros on the wire."""
        self._core.close()
