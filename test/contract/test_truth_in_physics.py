"""S24, S26 in the physics: an obstacle below the lidar is found by the wheels, and driving alone finds nothing."""

from __future__ import annotations

import dataclasses
import math

import pytest
from motor_rig import CFG, KINEMATICS, MODEL, PERIOD_S

from moe_robot.hardware.loopback import LoopbackBase
from moe_robot.motion.controller import MotorCore, MotorTick
from moe_robot.sim.board import Board
from moe_robot.sim.physics import Simulation
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Cause, SafetyMode, Velocity
from moe_robot.world.home import Furniture

FOUND_S = 1.3  # from the contact; "about a second"


class Drive:
    """The robot in the flat with a bar across its way. The lidar looks 0.12 m above the floor: over the bar."""

    def __init__(self, height_m: float, ahead_m: float = 0.6, width_m: float = 1.0, aside_m: float = 0.0) -> None:
        world = load_world("flat", 3)
        start = world.scene.robot
        cos, sin = math.cos(start.yaw_rad), math.sin(start.yaw_rad)
        x, y = start.x_m + cos * ahead_m - sin * aside_m, start.y_m + sin * ahead_m + cos * aside_m
        bar = Furniture("bar", {}, x, y, start.yaw_rad, (0.1, width_m, height_m))
        home = dataclasses.replace(world.home, furniture={**world.home.furniture, "bar": bar})
        self.sim = Simulation(dataclasses.replace(world, home=home), MODEL, CFG.sim, seed=3)
        base = LoopbackBase(
            Board(self.sim.plant, CFG.hardware), CFG.hardware, KINEMATICS, lambda: self.sim.time_s, MODEL.ticks_per_rev
        )
        base.open()
        self.core = MotorCore(CFG.motion, MODEL, base)
        self.touched_s = math.inf
        self.scanned_s = -1.0

    def step(self, velocity: Velocity) -> MotorTick:
        sim = self.sim
        sim.step(sim.time_s + PERIOD_S)
        if sim.time_s - self.scanned_s > 0.099:
            self.scanned_s = sim.time_s
            self.core.on_scan(sim.lidar(), sim.time_s)
        self.core.on_command(velocity, sim.time_s)
        tick = self.core.tick(sim.time_s)
        if sim.time_s < 1.0 and tick.safety.mode is SafetyMode.DISARMED:
            self.core.arm(sim.time_s)
        if self.touched_s == math.inf and sim.truth(look=False).collisions:
            self.touched_s = sim.time_s
        return tick

    def until_stopped(self, velocity: Velocity, most_s: float) -> tuple[float, tuple[Cause, ...]]:
        """(when the e-stop came, its causes); inf when none came."""
        while self.sim.time_s < most_s:
            tick = self.step(velocity)
            if tick.safety.mode is SafetyMode.ESTOP:
                return self.sim.time_s, tick.safety.causes
        return math.inf, ()


@pytest.mark.parametrize("speed_mps", [0.1, 0.2, 0.3, 0.5])
def test_S24_a_bar_that_the_lidar_does_not_see_is_found_in_about_a_second(speed_mps):
    drive = Drive(height_m=0.08)
    stopped_s, causes = drive.until_stopped(Velocity(speed_mps, 0.0), 10.0)
    assert stopped_s - drive.touched_s <= FOUND_S
    assert {cause.kind for cause in causes} <= {"stall", "slip"}


@pytest.mark.parametrize("aside_m", [0.4, -0.4])
def test_S26_a_bar_before_one_side_is_found_too(aside_m):
    drive = Drive(height_m=0.08, width_m=0.6, aside_m=aside_m)
    stopped_s, causes = drive.until_stopped(Velocity(0.3, 0.0), 10.0)
    assert stopped_s - drive.touched_s <= FOUND_S
    assert {cause.kind for cause in causes} <= {"stall", "slip"}


@pytest.mark.parametrize("height_m", [0.004, 0.008, 0.016])
def test_S31_a_sill_under_one_wheel_is_driven_over(height_m):
    drive = Drive(height_m, ahead_m=0.5, width_m=0.5, aside_m=0.3)
    assert drive.until_stopped(Velocity(0.3, 0.0), 5.0) == (math.inf, ())
    assert drive.touched_s < 5.0
