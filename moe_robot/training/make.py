"""Data -> a folder with a trained router: sample, featurize, train, calibrate, export, check, report.

Runs inside the child of `training.repeatable`; by itself it works as well, but other machines may differ in a bit.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from moe_robot.errors import ConfigError, MissingExtraError
from moe_robot.router.features import VERSION, Concepts, Featurizer, Options
from moe_robot.router.repair import Repair
from moe_robot.training.calibrate import Calibration, calibrate, expected_error, oddness
from moe_robot.training.dataset import OUT_OF_SCOPE, Data, Sentence, sample, split, vocabulary
from moe_robot.training.network import Ensemble, Ints, Recipe, Rows, rows_of, softmax, train

PACKAGES = ("numpy", "scipy", "onnx", "onnxruntime", "pymorphy3", "pymorphy3-dicts-ru")
Progress = Callable[[str, float], None]  # stage, share of it that is done


@dataclass(frozen=True)
class Settings:
    """All that a model depends on besides the data."""

    seed: int = 1
    per_expert: int = 1200  # sentences of each expert and language
    out_of_scope: int = 6000  # sentences of each language
    copies: int = 4  # badly typed, badly heard ones of what people said
    held: float = 0.1  # share of what people said that calibrates; of the templates where nothing was said
    recipe: Recipe = field(default_factory=Recipe)
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Trained:
    network: Ensemble
    calibration: Calibration
    figures: dict[str, Any]


def make(data: Data, out: Path, settings: Settings, progress: Progress = lambda stage, share: None) -> dict[str, Any]:
    """Writes model.onnx, concepts.json, words.json, manifest.json, report.md into `out`; the manifest comes back.
    Raises ConfigError."""
    began_s = time.perf_counter()
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError(
            f"training the router needs {error.name}: pip install -c constraints.txt 'moe_robot[train]'"
        ) from error
    del onnx, onnxruntime
    experts = data.experts
    categories = tuple(sorted(set(data.categories.values())))
    progress("sampling", 0.0)
    sentences, doubtful = sample(data, settings.per_expert, settings.out_of_scope, settings.seed, settings.copies)
    held = split(data, settings.held, settings.seed)
    featurizer = Featurizer(Concepts(data.concepts), settings.options, Repair(vocabulary(data, settings.seed)))
    rows = featurized([s.text for s in sentences], featurizer, lambda share: progress("features", share))
    classes, kinds = targets(sentences, experts, categories, data.categories)
    inside = np.array([s.group not in held for s in sentences])
    weights = balance(sentences)
    altered = np.array([s.said and s.text != data.sources[s.group].template.source for s in sentences])
    trained = fit(
        rows, classes, kinds, (len(experts), len(categories)), inside, ~inside & ~altered, weights, settings,
        lambda share: progress("training", share),
    )  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    figures = trained.figures | export(trained.network, out, rows, np.flatnonzero(~inside)[:500])
    write_lexicon(data, out, settings.seed)
    figures |= {"sentences": len(sentences), "templates": len(data.sources), "doubtful": len(doubtful)}
    manifest = write_manifest(data, out, settings, trained.calibration, figures, "embedded", "model.onnx")
    (out / "report.md").write_text(report(manifest, doubtful, time.perf_counter() - began_s), encoding="utf-8")
    return manifest


def write_lexicon(data: Data, out: Path, seed: int) -> None:
    """What the features are made with."""
    (out / "concepts.json").write_text(_json(Concepts(data.concepts).entries), encoding="utf-8")
    (out / "words.json").write_text(_json(vocabulary(data, seed)), encoding="utf-8")


def write_manifest(
    data: Data,
    out: Path,
    settings: Settings,
    calibration: Calibration,
    figures: Mapping[str, Any],
    encoder: str,
    model: str,
) -> dict[str, Any]:
    """`model`: the file of the weights. The same bytes for the same data, settings and packages."""
    manifest = {
        "encoder": encoder,
        "experts": list(data.experts),
        "categories": sorted(set(data.categories.values())),
        "category_of": dict(sorted(data.categories.items())),
        "features": {"version": VERSION} | asdict(settings.options),
        "temperature": calibration.temperature,
        "category_temperature": calibration.category_temperature,
        "out_of_scope": calibration.out_of_scope,
        "seed": settings.seed,
        "settings": {k: v for k, v in asdict(settings).items() if k not in ("seed", "options")},
        "sha256": {name: _sha(out / name) for name in (model, "concepts.json", "words.json")},
        "training_data_sha256": data.digest(),
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "figures": dict(figures),
    }
    (out / "manifest.json").write_text(_json(manifest), encoding="utf-8")
    return manifest


def featurized(texts: Sequence[str], featurizer: Featurizer, progress: Callable[[float], None]) -> Rows:
    found = []
    for number, text in enumerate(texts):
        found.append(featurizer.features(text))
        if number % 1000 == 0:
            progress(number / len(texts))
    return rows_of(found)


def targets(
    sentences: Sequence[Sentence], experts: Sequence[str], categories: Sequence[str], category_of: Mapping[str, str]
) -> tuple[Ints, Ints]:
    """Class and category of each sentence; the last of each is out of scope."""
    number = {expert: i for i, expert in enumerate(experts)} | {OUT_OF_SCOPE: len(experts)}
    place = {category: i for i, category in enumerate(categories)}
    kind = {expert: place[category_of[expert]] for expert in experts} | {OUT_OF_SCOPE: len(categories)}
    return (
        np.array([number[s.expert] for s in sentences], np.int32),
        np.array([kind[s.expert] for s in sentences], np.int32),
    )


def balance(sentences: Sequence[Sentence]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Each expert counts about the same in each language, however many sentences it has; out of scope as many
    experts."""
    counts: dict[tuple[str, str], int] = {}
    for s in sentences:
        counts[s.expert, s.language] = counts.get((s.expert, s.language), 0) + 1
    usual = float(np.median([n for (expert, _), n in counts.items() if expert != OUT_OF_SCOPE] or [1]))
    share = {place: (usual / n) ** 0.5 if place[0] != OUT_OF_SCOPE else 1.0 for place, n in counts.items()}
    return np.array([min(share[s.expert, s.language], 4.0) for s in sentences], np.float32)


