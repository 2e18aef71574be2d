"""The last layer of a router over somebody else's sentence encoder: a softmax over its vectors. See
`router.encoders`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moe_robot.router.encoders import HEAD, Encode, load_encoder
from moe_robot.training.calibrate import calibrate
from moe_robot.training.dataset import Data, sample, split
from moe_robot.training.make import (
    Progress,
    Settings,
    held_figures,
    report,
    targets,
    write_lexicon,
    write_manifest,
)
from moe_robot.training.network import Floats, Ints, softmax

STEPS = 300
BLOCK = 512  # sentences encoded at once


def make_head(
    data: Data, out: Path, settings: Settings, name: str, progress: Progress, encode: Encode | None = None
) -> dict[str, Any]:
    """As `make.make`, over `name`'s vectors. Raises ConfigError, MissingExtraError."""
    began_s = time.perf_counter()
    encode = encode or load_encoder(name)
    experts, categories = data.experts, tuple(sorted(set(data.categories.values())))
    progress("sampling", 0.0)
    sentences, doubtful = sample(data, min(settings.per_expert, 100), settings.out_of_scope // 4, settings.seed)
    blocks = []
    for first in range(0, len(sentences), BLOCK):
        blocks.append(encode([s.text for s in sentences[first : first + BLOCK]]))
        progress("features", first / len(sentences))
    vectors = np.concatenate(blocks)
    classes, kinds = targets(sentences, experts, categories, data.categories)
    held = split(data, settings.held, settings.seed)
    inside = np.array([s.group not in held for s in sentences])
    parts: dict[str, Floats] = {}
    parts["U"], parts["c"] = softmax_layer(vectors[inside], classes[inside], len(experts) + 1)
    progress("training", 0.7)
    parts["Uk"], parts["ck"] = softmax_layer(vectors[inside], kinds[inside], len(categories) + 1)
    by_class = vectors[~inside] @ parts["U"] + parts["c"]
    by_kind = vectors[~inside] @ parts["Uk"] + parts["ck"]
    calibration = calibrate(by_class, by_kind, classes[~inside], kinds[~inside])
    out.mkdir(parents=True, exist_ok=True)
    np.savez(out / HEAD, **parts)  # type: ignore[arg-type]
    figures = held_figures(by_class, classes[~inside], len(experts), calibration)
    figures |= {"sentences": len(sentences), "templates": len(data.sources), "doubtful": len(doubtful)}
    figures |= {"model_bytes": (out / HEAD).stat().st_size}
    write_lexicon(data, out, settings.seed)
    manifest = write_manifest(data, out, settings, calibration, figures, name, HEAD)
    (out / "report.md").write_text(report(manifest, doubtful, time.perf_counter() - began_s), encoding="utf-8")
    return manifest


def softmax_layer(vectors: NDArray[np.float32], labels: Ints, count: int) -> tuple[Floats, Floats]:
    """Logistic regression by Adam over all sentences at once: weights [width, count] and biases [count]."""
    weights, biases = np.zeros((vectors.shape[1], count), np.float32), np.zeros(count, np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    wished = np.eye(count, dtype=np.float32)[labels]
    for step in range(1, STEPS + 1):
        error = np.asarray(softmax(vectors @ weights + biases) - wished, np.float32) / len(labels)
        gradient = vectors.T @ error + np.float32(1e-5) * weights
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        weights -= 0.3 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        biases -= 0.3 * error.sum(axis=0)
    return weights.astype(np.float32), biases.astype(np.float32)
