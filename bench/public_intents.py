"""The router's pipeline on public sets of intents, as they were published, beside TF-IDF and a linear SVM.

    python bench/public_intents.py --clinc FOLDER --banking FOLDER [--encoder FOLDER] [--no-keep]

CLINC150 (Larson et al. 2019, github.com/clinc/oos-eval, `data_full.json`) and Banking77 (Casanueva et al. 2020,
github.com/PolyAI-LDN/task-specific-datasets, `banking_data/`). Local copies: nothing is downloaded, nothing is kept.
The same features (the robot's concepts included), network and recipe (more rounds, for there are fewer sentences) as
`moe-robot train-router`; the sentences are those of the sets, none is made from templates or altered. `semantic-router`
is measured with a local sentence encoder where both are there.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.report import Report, wilson
from moe_robot.config import read_yaml
from moe_robot.paths import share_dir
from moe_robot.router.features import Concepts, Featurizer
from moe_robot.training.calibrate import calibrate, expected_error, oddness
from moe_robot.training.make import featurized
from moe_robot.training.network import Recipe, softmax, train

OUTSIDE = "out of scope"
HEAD = ["method", "accuracy in scope", "95 %", "out of scope found", "at false rejects", "ECE", "training"]
PUBLISHED = {
    "CLINC150": (
        "Published (Larson et al. 2019): BERT 96.9 in scope, 40-52 out of scope; SVM with TF-IDF 92.7 and 41."
    ),
    "Banking77": "Published: SVM 91.2.",
}


@dataclass(frozen=True)
class Texts:
    texts: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Intents:
    """`held` calibrates; a set that has none is split, every tenth of its training sentences."""

    name: str
    train: Texts
    held: Texts
    test: Texts


def clinc(folder: Path) -> Intents:
    data = json.loads((folder / "data_full.json").read_text(encoding="utf-8"))

    def part(name: str) -> Texts:
        rows = [(text, label) for text, label in data[name]] + [(text, OUTSIDE) for text, _ in data[f"oos_{name}"]]
        return Texts(tuple(text for text, _ in rows), tuple(label for _, label in rows))

    return Intents("CLINC150", part("train"), part("val"), part("test"))


def banking(folder: Path) -> Intents:
    def part(name: str) -> list[tuple[str, str]]:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return [(row["text"], row["category"]) for row in csv.DictReader(file)]

    rows = part("train")
    kept = [row for i, row in enumerate(rows) if i % 10]
    held = rows[::10]
    texts = [Texts(tuple(t for t, _ in each), tuple(c for _, c in each)) for each in (kept, held, part("test"))]
    return Intents("Banking77", *texts)


def row(name: str, named: Sequence[str], wished: Sequence[str], ece: str, took_s: float) -> list[str]:
    """Out of scope is a class like another here: a sentence of an intent that is called out of scope is wrong."""
    inside = [(a, b) for a, b in zip(named, wished, strict=True) if b != OUTSIDE]
    right = sum(a == b for a, b in inside)
    low, high = wilson(right, len(inside))
    outside = [a == OUTSIDE for a, b in zip(named, wished, strict=True) if b == OUTSIDE]
    found = f"{100 * np.mean(outside):.1f}" if outside else ""
    rejects = f"{100 * np.mean([a == OUTSIDE for a, _ in inside]):.1f}" if outside else ""
    interval = f"{100 * low:.1f}-{100 * high:.1f}"
    return [name, f"{100 * right / len(inside):.1f}", interval, found, rejects, ece, f"{took_s:.0f} s"]


def ours(intents: Intents, recipe: Recipe) -> list[list[str]]:
    began_s = time.perf_counter()
    concepts = {name: tuple(words) for name, words in read_yaml(share_dir() / "models/router/concepts.yaml").items()}
    featurizer = Featurizer(Concepts(concepts))
    names = sorted(set(intents.train.labels) - {OUTSIDE})
    number = {name: i for i, name in enumerate([*names, OUTSIDE])}
    rows, targets = {}, {}
    for key, part in (("train", intents.train), ("held", intents.held), ("test", intents.test)):
        rows[key] = featurized(part.texts, featurizer, lambda share: None)
        targets[key] = np.array([number[label] for label in part.labels], np.int32)
    none = np.zeros(len(targets["train"]), np.int32)
    sizes = (featurizer.options.table, len(number), 2)
    network = train(rows["train"], targets["train"], none, sizes, replace(recipe, category_loss=0.0), seed=1)
    by_class, by_kind = network.forward(rows["held"])
    calibration = calibrate(by_class, by_kind, targets["held"], np.zeros(len(targets["held"]), np.int32))
    took_s = time.perf_counter() - began_s
    shares = softmax(network.forward(rows["test"])[0] / np.float32(calibration.temperature))
    top = shares[:, :-1].argmax(axis=1)
    inside = targets["test"] < len(names)
    ece = f"{expected_error(shares[:, :-1].max(axis=1)[inside], (top == targets['test'])[inside]):.3f}"
    every = [*names, OUTSIDE]
    found = [
        row(
            "this router, all classes alike",
            [every[i] for i in shares.argmax(axis=1)],
            intents.test.labels,
            ece,
            took_s,
        )
    ]
    if OUTSIDE in intents.test.labels:
        odd = oddness(shares) > calibration.out_of_scope
        named = [OUTSIDE if o else names[i] for o, i in zip(odd, top, strict=True)]
        found.append(row("this router, as it abstains (5 % on the held set)", named, intents.test.labels, ece, took_s))
        found.append(
            row("this router, the likeliest intent", [names[i] for i in top], intents.test.labels, ece, took_s)
        )
    return found


def svm(intents: Intents) -> list[list[str]]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    chars = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    found = []
    for name, features in (("words", words), ("words and characters", make_union(words, chars))):
        model = make_pipeline(features, LinearSVC())
        began_s = time.perf_counter()
        model.fit(intents.train.texts, intents.train.labels)
        took_s = time.perf_counter() - began_s
        named = list(model.predict(intents.test.texts))
        found.append(row(f"TF-IDF of {name}, LinearSVC", named, intents.test.labels, "", took_s))
    return found


def semantic_router(intents: Intents, encoder: Path | None) -> list[list[str]] | str:
    """Its rows, or why there are none."""
    try:
        from semantic_router import Route
        from semantic_router.encoders import LocalEncoder
        from semantic_router.routers import IndexedRouter
    except ImportError as error:
        return f"semantic-router was not measured: {error}."
    if encoder is None:
        return "semantic-router was not measured: no local sentence encoder was given (--encoder FOLDER)."
    began_s = time.perf_counter()
    by_name: dict[str, list[str]] = {}
    for text, label in zip(intents.train.texts, intents.train.labels, strict=True):
        if label != OUTSIDE:
            by_name.setdefault(label, []).append(text)
    routes = [Route(name=name, utterances=texts) for name, texts in by_name.items()]
    router = IndexedRouter(encoder=LocalEncoder(name=str(encoder)), routes=routes)
    version = importlib.metadata.version("semantic-router")
    took_s = time.perf_counter() - began_s
    named = [router(text).name or OUTSIDE for text in intents.test.texts]
    rows = [
        row(f"semantic-router {version}, {encoder.parent.name}, as it comes", named, intents.test.labels, "", took_s)
    ]
    held = [label if label != OUTSIDE else None for label in intents.held.labels]
    router.fit(intents.held.texts, held)
    # It abstains below the confidence that loses 5 % of the held sentences that have an intent, as this router does.
    sure = sorted(
        router(text, threshold=0.0).confidence
        for text, label in zip(intents.held.texts, held, strict=True)
        if label is not None
    )
    bar = sure[int(0.05 * len(sure))]
    named = [router(text, threshold=bar).name or OUTSIDE for text in intents.test.texts]
    took_s = time.perf_counter() - began_s
    return [*rows, row("the same, fitted, 5 % of the held set refused", named, intents.test.labels, "", took_s)]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--clinc", type=Path, help="folder with data_full.json")
    arguments.add_argument("--banking", type=Path, help="folder with train.csv and test.csv")
    arguments.add_argument("--encoder", type=Path, help="folder of a sentence encoder, for semantic-router")
    arguments.add_argument("--no-keep", action="store_true", help="only print, write no result")
    options = arguments.parse_args()
    wanted = [read(folder) for read, folder in ((clinc, options.clinc), (banking, options.banking)) if folder]
    if not wanted:
        arguments.error("give --clinc FOLDER, --banking FOLDER or both")
    report = Report("public_intents", "Public sets of intents", ("numpy", "scipy", "scikit-learn"))
    for intents in wanted:
        report.text(
            f"## {intents.name}: {len(intents.train.texts)} sentences to train, "
            f"{len(intents.held.texts)} to calibrate, "
            f"{len(intents.test.texts)} to test, {len(set(intents.train.labels) - {OUTSIDE})} intents"
        )
        rows = ours(intents, Recipe(epochs=8)) + svm(intents)
        other = semantic_router(intents, options.encoder)
        report.table(HEAD, rows if isinstance(other, str) else rows + other)
        report.text(PUBLISHED[intents.name])
        if isinstance(other, str):
            report.text(other)
    report.write(keep=not options.no_keep)


if __name__ == "__main__":
    main()
