"""`moe-robot demo`: a simulated home robot is given a mission, and the simulator's ground truth judges every command.

Shows the run live, ends with a table and pictures (map, the camera at each find, a GIF). Exit code 0 only if every
command reached its goal in truth and nothing was touched.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from moe_robot.cli.up import Ended, Robot, arm_when_possible, options
from moe_robot.errors import ConfigError
from moe_robot.notation import format_nodes
from moe_robot.router.language import detect_language
from moe_robot.sim.ground_truth import achieved
from moe_robot.sim.worlds import World, load_world
from moe_robot.structs import SafetyMode, Utterance

if TYPE_CHECKING:  # rclpy must not load before `environment.prepare`
    from moe_robot.nodes.client import CommandResult, Progress, RobotClient
    from moe_robot.nodes.spectator import Spectator

MISSION = Path(__file__).with_name("demo.txt")
FRAME_PERIOD_S = 1.0
REST_MPS, REST_RADPS = 0.02, 0.05
STOPPED_WITHIN_S = 1.0


@dataclass(frozen=True)
class Command:
    """One line of a mission. `stop_after_s`: then "стоп" is said, and standing still is the goal."""

    text: str
    stop_after_s: float | None = None


@dataclass(frozen=True)
class Judged:
    command: Command
    result: CommandResult
    ok: bool
    evidence: str
    collisions: int


def read_mission(path: Path) -> list[Command]:
    """Raises ConfigError: no such file, no commands, a bad !stop."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the mission {path}: {error}") from error
    commands = []
    for line in lines:
        if not line or line.startswith("#"):
            continue
        if line.startswith("!stop"):
            parts = line.split(maxsplit=2)
            if len(parts) < 3 or not parts[1].replace(".", "", 1).isdigit():
                raise ConfigError(f"{path}: expected '!stop SECONDS TEXT', found '{line}'")
            commands.append(Command(parts[2], float(parts[1])))
        else:
            commands.append(Command(line))
    if not commands:
        raise ConfigError(f"{path} has no commands: write one a line")
    return commands


def run(console: Console, world_name: str, seed: int, out: Path, *, keep: bool, missions: Path | None) -> int:
    commands = read_mission(missions or MISSION)
    world = load_world(world_name, seed)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    wanted = options(None, sim=True, world=world_name, seed=seed)
    # A mission begins knowing nothing: its memory is its own.
    wanted = replace(wanted, settings=(*wanted.settings, f"memory.path={(out / 'memory.db').absolute()}"))
    started_s = time.monotonic()
    try:
        with Robot(wanted, console, quiet=True) as robot:
            from moe_robot.nodes.client import RobotClient
            from moe_robot.nodes.spectator import Spectator

            with RobotClient("moe_robot_demo") as client:
                show = Show(console, robot, client, Spectator(client), world, out)
                if not show.get_ready(started_s):
                    return 1
                judged = [show.command(index, command) for index, command in enumerate(commands)]
                show.finish(judged)
                if keep:
                    show.keep_running()
                return 0 if all(one.ok and not one.collisions for one in judged) else 1
    except Ended as end:
        console.print(f"ended by {end}; no process is left", highlight=False)
        return 130


