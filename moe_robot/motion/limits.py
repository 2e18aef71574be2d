"""How fast, and how fast faster: the arithmetic of the velocity and acceleration limits. Pure."""

from __future__ import annotations

import math

from moe_robot.config import MotionConfig
from moe_robot.structs import Velocity

STILL = Velocity(0.0, 0.0)
MAX_STEP_S = 0.1  # a late output may not make up for more than this in one step


def is_finite(velocity: Velocity) -> bool:
    return math.isfinite(velocity.linear_mps) and math.isfinite(velocity.angular_radps)


def clamp(velocity: Velocity, cfg: MotionConfig) -> Velocity:
    """Inside both limits; the two are scaled together, so the robot keeps the path that was asked for."""
    excess = max(
        1.0,
        abs(velocity.linear_mps) / cfg.max_linear_mps,
        abs(velocity.angular_radps) / cfg.max_angular_radps,
    )
    return Velocity(velocity.linear_mps / excess, velocity.angular_radps / excess)


def slew(last: Velocity, goal: Velocity, elapsed_s: float, cfg: MotionConfig) -> Velocity:
    """The velocity nearest to `goal` that is allowed `elapsed_s` after `last`.

    From a standstill of an axis at least one period counts as elapsed: a first command shows at once.
    """
    period_s = 1.0 / cfg.rate_hz
    elapsed_s = min(max(elapsed_s, 0.0), MAX_STEP_S)
    linear_s = max(elapsed_s, period_s) if last.linear_mps == 0.0 else elapsed_s
    angular_s = max(elapsed_s, period_s) if last.angular_radps == 0.0 else elapsed_s
    return Velocity(
        _step(last.linear_mps, goal.linear_mps, linear_s, cfg.max_linear_accel_mps2, cfg.max_linear_decel_mps2),
        _step(
            last.angular_radps,
            goal.angular_radps,
            angular_s,
            cfg.max_angular_accel_radps2,
            cfg.max_angular_accel_radps2,
        ),
    )


def _step(last: float, goal: float, seconds: float, accel: float, decel: float) -> float:
    """One axis: slows with `decel`, speeds up with `accel`; a reversal passes through zero with what time is left."""
    if last * goal < 0.0 or abs(goal) < abs(last):
        slowest = abs(last) - decel * seconds
        towards = abs(goal) if last * goal > 0.0 else 0.0
        if slowest > towards:
            return math.copysign(slowest, last)
        if last * goal >= 0.0:
            return goal
        seconds -= abs(last) / decel
        last = 0.0
    return math.copysign(min(abs(goal), abs(last) + accel * max(seconds, 0.0)), goal) if goal != 0.0 else 0.0
