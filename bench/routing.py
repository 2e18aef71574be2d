"""Time from text to checked plan, by stage, on one core.

    python bench/routing.py [--files FILE ...] [--rounds 3] [--no-keep]

Every sentence of the understanding files (default: all commands and refusals that are there), each `--rounds` times,
never
from the parser's memory of the sentence before: routing + answering + planning as `brain.respond` measures them. Wall
time
of one process bound to one core, and processor time, which a busy machine does not stretch.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.report import SUMMARY_HEAD, Report, summary
from bench.understanding import DATA, flat_brain, read_cases
from moe_robot.brain import Brain
from moe_robot.router.language import detect_language
from moe_robot.structs import Utterance

STAGES = ("route", "answer", "plan")


def measure(brain: Brain, texts: Sequence[str], rounds: int) -> tuple[dict[str, list[float]], list[float]]:
    """Milliseconds by stage and together, and milliseconds of processor time, one for each utterance."""
    wall: dict[str, list[float]] = {stage: [] for stage in (*STAGES, "all")}
    processor: list[float] = []
    for _ in range(rounds):
        for index, text in enumerate(texts):
            utterance = Utterance(text, detect_language(text), t_s=float(index))
            began_s = time.process_time()
            turn = brain.respond(utterance)
            processor.append(1e3 * (time.process_time() - began_s))
            for stage in STAGES:
                wall[stage].append(1e3 * turn.stage_s.get(stage, 0.0))
            wall["all"].append(1e3 * sum(turn.stage_s.values()))
    return wall, processor


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--files", nargs="*", type=Path, default=sorted(DATA.glob("*.yaml")))
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--no-keep", action="store_true", help="only print, write no result")
    options = arguments.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    brain = flat_brain()
    brain.respond(Utterance("stop", "en"))
    load_s, load_cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
    texts = [case.text for path in options.files for case in read_cases(path)]
    wall, processor = measure(brain, texts, options.rounds)
    report = Report("routing", "Routing, answering and planning of one utterance", ("hassil", "pymorphy3", "rapidfuzz"))
    report.text(
        f"{len(texts)} sentences of {len(options.files)} files, {options.rounds} rounds, one core. "
        f"Loading of the brain: {load_s:.2f} s ({load_cpu_s:.2f} s of processor time). "
        f"Load of the machine: {os.getloadavg()[0]:.1f}."
    )
    rows = [[f"{stage}, wall", *summary(values).cells()] for stage, values in wall.items()]
    report.table(["ms", *SUMMARY_HEAD], [*rows, ["all, processor", *summary(processor).cells()]])
    report.write(keep=not options.no_keep)


if __name__ == "__main__":
    main()
