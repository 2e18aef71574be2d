"""Camera, lidar and segmentation by shooting rays through the MuJoCo scene. No GL, no display.

A `Snapshot` is the few numbers that place everything; a `Renderer` has its own MjData, so it may run in another
thread than the physics (MuJoCo lets go of the GIL meanwhile). Noise depends on the seed and on the snapshot's step
only, never on the order of calls: the same seed gives the same images.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from moe_robot.config import SimConfig
from moe_robot.robot_model import Mount, RobotModel
from moe_robot.sim.mujoco_model import ROBOT_GROUP, SEEN_GROUPS, SimModel
from moe_robot.sim.shapes import KINDS, PERSON_HEIGHT_M, PERSON_REACH_M, SKY_RGB, quaternion
from moe_robot.sim.truth import TrueObject, TruePerson, Visible
from moe_robot.structs import CameraFrame, Scan

CAMERA_MAX_M = 15.0
FAR_M = 1000.0
NEAR_M = 0.01
HIDDEN_GROUP = ROBOT_GROUP
_CORNERS = np.array([(i, j, k) for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)], float)
_EDGES = np.array([(a, b) for a in range(8) for b in range(a + 1, 8) if bin(a ^ b).count("1") == 1])
LIDAR_MIN_M, LIDAR_MAX_M = 0.10, 8.0
LIDAR_NOISE_M = 0.01
LIDAR_DROPOUT = 0.001  # of the rays come back empty, as from glass
DEPTH_NOISE = 0.004  # standard deviation as a fraction of the depth
COLOR_NOISE = 2.5  # standard deviation, of 255
AMBIENT = 0.45
SUN = (0.35, 0.25, 0.90)  # towards the light, in the map


@dataclass(frozen=True)
class Snapshot:
    """Copies: safe to hand to another thread."""

    qpos: NDArray[np.float64]
    mocap_pos: NDArray[np.float64]
    mocap_quat: NDArray[np.float64]
    t_s: float
    step: int


@dataclass(frozen=True)
class Segmentation:
    """`thing` int32 [h, w] indexes `SimModel.things`, -1 = nothing; `depth_m` float64 [h, w] along the axis, -1 too."""

    thing: NDArray[np.int32]
    depth_m: NDArray[np.float64]


class _View:
    """A MjData of its own, placed by snapshots."""

    def __init__(self, model: SimModel, own_model: bool = False) -> None:
        self.mj = copy.copy(model.mj) if own_model else model.mj
        self.data = mujoco.MjData(self.mj)
        self._base = self.mj.body("base_link").id

    def place(self, snapshot: Snapshot) -> None:
        self.data.qpos[:] = snapshot.qpos
        self.data.mocap_pos[:] = snapshot.mocap_pos
        self.data.mocap_quat[:] = snapshot.mocap_quat
        mujoco.mj_kinematics(self.mj, self.data)

    def mount(self, mount: Mount) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Position [3] and rotation [3, 3] of a sensor in the map."""
        base = self.data.xmat[self._base].reshape(3, 3)
        turn = np.empty(9)
        mujoco.mju_quat2Mat(turn, np.array(quaternion(mount.roll_rad, mount.pitch_rad, mount.yaw_rad)))
        at = self.data.xpos[self._base] + base @ np.array([mount.x_m, mount.y_m, mount.z_m])
        return at, base @ turn.reshape(3, 3)


