"""`moe-robot train-router`: the shipped experts, a person's own and what people have taught -> a new router."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from moe_robot.config import load_config
from moe_robot.errors import ConfigError
from moe_robot.experts.card import own_folder, shipped_folder
from moe_robot.paths import share_dir, state_dir
from moe_robot.router.model_folder import default_folder, resolve
from moe_robot.router.relation import MANIFEST
from moe_robot.training.repeatable import Job, run
from moe_robot.training.versions import add_version, replace_files, roll_back

SHARES = {"follow-ups": 0.3, "sampling": 0.02, "features": 0.13, "training": 0.55}  # of the time, about


def train(
    console: Console,
    config: Path | None,
    out: Path | None,
    seed: int,
    encoder: str,
    shipped_only: bool = False,
    relations_only: bool = False,
) -> int:
    """Trains, puts it in place, prints the report. Raises ConfigError."""
    cfg = load_config(config)
    own = own_folder(cfg.experts)
    home = state_dir() / "router"
    folders = [shipped_folder()] + ([own] if own.is_dir() and out is None and not shipped_only else [])
    labels = home / "labels.jsonl"
    with _bar(console) as bar:
        task = bar.add_task("reading", total=1.0)

        def progress(stage: str, share: float) -> None:
            done = sum(part for name, part in SHARES.items() if list(SHARES).index(name) < list(SHARES).index(stage))
            bar.update(task, description=stage, completed=done + share * SHARES[stage])

        def make(folder: Path) -> dict[str, object]:
            job = Job(
                tuple(map(str, folders)),
                str(share_dir() / "models" / "router"),
                str(labels) if out is None else "",
                str(folder),
                seed,
                encoder,
                relations_only,
                follow_ups=out is not None,
            )
            manifest = run(job, progress)
            bar.update(task, description="done", completed=1.0)
            return manifest

        if relations_only:
            place = out or resolve(default_folder(cfg.router.model))
            _replace_relations(place, make)
            console.print(f"how turns relate to each other is in {escape(str(place / MANIFEST))}", highlight=False)
            return 0
        if out is None:
            name, _ = add_version(home, make)
            place = home / name
        else:
            replace_files(out, make)
            place = out
    console.print(escape((place / "report.md").read_text(encoding="utf-8")), highlight=False)
    kept = (
        ""
        if out is not None
        else "; a running robot takes it within seconds, `moe-robot train-router --rollback` undoes it"
    )
    console.print(f"the router is in {escape(str(place))}{kept}", highlight=False)
    return 0


def _replace_relations(place: Path, make: Callable[[Path], dict[str, object]]) -> None:
    """In place of the ones there, which are kept when the training fails."""
    with tempfile.TemporaryDirectory(dir=place) as part:
        if not make(Path(part)):
            raise ConfigError(
                f"{share_dir() / 'models' / 'router' / 'relations'}: expected rows to train from, found none"
            )
        for made in sorted(Path(part).iterdir()):
            os.replace(made, place / made.name)


def rollback(console: Console) -> int:
    now, before = roll_back(state_dir() / "router")
    console.print(f"router {now} is back; {before} is kept", highlight=False)
    return 0


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description:>9}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    return Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console)
