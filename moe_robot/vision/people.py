"""People among the blobs: whatever of one colour reaches higher than any object does, as wide as legs or a torso."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from moe_robot.vision.blobs import Blob
from moe_robot.vision.geometry import Floats

OBJECT_TOP_M = 0.42  # no object of the vocabulary is as tall; a person near the camera is cut off by the image's top
FREE_TOP_M = 0.60  # a figure that ends inside of the image must be as tall as this
REACH_M = 0.40  # pieces of the same clothing nearer than this belong to one person
WIDTH_M = (0.08, 0.90)
TORSO_Z_M = 0.6
TORSO_M, LEGS_M = 0.16, 0.08  # from what is seen of them to the middle of the person


class Piece(Protocol):
    @property
    def blob(self) -> Blob: ...
    @property
    def color(self) -> str: ...
    @property
    def points(self) -> Floats: ...


P = TypeVar("P", bound=Piece)


@dataclass(frozen=True)
class Figure:
    color: str
    x_m: float  # their middle, in base_link
    y_m: float
    confidence: float
    box: tuple[int, int, int, int]


def find_people(pieces: Sequence[P]) -> tuple[list[Figure], list[P]]:
    """The people, and the pieces that are none. Pieces of one colour around a tall one are one person: legs, arms."""
    rest = list(pieces)
    figures: list[Figure] = []
    while True:
        seed = next((piece for piece in rest if _top(piece) > OBJECT_TOP_M), None)
        if seed is None:
            return figures, rest
        middle = np.median(seed.points[:, :2], axis=0)
        mine = [
            piece
            for piece in rest
            if piece is seed
            or (piece.color == seed.color and np.hypot(*(np.median(piece.points[:, :2], axis=0) - middle)) < REACH_M)
        ]
        rest = [piece for piece in rest if not any(piece is other for other in mine)]
        if (figure := _figure(mine)) is not None:
            figures.append(figure)


def _top(piece: Piece) -> float:
    z = piece.points[:, 2]
    few = max(1, len(z) // 50)
    return float(np.partition(z, -few)[-few])


def _figure(pieces: Sequence[Piece]) -> Figure | None:
    points = np.concatenate([piece.points for piece in pieces])
    boxes = [piece.blob.box for piece in pieces]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    highest = max(_top(piece) for piece in pieces)
    if highest < FREE_TOP_M and top > 0:
        return None
    bearing = np.arctan2(points[:, 1], points[:, 0])
    ranges = np.hypot(points[:, 0], points[:, 1])
    width_m = float(np.ptp(bearing)) * float(np.median(ranges))
    if not WIDTH_M[0] <= width_m <= WIDTH_M[1]:
        return None
    body = max(pieces, key=lambda piece: piece.blob.area_px).points  # arms hang beside it
    torso = body[:, 2] > TORSO_Z_M
    use, depth_m = (body[torso], TORSO_M) if torso.sum() >= 10 else (points, LEGS_M)
    bearing = np.arctan2(use[:, 1], use[:, 0])
    middle = (float(bearing.min()) + float(bearing.max())) / 2
    range_m = float(np.quantile(np.hypot(use[:, 0], use[:, 1]), 0.35)) + depth_m
    area_px = sum(piece.blob.area_px for piece in pieces)
    seen_m = highest - float(points[:, 2].min())
    logit = -1.0 + 3.0 * min(seen_m, 1.2) + 0.5 * math.log(area_px / 100.0)
    confidence = 1.0 / (1.0 + math.exp(-logit))
    x_m, y_m = range_m * math.cos(middle), range_m * math.sin(middle)
    return Figure(pieces[0].color, x_m, y_m, confidence, (left, top, right - left, bottom - top))
