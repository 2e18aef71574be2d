"""From here to a point: plan on the map and on what the lidar sees, follow the plan, go around what appears.

`Navigator` is driven by `tick(world, now_s)`, which returns a velocity; it reads no clock. It plans when a goal is set,
when something stands on the path and every few seconds; it slows in bends and near things, and waits when the way is
blocked before it gives up with a reason. What the gate does with the velocity is not its business, but it stays out of
the gate's stop zone by itself.
"""

from __future__ import annotations

import dataclasses
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from moe_robot.config import SkillsConfig, WorldConfig
from moe_robot.robot_model import RobotModel
from moe_robot.structs import Pose, Status, Velocity, WorldState
from moe_robot.world import local, route
from moe_robot.world.grid import Array, HomeGrid
from moe_robot.world.home import Home
from moe_robot.world.live import LiveLayer
from moe_robot.world.localizer import LOST_STD_M
from moe_robot.world.matching import PoseTrack, between, compose, wrap1
from moe_robot.world.pursuit import Pursuit, lookahead_m
from moe_robot.world.terrain import TIGHT_FOOT_M, TIGHT_MAPPED_M, Terrain

log = logging.getLogger(__name__)

# Never closer to a point of the live scan. The nearest of many noisy points is 0.02 m nearer than what it belongs to.
LIVE_MAPPED_M, LIVE_FOOT_M = 0.0, 0.03

REPLAN_S = 3.0  # a fresh plan this often, for ways that have opened
REPLAN_BLOCKED_S = 0.5  # at most this often when something stands on the path
BETTER = 0.85  # a regular replan replaces the path only if it is this much cheaper: no wavering between equals
CENTRED_M = 2.5  # this much of a path is moved to the exact middle of gaps; the rest when it comes near
WATCH_M = 3.0  # the path is checked for obstacles this far ahead
OFF_PATH_M = 0.35  # farther from the path than this: plan anew
PATIENCE_S = 12.0  # waiting for a blocked way, a scan or a lost pose before giving up
STALE_SCAN_S = 0.5  # without a younger scan it does not move
JUMP_M = 0.5  # a pose that jumps this far was found again after being lost
BESIDE_WEIGHT = 1.5  # a metre nearer to such a goal is worth this much way
SHORT_M = 0.1  # this near to the end of a path that stops short of the goal it waits
SLACK_M = 0.8  # when something stands on the goal, this far from it is worth driving to
YAW_DONE_RAD = 0.05  # 3 degrees
STUCK_S, STUCK_M = 20.0, 0.25  # not out of this circle for so long, waiting or not: blocked
STILL = Velocity()


@dataclass(frozen=True)
class GoalReply:
    """Whether a goal was taken; `reason` "" | outside | unreachable. True when accepted."""

    accepted: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.accepted


@dataclass(frozen=True)
class NavTick:
    """`reason` says why it waits (RUNNING) or failed: lost | no_scan | blocked | unreachable."""

    status: Status
    velocity: Velocity = STILL
    remaining_m: float = 0.0
    reason: str = ""


Choice = Callable[[Pose], "Pose | None"]


@dataclass(frozen=True)
class _Goal:
    x_m: float
    y_m: float
    yaw_rad: float | None
    tolerance_m: float
    choose: Choice | None = None


