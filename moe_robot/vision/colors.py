"""Which of the colours of the vocabulary a pixel has. Hue decides; grey, beige, white and near black are none.

Shading changes the value and leaves hue and saturation, so the bands hold from lit to shadowed sides.
"""

from __future__ import annotations

from collections.abc import Collection

import cv2
import numpy as np
from numpy.typing import NDArray

# hue bands in degrees [from, to), red wraps around; gaps between bands belong to no colour
HUES_DEG: dict[str, tuple[float, float]] = {
    "red": (340.0, 16.0),
    "orange": (16.0, 42.0),
    "yellow": (42.0, 75.0),
    "green": (85.0, 175.0),
    "blue": (195.0, 256.0),
    "purple": (256.0, 320.0),
}
MIN_SATURATION = 0.45  # walls, floor, furniture and skin stay below 0.4
MIN_VALUE = 0.12
NO_COLOR = 255


class ColorTable:
    """Labels pixels with the index into `names`."""

    def __init__(self, known: Collection[str]) -> None:
        """`known`: the ids of the vocabulary; those without a hue band here can never be seen and are left out."""
        self.names = tuple(color for color in HUES_DEG if color in known)
        self._table = np.full(256, NO_COLOR, np.uint8)
        for index, color in enumerate(self.names):
            low, high = HUES_DEG[color]
            for half_degrees in range(180):
                hue = 2.0 * half_degrees
                if (low <= hue < high) if low < high else (hue >= low or hue < high):
                    self._table[half_degrees] = index

    def label(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """rgb [h, w, 3] -> [h, w] index of the colour, NO_COLOR = none."""
        hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)
        hue, saturation, value = cv2.split(hsv)
        labels = np.asarray(cv2.LUT(hue, self._table), np.uint8)
        dull = (saturation < round(MIN_SATURATION * 255)) | (value < round(MIN_VALUE * 255))
        labels[dull] = NO_COLOR
        return labels
