"""Which of the known shapes explains a blob: each is laid over the points and the outline, and the fits compete.

Everything is seen standing on the floor, so a shape has two unknowns (where) or three (a box: also its turn).
For each kind: least squares of the points' distance to its surface, then its outline is drawn into the image and
compared with the blob; what something nearer hides, or the image border cuts off, counts neither for nor against.

Arrays: N points, K round kinds, B hypotheses of boxes. All lengths in metres in `base_link`.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from moe_robot.vision.blobs import Blob
from moe_robot.vision.geometry import Camera, Floats

# radius over height, from the floor up: (radius, height) corners of the turned profile
PROFILES: dict[str, tuple[tuple[float, float], ...]] = {
    "ball": tuple((0.13 * math.cos(a), 0.13 + 0.13 * math.sin(a)) for a in np.linspace(-math.pi / 2, math.pi / 2, 25)),
    "cylinder": ((0.0, 0.0), (0.09, 0.0), (0.09, 0.30), (0.0, 0.30)),
    "cone": ((0.0, 0.0), (0.13, 0.0), (0.0, 0.28)),
    "mug": ((0.0, 0.0), (0.11, 0.0), (0.11, 0.20), (0.0, 0.20)),
    "bottle": ((0.0, 0.0), (0.07, 0.0), (0.07, 0.22), (0.03, 0.22), (0.03, 0.34), (0.0, 0.34)),
}
BOXES: dict[str, tuple[float, float, float]] = {"cube": (0.24, 0.24, 0.24), "box": (0.40, 0.24, 0.20)}
HANDLE_REACH_M = 0.18  # from the mug's axis
HANDLE_Z_M = (0.045, 0.155)
TURNS = 18  # of a box within 90 degrees
FINE_RAD = np.deg2rad(np.array([-3.0, -1.5, 0.0, 1.5, 3.0])).astype(np.float32)
MAX_LEAD = 3.0  # a kind that costs this much more than the best is out, no matter how much more
MAX_POINTS = 120
FAR_M = 0.05  # a point farther from the surface than this is no worse than this
_CELL_M = 0.005
_RHO_M, _Z0_M, _Z1_M = 0.60, -0.10, 0.60


@dataclass(frozen=True)
class Fit:
    """How well one kind explains a blob."""

    kind: str
    x_m: float  # its middle, in base_link
    y_m: float
    error_m: float  # mean distance of the points to the surface, each cut at FAR_M
    overlap: float  # blob and outline, intersection over union of what can be seen, 0..1
    visible: float  # part of the whole outline that is seen, 0..1
    misfit: float  # error_m as a multiple of what noise alone gives at this distance: about 1 when right
    mismatch: float  # 1 - overlap as a multiple of what pixels alone give at this size: about 1 when right

    @property
    def cost(self) -> float:
        return self.misfit + self.mismatch


@dataclass(frozen=True)
class Candidate:
    """A shape put somewhere: convex parts as points [n, 3] in `base_link`; drawn only if it may win."""

    kind: str
    error_m: float
    center: Floats  # [2]
    hulls: list[Floats]


class ShapeFitter:
    """Tables for the kinds it knows. Holds no state between blobs."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self.round = tuple(kind for kind in PROFILES if kind in kinds)
        self.boxes = tuple(kind for kind in BOXES if kind in kinds)
        tables = np.stack([_distance_table(PROFILES[kind]) for kind in self.round or PROFILES])
        self._distance = tables
        self._slope = np.gradient(tables, _CELL_M, axis=1).astype(np.float32)
        self._radii = np.array([max(r for r, _ in PROFILES[kind]) for kind in self.round], np.float32)
        self._rings = {kind: _rings(PROFILES[kind]) for kind in self.round}
        halves, kinds_of = [], []
        for kind in self.boxes:
            length, width, height = BOXES[kind]
            for half in dict.fromkeys([(length / 2, width / 2), (width / 2, length / 2)]):
                halves += [(*half, height / 2)] * TURNS
                kinds_of += [kind] * TURNS
        turns = np.deg2rad(np.arange(0.0, 90.0, 90.0 / TURNS)).astype(np.float32)
        self._yaws = np.tile(turns, len(kinds_of) // TURNS)
        self._halves = np.array(halves, np.float32).reshape(-1, 3)
        self._box_kinds = np.array(kinds_of)

    def fit(self, blob: Blob, points: Floats, camera: Camera, depth_m: Floats) -> list[Fit]:
        """Best first. `points` [N, 3] are the blob's; `depth_m` is the whole image's."""
        if len(points) > MAX_POINTS:
            points = points[np.linspace(0, len(points) - 1, MAX_POINTS).astype(np.intp)]
        ranges = np.hypot(points[:, 0] - camera.origin_m[0], points[:, 1] - camera.origin_m[1])
        noise_m = 0.002 + 0.0028 * float(np.median(ranges))
        pixels = 0.02 + 1.5 / math.sqrt(blob.area_px)

        def judged(candidate: Candidate) -> Fit:
            outline = _outline(camera, candidate.hulls)
            overlap, visible = _compare(blob, outline, camera, depth_m, candidate.center)
            x_m, y_m = float(candidate.center[0]), float(candidate.center[1])
            misfit, mismatch = candidate.error_m / noise_m, (1.0 - overlap) / pixels
            return Fit(candidate.kind, x_m, y_m, candidate.error_m, overlap, visible, misfit, mismatch)

        boxes = self._fit_boxes(points, camera)
        tries = [[candidate] for candidate in self._fit_round(points, camera)] + boxes
        if not tries:
            return []
        tries.sort(key=lambda lies: lies[0].error_m)
        least = tries[0][0].error_m / noise_m
        fits: list[Fit] = []
        bar = math.inf
        for lies in tries:
            misfit = lies[0].error_m / noise_m
            for candidate in lies[: None if misfit < least + 0.7 else 1]:  # [1:] are boxes whose near edge is cut off
                if misfit > bar:
                    break
                fits.append(judged(candidate))
                bar = min(bar, fits[-1].cost + MAX_LEAD)
                if fits[-1].mismatch < 1.5:
                    break
        fits.sort(key=lambda fit: fit.cost)
        return fits

    def _fit_round(self, points: Floats, camera: Camera) -> list[Candidate]:
        """Gauss-Newton on the centre, all kinds at once."""
        if not self.round:
            return []
        flat = points[:, :2] - camera.origin_m[:2]
        bearing = np.arctan2(flat[:, 1], flat[:, 0])
        middle = (float(bearing.min()) + float(bearing.max())) / 2
        ranges = np.hypot(flat[:, 0], flat[:, 1])
        near = float(np.partition(ranges, len(ranges) // 20)[len(ranges) // 20])
        toward = np.array([math.cos(middle), math.sin(middle)], np.float32)
        centers = camera.origin_m[:2] + (near + 0.9 * self._radii[:, None]) * toward
        firm = np.ones((len(self.round), len(points)), np.float32)
        if "mug" in self.round:  # a handle has no say in where the body is
            low, high = HANDLE_Z_M
            firm[self.round.index("mug"), (points[:, 2] > low - 0.02) & (points[:, 2] < high + 0.02)] = 0.02
        cells, rows = self._distance.shape[1:]
        row = np.clip(((points[:, 2] - _Z0_M) / _CELL_M), 0, rows - 1).astype(np.int32)
        base = row + (np.arange(len(self.round), dtype=np.int32) * cells * rows)[:, None]
        for _ in range(5):
            dx, dy = points[:, 0] - centers[:, :1], points[:, 1] - centers[:, 1:]
            rho = np.hypot(dx, dy) + np.float32(1e-6)
            cell = base + np.minimum(rho * (1.0 / _CELL_M), cells - 1).astype(np.int32) * rows
            residual = self._distance.take(cell)
            slope = self._slope.take(cell) / -rho
            jx, jy = slope * dx, slope * dy
            weight = firm / np.maximum(np.abs(residual), 0.01)
            wx, wy = weight * jx, weight * jy
            a, b, c = _dot(wx, jx) + 1e-3, _dot(wx, jy), _dot(wy, jy) + 1e-3
            gx, gy = _dot(wx, residual), _dot(wy, residual)
            step = np.stack([c * gx - b * gy, a * gy - b * gx], axis=1) / (a * c - b * b)[:, None]
            centers = centers - np.clip(step, -0.05, 0.05).astype(np.float32)
        errors = np.minimum(np.abs(residual), FAR_M).mean(axis=1)
        found = []
        for index, name in enumerate(self.round):
            center = centers[index]
            hulls = [ring + np.append(center, np.float32(0.0)) for ring in self._rings[name]]
            error_m = float(errors[index])
            if name == "mug":
                error_m, handle = _handle(points, residual[index], center)
                if handle is not None:
                    hulls.append(handle)
            found.append(Candidate(name, error_m, np.asarray(center, np.float32), hulls))
        return found

    def _fit_boxes(self, points: Floats, camera: Camera) -> list[list[Candidate]]:
        """For each kind and lie: every turn in 5 degrees, then finer around the best, put so that the near corner of
        the points is the box's; then the same box put by the far end of either side."""
        errors = _place_boxes(points[::2], camera, self._yaws, self._halves, settle=False)[0].reshape(-1, TURNS)
        best = errors.argmin(axis=1) + np.arange(len(errors)) * TURNS
        yaws = (self._yaws[best][:, None] + FINE_RAD).ravel()
        halves = np.repeat(self._halves[best], len(FINE_RAD), axis=0)
        fine, near, far = _place_boxes(points, camera, yaws, halves, settle=True)
        found = []
        for group, kind in enumerate(self._box_kinds[best]):
            first = group * len(FINE_RAD)
            at = first + int(fine[first : first + len(FINE_RAD)].argmin())
            yaw, half = float(yaws[at]), halves[at]
            c, s = math.cos(yaw), math.sin(yaw)
            tries = []
            for u, v in ((near[at, 0], near[at, 1]), (far[at, 0], near[at, 1]), (near[at, 0], far[at, 1])):
                center = camera.origin_m[:2] + np.array([c * u - s * v, s * u + c * v], np.float32)
                tries.append(Candidate(str(kind), float(fine[at]), center, [_corners(center, yaw, half)]))
            found.append(tries)
        return found


def _dot(a: Floats, b: Floats) -> Floats:
    """[K, N], [K, N] -> [K]"""
    sums: Floats = np.einsum("kn,kn->k", a, b)
    return sums


def _place_boxes(
    points: Floats, camera: Camera, yaws: Floats, halves: Floats, settle: bool
) -> tuple[Floats, Floats, Floats]:
    """Mean cut distance [B] of the points to the surface of each box put at their near corner; its centre [B, 2] in
    its own axes, from the camera; and the centre if it is put at the far ends instead. `settle` moves each side to the
    mean of the points on it: the near corner alone is drawn to the camera by noise."""
    c, s = np.cos(yaws).astype(np.float32)[:, None], np.sin(yaws).astype(np.float32)[:, None]
    x, y = points[:, 0] - camera.origin_m[0], points[:, 1] - camera.origin_m[1]
    along = np.stack([c * x + s * y, c * y - s * x], axis=1)  # [B, 2, N]
    few = max(1, len(points) // 25)
    ordered = np.partition(along, (few, along.shape[2] - 1 - few), axis=2)
    low, high = ordered[:, :, few], ordered[:, :, -1 - few]
    away = np.where(low + high >= 0.0, np.float32(1.0), np.float32(-1.0))
    near = np.where(away > 0.0, low, high) + away * halves[:, :2]
    far = np.where(away > 0.0, high, low) - away * halves[:, :2]
    up = np.abs(points[:, 2] - halves[:, 2:3]) - halves[:, 2:3]
    excess = np.abs(along - near[:, :, None]) - halves[:, :2, None]
    if settle:
        on_side = (excess >= np.maximum(excess[:, ::-1], up[:, None])) & (
            (along - near[:, :, None]) * away[..., None] < 0
        )
        moved = -away * (np.clip(excess, -FAR_M, FAR_M) * on_side).sum(axis=2) / np.maximum(on_side.sum(axis=2), 5)
        near = near + moved
        excess = np.abs(along - near[:, :, None]) - halves[:, :2, None]
    surface = np.abs(np.maximum(np.maximum(excess[:, 0], excess[:, 1]), up))
    return np.minimum(surface, FAR_M).mean(axis=1), near, far


def _handle(points: Floats, residual: Floats, center: Floats) -> tuple[float, Floats | None]:
    """Error of a mug whose handle may stick out, and the corners [4, 3] of the handle's plate if it is seen."""
    low, high = HANDLE_Z_M
    offset = points[:, :2] - center
    rho = np.hypot(offset[:, 0], offset[:, 1])
    grip = (rho > 0.125) & (rho < HANDLE_REACH_M + 0.02) & (points[:, 2] > low - 0.02) & (points[:, 2] < high + 0.02)
    cut = np.minimum(np.abs(residual), FAR_M)
    if grip.sum() < max(3, len(points) // 40):
        return float(cut.mean()), None
    direction = offset[grip].mean(axis=0)
    direction = direction / max(float(np.hypot(*direction)), 1e-6)
    across = np.abs(offset[grip] @ np.array([-direction[1], direction[0]]))
    cut[np.flatnonzero(grip)[across < 0.04]] = 0.005
    plate = [
        [*(center + direction * rho_m), z_m]
        for rho_m, z_m in ((0.10, low), (HANDLE_REACH_M, low), (HANDLE_REACH_M, high), (0.10, high))
    ]
    return float(cut.mean()), np.array(plate, np.float32)


def _outline(camera: Camera, hulls: list[Floats]) -> list[Floats]:
    """Convex polygons [n, 2] in pixels; their union is the outline."""
    pixels = [camera.project(hull.astype(np.float32)) for hull in hulls]
    return [np.asarray(cv2.convexHull(points), np.float32).reshape(-1, 2) for points in pixels]


def _compare(blob: Blob, outline: list[Floats], camera: Camera, depth_m: Floats, center: Floats) -> tuple[float, float]:
    """(overlap, visible), see Fit."""
    x, y, width, height = blob.box
    corners = np.concatenate(outline)
    left = max(0, min(x, math.floor(corners[:, 0].min())))
    top = max(0, min(y, math.floor(corners[:, 1].min())))
    right = min(camera.width_px, max(x + width, math.ceil(corners[:, 0].max()) + 1))
    bottom = min(camera.height_px, max(y + height, math.ceil(corners[:, 1].max()) + 1))
    drawn = np.zeros((bottom - top, right - left), np.uint8)
    for polygon in outline:
        shifted = np.round((polygon - (left + 0.5, top + 0.5)) * 16).astype(np.int32)
        cv2.fillConvexPoly(drawn, shifted, 1, shift=4)
    expected = drawn.astype(bool)
    seen = np.zeros_like(expected)
    seen[y - top : y - top + height, x - left : x - left + width] = blob.mask.astype(bool)
    whole = max(sum(abs(float(cv2.contourArea(polygon))) for polygon in outline), 1.0)
    common = int(np.count_nonzero(expected & seen))
    beyond = blob.area_px - common
    rows, columns = np.nonzero(expected & ~seen)
    missing = len(rows)
    if missing > 0.02 * common:  # is it hidden by something nearer that is not the floor?
        depth = depth_m[rows + top, columns + left]
        ray = camera.rays[rows + top, columns + left]
        height_m = camera.origin_m[2] + ray[:, 2] * depth
        range_m = depth * np.hypot(ray[:, 0], ray[:, 1])
        middle_m = math.hypot(float(center[0] - camera.origin_m[0]), float(center[1] - camera.origin_m[1]))
        missing -= int(np.count_nonzero((range_m < middle_m - 0.12) & (height_m > 0.03)))
    return common / max(common + missing + beyond, 1), min(1.0, common / whole)


_SIGNS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (0, 2)], np.float32)


def _corners(center: Floats, yaw_rad: float, half: Floats) -> Floats:
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]], np.float32)
    corners = (_SIGNS * half) @ turn
    corners[:, :2] += center
    return np.asarray(corners, np.float32)


