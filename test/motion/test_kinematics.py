from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moe_robot.motion.kinematics import DiffDrive, Odometry, moved, wrapped
from moe_robot.structs import Pose, Velocity

DRIVE = DiffDrive(wheel_radius_m=0.05, wheel_separation_m=0.26)
TICKS = 1024
ROUND_M = 2 * math.pi * 0.05


@given(st.floats(-2, 2), st.floats(-6, 6))
def test_wheels_and_body_velocity_are_inverse(linear, angular):
    back = DRIVE.velocity(*DRIVE.wheels(Velocity(linear, angular)))
    assert back.linear_mps == pytest.approx(linear, abs=1e-9)
    assert back.angular_radps == pytest.approx(angular, abs=1e-9)


def test_turning_left_drives_the_right_wheel_forward():
    left, right = DRIVE.wheels(Velocity(0.0, 1.0))
    assert left == pytest.approx(-2.6)
    assert right == pytest.approx(2.6)


def test_odometry_of_a_straight_drive_and_of_a_turn_on_the_spot():
    odometry = Odometry(DRIVE, TICKS)
    odometry.update(100, 100)
    odometry.update(100 + TICKS, 100 + TICKS)
    assert odometry.pose.x_m == pytest.approx(ROUND_M)
    quarter = round(math.pi / 2 * 0.13 / ROUND_M * TICKS)
    pose = odometry.update(100 + TICKS - quarter, 100 + TICKS + quarter)
    assert pose.yaw_rad == pytest.approx(math.pi / 2, abs=0.01)
    assert pose.x_m == pytest.approx(ROUND_M)


def test_odometry_of_a_circle_in_steps_comes_back_to_its_start():
    odometry, left, right = Odometry(DRIVE, 100_000), 0.0, 0.0
    odometry.update(0, 0)
    for _ in range(100):
        turn = 2 * math.pi / 100
        left += (1.0 - 0.13) * turn / ROUND_M * 100_000
        right += (1.0 + 0.13) * turn / ROUND_M * 100_000
        odometry.update(round(left), round(right))
    assert math.hypot(odometry.pose.x_m, odometry.pose.y_m) < 0.005


def test_counters_that_wrap_at_32_bits_do_not_move_the_robot_far():
    odometry = Odometry(DRIVE, TICKS)
    odometry.update(2**31 - 10, 2**31 - 10)
    pose = odometry.update(-(2**31) + 10, -(2**31) + 10)
    assert pose.x_m == pytest.approx(20 / TICKS * ROUND_M)


def test_counters_that_start_anew_do_not_move_the_robot():
    odometry = Odometry(DRIVE, TICKS)
    odometry.update(500_000, 500_000)
    odometry.rebase()
    assert odometry.update(0, 0) == Pose(0.0, 0.0, 0.0)
    odometry.update(400_000, 0)
    assert odometry.jumps == 1
    assert odometry.pose == Pose(0.0, 0.0, 0.0)


@given(st.floats(-50, 50))
def test_wrapped_angles_are_the_same_direction_in_the_half_open_range(angle):
    assert -math.pi < wrapped(angle) <= math.pi + 1e-12
    assert math.cos(wrapped(angle)) == pytest.approx(math.cos(angle), abs=1e-9)


def test_an_arc_of_half_a_circle_ends_across_it():
    pose = moved(Pose(0.0, 0.0, 0.0), math.pi, math.pi)
    assert (pose.x_m, pose.y_m) == (pytest.approx(0.0, abs=1e-9), pytest.approx(2.0))
