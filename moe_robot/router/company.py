"""What may stand beside a command and means nothing for it: reasons, names called, small talk.

"Сынок, съезди на кухню, а то я очки забыла", "go to the kitchen, I am hungry". Such company is a stretch between
marks, or
one that a word like "because" opens. It is passed over only when it cannot be a command, a negation or a report of what
somebody said; in doubt the whole sentence is refused. The words that decide are `company.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from moe_robot.lexicon import analyzer
from moe_robot.router.text import Token

COMPANY_COST = 0.12


@lru_cache(maxsize=1)
def _words() -> Mapping[str, frozenset[str]]:
    path = Path(__file__).with_name("company.yaml")
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: frozenset(str(word) for word in words) for name, words in data.items()}


def is_asked(first_word: str) -> bool:
    """Whether what stands behind "say" or "tell" is a question or a condition rather than words to be said."""
    return first_word in _words()["asked"]


def forbids(word: str) -> bool:
    """A negation, a condition, a report or a question: what stands beside it is not simply to be done."""
    return word in _words()["never"] or word in _words()["questions"]


def places(word: str) -> bool:
    """ "to", "near", "возле": what follows tells where or to whom."""
    return word in _words()["where"]


def does(word: str) -> bool:
    """Somebody else than the robot."""
    return word in _words()["others"]


def continues(word: str) -> bool:
    """It may belong to the name or the amount before it: "the office of ..."."""
    return places(word) or word in _words()["of"]


def company(
    tokens: Sequence[Token],
    knows: Callable[[str], bool],
    named: Callable[[int], bool],
    commands: Callable[[int, int], bool],
) -> dict[int, int]:
    """start -> end of stretches of tokens that may be passed over. `knows(word)`: is it a word of some sentence?
    `named(at)`: does a name of the home stand there? `commands(start, end)`: does a command?"""
    words = _words()
    found: dict[int, int] = {}
    size = len(tokens)
    start = 0
    while start < size:
        end = start
        while (
            end < size and tokens[end].kind != "punct" and not (end > start and tokens[end].text in words["therefore"])
        ):
            end += 1
        if end > start:
            for opener in range(start, end):
                two = "-".join(token.text for token in tokens[opener : opener + 2])  # "а то"
                because = tokens[opener].text in words["because"] or two in words["because"]
                before = opener > start and tokens[opener].text in words["before"]  # "... before the guests come"
                rest = range(opener, end)
                if before and any(named(at) or tokens[at].text in words["further"] for at in rest):
                    continue
                if (because or before) and not commands(opener + 1, end):
                    found[opener] = end
                    break
            if end < size and tokens[end].text == ":":  # what follows a colon may be somebody else's words
                start = end + 1
                continue
            whole = tokens[start:end]
            last = end >= size
            names = any(named(at) for at in range(start, end))
            if start not in found and _is_company(whole, start == 0, last, knows, names) and not commands(start, end):
                found[start] = end
        start = end + 1 if end < size and tokens[end].kind == "punct" else max(end, start + 1)
    return found


def _is_company(tokens: Sequence[Token], first: bool, last: bool, knows: Callable[[str], bool], names: bool) -> bool:
    words = _words()
    texts = _able([token.text for token in tokens])
    if any(token.kind not in ("word", "number") for token in tokens) or words["never"].intersection(texts):
        return False
    if texts[0] in words["questions"]:
        return False  # "глянь, что творится в спальне"
    if all(text in words["called"] for text in texts):
        return True
    if "а" <= texts[0][0] <= "я":
        return _is_company_ru(texts, names, first)
    if texts[0] == "you":  # "you look tired"
        return len(texts) > 2 and texts[1] in words["looks"] and texts[2] != "to"
    if texts[0] in words["openers"] or " ".join(texts[:2]) in words["openers"]:
        return not words["commanding"].intersection(texts)
    return first and not last and len(texts) == 1 and not knows(texts[0]) and tokens[0].text.isalpha()


def _able(texts: list[str]) -> list[str]:
    """Without the "not" of what the speaker cannot do himself ("I can not walk that far", "я тебя не вижу"), and
    without a "you" that is only where something is."""
    words = _words()
    kept: list[str] = []
    for index, text in enumerate(texts):
        before = texts[index - 1] if index else ""
        after = texts[index + 1] if index + 1 < len(texts) else ""
        own = texts[0] in words["speakers"]
        if own and text == "not" and before in ("can", "could", "do", "did", "have") and after in words["able"]:
            continue
        if text == "не" and after in words["able"]:
            continue
        if text in ("you", "your") and before in words["beside"]:
            continue
        if text == "тебя" and (words["able"].intersection(texts) or before in words["beside"]):
            continue
        kept.append(text)
    return kept or texts


def _is_company_ru(texts: Sequence[str], names: bool, first: bool) -> bool:
    words = _words()
    subject = bool(words["subjects"].intersection(texts))
    called = not names
    statement = subject
    past = any("past" in p.tag for text in texts for p in analyzer().parse(text)[:1])  # "ты мне дорогу загородил"
    for text in texts:
        readings = [str(p.tag) for p in analyzer().parse(text) if p.score > 0.05]
        if any("impr" in tag or (tag.startswith("VERB") and "2per" in tag) for tag in readings):
            return False
        if text in words["commanding"] and not (text == "тебя" and texts[0] == "у") and not (text == "ты" and past):
            return False
        if all("INFN" in tag for tag in readings) and not subject:
            return False
        statement = statement or any(tag.startswith(("VERB", "ADJS", "PRED", "PRTS")) for tag in readings)
        if not first and any(mark in tag for tag in readings for mark in ("Name", "Surn", "Orgn", "Geox")):
            called = False  # a name called behind a command may belong to it
        if not any(tag.startswith(("NOUN,anim", "ADJF", "NPRO")) and "nomn" in tag for tag in readings):
            called = False
    if called and len(texts) <= 3 and not (len(texts) == 1 and texts[0] in words["subjects"]):
        return True
    return statement and len(texts) > 1
