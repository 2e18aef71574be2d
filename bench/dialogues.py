"""Dialogues whose last turn leans on the ones before, two requests in one, and whole requests after something else.

    python bench/dialogues.py [--split test|dev] [--strategy S] [--failures] [--completions] [--no-keep]

The data of test/data/routing, through the brain in the home of the flat, turn by turn, each turn with the turns before.
When a dialogue is right: `bench/dialogue_judge.py`. What the judge makes of perfect understanding: the brain is told,
instead of the dialogue, what its author means by the last turn, and what a second reader understood. Late in a
conversation: each dialogue again, after first turns of others.
Two requests in one are right when both experts answer, in order. A whole request is changed when it reaches another
expert, or is taken for another text, after an earlier turn drawn at random. Intervals: Wilson, 95 %.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import yaml

from bench.dialogue_judge import NOW, Judged, Partner, experts_of, judge, read_dialogues
from bench.report import Report
from bench.understanding import share
from moe_robot.brain import Brain, Context, build_brain
from moe_robot.config import Config, load_config
from moe_robot.lexicon import lexicon_of
from moe_robot.structs import LANGUAGES, Language, Turn, Utterance
from moe_robot.world.home import load_home

DATA = Path(__file__).resolve().parents[1] / "test" / "data" / "routing"
BAR_PERCENT = 90
CHANGED_BAR_PERCENT = 0.5
EARLIER = 60  # turns that whole requests are put after, per language
LATE = 2  # turns of others that a dialogue is put after
SEED = 4


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
    _tell_late(report, partner, judged)
    _tell_readers(report, partner, judged)
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
            expert = sum(case.wrong not in ("another expert", "no expert") for case in some)
            rows.append(
                [
                    language,
                    kind,
                    *share(len(some) - wrong.total(), len(some)),
                    f"{100 * expert / len(some):.1f} %",
                    f"{100 * completed / len(some):.0f} %",
                    str(sum(case.compared for case in some)),
                    ", ".join(f"{what} {n}" for what, n in wrong.most_common()),
                ]
            )
    head = ["language", "kind", "n", "right", "share", "95 % interval", "right expert"]
    head += ["completed", "plan or words judged", "wrong"]
    report.table(head, rows)


def _tell_late(report: Report, partner: Partner, judged: Mapping[Language, Sequence[Judged]]) -> None:
    rows = []
    for language, cases in judged.items():
        draw = random.Random(SEED)
        firsts = list(dict.fromkeys(case.dialogue.turns[0] for case in cases))
        late = []
        for one in (case.dialogue for case in cases):
            others = draw.sample([text for text in firsts if text != one.turns[0]], LATE)
            late.append(judge(partner, replace(one, turns=(*others, *one.turns)), language))
        rows.append([language, *share(sum(not case.wrong for case in late), len(late))])
    report.text(f"## Late in a conversation\n\nThe same dialogues, each after {LATE} first turns of others.")
    report.table(["language", "n", "right", "share", "95 % interval"], rows)


def _tell_readers(report: Report, partner: Partner, judged: Mapping[Language, Sequence[Judged]]) -> None:
    """What this judge makes of words that lean on nothing: the most that any understanding of follow-ups can reach."""
    rows = []
    for language, cases in judged.items():
        some = [(case.dialogue, case.dialogue.second) for case in cases]
        for who, told in (
            ("author", [(one, one.meaning) for one, _ in some]),
            ("second reader", [(one, second.meaning) for one, second in some if second is not None]),
        ):
            alone = [judge(partner, replace(one, turns=(text,), second=None), language) for one, text in told]
            rows.append([language, who, *share(sum(not case.wrong for case in alone), len(alone))])
    report.text(
        "## The same said whole\n\nWhat each reader understood, said to the robot instead of the dialogue, judged by "
        "what the author meant: how far the brain understands whole requests, and how far two readers agree."
    )
    report.table(["language", "whose words", "n", "right", "share", "95 % interval"], rows)


def _failures(cases: Iterable[Judged]) -> Iterator[str]:
    for case in cases:
        if case.wrong:
            one, turn = case.dialogue, case.turn
            taken = f" as {turn.understood_as!r}" if turn.understood_as else ""
            yield f"{case.wrong}: {' / '.join(one.turns)}{taken}: {one.expert} {one.plan}; found {case.found}"


if __name__ == "__main__":
    main()
