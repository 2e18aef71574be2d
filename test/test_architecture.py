"""The directions of the design, held by a table over the imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "moe_robot"

# Everyone may import these; they import only each other.
BASE = {"structs", "config", "errors", "paths", "notation", "lexicon", "short_names", "phrases", "robot_model"}

# What each part may import besides the base and itself: a package, or one module of it. "*" is anything.
MAY_IMPORT: dict[str, set[str]] = {
    "router": set(),
    "experts": {"world.home", "world.paths", "motion.safety_words"},
    "training": {"router", "experts.card"},
    "memory": set(),
    "world": set(),
    "vision": set(),
    "motion": {"hardware"},
    "hardware": {"motion.kinematics"},
    "skills": {"world"},
    "planner": {"skills", "world"},
    "sim": {"hardware.frames", "motion.kinematics", "world.home"},
    "brain": {"router", "experts", "memory", "planner", "skills.schemas", "world.home"},
    "agent": {"planner", "skills", "world"},
    "client": {"brain", "experts", "router", "world.home"},
    "lockstep": {"*"},
    "nodes": {"*"},
    "cli": {"*"},
}
# Nothing imports these, apart from those named.
IMPORTED_BY: dict[str, set[str]] = {
    "nodes": {"cli"},
    "cli": set(),
    "lockstep": {"cli"},
    "agent": {"lockstep", "nodes"},
    "brain": {"client", "lockstep", "nodes", "cli"},
    "client": {"cli"},
}
ROS = {"rclpy", "launch", "launch_ros", "ament_index_python", "tf2_msgs", "nav2_msgs", "moe_robot_interfaces"}


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[-1] == "__init__":
            parts = parts[:-1]
        if parts:
            found.append((".".join(parts), path))
    return found


def imports(path: Path) -> set[str]:
    """Dotted names that a file imports anywhere, also inside functions and under TYPE_CHECKING."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write the full name"
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def ours(path: Path) -> set[str]:
    names = imports(path) - {"moe_robot.__version__"}  # no module
    return {name.removeprefix("moe_robot.") for name in names if name.startswith("moe_robot.")}


@pytest.mark.parametrize(("name", "path"), modules(), ids=[name for name, _ in modules()])
def test_module_imports_only_what_its_part_may(name: str, path: Path) -> None:
    part = name.split(".")[0]
    if part in BASE:
        wrong = {n for n in ours(path) if n.split(".")[0] not in BASE}
    else:
        assert part in MAY_IMPORT, f"{name}: a new part needs a line in the table of this test and in the design"
        allowed = MAY_IMPORT[part]
        wrong = {
            n
            for n in ours(path)
            if "*" not in allowed
            and n.split(".")[0] not in BASE | {part}
            and not any(n == a or n.startswith(f"{a}.") for a in allowed)
        }
    assert not wrong, f"{name} imports {sorted(wrong)}"


@pytest.mark.parametrize(("name", "path"), modules(), ids=[name for name, _ in modules()])
def test_nobody_imports_the_edges(name: str, path: Path) -> None:
    part = name.split(".")[0]
    for edge, allowed in IMPORTED_BY.items():
        if part != edge and part not in allowed:
            assert not {n for n in ours(path) if n.split(".")[0] == edge}, f"{name} imports {edge}"


@pytest.mark.parametrize(("name", "path"), modules(), ids=[name for name, _ in modules()])
def test_ros_stays_in_nodes(name: str, path: Path) -> None:
    if name.split(".")[0] == "nodes":
        return
    tops = {n.split(".")[0] for n in imports(path)}
    assert not {t for t in tops if t in ROS or t.endswith("_msgs")}, f"{name} imports ROS"
    assert "torch" not in tops


def test_move_path_loads_neither_models_nor_ros() -> None:
    code = (
        "import sys, importlib, pkgutil, moe_robot\n"
        "for part in ('motion', 'hardware', 'skills', 'sim'):\n"
        "    package = importlib.import_module('moe_robot.' + part)\n"
        "    for info in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(info.name)\n"
        "bad = {'torch', 'rclpy', 'onnxruntime', 'hassil'} & set(sys.modules)\n"
        "sys.exit(f'loaded {bad}' if bad else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_only_the_simulator_reads_the_scene() -> None:
    for name, path in modules():
        if name.split(".")[0] in ("sim", "cli", "lockstep") or name == "nodes.sim_node":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        strings = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        assert "scene" not in strings, f"{name} reads the simulator's secret"
