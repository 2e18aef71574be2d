"""Where the data files lie: the repository in a source or editable install, else the installed share folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from moe_robot.errors import ConfigError


def share_dir() -> Path:
    """The folder that holds `config/`, `worlds/` and `urdf/`. `MOE_ROBOT_SHARE` overrides the search."""
    package = Path(__file__).resolve().parent
    candidates = [package.parent, Path(sys.prefix) / "share" / "moe_robot"]
    candidates += [Path(p) / "share" / "moe_robot" for p in os.environ.get("AMENT_PREFIX_PATH", "").split(":") if p]
    if override := os.environ.get("MOE_ROBOT_SHARE"):
        candidates.insert(0, Path(override))
    for path in candidates:
        if (path / "config" / "robot_config.yaml").is_file():
            return path
    raise ConfigError(
        f"config/robot_config.yaml not found in any of {[str(p) for p in candidates]}: reinstall moe_robot"
    )


def state_dir() -> Path:
    """Where the robot keeps what must survive a restart (memory, logs); `MOE_ROBOT_HOME` overrides it."""
    return Path(os.environ.get("MOE_ROBOT_HOME") or Path.home() / ".local" / "share" / "moe_robot")


def runtime_dir() -> Path:
    """Where a running robot keeps its lock, its motor port and its logs; one for each user and ROS domain."""
    base = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"
    domain = os.environ.get("ROS_DOMAIN_ID") or "0"
    return Path(base) / f"moe_robot-{os.getuid()}-{domain}"


def make_runtime_dir() -> Path:
    """`runtime_dir()`, made and for its user alone. Raises ConfigError: it cannot be written."""
    path = runtime_dir()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot make {path}: {error.strerror}; set XDG_RUNTIME_DIR to a folder of yours") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ConfigError(f"cannot write in {path}; change its owner, or set XDG_RUNTIME_DIR to a folder of yours")
    return path
