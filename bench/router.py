"""How well and how fast the routers choose among the experts.

    python bench/router.py [--sets test|dev] [--model FOLDER] [--no-keep]

Utterances by authors who never saw what the router is trained on (test/data/routing/), as they are, badly typed, badly
heard, in two languages at once; requests that no expert is for. The headline is of those whose label a second, blind
reader shares and that no training template makes. Rules, learned, hierarchical, and the rules with the
learned router behind them, as the robot runs them. Beside them TF-IDF and a linear SVM on the same training sentences.
How they grow with the number of experts, and how training repeats itself: `router_growth.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.report import SUMMARY_HEAD, Report, summary, wilson
from bench.router_sets import Case, heard_badly, read_sets, seen_in_training, typed_badly
from moe_robot.config import Config, load_config
from moe_robot.errors import ConfigError
from moe_robot.experts.card import ExpertCard, load_cards, shipped_folder
from moe_robot.lexicon import lexicon_of
from moe_robot.paths import share_dir
from moe_robot.router.cascade import READER, Cascade, Router
from moe_robot.router.hierarchical import HierarchicalRouter
from moe_robot.router.learned import LearnedRouter, oddness
from moe_robot.router.model_folder import Manifest
from moe_robot.router.parser import SentenceParser
from moe_robot.router.rule_based import RuleRouter
from moe_robot.structs import LANGUAGES, Route, Utterance
from moe_robot.training.calibrate import expected_error
from moe_robot.training.dataset import OUT_OF_SCOPE, Data, read_data, sample
from moe_robot.training.make import Settings
from moe_robot.world.home import load_home

HEAD = ["set", "n", "accuracy", "95 %", "top 2", "macro F1", "confidence", "ECE"]
FALSE_REJECTS = 0.05


@dataclass(frozen=True)
class Answer:
    case: Case
    route: Route
    odd: float = 0.0  # how much it looks out of scope

    @property
    def named(self) -> list[str]:
        """Best first; also when the router abstains."""
        return list(dict.fromkeys([e for e in (self.route.expert,) if e] + [e for e, _ in self.route.ranked]))

    @property
    def right(self) -> bool:
        return self.named[:1] == [self.case.expert]


def ask(router: Router, cases: Sequence[Case]) -> list[Answer]:
    """`odd` from the learned router's own shares, where it has any."""
    learned = router.learned if isinstance(router, Cascade) else router
    found = []
    for number, case in enumerate(cases):
        route = router.route(Utterance(case.text, case.language, t_s=float(number)))
        odd = 0.0
        if isinstance(learned, LearnedRouter):
            shares = learned._shares(learned.scorer, case.text)
            odd = oddness(shares)
        found.append(Answer(case, route, odd))
    return found


def macro_f1(answers: Sequence[Answer]) -> float:
    right, said, wished = Counter[str](), Counter[str](), Counter[str]()
    for answer in answers:
        first = (answer.named or [""])[0]
        said[first] += 1
        wished[answer.case.expert] += 1
        right[first] += answer.right
    return sum(2 * right[e] / (said[e] + wished[e]) for e in wished) / max(len(wished), 1)


def cells(name: str, answers: Sequence[Answer]) -> list[str]:
    n, right = len(answers), np.array([a.right for a in answers])
    confidence = np.array([a.route.confidence for a in answers])
    low, high = wilson(int(right.sum()), n)
    second = sum(a.case.expert in a.named[:2] for a in answers) / n
    return [
        name, str(n), f"{100 * right.mean():.1f}", f"{100 * low:.1f}-{100 * high:.1f}", f"{100 * second:.1f}",
        f"{macro_f1(answers):.3f}", f"{confidence.mean():.3f}", f"{expected_error(confidence, right):.3f}",
    ]  # fmt: skip


def operating(answers: Sequence[Answer]) -> list[str]:
    """What the robot does with them: right, wrong, abstains as unsure or as out of scope (percent)."""
    n = len(answers)
    taken = [a for a in answers if a.route.expert]
    wrong = sum(a.route.expert != a.case.expert for a in taken)
    rules = Counter(a.route.rule for a in answers if not a.route.expert)
    outside = rules.pop("out_of_scope", 0)
    return [f"{100 * share / n:.1f}" for share in (len(taken) - wrong, wrong, sum(rules.values()), outside)]


