"""How well the robot knows where it is and gets where it should, in simulation, by ground truth.

    python bench/navigation.py [--worlds 10] [--goals 10] [--first-seed 9100]

Each world is random; in each the robot drives from its charger to goals drawn from all rooms, objects, named furniture
and people, through the real gate, with slipping wheels, noisy lidar, and everything but walls and furniture unmapped.
A goal counts when it ends within 0.12 m and 5 degrees of the asked pose, without a new contact. No words, no camera.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "test" / "world")]

import numpy as np
from report import SUMMARY_HEAD, Report, summary, wilson
from ride import Ride

from moe_robot.config import Config, load_config
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Pose, Status, Velocity

Ask = Callable[[Pose], "Pose | None"]
POSITION_M, TURN_RAD = 0.12, math.radians(5)


def timed(function: Callable[..., Any], into: list[float]) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*args)
        finally:
            into.append(1e3 * (time.perf_counter() - start))

    return call


def goals_of(ride: Ride, rng: np.random.Generator, count: int, cfg: Config) -> list[Ask]:
    """Each asks for a pose when its turn comes: where to stand depends on where the robot is by then."""
    truth, navigator, home = ride.sim.truth(look=False), ride.navigator, ride.world.home
    asks: list[Ask] = [lambda _, room=room: room.stand for room in home.rooms.values()]
    for thing in (*truth.objects, *truth.people):
        asks.append(lambda at, t=thing: navigator.approach(t.x_m, t.y_m, at, cfg.skills.approach_m))
    for item in home.furniture.values():
        if item.names:
            asks.append(lambda at, i=item.id: navigator.beside(i, at))
    return [asks[i] for i in rng.permutation(len(asks))[:count]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--goals", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=9100)
    parser.add_argument("--no-keep", action="store_true", help="print only")
    options = parser.parse_args()
    cfg = load_config()
    scan_ms: list[float] = []
    tick_ms: list[float] = []
    plan_ms: list[float] = []
    errors_mm: list[float] = []
    turns_deg: list[float] = []
    reached = tried = hits = 0
    driven_s = 0.0
    failures: list[list[str]] = []
    for seed in range(options.first_seed, options.first_seed + options.worlds):
        ride = Ride(load_world(f"random:{seed}"), cfg, seed)
        ride.localizer.scan = timed(ride.localizer.scan, scan_ms)  # type: ignore[method-assign]
        ride.navigator.tick = timed(ride.navigator.tick, tick_ms)  # type: ignore[method-assign]
        ride.navigator.set_goal = timed(ride.navigator.set_goal, plan_ms)  # type: ignore[method-assign]
        for number, ask in enumerate(goals_of(ride, np.random.default_rng(seed), options.goals, cfg)):
            ride.step(Velocity())
            ride.navigator.observe(ride.beliefs.snapshot(ride.now_s))
            tried += 1
            before = ride.sim.truth(look=False).collisions
            goal = ask(ride.sim.pose())
            if goal is None:
                failures.append([str(seed), str(number), "no free pose there"])
                continue
            asked = [goal]

            def again(at: Pose, ask: Ask = ask, asked: list[Pose] = asked) -> Pose | None:
                other = ask(at)
                asked.append(other or asked[-1])
                return other

            tick = ride.go(goal.x_m, goal.y_m, goal.yaw_rad, choose=again)
            truth, goal = ride.sim.truth(look=False), asked[-1]
            off_m = math.hypot(truth.pose.x_m - goal.x_m, truth.pose.y_m - goal.y_m)
            off_rad = abs(math.remainder(truth.pose.yaw_rad - goal.yaw_rad, 2 * math.pi))
            touched = truth.collisions - before
            hits += touched
            if tick.status is Status.SUCCESS and off_m <= POSITION_M and off_rad <= TURN_RAD and not touched:
                reached += 1
            else:
                why = (
                    f"{tick.status.value} {tick.reason}, {off_m:.2f} m, {math.degrees(off_rad):.0f} deg, {touched} hits"
                )
                failures.append([str(seed), str(number), why])
        errors_mm += [1e3 * error for error in ride.errors_m]
        turns_deg += [math.degrees(turn) for turn in ride.turns_rad]
        driven_s += ride.now_s
    report = Report("navigation", "Localisation and navigation in random simulated homes", ["numpy", "mujoco"])
    low, high = wilson(reached, tried)
    worlds = f"{options.worlds} worlds (seeds {options.first_seed} and up)"
    share = f"{100 * reached / max(tried, 1):.1f} %, 95 % interval {100 * low:.1f} to {100 * high:.1f}"
    report.text(
        f"{worlds}, {tried} goals, {driven_s / 60:.0f} simulated minutes: {reached} reached ({share}), {hits} contacts."
    )
    report.table(
        ["quantity", *SUMMARY_HEAD],
        [
            ["position error of the estimate while driving, mm", *summary(errors_mm).cells(1)],
            ["heading error of the estimate while driving, degrees", *summary(turns_deg).cells()],
            ["localisation, one scan, ms", *summary(scan_ms).cells()],
            ["navigation, one tick with its replans, ms", *summary(tick_ms).cells()],
            ["a new goal with its plan, ms", *summary(plan_ms).cells()],
        ],
    )
    if failures:
        report.table(["world", "goal", "what happened"], failures)
    report.write(keep=not options.no_keep)


if __name__ == "__main__":
    main()
