"""Which of the proposed readings of a turn is meant: a small learned model over what is known of each.

    ranker.scores(features_of(turn, proposals))  ->  one number each; the highest wins

A small network gives each proposal a score. Its features are named numbers: how the proposal was made, how sure the
router is of it and of the turn alone, what it keeps of both texts, the relation of the turn to the earlier request
(`relation.py`), whose a turn like this one is after such a request (`successor.py`), how its words go with what was
said (`wording.py`). Trained on written dialogues
(`training/ranking.py`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from moe_robot.lexicon import normalize
from moe_robot.router.bigrams import Bigrams
from moe_robot.router.features import words_of
from moe_robot.router.followup import PASSING, Earlier
from moe_robot.router.followup_words import WORD, FollowWords, lemma, plain
from moe_robot.router.numbers import Numbers
from moe_robot.router.proposals import Proposal
from moe_robot.router.rule_based import UNKNOWN_OWNERS
from moe_robot.router.signs import Signs, clauses, is_act
from moe_robot.router.text import tokenize
from moe_robot.router.understood import HALTS
from moe_robot.structs import Language, Route

Features = dict[str, float]
_QUOTED = re.compile(r"[«“\"'‘]\S.*[»”\"'’]")


@dataclass(frozen=True)
class Leaning:
    """A turn and what it may lean on: `before`, the last request first. `relations`: shares of `relation.py`.
    `successors`: shares of the experts that a turn like this is for after the last request."""

    text: str
    language: Language
    before: Sequence[Earlier]
    relations: Mapping[str, float] = field(default_factory=dict)
    successors: Mapping[str, float] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Text:
    content: frozenset[str]
    figures: frozenset[str]
    values: frozenset[float]
    count: int


def features_of(
    turn: Leaning,
    proposals: Sequence[Proposal],
    bigrams: Bigrams,
    wording: NDArray[np.float32],
    unseen: Sequence[str] = (),
) -> list[Features]:
    """Of each proposal; the first is the turn alone. `wording`: scores of `wording.py`. `unseen`: texts that `bigrams`
    is to count as not said."""
    alone = proposals[0].route
    said, old = _text(turn.text, turn.language), [_text(one.text, turn.language) for one in turn.before]
    shared = _of_turn(turn, alone, said, old[0] if old else None)
    fields = [one for one in proposals if one.group == "field"]
    likeliest = max(turn.successors, key=lambda name: turn.successors[name], default="")
    shared["fields"] = min(len(fields), 4) / 4
    shared["field fits"] = float(any(one.route.expert == likeliest != "" for one in fields))
    told = [_told(turn, one, proposals, said, old) for one in proposals]
    sources = [turn.text, *(one.text for one in turn.before)]
    for own, one in zip(told, proposals, strict=True):
        own.update(bigrams.strangeness(one.text, sources, unseen))
    for own, features in zip(told, _worded(wording), strict=True):
        own.update(features)
    best = max((own["confidence"] for own in told), default=0.0)
    by_rules = any(own.get("by rules", 0.0) and one.kind != "alone" for own, one in zip(told, proposals, strict=True))
    texts: dict[str, int] = {}
    for one in proposals:
        texts[_key(one)] = texts.get(_key(one), 0) + 1
    crossed = {
        group: {f"{group}: {name}": value for name, value in shared.items()} | {f"group {group}": 1.0}
        for group in {one.group for one in proposals}
    }
    result = []
    for own, one in zip(told, proposals, strict=True):
        own["is best"] = float(own["confidence"] >= best)
        own["others by rules"] = float(by_rules)
        own["votes"] = math.log1p(texts[_key(one)] - 1)
        result.append(own | crossed[one.group])
    return result


def _worded(scores: NDArray[np.float32]) -> list[Features]:
    highest = scores.max()
    raised = np.exp(scores - highest)
    shares = raised / raised.sum()
    return [
        {
            "wording": float(score - highest),
            "wording share": float(share),
            "wording log": math.log(share + 1e-4),
            "wording best": float(score >= highest),
        }
        for score, share in zip(scores, shares, strict=True)
    ]


def _key(one: Proposal) -> str:
    return plain(one.text)


def _of_turn(turn: Leaning, alone: Route, said: _Text, old: _Text | None) -> Features:
    """What is the same for all proposals: crossed with how each was made."""
    words, signs = FollowWords.of(turn.language), Signs.of(turn.language)
    spoken = plain(turn.text)
    tokens = spoken.split()
    parts = clauses(turn.text)
    before = turn.before[0] if turn.before else None
    found: Features = {
        "alone sure": alone.confidence if alone.expert else 0.0,
        "alone very sure": float(alone.confidence >= 0.97),
        "alone by rules": float(_by_rules(alone)),
        "alone nobody": float(not alone.expert),
        "alone unsure": float(alone.rule == "unsure"),
        f"words {_bin(len(tokens))}": 1.0,
        f"clauses {min(len(parts), 3)}": 1.0,
        "asks": float(turn.text.strip().endswith("?")),
        "opener": float(bool(words.without_opener(turn.text)[1])),
        "figures": float(bool(said.figures)),
        "quotes": float(bool(_QUOTED.search(turn.text))),
        "act": float(any(is_act(word, signs) for word in tokens)),
        "act last": float(bool(parts) and any(is_act(word, signs) for word in plain(parts[-1]).split())),
        "pronoun": float(any(w in words.things or w in words.places for w in tokens)),
        "starts small": float(bool(tokens) and signs.is_small(tokens[0])),
        "content": min(len(said.content), 6) / 6,
    }
    for key in ("repeat", "corrects", "give_up", "same", "other"):
        found[key] = float(bool(signs.has(key, spoken)))
    for name, share in turn.relations.items():
        found[f"relation {name}"] = share
    if before is not None and old is not None:
        found["same expert"] = float(alone.expert == before.expert)
        found["before moved"] = float(before.moved)
        found["before asked"] = float("?" in before.text)
        found["fresh"] = len(said.content - old.content) / max(len(said.content), 1)
        found[f"category {turn.categories.get(before.expert, '')}"] = 1.0
        found["successor same"] = turn.successors.get(before.expert, 0.0)
    found[f"alone category {turn.categories.get(alone.expert, '')}"] = 1.0
    return found


def _told(turn: Leaning, one: Proposal, proposals: Sequence[Proposal], said: _Text, old: Sequence[_Text]) -> Features:
    """What is known of one proposal."""
    alone, route = proposals[0].route, one.route
    text = _text(one.text, turn.language)
    before = turn.before[one.of if one.of >= 0 else 0] if turn.before else None
    source = old[one.of if one.of >= 0 else 0] if old else None
    words = FollowWords.of(turn.language)
    tokens = plain(one.text).split()
    likelies = sorted(turn.successors.values(), reverse=True)
    share = turn.successors.get(route.expert, 0.0)
    own: Features = {
        f"kind {one.kind}": 1.0,
        "likeliest": float(one.likeliest),
        "ways": min(len(one.also), 4) / 4,
        **{f"also {kind}": 1.0 for kind in one.also},
        f"of {one.of}": 1.0,
        "confidence": route.confidence if route.expert else 0.0,
        "by rules": float(_by_rules(route)),
        "nobody": float(not route.expert),
        "unknown name": float(route.rule in UNKNOWN_OWNERS),
        "named": float(route.strategy == "conversation"),
        "alone's expert": float(route.expert == alone.expert),
        "alone's share": dict(alone.ranked).get(route.expert, 0.0),
        "successor": share,
        "successor log": math.log(share + 0.003),
        "successor best": float(bool(likelies) and share >= likelies[0] > 0),
        "halts": float(route.expert in HALTS),
        "pronoun left": float(any(w in words.things or w in words.places for w in tokens)),
        "words": min(len(tokens), 20) / 20,
        f"for {turn.categories.get(route.expert, '')}": 1.0,
    }
    _keeps(own, said, source, text, turn, one)
    missing = said.content - text.content
    own["lost"] = len(missing) / max(len(said.content), 1)
    own["lost any"] = float(bool(missing))
    own["lost many"] = float(len(missing) > 2)
    own["figures lost"] = float(bool(said.figures - text.figures))
    if before is not None and source is not None:
        own["before's expert"] = float(route.expert == before.expert)
        own["kept"] = len(source.content & text.content) / max(len(source.content), 1)
        own["added"] = len(text.content - said.content - source.content) / max(len(text.content), 1)
        own["unchanged"] = float(plain(one.text) == plain(before.text))
        own["length"] = (text.count - source.count) / max(source.count, 1)
        own[f"of {one.of}, {len(turn.before)} before"] = 1.0
        own["of a lost one"] = float(one.of >= 0 and before.lost)
        own[f"of a {before.expert if before.expert in PASSING else 'request'}"] = float(one.of >= 0)
        if len(turn.before) > 1:  # whether the last request went on from the one before it
            own[f"of {one.of}, last leaned {turn.before[0].leaned}"] = 1.0
            share = len(old[0].content & old[1].content) / max(len(old[1].content), 1)
            same = turn.before[0].expert == turn.before[1].expert
            own[f"of {one.of}, last went on {round(3 * share)} {same}"] = 1.0
        own["figures from both"] = float(bool(source.figures & text.figures) and bool(said.figures & text.figures))
    return own


def _keeps(own: Features, said: _Text, source: _Text | None, text: _Text, turn: Leaning, one: Proposal) -> None:
    """What of the new in the turn is in the proposal."""
    old = source.content if source is not None else frozenset()
    new = said.content - old
    own["new kept"] = len(new & text.content) / max(len(new), 1)
    own["all new kept"] = float(bool(new) and new <= text.content)
    own["nothing new"] = float(not new)
    parts = clauses(turn.text)
    if len(parts) > 1:
        for name, part in (("first", parts[0]), ("last", parts[-1])):
            content = _text(part, turn.language).content - old
            own[f"{name} clause kept"] = len(content & text.content) / len(content) if content else 0.5
    before = source.values if source is not None else frozenset()
    values = said.values - before
    own["values"] = float(bool(values))
    own["values kept"] = len(values & text.values) / len(values) if values else 0.5
    own["values made up"] = float(bool(text.values - said.values - before))
    own["old values lost"] = float(bool(before - text.values)) if before else 0.0
    own["same text"] = float(one.text == turn.text)


@lru_cache(maxsize=2048)
def _text(text: str, language: Language) -> _Text:
    signs = Signs.of(language)
    words = [normalize(m.group()) for m in WORD.finditer(text)]
    content = frozenset(lemma(word) for word in words if not signs.is_small(word))
    figures = frozenset(word.lemma for word in words_of(text) if word.lemma[:1] == "#" or word.lemma.isdigit())
    spans = _numbers().spans(tokenize(text, {}))
    values = frozenset(round(float(span.value), 4) for span in spans if isinstance(span.value, int | float))
    return _Text(content, figures | frozenset(re.findall(r"\d+", text)), values, len(words))


@lru_cache(maxsize=1)
def _numbers() -> Numbers:
    return Numbers()


def _bin(count: int) -> int:
    return next((limit for limit in (1, 2, 3, 4, 5, 6, 8, 10, 13) if count <= limit), 99)


def _by_rules(route: Route) -> bool:
    return route.strategy == "rule_based" and bool(route.expert) and route.rule not in UNKNOWN_OWNERS


class Ranker:
    """H hidden units, F features, M members whose mean is the score. float32."""

    def __init__(self, vocabulary: Sequence[str], weights: Mapping[str, NDArray[np.float32]]) -> None:
        """`weights`: W [M, F, H], b [M, H], v [M, H], u [M, F]. Raises ValueError: other shapes."""
        self._index = {name: i for i, name in enumerate(vocabulary)}
        self._w, self._b, self._v, self._u = (weights[name].astype(np.float32) for name in ("W", "b", "v", "u"))
        members, features, hidden = self._w.shape
        wanted = ((members, hidden), (members, hidden), (members, features))
        if features != len(vocabulary) or (self._b.shape, self._v.shape, self._u.shape) != wanted:
            raise ValueError(f"weights of shape {self._w.shape} do not fit {len(vocabulary)} features")

    def scores(self, proposals: Sequence[Features]) -> NDArray[np.float32]:
        """[proposals]"""
        return self.scored(dense(proposals, self._index))

    def scored(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """[proposals, features] -> [proposals]"""
        hidden = np.maximum(np.einsum("nf,mfh->mnh", rows, self._w) + self._b[:, None, :], 0.0)
        each = np.einsum("mnh,mh->mn", hidden, self._v) + np.einsum("nf,mf->mn", rows, self._u)
        return np.asarray(each.mean(axis=0), np.float32)


def dense(proposals: Sequence[Features], index: Mapping[str, int]) -> NDArray[np.float32]:
    """[proposals, features]; what the vocabulary lacks says nothing."""
    rows = np.zeros((len(proposals), len(index)), np.float32)
    for i, features in enumerate(proposals):
        for name, value in features.items():
            at = index.get(name)
            if at is not None:
                rows[i, at] = value
    return rows
