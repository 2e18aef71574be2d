"""One robot for each user and ROS domain: an advisory lock that the kernel frees when its process is gone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moe_robot.errors import MoeRobotError


class AlreadyRunningError(MoeRobotError):
    """Another `moe-robot up` holds this ROS domain."""


@contextmanager
def single_instance(path: Path) -> Iterator[None]:
    """Hold the lock for the body. Raises AlreadyRunningError with the holder's pid."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            raise AlreadyRunningError(
                f"a robot is running on this ROS domain already (pid {pid}): "
                "end it, or choose another domain with ROS_DOMAIN_ID=N"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(path: Path) -> int | None:
    """Pid of the process that holds the lock, None when nobody does."""
    try:
        with path.open(encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                text = file.read().strip()
                return int(text) if text.isdecimal() else -1
    except OSError:
        pass
    return None
