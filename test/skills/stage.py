"""A stage for skills: the real planner, navigator, gate and world model in a home with ideal wheels and camera.

Nothing here replaces a part of the robot: the stage stands where sensors and motors are. Physics, noise and the real
detector are in `test_skills_in_simulation.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from moe_robot.config import Config, load_config
from moe_robot.lexicon import Lexicon
from moe_robot.motion.gate import SafetyGate
from moe_robot.notation import parse_nodes
from moe_robot.phrases import Phrases
from moe_robot.planner.check import PlanContext, check
from moe_robot.planner.executor import Executor, ExecutorTick
from moe_robot.robot_model import load_robot_model
from moe_robot.skills.base import SkillTools
from moe_robot.structs import Battery, Detection, Pose, Scan, Sighting, Status, Velocity, WorldState
from moe_robot.world.coverage import Coverage
from moe_robot.world.grid import HomeGrid
from moe_robot.world.home import load_home
from moe_robot.world.matching import compose, wrap1
from moe_robot.world.model import WorldModel
from moe_robot.world.navigator import Navigator

TICK_S = 0.05
HOME = load_home("flat")
MODEL = load_robot_model()
COVERAGE = Coverage(HOME, load_config().world, MODEL)
GRID = HomeGrid(HOME, 0.05)
HALF_FOV_RAD = math.radians(34.0)
RADIUS_M = 0.17


@dataclass
class Thing:
    kind: str
    color: str
    x_m: float
    y_m: float
    person: str = ""
    radius_m: float = 0.12


@dataclass
class Answer:
    value: object = None
    error: str = ""
    done: bool = True


@dataclass
class Memory:
    """A memory that answers at once, or never."""

    sightings: list[Sighting] = field(default_factory=list)
    error: str = ""
    silent: bool = False
    places: dict[str, Pose] = field(default_factory=dict)

    def request(self, request: str, /, **query: object) -> Answer:
        if self.silent:
            return Answer(done=False)
        if self.error:
            return Answer(error=self.error)
        if request == "remember_place":
            self.places[str(query["name"])] = query["pose"]
            return Answer(str(query["name"]))
        assert request == "recall"
        kinds = {"": [s for s in self.sightings if s.kind != "person"]}
        seen = kinds.get(str(query["kind"]), [s for s in self.sightings if s.kind == query["kind"]])
        return Answer(tuple(s for s in seen if query["color"] in ("", s.color) and query["person"] in ("", s.person)))


def lexicon() -> Lexicon:
    return Lexicon(HOME.place_names(), HOME.objects, HOME.colors, {p.id: p.names for p in HOME.people.values()})


class Stage:
    """`run` a plan and look at `last`; the clock is `now_s`."""

    def __init__(self, pose: Pose, *things: Thing, memory: Memory | None = None, cfg: Config | None = None) -> None:
        self.pose, self.odom, self.things = pose, Pose(0.0, 0.0), list(things)
        self.cfg = cfg or load_config()
        self.memory = memory or Memory()
        self.now_s = 100.0
        self.velocity = Velocity()
        self.wished = Velocity()
        self.said: list[str] = []
        self.path: list[tuple[float, float]] = []
        self.battery = Battery(80.0, 25.0, -1.0, False)
        self.camera, self.lidar, self.odometry, self.localized = True, True, True, True
        self.wheels_stuck = self.slipping = False
        self.gate = SafetyGate(self.cfg.motion, MODEL)
        self.gate.link(True, self.now_s)
        self.beliefs = WorldModel(HOME, self.cfg.world, MODEL)
        self._sense()
        assert self.gate.arm(self.now_s)
        self._sense()
        words = lexicon()
        navigator = Navigator(HOME, self.cfg.world, self.cfg.skills, MODEL)
        self.tools = SkillTools(
            HOME,
            words,
            Phrases(words, HOME.rooms),
            navigator,
            self.memory,
            self.said.append,
            self.cfg,
            COVERAGE.fresh(),
        )
        self.executor = Executor(self.tools)
        self.last = ExecutorTick()

    # ---- the plan

    def begin(self, notation: str, language: str = "en") -> None:
        plan = check(parse_nodes(notation), PlanContext(HOME, self.cfg, self.beliefs.snapshot(self.now_s).places))
        self.executor.start(plan, language, self.world(), self.now_s)

    def run(
        self, notation: str = "", language: str = "en", limit_s: float = 400.0, until=lambda stage: False
    ) -> ExecutorTick:
        """Until the plan ends, `until` holds, or the time is up (that is an error)."""
        if notation:
            self.begin(notation, language)
        end_s = self.now_s + limit_s
        while self.executor.running and not until(self):
            assert self.now_s < end_s, f"still running after {limit_s} s: {self.last}"
            self.tick()
        return self.last

    def tick(self) -> ExecutorTick:
        self.last = self.executor.tick(self.world(), self.now_s)
        self.wished = self.last.velocity
        self.gate.command(self.last.velocity, self.now_s)
        self._move()
        self.now_s += TICK_S
        self._sense()
        return self.last

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.tick()

    def world(self) -> WorldState:
        return self.beliefs.snapshot(self.now_s)

    # ---- the world

    def _move(self) -> None:
        sent = self.gate.output(self.now_s)
        if self.wheels_stuck:
            sent = Velocity()
        step = Pose(sent.linear_mps * TICK_S, 0.0, sent.angular_radps * TICK_S)
        self.velocity = sent
        self.odom = compose(self.odom, step)
        after = self.pose if self.slipping else compose(self.pose, step)
        clear_m = min([GRID.clearance_m(after.x_m, after.y_m)] + [self._gap(thing, after) for thing in self.things])
        assert clear_m > RADIUS_M - 0.03 or self.slipping, f"collision at {after}"
        self.pose = after
        self.path.append((after.x_m, after.y_m))

    def _gap(self, thing: Thing, pose: Pose) -> float:
        return math.hypot(thing.x_m - pose.x_m, thing.y_m - pose.y_m) - thing.radius_m

    def _sense(self) -> None:
        t_s = self.now_s
        if self.odometry:
            self.beliefs.set_odom(self.odom, self.velocity, t_s)
        if self.localized:
            self.beliefs.set_pose(self.pose, 0.03, t_s)
        if round(t_s / TICK_S) % 2 == 0:
            if self.lidar:
                scan = self._scan()
                self.beliefs.set_scan(scan)
                self.gate.scan(scan, t_s)
            if self.camera:
                self.beliefs.set_detections(self.visible(), t_s)
        self.beliefs.set_battery(self.battery, t_s)
        self.beliefs.set_safety(self.gate.state(t_s), t_s)

    def _scan(self) -> Scan:
        step = 2 * math.pi / 180
        angles = -math.pi + step * np.arange(180)
        ranges = GRID.ray_m(np.float64(self.pose.x_m), np.float64(self.pose.y_m), self.pose.yaw_rad + angles, 10.0)
        for thing in self.things:
            dx, dy = thing.x_m - self.pose.x_m, thing.y_m - self.pose.y_m
            towards = dx * np.cos(self.pose.yaw_rad + angles) + dy * np.sin(self.pose.yaw_rad + angles)
            off2 = dx * dx + dy * dy - towards**2
            hit = (off2 < thing.radius_m**2) & (towards > 0)
            ranges = np.where(
                hit, np.minimum(ranges, towards - np.sqrt(np.maximum(thing.radius_m**2 - off2, 0))), ranges
            )
        return Scan(ranges.astype(np.float32), -math.pi, step, 0.05, 10.0, self.now_s)

    def visible(self) -> tuple[Detection, ...]:
        seen = []
        for thing in self.things:
            away_m = math.hypot(thing.x_m - self.pose.x_m, thing.y_m - self.pose.y_m)
            bearing = wrap1(math.atan2(thing.y_m - self.pose.y_m, thing.x_m - self.pose.x_m) - self.pose.yaw_rad)
            short = max(0.0, 1.0 - 0.2 / away_m)
            x, y = (
                self.pose.x_m + short * (thing.x_m - self.pose.x_m),
                self.pose.y_m + short * (thing.y_m - self.pose.y_m),
            )
            if away_m < 4.0 and abs(bearing) < HALF_FOV_RAD and GRID.line_free(self.pose.x_m, self.pose.y_m, x, y):
                seen.append(
                    Detection(thing.kind, thing.color, thing.person, 0.9, (100, 100, 20, 20), away_m, bearing,
                              (thing.x_m, thing.y_m), self.now_s)
                )  # fmt: skip
        return tuple(seen)

    # ---- questions of the tests

    def distance_to(self, x_m: float, y_m: float) -> float:
        return math.hypot(x_m - self.pose.x_m, y_m - self.pose.y_m)

    def room(self) -> str:
        return HOME.room_at(self.pose.x_m, self.pose.y_m)

    def move_thing(self, index: int, x_m: float, y_m: float) -> None:
        self.things[index] = replace(self.things[index], x_m=x_m, y_m=y_m)


def sighting(kind: str, color: str, x_m: float, y_m: float, t_s: float = 50.0, person: str = "") -> Sighting:
    return Sighting(1, kind, color, person, x_m, y_m, HOME.room_at(x_m, y_m), 0.9, 10, t_s - 5.0, t_s)


def done(tick: ExecutorTick) -> bool:
    return tick.status is Status.SUCCESS and tick.outcome == "done"
