"""How far from a false stop: the limits of the monitors, tightened until they stop a robot that is in order.

    python bench/margins.py [--minutes 2] [--no-keep]

A robot without faults, driven at random (beyond its limits too) through six simulated homes with slipping wheels and a
noisy lidar, accelerometer and gyro; motor core, gate and board as in the robot, simulated time. Each monitor is run
with its limit as configured and at shares of it, alone; the stops that it makes are all false.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.report import Report
from moe_robot.config import Config, MonitorConfig, load_config
from moe_robot.hardware.loopback import LoopbackBase
from moe_robot.motion.controller import MotorCore
from moe_robot.motion.kinematics import diff_drive
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.board import Board
from moe_robot.sim.physics import Simulation
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Link, SafetyMode, Velocity

WORLDS = (("flat", 3), ("random:12", 12), ("cottage", 5), ("office", 6), ("random:40", 40), ("random:41", 41))
SHARES = (0.75, 0.5, 0.35, 0.25)  # of the distance between "in order" and the limit
PERIOD_S, SCAN_S = 0.02, 0.1

# cause -> (keys, the limit tightened to a share of itself)
TIGHTER: dict[str, tuple[str, Callable[[MonitorConfig, float], MonitorConfig]]] = {
    "stall": (
        "stall_share",  # in order is 1: the whole of the commanded way
        lambda cfg, share: dataclasses.replace(cfg, stall_share=1.0 - share * (1.0 - cfg.stall_share)),
    ),
    "runaway": ("runaway_mps", lambda cfg, share: dataclasses.replace(cfg, runaway_mps=share * cfg.runaway_mps)),
    "slip": (
        "slip_radps, slip_share",
        lambda cfg, share: dataclasses.replace(
            cfg, slip_radps=share * cfg.slip_radps, slip_share=share * cfg.slip_share
        ),
    ),
    "tilt": ("tilt_deg", lambda cfg, share: dataclasses.replace(cfg, tilt_deg=share * cfg.tilt_deg)),
}


def drive_all(cfg: Config, monitors: MonitorConfig, duration_s: float) -> tuple[Counter[str], float]:
    """False stops by cause, and metres driven, over all homes; `duration_s` in each."""
    cfg = dataclasses.replace(cfg, motion=dataclasses.replace(cfg.motion, monitors=monitors))
    stops: Counter[str] = Counter()
    way_m = 0.0
    for world, seed in WORLDS:
        found, driven_m = drive(cfg, world, seed, duration_s)
        stops += found
        way_m += driven_m
    return stops, way_m


def drive(cfg: Config, world: str, seed: int, duration_s: float) -> tuple[Counter[str], float]:
    model, rng = load_robot_model(), np.random.default_rng(seed)
    sim = Simulation(load_world(world, seed), model, cfg.sim, seed)
    base = LoopbackBase(Board(sim.plant, cfg.hardware), cfg.hardware, diff_drive(model), lambda: sim.time_s)
    base.open()
    core = MotorCore(cfg.motion, model, base)
    stops: Counter[str] = Counter()
    wish, wish_until_s, scanned_s, way_m, estop_id = Velocity(), 0.0, -1.0, 0.0, 0
    while (now_s := sim.time_s) < duration_s:
        sim.step(now_s + PERIOD_S)
        now_s = sim.time_s
        if now_s - scanned_s > SCAN_S - 0.001:
            scanned_s = now_s
            core.on_scan(sim.lidar(), now_s)
        if now_s > wish_until_s:
            wish = Velocity(rng.uniform(-0.8, 0.8), rng.uniform(-2.0, 2.0) if rng.random() < 0.6 else 0.0)
            wish_until_s = now_s + rng.uniform(0.3, 4.0)
        stopped = core.gate.state(now_s).mode is SafetyMode.ESTOP
        core.on_command(Velocity() if stopped else wish, now_s)
        tick = core.tick(now_s)
        way_m += abs(tick.measured.linear_mps) * PERIOD_S
        if tick.safety.mode is SafetyMode.ESTOP:
            if tick.safety.estop_id != estop_id:
                estop_id = tick.safety.estop_id
                for cause in tick.safety.causes:
                    stops[cause.kind] += 1
            core.reset(estop_id, now_s)  # refused until the cause is gone
        elif tick.base.link is Link.UP and tick.safety.mode is SafetyMode.DISARMED:
            core.arm(now_s)
    return stops, way_m


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=2.0, help="simulated, in each of the six homes, each limit")
    parser.add_argument("--no-keep", action="store_true", help="print only")
    given = parser.parse_args()
    cfg = load_config()
    as_configured, total_m = drive_all(cfg, cfg.motion.monitors, 60.0 * given.minutes)
    rows = []
    for kind, (keys, tighter) in TIGHTER.items():
        cells = [str(as_configured[kind])]
        for share in SHARES:
            stops, way_m = drive_all(cfg, tighter(cfg.motion.monitors, share), 60.0 * given.minutes)
            total_m += way_m
            cells.append(str(stops[kind]))
        rows.append([kind, keys, *cells])
    report = Report("margins", "How far the monitors are from a false stop", ("numpy", "mujoco"))
    report.text(
        f"{given.minutes:.0f} simulated minutes in each of {len(WORLDS)} homes for each cell, {total_m:.0f} m in all. "
        f"As configured: {sum(as_configured.values())} false stops of any kind. A cell is the number of false stops "
        "with the limit at that share of its distance from the ideal (stall: the whole way; the others: zero)."
    )
    report.table(["monitor", "keys", "as configured", *(f"{100 * share:.0f} %" for share in SHARES)], rows)
    report.write(keep=not given.no_keep)
    return 0


if __name__ == "__main__":
    sys.exit(main())
