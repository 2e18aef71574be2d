"""Acceleration, jerk and the hard stop, at the arithmetic itself: every axis, every history, every step of time."""

from __future__ import annotations

import dataclasses
import itertools
import math

import pytest
from gate_rig import CFG, NOTHING, PERIOD_S, armed_gate, scan_of
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moe_robot.motion.limits import (
    AT_REST,
    STILL,
    AxisLimits,
    Motion,
    Slew,
    angular_limits,
    clamp,
    is_finite,
    linear_limits,
    step,
)
from moe_robot.structs import Velocity

LINEAR, ANGULAR = linear_limits(CFG), angular_limits(CFG)
SLACK = 1e-6
relaxed = settings(max_examples=200, deadline=None)

limits = st.one_of(
    st.sampled_from([LINEAR, ANGULAR]),
    st.builds(
        lambda accel, hard, more, jerk: AxisLimits(accel, hard + more, hard, jerk),
        st.floats(0.05, 10.0),
        st.floats(0.1, 10.0),
        st.floats(0.0, 10.0),
        st.floats(0.5, 200.0),
    ),
)
goals = st.one_of(st.just(0.0), st.just(-0.0), st.floats(-1.0, 1.0), st.sampled_from([0.5, -0.5, 1e-300, -1e-12]))
times = st.one_of(st.floats(1e-4, 0.1), st.just(0.02), st.just(0.0), st.just(1e-9))
histories = st.lists(st.tuples(goals, st.integers(1, 40), times), min_size=1, max_size=8)


def drive(history, lim: AxisLimits) -> list[tuple[Motion, Motion, float, float]]:
    """(before, after, goal, seconds) of every step of a history of goals, each held for some steps."""
    motion, steps = AT_REST, []
    for goal, count, seconds in history:
        for _ in range(count):
            after = step(motion, goal, seconds, lim)
            steps.append((motion, after, goal, seconds))
            motion = after
    return steps


def turned_round(before: float, after: float) -> bool:
    """Not by their product: that of small speeds is zero."""
    return before < 0.0 < after or after < 0.0 < before


def along(before: Motion, after: Motion) -> tuple[float, float] | None:
    """Speeds in the direction of travel, None where the direction changes."""
    if turned_round(before.speed, after.speed):
        return None
    sign = math.copysign(1.0, before.speed or after.speed)
    return sign * before.speed, sign * after.speed


@relaxed
@given(histories, limits)
@example([(0.5, 40, 0.02), (0.3, 1, 0.02), (0.5, 3, 0.02), (-0.5, 40, 0.02)], LINEAR)
def test_S5_no_step_speeds_up_or_brakes_by_more_than_its_limit(history, lim):
    for before, after, _, seconds in drive(history, lim):
        if seconds == 0.0:
            assert after.speed == before.speed or abs(after.speed - before.speed) <= SLACK
            continue
        speeds = along(before, after)
        if speeds is None:  # through zero: what was braked and what was speeded up share the time
            assert abs(before.speed) / lim.decel + abs(after.speed) / lim.accel <= seconds + SLACK
        else:
            assert -lim.decel * seconds - SLACK <= speeds[1] - speeds[0] <= lim.accel * seconds + SLACK


@relaxed
@given(histories, limits)
@example([(5e-324, 1, 0.02), (-1.0, 2, 0.02)], LINEAR)
def test_S21_an_acceleration_grows_no_faster_than_the_jerk_limit_and_ends_at_once_only_to_brake(history, lim):
    """Of two steps: the mean acceleration rises by the jerk times the time between their middles, from no less than
    zero; it falls by as much, or down to the hard stop."""
    for (a0, a1, _, dt0), (b0, b1, _, dt1) in itertools.pairwise(drive(history, lim)):
        first, second = along(a0, a1), along(b0, b1)
        if first is None or second is None or min(dt0, dt1) < 1e-4 or a1.speed == 0.0:
            continue
        mean = [(to - start) / dt for (start, to), dt in ((first, dt0), (second, dt1))]
        allowed = lim.jerk * (dt0 + dt1) / 2.0 + SLACK / min(dt0, dt1)
        assert mean[1] <= max(mean[0], 0.0) + allowed
        assert mean[1] >= min(mean[0], -lim.hard_stop) - allowed


