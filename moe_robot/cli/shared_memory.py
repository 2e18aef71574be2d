"""What processes that were killed leave of Fast DDS in shared memory: 32 MB each, and ports that others wait for.

A living process holds a lock (flock) on NAME_el or NAME_sl beside each of its files, so what nobody holds is stale. A
stale port costs everybody who sends to it up to a second (docs/topics.md).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import time
from pathlib import Path

NAME = re.compile(r"(?P<name>fastrtps_(port\d{1,5}|[0-9a-f]{16}))(_el|_sl)")
YOUNG_S = 5.0  # somebody may be between making a file and locking it


def remove_stale(folder: Path = Path("/dev/shm")) -> int:
    """Remove what is stale and ours to remove; how many names were removed."""
    try:
        locks = [path for path in folder.iterdir() if NAME.fullmatch(path.name)]
    except OSError:
        return 0
    alive = {_name(path) for path in locks if not _is_stale(path)}
    stale = {_name(path) for path in locks} - alive
    for name in stale:
        for left in (name, f"sem.{name}_mutex", f"{name}_el", f"{name}_sl"):
            with contextlib.suppress(OSError):
                (folder / left).unlink()
    return len(stale)


def _name(lock: Path) -> str:
    match = NAME.fullmatch(lock.name)
    assert match is not None
    return match["name"]


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
