"""Pronouns filled with the nouns of what was said before."""

from __future__ import annotations

import pytest

from moe_robot.router.followup_words import FollowWords
from moe_robot.router.nouns import filled_with_nouns
from moe_robot.structs import Language


@pytest.mark.parametrize(
    ("language", "text", "said", "filled"),
    [
        ("ru", "подъедь к нему", "Найди красный куб", "подъедь к красному кубу"),
        ("ru", "подъедь к нему", "Позови нового коллегу", "подъедь к новому коллеге"),
        ("ru", "и прочитай его", "Видишь длинный текст?", "и прочитай длинный текст"),
        ("en", "where is it", "take the small red box", "where is the small red box"),
    ],
)
def test_a_pronoun_stands_for_a_noun(language: Language, text: str, said: str, filled: str) -> None:
    assert filled in list(filled_with_nouns(text, said, FollowWords.of(language)))


def test_a_sentence_without_a_noun_fills_nothing() -> None:
    assert not list(filled_with_nouns("подъедь к нему", "иди сюда", FollowWords.of("ru")))