@relaxed
@given(st.floats(0.01, 1.0), st.sampled_from([0.005, 0.01, 0.02, 0.05]), limits)
def test_S21_on_the_way_to_one_goal_the_jerk_limit_holds_both_ways(goal, seconds, lim):
    motion, accelerations = AT_REST, [0.0]
    for _ in range(20_000):
        after = step(motion, goal, seconds, lim)
        accelerations.append((after.speed - motion.speed) / seconds)
        motion = after
        if motion == Motion(goal):
            break
    assert motion == Motion(goal)
    accelerations.append(0.0)
    changes = [abs(b - a) for a, b in itertools.pairwise(accelerations)]
    assert max(changes) <= lim.jerk * seconds + SLACK / seconds


@relaxed
@given(histories, limits)
@example([(1.0, 40, 0.02), (0.0, 40, 0.001)], LINEAR)
def test_S22_braking_is_at_once_at_least_the_hard_stop(history, lim):
    for before, after, goal, seconds in drive(history, lim):
        sign = math.copysign(1.0, before.speed)
        target = max(sign * goal, 0.0)
        if before.speed != 0.0 and target < sign * before.speed:
            assert sign * after.speed <= max(target, sign * before.speed - lim.hard_stop * seconds) + SLACK


@relaxed
@given(st.floats(0.01, 1.0), st.floats(0.0, 10.0), st.sampled_from([0.005, 0.02, 0.1]), limits)
def test_S22_a_commanded_stop_is_never_longer_nor_farther_than_the_hard_stop(speed, acceleration, seconds, lim):
    motion, way, elapsed = Motion(speed, min(acceleration, lim.accel)), 0.0, 0.0
    while motion.speed > 0.0:
        after = step(motion, 0.0, seconds, lim)
        way += (motion.speed + after.speed) / 2.0 * seconds
        motion, elapsed = after, elapsed + seconds
    assert elapsed <= speed / lim.hard_stop + seconds + SLACK
    assert way <= speed**2 / (2.0 * lim.hard_stop) + lim.hard_stop * seconds**2 + SLACK


@relaxed
@given(histories, limits)
def test_S23_no_goal_is_overshot_and_a_stop_never_swings_back(history, lim):
    for before, after, goal, _ in drive(history, lim):
        assert min(before.speed, goal, 0.0) - 1e-12 <= after.speed <= max(before.speed, goal, 0.0) + 1e-12
        assert abs(after.speed - goal) <= abs(before.speed - goal) + 1e-12
        if goal == 0.0:
            assert after.speed * before.speed >= 0.0


@relaxed
@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), limits)
def test_S23_every_goal_is_reached_exactly(start, goal, lim):
    motion = Motion(start)
    for _ in range(5_000):
        motion = step(motion, goal, PERIOD_S, lim)
        if motion == Motion(goal):
            return
    assert motion.speed == pytest.approx(goal, abs=1e-9)


@pytest.mark.parametrize("rate_hz", [20.0, 50.0, 200.0])
@pytest.mark.parametrize("jerk", [0.5, 8.0])
def test_S23_a_wire_that_rounds_cannot_hold_a_ramp_at_zero(rate_hz, jerk):
    """The hole of smoothers that go on from what a dead band left over: here the first steps are below one mrad/s."""
    cfg = dataclasses.replace(CFG, rate_hz=rate_hz, max_linear_jerk_mps3=jerk)
    slew, rounding, wheel_m = Slew(cfg), Velocity(0.002, 0.02), 0.05
    for _ in range(round(10.0 * rate_hz)):
        velocity = slew.step(Velocity(0.3, 0.0), 1.0 / rate_hz)
        slew.restart(Velocity(round(velocity.linear_mps / wheel_m, 3) * wheel_m, 0.0), rounding)
    assert slew.velocity.linear_mps == pytest.approx(0.3, abs=1e-4)


