"""What a base with the text firmware does promise, in simulated time and over a pseudo-terminal with pyserial.

The list follows test_motor_contract.py; what that firmware cannot promise is said by the base itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from motor_rig import FORWARD, WHEEL_RADPS, Rig
from text_rig import TextLoopbackRig, TextSerialRig

from moe_robot.config import load_config
from moe_robot.lockstep import LockstepRobot
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Link, SafetyMode, Velocity

STILL = Velocity()
ONE_TICK_RADPS = 0.15  # of the PID period of 33 ms, with 1320 ticks a turn


@pytest.fixture(params=[TextLoopbackRig, TextSerialRig], ids=["loopback", "serial"])
def rig(request) -> Iterator[Rig]:
    rig = request.param()
    yield rig
    rig.close()


def drive(rig: Rig) -> None:
    rig.armed()
    rig.until(lambda _: min(rig.plant.commanded_radps) > WHEEL_RADPS - 2 * ONE_TICK_RADPS, FORWARD)


def test_S50_the_base_says_what_it_cannot_promise(rig):
    rig.up()
    base = rig.step().base
    assert [word for word in ("CRC", "2 s", "e-stop", "battery") if not any(word in c for c in base.caveats)] == []
    assert np.isnan(base.battery.percent)
    assert base.imu is None


def test_S51_nothing_turns_before_arming_whatever_is_commanded(rig):
    rig.up()
    assert rig.run(30, FORWARD).sent == STILL
    assert rig.plant.fastest_radps == 0.0


def test_S51_arming_moves_nothing_and_waits_until_the_board_took_a_zero(rig):
    rig.up()
    rig.run(5, FORWARD)
    assert rig.core.arm(rig.now_s()).ok
    rig.until(lambda tick: tick.base.board_armed)
    assert rig.plant.fastest_radps == 0.0


def test_it_drives_as_told_and_the_odometry_follows_the_wheels(rig):
    drive(rig)
    tick = rig.until(lambda tick: tick.odom.x_m > 0.5, FORWARD)
    assert tick.measured.linear_mps == pytest.approx(0.3, abs=0.03)
    assert abs(tick.odom.y_m) < 5e-3
    turned = rig.until(lambda tick: abs(tick.odom.yaw_rad) > 0.5, Velocity(0.0, 0.8))
    assert turned.odom.yaw_rad > 0.0


def test_S52_when_commands_stop_zeros_are_streamed_and_the_board_never_has_to_stop_itself(rig):
    drive(rig)
    rig.until(lambda tick: rig.standing())
    commands = rig.board.commands
    tick = rig.run(40)
    assert tick.sent == STILL
    assert tick.safety.mode is SafetyMode.ARMED
    assert rig.board.commands - commands > 40
    assert rig.board.auto_stops == 0
    drive(rig)


def test_S53_an_estop_is_emulated_latched_and_needs_the_wheels_to_stand(rig):
    drive(rig)
    estop_id = rig.core.on_stop("стоп", rig.now_s(), "text")
    assert not rig.core.reset(estop_id, rig.now_s()).ok
    rig.until(lambda tick: rig.standing(), FORWARD)
    rig.until(lambda tick: tick.base.board_estop, FORWARD)
    rig.plant.forget()
    tick = rig.run(20, FORWARD)
    assert rig.plant.fastest_radps == 0.0
    assert (tick.safety.mode, tick.safety.estop_id) == (SafetyMode.ESTOP, estop_id)
    rig.core.on_command(STILL, rig.now_s())
    assert rig.core.reset(estop_id, rig.now_s()).ok
    tick = rig.until(lambda tick: not tick.base.board_estop)
    assert tick.safety.mode is SafetyMode.DISARMED
    rig.run(10, FORWARD)
    assert rig.plant.fastest_radps == 0.0
    drive(rig)


def test_S52_an_unplugged_line_is_stopped_by_the_board_after_two_seconds_and_comes_back_disarmed(rig):
    drive(rig)
    rig.unplug()
    tick = rig.until(lambda tick: tick.base.link is Link.LOST, FORWARD)
    assert tick.sent == STILL
    assert not rig.standing()
    rig.until(lambda tick: rig.standing(), FORWARD)
    rig.plant.forget()
    rig.replug()
    rig.until(lambda tick: tick.base.link is Link.UP, FORWARD)
    tick = rig.run(30, FORWARD)
    assert tick.safety.mode is SafetyMode.DISARMED
    assert rig.plant.fastest_radps == 0.0
    drive(rig)


def test_S54_a_board_that_resets_in_mid_drive_disarms_and_the_odometry_does_not_jump(rig):
    drive(rig)
    before = rig.until(lambda tick: tick.odom.x_m > 0.3, FORWARD)
    rig.on_board(lambda: rig.board.reboot(rig.now_s()))
    rig.plant.forget()
    tick = rig.until(lambda tick: tick.base.session > before.base.session and tick.base.link is Link.UP, FORWARD)
    tick = rig.run(20, FORWARD)
    assert tick.safety.mode is SafetyMode.DISARMED
    assert rig.plant.fastest_radps == 0.0
    assert tick.odom.x_m == pytest.approx(before.odom.x_m, abs=0.1)


def test_S15_closing_sends_zeros_and_does_not_leave_it_to_the_auto_stop(rig):
    drive(rig)
    rig.core.close()
    deadline_s = rig.now_s() + 20.0
    while not rig.standing() and rig.now_s() < deadline_s:
        rig.pass_time(0.005)
        rig.on_board(lambda: rig.board.tick(rig.now_s()))
    assert rig.standing()
    assert rig.board.auto_stops == 0


def test_S55_a_flood_of_noise_makes_no_command_and_does_not_fool_the_host(rig):
    drive(rig)
    rng = np.random.default_rng(5)
    for _ in range(50):
        rig.noise(rng.integers(0, 256, 2000, dtype=np.uint8).tobytes())
        tick = rig.step(FORWARD)
        assert abs(tick.odom.x_m) < 5.0
    assert sum(n for name, n in tick.base.counters.items() if name.startswith("host_")) > 0
    rig.until(lambda tick: tick.base.link is Link.UP)


def test_the_whole_robot_drives_a_metre_with_this_firmware_as_it_does_with_ours():
    robot = LockstepRobot(load_config(overrides={"hardware.protocol": "ros_arduino"}), load_world("flat"), seed=1)
    try:
        assert robot.settle() == ""
        run = robot.command("проедь вперёд на метр", "ru")
        assert run.outcome == "done"
        moved_m = math.dist((run.before.pose.x_m, run.before.pose.y_m), (run.after.pose.x_m, run.after.pose.y_m))
        assert moved_m == pytest.approx(1.0, abs=0.05)
    finally:
        robot.close()


@pytest.mark.parametrize(("follows", "kind"), [((0.0, 0.0), "stall"), ((-1.0, -1.0), "runaway")])
def test_S24_held_and_runaway_wheels_are_noticed_by_their_counts_alone(rig, follows, kind):
    drive(rig)
    rig.plant.follows = follows
    tick = rig.until(lambda tick: tick.safety.mode is SafetyMode.ESTOP, FORWARD)
    assert [cause.kind for cause in tick.safety.causes] == [kind]
    rig.until(lambda _: rig.standing(), FORWARD)


@pytest.mark.parametrize(
    "slow", [Velocity(v, w) for v, w in ((0.003, 0), (0.01, 0), (0.03, 0), (0, 0.03), (0, -0.2), (-0.02, 0.1))], ids=str
)
def test_S31_a_robot_that_goes_in_steps_of_a_tick_is_in_order(slow):
    rig = TextLoopbackRig()
    rig.armed()
    tick = rig.run(500, slow)
    assert (tick.safety.mode, tick.diagnostics["wrong"]) == (SafetyMode.ARMED, "")
    assert rig.plant.fastest_radps > 0.0
    rig.close()
