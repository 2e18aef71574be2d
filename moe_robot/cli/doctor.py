"""`moe-robot doctor`: what is installed, what is missing, what is broken, and the remedy for each.

Every check really tries the thing (imports it, opens it, parses it) and says what it found.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from moe_robot.config import load_config
from moe_robot.errors import MoeRobotError
from moe_robot.paths import runtime_dir, share_dir, state_dir

# import name, distribution, what for, needed, the remedy
PACKAGES: tuple[tuple[str, str, str, bool, str], ...] = (
    ("rclpy", "ros-rclpy", "ROS 2", True, "source a ROS 2 distribution, or: pip install -r requirements-ros.txt"),
    ("moe_robot_interfaces.action", "moe_robot_interfaces", "messages", True, "pip install ./moe_robot_interfaces"),
    ("numpy", "numpy", "core", True, "pip install -e ."),
    ("yaml", "PyYAML", "configuration", True, "pip install -e ."),
    ("hassil", "hassil", "sentences", True, "pip install -e ."),
    ("pymorphy3", "pymorphy3", "Russian words", True, "pip install -e ."),
    ("rapidfuzz", "rapidfuzz", "typing errors", True, "pip install -e ."),
    ("py_trees", "py_trees", "plans", True, "pip install -e ."),
    ("serial", "pyserial", "motor board", True, "pip install -e ."),
    ("cobs", "cobs", "serial frames", True, "pip install -e ."),
    ("sqlalchemy", "SQLAlchemy", "memory", True, "pip install -e ."),
    ("cv2", "opencv-python-headless", "vision", False, "pip install -e '.[vision]'"),
    ("mujoco", "mujoco", "simulation", False, "pip install -e '.[sim]'"),
    ("PIL", "pillow", "pictures of the demo", False, "pip install -e '.[sim]'"),
    ("tf2_msgs", "tf2_msgs", "/tf (comes with a ROS distribution only)", False, "not needed without RViz or Nav2"),
    (
        "nav2_msgs",
        "nav2_msgs",
        "Nav2 (comes with a ROS distribution only)",
        False,
        "not needed: own navigation is used",
    ),
)


@dataclass(frozen=True)
class Finding:
    """`state` is ok | missing | broken; missing is an optional part that is not there."""

    state: str
    name: str
    detail: str
    remedy: str = ""


def examine(config_path: Path | None = None) -> Iterator[Finding]:
    yield _python()
    for module, distribution, purpose, needed, remedy in PACKAGES:
        yield _package(module, distribution, purpose, needed, remedy)
    yield _try("configuration", lambda: _config(config_path), "moe-robot check-config FILE shows the wrong key")
    yield _try("data files", lambda: str(share_dir()), "reinstall: pip install -e .")
    yield _try("memory store", _store, "make the folder writable, or set MOE_ROBOT_HOME or memory.path")
    yield from _serial_ports(config_path)
    yield _compiler()
    yield _shared_memory()
    yield _running()


def _python() -> Finding:
    ok = sys.version_info >= (3, 10)
    detail = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return Finding("ok" if ok else "broken", "Python", detail, "" if ok else "Python 3.10 or newer is needed")


def _package(module: str, distribution: str, purpose: str, needed: bool, remedy: str) -> Finding:
    name = f"{distribution} ({purpose})"
    try:
        loaded = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name and not module.startswith(error.name):
            return Finding("broken", name, f"needs the module {error.name}", remedy)
        return Finding("broken" if needed else "missing", name, "not installed", remedy)
    except (ImportError, OSError) as error:
        again = (
            f"pip install --force-reinstall --no-deps {distribution}" if remedy.startswith("pip install -e") else remedy
        )
        return Finding("broken", name, f"does not load: {error}", again)
    try:
        version = importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        version = getattr(loaded, "__version__", "from the ROS distribution")
    return Finding("ok", name, version)


def _try(name: str, check: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding("ok", name, check())
    except (MoeRobotError, OSError) as error:
        return Finding("broken", name, str(error), remedy)


def _config(path: Path | None) -> str:
    config = load_config(path)
    from moe_robot.robot_model import load_robot_model
    from moe_robot.world.home import load_home

    home = load_home(config.robot.home)
    load_robot_model(config.robot.urdf)
    return f"{path or 'as shipped'}; home '{home.name}' with {len(home.rooms)} rooms"


def _store() -> str:
    folder = state_dir()
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".probe-{os.getpid()}"
    probe.write_bytes(b"0" * 4096)
    probe.unlink()
    return f"{folder} is writable, {shutil.disk_usage(folder).free / 1e9:.1f} GB free"


def _serial_ports(config_path: Path | None) -> Iterator[Finding]:
    try:
        hardware = load_config(config_path).hardware
        from moe_robot.cli.doctor_ports import port_findings
    except (MoeRobotError, ImportError) as error:
        yield Finding("broken", "motor board", str(error))
        return
    for found in port_findings(hardware.port):
        yield Finding(*found)


def _compiler() -> Finding:
    path = shutil.which("gcc")
    remedy = "" if path else "scripts/install (only needed to build moe_robot_interfaces)"
    return Finding("ok" if path else "missing", "gcc (builds the messages)", path or "not installed", remedy)


def _shared_memory() -> Finding:
    try:
        free = shutil.disk_usage("/dev/shm").free
    except OSError as error:
        return Finding("broken", "shared memory", str(error), "mount /dev/shm: images between nodes go through it")
    enough = free > 400e6
    remedy = "" if enough else "in a container: --shm-size=1g"
    return Finding("ok" if enough else "broken", "shared memory", f"/dev/shm has {free / 1e6:.0f} MB free", remedy)


def _running() -> Finding:
    from moe_robot.cli.lock import holder

    pid = holder(runtime_dir() / "up.lock")
    return Finding("ok", "robot on this ROS domain", f"running, pid {pid}" if pid else "not running")
