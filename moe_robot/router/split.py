"""Places where an utterance may be two requests: "what is 12 times 8 and go to the kitchen".

Only proposes. Who asks takes a cut when both sides are known to different experts, each surely; a side that cannot be a
request by itself ("the fridge", "в метрах", "where") is never proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from moe_robot.lexicon import analyzer
from moe_robot.router.followup_words import FollowWords, plain, script
from moe_robot.structs import Language

LEAST_CHARS = 4  # of a part; "and" in "5 and 6" cuts nothing
MOST_CUTS = 8
_JOINTS = re.compile(
    r"""\s*[.;!?]+\s+(?:(?:а\ +)?(?:потом|затем|ещ[её]|также|и)\s+|(?:and|then|also)\s+)*
    |\s*,?\s+(?:[аи]\ +(?:потом|затем|ещ[её]|также|заодно)|потом|затем|после\ +(?:чего|этого))\s+
    |\s*,?\s+(?:and\ +then|and\ +also|and\ +after\ +that|after\ +that|then|also|plus)\s+
    |\s*,\s+(?:и|а|and|but|но)\s+
    |\s+(?:и|and)\s+
    |\s*,\s+
    |\s+[—–-]\s+""",
    re.IGNORECASE | re.VERBOSE,
)
_IN_A_LIST = re.compile(r"\d$")
_WORDS = re.compile(r"[^\W\d_]{3}")
_COMMA = 3  # the weakest joint
_FINITE = ("VERB", "INFN", "PRED")
_NO_START = {
    "that",
    "which",
    "because",
    "if",
    "so",
    "than",
    "если",
    "чтобы",
    "который",
    "которая",
    "потому",
    "чем",
    "будто",
    "насколько",
    "whether",
    "the",
    "a",
    "an",
    "my",
    "your",
    "his",
    "her",
    "its",
    "their",
    "not",
    "не",
    "please",
    "пожалуйста",
    "as",
    "как-то",
}
_GREETING = {"привет", "приветик", "добрый", "доброе", "доброй", "спасибо", "пока", "извини", "салют", "эй", "молодец",
             "умница", "умничка", "стоп", "алло", "хай", "здорово", "бегом", "круг"}  # fmt: skip
_DRIVES = ("едь", "едьте", "езжай", "езжайте")  # imperatives that the dictionary does not have
_VERBS_ALONE = {"dance", "wait", "dock", "recharge", "explore", "patrol", "return", "spin", "wiggle", "follow", "go"}
_NO_WORD = {"back", "there", "here", "left", "right", "straight", "обратно", "туда", "сюда", "приехали", "готово"}


def cuts(text: str, commas: bool = True) -> Iterator[tuple[str, str]]:
    """(before, after) for each joint, the strongest kind first: sentence ends, then "then", then "and", then, where
    `commas` are joints, these."""
    found = []
    for match in _JOINTS.finditer(text.strip()):
        before, after = text.strip()[: match.start()].strip(), text.strip()[match.end() :].strip()
        if _IN_A_LIST.search(before) and after[:1].isdigit():
            continue  # "the median of 1, 5, 7"
        if not all(len(side) >= LEAST_CHARS and _WORDS.search(side) for side in (before, after)):
            continue
        strength = _strength(match.group())
        if strength == _COMMA and (not commas or _asks(after)):
            continue  # "do you know, where you are"
        if _is_open(before) or not (is_request(before) and is_request(after)):
            continue
        found.append((strength, match.start(), before, after))
    for _, _, before, after in sorted(found)[:MOST_CUTS]:
        yield before, after


def is_request(text: str) -> bool:
    """It may be a request by itself: no bare name, no "in metres", no single word that means nothing alone."""
    language = script(text) or "en"
    words, said = FollowWords.of(language), plain(text).split()
    if not said or said[0] in _NO_START or said[0] in words.prepositions:
        return False
    if len(said) == 1 and (said[0] in _NO_WORD or said[0] in words.data["questions"]):
        return False
    if language == "en" or set(said) & set(words.data["questions"]) or said[0] in _GREETING or re.search(r"\d", text):
        return True
    tags = [parse.tag for word in said for parse in analyzer().parse(word) if parse.tag.POS in _FINITE]
    return bool(tags) and (len(said) > 1 or any("past" not in tag for tag in tags))


def has_verb(text: str, language: Language) -> bool:
    """Says itself what to do or asks: "поезжай на кухню", "go back", "which way", not "back" or "кухню"."""
    words, said = FollowWords.of(language), plain(text).split()
    if set(said) & set(words.data["questions"]) or (said[:1] and said[0] in _GREETING):
        return True
    if language == "en":
        if len(said) == 1:
            return said[0] in _VERBS_ALONE
        return any(word in words.data["verbs"] for word in said[:3])
    if any(word.endswith(_DRIVES) for word in said):
        return True
    tags = [parse.tag for word in said for parse in analyzer().parse(word)[:2]]
    return any(tag.POS in ("VERB", "INFN") and "past" not in tag for tag in tags)


def _asks(text: str) -> bool:
    said = plain(text).split()
    return bool(said) and said[0] in FollowWords.of(script(text) or "en").data["questions"]


def _is_open(text: str) -> bool:
    """A quotation or a bracket begins in it and ends behind it."""
    return any(text.count(a) > text.count(b) for a, b in ("«»", "()", "{}", "[]", "“”")) or text.count('"') % 2 == 1


def _strength(joint: str) -> int:
    words = joint.strip(" ,").lower()
    if any(mark in joint for mark in ".;!?"):
        return 0
    if words in ("и", "and"):
        return 2
    return _COMMA if words in ("", "—", "–", "-") else 1
