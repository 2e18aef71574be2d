"""Brain: what people say -> turn, plan, `cmd_vel`. Wraps `brain.Brain` (thinks, in a worker) and `agent.Agent` (moves).

A new command preempts the running one, a question is answered beside it; "cancel", a cancel request, an e-stop end it.
Stop words go to `stop` before anything is thought about. When this node hangs or dies, the gate in the motor process
stops the wheels by itself.
"""

from __future__ import annotations

import dataclasses
import importlib
import logging
from typing import Any

from geometry_msgs.msg import PoseWithCovarianceStamped
from nav_msgs.msg import Odometry
from rclpy.action import ActionServer, CancelResponse
from rclpy.node import Node
from rclpy.task import Future
from sensor_msgs.msg import BatteryState, LaserScan
from std_msgs.msg import String

from moe_robot.agent import Agent
from moe_robot.config import Config
from moe_robot.lexicon import lexicon_of
from moe_robot.motion.stop_words import is_stop
from moe_robot.nodes import convert, convert_memory, convert_sensors
from moe_robot.nodes.commands import Command
from moe_robot.nodes.diagnostics import Diagnostics
from moe_robot.nodes.introspection import Introspection
from moe_robot.nodes.memory_client import MemoryClient
from moe_robot.nodes.nav2 import nav2_navigator
from moe_robot.nodes.ros import EVENT, ODOM, SENSOR, STATE, now_s, subscribe
from moe_robot.nodes.run import Arguments
from moe_robot.nodes.thinking import Thinking
from moe_robot.nodes.twist import TwistOutput
from moe_robot.planner.executor import ExecutorTick
from moe_robot.robot_model import load_robot_model
from moe_robot.router.language import detect_language
from moe_robot.skills.control import estop_phrase
from moe_robot.skills.schemas import SKILLS
from moe_robot.structs import Language, Plan, SafetyMode, Step, StepResult, Turn, Utterance, Velocity
from moe_robot.world.home import load_home
from moe_robot_interfaces.action import ExecuteCommand
from moe_robot_interfaces.msg import BrainMode, Detections, Outcome, Records, Token
from moe_robot_interfaces.msg import Plan as PlanMsg
from moe_robot_interfaces.msg import SafetyState as SafetyStateMsg
from moe_robot_interfaces.msg import Turn as TurnMsg
from moe_robot_interfaces.msg import Utterance as UtteranceMsg

log = logging.getLogger(__name__)
STILL = Velocity()
CANCEL = (Step("cancel"),)
RING_PERIOD_S = 0.2  # between looks for timers and reminders that have come due


