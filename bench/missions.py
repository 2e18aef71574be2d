"""How many commands reach their goal: random commands in random homes, both languages, judged by ground truth.

    python bench/missions.py [--worlds 10] [--commands 10] [--seed 1000] [--jobs 2] [--only follow,recall]

Each home comes from a seed of its own and is unknown to the robot apart from its map. The commands are drawn from what
is possible there (existing things, free ways), said in Russian or English, and go the whole way: words, router, plan,
skills, gate, wire frames, firmware, physics, camera (`moe_robot/lockstep.py`, simulated time). A command counts when
ground truth says that every step came true and nothing was touched. Failures are listed by cause.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.commands import Commander
from bench.report import Report, summary, wilson
from moe_robot.config import load_config
from moe_robot.lockstep import LockstepRobot
from moe_robot.memory.service import ListPlaces
from moe_robot.sim.ground_truth import achieved
from moe_robot.sim.truth import Truth
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Language, PlanNode, Pose, Step

TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Outcome:
    world: str
    text: str
    language: Language
    kind: str
    outcome: str
    ok: bool
    evidence: str
    collisions: int
    duration_s: float
    way_m: float


def run_world(number: int, commands: int, only: frozenset[str] = frozenset()) -> list[Outcome]:
    """One home with one robot and a row of commands; the seed decides everything."""
    name = f"random:{number}"
    cfg = load_config()
    world = load_world(name, number)
    robot = LockstepRobot(replace(cfg, sim=replace(cfg.sim, seed=number)), world, seed=number)
    rng = np.random.default_rng([number, 5])
    outcomes = []
    missing = robot.settle()
    history: list[Truth] = []
    places: dict[str, Pose] = {}
    commander = Commander(robot, rng, history, only)
    for index in range(commands):
        kind, language, text = commander.draw("ru" if index % 2 == 0 else "en")
        if missing:
            outcomes.append(Outcome(name, text, language, kind, "not ready", False, missing, 0, 0.0, 0.0))
            continue
        run = robot.command(text, language, TIMEOUT_S)
        history += run.trace
        ok, evidence = False, f"{run.outcome}: {' '.join(run.texts)}"
        if run.turn is not None and run.turn.plan is not None and run.outcome == "done":
            nodes = run.turn.plan.nodes
            ok, evidence = achieved(nodes, run.before, run.after, world, history, run.results, places)
            places |= {p: run.before.pose for n in nodes if (p := kept_place(n, robot))}
        robot.before_step = None
        collisions = run.after.collisions - run.before.collisions
        if collisions:
            evidence += f"; touched {', '.join(hit.what for hit in run.after.hits[-collisions:])}"
        way_m = sum(
            math.dist((a.pose.x_m, a.pose.y_m), (b.pose.x_m, b.pose.y_m))
            for a, b in zip(run.trace, run.trace[1:], strict=False)
        )
        outcomes.append(
            Outcome(name, text, language, kind, run.outcome, ok, evidence, collisions, run.duration_s, way_m)
        )
        good = "ok" if ok and not collisions else evidence
        print(f"{name} {kind} {text!r} {run.duration_s:.0f} s: {good}", file=sys.stderr, flush=True)
    robot.close()
    return outcomes


def kept_place(node: PlanNode, robot: LockstepRobot) -> str:
    """The id of the place that this step has kept, "" when it is another step."""
    if not isinstance(node, Step) or node.skill != "remember_place":
        return ""
    answer = robot.memory.handle(ListPlaces(), robot.now_s)
    return max(answer.places, key=lambda place: place.t_s).id if answer.places else ""


def report(outcomes: Sequence[Outcome], keep: bool, seed: int) -> None:
    out = Report("missions", "Random commands in random homes, by ground truth", ("mujoco", "numpy"))
    worlds = len({o.world for o in outcomes})
    out.text(
        f"{len(outcomes)} commands in {worlds} generated homes (seeds {seed} to {seed + worlds - 1}), simulated. "
        "Reached = every step came true in the simulator and nothing was touched."
    )
    rows = []
    for label, chosen in (
        ("all", list(outcomes)),
        ("Russian", [o for o in outcomes if o.language == "ru"]),
        ("English", [o for o in outcomes if o.language == "en"]),
    ):
        good = sum(o.ok and not o.collisions for o in chosen)
        low, high = wilson(good, len(chosen))
        rows.append(
            [label, str(len(chosen)), str(good), f"{good / max(1, len(chosen)):.3f}", f"{low:.3f}-{high:.3f}",
             str(sum(o.collisions for o in chosen))]
        )  # fmt: skip
    out.table(["commands", "n", "reached", "share", "95 % interval", "collisions"], rows)
    kinds = Counter(o.kind for o in outcomes)
    good_kinds = Counter(o.kind for o in outcomes if o.ok and not o.collisions)
    out.table(["kind", "n", "reached"], [[kind, str(n), str(good_kinds[kind])] for kind, n in kinds.most_common()])
    times = summary([o.duration_s for o in outcomes])
    out.text(
        f"Simulated time per command: median {times.median:.1f} s, p95 {times.p95:.1f} s; "
        f"{sum(o.way_m for o in outcomes):.0f} m driven in all."
    )
    failed = [o for o in outcomes if not o.ok or o.collisions]
    if failed:
        out.table(
            ["not reached: world", "said", "kind", "outcome", "cause"],
            [[o.world, o.text, o.kind, o.outcome, o.evidence] for o in failed],
        )
    out.write(keep)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--commands", type=int, default=10, help="in each world")
    parser.add_argument("--seed", type=int, default=1000, help="of the first world")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="kinds of commands (bench/commands.py), separated by commas")
    parser.add_argument("--no-keep", action="store_true", help="print only")
    args = parser.parse_args()
    numbers = range(args.seed, args.seed + args.worlds)
    outcomes: list[Outcome] = []
    began_s = time.monotonic()
    with ProcessPoolExecutor(args.jobs) as pool:
        only = frozenset(filter(None, args.only.split(",")))
        done = pool.map(run_world, numbers, [args.commands] * len(numbers), [only] * len(numbers))
        for number, rows in zip(numbers, done, strict=True):
            outcomes += rows
            good = sum(o.ok and not o.collisions for o in rows)
            print(f"random:{number}: {good} of {len(rows)}  ({time.monotonic() - began_s:.0f} s)", file=sys.stderr)
    report(outcomes, not args.no_keep, args.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
