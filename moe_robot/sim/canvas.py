"""A small drawing surface: smooth shapes by Pillow, text in any language by OpenCV's built-in font.

No font has to be installed: Pillow's own has no Cyrillic letters, OpenCV 5's has. Coordinates are pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Color = tuple[int, int, int]
Point = tuple[float, float]
SMOOTH = 3  # shapes are drawn this much larger and averaged down


@dataclass(frozen=True)
class Box:
    x0: float
    y0: float
    x1: float
    y1: float

    def overlaps(self, other: Box) -> bool:
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1


@dataclass(frozen=True)
class _Text:
    text: str
    box: Box
    size: int
    color: Color
    weight: int
    upright: bool  # reads from bottom to top


class Canvas:
    """Shapes first, then text: `image()` puts the text on top."""

    def __init__(self, width_px: int, height_px: int, background: Color | Image.Image) -> None:
        self.width_px, self.height_px = width_px, height_px
        if isinstance(background, Image.Image):
            self._image = background.resize((width_px * SMOOTH, height_px * SMOOTH), Image.Resampling.NEAREST)
        else:
            self._image = Image.new("RGB", (width_px * SMOOTH, height_px * SMOOTH), background)
        self._draw = ImageDraw.Draw(self._image)
        self._texts: list[_Text] = []

    def copy(self) -> Canvas:
        twin = Canvas.__new__(Canvas)
        twin.width_px, twin.height_px = self.width_px, self.height_px
        twin._image = self._image.copy()
        twin._draw = ImageDraw.Draw(twin._image)
        twin._texts = list(self._texts)
        return twin

    def polygon(
        self, points: Sequence[Point], fill: Color | None = None, line: Color | None = None, width: float = 1.0
    ) -> None:
        scaled = [(x * SMOOTH, y * SMOOTH) for x, y in points]
        if fill is not None:
            self._draw.polygon(scaled, fill=fill)
        if line is not None:
            self.line([*points, points[0]], line, width)

    def line(self, points: Sequence[Point], color: Color, width: float) -> None:
        scaled = [(x * SMOOTH, y * SMOOTH) for x, y in points]
        self._draw.line(scaled, fill=color, width=max(round(width * SMOOTH), 1), joint="curve")

    def dot(self, at: Point, radius: float, fill: Color | None, line: Color | None = None, width: float = 1.0) -> None:
        x, y, r = at[0] * SMOOTH, at[1] * SMOOTH, radius * SMOOTH
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=fill, outline=line, width=max(round(width * SMOOTH), 1))

    def rectangle(
        self, box: Box, fill: Color | None, line: Color | None = None, width: float = 1.0, radius: float = 0.0
    ) -> None:
        corners = [value * SMOOTH for value in (box.x0, box.y0, box.x1, box.y1)]
        self._draw.rounded_rectangle(
            corners, radius * SMOOTH, fill=fill, outline=line, width=max(round(width * SMOOTH), 1)
        )

    def text(
        self,
        text: str,
        at: Point,
        size: int,
        color: Color,
        weight: int = 400,
        anchor: str = "lt",
        upright: bool = False,
    ) -> Box:
        """`anchor`: l|m|r, then t|m|b. Returns what it covers."""
        width, height = text_size(text, size, weight)
        if upright:
            width, height = height, width
        x = at[0] - width * {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]]
        y = at[1] - height * {"t": 0.0, "m": 0.5, "b": 1.0}[anchor[1]]
        box = Box(x, y, x + width, y + height)
        self._texts.append(_Text(text, box, size, color, weight, upright))
        return box

    def image(self) -> Image.Image:
        small = self._image.resize((self.width_px, self.height_px), Image.Resampling.BOX)
        pixels = np.array(small)
        for text in self._texts:
            _put_text(pixels, text)
        return Image.fromarray(pixels)


def text_size(text: str, size: int, weight: int = 400) -> tuple[float, float]:
    """Width and height in pixels; the height is the font's, the same for every text."""
    box = cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace("sans"), size, weight)
    return float(box[2]), 1.2 * size


def _put_text(pixels: NDArray[np.uint8], text: _Text) -> None:
    face, box = cv2.FontFace("sans"), text.box
    if not text.upright:
        at = (round(box.x0), round(box.y0 + 0.78 * (box.y1 - box.y0)))
        cv2.putText(pixels, text.text, at, text.color, face, text.size, text.weight)
        return
    x, y = max(round(box.x0), 0), max(round(box.y0), 0)
    part = pixels[y : round(box.y1), x : round(box.x1)]
    turned = np.ascontiguousarray(np.rot90(part, -1))  # lying on its side, as the letters will
    cv2.putText(turned, text.text, (0, round(0.78 * turned.shape[0])), text.color, face, text.size, text.weight)
    part[:] = np.rot90(turned, 1)
