"""Holds dialogues with a brain and judges their last turns.

A dialogue is right when its last turn reaches the expected expert and
- where a plan is given: becomes that plan (the defaults of docs/plan-language.md filled in), or is refused with that
  plan understood because the robot has no gripper;
- where none is given and `meaning`, the same said whole, is answered in words by that expert, in the same words each
  time: is answered in the words that `meaning` gets alone or in the same place of the dialogue, or leaves the same new
  timer or reminder behind as `meaning` does there ("make it ten" changes one where its meaning sets one).
`second` is what a second reader, who saw the turns alone, understood: not judged by.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TypeAlias

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import yaml

from bench.understanding import canonical
from moe_robot.brain import Brain, Context
from moe_robot.experts.keepsakes import Keepsakes
from moe_robot.notation import parse_nodes
from moe_robot.router.rule_based import owner_of, owners_of
from moe_robot.router.steps import steps_of
from moe_robot.structs import Language, PlanNode, Repeat, Step, Turn, Utterance

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=timezone(timedelta(hours=3)))
TURN_S = 7.0  # between two turns
NO_ANSWER = {"hint", "llm", "router"}  # answerers that only say that they cannot
DRAWS = 8  # of an answer, before it counts as the same one each time: a coin has two sides

Kept: TypeAlias = tuple[str, datetime, str]  # kind, due, text


@dataclass(frozen=True)
class Dialogue:
    turns: tuple[str, ...]
    expert: str
    kind: str
    meaning: str
    plan: str  # "" = none is given
    second: Reading | None = None


@dataclass(frozen=True)
class Reading:
    """What another reader understood."""

    expert: str
    meaning: str
    plan: str


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
    return [
        Dialogue(tuple(r["turns"]), r["expert"], r["kind"], r["meaning"], r.get("plan", ""), _reading(r.get("second")))
        for r in rows
    ]


def _reading(row: Mapping[str, str] | None) -> Reading | None:
    return Reading(row["expert"], row["meaning"], row.get("plan", "")) if row else None


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
        wrong = "another expert" if turn.route.expert else "no expert"
        return Judged(dialogue, turn, wrong, found, bool(dialogue.plan))
    if dialogue.plan:
        got = plan_done(turn)
        right = got == plan_of(parse_nodes(dialogue.plan))
        return Judged(dialogue, turn, "" if right else "another plan", got or f"no plan ({turn.refusal})", True)
    wanted = references(partner, dialogue, language)
    if not wanted:
        return Judged(dialogue, turn, "", turn.reply.text, False)
    right = turn.reply.text.casefold() in {text.casefold() for text in wanted}
    if kept and not right:
        right = kept == partner.listen((*dialogue.turns[:-1], dialogue.meaning), language)[1]
    return Judged(dialogue, turn, "" if right else "other words", f"{turn.reply.text} | not: {wanted[0]}", True)


def plan_done(turn: Turn) -> str:
    """The plan, or the one that was understood where there is no gripper for it."""
    unable = turn.refusal == "missing_capability"
    return plan_of(turn.plan.nodes if turn.plan is not None else turn.reply.draft if unable else ())


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
