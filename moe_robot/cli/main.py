"""`moe-robot`: a door to every stage. Each command imports only what it needs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from moe_robot import __version__
from moe_robot.cli.text import clean, forgive_encodings
from moe_robot.errors import MissingExtraError, MoeRobotError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="An on-board brain for ROS 2 robots. Start a simulated one: moe-robot up --sim",
    pretty_exceptions_enable=False,
)
# In a pipe or a log there is no terminal to fit: lines are not broken at 80 characters there.
console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160)

Config = Annotated[Path | None, typer.Option("--config", "-c", help="Your YAML laid over the shipped configuration.")]
Namespace = Annotated[str, typer.Option(help="ROS namespace of the robot.")]
World = Annotated[str | None, typer.Option(help="World: flat, ..., random:SEED, or a YAML file.")]


@app.command()
def up(
    sim: Annotated[bool, typer.Option("--sim", help="Simulated robot; no device is touched.")] = False,
    world: World = None,
    config: Config = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the simulation's noise.")] = None,
    port: Annotated[str | None, typer.Option(help="Serial port of the motor board.")] = None,
    arm: Annotated[bool, typer.Option(help="Allow motion as soon as the robot is ready.")] = True,
    settings: Annotated[list[str] | None, typer.Option("--set", help="KEY=VALUE over the configuration.")] = None,
    namespace: Namespace = "",
    log_level: Annotated[str, typer.Option(help="debug | info | warn | error")] = "info",
) -> None:
    """Start all nodes, watch them, end them with Ctrl-C."""
    from moe_robot.cli import up as command

    options = command.options(
        config,
        sim=sim,
        world=world,
        seed=seed,
        port=port,
        namespace=namespace,
        level=log_level,
        wished=settings or (),
    )
    raise typer.Exit(command.run(options, console, arm=arm))


@app.command()
def say(
    words: Annotated[list[str] | None, typer.Argument(help="What to say; nothing opens a prompt.")] = None,
    arm: Annotated[bool, typer.Option(help="Allow motion if the robot is disarmed.")] = True,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the robot to be ready.")] = 10.0,
    namespace: Namespace = "",
) -> None:
    """Tell the robot what to do, watch it, and return when it is done, failed or stopped."""
    from moe_robot.cli import say as command

    with _client(namespace) as client:
        text = clean(" ".join(words or []))
        missing = "" if text and command.is_stop(text) else client.wait_ready(wait)
        if missing:
            console.print(f"[red]the {missing} does not answer[/red]: {command.NO_ROBOT}")
            raise typer.Exit(command.EXIT_CODES["lost"])
        if words is None or not words:
            raise typer.Exit(command.prompt(client, console, arm))
        raise typer.Exit(command.EXIT_CODES[command.say(client, console, text, arm).outcome])


@app.command()
def stop(namespace: Namespace = "") -> None:
    """Emergency stop, past the brain."""
    from moe_robot.cli import say as command

    with _client(namespace) as client:
        raise typer.Exit(0 if command.say(client, console, "stop").outcome == "stopped" else 6)


@app.command()
def reset(namespace: Namespace = "") -> None:
    """Release the e-stop (moves nothing) and allow motion again."""
    from moe_robot.cli import say as command

    with _client(namespace) as client:
        ok = command.reset(client, console) and command.ensure_armed(client, console, arm=True)
        raise typer.Exit(0 if ok else 1)


@app.command()
def arm(off: Annotated[bool, typer.Option("--off", help="Forbid motion.")] = False, namespace: Namespace = "") -> None:
    """Allow motion."""
    with _client(namespace) as client:
        reason = client.arm(not off)
        console.print(escape(reason or ("disarmed" if off else "armed")))
        raise typer.Exit(1 if reason else 0)


@app.command()
def route(words: list[str], config: Config = None, world: World = None) -> None:
    """Which expert would take it, how sure, by which rule. Without ROS."""
    from moe_robot.cli import stages

    raise typer.Exit(stages.show_route(console, clean(" ".join(words)), config, world))


@app.command("train-router")
def train_router(
    out: Annotated[Path | None, typer.Option(help="Folder to train the shipped router into: models/router.")] = None,
    seed: Annotated[int, typer.Option(help="The same data and seed give the same model, bit for bit.")] = 1,
    encoder: Annotated[str, typer.Option(help="embedded | minilm | folder of a sentence encoder.")] = "embedded",
    rollback: Annotated[bool, typer.Option("--rollback", help="Back to the router before.")] = False,
    relations_only: Annotated[
        bool, typer.Option("--relations-only", help="Only how a turn relates to the one before: seconds.")
    ] = False,
    config: Config = None,
) -> None:
    """Train the router on all experts, your own and what people have taught it."""
    from moe_robot.cli import train_router as command

    if rollback:
        raise typer.Exit(command.rollback(console))
    raise typer.Exit(command.train(console, config, out, seed, encoder, relations_only=relations_only))


@app.command()
def plan(words: list[str], config: Config = None, world: World = None) -> None:
    """What it would do, step by step, or why not. Without ROS."""
    from moe_robot.cli import stages

    raise typer.Exit(stages.show_plan(console, clean(" ".join(words)), config, world))


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the robot running afterwards.")] = False,
    world: Annotated[str, typer.Option(help="World to run in.")] = "flat",
    seed: Annotated[int, typer.Option(help="Seed of the simulation's noise.")] = 1,
    out: Annotated[Path, typer.Option(help="Where the pictures go.")] = Path("runs/demo"),
    missions: Annotated[Path | None, typer.Option(help="A text file with one command a line.")] = None,
) -> None:
    """A simulated home robot runs a mission; each command is judged by the simulator's ground truth."""
    from moe_robot.cli import demo as command

    raise typer.Exit(command.run(console, world, seed, out, keep=keep, missions=missions))


