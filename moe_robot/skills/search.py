"""Going from viewpoint to viewpoint until the camera has seen all the floor of some rooms.

Shared by find, count and explore. What is looked for, and when to stop, is theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from moe_robot.skills.base import STILL, SkillTools
from moe_robot.skills.control import StallWatch, wrap
from moe_robot.skills.journey import Journey
from moe_robot.structs import Pose, Status, Velocity, WorldState
from moe_robot.world.coverage import Coverage, Viewpoint
from moe_robot.world.home import Home
from moe_robot.world.matching import PoseTrack

FACED_RAD = 0.12  # near enough to a direction: the view is wider than needed by more
IMAGE_WAIT_S = 2.0  # s for an image in a direction; then the camera is silent
MAX_VIEWS = 60


class Observer:
    """Tells a Coverage what the images have shown: the pose that belongs to each image, once for each image."""

    def __init__(self, coverage: Coverage) -> None:
        self.coverage = coverage
        self.track = PoseTrack()
        self.image_t_s = -math.inf

    def update(self, world: WorldState) -> None:
        if world.pose is None:
            return
        self.track.add(world.pose, world.t_s)
        if world.image_t_s > self.image_t_s:
            self.image_t_s = world.image_t_s
            pose = self.track.at(world.image_t_s) or world.pose
            self.coverage.update(pose, world.scan, world.image_t_s)


@dataclass(frozen=True)
class SearchTick:
    """SUCCESS = everything that can be seen has been; FAILURE with `reason` camera_silent | a journey's."""

    status: Status
    velocity: Velocity = STILL
    remaining_m: float | None = None
    reason: str = ""


