"""Motor: who drives -> safety gate -> wheels, and what the wheels report back. A managed node that starts itself.

    cmd_vel_joy, cmd_vel_dashboard, cmd_vel, cmd_vel_nav -> InputMux -> MotorCore -> the board, or the base's ROS driver

A process of its own without any model: when everything else hangs or dies, the gate in here sends zeros. It ticks on
the steady clock: neither a wrong system time nor a paused /clock stops it. Only ACTIVE moves (docs/safety.md, S36);
until the port of the motor board can be opened the node waits unconfigured and says why in log and /diagnostics.
"""

from __future__ import annotations

import dataclasses
import math
import time
from functools import partial
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from sensor_msgs.msg import LaserScan
from std_msgs.msg import String
from std_srvs.srv import SetBool, Trigger

from moe_robot.config import Config
from moe_robot.errors import HardwareError
from moe_robot.hardware.base import MobileBase
from moe_robot.hardware.bases import make_base
from moe_robot.motion.controller import MotorCore, MotorTick
from moe_robot.motion.inputs import ASLEEP_S, Hang, InputMux
from moe_robot.motion.kinematics import diff_drive
from moe_robot.motion.safety_words import safety_words
from moe_robot.nodes import convert, convert_sensors
from moe_robot.nodes.cmd_vel_base import CmdVelBase
from moe_robot.nodes.diagnostics import Diagnostics
from moe_robot.nodes.limit_parameters import LimitParameters
from moe_robot.nodes.managed import ACTIVE, ManagedNode
from moe_robot.nodes.motor_report import CLOSED, NOT_OPENED, SHUT_DOWN, Facts, MotorReport
from moe_robot.nodes.motor_topics import MotorTopics
from moe_robot.nodes.pacemaker import Pacemaker
from moe_robot.nodes.ros import EVENT, SENSOR, STATE, now_s, serve, subscribe
from moe_robot.nodes.run import Arguments
from moe_robot.nodes.tf import TransformPublisher
from moe_robot.nodes.twist import TwistInput
from moe_robot.robot_model import RobotModel, load_robot_model
from moe_robot.structs import Link, SafetyMode, SafetyState, Velocity
from moe_robot_interfaces.msg import SafetyState as SafetyStateMsg
from moe_robot_interfaces.srv import ResetEstop

OPEN_RETRY_S = 0.2
LOOK_PERIOD_S = 1.0  # between looks at the graph, for the types of velocity
PATIENCE_S = 2.0  # the simulator makes its port while this node starts: not worth an error yet
KINDS = ("text", "voice", "api")  # of a stop, as "voice: стоп" in its message
DONE = TransitionCallbackReturn.SUCCESS


