"""ament_python package for colcon and plain package for pip: one source, one list of files.

rclpy and the messages are not required here: they come from a ROS 2 distribution, or from requirements-ros.txt.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import find_packages, setup

NAME = "moe_robot"
HERE = Path(__file__).parent
SHARED_FOLDERS = ("config", "launch", "worlds", "urdf", "models")
PROGRAMS = sorted(str(path.relative_to(HERE)) for path in (HERE / "scripts" / "lib").glob("*") if path.is_file())


def shared_files() -> list[tuple[str, list[str]]]:
    """Every file of the shared folders, under share/moe_robot/ with the same tree."""
    found: dict[str, list[str]] = {}
    for folder in SHARED_FOLDERS:
        for path in sorted((HERE / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                relative = path.relative_to(HERE)
                found.setdefault(f"share/{NAME}/{relative.parent.as_posix()}", []).append(str(relative))
    return list(found.items())


setup(
    name=NAME,
    version="0.1.0",
    description="An on-board brain for ROS 2 robots: hears, sees, remembers, plans and drives, in Russian and English.",
    license="Apache-2.0",
    python_requires=">=3.10",
    packages=find_packages(include=[NAME, f"{NAME}.*"]),
    package_data={NAME: ["**/*.yaml", "**/*.txt", "py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{NAME}"]),
        (f"share/{NAME}", ["package.xml"]),
        (f"lib/{NAME}", PROGRAMS),  # what `ros2 run` and launch start
        *shared_files(),
    ],
    install_requires=[
        "numpy>=1.24",
        "PyYAML>=6.0",
        "pyserial>=3.5",
        "cobs>=1.2",
        "hassil>=3.0",
        "pymorphy3>=2.0",
        "pymorphy3-dicts-ru>=2.4",
        "text2num>=2.5",
        "RapidFuzz>=3.0",
        "py_trees>=2.2",
        "SQLAlchemy>=2.0",
        "psutil>=5.9",
        "prompt_toolkit>=3.0",
        "rich>=13.0",
        "typer>=0.12",
    ],
    extras_require={
        "sim": ["mujoco>=3.5", "pillow>=10.1"],
        "vision": ["opencv-python-headless>=4.8"],
        "brain": ["onnxruntime>=1.17", "sympy>=1.12", "pint>=0.23", "ortools>=9.9", "tzdata"],
        "train": ["onnx>=1.15", "scipy>=1.10"],  # `moe-robot train-router`
        "bench": ["scikit-learn>=1.3"],  # the peer in bench/router.py
        "dev": [
            "pytest>=8.0",
            "pytest-timeout>=2.2",
            "hypothesis>=6.100",
            "mypy>=1.10",
            "num2words>=0.5",  # numbers as a recogniser writes them, in bench/router_sets.py
            "ruff>=0.6",
            "types-PyYAML",
            "types-psutil",
            "types-pyserial",
        ],
    },
    entry_points={"console_scripts": ["moe-robot = moe_robot.cli.main:main"]},
    zip_safe=False,
)
