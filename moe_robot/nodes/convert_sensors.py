"""Sensor messages to structs and back: lidar, camera, IMU, battery, wheels. See convert.py.

Pixels are not copied where the encoding allows; writing goes through `array.array` (an ndarray is 60 times slower).
Raises ValueError: an image encoding that we cannot read.
"""

from __future__ import annotations

import array
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import BatteryState, CameraInfo, Image, JointState, LaserScan
from sensor_msgs.msg import Imu as ImuMsg

from moe_robot import structs
from moe_robot.nodes.convert import seconds, stamp


def scan_to_msg(scan: structs.Scan, frame_id: str = "laser") -> LaserScan:
    m = LaserScan(
        angle_min=float(scan.angle_min_rad),
        angle_increment=float(scan.angle_increment_rad),
        angle_max=float(scan.angle_min_rad + scan.angle_increment_rad * (len(scan.ranges_m) - 1)),
        range_min=float(scan.range_min_m),
        range_max=float(scan.range_max_m),
    )
    m.ranges = array.array("f", np.ascontiguousarray(scan.ranges_m, np.float32).tobytes())
    m.header.stamp, m.header.frame_id = stamp(scan.t_s), frame_id
    return m


def scan_from_msg(m: LaserScan) -> structs.Scan:
    ranges = np.frombuffer(m.ranges, np.float32) if len(m.ranges) else np.zeros(0, np.float32)
    return structs.Scan(ranges, m.angle_min, m.angle_increment, m.range_min, m.range_max, seconds(m.header.stamp))


def camera_to_msgs(
    frame: structs.CameraFrame, frame_id: str = "camera_optical"
) -> tuple[Image, Image | None, CameraInfo]:
    """rgb8 image, 32FC1 depth (None when the frame has none) and the pinhole model, under one stamp."""
    height, width, _ = frame.rgb.shape
    image = _image(frame.rgb, "rgb8", 3 * width)
    depth = None if frame.depth_m is None else _image(frame.depth_m.astype(np.float32, copy=False), "32FC1", 4 * width)
    fx, fy, cx, cy = frame.fx_px, frame.fy_px, frame.cx_px, frame.cy_px
    info = CameraInfo(height=height, width=width, distortion_model="plumb_bob", d=[0.0] * 5)
    info.k = [fx, 0.0, cx, 0.0, fy, cy, 0.0, 0.0, 1.0]
    info.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    info.p = [fx, 0.0, cx, 0.0, 0.0, fy, cy, 0.0, 0.0, 0.0, 1.0, 0.0]
    for m in (image, depth, info):
        if m is not None:
            m.header.stamp, m.header.frame_id = stamp(frame.t_s), frame_id
    return image, depth, info


def _image(pixels: NDArray[Any], encoding: str, step: int) -> Image:
    height, width = pixels.shape[:2]
    m = Image(height=height, width=width, encoding=encoding, step=step, is_bigendian=0)
    m.data = array.array("B", np.ascontiguousarray(pixels).tobytes())
    return m


def camera_from_msgs(image: Image, depth: Image | None, info: CameraInfo) -> structs.CameraFrame:
    """Views into the messages where the encoding allows. Raises ValueError: an encoding we cannot read."""
    return structs.CameraFrame(
        rgb=_rgb(image),
        depth_m=None if depth is None else _depth_m(depth),
        fx_px=info.k[0],
        fy_px=info.k[4],
        cx_px=info.k[2],
        cy_px=info.k[5],
        t_s=seconds(image.header.stamp),
    )


_CHANNELS = {"rgb8": (3, (0, 1, 2)), "bgr8": (3, (2, 1, 0)), "rgba8": (4, (0, 1, 2)), "bgra8": (4, (2, 1, 0))}


def _rgb(m: Image) -> NDArray[np.uint8]:
    if m.encoding not in _CHANNELS:
        raise ValueError(f"camera image has encoding '{m.encoding}'; expected one of {', '.join(_CHANNELS)}")
    channels, order = _CHANNELS[m.encoding]
    rows = np.frombuffer(m.data, np.uint8).reshape(m.height, m.step)[:, : m.width * channels]
    pixels = rows.reshape(m.height, m.width, channels)
    return pixels if order == (0, 1, 2) and channels == 3 else np.ascontiguousarray(pixels[:, :, list(order)])


