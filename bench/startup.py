"""How long `moe-robot up --sim` takes until a command is accepted, and what the processes need.

    python bench/startup.py [--trials 10] [--no-keep]

Each trial starts the whole robot anew, as a person does, with an empty state folder; a client that is running already
(an open prompt) sends a command as soon as the brain and the gate answer and the gate is armed. Memory and CPU are
those of the last robot after a short mission; PSS counts what processes share once, RSS once for each.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil

from bench.live import NotReadyError, own_environment
from bench.report import SUMMARY_HEAD, Report, summary
from moe_robot.cli import environment
from moe_robot.nodes.run import NODES
from moe_robot.router.language import detect_language
from moe_robot.structs import SafetyMode, Utterance

FIRST = "поверни налево на 30 градусов"
MISSION = ("поезжай на кухню", "найди красный куб")
AIM_S, AIM_MB = 5.0, 1200.0
READY_S = 60.0
END_S = 15.0
STAGES = ("gate answers", "brain answers", "armed", "command accepted", "wheels turn (by the brain)")


@dataclass
class Usage:
    """Of one process, in megabytes and in percent of one core while it drives."""

    rss_mb: float = math.nan
    pss_mb: float = math.nan
    cpu_percent: float = math.nan


@dataclass
class Started:
    """Seconds since the start of `up`, by stage; `text` tells when the first command did not succeed."""

    stages_s: dict[str, float] = field(default_factory=dict)
    text: str = ""


@contextlib.contextmanager
def up() -> Iterator[psutil.Process]:
    """`moe-robot up --sim` as a process of its own; ended as by Ctrl-C."""
    process = psutil.Popen(
        [sys.executable, "-m", "moe_robot.cli.main", "up", "--sim"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        children = process.children(recursive=True) if process.is_running() else []
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(END_S)
        for left in (process, *children):  # nothing is left, whatever went wrong
            with contextlib.suppress(psutil.NoSuchProcess):
                left.kill()


def start_once(mission: bool) -> tuple[Started, dict[str, Usage]]:
    """Start, first command, with `mission` also the use of memory and CPU; everything is ended."""
    with own_environment():
        environment.prepare()
        from moe_robot.nodes.client import RobotClient

        with RobotClient("moe_robot_bench") as client:
            began_s = time.monotonic()
            with up() as process:
                started = Started()
                _watch_start(client, began_s, started, process)
                result = client.say(Utterance(FIRST, "ru", source="test"))
                accepted_s = _accepted_s(result.turn) - (time.time() - time.monotonic()) - began_s
                started.stages_s[STAGES[3]] = accepted_s
                started.stages_s[STAGES[4]] = accepted_s + result.first_motion_s
                if result.outcome != "done":
                    started.text = f"{result.outcome}: {' '.join(result.texts)}"
                return started, _usage(client, process) if mission else {}


def _watch_start(client, began_s: float, started: Started, process: psutil.Popen) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    reached = {
        STAGES[0]: lambda: client.safety is not None,
        STAGES[1]: lambda: client.missing() == "" or client.missing() == "motor",
        STAGES[2]: lambda: client.safety is not None and client.safety.mode is SafetyMode.ARMED,
    }
    while len(started.stages_s) < len(reached):
        client.spin(0.005)
        for name, holds in reached.items():
            if name not in started.stages_s and holds():
                started.stages_s[name] = time.monotonic() - began_s
        if process.poll() is not None:
            raise NotReadyError(f"`moe-robot up --sim` ended with exit code {process.returncode}")
        if time.monotonic() - began_s > READY_S:
            raise NotReadyError(f"not ready after {READY_S:.0f} s; reached: {started.stages_s}")


def _accepted_s(turn) -> float:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """The graph's time at which the brain took the command (it stamps what comes without a stamp)."""
    return float(turn.utterance.t_s) if turn is not None else math.nan


def _usage(client, process: psutil.Popen) -> dict[str, Usage]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    named = {"up": psutil.Process(process.pid), **_nodes(process)}
    before = {name: sum(one.cpu_times()[:2]) for name, one in named.items()}
    began_s = time.monotonic()
    for text in MISSION:
        client.say(Utterance(text, detect_language(text), source="test"))
    duration_s = time.monotonic() - began_s
    usage = {}
    for name, one in named.items():
        memory = one.memory_full_info()
        cpu = 100.0 * (sum(one.cpu_times()[:2]) - before[name]) / duration_s
        usage[name] = Usage(memory.rss / 1e6, getattr(memory, "pss", math.nan) / 1e6, cpu)
    return usage


def _nodes(process: psutil.Popen) -> dict[str, psutil.Process]:
    """By the name that stands behind the module on the command line."""
    found = {}
    for child in process.children(recursive=True):
        line = child.cmdline()
        if "moe_robot.nodes.run" in line:
            found[line[line.index("moe_robot.nodes.run") + 1]] = child
    return {name: found[name] for name in NODES if name in found}


def report(trials: list[Started], usage: dict[str, Usage], load: float) -> Report:
    out = Report("startup", "From `moe-robot up --sim` to the first command; memory and CPU", ("ros-rclpy", "mujoco"))
    accepted = summary([t.stages_s[STAGES[3]] for t in trials])
    out.text(
        f"{len(trials)} starts of the whole robot with an empty state folder (the page cache is warm), the world "
        f"'flat'. Seconds since the start of `up`. Load of the machine before: {load:.1f}."
    )
    out.text(
        f"Aim: first command accepted within {AIM_S:.0f} s: median {accepted.median:.2f} s, "
        f"worst {accepted.worst:.2f} s, {'reached' if accepted.worst < AIM_S else 'missed'}."
    )
    rows = [[stage, *summary([t.stages_s[stage] for t in trials]).cells()] for stage in STAGES]
    out.table(["stage, s", *SUMMARY_HEAD], rows)
    failed = [t.text for t in trials if t.text]
    out.text(f"The first command was done in {len(trials) - len(failed)} of {len(trials)} starts.")
    for text in failed:
        out.text(f"- {text}")
    total = Usage(*(sum(getattr(u, key) for u in usage.values()) for key in ("rss_mb", "pss_mb", "cpu_percent")))
    said = ", ".join(f"'{text}'" for text in MISSION)
    out.text(
        f"Memory of each process after a mission ({said}), and its CPU during it. Aim: < {AIM_MB:.0f} MB in sum: PSS "
        f"{'reached' if total.pss_mb < AIM_MB else 'missed'}, RSS {'reached' if total.rss_mb < AIM_MB else 'missed'}."
    )
    out.table(
        ["process", "RSS MB", "PSS MB", "CPU, % of one core"],
        [
            [name, f"{u.rss_mb:.0f}", f"{u.pss_mb:.0f}", f"{u.cpu_percent:.0f}"]
            for name, u in {**usage, "all": total}.items()
        ],
    )
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--no-keep", action="store_true", help="print only")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    trials: list[Started] = []
    usage: dict[str, Usage] = {}
    for number in range(given.trials):
        started, usage = start_once(mission=number == given.trials - 1)
        trials.append(started)
    report(trials, usage, load).write(keep=not given.no_keep)
    return 0


if __name__ == "__main__":
    sys.exit(main())
