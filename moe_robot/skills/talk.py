"""Skills that only tell: say, help, cancel, the battery, where the robot is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from moe_robot.phrases import Place
from moe_robot.skills.base import Hints, SkillTick, SkillTools, failure, running, success
from moe_robot.skills.targets import distance_m
from moe_robot.structs import Pose, Value, WorldState
from moe_robot.world.home import Home

SENSOR_WAIT_S = 2.0
LOST_STD_M = 0.5  # m, with a worse pose the robot does not claim to know where it is
NEAR_M = 1.0  # m from a named thing that still counts as next to it


class _Told:
    """A skill that ends in its first tick."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.params, self.tools, self.hints = params, tools, hints

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s

    def stop(self) -> None:
        pass


class Say(_Told):
    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        return success("done.say", "handed to the speaker", text=str(self.params["text"]))


class Help(_Told):
    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        return success("done.help", "list of skills")


class Cancel(_Told):
    """The plan that carries it has already put an end to the one before."""

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        if self.hints.interrupted:
            return success("done.cancel", "the running plan was ended", notation=self.hints.interrupted)
        return success("done.cancel_nothing", "nothing was running")


class BatteryLevel(_Told):
    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        battery = world.battery
        if battery is None:
            if now_s - self.start_s < SENSOR_WAIT_S:
                return running()
            return failure("fail.battery_unknown", "no battery state")
        phrase = "done.battery_charging" if battery.charging else "done.battery"
        evidence = f"{battery.percent:.1f} %, {battery.voltage_v:.2f} V, charging {battery.charging}"
        return success(phrase, evidence, percent=battery.percent)


class WhereAmI(_Told):
    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        pose = world.pose
        if pose is None or world.pose_std_m > LOST_STD_M:
            if now_s - self.start_s < SENSOR_WAIT_S:
                return running()
            return failure("fail.no_pose", f"pose {pose}, std {world.pose_std_m:.2f} m")
        room = self.tools.home.room_at(pose.x_m, pose.y_m)
        near = nearest_named(self.tools.home, world.places, pose.x_m, pose.y_m, room)
        evidence = f"pose {pose.x_m:.2f}, {pose.y_m:.2f}, std {world.pose_std_m:.2f} m, room {room or 'none'}"
        if room and near:
            return success("done.where_near", evidence, room=Place(room), near=Place(near))
        if room:
            return success("done.where_room", evidence, room=Place(room))
        if near:
            return success("done.where_place", evidence, near=Place(near))
        return success("done.where_point", evidence, x=round(pose.x_m, 1), y=round(pose.y_m, 1))


def nearest_named(home: Home, places: Mapping[str, Pose], x_m: float, y_m: float, room: str = "") -> str:
    """Id of the named furniture or place closest to a point, at most NEAR_M away and in the same room; "" for none."""
    best, best_m = "", NEAR_M
    for item in home.furniture.values():
        if item.names and (not room or home.room_at(item.x_m, item.y_m) in (room, "")):
            gap_m = float(home.distance_m(item, np.float64(x_m), np.float64(y_m)))
            if gap_m < best_m:
                best, best_m = item.id, gap_m
    poses = {place.id: place.pose for place in home.places.values()} | dict(places)
    for place, pose in poses.items():
        gap_m = distance_m(pose, x_m, y_m)
        if gap_m < best_m and (not room or home.room_at(pose.x_m, pose.y_m) in (room, "")):
            best, best_m = place, gap_m
    return best
