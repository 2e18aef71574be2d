"""Going from viewpoint to viewpoint until the camera has seen all the floor of some rooms.

Shared by find, count and explore. What is looked for, and when to stop, is theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from moe_robot.skills.base import STILL, SkillTools
from moe_robot.skills.control import StallWatch, wrap
from moe_robot.skills.journey import Journey
from moe_robot.structs import Pose, Status, Velocity, WorldState
from moe_robot.world.coverage import Coverage, Viewpoint
from moe_robot.world.home import Home
from moe_robot.world.matching import PoseTrack

FACING_RAD, FACED_RAD = 0.4, 0.12  # images count for a direction from the first on; at the second it is done with
RING_RAD = 1.6  # directions whose largest gap is smaller are a full turn, which may begin anywhere
POSE_WAIT_S = 10.0
LEFTOVER_M = 3.5  # m; the rest of a room this near is looked at before the robot leaves the room
COARSE_SHARE = 0.93  # of a room's floor; the corners that are left then can wait. Least time for all of the home
HASTY_SHARE = 0.85  # and for who may find early what is looked for: 12 % less time until a thing is seen
OCCUPIED_M = 0.8  # m; this near to a viewpoint that cannot be reached is near enough
MAX_FAILED = 8
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

    def __init__(
        self, tools: SkillTools, coverage: Coverage, rooms: Sequence[str], coarse_share: float = COARSE_SHARE
    ) -> None:
        self.tools, self.coverage, self.rooms = tools, coverage, tuple(rooms)
        self.coarse_share = coarse_share
        self.view: Viewpoint | None = None
        self.journey: Journey | None = None
        self.yaws: list[float] = []
        self.facing_t_s: float | None = None  # when it began to face the direction that is next
        self.facing_s = 0.0
        self.lost_s = math.inf
        self.checked_s = -math.inf
        self.visited: list[Viewpoint] = []
        self.failed: list[tuple[Viewpoint, str]] = []
        self.stall = StallWatch()

    def stop(self) -> None:
        if self.journey is not None:
            self.journey.stop()
        self.view, self.journey, self.yaws, self.facing_t_s = None, None, [], None
        self.stall = StallWatch()

    def tick(self, world: WorldState, now_s: float) -> SearchTick:
        if world.pose is None:
            self.lost_s = min(self.lost_s, now_s)
            lost = now_s - self.lost_s > POSE_WAIT_S
            return SearchTick(Status.FAILURE, reason="lost") if lost else SearchTick(Status.RUNNING)
        self.lost_s = math.inf
        if self.view is None and not self._choose(world.pose):
            return self._over()
        if self.journey is not None:
            return self._travel(self.journey, world.pose, world, now_s)
        return self._turn(world.pose, world, now_s)

    def _over(self) -> SearchTick:
        if self.visited or not self.failed:
            return SearchTick(Status.SUCCESS)
        return SearchTick(Status.FAILURE, reason=self.failed[-1][1])

    def _choose(self, pose: Pose) -> bool:
        """The next viewpoint. One that was visited and is proposed again shows no more than it did: never again."""
        for _ in range(MAX_VIEWS):
            view = self._propose(pose)
            if view is None or len(self.visited) >= MAX_VIEWS:
                return False
            if any(math.hypot(view.x_m - v.x_m, view.y_m - v.y_m) < 0.25 for v in self.visited):
                self.coverage.mark_unreachable(view)
                continue
            self.view, self.yaws = view, []
            here = math.hypot(view.x_m - pose.x_m, view.y_m - pose.y_m) < 0.25
            goal = Pose(view.x_m, view.y_m)
            self.journey = None if here else Journey(self.tools, goal, turn=False, tolerance_m=0.2, casual=True)
            return True
        return False

    def _propose(self, pose: Pose) -> Viewpoint | None:
        """First what shows most, but a room is finished (all but its last corners) while the robot is in it; the last
        corners of all rooms come at the end."""
        rooms = [room for room in self.rooms if self.coverage.viewed(room) < self.coarse_share]
        here = self.tools.home.room_at(pose.x_m, pose.y_m)
        if here in rooms and self.visited:
            view = self.coverage.next_view((here,), pose)
            if view is not None and math.hypot(view.x_m - pose.x_m, view.y_m - pose.y_m) < LEFTOVER_M:
                return view
        return self.coverage.next_view(rooms, pose) or self.coverage.next_view(self.rooms, pose)

    def _travel(self, journey: Journey, pose: Pose, world: WorldState, now_s: float) -> SearchTick:
        assert self.view is not None
        tick = journey.tick(world, now_s)
        away_m = math.hypot(self.view.x_m - pose.x_m, self.view.y_m - pose.y_m)
        if tick.status is Status.RUNNING:
            if not (away_m < OCCUPIED_M and self._occupied(self.view, now_s)):
                return SearchTick(Status.RUNNING, tick.velocity, tick.remaining_m)
            journey.stop()
        elif tick.status is Status.FAILURE and (away_m > OCCUPIED_M or tick.reason in ("lost", "no_scan")):
            self.failed.append((self.view, tick.reason))
            self.coverage.mark_unreachable(self.view)
            self.view, self.journey = None, None
            if tick.reason in ("lost", "no_scan") or len(self.failed) > MAX_FAILED:
                return SearchTick(Status.FAILURE, reason=tick.reason)
            return SearchTick(Status.RUNNING)
        self.journey = None  # there, or as near as it gets: look from here
        return SearchTick(Status.RUNNING)

    def _occupied(self, view: Viewpoint, now_s: float) -> bool:
        """Whether the lidar shows that something stands where the robot wants to; asked now and then."""
        if now_s - self.checked_s < 0.5:
            return False
        self.checked_s = now_s
        free = self.tools.navigator.nearest_free(view.x_m, view.y_m)
        return free is None or math.hypot(free.x_m - view.x_m, free.y_m - view.y_m) > 0.2

    def _turn(self, pose: Pose, world: WorldState, now_s: float) -> SearchTick:
        """Through the directions of the viewpoint without a halt, as long as images come in time for each."""
        assert self.view is not None
        if not self.yaws and self.facing_t_s is None:
            self.yaws = turn_order(self.view.yaws_rad, pose.yaw_rad)
            if not self.yaws:
                return self._seen_from_here()
        error = wrap(self.yaws[0] - pose.yaw_rad)
        if self.facing_t_s is None and abs(error) < FACING_RAD:
            self.facing_t_s, self.facing_s = world.t_s, now_s
        shown = self.facing_t_s is not None and world.image_t_s >= self.facing_t_s
        if abs(error) <= FACED_RAD and shown:
            self.facing_t_s = None
            self.yaws.pop(0)
            if not self.yaws:
                return self._seen_from_here()
            error = wrap(self.yaws[0] - pose.yaw_rad)
        elif abs(error) <= FACED_RAD:
            silent = now_s - self.facing_s > IMAGE_WAIT_S
            return SearchTick(Status.FAILURE, reason="camera_silent") if silent else SearchTick(Status.RUNNING)
        rate = self.tools.cfg.skills.sweep_radps
        if len(self.yaws) == 1:
            rate = min(rate, max(0.25, 2.0 * abs(error)))
        velocity = Velocity(0.0, math.copysign(rate, error))
        if self.stall.update(velocity, world, now_s):
            self.failed.append((self.view, "blocked"))
            self.coverage.mark_unreachable(self.view)
            self.stop()
            return (
                SearchTick(Status.FAILURE, reason="blocked")
                if len(self.failed) > MAX_FAILED
                else SearchTick(Status.RUNNING)
            )
        return SearchTick(Status.RUNNING, velocity)

    def _seen_from_here(self) -> SearchTick:
        assert self.view is not None
        self.visited.append(self.view)
        self.view = None
        return SearchTick(Status.RUNNING)


def turn_order(yaws_rad: Sequence[float], heading_rad: float) -> list[float]:
    """The directions (given as one turn to the left) in the order that is quickest from a heading."""
    yaws = list(yaws_rad)
    if len(yaws) < 2:
        return yaws
    if len(yaws) > 3 and wrap(yaws[0] - yaws[-1]) % (2.0 * math.pi) < RING_RAD:
        nearest = min(range(len(yaws)), key=lambda k: abs(wrap(yaws[k] - heading_rad)))
        return yaws[nearest:] + yaws[:nearest]
    if abs(wrap(yaws[-1] - heading_rad)) < abs(wrap(yaws[0] - heading_rad)):
        yaws.reverse()
    return yaws


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
