"""The supervisor against real processes: small Python programs that live, die and resist."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from moe_robot.cli.lock import AlreadyRunningError, holder, single_instance
from moe_robot.cli.supervisor import Event, Supervisor, backoff_s

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


def wait_until(condition: Callable[[], bool], supervisor: Supervisor | None = None, deadline_s: float = 20.0) -> bool:
    end_s = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end_s:
            return False
        if supervisor is not None:
            supervisor.poll()
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_killed_process_is_named_and_started_again(tmp_path: Path) -> None:
    events: list[Event] = []
    supervisor = Supervisor({"brain": SLEEPER, "motor": SLEEPER}, tmp_path, events.append)
    supervisor.start()
    first = supervisor.pids["brain"]
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: supervisor.pids.get("brain", first) != first, supervisor)
    died = next(e for e in events if e.kind == "died")
    assert died.name == "brain"
    assert "SIGKILL" in died.detail
    assert supervisor.restarts == {"brain": 1, "motor": 0}
    supervisor.stop()


def test_the_last_words_of_a_process_that_died_are_shown(tmp_path: Path) -> None:
    events: list[Event] = []
    command = [sys.executable, "-c", "import sys; sys.exit('the port /dev/ttyUSB9 is not there')"]
    supervisor = Supervisor({"motor": command}, tmp_path, events.append)
    supervisor.start()
    assert wait_until(lambda: any(e.kind == "died" for e in events), supervisor)
    supervisor.stop()
    assert "the port /dev/ttyUSB9 is not there" in next(e for e in events if e.kind == "died").detail


def test_stop_leaves_no_process_behind_and_the_first_ends_last(tmp_path: Path) -> None:
    events: list[Event] = []
    supervisor = Supervisor({"sim": SLEEPER, "motor": SLEEPER, "brain": SLEEPER}, tmp_path, events.append)
    supervisor.start()
    pids = list(supervisor.pids.values())
    supervisor.stop()
    assert not any(alive(pid) for pid in pids)
    assert [e.name for e in events if e.kind == "ended"] == ["brain", "motor", "sim"]


def test_a_process_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    events: list[Event] = []
    supervisor = Supervisor({"stubborn": STUBBORN}, tmp_path, events.append)
    supervisor.start()
    assert wait_until(lambda: b"up" in supervisor.log_path("stubborn").read_bytes())
    pid = supervisor.pids["stubborn"]
    supervisor.stop()
    assert not alive(pid)
    assert events[-1].kind == "killed"


def test_a_process_that_keeps_dying_is_started_ever_more_slowly() -> None:
    delays = backoff_s()
    first = [next(delays) for _ in range(8)]
    assert first == sorted(first)
    assert first[0] == 0.2
    assert first[-1] == 10.0


def test_a_second_robot_on_the_same_domain_is_refused_with_the_pid(tmp_path: Path) -> None:
    lock = tmp_path / "run" / "up.lock"
    with single_instance(lock):
        assert holder(lock) == os.getpid()
        try:
            with single_instance(lock):
                raise AssertionError("two robots held one lock")
        except AlreadyRunningError as error:
            assert str(os.getpid()) in str(error)
    assert holder(lock) is None
    with single_instance(lock):
        pass
