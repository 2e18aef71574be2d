from __future__ import annotations

import ast
from pathlib import Path

import pytest

import moe_robot
from moe_robot.motion.stop_words import is_stop

STOPS = """
stop|Stop!|STOP|stop stop stop|stop, stop!|please stop|stop please|stop now|stop right now|Robot, stop!|hey robot stop
stop it|stop moving|halt|freeze|whoa|emergency stop|e-stop|E-STOP!!!|estop|stop immediately|stop right there|don't move
do not move|stand still|no, stop!|stoooop|stop.|  stop  |"stop"|stop 🛑|stop-stop|full stop|stop the robot|STOP!!!!!!
стоп|Стоп!|СТОП|стоооооп|стоп стоп стоп|стой|Стой!|стой, стой|стойте|остановись|Остановитесь, пожалуйста
пожалуйста, остановись|немедленно остановись|остановись немедленно|робот, стоп|эй, робот, стой|замри|тормози|ни с места
не двигайся|стой на месте|аварийная остановка|экстренная остановка|экстренный стоп|стоп машина|ну всё, стоп|да стой же
прекрати движение|хватит ехать|cnjg|ыещз|стоп!!! stop!!!|нет, стой|стой-ка|останови робота|останови моторы|СТОЯТЬ
"""
OTHERS = """
don't stop|do not stop|never stop|bus stop|stop at the kitchen|stop when you see the red cube|stopwatch|nonstop
go to the stop sign|say stop|how do i stop you|stop and go to the kitchen|stop following me|when will you stop
unstoppable|stop by the office|drive until i say stop|can you stop at the door|the stop button|freezer|halting problem
не останавливайся|не стой|остановись у кухни|остановка автобуса|стоп-кран|скажи стоп|не стой на месте|стойка
остановись когда увидишь красный куб|поезжай до остановки|как тебя остановить|стопка книг|стоп слово|стойкий
не надо останавливаться|поезжай и остановись у дивана|едь пока не скажу стоп|нон-стоп|остановись через метр

please|робот|now|эй робот|...|🛑|!!!|no|нет|да
"""


def sentences(block: str) -> list[str]:
    return [text for line in block.splitlines() for text in line.split("|") if text]


@pytest.mark.parametrize("text", sentences(STOPS))
def test_S16_a_stop_word_and_its_variants_stop(text):
    assert is_stop(text)


@pytest.mark.parametrize("text", [*sentences(OTHERS), "", " ", "\n"])
def test_S16_a_sentence_that_only_contains_the_word_is_left_to_the_brain(text):
    assert not is_stop(text)


def test_S16_a_hundred_kilobytes_are_answered_and_decided_by_their_words():
    assert is_stop("стоп " * 20_000)
    assert not is_stop("стоп " * 20_000 + "кухня")
    assert not is_stop("a" * 100_000)


def test_S16_the_stop_path_imports_no_brain():
    """Neither the words nor the gate can wait for a router, a model or the planner: they do not know them."""
    package = Path(moe_robot.__file__).parent
    allowed = {"structs", "config", "errors", "paths", "robot_model", "motion", "hardware"}
    for path in sorted((package / "motion").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("moe_robot."):
                assert node.module.split(".")[1] in allowed, f"{path.name} imports {node.module}"
