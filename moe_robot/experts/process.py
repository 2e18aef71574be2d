"""The parent's side of an isolated expert: start its process, ask it, measure it, end it. Linux and other POSIX.

The process is started by exec, never by a bare fork: the brain's own process has threads and runs ROS. One thread at a
time may use a WorkerProcess; the manager sees to it.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.worker import HEAD, AnswerRequest, LoadRequest, Response, frame
from moe_robot.structs import Reply, Utterance

WORKER = "moe_robot.experts.worker"
WATCH_S = 0.05  # between two looks at the memory while an answer is awaited
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class WorkerFailed(Exception):
    """`outcome` as in `structs.Asked`: timeout | crashed | unavailable. After `over` the process is of no more use."""

    def __init__(self, outcome: str, reason: str, over: bool = True) -> None:
        super().__init__(reason)
        self.outcome, self.reason, self.over = outcome, reason, over


@dataclass(frozen=True)
class RunningWorker:
    """A worker on this machine, whoever started it."""

    expert: str
    pid: int
    rss_bytes: int


def running_workers() -> list[RunningWorker]:
    """Of this user, by the command lines of all processes."""
    found = []
    for process in psutil.process_iter(["cmdline", "memory_info", "uids"]):
        line, memory, uids = process.info["cmdline"], process.info["memory_info"], process.info["uids"]
        if line and memory and uids and line[1:3] == ["-m", WORKER] and len(line) == 5 and uids.real == os.getuid():
            found.append(RunningWorker(line[4], process.pid, int(memory.rss)))
    return found


class WorkerProcess:
    """Starts at once; `load` before `ask`. `end` must be called."""

    def __init__(self, expert: str, ram_cap_mb: float) -> None:
        environment = {**dict.fromkeys(ONE_THREAD, "1"), **os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
        environment["PYTHONSAFEPATH"] = "1"  # a file of the working directory is no module
        self._process = subprocess.Popen(
            [sys.executable, "-m", WORKER, f"{ram_cap_mb:.0f}", expert],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C in the terminal is for its parent; and a group to end at once
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self.pid = self._process.pid
        self._measured = psutil.Process(self.pid)

    def load(self, name: str, target: str, timeout_s: float, watch: Callable[[], str]) -> None:
        """Make an answerer in it, the start of the process included; `watch` as for `ask`. Raises WorkerFailed."""
        end_s, late = time.monotonic() + timeout_s, f"was not loaded after {timeout_s:g} s"
        self._exchange(LoadRequest(name, target), end_s, watch, late)

    def ask(
        self, name: str, utterance: Utterance, context: AnswerContext, timeout_s: float, watch: Callable[[], str]
    ) -> Reply | None:
        """`watch` is called every WATCH_S; what it returns, if anything, is the reason to end the process now. Raises
        WorkerFailed."""
        end_s = time.monotonic() + timeout_s
        request = AnswerRequest(name, utterance, context, timeout_s)
        return self._exchange(request, end_s, watch, f"no answer after {timeout_s:g} s").reply

    def rss_bytes(self) -> int:
        """Memory that it occupies now, 0 when it has ended."""
        try:
            return int(self._measured.memory_info().rss)
        except psutil.Error:
            return 0

    def kill(self) -> None:
        """With all that it has started itself, from any thread. Whoever uses it finds it dead; `end` must still be
        called."""
        if self._process.returncode is None:  # until it was waited for, the number is its own
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def end(self) -> float:
        """Ends it whatever it does, and waits until it has ended. Seconds that took."""
        began_s = time.monotonic()
        self.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None and not stream.closed:
                stream.close()
        return time.monotonic() - began_s

    def _exchange(self, request: object, end_s: float, watch: Callable[[], str], late: str) -> Response:
        try:
            data = frame(request)
        except Exception as error:  # whatever the context holds
            raise WorkerFailed("crashed", f"the request cannot be sent: {error}", over=False) from error
        self._write(data, end_s, late)
        return self._receive(end_s, watch, late)

    def _write(self, data: bytes, end_s: float, late: str) -> None:
        while data:
            if not self._until(self._to, select.POLLOUT, end_s):
                raise WorkerFailed("timeout", late)
            try:
                data = data[os.write(self._to, data) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._death() from None

    def _receive(self, end_s: float, watch: Callable[[], str], late: str) -> Response:
        body = bytearray()
        wanted = HEAD.size
        length: int | None = None
        while len(body) < wanted:
            if not self._until(self._from, select.POLLIN, min(end_s, time.monotonic() + WATCH_S)):
                if reason := watch():
                    raise WorkerFailed("crashed", reason)
                if time.monotonic() >= end_s:
                    raise WorkerFailed("timeout", late)
                continue
            try:
                read = os.read(self._from, min(wanted - len(body), 1 << 20))
            except BlockingIOError:
                continue
            if not read:
                raise self._death()
            body += read
            if length is None and len(body) == HEAD.size:
                length = HEAD.unpack(body)[0]
                wanted = HEAD.size + length
        response = pickle.loads(body[HEAD.size :])
        if not isinstance(response, Response):
            raise WorkerFailed("crashed", f"sent {type(response).__name__} and no response")
        if response.kind:
            raise WorkerFailed(response.kind, response.failure, over=False)
        return response

    def _until(self, descriptor: int, event: int, end_s: float) -> bool:
        poll = select.poll()  # not select: a brain may have more than 1024 descriptors open
        poll.register(descriptor, event)
        return bool(poll.poll(max(0.0, end_s - time.monotonic()) * 1e3))

    def _death(self) -> WorkerFailed:
        try:
            code = self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return WorkerFailed("crashed", "its process closed its pipe")
        how = f"by signal {-code}" if code < 0 else f"with exit status {code}"
        return WorkerFailed("crashed", f"its process ended {how}")
