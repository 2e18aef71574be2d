"""Why the robot answered or did what it did last: route, rule, how sure, who answered, the plan or the refusal.

Told from the trace of that exchange (`structs.Turn`), and from nothing else.
"""

from __future__ import annotations

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.said import Said, best
from moe_robot.experts.tools.voice import Speaker, Voice, plan_words, told
from moe_robot.structs import Branch, PlanNode, Repeat, Reply, Step, Turn, Utterance

QUESTIONS = (
    ("sure", ("увер", "вероятн", "точно ли", "сомнева", "sure", "confiden", "certain", "probab")),
    ("who", ("какой эксперт", "кто отвечал", "кто ответил", "эксперт", "модел", "which expert", "who answered",
             "expert",
             "model", "which part")),
    ("way", ("этой дорог", "этим путем", "таким путем", "так поехал", "дорог", "маршрут", "путем", "путь", "в обход",
             "объезж",
             "way", "path", "route", "detour", "around")),
)  # fmt: skip
TRAVELS = ("go_to", "patrol", "dock", "explore", "find", "follow")


class Explain:
    def __init__(self) -> None:
        self._speaker = Speaker("explain")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        voice = self._speaker.voice(utterance, context)
        turn = next((turn for turn in reversed(context.history) if turn.route.expert != "explain"), None)
        if turn is None:
            return told(voice.say("nothing"), "explain")
        if turn.parts:
            turn = turn.parts[-1]
        asked = best(Said(utterance.text), QUESTIONS)
        parts = [voice.say("said", text=turn.utterance.text)]
        if turn.understood_as and turn.understood_as != turn.utterance.text:
            parts.append(voice.say("completed", text=turn.understood_as))
        if asked == "sure":
            parts.append(_sure(turn, voice, context))
        elif asked == "who":
            parts += [_chosen(turn, voice, context), _asked(turn, voice)]
        elif asked == "way" and turn.plan is not None and _travels(turn.plan.nodes):
            parts.append(voice.say("way"))
        else:
            parts += [
                _chosen(turn, voice, context),
                _sure(turn, voice, context),
                _asked(turn, voice),
                _result(turn, voice),
            ]
        return told(" ".join(part for part in parts if part), "explain")


def _name(expert: str, voice: Voice, context: AnswerContext) -> str:
    card = context.live.cards.get(expert) if context.live is not None else None
    return card.name[voice.language] if card is not None else expert


def _chosen(turn: Turn, voice: Voice, context: AnswerContext) -> str:
    route = turn.route
    if not route.expert:
        return voice.say("abstained")
    expert = _name(route.expert, voice, context)
    if route.rule:
        return voice.say("by_rule", expert=expert, rule=route.rule)
    known = voice.pack.has(f"by_{route.strategy}")
    return voice.say(f"by_{route.strategy}" if known else "by_other", expert=expert, strategy=route.strategy)


def _sure(turn: Turn, voice: Voice, context: AnswerContext) -> str:
    route = turn.route
    percent = round(100.0 * route.confidence)
    others = [(expert, share) for expert, share in route.ranked if expert != route.expert]
    if not route.expert:
        if not others:
            return ""
        names = voice.joined([_name(expert, voice, context) for expert, _ in others[:2]])
        return voice.say("torn", percent=percent, names=names)
    if others and others[0][1] >= 0.01:
        return voice.say("sure_next", percent=percent, other=_name(others[0][0], voice, context),
                         less=round(100.0 * others[0][1]))  # fmt: skip
    return voice.say("sure", percent=percent)


def _asked(turn: Turn, voice: Voice) -> str:
    """Who of the chain was asked, and what came of it."""
    asked = turn.reply.asked
    if not asked:
        return (
            voice.say("answered_by", who=turn.reply.model_used)
            if turn.route.expert and turn.reply.model_used not in ("", "none")
            else ""
        )
    each = [voice.part(f"asked_{one.outcome}" if voice.pack.has(f"asked_{one.outcome}") else "asked_other",
                       who=one.answerer, outcome=one.outcome) for one in asked]  # fmt: skip
    return voice.say("asked", each=", ".join(each))


def _result(turn: Turn, voice: Voice) -> str:
    if turn.plan is not None:
        return voice.say("planned", plan=plan_words(turn, voice))
    if turn.refusal == "which":
        return voice.say("asked_back")
    if turn.refusal:
        return voice.say("refused", answer=turn.reply.text)
    return voice.say("words_only")


def _travels(nodes: tuple[PlanNode, ...]) -> bool:
    for node in nodes:
        if isinstance(node, Step) and node.skill in TRAVELS:
            return True
        if isinstance(node, Repeat) and _travels(node.body):
            return True
        if isinstance(node, Branch) and _travels((*node.then, *node.otherwise)):
            return True
    return False
