"""Does the robot count right? It explores random homes; what it believes to have seen is held against the truth.

    python bench/counting.py [--worlds 6] [--seed 1000] [--jobs 2] [--no-keep]

While it explores, every 5 s: for each kind, each colour and each pair of both that the home has, the number of things
that the world model and the memory know must lie between those that the camera has surely shown (200 pixels within
3 m) and those of which it has shown anything. A *ghost* is a sighting with no true thing of that kind and colour within
0.6 m. At the end it is asked aloud, in both languages, and its answers are judged. Simulated time.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.report import Report
from moe_robot.config import load_config
from moe_robot.lockstep import LockstepRobot
from moe_robot.memory.service import Recall
from moe_robot.sim.ground_truth import achieved
from moe_robot.sim.stated import SURE_M, SURE_PIXELS
from moe_robot.sim.truth import TrueObject, Truth
from moe_robot.sim.worlds import load_world
from moe_robot.skills.targets import SOLID
from moe_robot.structs import Language, Sighting

SAMPLE_S = 5.0
SAME_M = 0.6
PARTS = ("world model", "memory")


@dataclass(frozen=True)
class Belief:
    """What one part knew at a time."""

    t_s: float
    part: str
    seen: tuple[Sighting, ...]


@dataclass
class Tally:
    world: str
    explored_s: float = 0.0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # part, "asked" | "too many" | "too few"
    ghosts: dict[tuple[str, str], str] = field(default_factory=dict)  # part, kind and colour -> since when, what it is
    asked: int = 0
    wrong: list[str] = field(default_factory=list)


def run_world(number: int) -> Tally:
    cfg = load_config()
    world = load_world(f"random:{number}", number)
    robot = LockstepRobot(replace(cfg, sim=replace(cfg.sim, seed=number)), world, seed=number)
    robot.settle()
    beliefs: list[Belief] = []
    due_s = robot.now_s

    def sample() -> None:
        nonlocal due_s
        if robot.now_s >= due_s:
            due_s += SAMPLE_S
            known = robot.agent.world.snapshot(robot.now_s).sightings
            solid = tuple(s for s in known if s.count >= SOLID and s.kind != "person")
            kept = robot.memory.handle(Recall(kind="any", limit=500), robot.now_s).sightings
            beliefs.extend((Belief(robot.now_s, PARTS[0], solid), Belief(robot.now_s, PARTS[1], kept)))

    robot.before_step = sample
    run = robot.command("explore the home", "en")
    robot.before_step = None
    tally = Tally(world.home.name, run.duration_s)
    objects = run.after.objects
    for belief in beliefs:
        judge(tally, belief, objects, [t for t in run.trace if t.t_s <= belief.t_s])
    ask(tally, robot, objects, list(run.trace))
    robot.close()
    print(f"{tally.world}: {dict(tally.counts)} {tally.ghosts} {tally.wrong}", file=sys.stderr, flush=True)
    return tally


def judge(tally: Tally, belief: Belief, objects: Sequence[TrueObject], trace: Iterable[Truth]) -> None:
    visible = [v for truth in trace for v in truth.visible if v.kind != "person"]
    maybe = {v.id for v in visible if v.pixels >= 8}
    sure = {v.id for v in visible if v.pixels >= SURE_PIXELS and v.distance_m <= SURE_M - 1.0}
    for kind, color in questions(objects):
        fits = [o.id for o in objects if kind in ("", o.kind) and color in ("", o.color)]
        told = sum(kind in ("", s.kind) and color in ("", s.color) for s in belief.seen)
        tally.counts[belief.part, "asked"] += 1
        tally.counts[belief.part, "too few"] += told < len(sure.intersection(fits))
        tally.counts[belief.part, "too many"] += told > len(maybe.intersection(fits))
    for s in belief.seen:
        if not any((o.kind, o.color) == (s.kind, s.color) and away_m(o, s) < SAME_M for o in objects):
            nearest = min(objects, key=lambda o: away_m(o, s))
            what = f"from {belief.t_s:.0f} s, {away_m(nearest, s):.1f} m from a {nearest.color} {nearest.kind}"
            tally.ghosts.setdefault((belief.part, f"{s.color} {s.kind}"), what)


def ask(tally: Tally, robot: LockstepRobot, objects: Sequence[TrueObject], history: list[Truth]) -> None:
    """Of every kind and every thing that is there, one of a colour that is not, and of people."""
    words = robot.lexicon
    pairs = [q for q in questions(objects) if q[0]]
    for index, (kind, color) in enumerate(pairs):
        language: Language = "ru" if index % 2 else "en"
        many = words.thing(kind, color, language, "nomn", 5).split(" ", 1)[1]
        text = f"сколько {many} ты видел?" if language == "ru" else f"how many {many} have you seen?"
        run = robot.command(text, language)
        tally.asked += 1
        if run.turn is None or run.turn.plan is None or run.outcome != "done":
            tally.wrong.append(f"{text}: {run.texts[-1]}")
            continue
        ok, why = achieved(
            run.turn.plan.nodes, run.before, run.after, robot.sim_world, history + list(run.trace), run.results
        )
        if not ok:
            tally.wrong.append(f"{text}: {why}")


def questions(objects: Sequence[TrueObject]) -> list[tuple[str, str]]:
    pairs = {(o.kind, "") for o in objects} | {("", o.color) for o in objects} | {(o.kind, o.color) for o in objects}
    return sorted(pairs)


def away_m(thing: TrueObject, sighting: Sighting) -> float:
    return math.hypot(thing.x_m - sighting.x_m, thing.y_m - sighting.y_m)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1000, help="of the first world")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-keep", action="store_true", help="print only")
    args = parser.parse_args()
    with ProcessPoolExecutor(args.jobs) as pool:
        tallies = list(pool.map(run_world, range(args.seed, args.seed + args.worlds)))
    out = Report("counting", "Counts against the truth while exploring random homes", ("mujoco", "numpy"))
    out.text(
        f"{len(tallies)} generated homes (seeds {args.seed} to {args.seed + args.worlds - 1}), simulated; explored in "
        f"{sum(t.explored_s for t in tallies) / len(tallies):.0f} s on average."
    )
    total = sum((t.counts for t in tallies), Counter[tuple[str, str]]())
    keys = ("asked", "too many", "too few")
    out.table(["belief of", *keys], [[part, *(str(total[part, key]) for key in keys)] for part in PARTS])
    wrong = [[t.world, text] for t in tallies for text in t.wrong]
    out.text(f"Asked aloud at the end: {sum(t.asked for t in tallies)} questions, {len(wrong)} wrong answers.")
    if wrong:
        out.table(["wrong: world", "answer"], wrong)
    ghosts = [[t.world, part, what, since] for t in tallies for (part, what), since in t.ghosts.items()]
    if ghosts:
        out.table(["ghost: world", "belief of", "what", "since, and what is there"], ghosts)
    out.write(not args.no_keep)
    return 0


if __name__ == "__main__":
    sys.exit(main())
