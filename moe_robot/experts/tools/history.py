"""What was asked and done in this conversation: the last command, the tasks, the trips, what we talked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.chosen import chosen
from moe_robot.experts.tools.entries import Texts
from moe_robot.experts.tools.local_time import like
from moe_robot.experts.tools.voice import told
from moe_robot.experts.words import Words
from moe_robot.structs import Branch, PlanNode, Repeat, Reply, Turn, Utterance

MOST_TOLD = 5
TRIPS = ("go_to", "patrol", "explore", "dock", "follow", "drive", "turn", "find", "come_here", "bring")
UNIX_S = 1e9  # an utterance's time below it is of a clock that began elsewhere
LONGEST = 120  # characters of an answer that is repeated


class History:
    def __init__(self) -> None:
        self._words = Words("keepsakes")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        texts = Texts(self._words, utterance.language, context.now)
        turns = [turn for turn in context.history if turn.utterance.text.strip()]
        turns = _of_the_day(turns, utterance.text, context)
        return told(_text(utterance.text, turns, texts), "history")


def _text(text: str, turns: Sequence[Turn], texts: Texts) -> str:
    if not turns:
        return texts.say("history_none")
    tasks = [turn for turn in turns if turn.plan is not None]
    match chosen(text, "history"):
        case "last_command":
            if not tasks:
                return texts.say("history_none_done")
            return texts.say("history_last", text=_said(tasks[-1]), reply=_short(tasks[-1].reply.text))
        case "before_last":
            if len(tasks) < 2:
                return texts.say("history_none_done") if not tasks else _list("history_done", tasks, texts)
            return texts.say("history_last", text=_said(tasks[-2]), reply=_short(tasks[-2].reply.text))
        case "last_said":
            answer = texts.say("history_reply", text=_short(turns[-1].reply.text))
            return f"{texts.say('history_last_said', text=_said(turns[-1]))} {answer}"
        case "first":
            return texts.say("history_first", text=_said(turns[0]))
        case "count":
            return texts.say("history_count", n=len(turns), tasks=len(tasks))
        case "refused":
            refused = [turn for turn in turns if turn.refusal]
            return _list("history_refused", refused, texts) if refused else texts.say("history_none_refused")
        case "trips":
            trips = [turn for turn in tasks if turn.plan is not None and _drives(turn.plan.nodes)]
            return _list("history_done", trips, texts) if trips else texts.say("history_none_trips")
        case "talk":
            return _list("history_talk", turns, texts)
    return _list("history_done", tasks, texts) if tasks else texts.say("history_none_done")


def _list(key: str, turns: Sequence[Turn], texts: Texts) -> str:
    """In order; of many the latest."""
    shown = [texts.say("quoted", text=_said(turn)) for turn in turns[-MOST_TOLD:]]
    each = ", ".join(shown)
    if len(turns) > MOST_TOLD:
        each += f" ({texts.say('history_earlier', n=len(turns) - MOST_TOLD)})"
    return texts.say(key, n=len(turns), each=each)


def _said(turn: Turn) -> str:
    return _short((turn.understood_as or turn.utterance.text).strip(" .!?"))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _drives(nodes: Iterable[PlanNode]) -> bool:
    for node in nodes:
        if isinstance(node, Repeat):
            inside = _drives(node.body)
        elif isinstance(node, Branch):
            inside = _drives((*node.then, *node.otherwise))
        else:
            inside = node.skill in TRIPS
        if inside:
            return True
    return False


def _of_the_day(turns: list[Turn], text: str, context: AnswerContext) -> list[Turn]:
    """Those of today, yesterday or this morning, when one of these is said and the turns carry the time of day."""
    day = chosen(text, "history_days")
    if not day or any(turn.utterance.t_s < UNIX_S for turn in turns):
        return turns
    times = {id(turn): _local(turn, context.now) for turn in turns}
    on = context.now.date() - timedelta(days=1 if day == "yesterday" else 0)
    hours = {"morning": range(4, 12), "afternoon": range(12, 17), "evening": range(17, 24)}.get(day, range(24))
    return [turn for turn in turns if times[id(turn)].date() == on and times[id(turn)].hour in hours]


def _local(turn: Turn, now: datetime) -> datetime:
    return like(datetime.fromtimestamp(turn.utterance.t_s, timezone.utc), now)
