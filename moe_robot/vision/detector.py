"""From a camera image to the things in it: coloured shapes that stand on the floor, and people.

    rgb -> colour labels -> blobs (split at jumps in depth) -> tall ones: people -> the others: the best fitting shape

Position comes from depth and the camera's place in `base_link`; the map only enters through the robot's pose. What fits
no known shape is not reported: a robot that invents things is worse than one that overlooks some. Knows neither ROS
nor what was seen before. A few milliseconds an image on one core.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from moe_robot.config import VisionConfig
from moe_robot.robot_model import RobotModel
from moe_robot.structs import CameraFrame, Detection, Pose
from moe_robot.vision.blobs import Blob, find_blobs, join
from moe_robot.vision.colors import ColorTable
from moe_robot.vision.geometry import Camera, Floats, camera_of, to_map
from moe_robot.vision.people import Figure, find_people
from moe_robot.vision.shapes import MAX_LEAD, Fit, ShapeFitter

MAX_BLOBS = 12  # an image has no more to look at; the biggest go first
MAX_POINTS = 400
BESIDE_M = 0.40
WHOLE = 0.9  # of a thing seen: it cannot be a part of another
LIKELY = 0.5
WEIGHTS = (-0.11, 2.03, 2.19, -8.25, -0.5, 6.45, 0.26)  # of shape_features; logistic regression, simulated images
LEAST = 0.2  # less sure than this is not said


@dataclass(frozen=True)
class Piece:
    """A blob with its points [N, 3] in `base_link`."""

    blob: Blob
    color: str
    points: Floats


@dataclass(frozen=True)
class Thing:
    """A piece and the shape that explains it best; confidence 0 = none does."""

    piece: Piece
    fit: Fit | None
    confidence: float


class Detector:
    def __init__(
        self,
        objects: Collection[str],
        colors: Collection[str],
        people: Mapping[str, str],
        model: RobotModel,
        cfg: VisionConfig,
    ) -> None:
        """`objects`, `colors`: ids of the vocabulary (those vision has no shape or hue for are never reported).
        `people`: person id -> colour of the clothing; who shares a colour with another is "" (not known)."""
        cv2.setNumThreads(1)  # images this small lose more to waking threads than they gain
        self._colors = ColorTable(colors)
        self._fitter = ShapeFitter(frozenset(objects))
        worn = list(people.values())
        self._people = {color: person for person, color in people.items() if worn.count(color) == 1}
        self._mount = model.camera
        self._cfg = cfg
        self._camera: Camera | None = None

    def detect(self, frame: CameraFrame, pose: Pose | None) -> tuple[Detection, ...]:
        """Surest first. `pose` is the robot's in the map when the image was taken. Without depth nothing is found."""
        if frame.depth_m is None:
            return ()
        camera = self._camera_for(frame)
        labels = self._colors.label(frame.rgb)
        blobs = find_blobs(labels, frame.depth_m, len(self._colors.names), self._cfg.min_area_px)
        pieces = [piece for blob in blobs if (piece := self._piece(blob, camera, frame.depth_m)) is not None]
        figures, rest = find_people(pieces)
        found = [self._person(figure, camera, frame, pose) for figure in figures]
        for thing in self._things(rest[:MAX_BLOBS], camera, frame.depth_m):
            found.append(self._detection(thing, camera, frame, pose))
        near = [detection for detection in found if detection.distance_m <= self._cfg.max_range_m]
        return tuple(sorted(near, key=lambda detection: -detection.confidence))

    def _camera_for(self, frame: CameraFrame) -> Camera:
        camera = self._camera
        size = (frame.rgb.shape[1], frame.rgb.shape[0], frame.fx_px, frame.fy_px, frame.cx_px, frame.cy_px)
        if camera is None or camera.intrinsics != size:
            camera = self._camera = camera_of(frame, self._mount)
        return camera

    def _piece(self, blob: Blob, camera: Camera, depth_m: Floats) -> Piece | None:
        rows, columns = blob.pixels()
        if len(rows) > MAX_POINTS:
            some = np.linspace(0, len(rows) - 1, MAX_POINTS).astype(np.intp)
            rows, columns = rows[some], columns[some]
        depth = depth_m[rows, columns]
        good = np.isfinite(depth) & (depth > 0.0)
        if good.sum() < self._cfg.min_area_px / 2:
            return None
        return Piece(blob, self._colors.names[blob.color], camera.points(rows[good], columns[good], depth[good]))

    def _things(self, pieces: list[Piece], camera: Camera, depth_m: Floats) -> list[Thing]:
        """One for each piece that fits a shape; two pieces are one thing, parted by something before it, if that fits
        better than the worse of them does alone."""
        things = [self._thing(piece, camera, depth_m) for piece in pieces]
        for i, j in itertools.combinations(range(len(pieces)), 2):
            first, second = things[i], things[j]
            if first.piece.color != second.piece.color or not _beside(first.piece, second.piece):
                continue
            if all(thing.fit is not None and thing.fit.visible > WHOLE for thing in (first, second)):
                continue
            blob = join(first.piece.blob, second.piece.blob)
            points = np.concatenate([first.piece.points, second.piece.points])
            both = self._thing(Piece(blob, first.piece.color, points), camera, depth_m)
            if both.confidence > max(LIKELY, min(first.confidence, second.confidence)):
                things[i], things[j] = both, replace(second, confidence=0.0)
        return [thing for thing in things if thing.confidence > 0.0]

    def _thing(self, piece: Piece, camera: Camera, depth_m: Floats) -> Thing:
        fits = self._fitter.fit(piece.blob, piece.points, camera, depth_m)
        return Thing(piece, fits[0], shape_confidence(fits)) if fits else Thing(piece, None, 0.0)

    def _detection(self, thing: Thing, camera: Camera, frame: CameraFrame, pose: Pose | None) -> Detection:
        piece, fit = thing.piece, thing.fit
        assert fit is not None
        at_m = (fit.x_m, fit.y_m)
        return _reported(fit.kind, piece.color, "", thing.confidence, piece.blob.box, at_m, camera, frame.t_s, pose)

    def _person(self, figure: Figure, camera: Camera, frame: CameraFrame, pose: Pose | None) -> Detection:
        return _reported(
            "person",
            figure.color,
            self._people.get(figure.color, ""),
            figure.confidence,
            figure.box,
            (figure.x_m, figure.y_m),
            camera,
            frame.t_s,
            pose,
        )