def out_of_scope_recall(inside: Sequence[Answer], outside: Sequence[Answer]) -> tuple[float, float, float]:
    """Share of the outside found at 5 % false rejects of the inside, and its interval."""
    threshold = float(np.quantile([a.odd for a in inside], 1.0 - FALSE_REJECTS))
    found = sum(a.odd > threshold for a in outside)
    return found / len(outside), *wilson(found, len(outside))


def write_metadata(answers: Sequence[Answer], cards: dict[str, ExpertCard], data: Data, manifest: Manifest) -> None:
    """`metadata.json` of each shipped expert: how it was made, and how often the learned router finds it."""
    templates = Counter((source.expert, source.language) for source in data.sources)
    groups = _by_expert(answers)
    for id, card in sorted(cards.items()):
        found: dict[str, dict[str, float | int]] = {}
        for language in LANGUAGES:
            group = [a for a in groups.get(id, []) if a.case.language == language]
            if group:
                right = sum(a.right for a in group)
                low, high = wilson(right, len(group))
                found[language] = {"n": len(group), "right": right, "low": round(low, 3), "high": round(high, 3)}
        metadata = {
            "made": "card and paraphrases written for this project, synthetic; no model files of its own",
            "training": {"templates": {language: templates[id, language] for language in LANGUAGES}},
            "router": {
                "found": found,
                "on": "test/data/routing/test_*.yaml where two readers agree and no training sentence is the same, "
                "by the learned router alone; bench/router.py",
                "model_sha256": manifest.data["sha256"]["model.onnx"],
            },
        }
        text = json.dumps(metadata, ensure_ascii=False, indent=2) + "\n"
        (card.folder / "metadata.json").write_text(text, encoding="utf-8")


def built(cfg: Config, cards: dict[str, ExpertCard], model: Path) -> dict[str, Router]:
    home = load_home(cfg.robot.home)
    parser = SentenceParser(lexicon_of(home), cfg)
    rules = RuleRouter(parser, {intent: card.id for card in cards.values() for intent in card.intents})
    learned = LearnedRouter(model, cfg.router, cards)
    return {
        "rules": rules,
        "learned": learned,
        "hierarchical": HierarchicalRouter(model, cfg.router, cards),
        "rules, then learned": Cascade(rules, learned, [id for id, card in cards.items() if READER in card.chain]),
    }


def accuracy(
    report: Report, routers: dict[str, Router], sets: dict[str, list[Case]], cards: dict[str, ExpertCard]
) -> list[Answer]:
    """Its tables. What the learned router said of the utterances as they are comes back."""
    scoped = {name: cases for name, cases in sets.items() if not name.startswith("out of scope")}
    answers = {name: {key: ask(router, cases) for key, cases in sets.items()} for name, router in routers.items()}
    for name, found in answers.items():
        report.text(f"## {name}")
        rows = [cells(key, found[key]) for key in scoped]
        both = [a for key in LANGUAGES for a in found[key]]
        report.table(HEAD, [cells("both languages", both), *rows])
        rows = [[key, *operating(found[key])] for key in sets]
        report.table(["in percent", "right", "wrong", "abstains: unsure", "abstains: out of scope"], rows)
        if name in ("learned", "hierarchical"):
            lines = []
            for key, inside, outside in (
                ("both", both, found["out of scope"]),
                *(
                    (lang, found[lang], [a for a in found["out of scope"] if a.case.language == lang])
                    for lang in LANGUAGES
                ),
            ):
                share, low, high = out_of_scope_recall(inside, outside)
                lines.append(f"{key} {100 * share:.1f} ({100 * low:.1f}-{100 * high:.1f}, n {len(outside)})")
            report.text(f"Out of scope found at 5 % false rejects of these sets, in percent: {'; '.join(lines)}.")
        if name == "learned":
            by_category(report, both, cards)
            by_author(report, both)
            by_kind(report, found["out of scope"])
    gap = {
        name: {lang: np.mean([a.right for a in found[lang]]) for lang in LANGUAGES} for name, found in answers.items()
    }
    report.text(
        "Gap between the languages in points: "
        + ", ".join(f"{name} {100 * abs(each['ru'] - each['en']):.1f}" for name, each in gap.items())
        + "."
    )
    return [a for key in LANGUAGES for a in answers["learned"][key]]


