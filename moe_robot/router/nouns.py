"""Nouns that a pronoun may stand for when no name of the home is known for them: "where is the oven clock?" + "what
does it show?", "где мои очки?" + "принеси их"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moe_robot.lexicon import analyzer, normalize
from moe_robot.router.followup_words import WORD, FollowWords, changed
from moe_robot.router.signs import Signs

MOST_WORDS = 3  # of a phrase, in English behind its article
LONE_WORDS = 2  # of a clause that is nothing but a noun


def filled_with_nouns(text: str, said: str, words: FollowWords) -> Iterator[str]:
    """The text with its first pronoun of a thing replaced by each noun phrase of what was said, the last one first."""
    found = next((m for m in WORD.finditer(text) if _stands_for_a_thing(normalize(m.group()), words)), None)
    if found is None:
        return
    pronoun, before = normalize(found.group()), [normalize(m.group()) for m in WORD.finditer(text[: found.start()])]
    if words.language == "en":
        phrases = list(_english(said, words))
    else:
        case = words.data["after_prepositions"].get(before[-1] if before else "") or words.things[pronoun]
        phrases = list(_russian(said, pronoun, case, words))
    for phrase in dict.fromkeys(reversed(phrases)):
        yield changed(text, [(*found.span(), phrase)])


def agrees(noun: str, pronoun: str, words: FollowWords) -> bool:
    """The Russian pronoun may stand for that noun."""
    parsed = analyzer().parse(noun)[0]
    if parsed.tag.POS != "NOUN" or noun in words.data["not_nouns"] or Signs.of("ru").is_small(noun):
        return False
    if "Name" in parsed.tag or pronoun in words.data["plural"]:
        return "Name" not in parsed.tag and parsed.tag.number == "plur"
    return bool(parsed.tag.number == "sing") and (parsed.tag.gender == "femn") == (pronoun in words.data["feminine"])


def _stands_for_a_thing(word: str, words: FollowWords) -> bool:
    if words.language == "ru":
        return word in words.things
    return word in words.things and word not in words.data["persons"] and word not in ("that", "he", "she")


def _english(said: str, words: FollowWords) -> Iterator[str]:
    articles, signs = set(words.data["articles"]), Signs.of("en")
    opens = articles | set(words.data["owning"]) | {"this", "that", "these", "those", "your", "some", "her"}
    ends = words.prepositions | {*words.data["questions"], *words.data["ends_of_nouns"]}
    for clause in re.split(r"[,;:.!?]", said):
        spans = list(WORD.finditer(clause))
        found = [(m.group(), normalize(m.group())) for m in spans]
        for index, (_, word) in enumerate(found):
            if word not in opens:
                continue
            phrase: list[str] = []
            for at in range(index + 1, min(index + 1 + MOST_WORDS, len(found))):
                told, plain = found[at]
                if plain in ends or len(plain) == 1 or clause[spans[at - 1].end() : spans[at].start()].strip():
                    break
                phrase.append(told)
            if phrase and not all(signs.is_small(normalize(one)) for one in phrase):
                yield " ".join(["the" if word in articles or word == "some" else word, *phrase])
        if 0 < len(found) <= LONE_WORDS and not any(signs.is_small(plain) for _, plain in found):
            yield " ".join(["the", *(plain for _, plain in found)])


def _russian(said: str, pronoun: str, case: str, words: FollowWords) -> Iterator[str]:
    found = [m.group() for m in WORD.finditer(said)]
    for index, word in enumerate(found):
        if not agrees(normalize(word), pronoun, words):
            continue
        noun = analyzer().parse(normalize(word))[0]
        form = noun.inflect({case})
        if form is None:
            continue
        still = (
            case == "accs" and noun.tag.animacy == "inan" and (noun.tag.number == "plur" or noun.tag.gender == "masc")
        )
        phrase = [form.word]
        for before in reversed(found[max(0, index - MOST_WORDS + 1) : index]):
            adjective = next((p for p in analyzer().parse(normalize(before)) if p.tag.POS in ("ADJF", "PRTF")), None)
            told = adjective.inflect(_agreeing(noun, "nomn" if still else case)) if adjective is not None else None
            if told is None:
                break
            phrase.insert(0, told.word)
        yield " ".join(phrase)


def _agreeing(noun: Any, case: str) -> set[str]:
    """What an adjective beside it is, by the dictionary; "коллега", of either gender, is taken for a man."""
    if noun.tag.number == "plur":
        return {case, "plur"}
    gender = noun.tag.gender or "masc"
    return {case, gender, "anim"} if (case, gender) == ("accs", "masc") else {case, gender}
