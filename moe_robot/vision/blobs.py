"""Pieces of one colour in an image: connected pixels without a jump in depth. Knows no shapes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from moe_robot.vision.colors import NO_COLOR
from moe_robot.vision.geometry import Floats

JUMP_M = 0.12  # neighbours farther apart in depth than this (plus a part of the distance) are two things
JUMP_PER_M = 0.02


@dataclass(frozen=True)
class Blob:
    """`mask` uint8 [height, width] of the box `x, y` (1 = belongs to the blob)."""

    color: int  # index into ColorTable.names
    x: int
    y: int
    mask: NDArray[np.uint8]
    area_px: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        height, width = self.mask.shape
        return self.x, self.y, width, height

    def pixels(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows and columns in the whole image."""
        rows, columns = np.nonzero(self.mask)
        return rows + self.y, columns + self.x


def join(first: Blob, second: Blob) -> Blob:
    """Two pieces of one colour as one blob."""
    x, y = min(first.x, second.x), min(first.y, second.y)
    right = max(first.x + first.mask.shape[1], second.x + second.mask.shape[1])
    bottom = max(first.y + first.mask.shape[0], second.y + second.mask.shape[0])
    mask = np.zeros((bottom - y, right - x), np.uint8)
    for blob in (first, second):
        height, width = blob.mask.shape
        mask[blob.y - y : blob.y - y + height, blob.x - x : blob.x - x + width] |= blob.mask
    return Blob(first.color, x, y, mask, first.area_px + second.area_px)


def find_blobs(labels: NDArray[np.uint8], depth_m: Floats, colors: int, min_area_px: int) -> list[Blob]:
    """Biggest first."""
    counts = np.bincount(labels.ravel(), minlength=256)
    blobs: list[Blob] = []
    if counts[:NO_COLOR].sum() < min_area_px:
        return blobs
    rows = np.flatnonzero((labels != NO_COLOR).any(axis=1))
    columns = np.flatnonzero((labels != NO_COLOR).any(axis=0))
    y0, x0 = int(rows[0]), int(columns[0])
    labels = labels[y0 : rows[-1] + 1, x0 : columns[-1] + 1]
    depth_m = depth_m[y0 : rows[-1] + 1, x0 : columns[-1] + 1]
    behind = _behind_a_jump(labels, depth_m)
    for color in range(colors):
        if counts[color] < min_area_px:
            continue
        mask = ((labels == color) & ~behind).astype(np.uint8)
        count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        for index in range(1, count):
            x, y, width, height, area = (int(value) for value in stats[index])
            if area >= min_area_px:
                piece = (pieces[y : y + height, x : x + width] == index).astype(np.uint8)
                blobs.append(Blob(color, x + x0, y + y0, piece, area))
    blobs.sort(key=lambda blob: -blob.area_px)
    return blobs


def _behind_a_jump(labels: NDArray[np.uint8], depth_m: Floats) -> NDArray[np.bool_]:
    """Pixels that are farther than a neighbour of the same colour by a jump: cutting them parts the two things."""
    behind = np.zeros(labels.shape, np.bool_)
    limit = JUMP_M + JUMP_PER_M * depth_m
    with np.errstate(invalid="ignore"):  # inf - inf: no depth, no jump
        for near, far in (
            (np.s_[:, :-1], np.s_[:, 1:]),
            (np.s_[:, 1:], np.s_[:, :-1]),
            (np.s_[:-1], np.s_[1:]),
            (np.s_[1:], np.s_[:-1]),
        ):
            behind[far] |= (labels[near] == labels[far]) & (depth_m[far] - depth_m[near] > limit[near])
    return behind
