"""Random camera images with their truth, for judging and calibrating vision. Simulated, as everything here."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import mujoco
import numpy as np

from moe_robot.config import load_config
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.mujoco_model import SEEN_GROUPS, build_model
from moe_robot.sim.physics import Simulation
from moe_robot.sim.sensors import Renderer
from moe_robot.sim.shapes import COLORS, KINDS
from moe_robot.sim.worlds import SceneObject, World, load_world
from moe_robot.structs import CameraFrame, Pose
from moe_robot.world.home import Home

ROBOT_GAP_M, THING_GAP_M = 0.25, 0.25


@dataclass(frozen=True)
class Thing:
    """One object or person of which the image has pixels."""

    id: str
    kind: str
    color: str
    x_m: float
    y_m: float
    distance_m: float  # from the camera to its middle, on the floor
    pixels: int
    visible: float  # part of what would be seen of it alone, with no image border
    bbox_px: tuple[int, int, int, int]
    inside: bool  # does not touch the image border


@dataclass(frozen=True)
class Sample:
    frame: CameraFrame
    pose: Pose
    things: tuple[Thing, ...]
    home: Home


def samples(world_name: str, seed: int, count: int, objects: int = 14, empty: bool = False) -> Iterator[Sample]:
    """`count` images from random places of a world with random objects in front of the robot. `empty`: nothing at all
    but the home."""
    rng = np.random.default_rng([seed, 7])
    world = load_world(world_name)
    kinds, colors = list(KINDS), list(COLORS)
    things = {
        f"thing_{i}": SceneObject(f"thing_{i}", kinds[i % len(kinds)], colors[int(rng.integers(len(colors)))], 0, 0)
        for i in range(objects)
    }
    scene = replace(world.scene, objects={} if empty else things, people={} if empty else world.scene.people)
    stage = _Stage(World(world.home, scene, world.data), seed)
    for _ in range(count):
        yield stage.take(rng)


class _Stage:
    def __init__(self, world: World, seed: int) -> None:
        self.world, self.model = world, load_robot_model()
        cfg = load_config().sim
        self.sim = Simulation(world, self.model, cfg, seed)
        built = build_model(world, self.model)
        self.things, self.owner = built.things, built.owner
        self.renderer = Renderer(built, self.model, cfg, seed)
        self.alone = build_model(world, self.model).mj
        self.data = mujoco.MjData(self.alone)
        self.step = 0

    def take(self, rng: np.random.Generator) -> Sample:
        home = self.world.home
        while True:
            x0, y0, x1, y1 = home.bounds_m
            x, y, yaw = rng.uniform(x0, x1), rng.uniform(y0, y1), rng.uniform(-math.pi, math.pi)
            if home.room_at(x, y) and clear(home, x, y, ROBOT_GAP_M):
                break
        self.sim.set_robot(Pose(x, y, yaw))
        taken: list[tuple[float, float]] = []
        for thing in self.world.scene.objects.values():
            at = self._spot(rng, x, y, yaw, taken, KINDS[thing.kind].reach_m)
            self.sim.set_object(thing.id, *at, rng.uniform(-math.pi, math.pi))
            taken.append(at)
        for person in self.world.scene.people:
            at = self._spot(rng, x, y, yaw, taken, 0.3)
            self.sim.set_person(person, *at, rng.uniform(-math.pi, math.pi))
            taken.append(at)
        self.step += 1
        snapshot = replace(self.sim.snapshot(), step=self.step)
        frame = self.renderer.render(snapshot)
        owner = self.renderer.segment(snapshot).thing
        truth = self.sim.truth(look=False)
        found = []
        for item in (*truth.objects, *truth.people):
            index = self.things.index(item.id)
            mine = owner == index
            pixels = int(mine.sum())
            if pixels == 0:
                continue
            kind, color = ("person", item.clothing) if hasattr(item, "clothing") else (item.kind, item.color)
            v, u = np.nonzero(mine)
            box = (int(u.min()), int(v.min()), int(np.ptp(u)) + 1, int(np.ptp(v)) + 1)
            inside = bool(u.min() > 0 and v.min() > 0 and u.max() < mine.shape[1] - 1 and v.max() < mine.shape[0] - 1)
            cam = self.model.camera.x_m
            distance = math.hypot(item.x_m - x - cam * math.cos(yaw), item.y_m - y - cam * math.sin(yaw))
            whole = self._pixels_alone(snapshot, index, box)
            found.append(
                Thing(item.id, kind, color, item.x_m, item.y_m, distance, pixels, pixels / max(whole, 1), box, inside)
            )
        return Sample(frame, Pose(x, y, yaw), tuple(found), home)

    def _spot(
        self, rng: np.random.Generator, x: float, y: float, yaw: float, taken: list[tuple[float, float]], reach: float
    ) -> tuple[float, float]:
        """Mostly before the camera, sometimes anywhere in the home; things may hide each other."""
        home = self.world.home
        for _ in range(200):
            if rng.random() < 0.5:
                distance, bearing = rng.uniform(0.45, 6.0), yaw + rng.uniform(-0.7, 0.7)
                at = (x + distance * math.cos(bearing), y + distance * math.sin(bearing))
            else:
                at = (rng.uniform(home.bounds_m[0], home.bounds_m[2]), rng.uniform(home.bounds_m[1], home.bounds_m[3]))
            free = home.room_at(*at) and clear(home, *at, reach + 0.03) and math.dist(at, (x, y)) > 0.4 + reach
            if free and all(math.dist(at, other) > THING_GAP_M + reach for other in taken):
                return at
        return (home.bounds_m[0] - 3.0 - len(taken), home.bounds_m[1] - 3.0)

    def _pixels_alone(self, snapshot, index: int, box: tuple[int, int, int, int]) -> int:  # noqa: ANN001
        """Pixels the thing would have with nothing else there and an image without borders."""
        self.alone.geom_group[:] = np.where(self.owner == index, 1, 3)
        self.data.qpos[:], self.data.mocap_pos[:] = snapshot.qpos, snapshot.mocap_pos
        self.data.mocap_quat[:] = snapshot.mocap_quat
        mujoco.mj_kinematics(self.alone, self.data)
        base = self.alone.body("base_link").id
        turn, at = self.data.xmat[base].reshape(3, 3), self.data.xpos[base]
        mount = self.model.camera
        c, s = math.cos(mount.pitch_rad), math.sin(mount.pitch_rad)
        axes = turn @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        origin = at + turn @ np.array([mount.x_m, mount.y_m, mount.z_m])
        r = self.renderer
        margin = max(box[2], box[3], 40)
        u, v = np.meshgrid(
            np.arange(box[0] - margin, box[0] + box[2] + margin) + 0.5,
            np.arange(box[1] - margin, box[1] + box[3] + margin) + 0.5,
        )
        rays = np.stack([np.ones_like(u), (r.cx_px - u) / r.f_px, (r.cy_px - v) / r.f_px], -1).reshape(-1, 3) @ axes.T
        n = len(rays)
        geom, depth = np.empty(n, np.int32), np.empty(n)
        mujoco.mj_multiRay(
            self.alone, self.data, origin, rays.ravel(), SEEN_GROUPS, True, -1, geom, depth, None, n, 100.0
        )
        return int((geom >= 0).sum())


def clear(home: Home, x: float, y: float, gap_m: float) -> bool:
    """Nothing of the home within `gap_m` of the point."""
    for wall in home.walls:
        dx, dy = wall.x2_m - wall.x1_m, wall.y2_m - wall.y1_m
        t = min(max(((x - wall.x1_m) * dx + (y - wall.y1_m) * dy) / (dx * dx + dy * dy), 0.0), 1.0)
        if math.hypot(x - wall.x1_m - t * dx, y - wall.y1_m - t * dy) < gap_m + home.wall_thickness_m / 2:
            return False
    for item in home.furniture.values():
        c, s = math.cos(item.yaw_rad), math.sin(item.yaw_rad)
        u, v = c * (x - item.x_m) + s * (y - item.y_m), c * (y - item.y_m) - s * (x - item.x_m)
        if math.hypot(max(abs(u) - item.size_m[0] / 2, 0), max(abs(v) - item.size_m[1] / 2, 0)) < gap_m:
            return False
    return True
