"""Words, phrases and the robot's own commands, Russian and English: whole, from its own dictionary, or not at all.

What the dictionary (`words/translation.yaml`) does not have is None: then the next of the chain is asked.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.numbers import read
from moe_robot.experts.tools.spans import read_words, tidy
from moe_robot.experts.tools.voice import Speaker, Voice, told
from moe_robot.experts.words import FOLDER
from moe_robot.lexicon import Lexicon, analyzer, normalize
from moe_robot.phrases import Place, Thing
from moe_robot.structs import LANGUAGES, Language, Reply, Utterance

MOST_NAME_WORDS = 4
MOST_VARIANTS = 3
_QUOTED = re.compile(r"«([^»]+)»|“([^”]+)”|\"([^\"]+)\"|(?<!\w)'([^']+)'(?!\w)")
_EDGES = " \t\n.,:;!?–—-«»“”\"'"


class Translation:
    def __init__(self) -> None:
        self._speaker = Speaker("dialogue")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """None: not all of it is known."""
        source, target = _asked(tidy(utterance.text))
        asker = self._speaker.voice(utterance, context)
        if not source:
            return told(asker.say("translate_what"), "translation")
        language = _language(source)
        if language is None or target == language:
            return None
        target = "en" if language == "ru" else "ru"
        voice = Voice(asker.pack, asker.phrases, target)
        found = translate(source, language, voice)
        if not found:
            return None
        quoted = [asker.part("quoted", text=each) for each in found]
        last = f" {asker.part('or')} ".join(quoted)
        return told(asker.part(f"translated_{target}", source=source, result=last), "translation")


def translate(text: str, language: Language, voice: Voice) -> tuple[str, ...]:
    """What may be said for `text` in the voice's language, the best first; empty: not all of it is known."""
    words = _words(text)
    if not words:
        return ()
    known = _in_dictionary(words, language, voice.language)
    if known:
        return known
    named = _named(words, voice)
    if named:
        return (named,)
    number = _number(text, voice.language)
    if number:
        return (number,)
    parts = re.split(_data()["then"], normalize(text))
    spoken = [_command(_words(part), language, voice) for part in parts]
    if not all(spoken):
        return ()
    whole = spoken[0]
    for part in spoken[1:]:
        whole = voice.part("command_then", first=whole, then=part)
    return (whole,)


def _asked(text: str) -> tuple[str, Language | None]:
    """(what is to be translated, the language that is asked for)."""
    quoted = _QUOTED.search(text)
    outside = text if quoted is None else text[: quoted.start()] + " " + text[quoted.end() :]
    target: Language | None = None
    for language in LANGUAGES:
        if re.search(_data()["targets"][language], outside, re.IGNORECASE):
            target = language
    if quoted is not None:
        return next(group for group in quoted.groups() if group).strip(_EDGES), target
    rest = text.strip(_EDGES)
    while True:
        shorter = rest
        for pattern in _around():
            for side in pattern.sides:
                without = side.sub("", shorter).strip(_EDGES)
                shorter = without if without or pattern.may_be_all else shorter
            if _known_whole(shorter):
                return shorter, target
        if shorter == rest:
            return rest, target
        rest = shorter


def _known_whole(text: str) -> bool:
    """Stop taking away: "how are you" is a phrase, not a request."""
    words = " ".join(_words(text))
    return len(words.split()) > 1 and any(words in _dictionary()[language] for language in LANGUAGES)


def _language(text: str) -> Language | None:
    """By the letters; None for a mixture or none of both."""
    russian = re.search("[а-яё]", text, re.IGNORECASE) is not None
    english = re.search("[a-z]", text, re.IGNORECASE) is not None
    return None if russian == english else "ru" if russian else "en"


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", normalize(text)))


