"""The ROS environment that every process of ours runs in: loopback discovery and the shipped DDS profile.

Set before rclpy is imported. What a person has set already is left alone.
"""

from __future__ import annotations

import os
import re

from moe_robot.errors import ConfigError
from moe_robot.paths import share_dir

LAST_DOMAIN = 232  # RTPS has no port numbers for more


def prepare() -> None:
    """Raises ConfigError: ROS_DOMAIN_ID is no domain."""
    domain = os.environ.get("ROS_DOMAIN_ID") or "0"
    if not (domain.isascii() and domain.isdigit() and int(domain) <= LAST_DOMAIN):
        raise ConfigError(f"ROS_DOMAIN_ID must be a whole number from 0 to {LAST_DOMAIN}, found '{domain}'")
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    profile = share_dir() / "config" / "fastdds_local.xml"
    if profile.is_file():
        os.environ.setdefault("FASTDDS_DEFAULT_PROFILES_FILE", str(profile))
        os.environ.setdefault("FASTRTPS_DEFAULT_PROFILES_FILE", str(profile))  # Humble's name of the same
    # One thread each: small matrices gain nothing from more, and the cores belong to the other nodes.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def namespace(said: str) -> str:
    """Without the slashes around it. Raises ConfigError: ROS would refuse it."""
    name = said.strip("/")
    if name and not re.fullmatch(r"[A-Za-z_]\w*(/[A-Za-z_]\w*)*", name, re.ASCII):
        raise ConfigError(f"--namespace takes letters, digits and _, with / between parts, found '{said}'")
    return name
