"""How well vision sees: recall, precision, position and invention on random simulated images, by ground truth.

    python bench/vision.py [--images 500] [--out bench/results/vision.md]

Images come from the flat and from random worlds, with objects put at random; seeds 7000 and up, which no tuning used.
A thing is *unoccluded* when at least 97 % of what would be seen of it alone is in the image. A detection is *right*
when kind and colour are those of the thing that it overlaps; it is *invented* when less than half of its box lies over
anything real.
"""

from __future__ import annotations

import argparse
import functools
import math
import os
import platform
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np

from bench.vision_scenes import Sample, Thing, samples
from moe_robot.config import Config, load_config
from moe_robot.robot_model import RobotModel, load_robot_model
from moe_robot.structs import Detection
from moe_robot.vision.detector import Detector
from moe_robot.world.home import Home

BANDS_M = ((0.45, 0.6), (0.6, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.5), (4.5, 6.0))
SURE = 0.5  # confidence from which memory and the world model believe a detection
UNOCCLUDED = 0.97


@dataclass(frozen=True)
class Judged:
    """A detection and the thing it is of, None = invented."""

    detection: Detection
    thing: Thing | None

    @property
    def right(self) -> bool:
        t, d = self.thing, self.detection
        return t is not None and (t.kind, t.color) == (d.kind, d.color)

    @property
    def error_m(self) -> float:
        assert self.thing is not None and self.detection.position_m is not None
        return math.dist(self.detection.position_m, (self.thing.x_m, self.thing.y_m))


@functools.cache
def _robot() -> tuple[RobotModel, Config]:
    return load_robot_model(), load_config()


def detector_for(home: Home) -> Detector:
    model, config = _robot()
    people = {person.id: person.clothing for person in home.people.values()}
    return Detector(home.objects, home.colors, people, model, config.vision)


def judge(detections: Sequence[Detection], things: Sequence[Thing]) -> list[Judged]:
    """Each detection with the thing of its colour that its box overlaps most (of any colour, if of none)."""
    judged = []
    for detection in detections:
        touched = [thing for thing in things if overlap(detection.bbox_px, thing.bbox_px)[1] > 0.5]
        same = [thing for thing in touched if thing.color == detection.color]
        best = max(same or touched, key=lambda t: overlap(detection.bbox_px, t.bbox_px)[0], default=None)
        judged.append(Judged(detection, best))
    return judged


def overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> tuple[float, float]:
    """Intersection of two boxes x, y, width, height: over their union, and over `a`."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0, 0.0
    common = width * height
    return common / (a[2] * a[3] + b[2] * b[3] - common), common / (a[2] * a[3])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--empty", type=int, default=1000, help="images with nothing in view")
    parser.add_argument("--seed", type=int, default=7000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    judged: list[tuple[Sample, list[Judged]]] = []
    times: list[float] = []
    for sample, detector in _images(options.images, options.seed, empty=False):
        began = time.process_time()
        detections = detector.detect(sample.frame, sample.pose)
        times.append(time.process_time() - began)
        judged.append((sample, judge(detections, sample.things)))
    empty = [
        len(detector.detect(sample.frame, sample.pose))
        for sample, detector in _images(options.empty, options.seed + 500, empty=True)
    ]
    table = report(judged, times, empty)
    print(table)
    if options.out:
        options.out.write_text(table + "\n", encoding="utf-8")


def _images(count: int, seed: int, empty: bool) -> Iterator[tuple[Sample, Detector]]:
    """Half from the flat, half from five random worlds."""
    parts = [("flat", count - count // 2)] + [(f"random:{seed + i}", count // 10) for i in range(5)]
    for number, (world, images) in enumerate(parts):
        detector = None
        for sample in samples(world, seed + 10 * number, images, empty=empty):
            detector = detector or detector_for(sample.home)
            yield sample, detector


def report(judged: list[tuple[Sample, list[Judged]]], times: list[float], empty: list[int]) -> str:
    lines = [
        "# Vision on simulated images",
        "",
        f"{len(judged)} images 320x240, half in the flat, half in random worlds; one core of {processor()}, "
        f"Python {platform.python_version()}, OpenCV {cv2.__version__}, numpy {np.__version__}.",
        "The robot's pose is the true one; things are placed at random, many behind others; their sizes are those that",
        "vision knows. A detection is right when kind and colour are right.",
        "",
        "## Unoccluded things, by distance",
        "",
        f"Recall: any detection, then with confidence >= {SURE}; the other columns are of those with >= {SURE}.",
        "",
        "| m | things | recall | recall, sure | kind | colour | both | position, median m | p95 m |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    everything = [(thing, sample, found) for sample, found in judged for thing in sample.things]
    for low, high in (*BANDS_M, (0.6, 3.0)):
        free = [
            (thing, [j for j in found if j.thing is thing])
            for thing, _, found in everything
            if thing.visible >= UNOCCLUDED and low <= thing.distance_m < high
        ]
        hits = [j for _, found in free for j in found]
        sure = [j for j in hits if j.detection.confidence >= SURE]
        errors = [j.error_m for j in sure if j.right] or [math.nan]
        bold = "**" if (low, high) == (0.6, 3.0) else ""
        lines.append(
            f"| {bold}{low:g}-{high:g}{bold} | {len(free)} | {_part(any(j.right for j in f) for _, f in free)} "
            f"| {_part(any(j.right and j.detection.confidence >= SURE for j in f) for _, f in free)} "
            f"| {_part(j.thing.kind == j.detection.kind for j in sure if j.thing)} "
            f"| {_part(j.thing.color == j.detection.color for j in sure if j.thing)} "
            f"| {_part(j.right for j in sure)} | {np.median(errors):.3f} | {np.quantile(errors, 0.95):.3f} |"
        )
    lines += ["", "## What a confidence means (all detections, occluded and cut off ones too)", ""]
    lines += ["| confidence | detections | right | wrong kind or colour | invented |", "|---|---|---|---|---|"]
    every = [j for _, found in judged for j in found]
    for low, high in ((0.0, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01)):
        mine = [j for j in every if low <= j.detection.confidence < high]
        invented = sum(j.thing is None for j in mine)
        wrong = sum(not j.right for j in mine) - invented
        lines.append(
            f"| {low:g}-{min(high, 1):g} | {len(mine)} | {_part(j.right for j in mine)} | {wrong} | {invented} |"
        )
    lines += ["", "## By kind (unoccluded, 0.6-3 m)", "", "| kind | things | recall | taken for |", "|---|---|---|---|"]
    for kind in sorted({thing.kind for thing, _, _ in everything}):
        free = [
            (thing, [j for j in found if j.thing is thing])
            for thing, _, found in everything
            if thing.kind == kind and thing.visible >= UNOCCLUDED and 0.6 <= thing.distance_m < 3.0
        ]
        wrong_names = sorted(
            f"{j.detection.color} {j.detection.kind}" if thing.color != j.detection.color else j.detection.kind
            for thing, f in free
            for j in f
            if not j.right
        )
        lines.append(
            f"| {kind} | {len(free)} | {_part(any(j.right for j in f) for _, f in free)} | {', '.join(wrong_names)} |"
        )
    lines += ["", "## People (cut off by the image's top when near; at least a third of them in view)", ""]
    lines += ["| m | people | found | who is right | position median m |", "|---|---|---|---|---|"]
    for low, high in BANDS_M:
        met = [
            (thing, sample, [j for j in found if j.thing is thing and j.right])
            for thing, sample, found in everything
            if thing.kind == "person" and thing.visible >= 1 / 3 and low <= thing.distance_m < high
        ]
        found_people = [(thing, found[0]) for thing, _, found in met if found]
        errors = [j.error_m for _, j in found_people] or [math.nan]
        lines.append(
            f"| {low:g}-{high:g} | {len(met)} | {_part(bool(found) for _, _, found in met)} "
            f"| {_part(j.detection.person == thing.id for thing, j in found_people)} | {np.median(errors):.3f} |"
        )
    hidden = [j for j in every if j.thing is not None and j.thing.visible < UNOCCLUDED]
    sure = [j for j in hidden if j.detection.confidence >= SURE]
    lines += [
        "",
        f"Partly hidden or cut off: {len(hidden)} detections, {_part(j.right for j in hidden)} right; "
        f"with confidence >= {SURE}: {len(sure)}, {_part(j.right for j in sure)} right.",
        f"Invented (less than half of the box over anything real): {sum(j.thing is None for j in every)} in "
        f"{len(judged)} images; in {len(empty)} images with nothing in view: {sum(empty)}.",
        f"Processor time per image: median {1000 * np.median(times):.1f} ms, "
        f"p95 {1000 * np.quantile(times, 0.95):.1f} ms "
        f"(load average {os.getloadavg()[0]:.1f}); {len(every) / len(judged):.1f} detections an image.",
    ]
    return "\n".join(lines)


def processor() -> str:
    """The model's name as Linux gives it."""
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.+)", info.read_text()) if info.exists() else []
    return names[0] if names else platform.machine()


def _part(values: Iterator[bool]) -> str:
    listed = [bool(value) for value in values]
    return f"{sum(listed) / len(listed):.3f}" if listed else "-"


if __name__ == "__main__":
    main()
