"""Look somewhere and tell what the camera sees."""

from __future__ import annotations

import math
from collections.abc import Mapping

from moe_robot.skills.base import Hints, SkillTick, SkillTools, failure, running, success
from moe_robot.skills.sweep import Sweep
from moe_robot.skills.targets import MIN_CONFIDENCE, SOLID, grouped
from moe_robot.structs import Detection, Value, WorldState

ANGLES_RAD = {"around": 2 * math.pi, "left": math.pi / 2, "right": -math.pi / 2, "back": math.pi, "ahead": 0.0}
IMAGE_WAIT_S = 3.0  # s without an image until the camera counts as silent
STILL_IMAGES = 3  # images taken while standing, after the turn


class Look:
    """Turns, then tells: of a look around all that was seen on the way, else what stands in view at its end."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        angle_rad = ANGLES_RAD[str(params.get("direction", "around"))]
        self.around = abs(angle_rad) > 6.0
        cfg = tools.cfg.skills
        self.sweep = Sweep(angle_rad, cfg.sweep_radps if self.around else cfg.turn_radps) if angle_rad else None
        self.turned = "no turn"
        self.images = 0
        self.image_t_s = -math.inf
        self.richest: tuple[Detection, ...] = ()

    def start(self, world: WorldState, now_s: float) -> None:
        self.waiting_since_s = now_s
        self.start_t_s = world.t_s
        self.image_t_s = world.t_s - 0.3 if self.sweep is None else world.t_s

    def stop(self) -> None:
        pass

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        new = self._take(world, now_s)
        if self.sweep is not None:
            velocity = self.sweep.tick(world, now_s)
            if velocity is not None:
                return running(velocity)
            if self.sweep.stuck:
                turned_deg = math.degrees(self.sweep.turned_rad)
                return failure("fail.turn_blocked", f"turned {turned_deg:.0f} deg, then no motion")
            self.turned = f"turned {math.degrees(self.sweep.turned_rad):.0f} deg"
            self.sweep = None
            self.waiting_since_s = now_s
            if not self.around:
                self.images, self.richest = 0, ()
                self.image_t_s, self.start_t_s = world.t_s, world.t_s
                return running()
        if new and self.images >= STILL_IMAGES:
            return self._tell(world)
        if now_s - self.waiting_since_s > IMAGE_WAIT_S:
            return failure("fail.camera_silent", f"latest image {world.t_s - world.image_t_s:.1f} s old")
        return running()

    def _take(self, world: WorldState, now_s: float) -> bool:
        if world.image_t_s <= self.image_t_s:
            return False
        self.image_t_s = world.image_t_s
        self.images += 1
        seen = tuple(d for d in world.detections if d.confidence >= MIN_CONFIDENCE)
        if len(seen) >= len(self.richest):
            self.richest = seen
        return True

    def _tell(self, world: WorldState) -> SkillTick:
        # The sightings count a thing once although many images show it; without a pose there are none.
        merged = [s for s in world.sightings if s.last_t_s >= self.start_t_s and s.count >= SOLID]
        things = grouped(merged) if self.around and merged else grouped(self.richest)
        evidence = f"{self.turned}, {self.images} images, {len(merged)} sightings"
        if not things:
            return success("done.look_nothing", evidence)
        return success("done.look", evidence, things=things)


class WhatDoYouSee:
    """Of the present image."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.start_s = 0.0

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s
        self.since_t_s = world.t_s - 0.3

    def stop(self) -> None:
        pass

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        if world.image_t_s <= self.since_t_s:
            if now_s - self.start_s < IMAGE_WAIT_S:
                return running()
            return failure("fail.camera_silent", f"latest image {world.t_s - world.image_t_s:.1f} s old")
        things = grouped(d for d in world.detections if d.confidence >= MIN_CONFIDENCE)
        evidence = f"image of t={world.image_t_s:.2f} s, {len(world.detections)} detections"
        if not things:
            return success("done.look_nothing", evidence)
        return success("done.look", evidence, things=things)
