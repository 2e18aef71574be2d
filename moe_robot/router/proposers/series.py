"""A list of numbers with one less, one more, each changed, another one, or measured otherwise:

"mean of 4, 9, 20" + "without the biggest"      ->  "mean of 4, 9"
"размах 5, 7, 12" + "а если каждое удвоить?"    ->  "размах 10, 14, 24"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from moe_robot.router.followup_words import FollowWords, changed
from moe_robot.router.proposers.slots import Slot, data, multiple, says, slots
from moe_robot.structs import Language

_GAP = re.compile(r"\s*(?:[,;]|\s)\s*(?:(?:и|and)\s+)?")
_GIVES_WAY = re.compile(
    r"(?<!\w)(?:на|for|with|to|into|by|were|was|becomes)(?!\w)|(?P<turned>(?<!\w)(?:вместо|instead of)(?!\w))",
    re.IGNORECASE,
)
_TWO_ROWS = re.compile(r"\s*,?\s*(?:и|and|с|with)\s+")


def run_of(text: str, language: Language) -> list[Slot]:
    """The longest run of numbers one after another, with at least two."""
    runs: list[list[Slot]] = [[]]
    for slot in slots(text, language):
        if runs[-1] and not _GAP.fullmatch(text[runs[-1][-1].end : slot.start]):
            runs.append([])
        runs[-1].append(slot)
    best = max(runs, key=len)
    return best if len(best) > 1 and not any(slot.part for slot in best) else []


def with_list(old: str, run: Sequence[Slot], values: Sequence[str]) -> str:
    """As it was written where there are as many: "1, 2 и 3, 4" are two rows."""
    if len(values) == len(run):
        return changed(old, [(slot.start, slot.end, value) for slot, value in zip(run, values, strict=True)])
    return changed(old, [(run[0].start, run[-1].end, ", ".join(values))])


def otherwise(text: str, language: Language, old: str) -> Iterator[tuple[str, str]]:
    """(kind, the list of `old` changed as `text` tells)."""
    run = run_of(old, language)
    if not run:
        return
    values, said = [slot.value for slot in run], slots(text, language)
    known = data(language)
    new = [slot.value for slot in said if not slot.part]
    for kept in _fewer(text, new, values, language):
        if kept and kept != values:
            yield "list changed", with_list(old, run, kept)
    each = _each(text, new, values, language)
    if each:
        yield "list changed", with_list(old, run, each)
    for row in _replaced(text, new, values, run, old, language):
        if row != values:
            yield "list changed", with_list(old, run, row)
    adds = len(new) == 1 or not set(new) & set(values)
    if new and adds and not says(text, known["remove"]):
        yield "list changed", with_list(old, run, [*values, *new])


def measured(text: str, language: Language, old: str) -> Iterator[str]:
    """The numbers told in `old`, measured as the text asks."""
    run = run_of(old, language)
    known = data(language)
    if not run:
        return
    for name, phrases in known["measures"].items():
        if says(text, phrases):
            yield known["measure_of"].format(name, ", ".join(slot.value for slot in run))


def _fewer(text: str, new: Sequence[str], values: Sequence[str], language: Language) -> Iterator[list[str]]:
    known = data(language)
    if not says(text, known["remove"]):
        return
    there = [value for value in new if value in values]
    if there:
        kept = list(values)
        for value in there:
            kept.remove(value)
        yield kept
        yield [value for value in values if value not in there]
        return
    figures = [float(value) for value in values]
    middle = sorted(figures)[len(figures) // 2]
    for key, at in (
        ("largest", figures.index(max(figures))),
        ("smallest", figures.index(min(figures))),
        ("last", len(values) - 1),
        ("first", 0),
        ("outlier", max(range(len(figures)), key=lambda i: abs(figures[i] - middle))),
    ):
        if says(text, known[key]):
            yield [value for i, value in enumerate(values) if i != at]


def _each(text: str, new: Sequence[str], values: Sequence[str], language: Language) -> list[str]:
    known, times = data(language), multiple(text, language)
    amount = float(new[-1]) if len(new) == 1 else None
    ways: list[tuple[str, Callable[[float, float], float]]] = [
        ("more", lambda a, b: a + b),
        ("fewer", lambda a, b: a - b),
        ("times", lambda a, b: a * b),
        ("over", lambda a, b: a / b),
    ]
    if times and (says(text, known["each"]) or not new):
        return [f"{float(value) * times:g}" for value in values]
    if amount is None or not says(text, known["each"]):
        return []
    for key, way in ways:
        if says(text, known[key]) and not (key == "over" and not amount):
            return [f"{way(float(value), amount):g}" for value in values]
    return []


def _swap(text: str, new: Sequence[str]) -> tuple[str, str] | None:
    """ "the three for a five": what goes, and what comes."""
    found = _GIVES_WAY.search(text)
    if found is None or len(new) != 2:
        return None
    return (new[1], new[0]) if found["turned"] else (new[0], new[1])


def _replaced(
    text: str, new: Sequence[str], values: Sequence[str], run: Sequence[Slot], old: str, language: Language
) -> Iterator[list[str]]:
    """Another number in the place of one, so many times as told, or another row."""
    known, words = data(language), FollowWords.of(language)
    order = next((int(n) for name, n in words.data["ordinals"].items() if says(text, [f"{name[:-2]}*", name])), 0)
    if len(new) == 2:
        for was, now in (new, list(reversed(new))):
            if was in values and (now not in values or (was, now) == _swap(text, new)):
                yield [now if i == values.index(was) else value for i, value in enumerate(values)]
        for value, count in (new, list(reversed(new))) if not _swap(text, new) else ():
            if value in values and count.isdecimal() and int(count) < 10 and not re.search(rf"\b{value}\b", text):
                at = values.index(value)
                rest = [other for other in values if other != value]
                yield [*rest[:at], *[value] * int(count), *rest[at:]]
    if len(new) == 1:
        if says(text, known["last"]):
            yield [*values[:-1], new[0]]
        if 0 < order <= len(values) and str(order) != new[0]:
            yield [new[0] if i == order - 1 else value for i, value in enumerate(values)]
    if len(new) > 1:
        half = len(values) // 2
        joints = [_TWO_ROWS.fullmatch(old[a.end : b.start]) is not None for a, b in pairwise(run)]
        if len(values) == 2 * half == 2 * len(new) and joints[half - 1]:
            rows = ([*values[:half], *new], [*new, *values[half:]])
            yield from rows if order != 1 else reversed(rows)
        if len(new) > 2 or not set(new) & set(values):
            yield list(new)
