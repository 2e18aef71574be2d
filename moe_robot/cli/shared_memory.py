"""What ended processes leave of Fast DDS in shared memory: 32 MB of each that was killed, and ports.

A port that was left behind is used again by the next process, with the time limits of the one that made it; who sends
to it may then stand still for up to a second, with all its topics (config/fastdds_local.xml).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import time
from pathlib import Path

NAME = re.compile(r"fastrtps_(port\d{1,5}|[0-9a-f]{16})")
YOUNG_S = 5.0  # somebody may be about to map or lock it


def remove_stale(folder: Path = Path("/dev/shm")) -> int:
    """Remove what no process maps and nobody has locked; how many were removed."""
    try:
        names = {match[0] for path in folder.iterdir() if (match := NAME.match(path.name))}
    except OSError:
        return 0
    stale = [name for name in names if not _is_young(folder / name) and not _is_locked(folder, name)]
    if not stale:
        return 0
    mapped = _mapped(folder)
    stale = [name for name in stale if name not in mapped]
    for name in stale:
        for left in (name, f"sem.{name}_mutex", f"{name}_el", f"{name}_sl"):
            with contextlib.suppress(OSError):
                (folder / left).unlink()
    return len(stale)


def _is_young(path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime < YOUNG_S
    return False


def _is_locked(folder: Path, name: str) -> bool:
    for lock in (folder / f"{name}_el", folder / f"{name}_sl"):
        try:
            descriptor = os.open(lock, os.O_RDWR)
        except FileNotFoundError:
            continue
        except OSError:
            return True  # another person's
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
    return False


def _mapped(folder: Path) -> set[str]:
    """Names that processes have in their memory, as far as we may look."""
    found = set()
    for maps in Path("/proc").glob("[0-9]*/maps"):
        with contextlib.suppress(OSError):
            for line in maps.read_text(errors="replace").splitlines():
                _, sign, name = line.partition(f"{folder}/")
                if sign:
                    found.add(name)
    return found
