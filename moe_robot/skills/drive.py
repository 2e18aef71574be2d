"""Motion without a map: drive straight, turn on the spot, stand still, wait.

Distances and angles are measured by odometry and, where the robot knows its place on the map well, checked against the
map: wheels that turn while the robot stands do not count.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from moe_robot.skills.base import STILL, Hints, SkillTick, SkillTools, failure, running, success
from moe_robot.skills.control import StallWatch, YawCounter, speed_for, stands, turn_rate, wrap
from moe_robot.skills.targets import number
from moe_robot.structs import Pose, Value, Velocity, WorldState

DECEL_MPS2 = 0.5  # m/s^2 of the planned braking; the gate allows more
LATENCY_S = 0.15  # s from a command to the wheels
SETTLE_S = 0.3  # s of standing before the result is measured
SENSOR_WAIT_S = 1.5  # s until missing odometry is a failure
SURE_STD_M = 0.10  # m, with a better pose than this the map has the last word
NO_ROOM_M = 0.05  # m; stopped before so much, it has not driven at all
KEPT_RAD = math.radians(3.0)  # an angle kept this well is told as it was asked for
CORRECTIONS = 2  # times a finished motion may be continued because the measure says it fell short


def stall_phrase(world: WorldState, blocked: str) -> str:
    """Why nothing moves: what the gate names, else `blocked` for an obstacle, else the motors."""
    if world.safety is None:
        return blocked
    limiting = world.safety.limiting
    for word in ("link", "scan"):
        if word in limiting:
            return f"fail.{word}"
    return blocked if limiting else "fail.stuck"


class _Settle:
    """True once the wheels have stood for SETTLE_S."""

    def __init__(self) -> None:
        self.since_s = math.inf

    def update(self, world: WorldState, now_s: float) -> bool:
        if not stands(world):
            self.since_s = math.inf
            return False
        self.since_s = min(self.since_s, now_s)
        return now_s - self.since_s >= SETTLE_S


class Drive:
    """Straight ahead or back, the heading held; ends when the measured distance is right."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        cfg = tools.cfg.skills
        default_m = cfg.max_distance_m if hints.endless else cfg.drive_default_m
        self.goal_m = number(params.get("distance_m", default_m), default_m)
        self.endless = hints.endless and "distance_m" not in params
        self.speed_mps = number(params.get("speed_mps", cfg.cruise_mps), cfg.cruise_mps)
        self.sign = math.copysign(1.0, self.goal_m)
        self.origin: Pose | None = None  # odometry at the start
        self.origin_map: Pose | None = None  # pose on the map at the start, when it was sure
        self.stall = StallWatch()
        self.settle = _Settle()
        self.settling = False
        self.missing_m = 0.0  # what the map says the odometry has overstated
        self.corrections = 0

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s

    def stop(self) -> None:
        self.settling = False

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        if world.odom is None:
            return failure("fail.no_odometry", "no odometry") if now_s - self.start_s > SENSOR_WAIT_S else running()
        if self.origin is None:
            self.origin = world.odom
            self.origin_map = world.pose if world.pose_std_m <= SURE_STD_M else None
        done_m, aside_m, yaw_error = along(self.origin, world.odom)
        remaining_m = abs(self.goal_m) + self.missing_m - self.sign * done_m
        if self.settling:
            return self._settled(done_m, remaining_m, world, now_s)
        slack_m = LATENCY_S * abs(world.velocity.linear_mps)
        if remaining_m - slack_m <= 0.005:
            self.settling = True
            return running(STILL, max(remaining_m, 0.0))
        speed = speed_for(remaining_m - slack_m, self.speed_mps, DECEL_MPS2, 0.04)
        steer = 2.0 * yaw_error - 1.5 * self.sign * aside_m
        velocity = Velocity(self.sign * speed, max(-0.5, min(0.5, steer)))
        if self.stall.update(velocity, world, now_s):
            return self._blocked(done_m, world)
        return running(velocity, max(remaining_m, 0.0))

    def _settled(self, done_m: float, remaining_m: float, world: WorldState, now_s: float) -> SkillTick:
        if not self.settle.update(world, now_s):
            return running(STILL, max(remaining_m, 0.0))
        true_m, by_map = self.sign * done_m - self.missing_m, False
        if self.origin_map is not None and world.pose is not None and world.pose_std_m <= SURE_STD_M:
            map_m = self.sign * along(self.origin_map, world.pose)[0]
            if abs(map_m - true_m) > max(0.08, 0.06 * abs(true_m)):
                if map_m < 0.3 * true_m:
                    return failure("fail.slipped", f"odometry {done_m:.2f} m, map {map_m:.2f} m")
                true_m, by_map = map_m, True
        short_m = abs(self.goal_m) - true_m
        if short_m > max(0.03, 0.03 * abs(self.goal_m)) and self.corrections < CORRECTIONS:
            self.corrections += 1
            self.missing_m = self.sign * done_m - true_m
            self.settling = False
            return running(STILL, short_m)
        phrase = "done.drive_forward" if self.sign > 0 else "done.drive_back"
        evidence = f"{'map' if by_map else 'odometry'} {true_m:.3f} m of {abs(self.goal_m):.3f} m, wheels stand"
        if abs(short_m) > max(0.1, 0.1 * abs(self.goal_m)):
            return self._blocked(true_m, world)
        return success(phrase, evidence, distance_m=self._told_m(abs(true_m)))

    def _blocked(self, done_m: float, world: WorldState) -> SkillTick:
        done_m = abs(done_m)
        if abs(self.goal_m) - done_m <= max(0.05, 0.05 * abs(self.goal_m)):
            phrase = "done.drive_forward" if self.sign > 0 else "done.drive_back"
            return success(
                phrase, f"odometry {done_m:.3f} m of {abs(self.goal_m):.3f} m", distance_m=self._told_m(done_m)
            )
        blocked = "fail.obstacle" if self.endless else "fail.drive_blocked"
        if done_m < NO_ROOM_M:
            blocked = "fail.drive_no_room" if self.sign > 0 else "fail.drive_back_no_room"
        elif self.sign < 0:
            blocked = "fail.drive_back_blocked"
        phrase = stall_phrase(world, blocked)
        limiting = world.safety.limiting if world.safety else "unknown"
        evidence = f"odometry {done_m:.2f} m, then no motion; gate: {limiting or 'nothing'}"
        return failure(phrase, evidence, done_m=done_m, distance_m=abs(self.goal_m))

    def _told_m(self, done_m: float) -> float:
        """What was asked for when it was kept as well as can be measured, else what was measured, to a tenth."""
        goal_m = abs(self.goal_m)
        if abs(done_m - goal_m) <= max(0.03, 0.03 * goal_m):
            return goal_m
        return round(done_m, 1) if done_m >= 0.5 else round(done_m, 2)


