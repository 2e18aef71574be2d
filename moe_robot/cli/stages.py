"""One stage alone, without ROS: which expert, which plan, which world."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from moe_robot.brain import build_brain
from moe_robot.config import load_config
from moe_robot.lexicon import lexicon_of
from moe_robot.notation import format_condition, format_node, format_nodes
from moe_robot.router.language import detect_language
from moe_robot.structs import Branch, PlanNode, Repeat, Turn, Utterance
from moe_robot.world.home import Home, load_home


def respond(text: str, config: Path | None, world: str | None) -> Turn:
    """Raises ConfigError."""
    cfg = load_config(config)
    home = _home(world or cfg.robot.home)
    brain = build_brain(cfg, home, lexicon_of(home))
    try:
        brain.respond(Utterance("stop", "en"))  # the first sentence loads what the times of the next should not contain
        return brain.respond(Utterance(text, detect_language(text)))
    finally:
        brain.close()


def show_route(console: Console, text: str, config: Path | None, world: str | None) -> int:
    turn = respond(text, config, world)
    route = turn.route
    if not route.expert:
        why = f" ({route.rule})" if route.rule else ""
        console.print(f"[yellow]abstained[/yellow]{escape(why)}: {escape(turn.reply.text)}", highlight=False)
        _show_why(console, turn)
        _show_ranking(console, turn)
        return 2
    console.print(
        f"[bold]{route.expert}[/bold]  confidence {route.confidence:.2f}  by {route.strategy}", highlight=False
    )
    console.print(f"rule:   {escape(route.rule)}", highlight=False)
    _show_why(console, turn)
    _show_ranking(console, turn)
    for asked in turn.reply.asked:
        reason = f": {asked.reason}" if asked.reason else ""
        console.print(f"asked:  {asked.answerer} {asked.outcome}{escape(reason)}", highlight=False)
    if turn.reply.draft:
        console.print(f"draft:  {escape(format_nodes(turn.reply.draft))}", highlight=False)
    else:
        console.print(f"answer: {escape(turn.reply.text)}", highlight=False)
    console.print(_times(turn), style="dim", highlight=False)
    return 0


def _show_why(console: Console, turn: Turn) -> None:
    if turn.route.why:
        console.print(f"why:    {escape(turn.route.why)}", highlight=False)


def _show_ranking(console: Console, turn: Turn) -> None:
    if len(turn.route.ranked) > 1:
        shares = ", ".join(f"{name} {share:.2f}" for name, share in turn.route.ranked)
        console.print(f"ranked: {shares}", highlight=False)


def show_plan(console: Console, text: str, config: Path | None, world: str | None) -> int:
    turn = respond(text, config, world)
    if turn.plan is None and not turn.refusal:
        console.print(f"[green]answered[/green]: {escape(turn.reply.text)}", highlight=False)
        console.print(_times(turn), style="dim", highlight=False)
        return 0
    if turn.plan is None:
        console.print(f"[yellow]refused[/yellow] ({turn.refusal}): {escape(turn.reply.text)}", highlight=False)
        return 2
    tree = Tree(escape(turn.reply.text), highlight=False)
    _grow(tree, turn.plan.nodes)
    console.print(tree)
    console.print(escape(format_nodes(turn.plan.nodes)), style="bold", highlight=False, soft_wrap=True)
    console.print(_times(turn), style="dim", highlight=False)
    return 0


def show_world(console: Console, name: str, picture: Path | None) -> int:
    """The world as YAML on stdout, or its map as a picture."""
    from moe_robot.sim.worlds import dump_world, load_world

    world = load_world(name)
    if picture is None:
        print(dump_world(world), end="")
        return 0
    from moe_robot.config import load_config
    from moe_robot.robot_model import load_robot_model
    from moe_robot.sim.map_picture import draw_map
    from moe_robot.sim.physics import Simulation

    cfg = load_config()
    truth = Simulation(world, load_robot_model(cfg.robot.urdf), cfg.sim, cfg.sim.seed).truth(look=False)
    draw_map(world.home, truth=truth).save(picture)
    console.print(f"wrote {picture}", highlight=False)
    return 0


def _home(name: str) -> Home:
    if not name.startswith("random:"):
        return load_home(name)
    from moe_robot.sim.worlds import load_world

    return load_world(name).home


def _grow(tree: Tree, nodes: tuple[PlanNode, ...]) -> None:
    for node in nodes:
        if isinstance(node, Repeat):
            head = f"{node.times} times" if node.until is None else f"until {format_condition(node.until)}"
            _grow(tree.add(escape(head)), node.body)
        elif isinstance(node, Branch):
            _grow(tree.add(escape(f"if {format_condition(node.condition)}")), node.then)
            if node.otherwise:
                _grow(tree.add("else"), node.otherwise)
        else:
            tree.add(escape(format_node(node)))


def _times(turn: Turn) -> str:
    return "  ".join(f"{stage} {seconds * 1000:.2f} ms" for stage, seconds in turn.stage_s.items())
