"""Dialogues whose last turn leans on the ones before, two requests in one, and whole requests after something else.

    python bench/dialogues.py [--split test|dev] [--strategy S] [--failures] [--completions] [--no-keep]

The data of test/data/routing, through the brain in the home of the flat, turn by turn, each turn with the turns before.
A dialogue is right when its last turn reaches the expected expert and
- where a plan is given: becomes that plan (the defaults of docs/plan-language.md filled in), or is refused with that
  plan understood because the robot has no gripper;
- where none is given and `meaning`, the same said whole, is answered in words by that expert, in the same words each
  time: is answered in the words that `meaning` gets alone or in the same place of the dialogue, or leaves the same new
  timer or reminder behind as `meaning` does there ("make it ten" changes one where its meaning sets one).
Two requests in one are right when both experts answer, in order. A whole request is changed when it reaches another
expert, or is taken for another text, after an earlier turn drawn at random. Intervals: Wilson, 95 %.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeAlias

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import yaml

from bench.report import Report
from bench.understanding import canonical, share
from moe_robot.brain import Brain, Context, build_brain
from moe_robot.config import Config, load_config
from moe_robot.experts.keepsakes import Keepsakes
from moe_robot.lexicon import lexicon_of
from moe_robot.notation import parse_nodes
from moe_robot.router.rule_based import owner_of, owners_of
from moe_robot.router.steps import steps_of
from moe_robot.structs import LANGUAGES, Language, PlanNode, Repeat, Step, Turn, Utterance
from moe_robot.world.home import load_home

DATA = Path(__file__).resolve().parents[1] / "test" / "data" / "routing"
BAR_PERCENT = 90
CHANGED_BAR_PERCENT = 0.5
NOW = datetime(2026, 3, 4, 15, 20, tzinfo=timezone(timedelta(hours=3)))
TURN_S = 7.0  # between two turns
NO_ANSWER = {"hint", "llm", "router"}  # answerers that only say that they cannot
DRAWS = 8  # of an answer, before it counts as the same one each time: a coin has two sides
EARLIER = 60  # turns that whole requests are put after, per language
SEED = 4

Kept: TypeAlias = tuple[str, datetime, str]  # kind, due, text


@dataclass(frozen=True)
class Dialogue:
    turns: tuple[str, ...]
    expert: str
    kind: str
    meaning: str
    plan: str  # "" = none is given


@dataclass(frozen=True)
class Judged:
    """`wrong` is "" when it is right. `compared`: the plan or the words were judged, not the expert alone."""

    dialogue: Dialogue
    turn: Turn
    wrong: str
    found: str
    compared: bool


def read_dialogues(path: Path) -> list[Dialogue]:
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Dialogue(tuple(r["turns"]), r["expert"], r["kind"], r["meaning"], r.get("plan", "")) for r in rows]


def plan_of(nodes: Iterable[PlanNode]) -> str:
    """Comparable: defaults filled in, a repeated patrol as rounds."""
    return canonical(tuple(_rounds(node) for node in nodes))


def _rounds(node: PlanNode) -> PlanNode:
    if isinstance(node, Repeat) and node.times and len(node.body) == 1:
        inner = node.body[0]
        if isinstance(inner, Step) and inner.skill == "patrol" and "rounds" not in inner.params:
            return replace(inner, params={**inner.params, "rounds": node.times})
    return node


class Partner:
    """Speaks with the brain, each conversation with a memory of its own and the same time of day."""

    def __init__(self, brain: Brain) -> None:
        self.brain = brain

    @contextmanager
    def conversation(self) -> Iterator[Talk]:
        with tempfile.TemporaryDirectory() as folder:
            keepsakes = Keepsakes(Path(folder) / "keepsakes.db")
            try:
                yield Talk(self.brain, keepsakes)
            finally:
                keepsakes.close()

    def talk(self, texts: Sequence[str], language: Language) -> tuple[Turn, ...]:
        return self.listen(texts, language)[0]

    def listen(self, texts: Sequence[str], language: Language) -> tuple[tuple[Turn, ...], frozenset[Kept]]:
        """The turns, and the timers and reminders that are there after the last one and were not before it."""
        with self.conversation() as talk:
            before: frozenset[Kept] = frozenset()
            for text in texts:
                before = talk.kept()
                talk.say(text, language)
            return talk.turns, talk.kept() - before


class Talk:
    def __init__(self, brain: Brain, keepsakes: Keepsakes) -> None:
        self._brain, self._keepsakes = brain, keepsakes
        self.turns: tuple[Turn, ...] = ()

    def kept(self) -> frozenset[Kept]:
        return frozenset((entry.kind, entry.due, entry.text) for entry in self._keepsakes.schedule.pending())

    def say(self, text: str, language: Language) -> Turn:
        after = timedelta(seconds=TURN_S * len(self.turns))
        context = Context(
            history=self.turns,
            now=NOW + after,
            schedule=self._keepsakes.schedule,
            notes=self._keepsakes.notes,
        )
        turn = self._brain.respond(Utterance(text, language, t_s=(NOW + after).timestamp()), context)
        self.turns = (*self.turns, turn)
        return turn


def judge(partner: Partner, dialogue: Dialogue, language: Language) -> Judged:
    turns, kept = partner.listen(dialogue.turns, language)
    turn = turns[-1]
    if turn.route.expert != dialogue.expert or len(turn.parts) > 1:
        found = ", ".join(experts_of(partner.brain, turn)) or f"nobody ({turn.refusal})"
        return Judged(
            dialogue, turn, "another expert" if turn.route.expert else "no expert", found, bool(dialogue.plan)
        )
    if dialogue.plan:
        unable = turn.refusal == "missing_capability"  # no gripper: what was understood counts
        got = plan_of(turn.plan.nodes if turn.plan is not None else turn.reply.draft if unable else ())
        right = got == plan_of(parse_nodes(dialogue.plan))
        return Judged(dialogue, turn, "" if right else "another plan", got or f"no plan ({turn.refusal})", True)
    wanted = references(partner, dialogue, language)
    if not wanted:
        return Judged(dialogue, turn, "", turn.reply.text, False)
    right = turn.reply.text.casefold() in {text.casefold() for text in wanted}
    if kept and not right:
        right = kept == partner.listen((*dialogue.turns[:-1], dialogue.meaning), language)[1]
    return Judged(dialogue, turn, "" if right else "other words", f"{turn.reply.text} | not: {wanted[0]}", True)


def references(partner: Partner, dialogue: Dialogue, language: Language) -> list[str]:
    """The words that `meaning` gets alone and in place of the last turn; none when alone it gets no real answer, or
    another one each time."""
    alone = [partner.talk([dialogue.meaning], language)[-1] for _ in range(DRAWS)]
    if any(not _answers(turn, dialogue.expert) for turn in alone) or len({turn.reply.text for turn in alone}) > 1:
        return []
    placed = partner.talk((*dialogue.turns[:-1], dialogue.meaning), language)[-1]
    return [turn.reply.text for turn in (alone[0], placed) if _answers(turn, dialogue.expert)]


def _answers(turn: Turn, expert: str) -> bool:
    return turn.route.expert == expert and not turn.refusal and turn.reply.model_used not in NO_ANSWER


def experts_of(brain: Brain, turn: Turn) -> list[str]:
    """Who answers, in order, each once in a row. A sentence that the rules read as one has an expert for each step."""
    owners = owners_of(brain.experts.cards)
    found: list[str] = []
    for part in turn.parts or (turn,):
        by_step = [owner_of(step, owners) for step in steps_of(part.reply.draft)]
        by_rules = part.route.strategy == "rule_based" and len(set(by_step)) > 1
        found += by_step if by_rules else [part.route.expert] * bool(part.route.expert)
    return [expert for i, expert in enumerate(found) if expert and expert != (found[i - 1] if i else "")]


def pairs(partner: Partner, path: Path) -> tuple[list[list[str]], list[str]]:
    """(rows of the table, failures told)."""
    table, told = [], []
    loaded: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for language in LANGUAGES:
        cases = [row for row in loaded if row["language"] == language]
        right = 0
        for case in cases:
            turn = partner.talk([case["text"]], language)[-1]
            found = experts_of(partner.brain, turn)
            right += found == case["experts"]
            if found != case["experts"]:
                told.append(f"- {case['text']!r}: {' + '.join(case['experts'])}; found {' + '.join(found) or 'nobody'}")
        table.append([language, *share(right, len(cases))])
    return table, told


def standalone(partner: Partner, split: str) -> tuple[list[list[str]], list[str]]:
    """Whole requests after an earlier turn: how many are understood otherwise than alone; how many are taken for
    several, alone."""
    table, told = [], []
    for language in LANGUAGES:
        rows = [
            row["text"]
            for path in sorted(DATA.glob(f"{split}_{language}*.yaml"))
            for row in yaml.safe_load(path.read_text(encoding="utf-8"))
        ]
        draw = random.Random(SEED)
        earlier = [partner.talk([text], language)[-1] for text in draw.sample(rows, min(EARLIER, len(rows)))]
        changed = apart = strayed = 0
        for text in rows:
            before = draw.choice([turn for turn in earlier if turn.utterance.text != text])
            alone, after = (_heard(partner.brain, text, language, history) for history in ((), (before,)))
            if len(alone) > 1:
                apart += 1
                told.append(f"- taken apart: {alone}")
            strayed += [expert for _, expert in alone] != [expert for _, expert in after]
            if alone != after:
                changed += 1
                told.append(f"- {before.utterance.text!r}, then {text!r}: {after} instead of {alone}")
        table.append(
            [language, *share(changed, len(rows)), *share(strayed, len(rows))[1:], *share(apart, len(rows))[1:]]
        )
    return table, told


def _heard(brain: Brain, text: str, language: Language, history: tuple[Turn, ...]) -> list[tuple[str, str]]:
    heard = brain.hear(Utterance(text, language), Context(history=history, now=NOW))
    parts = heard.understood.parts if heard.understood else ()
    return [(part.utterance.text, part.route.expert) for part in parts]


def configured(strategy: str) -> Config:
    cfg = load_config()
    return replace(cfg, router=replace(cfg.router, strategy=strategy)) if strategy else cfg


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--split", choices=("test", "dev"), default="test")
    arguments.add_argument("--strategy", default="", help="instead of the configured router.strategy")
    arguments.add_argument("--failures", action="store_true", help="list what went wrong")
    arguments.add_argument("--completions", action="store_true", help="list what every last turn was taken for")
    arguments.add_argument("--no-keep", action="store_true", help="only print, write no result")
    options = arguments.parse_args()
    cfg, home = configured(options.strategy), load_home("flat")
    brain = build_brain(cfg, home, lexicon_of(home))
    try:
        report = measured(Partner(brain), options.split, options.failures, options.completions)
    finally:
        brain.close()
    report.write(keep=not options.no_keep)


def measured(partner: Partner, split: str, failures: bool, completions: bool) -> Report:
    report = Report("dialogues", f"Dialogues: the last turn leans on the ones before ({split} data)", ("pymorphy3",))
    report.text(f"Router: `{partner.brain.cfg.router.strategy}`. Bar: > {BAR_PERCENT} % of the dialogues right.")
    judged = {
        language: [
            judge(partner, one, language)
            for path in sorted(DATA.glob(f"{'dev_' if split == 'dev' else ''}dialogues_{language}*.yaml"))
            for one in read_dialogues(path)
        ]
        for language in LANGUAGES
    }
    _tell_dialogues(report, judged)
    times_ms = sorted(1000.0 * case.turn.stage_s.get("route", 0.0) for cases in judged.values() for case in cases)
    report.text(
        f"Time to understand the last turn, with all its readings: median {times_ms[len(times_ms) // 2]:.0f} ms, "
        f"p99 {times_ms[int(0.99 * len(times_ms))]:.0f} ms (n = {len(times_ms)})."
    )
    told = [f"{language} {line}" for language, cases in judged.items() for line in _failures(cases)]
    if completions:
        told += [
            f"{language} as {case.turn.understood_as or case.turn.utterance.text!r} <- {case.dialogue.turns}"
            for language, cases in judged.items()
            for case in cases
        ]
    rows, wrong = pairs(partner, DATA / f"pairs_{split}.yaml")
    report.text("## Two requests in one\n\nBoth experts, in order.")
    report.table(["language", "n", "right", "share", "95 % interval"], rows)
    told += wrong
    rows, wrong = standalone(partner, split)
    report.text(
        "## Whole requests after an earlier turn\n\n"
        f"Understood otherwise than alone; bar: < {CHANGED_BAR_PERCENT} %. Each is one request for one expert."
    )
    head = ["language", "n", "changed", "share", "95 % interval", "reach another expert", "share", "95 % interval"]
    head += ["taken for several alone", "share", "95 % interval"]
    report.table(head, rows)
    told += wrong
    if failures or completions:
        report.text("## What went wrong\n\n" + "\n".join(told))
    return report


def _tell_dialogues(report: Report, judged: dict[Language, list[Judged]]) -> None:
    rows = []
    for language, cases in judged.items():
        for kind in ("all", *dict.fromkeys(case.dialogue.kind for case in cases)):
            some = [case for case in cases if kind in ("all", case.dialogue.kind)]
            wrong = Counter(case.wrong for case in some if case.wrong)
            completed = sum(bool(case.turn.understood_as) for case in some)
            rows.append(
                [
                    language,
                    kind,
                    *share(len(some) - wrong.total(), len(some)),
                    f"{100 * completed / len(some):.0f} %",
                    str(sum(case.compared for case in some)),
                    ", ".join(f"{what} {n}" for what, n in wrong.most_common()),
                ]
            )
    head = ["language", "kind", "n", "right", "share", "95 % interval", "completed", "plan or words judged", "wrong"]
    report.table(head, rows)


def _failures(cases: Iterable[Judged]) -> Iterator[str]:
    for case in cases:
        if case.wrong:
            one, turn = case.dialogue, case.turn
            taken = f" as {turn.understood_as!r}" if turn.understood_as else ""
            yield f"{case.wrong}: {' / '.join(one.turns)}{taken}: {one.expert} {one.plan}; found {case.found}"


if __name__ == "__main__":
    main()
