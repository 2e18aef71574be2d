"""The free path of a velocity against points, checked against driving the circle there in small steps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gate_rig import CFG, box, scan_of
from hypothesis import given, settings
from hypothesis import strategies as st

from moe_robot.motion.kinematics import moved
from moe_robot.motion.zone import FREE_M, Points, free_path_m, in_contact, points_of, speed_limit_mps
from moe_robot.robot_model import Mount
from moe_robot.structs import Pose, Velocity

RADIUS_M = 0.2


def points(*xy) -> Points:
    return Points(np.array(xy, dtype=np.float64).reshape(-1, 2), None)


def driven_m(xy: tuple[float, float], velocity: Velocity, longest_m: float) -> float:
    """Metres until the circle touches the point, by driving in steps of 1 mm."""
    pose, step_m = Pose(0.0, 0.0, 0.0), 0.001
    turn = velocity.angular_radps / abs(velocity.linear_mps) * step_m
    for i in range(int(longest_m / step_m)):
        if math.hypot(xy[0] - pose.x_m, xy[1] - pose.y_m) < RADIUS_M:
            return i * step_m
        pose = moved(pose, math.copysign(step_m, velocity.linear_mps), turn)
    return FREE_M


@settings(max_examples=200, deadline=None)
@given(
    st.floats(-1.0, 1.0),
    st.floats(-1.0, 1.0),
    st.sampled_from([-0.4, -0.1, 0.1, 0.4]),
    st.floats(-1.6, 1.6),
)
def test_the_free_path_is_what_a_circle_can_really_drive(x, y, linear, angular):
    if math.hypot(x, y) < RADIUS_M + 0.005:
        return
    velocity = Velocity(linear, angular)
    round_m = 2 * math.pi * abs(linear / angular) if abs(angular) > 1e-6 else 3.0
    longest_m = min(2.0, round_m)
    driven, said = driven_m((x, y), velocity, longest_m), free_path_m(points((x, y)), velocity, RADIUS_M)
    if driven < longest_m:
        assert said == pytest.approx(driven, abs=0.03) or said < driven
    shrunk = driven_m((x, y), velocity, min(said - 0.003, longest_m)) if said > 0.003 else FREE_M
    assert shrunk == FREE_M


def test_a_point_inside_the_circle_blocks_towards_it_and_not_away():
    inside = points((0.1, 0.0))
    assert free_path_m(inside, Velocity(0.2, 0.0), RADIUS_M) == 0.0
    assert free_path_m(inside, Velocity(0.2, 0.5), RADIUS_M) == 0.0
    assert free_path_m(inside, Velocity(-0.2, 0.0), RADIUS_M) == FREE_M
    assert free_path_m(inside, Velocity(-0.2, 0.5), RADIUS_M) == FREE_M


def test_mirrored_worlds_give_the_same_path():
    rng = np.random.default_rng(3)
    for x, y, v, w in rng.uniform(-1.0, 1.0, (200, 4)):
        here = free_path_m(points((x, y)), Velocity(v, w), RADIUS_M)
        assert here == pytest.approx(free_path_m(points((x, -y)), Velocity(v, -w), RADIUS_M))
        assert here == pytest.approx(free_path_m(points((-x, y)), Velocity(-v, -w), RADIUS_M))


def test_without_linear_motion_or_points_the_path_is_free():
    assert free_path_m(points((0.05, 0.0)), Velocity(0.0, 1.0), RADIUS_M) == FREE_M
    assert free_path_m(points(), Velocity(0.3, 0.4), RADIUS_M) == FREE_M
    assert not in_contact(points(), RADIUS_M)


def test_points_stand_in_base_link_whatever_way_the_laser_is_mounted():
    wall_ahead = scan_of([(1.0, -0.01, 1.0, 0.01)])
    turned = points_of(wall_ahead, Mount(0.1, 0.0, 0.2, yaw_rad=math.pi / 2))
    assert turned is not None
    assert turned.xy_m[0] == pytest.approx([0.1, 1.0], abs=0.02)


def test_the_speed_falls_with_the_free_path_and_never_rises_again():
    limits = [speed_limit_mps(free_m, CFG) for free_m in np.linspace(0.0, 1.0, 200)]
    assert limits[0] == 0.0
    assert limits[-1] == CFG.max_linear_mps
    assert limits == sorted(limits)


def test_a_full_turn_of_rays_covers_every_heading_and_half_a_turn_only_its_own():
    full = points_of(scan_of(box(1.0, 0.0)), Mount(0.0, 0.0, 0.1))
    assert full is not None
    assert full.covers(math.pi, 0.7)
    half = Points(np.zeros((0, 2)), (-math.pi / 2, math.pi / 2))
    assert half.covers(0.0, 0.7)
    assert not half.covers(math.pi, 0.7)
    assert Points(np.zeros((0, 2)), (math.pi / 2, 3 * math.pi / 2)).covers(math.pi, 0.7)
