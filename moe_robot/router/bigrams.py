"""How usual a text reads where it was put together: counts of pairs of neighbouring words in what people say.

    bigrams.strangeness("what time is it in Blimey", ["what time is it in Moscow?", "Blimey. And in Tokyo?"])

Hashed; a pair that another shares its place with counts as seen. Made in training from the requests and dialogues of
the router's folder.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from moe_robot.router.followup_words import lemmas_of

SIZE = 1 << 19
MOST = 255  # what a count stops at


@lru_cache(maxsize=8192)
def pairs_of(text: str) -> tuple[int, ...]:
    """Places of the pairs of neighbouring words, by their dictionary forms; every figure is the same word."""
    words = ("^", *lemmas_of(text), "$")
    return tuple(zlib.crc32(f"{one} {other}".encode()) % SIZE for one, other in pairwise(words))


class Bigrams:
    def __init__(self, counts: NDArray[np.uint8]) -> None:
        """`counts` [SIZE]. Raises ValueError: another size."""
        if counts.shape != (SIZE,):
            raise ValueError(f"expected {SIZE} counts, found {counts.shape}")
        self.counts = counts

    @staticmethod
    def of(texts: Iterable[str]) -> Bigrams:
        counts = np.zeros(SIZE, np.int64)
        for text in texts:
            counts[list(set(pairs_of(text)))] += 1
        return Bigrams(np.minimum(counts, MOST).astype(np.uint8))

    def strangeness(self, text: str, sources: Sequence[str], unseen: Sequence[str] = ()) -> dict[str, float]:
        """Of the pairs in `text` that none of its `sources` has: how many and which share nobody has said, and how
        usual they are. `unseen`: texts that are to count as not said."""
        known = {pair for source in sources for pair in pairs_of(source)}
        new = [pair for pair in pairs_of(text) if pair not in known]
        own = {pair for said in unseen for pair in pairs_of(said)}
        counts = [max(int(self.counts[pair]) - (pair in own), 0) for pair in new]
        strange = sum(count == 0 for count in counts)
        return {
            "strange pairs": min(strange, 5) / 5,
            "strange share": strange / max(len(new), 1),
            "none strange": float(not strange),
            "usual": sum(map(math.log1p, counts)) / len(counts) / 5 if counts else 0.6,
        }
