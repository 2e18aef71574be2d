"""The moving half of the robot in the simulator without nodes, wire and brain: what `world` needs to drive about."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from moe_robot.config import Config
from moe_robot.motion.gate import SafetyGate
from moe_robot.motion.kinematics import Odometry, diff_drive
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.physics import Simulation
from moe_robot.sim.worlds import World
from moe_robot.structs import Pose, Status, Velocity
from moe_robot.world.localizer import Localizer
from moe_robot.world.model import WorldModel
from moe_robot.world.navigator import Choice, Navigator, NavTick

CONTROL_S, SCAN_S, TICK_S = 0.02, 0.1, 0.06  # gate and odometry, lidar, navigator


@dataclass
class Ride:
    """Everything on one simulated clock. `errors_m` and `turns_rad` collect estimate minus truth at every tick."""

    world: World
    cfg: Config
    seed: int = 0
    errors_m: list[float] = field(default_factory=list)
    turns_rad: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.model = load_robot_model()
        self.sim = Simulation(self.world, self.model, self.cfg.sim, self.seed)
        laser = Pose(self.model.laser.x_m, self.model.laser.y_m, self.model.laser.yaw_rad)
        self.localizer = Localizer(self.world.home, self.cfg.world, np.random.default_rng(self.seed), laser)
        self.localizer.reset(self.world.scene.robot, 0.1)
        self.navigator = Navigator(self.world.home, self.cfg.world, self.cfg.skills, self.model)
        self.beliefs = WorldModel(self.world.home, self.cfg.world, self.model)
        self.gate = SafetyGate(self.cfg.motion, self.model)
        self.gate.link(True, 0.0)
        self.gate.arm(0.0)
        self.drive = diff_drive(self.model)
        self.odometry = Odometry(self.drive, self.model.ticks_per_rev)
        self.ticks = 0
        self.moved = Velocity()

    @property
    def now_s(self) -> float:
        return self.ticks * CONTROL_S

    def step(self, wish: Velocity) -> None:
        """20 ms: gate, motors, physics, odometry, and the lidar when its turn comes."""
        if self.ticks % round(SCAN_S / CONTROL_S) == 0:
            scan = self.sim.lidar()
            self.gate.scan(scan, self.now_s)
            self.localizer.scan(scan, scan.t_s)
            self.beliefs.set_scan(scan)
        self.gate.command(wish, self.now_s)
        self.sim.plant.set_wheel_speeds(*self.drive.wheels(self.gate.output(self.now_s)))
        self.ticks += 1
        self.sim.step(self.now_s)
        pose = self.odometry.update(*self.sim.plant.wheel_ticks())
        self.moved = self.drive.velocity(*self.sim.plant.wheel_speeds())
        self.localizer.odometry(pose, self.now_s)
        self.beliefs.set_odom(pose, self.moved, self.now_s)
        self.beliefs.set_pose(*self.localizer.estimate(self.now_s), self.now_s)

    def go(
        self,
        x_m: float,
        y_m: float,
        yaw_rad: float | None,
        tolerance_m: float = 0.1,
        limit_s: float = 180.0,
        choose: Choice | None = None,
    ) -> NavTick:
        """Drive to a goal until the navigator is done or the time is up; its last word."""
        self.step(Velocity())
        self.navigator.observe(self.beliefs.snapshot(self.now_s))
        reply = self.navigator.set_goal(x_m, y_m, yaw_rad, tolerance_m, self.now_s, choose)
        if not reply:
            return NavTick(Status.FAILURE, reason=reply.reason)
        end_s = self.now_s + limit_s
        tick = self.navigator.tick(self.beliefs.snapshot(self.now_s), self.now_s)
        while tick.status is Status.RUNNING and self.now_s < end_s:
            for _ in range(round(TICK_S / CONTROL_S)):
                self.step(tick.velocity)
            self.note_error()
            tick = self.navigator.tick(self.beliefs.snapshot(self.now_s), self.now_s)
        for _ in range(10):
            self.step(Velocity())
        return tick

    def note_error(self) -> None:
        truth, (pose, _) = self.sim.pose(), self.localizer.estimate(self.now_s)
        self.errors_m.append(math.hypot(pose.x_m - truth.x_m, pose.y_m - truth.y_m))
        self.turns_rad.append(abs(math.remainder(pose.yaw_rad - truth.yaw_rad, 2 * math.pi)))
