"""The covariance that odometry tells, against the spread of many drives with that noise."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from moe_robot.config import load_config
from moe_robot.motion.kinematics import diff_drive, moved
from moe_robot.motion.odometry_noise import OdometryNoise
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.physics import SLIP_TIME_S
from moe_robot.structs import Pose, Velocity

MODEL = load_robot_model()
DRIVE = diff_drive(MODEL)
NOISE_M = 0.004  # small: the covariance is of first order
STEP_M = 0.01


def told_and_true(turn_per_m: float, length_m: float, drives: int = 1500) -> tuple[np.ndarray, np.ndarray]:
    """Covariance told along an arc, and that of the true ends of drives whose wheels err by the noise."""
    rng = np.random.default_rng(7)
    noise, pose = OdometryNoise(DRIVE, NOISE_M, MODEL.ticks_per_rev), Pose(0.0, 0.0, 0.0)
    noise.update(pose)
    true = np.zeros((drives, 3))
    width = DRIVE.wheel_separation_m
    for _ in range(round(length_m / STEP_M)):
        turn = turn_per_m * STEP_M
        right, left = STEP_M + turn * width / 2, STEP_M - turn * width / 2
        pose = moved(pose, STEP_M, turn)
        noise.update(pose)
        wheels = np.array([right, left]) + NOISE_M * np.sqrt(np.abs([right, left])) * rng.standard_normal((drives, 2))
        distance, turned = wheels.mean(axis=1), (wheels[:, 0] - wheels[:, 1]) / width
        true[:, 0] += distance * np.cos(true[:, 2] + turned / 2)
        true[:, 1] += distance * np.sin(true[:, 2] + turned / 2)
        true[:, 2] += turned
    return noise.covariance, np.cov(true.T)


@pytest.mark.parametrize(("turn_per_m", "length_m"), [(0.0, 2.0), (1.0, 2.0), (-2.0, 1.5)])
def test_the_told_covariance_is_the_spread_of_many_drives(turn_per_m: float, length_m: float) -> None:
    told, true = told_and_true(turn_per_m, length_m)
    assert np.diag(told) == pytest.approx(np.diag(true), rel=0.25)
    assert told[1, 2] == pytest.approx(true[1, 2], rel=0.3, abs=1e-3)


def test_it_grows_with_the_way_forwards_and_backwards_and_never_while_standing() -> None:
    noise, pose = OdometryNoise(DRIVE, NOISE_M, MODEL.ticks_per_rev), Pose(1.0, 2.0, 0.5)
    traces = [np.trace(noise.update(pose))]
    for distance_m, turn_rad in ((0.5, 0.0), (-0.5, 0.0), (0.0, 1.0), (0.0, -1.0), (0.0, 0.0)):
        pose = moved(pose, distance_m, turn_rad)
        traces.append(np.trace(noise.update(pose)))
    assert traces[0] == 0.0
    assert traces[-1] == traces[-2]
    assert all(later > earlier for earlier, later in itertools.pairwise(traces[:-1]))


def test_it_stays_symmetric_and_positive() -> None:
    noise, pose = OdometryNoise(DRIVE, NOISE_M, MODEL.ticks_per_rev), Pose(0.0, 0.0, 3.0)
    for step in range(500):
        pose = moved(pose, 0.02 * math.sin(step / 30), 0.03 * math.cos(step / 20))
        covariance = noise.update(pose)
        assert np.allclose(covariance, covariance.T)
        assert np.linalg.eigvalsh(covariance)[0] > -1e-12


def test_the_velocity_is_uncertain_by_a_tick_at_rest_and_more_with_speed() -> None:
    noise = OdometryNoise(DRIVE, NOISE_M, MODEL.ticks_per_rev)
    at_rest, fast = noise.velocity_variances(Velocity()), noise.velocity_variances(Velocity(0.5, 1.0))
    assert 0.0 < at_rest[0] < fast[0]
    assert 0.0 < at_rest[1] < fast[1]


@pytest.mark.parametrize("speed_mps", [0.1, 0.3, 0.5])
def test_the_shipped_noise_covers_the_slip_of_the_simulated_robot(speed_mps: float) -> None:
    """A slip that wanders slowly makes errors that are alike for a while: its integral, in closed form."""
    cfg = load_config()
    for distance_m in (0.5, 2.0, 10.0, 100.0):
        spans = distance_m / speed_mps / SLIP_TIME_S
        integral = 2.0 * (spans - 1.0 + math.exp(-spans))
        true_m = cfg.sim.wheel_slip * speed_mps * SLIP_TIME_S * math.sqrt(integral)
        assert true_m <= cfg.ros.odom_noise_m * math.sqrt(distance_m)
