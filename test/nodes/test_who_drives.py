"""Inputs, hand-over, freshness and types at the real motor node: commands over ROS, wheels at a pseudo-terminal."""

from __future__ import annotations

import dataclasses
import json
import math
import mmap
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from conftest import Start
from geometry_msgs.msg import TwistStamped
from listener import Listener
from motor_stage import CRUISE_MPS, PERIOD_S, MotorStage
from rosgraph_msgs.msg import Clock

from moe_robot.config import load_config
from moe_robot.nodes.ros import COMMAND
from moe_robot_interfaces.msg import SafetyState

BACK_MPS = -0.1
HOUR_S = 3600


# The brain may be silent for long: a test that is late with its next command on a busy machine is no silence.
INPUTS = [
    {**dataclasses.asdict(each), "timeout_s": 2.0 if each.name == "brain" else each.timeout_s}
    for each in load_config().ros.inputs
]


@pytest.fixture
def stage(start: Start, tmp_path: Path) -> Iterator[MotorStage]:
    with MotorStage(start, tmp_path, f"ros.inputs={json.dumps(INPUTS)}") as stage:
        yield stage


class Stamped:
    """A publisher of TwistStamped in a participant of its own: one participant knows one type per topic."""

    def __init__(self, topic: str = "cmd_vel") -> None:
        self._other = Listener()
        self._publisher = self._other.node.create_publisher(TwistStamped, topic, COMMAND)

    def __enter__(self) -> Stamped:
        return self

    def __exit__(self, *_: object) -> None:
        self._other.__exit__()

    def send(self, stamp_s: int, linear_mps: float = CRUISE_MPS) -> None:
        message = TwistStamped()
        message.header.stamp.sec = stamp_s
        message.twist.linear.x = linear_mps
        self._publisher.publish(message)


def test_S38_a_joystick_takes_over_from_the_brain_and_is_named(stage: MotorStage) -> None:
    stage.driving()
    stage.keep(lambda: stage.state.driver == "brain", "the brain named")

    def both() -> None:
        stage.command()
        stage.command(BACK_MPS, "cmd_vel_joy")

    stage.keep(lambda: max(stage.plant.commanded_radps) < -1.0, "driving back", both)
    stage.keep(lambda: stage.state.driver == "joystick", "the joystick named", both)


def test_S39_a_joystick_that_falls_silent_is_a_stop_and_the_brain_goes_through_zero_first(stage: MotorStage) -> None:
    stage.driving()

    def both() -> None:
        stage.command()
        stage.command(BACK_MPS, "cmd_vel_joy")

    stage.keep(lambda: max(stage.plant.commanded_radps) < -1.0, "driving back", both)
    stage.stopped(stage.command)
    assert stage.stays_still(1.0, stage.command)  # what the brain streamed meanwhile is not continued
    stage.keep(lambda: stage.state.limiting == "other_driver", "the reason", stage.command)
    stage.neutral()
    stage.keep(stage.fast, "the brain driving", stage.command)


@pytest.mark.parametrize("topic", ["cmd_vel_joy", "cmd_vel_dashboard", "cmd_vel", "cmd_vel_nav"])
def test_S40_not_a_number_on_any_input_stops_and_is_counted(stage: MotorStage, topic: str) -> None:
    stage.command(0.0, topic)
    stage.driving()
    stage.keep(stage.stands, "a stop", partial(stage.command, math.nan, topic))
    assert stage.stays_still(0.5, stage.command)
    assert stage.process.poll() is None
    report = stage.report()
    assert int(report["commands_not_a_number"]) > 0


def test_S41_a_command_is_fresh_from_its_receipt_whatever_its_stamp_says(start: Start, tmp_path: Path) -> None:
    now = int(time.time())
    with MotorStage(start, tmp_path) as stage, Stamped() as brain:
        stage.armed()
        for stamp_s in (0, now - HOUR_S, now + HOUR_S, 2**31 - 1, now):
            stage.during(3 * PERIOD_S, partial(brain.send, stamp_s, 0.0))
            stage.keep(stage.fast, f"driving with the stamp {stamp_s}", partial(brain.send, stamp_s))
            stage.keep(stage.stands, f"a stop after the stamp {stamp_s}")  # nobody commands any more


