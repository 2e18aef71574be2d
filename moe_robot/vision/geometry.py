"""Pinhole maths: pixels and depth to points in `base_link` and back, and from there to the map. No colours, no shapes.

Optical axes (REP 103): x right, y down, z forward; depth is along z. The middle of
the first pixel is at (0.5, 0.5), so cx of a centred camera is width / 2. Arrays: h, w image size, N points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moe_robot.robot_model import Mount
from moe_robot.structs import CameraFrame, Pose

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Camera:
    """Intrinsics and mount of one camera. `rotation` [3, 3] turns optical axes into `base_link` axes."""

    width_px: int
    height_px: int
    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    rotation: Floats
    origin_m: Floats  # [3] in base_link
    rays: Floats  # [h, w, 3] in base_link for a depth of 1 m

    @property
    def intrinsics(self) -> tuple[float, ...]:
        return self.width_px, self.height_px, self.fx_px, self.fy_px, self.cx_px, self.cy_px

    def points(self, rows: NDArray[np.intp], columns: NDArray[np.intp], depth_m: Floats) -> Floats:
        """[N, 3] in `base_link`."""
        points: Floats = self.origin_m + self.rays[rows, columns] * depth_m[:, None]
        return points

    def project(self, points_m: Floats) -> Floats:
        """[..., 3] in `base_link` -> [..., 2] pixels (x, y). Points behind the camera are pushed to 5 cm before it."""
        optical = (points_m - self.origin_m) @ self.rotation
        forward = np.maximum(optical[..., 2], 0.05)
        pixels = np.empty((*optical.shape[:-1], 2), np.float32)
        pixels[..., 0] = optical[..., 0] / forward * self.fx_px + self.cx_px
        pixels[..., 1] = optical[..., 1] / forward * self.fy_px + self.cy_px
        return pixels


def camera_of(frame: CameraFrame, mount: Mount) -> Camera:
    height_px, width_px = frame.rgb.shape[:2]
    rotation = _rotation(mount)
    x = (np.arange(width_px, dtype=np.float32) + 0.5 - frame.cx_px) / frame.fx_px
    y = (np.arange(height_px, dtype=np.float32) + 0.5 - frame.cy_px) / frame.fy_px
    optical = np.ones((height_px, width_px, 3), np.float32)
    optical[..., 0] = x
    optical[..., 1] = y[:, None]
    return Camera(
        width_px,
        height_px,
        frame.fx_px,
        frame.fy_px,
        frame.cx_px,
        frame.cy_px,
        rotation,
        np.array([mount.x_m, mount.y_m, mount.z_m], np.float32),
        optical @ rotation.T,
    )


def to_map(pose: Pose, x_m: float, y_m: float) -> tuple[float, float]:
    """A point in `base_link` seen from `pose` in the map."""
    c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
    return pose.x_m + c * x_m - s * y_m, pose.y_m + s * x_m + c * y_m


def _rotation(mount: Mount) -> Floats:
    """Optical axes in the body frame of the camera, then roll, pitch, yaw of the mount (fixed axes x, y, z)."""
    cr, sr = math.cos(mount.roll_rad), math.sin(mount.roll_rad)
    cp, sp = math.cos(mount.pitch_rad), math.sin(mount.pitch_rad)
    cy, sy = math.cos(mount.yaw_rad), math.sin(mount.yaw_rad)
    body = np.array(
        [
            [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
            [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
            [-sp, cp * sr, cp * cr],
        ]
    )
    optical = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    rotation: Floats = (body @ optical).astype(np.float32)
    return rotation
