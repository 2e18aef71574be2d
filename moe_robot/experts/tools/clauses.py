# ruff: noqa: E501 - a pattern is easier to read on one line
"""The clauses of a story: the numbers of each, and the words by which one clause is known from another.

Stands between `story` (numbers and the question) and the schemas that follow who has how much (`relations`, `rates`).
Knows no sums: a clause is only its text, its numbers and its words.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from moe_robot.config import read_yaml
from moe_robot.experts.tools.numbers import NUMBER
from moe_robot.experts.tools.story import Quantity, Story
from moe_robot.lexicon import analyzer

NUMBERS = re.compile(rf"(?<![\w.,]){NUMBER}(?![\w])")
SAME = r"столько(?: же)? сколько|столько же|стольким же|as (?:many|much) as|as (?:many|much) .{0,20} as|the same (?:number|amount)"
REST = r"\bостальн|\bthe rest\b|\bothers? (?:are|were)\b|the remaining"
_JOINT = re.compile(
    r"[,;:]? (?:а также|а затем|а потом|and then|а|и|но|and|but|while|then|потом|затем) (?!сколько|how|what)|[,;:]\s|\s-\s"
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@functools.lru_cache(maxsize=1)
def _data() -> dict[str, frozenset[str]]:
    """The words of `story.yaml`."""
    return {
        key: frozenset(str(words).split()) for key, words in read_yaml(Path(__file__).with_name("story.yaml")).items()
    }


@dataclass(frozen=True)
class Clause:
    """`asked`: it belongs to the question. `sentence`: the number of its sentence."""

    text: str
    quantities: tuple[Quantity, ...]
    asked: bool
    sentence: int


def clauses_of(story: Story) -> list[Clause]:
    """In the order of the text, so the quantities come in the order of the story."""
    at = 0
    found: list[Clause] = []
    for number, sentence in enumerate(_sentences(story.text)):
        joined = re.sub(
            r",? (?:по сравнению с |)(?=чем\b|сколько и\b|than\b)|(?<=столько), (?=сколько)|(?<=столько же), (?=сколько)",
            " ",
            sentence,
        )
        asked = joined.strip(" .?!") in _squeezed(story.question) or _squeezed(story.question) in joined
        pieces = [(piece, asked) for piece in _pieces(joined)]
        if asked and len(pieces) > 1:
            pieces = _told_apart(pieces)
        for piece, is_asked in pieces:
            count = len(NUMBERS.findall(piece))
            found.append(Clause(piece.strip(), story.quantities[at : at + count], is_asked, number))
            at += count
    return found


def _squeezed(text: str) -> str:
    return re.sub(r",? (?=чем\b|than\b)|(?<=столько), (?=сколько)|(?<=столько же), (?=сколько)", " ", text).strip(
        " .?!"
    )


def _told_apart(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """In "how many have both, if A has 3 and B has 5" only the part with the question word is asked."""
    asks = r"\b(?:сколько|как(?:ой|ая|ое|ова|ово|ую)|найди\w*|how|what|find)\b(?! (?:и|and)\b)"
    marked = [re.search(asks, piece) is not None and not re.search(SAME, piece) for piece, _ in pieces]
    if not any(marked):
        return pieces
    condition = next((index for index, (piece, _) in enumerate(pieces) if re.search(r"\b(?:если|if)\b", piece)), None)
    start = marked.index(True)
    end = condition if condition is not None and condition > start else len(pieces)
    return [(piece, start <= index < end) for index, (piece, _) in enumerate(pieces)]


def _sentences(text: str) -> list[str]:
    return [each for each in re.split(r"(?<=[^\d])[.?!]+(?:\s+|$)|(?<=\d)[.?!]+(?:\s+|$)", text) if each.strip()]


def _pieces(sentence: str) -> list[str]:
    """Cut where both sides say something of their own: a number, "as many as", "the rest", a question word."""
    parts: list[tuple[str, str]] = []  # (what joins it to the one before it, text)
    last, joint = 0, ""
    for match in _JOINT.finditer(sentence):
        parts.append((joint, sentence[last : match.start()]))
        last, joint = match.end(), match[0]
    parts.append((joint, sentence[last:]))
    whole: list[str] = []
    lead = ""
    for joint, part in parts:
        if (
            whole
            and not lead
            and re.match(
                r"\s*[\d.]+ [^\W\d_]+(?: [^\W\d_]+)? (?:each|apiece|in each [^\W\d_]+|в кажд\w+(?: [^\W\d_]+)?|кажд\w+)\s*$",
                part,
            )
        ):
            whole[-1] = f"{whole[-1]}{joint}{part}"  # "12 loads, 4 tons each"
            continue
        own = NUMBERS.search(part) or re.search(rf"{SAME}|{REST}|\b(?:если|if|сколько|how|несколько|some)\b", part)
        if own:
            whole.append(f"{lead}{joint if lead else ''}{part}".strip())
            lead = ""
        elif whole and not lead and not re.search(r"^(?:он|она|he|she)\b", part):
            whole[-1] = f"{whole[-1]}{joint}{part}"
        else:
            lead = f"{lead}{joint}{part}" if lead else part
    if lead:
        whole.append(lead)
    return whole


def words_of(text: str) -> frozenset[str]:
    """What the text is about: dictionary forms of its content words, without units and words of comparing."""
    found: set[str] = set()
    for word in _WORD.findall(text):
        found |= _forms(word)
    return frozenset(found)


@functools.lru_cache(maxsize=4096)
def _forms(word: str) -> frozenset[str]:
    if word.isascii():
        stem = stem_en(word)
        return (
            frozenset() if stem in _data()["stop"] or word in _data()["stop"] or len(stem) < 2 else frozenset((stem,))
        )
    if len(word) < 3:
        return frozenset()
    parses = [each for each in analyzer().parse(word) if "Surn" not in each.tag]
    names = {each.normal_form for each in parses if "Name" in each.tag}
    if not parses or parses[0].tag.POS in ("PREP", "CONJ", "PRCL", "NPRO", "NUMR", "PRED", "VERB", "GRND", "COMP"):
        return frozenset(names)
    kept = {
        each.normal_form
        for each in parses
        if each.tag.POS in ("NOUN", "ADJF", "ADJS", "PRTF", "ADVB") and "Apro" not in each.tag
    }
    return frozenset(each.replace("ё", "е") for each in kept | names) - _data()["stop"]


def asked_noun(question: str) -> frozenset[str]:
    """What is counted after "how many", behind its measure: "сколько килограммов фруктов" -> фрукт."""
    match = re.search(r"(?:сколько|how many|how much)((?: [^\W\d_]+){1,4})", question)
    kept = [word for word in match[1].split() if word not in _data()["around"]] if match else []
    if kept and re.match(_MEASURE, kept[0]):
        kept = kept[1:]
    return words_of(kept[0]) if kept else frozenset()


_MEASURE = r"килограмм|кг|литр|грамм|тонн|метров|стакан|ложек|kilogram|kg|litre|liter|gram|ton|pound|lb|cup|met(?:re|er)s|pieces"


def is_verb(word: str) -> bool:
    """Of a Russian word; False for an English one."""
    return not word.isascii() and analyzer().parse(word)[0].tag.POS in ("VERB", "INFN", "GRND", "PRTS")


def same_doing(question: str, body: str) -> bool:
    """Whether the question asks for what the story tells of: its verbs (English: its words) stand in the story."""
    doings = [_doing(text) for text in (question, body)]
    return doings[0] <= doings[1]


def _doing(text: str) -> frozenset[str]:
    found: set[str] = set()
    for word in _WORD.findall(text):
        if word.isascii():
            found |= _forms(word)
        elif is_verb(word):
            found.add(analyzer().parse(word)[0].normal_form)
    return frozenset(found) - {"быть", "стать", "составлять", "являться"}


def is_plural_genitive(word: str) -> bool:
    return any({"NOUN", "gent", "plur"} in each.tag and "Name" not in each.tag for each in analyzer().parse(word))


def joined_in(clause: Clause, second: Quantity) -> Quantity | None:
    """The second of "3 pieces of 4 m each", "5 books at 12 dollars"."""
    if second.kind in ("ratio", "percent", "speed"):
        return None
    between = NUMBERS.split(clause.text)[1].split()
    if not 2 <= len(between) <= 5 or any(is_verb(each) for each in between):
        return None
    if second.kind == "time" and re.search(r" (?:a|an|per|each|every|в) (?:\w+) (?:for|in|за) \d", clause.text):
        return clause.quantities[0]
    each = re.search(r"\beach\b|apiece|a piece|per\b|кажд", clause.text) is not None
    if (
        between[-1] in ("по", "at")
        or re.search(r"(?:\beach(?: [^\W\d_]+)?|apiece|кажд\w+(?: [^\W\d_]+)?)\s*$", clause.text)
        or (each and between[-1] in ("of", "for", "with", "holding", "costing", "weighing", "containing"))
    ):
        return second
    return second if between[-1] == "of" and between[-2] in _HOLDERS else None


_HOLDERS = ("rows", "boxes", "bags", "packs", "packets", "crates", "bunches", "bouquets", "trays", "cartons", "baskets", "shelves", "sets", "jars", "bottles", "buckets", "bundles", "sacks")  # fmt: skip
_IRREGULAR = {
    "long": "length", "wide": "width",
    "men": "man", "women": "woman", "children": "child", "people": "person", "feet": "foot", "geese": "goose", "mice": "mouse",
    "shelves": "shelf", "knives": "knife", "loaves": "loaf", "leaves": "leaf", "wolves": "wolf",
}  # fmt: skip


def stem_en(word: str) -> str:
    word = word.removesuffix("'s").removesuffix("'")
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word
