"""Priority of the motor process, in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

# Whoever this becomes may not read the interpreter's own files: everything is imported before.
NOBODY = "import moe_robot.nodes.priority, os\nos.getuid() == 0 and os.setuid(65534)\n"
TAKE = "import os\nfrom moe_robot.nodes.priority import take_priority\ntook = take_priority(-10, real_time=True)\n"
SAY = f"{TAKE}print(took, os.sched_getscheduler(0), os.nice(0))"
RUN_AWAY = f"{TAKE}if took != 'real-time': raise SystemExit(9)\nwhile True: pass"
LOCK = "from moe_robot.nodes.priority import lock_memory\nprint(lock_memory(), open('/proc/self/status').read())"


def run(code: str, *prefix: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*prefix, sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


def test_the_answer_says_what_the_system_gave() -> None:
    said, scheduler, nice = run(SAY).stdout.split()
    own = os.nice(0)
    expected = {"real-time": (os.SCHED_FIFO, own), "nice": (os.SCHED_OTHER, -10), "normal": (os.SCHED_OTHER, own)}
    assert (int(scheduler), int(nice)) == expected[said]


def test_locked_memory_is_locked_and_the_answer_says_so() -> None:
    answer, _, status = run(LOCK).stdout.partition(" ")
    locked_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmLck"))
    assert (answer == "True") == (locked_kb > 0)


def test_without_the_right_memory_is_not_locked() -> None:
    limited = "import resource\nresource.setrlimit(resource.RLIMIT_MEMLOCK, (65536, 65536))\n"
    assert run(limited + NOBODY + LOCK).stdout.startswith("False")


def test_without_permission_it_goes_on_as_before() -> None:
    said, scheduler, _ = run(NOBODY + SAY).stdout.split()
    if said != "normal":
        pytest.skip("this machine permits it to everybody")
    assert int(scheduler) == os.SCHED_OTHER


def test_a_runaway_at_real_time_priority_is_ended_by_the_system() -> None:
    ended = run(RUN_AWAY)
    if ended.returncode == 9:
        pytest.skip("real-time priority is not permitted here")
    assert -ended.returncode in (signal.SIGXCPU, signal.SIGKILL)
