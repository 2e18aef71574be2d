"""Questions back: the answer is understood, and remembered as a label."""

from __future__ import annotations

import pytest

from moe_robot.router.choices import NEITHER, choose
from moe_robot.router.labels import Labels, read_labels
from moe_robot.router.split import cuts
from moe_robot.structs import Label, Utterance

READINGS = ("clock", "calendar")
NAMES = {"clock": {"ru": "Часы", "en": "Clock"}, "calendar": {"ru": "Календарь", "en": "Calendar"}}


@pytest.mark.parametrize(
    ("text", "language", "chosen"),
    [
        ("первое", "ru", "clock"),
        ("Второе, пожалуйста.", "ru", "calendar"),
        ("календарь", "ru", "calendar"),
        ("про календарь", "ru", "calendar"),
        ("да", "ru", "clock"),
        ("1", "ru", "clock"),
        ("the latter", "en", "calendar"),
        ("Clock!", "en", "clock"),
        ("second", "ru", "calendar"),
        ("нет", "ru", NEITHER),
        ("neither", "en", NEITHER),
        ("поезжай на кухню", "ru", ""),
        ("", "ru", ""),
        ("🤖", "en", ""),
    ],
)
def test_an_answer_names_a_reading_neither_or_is_a_new_request(text, language, chosen):
    assert choose(text, language, READINGS, NAMES) == chosen


def test_a_label_survives_and_routes_the_same_words(tmp_path):
    path = tmp_path / "router" / "labels.jsonl"
    Labels(path).add(Label("Что у нас по времени?", "ru", "clock", 5.0))
    again = Labels(path)
    assert again.expert_of(Utterance("что у нас  по времени", "ru")) == "clock"
    assert again.expert_of(Utterance("что у нас по времени", "en")) == ""
    again.add(Label("что у нас по времени", "ru", "calendar", 6.0))
    assert again.expert_of(Utterance("что у нас по времени", "ru")) == "calendar"
    assert [label.expert for label in again.all()] == ["clock", "calendar"]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"text": "x"}',
        '{"text": "x", "language": "de", "expert": "clock"}',
        "\x00\xff",
        '{"text": " ", "language": "ru", "expert": "a"}',
    ],
)
def test_a_broken_line_is_named_and_the_others_count(tmp_path, caplog, line):
    path = tmp_path / "labels.jsonl"
    path.write_text(
        line + '\n{"text": "который час", "language": "ru", "expert": "clock", "t_s": 1}\n', encoding="utf-8"
    )
    assert [label.text for label in read_labels(path)] == ["который час"]
    assert "line 1" in caplog.text


def test_no_file_is_no_label(tmp_path):
    assert read_labels(tmp_path / "none.jsonl") == ()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("сколько будет 12 на 8 и поезжай на кухню", ("сколько будет 12 на 8", "поезжай на кухню")),
        ("what time is it, and then go to the kitchen", ("what time is it", "go to the kitchen")),
        ("Какой заряд? Поезжай на базу", ("Какой заряд?", "Поезжай на базу")),
        ("скажи привет, а потом реши x^2=4", ("скажи привет", "реши x^2=4")),
    ],
)
def test_joints_are_proposed_the_strongest_first(text, first):
    cut = next(cuts(text))
    assert (cut.before, cut.after) == first


@pytest.mark.parametrize(
    "text",
    [
        "5 and 6",
        "median of 1, 5, 7 and 12",
        "how far is it to the kitchen and back",
        "сложи 19, 34 и 58",
        "давно ль ты видел дедушку и где",
        "ты объехал стол справа. Почему так?",
        "do you know, where you are",
        "cmd_vel идёт, а робот стоит. Почему?",
        "explain what (go and see) means in `go and see`",
    ],
)
def test_what_is_no_request_by_itself_is_not_cut_off(text):
    assert not list(cuts(text))
