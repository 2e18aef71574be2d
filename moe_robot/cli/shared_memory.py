"""What processes that were killed leave of Fast DDS in shared memory: 32 MB each, and ports that others wait for.

A living process holds a lock (flock) on NAME_el or NAME_sl beside each of its files, so what nobody holds is stale. A
port without a lock file was made by somebody who sent to a process that had gone; it may belong to a living sender, so
only those of our ROS domain are removed, before its first process starts. A stale port costs everybody who sends to it
up to a second, in which none of their topics moves.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import time
from pathlib import Path

NAME = re.compile(r"(?P<name>fastrtps_(port\d{1,5}|[0-9a-f]{16}))(_el|_sl)")
PORT = re.compile(r"fastrtps_port(\d{1,5})")
YOUNG_S = 5.0  # somebody may be between making a file and locking it
FIRST_PORT, PORTS = 7400, 250  # of domain 0, and of each domain (RTPS)


def remove_stale(folder: Path = Path("/dev/shm"), domain: int | None = None) -> int:
    """Remove what is stale and ours to remove; how many names were removed. `domain` is by default ROS_DOMAIN_ID."""
    if domain is None:
        said = os.environ.get("ROS_DOMAIN_ID", "")
        domain = int(said) if said.isdigit() else 0
    try:
        paths = list(folder.iterdir())
    except OSError:
        return 0
    locks = [path for path in paths if NAME.fullmatch(path.name)]
    alive = {_name(path) for path in locks if not _is_stale(path)}
    without_lock = {path.name for path in paths if _is_of(domain, path)} - {_name(path) for path in locks}
    stale = {_name(path) for path in locks} - alive | without_lock
    for name in stale:
        for left in (name, f"sem.{name}_mutex", f"{name}_el", f"{name}_sl"):
            with contextlib.suppress(OSError):
                (folder / left).unlink()
    return len(stale)


def _name(lock: Path) -> str:
    match = NAME.fullmatch(lock.name)
    assert match is not None
    return match["name"]


def _is_of(domain: int, path: Path) -> bool:
    match = PORT.fullmatch(path.name)
    if match is None or (int(match[1]) - FIRST_PORT) // PORTS != domain:
        return False
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime > YOUNG_S
    return False


def _is_stale(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except OSError:
        return False
    try:
        if time.time() - os.fstat(descriptor).st_mtime < YOUNG_S:
            return False
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
