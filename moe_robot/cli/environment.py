"""The ROS environment that every process of ours runs in: loopback discovery and the shipped DDS profile.

Set before rclpy is imported. What a person has set already is left alone.
"""

from __future__ import annotations

import os

from moe_robot.paths import share_dir


def prepare() -> None:
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    profile = share_dir() / "config" / "fastdds_local.xml"
    if profile.is_file():
        os.environ.setdefault("FASTDDS_DEFAULT_PROFILES_FILE", str(profile))
        os.environ.setdefault("FASTRTPS_DEFAULT_PROFILES_FILE", str(profile))  # Humble's name of the same
    # One thread each: small matrices gain nothing from more, and the cores belong to the other nodes.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
