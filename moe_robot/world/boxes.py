"""Signed distance to a turned rectangle: what walls and furniture are on the floor plan."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def box_distance_m(
    center_m: tuple[float, float], yaw_rad: float, size_m: tuple[float, float], x_m: Array, y_m: Array
) -> Array:
    """Distance from points to the outline, negative inside; the shape of `x_m`."""
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    dx, dy = x_m - center_m[0], y_m - center_m[1]
    u = np.abs(c * dx + s * dy) - 0.5 * size_m[0]
    v = np.abs(-s * dx + c * dy) - 0.5 * size_m[1]
    return np.asarray(np.hypot(np.maximum(u, 0.0), np.maximum(v, 0.0)) + np.minimum(np.maximum(u, v), 0.0))
