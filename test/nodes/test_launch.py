"""Both front doors start one list of nodes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from moe_robot.nodes.run import NODES, Options, node_commands, node_list, notices

PATH = Path(__file__).resolve().parents[2] / "launch" / "brain.launch.py"


@pytest.fixture(scope="module")
def brain():
    spec = importlib.util.spec_from_file_location("brain_launch", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ({}, Options()),
        ({"sim": "true"}, Options(sim=True)),
        ({"sim": "True", "use_vision": "0"}, Options(sim=True, use_vision=False)),
        ({"serial_port": "/dev/ttyACM0", "language": "en"}, Options(serial_port="/dev/ttyACM0", language="en")),
        ({"namespace": "/r1", "use_sim_time": "true"}, Options(namespace="/r1", use_sim_time=True)),
    ],
)
def test_launch_starts_the_commands_that_up_starts(brain, arguments, options) -> None:
    assert node_commands(brain.options(arguments)) == node_commands(options)


def test_a_flag_that_is_neither_true_nor_false_is_refused_by_name(brain) -> None:
    with pytest.raises(ValueError, match="sim:=maybe"):
        brain.options({"sim": "maybe"})


def test_launch_takes_every_argument_that_it_declares(brain) -> None:
    brain.options({name: default for name, (default, _) in brain.ARGUMENTS.items()})


def test_the_launch_file_loads_where_launch_is_installed(brain) -> None:
    pytest.importorskip("launch.actions", reason="launch comes with a ROS distribution, not from PyPI")
    assert brain.generate_launch_description().entities


def test_the_simulator_is_started_only_when_asked_for() -> None:
    assert "sim" not in node_list(Options())
    assert node_list(Options(sim=True)) == list(NODES)


def test_simulator_and_motor_get_the_same_port() -> None:
    commands = node_commands(Options(sim=True))
    ports = {next(a for a in commands[name] if a.startswith("hardware.port=")) for name in ("sim", "motor")}
    assert len(ports) == 1


def test_parts_that_are_not_there_yet_are_named() -> None:
    assert notices(Options()) == []
    assert [text.split(":")[0] for text in notices(Options(use_audio=True, gateway=True))] == ["use_audio", "gateway"]
