"""Pictures for people beside the map: the camera's view, two pictures in one, a GIF of a run.

Draws values it is given; asks no node and no simulator. Labels are in Russian or English.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from moe_robot.sim.canvas import Box, Canvas, text_size
from moe_robot.sim.palette import (
    DOCK,
    FURNITURE,
    HALL_TINT,
    INK,
    PAPER,
    ROOM_TINTS,
    WALL,
    Namer,
    path_color,
    plain_name,
    rgb255,
    shade,
)
from moe_robot.sim.shapes import COLORS
from moe_robot.structs import CameraFrame, Detection, Language
from moe_robot.world.home import Home


def draw_camera(
    frame: CameraFrame,
    detections: Sequence[Detection] = (),
    home: Home | None = None,
    language: Language = "en",
    caption: str = "",
    name: Namer | None = None,
    zoom: int = 2,
    smooth: bool = False,
) -> Image.Image:
    """The camera's image, `zoom` times larger, with a box and a caption around each detection.

    `smooth` takes the sensor's noise out, which a GIF packs badly.
    """
    height, width = frame.rgb.shape[:2]
    bar = 26 if caption else 0
    whole = Image.new("RGB", (width * zoom, height * zoom + bar), INK)
    photo = Image.fromarray(frame.rgb)
    photo = photo.filter(ImageFilter.MedianFilter(5)) if smooth else photo
    whole.paste(photo.resize((width * zoom, height * zoom), Image.Resampling.BICUBIC), (0, 0))
    canvas = Canvas(whole.width, whole.height, whole)
    taken: list[Box] = []
    for detection in detections:
        x, y, w, h = (value * zoom for value in detection.bbox_px)
        rgb = rgb255(detection.color)
        canvas.rectangle(Box(x - 2, y - 2, x + w + 2, y + h + 2), None, (255, 255, 255), 3.4, radius=3)
        canvas.rectangle(Box(x - 1, y - 1, x + w + 1, y + h + 1), None, rgb, 2.0, radius=2)
        text = name(detection) if name is not None else plain_name(home, detection, language)
        if math.isfinite(detection.distance_m):
            text += f"  {detection.distance_m:.1f} {'м' if language == 'ru' else 'm'}"
        wide, tall = text_size(text, 13, 600)
        left = min(max(x - 2.0, 2.0), max(width * zoom - wide - 10, 2.0))
        top = y - tall - 5 if y - tall - 5 >= 0 else min(y + h + 4.0, height * zoom - tall - 2)
        box = Box(left, top, left + wide + 8, top + tall)
        while any(box.overlaps(other) for other in taken) and box.y1 + tall < height * zoom:
            box = Box(box.x0, box.y0 + tall, box.x1, box.y1 + tall)
        taken.append(box)
        canvas.rectangle(box, rgb, (255, 255, 255), 1.0, radius=4)
        bright = 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2] > 140
        canvas.text(text, (box.x0 + 4, box.y0), 13, INK if bright else (255, 255, 255), 600)
    if caption:
        canvas.text(caption, (8, height * zoom + bar / 2), 14, (255, 255, 255), anchor="lm")
    return canvas.image()


def side_by_side(left: Image.Image, right: Image.Image, height_px: int = 300) -> Image.Image:
    """Map and camera in one frame of a GIF."""
    parts = [
        image.resize((round(image.width * height_px / image.height), height_px), Image.Resampling.LANCZOS)
        for image in (left, right)
    ]
    whole = Image.new("RGB", (parts[0].width + parts[1].width + 6, height_px), PAPER)
    whole.paste(parts[0], (0, 0))
    whole.paste(parts[1], (parts[0].width + 6, 0))
    return whole


def write_gif(path: Path | str, frames: Sequence[Image.Image], frame_ms: int = 120, max_bytes: int = 3_000_000) -> int:
    """Writes an endless GIF and returns its bytes; leaves out frames, then shrinks, until it fits in `max_bytes`.

    Raises ValueError without frames.
    """
    if not frames:
        raise ValueError("a GIF needs at least one frame")
    kept = list(frames)
    while True:
        data = _gif(kept, frame_ms)
        if len(data) <= max_bytes or (len(kept) <= 12 and kept[0].width <= 200):
            Path(path).write_bytes(data)
            return len(data)
        if len(kept) > 60:
            kept, frame_ms = [*kept[:-1:2], kept[-1]], frame_ms * 2
        else:
            size = (round(kept[0].width * 0.8), round(kept[0].height * 0.8))
            kept = [image.resize(size, Image.Resampling.LANCZOS) for image in kept]


def _gif(frames: Sequence[Image.Image], frame_ms: int) -> bytes:
    # One palette for all, without dithering: frames then differ only where something moved, and pack small. Colours
    # that matter get an area of their own in the sample, or the many greys of the camera would crowd them out.
    picked = [frames[i] for i in np.linspace(0, len(frames) - 1, min(len(frames), 8)).astype(int)]
    width, height = frames[0].size
    keys = [path_color(part) for part in np.linspace(0.0, 1.0, 14)] + [*ROOM_TINTS, HALL_TINT, FURNITURE, WALL, DOCK]
    keys += [shade(rgb255(color), light) for color in COLORS for light in (0.5, 0.75, 1.0)]
    sample = Image.new("RGB", (width, height * len(picked) + 20 * len(keys)))
    for i, image in enumerate(picked):
        sample.paste(image, (0, i * height))
    for i, key in enumerate(keys):
        sample.paste(key, (0, height * len(picked) + 20 * i, width, height * len(picked) + 20 * (i + 1)))
    palette = sample.quantize(224, method=Image.Quantize.MEDIANCUT)
    pages = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in frames]
    out = io.BytesIO()
    durations = [frame_ms] * (len(pages) - 1) + [max(frame_ms, 2000)]
    pages[0].save(out, "GIF", save_all=True, append_images=pages[1:], duration=durations, loop=0, optimize=True)
    return out.getvalue()
