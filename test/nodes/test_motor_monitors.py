"""S24 - S32 at the real motor node over ROS and a pseudo-terminal: it stops, tells why, and drives when mended."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Start
from motor_stage import MotorStage

from moe_robot.motion.safety_words import safety_words
from moe_robot_interfaces.msg import SafetyState


@pytest.fixture
def stage(start: Start, tmp_path: Path) -> Iterator[MotorStage]:
    with MotorStage(start, tmp_path) as stage:
        yield stage


def stops_by_itself(stage: MotorStage, kind: str, damage: Callable[[], None], mend: Callable[[], None]) -> None:
    """From a drive: damage, e-stop with its cause, no reset before it is mended, and a drive again."""
    stage.driving()
    damage()
    stage.keep(lambda: stage.state.mode == SafetyState.ESTOP, "an e-stop that nobody asked for", stage.command)
    stage.keep(stage.stands, "standing", stage.command)
    (cause,) = (cause for cause in stage.state.causes if cause.kind == kind)
    assert cause.source
    assert cause.stamp.sec > 0
    assert kind in stage.report(lambda r: r["mode"] == "estop")["causes"]
    assert stage.stays_still(act=stage.command)
    mend()
    stage.keep(lambda: all(c.cleared for c in stage.state.causes), "the causes gone", lambda: stage.command(0.0))
    assert stage.state.mode == SafetyState.ESTOP
    stage.keep(lambda: not stage.reset(), "the reset", lambda: stage.command(0.0))
    assert stage.stays_still(act=lambda: stage.command(0.0))
    stage.driving()


def test_S24_held_wheels(stage: MotorStage) -> None:
    def follow(share: float) -> None:
        stage.plant.follows = (share, share)

    stops_by_itself(stage, "stall", lambda: follow(0.0), lambda: follow(1.0))


def test_S25_wheels_that_turn_the_wrong_way(stage: MotorStage) -> None:
    def follow(share: float) -> None:
        stage.plant.follows = (share, share)

    stops_by_itself(stage, "runaway", lambda: follow(-1.0), lambda: follow(1.0))


def test_S26_a_robot_that_swings_round_while_its_wheels_say_straight(stage: MotorStage) -> None:
    def swing(radps: float) -> None:
        stage.plant.swings_radps = radps

    stops_by_itself(stage, "slip", lambda: swing(0.8), lambda: swing(0.0))


def test_S27_a_robot_that_tips_over(stage: MotorStage) -> None:
    def feel(x: float, z: float) -> None:
        stage.plant.felt_mps2 = (x, 0.0, z)

    stops_by_itself(stage, "tilt", lambda: feel(7.0, 6.9), lambda: feel(0.0, 9.81))


def test_S29_a_hot_motor_driver(stage: MotorStage) -> None:
    def heat(celsius: float) -> None:
        stage.plant.celsius = celsius

    stops_by_itself(stage, "temperature", lambda: heat(95.0), lambda: heat(40.0))


def test_S29_a_motor_fault_of_the_board(stage: MotorStage) -> None:
    def broken(yes: bool) -> None:
        stage.port.with_board(lambda: stage.board.break_motor(yes))

    stops_by_itself(stage, "motor", lambda: broken(True), lambda: broken(False))


def test_S28_an_empty_battery_refuses_to_arm_in_words_until_it_charges(stage: MotorStage) -> None:
    full = stage.plant.battery_told
    stage.plant.battery_told = dataclasses.replace(full, percent=1.0)
    stage.report(lambda r: "battery" in r["wrong"])
    assert stage.arm() in {safety_words("battery", "ru"), safety_words("battery", "en")}
    stage.plant.battery_told = dataclasses.replace(full, percent=1.0, charging=True)
    stage.driving()


def test_S32_a_pulled_cable_stays_told_until_arming(stage: MotorStage) -> None:
    stage.driving()
    stage.port.unplug()
    stage.keep(lambda: "link" in [c.kind for c in stage.state.causes], "the cause", stage.command)
    assert stage.state.mode == SafetyState.DISARMED
    stage.port.replug()
    stage.keep(lambda: all(c.cleared for c in stage.state.causes), "the link", stage.command)
    stage.driving()
    stage.keep(lambda: not stage.state.causes, "no causes", stage.command)
