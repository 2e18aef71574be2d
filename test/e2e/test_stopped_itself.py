"""A sentence, a drive, something that the lidar does not see: the robot stops itself and says why."""

from __future__ import annotations

import dataclasses
import math

import pytest

from moe_robot.config import load_config
from moe_robot.lockstep import LockstepRobot
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Language, SafetyMode, Velocity
from moe_robot.world.home import Furniture


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("проедь вперёд 2 метра", "ru", ("Я упёрся", "Колёса проскальзывают")),
        ("drive forward two meters", "en", ("I am stuck", "The wheels slip")),
    ],
)
def test_S33_a_bar_on_the_floor_ends_a_drive_with_the_reason(text: str, language: Language, words) -> None:
    world = load_world("flat", 3)
    at = world.scene.robot
    x, y = at.x_m + 0.7 * math.cos(at.yaw_rad), at.y_m + 0.7 * math.sin(at.yaw_rad)
    bar = Furniture("bar", {}, x, y, at.yaw_rad, (0.1, 1.0, 0.08))
    home = dataclasses.replace(world.home, furniture={**world.home.furniture, "bar": bar})
    robot = LockstepRobot(load_config(), dataclasses.replace(world, home=home), seed=3)
    assert robot.settle() == ""
    run = robot.command(text, language)
    assert run.outcome in ("failed", "stopped")
    assert run.texts[-1].startswith(words)
    again = robot.command(text, language)  # while the e-stop is on, the reason is still told
    assert again.texts[-1].startswith(words)
    robot.motor.on_command(Velocity(), robot.now_s)
    robot.run_for(2.0)
    state = robot.motor.gate.state(robot.now_s)
    assert all(cause.cleared for cause in state.causes)
    assert state.mode is SafetyMode.ESTOP
    assert robot.motor.reset(state.estop_id, robot.now_s).ok
    robot.close()
