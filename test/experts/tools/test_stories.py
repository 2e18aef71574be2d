"""School stories: the expert answers most of those it was made with, and never with a wrong number."""

from pathlib import Path

import pytest
import yaml
from asked import ask

from bench.stories import answers
from moe_robot.experts.tools.word_problems import WordProblems

TOOL = WordProblems()
STORIES = yaml.safe_load((Path(__file__).parents[2] / "data" / "maths" / "stories_dev.yaml").read_text("utf-8"))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_three_stories_of_four_are_answered_and_none_wrongly(language):
    said = {row["text"]: ask(TOOL, row["text"], language) for row in STORIES if row["language"] == language}
    expected = {row["text"]: row["answer"] for row in STORIES}
    told = {text: answer for text, answer in said.items() if answer is not None}
    wrong = {
        text: answer for text, answer in told.items() if {float(x) for x in answers(answer)} != {float(expected[text])}
    }
    assert wrong == {}
    assert len(told) >= 0.75 * len(said)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Коля решал по 6 примеров в день и за 3 дня решил все, кроме двух. Сколько примеров ему задали?", "ru"),
        ("Утром термометр показывал 5 градусов тепла, потом похолодало на 8. Сколько градусов он показал?", "ru"),
        (
            "После того как Нина потратила 20% денег, у неё осталось 400 рублей. Сколько рублей было у неё вначале?",
            "ru",
        ),
        ("Tom ate all the plums except 3. There were 12 plums. How many plums did he share with 4 friends?", "en"),
    ],
)
def test_a_story_with_words_that_no_schema_reads_is_not_answered(text, language):
    assert ask(TOOL, text, language) is None


def test_minutes_are_told_where_minutes_are_asked_for():
    text = "До озера 30 км. За сколько минут мы доедем со скоростью 60 км/ч?"
    assert str(ask(TOOL, text, "ru")).endswith("Ответ: 30 минут.")
