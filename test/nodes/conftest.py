"""Real node processes on a ROS domain of their own, with the shipped DDS profile, ended after each test."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from free_domain import free_domain

from moe_robot.cli import environment
from moe_robot.cli.shared_memory import remove_stale

if TYPE_CHECKING:
    from robot_graph import Robot

rclpy = pytest.importorskip("rclpy", reason="needs ROS 2: source a distribution or install requirements-ros.txt")
pytest.importorskip("moe_robot_interfaces.msg", reason="needs moe_robot_interfaces: see its README")

END_S = 10.0  # a node that asks nicely for longer is killed by the test; by itself it takes at most run.END_S

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(scope="session")
def ros_domain() -> Iterator[int]:
    """Environment of this process and of the nodes: loopback only, a domain that no other test run uses."""
    domain = free_domain()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROS_DOMAIN_ID", str(domain))
        for name in (
            "ROS_AUTOMATIC_DISCOVERY_RANGE",
            "FASTDDS_DEFAULT_PROFILES_FILE",
            "FASTRTPS_DEFAULT_PROFILES_FILE",
        ):
            patch.delenv(name, raising=False)
        before = dict(os.environ)
        environment.prepare()
        remove_stale()
        yield domain
        for name in set(os.environ) - set(before):
            del os.environ[name]


@pytest.fixture(autouse=True)
def nobody_stays() -> Iterator[None]:
    """A node of this process that is referred to in a circle stays on the graph until it is collected: a service that
    does not answer, under the name of the next test's."""
    yield
    gc.collect()


@pytest.fixture
def start(ros_domain: int, tmp_path: Path) -> Iterator[Start]:
    with processes(tmp_path) as run:
        yield run


@contextlib.contextmanager
def processes(folder: Path) -> Iterator[Start]:
    """`start("motor", "hardware.port=/dev/pts/3")`: the process of one node; more settings are KEY=VALUE.

    `ros`: what follows --ros-args; `code` runs instead of nodes/run.py, with the same arguments.
    """
    running: list[subprocess.Popen[bytes]] = []

    def run(name: str, *settings: str, ros: tuple[str, ...] = (), code: str = "") -> subprocess.Popen[bytes]:
        command = [sys.executable, *(["-c", code] if code else ["-m", "moe_robot.nodes.run"]), name]
        for setting in settings:
            command += ["--set", setting]
        command += ["--ros-args", *ros] if ros else []
        env = {**os.environ, "MOE_ROBOT_HOME": str(folder / "home"), "ROS_LOG_DIR": str(folder / "ros")}
        with (folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
        running.append(process)
        return process

    yield run
    for process in running:
        process.send_signal(signal.SIGTERM)
    for process in running:
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def graph(ros_domain: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Robot]:
    from robot_graph import Robot

    robot = Robot(tmp_path_factory.mktemp("robot"))
    yield robot
    robot.close()
    for name, log in robot.logs().items():
        assert "Traceback" not in log, f"{name}:\n{log[-4000:]}"


@pytest.fixture
def robot(graph: Robot) -> Robot:
    for name, process in graph.processes.items():
        if process.poll() is not None:
            graph.start(name)
    graph.get_ready()
    return graph
