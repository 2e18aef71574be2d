"""The whole robot and its home in one process and in simulated time: what the nodes wrap, wired without ROS.

    robot = LockstepRobot(load_config(), load_world("flat"), seed=1)
    run = robot.command("поезжай на кухню и найди красный куб", "ru")  # run.outcome, run.texts, run.results, ...

Simulation, board firmware, wire frames, safety gate, localiser, vision, memory, planner and skills are the real ones;
left out are ROS, processes, the pseudo-terminal and real time. The same seed and commands give the same run, faster
than real time: for tests, and for statistics over many missions (`bench/missions.py`).
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from moe_robot.agent import Agent
from moe_robot.brain import Brain, Context, build_brain
from moe_robot.config import Config
from moe_robot.hardware.bases import make_link
from moe_robot.hardware.loopback import LoopbackBase
from moe_robot.lexicon import lexicon_of
from moe_robot.memory.service import Answer, ListPlaces, MemoryService, Recall, RememberPlace
from moe_robot.memory.store import Store
from moe_robot.motion.controller import MotorCore, MotorTick
from moe_robot.motion.kinematics import diff_drive
from moe_robot.motion.stop_words import is_stop
from moe_robot.planner.executor import ExecutorTick
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.boards import make_board
from moe_robot.sim.physics import Simulation
from moe_robot.sim.truth import Truth
from moe_robot.sim.worlds import World
from moe_robot.skills.control import estop_phrase
from moe_robot.structs import Language, Plan, Pose, SafetyMode, Scan, StepResult, Turn, Utterance
from moe_robot.vision.detector import Detector
from moe_robot.world.localizer import LOST_STD_M, Localizer

POSE_PERIOD_S = 0.035
TRACE_PERIOD_S = 0.2  # with what the camera could see: the judge of conditions and finds needs it
SETTLE_S = 0.6  # after a plan: the wheels come to rest, the last images are looked at


@dataclass(frozen=True)
class Answered:
    """A memory ticket that is done at once."""

    value: object = None
    error: str = ""
    done: bool = True


class DirectMemory:
    """`skills.base.MemoryPort` on a MemoryService in the same thread."""

    def __init__(self, service: MemoryService, clock: Callable[[], float], on_place: Callable[[], None]) -> None:
        self._service, self._clock, self._on_place = service, clock, on_place

    def request(self, request: str, /, **query: object) -> Answered:
        now_s = self._clock()
        match request:
            case "recall":
                answer = self._service.handle(Recall(**query), now_s)  # type: ignore[arg-type]
                return _answered(answer, answer.sightings)
            case "remember_place":
                answer = self._service.handle(RememberPlace(**query, t_s=now_s), now_s)  # type: ignore[arg-type]
                self._on_place()
                return _answered(answer, answer.places[0].id if answer.places else "")
            case "places":
                answer = self._service.handle(ListPlaces(), now_s)
                return _answered(answer, answer.places)
        raise KeyError(f"memory cannot be asked for '{request}'")


def _answered(answer: Answer, value: object) -> Answered:
    return Answered(value if answer.ok else None, answer.error)


@dataclass(frozen=True)
class CommandRun:
    """One command from words to its end. `outcome`: done | failed | refused | stopped | timeout."""

    turn: Turn | None
    outcome: str
    texts: tuple[str, ...]
    results: tuple[StepResult, ...]
    before: Truth
    after: Truth
    trace: tuple[Truth, ...]
    duration_s: float
    first_motion_s: float  # nan when nothing moved


@dataclass
class Faults:
    """What is broken around the motor process. What runs through the cable is damaged at `LockstepRobot.base`."""

    scan: Callable[[Scan], Scan | None] = lambda scan: scan  # None = no scan
    camera_silent: bool = False
    brain_hangs: bool = False


@dataclass
class _Due:
    period_s: float
    next_s: float = 0.0

    def now(self, now_s: float) -> bool:
        if now_s + 1e-9 < self.next_s:
            return False
        self.next_s = max(self.next_s + self.period_s, now_s)
        return True


@dataclass
class _Recording:
    texts: list[str] = field(default_factory=list)
    trace: list[Truth] = field(default_factory=list)
    first_motion_s: float = math.nan


class LockstepRobot:
    """`settle` comes first. `store_path` keeps memory from run to run; without it memory ends with the robot."""

    def __init__(self, cfg: Config, world: World, seed: int = 1, store_path: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="moe_robot_") if store_path is None else None
        path = store_path or Path(self._folder.name if self._folder else ".") / "memory.db"
        self.cfg, self.sim_world = cfg, world
        home, model = world.home, load_robot_model(cfg.robot.urdf)
        self.sim = Simulation(world, model, cfg.sim, seed)
        self.board = make_board(self.sim.plant, cfg.hardware)
        self.base = LoopbackBase(
            self.board,
            cfg.hardware,
            diff_drive(model),
            lambda: self.sim.time_s,
            link=make_link(cfg.hardware, model.ticks_per_rev),
        )
        self.base.open()
        self.motor = MotorCore(cfg.motion, model, self.base)
        laser = Pose(model.laser.x_m, model.laser.y_m, model.laser.yaw_rad)
        self.localizer = Localizer(home, cfg.world, np.random.default_rng([seed, 77]), laser)
        people = {person.id: person.clothing for person in home.people.values()}
        self.detector = Detector(home.objects, home.colors, people, model, cfg.vision)
        self.memory = MemoryService(
            lambda: Store(path, merge_m=cfg.world.sighting_merge_m, busy_timeout_s=cfg.memory.busy_timeout_s),
            home.room_at,
            merge_m=cfg.world.sighting_merge_m,
            write_interval_s=cfg.memory.write_interval_s,
            taken_ids=home.place_names(),
        )
        self.lexicon = lexicon_of(home)
        self.brain: Brain = build_brain(cfg, home, self.lexicon)
        self._recording = _Recording()
        port = DirectMemory(self.memory, lambda: self.sim.time_s, self._learn_places)
        self.agent = Agent(cfg, home, model, self.lexicon, port, self._recording.texts.append)
        self._learn_places()
        self.faults = Faults()
        self.before_step: Callable[[], None] | None = None  # what the scene does by itself: people who walk
        self.last_motor: MotorTick | None = None
        self.last_tick = ExecutorTick()
        self._motor_due = _Due(1.0 / cfg.motion.rate_hz)
        self._agent_due = _Due(1.0 / cfg.planner.tick_rate_hz)
        self._lidar_due = _Due(1.0 / cfg.sim.lidar_rate_hz)
        self._camera_due = _Due(1.0 / cfg.sim.camera_rate_hz, 0.03)
        self._pose_due = _Due(POSE_PERIOD_S)
        self._trace_due = _Due(TRACE_PERIOD_S)

    @property
    def now_s(self) -> float:
        return self.sim.time_s

    def step(self) -> None:
        """One period of the motor: 20 ms of simulated time."""
        if self.before_step is not None:
            self.before_step()
        self.sim.step(self.now_s + self._motor_due.period_s)
        now_s = self.now_s
        self._move(now_s)
        if self._lidar_due.now(now_s) and (scan := self.faults.scan(self.sim.lidar())) is not None:
            self.motor.on_scan(scan, now_s)
            self.localizer.scan(scan, scan.t_s)
            self.agent.world.set_scan(scan)
        if self._pose_due.now(now_s):
            pose, std_m = self.localizer.estimate(now_s)
            self.agent.world.set_pose(pose, std_m, now_s)
        if self._camera_due.now(now_s) and not self.faults.camera_silent:
            self._look()
        if self._agent_due.now(now_s) and not self.faults.brain_hangs:
            self._think_on(now_s)
        if self._trace_due.now(now_s):
            self._recording.trace.append(self.sim.truth())

    def settle(self, timeout_s: float = 15.0) -> str:
        """Run until the pose is known, then arm. "" or what is missing."""
        end_s = self.now_s + timeout_s
        while self.now_s < end_s:
            self.step()
            if self.agent.world.snapshot(self.now_s).pose_std_m < LOST_STD_M and self.motor.arm(self.now_s).ok:
                return ""
        return self.agent.missing(self.now_s) or "the gate does not arm"

    def command(self, text: str, language: Language, timeout_s: float = 600.0) -> CommandRun:
        """Say something and run until it has ended."""
        self._begin()
        before = self.sim.truth()
        start_s = self.now_s
        if is_stop(text):
            self.motor.on_stop(text, self.now_s, "text")
        turn = self.brain.respond(Utterance(text, language, source="test", t_s=start_s), self._context())
        self._recording.texts.append(turn.reply.text)
        if turn.plan is None:
            return self._finish(turn, "refused" if turn.refusal else "done", before, start_s)
        return self.run(turn.plan, language, timeout_s, turn, before)

    def run(
        self,
        plan: Plan,
        language: Language = "en",
        timeout_s: float = 600.0,
        turn: Turn | None = None,
        before: Truth | None = None,
    ) -> CommandRun:
        """Run a checked plan to its end."""
        if before is None:
            self._begin()
            before = self.sim.truth()
        start_s = self.now_s
        self.agent.start(plan, language, start_s)
        self._think_on(start_s)
        while self.agent.running and self.now_s - start_s < timeout_s:
            self.step()
            if self.motor.gate.state(self.now_s).mode is SafetyMode.ESTOP and self.agent.running:
                phrase = estop_phrase(self.motor.gate.state(self.now_s), "fail.stopped")
                self._recording.texts.append(self.brain.phrases.say(phrase, language))
                self.agent.cancel(self._recording.texts[-1], self.now_s)
                return self._finish(turn, "stopped", before, start_s)
        if self.agent.running:
            self.agent.cancel("", self.now_s)
            return self._finish(turn, "timeout", before, start_s)
        return self._finish(turn, self.agent.executor.last.outcome, before, start_s)

    def run_for(self, duration_s: float) -> None:
        end_s = self.now_s + duration_s
        while self.now_s < end_s:
            self.step()

    def close(self) -> None:
        self.motor.close()
        self.brain.close()
        self.memory.close(self.now_s)
        if self._folder is not None:
            self._folder.cleanup()

    # ------------------------------------------------------------------ parts

    def _learn_places(self) -> None:
        """What a person has named is known to the planner and has words, as in the brain node."""
        places = self.memory.handle(ListPlaces(), self.now_s).places
        self.agent.world.set_places({place.id: place.pose for place in places})
        for place in places:
            if self.lexicon.names["place"].get(place.id) != place.names:
                self.lexicon.add_place(place.id, place.names)

    def _context(self) -> Context:
        world = self.agent.world.snapshot(self.now_s)
        return Context(places=world.places, world=world)

    def _begin(self) -> None:
        self._recording.texts.clear()
        self._recording.trace.clear()
        self._recording.first_motion_s = math.nan

    def _finish(self, turn: Turn | None, outcome: str, before: Truth, start_s: float) -> CommandRun:
        ended_s = self.now_s
        results = self.agent.executor.last.results if outcome != "refused" else ()
        self.run_for(SETTLE_S)
        record = self._recording
        first_s = record.first_motion_s - start_s
        return CommandRun(
            turn=turn,
            outcome=outcome,
            texts=tuple(record.texts),
            results=results,
            before=before,
            after=self.sim.truth(),
            trace=tuple(record.trace),
            duration_s=ended_s - start_s,
            first_motion_s=first_s,
        )

    def _move(self, now_s: float) -> None:
        tick = self.motor.tick(now_s)
        self.last_motor = tick
        world = self.agent.world
        self.localizer.odometry(tick.odom, now_s)
        world.set_odom(tick.odom, tick.measured, now_s)
        world.set_battery(tick.base.battery, now_s)
        world.set_safety(tick.safety, now_s)
        if math.isnan(self._recording.first_motion_s) and (tick.sent.linear_mps or tick.sent.angular_radps):
            self._recording.first_motion_s = now_s

    def _look(self) -> None:
        frame = self.sim.camera()
        pose, std_m = self.localizer.estimate(frame.t_s)
        found = self.detector.detect(frame, pose if std_m < LOST_STD_M else None)
        self.agent.world.set_detections(found, frame.t_s)
        self.memory.observe(found, self.now_s)

    def _think_on(self, now_s: float) -> None:
        running = self.agent.running
        self.last_tick = self.agent.tick(now_s)
        if running:
            self.motor.on_command(self.last_tick.velocity, now_s)
