from __future__ import annotations

import pytest

from moe_robot.router.language import detect_language
from moe_robot.router.text import tokenize

KNOWN = {"езжай", "кабинет", "стой", "стоп", "найди", "красный", "кто-нибудь", "док-станцию"}


def words(text: str) -> list[str]:
    return [token.text for token in tokenize(text, {"where's": "where is"}, KNOWN.__contains__)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Езжай-ка в КАБИНЕТ!", ["езжай", "в", "кабинет", "!"]),
        ("where's", ["where", "is"]),
        ("Ёж", ["еж"]),
        ("кто-нибудь", ["кто-нибудь"]),
        ("налево — направо", ["налево", ",", "направо"]),
        ("0.5m", ["0.5", "m"]),
        ("45 гр. вправо", ["45", "гр", "вправо"]),
        ("езжайвкабинет", ["езжай", "в", "кабинет"]),
        ("стооой", ["стой"]),
        ("сто п", ["стоп"]),
        ("1. налево 2. направо", [";", "налево", ";", "направо"]),
        ("стоп 🙂", ["стоп"]),
        ("", []),
    ],
)
def test_spelling_habits(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_tokens_know_their_place_in_the_text() -> None:
    text = "Скажи «Обед готов»!"
    assert [text[t.start : t.end] for t in tokenize(text, {})] == ["Скажи", "«Обед готов»", "!"]


@pytest.mark.parametrize(
    ("text", "language"),
    [("поезжай в kitchen", "ru"), ("go to the кухня", "en"), ("стоп", "ru"), ("stop", "en"), ("123", "en")],
)
def test_the_language_of_a_mixed_text_is_that_of_most_words(text: str, language: str) -> None:
    assert detect_language(text) == language