class Show:
    """Runs the commands one after the other and collects what will be shown."""

    def __init__(
        self, console: Console, robot: Robot, client: RobotClient, spectator: Spectator, world: World, out: Path
    ) -> None:
        from moe_robot.sim.map_picture import MapPainter

        self.console, self.robot, self.client, self.spectator = console, robot, client, spectator
        self.world, self.out = world, out
        self.painter = MapPainter(world.home, width_px=640)
        self.frames: list[object] = []
        self.frame_due_s = 0.0
        self.live: Live | None = None
        self.now = Text("")

    def get_ready(self, started_s: float) -> bool:
        deadline_s = time.monotonic() + 30.0
        while (missing := self.client.missing()) and time.monotonic() < deadline_s:
            self.client.spin(0.05)
            self.robot.watch()
        reason = f"the {missing} does not answer" if missing else arm_when_possible(self.client, self.robot)
        if reason:
            log = self.robot.supervisor.log_path(missing or "motor")
            self.console.print(f"[red]{escape(reason)}[/red]; log: {log}", highlight=False)
            return False
        self.spectator.fresh_truth()
        ready_s = time.monotonic() - started_s
        self.console.print(f"[green]robot ready after {ready_s:.1f} s[/green] in the world '{self.world.home.name}'")
        return True

    def command(self, index: int, command: Command) -> Judged:
        before = self.spectator.fresh_truth()
        start = max(len(self.spectator.trace) - 1, 0)
        language = detect_language(command.text)
        self.console.rule(f"[bold]{index + 1}. {escape(command.text)}[/bold]", align="left")
        with Live(self.now, console=self.console, refresh_per_second=8, transient=True) as self.live:
            result = self.client.say(
                Utterance(command.text, language, source="test"), self._on_progress, self._meanwhile(command)
            )
        after = self.spectator.fresh_truth()
        if before is None or after is None:
            return Judged(command, result, False, "the simulator does not tell the truth: it is not running", 0)
        trace = self.spectator.trace[start:]
        if command.stop_after_s is not None:
            ok, evidence = self._judge_stop(result, trace)
        elif result.turn is None or result.turn.plan is None or result.outcome != "done":
            ok, evidence = False, f"{result.outcome}: {' '.join(result.texts)}"
        else:
            ok, evidence = achieved(
                result.turn.plan.nodes, before, after, self.world, self.spectator.trace, result.steps
            )
        self._picture_of_find(index, command, result)
        collisions = after.collisions - before.collisions
        if collisions:
            evidence += f"; touched {', '.join(hit.what for hit in after.hits[-collisions:])}"
        mark = "[green]reached[/green]" if ok and not collisions else "[red]not reached[/red]"
        self.console.print(f"{mark}: {escape(evidence)}", highlight=False)
        return Judged(command, result, ok, evidence, collisions)

    def _meanwhile(self, command: Command):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a closure for say()
        """Called while the command runs: frames, the watch over the processes, and the stop word in time."""
        start_s = time.monotonic()
        said = False

        def work() -> None:
            nonlocal said
            self.robot.watch()
            self._frame()
            if command.stop_after_s is not None and not said and time.monotonic() - start_s > command.stop_after_s:
                said = True
                self.client.publish_stop("text: стоп")
                self.console.print("[bold red]стоп[/bold red] (said while it drives)")

        return work

    def _judge_stop(self, result: CommandResult, trace: Sequence[object]) -> tuple[bool, str]:
        """It had been moving, the gate says e-stop, and in truth it stands; then release and arm again."""
        from moe_robot.sim.truth import Truth

        truths = [t for t in trace if isinstance(t, Truth)]
        fastest = max((abs(t.velocity.linear_mps) for t in truths), default=0.0)
        self.client.spin(STOPPED_WITHIN_S)
        now = self.spectator.fresh_truth()
        mode = self.client.safety.mode if self.client.safety else SafetyMode.DISARMED
        stands = (
            now is not None and abs(now.velocity.linear_mps) < REST_MPS and abs(now.velocity.angular_radps) < REST_RADPS
        )
        ok = fastest > 0.1 and stands and mode is SafetyMode.ESTOP and result.outcome == "stopped"
        evidence = f"was driving {fastest:.2f} m/s, now {'stands' if stands else 'MOVES'}, gate in {mode.value}"
        reason = self.client.reset_estop() or arm_when_possible(self.client, self.robot)
        return ok and not reason, f"{evidence}; {reason or 'released and armed again'}"

    def _on_progress(self, progress: Progress) -> None:
        if progress.spoken:
            self.console.print(f"[cyan]robot:[/cyan] {escape(progress.spoken)}", highlight=False)
        left = "" if math.isnan(progress.remaining_m) else f" · {progress.remaining_m:.1f} m left"
        mode = self.client.safety.mode.value if self.client.safety else "?"
        step = f"step {progress.step_index + 1}/{progress.step_count} {progress.notation}"
        self.now = Text(f"{step} · {progress.status}{left} · {mode}")
        if self.live is not None and progress.step_count:
            self.live.update(self.now)

    def _frame(self) -> None:
        """Map and camera side by side, once a second, for the GIF."""
        from moe_robot.sim.pictures import draw_camera, side_by_side

        now_s = time.monotonic()
        view = self.spectator.view()
        if now_s < self.frame_due_s or view is None:
            return
        self.frame_due_s = now_s + FRAME_PERIOD_S
        drawn = self.painter.draw(self.spectator.path, robot=self.spectator.pose)
        camera = draw_camera(view[0], view[1], self.world.home)
        self.frames.append(side_by_side(drawn, camera, height_px=260))

    def _picture_of_find(self, index: int, command: Command, result: CommandResult) -> None:
        from moe_robot.sim.pictures import draw_camera

        view = self.spectator.view()
        if view is not None and any(step.step.skill == "find" for step in result.steps):
            language = detect_language(command.text)
            image = draw_camera(view[0], view[1], self.world.home, language, f"{index + 1}. {command.text}")
            image.save(self.out / f"find_{index + 1}.png")

    def finish(self, judged: Sequence[Judged]) -> None:
        from PIL import Image

        from moe_robot.sim.map_picture import draw_map
        from moe_robot.sim.pictures import write_gif

        seen = self.spectator.remembered()
        truth = self.spectator.trace[-1] if self.spectator.trace else None
        draw_map(self.world.home, self.spectator.path, seen, truth).save(self.out / "map.png")
        frames = [frame for frame in self.frames if isinstance(frame, Image.Image)]
        if frames:
            write_gif(self.out / "run.gif", frames, frame_ms=150)
        self.console.print(Group(self._table(judged)))
        reached = sum(one.ok and not one.collisions for one in judged)
        collisions = sum(one.collisions for one in judged)
        self.console.print(
            f"{reached} of {len(judged)} commands reached their goal by the simulator's ground truth, "
            f"{collisions} collisions, things remembered: {len(seen)}. Pictures: {self.out}/",
            highlight=False,
        )

    def _table(self, judged: Sequence[Judged]) -> Table:
        table = Table(title="Mission", show_lines=True)
        for name, ratio in (("command", 5), ("route", 3), ("plan", 6), ("outcome and evidence (ground truth)", 6)):
            table.add_column(name, ratio=ratio, overflow="fold")
        for name in ("first motion", "total"):
            table.add_column(name, justify="right")
        for one in judged:
            turn = one.result.turn
            route = f"{turn.route.expert} {turn.route.confidence:.2f}" if turn else ""
            plan = format_nodes(turn.plan.nodes) if turn and turn.plan else (turn.refusal if turn else "")
            ok = one.ok and not one.collisions
            motion = "" if math.isnan(one.result.first_motion_s) else f"{one.result.first_motion_s * 1000:.0f} ms"
            table.add_row(
                escape(one.command.text),
                escape(route),
                escape(plan),
                f"[{'green' if ok else 'red'}]{one.result.outcome}[/] {escape(one.evidence)}",
                motion,
                f"{one.result.total_s:.1f} s",
            )
        return table

    def keep_running(self) -> None:
        self.console.print('The robot stays up. In another terminal:  .venv/bin/moe-robot say "..."  ·  Ctrl-C ends it')
        while True:
            self.client.spin(0.25)
            self.robot.watch()