def _in_dictionary(words: Sequence[str], language: Language, target: Language) -> tuple[str, ...]:
    """In the form that was said, without a polite word, without an article, in the dictionary's form."""
    table = _dictionary()[language]
    polite = [word for word in words if word not in ("пожалуйста", "please", "робот", "robot")]
    article = polite[1:] if polite[:1] in (["a"], ["an"], ["the"], ["to"]) else polite
    tries = [" ".join(each) for each in (words, polite, article)]
    if language == "en" and len(article) == 1:
        tries.append(f"to {article[0]}")
    if language == "ru" and len(polite) == 1:
        tries += _singular(polite[0])
    for each in tries:
        if each in table:
            variants = [variant for key in table[each] for variant in _variants(key, target)]
            first = [_variants(key, target)[0] for key in table[each]]
            return tuple(dict.fromkeys((*first, *variants)))[:MOST_VARIANTS]
    return ()


def _singular(word: str) -> list[str]:
    """The dictionary's forms of a word in the singular: a plural is another word in the other language."""
    forms = [form for form in analyzer().parse(word) if "plur" not in form.tag and form.score > 0.1]
    return [normalize(form.normal_form) for form in forms if "VERB" not in form.tag]


def _variants(key: str, language: Language) -> list[str]:
    return [each.strip() for each in str(_entries()[key][language]).split("|")]


def _named(words: Sequence[str], voice: Voice) -> str:
    """A place, a person or a (coloured) thing of this home."""
    found = _slot(words, 0, "thing", voice.lexicon) or _slot(words, 0, "place", voice.lexicon)
    if found is None or found[1] != len(words):
        return ""
    value = found[0]
    if isinstance(value, Place):
        return voice.lexicon.say("place", value.id, voice.language)
    assert isinstance(value, Thing)
    if value.person:
        return voice.lexicon.say("person", value.person, voice.language)
    return voice.lexicon.thing(value.kind, value.color, voice.language)


# ---------------------------------------------------------------- commands


@dataclass(frozen=True)
class _Piece:
    """One word of a pattern: a slot, or one of several words."""

    slot: str
    words: frozenset[str]
    optional: bool


def _command(words: Sequence[str], language: Language, voice: Voice) -> str:
    """ "" when not every word of it is understood."""
    known = _in_dictionary(words, language, voice.language)
    if known:
        return known[0]
    words = [word for word in words if word not in ("пожалуйста", "please", "робот", "robot")]
    for name, patterns in _commands().items():
        for pattern in patterns:
            slots = _match(words, 0, pattern, 0, {}, voice)
            if slots is not None:
                return voice.part(f"command_{name}", **slots)
    return ""


def _match(words: Sequence[str], at: int, pattern: Sequence[_Piece], piece_at: int, slots: Mapping[str, object],
           voice: Voice) -> Mapping[str, object] | None:  # fmt: skip
    if piece_at == len(pattern):
        return slots if at == len(words) else None
    piece = pattern[piece_at]
    if piece.slot:
        found = _amount(words, at, voice) if piece.slot == "amount" else _slot(words, at, piece.slot, voice.lexicon)
        return found and _match(words, found[1], pattern, piece_at + 1, {**slots, piece.slot: found[0]}, voice)
    if at < len(words) and words[at] in piece.words:
        whole = _match(words, at + 1, pattern, piece_at + 1, slots, voice)
        if whole is not None:
            return whole
    return _match(words, at, pattern, piece_at + 1, slots, voice) if piece.optional else None


def _slot(words: Sequence[str], at: int, kind: str, lexicon: Lexicon) -> tuple[Place | Thing, int] | None:
    color, begin = "", at
    if kind == "thing":
        named = _name(words, at, ("color",), lexicon)
        if named is not None:
            color, begin = named[1], named[2]
    named = _name(words, begin, ("place",) if kind == "place" else ("object", "person"), lexicon)
    if named is None:
        return None
    what, id, end = named
    if what == "place":
        return Place(id), end
    return (Thing(person=id) if what == "person" else Thing(id, color)), end


def _name(words: Sequence[str], at: int, kinds: Sequence[str], lexicon: Lexicon) -> tuple[str, str, int] | None:
    for size in range(min(MOST_NAME_WORDS, len(words) - at), 0, -1):
        for kind, id in lexicon.lookup(words[at : at + size]):
            if kind in kinds:
                return kind, id, at + size
    return None


