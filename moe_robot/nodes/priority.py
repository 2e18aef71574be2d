"""For the process that stops the wheels: real-time priority, and memory that is never swapped out.

Permitted to root, with CAP_SYS_NICE, and to whom /etc/security/limits.conf gives `rtprio` or a negative `nice`. A typed
stop on a machine with every core busy then waits for nobody; without it the scheduler may give others their turn first.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource

REAL_TIME_PRIORITY = 10  # of 99; threads of the kernel stand at 50
RUNAWAY_S = 1.0  # of CPU at real-time priority without ever waiting: the system ends such a process (SIGXCPU)
RLIMIT_RTTIME = 15  # Linux; the module `resource` has no name for it
MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4  # of mlockall; on fault: what was never touched takes no memory


def take_priority(niceness: int, real_time: bool = False) -> str:
    """For this thread and all that it starts from now on; lower `niceness` runs first.

    Returns what was permitted: "real-time" | "nice" | "normal".
    """
    if real_time and _took_real_time():
        return "real-time"
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, 0, niceness)
        return "nice"
    return "normal"


def lock_memory() -> bool:
    """Keeps this process out of swap, so that a brain that eats the memory cannot slow it. False = not permitted.

    Permitted to root and to whom /etc/security/limits.conf gives `memlock unlimited`.
    """
    with contextlib.suppress(OSError, AttributeError):
        unlimited = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY
        if os.geteuid() == 0 or unlimited:  # within a limit, later requests for memory would fail
            return bool(ctypes.CDLL(None).mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0)
    return False


def _took_real_time() -> bool:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        micros = int(RUNAWAY_S * 1e6)
        resource.setrlimit(RLIMIT_RTTIME, (micros, 2 * micros))
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(REAL_TIME_PRIORITY))
        return True
    return False