def _beside(first: Piece, second: Piece) -> bool:
    """Near enough to be parts of one thing."""
    apart = np.median(first.points[:, :2], axis=0) - np.median(second.points[:, :2], axis=0)
    return float(np.hypot(apart[0], apart[1])) < BESIDE_M


def shape_confidence(fits: list[Fit]) -> float:
    """0 = say nothing. Calibrated on simulated images (bench/vision.py): of those with 0.8 about 80 % are right."""
    best = fits[0]
    if best.misfit > 3.0 or best.overlap < 0.5:
        return 0.0
    logit = float(np.dot(WEIGHTS, shape_features(fits)))
    confidence = 1.0 / (1.0 + math.exp(-logit))
    confidence *= min(1.0, 0.4 + 6.0 * best.visible)  # nobody can tell a kind from a twentieth of a thing
    return confidence if confidence >= LEAST else 0.0


def shape_features(fits: list[Fit]) -> tuple[float, ...]:
    """What the confidence is made of: 1, lead over the next kind (up to 1, and beyond), misfit and mismatch beyond what
    noise and pixels explain, part of the thing that is seen (up to a half) and its log."""
    best = fits[0]
    lead = min(next((fit.cost - best.cost for fit in fits if fit.kind != best.kind), MAX_LEAD), MAX_LEAD)
    seen = min(best.visible, 0.5)
    misfit, mismatch = max(best.misfit - 0.6, 0.0), max(best.mismatch - 1.0, 0.0)
    return 1.0, min(lead, 1.0), lead, misfit, mismatch, seen, math.log(max(2.0 * seen, 0.02))


def _reported(
    kind: str,
    color: str,
    person: str,
    confidence: float,
    box: tuple[int, int, int, int],
    at_m: tuple[float, float],
    camera: Camera,
    t_s: float,
    pose: Pose | None,
) -> Detection:
    x_m, y_m = at_m
    distance_m = math.hypot(x_m - float(camera.origin_m[0]), y_m - float(camera.origin_m[1]))
    return Detection(
        kind=kind,
        color=color,
        person=person,
        confidence=confidence,
        bbox_px=box,
        distance_m=distance_m,
        bearing_rad=math.atan2(y_m, x_m),
        position_m=None if pose is None else to_map(pose, x_m, y_m),
        t_s=t_s,
    )
