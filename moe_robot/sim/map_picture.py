"""A map of the home with what happened in it. Draws values it is given; labels are in Russian or English."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image

from moe_robot.sim import layout
from moe_robot.sim.canvas import Box, Canvas, Point, text_size
from moe_robot.sim.palette import (
    DOCK,
    FAINT,
    FURNITURE,
    FURNITURE_INK,
    FURNITURE_LINE,
    HALL_TINT,
    INK,
    PAPER,
    ROBOT,
    ROOM_TINTS,
    WALL,
    Namer,
    path_color,
    plain_name,
    rgb255,
    said,
    shade,
)
from moe_robot.sim.shapes import KINDS
from moe_robot.sim.truth import Truth
from moe_robot.structs import Language, Pose, Sighting
from moe_robot.world.home import Furniture, Home

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
        rgb = rgb255(color)
        r = (
            (0.21 if kind == "person" else max(KINDS[kind].reach_m, 0.11)) * self.scale
            if kind in KINDS or kind == "person"
            else 8
        )
        fill = rgb if solid else None
        edge = shade(rgb, 0.7) if solid else (128 + rgb[0] // 2, 128 + rgb[1] // 2, 128 + rgb[2] // 2)
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
            canvas.dot((x, y), 6, rgb255("blue"))
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


def _around(at: Point, radius: float) -> Box:
    return Box(at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)


def _square(x: float, y: float, half_x: float, half_y: float) -> list[Point]:
    return [(x - half_x, y - half_y), (x + half_x, y - half_y), (x + half_x, y + half_y), (x - half_x, y + half_y)]
