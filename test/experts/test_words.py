"""Texts of answerers as data: every pack has both languages with the same fields, and nouns follow their numbers."""

import string

import pytest

from moe_robot.config import read_yaml
from moe_robot.experts import words
from moe_robot.experts.words import FOLDER, Words, plural

PACKS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_has_both_languages_with_the_same_fields(pack):
    for key, text in read_yaml(FOLDER / f"{pack}.yaml").items():
        if key == "nouns":
            assert all(len(noun["ru"]) == 3 and len(noun["en"]) == 2 for noun in text.values()), key
            continue
        assert {"ru", "en"} <= set(text), key
        fields = [{name for _, name, _, _ in string.Formatter().parse(str(text[each])) if name} for each in text]
        assert fields[0] == fields[1], key


@pytest.mark.parametrize(
    ("number", "form"),
    [(1, 0), (2, 1), (5, 2), (11, 2), (12, 2), (21, 0), (22, 1), (111, 2), (0, 2), (2.5, 1), (-1, 0)],
)
def test_a_russian_noun_follows_its_number(number, form):
    assert plural(number, "ru") == form


def test_a_text_is_filled_with_numbers_nouns_and_a_decimal_comma(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    (tmp_path / "sample.yaml").write_text(
        "way: {ru: 'Ещё {n:~metre} до {place}.', en: '{n:~metre} more to {place}.'}\n"
        "nouns: {metre: {ru: [метр, метра, метров], en: [metre, metres]}}\n",
        encoding="utf-8",
    )
    sample = Words("sample")
    assert sample.say("way", "ru", n=2.5, place="кухни") == "Ещё 2,5 метра до кухни."
    assert sample.say("way", "ru", n=11, place="кухни") == "Ещё 11 метров до кухни."
    assert sample.say("way", "en", n=1, place="the kitchen") == "1 metre more to the kitchen."
    assert sample.noun("metre", 21, "ru") == "метр"
    with pytest.raises(KeyError):
        sample.say("way", "en", n=1)
    with pytest.raises(KeyError):
        sample.say("another", "en")