class Renderer:
    """The camera. Not thread safe: one Renderer for each thread.

    Geoms that cannot be in the image are first moved to a group that rays ignore, in a model of the renderer's own:
    a third faster.
    """

    def __init__(self, model: SimModel, robot: RobotModel, cfg: SimConfig, seed: int) -> None:
        self._view = _View(model, own_model=True)
        self._model, self._robot, self._seed = model, robot, seed
        self.width_px, self.height_px = cfg.camera_width_px, cfg.camera_height_px
        self.f_px = self.width_px / 2 / math.tan(robot.camera_hfov_rad / 2)
        self.cx_px, self.cy_px = self.width_px / 2, self.height_px / 2
        u, v = np.meshgrid(np.arange(self.width_px) + 0.5, np.arange(self.height_px) + 0.5)
        # Body axes, x forward = 1: the distance along such a ray, in its own length, is the depth.
        self._rays = np.stack(
            [np.ones_like(u), (self.cx_px - u) / self.f_px, (self.cy_px - v) / self.f_px], axis=-1
        ).reshape(-1, 3)
        n = len(self._rays)
        self._geom, self._depth, self._normal = np.empty(n, np.int32), np.empty(n), np.empty(3 * n)
        self._colors = np.vstack([model.rgb, SKY_RGB]).astype(np.float32) * 255.0
        self._floor = model.mj.geom("floor").id
        sun = np.array(SUN)
        self._sun = sun / np.linalg.norm(sun)
        # Normal numbers drawn once, more than an image needs: a frame reads them from an offset of its own.
        self._bank = 3 * n + (1 << 18)
        bank = np.random.default_rng([seed, 101]).standard_normal(self._bank)
        self._color_bank = np.round(bank * COLOR_NOISE).astype(np.int16)
        self._depth_bank = (1.0 + bank * DEPTH_NOISE).astype(np.float32)

    def render(self, snapshot: Snapshot) -> CameraFrame:
        """Colour and depth, with noise."""
        position, axes = self._shoot(snapshot)
        n, shape = len(self._rays), (self.height_px, self.width_px)
        geom = self._geom
        # Two thirds sun, one third from the camera, so that no side of a thing is without shape.
        normal = self._normal.reshape(n, 3)
        light = np.maximum(_times(normal, self._sun), 0.0) * 0.62 - 0.38 * _times(normal, axes[:, 0])
        shade = (AMBIENT + (1.0 - AMBIENT) * np.clip(light, 0.0, 1.0)).astype(np.float32)
        shade[geom < 0] = 1.0
        self._tile_floor(shade, position, axes)
        rng = np.random.default_rng([self._seed, 102, snapshot.step])
        starts = rng.integers(0, self._bank - 3 * n, 2)
        color = self._colors[geom]
        color *= shade[:, None]
        noisy = color.astype(np.int16)
        noisy += self._color_bank[starts[0] : starts[0] + 3 * n].reshape(n, 3)
        rgb = np.clip(noisy, 0, 255, out=noisy).astype(np.uint8).reshape(*shape, 3)
        depth = self._depth.astype(np.float32) * self._depth_bank[starts[1] : starts[1] + n]
        depth[(geom < 0) | (self._depth > CAMERA_MAX_M)] = np.inf
        return CameraFrame(rgb, depth.reshape(shape), self.f_px, self.f_px, self.cx_px, self.cy_px, snapshot.t_s)

    def segment(self, snapshot: Snapshot) -> Segmentation:
        """What each pixel shows: ground truth, without noise."""
        self._shoot(snapshot)
        shape = (self.height_px, self.width_px)
        thing = np.where(self._geom < 0, -1, self._model.owner[self._geom])
        return Segmentation(thing.reshape(shape), self._depth.reshape(shape).copy())

    def visible(
        self, snapshot: Snapshot, objects: Sequence[TrueObject], people: Sequence[TruePerson]
    ) -> tuple[Visible, ...]:
        """Things with at least one pixel in the image, nearest first. Shoots only where one of them may be."""
        self._view.place(snapshot)
        position, axes = self._view.mount(self._robot.camera)
        wanted = np.zeros((self.height_px, self.width_px), bool)
        for thing in objects:
            kind = KINDS[thing.kind]
            fallen = abs(thing.z_m - kind.height_m / 2) > 0.01
            half = max(kind.reach_m, kind.height_m) if fallen else kind.reach_m
            self._mark(wanted, position, axes, (thing.x_m, thing.y_m), half, max(kind.height_m, 2 * half))
        for person in people:
            self._mark(wanted, position, axes, (person.x_m, person.y_m), PERSON_REACH_M, PERSON_HEIGHT_M)
        pixels = np.flatnonzero(wanted)
        if not len(pixels):
            return ()
        n = len(pixels)
        rays = np.einsum("nj,ij->ni", self._rays[pixels], axes)
        geom, depth = np.empty(n, np.int32), np.empty(n)
        mujoco.mj_multiRay(
            self._model.mj, self._view.data, position, rays.ravel(), SEEN_GROUPS, True, -1, geom, depth, None, n, FAR_M
        )
        owner = np.where(geom < 0, -1, self._model.owner[geom])
        length = depth * np.linalg.norm(rays, axis=1)
        things: dict[str, TrueObject | TruePerson] = {thing.id: thing for thing in objects}
        things |= {person.id: person for person in people}
        found = []
        for index in np.unique(owner[owner > 1]).tolist():
            thing_or_person = things.get(self._model.things[index])
            if thing_or_person is None:
                continue
            mine = owner == index
            v, u = np.divmod(pixels[mine], self.width_px)
            bbox = (int(u.min()), int(v.min()), int(np.ptp(u)) + 1, int(np.ptp(v)) + 1)
            if isinstance(thing_or_person, TrueObject):
                kind_id, color = thing_or_person.kind, thing_or_person.color
            else:
                kind_id, color = "person", thing_or_person.clothing
            found.append(
                Visible(
                    thing_or_person.id,
                    kind_id,
                    color,
                    int(mine.sum()),
                    bbox,
                    float(length[mine].min()),
                    thing_or_person.room,
                )
            )
        return tuple(sorted(found, key=lambda item: item.distance_m))

    def _mark(
        self,
        wanted: NDArray[np.bool_],
        position: NDArray[np.float64],
        axes: NDArray[np.float64],
        at_m: tuple[float, float],
        half_m: float,
        height_m: float,
    ) -> None:
        """Set the pixels of the rectangle around the image of an upright box."""
        corners = np.array(
            [
                (at_m[0] + i * half_m, at_m[1] + j * half_m, k * height_m)
                for i in (-1, 1)
                for j in (-1, 1)
                for k in (0, 1)
            ]
        )
        local = (corners - position) @ axes
        if (local[:, 0] <= 0.0).all():
            return
        forward = np.maximum(local[:, 0], 0.02)  # a corner behind the camera: the rectangle grows to the border
        u = self.cx_px - self.f_px * local[:, 1] / forward
        v = self.cy_px - self.f_px * local[:, 2] / forward
        u0, u1 = np.clip([u.min() - 1, u.max() + 2], 0, self.width_px).astype(int)
        v0, v1 = np.clip([v.min() - 1, v.max() + 2], 0, self.height_px).astype(int)
        wanted[v0:v1, u0:u1] = True

    def _shoot(self, snapshot: Snapshot) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Fills `_geom`, `_depth`, `_normal`; returns the camera's position and axes."""
        self._view.place(snapshot)
        position, axes = self._view.mount(self._robot.camera)
        low, high = self._extents(position, axes)
        seen = (low <= (self.width_px, self.height_px)).all(axis=1) & (high >= 0.0).all(axis=1)
        self._view.mj.geom_group[:] = np.where(seen, self._model.mj.geom_group, HIDDEN_GROUP)
        mujoco.mj_multiRay(
            self._view.mj,
            self._view.data,
            position,
            self._turned_rays(axes).ravel(),
            SEEN_GROUPS,
            True,
            -1,
            self._geom,
            self._depth,
            self._normal,
            len(self._rays),
            FAR_M,
        )
        return position, axes

    def _turned_rays(self, axes: NDArray[np.float64]) -> NDArray[np.float64]:
        """[h, w, 3] in the map. Sums of a column's and a row's part."""
        rows = self._rays[:: self.width_px, 2, None] * axes[:, 2]
        columns = axes[:, 0] + self._rays[: self.width_px, 1, None] * axes[:, 1]
        return np.asarray(rows[:, None] + columns[None])

    def _extents(
        self, position: NDArray[np.float64], axes: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest and largest u, v [geoms, 2] in the image that the box around each geom reaches; planes: all."""
        data, model = self._view.data, self._view.mj
        center, half = model.geom_aabb[:, :3], model.geom_aabb[:, 3:]
        corners = center[:, None] + half[:, None] * _CORNERS  # geoms, 8, 3 in the geom's axes
        corners = np.einsum("gij,gkj->gki", data.geom_xmat.reshape(-1, 3, 3), corners) + data.geom_xpos[:, None]
        local = (corners - position) @ axes
        # Where edges pierce the plane just before the camera, so that a wall beside it keeps its true extent.
        a, b = local[:, _EDGES[:, 0]], local[:, _EDGES[:, 1]]
        run = b[..., 0] - a[..., 0]
        part = (NEAR_M - a[..., 0]) / np.where(np.abs(run) < 1e-12, 1e-12, run)
        pierced = a + np.clip(part, 0.0, 1.0)[..., None] * (b - a)
        points = np.concatenate([local, pierced], axis=1)
        ahead = points[..., 0] >= NEAR_M * 0.999
        forward = np.where(ahead, points[..., 0], 1.0)
        u = self.cx_px - self.f_px * points[..., 1] / forward
        v = self.cy_px - self.f_px * points[..., 2] / forward
        uv = np.stack([u, v], axis=-1)
        low = np.where(ahead[..., None], uv, np.inf).min(axis=1) - 1.0
        high = np.where(ahead[..., None], uv, -np.inf).max(axis=1) + 1.0
        plane = model.geom_type == mujoco.mjtGeom.mjGEOM_PLANE
        low[plane], high[plane] = -np.inf, np.inf
        return low, high

    def _tile_floor(self, shade: NDArray[np.float32], position: NDArray[np.float64], axes: NDArray[np.float64]) -> None:
        """Faint half-metre tiles: a floor without them gives a person nothing to judge distances by."""
        floor = np.flatnonzero(self._geom == self._floor)
        rays, depth = self._rays[floor], self._depth[floor]
        odd = np.zeros(len(floor), np.int32)
        for axis in (0, 1):
            odd += np.floor((_times(rays, axes[axis]) * depth + position[axis]) * 2.0).astype(np.int32)
        odd &= 1
        shade[floor] *= 1.0 - 0.05 * odd.astype(np.float32)


def _times(rows: NDArray[np.float64], vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """rows [n, 3] @ vector [3] without BLAS, whose threads spin for milliseconds when other processes are busy."""
    return np.asarray(rows[:, 0] * vector[0] + rows[:, 1] * vector[1] + rows[:, 2] * vector[2])


class Lidar:
    """One turn of the laser. Angles from -pi, counter-clockwise, in the `laser` frame."""

    def __init__(self, model: SimModel, robot: RobotModel, cfg: SimConfig, seed: int) -> None:
        self._view = _View(model)
        self._model, self._robot, self._seed = model, robot, seed
        self._n = cfg.lidar_rays
        self._increment_rad = 2 * math.pi / self._n
        angles = -math.pi + self._increment_rad * np.arange(self._n)
        self._rays = np.stack([np.cos(angles), np.sin(angles), np.zeros(self._n)], axis=1)
        self._geom, self._range = np.empty(self._n, np.int32), np.empty(self._n)

    def scan(self, snapshot: Snapshot) -> Scan:
        self._view.place(snapshot)
        position, axes = self._view.mount(self._robot.laser)
        mujoco.mj_multiRay(
            self._model.mj,
            self._view.data,
            position,
            (self._rays @ axes.T).ravel(),
            SEEN_GROUPS,
            True,
            -1,
            self._geom,
            self._range,
            None,
            self._n,
            LIDAR_MAX_M + 1.0,
        )
        rng = np.random.default_rng([self._seed, 103, snapshot.step])
        ranges = self._range + LIDAR_NOISE_M * rng.standard_normal(self._n)
        gone = (self._geom < 0) | (ranges > LIDAR_MAX_M) | (rng.random(self._n) < LIDAR_DROPOUT)
        ranges[gone] = np.inf
        clipped = np.maximum(ranges, LIDAR_MIN_M).astype(np.float32)
        return Scan(clipped, -math.pi, self._increment_rad, LIDAR_MIN_M, LIDAR_MAX_M, snapshot.t_s)
