"""Starts, watches and ends the node processes of `moe-robot up`.

A process that dies is named and started again with a growing delay; `stop` ends all of them, the gentle way first.
Knows nothing of ROS: a process is a name and a command line. The nodes themselves end when their parent is gone
(`nodes/run.py`), so nothing stays behind even when this process is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STABLE_S = 30.0  # a process that lived this long starts again at the shortest delay
GENTLE_S = 4.0  # time to end by itself before it is killed


@dataclass(frozen=True)
class Event:
    """Something a person should see: `kind` is started | died | ended | killed."""

    kind: str
    name: str
    detail: str


@dataclass
class _Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    restart_at_s: float | None = None
    restarts: int = 0
    delays: Iterator[float] = field(default_factory=lambda: backoff_s())


def backoff_s() -> Iterator[float]:
    """Delays before each new start: 0.2, 0.4, 0.8 ... up to 10 s."""
    delay = 0.2
    while True:
        yield delay
        delay = min(delay * 2, 10.0)


class Supervisor:
    """Call `poll` a few times a second from the thread that called `start`: the nodes die with that thread."""

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        log_dir: Path,
        on_event: Callable[[Event], None],
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._children = [_Child(name, command) for name, command in commands.items()]
        self._log_dir = log_dir
        self._on_event = on_event
        self._env = {**(env if env is not None else os.environ), "MOE_ROBOT_PARENT_PID": str(os.getpid())}

    @property
    def pids(self) -> dict[str, int]:
        return {c.name: c.process.pid for c in self._children if c.process is not None and c.process.poll() is None}

    @property
    def restarts(self) -> dict[str, int]:
        return {c.name: c.restarts for c in self._children}

    def log_path(self, name: str) -> Path:
        return self._log_dir / f"{name}.log"

    def start(self) -> None:
        self._log_dir.mkdir(parents=True, exist_ok=True)
        for child in self._children:
            self._spawn(child, time.monotonic())

    def poll(self) -> None:
        """Notice deaths, and start again what is due."""
        now_s = time.monotonic()
        for child in self._children:
            if child.process is not None and (code := child.process.poll()) is not None:
                if now_s - child.started_s > STABLE_S:
                    child.delays = backoff_s()
                delay_s = next(child.delays)
                child.process = None
                child.restart_at_s = now_s + delay_s
                said = last_line(self.log_path(child.name))
                detail = f"{_reason(code)}{f' ({said})' if said else ''}; again in {delay_s:.1f} s"
                self._on_event(Event("died", child.name, f"{detail}; log: {self.log_path(child.name)}"))
            elif child.process is None and child.restart_at_s is not None and now_s >= child.restart_at_s:
                child.restarts += 1
                self._spawn(child, now_s)

    def stop(self) -> None:
        """End every process: in reverse order of start, each gently, then by force. The first started ends last."""
        running = [c for c in reversed(self._children) if c.process is not None and c.process.poll() is None]
        for child in self._children:
            child.restart_at_s = None
        first = self._children[0] if self._children else None
        for group in ([c for c in running if c is not first], [c for c in running if c is first]):
            for child in group:
                assert child.process is not None
                child.process.send_signal(signal.SIGTERM)
            deadline_s = time.monotonic() + GENTLE_S
            for child in group:
                self._reap(child, deadline_s)

    def _reap(self, child: _Child, deadline_s: float) -> None:
        assert child.process is not None
        try:
            code = child.process.wait(max(0.0, deadline_s - time.monotonic()))
            self._on_event(Event("ended", child.name, _reason(code)))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
            self._on_event(Event("killed", child.name, f"did not end within {GENTLE_S:.0f} s"))
        child.process = None

    def _spawn(self, child: _Child, now_s: float) -> None:
        with self.log_path(child.name).open("ab") as log:
            child.process = subprocess.Popen(
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._env,
                start_new_session=True,  # Ctrl-C reaches this process alone, which then ends the nodes in order
            )
        child.started_s, child.restart_at_s = now_s, None
        self._on_event(Event("started", child.name, f"pid {child.process.pid}"))


def last_line(log: Path, most_chars: int = 200) -> str:
    """What a process said last, to tell why it died; "" when it said nothing."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4096))
            lines = file.read().decode("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1].strip()[:most_chars] if lines else ""


def _reason(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
