"""How like the words of a text are to examples: for experts that no router was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moe_robot.router.features import CHARS, CONCEPT, LEMMA, PAIR, Featurizer

_COUNTED = {LEMMA: 1.0, CHARS: 0.3, PAIR: 0.6, CONCEPT: 1.0}


class Likeness:
    """Cosine over lemmas, their pairs, concepts and character n-grams; rows that many experts' examples have weigh
    less."""

    def __init__(self, featurizer: Featurizer, examples: Mapping[str, Sequence[str]]) -> None:
        self._featurizer = featurizer
        self._experts: list[str] = []
        self._found: dict[int, list[tuple[int, float]]] = {}
        for expert, texts in sorted(examples.items()):
            for text in texts:
                index = len(self._experts)
                self._experts.append(expert)
                for row, weight in self._vector(text).items():
                    self._found.setdefault(row, []).append((index, weight))

    def nearest(self, text: str, most: int = 3) -> list[tuple[str, float]]:
        """Experts with the likeness of their nearest example, 0..1, best first."""
        if not self._experts:
            return []
        scores = [0.0] * len(self._experts)
        for row, weight in self._vector(text).items():
            for index, other in self._found.get(row, ()):
                scores[index] += weight * other
        best: dict[str, float] = {}
        for index, score in enumerate(scores):
            best[self._experts[index]] = max(best.get(self._experts[index], 0.0), min(score, 1.0))
        return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:most]

    def _vector(self, text: str) -> dict[int, float]:
        """Of length 1."""
        features = self._featurizer.features(text)
        vector: dict[int, float] = {}
        for row, mark in zip(features.ids, features.marks, strict=True):
            if weight := _COUNTED.get(mark >> 16):
                vector[row] = vector.get(row, 0.0) + weight
        length = sum(weight * weight for weight in vector.values()) ** 0.5 or 1.0
        return {row: weight / length for row, weight in vector.items()}
