"""S24 - S32 over a line in simulated time and over a real pseudo-terminal: found, stopped, told, reset afterwards."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from motor_rig import FORWARD, LoopbackRig, Rig, SerialRig

from moe_robot.motion.controller import MotorTick
from moe_robot.structs import Link, SafetyMode, Velocity

STILL = Velocity()
ERROR, OK = 2, 0


@pytest.fixture(params=[LoopbackRig, SerialRig], ids=["loopback", "serial"])
def rig(request) -> Iterator[Rig]:
    rig = request.param()
    yield rig
    rig.close()


def stopped(tick: MotorTick) -> bool:
    return tick.safety.mode is SafetyMode.ESTOP


def kinds(tick: MotorTick) -> list[str]:
    """Without the board's watchdog, which a machine that is busy elsewhere may trip."""
    return [cause.kind for cause in tick.safety.causes if cause.kind != "watchdog"]


def recover(rig: Rig) -> None:
    """As a person does: look, let the command go to zero, reset by the id, arm, drive."""
    tick = rig.until(lambda tick: all(cause.cleared for cause in tick.safety.causes) and tick.base.board_estop, STILL)
    assert rig.core.arm(rig.now_s()).reason == "estop"
    assert rig.core.reset(tick.safety.estop_id, rig.now_s()).ok
    tick = rig.until(lambda tick: not tick.base.board_estop, STILL)
    assert tick.safety.mode is SafetyMode.DISARMED
    rig.driving()


def test_S24_wheels_that_are_held_stop_the_robot_and_the_reason_is_told(rig):
    rig.driving()
    rig.plant.follows = (0.0, 0.0)
    tick = rig.until(stopped, FORWARD)
    assert kinds(tick) == ["stall"]
    assert "wheel" in tick.safety.causes[-1].source
    assert tick.sent == STILL
    rig.wait_until(rig.standing)
    rig.plant.forget()
    rig.run(20, FORWARD)
    assert rig.plant.fastest_radps == 0.0
    rig.plant.follows = (1.0, 1.0)
    recover(rig)


def test_S25_wheels_that_turn_the_wrong_way_stop_the_robot(rig):
    rig.driving()
    rig.plant.follows = (-1.0, -1.0)
    assert kinds(rig.until(stopped, FORWARD)) == ["runaway"]
    rig.plant.follows = (1.0, 1.0)
    recover(rig)


def test_S27_a_robot_that_is_tipped_over_stops_and_may_not_be_reset_before_it_stands(rig):
    rig.driving()
    rig.plant.felt_mps2 = (0.0, 7.0, 6.9)
    tick = rig.until(stopped, FORWARD)
    assert kinds(tick) == ["tilt"]
    rig.until(lambda tick: tick.base.board_estop, STILL)
    assert rig.core.reset(tick.safety.estop_id, rig.now_s()).reason == "tilt"
    rig.plant.felt_mps2 = (0.0, 0.0, 9.81)
    recover(rig)


def test_S28_a_low_battery_while_disarmed_refuses_to_arm_and_charging_allows_it(rig):
    rig.plant.battery_told = dataclasses.replace(rig.plant.battery_told, percent=1.0)
    rig.up()
    tick = rig.until(lambda tick: "battery" in str(tick.diagnostics["wrong"]))
    assert tick.safety.mode is SafetyMode.DISARMED
    assert rig.core.arm(rig.now_s()).reason == "battery"
    rig.plant.battery_told = dataclasses.replace(rig.plant.battery_told, charging=True)
    rig.until(lambda tick: tick.diagnostics["wrong"] == "")
    rig.driving()


def test_S29_a_hot_driver_stops_and_a_motor_fault_of_the_board_is_named(rig):
    rig.driving()
    rig.plant.celsius = 95.0
    assert kinds(rig.until(stopped, FORWARD)) == ["temperature"]
    rig.plant.celsius = 30.0
    recover(rig)
    rig.on_board(lambda: rig.board.break_motor(True))
    tick = rig.until(lambda tick: "motor" in kinds(tick), FORWARD)
    assert stopped(tick)
    rig.run(3, STILL)
    assert rig.core.reset(rig.step(STILL).safety.estop_id, rig.now_s()).reason == "motor"
    rig.on_board(lambda: rig.board.break_motor(False))
    recover(rig)


def test_S30_an_error_of_a_critical_node_stops_before_it_returns(rig):
    rig.driving()
    rig.core.on_diagnostics("camera", ERROR, rig.now_s())
    assert not stopped(rig.step(FORWARD))
    rig.core.on_diagnostics("lidar: driver", ERROR, rig.now_s())
    assert rig.core.gate.state(rig.now_s()).causes[-1].kind == "diagnostics"
    rig.until(lambda tick: rig.standing(), FORWARD)
    rig.core.on_diagnostics("lidar: driver", OK, rig.now_s())
    recover(rig)


def test_S32_a_lost_link_is_told_with_time_and_source_until_arming_and_is_no_estop(rig):
    rig.driving()
    before_s = rig.now_s()
    rig.unplug()
    tick = rig.until(lambda tick: tick.base.link is Link.LOST, FORWARD)
    cause = tick.safety.causes[-1]
    assert (cause.kind, cause.cleared, tick.safety.mode) == ("link", False, SafetyMode.DISARMED)
    assert cause.t_s >= before_s
    assert tick.safety.estop_id == 0
    rig.replug()
    tick = rig.until(lambda tick: tick.base.link is Link.UP)
    assert ("link", True) in [(c.kind, c.cleared) for c in tick.safety.causes]
    rig.driving()
    assert kinds(rig.step(FORWARD)) == []


def test_S32_a_board_that_stopped_by_its_own_watchdog_is_told(rig):
    rig.driving()
    rig.pass_time(0.5)
    if isinstance(rig, LoopbackRig):
        rig.board.tick(rig.now_s())
    tick = rig.until(lambda tick: bool(tick.safety.causes), FORWARD)
    assert [(c.kind, c.cleared) for c in tick.safety.causes] in ([("watchdog", True)], [("link", False)])
    rig.until(lambda tick: tick.base.link is Link.UP)
    rig.driving()


def test_S28_an_empty_battery_on_the_charger_stops_nothing(rig):
    rig.up()
    rig.plant.battery_told = dataclasses.replace(rig.plant.battery_told, percent=1.0, charging=True)
    tick = rig.run(60)
    assert (tick.safety.mode, tick.diagnostics["wrong"]) == (SafetyMode.DISARMED, "")
    rig.driving()
