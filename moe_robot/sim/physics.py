"""The simulated home robot: MuJoCo physics, motors, encoders, battery, charger, people. Time goes by in `step` only.

    sim = Simulation(load_world("flat"), load_robot_model(), cfg.sim, seed=1)
    sim.plant.set_wheel_speeds(4.0, 4.0)
    sim.step(2.0)
    sim.lidar(), sim.camera(), sim.truth()

The same seed, commands and times give the same run, bit by bit. Not thread safe, but a `Snapshot` may be rendered by a
`Renderer` of another thread. Knows nothing of the wire, of ROS and of what the robot believes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import mujoco
import numpy as np

from moe_robot.config import SimConfig
from moe_robot.robot_model import RobotModel
from moe_robot.sim.mujoco_model import FLOOR, ROBOT, TIMESTEP_S, build_model
from moe_robot.sim.sensors import Lidar, Renderer, Snapshot
from moe_robot.sim.shapes import KINDS, quaternion
from moe_robot.sim.truth import Collision, TrueObject, TruePerson, Truth
from moe_robot.sim.worlds import World
from moe_robot.structs import Battery, CameraFrame, Imu, Pose, Scan, Velocity

CONTROL_STEPS = 5  # physics steps between updates of slip, battery, charger and people: 20 ms
DOCK_REACH_M, DOCK_YAW_RAD = 0.15, math.radians(20.0)  # the charger's contacts
SLIP_TIME_S = 15.0  # how slowly a wheel's slip wanders
EPISODE_GAP_S = 0.5  # touching the same thing again sooner is the same collision
WALKER_GAP_M = 0.6  # a walking person waits for a robot this near
CAPACITY_AS = 5.2 * 3600.0  # battery, ampere seconds
IDLE_A, CHARGE_A, RESISTANCE_OHM = 0.7, 2.5, 0.08
GYRO_BIAS_RADPS, GYRO_NOISE_RADPS, ACCEL_NOISE_MPS2 = 0.003, 0.004, 0.03


@dataclass
class _Walker:
    """A person who walks to and fro along a polyline; `at_m` counts from its start, there and back."""

    points: tuple[tuple[float, float], ...]
    speed_mps: float
    at_m: float = 0.0

    def pose(self, at_m: float) -> Pose:
        legs = list(pairwise(self.points))
        lengths = [math.dist(a, b) for a, b in legs]
        total = sum(lengths)
        rest = at_m % (2 * total)
        back = rest > total
        rest = 2 * total - rest if back else rest
        for (a, b), length in zip(legs, lengths, strict=True):
            if rest <= length or (a, b) == legs[-1]:
                part = min(rest / length, 1.0)
                yaw = math.atan2(b[1] - a[1], b[0] - a[0]) + (math.pi if back else 0.0)
                return Pose(a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1]), yaw)
            rest -= length
        raise AssertionError("a walker has at least two points")


class Plant:
    """What the motor board is wired to: two motors, two encoders, a battery, an IMU (`sim.board.Plant`)."""

    def __init__(self, simulation: Simulation) -> None:
        self._sim = simulation

    def set_wheel_speeds(self, left_radps: float, right_radps: float) -> None:
        self._sim.set_wheel_speeds(left_radps, right_radps)

    @property
    def ticks_per_rev(self) -> int:
        return self._sim.robot.ticks_per_rev

    def wheel_ticks(self) -> tuple[int, int]:
        return self._sim.wheel_ticks()

    def wheel_speeds(self) -> tuple[float, float]:
        return self._sim.wheel_speeds()

    def battery(self) -> Battery:
        return self._sim.battery()

    def motor_currents_a(self) -> tuple[float, float]:
        return self._sim.motor_currents_a()

    def temperature_c(self) -> float:
        return math.nan  # nothing is warm in this simulation

    def imu(self) -> Imu:
        return self._sim.imu()


class Simulation:
    def __init__(self, world: World, model: RobotModel, cfg: SimConfig, seed: int) -> None:
        self.world, self.robot = world, model
        self._built = build_model(world, model)
        self._mj = self._built.mj
        self._data = mujoco.MjData(self._mj)
        self._cfg, self._seed = cfg, seed
        self._slip_rng, imu_rng = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
        self._gyro_bias = imu_rng.normal(0.0, GYRO_BIAS_RADPS, 3)
        self._slip = cfg.wheel_slip * self._slip_rng.standard_normal(2)
        self._wanted = (0.0, 0.0)
        self._jammed = np.array([False, False])
        base = self._mj.joint("base")
        self._base_q, self._base_v = int(base.qposadr[0]), int(base.dofadr[0])
        joints = [self._mj.joint(f"{side}_wheel_joint") for side in ("left", "right")]
        self._wheel_q = np.array([int(joint.qposadr[0]) for joint in joints])
        self._wheel_v = np.array([int(joint.dofadr[0]) for joint in joints])
        self._wheel_seen = self._data.qpos[self._wheel_q].copy()  # rad, when the encoders were last brought up to date
        self._encoder = np.zeros(2)  # rad that the encoders have turned
        self._charge = cfg.battery_start_percent / 100.0
        self._current_a = -IDLE_A
        self._on_dock = False
        self._steps = 0
        self._touching: dict[int, float] = {}  # thing -> when it was last touched
        self._hits: list[Collision] = []
        self._mocap = {pid: int(self._mj.body(f"person/{pid}").mocapid[0]) for pid in world.scene.people}
        self._walkers = {
            person.id: _Walker(((person.x_m, person.y_m), *person.path_m), person.speed_mps)
            for person in world.scene.people.values()
            if person.path_m
        }
        self.plant = Plant(self)
        self._lidar = Lidar(self._built, model, cfg, seed)
        self._camera: Renderer | None = None
        mujoco.mj_forward(self._mj, self._data)
        self._update()

    # ------------------------------------------------------------ time

    @property
    def time_s(self) -> float:
        return self._steps * TIMESTEP_S

    def step(self, until_s: float) -> None:
        """Advance to `until_s`, rounded to a physics step; a time in the past does nothing."""
        for _ in range(round(until_s / TIMESTEP_S) - self._steps):
            mujoco.mj_step(self._mj, self._data)
            self._steps += 1
            self._watch_contacts()
            if self._steps % CONTROL_STEPS == 0:
                self._update()

    def _watch_contacts(self) -> None:
        if self._data.ncon == 0:
            return
        pairs = self._built.owner[self._data.contact.geom]
        first, second = pairs[:, 0], pairs[:, 1]
        others = np.concatenate([second[first == ROBOT], first[second == ROBOT]])
        for thing in set(others[others > ROBOT].tolist()):
            last = self._touching.get(thing)
            if last is None or self.time_s - last > EPISODE_GAP_S:
                v = self._data.qvel[self._base_v : self._base_v + 2]
                self._hits.append(Collision(self.time_s, self._built.things[thing], float(np.hypot(*v))))
            self._touching[thing] = self.time_s

    def _update(self) -> None:
        """Every 20 ms: encoders, slip, motors, charger, battery, people."""
        dt = CONTROL_STEPS * TIMESTEP_S
        q = self._data.qpos[self._wheel_q]
        self._encoder += (q - self._wheel_seen) / (1.0 + self._slip)
        self._wheel_seen = q
        keep = math.exp(-dt / SLIP_TIME_S)
        kick = self._cfg.wheel_slip * math.sqrt(1.0 - keep * keep)
        self._slip = keep * self._slip + kick * self._slip_rng.standard_normal(2)
        self._apply_motors()
        pose = self.pose()
        dock = self.world.home.places.get("dock")
        self._on_dock = dock is not None and at_dock(pose, dock.pose)
        load_a = IDLE_A + sum(self.motor_currents_a())
        self._current_a = (CHARGE_A if self._charge < 1.0 else 0.0) if self._on_dock else -load_a
        gained = self._current_a * dt * self._cfg.battery_time_scale / CAPACITY_AS
        self._charge = min(max(self._charge + gained, 0.0), 1.0)
        for person, walker in self._walkers.items():
            after = walker.pose(walker.at_m + walker.speed_mps * dt)
            now = walker.pose(walker.at_m)
            near = math.hypot(after.x_m - pose.x_m, after.y_m - pose.y_m)
            if near > WALKER_GAP_M or near > math.hypot(now.x_m - pose.x_m, now.y_m - pose.y_m):
                walker.at_m += walker.speed_mps * dt
                self._put_person(person, after.x_m, after.y_m, after.yaw_rad)

    # ------------------------------------------------------------ the plant

    def set_wheel_speeds(self, left_radps: float, right_radps: float) -> None:
        """Set points of the board's speed controllers, as the encoders would measure them. Raises ValueError: NaN."""
        if not (math.isfinite(left_radps) and math.isfinite(right_radps)):
            raise ValueError(f"wheel speeds must be finite, found {left_radps}, {right_radps}")
        self._wanted = (left_radps, right_radps)
        self._apply_motors()

    def _apply_motors(self) -> None:
        self._data.ctrl[:] = np.where(self._jammed, 0.0, self._wanted) * (1.0 + self._slip)

    def jam(self, left: bool, right: bool) -> None:
        """Something holds a wheel fast, or does no longer."""
        self._jammed = np.array([left, right])
        self._apply_motors()

    def wheel_ticks(self) -> tuple[int, int]:
        angle = self._encoder + (self._data.qpos[self._wheel_q] - self._wheel_seen) / (1.0 + self._slip)
        left, right = np.floor(angle * (self.robot.ticks_per_rev / (2 * math.pi)))
        return int(left), int(right)

    def wheel_speeds(self) -> tuple[float, float]:
        """rad/s as the encoders see them."""
        left, right = self._data.qvel[self._wheel_v] / (1.0 + self._slip)
        return float(left), float(right)

    def motor_currents_a(self) -> tuple[float, float]:
        torque, speed = np.abs(self._data.actuator_force), np.abs(self._data.qvel[self._wheel_v])
        left, right = torque * speed / 7.0 + 0.4 * torque
        return float(left), float(right)

    def battery(self) -> Battery:
        """Three lithium cells."""
        open_v = 9.9 + 2.7 * self._charge**0.8
        voltage = open_v + RESISTANCE_OHM * self._current_a
        return Battery(100.0 * self._charge, voltage, self._current_a, self._on_dock)

    def imu(self) -> Imu:
        """Reads +9.81 m/s^2 upwards at rest, as accelerometers do."""
        rng = np.random.default_rng([self._seed, 3, self._steps])
        gyro = self._data.sensor("gyro").data + self._gyro_bias + rng.normal(0.0, GYRO_NOISE_RADPS, 3)
        accel = self._data.sensor("accelerometer").data + rng.normal(0.0, ACCEL_NOISE_MPS2, 3)
        return Imu(tuple(gyro.tolist()), tuple(accel.tolist()), self.time_s)

    # ------------------------------------------------------------ sensors

    def snapshot(self) -> Snapshot:
        d = self._data
        return Snapshot(d.qpos.copy(), d.mocap_pos.copy(), d.mocap_quat.copy(), self.time_s, self._steps)

    def new_renderer(self) -> Renderer:
        """For a thread of its own; gives the same images as `camera()`."""
        return Renderer(self._built, self.robot, self._cfg, self._seed)

    def camera(self) -> CameraFrame:
        return self._own_renderer().render(self.snapshot())

    def lidar(self) -> Scan:
        return self._lidar.scan(self.snapshot())

    def _own_renderer(self) -> Renderer:
        if self._camera is None:
            self._camera = self.new_renderer()
        return self._camera

    # ------------------------------------------------------------ truth, and the hand of the experimenter

    @property
    def charging(self) -> bool:
        return self._on_dock

    def pose(self) -> Pose:
        """True pose of base_link in the map."""
        x, y, _, w, i, j, k = self._data.qpos[self._base_q : self._base_q + 7]
        return Pose(float(x), float(y), math.atan2(2 * (w * k + i * j), 1 - 2 * (j * j + k * k)))

    def truth(self, look: bool = True) -> Truth:
        """`look` False leaves `visible` empty and costs no rays."""
        pose, room_at = self.pose(), self.world.home.room_at
        vx, vy = self._data.qvel[self._base_v : self._base_v + 2]
        turn = float(self._data.qvel[self._base_v + 5])
        forward = float(vx * math.cos(pose.yaw_rad) + vy * math.sin(pose.yaw_rad))
        up = float(self._data.xmat[self._mj.body("base_link").id][8])
        objects = []
        for thing in self.world.scene.objects.values():
            address = int(self._mj.joint(f"object/{thing.id}").qposadr[0])
            x, y, z, w, i, j, k = (float(value) for value in self._data.qpos[address : address + 7])
            yaw = math.atan2(2 * (w * k + i * j), 1 - 2 * (j * j + k * k))
            half = KINDS[thing.kind].height_m / 2  # from the foot to the middle: a ball's foot goes round with it
            x, y, z = (
                x + half * 2 * (i * k + w * j),
                y + half * 2 * (j * k - w * i),
                z + half * (1 - 2 * (i * i + j * j)),
            )
            objects.append(TrueObject(thing.id, thing.kind, thing.color, x, y, z, yaw, room_at(x, y)))
        people = []
        for person, index in self._mocap.items():
            x, y, _ = (float(value) for value in self._data.mocap_pos[index])
            w, _, _, k = self._data.mocap_quat[index]
            clothing = self.world.home.people[person].clothing
            people.append(TruePerson(person, clothing, x, y, 2 * math.atan2(k, w), room_at(x, y)))
        return Truth(
            t_s=self.time_s,
            pose=pose,
            velocity=Velocity(forward, turn),
            room=room_at(pose.x_m, pose.y_m),
            collisions=len(self._hits),
            hits=tuple(self._hits),
            objects=tuple(objects),
            people=tuple(people),
            visible=self._own_renderer().visible(self.snapshot(), objects, people) if look else (),
            charging=self._on_dock,
            battery_percent=100.0 * self._charge,
            tilt_rad=math.acos(min(up, 1.0)),
        )

    def set_person(self, person: str, x_m: float, y_m: float, yaw_rad: float) -> None:
        """Put a person somewhere; ends a scripted walk."""
        self._walkers.pop(person, None)
        self._put_person(person, x_m, y_m, yaw_rad)

    def _put_person(self, person: str, x_m: float, y_m: float, yaw_rad: float) -> None:
        index = self._mocap[person]
        self._data.mocap_pos[index] = (x_m, y_m, 0.0)
        self._data.mocap_quat[index] = quaternion(0.0, 0.0, yaw_rad)

    def set_robot(self, pose: Pose) -> None:
        """Lift the robot and put it down elsewhere, at rest. Odometry does not notice."""
        at = self._base_q
        self._data.qpos[at : at + 7] = (pose.x_m, pose.y_m, 0.0, *quaternion(0.0, 0.0, pose.yaw_rad))
        self._data.qvel[self._base_v : self._base_v + 6] = 0.0
        mujoco.mj_forward(self._mj, self._data)

    def set_object(self, thing: str, x_m: float, y_m: float, yaw_rad: float = 0.0) -> None:
        """Put an object upright on the floor."""
        joint = self._mj.joint(f"object/{thing}")
        at, v = int(joint.qposadr[0]), int(joint.dofadr[0])
        self._data.qpos[at : at + 7] = (x_m, y_m, 0.0, *quaternion(0.0, 0.0, yaw_rad))
        self._data.qvel[v : v + 6] = 0.0
        mujoco.mj_forward(self._mj, self._data)

    def set_battery(self, percent: float) -> None:
        """Raises ValueError outside 0..100."""
        if not 0.0 <= percent <= 100.0:
            raise ValueError(f"a battery holds 0..100 percent, found {percent}")
        self._charge = percent / 100.0


def at_dock(pose: Pose, dock: Pose) -> bool:
    """The charger's contacts touch: within 0.15 m and 20 degrees of the dock pose."""
    turn = math.remainder(pose.yaw_rad - dock.yaw_rad, 2 * math.pi)
    return math.hypot(pose.x_m - dock.x_m, pose.y_m - dock.y_m) <= DOCK_REACH_M and abs(turn) <= DOCK_YAW_RAD


assert FLOOR == 0 and ROBOT == 1  # `_watch_contacts` counts on their order
