"""A worker ends with its parent, also when that is killed and whatever the worker does at that moment."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from experts.test_manager import CFG, HELLO, NOON, rogue, runs, until

from moe_robot.experts.card import ExpertCard
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.process import WorkerFailed, WorkerProcess
from moe_robot.world.home import load_home

PARENT = """
import sys
sys.path[:] = {path!r}
from experts.test_worker_ends import ask_in_a_thread
ask_in_a_thread({name!r})
sys.stdin.read()
"""


def ask_in_a_thread(name: str) -> None:
    """Run by the parent that will be killed: prints the worker's number when the worker is at work."""
    worker = WorkerProcess("e", 200.0)
    worker.load("x", rogue(name).target, 30.0, lambda: "")
    card = ExpertCard("e", "test", {}, {}, {}, (), ("x",))
    context = AnswerContext(card, load_home("flat"), CFG, NOON)
    looked: list[int] = []

    def told_at_work() -> str:
        """Called while the answer is awaited."""
        looked.append(1)
        if len(looked) == 2:
            print(worker.pid, flush=True)
        return ""

    def asking() -> None:
        if name != "Echo":
            worker.ask("x", HELLO, context, 3.0 if name == "Holds" else 3600.0, told_at_work)

    threading.Thread(target=asking, daemon=True).start()
    if name == "Echo":
        print(worker.pid, flush=True)


@pytest.mark.parametrize("name", ["Echo", "Sleeps", "Spins", "Holds"], ids=["idle", "asleep", "busy", "in C"])
def test_a_worker_ends_when_its_parent_is_killed(name: str) -> None:
    code = PARENT.format(path=sys.path, name=name)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert runs(pid)
        parent.kill()
    until(lambda: not runs(pid), "the end of the worker")


def test_a_worker_that_is_gone_is_named_when_it_is_asked() -> None:
    worker = WorkerProcess("e", 200.0)
    worker.load("x", rogue("Echo").target, 30.0, lambda: "")
    worker.kill()
    context = AnswerContext(ExpertCard("e", "test", {}, {}, {}, (), ("x",)), load_home("flat"), CFG, NOON)
    with pytest.raises(WorkerFailed, match="signal 9") as caught:
        worker.ask("x", HELLO, context, 5.0, lambda: "")
    assert (caught.value.outcome, caught.value.over) == ("crashed", True)
    worker.end()
    assert not runs(worker.pid)
