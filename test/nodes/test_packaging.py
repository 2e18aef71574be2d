"""What an installation holds: every file of the package, a program for each node, versions that agree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from moe_robot.nodes.run import NODES

ROOT = Path(__file__).resolve().parents[2]


def built(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in (folder / "moe_robot").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_built_package_holds_every_file_of_the_package(tmp_path: Path) -> None:
    command = [sys.executable, "setup.py", "-q", "egg_info", "--egg-base", str(tmp_path), "build_py", "--build-lib"]
    done = subprocess.run([*command, str(tmp_path / "lib")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert built(tmp_path / "lib") == built(ROOT)


def test_ros2_run_finds_a_program_for_each_node() -> None:
    programs = {path.name for path in (ROOT / "scripts" / "lib").iterdir() if os.access(path, os.X_OK)}
    assert programs == set(NODES)


def test_the_versions_of_the_builds_agree() -> None:
    manifest = ElementTree.parse(ROOT / "package.xml").getroot().findtext("version")
    setup = re.search(r'version="([^"]+)"', (ROOT / "setup.py").read_text())
    assert setup is not None
    assert setup.group(1) == manifest


def test_every_requirement_has_a_tested_version() -> None:
    pinned = {
        re.split(r"[=;\[ ]", line)[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if line and not line.startswith("#")
    }
    wanted = re.findall(r'"([A-Za-z][\w.-]*?)(?:>=[\d.]+)"', (ROOT / "setup.py").read_text())
    wanted += [
        line.split("[")[0] for line in (ROOT / "requirements-ros.txt").read_text().split() if line.startswith("ros-")
    ]
    assert {name.lower().replace("_", "-") for name in wanted} <= pinned
