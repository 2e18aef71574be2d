"""Answers that a person has written into the folder of an expert: word for word, or not at all."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path

import pytest
from experts.folders import card

from moe_robot.config import load_config
from moe_robot.errors import ConfigError
from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.answers import FILE, Answers, read_answers
from moe_robot.structs import Utterance
from moe_robot.world.home import load_home

TEXT = """
- ask: {ru: [как часто поливать фикус, фикус и вода], en: [how often do I water the ficus]}
  say: {ru: Раз в неделю., en: Once a week.}
- ask: {ru: [какой свет нужен кактусу], en: [what light does a cactus need]}
  say: {ru: "Яркий, без тени.", en: "Bright, without shade."}
"""
NOON = datetime(2026, 5, 1, 12, 0, tzinfo=timezone.utc)


def context(folder: Path, text: str | None = TEXT) -> AnswerContext:
    made = card(folder, "plants", chain=["answers"])
    if text is not None:
        (made.folder / FILE).write_text(text, encoding="utf-8")
    return AnswerContext(made, load_home("flat"), load_config(), NOON)


@pytest.mark.parametrize(
    ("text", "language", "says"),
    [
        ("Как часто поливать фикус?", "ru", "Раз в неделю."),
        ("скажи пожалуйста, как часто нужно поливать наши фикусы", "ru", "Раз в неделю."),
        ("зачем поливать фикус", "ru", None),
        ("как часто не поливать фикус", "ru", None),
        ("why do I water the ficus", "en", None),
        ("can I water the ficus", "en", None),
        ("фикус поливать как часто", "ru", "Раз в неделю."),
        ("How often should I water the ficus?", "en", "Once a week."),
        ("what light do cacti need", "en", None),
        ("what light does the cactus need, please", "en", "Bright, without shade."),
        ("как часто поливать кактус", "ru", None),
        ("how often do I water the cactus", "en", None),
        ("какой свет нужен фикусу", "ru", None),
        ("what", "en", None),
        ("", "en", None),
        ("?!", "ru", None),
    ],
)  # fmt: skip
def test_a_question_gets_its_answer_and_a_foreign_word_none(
    tmp_path: Path, text: str, language: str, says: str | None
) -> None:
    reply = Answers().answer(Utterance(text, language), context(tmp_path))  # type: ignore[arg-type]
    assert (reply.text if reply else None) == says


def test_two_entries_that_say_different_things_to_one_question_say_nothing(tmp_path: Path) -> None:
    twice = TEXT + TEXT.replace("Once a week", "Twice a week")
    assert Answers().answer(Utterance("how often do I water the ficus", "en"), context(tmp_path, twice)) is None


def test_a_changed_file_counts_at_once(tmp_path: Path) -> None:
    told = context(tmp_path)
    answers, question = Answers(), Utterance("how often do I water the ficus", "en")
    assert answers.answer(question, told).text == "Once a week."  # type: ignore[union-attr]
    path = told.card.folder / FILE
    path.write_text(TEXT.replace("Once a week", "Every day"), encoding="utf-8")
    os.utime(path, ns=(0, 1))
    assert answers.answer(question, told).text == "Every day."  # type: ignore[union-attr]


def test_a_missing_or_broken_file_is_unavailable_with_its_name(tmp_path: Path) -> None:
    for name, text in {"none": None, "broken": "- ask: {"}.items():
        with pytest.raises(Unavailable, match=FILE):
            Answers().answer(Utterance("x", "en"), context(tmp_path / name, text))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "list"),
        ("ask: 1", "list"),
        ("- 1", "entry 1: expected the keys"),
        ("- {ask: {ru: [а], en: [a]}}", "entry 1: expected the keys"),
        ("- {ask: {ru: [фикус]}, say: {ru: а, en: a}}", "ask.en"),
        ("- {ask: {ru: [фикус], en: [ficus]}, say: {ru: а}}", "say.en"),
        ("- {ask: {ru: [фикус], en: [ficus]}, say: {ru: а, en: 7}}", "say.en"),
        ("- {ask: {ru: [это он], en: [ficus]}, say: {ru: а, en: a}}", "'это он'"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / FILE
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=named) as caught:
        read_answers(path)
    assert str(path) in str(caught.value)
