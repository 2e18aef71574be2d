"""Follow-ups of questions about answers, the robot itself, code and ROS."""

from __future__ import annotations

import pytest
from heard_rig import heard_after

from moe_robot.router.followup import Earlier, FollowUps
from moe_robot.router.proposers import answers
from moe_robot.router.proposers.answers import frame_of, topic
from moe_robot.router.proposers.snippets import edited, is_program, kind_of, snippets
from moe_robot.structs import Language


def proposed(follow_ups: FollowUps, turn: str, language: Language, earlier: Earlier) -> set[tuple[str, str]]:
    heard = heard_after(follow_ups, language, [earlier], turn)
    return {(expert, text) for _, text, expert, _ in answers.propose(heard)}


@pytest.mark.parametrize(
    ("language", "earlier", "turn", "expert", "text"),
    [
        ("en", Earlier("drive to the window", expert="go_to", moved=True), "what's keeping you?", "why_not_moving",
         "why are you not moving, though I said: drive to the window"),
        ("ru", Earlier("езжай к окну", expert="go_to", moved=True), "ну и в чём дело?", "why_not_moving",
         "почему ты не двигаешься, хотя просили: езжай к окну"),
        ("en", Earlier("patrol the house", expert="patrol", moved=True), "how do I say it shorter?", "help",
         "how do I tell you to do this: patrol the house"),
        ("en", Earlier("stop!", expert="stop", moved=True), "fine, release it now", "safety",
         "how do I release the e-stop"),
        ("ru", Earlier("стоп!", expert="stop", moved=True), "хорошо, снимай блокировку", "safety",
         "как сбросить аварийный стоп"),
        ("en", Earlier("who built you?", expert="identity"), "and when was that?", "identity", "when were you made"),
        ("ru", Earlier("кто тебя сделал?", expert="identity"), "и давно?", "identity", "когда тебя создали"),
        ("en", Earlier("who publishes /odom?", expert="ros_graph"), "and who reads it?", "ros_graph",
         "who subscribes to /odom"),
        ("en", Earlier("what is a namespace in ros?", expert="ros_help"), "and a parameter?", "ros_help",
         "what is a parameter"),
        ("ru", Earlier("Что такое пакет в ROS?", expert="ros_help"), "а как его собрать?", "ros_help",
         "пакет в ROS: а как его собрать?"),
        ("ru", Earlier("какой тип у /imu?", expert="ros_graph"), "а /odom?", "ros_graph", "какой тип у /odom?"),
        ("en", Earlier("whatever is rviz, in ros", expert=""), "and how does it start?", "ros_help",
         "rviz: and how does it start?"),
        ("en", Earlier("is {'b': 2} valid json?", expert="code_check"), 'what about {"b": 2}?', "code_check",
         'is this valid JSON: {"b": 2}'),
        ("ru", Earlier("проверь python: y = (3 * 4", expert="code_check"), "а если закрыть скобку?", "code_check",
         "проверь синтаксис Python: y = (3 * 4)"),
        ("en", Earlier("mine is: import sys; print(sys.argv)", expert=""), "why does it print a list?", "code_explain",
         "why does it print a list: import sys; print(sys.argv)"),
        ("ru", Earlier("отчего идёт дождь?", expert=""), "а снег?", "open_knowledge", "отчего идёт дождь: снег"),
    ],
)  # fmt: skip
def test_proposes_what_the_turn_means(
    follow_ups: FollowUps, language: Language, earlier: Earlier, turn: str, expert: str, text: str
) -> None:
    assert (expert, text) in proposed(follow_ups, turn, language, earlier)


@pytest.mark.parametrize(
    ("language", "text", "turn"),
    [("en", "solve 2x + 1 = 7", "and with 9"), ("ru", "Реши: 3x = 12", "а теперь с 15")],
)
def test_a_formula_is_no_code(follow_ups: FollowUps, language: Language, text: str, turn: str) -> None:
    assert not {e for e, _ in proposed(follow_ups, turn, language, Earlier(text, expert="algebra"))} & {
        "code_check",
        "code_explain",
    }


@pytest.mark.parametrize(
    ("language", "said", "code"),
    [
        ("en", "is [4, 5 valid python?", "[4, 5"),
        ("en", "I've put print(7)) there, does it parse?", "print(7))"),
        ("en", "my config says: speed: 2", "speed: 2"),
        ("en", 'would "<leg/>" be valid XML?', "<leg/>"),
        ("ru", "проверь, пожалуйста, while x: x -= 1", "while x: x -= 1"),
        ("ru", "а так: b = [1, 2]?", "b = [1, 2]"),
        ("ru", "верный ли YAML «port: 80»", "port: 80"),
    ],
)
def test_cuts_code_out(language: Language, said: str, code: str) -> None:
    assert code in snippets(said, language)


@pytest.mark.parametrize("said", ["drive to the kitchen", "what is the time?"])
def test_finds_no_code_where_there_is_none(said: str) -> None:
    assert snippets(said, "en") == []


@pytest.mark.parametrize(
    ("code", "said", "language", "changed"),
    [
        ("f(1, (2", "and if I close the brackets?", "en", "f(1, (2))"),
        ("while x print(x)", "with a colon?", "en", "while x: print(x)"),
        ("if b == 2: pass", "а с одним равно?", "ru", "if b = 2: pass"),
        ("[1, 2,]", "убери лишнюю запятую", "ru", "[1, 2]"),
        ("{size: 3}", "а имя в кавычках?", "ru", '{"size": 3}'),
    ],
)
def test_changes_code_as_said(code: str, said: str, language: Language, changed: str) -> None:
    assert changed in list(edited(code, said, language))


def test_code_by_its_kind() -> None:
    assert kind_of("does it parse?", "this is a yaml file") == "YAML"
    assert kind_of("does it parse?") == ""
    assert is_program("for k in range(2): pass")
    assert not is_program("x = 3")


@pytest.mark.parametrize(
    ("language", "text", "about", "frame"),
    [
        ("en", "what is a parameter server?", "parameter server", "what is"),
        ("en", "Hello, who publishes /map?", "/map", "who publishes"),
        ("ru", "Скажи, что такое издатель?", "издатель", ""),
        ("ru", "зачем нужен rviz", "rviz", "зачем нужен"),
    ],
)
def test_topic_and_frame(language: Language, text: str, about: str, frame: str) -> None:
    assert about in topic(text, language)
    assert frame_of(text, language) == (frame or "что такое")
