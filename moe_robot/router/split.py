"""Places where an utterance may be two requests: "what is 12 times 8 and go to the kitchen".

Only proposes. Who asks takes a cut when both sides are known to different experts, each surely; a side that cannot be a
request by itself ("the fridge", "и где", "back") is never proposed. The words that decide are `split.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from moe_robot.lexicon import analyzer
from moe_robot.router.followup_words import FollowWords, plain, script
from moe_robot.structs import Language

LEAST_CHARS = 3  # of a part
MOST_CUTS = 8
SENTENCE, THEN, AND, COMMA = range(4)  # kinds of joints, the strongest first
_JOINTS = re.compile(
    r"""\s*[.;!?…]+\s+(?:(?:а\ +)?(?:потом|затем|ещ[её]|также|и|заодно|теперь)\s+|(?:and|then|also|now)\s*,?\s+)*
    |\s*,?\s+[аи]\ +(?:потом|затем|ещ[её]|также|заодно|кстати|после(?:\ +(?:этого|чего|того))?|теперь)\s*,?\s+
    |\s*,\s+(?:заодно|кстати|теперь|now|by\ +the\ +way)\s*,?\s+
    |\s*,?\s+(?:потом|затем|после\ +(?:чего|этого))\s*,?\s+
    |\s*,?\s+and\ +(?:then|also|now|after\ +that|afterwards|by\ +the\ +way|while\ +you\ +are\ +at\ +it)\s*,?\s+
    |\s*,?\s+(?:after\ +that|afterwards|then|also|plus)\s*,?\s+
    |\s*,\s+(?:и|а|and|but|но)\s+
    |\s+(?:и|and)\s+
    |\s*,\s+
    |\s+[—–-]\s+""",
    re.IGNORECASE | re.VERBOSE,
)
_ADVERBS = re.compile(r"^(?:потом|затем|теперь|заодно|кстати|then|now|also)\s+", re.IGNORECASE)
_ENDS_IN_NUMBER = re.compile(r"\d\s*$")
_WORDS = re.compile(r"[^\W\d_]{3}")
_FINITE = ("VERB", "INFN", "PRED")
_DRIVES = ("едь", "едьте", "езжай", "езжайте")  # imperatives that the dictionary does not have


@dataclass(frozen=True)
class Cut:
    """`kind` of the joint: SENTENCE, THEN, AND or COMMA. `social`: one side is a greeting or thanks."""

    before: str
    after: str
    kind: int
    social: bool = False


def cuts(text: str) -> Iterator[Cut]:
    """The strongest kinds of joints first, then as they stand."""
    text = text.strip()
    found = []
    for match in _JOINTS.finditer(text):
        mark = "?" if "?" in match.group() else ""
        before, after = text[: match.start()].strip() + mark, _ADVERBS.sub("", text[match.end() :].strip())
        kind = _kind(match.group())
        if after[:1].isdigit() and (kind >= AND or _ENDS_IN_NUMBER.search(before)):
            continue  # "the median of 1, 5, 7"
        if (
            _is_open(before)
            or _goes_on(before)
            or not all(len(side) >= LEAST_CHARS and _WORDS.search(side) for side in (before, after))
        ):
            continue
        social = greets(before) or leaves(after)
        if social or (_is_more_than_a_word(before) and _begins(after, kind) and is_request(after, kind)):
            found.append((kind, match.start(), Cut(before, after, kind, social)))
    for _, _, cut in sorted(found, key=lambda each: each[:2])[:MOST_CUTS]:
        yield cut


def greets(text: str) -> bool:
    """It is a greeting, thanks or praise and hardly more: "thank you very much"."""
    said = plain(text)
    said = said.split(" ", 1)[-1] if said.split(" ", 1)[0] in _words()["before_greets"] else said
    return len(said.split()) <= 4 and any(f"{said} ".startswith(f"{word} ") for word in _words()["greets"])


def leaves(text: str) -> bool:
    """ "And good night": it is said when leaving, and hardly more."""
    said = plain(text)
    return len(said.split()) <= 4 and any(f"{said} ".startswith(f"{word} ") for word in _words()["parts"])


def is_request(text: str, kind: int = SENTENCE) -> bool:
    """It may be a request by itself: it has a verb or asks, or, behind a strong joint, is more than a name."""
    language = script(text) or "en"
    said = plain(text).split()
    if len(said) == 1:
        return said[0] in _words()["alone"] or (kind <= THEN and _orders(said[0], language))
    if len(said) == 2 and asks(text) and said[0] in ("why", "почему", "зачем", "how", "where", "где"):
        return False  # "why so?" asks about what was just said
    if kind == AND and language == "ru" and not _claims(text):
        return False
    if language == "en" and kind != COMMA:
        return has_verb(text, language) or bool(re.search(r"\d", text)) or len(said) > 2
    return (
        has_verb(text, language) or (kind <= THEN and len(said) > 2) or (kind == AND and bool(re.search(r"\d", text)))
    )


def has_verb(text: str, language: Language) -> bool:
    """Says itself what to do or asks: "поезжай на кухню", "which way", not "back" or "кухню"."""
    words, said = FollowWords.of(language), plain(text).split()
    if asks(text) or set(said) & set(words.data["questions"]) or (len(said) == 1 and said[0] in _words()["alone"]):
        return True
    if language == "en":
        return len(said) > 1 and any(word in words.data["verbs"] for word in said[:4])
    if any(word.endswith(_DRIVES) for word in said):
        return True
    tags = [parse.tag for word in said for parse in analyzer().parse(word)[:3]]
    return any(tag.POS in _FINITE and "past" not in tag for tag in tags)


def asks(text: str) -> bool:
    """Ends with a question mark or begins with a question word."""
    said = plain(text).split()
    questions = {*FollowWords.of(script(text) or "en").data["questions"], *_words()["asks"]}
    first = said[: 1 if script(text) == "en" else 3]
    return text.rstrip().endswith("?") or any(word in questions for word in first)


def _claims(text: str) -> bool:
    """Something is wanted of the listener: its first sentence orders, asks or calculates. "..., а робот стоит" does
    not."""
    first = re.split(r"(?<=[.!?])", text)[0]
    return asks(first) or bool(re.search(r"\d", first)) or any(_orders(word, "ru") for word in plain(first).split())


def _orders(word: str, language: Language) -> bool:
    return _commands(word, language) or any(parse.tag.POS == "INFN" for parse in analyzer().parse(word))


def _commands(word: str, language: Language) -> bool:
    if language == "en":
        return word in FollowWords.of(language).data["verbs"]
    return word.endswith(_DRIVES) or any("impr" in parse.tag for parse in analyzer().parse(word))


def _goes_on(before: str) -> bool:
    """It cannot end there: "..., если | потом вернуться"."""
    words = before.lower().split()
    return not words or words[-1] in _words()["open_ends"]


def _is_more_than_a_word(text: str) -> bool:
    said = plain(text).split()
    return len(said) > 1 or is_request(text)


def _begins(text: str, kind: int) -> bool:
    """Whether a request may begin so."""
    said = plain(text).split()
    words = FollowWords.of(script(text) or "en")
    if (
        not said
        or said[0] in _words()["goes_on"]
        or (said[0] == "back" and said[1:2] not in (["up"], ["off"], ["away"]))
    ):
        return False
    if kind == COMMA and (asks(text.rstrip("?")) or greets(text)):
        return False  # "do you know, where you are"
    if kind <= THEN:
        return True
    if said[0] in words.prepositions:  # "at ten remind me to go to bed"
        return kind == AND and len(said) > 3 and any(_commands(word, words.language) for word in said[1:])
    return said[0] not in _words()["leans"] or (kind == AND and said[0] in (*_words()["asks"], "which"))


def _is_open(text: str) -> bool:
    """A quotation or a bracket begins in it and ends behind it."""
    return any(text.count(a) > text.count(b) for a, b in ("«»", "()", "{}", "[]", "“”")) or any(
        text.count(mark) % 2 for mark in '"`'
    )


def _kind(joint: str) -> int:
    words = joint.strip(" ,").lower()
    if any(mark in joint for mark in ".;!?…"):
        return SENTENCE
    if words in ("и", "and", "а", "но", "but"):
        return AND
    return COMMA if words in ("", "—", "–", "-") else THEN


@lru_cache(maxsize=1)
def _words() -> Mapping[str, frozenset[str]]:
    data = yaml.safe_load(Path(__file__).with_name("split.yaml").read_text(encoding="utf-8"))
    return {name: frozenset(str(word) for word in words) for name, words in data.items()}
