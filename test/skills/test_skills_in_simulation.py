"""Skills on the whole robot in simulated time: physics, noise, wire, gate, localiser and the real detector.

The simulator's truth, which the robot never sees, has the last word.
"""

from __future__ import annotations

import math

import pytest

from moe_robot.config import load_config
from moe_robot.lockstep import CommandRun, LockstepRobot
from moe_robot.notation import parse_nodes
from moe_robot.planner.check import PlanContext, check
from moe_robot.sim.worlds import load_world

CFG = load_config()


@pytest.fixture
def robot():
    robot = LockstepRobot(CFG, load_world("flat"), seed=3)
    assert robot.settle() == ""
    yield robot
    robot.close()


def run(robot: LockstepRobot, notation: str, language: str = "ru") -> CommandRun:
    return robot.run(check(parse_nodes(notation), PlanContext(robot.sim_world.home, CFG)), language)


def test_drives_and_turns_are_as_long_as_asked_in_truth(robot: LockstepRobot) -> None:
    done = run(robot, "drive(distance_m=1.5)")
    moved_m = math.hypot(done.after.pose.x_m - done.before.pose.x_m, done.after.pose.y_m - done.before.pose.y_m)
    assert done.outcome == "done"
    assert moved_m == pytest.approx(1.5, abs=0.1)
    done = run(robot, "turn(angle_deg=-90)")
    turned_rad = math.remainder(done.after.pose.yaw_rad - done.before.pose.yaw_rad, 2.0 * math.pi)
    assert math.degrees(turned_rad) == pytest.approx(-90.0, abs=6.0)
    assert done.after.collisions == 0


def test_a_mission_to_find_come_back_and_charge(robot: LockstepRobot) -> None:
    done = run(robot, "go_to(place=kitchen); find(color=red, object=cube); dock()")
    assert done.outcome == "done", done.texts
    assert [result.status.value for result in done.results] == ["success"] * 3
    assert done.after.charging
    assert done.after.collisions == 0


def test_a_person_is_found_and_approached(robot: LockstepRobot) -> None:
    done = run(robot, "find(person=anna); go_to(person=anna)")
    anna = next(person for person in done.after.people if person.id == "anna")
    assert done.outcome == "done", done.texts
    assert math.hypot(anna.x_m - done.after.pose.x_m, anna.y_m - done.after.pose.y_m) < 1.3
    assert any(seen.id == "anna" for seen in done.after.visible)
    assert done.after.collisions == 0


def test_until_stops_the_drive_when_the_camera_sees_it(robot: LockstepRobot) -> None:
    done = run(robot, "go_to(place=living_room); until(see(color=blue, object=ball)){turn(angle_deg=45)}")
    assert done.outcome == "done", done.texts
    assert any((seen.kind, seen.color) == ("ball", "blue") for seen in done.after.visible)
    assert done.texts[-1] == "Вижу синий мяч."
