"""The history of a conversation: what was said in it, and what was done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from state_rig import NOW, said
from talk_rig import Talk

from moe_robot.experts.tools.history import History
from moe_robot.structs import Plan, Reply, Route, Step, Turn


def turn(text: str, reply: str, *skills: str, refusal: str = "") -> Turn:
    plan = Plan(tuple(Step(skill) for skill in skills)) if skills else None
    return Turn(said(text), Route("x", 1.0, "test"), Reply(reply, "x"), plan, refusal=refusal)


TURNS = (
    turn("поезжай на кухню", "Хорошо: еду на кухню.", "go_to"),
    turn("сколько будет 2+2", "4."),
    turn("полетели на Луну", "Так я не умею.", refusal="out_of_scope"),
    turn("возьми мяч", "Хорошо: беру мяч.", "pick"),
)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("какая была последняя команда", "Последняя команда: «возьми мяч». Хорошо: беру мяч."),
        ("что ты делал сегодня", "2 задания: «поезжай на кухню», «возьми мяч»."),
        ("куда ты ездил утром", "1 задание: «поезжай на кухню»."),
        (
            "о чём мы говорили",
            "Мы говорили вот о чём: «поезжай на кухню», «сколько будет 2+2», «полетели на Луну», «возьми мяч».",
        ),
        ("чего ты не смог сделать", "Вот чего я не сделал: «полетели на Луну»."),
        ("сколько команд я дал", "В этом разговоре 4 запроса, из них 2 задания."),
        ("what was my last command", 'The last command was "возьми мяч". Хорошо: беру мяч.'),
        ("what did you do today", '2 tasks: "поезжай на кухню", "возьми мяч".'),
        ("what did I just say", 'The last thing you said was "возьми мяч". I answered: "Хорошо: беру мяч."'),
        ("show the log of your trips", '1 task: "поезжай на кухню".'),
    ],
)
def test_the_history_is_that_of_the_conversation(text: str, answer: str) -> None:
    assert Talk(History(), history=TURNS).ask(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("какая была последняя команда", "В этом разговоре ещё ничего не было."),
        ("what did you do today", "Nothing has been said in this conversation yet."),
    ],
)
def test_without_a_conversation_there_is_no_history(text: str, answer: str) -> None:
    assert Talk(History()).ask(text) == answer


def test_of_a_long_history_the_latest_is_told() -> None:
    many = tuple(turn(f"поезжай в точку {number}", "Еду.", "go_to") for number in range(12))
    answer = Talk(History(), history=many).ask("что ты делал")
    assert answer.startswith("12 заданий: «поезжай в точку 7», ")
    assert answer.endswith("(раньше было ещё 7).")


def test_the_history_of_a_day_goes_by_the_clock_where_the_turns_carry_it() -> None:
    day_s = NOW.timestamp()
    yesterday = replace(TURNS[0], utterance=replace(TURNS[0].utterance, t_s=day_s - 86_400))
    today = replace(TURNS[3], utterance=replace(TURNS[3].utterance, t_s=day_s - 600))
    assert Talk(History(), history=(yesterday, today)).ask("что ты делал вчера") == "1 задание: «поезжай на кухню»."
    assert Talk(History(), history=(yesterday, today)).ask("что ты делал сегодня") == "1 задание: «возьми мяч»."
