"""Wakes an executor whose timer is late. Why: rclpy from PyPI waits in DDS against the system time, in absolute terms.

When that time jumps back by an hour, one wait lasts an hour, unless a message ends it. The timers themselves count on
the steady clock, as this thread does: woken, the executor finds them due.
"""

from __future__ import annotations

import threading
import time

from rclpy.node import Node

LATE = 1.5  # periods


class Pacemaker:
    def __init__(self, node: Node, period_s: float) -> None:
        self._node = node
        self._period_s = period_s
        self._beat_s = time.monotonic()
        self._closing = threading.Event()
        threading.Thread(target=self._run, name="pacemaker", daemon=True).start()

    def beat(self) -> None:
        """The timer has fired."""
        self._beat_s = time.monotonic()

    def close(self) -> None:
        self._closing.set()

    def _run(self) -> None:
        while not self._closing.wait(self._period_s):
            executor = self._node.executor
            if executor is not None and time.monotonic() - self._beat_s > LATE * self._period_s:
                executor.wake()
