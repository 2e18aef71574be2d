"""A loaded model: text -> logits -> shares of the experts. `Embedded` is the shipped kind; others by
`router.encoder`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from moe_robot.errors import ConfigError, MissingExtraError
from moe_robot.router.features import Concepts, Featurizer
from moe_robot.router.model_folder import Manifest, read_manifest
from moe_robot.router.repair import Repair

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Logits:
    """Before the softmax; the last of each is out of scope."""

    classes: NDArray[np.float32]  # [experts + 1]
    categories: NDArray[np.float32]  # [categories + 1]


class Network(Protocol):
    def logits(self, text: str) -> Logits: ...


class Scorer:
    """Safe under threads."""

    def __init__(self, manifest: Manifest, featurizer: Featurizer, network: Network) -> None:
        self.manifest, self.featurizer, self._network = manifest, featurizer, network
        self.known = frozenset(manifest.experts)

    def logits(self, text: str) -> Logits:
        return self._network.logits(text)

    def flat(self, logits: Logits) -> Shares:
        """Experts and out of scope [experts + 1], calibrated, adding up to 1."""
        return _softmax(logits.classes, self.manifest.temperature)

    def categories(self, logits: Logits) -> Shares:
        """Categories and out of scope [categories + 1], calibrated, adding up to 1."""
        return _softmax(logits.categories, self.manifest.category_temperature)

    @cached_property
    def members(self) -> tuple[NDArray[np.int64], ...]:
        """The experts of each category, as places in `manifest.experts`."""
        of = [self.manifest.category_of[expert] for expert in self.manifest.experts]
        return tuple(
            np.array([i for i, c in enumerate(of) if c == name], np.int64) for name in self.manifest.categories
        )


class Embedded:
    """The shipped kind: hashed features through onnxruntime, one thread."""

    def __init__(self, path: Path, featurizer: Featurizer) -> None:
        try:
            import onnxruntime
            from onnxruntime.capi import onnxruntime_pybind11_state as failures
        except ImportError as error:
            raise MissingExtraError(
                "the learned router needs onnxruntime: pip install -c constraints.txt 'moe_robot[brain]', "
                "or set router.strategy: rule_based"
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except (
            failures.Fail,
            failures.InvalidArgument,
            failures.InvalidGraph,
            failures.InvalidProtobuf,
            failures.NoSuchFile,
            failures.NotImplemented,
            failures.RuntimeException,
        ) as error:
            raise ConfigError(f"{path} does not load ({error}): run `moe-robot train-router`") from error
        self._featurizer = featurizer

    def logits(self, text: str) -> Logits:
        features = self._featurizer.features(text)
        feed = {"ids": np.array(features.ids, np.int64), "weights": np.array(features.weights, np.float32)}
        classes, categories = self._session.run(["classes", "categories"], feed)
        return Logits(classes, categories)


def load_scorer(folder: Path) -> Scorer:
    """Raises ConfigError: missing, damaged, not for this version; MissingExtraError: a package is not there."""
    manifest = read_manifest(folder)
    concepts = Concepts(json.loads((folder / "concepts.json").read_text(encoding="utf-8")))
    words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    featurizer = Featurizer(concepts, manifest.options, Repair(words))
    if manifest.encoder == "embedded":
        return Scorer(manifest, featurizer, Embedded(folder / "model.onnx", featurizer))
    from moe_robot.router.encoders import Encoded

    return Scorer(manifest, featurizer, Encoded(folder, manifest))


def _softmax(logits: NDArray[np.float32], temperature: float) -> Shares:
    scaled = logits.astype(np.float64) / temperature
    raised = np.exp(scaled - scaled.max())
    return np.asarray(raised / raised.sum())