@pytest.fixture
def jump_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[mmap.mmap]:
    """Seconds by which the system time of nodes that are started from now on is off: `jump_s[:] = pack("q", 3600)`."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs a C compiler and Linux, to give a process a system time of its own")
    library, told = tmp_path / "jumping_clock.so", tmp_path / "jump_s"
    source = Path(__file__).with_name("jumping_clock.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", str(source), "-o", str(library), "-ldl"], check=True)
    told.write_bytes(struct.pack("q", 0))
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("JUMP_FILE", str(told))
    with told.open("r+b") as file, mmap.mmap(file.fileno(), 8) as page:
        yield page


def test_S41_a_system_time_that_jumps_an_hour_stops_nothing_but_the_robot(
    jump_s: mmap.mmap, start: Start, tmp_path: Path
) -> None:
    with MotorStage(start, tmp_path) as stage:
        stage.driving()
        for hours in (1, -1, 0):
            stage.keep(stage.fast, "driving", stage.command)
            jump_s[:] = struct.pack("q", hours * HOUR_S)
            stage.during(0.6, stage.command)
            stage.keep(stage.fast, "driving on", stage.command)
            stage.stopped()  # nobody commands any more
            heard = stage.board._host_seq
            assert stage.stays_still()
            assert (stage.board._host_seq - heard) % 0x10000 > 10  # zeros kept coming
            stamp_s = stage.state.stamp.sec
            assert abs(stamp_s - time.time() - hours * HOUR_S) < HOUR_S / 2  # the time has jumped for that process


def test_S41_a_paused_clock_stops_neither_the_gate_nor_its_timeouts(start: Start, tmp_path: Path) -> None:
    with MotorStage(start, tmp_path, ros=("-p", "use_sim_time:=true")) as stage:
        clock = stage.listener.node.create_publisher(Clock, "/clock", 10)
        sim_time = Clock()
        sim_time.clock.sec = 100
        stage.keep(lambda: clock.get_subscription_count(), "the node on simulated time")
        clock.publish(sim_time)  # and no more: paused
        stage.driving()
        stage.stopped()
        heard = stage.board._host_seq
        assert stage.stays_still()
        assert (stage.board._host_seq - heard) % 0x10000 > 10  # zeros kept coming


def test_S41_a_clock_that_jumps_back_an_hour_stops_nothing_but_the_robot(start: Start, tmp_path: Path) -> None:
    with MotorStage(start, tmp_path, ros=("-p", "use_sim_time:=true")) as stage:
        clock = stage.listener.node.create_publisher(Clock, "/clock", 10)
        stage.keep(lambda: clock.get_subscription_count(), "the node on simulated time")
        for seconds in (3 * HOUR_S, 2 * HOUR_S, 4 * HOUR_S):
            sim_time = Clock()
            sim_time.clock.sec = seconds

            def jumped(sim_time: Clock = sim_time) -> None:
                clock.publish(sim_time)
                stage.command()

            stage.armed()
            stage.neutral()
            stage.keep(stage.fast, "driving", jumped)
            stage.keep(stage.stands, "a stop", partial(clock.publish, sim_time))


@pytest.mark.parametrize("before", ["driving", "standing"])
def test_S41_what_waited_while_the_process_was_stopped_is_not_obeyed(stage: MotorStage, before: str) -> None:
    stage.armed()
    stage.neutral()
    if before == "driving":
        stage.keep(stage.fast, "driving", stage.command)
    else:
        stage.during(1.0)
    stage.process.send_signal(signal.SIGSTOP)
    stage.keep(stage.stands, "the board's watchdog", stage.command)
    stage.during(1.5, stage.command)
    stage.plant.forget()
    stage.process.send_signal(signal.SIGCONT)  # the last command waits in its queue
    stage.keep(lambda: stage.state.mode == SafetyState.DISARMED, "disarmed")
    assert stage.plant.fastest_radps == 0.0
    assert stage.stays_still(2.0)
    stage.driving()


@pytest.mark.parametrize("choice", ["auto", "twist_stamped"])
def test_S42_a_publisher_of_stamped_velocities_drives(start: Start, tmp_path: Path, choice: str) -> None:
    with MotorStage(start, tmp_path, f"ros.cmd_vel_type={choice}") as stage, Stamped() as brain:
        stage.armed()
        stage.keep(stage.fast, "driving", partial(brain.send, 0))


def test_S42_each_input_has_the_type_of_its_own_publisher(start: Start, tmp_path: Path) -> None:
    with MotorStage(start, tmp_path) as stage, Stamped("cmd_vel_joy") as joystick:
        stage.driving()

        def both() -> None:
            stage.command()
            joystick.send(0, BACK_MPS)

        stage.keep(lambda: max(stage.plant.commanded_radps) < -1.0, "driving back", both)


def test_S42_both_types_on_one_topic_break_nothing_and_are_reported(stage: MotorStage) -> None:
    stage.driving()
    with Stamped() as other:

        def both() -> None:
            stage.command()
            other.send(0, BACK_MPS)

        def told() -> bool:
            return any("is not heard" in status.message for array in stage.reports for status in array.status)

        stage.keep(told, "the report", both)
        assert stage.process.poll() is None
        stage.keep(stage.fast, "the first one driving", both)


def test_S42_a_publisher_that_changes_its_type_is_heard_again(start: Start, tmp_path: Path) -> None:
    with MotorStage(start, tmp_path) as stage:
        with Stamped() as brain:
            stage.armed()
            stage.keep(stage.fast, "driving", partial(brain.send, 0))
        stage.keep(stage.stands, "a stop")
        stage.armed()
        stage.keep(stage.fast, "driving", stage.command)