def test_S21_a_set_point_that_was_not_taken_starts_the_ramp_anew():
    slew = Slew(CFG)
    for _ in range(20):
        slew.step(Velocity(0.3, 1.0), PERIOD_S)
    slew.restart(STILL)
    first = slew.step(Velocity(0.3, 1.0), PERIOD_S)
    assert first.linear_mps == pytest.approx(CFG.max_linear_jerk_mps3 * PERIOD_S**2 / 2.0)
    assert first.angular_radps == pytest.approx(CFG.max_angular_jerk_radps3 * PERIOD_S**2 / 2.0)


def test_S22_a_hard_stop_above_the_deceleration_is_what_brakes():
    cfg = dataclasses.replace(CFG, hard_stop_mps2=5.0, max_linear_decel_mps2=1.0)
    slew = Slew(cfg)
    slew.restart(Velocity(0.5, 0.0))
    assert slew.step(STILL, 0.02).linear_mps == pytest.approx(0.5 - 5.0 * 0.02)


@relaxed
@given(st.builds(Velocity, st.floats(), st.floats()))
@example(Velocity(1e308, -1e308))
@example(Velocity(-0.0, 5e-324))
def test_S3_clamping_is_inside_the_limits_for_every_finite_velocity(velocity):
    if is_finite(velocity):
        held = clamp(velocity, CFG)
        assert abs(held.linear_mps) <= CFG.max_linear_mps * (1 + 1e-9)
        assert abs(held.angular_radps) <= CFG.max_angular_radps * (1 + 1e-9)


@pytest.mark.parametrize("takes_every", [2, 3])
def test_S23_a_line_that_is_full_now_and_then_does_not_hold_a_ramp_back(takes_every):
    """What is in force then is the set point before; the limits count the time since that one."""
    gate, now_s, in_force, accelerations = armed_gate(), 0.0, STILL, [0.0]
    taken_s = now_s
    for i in range(75):
        now_s += PERIOD_S
        gate.scan(scan_of(NOTHING, rays=36), now_s)
        gate.command(Velocity(0.5, 0.0), now_s)
        output = gate.output(now_s)
        if i % takes_every == 0:
            accelerations.append((output.linear_mps - in_force.linear_mps) / (now_s - taken_s))
            in_force, taken_s = output, now_s
        gate.sent(in_force)
    assert in_force.linear_mps == pytest.approx(0.5)
    assert max(accelerations) <= CFG.max_linear_accel_mps2 + SLACK
    most = CFG.max_linear_jerk_mps3 * takes_every * PERIOD_S + SLACK
    assert max(b - a for a, b in itertools.pairwise(accelerations)) <= most


def test_S5_a_stop_that_the_line_did_not_take_is_sent_again_and_ramps_from_what_is_in_force():
    gate, now_s = armed_gate(), 0.0
    for _ in range(60):
        now_s += PERIOD_S
        gate.scan(scan_of(NOTHING, rays=36), now_s)
        gate.command(Velocity(0.5, 0.0), now_s)
        output = gate.output(now_s)
        gate.sent(output)
    gate.forget_command()
    assert gate.output(now_s + PERIOD_S) == STILL
    gate.sent(output)  # the line was full
    assert gate.output(now_s + 2 * PERIOD_S) == STILL


def test_S5_a_board_that_is_slow_to_arm_does_not_get_a_jump():
    """It answers zero until it is armed; then the ramp begins, however long that took."""
    gate, now_s = armed_gate(), 0.0
    for _ in range(50):
        now_s += PERIOD_S
        gate.scan(scan_of(NOTHING, rays=36), now_s)
        gate.command(Velocity(0.5, 0.0), now_s)
        output = gate.output(now_s)
        gate.sent(STILL)
        assert output.linear_mps <= CFG.max_linear_jerk_mps3 * (2.0 * PERIOD_S) ** 2 / 2.0 + SLACK