def by_category(report: Report, answers: Sequence[Answer], cards: dict[str, ExpertCard]) -> None:
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(cards[answer.case.expert].category, []).append(answer)
    report.table(HEAD, [cells(category, group) for category, group in sorted(groups.items())])
    worst = sorted(
        (
            (sum(a.right for a in group) / len(group), expert, len(group))
            for expert, group in _by_expert(answers).items()
        )
    )[:12]
    report.text("Weakest experts: " + ", ".join(f"{e} {100 * share:.0f} % of {n}" for share, e, n in worst) + ".")
    mixed_up = Counter((a.case.expert, (a.named or ["nobody"])[0]) for a in answers if not a.right)
    report.text("Mixed up most: " + ", ".join(f"{a} for {b} {n}x" for (b, a), n in mixed_up.most_common(15)) + ".")


def by_author(report: Report, answers: Sequence[Answer]) -> None:
    """Where the files name their authors."""
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.case.author, []).append(answer)
    if len(groups) > 1:
        report.table(["author", *HEAD[1:]], [cells(author, group) for author, group in sorted(groups.items())])


def _by_expert(answers: Sequence[Answer]) -> dict[str, list[Answer]]:
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.case.expert, []).append(answer)
    return groups


def by_kind(report: Report, outside: Sequence[Answer]) -> None:
    groups: dict[str, list[Answer]] = {}
    for answer in outside:
        groups.setdefault(answer.case.kind or "all", []).append(answer)
    rows = [[kind, str(len(group)), *operating(group)[1:]] for kind, group in sorted(groups.items())]
    report.table(["out of scope, by kind", "n", "taken by an expert, %", "unsure, %", "out of scope, %"], rows)


def baseline(report: Report, data: Data, sets: dict[str, list[Case]]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    sentences, _ = sample(data, Settings().per_expert, Settings().out_of_scope, 1, Settings().copies)
    sentences = [s for s in sentences if s.expert != OUT_OF_SCOPE]
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+|[^\w\s]")
    chars = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, max_features=200_000)
    rows = []
    for name, features in (("words", words), ("words and characters", make_union(words, chars))):
        model = make_pipeline(features, LinearSVC(C=0.5))
        began_s = time.perf_counter()
        model.fit([s.text for s in sentences], [s.expert for s in sentences])
        took_s = time.perf_counter() - began_s
        right = {
            key: float(np.mean(model.predict([c.text for c in cases]) == [c.expert for c in cases]))
            for key, cases in sets.items()
            if not key.startswith("out of scope")
        }
        rows.append([name, *(f"{100 * share:.1f}" for share in right.values()), f"{took_s:.0f} s"])
    report.text("## TF-IDF and a linear SVM, trained on the same sentences: accuracy in percent")
    report.table(["features", *(key for key in sets if not key.startswith("out of scope")), "training"], rows)


def clock(routers: dict[str, Router], cases: Sequence[Case], experts: int) -> list[list[str]]:
    """Milliseconds an utterance, each text new to the caches of words only as far as its words are."""
    rows = []
    for name, router in routers.items():
        for case in cases[:50]:
            router.route(Utterance(case.text, case.language))
        samples = []
        for number, case in enumerate(cases):
            utterance = Utterance(case.text, case.language, t_s=float(number))
            began_s = time.perf_counter()
            router.route(utterance)
            samples.append(1e3 * (time.perf_counter() - began_s))
        rows.append([name, str(experts), *summary(samples).cells(3)])
    return rows