def fit(
    rows: Rows,
    classes: Ints,
    kinds: Ints,
    counts: tuple[int, int],
    inside: np.ndarray[Any, np.dtype[np.bool_]],
    judges: np.ndarray[Any, np.dtype[np.bool_]],
    weights: np.ndarray[Any, np.dtype[np.float32]],
    settings: Settings,
    progress: Callable[[float], None],
) -> Trained:
    """`counts`: experts and categories, without out of scope. `inside`: trains. `judges`: calibrates."""
    sizes = (settings.options.table, counts[0] + 1, counts[1] + 1)
    train_at, held_at = np.flatnonzero(inside), np.flatnonzero(judges)
    network = train(
        rows.take(train_at), classes[train_at], kinds[train_at], sizes, settings.recipe, settings.seed,
        weights[train_at], progress,
    )  # fmt: skip
    if not len(held_at):
        return Trained(network, Calibration(1.0, 1.0, 0.5), {"held_sentences": 0})
    by_class, by_kind = network.forward(rows.take(held_at))
    calibration = calibrate(by_class, by_kind, classes[held_at], kinds[held_at])
    return Trained(network, calibration, held_figures(by_class, classes[held_at], counts[0], calibration))


def held_figures(by_class: Any, labels: Ints, experts: int, calibration: Calibration) -> dict[str, Any]:
    shares = softmax(by_class / np.float32(calibration.temperature))
    scoped = labels < experts
    top = shares[:, :experts].argmax(axis=1)
    right = top == labels
    confidence = shares[:, :experts].max(axis=1)
    odd = oddness(shares)
    rejected = odd > calibration.out_of_scope
    return {
        "held_sentences": len(labels),
        "held_accuracy": round(float(right[scoped].mean()), 4) if scoped.any() else 0.0,
        "held_confidence": round(float(confidence[scoped].mean()), 4) if scoped.any() else 0.0,
        "held_ece": round(expected_error(confidence[scoped], right[scoped]), 4) if scoped.any() else 0.0,
        "held_out_of_scope_recall": round(float(rejected[~scoped].mean()), 4) if (~scoped).any() else 0.0,
        "held_false_rejects": round(float(rejected[scoped].mean()), 4) if scoped.any() else 0.0,
    }


