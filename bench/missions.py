"""How many commands reach their goal: random commands in random homes, both languages, judged by ground truth.

    python bench/missions.py [--worlds 10] [--commands 10] [--seed 1000] [--jobs 2]

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
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.report import Report, summary, wilson
from moe_robot.config import load_config
from moe_robot.lockstep import LockstepRobot
from moe_robot.sim.ground_truth import achieved
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Language

TIMEOUT_S = 300.0


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


class Commander:
    """Draws commands that can be done: it knows the truth, as a person in the room would."""

    def __init__(self, robot: LockstepRobot, rng: np.random.Generator) -> None:
        self.robot, self.rng, self.lexicon = robot, rng, robot.lexicon
        self.home, self.scene = robot.sim_world.home, robot.sim_world.scene
        self.makers: list[tuple[float, Callable[[Language], str]]] = [
            (4, self.go_to_room),
            (2, self.go_to_furniture),
            (4, self.find_object),
            (1.5, self.find_in_room),
            (2, self.find_person),
            (1.5, self.drive),
            (1.5, self.turn),
            (1.5, self.drive_and_turn),
            (2, self.go_and_find),
            (1, self.two_rooms),
            (1, self.look_around),
            (1, self.until_seen),
            (1, self.condition),
            (1, self.dock),
            (0.5, self.square),
            (0.5, self.where),
        ]

    def draw(self, language: Language) -> tuple[str, str]:
        """(kind, what is said)."""
        weights = np.array([weight for weight, _ in self.makers])
        maker = self.makers[int(self.rng.choice(len(self.makers), p=weights / weights.sum()))][1]
        return maker.__name__, maker(language)

    def go_to_room(self, language: Language) -> str:
        return f"поезжай в {self._room('ru', 'accs')}" if language == "ru" else f"go to the {self._room('en')}"

    def go_to_furniture(self, language: Language) -> str:
        named = [item.id for item in self.home.furniture.values() if item.names]
        if not named:
            return self.go_to_room(language)
        item = str(self.rng.choice(named))
        if language == "ru":
            return f"подъезжай к {self.lexicon.say('place', item, 'ru', 'datv')}"
        return f"drive over to the {self.lexicon.say('place', item, 'en')}"

    def find_object(self, language: Language) -> str:
        return f"найди {self._thing('ru', 'accs')}" if language == "ru" else f"find the {self._thing('en')}"

    def find_in_room(self, language: Language) -> str:
        thing = self._object()
        room = self.home.room_at(thing.x_m, thing.y_m)
        name = self.lexicon.thing(thing.kind, thing.color, language, "accs")
        if language == "ru":
            return f"найди {name} в {self.lexicon.say('place', room, 'ru', 'loct')}"
        return f"look for the {name} in the {self.lexicon.say('place', room, 'en')}"

    def find_person(self, language: Language) -> str:
        person = str(self.rng.choice(sorted(self.scene.people)))
        name = self.lexicon.say("person", person, language, "accs")
        return f"{'найди' if language == 'ru' else 'find'} {name}"

    def drive(self, language: Language) -> str:
        distance = self._free_m()
        if distance < 0.3:
            return self.turn(language)
        said = f"{distance:.1f}".replace(".", "," if language == "ru" else ".")
        return f"проедь вперёд {said} метра" if language == "ru" else f"drive forward {said} meters"

    def turn(self, language: Language) -> str:
        angle, left = int(self.rng.choice([30, 45, 90, 120, 180])), bool(self.rng.integers(2))
        if language == "ru":
            return f"повернись {'налево' if left else 'направо'} на {angle} градусов"
        return f"turn {'left' if left else 'right'} {angle} degrees"

    def drive_and_turn(self, language: Language) -> str:
        first = self.drive(language)
        joint = ", а потом " if language == "ru" else " and then "
        return first + joint + self.turn(language)

    def go_and_find(self, language: Language) -> str:
        thing = self._object()
        room = self.lexicon.say("place", self.home.room_at(thing.x_m, thing.y_m), language, "accs")
        name = self.lexicon.thing(thing.kind, thing.color, language, "accs")
        if language == "ru":
            return f"съезди в {room} и найди там {name}"
        return f"go to the {room} and find the {name}"

    def two_rooms(self, language: Language) -> str:
        first, second = self.rng.choice(sorted(self.home.rooms), 2, replace=False)
        a, b = (self.lexicon.say("place", str(room), language, "accs") for room in (first, second))
        return f"поезжай сначала в {a}, потом в {b}" if language == "ru" else f"go to the {a} and then to the {b}"

    def look_around(self, language: Language) -> str:
        return "осмотрись вокруг" if language == "ru" else "look around"

    def until_seen(self, language: Language) -> str:
        thing = self._thing(language, "accs")
        if language == "ru":
            return f"обходи комнаты, пока не увидишь {thing}"
        return f"patrol until you see a {thing}"

    def condition(self, language: Language) -> str:
        thing = self._thing(language, "accs")
        if language == "ru":
            return f"если увидишь {thing}, скажи привет, иначе повернись направо"
        return f"if you see a {thing}, say hello, otherwise turn left"

    def dock(self, language: Language) -> str:
        return "возвращайся на зарядку" if language == "ru" else "go back to the charger"

    def square(self, language: Language) -> str:
        return "повернись налево четыре раза" if language == "ru" else "turn right four times"

    def where(self, language: Language) -> str:
        return "где ты сейчас?" if language == "ru" else "where are you?"

    def _room(self, language: Language, case: str = "nomn") -> str:
        return self.lexicon.say("place", str(self.rng.choice(sorted(self.home.rooms))), language, case)  # type: ignore[arg-type]

    def _object(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        objects = self.robot.sim.truth(look=False).objects
        return objects[int(self.rng.integers(len(objects)))]

    def _thing(self, language: Language, case: str = "nomn") -> str:
        thing = self._object()
        return self.lexicon.thing(thing.kind, thing.color, language, case)  # type: ignore[arg-type]

    def _free_m(self) -> float:
        """Half of the free way ahead of a robot's width, at most 1.5 m, as a person would see it."""
        scan = self.robot.sim.lidar()
        angles = scan.angle_min_rad + scan.angle_increment_rad * np.arange(len(scan.ranges_m))
        ranges = np.minimum(scan.ranges_m, scan.range_max_m)
        x, y = ranges * np.cos(angles), ranges * np.sin(angles)
        ahead = x[(np.abs(y) < 0.30) & (x > 0.0)]
        free_m = float(ahead.min()) if ahead.size else 3.0
        return round(min(1.5, (free_m - 0.3) / 2), 1)