LOAD = """
import os, sys, time
os.environ['OMP_NUM_THREADS'] = '1'
sys.path.insert(0, {root!r})
import psutil
from pathlib import Path
from moe_robot.config import load_config
from moe_robot.structs import Utterance
cfg = load_config().router
import moe_robot.router.learned as learned, numpy
me = psutil.Process()
before, began = me.memory_info().rss, time.perf_counter()
router = learned.LearnedRouter(Path({model!r}), cfg)
router.route(Utterance('поезжай на кухню', 'ru'))
print(time.perf_counter() - began, (me.memory_info().rss - before) / 2**20)
"""


def load(model: Path) -> tuple[float, float]:
    """Seconds and MiB of loading in a fresh process: dictionary, onnxruntime, model, first utterance."""
    root = str(Path(__file__).resolve().parents[1])
    code = LOAD.format(root=root, model=str(model))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, size = done.stdout.split()
    return float(seconds), float(size)


def one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sets", default="test", choices=("test", "dev"))
    arguments.add_argument("--model", type=Path, default=share_dir() / "models" / "router")
    arguments.add_argument("--no-keep", action="store_true", help="only print, write no result")
    options = arguments.parse_args()
    cfg, cards = load_config(), load_cards([shipped_folder()])
    data = read_data([shipped_folder()], share_dir() / "models" / "router")
    try:
        cases, outside = read_sets(options.sets), read_sets(f"oos_{options.sets}")
        both_languages = read_sets("mixed_test") if options.sets == "test" else []
    except ConfigError as error:
        arguments.error(str(error))
    seen = set(seen_in_training([*cases, *outside, *both_languages], data))
    kept = [case for case in cases if not case.second and case.text not in seen]
    sets: dict[str, list[Case]] = {lang: [c for c in kept if c.language == lang] for lang in LANGUAGES}
    for language in LANGUAGES:
        sets[f"{language}, badly typed"] = typed_badly(sets[language])
        sets[f"{language}, badly heard"] = heard_badly(sets[language])
    if both_languages:
        sets["two languages at once"] = [c for c in both_languages if not c.second and c.text not in seen]
    sets["out of scope"] = [c for c in outside if not c.second and c.text not in seen]
    for language in LANGUAGES:
        sets[f"{language}, all lines, first label"] = [c for c in cases if c.language == language]
    sets["out of scope, all lines"] = outside
    name = "router" if options.sets == "test" else "router_dev"
    report = Report(
        name, "Which expert: accuracy, confidence, time", ("onnxruntime", "numpy", "pymorphy3", "scikit-learn")
    )
    routers = built(cfg, cards, options.model)
    manifest: Manifest = routers["learned"].scorer.manifest  # type: ignore[attr-defined]
    everything = [*cases, *outside, *both_languages]
    doubted = sum(1 for c in everything if c.second)
    known = sum(1 for c in everything if not c.second and c.text in seen)
    report.text(
        f"{len(cards)} experts; {len(cases)} utterances for them, {len(outside)} for nobody ({options.sets} sets of "
        "`test/data/routing/`, written by hand by other authors than the training data, who had not seen it). Left "
        f"out: {doubted} whose label a second reader, who did not see it, does not share, and {known} that some "
        "training template or sentence makes, word for word or by its slots; all lines with the first label have rows "
        f"of their own. Model sha256 {manifest.data['sha256']['model.onnx'][:12]}, threshold "
        f"{cfg.router.confidence_threshold}."
    )
    report.text(
        "Accuracy: the likeliest expert is the right one, whether the router dares to name it or not; what it dares is "
        "in the tables in percent."
    )
    answers = accuracy(report, routers, sets, cards)
    baseline(report, data, sets)
    one_core()
    report.text("## Time of one utterance, milliseconds, one core")
    rows = clock(routers, cases, len(cards))
    report.table(["router", "experts", *SUMMARY_HEAD], rows)
    seconds, size_mb = load(options.model)
    report.text(
        f"Loading in a fresh process, with the Russian dictionary, onnxruntime and the first utterance: "
        f"{seconds:.2f} s, {size_mb:.0f} MiB. Load of the machine: {os.getloadavg()[0]:.1f}."
    )
    report.write(keep=not options.no_keep)
    if options.sets == "test" and not options.no_keep:
        write_metadata(answers, cards, data, manifest)


if __name__ == "__main__":
    main()