def export(network: Ensemble, out: Path, rows: Rows, check: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, Any]:
    """model.onnx, and how far it is from the network in float32. Raises ConfigError: they disagree."""
    import onnxruntime

    from moe_robot.training.export import as_onnx

    (out / "model.onnx").write_bytes(as_onnx(network))
    session = onnxruntime.InferenceSession(str(out / "model.onnx"), providers=["CPUExecutionProvider"])
    part = rows.take(check)
    wished, _ = network.forward(part) if part.count else (np.zeros((0, 1)), None)
    worst, same = 0.0, 0
    for i in range(part.count):
        at = slice(part.starts[i], part.starts[i + 1])
        got = session.run(["classes"], {"ids": part.ids[at].astype(np.int64), "weights": part.weights[at]})[0]
        worst = max(worst, float(np.abs(got - wished[i]).max()))
        same += int(got.argmax() == wished[i].argmax())
    if part.count and same < 0.98 * part.count:
        raise ConfigError(f"the exported model agrees with the trained one on {same} of {part.count} sentences only")
    return {
        "model_bytes": (out / "model.onnx").stat().st_size,
        "onnx_checked": part.count,
        "onnx_same_expert": same,
        "onnx_largest_difference": round(worst, 3),
    }


def report(manifest: Mapping[str, Any], doubtful: Sequence[str], seconds: float) -> str:
    """`report.md`. Only its line on time differs between two runs."""
    f = manifest["figures"]
    model, sha = next(iter(manifest["sha256"].items()))
    checked = ""
    if "onnx_checked" in f:
        checked = (
            f"; it names the same expert as the network in float32 for {f['onnx_same_expert']} of {f['onnx_checked']}, "
            f"largest difference of a logit {f['onnx_largest_difference']}"
        )
    lines = [
        "# The trained router",
        "",
        f"{len(manifest['experts'])} experts in {len(manifest['categories'])} categories, seed {manifest['seed']}. "
        f"Made by `moe-robot train-router` in {seconds:.0f} s on {platform.machine()}.",
        "",
        f"- {f['sentences']} sentences from {f['templates']} templates and examples; {f['held_sentences']} of them, "
        "none with a source of those that train, calibrate and did not train",
        f"- on these: accuracy {f.get('held_accuracy')}, mean confidence {f.get('held_confidence')}, "
        f"ECE {f.get('held_ece')}, out of scope found {f.get('held_out_of_scope_recall')} at "
        f"{f.get('held_false_rejects')} false rejects",
        f"- temperature {manifest['temperature']}, of the categories {manifest['category_temperature']}; out of scope "
        f"above {manifest['out_of_scope']}",
        f"- {model}: {f['model_bytes'] / 1e6:.1f} MB, sha256 {sha}{checked}",
        f"- training data: sha256 {manifest['training_data_sha256']}",
        f"- {', '.join(f'{name} {version}' for name, version in manifest['versions'].items())}",
        "",
        "These sentences come from the same authors as the training sentences. How the router does on other people's: "
        "`bench/results/router.*.md`.",
        "",
    ]
    if doubtful:
        lines += ["Left out, because templates of two experts make them:", ""]
        lines += [f"- {line}" for line in doubtful[:200]]
        lines += [f"- and {len(doubtful) - 200} more"] if len(doubtful) > 200 else []
        lines.append("")
    return "\n".join(lines)


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