def _rings(profile: tuple[tuple[float, float], ...]) -> list[Floats]:
    """Convex parts of a turned body as points [n, 3] around the axis: split where the profile steps in."""
    parts: list[list[tuple[float, float]]] = [[profile[0]]]
    for before, corner in itertools.pairwise(profile):
        if corner[1] == before[1] and corner[0] < before[0] and corner[0] > 0.0:  # a shoulder: a narrower part begins
            parts.append([])
        parts[-1].append(corner)
    turn = np.linspace(0.0, 2 * math.pi, 24, endpoint=False)
    rings = []
    for part in parts:
        corners = np.array([corner for corner in part if corner[0] > 0.0 or len(part) < 4] or part)
        radius, height = corners[:, 0:1], corners[:, 1:2]
        ring = np.stack([radius * np.cos(turn), radius * np.sin(turn), np.broadcast_to(height, (len(corners), 24))], -1)
        rings.append(ring.reshape(-1, 3).astype(np.float32))
    return rings


def _distance_table(profile: tuple[tuple[float, float], ...]) -> NDArray[np.float32]:
    """Signed distance to the turned surface over (radius, height) cells: negative inside."""
    rho, z = np.meshgrid(
        (np.arange(round(_RHO_M / _CELL_M)) + 0.5) * _CELL_M,
        _Z0_M + (np.arange(round((_Z1_M - _Z0_M) / _CELL_M)) + 0.5) * _CELL_M,
        indexing="ij",
    )
    distance = np.full(rho.shape, np.inf)
    for (r1, z1), (r2, z2) in itertools.pairwise(profile):
        length2 = (r2 - r1) ** 2 + (z2 - z1) ** 2
        t = np.clip(((rho - r1) * (r2 - r1) + (z - z1) * (z2 - z1)) / max(length2, 1e-12), 0.0, 1.0)
        distance = np.minimum(distance, np.hypot(rho - r1 - t * (r2 - r1), z - z1 - t * (z2 - z1)))
    polygon = np.array(profile, np.float32).reshape(-1, 1, 2)
    inside = np.array(
        [cv2.pointPolygonTest(polygon, (float(r), float(h)), False) > 0 for r, h in zip(rho.flat, z.flat, strict=True)]
    ).reshape(rho.shape)
    table: NDArray[np.float32] = np.where(inside, -distance, distance).astype(np.float32)
    return table
