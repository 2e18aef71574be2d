"""One thread that thinks, beside the thread that moves. Jobs run in order; results come back to the node's thread."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from rclpy.node import Node

log = logging.getLogger(__name__)
T = TypeVar("T")
Job = Callable[[], None]


class Worker:
    def __init__(self, node: Node, name: str) -> None:
        self._node = node
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def do(self, job: Callable[[], T], then: Callable[[T | None], None], about: str) -> None:
        """`then` is called in the node's thread with what `job` returned; None when it failed, which is logged with
        what it was `about`."""

        def run() -> None:
            result: T | None = None
            try:
                result = job()
            except Exception:
                log.exception("a job of the %s thread failed: %s", self._thread.name, about)
            executor = self._node.executor
            if executor is not None:
                self._results.put(lambda: then(result))
                executor.create_task(lambda: self._results.get_nowait()())  # rclpy runs the newest task first

        self._jobs.put(run)

    def close(self) -> None:
        """The job at work is not waited for."""
        self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