class MotorNode(ManagedNode):
    def __init__(self, arguments: Arguments, config: Config) -> None:
        super().__init__(arguments.name, config.ros.autostart)
        model = load_robot_model(config.robot.urdf)
        self._config = config
        self._language = config.robot.language
        self._base = self._make_base(config, model)
        self._core = MotorCore(config.motion, model, self._base)
        self._mux = InputMux(config.ros.inputs)
        self._hang = Hang()
        self._report = MotorReport()
        self._open_error = NOT_OPENED
        self._open_s = 0.0
        self._complain_s = time.monotonic() + PATIENCE_S
        self._told: tuple[object, ...] = ()
        self._odom_s = float("-inf")
        self._ticks = 0
        self._every = round(config.motion.rate_hz)
        self._look_every = max(1, round(LOOK_PERIOD_S * config.motion.rate_hz))

        tf = TransformPublisher(self)
        # A base with a driver of its own publishes these itself.
        self._topics = None if config.hardware.protocol == "cmd_vel" else MotorTopics(self, config.ros, model, tf)
        self._safety = self.create_publisher(SafetyStateMsg, "safety_state", STATE)
        self._description = self.create_publisher(String, "robot_description", STATE)
        self._diagnostics = Diagnostics(self)
        self._description.publish(String(data=model.urdf))
        tf.send_mounts(model)

        self._limits = LimitParameters(self, config.motion, self._is_armed, self._core.set_limits, self._language)
        choice = str(self.declare_parameter("cmd_vel_type", config.ros.cmd_vel_type).value)
        self._inputs = [
            TwistInput(self, each.topic, choice, partial(self._on_command, each.name)) for each in config.ros.inputs
        ]
        subscribe(self, LaserScan, "scan", self._on_scan, SENSOR)
        subscribe(self, DiagnosticArray, "/diagnostics", self._on_diagnostics, EVENT)
        subscribe(self, String, "stop", lambda m: self._engage(m.data), EVENT)
        serve(self, Trigger, "stop", self._on_stop_request)
        serve(self, SetBool, "arm", self._on_arm)
        serve(self, ResetEstop, "reset_estop", self._on_reset)
        self._pacemaker = Pacemaker(self, 1.0 / config.motion.rate_hz)
        self.create_timer(1.0 / config.motion.rate_hz, self._tick, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def _make_base(self, config: Config, model: RobotModel) -> MobileBase:
        if config.hardware.protocol == "cmd_vel":
            return CmdVelBase(self, config, model)
        return make_base(config.hardware, diff_drive(model), model)

    # ---------------------------------------------------------------- lifecycle

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        return DONE if self._open(time.monotonic()) else TransitionCallbackReturn.FAILURE

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Arms nothing, and nothing from before counts."""
        self._halt()
        return DONE

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._halt()
        return DONE

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._close(CLOSED)
        return DONE

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._close(SHUT_DOWN)
        return DONE

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        self.get_logger().error(f"a transition from {state.label} failed: wheels stopped, port closed")
        self._close("closed after an error")
        return DONE

    def _halt(self) -> None:
        """Zeros and disarmed, on the wire before this returns."""
        now = time.monotonic()
        self._core.disarm(now)
        self._mux.forget(now)
        self._tell(self._core.gate.state(now))

    def _close(self, why: str) -> None:
        self._halt()
        self._core.close()
        self._open_error = why

    def _open(self, now: float) -> bool:
        self._open_s = now
        try:
            self._base.open()
            self._open_error = ""
        except HardwareError as error:
            self._open_error = str(error)
            if now > self._complain_s:
                self._complain_s = math.inf
                self.get_logger().error(f"{error}; trying again every {OPEN_RETRY_S} s")
        return not self._open_error

    # ---------------------------------------------------------------- what comes in

    def _on_command(self, name: str, velocity: Velocity) -> None:
        now = time.monotonic()
        if self._hang.deaf(now):
            return
        told = self._mux.command(name, velocity, now)
        if told is not None:
            self._core.on_command(told, now)

    def _on_scan(self, message: LaserScan) -> None:
        self._core.on_scan(convert_sensors.scan_from_msg(message), time.monotonic())

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        """Of everybody: the core knows which nodes driving depends on."""
        now = time.monotonic()
        for status in message.status:
            self._core.on_diagnostics(status.name, status.level[0], now)

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
        if not request.data:
            self._core.disarm(now)
            response.success = True
        elif self.state != ACTIVE:
            reason = "link_lost" if self.starts_itself else "inactive"
            response.success, response.message = False, safety_words(reason, self._language)
        else:
            verdict = self._core.arm(now)
            self._mux.forget(now)
            response.success, response.message = verdict.ok, safety_words(verdict.reason, self._language)
        self._tell(self._core.gate.state(now))
        return response

    def _on_reset(self, request: ResetEstop.Request, response: Any) -> Any:
        now = time.monotonic()
        verdict = self._core.reset(request.estop_id, now)
        response.success, response.reason = verdict.ok, safety_words(verdict.reason, self._language)
        self._tell(self._core.gate.state(now))
        return response

    def _is_armed(self) -> bool:
        return self._core.gate.state(time.monotonic()).mode is SafetyMode.ARMED

    # ---------------------------------------------------------------- 50 times a second

    def _tick(self) -> None:
        self._pacemaker.beat()
        now = time.monotonic()
        hung_s = self._hang.tick(now)
        if hung_s > ASLEEP_S and self._is_armed():
            self._halt()
            self.get_logger().warning(f"this process did not run for {hung_s:.1f} s: disarmed")
        if self.starts_itself and now - self._open_s >= OPEN_RETRY_S and self._open(now):
            self.start_itself()
        if self._mux.tick(now):
            self._core.on_silence(now)
        tick = self._core.tick(now)
        self._report.tick(tick.base)
        self._tell(tick.safety)
        if self._topics is not None and tick.base.link is Link.UP and tick.base.received_s != self._odom_s:
            self._odom_s = tick.base.received_s
            self._topics.motion(tick, tick.base.received_s + self._graph_offset_s())
        self._ticks += 1
        if self._ticks % self._look_every == 0:
            for each in self._inputs:
                each.look()
        if self._ticks % self._every == 0:
            self._publish_slow(tick)

    def _publish_slow(self, tick: MotorTick) -> None:
        if self._topics is not None and tick.base.link is Link.UP:
            self._topics.battery(tick, now_s(self))
        self._told = ()  # the next tick tells the state again: who listens knows that this process lives
        now = time.monotonic()
        report = self._report.report(tick, self._facts(now))
        self._diagnostics.tell(report.level, report.text, report.values)

    def _facts(self, now: float) -> Facts:
        ros, hardware = self._config.ros, self._config.hardware
        return Facts(
            state=self.state,
            protocol=hardware.protocol,
            port=ros.base_cmd_vel if hardware.protocol == "cmd_vel" else hardware.port,
            open_error=self._open_error,
            driver=self._mux.driver,
            waiting=self._mux.waiting(now),
            command_age_s=self._mux.age_s(now),
            input_problems=[each.problem for each in self._inputs if each.problem],
            input_counters={**self._mux.counters, "hung": self._hang.count},
            limits=self._limits.limits,
        )

    def _tell(self, state: SafetyState) -> None:
        """On a change, and no more often."""
        state = self._named(state)
        told = (state.mode, state.estop_id, state.causes, state.limiting, state.driver)
        if told != self._told:
            self._told = told
            self._safety.publish(convert.safety_state_to_msg(state, self._graph_offset_s()))

    def _named(self, state: SafetyState) -> SafetyState:
        """With what only this node knows: who drives, and why nobody may."""
        limiting = state.limiting
        if limiting == "disarmed" and self.state != ACTIVE:
            limiting = "inactive"
        elif limiting == "no_command" and self._mux.waiting(state.t_s):
            limiting = "other_driver"
        return dataclasses.replace(state, limiting=limiting, driver=self._mux.driver)

    def _graph_offset_s(self) -> float:
        """Add it to a monotonic time to get the graph's."""
        return now_s(self) - time.monotonic()

    def close(self) -> None:
        """Zeros on the wire."""
        self._pacemaker.close()
        self._core.close()
