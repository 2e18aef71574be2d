"""How the words of a reading go with the words that were said: a small learned model over hashed words.

    wordings.scores("справа, я рассеянная", [Earlier("Прочитай этикетку слева")], proposals)   # one number each

Linear. It sees what the numbers of `ranking.py` do not: which words of the turn a reading leaves out or keeps, which
of the earlier request's it drops, which it adds, and which words go with which way of reading and with which expert.
Trained on written dialogues (`training/follow_ups.py`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import lemmas_of
from moe_robot.router.proposals import Proposal
from moe_robot.router.signs import clauses

SIZE = 1 << 18
LEANS_ON_NOTHING = ("alone", "clause", "pronoun")  # groups of readings that keep nothing of the earlier request


def entries_of(
    text: str, before: Sequence[Earlier], proposals: Sequence[Proposal], categories: Mapping[str, str]
) -> list[NDArray[np.int64]]:
    """Places of each proposal's features, each once. `before`: not empty, the last request first. `proposals`: the turn
    alone first."""
    said = _Said(text, before, proposals[0].route.expert, categories)
    return [np.fromiter(sorted(set(said.features(one))), np.int64) for one in proposals]


class _Said:
    """What is the same for all readings of a turn."""

    def __init__(self, text: str, before: Sequence[Earlier], alone: str, categories: Mapping[str, str]) -> None:
        self._alone, self._categories, self._before = alone, categories, before
        self._words = lemmas_of(text)
        self._set = frozenset(self._words)
        self._pairs = list(pairwise(("^", *self._words, "$")))
        parts = [lemmas_of(clause) for clause in clauses(text)]
        self._clauses = parts if len(parts) > 1 else []
        self._known: dict[str, tuple[int, ...]] = {}

    def features(self, one: Proposal) -> Iterator[int]:
        """Hashed."""
        expert, group = one.route.expert, one.group
        yield from self._once(f"group {group}", self._of_group(group))
        yield from self._once(f"expert {expert}", (f"w {word} {expert}" for word in self._set))
        yield from _hashed(self._of_words(one, group))
        yield from _hashed(self._of_kind(one, group))

    def _once(self, name: str, features: Iterable[str]) -> tuple[int, ...]:
        if name not in self._known:
            self._known[name] = tuple(_hashed(features))
        return self._known[name]

    def _of_group(self, group: str) -> Iterator[str]:
        for word in self._set:
            yield f"w {word} {group}"
        for first, second in self._pairs:
            yield f"b {first} {second} {group}"

    def _of_words(self, one: Proposal, group: str) -> Iterator[str]:
        """What the reading does with the words."""
        expert, category = one.route.expert, self._categories.get(one.route.expert, "nobody")
        old = lemmas_of(self._before[max(one.of, 0)].text)
        known, mine = frozenset(old), lemmas_of(one.text)
        own = frozenset(mine)
        lost = [word for word in self._words if word not in own]
        new = [word for word in self._words if word in own and word not in known]
        dropped = [] if group in LEANS_ON_NOTHING else [word for word in old if word not in own]
        added = [word for word in mine if word not in self._set and word not in known]
        for word in lost:
            yield f"l {word}"
            yield f"l {word} {category}"
        for word in new:
            yield f"n {word}"
            yield f"n {word} {group}"
            yield f"n {word} {expert}"
        for word in dropped:
            yield f"d {word}"
        for word in added:
            yield f"a {word}"
            yield f"a {word} {one.kind}"
        yield f"sizes {min(len(self._words), 12)} {one.kind}"
        yield f"sizes {min(len(mine), 20)} {one.kind}"
        yield f"lost {len(lost)} {one.kind}"
        yield f"lost {len(new)} {len(lost)} {group}"
        yield f"dropped {len(dropped)} {len(added)} {group}"
        yield f"clauses {len(self._clauses)} {one.kind}"
        yield from self._of_clauses(own)

    def _of_clauses(self, own: frozenset[str]) -> Iterator[str]:
        for i, words in enumerate(self._clauses):
            place = "last" if i == len(self._clauses) - 1 else "first" if i == 0 else "middle"
            share = len(own.intersection(words)) / max(len(set(words)), 1)
            kept = "none" if share < 0.2 else "all" if share > 0.8 else "some"
            yield f"c {place} {kept}"
            yield f"c {place} {kept} {len(set(words))}"
            yield f"c starts {kept} {words[0] if words else ''}"
            for word in set(words):
                yield f"c {kept} {word}"

    def _of_kind(self, one: Proposal, group: str) -> Iterator[str]:
        """How the reading was made, whose it is, and whose was before."""
        expert, last, kind, route = one.route.expert, self._before[0].expert, one.kind, one.route
        sure = round(10 * route.confidence) if expert else -1
        yield f"starts {self._words[0] if self._words else ''} {kind}"
        yield f"{last} {expert} {kind}"
        yield f"{last} {expert} group {group}"
        yield f"{last} {expert}"
        yield f"{last} kind {kind}"
        yield f"{expert} kind {kind}"
        yield f"alone {self._alone} {expert} {kind}"
        yield f"alone {self._alone} {last} {kind}"
        yield f"sure {sure} {kind}"
        yield f"sure {sure} expert {expert}"
        yield f"{route.strategy} {route.rule.split('#')[0]} {kind}"
        yield f"{route.strategy} {last == expert} {kind}"
        yield f"of {len(self._before)} {one.of} {kind}"
        if len(self._before) > 1:
            yield f"of {one.of} {last == self._before[1].expert} {kind}"
        for other in self._before[1:]:
            yield f"of {other.expert} {one.of} {expert}"


def _hashed(features: Iterable[str]) -> Iterator[int]:
    return (_place(feature) for feature in features)


@lru_cache(maxsize=1 << 16)
def _place(feature: str) -> int:
    return zlib.crc32(feature.encode()) % SIZE


class Wordings:
    """Safe under threads."""

    def __init__(self, weights: NDArray[np.float32], categories: Mapping[str, str]) -> None:
        """`weights` [SIZE]. Raises ValueError: another size."""
        if weights.shape != (SIZE,):
            raise ValueError(f"expected {SIZE} weights, found {weights.shape}")
        self._weights, self._categories = weights, categories

    def scores(self, text: str, before: Sequence[Earlier], proposals: Sequence[Proposal]) -> NDArray[np.float32]:
        """[proposals]. `before`, `proposals`: as of `entries_of`."""
        found = entries_of(text, before, proposals, self._categories)
        return np.array([self._weights[places].sum() for places in found], np.float32)
