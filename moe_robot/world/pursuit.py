"""Pure pursuit of a point of the path; the live scan has the last word (`local.py`).

Everything is in the robot's own frame. Knows nothing of goals, plans and time.
"""

from __future__ import annotations

import math

import numpy as np

from moe_robot.structs import Pose, Velocity
from moe_robot.world import local

LOOKAHEAD_S, LOOKAHEAD_MIN_M, LOOKAHEAD_MAX_M = 0.9, 0.22, 0.45  # longer cuts corners
TURN_FIRST_RAD, TURN_DONE_RAD = 1.0, 0.25  # turn on the spot when the path leads this far aside, until it does not
TURN_GAIN = 2.5  # 1/s; the gate's 5 rad/s2 stops 1 rad/s within 0.1 rad
TURN_LEAST_RADPS = 0.12  # slower than this the wheels may stick
BRAKE_MPS2 = 0.35  # gentle stop at the goal: half of what the gate allows
CREEP_MPS = 0.06  # slowest approach
NEAR_ROOM_M, NEAR_SPEED = 0.30, 0.35  # with less room than this ahead it slows, down to this share of cruise
BACK_MPS = 0.08  # out of a tight spot


def lookahead_m(moving: Velocity) -> float:
    """How far along the path the point to pursue lies."""
    return min(max(LOOKAHEAD_S * abs(moving.linear_mps), LOOKAHEAD_MIN_M), LOOKAHEAD_MAX_M)


class Pursuit:
    def __init__(self, cruise_mps: float, turn_radps: float) -> None:
        self._cruise_mps, self._turn_radps = cruise_mps, turn_radps
        self.reset()

    def reset(self) -> None:
        self._turning = False
        self.hindered = False  # the live scan refused the way: plan again soon; who does so clears it

    def turn(self, error_rad: float) -> float:
        """The rate, rad/s, at which to turn by so much."""
        speed = min(max(TURN_GAIN * abs(error_rad), TURN_LEAST_RADPS), self._turn_radps)
        return math.copysign(speed, error_rad)

    def toward(self, target: Pose, left_m: float, around: local.Surroundings) -> Velocity | None:
        """`target`: in base_link; `left_m`: to the end of the path. None when nothing but waiting is safe."""
        bearing = math.atan2(target.y_m, target.x_m)
        if self._turning or abs(bearing) > TURN_FIRST_RAD:
            self._turning = abs(bearing) > TURN_DONE_RAD
            if self._turning:
                return Velocity(0.0, self.turn(bearing))
        chosen = local.choose(around, self._wish(target, bearing, left_m, around), self._turn_radps)
        if chosen is not None:
            return chosen
        self.hindered = True
        if abs(bearing) > TURN_DONE_RAD:
            return Velocity(0.0, self.turn(bearing))
        return local.choose(around, Velocity(-BACK_MPS, 0.0), self._turn_radps) if around.spare_m() < 0.0 else None

    def _wish(self, target: Pose, bearing: float, left_m: float, around: local.Surroundings) -> Velocity:
        """Along the arc through the target: slower in bends, near the end and near things."""
        curvature = 2.0 * math.sin(bearing) / max(math.hypot(target.x_m, target.y_m), 0.05)
        speed = self._cruise_mps * max(0.25, math.cos(bearing) ** 2)
        speed = min(speed, math.sqrt(2.0 * BRAKE_MPS2 * left_m) + 0.5 * CREEP_MPS)
        speed = min(speed, self._turn_radps / max(abs(curvature), 1e-3))
        room = local.room_on_arcs(around, np.array([speed]), np.array([speed * curvature]))[0]
        speed *= NEAR_SPEED + (1.0 - NEAR_SPEED) * min(max(room / NEAR_ROOM_M, 0.0), 1.0)
        speed = max(speed, CREEP_MPS)
        return Velocity(speed, min(max(speed * curvature, -self._turn_radps), self._turn_radps))
