"""Half an hour of simulated driving with a fault every few seconds: does it always stop, never touch, never get stuck?

    python bench/chaos.py [--minutes 30] [--seed 1] [--jobs 2] [--no-keep]

The robot drives from room to room (`moe_robot/lockstep.py`: simulated time, the real words, skills, gate, frames and
board). A seeded draw breaks something: the cable, the frames, the lidar, the brain, the board, or somebody says stop.
Ground truth judges: nothing is touched; what must stop the robot stops it in time and keeps it still; afterwards it can
be armed and drives again; and every fault shows in what the motor process tells (`/diagnostics`, `safety_state`).
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.faults import FAULTS, Fault
from bench.report import Report, summary
from moe_robot.config import load_config
from moe_robot.lockstep import LockstepRobot
from moe_robot.motion.gate import Verdict
from moe_robot.notation import parse_nodes
from moe_robot.planner.check import PlanContext, check
from moe_robot.sim.worlds import load_world
from moe_robot.structs import SafetyMode

WORLDS = ("flat", "cottage", "office")
REST_MPS, REST_RADPS = 0.03, 0.10  # slower than this it stands; the gyroscope of truth is exact
MOVES_MPS, MOVES_RADPS = 0.05, 0.2
DRIVE_S = (1.0, 4.0)  # between two faults
QUIET_S = 1.0  # after a fault that has latched, before anybody arms: nothing may move by itself
READY_S, MOVE_S = 8.0, 20.0  # deadlines of the way back to work
SPEED_UP_S = 30.0  # for the robot to be on its way before the next fault


@dataclass(frozen=True)
class Trial:
    """One fault. `rest_s`: from its beginning until the wheels stood, nan for one that need not stop the robot."""

    fault: str
    world: str
    t_s: float
    rest_s: float
    in_time: bool
    moved_after: bool
    touched: int
    shown: bool
    back_s: float  # from its end until the robot drove again; nan = stuck
    why: str


class Drive:
    """A robot that always has somewhere to go, and somebody who arms it again."""

    def __init__(self, world: str, seed: int) -> None:
        cfg = load_config()
        self.robot = LockstepRobot(replace(cfg, sim=replace(cfg.sim, seed=seed)), load_world(world, seed), seed)
        self.rng = np.random.default_rng([seed, 9])
        self.rooms = sorted(self.robot.sim_world.home.rooms)
        self.seen: set[str] = set()  # what was told lately: "limiting:no_scan", "cause:hardware", "mode:estop"
        if missing := self.robot.settle():
            raise RuntimeError(f"not ready: {missing}")

    @property
    def now_s(self) -> float:
        return self.robot.now_s

    def counters(self) -> dict[str, float]:
        tick = self.robot.last_motor
        assert tick is not None
        return {name: value for name, value in tick.diagnostics.items() if isinstance(value, (int, float))}

    def step(self) -> None:
        self.robot.step()
        tick = self.robot.last_motor
        assert tick is not None
        safety = tick.safety
        self.seen |= {f"limiting:{safety.limiting}", f"mode:{safety.mode.value}", f"link:{tick.base.link.value}"}
        self.seen |= {f"cause:{cause.kind}" for cause in safety.causes}

    def still(self) -> bool:
        truth = self.robot.sim.truth(look=False).velocity
        return abs(truth.linear_mps) < REST_MPS and abs(truth.angular_radps) < REST_RADPS

    def moves(self) -> bool:
        truth = self.robot.sim.truth(look=False).velocity
        return abs(truth.linear_mps) > MOVES_MPS or abs(truth.angular_radps) > MOVES_RADPS

    def go_somewhere(self) -> None:
        """A new room when nothing is under way."""
        robot = self.robot
        if robot.agent.running:
            return
        room = self.rooms[int(self.rng.integers(len(self.rooms)))]
        context = PlanContext(robot.sim_world.home, robot.cfg)
        robot.agent.start(check(parse_nodes(f"go_to(place={room})"), context), "en", self.now_s)

    def wait(self, duration_s: float) -> None:
        end_s = self.now_s + duration_s
        while self.now_s < end_s:
            self.step()

    def get_moving(self, timeout_s: float) -> bool:
        """A person arms what must be armed; the robot is sent somewhere. False when it does not move."""
        end_s = self.now_s + timeout_s
        while self.now_s < end_s:
            if self._arm().ok:
                self.go_somewhere()
            self.step()
            if self.moves():
                return True
        return False

    def _arm(self) -> Verdict:
        motor, now_s = self.robot.motor, self.now_s
        state = motor.gate.state(now_s)
        if state.mode is SafetyMode.ESTOP:
            self.robot.agent.cancel("", now_s)
            motor.on_command(self.robot.last_tick.velocity, now_s)
            return motor.reset(state.estop_id, now_s)
        return motor.arm(now_s) if state.mode is SafetyMode.DISARMED else Verdict(True)


def trial(drive: Drive, fault: Fault, world: str) -> Trial:
    """Break it, watch, mend it, get back to work."""
    began_s, hits = drive.now_s, drive.robot.sim.truth(look=False).collisions
    before = drive.counters()
    drive.seen.clear()
    duration_s = float(drive.rng.uniform(*fault.duration_s))
    mend = fault.begin(drive.robot, drive.rng)
    rest_s, moved_after = float("nan"), False
    end_s = began_s + duration_s
    while drive.now_s < end_s:
        drive.step()
        if fault.stops_within_s is None:
            drive.go_somewhere()
            continue
        if drive.still():
            rest_s = min(rest_s, drive.now_s - began_s) if rest_s == rest_s else drive.now_s - began_s
        elif drive.now_s - began_s > fault.stops_within_s:
            moved_after = True
    mend()
    ended_s = drive.now_s
    if fault.latches:
        while drive.now_s - ended_s < QUIET_S:
            drive.step()
            moved_after |= drive.now_s - began_s > (fault.stops_within_s or 0.0) and not drive.still()
    after = drive.counters()
    shown = not fault.shows or any(
        sign in drive.seen or (sign.startswith("count:") and after.get(sign[6:], 0) > before.get(sign[6:], 0))
        for sign in fault.shows
    )
    mended_s = drive.now_s
    moving = drive.get_moving(READY_S + MOVE_S)
    state = drive.robot.motor.gate.state(drive.now_s)
    touched = drive.robot.sim.truth(look=False).collisions - hits
    in_time = fault.stops_within_s is None or rest_s <= fault.stops_within_s
    why = "" if moving else f"{state.mode.value}, {state.limiting}, {[c.kind for c in state.causes]}"
    if not shown:
        why += f" told: {sorted(drive.seen)}"
    return Trial(
        fault.name,
        world,
        began_s,
        rest_s,
        in_time,
        moved_after,
        touched,
        shown,
        drive.now_s - mended_s if moving else float("nan"),
        why,
    )


def run(seed: int, minutes: float) -> tuple[list[Trial], float, float]:
    """Trials, simulated seconds, metres driven."""
    world = WORLDS[seed % len(WORLDS)]
    drive = Drive(world, seed)
    trials: list[Trial] = []
    deck: list[Fault] = []  # in random order, each as often as the others
    way_m, last = 0.0, drive.robot.sim.pose()
    while drive.now_s < 60.0 * minutes:
        if not drive.get_moving(SPEED_UP_S):
            trials.append(
                Trial("(between faults)", world, drive.now_s, 0.0, True, False, 0, True, float("nan"), "stuck")
            )
            drive.robot.agent.cancel("", drive.now_s)
        end_s = drive.now_s + float(drive.rng.uniform(*DRIVE_S))
        hits = drive.robot.sim.truth(look=False).collisions
        while drive.now_s < end_s:
            drive.go_somewhere()
            drive.step()
        if extra := drive.robot.sim.truth(look=False).collisions - hits:
            trials.append(Trial("(between faults)", world, drive.now_s, 0.0, True, False, extra, True, 0.0, "touched"))
        deck = deck or [FAULTS[int(i)] for i in drive.rng.permutation(len(FAULTS))]
        trials.append(trial(drive, deck.pop(), world))
        pose = drive.robot.sim.pose()
        way_m += float(np.hypot(pose.x_m - last.x_m, pose.y_m - last.y_m))
        last = pose
    drive.robot.close()
    return trials, drive.now_s, way_m


def report(runs: Sequence[tuple[list[Trial], float, float]], seeds: Sequence[int]) -> Report:
    trials = [one for found, _, _ in runs for one in found]
    minutes, way_m = sum(s for _, s, _ in runs) / 60.0, sum(w for _, _, w in runs)
    out = Report("chaos", "Driving with a fault every few seconds", ("mujoco", "numpy"))
    worlds = ", ".join(dict.fromkeys(one.world for one in trials))
    out.text(
        f"{minutes:.0f} minutes of simulated driving, at least {way_m:.0f} m, in the worlds {worlds} (seeds "
        f"{seeds[0]} to {seeds[-1]}); {len(trials)} faults. Judged by ground truth."
    )
    touched, moved = sum(t.touched for t in trials), sum(t.moved_after for t in trials)
    late, stuck = sum(not t.in_time for t in trials), sum(t.back_s != t.back_s for t in trials)
    hidden = sum(not t.shown for t in trials)
    out.text(
        f"Collisions: {touched}. Moved after a stop condition: {moved}. Stopped too late: {late}. Did not drive again: "
        f"{stuck}. Faults that did not show: {hidden}."
    )
    rows = []
    for fault in FAULTS:
        mine = [t for t in trials if t.fault == fault.name]
        if not mine:
            rows.append([fault.name, "0", *["-"] * 7])
            continue
        rests = [t.rest_s for t in mine if t.rest_s == t.rest_s]
        backs = [t.back_s for t in mine if t.back_s == t.back_s]
        limit = fault.stops_within_s
        rows.append(
            [
                fault.name,
                str(len(mine)),
                "-" if limit is None else f"{limit:.1f}",
                f"{summary(rests).median:.2f}" if rests and limit is not None else "-",
                f"{max(rests):.2f}" if rests and limit is not None else "-",
                str(sum(t.moved_after or not t.in_time for t in mine)),
                str(sum(t.touched for t in mine)),
                f"{sum(t.shown for t in mine)} of {len(mine)}" if fault.shows else "-",
                f"{len(backs)} of {len(mine)}",
            ]
        )
    head = ["fault", "n", "stands within s", "median s", "worst s", "late or moved", "touched", "shown", "drove again"]
    out.table(head, rows)
    bad = [t for t in trials if t.touched or t.moved_after or not t.in_time or not t.shown or t.back_s != t.back_s]
    if bad:
        out.table(
            ["not as it should be", "world", "at s", "rest s", "moved", "touched", "shown", "drove after s", "why"],
            [
                [t.fault, t.world, f"{t.t_s:.2f}", f"{t.rest_s:.2f}", str(t.moved_after), str(t.touched), str(t.shown),
                 f"{t.back_s:.1f}", t.why] for t in bad
            ],
        )  # fmt: skip
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0, help="of simulated driving, in all")
    parser.add_argument("--seed", type=int, default=1, help="of the first of six runs")
    parser.add_argument("--runs", type=int, default=6)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-keep", action="store_true", help="print only")
    given = parser.parse_args()
    logging.disable(logging.WARNING)  # every fault would be told here, too
    seeds = range(given.seed, given.seed + given.runs)
    began_s = time.monotonic()
    runs = []
    with ProcessPoolExecutor(given.jobs) as pool:
        for seed, done in zip(seeds, pool.map(run, seeds, [given.minutes / given.runs] * given.runs), strict=True):
            runs.append(done)
            print(f"seed {seed}: {len(done[0])} faults ({time.monotonic() - began_s:.0f} s)", file=sys.stderr)
    report(runs, seeds).write(keep=not given.no_keep)
    return 0


if __name__ == "__main__":
    sys.exit(main())