def _depth_m(m: Image) -> NDArray[np.float32]:
    """Metres along the axis, inf where nothing was measured (drivers write 0 or nan there)."""
    if m.encoding == "32FC1":
        depth = np.frombuffer(m.data, np.float32).reshape(m.height, m.step // 4)[:, : m.width]
    elif m.encoding in ("16UC1", "mono16"):
        millimetres = np.frombuffer(m.data, np.uint16).reshape(m.height, m.step // 2)[:, : m.width]
        depth = millimetres.astype(np.float32) * np.float32(1e-3)
    else:
        raise ValueError(f"depth image has encoding '{m.encoding}'; expected 32FC1 (m) or 16UC1 (mm)")
    return np.where(depth > 0.0, depth, np.float32(np.inf))


def imu_to_msg(imu: structs.Imu, t_s: float, frame_id: str = "imu", std: tuple[float, float] = (0.0, 0.0)) -> ImuMsg:
    """`std`: standard deviations of the rates (rad/s) and the accelerations (m/s^2); 0 = not known."""
    m = ImuMsg()
    m.header.stamp, m.header.frame_id = stamp(t_s), frame_id
    m.angular_velocity.x, m.angular_velocity.y, m.angular_velocity.z = map(float, imu.angular_radps)
    m.linear_acceleration.x, m.linear_acceleration.y, m.linear_acceleration.z = map(float, imu.linear_mps2)
    m.orientation_covariance[0] = -1.0  # no orientation in it (REP 145)
    for axis in (0, 4, 8):
        m.angular_velocity_covariance[axis], m.linear_acceleration_covariance[axis] = std[0] ** 2, std[1] ** 2
    return m


def imu_from_msg(m: ImuMsg) -> structs.Imu:
    w, a = m.angular_velocity, m.linear_acceleration
    return structs.Imu((w.x, w.y, w.z), (a.x, a.y, a.z), seconds(m.header.stamp))


def battery_to_msg(battery: structs.Battery, t_s: float) -> BatteryState:
    """nan where a value is not measured; percentage is 0..1."""
    m = BatteryState(
        voltage=float(battery.voltage_v),
        current=float(battery.current_a),
        percentage=min(max(float(battery.percent) / 100.0, 0.0), 1.0) if math.isfinite(battery.percent) else math.nan,
        charge=math.nan,
        capacity=math.nan,
        design_capacity=math.nan,
        temperature=math.nan,
        power_supply_status=_power_supply(battery),
        power_supply_health=BatteryState.POWER_SUPPLY_HEALTH_UNKNOWN,
        power_supply_technology=BatteryState.POWER_SUPPLY_TECHNOLOGY_UNKNOWN,
        present=math.isfinite(battery.voltage_v) and battery.voltage_v > 0.0,
    )
    m.header.stamp, m.header.frame_id = stamp(t_s), "base_link"
    return m


def _power_supply(battery: structs.Battery) -> int:
    if battery.charging:
        full = battery.percent >= 100.0
        status = BatteryState.POWER_SUPPLY_STATUS_FULL if full else BatteryState.POWER_SUPPLY_STATUS_CHARGING
    elif math.isfinite(battery.voltage_v):
        status = BatteryState.POWER_SUPPLY_STATUS_DISCHARGING
    else:
        status = BatteryState.POWER_SUPPLY_STATUS_UNKNOWN
    return int(status)


def battery_from_msg(m: BatteryState) -> structs.Battery:
    plugged = (BatteryState.POWER_SUPPLY_STATUS_CHARGING, BatteryState.POWER_SUPPLY_STATUS_FULL)
    return structs.Battery(m.percentage * 100.0, m.voltage, m.current, m.power_supply_status in plugged)


def joint_states_to_msg(
    names: Sequence[str], positions_rad: Sequence[float], speeds_radps: Sequence[float], t_s: float
) -> JointState:
    m = JointState(name=list(names), position=list(map(float, positions_rad)), velocity=list(map(float, speeds_radps)))
    m.header.stamp = stamp(t_s)
    return m
