"""Keep behind a person: steer at the latest detection, around obstacles with the navigator; look for who is lost."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from moe_robot.skills.approach import how_far_m
from moe_robot.skills.base import STILL, Hints, SkillTick, SkillTools, failure, running, success
from moe_robot.skills.control import bearing_rad, wrap
from moe_robot.skills.sweep import Sweep
from moe_robot.skills.targets import Target, number
from moe_robot.structs import Detection, Scan, Status, Value, Velocity, WorldState

LOST_S = 5.0  # s without a detection until the search begins
GLANCE_S = 0.7  # s for which the latest detection still steers
BAND_M = 0.15  # no correction of the distance within this
REGOAL_S = 1.0  # a new goal for the navigator at most this often
CORRIDOR_M = 0.26  # half the width that must be free to steer straight at the person
SAME_M = 1.5  # a person of unknown name this near to the last place is the same person


class Follow:
    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.tools = tools
        cfg = tools.cfg.skills
        self.target = Target("person", "", "" if params.get("person", "any") == "any" else str(params["person"]))
        self.limit_s = number(params.get("duration_s", cfg.follow_default_s), cfg.follow_default_s)
        self.keep_m, self.cruise_mps, self.turn_radps = cfg.follow_m, cfg.cruise_mps, cfg.turn_radps
        self.image_t_s = -math.inf
        self.point: tuple[float, float] | None = None  # where the person was last, on the map
        self.latest: Detection | None = None
        self.latest_pose_yaw = 0.0
        self.seen_s = -math.inf
        self.first_s: float | None = None
        self.images = 0
        self.sweep: Sweep | None = None
        self.goal_s = -math.inf
        self.navigating = False

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s
        sightings = self.target.sightings(world)
        if sightings and sightings[0].last_t_s > world.t_s - 10.0:
            self.point = (sightings[0].x_m, sightings[0].y_m)
            self.seen_s = now_s - LOST_S + 2.0

    def stop(self) -> None:
        self.tools.navigator.cancel()
        self.navigating = False

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        self._watch(world, now_s)
        if self.first_s is not None and now_s - self.first_s >= self.limit_s:
            self.stop()
            phrase = "done.follow" if self.target.person else "done.follow_any"
            return success(phrase, self._facts(), thing=self.target.thing, duration_s=self.limit_s)
        ago_s = now_s - self.seen_s
        if ago_s <= GLANCE_S and self.latest is not None:
            self.sweep = None
            return running(self._chase(self.latest, world, now_s))
        if ago_s <= LOST_S and self.point is not None:
            return running(self._go_where_seen(self.point, world, now_s))
        return self._search(world, now_s)

    def _watch(self, world: WorldState, now_s: float) -> None:
        if world.image_t_s <= self.image_t_s:
            return
        self.image_t_s = world.image_t_s
        seen = self.target.among(world.detections)
        if not seen:
            return
        if not self.target.person and self.point is not None and self.first_s is not None:
            point = self.point
            seen.sort(key=lambda d: math.dist(d.position_m, point) if d.position_m else d.distance_m)
        self.latest = seen[0]
        self.latest_yaw = world.pose.yaw_rad if world.pose else 0.0
        self.point = self.latest.position_m or self.point
        self.seen_s = now_s
        self.images += 1
        if self.first_s is None:
            self.first_s = now_s

    def _chase(self, seen: Detection, world: WorldState, now_s: float) -> Velocity:
        """Straight at the person while the way is free, else around."""
        away_m = how_far_m(world, seen)
        bearing = seen.bearing_rad
        if world.pose is not None:
            bearing = wrap(bearing - wrap(world.pose.yaw_rad - self.latest_yaw))
        if not math.isfinite(away_m):
            away_m = self.keep_m
        gap_m = away_m - self.keep_m
        if gap_m > 0.3 and self.point is not None and not corridor_free(world.scan, bearing, away_m - 0.45):
            return self._go_where_seen(self.point, world, now_s)
        self._release()
        turn = max(-self.turn_radps, min(self.turn_radps, 2.0 * bearing)) if abs(bearing) > 0.05 else 0.0
        speed = 0.0
        if abs(gap_m) > BAND_M:
            speed = max(-0.15, min(self.cruise_mps, 0.8 * gap_m)) * max(0.0, math.cos(1.5 * bearing))
        return Velocity(speed, turn)

    def _go_where_seen(self, point: tuple[float, float], world: WorldState, now_s: float) -> Velocity:
        if world.pose is None:
            return STILL
        navigator = self.tools.navigator
        if now_s - self.goal_s >= REGOAL_S or not self.navigating:
            self.goal_s = now_s
            stand = navigator.approach(*point, world.pose, self.keep_m)
            if stand is not None and math.dist((stand.x_m, stand.y_m), (world.pose.x_m, world.pose.y_m)) > 0.3:
                self.navigating = bool(navigator.set_goal(stand.x_m, stand.y_m, None, 0.2, now_s))
            else:
                self._release()
        if self.navigating:
            tick = navigator.tick(world, now_s)
            if tick.status is Status.RUNNING:
                return tick.velocity
            self.navigating = False
        error = bearing_rad(world.pose, *point)
        return Velocity(0.0, max(-0.6, min(0.6, 1.5 * error))) if abs(error) > 0.15 else STILL

    def _search(self, world: WorldState, now_s: float) -> SkillTick:
        """One turn around; nobody in it is a FAILURE."""
        self._release()
        if self.sweep is None:
            self.sweep = Sweep(2.0 * math.pi, self.tools.cfg.skills.sweep_radps)
        velocity = self.sweep.tick(world, now_s)
        if velocity is not None:
            return running(velocity)
        phrase = "fail.no_person" if self.first_s is None else "fail.lost_person"
        phrase += "" if self.target.person else "_any"
        return failure(phrase, f"{self._facts()}; looked around, nobody", thing=self.target.thing)

    def _release(self) -> None:
        if self.navigating:
            self.tools.navigator.cancel()
            self.navigating = False

    def _facts(self) -> str:
        return f"seen in {self.images} images"


def corridor_free(scan: Scan | None, bearing: float, reach_m: float) -> bool:
    """Whether the lidar sees nothing in a corridor of robot width towards `bearing`. Beams from the robot's middle."""
    if scan is None or reach_m <= 0.0:
        return True
    ranges = np.asarray(scan.ranges_m, dtype=np.float64)
    angles = scan.angle_min_rad + scan.angle_increment_rad * np.arange(len(ranges)) - bearing
    ahead, aside = ranges * np.cos(angles), ranges * np.sin(angles)
    return not bool(((ahead > 0.05) & (ahead < reach_m) & (np.abs(aside) < CORRIDOR_M)).any())
