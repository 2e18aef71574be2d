"""How fast, how fast faster, and how abruptly: the arithmetic of the velocity, acceleration and jerk limits. Pure.

Each axis has a speed and an acceleration. A step moves both along a curve whose acceleration changes by at most the
jerk limit, and which ends level at the goal. Two things come before the jerk limit, both towards less motion:

- braking is at once at least the hard stop; jerk only limits how it grows beyond that,
- a goal is never overshot: an acceleration that would carry past it ends.

So the jerk limit can delay speeding up, never slowing down, and a speed that has reached zero never swings back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from moe_robot.config import MotionConfig
from moe_robot.structs import Velocity

STILL = Velocity(0.0, 0.0)
MAX_STEP_S = 0.1  # a late output may not make up for more than this in one step
_EPSILON = 1e-9  # m/s or rad/s; nearer than this is there


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


@dataclass(frozen=True)
class AxisLimits:
    """In m or rad, per s^2 and s^3. `decel` is at least `hard_stop`."""

    accel: float
    decel: float
    hard_stop: float
    jerk: float


@dataclass(frozen=True)
class Motion:
    """One axis. `acceleration` has the sign of `speed` while speeding up."""

    speed: float = 0.0
    acceleration: float = 0.0


AT_REST = Motion()


def linear_limits(cfg: MotionConfig) -> AxisLimits:
    hard = cfg.hard_stop_mps2
    return AxisLimits(cfg.max_linear_accel_mps2, max(cfg.max_linear_decel_mps2, hard), hard, cfg.max_linear_jerk_mps3)


def angular_limits(cfg: MotionConfig) -> AxisLimits:
    accel, hard = cfg.max_angular_accel_radps2, cfg.hard_stop_radps2
    return AxisLimits(accel, max(accel, hard), hard, cfg.max_angular_jerk_radps3)


class Slew:
    """The two axes from one set point to the next."""

    def __init__(self, cfg: MotionConfig) -> None:
        self._linear, self._angular = AT_REST, AT_REST
        self._before = AT_REST, AT_REST
        self.set_limits(cfg)

    def set_limits(self, cfg: MotionConfig) -> None:
        self._limits = linear_limits(cfg), angular_limits(cfg)
        self._period_s = 1.0 / cfg.rate_hz

    @property
    def velocity(self) -> Velocity:
        return Velocity(self._linear.speed, self._angular.speed)

    def step(self, goal: Velocity, elapsed_s: float) -> Velocity:
        """The velocity nearest to `goal` that is allowed `elapsed_s` after the last one.

        An axis at rest moves as if at least one period had passed: a first command shows at once.
        """
        self._before = self._linear, self._angular
        elapsed_s = min(max(elapsed_s, 0.0), MAX_STEP_S)
        linear_s, angular_s = (
            max(elapsed_s, self._period_s) if axis == AT_REST else elapsed_s for axis in (self._linear, self._angular)
        )
        self._linear = step(self._linear, goal.linear_mps, linear_s, self._limits[0])
        self._angular = step(self._angular, goal.angular_radps, angular_s, self._limits[1])
        return self.velocity

    def undo(self, velocity: Velocity, slack: Velocity) -> bool:
        """Back to before the last `step` when `velocity` says that it was not taken; False when it says otherwise.

        Never to a standstill: there a ramp begins anew, however long nothing was taken.
        """
        before = Velocity(self._before[0].speed, self._before[1].speed)
        if velocity == STILL or _near(velocity, self.velocity, slack) or not _near(velocity, before, slack):
            return False
        self._linear, self._angular = self._before
        return True

    def restart(self, velocity: Velocity, slack: Velocity = STILL) -> None:
        """Goes on from `velocity`; an axis that this moves by more than `slack` goes on without acceleration."""
        if not abs(velocity.linear_mps - self._linear.speed) <= slack.linear_mps:
            self._linear = Motion(velocity.linear_mps)
        if not abs(velocity.angular_radps - self._angular.speed) <= slack.angular_radps:
            self._angular = Motion(velocity.angular_radps)


def _near(one: Velocity, other: Velocity, slack: Velocity) -> bool:
    return (
        abs(one.linear_mps - other.linear_mps) <= slack.linear_mps
        and abs(one.angular_radps - other.angular_radps) <= slack.angular_radps
    )


def step(motion: Motion, goal: float, seconds: float, limits: AxisLimits) -> Motion:
    """One axis, `seconds` later. A reversal brakes to zero and speeds up with what time is left."""
    speed, acceleration = motion.speed, motion.acceleration
    sign = math.copysign(1.0, speed if speed != 0.0 else goal)
    v, a, g = sign * speed, sign * acceleration, sign * goal
    if g < v:
        v, a, seconds = _slower(v, a, max(g, 0.0), seconds, limits)
        if g < 0.0 and v == 0.0:
            sign, g = -sign, -g
            v, a = _faster(0.0, 0.0, g, seconds, limits)
    else:
        v, a = _faster(v, a, g, seconds, limits)
    return Motion(sign * v, sign * a) if v != 0.0 else Motion(0.0, sign * a if a != 0.0 else 0.0)


def _faster(v: float, a: float, goal: float, seconds: float, limits: AxisLimits) -> tuple[float, float]:
    """0 <= v <= goal. The new acceleration is the most from which the jerk limit can still end it at the goal."""
    jerk = limits.jerk
    a = min(max(a, 0.0), limits.accel)
    gap, half = goal - v, jerk * seconds / 2.0
    most = math.sqrt(max(half * half + 2.0 * jerk * gap - jerk * a * seconds, 0.0)) - half
    new = max(min(most, a + 2.0 * half, limits.accel), a - 2.0 * half, 0.0)
    reached = v + (a + new) / 2.0 * seconds
    if reached >= goal - _EPSILON:
        return goal, 0.0
    return reached, new


def _slower(v: float, a: float, goal: float, seconds: float, limits: AxisLimits) -> tuple[float, float, float]:
    """0 <= goal < v. Brakes with at least the hard stop, and eases back to it towards the goal. Third: seconds left."""
    jerk, hard = limits.jerk, limits.hard_stop
    d = min(max(-a, hard), limits.decel)
    gap, half = v - goal, jerk * seconds / 2.0
    most = math.sqrt(max(half * half + 2.0 * jerk * gap - jerk * d * seconds + hard * hard, 0.0)) - half
    new = max(min(most, d + 2.0 * half, limits.decel), d - 2.0 * half, hard)
    mean = (d + new) / 2.0
    if v - mean * seconds <= goal + _EPSILON:
        return goal, 0.0, max(seconds - gap / mean, 0.0)
    return v - mean * seconds, -new, 0.0
