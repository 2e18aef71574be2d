"""What a plan may wait for or decide by, answered from the WorldState: True, False, or None while it cannot be told."""

from __future__ import annotations

import math

from moe_robot.skills.targets import IMAGE_AGE_S, Target, number
from moe_robot.structs import Condition, WorldState

GONE_S = 1.0  # s without the thing in any image until it counts as not seen: one missed detection is nothing
PATIENCE_S = 3.0  # s that a decision waits for the sensor it needs


class Watch:
    """One condition of an `until` block: only what is seen after its `start` counts."""

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self.target = Target.of(condition.params)

    def start(self, world: WorldState, now_s: float) -> None:
        self.since_t_s = world.t_s
        self.seen_t_s = world.t_s  # for "while you see": begin as if it had just been seen

    def holds(self, world: WorldState, now_s: float) -> bool:
        if self.condition.kind == "battery_below":
            return battery_below(self.condition, world) is True
        new = world.image_t_s > self.since_t_s
        seen = new and bool(self.target.among(world.detections))
        if seen:
            self.seen_t_s = world.image_t_s
        if not self.condition.negated:
            return seen
        return new and world.image_t_s - self.seen_t_s >= GONE_S


class Decision:
    """The condition of an `if`: the present image, the present battery."""

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self.target = Target.of(condition.params)
        self.since_s = math.inf

    def answer(self, world: WorldState, now_s: float) -> bool | None:
        """None: not known yet, ask again. After PATIENCE_S: see `sensor_missing`."""
        self.since_s = min(self.since_s, now_s)
        if self.condition.kind == "battery_below":
            return battery_below(self.condition, world)
        if world.t_s - world.image_t_s > IMAGE_AGE_S:
            return None
        return bool(self.target.among(world.detections)) != self.condition.negated

    def sensor_missing(self, now_s: float) -> str:
        """Phrase of the failure when the answer does not come, "" while it still may."""
        if now_s - self.since_s < PATIENCE_S:
            return ""
        return "fail.battery_unknown" if self.condition.kind == "battery_below" else "fail.camera_silent"


def battery_below(condition: Condition, world: WorldState) -> bool | None:
    if world.battery is None:
        return None
    return (world.battery.percent < number(condition.params["percent"])) != condition.negated