def run_world(number: int, commands: int) -> list[Outcome]:
    """One home with one robot and a row of commands; the seed decides everything."""
    name = f"random:{number}"
    cfg = load_config()
    world = load_world(name, number)
    robot = LockstepRobot(replace(cfg, sim=replace(cfg.sim, seed=number)), world, seed=number)
    rng = np.random.default_rng([number, 5])
    outcomes = []
    missing = robot.settle()
    commander = Commander(robot, rng)
    history: list = []
    for index in range(commands):
        language: Language = "ru" if index % 2 == 0 else "en"
        kind, text = commander.draw(language)
        if missing:
            outcomes.append(Outcome(name, text, language, kind, "not ready", False, missing, 0, 0.0, 0.0))
            continue
        run = robot.command(text, language, TIMEOUT_S)
        history += run.trace
        ok, evidence = False, f"{run.outcome}: {' '.join(run.texts)}"
        if run.turn is not None and run.turn.plan is not None and run.outcome == "done":
            ok, evidence = achieved(run.turn.plan.nodes, run.before, run.after, world, history, run.results)
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
    robot.close()
    return outcomes


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
    parser.add_argument("--no-keep", action="store_true", help="print only")
    args = parser.parse_args()
    numbers = range(args.seed, args.seed + args.worlds)
    outcomes: list[Outcome] = []
    began_s = time.monotonic()
    with ProcessPoolExecutor(args.jobs) as pool:
        for number, rows in zip(numbers, pool.map(run_world, numbers, [args.commands] * len(numbers)), strict=True):
            outcomes += rows
            good = sum(o.ok and not o.collisions for o in rows)
            print(f"random:{number}: {good} of {len(rows)}  ({time.monotonic() - began_s:.0f} s)", file=sys.stderr)
    report(outcomes, not args.no_keep, args.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
