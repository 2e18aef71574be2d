"""`moe-robot up` and `say` as a person uses them: real processes, real signals, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from free_domain import free_domain

MOE_ROBOT = str(Path(sys.executable).parent / "moe-robot")
READY_S = 60.0


class Up:
    """One `moe-robot up --sim` on a ROS domain of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.env = {**os.environ, "ROS_DOMAIN_ID": str(free_domain()), "MOE_ROBOT_HOME": str(folder / "home")}
        self.env |= {"XDG_RUNTIME_DIR": str(folder), "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST", "COLUMNS": "200"}
        self.log = folder / "up.log"
        with self.log.open("wb") as log:
            command = [MOE_ROBOT, "up", "--sim", *arguments]
            self.process = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, start_new_session=True)
        assert wait(lambda: "ready after" in self.text(), READY_S), self.text()

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def nodes(self) -> dict[str, int]:
        """Name -> pid of the processes that it has started and that live."""
        children = psutil.Process(self.process.pid).children()
        found = {}
        for child in children:
            line = child.cmdline()
            if "moe_robot.nodes.run" in line:
                found[line[line.index("moe_robot.nodes.run") + 1]] = child.pid
        return found

    def run(self, *arguments: str, timeout_s: float = 90.0) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [MOE_ROBOT, *arguments], env=self.env, capture_output=True, text=True, timeout=timeout_s, check=False
        )

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(15)


def wait(condition: Callable[[], bool], deadline_s: float = 20.0) -> bool:
    end_s = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.05)
    return True


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture(scope="module")
def robot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    up = Up(tmp_path_factory.mktemp("up"))
    yield up
    up.end()


def test_say_drives_and_returns_when_it_is_done(robot: Up) -> None:
    done = robot.run("say", "повернись", "налево", "на", "30", "градусов")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "done" in done.stdout
    assert "turn" in done.stdout


def test_say_returns_2_for_what_is_not_understood(robot: Up) -> None:
    done = robot.run("say", "go to the garage")
    assert done.returncode == 2
    assert "garage" in done.stdout


def test_a_second_robot_on_the_domain_is_refused_and_the_first_lives_on(robot: Up) -> None:
    second = robot.run("up", "--sim")
    assert second.returncode == 2
    assert str(robot.process.pid) in second.stdout
    assert robot.process.poll() is None


def test_ctrl_c_of_say_cancels_the_command(robot: Up) -> None:
    say = subprocess.Popen([MOE_ROBOT, "say", "explore"], env=robot.env, stdout=subprocess.PIPE, text=True)
    assert say.stdout is not None
    while "robot:" not in say.stdout.readline():
        pass
    time.sleep(1.0)
    say.send_signal(signal.SIGINT)
    out, _ = say.communicate(timeout=20)
    assert say.returncode == 5, out
    assert "cancelled" in out


def test_stop_and_reset_from_the_command_line(robot: Up) -> None:
    assert robot.run("stop").returncode == 0
    assert robot.run("reset").returncode == 0
    assert robot.run("say", "СТОП!!!").returncode == 3
    blocked = robot.run("say", "turn left 30 degrees")
    assert blocked.returncode != 0
    assert "e-stop" in blocked.stdout
    assert robot.run("reset").returncode == 0
    assert robot.run("say", "turn left 30 degrees").returncode == 0


def test_a_killed_node_is_named_and_started_again(robot: Up) -> None:
    pid = robot.nodes()["vision"]
    os.kill(pid, signal.SIGKILL)
    assert wait(lambda: "vision died" in robot.text() and robot.nodes().get("vision", pid) != pid), robot.text()


def test_the_prompt_takes_lines_and_leaves_at_the_end_of_input(robot: Up) -> None:
    done = subprocess.run(
        [MOE_ROBOT, "say"], input="where are you?\n/state\n/nonsense\n", env=robot.env,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "hall" in done.stdout
    assert "unknown: /nonsense" in done.stdout


def test_a_pipe_of_bytes_that_are_no_text_is_answered_in_words(robot: Up) -> None:
    lines = b"\xff\xfe\x00\x1b[2J\n" + b"drive " * 20_000 + b"\nwhere are you?\n"
    done = subprocess.run([MOE_ROBOT, "say"], input=lines, env=robot.env, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stdout + done.stderr
    assert b"\x1b[2J" not in done.stdout
    assert b"Too long" in done.stdout
    assert b"hall" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda n: n.name)
def test_nothing_is_left_after_the_end(tmp_path: Path, number: signal.Signals) -> None:
    up = Up(tmp_path)
    pids = list(up.nodes().values())
    assert len(pids) == 6
    up.process.send_signal(number)
    up.process.wait(15)
    assert wait(lambda: all(gone(pid) for pid in pids), 10.0)


def test_say_without_a_robot_says_how_to_start_one(tmp_path: Path) -> None:
    env = {**os.environ, "ROS_DOMAIN_ID": str(free_domain()), "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(
        [MOE_ROBOT, "say", "--wait", "1", "go to the kitchen"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 6
    assert "moe-robot up --sim" in done.stdout.replace("\n", " ")
