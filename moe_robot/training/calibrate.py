"""How sure is sure: temperatures and the threshold of out of scope, from sentences that the network was not trained
on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moe_robot.training.network import Floats, Ints, softmax

FALSE_REJECTS = 0.05  # of requests that an expert is there for


@dataclass(frozen=True)
class Calibration:
    temperature: float
    category_temperature: float
    out_of_scope: float  # `oddness` above it is out of scope


def calibrate(classes: Floats, categories: Floats, labels: Ints, category_labels: Ints) -> Calibration:
    """`classes` [B, C], `categories` [B, K] before the softmax; the last class and the last category are out of
    scope."""
    temperature = best_temperature(classes, labels)
    inside = labels < classes.shape[1] - 1
    odd = oddness(softmax(classes / np.float32(temperature)))[inside]
    threshold = float(np.quantile(odd, 1.0 - FALSE_REJECTS)) if len(odd) else 1.0
    return Calibration(
        temperature, best_temperature(categories, category_labels), round(float(np.nextafter(threshold, 2.0)), 4)
    )


def best_temperature(logits: Floats, labels: Ints) -> float:
    """The one of the least cross entropy, to 1 %."""
    grid = 1.01 ** np.arange(-160, 161)
    rows = np.arange(len(labels))
    losses = [-np.log(softmax(logits / np.float32(t))[rows, labels] + 1e-12).mean() for t in grid]
    return round(float(grid[int(np.argmin(losses))]), 3)


def oddness(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """[B, C] with out of scope as the last class -> [B], 0 usual .. 1 odd. The router computes the same from one
    row."""
    top = shares[:, :-1].max(axis=1)
    return np.asarray((1.0 + shares[:, -1] - top) / 2.0)


def expected_error(confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 15) -> float:
    """ECE: how far confidence and accuracy lie apart, over bins of equal width."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = 0.0
    for each in range(bins):
        inside = place == each
        if inside.any():
            gap += float(inside.mean()) * abs(float(confidence[inside].mean()) - float(right[inside].mean()))
    return gap
