"""Sim: the other end of the motor's serial line and the sensors of a simulated robot, in real time.

    pty thread      board of the motor, at hardware.port   --\\
    physics thread  MuJoCo, scan, clock                    ---> one lock around the simulation
    camera thread   image, depth, camera_info, sim/truth   --/   (renders a snapshot outside of the lock)

Nothing of the robot is replaced: its nodes do not know that this one exists. `sim/truth` is for judges and pictures.
"""

from __future__ import annotations

import dataclasses
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from rclpy.node import Node
from rclpy.qos import QoSProfile
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, LaserScan

from moe_robot.config import Config
from moe_robot.errors import HardwareError
from moe_robot.nodes.convert import stamp
from moe_robot.nodes.convert_sensors import camera_to_msgs, scan_to_msg
from moe_robot.nodes.convert_sim import truth_to_msg
from moe_robot.nodes.faults import Faults
from moe_robot.nodes.ros import SENSOR, now_s
from moe_robot.nodes.run import Arguments
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.boards import make_board
from moe_robot.sim.physics import Plant, Simulation
from moe_robot.sim.pty_port import PtyPort
from moe_robot.sim.sensors import Renderer
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Battery, Imu
from moe_robot_interfaces.msg import Truth

PHYSICS_PERIOD_S = 0.004
MOST_BEHIND_S = 0.25  # on a busy machine the simulated time falls behind rather than rushing to catch up
TRUTH_EVERY = 2  # images


class SharedPlant:
    """The plant for the thread of the board: the simulation is not thread safe."""

    def __init__(self, plant: Plant, lock: threading.Lock) -> None:
        self._plant, self._lock = plant, lock

    def set_wheel_speeds(self, left_radps: float, right_radps: float) -> None:
        with self._lock:
            self._plant.set_wheel_speeds(left_radps, right_radps)

    @property
    def ticks_per_rev(self) -> int:
        return self._plant.ticks_per_rev

    def motor_currents_a(self) -> tuple[float, float]:
        with self._lock:
            return self._plant.motor_currents_a()

    def temperature_c(self) -> float:
        return self._plant.temperature_c()

    def wheel_ticks(self) -> tuple[int, int]:
        with self._lock:
            return self._plant.wheel_ticks()

    def wheel_speeds(self) -> tuple[float, float]:
        with self._lock:
            return self._plant.wheel_speeds()

    def battery(self) -> Battery:
        with self._lock:
            return self._plant.battery()

    def imu(self) -> Imu:
        with self._lock:
            return self._plant.imu()


class SimNode(Node):
    def __init__(self, arguments: Arguments, config: Config) -> None:
        super().__init__(arguments.name)
        self._cfg = config.sim
        world = load_world(arguments.world or config.robot.home, config.sim.seed)
        self._sim = Simulation(world, load_robot_model(config.robot.urdf), config.sim, config.sim.seed)
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._failed = threading.Event()

        self._scan = self.create_publisher(LaserScan, "scan", SENSOR)
        self._image = self.create_publisher(Image, "camera/image_raw", SENSOR)
        self._depth = self.create_publisher(Image, "camera/depth", SENSOR)
        self._info = self.create_publisher(CameraInfo, "camera/camera_info", SENSOR)
        self._truth = self.create_publisher(Truth, "sim/truth", QoSProfile(depth=1))
        self._clock_topic = self.create_publisher(Clock, "/clock", SENSOR) if arguments.publish_clock else None

        self._port = PtyPort(make_board(SharedPlant(self._sim.plant, self._lock), config.hardware))
        self._link = link_port(Path(config.hardware.port), self._port.path)
        self._faults = Faults(self, self._port)
        self.get_logger().info(f"world '{world.home.name}', motor board at {self._link}")
        self._threads = [
            threading.Thread(target=self._guarded, args=(loop,), name=name, daemon=True)
            for name, loop in (("physics", self._physics), ("camera", self._camera))
        ]
        for thread in self._threads:
            thread.start()
        self.create_timer(0.5, self._check)

    def _guarded(self, loop: Callable[[], None]) -> None:
        try:
            loop()
        except Exception as error:  # noqa: BLE001  top of a thread
            if not self._ending.is_set():
                self.get_logger().error(f"the {threading.current_thread().name} thread failed: {error!r}")
                self._failed.set()

    def _check(self) -> None:
        if self._failed.is_set():
            raise RuntimeError("a thread of the simulation has failed; see above")

    def _stamp_s(self) -> float:
        """Time of the data: the simulated one when the graph runs on it."""
        return self._sim.time_s if self._clock_topic is not None else now_s(self)

    def _physics(self) -> None:
        start_s = time.monotonic()
        scan_s = 0.0
        while not self._ending.wait(PHYSICS_PERIOD_S):
            behind_s = time.monotonic() - start_s - self._sim.time_s
            if behind_s > MOST_BEHIND_S:
                start_s += behind_s
                self.get_logger().warning("slower than real time: this machine is busy", throttle_duration_sec=10.0)
            scan = None
            with self._lock:
                self._sim.step(time.monotonic() - start_s)
                if self._sim.time_s >= scan_s:
                    scan_s = self._sim.time_s + 1.0 / self._cfg.lidar_rate_hz
                    scan = dataclasses.replace(self._sim.lidar(), t_s=self._stamp_s())
            if self._clock_topic is not None:
                self._clock_topic.publish(Clock(clock=stamp(self._sim.time_s)))
            if scan is not None and "lidar" not in self._faults.active:
                self._scan.publish(scan_to_msg(scan))

    def _camera(self) -> None:
        renderer = self._sim.new_renderer()
        period_s = 1.0 / self._cfg.camera_rate_hz
        due_s = time.monotonic()
        count = 0
        while not self._ending.wait(max(0.0, due_s - time.monotonic())):
            due_s = max(due_s + period_s, time.monotonic())
            with self._lock:
                snapshot, t_s = self._sim.snapshot(), self._stamp_s()
            image, depth, info = camera_to_msgs(dataclasses.replace(renderer.render(snapshot), t_s=t_s))
            if "camera" not in self._faults.active:
                self._info.publish(info)
                self._image.publish(image)
                if depth is not None:
                    self._depth.publish(depth)
            count += 1
            if count % TRUTH_EVERY == 0 and self._truth.get_subscription_count() > 0:
                self._publish_truth(renderer)

    def _publish_truth(self, renderer: Renderer) -> None:
        with self._lock:
            truth, snapshot, t_s = self._sim.truth(look=False), self._sim.snapshot(), self._stamp_s()
        visible = renderer.visible(snapshot, truth.objects, truth.people)
        self._truth.publish(truth_to_msg(dataclasses.replace(truth, visible=visible), t_s))

    def close(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(1.0)
        self._port.close()
        if self._link.is_symlink():
            self._link.unlink()


def link_port(link: Path, target: str) -> Path:
    """Put a symlink where the motor node opens its port. Raises HardwareError: something real is there."""
    if link.exists() and not link.is_symlink():
        raise HardwareError(f"hardware.port is {link}, a real device: with the simulator leave the port as it is")
    link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = link.with_name(f"{link.name}.{os.getpid()}")
    temporary.symlink_to(target)
    temporary.replace(link)
    return link
