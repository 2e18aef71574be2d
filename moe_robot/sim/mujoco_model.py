"""From a World and the robot's URDF to one MuJoCo model, and the table that says what each geom is.

Knows nothing of time. Rays see groups 0 (home), 1 (objects) and 2 (people); the robot is in group 5, so that its own
sensors look through it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from moe_robot.robot_model import RobotModel
from moe_robot.sim.shapes import (
    COLORS,
    DOCK_RGB,
    FLOOR_RGB,
    KINDS,
    PERSON,
    WALL_RGB,
    Part,
    Rgb,
    furniture_rgb,
    quaternion,
)
from moe_robot.sim.worlds import World

TIMESTEP_S = 0.004
HOME_GROUP, OBJECT_GROUP, PEOPLE_GROUP, ROBOT_GROUP = 0, 1, 2, 5
SEEN_GROUPS = np.array([1, 1, 1, 0, 0, 0], np.uint8)
CONE_SIDES = 24
# contype, conaffinity of what is seen but touches nothing. Not 0, 0: MuJoCo leaves such geoms out of the box around
# their body, and mj_multiRay then misses what sticks out of it (heads).
SEEN_ONLY = (2, 0)
_TYPES = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
    "capsule": mujoco.mjtGeom.mjGEOM_CAPSULE,
    "ellipsoid": mujoco.mjtGeom.mjGEOM_ELLIPSOID,
}


@dataclass(frozen=True)
class SimModel:
    """`owner[geom]` indexes `things`; things[0] is the floor, things[1] the robot, the rest "wall", furniture ids,
    object ids, person ids. `rgb` is float32 [geoms, 3], 0..1."""

    mj: mujoco.MjModel
    things: tuple[str, ...]
    owner: NDArray[np.int32]
    rgb: NDArray[np.float32]


FLOOR, ROBOT = 0, 1


def build_model(world: World, robot: RobotModel) -> SimModel:
    spec = mujoco.MjSpec.from_string(robot.urdf)
    option = spec.option
    option.timestep = TIMESTEP_S
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.enableflags |= mujoco.mjtEnableBit.mjENBL_SLEEP  # things at rest cost nothing: 4x faster
    spec.compiler.fusestatic = False
    spec.compiler.discardvisual = False  # heads, arms and the dock's mat are seen though nothing can touch them
    spec.compiler.degree = False
    owners: dict[str, str] = {}  # geom name -> thing
    _add_robot(spec, world, robot, owners)
    _add_home(spec, world, owners)
    for thing in world.scene.objects.values():
        body = spec.worldbody.add_body(
            name=f"object/{thing.id}", pos=[thing.x_m, thing.y_m, 0.0], quat=quaternion(0, 0, thing.yaw_rad)
        )
        # Damping ends the rolling of balls, as carpet does; it is far too weak to hold what is pushed.
        body.add_freejoint(name=f"object/{thing.id}").damping = [0.004, 0.0, 0.0]
        kind = KINDS[thing.kind]
        _add_parts(spec, body, thing.id, kind.parts, COLORS[thing.color], OBJECT_GROUP, kind.mass_kg, owners)
    for person in world.scene.people.values():
        body = spec.worldbody.add_body(
            name=f"person/{person.id}",
            pos=[person.x_m, person.y_m, 0.0],
            quat=quaternion(0, 0, person.yaw_rad),
            mocap=True,
        )
        clothing = COLORS[world.home.people[person.id].clothing]
        _add_parts(spec, body, person.id, PERSON, clothing, PEOPLE_GROUP, 0.0, owners)
    model = spec.compile()
    names = [model.geom(i).name for i in range(model.ngeom)]
    things = ("floor", "robot", *dict.fromkeys(t for t in owners.values() if t not in ("floor", "robot")))
    index = {thing: i for i, thing in enumerate(things)}
    owner = np.array([index[owners[name]] for name in names], np.int32)
    return SimModel(model, things, owner, np.asarray(model.geom_rgba[:, :3], np.float32).copy())


def _add_robot(spec: mujoco.MjSpec, world: World, robot: RobotModel, owners: dict[str, str]) -> None:
    base = spec.body("base_link")
    start = world.scene.robot
    base.pos = [start.x_m, start.y_m, 0.0]
    base.quat = quaternion(0.0, 0.0, start.yaw_rad)
    base.add_freejoint(name="base")
    for body in spec.bodies:
        for geom in body.geoms:
            geom.group = ROBOT_GROUP
            geom.friction = [0.2, 0.005, 0.0001]
            owners[geom.name] = "robot"
    for side in ("left", "right"):
        joint = spec.joint(f"{side}_wheel_joint")
        joint.armature, joint.damping = 0.002, [0.01, 0.0, 0.0]
        # An ellipsoid of the wheel's size touches the floor in one point in its middle: the wheel separation is exact.
        tyre = spec.geom(f"{side}_tyre")
        radius, half_width = tyre.size[0], tyre.size[1]
        tyre.type = mujoco.mjtGeom.mjGEOM_ELLIPSOID
        tyre.size = [radius, radius, half_width]
        tyre.friction, tyre.priority, tyre.condim = [0.9, 0.005, 0.0001], 2, 3
        motor = spec.add_actuator(name=f"{side}_motor", target=joint.name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        motor.set_to_velocity(kv=1.5)
        motor.dyntype, motor.dynprm = mujoco.mjtDyn.mjDYN_FILTER, [0.05] + [0.0] * 9  # s, lag of motor and controller
        motor.forcelimited, motor.forcerange = True, [-1.2, 1.2]  # N m
    for name in ("front_ball", "back_ball"):
        ball = spec.geom(name)
        ball.priority, ball.condim, ball.friction = 1, 1, [0.0, 0.0, 0.0]
    site = spec.body("imu").add_site(name="imu")
    for name, kind in (
        ("gyro", mujoco.mjtSensor.mjSENS_GYRO),
        ("accelerometer", mujoco.mjtSensor.mjSENS_ACCELEROMETER),
    ):
        spec.add_sensor(name=name, type=kind, objtype=mujoco.mjtObj.mjOBJ_SITE, objname=site.name)


def _add_home(spec: mujoco.MjSpec, world: World, owners: dict[str, str]) -> None:
    home, ground = world.home, spec.worldbody
    x0, y0, x1, y1 = home.bounds_m
    ground.add_geom(
        name="floor",
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        size=[(x1 - x0) / 2 + 5, (y1 - y0) / 2 + 5, 0.1],
        pos=[(x0 + x1) / 2, (y0 + y1) / 2, 0.0],
        rgba=[*FLOOR_RGB, 1],
        group=HOME_GROUP,
    )
    owners["floor"] = "floor"

    def box(
        name: str, thing: str, at: list[float], half: list[float], yaw: float, rgb: Rgb, solid: bool = True
    ) -> None:
        geom = ground.add_geom(
            name=name,
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=at,
            size=half,
            quat=quaternion(0, 0, yaw),
            rgba=[*rgb, 1],
            group=HOME_GROUP,
        )
        owners[name] = thing
        if not solid:
            geom.contype, geom.conaffinity = SEEN_ONLY

    half_t, half_h = home.wall_thickness_m / 2, home.wall_height_m / 2
    for i, wall in enumerate(home.walls):
        dx, dy = wall.x2_m - wall.x1_m, wall.y2_m - wall.y1_m
        middle = [(wall.x1_m + wall.x2_m) / 2, (wall.y1_m + wall.y2_m) / 2, half_h]
        half = [math.hypot(dx, dy) / 2 + half_t, half_t, half_h]  # over both ends: corners close
        box(f"wall/{i}", "wall", middle, half, math.atan2(dy, dx), WALL_RGB)
    for item in home.furniture.values():
        half = [value / 2 for value in item.size_m]
        box(f"furniture/{item.id}", item.id, [item.x_m, item.y_m, half[2]], half, item.yaw_rad, furniture_rgb(item.id))
    if (dock := home.places.get("dock")) is not None:  # a mat that shows the place; nothing to bump into
        box(
            "dock",
            "floor",
            [dock.pose.x_m, dock.pose.y_m, 0.002],
            [0.24, 0.22, 0.002],
            dock.pose.yaw_rad,
            DOCK_RGB,
            False,
        )


def _add_parts(
    spec: mujoco.MjSpec,
    body: mujoco.MjsBody,
    thing: str,
    parts: tuple[Part, ...],
    rgb: Rgb,
    group: int,
    mass_kg: float,
    owners: dict[str, str],
) -> None:
    for i, part in enumerate(parts):
        name = f"{thing}/{i}"
        geom = body.add_geom(
            name=name,
            pos=part.at_m,
            quat=quaternion(*part.tilt_rad, 0.0),
            rgba=[*(part.rgb or rgb), 1],
            group=group,
            friction=[0.5, 0.005, 0.0001],
        )
        if part.shape == "cone":
            geom.type, geom.meshname = mujoco.mjtGeom.mjGEOM_MESH, _cone_mesh(spec, *part.size_m)
            geom.pos = [part.at_m[0], part.at_m[1], part.at_m[2] - part.size_m[1]]
        else:
            geom.type = _TYPES[part.shape]
            geom.size = [*part.size_m, *[0.0] * (3 - len(part.size_m))]
        if mass_kg:
            geom.mass = mass_kg * (1.0 if len(parts) == 1 else (0.85 if i == 0 else 0.15 / (len(parts) - 1)))
        if not part.solid:
            geom.contype, geom.conaffinity = SEEN_ONLY
        owners[name] = thing


def _cone_mesh(spec: mujoco.MjSpec, radius_m: float, half_m: float) -> str:
    """Adds the mesh once: apex up, base at z = 0 of the body."""
    name = f"cone_{radius_m:g}_{half_m:g}"
    if any(mesh.name == name for mesh in spec.meshes):
        return name
    turn = np.linspace(0.0, 2 * math.pi, CONE_SIDES, endpoint=False)
    points = np.zeros((CONE_SIDES + 2, 3))  # the ring, the apex, the middle of the base
    points[:CONE_SIDES, 0], points[:CONE_SIDES, 1] = radius_m * np.cos(turn), radius_m * np.sin(turn)
    points[CONE_SIDES, 2] = 2 * half_m
    faces = []
    for i in range(CONE_SIDES):
        j = (i + 1) % CONE_SIDES
        faces += [[i, j, CONE_SIDES], [j, i, CONE_SIDES + 1]]
    spec.add_mesh(name=name, uservert=points.ravel().tolist(), userface=np.array(faces).ravel().tolist())
    return name