class Turn:
    """On the spot by an angle that may be more than a full turn."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        cfg = tools.cfg.skills
        self.goal_rad = math.radians(number(params.get("angle_deg", cfg.turn_default_deg), cfg.turn_default_deg))
        self.rate_radps = min(cfg.turn_radps, cfg.sweep_radps) if hints.endless else cfg.turn_radps
        self.counter: YawCounter | None = None
        self.start_map: Pose | None = None
        self.stall = StallWatch()
        self.settle = _Settle()
        self.settling = False
        self.corrections = 0
        self.measure = "odometry"

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s

    def stop(self) -> None:
        self.settling = False

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        if world.odom is None:
            return failure("fail.no_odometry", "no odometry") if now_s - self.start_s > SENSOR_WAIT_S else running()
        if self.counter is None:
            self.counter = YawCounter(world.odom.yaw_rad)
            self.start_map = world.pose if world.pose_std_m <= SURE_STD_M else None
        error = self.goal_rad - self.counter.update(world.odom.yaw_rad)
        remaining_rad = error - LATENCY_S * world.velocity.angular_radps
        if self.settling:
            return self._settled(error, world, now_s)
        if abs(remaining_rad) < math.radians(0.7) or error * remaining_rad < 0.0:
            self.settling = True
            return running()
        velocity = Velocity(0.0, turn_rate(remaining_rad, self.rate_radps))
        if self.stall.update(velocity, world, now_s):
            evidence = f"{math.degrees(self.counter.turned_rad):.0f} deg, then no motion"
            return failure(stall_phrase(world, "fail.turn_blocked"), evidence)
        return running(velocity)

    def _settled(self, error: float, world: WorldState, now_s: float) -> SkillTick:
        assert self.counter is not None
        if not self.settle.update(world, now_s):
            return running()
        if self.start_map is not None and world.pose is not None and world.pose_std_m <= SURE_STD_M:
            by_map = wrap(self.goal_rad - (world.pose.yaw_rad - self.start_map.yaw_rad))
            if abs(wrap(by_map - error)) > math.radians(4.0):
                self.measure = "odometry corrected by the map"
                self.counter.turned_rad += wrap(error - by_map)
                error = by_map
        if abs(error) > math.radians(2.0) and self.corrections < CORRECTIONS:
            self.corrections += 1
            self.settling = False
            return running()
        turned_deg = math.degrees(self.goal_rad - error)
        evidence = f"{self.measure} {turned_deg:.1f} deg of {math.degrees(self.goal_rad):.1f} deg, wheels stand"
        if abs(error) > math.radians(8.0):
            return failure("fail.turn_blocked", evidence)
        phrase = "done.turn_left" if self.goal_rad > 0 else "done.turn_right"
        told_deg = math.degrees(self.goal_rad) if abs(error) <= KEPT_RAD else turned_deg
        return success(phrase, evidence, angle_deg=abs(told_deg))


class Stop:
    """Stand still, proved by the wheels. (The word "stop" also reaches the safety gate, without any plan.)"""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.settle = _Settle()

    def start(self, world: WorldState, now_s: float) -> None:
        pass

    def stop(self) -> None:
        pass

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        if self.settle.update(world, now_s):
            return success("done.stop", "wheels stand")
        return running()


class Wait:
    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.duration_s = number(params["duration_s"])

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s

    def stop(self) -> None:
        pass

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        waited_s = now_s - self.start_s
        if waited_s >= self.duration_s - 1e-6:
            return success("done.wait", f"{waited_s:.2f} s by the clock", duration_s=self.duration_s)
        return running()


def along(start: Pose, now: Pose) -> tuple[float, float, float]:
    """Progress from `start` to `now`: metres ahead, metres to the left, heading error back to the start's heading."""
    dx, dy = now.x_m - start.x_m, now.y_m - start.y_m
    cos, sin = math.cos(start.yaw_rad), math.sin(start.yaw_rad)
    return cos * dx + sin * dy, -sin * dx + cos * dy, wrap(start.yaw_rad - now.yaw_rad)
