"""`moe-robot say`: one command, or a prompt with history. Streams what the robot does and how it ended.

Stop words go to the safety gate at once, past the brain.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from moe_robot.cli.text import clean
from moe_robot.motion.stop_words import is_stop as is_stop
from moe_robot.nodes.client import NO_ROBOT as NO_ROBOT
from moe_robot.nodes.client import CommandResult, Progress, RobotClient
from moe_robot.paths import state_dir
from moe_robot.router.language import detect_language
from moe_robot.structs import SafetyMode, SafetyState, Utterance

if TYPE_CHECKING:
    from prompt_toolkit.history import History

EXIT_CODES = {"done": 0, "failed": 1, "refused": 2, "stopped": 3, "preempted": 4, "cancelled": 5, "lost": 6}
COLORS = {"done": "green", "failed": "red", "refused": "yellow", "stopped": "red"}
STANDING = ("", "no_command")  # reasons of the gate that only say that nobody commands
HELP = """\
Type what the robot should do, in Russian or English. Ctrl-C cancels the running command, Ctrl-D leaves.
  /stop   emergency stop          /reset  release it and arm again
  /arm    allow motion            /disarm forbid motion          /state  what the safety gate says"""


def ensure_armed(client: RobotClient, console: Console, arm: bool) -> bool:
    """Say what keeps the robot from moving; arm it when asked to and possible. Questions are answered either way."""
    safety = client.safety
    if safety is None or safety.mode is SafetyMode.ARMED:
        return True
    if safety.mode is SafetyMode.ESTOP:
        console.print(f"[red]{escape(describe(safety))}[/red]. `moe-robot reset` releases it.", highlight=False)
        return False
    if not arm:
        console.print("[yellow]the robot is disarmed[/yellow]: it will not move (`moe-robot arm`)")
        return False
    reason = client.arm()
    if reason:
        console.print(f"[yellow]cannot arm:[/yellow] {escape(reason)}")
    return not reason


def say(client: RobotClient, console: Console, text: str, arm: bool = True, speaker: str = "") -> CommandResult:
    """Send one utterance and show it live. The result's `outcome` is a key of EXIT_CODES."""
    if is_stop(text):
        stopped = client.stop(f"text: {text.strip()[:80]}")
        words = "stopped: the e-stop is engaged; `moe-robot reset` releases it" if stopped else NO_ROBOT
        console.print(f"[bold red]{words}[/bold red]")
        return CommandResult("stopped" if stopped else "lost", (words,), (), None, math.nan, math.nan)
    ensure_armed(client, console, arm)
    language = detect_language(text)
    with console.status("...") as status:
        shower = _Shower(console, lambda s: status.update(s))
        result = client.say(Utterance(text, language, source="text", speaker=speaker), shower.show)
    shower.complete(result)
    if result.outcome == "lost" or not result.turn:
        console.print(f"[red]{escape(clean(' '.join(result.texts)))}[/red]")
    show_result(console, result)
    return result


class _Shower:
    """Shows what the robot says and does. The end may overtake the last words: `complete` says the rest."""

    def __init__(self, console: Console, update: Callable[[str], None]) -> None:
        self._console, self._update = console, update
        self._shown = ""

    def show(self, progress: Progress) -> None:
        if progress.spoken:
            self._say(progress.spoken)
        if progress.step_count:
            left = "" if math.isnan(progress.remaining_m) else f"  {progress.remaining_m:.1f} m left"
            self._update(escape(f"{progress.step_index + 1}/{progress.step_count} {progress.notation}{left}"))

    def complete(self, result: CommandResult) -> None:
        if result.turn is not None:
            for text in result.texts:
                if text not in self._shown:
                    self._say(text)

    def _say(self, text: str) -> None:
        self._shown += f"{text} "
        self._console.print(f"[cyan]robot:[/cyan] {escape(clean(text))}")


def show_result(console: Console, result: CommandResult) -> None:
    color = COLORS.get(result.outcome, "magenta")
    route = result.turn.route if result.turn else None
    how = ""
    if route and route.expert:
        how = f" · {route.expert} {route.confidence:.2f} by {route.rule or route.strategy}"
    times = "" if math.isnan(result.total_s) else f" · {result.total_s:.1f} s"
    console.print(f"[{color}]{result.outcome}[/{color}]{escape(how)}{times}", highlight=False)


def prompt(client: RobotClient, console: Console, arm: bool) -> int:
    """Read lines until Ctrl-D, or until the end of a file or pipe."""
    console.print(HELP, style="dim", highlight=False)
    for line in _typed(client) if sys.stdin.isatty() else _piped(console):
        if text := clean(line).strip():
            run_line(client, console, text, arm)
    return 0


def _piped(console: Console) -> Iterator[str]:
    for line in sys.stdin:
        console.print(f"> {escape(clean(line).strip()[:200])}", highlight=False)
        yield line


def _typed(client: RobotClient) -> Iterator[str]:
    from prompt_toolkit import PromptSession

    session: PromptSession[str] = PromptSession(history=_history())
    while True:
        client.spin(0.05)
        try:
            yield session.prompt(_prompt_text(client))
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def _history() -> History:
    """In the state folder; where that cannot be written, of this session only."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    path = state_dir() / "say_history"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("ab").close()
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))


def run_line(client: RobotClient, console: Console, text: str, arm: bool) -> None:
    """One line of the prompt: a slash command or something to say."""
    match text:
        case "/stop":
            say(client, console, "stop")
        case "/reset":
            reset(client, console)
            ensure_armed(client, console, arm=True)
        case "/arm" | "/disarm":
            reason = client.arm(text == "/arm")
            console.print(escape(reason or f"{text[1:]}ed"))
        case "/state":
            client.spin(0.2)
            console.print(escape(describe(client.safety)), highlight=False)
        case "/help" | "/?":
            console.print(HELP, style="dim", highlight=False)
        case _ if text.startswith("/"):
            console.print(f"[yellow]unknown: {escape(text)}[/yellow]\n{HELP}", highlight=False)
        case _:
            say(client, console, text, arm)


def describe(safety: SafetyState | None) -> str:
    """The state of the gate in words."""
    if safety is None:
        return "the motor does not answer"
    if safety.mode is SafetyMode.ESTOP:
        causes = ", ".join(f"{cause.kind} ({clean(cause.source)})" for cause in safety.causes)
        return f"e-stop #{safety.estop_id} is engaged: {causes}"
    held = (
        f", held back by: {safety.limiting}"
        if safety.mode is SafetyMode.ARMED and safety.limiting not in STANDING
        else ""
    )
    return f"{safety.mode.value}{held}"


def reset(client: RobotClient, console: Console) -> bool:
    reason = client.reset_estop()
    console.print(f"[red]not released:[/red] {escape(reason)}" if reason else "[green]released; disarmed[/green]")
    return not reason


def _prompt_text(client: RobotClient) -> str:
    mode = client.safety.mode.value if client.safety else "?"
    return f"[{mode}] > "
