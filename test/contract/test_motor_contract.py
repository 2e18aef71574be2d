"""One list of promises, kept by three boards: the one in Python without a line, the same over a pseudo-terminal, and
the compiled firmware in simavr."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from motor_rig import FORWARD, LoopbackRig, Rig, SerialRig, SimavrRig

from bench.simavr import missing
from moe_robot.structs import Link, SafetyMode, Velocity

STILL = Velocity()


NO_SIMAVR = pytest.mark.skipif(bool(missing()), reason=missing() or "-")
RIGS = [LoopbackRig, SerialRig, pytest.param(SimavrRig, marks=NO_SIMAVR)]
each_board = pytest.mark.parametrize("kind", RIGS, ids=["loopback", "serial", "simavr"])


@pytest.fixture(params=RIGS, ids=["loopback", "serial", "simavr"])
def rig(request) -> Iterator[Rig]:
    rig = request.param()
    yield rig
    rig.close()


def test_the_link_comes_up_and_tells_the_battery(rig):
    rig.up()
    tick = rig.step()
    assert tick.base.battery.percent == pytest.approx(80.0, abs=1.5)
    assert tick.safety.mode is SafetyMode.DISARMED
    assert not tick.base.board_armed


def test_S1_nothing_turns_before_arming_whatever_is_commanded(rig):
    rig.up()
    assert rig.run(30, FORWARD).sent == STILL
    assert not rig.driven()


def test_S2_arming_moves_nothing_and_the_board_confirms_it(rig):
    rig.up()
    rig.run(5, FORWARD)
    assert rig.core.arm(rig.now_s()).ok
    rig.until(lambda tick: tick.base.board_armed)
    assert not rig.driven()


def test_S5_the_first_command_leaves_before_the_next_tick(rig):
    rig.armed()
    sent = rig.core.on_command(FORWARD, rig.now_s())
    assert sent is not None
    assert 0.0 < sent.linear_mps < FORWARD.linear_mps


def test_it_drives_as_told_and_the_odometry_follows_the_wheels(rig):
    rig.driving()
    tick = rig.until(lambda tick: tick.odom.x_m > 0.5, FORWARD)
    assert tick.sent.linear_mps == pytest.approx(0.3)
    assert tick.measured.linear_mps == pytest.approx(0.3, abs=0.01)
    assert abs(tick.odom.y_m) < 0.01
    turned = rig.until(lambda tick: abs(tick.odom.yaw_rad) > 0.5, Velocity(0.0, 0.8))
    assert turned.odom.yaw_rad > 0.0


def test_S4_when_commands_stop_zeros_are_streamed_and_the_boards_watchdog_stays_quiet(rig):
    rig.driving()
    rig.until(lambda tick: rig.standing())
    tick = rig.run(40)
    assert tick.sent == STILL
    assert tick.safety.mode is SafetyMode.ARMED
    rig.until(lambda tick: tick.base.board_armed)
    rig.until(lambda tick: not rig.standing(), FORWARD)


def test_S10_a_stop_is_on_the_wire_before_it_returns_and_latches_both_ends(rig):
    rig.driving()
    estop_id = rig.core.on_stop("стоп", rig.now_s(), "text")
    rig.until(lambda tick: tick.base.board_estop, FORWARD)
    assert rig.standing()
    rig.forget()
    tick = rig.run(20, FORWARD)
    assert not rig.driven()
    assert (tick.safety.mode, tick.safety.estop_id) == (SafetyMode.ESTOP, estop_id)
    assert tick.safety.causes[-1].source == "стоп"


def test_S12_stop_reset_arm_drive_and_nothing_moves_before_the_last(rig):
    rig.driving()
    estop_id = rig.core.on_stop("стоп", rig.now_s(), "text")
    rig.until(lambda tick: tick.base.board_estop)
    rig.forget()
    assert rig.core.reset(estop_id, rig.now_s()).reason == "not_neutral"
    rig.core.on_command(STILL, rig.now_s())
    assert rig.core.reset(estop_id, rig.now_s()).ok
    tick = rig.until(lambda tick: not tick.base.board_estop)
    assert tick.safety.mode is SafetyMode.DISARMED
    rig.run(10, FORWARD)
    assert not rig.driven()
    rig.driving()


def test_S11_a_reset_waits_until_the_board_says_that_it_is_stopped(rig):
    rig.armed()
    estop_id = rig.core.on_stop("стоп", rig.now_s(), "text")
    rig.core.on_command(STILL, rig.now_s())
    first = rig.core.reset(estop_id, rig.now_s())
    assert first.ok or first.reason == "board_pending"
    rig.until(lambda tick: tick.base.board_estop or first.ok)
    assert first.ok or rig.core.reset(estop_id, rig.now_s()).ok
    tick = rig.until(lambda tick: not tick.base.board_estop)
    assert tick.safety.mode is SafetyMode.DISARMED
    assert tick.safety.estop_id == estop_id


def test_S13_an_unplugged_line_stops_both_ends_and_a_replugged_one_stays_disarmed(rig):
    rig.driving()
    rig.unplug()
    tick = rig.until(lambda tick: tick.base.link is Link.LOST and rig.standing(), FORWARD)
    assert tick.sent == STILL
    assert tick.measured == STILL
    assert rig.core.arm(rig.now_s()).reason == "link_lost"
    rig.forget()
    rig.replug()
    rig.until(lambda tick: tick.base.link is Link.UP, FORWARD)
    tick = rig.run(30, FORWARD)
    assert tick.safety.mode is SafetyMode.DISARMED
    assert not rig.driven()
    rig.driving()


def test_S13_a_board_that_restarts_in_mid_drive_disarms_and_the_odometry_does_not_jump(rig):
    rig.driving()
    before = rig.until(lambda tick: tick.odom.x_m > 0.3, FORWARD)
    rig.reboot()
    tick = rig.until(lambda tick: tick.base.session > before.base.session and tick.base.link is Link.UP, FORWARD)
    rig.forget()
    tick = rig.run(20, FORWARD)
    assert tick.safety.mode is SafetyMode.DISARMED
    assert not rig.driven()
    assert tick.odom.x_m == pytest.approx(before.odom.x_m, abs=0.1)
    assert tick.diagnostics["board_restarts"] == 1


def test_S15_closing_stops_and_disarms_the_board_without_waiting_for_its_watchdog(rig):
    rig.driving()
    rig.core.close()
    rig.wait_until(rig.standing)
    board, trips = rig.board_says()
    assert not board.armed
    assert trips == 0


def test_S15_an_exception_on_the_way_out_stops_too(rig):
    rig.driving()
    with pytest.raises(RuntimeError, match="brain fell over"), rig.core:
        raise RuntimeError("brain fell over")
    rig.wait_until(rig.standing)
    rig.core.close()


def test_S19_the_button_is_an_estop_of_the_gate_that_cannot_be_reset_while_pressed(rig):
    rig.driving()
    rig.press_button(True)
    rig.wait_until(rig.standing)
    tick = rig.until(lambda tick: tick.safety.mode is SafetyMode.ESTOP, FORWARD)
    assert ("hardware", "button") in [(c.kind, c.source) for c in tick.safety.causes]
    rig.core.on_command(STILL, rig.now_s())
    assert rig.core.reset(tick.safety.estop_id, rig.now_s()).reason == "cause_present"
    rig.press_button(False)
    rig.until(lambda tick: all(cause.cleared for cause in tick.safety.causes))
    assert rig.core.reset(tick.safety.estop_id, rig.now_s()).ok
    rig.until(lambda tick: not tick.base.board_estop)
    rig.driving()


def test_S19_a_board_that_is_already_stopped_when_the_host_comes_is_an_estop(rig):
    rig.up()
    rig.press_button(True)
    rig.pass_time(0.1)
    rig.press_button(False)
    tick = rig.until(lambda tick: tick.safety.mode is SafetyMode.ESTOP and not tick.base.estop_button)
    assert not rig.core.arm(rig.now_s()).ok
    rig.core.on_command(STILL, rig.now_s())
    assert rig.core.reset(tick.safety.estop_id, rig.now_s()).ok
    rig.until(lambda tick: not tick.base.board_estop)
    assert rig.core.arm(rig.now_s()).ok


def test_S20_a_flood_of_noise_does_not_end_a_drive(rig):
    rig.driving()
    rng = np.random.default_rng(5)
    for _ in range(50):
        rig.noise(rng.integers(0, 256, 2000, dtype=np.uint8).tobytes())
        tick = rig.step(FORWARD)
    tick = rig.until(lambda tick: min(tick.sent.linear_mps, tick.measured.linear_mps) > 0.299, FORWARD)
    assert tick.safety.mode is SafetyMode.ARMED
    assert sum(n for name, n in tick.base.counters.items() if name.startswith("host_")) > 0


def test_S17_commands_that_come_but_never_a_tick_leave_the_wheels_to_the_watchdog(rig):
    rig.driving()
    rig.wait_until(rig.standing, meanwhile=lambda: rig.core.on_command(FORWARD, rig.now_s()))
    rig.until(lambda tick: tick.base.board_armed and not rig.standing(), FORWARD)


def test_S19_a_motor_fault_stops_both_ends_and_cannot_be_reset_while_present(rig):
    rig.driving()
    rig.break_motor(True)
    tick = rig.until(lambda tick: tick.base.motor_fault and tick.safety.mode is SafetyMode.ESTOP, FORWARD)
    assert tick.base.board_estop
    assert rig.standing()
    rig.core.on_command(STILL, rig.now_s())
    rig.core.reset(tick.safety.estop_id, rig.now_s())
    rig.forget()
    tick = rig.run(30)
    assert tick.base.board_estop
    rig.break_motor(False)
    tick = rig.until(lambda tick: not tick.base.motor_fault)
    assert not rig.driven()
    if tick.safety.mode is SafetyMode.ESTOP:
        assert rig.core.reset(tick.safety.estop_id, rig.now_s()).ok
    rig.until(lambda tick: not tick.base.board_estop)
    rig.driving()


def test_the_greeting_tells_the_boards_limits_and_telemetry_the_motors(rig):
    rig.driving()
    state = rig.step(FORWARD).base
    assert (state.max_wheel_radps, state.max_accel_radps2, state.firmware) == (30.0, 80.0, 2)
    assert state.board_uptime_s > 0.0
    assert all(0.0 <= current < 1.0 for current in state.motor_currents_a)


@each_board
def test_S18_a_board_with_other_encoders_is_never_driven_and_the_reason_is_told(kind):
    rig = kind(ticks_per_rev=1024)
    try:
        tick = rig.until(lambda tick: tick.base.fault)
        assert tick.base.fault.startswith("ticks_per_rev: expected 1024 as in the URDF, found 1320")
        tick = rig.run(30, FORWARD)
        assert tick.base.link is Link.LOST
        assert not rig.driven()
    finally:
        rig.close()
