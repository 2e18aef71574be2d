"""From a command to the first non-zero set point on the serial line, with the real processes.

    python bench/latency.py [--trials 30] [--seed 1] [--no-keep]

Each trial sends one known command to the standing robot as `moe-robot say` does, at a random moment of the 50 Hz and
20 Hz periods, takes the first set point that is not zero from a tap on the serial line (`bench/tap.py`), cancels, and
waits until the wheels stand. `--trials` counts for each of the eight commands. A trial without motion within 3 s is
counted and listed, not left out. Routing and planning alone, over many sentences: `bench/routing.py`.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.live import LiveRobot, ended_by_signal
from bench.report import SUMMARY_HEAD, Report, summary

# Motion there and back, so that the robot stays where it is; each is cancelled after its first set point.
COMMANDS = (
    "проедь вперёд на полметра",
    "drive back half a meter",
    "поверни налево на 90 градусов",
    "turn right 90 degrees",
    "поезжай на кухню",
    "go to the bedroom",
    "найди зелёный конус",
    "find the red cube",
)
AIM_MS = 50.0
NO_MOTION_S = 3.0
LONGEST_PAUSE_S = 0.1  # two periods of the planner: the phase of every clock on the way is random


@dataclass(frozen=True)
class Trial:
    """Milliseconds. `sent` is the client's, `received` the brain's moment; the parts add up to `sent`."""

    text: str
    sent: float  # the client sends -> wire
    received: float  # the brain has the goal -> wire
    to_brain: float  # client -> brain
    thinking: float  # route + answer + plan
    acting: float  # the rest of the brain: threads, first tick of the plan (a path, for go_to and find)
    to_wire: float  # brain -> motor node -> gate -> wire


def measure(robot: LiveRobot, text: str) -> Trial | str:
    """A Trial, or what happened instead of motion."""
    goal = robot.begin(text)
    robot.until(lambda: robot.wire.first_motion_s(goal.sent_s) or goal.result is not None, NO_MOTION_S)
    wire_s = robot.wire.first_motion_s(goal.sent_s)
    robot.come_to_rest(goal)
    result = goal.result
    if wire_s is None or result is None or math.isnan(result.first_motion_s):
        return f"'{text}': {' '.join(result.texts) if result else 'not accepted'}"
    thinking_s = sum(result.turn.stage_s)
    return Trial(
        text=text,
        sent=1e3 * (wire_s - goal.sent_s),
        received=1e3 * (wire_s - goal.received_s),
        to_brain=1e3 * (goal.received_s - goal.sent_s),
        thinking=1e3 * thinking_s,
        acting=1e3 * (result.first_motion_s - thinking_s),
        to_wire=1e3 * (wire_s - goal.received_s - result.first_motion_s),
    )


def run(trials: int, seed: int) -> tuple[list[Trial], list[str], bool]:
    """Trials, what did not move, and whether the tap ran at real-time priority."""
    rng = np.random.default_rng(seed)
    done: list[Trial] = []
    without: list[str] = []
    with LiveRobot(seed) as robot:
        for _ in range(trials):
            for text in rng.permutation(COMMANDS):
                robot.pause(float(rng.uniform(0.0, LONGEST_PAUSE_S)))
                trial = measure(robot, str(text))
                done.append(trial) if isinstance(trial, Trial) else without.append(trial)
        return done, without, robot.tap.real_time


def report(done: Sequence[Trial], without: Sequence[str], real_time: bool) -> Report:
    out = Report("latency", "Command -> first non-zero set point on the serial line", ("ros-rclpy", "mujoco"))
    out.text(
        f"{len(done)} trials with the processes of `moe-robot up --sim`, known commands, warm, the world 'flat'. Times "
        "are monotonic and in ms; the wire is a tap between motor node and board "
        f"({'real-time' if real_time else 'normal'} priority). Load of the machine: {os.getloadavg()[0]:.1f}."
    )
    worst = summary([t.received for t in done]).p99
    out.text(
        f"Aim: p99 < {AIM_MS:.0f} ms from the goal's arrival at the brain: {'reached' if worst < AIM_MS else 'missed'}."
    )
    chosen: list[tuple[str, Callable[[Trial], bool]]] = [("all commands", lambda t: True)]
    chosen += [(text, lambda t, text=text: t.text == text) for text in COMMANDS]  # type: ignore[misc]
    out.table(
        ["goal received by the brain -> wire", *SUMMARY_HEAD],
        [[label, *summary([t.received for t in done if of(t)]).cells(1)] for label, of in chosen if any(map(of, done))],
    )
    out.table(
        ["goal sent by the client -> wire", *SUMMARY_HEAD],
        [[label, *summary([t.sent for t in done if of(t)]).cells(1)] for label, of in chosen if any(map(of, done))],
    )
    parts = {
        "client -> brain (action goal)": [t.to_brain for t in done],
        "routing, planning, words": [t.thinking for t in done],
        "rest of the brain: threads, first tick": [t.acting for t in done],
        "brain -> motor node -> gate -> wire": [t.to_wire for t in done],
    }
    out.table(["where the time goes", *SUMMARY_HEAD], [[name, *summary(v).cells()] for name, v in parts.items()])
    if without:
        out.table(["no motion within 3 s"], [[what] for what in without])
    else:
        out.text("No trial was without motion.")
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=30, help="of each command")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-keep", action="store_true", help="print only")
    given = parser.parse_args()
    done, without, real_time = run(given.trials, given.seed)
    if not done:
        print("no trial had motion:", *without, sep="\n")
        return 1
    report(done, without, real_time).write(keep=not given.no_keep)
    return 0


if __name__ == "__main__":
    sys.exit(ended_by_signal(main))
