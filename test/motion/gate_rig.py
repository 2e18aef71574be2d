"""A gate in the state that a test needs, and scans of rooms drawn with lines. The time is the test's own number."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np

from moe_robot.config import MotionConfig, load_config
from moe_robot.motion.gate import SafetyGate
from moe_robot.robot_model import RobotModel, load_robot_model
from moe_robot.structs import Pose, SafetyMode, Scan, Velocity

CFG: MotionConfig = load_config().motion
MODEL: RobotModel = dataclasses.replace(load_robot_model(), radius_m=0.18)
PERIOD_S = 1.0 / CFG.rate_hz
RAYS = 360
ORIGIN = Pose(0.0, 0.0, 0.0)
FORWARD, BACKWARD, LEFT = Velocity(0.3, 0.0), Velocity(-0.3, 0.0), Velocity(0.0, 1.0)

Segment = tuple[float, float, float, float]
_stamps = itertools.count(1)


def scan_of(
    segments: list[Segment],
    pose: Pose = ORIGIN,
    noise: np.random.Generator | None = None,
    rays: int = RAYS,
) -> Scan:
    """What a lidar in the middle of the robot sees of walls (x1, y1, x2, y2), with 1 cm of noise if asked for."""
    angles = -math.pi + np.arange(rays) * 2.0 * math.pi / rays
    ranges = np.full(rays, np.inf)
    dx, dy = np.cos(angles + pose.yaw_rad), np.sin(angles + pose.yaw_rad)
    for x1, y1, x2, y2 in segments:
        ex, ey = x2 - x1, y2 - y1
        cross = dx * ey - dy * ex
        with np.errstate(divide="ignore", invalid="ignore"):
            along_ray = ((x1 - pose.x_m) * ey - (y1 - pose.y_m) * ex) / cross
            along_wall = ((x1 - pose.x_m) * dy - (y1 - pose.y_m) * dx) / cross
        hit = (along_ray > 0.0) & (along_wall >= 0.0) & (along_wall <= 1.0)
        ranges = np.where(hit & (along_ray < ranges), along_ray, ranges)
    if noise is not None:
        ranges = ranges + noise.normal(0.0, 0.01, rays)
    return Scan(
        ranges.astype(np.float32),
        -math.pi,
        2.0 * math.pi / rays,
        0.05,
        12.0,
        t_s=float(next(_stamps)),
    )


def box(x_m: float, y_m: float, half_m: float = 0.1) -> list[Segment]:
    left, right, low, high = x_m - half_m, x_m + half_m, y_m - half_m, y_m + half_m
    return [
        (left, low, right, low),
        (right, low, right, high),
        (right, high, left, high),
        (left, high, left, low),
    ]


NOTHING: list[Segment] = []


def armed_gate(now_s: float = 0.0, segments: list[Segment] = NOTHING, cfg: MotionConfig = CFG) -> SafetyGate:
    gate = SafetyGate(cfg, MODEL)
    gate.link(True, now_s)
    gate.scan(scan_of(segments), now_s)
    assert gate.arm(now_s).ok
    assert gate.output(now_s) == Velocity()
    return gate


def run(
    gate: SafetyGate,
    velocity: Velocity,
    seconds: float,
    now_s: float,
    segments: list[Segment] = NOTHING,
) -> tuple[Velocity, float]:
    """Command and scan at the gate's rate for a while. Returns the last output and the time."""
    output = Velocity()
    for _ in range(round(seconds * CFG.rate_hz)):
        now_s += PERIOD_S
        gate.scan(scan_of(segments), now_s)
        gate.command(velocity, now_s)
        output = gate.output(now_s)
    return output, now_s


def mode(gate: SafetyGate) -> SafetyMode:
    return gate.state(0.0).mode


def limiting(gate: SafetyGate) -> str:
    return gate.state(0.0).limiting
