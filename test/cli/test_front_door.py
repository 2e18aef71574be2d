"""What a person gets who starts things wrongly: one sentence and exit code 2, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from moe_robot.cli.text import clean

MOE_ROBOT = str(Path(sys.executable).parent / "moe-robot")


def run(*arguments: str | bytes, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MOE_ROBOT, *arguments],
        env={**os.environ, "COLUMNS": "200", **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> str:
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    assert done.returncode == 2, done.stdout
    return done.stdout.replace("\n", " ")


@pytest.mark.parametrize("domain", ["abc", "300", "-1", "²"])
def test_a_ros_domain_that_is_none_is_named(domain: str) -> None:
    assert f"found '{domain}'" in told(run("up", "--sim", ROS_DOMAIN_ID=domain))


@pytest.mark.parametrize("command", [("up", "--sim"), ("say", "hello"), ("stop",), ("reset",), ("arm",)])
def test_a_namespace_that_ros_would_refuse_is_named(command: tuple[str, ...]) -> None:
    assert "found '1 robot'" in told(run(*command, "--namespace", "1 robot", ROS_DOMAIN_ID="149"))


def test_a_runtime_folder_that_cannot_be_made_is_named_with_the_remedy() -> None:
    assert "set XDG_RUNTIME_DIR" in told(run("up", "--sim", XDG_RUNTIME_DIR="/proc/nowhere", ROS_DOMAIN_ID="149"))


def test_a_broken_world_is_told_before_anything_starts(tmp_path: Path) -> None:
    world = tmp_path / "broken.yaml"
    world.write_text("name: x\nrooms: [1,2")
    said = told(run("up", "--sim", "--world", str(world), ROS_DOMAIN_ID="149", XDG_RUNTIME_DIR=str(tmp_path)))
    assert str(world) in said
    assert "started" not in said


def test_a_package_that_does_not_load_sends_to_the_doctor_who_says_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "hassil").mkdir()
    (tmp_path / "hassil" / "__init__.py").write_text("raise ImportError('libfoo.so: not there')")
    assert "moe-robot doctor" in told(run("plan", "go to the kitchen", PYTHONPATH=str(tmp_path)))
    doctor = run("doctor", PYTHONPATH=str(tmp_path))
    assert doctor.returncode == 1
    assert "libfoo.so: not there" in doctor.stdout
    assert "pip install --force-reinstall --no-deps hassil" in doctor.stdout


def test_bytes_that_are_no_text_are_refused_in_words() -> None:
    assert "refused" in told(run("plan", b"\xff\xfe\x1b[2J"))


def test_letters_that_the_terminal_lacks_do_not_stop_the_answer() -> None:
    done = run("plan", "поезжай на кухню", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, "go_to(place=kitchen)" in done.stdout) == (0, True)


def test_control_characters_do_not_reach_a_terminal() -> None:
    assert clean("a\x1b[2Jb\x07\x00\ud800\n\tя👍") == "a [2Jb  \ufffd\n\tя👍"
