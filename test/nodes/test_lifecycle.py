"""The managed motor node: what each state allows, and that every way out of ACTIVE stops the wheels."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Start
from lifecycle_msgs.srv import ChangeState
from listener import WAIT_S
from motor_stage import MotorStage
from std_srvs.srv import Trigger

from moe_robot_interfaces.msg import SafetyState


@pytest.fixture
def stage(start: Start, tmp_path: Path) -> Iterator[MotorStage]:
    with MotorStage(start, tmp_path) as stage:
        yield stage


def test_S36_the_motor_node_activates_itself_disarmed(stage: MotorStage) -> None:
    stage.keep(lambda: stage.lifecycle_state() == "active", "the autostart")
    assert stage.state.mode == SafetyState.DISARMED
    assert stage.stays_still(act=stage.command)


def test_S36_without_autostart_it_waits_for_a_manager_and_refuses_to_arm_with_a_reason(
    start: Start, tmp_path: Path
) -> None:
    with MotorStage(start, tmp_path, ros=("-p", "autostart:=false")) as stage:
        assert stage.lifecycle_state() == "unconfigured"
        assert "не активен" in stage.arm()
        assert stage.lifecycle("configure")
        assert "не активен" in stage.arm()
        assert stage.stays_still(act=stage.command)
        assert stage.board._session != 0  # greeted: zeros are streamed to it
        assert stage.lifecycle("activate")
        stage.driving()


def test_S36_the_reason_is_told_in_the_language_of_the_robot(start: Start, tmp_path: Path) -> None:
    with MotorStage(start, tmp_path, "ros.autostart=false", "robot.language=en") as stage:
        assert stage.arm() == "the motor node is not active"


def test_S36_an_inactive_node_streams_zeros_and_activating_arms_nothing(stage: MotorStage) -> None:
    stage.driving()
    assert stage.lifecycle("deactivate")
    stage.keep(stage.stands, "standing wheels", stage.command)
    stage.keep(lambda: stage.state.limiting == "inactive", "the reason in safety_state")
    heard = stage.board._host_seq
    assert "не активен" in stage.arm()
    assert stage.stays_still(1.0, stage.command)
    assert (stage.board._host_seq - heard) % 0x10000 > 10  # zeros kept coming
    assert stage.lifecycle("activate")
    assert stage.stays_still(1.0, stage.command)
    assert stage.state.mode == SafetyState.DISARMED
    stage.driving()


def test_S36_an_emergency_stop_is_taken_in_every_state(start: Start, tmp_path: Path) -> None:
    with MotorStage(start, tmp_path, "ros.autostart=false") as stage:
        assert stage.listener.call(Trigger, "stop", Trigger.Request()).success
        stage.keep(lambda: stage.state.mode == SafetyState.ESTOP, "the e-stop")
        assert stage.lifecycle("configure")
        assert stage.lifecycle("activate")
        assert stage.state.mode == SafetyState.ESTOP  # a transition releases nothing
        assert "аварийная" in stage.arm()


def test_S36_an_impossible_transition_is_refused_and_the_node_drives_on(stage: MotorStage) -> None:
    stage.driving()
    assert not stage.lifecycle("configure")
    request = ChangeState.Request()
    request.transition.id = 77
    assert not stage.listener.call(ChangeState, "motor/change_state", request).success
    assert stage.process.poll() is None
    stage.keep(stage.fast, "turning wheels", stage.command)


def test_S36_a_port_that_is_not_there_is_a_configuration_that_fails_and_may_be_tried_again(
    start: Start, tmp_path: Path
) -> None:
    with MotorStage(start, tmp_path, "ros.autostart=false") as stage:
        stage.port.unplug()
        assert not stage.lifecycle("configure")
        assert stage.lifecycle_state() == "unconfigured"
        stage.port.replug()
        assert stage.lifecycle("configure")
        assert stage.lifecycle("activate")
        stage.driving()


def _deactivate(stage: MotorStage) -> None:
    assert stage.lifecycle("deactivate")


def _cleanup(stage: MotorStage) -> None:
    assert stage.lifecycle("deactivate")
    assert stage.lifecycle("cleanup")
    assert stage.lifecycle_state() == "unconfigured"


def _shutdown(stage: MotorStage) -> None:
    assert stage.lifecycle("shutdown")
    assert stage.lifecycle_state() == "finalized"


def _signal(number: int) -> Callable[[MotorStage], None]:
    def send(stage: MotorStage) -> None:
        stage.process.send_signal(number)
        assert stage.process.wait(WAIT_S) == (0 if number != signal.SIGKILL else -number)

    return send


WAYS_OUT = {
    "deactivate": _deactivate,
    "cleanup": _cleanup,
    "shutdown": _shutdown,
    "SIGINT": _signal(signal.SIGINT),
    "SIGTERM": _signal(signal.SIGTERM),
    "SIGKILL": _signal(signal.SIGKILL),
}


@pytest.mark.parametrize("way", list(WAYS_OUT))
def test_S37_every_way_out_stops_and_disarms_the_board(stage: MotorStage, way: str) -> None:
    stage.driving()
    WAYS_OUT[way](stage)
    stage.keep(lambda: stage.stands() and not stage.board.armed, "a board that stands, disarmed", stage.command)
    assert stage.stays_still(act=stage.command)
    assert stage.board._watchdog_tripped == (way == "SIGKILL")  # the others send the zeros themselves


FAILING = """
import sys
from moe_robot.nodes import motor_node, run
real = motor_node.MotorNode._publish_slow
def broken(self, tick):
    real(self, tick)
    if tick.sent.linear_mps > 0.05:
        raise RuntimeError("broken in mid-drive")
motor_node.MotorNode._publish_slow = broken
sys.exit(run.main(sys.argv[1:]))
"""


def test_S37_an_exception_in_mid_drive_stops_the_board_and_ends_the_node(start: Start, tmp_path: Path) -> None:
    with MotorStage(start, tmp_path, code=FAILING) as stage:
        stage.armed()
        stage.keep(lambda: stage.process.poll() is not None, "the end of the node", stage.command)
        assert stage.process.returncode == 1
        assert "broken in mid-drive" in (tmp_path / "motor.log").read_text()
        assert stage.plant.fastest_radps > 0.0
        stage.keep(lambda: stage.stands() and not stage.board.armed, "a board that stands, disarmed")
        assert not stage.board._watchdog_tripped  # the node itself sent the zeros


def test_S37_an_exception_in_a_transition_stops_the_board_and_leaves_the_node_to_be_configured_again(
    start: Start, tmp_path: Path
) -> None:
    code = FAILING.replace("_publish_slow", "on_deactivate").replace(
        "    if tick.sent.linear_mps > 0.05:\n        raise", "    raise"
    )
    with MotorStage(start, tmp_path, code=code.replace("real(self, tick)", "pass")) as stage:
        stage.driving()
        assert not stage.lifecycle("deactivate")
        stage.keep(lambda: stage.stands() and not stage.board.armed, "a board that stands, disarmed", stage.command)
        assert stage.lifecycle_state() == "unconfigured"
        assert stage.lifecycle("configure")
        assert stage.lifecycle("activate")
        stage.driving()