class Search:
    """`coverage` says what is seen already and is updated by the owner's Observer. Interrupt with `stop`, go on with
    `tick`: the next viewpoint is chosen anew."""

    def __init__(self, tools: SkillTools, coverage: Coverage, rooms: Sequence[str]) -> None:
        self.tools, self.coverage, self.rooms = tools, coverage, tuple(rooms)
        self.view: Viewpoint | None = None
        self.journey: Journey | None = None
        self.yaws: list[float] = []
        self.faced_t_s: float | None = None
        self.faced_s = 0.0
        self.visited: list[Viewpoint] = []
        self.failed: list[tuple[Viewpoint, str]] = []
        self.stall = StallWatch()

    def stop(self) -> None:
        if self.journey is not None:
            self.journey.stop()
        self.view, self.journey, self.yaws, self.faced_t_s = None, None, [], None

    def tick(self, world: WorldState, now_s: float) -> SearchTick:
        if world.pose is None:
            return SearchTick(Status.FAILURE, reason="lost") if self._lost(now_s) else SearchTick(Status.RUNNING)
        self.stall_pose_s = math.inf
        if self.view is None and not self._choose(world.pose):
            return self._over()
        if self.journey is not None:
            return self._travel(self.journey, world, now_s)
        return self._turn(world.pose, world, now_s)

    stall_pose_s = math.inf

    def _lost(self, now_s: float) -> bool:
        self.stall_pose_s = min(self.stall_pose_s, now_s)
        return now_s - self.stall_pose_s > 10.0

    def _over(self) -> SearchTick:
        if self.visited or not self.failed:
            return SearchTick(Status.SUCCESS)
        return SearchTick(Status.FAILURE, reason=self.failed[-1][1])

    def _choose(self, pose: Pose) -> bool:
        """The next viewpoint. One that was visited and is proposed again shows no more than it did: never again."""
        for _ in range(MAX_VIEWS):
            if len(self.visited) >= MAX_VIEWS:
                return False
            view = self.coverage.next_view(self.rooms, pose)
            if view is None:
                return False
            if any(math.hypot(view.x_m - v.x_m, view.y_m - v.y_m) < 0.25 for v in self.visited):
                self.coverage.mark_unreachable(view)
                continue
            self.view = view
            here = math.hypot(view.x_m - pose.x_m, view.y_m - pose.y_m) < 0.25
            self.journey = None if here else Journey(self.tools, Pose(view.x_m, view.y_m), turn=False, tolerance_m=0.2)
            self.yaws = []
            return True
        return False

    def _travel(self, journey: Journey, world: WorldState, now_s: float) -> SearchTick:
        assert self.view is not None
        tick = journey.tick(world, now_s)
        if tick.status is Status.RUNNING:
            return SearchTick(Status.RUNNING, tick.velocity, tick.remaining_m)
        self.journey = None
        if tick.status is Status.FAILURE:
            self.failed.append((self.view, tick.reason))
            self.coverage.mark_unreachable(self.view)
            self.view = None
            if tick.reason in ("lost", "no_scan") or len(self.failed) > 5:
                return SearchTick(Status.FAILURE, reason=tick.reason)
        return SearchTick(Status.RUNNING)

    def _turn(self, pose: Pose, world: WorldState, now_s: float) -> SearchTick:
        """Face each direction of the viewpoint, and wait there for an image."""
        assert self.view is not None
        if not self.yaws and self.faced_t_s is None:
            yaws = list(self.view.yaws_rad)
            if len(yaws) > 1 and abs(wrap(yaws[-1] - pose.yaw_rad)) < abs(wrap(yaws[0] - pose.yaw_rad)):
                yaws.reverse()
            self.yaws, self.turn_sign = yaws, 0.0
            if not yaws:
                return self._seen_from_here()
        if self.faced_t_s is None:
            error = wrap(self.yaws[0] - pose.yaw_rad)
            if abs(error) > FACED_RAD:
                rate = min(self.tools.cfg.skills.sweep_radps, max(0.2, 1.5 * abs(error)))
                velocity = Velocity(0.0, math.copysign(rate, error))
                if not self.stall.update(velocity, world, now_s):
                    return SearchTick(Status.RUNNING, velocity)
            self.faced_t_s, self.faced_s = world.t_s, now_s
        if world.image_t_s < self.faced_t_s:
            silent = now_s - self.faced_s > IMAGE_WAIT_S
            return SearchTick(Status.FAILURE, reason="camera_silent") if silent else SearchTick(Status.RUNNING)
        self.faced_t_s = None
        self.yaws.pop(0)
        return SearchTick(Status.RUNNING) if self.yaws else self._seen_from_here()

    def _seen_from_here(self) -> SearchTick:
        assert self.view is not None
        self.visited.append(replace(self.view))
        self.view = None
        return SearchTick(Status.RUNNING)


def rooms_of(home: Home, place: str, world: WorldState) -> tuple[str, ...]:
    """The rooms a search in `place` covers: the room itself, or the one a thing stands in; all rooms for ""."""
    if not place:
        return tuple(home.rooms)
    if place in home.rooms:
        return (place,)
    if place in home.furniture:
        item = home.furniture[place]
        return (room,) if (room := room_near(home, item.x_m, item.y_m)) else ()
    pose = world.places[place] if place in world.places else home.places[place].pose if place in home.places else None
    return (room,) if pose and (room := room_near(home, pose.x_m, pose.y_m)) else ()


def room_near(home: Home, x_m: float, y_m: float, slack_m: float = 0.3) -> str:
    """The room at a point, or one that begins within `slack_m` (an estimate may lie inside a wall)."""
    for away_m in (0.0, 0.5 * slack_m, slack_m):
        for k in range(8 if away_m else 1):
            angle = k * math.pi / 4.0
            if room := home.room_at(x_m + away_m * math.cos(angle), y_m + away_m * math.sin(angle)):
                return room
    return ""


def lies_in(home: Home, rooms: Sequence[str], x_m: float, y_m: float, slack_m: float = 0.25) -> bool:
    """Whether a point is in one of the rooms, give or take the error of an estimate."""
    near = [(x_m, y_m)] + [(x_m + dx, y_m + dy) for dx in (-slack_m, slack_m) for dy in (-slack_m, slack_m)]
    return any(home.rooms[room].contains(x, y) for room in rooms for x, y in near)
