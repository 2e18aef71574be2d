"""Which base stands behind `hardware.protocol`. The table is the list of all of them; docs/bases.md compares them.

moe           our own binary protocol (docs/protocol.md): firmware/ or sim/board.py at the other end
ros_arduino   the text firmware of hobby robots (text_link.py), with what it cannot promise in BaseState.caveats
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from moe_robot.config import HardwareConfig
from moe_robot.errors import ConfigError
from moe_robot.hardware.base import LinkEnd, MobileBase
from moe_robot.hardware.link import Expected, HostLink
from moe_robot.hardware.serial_base import SerialBase
from moe_robot.hardware.text_link import TextLink
from moe_robot.hardware.text_wheels import TextBoard
from moe_robot.motion.kinematics import DiffDrive
from moe_robot.robot_model import RobotModel


def make_base(cfg: HardwareConfig, kinematics: DiffDrive, model: RobotModel) -> MobileBase:
    """Not opened yet. Raises ConfigError for values that cannot be meant."""
    link = make_link(cfg, model.ticks_per_rev)
    if cfg.protocol == "ros_arduino":
        cfg = dataclasses.replace(cfg, baud=cfg.text_baud)
    return SerialBase(cfg, kinematics, link=link)


def make_link(cfg: HardwareConfig, ticks_per_rev: int) -> LinkEnd:
    return _LINKS[cfg.protocol](cfg, ticks_per_rev)


def _moe(cfg: HardwareConfig, ticks_per_rev: int) -> LinkEnd:
    return HostLink(cfg.link_timeout_s, Expected(cfg.host_timeout_s, ticks_per_rev))


def _ros_arduino(cfg: HardwareConfig, ticks_per_rev: int) -> LinkEnd:
    board = TextBoard(ticks_per_rev, cfg.text_pid_hz, cfg.text_max_wheel_radps, cfg.text_boot_s, _gains(cfg.text_pid))
    return TextLink(cfg.link_timeout_s, board)


_LINKS: dict[str, Callable[[HardwareConfig, int], LinkEnd]] = {"moe": _moe, "ros_arduino": _ros_arduino}


def _gains(text: str) -> tuple[int, int, int, int] | None:
    if not text:
        return None
    parts = text.split(",")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        raise ConfigError(
            f"hardware.text_pid: expected four whole numbers Kp,Kd,Ki,Ko such as 20,12,0,50, found '{text}'"
        )
    kp, kd, ki, ko = map(int, parts)
    if ko == 0:
        raise ConfigError(f"hardware.text_pid: Ko divides and must not be 0, found '{text}'")
    return kp, kd, ki, ko
