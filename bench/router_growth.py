"""How the learned routers grow, and whether training gives the shipped bytes again.

    python bench/router_growth.py [--sizes 256 1024] [--no-train] [--no-keep]

Made-up experts beside the shipped ones (`router_experts.py`); time of an utterance on one core and accuracy on the
development utterances of `test/data/routing/`, which judge the shipped experts in the larger crowd.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.report import SUMMARY_HEAD, Report
from bench.router import ask, clock, one_core
from bench.router_experts import made_up
from bench.router_sets import read_sets
from moe_robot.config import load_config
from moe_robot.experts.card import shipped_folder
from moe_robot.paths import share_dir
from moe_robot.router.cascade import Router
from moe_robot.router.hierarchical import HierarchicalRouter
from moe_robot.router.learned import LearnedRouter
from moe_robot.training.dataset import Data, read_data
from moe_robot.training.make import Settings, make
from moe_robot.training.network import Recipe
from moe_robot.training.repeatable import Job, run


def grown(experts: int, folder: Path, data: Data) -> tuple[Path, float]:
    """A router for so many experts, the missing ones made up, and how long it took to train."""
    more = made_up(experts - len(data.experts), data)
    out = folder / str(experts)
    began_s = time.perf_counter()
    make(more, out, Settings(per_expert=30, out_of_scope=1500, recipe=replace(Recipe(), epochs=6)))
    return out, time.perf_counter() - began_s


def train_again(report: Report, model: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        began_s = time.perf_counter()
        job = Job((str(shipped_folder()),), str(share_dir() / "models" / "router"), "", folder, seed=1)
        run(job)
        took_s = time.perf_counter() - began_s
        same = all((Path(folder) / n).read_bytes() == (model / n).read_bytes() for n in ("model.onnx", "manifest.json"))
    report.text(
        f"Trained anew from data and seed in {took_s:.0f} s: "
        + ("the same bytes as the shipped model." if same else "OTHER bytes than the shipped model.")
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", type=int, nargs="*", default=[256, 1024], help="experts, made-up ones included")
    arguments.add_argument("--no-train", action="store_true", help="do not train the shipped router anew")
    arguments.add_argument("--no-keep", action="store_true", help="only print, write no result")
    options = arguments.parse_args()
    cfg, shipped = load_config(), share_dir() / "models" / "router"
    data = read_data([shipped_folder()], shipped)
    cases = [case for case in read_sets("dev") if case.expert in data.categories]
    report = Report("router_growth", "Routers with many experts; training", ("onnxruntime", "numpy", "scipy"))
    report.text(
        f"{len(cases)} development utterances for the {len(data.experts)} shipped experts. Made-up experts have 16 "
        f"templates each, 16 experts to a category. Load of the machine: {os.getloadavg()[0]:.1f}."
    )
    if not options.no_train:
        train_again(report, shipped)
    head = ["router", "experts", *SUMMARY_HEAD, "accuracy", "training", "model"]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            model, took_s = grown(size, Path(folder), data)
            routers: dict[str, Router] = {
                "learned": LearnedRouter(model, cfg.router),
                "hierarchical": HierarchicalRouter(model, cfg.router),
            }
            right = {name: 100 * float(np.mean([a.right for a in ask(r, cases)])) for name, r in routers.items()}
            one_core()
            size_mb = (model / "model.onnx").stat().st_size / 1e6
            for row in clock(routers, cases, size):
                rows.append([*row, f"{right[row[0]]:.1f} %", f"{took_s:.0f} s", f"{size_mb:.1f} MB"])
    report.text(
        "Time of one utterance in milliseconds, one core; 30 sentences of each expert and language to train, 6 epochs:"
    )
    report.table(head, rows)
    report.write(keep=not options.no_keep)


if __name__ == "__main__":
    main()
