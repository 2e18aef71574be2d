"""From a camera image to the things in it: coloured shapes that stand on the floor, and people.

    rgb -> colour labels -> blobs (split at jumps in depth) -> tall ones: people -> the others: the best fitting shape

Position comes from depth and the camera's place in `base_link`; the map only enters through the robot's pose. What fits
no known shape is not reported: a robot that invents things is worse than one that overlooks some. Knows neither ROS
nor what was seen before. About 2 ms an image on one core.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from moe_robot.config import VisionConfig
from moe_robot.robot_model import RobotModel
from moe_robot.structs import CameraFrame, Detection, Pose
from moe_robot.vision.blobs import Blob, find_blobs
from moe_robot.vision.colors import ColorTable
from moe_robot.vision.geometry import Camera, Floats, camera_of, to_map
from moe_robot.vision.people import Figure, find_people
from moe_robot.vision.shapes import Fit, ShapeFitter

MAX_BLOBS = 12  # an image has no more to look at; the biggest go first
MAX_POINTS = 400
MAX_LEAD = 4.0
WEIGHTS = (0.0, 1.0, -1.0, -1.0, 2.0, 0.5)  # of shape_features


@dataclass(frozen=True)
class Piece:
    """A blob with its points [N, 3] in `base_link`, and how many pixels the image border cuts it off at."""

    blob: Blob
    color: str
    points: Floats
    cut: bool


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
        for piece in rest[:MAX_BLOBS]:
            fits = self._fitter.fit(piece.blob, piece.points, camera, frame.depth_m)
            if fits and (confidence := shape_confidence(fits, piece)) > 0.0:
                found.append(self._thing(fits[0], confidence, piece, camera, frame, pose))
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
        x, y, width, height = blob.box
        cut = x == 0 or y == 0 or x + width == camera.width_px or y + height == camera.height_px
        points = camera.points(rows[good], columns[good], depth[good])
        return Piece(blob, self._colors.names[blob.color], points, cut)

    def _thing(
        self, fit: Fit, confidence: float, piece: Piece, camera: Camera, frame: CameraFrame, pose: Pose | None
    ) -> Detection:
        return _detection(
            fit.kind, piece.color, "", confidence, piece.blob.box, (fit.x_m, fit.y_m), camera, frame.t_s, pose
        )

    def _person(self, figure: Figure, camera: Camera, frame: CameraFrame, pose: Pose | None) -> Detection:
        return _detection(
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


def shape_confidence(fits: list[Fit], piece: Piece) -> float:
    """0 = say nothing. Calibrated on simulated images (bench/vision.py): of those with 0.8 about 80 % are right."""
    best = fits[0]
    if best.misfit > 3.0 or best.overlap < 0.5:
        return 0.0
    logit = float(np.dot(WEIGHTS, shape_features(fits, piece)))
    return 1.0 / (1.0 + math.exp(-logit))


def shape_features(fits: list[Fit], piece: Piece) -> tuple[float, ...]:
    """What the confidence is made of: 1, lead over the next kind, misfit, mismatch, part seen, log of the size."""
    best = fits[0]
    lead = min(next((fit.cost - best.cost for fit in fits if fit.kind != best.kind), MAX_LEAD), MAX_LEAD)
    return 1.0, lead, best.misfit, best.mismatch, best.visible, math.log(piece.blob.area_px / 100.0)


def _detection(
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
