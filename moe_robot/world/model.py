"""What the robot believes at this moment: the latest of every sensor, and the things it has seen, merged over time.

`WorldModel` is the only writer of `WorldState`. Data come in with their own times; `snapshot(now_s)` leaves out what is
older than `cfg.stale_s`. Detections of one thing become one `Sighting`; a thing is dropped when the camera looks at its
place again from near and it is not there. Reads no clock; used from one thread.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping

import numpy as np

from moe_robot.config import WorldConfig
from moe_robot.robot_model import RobotModel
from moe_robot.structs import (
    Battery,
    Detection,
    Pose,
    SafetyState,
    Scan,
    Sighting,
    Velocity,
    WorldState,
    all_votes,
    vote,
)
from moe_robot.world.grid import HomeGrid
from moe_robot.world.home import Home
from moe_robot.world.localizer import LOST_STD_M
from moe_robot.world.matching import PoseTrack, compose, wrap1

POSE_HISTORY_S = 5.0  # images are looked at some 0.1 s after they were taken; replies of slow vision later
SLOW_STALE_S = 10.0  # battery and safety state come rarely: they stay valid longer
PERSON_MERGE_M = 1.0  # people walk: detections of one person this close (or of a known person, anywhere) are one
PERSON_KEEP_S = 60.0  # and are not where they were for long
LEAST_CONFIDENCE = 0.4  # detections below this are shown, not remembered
KEEP_FACTOR = 0.9  # weight of the past when a new detection corrects a position that was seen often
SOLID_COUNT = 3  # a sighting with fewer detections may be a mistake of the detector
TENTATIVE_S = 3.0  # and is dropped when it is not confirmed for so long
ABSENT_IMAGES = 5  # images that should show a thing and do not, until it is dropped
ONE_THING_M = 0.3  # two things of one colour do not stand in each other: other kinds seen this close are misreadings
LOOK_NEAREST_M, LOOK_FARTHEST_M = 0.6, 2.5  # from these distances the detector can be trusted to see it
LOOK_MARGIN_RAD = math.radians(8)  # not at the edge of the image


class WorldModel:
    """`model` and the map tell which places an image shows; without `model` nothing is ever seen to be gone."""

    def __init__(self, home: Home, cfg: WorldConfig, model: RobotModel | None = None) -> None:
        self._home = home
        self._cfg = cfg
        self._model = model
        self._grid = HomeGrid(home, cfg.grid_resolution_m)
        self._poses = PoseTrack(POSE_HISTORY_S)
        self._pose: tuple[Pose, float, float] | None = None  # pose, std, time
        self._odom: tuple[Pose, Velocity, float] | None = None
        self._scan: Scan | None = None
        self._detections: tuple[Detection, ...] = ()
        self._image_s = -math.inf
        self._battery: tuple[Battery, float] | None = None
        self._safety: tuple[SafetyState, float] | None = None
        self._places: dict[str, Pose] = {}
        self._sightings: dict[int, Sighting] = {}
        self._absent: dict[int, int] = {}  # images that should have shown it, since it was last seen
        self._next_id = 1

    # ------------------------------------------------------------------ what comes in

    def set_pose(self, pose: Pose, std_m: float, t_s: float) -> None:
        """Pose in the map. A jump (found again after being lost) begins a new history."""
        if self._pose is not None and t_s <= self._pose[2]:
            return
        if self._pose is not None and math.hypot(pose.x_m - self._pose[0].x_m, pose.y_m - self._pose[0].y_m) > 0.5:
            self._poses.clear()
        self._pose = pose, std_m, t_s
        if std_m <= LOST_STD_M:
            self._poses.add(pose, t_s)

    def set_odom(self, pose: Pose, velocity: Velocity, t_s: float) -> None:
        self._odom = pose, velocity, t_s

    def set_scan(self, scan: Scan) -> None:
        self._scan = scan

    def set_battery(self, battery: Battery, t_s: float) -> None:
        self._battery = battery, t_s

    def set_safety(self, safety: SafetyState, t_s: float) -> None:
        self._safety = safety, t_s

    def set_places(self, places: Mapping[str, Pose]) -> None:
        """Places remembered by a person; replaces the former ones."""
        self._places = dict(places)

    def add_sightings(self, sightings: Iterable[Sighting]) -> None:
        """From memory, at start. They get new ids."""
        for sighting in sightings:
            self._store(dataclasses.replace(sighting, id=self._take_id()))

    def set_detections(self, detections: Iterable[Detection], image_t_s: float) -> None:
        """All detections of one image (none is news, too): the one way in which sightings come and go."""
        self._detections = tuple(detections)
        self._image_s = image_t_s
        matched: set[int] = set()
        for detection in sorted(self._detections, key=lambda d: -d.confidence):
            if detection.position_m is not None and detection.confidence >= LEAST_CONFIDENCE:
                matched.add(self._merge(detection, matched))
        self._drop_absent(image_t_s, matched)
        for sighting in list(self._sightings.values()):
            age = image_t_s - sighting.last_t_s
            mistaken = sighting.count < SOLID_COUNT and age > TENTATIVE_S
            if mistaken or (sighting.kind == "person" and age > PERSON_KEEP_S):
                self._forget(sighting.id)

    # ------------------------------------------------------------------ what goes out

    def pose_at(self, t_s: float) -> Pose | None:
        """Pose in the map at a time of the last seconds, interpolated (0.2 s beyond the newest are extrapolated)."""
        if not self._poses.newest_s() - POSE_HISTORY_S <= t_s <= self._poses.newest_s() + self._cfg.stale_s:
            return None
        return self._poses.at(t_s, 0.2)

    def snapshot(self, now_s: float) -> WorldState:
        """The belief at `now_s`; what is older than the limits is None or empty. The pose is carried on to `now_s`."""
        oldest = now_s - self._cfg.stale_s
        pose = self.pose_at(now_s) if self._pose is not None and self._pose[2] >= oldest else None
        odom = self._odom if self._odom is not None and self._odom[2] >= oldest else None
        return WorldState(
            t_s=now_s,
            pose=pose,
            pose_std_m=self._pose[1] if self._pose is not None and pose is not None else math.inf,
            odom=odom[0] if odom else None,
            velocity=odom[1] if odom else Velocity(),
            scan=self._scan if self._scan is not None and self._scan.t_s >= oldest else None,
            detections=self._detections if self._image_s >= oldest else (),
            image_t_s=self._image_s,
            sightings=tuple(s for s in self._sightings.values() if s.count >= SOLID_COUNT or s.last_t_s >= oldest),
            battery=self._battery[0] if self._battery and self._battery[1] >= now_s - SLOW_STALE_S else None,
            safety=self._safety[0] if self._safety and self._safety[1] >= now_s - SLOW_STALE_S else None,
            places=dict(self._places),
        )

    # ------------------------------------------------------------------ sightings

    def _merge(self, detection: Detection, taken: set[int]) -> int:
        """Into the nearest fitting sighting that no other detection of this image has; else a new one. Its id."""
        assert detection.position_m is not None
        x_m, y_m = detection.position_m
        best: tuple[float, Sighting] | None = None
        for sighting in self._sightings.values():
            away = math.hypot(sighting.x_m - x_m, sighting.y_m - y_m)
            if sighting.id not in taken and self._same(sighting, detection, away):
                order = away + (0.0 if sighting.kind == detection.kind else ONE_THING_M)
                if best is None or order < best[0]:
                    best = order, sighting
        if best is None:
            new = Sighting(
                self._take_id(),
                detection.kind,
                detection.color,
                detection.person,
                x_m,
                y_m,
                self._home.room_at(x_m, y_m),
                detection.confidence,
                1,
                detection.t_s,
                detection.t_s,
                vote(detection),
            )
            self._store(new)
            return new.id
        old = best[1]
        away = math.hypot(old.x_m - x_m, old.y_m - y_m)
        # Near detections are the better ones; people and moved things follow the newest.
        share = max(1.0 / (old.count + 1), 1.0 - KEEP_FACTOR)
        if old.kind == "person" or away > 0.5 * self._cfg.sighting_merge_m:
            share = 1.0 if old.kind == "person" else 0.5
        x_m, y_m = old.x_m + share * (x_m - old.x_m), old.y_m + share * (y_m - old.y_m)
        votes = all_votes(old.votes, vote(detection))
        merged = dataclasses.replace(
            old,
            kind=votes[0][0],
            votes=votes,
            color=old.color or detection.color,
            person=old.person or detection.person,
            x_m=x_m,
            y_m=y_m,
            place=self._home.room_at(x_m, y_m),
            confidence=1.0 - (1.0 - old.confidence) * (1.0 - 0.3 * detection.confidence),
            count=old.count + 1,
            last_t_s=detection.t_s,
        )
        self._store(merged)
        return merged.id

    def _same(self, sighting: Sighting, detection: Detection, away_m: float) -> bool:
        if "person" in (sighting.kind, detection.kind):
            if sighting.kind != detection.kind:
                return False
            if sighting.person and detection.person:
                return sighting.person == detection.person
            return away_m < PERSON_MERGE_M
        colors = {sighting.color, detection.color} - {""}
        reach_m = self._cfg.sighting_merge_m if sighting.kind == detection.kind else ONE_THING_M
        return len(colors) <= 1 and away_m < reach_m

    def _drop_absent(self, image_t_s: float, matched: set[int]) -> None:
        """Count the images that clearly show a place where a thing should be, without the thing."""
        pose = self.pose_at(image_t_s)
        for sighting in list(self._sightings.values()):
            if sighting.id in matched:
                self._absent[sighting.id] = 0
            elif pose is not None and self._shows(pose, sighting):
                self._absent[sighting.id] = self._absent.get(sighting.id, 0) + 1
                if self._absent[sighting.id] >= ABSENT_IMAGES:
                    self._forget(sighting.id)

    def _shows(self, pose: Pose, sighting: Sighting) -> bool:
        """Whether an image taken from `pose` must show the thing if it is there: near, well inside, nothing between."""
        if self._model is None:
            return False
        camera = self._model.camera
        eye = compose(pose, Pose(camera.x_m, camera.y_m, camera.yaw_rad))
        dx, dy = sighting.x_m - eye.x_m, sighting.y_m - eye.y_m
        distance = math.hypot(dx, dy)
        if not LOOK_NEAREST_M < distance < LOOK_FARTHEST_M:
            return False
        if abs(wrap1(math.atan2(dy, dx) - eye.yaw_rad)) > self._model.camera_hfov_rad / 2 - LOOK_MARGIN_RAD:
            return False
        if not self._grid.line_free(eye.x_m, eye.y_m, eye.x_m + 0.9 * dx, eye.y_m + 0.9 * dy):
            return False
        return self._scan is None or self._echo_beyond(pose, sighting, distance)

    def _echo_beyond(self, pose: Pose, sighting: Sighting, distance_m: float) -> bool:
        """No echo well before the thing's place: nothing hides it from the low camera."""
        assert self._scan is not None and self._model is not None
        laser = compose(pose, Pose(self._model.laser.x_m, self._model.laser.y_m, self._model.laser.yaw_rad))
        bearing = math.atan2(sighting.y_m - laser.y_m, sighting.x_m - laser.x_m) - laser.yaw_rad
        beam = round((bearing - self._scan.angle_min_rad) / self._scan.angle_increment_rad)
        around = np.asarray(self._scan.ranges_m)[np.arange(beam - 4, beam + 5) % len(self._scan.ranges_m)]
        return bool(around.min() > distance_m - 0.3)

    def _store(self, sighting: Sighting) -> None:
        self._sightings[sighting.id] = sighting
        self._absent[sighting.id] = 0

    def _forget(self, sighting_id: int) -> None:
        del self._sightings[sighting_id]
        self._absent.pop(sighting_id, None)

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1
