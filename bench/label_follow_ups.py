"""Judges every reading that is proposed for the last turn of the written dialogues: what the chooser is trained on.

    python bench/label_follow_ups.py [--jobs 2] [--only ru_0 ...]

Reads models/router/dialogues/*.yaml, lets the brain hear each dialogue, carries out each proposed reading of the last
turn that is for the right expert, and compares what it leads to with what the dialogue says (as bench/dialogue_judge.py
does). Where nothing can be compared but the expert, the readings that say most nearly what `meaning` says are the right
ones. Half of the dialogues are heard after one or two requests of others, with the same readings right, as people go on
talking. First turns put after the first turns of other dialogues are whole requests: there only the turn alone is
right; so are the development utterances of test/data/routing (`whole_ru`, `whole_en`), which train nothing else.
Writes models/router/follow_ups/<file>.jsonl.gz; then `moe-robot train-router --relations-only --out models/router`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import yaml

from bench.dialogue_judge import (
    NOW,
    TURN_S,
    Dialogue,
    Partner,
    plan_done,
    plan_of,
    read_dialogues,
    references,
)
from bench.dialogues import configured
from moe_robot.brain import Context, build_brain
from moe_robot.lexicon import lexicon_of
from moe_robot.notation import parse_nodes
from moe_robot.router.followup_words import lemma, plain
from moe_robot.router.proposals import Proposal
from moe_robot.router.relation import find_relations
from moe_robot.router.understood import Part, Understood
from moe_robot.structs import Language, Route, Turn, Utterance
from moe_robot.world.home import load_home

ROUTER = Path(__file__).resolve().parents[1] / "models" / "router"
UTTERANCES = Path(__file__).resolve().parents[1] / "test" / "data" / "routing"
DIALOGUES = ROUTER / "dialogues"
WHOLES = ("whole_ru", "whole_en")
TIMES = 2  # that each development utterance is put after something
WHOLE = 260  # whole requests of each file of dialogues
LATE = 0.5  # the share of dialogues that are heard after other requests
LIKE = 0.12  # of the likeness to the meaning: so much less is as good
RIGHT, PREFERRED = 1, 2
SEED = 4


class Judge:
    def __init__(self) -> None:
        home = load_home("flat")
        cfg = configured("")
        brain = build_brain(cfg, home, lexicon_of(home))
        self.partner, self.conversation = Partner(brain), brain.conversation
        self.relations = find_relations(cfg.router.model)

    def dialogue(self, dialogue: Dialogue, language: Language) -> dict[str, Any] | None:
        earlier = self.partner.talk(dialogue.turns[:-1], language)
        heard = self._proposed(dialogue.turns[-1], language, earlier)
        if heard is None:
            return None
        row, proposals = heard
        wanted = [] if dialogue.plan else references(self.partner, dialogue, language)
        right = [self._right(one, dialogue, language, earlier, wanted) for one in proposals]
        if not dialogue.plan and not wanted:
            likeness = [
                _likeness(one.text, dialogue.meaning) if ok else -1.0 for one, ok in zip(proposals, right, strict=True)
            ]
            right = [ok and like >= max(likeness) - LIKE for ok, like in zip(right, likeness, strict=True)]
            marks = [PREFERRED if ok else RIGHT if like >= 0 else 0 for ok, like in zip(right, likeness, strict=True)]
        else:
            marks = [PREFERRED if ok else 0 for ok in right]
        if dialogue.kind == "whole" and marks[0]:  # nothing is to be made of it
            marks = [PREFERRED, *(min(mark, RIGHT) for mark in marks[1:])]
        told = {"expert": dialogue.expert, "kind": dialogue.kind, "meaning": dialogue.meaning}
        return row | told | {"proposals": _rows(proposals, marks)}

    def late(
        self, dialogue: Dialogue, language: Language, row: Mapping[str, Any], others: Sequence[str]
    ) -> dict[str, Any] | None:
        """`row`, what `dialogue` gave, after other requests: what was right still is, and nothing else."""
        heard = self._proposed(
            dialogue.turns[-1], language, self.partner.talk([*others, *dialogue.turns[:-1]], language)
        )
        if heard is None:
            return None
        own, proposals = heard
        marks = {(text, route[0]): mark for text, route, *_, mark in row["proposals"]}
        found = [marks.get((one.text, one.route.expert), 0) for one in proposals]
        return {**row, **own, "proposals": _rows(proposals, found)}

    def whole(self, text: str, language: Language, before: Sequence[str]) -> dict[str, Any] | None:
        heard = self._proposed(text, language, self.partner.talk(before, language))
        if heard is None:
            return None
        row, proposals = heard
        marks = [PREFERRED * (one.kind == "alone") for one in proposals]
        told = {"expert": proposals[0].route.expert, "kind": "whole", "meaning": text}
        return row | told | {"proposals": _rows(proposals, marks)}

    def _proposed(
        self, text: str, language: Language, earlier: Sequence[Turn]
    ) -> tuple[dict[str, Any], list[Proposal]] | None:
        after = timedelta(seconds=TURN_S * len(earlier))
        utterance = Utterance(text, language, t_s=(NOW + after).timestamp())
        found = self.conversation.proposed(utterance, earlier, Context(history=tuple(earlier), now=NOW + after))
        if found is None:
            return None
        before, proposals = found
        relations = self.relations.of(text, before[0].text, before[0].expert)
        return {
            "text": text,
            "language": language,
            "before": [[one.text, "", one.expert, one.moved, one.amount, one.lost, one.leaned] for one in before],
            "relations": {name: round(share, 4) for name, share in relations.items()},
        }, proposals

    def _right(
        self, one: Proposal, dialogue: Dialogue, language: Language, earlier: Sequence[Turn], wanted: Sequence[str]
    ) -> bool:
        if one.route.expert != dialogue.expert:
            return False
        turn, kept = self._carried_out(one, dialogue, language, len(earlier))
        if dialogue.plan:
            return plan_done(turn) == plan_of(parse_nodes(dialogue.plan))
        if not wanted or turn.reply.text.casefold() in {text.casefold() for text in wanted}:
            return True
        return bool(kept) and kept == self.partner.listen((*dialogue.turns[:-1], dialogue.meaning), language)[1]

    def _carried_out(self, one: Proposal, dialogue: Dialogue, language: Language, after: int) -> tuple[Turn, Any]:
        """The last turn with this reading of it."""
        understand = self.conversation.understand

        def read(utterance: Utterance, history: Sequence[Turn] = (), context: object = None) -> Understood:
            if len(history) < after:
                return understand(utterance, history, context)
            whole = one.text if one.text != utterance.text else ""
            return Understood((Part(replace(utterance, text=one.text), one.route),), whole)

        self.conversation.understand = read  # type: ignore[method-assign]
        try:
            turns, kept = self.partner.listen(dialogue.turns, language)
        finally:
            self.conversation.understand = understand  # type: ignore[method-assign]
        return turns[-1], kept


def _likeness(text: str, meaning: str) -> float:
    """The share of words that both have."""
    said, meant = ({lemma(word) for word in plain(one).split()} for one in (text, meaning))
    return 2 * len(said & meant) / max(len(said) + len(meant), 1)


def _rows(proposals: Sequence[Proposal], marks: Sequence[int]) -> list[list[Any]]:
    return [
        [one.text, _row(one.route), [one.kind, *one.also], one.of, one.likeliest, mark]
        for one, mark in zip(proposals, marks, strict=True)
    ]


def _row(route: Route) -> list[Any]:
    ranked = [[name, round(share, 4)] for name, share in route.ranked[:5]]
    return [route.expert, round(route.confidence, 4), route.strategy, route.rule, ranked]


def labelled(name: str) -> Iterator[dict[str, Any]]:
    language: Language = "ru" if "ru" in name else "en"
    judge, draw = Judge(), random.Random(f"{SEED} {name}")
    try:
        if name in WHOLES:
            firsts = [text for path in sorted(DIALOGUES.glob(f"{language}_*.yaml")) for text in _firsts(path)]
            wholes = TIMES * [text for path in _developing(language) for text in _texts(path)]
        else:
            path = DIALOGUES / f"{name}.yaml"
            firsts = _firsts(path)
            for dialogue in read_dialogues(path):
                row = judge.dialogue(dialogue, language)
                if row is not None and draw.random() < LATE:
                    row = judge.late(dialogue, language, row, _others(draw, firsts, dialogue.turns[0], (1, 2)))
                if row is not None:
                    yield row
            wholes = draw.sample(firsts, min(WHOLE, len(firsts)))
        for text in wholes:
            row = judge.whole(text, language, _others(draw, firsts, text, (1, 1, 2, 3)))
            if row is not None:
                yield row
    finally:
        judge.partner.brain.close()


def _others(draw: random.Random, firsts: Sequence[str], text: str, numbers: Sequence[int]) -> list[str]:
    return draw.sample([other for other in firsts if other != text], draw.choice(numbers))


def _firsts(path: Path) -> list[str]:
    return list(dict.fromkeys(dialogue.turns[0] for dialogue in read_dialogues(path)))


def _developing(language: Language) -> list[Path]:
    return [*sorted(UTTERANCES.glob(f"dev_{language}_*.yaml")), UTTERANCES / f"oos_dev_{language}.yaml"]


def _texts(path: Path) -> list[str]:
    return [row["text"] for row in yaml.safe_load(path.read_text(encoding="utf-8"))]


def write(name: str) -> str:
    logging.disable(logging.CRITICAL)
    began_s = time.perf_counter()
    rows = list(labelled(name))
    out = ROUTER / "follow_ups" / f"{name}.jsonl.gz"
    out.parent.mkdir(exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    out.write_bytes(gzip.compress(lines.encode(), mtime=0))
    leaning = [row for row in rows if row["kind"] != "whole"]
    possible = sum(any(one[-1] for one in row["proposals"]) for row in leaning)
    took_s = time.perf_counter() - began_s
    return f"{name}: {len(rows)} turns, {possible} of {len(leaning)} have a right reading, {took_s:.0f} s"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--only", nargs="*", default=[], help="names of files without .yaml")
    options = arguments.parse_args()
    names = [path.stem for path in sorted(DIALOGUES.glob("*.yaml"))] + [*WHOLES]
    wanted = [name for name in names if not options.only or name in options.only]
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for line in pool.map(write, wanted):
            print(line, flush=True)


if __name__ == "__main__":
    main()
