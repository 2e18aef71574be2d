"""`moe-robot up`: starts the nodes of `nodes/run.py`, arms the robot when it is ready, watches, and ends everything.

A world that exists only as a seed (`random:7`) is written to the runtime folder first: the robot reads its home from
that file, the simulator the whole.
"""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from moe_robot.cli import environment
from moe_robot.cli.lock import single_instance
from moe_robot.cli.shared_memory import remove_stale
from moe_robot.cli.supervisor import Event, Supervisor, last_line
from moe_robot.config import load_config, read_settings
from moe_robot.nodes.run import Options, node_commands, notices
from moe_robot.paths import make_runtime_dir, runtime_dir
from moe_robot.world.home import load_home, world_path

if TYPE_CHECKING:  # rclpy must not load before `environment.prepare`
    from moe_robot.nodes.client import RobotClient

READY_S = 20.0
CLOSE_S = 5.0  # s for the client of `up` itself to end, once all nodes have ended


def options(
    config: Path | None,
    *,
    sim: bool,
    world: str | None = None,
    seed: int | None = None,
    port: str | None = None,
    namespace: str = "",
    level: str = "info",
    wished: Sequence[str] = (),
) -> Options:
    """The wishes of the command line as the options of the nodes. Raises ConfigError before anything starts."""
    settings = (*((f"sim.seed={seed}",) if seed is not None else ()), *wished)
    cfg = load_config(config, read_settings(settings))
    home = _world_file(world, seed or 0) if world else ""
    load_home(home or cfg.robot.home)
    return Options(
        sim=sim,
        config=config,
        namespace=environment.namespace(namespace),
        serial_port=port or "",
        home=home,
        log_level=level,
        settings=settings,
    )


def _world_file(world: str, seed: int) -> str:
    """A path that every process can read; generated worlds are written first."""
    if not world.startswith("random:"):
        return str(world_path(world).absolute())
    from moe_robot.sim.worlds import dump_world, load_world

    path = make_runtime_dir() / f"{world.replace(':', '-')}.yaml"
    path.write_text(dump_world(load_world(world, seed)), encoding="utf-8")
    return str(path)


class Ended(Exception):
    """SIGTERM, SIGHUP or SIGINT arrived: leave through every `finally`."""


@dataclass
class Robot:
    """The running node processes, as a context: entering starts them, leaving ends them whatever happened.

    Call `watch` often, from the thread that entered.
    """

    options: Options
    console: Console
    quiet: bool = False

    def __enter__(self) -> Robot:
        environment.prepare()
        self._stack = single_instance(make_runtime_dir() / "up.lock")
        self._stack.__enter__()
        remove_stale()
        self.supervisor = Supervisor(node_commands(self.options), runtime_dir() / "log", self._show)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, _end)
        try:
            self.supervisor.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.end()
        self._stack.__exit__(None, None, None)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)

    def end(self) -> None:
        """End all nodes. Safe to call twice."""
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave processes behind
        self.supervisor.stop()

    def watch(self) -> None:
        self.supervisor.poll()

    def _show(self, event: Event) -> None:
        with contextlib.suppress(OSError):  # the terminal is gone: end the processes in order all the same
            self._print(event)

    def _print(self, event: Event) -> None:
        if event.kind in ("died", "killed"):
            self.console.print(f"[red]{event.name} {event.kind}[/red]: {escape(event.detail)}", highlight=False)
        elif not self.quiet:
            self.console.print(f"[dim]{event.name} {event.kind}: {escape(event.detail)}[/dim]", highlight=False)


def _end(number: int, frame: FrameType | None) -> None:
    raise Ended(signal.Signals(number).name)


def run(wanted: Options, console: Console, arm: bool) -> int:
    """Until a signal. Exit code 0 after a wished end, 1 when the robot did not become ready."""
    for notice in notices(wanted):
        console.print(f"[yellow]{escape(notice)}[/yellow]")
    started_s = time.monotonic()
    try:
        with Robot(wanted, console) as robot:
            from moe_robot.nodes.client import RobotClient

            with RobotClient("moe_robot_up", wanted.namespace) as client:
                try:
                    _get_ready(robot, client, console, arm, started_s)
                    while True:
                        client.wait_for(lambda: False, 0.25)
                        robot.watch()
                finally:  # the nodes first, and then by force: a DDS participant was seen to hang when it is closed
                    robot.end()
                    faulthandler.dump_traceback_later(CLOSE_S, exit=True)
    except Ended as end:
        with contextlib.suppress(OSError):
            console.print(f"ended by {end}; no process is left", highlight=False)
        return 0
    finally:
        faulthandler.cancel_dump_traceback_later()


def _get_ready(robot: Robot, client: RobotClient, console: Console, arm: bool, started_s: float) -> None:
    deadline_s = time.monotonic() + READY_S
    while (missing := client.missing()) and time.monotonic() < deadline_s:
        client.spin(0.05)
        robot.watch()
    if missing:
        log = robot.supervisor.log_path(missing)
        console.print(
            f"[red]the {missing} does not answer after {READY_S:.0f} s[/red]; its log: {log}", highlight=False
        )
        return
    reason = "as wished (--no-arm)" if not arm else arm_when_possible(client, robot)
    state = f"disarmed: {reason}" if reason else "armed"
    if reason and arm and (said := last_line(robot.supervisor.log_path("motor"))):
        console.print(f"[yellow]motor:[/yellow] {escape(said)}", highlight=False)
    console.print(
        f"[green]ready[/green] after {time.monotonic() - started_s:.1f} s, {escape(state)}. "
        'Talk to it:  moe-robot say "поезжай на кухню"   ·   Ctrl-C ends it',
        highlight=False,
    )


def arm_when_possible(client: RobotClient, robot: Robot, timeout_s: float = 10.0) -> str:
    """Ask until the gate agrees (the link to the board takes a moment); "" or the last reason."""
    deadline_s = time.monotonic() + timeout_s
    while True:
        reason = client.arm()
        if not reason or time.monotonic() > deadline_s:
            return reason
        client.spin(0.1)
        robot.watch()
