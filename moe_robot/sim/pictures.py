"""Pictures for people: a map of the home with what happened in it, the camera's view, a GIF of a run.

Draws values it is given; asks no node and no simulator. Labels are in Russian or English.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from moe_robot.sim import layout
from moe_robot.sim.canvas import Box, Canvas, Color, Point, text_size
from moe_robot.sim.shapes import COLORS, KINDS
from moe_robot.sim.truth import Truth
from moe_robot.structs import CameraFrame, Detection, Language, Pose, Sighting
from moe_robot.world.home import Furniture, Home, Names

PAPER: Color = (251, 249, 245)
INK: Color = (47, 54, 64)
FAINT: Color = (150, 156, 166)
WALL: Color = (70, 78, 90)
ROOM_TINTS: tuple[Color, ...] = (
    (253, 243, 226),
    (232, 243, 251),
    (240, 236, 250),
    (231, 246, 236),
    (252, 236, 236),
    (245, 245, 228),
    (230, 245, 246),
    (249, 238, 246),
)
HALL_TINT: Color = (241, 241, 241)
FURNITURE: Color = (216, 206, 194)
FURNITURE_LINE: Color = (176, 164, 150)
FURNITURE_INK: Color = (122, 110, 97)
DOCK: Color = (46, 160, 110)
ROBOT: Color = (36, 41, 51)
PATH_STOPS: tuple[Color, ...] = ((96, 165, 250), (79, 70, 229), (147, 51, 234), (219, 39, 119), (249, 115, 22))
WORDS = {
    "en": {
        "start": "start",
        "time": "time, s",
        "seen": "seen",
        "true": "where it really is",
        "nothing": "nothing seen",
    },
    "ru": {
        "start": "старт",
        "time": "время, с",
        "seen": "увидено",
        "true": "где на самом деле",
        "nothing": "ничего не видно",
    },
}

PathPoint = tuple[float, float, float]  # t_s, x_m, y_m
Namer = Callable[["Sighting | Detection"], str]


class MapPainter:
    """Keeps the drawn home, so that many frames of one run are cheap."""

    def __init__(self, home: Home, language: Language = "en", width_px: int = 1000, name: Namer | None = None) -> None:
        self.home, self.language = home, language
        self._name = name or (lambda thing: plain_name(home, thing, language))
        x0, y0, x1, y1 = home.bounds_m
        self._margin = 16.0
        self._footer = 44.0
        self.scale = (width_px - 2 * self._margin) / (x1 - x0)  # px per metre
        self._height = round((y1 - y0) * self.scale + 2 * self._margin + self._footer)
        self._width = width_px
        self._font = max(round(self.scale * 0.165), 10)
        self._background = self._draw_home()

    def draw(
        self,
        path: Sequence[PathPoint] = (),
        sightings: Sequence[Sighting] = (),
        truth: Truth | None = None,
        robot: Pose | None = None,
        caption: str = "",
    ) -> Image.Image:
        """`robot` is where it is now (or thinks it is); without it the path's end and direction, or the truth."""
        canvas = self._background.copy()
        taken: list[Box] = []
        if truth is not None:
            self._draw_truth(canvas, truth)
        self._draw_path(canvas, path)
        if robot is None and truth is not None:
            robot = truth.pose
        if robot is None and len(path) > 1:
            (_, xa, ya), (_, xb, yb) = path[-2], path[-1]
            robot = Pose(xb, yb, math.atan2(yb - ya, xb - xa))
        if robot is not None:
            taken.append(self._draw_robot(canvas, robot))
        if path:
            self._draw_start(canvas, path[0], taken)
        for thing in sightings:
            self._draw_thing(canvas, thing.kind, thing.color, (thing.x_m, thing.y_m), solid=True)
            taken.append(_around(self._px(thing.x_m, thing.y_m), 0.15 * self.scale))
        for thing in sightings:
            self._label(canvas, self._name(thing), self._px(thing.x_m, thing.y_m), taken)
        self._draw_footer(canvas, path, truth is not None, caption)
        return canvas.image()

    # ------------------------------------------------------------ the home

    def _px(self, x_m: float, y_m: float) -> Point:
        x0, _, _, y1 = self.home.bounds_m
        return self._margin + (x_m - x0) * self.scale, self._margin + (y1 - y_m) * self.scale

    def _draw_home(self) -> Canvas:
        home = self.home
        canvas = Canvas(self._width, self._height, PAPER)
        for i, room in enumerate(home.rooms.values()):
            tint = HALL_TINT if room.id in ("hall", "corridor") else ROOM_TINTS[i % len(ROOM_TINTS)]
            canvas.polygon([self._px(x, y) for x, y in room.polygon_m], fill=tint)
        for item in home.furniture.values():
            canvas.polygon(self._corners(item), fill=FURNITURE, line=FURNITURE_LINE, width=1.2)
        for wall in home.walls:
            width = home.wall_thickness_m * self.scale
            # Walls reach half their thickness beyond their ends, as in Home.distance_m: corners close.
            dx, dy = wall.x2_m - wall.x1_m, wall.y2_m - wall.y1_m
            part = home.wall_thickness_m / 2 / math.hypot(dx, dy)
            dx, dy = dx * part, dy * part
            ends = [self._px(wall.x1_m - dx, wall.y1_m - dy), self._px(wall.x2_m + dx, wall.y2_m + dy)]
            canvas.line(ends, WALL, width)
        for item in home.furniture.values():
            self._furniture_name(canvas, item)
        self._room_names(canvas)
        if (dock := home.places.get("dock")) is not None:
            self._draw_dock(canvas, dock.pose)
        # The names become part of the picture, so that what happens is drawn over them.
        return Canvas(self._width, self._height, canvas.image())

    def _corners(self, item: Furniture) -> list[Point]:
        c, s = math.cos(item.yaw_rad), math.sin(item.yaw_rad)
        half_x, half_y = item.size_m[0] / 2, item.size_m[1] / 2
        corners = [(i * half_x, j * half_y) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        return [self._px(item.x_m + c * x - s * y, item.y_m + s * x + c * y) for x, y in corners]

    def _furniture_name(self, canvas: Canvas, item: Furniture) -> None:
        """In one line, in one line upright, in several lines, or smaller, as it fits."""
        name = said(item.names, self.language)
        corners = self._corners(item)
        width = max(x for x, _ in corners) - min(x for x, _ in corners) - 4
        height = max(y for _, y in corners) - min(y for _, y in corners) - 4
        x, y = self._px(item.x_m, item.y_m)
        for size in range(self._font - 1, 7, -1) if name else ():
            wide, tall = text_size(name, size)
            lines = name.split()
            if wide <= width and tall <= height:
                canvas.text(name, (x, y), size, FURNITURE_INK, anchor="mm")
            elif max(text_size(line, size)[0] for line in lines) <= width and tall * len(lines) <= height:
                for i, line in enumerate(lines):
                    canvas.text(line, (x, y + (i - (len(lines) - 1) / 2) * tall), size, FURNITURE_INK, anchor="mm")
            elif wide <= height and tall <= width:
                canvas.text(name, (x, y), size, FURNITURE_INK, anchor="mm", upright=True)
            else:
                continue
            return

    def _room_names(self, canvas: Canvas) -> None:
        """Where the name is farthest from walls and furniture; of such places, the nearest to the room's middle."""
        grid = layout.grid_of(self.home)
        x, y = np.meshgrid(grid.x_m, grid.y_m)
        clear = layout.static_clearance(self.home, x, y)
        if (dock := self.home.places.get("dock")) is not None:
            clear = np.minimum(clear, np.hypot(x - dock.pose.x_m, y - dock.pose.y_m) - 0.4)
        for room in self.home.rooms.values():
            inside = layout.inside_polygon(room.polygon_m, x, y)
            if not inside.any():
                continue
            name = (said(room.names, self.language) or room.id).capitalize()
            size = round(self._font * 1.45)
            half = round(text_size(name, size, 600)[0] / self.scale / layout.CELL_M / 2)
            free = np.where(inside, clear, -1.0)
            free = np.min([np.roll(free, shift, axis=1) for shift in range(-half, half + 1, 2)], axis=0)
            good = free >= min(0.25, float(free.max()))
            away = np.where(good, np.hypot(x - x[inside].mean(), y - y[inside].mean()), np.inf)
            row, column = np.unravel_index(int(np.argmin(away)), away.shape)
            canvas.text(name, self._px(grid.x_m[column], grid.y_m[row]), size, FAINT, 600, anchor="mm")

    def _draw_dock(self, canvas: Canvas, pose: Pose) -> None:
        x, y = self._px(pose.x_m, pose.y_m)
        r = 0.22 * self.scale
        canvas.rectangle(Box(x - r, y - r, x + r, y + r), (214, 240, 227), DOCK, 1.6, radius=r * 0.35)
        bolt = [(0.10, -0.75), (-0.45, 0.12), (-0.05, 0.12), (-0.12, 0.75), (0.45, -0.15), (0.05, -0.15)]
        canvas.polygon([(x + dx * r, y + dy * r) for dx, dy in bolt], fill=DOCK)

    # ------------------------------------------------------------ what happened

    def _draw_path(self, canvas: Canvas, path: Sequence[PathPoint]) -> None:
        points = [self._px(x, y) for _, x, y in path]
        if len(points) < 2:
            return
        first, last = path[0][0], path[-1][0]
        canvas.line(points, (255, 255, 255), 6.0)
        for i in range(len(points) - 1):
            part = (path[i][0] - first) / (last - first) if last > first else 0.0
            canvas.line(points[i : i + 2], path_color(part), 3.2)
            canvas.dot(points[i + 1], 1.6, path_color(part))

    def _draw_start(self, canvas: Canvas, point: PathPoint, taken: list[Box]) -> None:
        at = self._px(point[1], point[2])
        canvas.dot(at, 6.0, (255, 255, 255), path_color(0.0), 2.4)
        taken.append(_around(at, 7.0))
        self._label(canvas, WORDS[self.language]["start"], at, taken)

    def _draw_robot(self, canvas: Canvas, pose: Pose) -> Box:
        at = self._px(pose.x_m, pose.y_m)
        r = 0.18 * self.scale
        canvas.dot(at, r, ROBOT, (255, 255, 255), 2.0)
        c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)
        arrow = [(0.78, 0.0), (-0.42, 0.52), (-0.14, 0.0), (-0.42, -0.52)]
        canvas.polygon(
            [(at[0] + r * (c * x - s * y), at[1] - r * (s * x + c * y)) for x, y in arrow], fill=(255, 214, 10)
        )
        return _around(at, r)

    def _draw_truth(self, canvas: Canvas, truth: Truth) -> None:
        for thing in truth.objects:
            self._draw_thing(canvas, thing.kind, thing.color, (thing.x_m, thing.y_m), solid=False)
        for person in truth.people:
            self._draw_thing(canvas, "person", person.clothing, (person.x_m, person.y_m), solid=False)

    def _draw_thing(self, canvas: Canvas, kind: str, color: str, at_m: Point, solid: bool) -> None:
        x, y = self._px(*at_m)
        rgb = _rgb255(color)
        r = (
            (0.21 if kind == "person" else max(KINDS[kind].reach_m, 0.11)) * self.scale
            if kind in KINDS or kind == "person"
            else 8
        )
        fill = rgb if solid else None
        edge = _shade(rgb, 0.7) if solid else (128 + rgb[0] // 2, 128 + rgb[1] // 2, 128 + rgb[2] // 2)
        width = 1.2 if solid else 1.6
        if not solid:
            r *= 1.12
        if kind == "person":
            shoulders = [
                (x + r * 1.15 * math.cos(a), y + r * 0.62 * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 28)
            ]
            canvas.polygon(shoulders, fill, edge, width)
            canvas.dot((x, y), r * 0.52, (222, 189, 171) if solid else None, edge, width)
        elif kind == "cube":
            canvas.polygon(_square(x, y, r * 0.76, r * 0.76), fill, edge, width)
        elif kind == "box":
            canvas.polygon(_square(x, y, r * 0.86, r * 0.52), fill, edge, width)
            if solid:
                canvas.line([(x - r * 0.86, y), (x + r * 0.86, y)], edge, 1.0)
        elif kind == "cone":
            canvas.polygon([(x, y - r), (x + r * 0.9, y + r * 0.75), (x - r * 0.9, y + r * 0.75)], fill, edge, width)
        elif kind == "mug":
            canvas.dot((x + r * 0.62, y), r * 0.34, None, edge if not solid else rgb, r * 0.18 if solid else width)
            canvas.polygon(_square(x - r * 0.12, y, r * 0.56, r * 0.62), fill, edge, width)
        elif kind == "bottle":
            canvas.polygon(_square(x, y - r * 0.75, r * 0.26, r * 0.5), fill, edge, width)
            canvas.polygon(_square(x, y + r * 0.3, r * 0.56, r * 0.75), fill, edge, width)
        elif kind == "cylinder":
            canvas.polygon(_square(x, y, r * 0.72, r * 0.9), fill, edge, width)
            top = [
                (x + r * 0.72 * math.cos(a), y - r * 0.9 + r * 0.3 * math.sin(a))
                for a in np.linspace(0, 2 * math.pi, 20)
            ]
            canvas.polygon(top, fill, edge, width)
        else:
            canvas.dot((x, y), r, fill, edge, width)
            if solid and kind == "ball":
                canvas.dot((x - r * 0.3, y - r * 0.3), r * 0.2, (255, 255, 255))

    def _label(self, canvas: Canvas, text: str, at: Point, taken: list[Box]) -> None:
        """Beside the point, where it covers no other label or thing."""
        if not text:
            return
        width, height = text_size(text, self._font)
        gap = 0.17 * self.scale
        places = [(gap, -height / 2), (-gap - width, -height / 2), (-width / 2, gap), (-width / 2, -gap - height)]
        places += [(gap * 0.7, gap * 0.7), (-gap * 0.7 - width, gap * 0.7), (gap * 0.7, -gap * 0.7 - height)]
        boxes = [Box(at[0] + dx - 3, at[1] + dy, at[0] + dx + width + 3, at[1] + dy + height) for dx, dy in places]
        page = Box(0, 0, self._width, self._height - self._footer)
        inside = [b for b in boxes if b.x0 >= page.x0 and b.x1 <= page.x1 and b.y0 >= page.y0 and b.y1 <= page.y1]
        box = next((b for b in inside if not any(b.overlaps(t) for t in taken)), (inside or boxes)[0])
        canvas.rectangle(box, (255, 255, 255), (222, 224, 228), 0.8, radius=4)
        canvas.text(text, (box.x0 + 3, box.y0), self._font, INK)
        taken.append(box)

    def _draw_footer(self, canvas: Canvas, path: Sequence[PathPoint], truth: bool, caption: str) -> None:
        words, y = WORDS[self.language], self._height - self._footer / 2 - 4
        x = self._margin
        size = max(self._font, 12)
        if len(path) > 1:
            x = canvas.text("0", (x, y), size, INK, anchor="lm").x1 + 6
            for i in range(90):
                canvas.rectangle(Box(x + i * 1.4, y - 4, x + (i + 1) * 1.4 + 0.4, y + 4), path_color(i / 89))
            end = f"{path[-1][0] - path[0][0]:.0f}  {words['time']}"
            x = canvas.text(end, (x + 90 * 1.4 + 6, y), size, INK, anchor="lm").x1 + 24
            canvas.dot((x, y), 6, _rgb255("blue"))
            x = canvas.text(words["seen"], (x + 11, y), size, INK, anchor="lm").x1 + 24
        if truth:
            canvas.dot((x, y), 6.5, None, (140, 150, 220), 1.6)
            x = canvas.text(words["true"], (x + 11, y), size, INK, anchor="lm").x1 + 24
        if caption:
            canvas.text(caption, (self._width - self._margin, y), size + 1, INK, 600, anchor="rm")


def draw_map(
    home: Home,
    path: Sequence[PathPoint] = (),
    sightings: Sequence[Sighting] = (),
    truth: Truth | None = None,
    language: Language = "en",
    robot: Pose | None = None,
    caption: str = "",
    width_px: int = 1000,
    name: Namer | None = None,
) -> Image.Image:
    """The home with the path (t_s, x_m, y_m) coloured by time and what was seen; true things as faint outlines.

    `name` gives the label of a thing; without it its kind (the icon has the colour), a person's name.
    """
    return MapPainter(home, language, width_px, name).draw(path, sightings, truth, robot, caption)


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
        rgb = _rgb255(detection.color)
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
    keys += [_shade(_rgb255(color), light) for color in COLORS for light in (0.5, 0.75, 1.0)]
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


def path_color(part: float) -> Color:
    """0 = begin, 1 = end."""
    at = min(max(part, 0.0), 1.0) * (len(PATH_STOPS) - 1)
    i = min(int(at), len(PATH_STOPS) - 2)
    a, b = PATH_STOPS[i], PATH_STOPS[i + 1]
    mixed = [round(p + (q - p) * (at - i)) for p, q in zip(a, b, strict=True)]
    return mixed[0], mixed[1], mixed[2]


def said(names: Names, language: Language) -> str:
    """The first name in that language, "" when there is none."""
    return next(iter(names.get(language, ())), "")


def plain_name(home: Home | None, thing: Sighting | Detection, language: Language) -> str:
    if home is None:
        return thing.person or thing.kind
    if thing.person in home.people:
        return said(home.people[thing.person].names, language)
    if thing.kind == "person":
        return {"ru": "человек", "en": "person"}[language]
    return said(home.objects.get(thing.kind, {}), language) or thing.kind


def _rgb255(color: str) -> Color:
    r, g, b = COLORS.get(color, (0.55, 0.57, 0.60))
    return round(255 * r), round(255 * g), round(255 * b)


def _shade(rgb: Color, light: float) -> Color:
    return round(rgb[0] * light), round(rgb[1] * light), round(rgb[2] * light)


def _around(at: Point, radius: float) -> Box:
    return Box(at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)


def _square(x: float, y: float, half_x: float, half_y: float) -> list[Point]:
    return [(x - half_x, y - half_y), (x + half_x, y - half_y), (x + half_x, y + half_y), (x - half_x, y + half_y)]
