"""How well sentences are understood: exact plans by language, and what must be refused.

    python bench/understanding.py [--commands FILE ...] [--refusals FILE ...] [--failures] [--no-keep]

Without files: the test files, which nothing was developed with. Text in, checked plan out (`brain.respond`), in the
home of
the flat. A plan is right when it is the expected one or one of `also`, with the defaults of docs/plan-language.md
filled in
on both sides. A refusal is right when no plan comes out. Intervals: Wilson, 95 %.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import yaml

from bench.report import Report, wilson
from moe_robot.brain import Brain, build_brain
from moe_robot.config import load_config
from moe_robot.lexicon import lexicon_of
from moe_robot.notation import format_nodes, parse_nodes
from moe_robot.router.language import detect_language
from moe_robot.structs import Branch, PlanNode, Repeat, Step, Turn, Utterance
from moe_robot.world.home import load_home

DATA = Path(__file__).resolve().parents[1] / "test" / "data" / "understanding"
COMMANDS = (DATA / "test_ru.yaml", DATA / "test_en.yaml")
REFUSALS = (DATA / "refuse_test.yaml",)
DEFAULTS: Mapping[str, Mapping[str, Any]] = {"look": {"direction": "around"}, "follow": {"person": "any"},
                                              "patrol": {"rounds": 1}}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """`accepted` are plans in the notation, defaults filled in; empty = must be refused, `reason` says why."""

    text: str
    accepted: tuple[str, ...]
    reason: str = ""


def read_cases(path: Path) -> list[Case]:
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Case(
            row["text"],
            tuple(canonical(parse_nodes(plan)) for plan in (row["plan"], *row.get("also", ())))
            if "plan" in row
            else (),
            row.get("reason", ""),
        )
        for row in rows
    ]


def canonical(nodes: Iterable[PlanNode]) -> str:
    return format_nodes(tuple(_filled(node) for node in nodes))


def _filled(node: PlanNode) -> PlanNode:
    if isinstance(node, Step):
        return Step(node.skill, {**DEFAULTS.get(node.skill, {}), **node.params})
    if isinstance(node, Repeat):
        return replace(node, body=tuple(map(_filled, node.body)))
    assert isinstance(node, Branch)
    return replace(node, then=tuple(map(_filled, node.then)), otherwise=tuple(map(_filled, node.otherwise)))


def flat_brain() -> Brain:
    cfg = load_config()
    home = load_home("flat")
    return build_brain(cfg, home, lexicon_of(home))


def ask(brain: Brain, text: str) -> Turn:
    return brain.respond(Utterance(text, detect_language(text)))


def made(turn: Turn) -> str:
    """The plan as text, "" when there is none. The expert for help answers what the plan `help()` would say."""
    if turn.plan is None:
        return "help()" if turn.route.expert == "help" and turn.reply.text and not turn.refusal else ""
    return canonical(turn.plan.nodes)


def share(right: int, n: int) -> list[str]:
    low, high = wilson(right, n)
    return [str(n), str(right), f"{100 * right / max(n, 1):.1f} %", f"{100 * low:.1f} - {100 * high:.1f} %"]


def judge(brain: Brain, cases: Sequence[Case]) -> tuple[int, list[str], Counter[str]]:
    """(right, failures told, wrong ones by kind)."""
    right, failures, kinds = 0, [], Counter[str]()
    for case in cases:
        turn = ask(brain, case.text)
        got = made(turn)
        if got in case.accepted or (not case.accepted and not got):
            right += 1
            continue
        kinds[case.reason or ("refused" if not got else "another plan")] += 1
        expected = case.accepted[0] if case.accepted else f"a refusal ({case.reason})"
        found = got or f"a refusal ({turn.refusal})"
        failures.append(f"- {case.text!r}\n    - expected `{expected}`\n    - found `{found}` ({turn.route.rule})")
    return right, failures, kinds


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--commands", nargs="*", type=Path, default=list(COMMANDS))
    arguments.add_argument("--refusals", nargs="*", type=Path, default=list(REFUSALS))
    arguments.add_argument("--failures", action="store_true", help="list what went wrong")
    arguments.add_argument("--no-keep", action="store_true", help="only print, write no result")
    options = arguments.parse_args()
    brain = flat_brain()
    report = Report("understanding", "Understanding: sentence -> checked plan", ("hassil", "pymorphy3", "rapidfuzz"))
    rows, told = [], []
    for path in (*options.commands, *options.refusals):
        cases = read_cases(path)
        right, failures, kinds = judge(brain, cases)
        what = "exact plan" if cases[0].accepted else "refused"
        rows.append([path.stem, what, *share(right, len(cases)), ", ".join(f"{k} {n}" for k, n in kinds.most_common())])
        told += [f"## {path.stem}", "", *failures, ""] if failures else []
    report.table(["file", "right =", "n", "right", "share", "95 % interval", "wrong"], rows)
    if options.failures:
        report.text("\n".join(told))
    report.write(keep=not options.no_keep)


if __name__ == "__main__":
    main()