@app.command()
def world(
    name: Annotated[str, typer.Argument(help="flat, ..., random:SEED")],
    picture: Annotated[Path | None, typer.Option(help="Write a map as PNG.")] = None,
) -> None:
    """Print a world as YAML (a generated one too), or draw it."""
    from moe_robot.cli import stages

    raise typer.Exit(stages.show_world(console, name, picture))


@app.command()
def doctor(config: Config = None) -> None:
    """What is installed, missing, broken, and the remedy."""
    from moe_robot.cli import doctor as command

    signs = {"ok": "[green]ok     [/green]", "missing": "[yellow]missing[/yellow]", "broken": "[red]BROKEN [/red]"}
    broken = 0
    for finding in command.examine(config):
        broken += finding.state == "broken"
        remedy = f"\n          -> {finding.remedy}" if finding.remedy else ""
        console.print(f"{signs[finding.state]} {escape(f'{finding.name}: {finding.detail}{remedy}')}", highlight=False)
    console.print(f"{broken} broken" if broken else "everything that is needed is there", highlight=False)
    raise typer.Exit(1 if broken else 0)


@app.command("check-config")
def check_config(
    path: Annotated[Path | None, typer.Argument(help="Your YAML; nothing: the shipped one.")] = None,
) -> None:
    """Is the configuration right? Names the wrong key if not."""
    from moe_robot.config import load_config
    from moe_robot.robot_model import load_robot_model
    from moe_robot.world.home import load_home

    config = load_config(path)
    load_home(config.robot.home)
    load_robot_model(config.robot.urdf)
    console.print(f"[green]right[/green]: {escape(str(path or 'the shipped configuration'))}")


@app.command()
def experts(config: Config = None) -> None:
    """Who answers: all experts, which are loaded in a running robot, and which folders are broken."""
    from moe_robot.cli import experts as command

    raise typer.Exit(command.show(console, config))


@app.command("create-expert")
def create_expert(
    id: Annotated[str, typer.Argument(help="Small latin letters, digits and _: the name of its folder.")],
    category: Annotated[str, typer.Option(help="One of those that `moe-robot experts` lists, or a new word.")],
    ru: Annotated[list[str] | None, typer.Option(help="Something people say to it in Russian; once for each.")] = None,
    en: Annotated[list[str] | None, typer.Option(help="The same in English.")] = None,
    name_ru: Annotated[str, typer.Option(help="Its name in Russian.")] = "",
    name_en: Annotated[str, typer.Option(help="Its name in English.")] = "",
    about_ru: Annotated[str, typer.Option(help="What it is for, in Russian.")] = "",
    about_en: Annotated[str, typer.Option(help="What it is for, in English.")] = "",
    prompt_ru: Annotated[str, typer.Option(help="What a language model is told, in Russian.")] = "",
    prompt_en: Annotated[str, typer.Option(help="What a language model is told, in English.")] = "",
    chain: Annotated[list[str] | None, typer.Option(help="Who answers, once for each, in order; nothing: llm.")] = None,
    config: Config = None,
) -> None:
    """Make the folder of a new expert of yours and check it. No code; on a terminal it asks for what is missing."""
    from moe_robot.cli import experts as command

    wanted = command.Wanted(
        id,
        category,
        name={"ru": clean(name_ru), "en": clean(name_en)},
        about={"ru": clean(about_ru), "en": clean(about_en)},
        prompt={"ru": clean(prompt_ru), "en": clean(prompt_en)},
        examples={"ru": [*map(clean, ru or [])], "en": [*map(clean, en or [])]},
        chain=chain or ["llm"],
    )
    raise typer.Exit(command.create(console, wanted, config))


@app.command("check-expert")
def check_expert(
    folder: Annotated[Path, typer.Argument(help="The folder with its config.json.")], config: Config = None
) -> None:
    """Is the folder of an expert right? Names the wrong file and key if not."""
    from moe_robot.cli import experts as command

    raise typer.Exit(command.check(console, folder, config))


@app.command()
def version() -> None:
    """Print the version."""
    console.print(__version__)


def _client(namespace: str = ""):  # type: ignore[no-untyped-def]  # noqa: ANN202 - its type needs ROS
    from moe_robot.cli import environment

    environment.prepare()
    namespace = environment.namespace(namespace)
    try:
        from moe_robot.nodes.client import RobotClient
    except ImportError as error:
        raise MissingExtraError(f"ROS 2 is needed here and does not load ({error}): run `moe-robot doctor`") from error
    return RobotClient(namespace=namespace)


def main() -> None:
    """The console script: errors of ours are one sentence and exit code 2, not a traceback."""
    forgive_encodings()
    try:
        app()
    except MoeRobotError as error:
        console.print(f"[red]error:[/red] {escape(str(error))}", highlight=False)
        sys.exit(2)
    except ImportError as error:
        reason = escape(f"{error.name or 'a part'} does not load ({error})")
        console.print(f"[red]error:[/red] {reason}: `moe-robot doctor` says what to do", highlight=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
