"""Makes a process swap: its private memory is pushed out to the swap again and again while it goes on working.

    with swapping(pid) as pushed: ...       # pushed.times, pushed.bytes

process_madvise(MADV_PAGEOUT), Linux 5.10 and newer, as root; there must be swap space (`swapon`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PERIOD_S = 0.1
MADV_PAGEOUT = 21
SYS_PROCESS_MADVISE = 440  # the same on all architectures since 5.10
MOST_RANGES = 512  # in one call


class _Range(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


@dataclass
class Pushed:
    times: int = 0
    bytes: int = 0  # that the kernel took the advice for, counted each time
    swapped_kb: int = 0  # of the process's memory in the swap, the most that was seen


def missing() -> str:
    """Why it is not possible here, "" when it is."""
    if len(Path("/proc/swaps").read_text(encoding="ascii").splitlines()) < 2:
        return "this machine has no swap space (swapon)"
    return "" if os.geteuid() == 0 else "only root may push out the memory of another process"


@contextlib.contextmanager
def swapping(pid: int) -> Iterator[Pushed]:
    """Until the end of the block, or of the process."""
    pushed, ended = Pushed(), threading.Event()
    thread = threading.Thread(target=_push, args=(pid, pushed, ended), daemon=True)
    thread.start()
    try:
        yield pushed
    finally:
        ended.set()
        thread.join()


def _push(pid: int, pushed: Pushed, ended: threading.Event) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with contextlib.suppress(OSError):
        pidfd = os.pidfd_open(pid)
        try:
            while not ended.wait(PERIOD_S):
                ranges = _private(pid)
                for first in range(0, len(ranges), MOST_RANGES):
                    some = ranges[first : first + MOST_RANGES]
                    vector = (_Range * len(some))(*some)
                    done = libc.syscall(SYS_PROCESS_MADVISE, pidfd, vector, len(some), MADV_PAGEOUT, 0)
                    pushed.bytes += max(0, done)
                pushed.times += 1
                pushed.swapped_kb = max(pushed.swapped_kb, _swapped_kb(pid))
        finally:
            os.close(pidfd)


def _private(pid: int) -> list[tuple[int, int]]:
    """Start and length of its writable private memory."""
    found = []
    for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
        where, rights = line.split()[:2]
        if rights == "rw-p" and "[v" not in line:
            start, end = (int(part, 16) for part in where.split("-"))
            found.append((start, end - start))
    return found


def _swapped_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmSwap:")), 0)
