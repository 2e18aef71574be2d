"""Limits as ROS parameters of the motor node: down while armed, up while disarmed, never above the configuration."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Start
from listener import WAIT_S
from motor_stage import CRUISE_MPS, MODEL, MotorStage
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParametersAtomically
from std_srvs.srv import SetBool

from moe_robot.config import load_config
from moe_robot.nodes.limit_parameters import LIMITS

CONFIGURED = load_config().motion


@pytest.fixture
def stage(start: Start, tmp_path: Path) -> Iterator[MotorStage]:
    with MotorStage(start, tmp_path) as stage:
        yield stage


def wheels_mps(stage: MotorStage) -> float:
    return max(stage.plant.commanded_radps) * MODEL.wheel_radius_m


@pytest.mark.parametrize("name", LIMITS)
def test_S43_while_armed_a_limit_goes_down_only(stage: MotorStage, name: str) -> None:
    stage.armed()
    configured = getattr(CONFIGURED, name)
    assert stage.set_parameter(name, configured / 2) == ""
    assert "выключенных" in stage.set_parameter(name, configured)
    assert stage.set_parameter(name, configured / 4) == ""
    assert float(stage.report()[f"limit_{name}"]) == configured / 4
    assert stage.listener.call(SetBool, "arm", SetBool.Request(data=False)).success
    assert stage.set_parameter(name, configured) == ""


def test_S43_disarmed_a_limit_stays_within_the_configuration(stage: MotorStage) -> None:
    for name in LIMITS:
        for factor in (1.01, 0.0, -1.0, math.nan, math.inf):
            reason = stage.set_parameter(name, getattr(CONFIGURED, name) * factor)
            assert name in reason
            assert ("конфигурации" if factor == 1.01 else "положительным") in reason


def test_S43_a_lower_limit_slows_the_robot_that_drives(stage: MotorStage) -> None:
    stage.driving()
    assert stage.set_parameter("max_linear_mps", CRUISE_MPS / 2) == ""
    stage.keep(lambda: 0.0 < wheels_mps(stage) < 0.6 * CRUISE_MPS, "the lower speed", stage.command)
    stage.plant.forget()
    stage.during(0.5, stage.command)
    assert stage.plant.fastest_radps * MODEL.wheel_radius_m < CRUISE_MPS / 2 + 0.002


def test_S43_a_request_with_one_bad_value_changes_nothing(stage: MotorStage) -> None:
    def told(name: str, value: float) -> Parameter:
        return Parameter(name=name, value=ParameterValue(type=ParameterType.PARAMETER_DOUBLE, double_value=value))

    request = SetParametersAtomically.Request(parameters=[told("max_linear_mps", 0.1), told("max_angular_radps", 99.0)])
    answer = stage.listener.call(SetParametersAtomically, "motor/set_parameters_atomically", request)
    assert not answer.result.successful
    assert "max_angular_radps" in answer.result.reason
    assert float(stage.report()["limit_max_linear_mps"]) == CONFIGURED.max_linear_mps


def test_S43_what_brakes_is_not_a_parameter(stage: MotorStage) -> None:
    assert stage.set_parameter("max_linear_decel_mps2", 0.1) != ""
    assert stage.set_parameter("command_timeout_s", 60.0) != ""


def test_S43_a_start_value_above_the_configuration_ends_the_node(start: Start, tmp_path: Path) -> None:
    node = start("motor", ros=("-p", "max_linear_mps:=9.0"))
    assert node.wait(WAIT_S) == 1
    assert "max_linear_mps" in (tmp_path / "motor.log").read_text()
