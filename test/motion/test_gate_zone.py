"""The rules S7 - S9 of docs/safety.md at the gate itself: no scan, no motion; obstacles stop and slow."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from gate_rig import (
    BACKWARD,
    CFG,
    FORWARD,
    LEFT,
    MODEL,
    NOTHING,
    PERIOD_S,
    armed_gate,
    box,
    limiting,
    run,
    scan_of,
)

from moe_robot.motion.gate import SafetyGate
from moe_robot.motion.limits import STILL
from moe_robot.structs import Pose, Scan, Velocity

NAN, INF = math.nan, math.inf


def test_S7_without_a_scan_nothing_moves():
    gate = SafetyGate(CFG, MODEL)
    gate.link(True, 0.0)
    assert gate.arm(0.0).ok
    for wish in (FORWARD, BACKWARD, LEFT):
        gate.command(wish, 0.0)
        assert gate.output(0.0) == STILL
        assert limiting(gate) == "no_scan"


def test_S7_a_stale_scan_stops_at_once():
    gate = armed_gate()
    _, now_s = run(gate, FORWARD, 1.0, 0.0)
    late_s = now_s + CFG.scan_timeout_s + 0.01
    gate.command(FORWARD, late_s)
    assert gate.output(late_s) == STILL
    assert limiting(gate) == "no_scan"


def test_S7_a_driver_that_repeats_the_same_stamped_scan_counts_as_silent():
    gate = armed_gate()
    frozen, now_s = scan_of(NOTHING), 0.0
    outputs = []
    for _ in range(60):
        now_s += PERIOD_S
        gate.scan(frozen, now_s)
        gate.command(FORWARD, now_s)
        outputs.append(gate.output(now_s))
    assert outputs[0] != STILL
    assert outputs[-1] == STILL
    assert gate.counters["repeated_scan"] > 0


def _scan(ranges, minimum=-math.pi, increment=2 * math.pi / 360):
    return Scan(np.asarray(ranges, np.float32), minimum, increment, 0.05, 12.0, 1e6)


@pytest.mark.parametrize(
    "bad",
    [
        _scan(np.full(360, NAN)),
        _scan(np.zeros(360)),
        _scan(np.r_[np.full(100, NAN), np.full(260, INF)]),
        _scan([]),
        _scan(np.full((2, 180), INF)),
        _scan(np.full(360, INF), minimum=NAN),
        _scan(np.full(360, INF), increment=0.0),
    ],
    ids=["nan", "zeros", "a quarter blind", "empty", "two rows", "no angle", "no step"],
)
def test_S7_a_scan_that_cannot_be_trusted_is_no_scan(bad):
    gate = SafetyGate(CFG, MODEL)
    gate.link(True, 0.0)
    gate.arm(0.0)
    gate.scan(bad, 0.0)
    gate.command(FORWARD, 0.0)
    assert gate.output(0.0) == STILL
    assert limiting(gate) == "no_scan"
    assert gate.counters["bad_scan"] == 1


def test_S8_an_obstacle_ahead_stops_and_backing_away_is_free():
    ahead = box(0.18 + 0.05 + 0.1, 0.0)
    gate = armed_gate(segments=ahead)
    assert run(gate, FORWARD, 0.5, 0.0, ahead)[0] == STILL
    assert limiting(gate) == "obstacle"
    assert run(gate, BACKWARD, 1.0, 1.0, ahead)[0] == BACKWARD


def test_S8_an_obstacle_behind_stops_backing_and_forward_is_free():
    behind = box(-0.33, 0.0)
    gate = armed_gate(segments=behind)
    assert run(gate, BACKWARD, 0.5, 0.0, behind)[0] == STILL
    assert run(gate, FORWARD, 1.0, 1.0, behind)[0] == FORWARD


def test_S8_turning_next_to_a_wall_is_free_while_the_robots_circle_is():
    wall = [(0.20, -2.0, 0.20, 2.0)]
    gate = armed_gate(segments=wall)
    assert run(gate, LEFT, 1.0, 0.0, wall)[0] == LEFT


def test_S8_turning_stops_while_something_reaches_into_the_robots_circle():
    inside = [(0.12, -0.05, 0.12, 0.05)]
    gate = armed_gate(segments=inside)
    assert run(gate, LEFT, 0.5, 0.0, inside)[0] == STILL
    assert limiting(gate) == "obstacle"
    assert run(gate, BACKWARD, 1.0, 1.0, inside)[0] == BACKWARD


def test_S8_in_front_of_an_obstacle_an_arc_becomes_a_turn_on_the_spot():
    ahead = box(0.30, 0.0, 0.05)
    output, _ = run(armed_gate(segments=ahead), Velocity(0.3, 1.0), 1.0, 0.0, ahead)
    assert output.linear_mps == 0.0
    assert output.angular_radps == pytest.approx(1.0)


def test_S8_an_arc_is_checked_along_itself_not_straight_ahead():
    """A box straight ahead is off a tight left curve; one on the curve stops it, though nothing is ahead."""
    curve = Velocity(0.4, 1.0)  # about a centre 0.4 m to the left
    straight_ahead, on_curve = box(0.80, -0.05, 0.05), box(0.30, 0.31, 0.05)
    assert run(armed_gate(segments=straight_ahead), curve, 1.0, 0.0, straight_ahead)[0] == curve
    gate = armed_gate(segments=on_curve)
    assert abs(run(gate, curve, 1.0, 0.0, on_curve)[0].linear_mps) < 0.3
    assert run(gate, FORWARD, 1.0, 1.0, on_curve)[0] == FORWARD


@pytest.mark.parametrize("width_m", [0.9, 1.0])
@pytest.mark.parametrize("offset_m", [-0.15, 0.0, 0.15])
@pytest.mark.parametrize("heading_deg", [-8.0, 0.0, 8.0])
def test_S8_driving_through_a_door_is_not_stopped(width_m, offset_m, heading_deg):
    half, rng = width_m / 2, np.random.default_rng(1)
    door = [
        (1.0, half, 1.0, 3.0),
        (1.1, half, 1.1, 3.0),
        (1.0, half, 1.1, half),
        (1.0, -half, 1.0, -3.0),
        (1.1, -half, 1.1, -3.0),
        (1.0, -half, 1.1, -half),
    ]
    yaw = math.radians(heading_deg)
    x, y = 0.0, offset_m - 1.05 * math.tan(yaw)
    gate, now_s = armed_gate(), 0.0
    for _ in range(600):
        now_s += PERIOD_S
        gate.scan(scan_of(door, Pose(x, y, yaw), rng), now_s)
        gate.command(Velocity(0.4, 0.0), now_s)
        v = gate.output(now_s).linear_mps
        x, y = x + v * PERIOD_S * math.cos(yaw), y + v * PERIOD_S * math.sin(yaw)
    assert x > 1.6


def test_S8_driving_along_a_wall_at_the_planners_distance_is_not_slowed():
    wall = [(-3.0, 0.25, 3.0, 0.25)]
    assert run(armed_gate(segments=wall), FORWARD, 1.0, 0.0, wall)[0] == FORWARD


def test_S8_a_ray_too_close_to_measure_is_an_obstacle_not_free():
    ranges = np.full(360, INF)
    ranges[170:190] = 0.02  # straight ahead, below range_min
    gate = armed_gate()
    for i in range(20):
        gate.scan(Scan(ranges.astype(np.float32), -math.pi, 2 * math.pi / 360, 0.05, 12.0, 10.0 + i), i * PERIOD_S)
        gate.command(FORWARD, i * PERIOD_S)
        assert gate.output(i * PERIOD_S) == STILL


def test_S8_a_lidar_that_does_not_look_back_does_not_allow_backing():
    front = Scan(np.full(180, INF, np.float32), -math.pi / 2, math.pi / 180, 0.05, 12.0, 1e6)
    gate = armed_gate()
    gate.scan(front, 0.0)
    gate.command(BACKWARD, 0.0)
    assert gate.output(0.0) == STILL
    gate.command(FORWARD, 0.0)
    assert gate.output(0.0).linear_mps > 0.0


def test_S8_a_wall_never_comes_closer_than_the_stop_distance_allows():
    wall, x, now_s, gate = [(2.0, -3.0, 2.0, 3.0)], 0.0, 0.0, armed_gate()
    stale = scan_of(wall)
    for step in range(1000):
        now_s += PERIOD_S
        if step % 5 == 0:  # a lidar of 10 Hz
            stale = scan_of(wall, Pose(x, 0.0, 0.0))
            gate.scan(stale, now_s)
        gate.command(Velocity(0.5, 0.0), now_s)
        x += gate.output(now_s).linear_mps * PERIOD_S
    clearance_m = 2.0 - x - MODEL.radius_m
    assert CFG.zone_stop_m - 0.02 <= clearance_m <= CFG.zone_stop_m + CFG.zone_side_m + 0.02


@pytest.mark.parametrize("scan_every", [10, 22])
def test_S8_what_was_driven_since_a_scan_counts_however_slow_the_lidar(scan_every):
    short_zone = dataclasses.replace(CFG, zone_slow_m=0.2)
    wall, x, now_s, gate = [(2.0, -3.0, 2.0, 3.0)], 0.0, 0.0, armed_gate(cfg=short_zone)
    for step in range(1000):
        now_s += PERIOD_S
        if step % scan_every == 0:
            gate.scan(scan_of(wall, Pose(x, 0.0, 0.0)), now_s)
        gate.command(Velocity(0.5, 0.0), now_s)
        x += gate.output(now_s).linear_mps * PERIOD_S
        assert 2.0 - x - MODEL.radius_m >= CFG.zone_stop_m - 0.02
    assert 2.0 - x - MODEL.radius_m <= CFG.zone_stop_m + CFG.zone_side_m + 0.02


def test_S8_backing_away_from_an_obstacle_is_not_held_by_an_old_scan():
    ahead, gate, now_s = box(0.40, 0.0), armed_gate(), 0.0
    gate.scan(scan_of(ahead), now_s)
    for _ in range(20):
        now_s += PERIOD_S
        gate.command(BACKWARD, now_s)
        output = gate.output(now_s)
    assert output.linear_mps < -0.1


def test_S9_an_obstacle_ahead_slows_in_proportion_and_keeps_the_path():
    near, far = box(0.18 + 0.16 + 0.1, 0.0), box(0.18 + 0.30 + 0.1, 0.0)
    close, _ = run(armed_gate(segments=near), Velocity(0.5, 0.1), 2.0, 0.0, near)
    farther, _ = run(armed_gate(segments=far), Velocity(0.5, 0.1), 2.0, 0.0, far)
    assert 0.0 < close.linear_mps < farther.linear_mps < 0.5
    assert close.angular_radps / close.linear_mps == pytest.approx(0.2, rel=0.05)


def test_S9_the_slow_zone_is_named_and_ends_beyond_its_distance():
    near, far = box(0.5, 0.0), box(0.18 + CFG.zone_slow_m + 0.2, 0.0)
    gate = armed_gate(segments=near)
    run(gate, Velocity(0.5, 0.0), 2.0, 0.0, near)
    assert limiting(gate) == "slow_zone"
    assert run(armed_gate(segments=far), Velocity(0.5, 0.0), 2.0, 0.0, far)[0].linear_mps == 0.5
