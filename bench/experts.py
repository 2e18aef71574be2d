"""What loaded experts cost: start, answers, end, memory; the places of a few shared by many; a budget of memory.

    python bench/experts.py [--rounds 5] [--questions 300] [--seed 1] [--no-keep]

Every expert whose chain has an answerer with a process of its own is loaded `--rounds` times, asked its own examples,
and unloaded. Then `--questions` drawn at random (the k-th expert with weight 1/k) share `experts.cache_size` places.
Then copies of all experts with unlimited places share budgets of memory, which is measured every 10 ms from outside:
the RSS of all workers by psutil.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import psutil

from bench.report import SUMMARY_HEAD, Report, summary
from moe_robot.config import Config, load_config
from moe_robot.experts.card import ExpertCard, load_cards, shipped_folder
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.manager import ExpertManager
from moe_robot.experts.registry import TOOLS
from moe_robot.structs import LANGUAGES, Reply, Route, Utterance
from moe_robot.world.home import Home, load_home

MB = 2**20
BUDGETS_MB = (256.0, 512.0)
COPIES = 4
LOOK_S = 0.01
PACKAGES = ("psutil", "sympy", "pint", "ortools")


@dataclass
class Bench:
    cfg: Config
    home: Home

    def manager(self, cards: Sequence[ExpertCard], **changed: float) -> ExpertManager:
        """Each card with its isolated answerers alone: the others cost no process."""
        isolated = [dataclasses.replace(card, chain=tuple(n for n in card.chain if own(n))) for card in cards]
        cfg = dataclasses.replace(self.cfg.experts, **changed)  # type: ignore[arg-type]
        return ExpertManager({card.id: card for card in isolated}, cfg)

    def ask(self, manager: ExpertManager, card: ExpertCard, utterance: Utterance) -> tuple[Reply, float]:
        """The reply and its milliseconds."""
        context = AnswerContext(card, self.home, self.cfg, datetime.now().astimezone())
        began_s = time.perf_counter()
        reply = manager.answer(Route(card.id, 1.0, "bench"), utterance, context)
        return reply, 1e3 * (time.perf_counter() - began_s)


def own(name: str) -> bool:
    return name in TOOLS and TOOLS[name].isolated


def examples(card: ExpertCard) -> list[Utterance]:
    return [Utterance(text, language) for language in LANGUAGES for text in card.examples[language]]


@dataclass
class Cost:
    """Of one expert."""

    load_ms: list[float]
    first_ms: list[float]
    hit_ms: list[float]
    unload_ms: list[float]
    rss_mb: list[float]
    answered: int
    asked: int


def cost(bench: Bench, card: ExpertCard, rounds: int) -> Cost:
    found = Cost([], [], [], [], [], 0, 0)
    for _ in range(rounds):
        manager = bench.manager([card], max_ram_mb=4096.0)
        for count, utterance in enumerate(examples(card)):
            reply, took_ms = bench.ask(manager, card, utterance)
            (found.hit_ms if count else found.first_ms).append(took_ms)
            found.answered += bool(reply.text or reply.draft)
            found.asked += 1
        metrics = manager.metrics()
        found.load_ms.append(1e3 * metrics.load_s[card.id])
        found.rss_mb.append(metrics.loaded[0].rss_bytes / MB)
        began_s = time.perf_counter()
        manager.close()
        found.unload_ms.append(1e3 * (time.perf_counter() - began_s))
    return found


def one_by_one(bench: Bench, cards: Sequence[ExpertCard], rounds: int, out: Report) -> None:
    rows = []
    for card in cards:
        try:
            each = cost(bench, card, rounds)
        except (KeyError, IndexError):
            rows.append([card.id, "not loaded", *["-"] * 6])
            continue
        hits = summary(each.hit_ms)
        rows.append(
            [
                card.id,
                f"{summary(each.load_ms).median:.0f}",
                f"{summary(each.first_ms).median:.0f}",
                f"{hits.median:.1f}",
                f"{hits.worst:.0f}",
                f"{summary(each.unload_ms).median:.1f}",
                f"{summary(each.rss_mb).median:.0f}",
                f"{each.answered}/{each.asked}",
            ]
        )
    out.text(
        f"One by one, {rounds} rounds, their own examples as questions. Load: from nothing to libraries imported; "
        "first: the first answer, loading included; hit: the others. RSS after the answers. Medians, ms and MB."
    )
    out.table(["expert", "load", "first", "hit", "worst hit", "unload", "RSS", "answered"], rows)


def shared_places(bench: Bench, cards: Sequence[ExpertCard], questions: int, seed: int, out: Report) -> None:
    rng = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, len(cards) + 1)
    order = rng.permutation(len(cards))
    manager = bench.manager(cards)
    hit_ms: list[float] = []
    miss_ms: list[float] = []
    for pick in rng.choice(len(cards), size=questions, p=weights / weights.sum()):
        card = cards[int(order[pick])]
        said = examples(card)
        misses = manager.metrics().misses
        _, took_ms = bench.ask(manager, card, said[int(rng.integers(len(said)))])
        (miss_ms if manager.metrics().misses > misses else hit_ms).append(took_ms)
    metrics = manager.metrics()
    manager.close()
    out.text(
        f"{questions} questions to {len(cards)} experts, the k-th with weight 1/k, in {bench.cfg.experts.cache_size} "
        f"places: {metrics.hits} hits, {metrics.misses} misses, {metrics.evictions} evictions, "
        f"{metrics.crashes} crashes, {metrics.timeouts} timeouts."
    )
    rows = [["hit", *summary(hit_ms).cells(1)], ["miss: unload one, load one, answer", *summary(miss_ms).cells(0)]]
    out.table(["ms for one question", *SUMMARY_HEAD], rows)


class Watch:
    """The memory of all children that are workers, from outside of the manager."""

    def __init__(self) -> None:
        self.samples_mb: list[float] = []
        self.most_workers = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        here = psutil.Process()
        while not self._end.wait(LOOK_S):
            taken = []
            for child in here.children():
                try:
                    taken.append(child.memory_info().rss)
                except psutil.Error:
                    continue
            self.samples_mb.append(sum(taken) / MB)
            self.most_workers = max(self.most_workers, len(taken))

    def close(self) -> None:
        self._end.set()
        self._thread.join()


def budgets(bench: Bench, cards: Sequence[ExpertCard], seed: int, out: Report) -> None:
    many = [dataclasses.replace(card, id=f"{card.id}_{n}") for n in range(COPIES) for card in cards]
    rng = np.random.default_rng(seed)
    rows = []
    for budget_mb in BUDGETS_MB:
        manager = bench.manager(many, cache_size=1000, max_ram_mb=budget_mb)
        watch = Watch()
        settled_mb: list[float] = []
        answered = 0
        for index in rng.permutation(len(many)):
            card = many[int(index)]
            said = examples(card)
            reply, _ = bench.ask(manager, card, said[int(rng.integers(len(said)))])
            answered += bool(reply.text or reply.draft)
            settled_mb.append(sum(each.rss_bytes for each in manager.metrics().loaded) / MB)
        watch.close()
        metrics = manager.metrics()
        manager.close()
        over = sum(sample > budget_mb for sample in watch.samples_mb)
        rows.append(
            [
                f"{budget_mb:.0f}",
                str(len(many)),
                str(answered),
                str(watch.most_workers),
                str(metrics.evictions),
                f"{max(settled_mb):.0f}",
                f"{max(watch.samples_mb):.0f}",
                f"{over} of {len(watch.samples_mb)}",
            ]
        )
    out.text(
        f"{len(many)} experts ({COPIES} copies of each), as many places as they like, one question each. "
        f"`settled`: between the questions; `highest`: at any of the looks, one every {LOOK_S * 1e3:.0f} ms, also "
        "while one is loading and others make room."
    )
    head = [
        "budget, MB",
        "experts",
        "answered",
        "most at once",
        "evictions",
        "settled, MB",
        "highest, MB",
        "looks above",
    ]
    out.table(head, rows)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--questions", type=int, default=300)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--no-keep", action="store_true", help="only print, write no result")
    options = arguments.parse_args()
    cfg = load_config()
    bench = Bench(cfg, load_home(cfg.robot.home))
    all_cards = load_cards([shipped_folder()])
    cards = [card for card in all_cards.values() if any(own(name) for name in card.chain)]
    report = Report("experts", "Loaded experts: time, memory, places, budgets", PACKAGES)
    report.text(
        f"{len(cards)} of {len(all_cards)} experts have a process of their own; the others live in the brain and cost "
        f"no load. Load of the machine: {os.getloadavg()[0]:.1f}."
    )
    one_by_one(bench, cards, options.rounds, report)
    shared_places(bench, cards, options.questions, options.seed, report)
    budgets(bench, cards, options.seed, report)
    report.write(keep=not options.no_keep)


if __name__ == "__main__":
    main()
