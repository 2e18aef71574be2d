"""Training in a process of its own whose arithmetic is the same on every x86 machine.

numpy and OpenBLAS choose kernels by the processor they find, and these add in different orders. The child is started
with the plain ones and one thread, before numpy is loaded. It prints its progress as JSON lines.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy

from moe_robot.errors import ConfigError

OPENBLAS_CORE = "Nehalem"  # what every x86-64 machine of the last fifteen years can do


@dataclass(frozen=True)
class Job:
    """Paths as text: it travels as JSON."""

    expert_folders: tuple[str, ...]
    router_folder: str
    labels: str
    out: str
    seed: int
    encoder: str = "embedded"
    relations_only: bool = False  # how turns relate to the ones before and are read, and no router
    follow_ups: bool = False  # the chooser among readings too: minutes, and the same for every router


def plain_arithmetic() -> dict[str, str]:
    """The environment of the child."""
    numpy_core = importlib.import_module(f"numpy.{'_core' if numpy.__version__ >= '2' else 'core'}._multiarray_umath")
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return os.environ | threads | {
        "OPENBLAS_CORETYPE": OPENBLAS_CORE,
        "NPY_DISABLE_CPU_FEATURES": " ".join(numpy_core.__cpu_dispatch__),
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "ignore",
    }  # fmt: skip


def run(job: Job, progress: Callable[[str, float], None] = lambda stage, share: None) -> dict[str, Any]:
    """The manifest. Raises ConfigError with what the child said was wrong."""
    command = [sys.executable, "-m", "moe_robot.training.repeatable", json.dumps(asdict(job))]
    environment = plain_arithmetic()
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        answer: dict[str, Any] = {}
        try:
            for line in child.stdout:
                answer = json.loads(line)
                if "stage" in answer:
                    progress(answer["stage"], answer["share"])
        except BaseException:
            child.kill()
            raise
        said = child.stderr.read().strip()
    if "error" in answer:
        raise ConfigError(answer["error"])
    if child.returncode or "manifest" not in answer:
        raise ConfigError(
            f"training ended with {child.returncode}: {said.splitlines()[-1] if said else 'no reason given'}"
        )
    return dict(answer["manifest"])


def main(arguments: Sequence[str]) -> int:
    from moe_robot.errors import MoeRobotError
    from moe_robot.training.dataset import read_data
    from moe_robot.training.follow_ups import make_follow_ups
    from moe_robot.training.make import Settings, make
    from moe_robot.training.relation import make_relations

    job = Job(**json.loads(arguments[0]))

    def tell(stage: str, share: float) -> None:
        print(json.dumps({"stage": stage, "share": share}), flush=True)  # noqa: T201 - the parent reads it

    try:
        labels = Path(job.labels) if job.labels else None
        data = read_data([Path(folder) for folder in job.expert_folders], Path(job.router_folder), labels)
        relations = make_relations(Path(job.router_folder), data.concepts, data.categories, Path(job.out), job.seed)
        if job.follow_ups:
            folder, out = Path(job.router_folder), Path(job.out)
            make_follow_ups(
                folder, data.concepts, data.categories, out, job.seed, lambda share: tell("follow-ups", share)
            )
        if job.relations_only:
            manifest = relations
        elif job.encoder == "embedded":
            manifest = make(data, Path(job.out), Settings(seed=job.seed), tell)
        else:
            from moe_robot.training.encoders import make_head

            manifest = make_head(data, Path(job.out), Settings(seed=job.seed), job.encoder, tell)
    except MoeRobotError as error:
        print(json.dumps({"error": str(error)}), flush=True)  # noqa: T201
        return 2
    print(json.dumps({"manifest": manifest}), flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
