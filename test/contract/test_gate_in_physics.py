"""The gate against walls, furniture, objects and people in the physics: whoever drives, nothing is hit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from motor_rig import CFG, KINEMATICS, MODEL, PERIOD_S

from moe_robot.hardware.loopback import LoopbackBase
from moe_robot.motion.controller import MotorCore
from moe_robot.sim.board import Board
from moe_robot.sim.physics import Simulation
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Link, SafetyMode, Velocity


def simulation(world: str, seed: int) -> tuple[Simulation, LoopbackBase]:
    sim = Simulation(load_world(world, seed), MODEL, CFG.sim, seed)
    base = LoopbackBase(Board(sim.plant, CFG.hardware), CFG.hardware, KINEMATICS, lambda: sim.time_s)
    base.open()
    return sim, base


def random_driver(rng: np.random.Generator) -> Callable[[float], Velocity]:
    """Any velocity, beyond the limits too, held for up to four seconds."""
    wish, until_s = Velocity(), 0.0

    def drive(now_s: float) -> Velocity:
        nonlocal wish, until_s
        if now_s > until_s:
            wish = Velocity(rng.uniform(-0.8, 0.8), rng.uniform(-2.0, 2.0) if rng.random() < 0.6 else 0.0)
            until_s = now_s + rng.uniform(0.3, 4.0)
        return wish

    return drive


@pytest.mark.parametrize(("world", "seed"), [("flat", 3), ("random:12", 12)])
def test_S8_a_driver_who_commands_at_random_for_a_minute_hits_nothing(world, seed):
    sim, base = simulation(world, seed)
    core, driver = MotorCore(CFG.motion, MODEL, base), random_driver(np.random.default_rng(seed))
    scanned_s, travelled_m, stops = -1.0, 0.0, 0
    while sim.time_s < 60.0:
        sim.step(sim.time_s + PERIOD_S)
        if sim.time_s - scanned_s > 0.099:
            scanned_s = sim.time_s
            core.on_scan(sim.lidar(), sim.time_s)
        core.on_command(driver(sim.time_s), sim.time_s)
        tick = core.tick(sim.time_s)
        if tick.base.link is Link.UP and tick.safety.mode is SafetyMode.DISARMED:
            core.arm(sim.time_s)
        travelled_m += abs(tick.measured.linear_mps) * PERIOD_S
        stops += tick.safety.limiting == "obstacle"
        assert tick.safety.mode is not SafetyMode.ESTOP, tick.safety.causes
    assert sim.truth(look=False).collisions == 0
    assert travelled_m > 2.0
    assert stops > 0


def test_S8_the_same_drive_without_a_gate_does_hit_something():
    """That the judge of the test above can see a collision at all."""
    sim, base = simulation("flat", 3)
    driver = random_driver(np.random.default_rng(3))
    while sim.time_s < 60.0 and sim.truth(look=False).collisions == 0:
        sim.step(sim.time_s + PERIOD_S)
        base.set_mode(SafetyMode.ARMED)
        base.read()
        base.drive(driver(sim.time_s))
    assert sim.truth(look=False).collisions > 0