class BrainNode(Node):
    def __init__(self, arguments: Arguments, config: Config) -> None:
        super().__init__(arguments.name)
        home, model = load_home(config.robot.home), load_robot_model(config.robot.urdf)
        self._language = config.robot.language
        self._lexicon = lexicon_of(home)
        self._memory = MemoryClient(self)
        navigator = nav2_navigator(self, home, config, model)
        self._agent = Agent(config, home, model, self._lexicon, self._memory, self._speak, navigator, self._speak_aside)
        robot = Introspection(self, lambda: self._current.utterance.text if self._current else "")
        self._thinking = Thinking(self, config, home, self._lexicon, robot)
        self._current: Command | None = None
        self._aside: Command | None = None  # a question in mid-drive
        self._goals: dict[bytes, Command] = {}
        self._estop_id = 0
        self._input = next((each.name for each in config.ros.inputs if each.topic == "cmd_vel"), "")
        self._overridden = False  # somebody else drives
        self._held = False  # the gate wants a zero from this node first (S39)
        self._neutral_first = False  # the next thing sent is a zero: what was streamed before is over
        self._missing = ""

        choice = str(self.declare_parameter("cmd_vel_type", config.ros.cmd_vel_type).value)
        self._cmd_vel = TwistOutput(self, "cmd_vel", choice)
        self._turn = self.create_publisher(TurnMsg, "turn", EVENT)
        self._outcome = self.create_publisher(Outcome, "outcome", EVENT)
        self._plan = self.create_publisher(PlanMsg, "plan", STATE)
        self._say = self.create_publisher(UtteranceMsg, "say", EVENT)
        self._tokens = self.create_publisher(Token, "tokens", EVENT)
        self._stop = self.create_publisher(String, "stop", EVENT)
        self._mode = self.create_publisher(BrainMode, "brain_mode", STATE)
        self._diagnostics = Diagnostics(self)

        subscribe(self, Odometry, "odom", self._on_odometry, ODOM)
        subscribe(self, PoseWithCovarianceStamped, "pose", self._on_pose, STATE)
        subscribe(self, LaserScan, "scan", self._on_scan, SENSOR)
        subscribe(self, Detections, "detections", self._on_detections, EVENT)
        subscribe(self, BatteryState, "battery_state", self._on_battery, STATE)
        subscribe(self, SafetyStateMsg, "safety_state", self._on_safety, STATE)
        subscribe(self, Records, "places", self._on_places, STATE)
        subscribe(self, UtteranceMsg, "utterance", self._on_utterance, EVENT)
        self._commands = ActionServer(
            self,
            ExecuteCommand,
            "execute_command",
            self._execute,
            handle_accepted_callback=self._on_accepted,
            cancel_callback=self._on_cancel,
        )
        self.create_timer(1.0 / config.planner.tick_rate_hz, self._tick)
        self.create_timer(1.0, self._every_second)
        self.create_timer(RING_PERIOD_S, self._ring)
        stamp = self.get_clock().now().to_msg()
        self._thinking.do(self._warm_up, "the first sentences")
        self._mode.publish(BrainMode(stamp=stamp, mode=BrainMode.LITE, progress=1.0, model="sentences"))

    def _warm_up(self) -> None:
        """The first use of a skill is slow, too."""
        for target in filter(None, SKILLS.values()):
            importlib.import_module(target.partition(":")[0])
        self._thinking.warm_up()

    # ---------------------------------------------------------------- sensors: what the robot believes

    def _on_odometry(self, message: Odometry) -> None:
        self._agent.world.set_odom(*convert.odometry_from_msg(message))

    def _on_pose(self, message: PoseWithCovarianceStamped) -> None:
        self._agent.world.set_pose(*convert.pose_from_msg(message))

    def _on_scan(self, message: LaserScan) -> None:
        self._agent.world.set_scan(convert_sensors.scan_from_msg(message))

    def _on_detections(self, message: Detections) -> None:
        self._agent.world.set_detections(*convert.detections_from_msg(message))

    def _on_battery(self, message: BatteryState) -> None:
        self._agent.world.set_battery(convert_sensors.battery_from_msg(message), now_s(self))

    def _on_safety(self, message: SafetyStateMsg) -> None:
        state = convert.safety_state_from_msg(message)
        self._agent.world.set_safety(state, now_s(self))
        self._overridden = state.driver not in ("", self._input)
        self._held = state.limiting == "other_driver"
        new, self._estop_id = state.estop_id != self._estop_id, state.estop_id
        if new and state.mode is SafetyMode.ESTOP:
            self._break_off()

    def _on_places(self, message: Records) -> None:
        places = convert_memory.places_from_msgs(message.records)
        self._agent.world.set_places({place.id: place.pose for place in places})

        def learn() -> None:  # in the thread that reads the lexicon
            for place in places:
                self._lexicon.add_place(place.id, place.names)

        self._thinking.do(learn, "places " + ", ".join(place.id for place in places))

    # ---------------------------------------------------------------- commands: think

    def _on_accepted(self, goal: Any) -> None:
        """In the order of arrival; `_execute` need not be: rclpy runs the newest of its tasks first."""
        command = Command(self._utterance(goal.request.utterance), goal.publish_feedback)
        self._goals[bytes(goal.goal_id.uuid)] = command
        self._take(command)
        goal.execute()

    async def _execute(self, goal: Any) -> Any:
        key = bytes(goal.goal_id.uuid)
        command = self._goals[key]
        if not command.outcome:
            ended = Future(executor=self.executor)
            command.on_end = lambda: ended.set_result(None)
            await ended
        del self._goals[key]
        if command.outcome == "done":
            goal.succeed()
        elif goal.is_cancel_requested:
            goal.canceled()
        else:
            goal.abort()
        return command.result()

    def _on_cancel(self, goal: Any) -> CancelResponse:
        command = self._goals.get(bytes(goal.goal_id.uuid))
        if command is None:
            return CancelResponse.REJECT
        if command is self._current:
            self._finish(self._agent.cancel("", now_s(self)), "cancelled")
        elif command is self._aside:
            self._end_aside(self._agent.aside.cancel("", now_s(self)), "cancelled")
        else:
            command.end("cancelled")
        return CancelResponse.ACCEPT

    def _on_utterance(self, message: UtteranceMsg) -> None:
        self._take(Command(self._utterance(message), lambda feedback: None))

    def _utterance(self, message: UtteranceMsg) -> Utterance:
        if message.stamp.sec == 0:
            message.stamp = self.get_clock().now().to_msg()
        return convert.utterance_from_msg(message, detect_language(message.text[:1000], self._language))

    def _take(self, command: Command) -> None:
        said = command.utterance
        if is_stop(said.text):
            self._stop.publish(String(data=f"{said.source}: {said.text.strip()[:80]}"))
            self._break_off()
        world = self._agent.world.snapshot(now_s(self))
        self._thinking.think(said, world, lambda turn: self._thought(command, turn))

    def _thought(self, command: Command, turn: Turn | None) -> None:
        """Back in this node's thread: say the answer and, when there is a plan, take the first step at once."""
        if command.outcome:  # cancelled meanwhile
            return
        if turn is None:
            self._end(command, "failed", ())
            return
        self._turn.publish(convert.turn_to_msg(turn))
        stamp = self.get_clock().now().to_msg()
        self._tokens.publish(Token(stamp=stamp, index=0, text=turn.reply.text, last=True))
        self._speak(turn.reply.text, command)
        if turn.plan is None:
            command.thought(turn, stamp)
            self._end(command, "refused" if turn.refusal else "done", ())
            return
        if self._agent.is_aside(turn.plan):
            self._answer_aside(command, turn, turn.plan, stamp)
            return
        preempted = self._agent.start(turn.plan, turn.utterance.language, now_s(self))
        self._neutral_first, self._held = preempted is not None, False
        if self._current is not None and preempted is not None:
            self._end(self._current, "cancelled" if turn.plan.nodes == CANCEL else "preempted", preempted.results)
        self._current = command
        self._plan.publish(convert.plan_to_msg(turn.plan))
        command.thought(turn, stamp)
        self._tick()

    def _answer_aside(self, command: Command, turn: Turn, plan: Plan, stamp: Any) -> None:
        preempted = self._agent.start_aside(plan, turn.utterance.language, now_s(self))
        if preempted is not None:
            self._end_aside(preempted, "preempted")
        self._aside = command
        command.thought(turn, stamp)
        self._tick_aside()

    def _tick_aside(self) -> None:
        if self._aside is None:
            return
        try:
            tick = self._agent.tick_aside(now_s(self))
        except Exception:  # a question must not end the drive beside it
            log.exception("no answer to: %s", self._aside.utterance.text)
            tick = dataclasses.replace(self._agent.aside.cancel("", now_s(self)), ended=True, outcome="failed")
        if tick.ended:
            self._end_aside(tick, tick.outcome)

    def _end_aside(self, tick: ExecutorTick, outcome: str) -> None:
        command, self._aside = self._aside, None
        assert command is not None
        command.ticked(tick)
        self._end(command, outcome, tick.results)

    # ---------------------------------------------------------------- commands: move

    def _tick(self) -> None:
        if self._neutral_first:
            self._neutral_first = False
            self._drive(STILL)
            return
        try:
            tick = self._agent.tick(now_s(self))
        except Exception:
            log.exception("the plan broke off: %s", self._current.utterance.text if self._current else "idle")
            tick = self._agent.cancel("", now_s(self))
            tick = dataclasses.replace(tick, ended=True, outcome="failed")
        self._tick_aside()
        command = self._current
        if command is None:
            return
        if tick.ended:
            self._finish(tick, tick.outcome)
            return
        if tick.velocity != STILL and (self._overridden or self._held):  # its way would not be continued (S39)
            phrase = "fail.other_driver" if self._overridden else "fail.held"
            words = self._thinking.phrases.say(phrase, command.utterance.language)
            self._finish(self._agent.cancel(words, now_s(self)), "failed")
            return
        self._drive(tick.velocity)
        command.moved(tick.velocity)
        command.ticked(tick)

    def _break_off(self) -> None:
        """An e-stop ends what is running. The gate needs a neutral command before a reset (S11), running or not."""
        if self._current is None:
            self._drive(STILL)
        else:
            safety = self._agent.world.snapshot(now_s(self)).safety
            phrase = estop_phrase(safety, "fail.stopped") if safety is not None else "fail.stopped"
            words = self._thinking.phrases.say(phrase, self._current.utterance.language)
            self._finish(self._agent.cancel(words, now_s(self)), "stopped")

    def _finish(self, tick: ExecutorTick, outcome: str) -> None:
        """The running command is over: stand still, tell."""
        command, self._current = self._current, None
        assert command is not None
        self._drive(STILL)
        command.ticked(tick)
        self._end(command, outcome, tick.results)

    def _end(self, command: Command, outcome: str, results: tuple[StepResult, ...]) -> None:
        stamp = convert.stamp(command.utterance.t_s)
        command.end(outcome, results)
        self._outcome.publish(Outcome(utterance_stamp=stamp, outcome=outcome, texts=command.texts))

    def _drive(self, velocity: Velocity) -> None:
        self._cmd_vel.publish(velocity)

    def _speak(self, text: str, command: Command | None = None) -> None:
        """Say something; by default for the running command."""
        command = command or self._current
        language = command.utterance.language if command else self._language
        if command is not None:
            command.texts.append(text)
        self._publish_words(text, language)

    def _publish_words(self, text: str, language: Language) -> None:
        stamp = self.get_clock().now().to_msg()
        self._say.publish(UtteranceMsg(stamp=stamp, text=text, language=language, confidence=1.0, source="robot"))

    def _speak_aside(self, text: str) -> None:
        self._speak(text, self._aside)

    def _ring(self) -> None:
        """Timers and reminders that have come due."""
        try:
            due = self._thinking.due()
        except Exception:
            log.exception("timers and reminders cannot be read")
            return
        for language, text in due:
            self._publish_words(text, language)

    # ---------------------------------------------------------------- state

    def _every_second(self) -> None:
        self._cmd_vel.look()
        missing = self._agent.missing(now_s(self)) or ("" if self._memory.ready else "memory")
        if missing != self._missing:
            self._missing = missing
            self.get_logger().warning(f"{missing} is silent") if missing else self.get_logger().info("all parts answer")
        running = self._current.utterance.text if self._current else ""
        self._diagnostics.report(
            f"{missing} is silent" if missing else "", warn=bool(missing), values={"command": running}
        )

    def close(self) -> None:
        if self._current is not None:
            self._drive(STILL)
        self._commands.destroy()  # a node does not do it
        self._thinking.close()
