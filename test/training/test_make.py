"""The whole of training on four small experts: repeatable, calibrated, exported, put in place, undone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from training.small import SETTINGS, router_config, small_data

from moe_robot.errors import ConfigError
from moe_robot.router.features import Concepts, Featurizer, Options
from moe_robot.router.learned import LearnedRouter
from moe_robot.router.model_folder import read_manifest, read_pointer
from moe_robot.structs import Utterance
from moe_robot.training.calibrate import best_temperature, expected_error
from moe_robot.training.dataset import read_data
from moe_robot.training.make import make
from moe_robot.training.network import Recipe, exp, rows_of, softmax, train
from moe_robot.training.repeatable import Job, plain_arithmetic, run
from moe_robot.training.versions import add_version, roll_back


def digest(folder: Path) -> dict[str, str]:
    names = ("model.onnx", "concepts.json", "words.json", "manifest.json")
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def test_the_same_data_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    for name in ("one", "two"):
        make(read_data([experts], router), tmp_path / name, SETTINGS)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_the_child_with_plain_arithmetic_repeats_itself_and_tells_its_progress(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    stages: list[tuple[str, float]] = []
    for name in ("one", "two"):
        job = Job((str(experts),), str(router), "", str(tmp_path / name), seed=3)
        manifest = run(job, lambda stage, share: stages.append((stage, share)))
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert manifest["seed"] == 3
    assert {stage for stage, _ in stages} == {"sampling", "features", "training"}
    assert "NPY_DISABLE_CPU_FEATURES" in plain_arithmetic()


def test_what_is_wrong_in_the_child_is_said_by_the_parent(tmp_path: Path) -> None:
    _, router = small_data(tmp_path)
    with pytest.raises(ConfigError, match="nothing to train from"):
        run(Job((str(tmp_path / "empty"),), str(router), "", str(tmp_path / "out"), seed=1))


def test_a_router_trained_on_a_little_knows_what_it_was_taught(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    manifest = make(read_data([experts], router), tmp_path / "out", SETTINGS)
    learned = LearnedRouter(tmp_path / "out", router_config())
    asked = {
        "drive north one metre": "north",
        "завари мне чай": "tea",
        "switch the lamp off": "lamp",
        "езжай на юг": "south",
    }
    assert {text: learned.route(Utterance(text, "en")).ranked[0][0] for text in asked} == asked
    assert manifest["figures"]["onnx_same_expert"] == manifest["figures"]["onnx_checked"] > 0
    assert read_manifest(tmp_path / "out").experts == ("lamp", "north", "south", "tea")


def test_the_networks_of_a_router_differ_and_are_averaged() -> None:
    featurizer = Featurizer(Concepts({"room": ["kitchen"]}), Options(table=256))
    rows = rows_of([featurizer.features(text) for text in ("go to the kitchen", "stop", "go on", "stop now")])
    targets = np.array([0, 1, 0, 1], np.int32)
    recipe = Recipe(width=8, hidden=8, epochs=3, batch=2, members=2)
    both = train(rows, targets, targets, (256, 2, 2), recipe, seed=1)
    alone = train(rows, targets, targets, (256, 2, 2), replace(recipe, members=1), seed=1)
    (first, _), (second, _) = (network.forward(rows) for network in both.members)
    assert np.array_equal(first, alone.forward(rows)[0])
    assert not np.allclose(first, second)
    assert np.allclose(both.forward(rows)[0], (first + second) / 2)


def test_what_people_said_calibrates_as_they_said_it(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    (router / "said").mkdir()
    lines = [f"- {{text: 'tea number {word} for the guests', expert: tea}}" for word in "abcdefghij"]
    (router / "said" / "en_1.yaml").write_text("\n".join(lines), encoding="utf-8")
    manifest = make(read_data([experts], router), tmp_path / "out", SETTINGS)
    assert manifest["figures"]["held_sentences"] == 3  # 0.3 of ten, without their copies


def test_the_report_says_what_the_model_is(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    manifest = make(read_data([experts], router), tmp_path / "out", SETTINGS)
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert manifest["sha256"]["model.onnx"] in text
    assert "4 experts in 2 categories, seed 1" in text


def test_a_new_version_is_pointed_to_and_rolled_back(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    data, home = read_data([experts], router), tmp_path / "home"
    with pytest.raises(ConfigError, match="no earlier router"):
        roll_back(home)
    for expected in ("0001", "0002"):
        name, _ = add_version(home, lambda out: make(data, out, SETTINGS))
        assert name == expected
    assert read_pointer(home) == {"current": "0002", "previous": "0001"}
    assert roll_back(home) == ("0001", "0002")
    assert roll_back(home) == ("0002", "0001")


def test_training_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    data, home = read_data([experts], router), tmp_path / "home"
    add_version(home, lambda out: make(data, out, SETTINGS))

    def fail(out: Path) -> dict[str, object]:
        make(data, out, SETTINGS)
        (out / "model.onnx").write_bytes(b"half")
        return {}

    with pytest.raises(ConfigError, match="damaged"):
        add_version(home, fail)
    assert read_pointer(home) == {"current": "0001", "previous": ""}
    assert sorted(path.name for path in home.iterdir()) == ["0001", "current"]


def test_the_manifest_names_seed_sums_and_versions(tmp_path: Path) -> None:
    experts, router = small_data(tmp_path)
    make(read_data([experts], router), tmp_path / "out", SETTINGS)
    data = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert data["training_data_sha256"] == read_data([experts], router).digest()
    assert set(data["versions"]) >= {"numpy", "scipy", "onnx", "pymorphy3-dicts-ru"}


def test_the_exponential_of_training_is_the_exponential() -> None:
    x = np.linspace(-690.0, 0.0, 5001)
    assert np.allclose(exp(x), np.exp(x), rtol=1e-12, atol=0.0)


def test_the_temperature_that_is_found_is_the_one_that_was_hidden() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(0.0, 2.0, (20_000, 5)).astype(np.float32)
    chances = softmax(logits)
    labels = np.array([rng.choice(5, p=row) for row in chances], np.int32)
    assert best_temperature(logits * np.float32(3.0), labels) == pytest.approx(3.0, rel=0.05)


def test_ece_is_the_gap_between_confidence_and_accuracy() -> None:
    confidence = np.full(100, 0.9)
    assert expected_error(confidence, np.arange(100) < 90) == pytest.approx(0.0, abs=1e-9)
    assert expected_error(confidence, np.arange(100) < 60) == pytest.approx(0.3, abs=1e-9)
