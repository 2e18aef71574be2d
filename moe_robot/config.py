"""The one typed configuration. Every default stands in `config/robot_config.yaml` and nowhere else.

`load_config(path)` lays a person's file over the shipped one: only changed keys need to be written. An unknown key, a
wrong type or a number out of range is a ConfigError that names the key, what was expected and what was found.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml

from moe_robot.errors import ConfigError
from moe_robot.paths import share_dir


@dataclass(frozen=True)
class Range:
    """Inclusive bounds of a number."""

    low: float
    high: float


Positive = Range(1e-6, 1e9)
Fraction = Range(0.0, 1.0)


@dataclass(frozen=True)
class RobotConfig:
    language: Literal["ru", "en"]
    urdf: str
    home: str


@dataclass(frozen=True)
class MonitorConfig:
    lag_s: Annotated[float, Range(0.05, 3.0)]
    stall_s: Annotated[float, Range(0.2, 10.0)]
    stall_mps: Annotated[float, Range(0.005, 0.5)]
    stall_share: Annotated[float, Range(0.01, 0.9)]
    runaway_s: Annotated[float, Range(0.1, 5.0)]
    runaway_mps: Annotated[float, Range(0.02, 1.0)]
    slip_s: Annotated[float, Range(0.2, 10.0)]
    slip_radps: Annotated[float, Range(0.05, 5.0)]
    slip_share: Annotated[float, Range(0.05, 1.0)]
    slip_way_m: Annotated[float, Range(0.05, 2.0)]
    tilt_s: Annotated[float, Range(0.1, 5.0)]
    tilt_deg: Annotated[float, Range(5.0, 80.0)]
    battery_s: Annotated[float, Range(0.1, 60.0)]
    battery_percent: Annotated[float, Range(1.0, 50.0)]
    battery_v: Annotated[float, Range(1.0, 100.0)]
    temperature_s: Annotated[float, Range(0.1, 60.0)]
    temperature_c: Annotated[float, Range(30.0, 120.0)]
    clear_s: Annotated[float, Range(0.1, 60.0)]


@dataclass(frozen=True)
class MotionConfig:
    max_linear_mps: Annotated[float, Range(0.01, 3.0)]
    max_angular_radps: Annotated[float, Range(0.01, 6.0)]
    max_linear_accel_mps2: Annotated[float, Range(0.01, 10.0)]
    max_linear_decel_mps2: Annotated[float, Range(0.01, 20.0)]
    max_angular_accel_radps2: Annotated[float, Range(0.01, 50.0)]
    max_linear_jerk_mps3: Annotated[float, Range(0.5, 200.0)]
    max_angular_jerk_radps3: Annotated[float, Range(2.0, 1000.0)]
    hard_stop_mps2: Annotated[float, Range(0.1, 20.0)]
    hard_stop_radps2: Annotated[float, Range(0.5, 50.0)]
    command_timeout_s: Annotated[float, Range(0.05, 2.0)]
    scan_timeout_s: Annotated[float, Range(0.05, 2.0)]
    zone_stop_m: Annotated[float, Range(0.0, 2.0)]
    zone_slow_m: Annotated[float, Range(0.0, 5.0)]
    zone_side_m: Annotated[float, Range(0.0, 0.5)]
    zone_creep_mps: Annotated[float, Range(0.01, 0.3)]
    rate_hz: Annotated[float, Range(20.0, 200.0)]
    critical_nodes: tuple[str, ...]
    monitors: MonitorConfig


@dataclass(frozen=True)
class HardwareConfig:
    protocol: Literal["moe", "ros_arduino", "cmd_vel"]
    port: str
    baud: Annotated[int, Range(9600, 4_000_000)]
    host_timeout_s: Annotated[float, Range(0.05, 1.0)]
    link_timeout_s: Annotated[float, Range(0.05, 2.0)]
    reconnect_max_s: Annotated[float, Range(0.1, 60.0)]
    text_baud: Annotated[int, Range(9600, 4_000_000)]
    text_pid_hz: Annotated[int, Range(1, 500)]
    text_pid: str
    text_max_wheel_radps: Annotated[float, Range(0.1, 200.0)]
    text_boot_s: Annotated[float, Range(0.0, 10.0)]
    battery_ah: Annotated[float, Range(0.0, 10_000.0)]
    drive_a: Annotated[float, Range(0.0, 1000.0)]


@dataclass(frozen=True)
class VisionConfig:
    rate_hz: Annotated[float, Range(0.5, 60.0)]
    min_area_px: Annotated[int, Range(4, 10_000)]
    max_range_m: Annotated[float, Range(0.5, 20.0)]


@dataclass(frozen=True)
class WorldConfig:
    grid_resolution_m: Annotated[float, Range(0.02, 0.5)]
    robot_radius_m: Annotated[float, Range(0.05, 1.0)]
    clearance_m: Annotated[float, Range(0.0, 1.0)]
    particles: Annotated[int, Range(50, 20_000)]
    sighting_merge_m: Annotated[float, Range(0.05, 2.0)]
    camera_range_m: Annotated[float, Range(0.5, 20.0)]
    stale_s: Annotated[float, Range(0.1, 10.0)]


@dataclass(frozen=True)
class RouterConfig:
    strategy: Literal["rule_based", "learned", "hierarchical"]
    confidence_threshold: Annotated[float, Fraction]
    top_k: Annotated[int, Range(1, 20)]
    encoder: str
    model: str
    max_utterance_chars: Annotated[int, Range(10, 100_000)]


@dataclass(frozen=True)
class ExpertsConfig:
    folder: str
    cache_size: Annotated[int, Range(1, 1000)]
    max_ram_mb: Annotated[float, Range(64.0, 1_000_000.0)]
    answer_timeout_s: Annotated[float, Range(0.1, 3600.0)]
    load_timeout_s: Annotated[float, Range(1.0, 3600.0)]


@dataclass(frozen=True)
class PlannerConfig:
    tick_rate_hz: Annotated[float, Range(5.0, 100.0)]
    max_steps: Annotated[int, Range(1, 1000)]
    max_repeats: Annotated[int, Range(1, 1000)]
    until_timeout_s: Annotated[float, Range(1.0, 86_400.0)]


@dataclass(frozen=True)
class SkillsConfig:
    cruise_mps: Annotated[float, Range(0.05, 2.0)]
    turn_radps: Annotated[float, Range(0.05, 3.0)]
    drive_default_m: Annotated[float, Range(0.1, 10.0)]
    turn_default_deg: Annotated[float, Range(1.0, 360.0)]
    max_distance_m: Annotated[float, Range(0.1, 1000.0)]
    max_turn_deg: Annotated[float, Range(1.0, 36_000.0)]
    max_duration_s: Annotated[float, Range(1.0, 86_400.0)]
    sweep_radps: Annotated[float, Range(0.05, 3.0)]
    approach_m: Annotated[float, Range(0.3, 3.0)]
    follow_m: Annotated[float, Range(0.4, 5.0)]
    follow_default_s: Annotated[float, Range(1.0, 86_400.0)]
    travel_timeout_s: Annotated[float, Range(1.0, 86_400.0)]
    find_timeout_s: Annotated[float, Range(1.0, 86_400.0)]


@dataclass(frozen=True)
class MemoryConfig:
    path: str
    busy_timeout_s: Annotated[float, Range(0.1, 60.0)]
    write_interval_s: Annotated[float, Range(0.0, 600.0)]


@dataclass(frozen=True)
class SimConfig:
    seed: Annotated[int, Range(0, 2**31)]
    camera_rate_hz: Annotated[float, Range(1.0, 60.0)]
    camera_width_px: Annotated[int, Range(64, 1920)]
    camera_height_px: Annotated[int, Range(48, 1080)]
    lidar_rate_hz: Annotated[float, Range(1.0, 60.0)]
    lidar_rays: Annotated[int, Range(36, 3600)]
    wheel_slip: Annotated[float, Range(0.0, 0.2)]
    battery_start_percent: Annotated[float, Range(0.0, 100.0)]
    battery_time_scale: Annotated[float, Range(0.0, 10_000.0)]


@dataclass(frozen=True)
class InputConfig:
    """One source of velocity. Of those that want to move the highest priority drives."""

    name: str
    topic: str
    priority: Annotated[int, Range(0, 1000)]
    timeout_s: Annotated[float, Range(0.05, 2.0)]


@dataclass(frozen=True)
class RosConfig:
    autostart: bool
    cmd_vel_type: Literal["auto", "twist", "twist_stamped"]
    inputs: tuple[InputConfig, ...]
    base_cmd_vel: str
    base_odom: str
    odom_noise_m: Annotated[float, Range(0.0, 1.0)]
    gyro_std_radps: Annotated[float, Range(0.0, 10.0)]
    accel_std_mps2: Annotated[float, Range(0.0, 100.0)]

    def __post_init__(self) -> None:
        for key in ("name", "topic", "priority"):
            values = [getattr(each, key) for each in self.inputs]
            if len(set(values)) < len(values):
                raise ConfigError(f"'ros.inputs': expected a different {key} for each input, found {values}")


@dataclass(frozen=True)
class Config:
    robot: RobotConfig
    ros: RosConfig
    motion: MotionConfig
    hardware: HardwareConfig
    vision: VisionConfig
    world: WorldConfig
    router: RouterConfig
    experts: ExpertsConfig
    planner: PlannerConfig
    skills: SkillsConfig
    memory: MemoryConfig
    sim: SimConfig


def load_config(path: Path | str | None = None, overrides: Mapping[str, object] | None = None) -> Config:
    """The shipped configuration, `path` laid over it, then `overrides` ("motion.rate_hz": 50). Raises ConfigError."""
    shipped = share_dir() / "config" / "robot_config.yaml"
    data = read_yaml(shipped)
    origins: dict[str, str] = {}
    if path is not None:
        _overlay(data, read_yaml(Path(path)), origins, str(path), "")
    for dotted, value in (overrides or {}).items():
        nested: object = value
        for part in reversed(dotted.split(".")):
            nested = {part: nested}
        _overlay(data, typing.cast("dict[str, Any]", nested), origins, "the command line", "")
    config = _build(Config, data, origins, str(shipped), "")
    assert isinstance(config, Config)
    return config


def read_settings(settings: Iterable[str]) -> dict[str, object]:
    """Overrides from `KEY=VALUE`, the value as in YAML. Raises ConfigError."""
    overrides: dict[str, object] = {}
    for setting in settings:
        key, sign, value = setting.partition("=")
        if not sign:
            raise ConfigError(f"--set expects KEY=VALUE such as motion.rate_hz=50, found {setting!r}")
        try:
            overrides[key] = yaml.safe_load(value) if value else ""
        except yaml.YAMLError as error:
            raise ConfigError(f"--set {key}: the value is no YAML: {value!r}") from error
    return overrides


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises ConfigError: missing, not readable, not YAML, not a mapping."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}; give the path of a YAML file") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid YAML: {error}") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected a mapping of keys at the top, found {type(data).__name__}")
    return data


def _overlay(base: dict[str, Any], extra: Mapping[str, Any], origins: dict[str, str], origin: str, prefix: str) -> None:
    """`origins` keeps where each key that was laid over came from, for the errors."""
    for key, value in extra.items():
        name = f"{prefix}{key}"
        if key not in base:
            raise ConfigError(f"{origin}: unknown key '{name}'; known here: {', '.join(sorted(base))}")
        if isinstance(base[key], dict):
            if not isinstance(value, dict):
                raise ConfigError(f"{origin}: '{name}' must be a mapping, found {value!r}")
            _overlay(base[key], value, origins, origin, f"{name}.")
        else:
            base[key], origins[name] = value, origin


def _build(cls: type, data: Mapping[str, Any], origins: Mapping[str, str], origin: str, prefix: str) -> object:
    hints = typing.get_type_hints(cls, include_extras=True)
    unknown = sorted(set(data) - set(hints))
    if unknown:
        raise ConfigError(f"{origin}: unknown key '{prefix}{unknown[0]}'; known here: {', '.join(sorted(hints))}")
    values = {}
    for key, hint in hints.items():
        name = f"{prefix}{key}"
        if key not in data:
            raise ConfigError(f"{origin}: key '{name}' is missing")
        value = data[key]
        if dataclasses.is_dataclass(hint):
            if not isinstance(value, dict):
                raise ConfigError(f"{origin}: '{name}' must be a mapping, found {value!r}")
            values[key] = _build(typing.cast(type, hint), value, origins, origin, f"{name}.")
        elif typing.get_origin(hint) is tuple and dataclasses.is_dataclass(typing.get_args(hint)[0]):
            values[key] = _list(typing.get_args(hint)[0], value, origins, origins.get(name, origin), name)
        else:
            values[key] = _value(hint, value, origins.get(name, origin), name)
    return cls(**values)


def _list(cls: type, value: object, origins: Mapping[str, str], origin: str, name: str) -> tuple[object, ...]:
    """A list of mappings; a person's list replaces the shipped one as a whole."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ConfigError(f"{origin}: '{name}' must be a list of mappings, found {value!r}")
    return tuple(_build(cls, each, origins, origin, f"{name}[{i}].") for i, each in enumerate(value))


def _value(hint: Any, value: Any, origin: str, name: str) -> object:
    bounds: Range | None = None
    if typing.get_origin(hint) is Annotated:
        hint, bounds = typing.get_args(hint)
    if typing.get_origin(hint) is Literal:
        choices = typing.get_args(hint)
        if value not in choices:
            raise ConfigError(f"{origin}: '{name}' must be one of {', '.join(map(repr, choices))}; found {value!r}")
        return value
    if hint == tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise ConfigError(f"{origin}: '{name}' must be a list of names like [a, b]; found {value!r}")
        return tuple(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise ConfigError(f"{origin}: '{name}' must be {hint.__name__}; found {value!r}")
    if bounds is not None and not (math.isfinite(value) and bounds.low <= value <= bounds.high):
        raise ConfigError(
            f"{origin}: '{name}' must be between {bounds.low:.10g} and {bounds.high:.10g}; found {value!r}"
        )
    return typing.cast(object, value)