def _amount(words: Sequence[str], at: int, voice: Voice) -> tuple[str, int] | None:
    """A number with a unit, said in the other language."""
    for end in range(len(words), at, -1):
        unit = next((key for key, forms in _data()["amounts"].items() if words[end - 1] in forms), "")
        run = read_words(" ".join(words[at : end - 1]))
        if unit and len(run) == 1 and run[0].number is not None:
            number = float(run[0].number)
            shown = int(number) if number == int(number) and number < 10**6 else number
            return voice.pack.say(f"amount_{unit}", voice.language, n=shown), end
        if unit and end == at + 1 and words[at] in ("метр", "секунду", "минуту", "градус"):
            return voice.pack.say(f"amount_{unit}", voice.language, n=1), end
    return None


# ---------------------------------------------------------------- numbers


_ONES: Mapping[Language, str] = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "ru": "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
}
_TENS: Mapping[Language, str] = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "ru": "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
}
_HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"


def _number(text: str, language: Language) -> str:
    """A whole number in words from 0 to 999, in words of the other language; "" for anything else."""
    words = read_words(tidy(text))
    if len(words) != 1 or words[0].number is None or words[0].word[0].isdigit():
        return ""
    value = read(str(words[0].number))
    return spelled(int(value), language) if value.denominator == 1 and 0 <= value < 1000 else ""


def spelled(number: int, language: Language) -> str:
    """From 0 to 999."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    ones_of = _ONES[language].split()
    below = ones_of[rest] if rest < 20 else _TENS[language].split()[tens - 2]
    if rest >= 20 and ones:
        below += ("-" if language == "en" else " ") + ones_of[ones]
    if not hundreds:
        return below
    head = f"{ones_of[hundreds]} hundred" if language == "en" else _HUNDREDS.split()[hundreds - 1]
    return head if not rest else f"{head} and {below}" if language == "en" else f"{head} {below}"


# ---------------------------------------------------------------- data


@functools.lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("translation.yaml")))


@functools.lru_cache(maxsize=1)
def _entries() -> dict[str, dict[Language, str]]:
    return dict(read_yaml(FOLDER / "translation.yaml"))


@functools.lru_cache(maxsize=1)
def _dictionary() -> dict[Language, dict[str, tuple[str, ...]]]:
    """For each language: normalised word or phrase -> keys, first those whose own word it is."""
    found: dict[Language, dict[str, list[str]]] = {language: {} for language in LANGUAGES}
    for first in (True, False):
        for key in _entries():
            for language in LANGUAGES:
                variants = _variants(key, language)
                for variant in variants[:1] if first else variants[1:]:
                    keys = found[language].setdefault(" ".join(_words(variant)), [])
                    keys += [key] if key not in keys else []
    return {language: {text: tuple(keys) for text, keys in table.items()} for language, table in found.items()}


@dataclass(frozen=True)
class _Around:
    """Words of a request at the beginning or the end of a text."""

    sides: tuple[re.Pattern[str], re.Pattern[str]]
    may_be_all: bool


@functools.lru_cache(maxsize=1)
def _around() -> tuple[_Around, ...]:
    found = []
    for key in ("asks", "around"):
        for pattern in _data()[key]:
            begin = re.compile(rf"^(?:{pattern})(?![^\W_])", re.IGNORECASE)
            end = re.compile(rf"(?<![^\W_])(?:{pattern})$", re.IGNORECASE)
            found.append(_Around((begin, end), key == "asks"))
    return tuple(found)


@functools.lru_cache(maxsize=1)
def _commands() -> dict[str, tuple[tuple[_Piece, ...], ...]]:
    return {
        name: tuple(tuple(_piece(word) for word in pattern.split()) for pattern in patterns)
        for name, patterns in _data()["commands"].items()
    }


def _piece(word: str) -> _Piece:
    if word.isupper():
        return _Piece(word.lower(), frozenset(), False)
    return _Piece("", frozenset(word.rstrip("?").split("|")), word.endswith("?"))
