"""More of the processor for the process that stops the wheels: real-time priority where permitted.

Permitted to root, with CAP_SYS_NICE, and to whom /etc/security/limits.conf gives `rtprio` or a negative `nice`. A typed
stop on a machine with every core busy then waits for nobody; without it the scheduler may give others their turn first.
"""

from __future__ import annotations

import contextlib
import os
import resource

REAL_TIME_PRIORITY = 10  # of 99; threads of the kernel stand at 50
RUNAWAY_S = 1.0  # of CPU at real-time priority without ever waiting: the system ends such a process (SIGXCPU)
RLIMIT_RTTIME = 15  # Linux; the module `resource` has no name for it


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


def _took_real_time() -> bool:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        micros = int(RUNAWAY_S * 1e6)
        resource.setrlimit(RLIMIT_RTTIME, (micros, 2 * micros))
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(REAL_TIME_PRIORITY))
        return True
    return False