class Navigator:
    """Not thread safe. Angles in radians, map frame."""

    def __init__(self, home: Home, cfg: WorldConfig, skills: SkillsConfig, model: RobotModel) -> None:
        self.home = home
        self.grid = HomeGrid(home, cfg.grid_resolution_m)
        self._pursuit = Pursuit(skills.cruise_mps, skills.turn_radps)
        self._radius_m = max(cfg.robot_radius_m, model.radius_m)
        self._laser = Pose(model.laser.x_m, model.laser.y_m, model.laser.yaw_rad)
        self._live = LiveLayer(self.grid)
        self._terrain = Terrain(home, self.grid, self._live, self._radius_m, cfg.clearance_m)
        self._track = PoseTrack()
        self._scan_s = -math.inf
        self._view: local.Surroundings | None = None  # of the latest scan, from where it was taken
        self._goal: _Goal | None = None
        self.cancel()

    # ------------------------------------------------------------------ driving

    @property
    def active(self) -> bool:
        return self._goal is not None

    @property
    def path(self) -> tuple[tuple[float, float], ...]:
        """What is left of the path, for pictures."""
        return tuple((float(x), float(y)) for x, y in self._path.points[self._at :])

    def cancel(self) -> None:
        self._goal = None
        self._path = route.NO_PATH
        self._at = 0  # index of the path's point that the robot is at
        self._planned_s = -math.inf
        self._waiting_since_s: float | None = None
        self._pursuit.reset()
        self._arrived = False
        self._circle: tuple[float, Pose] | None = None  # since when it has been near which pose

    def set_goal(
        self,
        x_m: float,
        y_m: float,
        yaw_rad: float | None = None,
        tolerance_m: float = 0.1,
        now_s: float = 0.0,
        choose: Choice | None = None,
    ) -> GoalReply:
        """Take a new goal (the old one is dropped) and plan at once when a pose is known. About 5 ms.

        `choose` gives another goal, seen from a pose, when something turns out to stand on this one: what `beside` and
        `approach` chose from afar was chosen without knowing what the lidar sees from near.
        """
        self.cancel()
        row, column = self.grid.cell(x_m, y_m)
        if not self.grid.inside[row, column]:
            return GoalReply(False, "outside")
        cell = route.nearest_passable(self._terrain.map_ground, x_m, y_m, tolerance_m + 0.3)
        if cell is None:
            return GoalReply(False, "unreachable")
        if self.grid.clearance_m(x_m, y_m) < self._radius_m + TIGHT_MAPPED_M:
            x_m, y_m = self._terrain.map_ground.point(cell)
        pose = self._track.at(math.inf)
        if pose is not None and not math.isfinite(self.distance_m(pose, Pose(x_m, y_m))):
            return GoalReply(False, "unreachable")
        self._goal = _Goal(x_m, y_m, yaw_rad, tolerance_m, choose)
        if pose is not None:
            self._plan(pose, now_s)
        return GoalReply(True)

    def observe(self, world: WorldState) -> None:
        """Take the pose and, when it is new, the scan. Costs nothing when nothing is new."""
        if world.pose is None or world.pose_std_m > LOST_STD_M:
            return
        before = self._track.at(math.inf)
        if before is not None and math.hypot(world.pose.x_m - before.x_m, world.pose.y_m - before.y_m) > JUMP_M:
            self._track.clear()
            self._live.clear()  # what was seen was put in the wrong place
        self._track.add(world.pose, world.t_s)
        scan = world.scan
        if scan is None or scan.t_s <= self._scan_s:
            return
        pose = self._track.at(scan.t_s)
        assert pose is not None
        self._scan_s = scan.t_s
        self._live.observe(scan, compose(pose, self._laser))
        keep = (self._radius_m + LIVE_MAPPED_M, self._radius_m + LIVE_FOOT_M)
        self._view = local.view_of(scan, self._laser, pose, self.grid, *keep)

    def tick(self, world: WorldState, now_s: float) -> NavTick:
        """One step. SUCCESS and FAILURE end the goal; the velocity is then zero."""
        self.observe(world)
        goal = self._goal
        if goal is None:
            return NavTick(Status.FAILURE, reason="no_goal")
        pose = world.pose
        if pose is None or world.pose_std_m > LOST_STD_M:
            return self._wait("lost", now_s)
        if self._view is None or world.t_s - self._scan_s > STALE_SCAN_S:
            return self._wait("no_scan", now_s)
        distance = math.hypot(goal.x_m - pose.x_m, goal.y_m - pose.y_m)
        if self._arrived or self._is_there(goal, pose, distance):
            return self._finish(goal, pose)
        if not self._keep_plan(pose, now_s):
            return self._wait("blocked", now_s, distance)
        if not self._path.whole and self._remaining(pose) < SHORT_M:  # as near as possible to a goal that is taken
            return self._wait("blocked", now_s, distance)
        velocity = self._follow(pose, world.velocity)
        if self._is_stuck(pose, now_s):
            self.cancel()
            return NavTick(Status.FAILURE, STILL, distance, "blocked")
        if velocity is None:
            return self._wait("blocked", now_s, self._remaining(pose))
        self._waiting_since_s = None
        return NavTick(Status.RUNNING, velocity, self._remaining(pose))

    def _wait(self, reason: str, now_s: float, remaining_m: float = 0.0) -> NavTick:
        if self._waiting_since_s is None:
            log.info("waiting: %s", reason)
            self._waiting_since_s = now_s
        if now_s - self._waiting_since_s > PATIENCE_S:
            log.info("giving up: %s", reason)
            self.cancel()
            return NavTick(Status.FAILURE, STILL, remaining_m, reason)
        return NavTick(Status.RUNNING, STILL, remaining_m, reason)

    def _is_stuck(self, pose: Pose, now_s: float) -> bool:
        if self._circle is None or math.hypot(pose.x_m - self._circle[1].x_m, pose.y_m - self._circle[1].y_m) > STUCK_M:
            self._circle = now_s, pose
        return now_s - self._circle[0] > STUCK_S

    def _is_there(self, goal: _Goal, pose: Pose, distance: float) -> bool:
        """Well inside the tolerance, or inside it with the goal no longer ahead."""
        if distance <= max(0.03, 0.4 * goal.tolerance_m):
            self._arrived = True
        elif distance <= 0.9 * goal.tolerance_m:
            bearing = wrap1(math.atan2(goal.y_m - pose.y_m, goal.x_m - pose.x_m) - pose.yaw_rad)
            self._arrived = abs(bearing) > 0.6
        return self._arrived

    def _finish(self, goal: _Goal, pose: Pose) -> NavTick:
        """Turn to the asked yaw, then done."""
        error = 0.0 if goal.yaw_rad is None else wrap1(goal.yaw_rad - pose.yaw_rad)
        if abs(error) <= YAW_DONE_RAD:
            self.cancel()
            return NavTick(Status.SUCCESS)
        return NavTick(Status.RUNNING, Velocity(0.0, self._pursuit.turn(error)), 0.0)

    # ------------------------------------------------------------------ planning

    def _plan(self, pose: Pose, now_s: float, at_most: float = math.inf) -> bool:
        """Find a way. The present path stays when the new one costs more than `at_most`. False: there is none."""
        assert self._goal is not None
        self._planned_s = now_s
        self._choose_again(pose)
        for tight in (False, True):
            ground = self._terrain.now(tight)
            start = route.nearest_passable(ground, pose.x_m, pose.y_m, route.START_SLACK_M, self.grid)
            end = ground.cell(self._goal.x_m, self._goal.y_m)
            if start is None:
                continue
            if not math.isfinite(ground.cost[end]):
                found = self._beside_goal(ground, start)
            else:
                to_go = route.cost_to_go(ground, end, start)
                cost = float(to_go[start])
                found = (route.path_from(ground, to_go, start), cost, True) if math.isfinite(cost) else None
            if found is None:
                continue
            points, cost, whole = found
            if cost <= at_most:
                self._path = self._finished(ground, points, cost, whole, pose)
                self._at = 0
            return True
        self._path = route.NO_PATH
        return False

    def _choose_again(self, pose: Pose) -> None:
        """Another goal when something stands on this one and the asker knows another."""
        goal = self._goal
        assert goal is not None
        ground = self._terrain.now(False)
        if goal.choose is None or math.isfinite(ground.cost[ground.cell(goal.x_m, goal.y_m)]):
            return
        other = goal.choose(pose)
        if other is not None and math.hypot(other.x_m - goal.x_m, other.y_m - goal.y_m) > ground.step_m:
            log.info("the goal is taken: (%.2f, %.2f) instead", other.x_m, other.y_m)
            yaw_rad = None if goal.yaw_rad is None else other.yaw_rad
            self._goal = dataclasses.replace(goal, x_m=other.x_m, y_m=other.y_m, yaw_rad=yaw_rad)

    def _beside_goal(self, ground: route.Ground, start: int) -> tuple[Array, float, bool] | None:
        """A way to a point near a goal that is taken (something stands there) or too close to a wall.

        Near to the goal and near to here: the nearest point to the goal alone wanders about what stands there.
        """
        assert self._goal is not None
        cells, away_m = route.passable_around(ground, self._goal.x_m, self._goal.y_m, SLACK_M, self.grid)
        if not cells.size:
            return None
        from_here = route.cost_to_go(ground, start)
        best = int((from_here[cells] + BESIDE_WEIGHT * away_m).argmin())
        cost = float(from_here[cells[best]])
        if not math.isfinite(cost):
            return None
        return route.path_from(ground, from_here, int(cells[best]))[::-1], cost, away_m[best] < 1.5 * ground.step_m

    def _finished(self, ground: route.Ground, points: Array, cost: float, whole: bool, pose: Pose) -> route.Path:
        """Cells become a path: rounded, from the robot, to the goal itself, in the middle of gaps."""
        assert self._goal is not None
        points = route.smooth(points, ground)
        # The first cell may lie a little behind the robot: begin at the point after the nearest one.
        nearest = int(np.hypot(points[:12, 0] - pose.x_m, points[:12, 1] - pose.y_m).argmin())
        points = points[min(nearest + 1, len(points) - 1) :]
        if whole:
            points = np.vstack((points[:-1], [[self._goal.x_m, self._goal.y_m]]))
        points = route.resample(np.vstack(([[pose.x_m, pose.y_m]], points)))
        close = round(CENTRED_M / route.PATH_STEP_M)
        things = self._live.near_to(points[:close])
        centred = route.centred(points[:close], self.grid, things, LIVE_FOOT_M - LIVE_MAPPED_M)
        return route.path_of(np.vstack((centred, points[close:])), cost, whole)

    def _keep_plan(self, pose: Pose, now_s: float) -> bool:
        """Have a path that is free. False while there is none."""
        path = self._path
        if len(path):
            self._at = path.nearest(pose.x_m, pose.y_m, self._at)
            ahead = path.points[self._at : self._at + round(WATCH_M / route.PATH_STEP_M)]
            off = float(np.hypot(*(path.points[self._at] - (pose.x_m, pose.y_m))))
            in_the_way = bool((self._live.near(ahead[::2]) < self._radius_m + TIGHT_FOOT_M).any())
            if not in_the_way and not self._pursuit.hindered and off < OFF_PATH_M:
                if now_s - self._planned_s < REPLAN_S:
                    return True
                # What is left of the present path costs in proportion to its length.
                left = path.cost * float(path.left_m[self._at]) / max(float(path.left_m[0]), 1e-6)
                return self._plan(pose, now_s, BETTER * left if path.whole else math.inf)
        if now_s - self._planned_s < REPLAN_BLOCKED_S:
            return len(self._path) > 0
        self._pursuit.hindered = False
        if self._plan(pose, now_s):
            return True
        waited = 0.0 if self._waiting_since_s is None else now_s - self._waiting_since_s
        if waited > 0.5 * PATIENCE_S:  # what was seen long ago may have gone
            self._live.clear(older_than_s=self._scan_s - 2.0)
        return False

    def _remaining(self, pose: Pose) -> float:
        if not len(self._path):
            return 0.0
        here = self._path.points[self._at]
        return float(self._path.left_m[self._at] + math.hypot(here[0] - pose.x_m, here[1] - pose.y_m))

    def _follow(self, pose: Pose, moving: Velocity) -> Velocity | None:
        """None when nothing but waiting is safe."""
        points, step = self._path.points, round(lookahead_m(moving) / route.PATH_STEP_M)
        target = points[min(self._at + step, len(points) - 1)]
        seen = between(pose, Pose(float(target[0]), float(target[1])))
        assert self._view is not None
        around = self._view.seen_from(between(pose, self._track.at(self._scan_s) or pose))
        return self._pursuit.toward(seen, self._remaining(pose), around)

    # ------------------------------------------------------------------ questions

    def distance_m(self, start: Pose, goal: Pose) -> float:
        """Length of the way on the known map (without what the lidar saw); inf when there is none."""
        return self._terrain.distance_m(start, goal)

    def nearest_free(self, x_m: float, y_m: float) -> Pose | None:
        """The closest point within 2 m where the robot may stand, yaw 0."""
        return self._terrain.nearest_free(x_m, y_m)

    def beside(self, furniture_id: str, from_pose: Pose) -> Pose | None:
        """A free pose next to a piece of furniture, facing it, the cheapest to reach; None when there is none."""
        return self._terrain.beside(furniture_id, from_pose)

    def approach(self, x_m: float, y_m: float, from_pose: Pose, distance_m: float = 0.6) -> Pose | None:
        """A free pose about `distance_m` from a point, with a free line of sight to it and facing it."""
        return self._terrain.approach(x_m, y_m, from_pose, distance_m)
