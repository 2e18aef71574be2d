"""Earlier turns as what comes after them can lean on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from moe_robot.router.followup import Earlier
from moe_robot.structs import Language, Step, Turn, Utterance

FRESH_S = 300.0  # an utterance leans only on one that is not older
LOST = {"not_understood", "which", "no_language_model"}  # refusals of what nobody could make out
PASSED_OVER = ("not_understood", "out_of_scope")  # refusals of a turn that nothing goes on from
UNITS: Mapping[str, Mapping[Language, str]] = {
    "angle_deg": {"ru": "градусов", "en": "degrees"},
    "distance_m": {"ru": "метра", "en": "metres"},
    "duration_s": {"ru": "секунд", "en": "seconds"},
}


def is_recent(turn: Turn, utterance: Utterance) -> bool:
    return not (turn.utterance.t_s and utterance.t_s) or utterance.t_s - turn.utterance.t_s < FRESH_S


def earlier_of(turn: Turn, language: Language) -> Earlier:
    last = turn.parts[-1] if turn.parts else turn
    said = last.utterance.text if turn.parts else turn.understood_as or turn.utterance.text
    lost = turn.refusal in LOST
    moved, leaned = last.plan is not None, bool(turn.understood_as)
    return Earlier(said, last.reply.text, last.route.expert, moved, _amount(last, language), lost, leaned)


def without_lost(recent: Sequence[Turn], language: Language) -> list[Earlier]:
    """What was not understood was said, but nothing goes on from it while there is something else."""
    told = [(earlier_of(turn, language), turn.refusal in PASSED_OVER) for turn in recent]
    if all(lost or not one.expert for one, lost in told):
        return [one for one, _ in told]
    return [replace(one, expert="") if lost else one for one, lost in told]


def _amount(turn: Turn, language: Language) -> str:
    """Of a plan of one step with one figure."""
    nodes = turn.plan.nodes if turn.plan is not None else ()
    if len(nodes) != 1 or not isinstance(nodes[0], Step):
        return ""
    told = [
        (abs(v), UNITS[k][language]) for k, v in nodes[0].params.items() if k in UNITS and isinstance(v, int | float)
    ]
    return f"{told[0][0]:g} {told[0][1]}" if len(told) == 1 else ""
