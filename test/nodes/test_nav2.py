"""Nav2 behind the navigator's seam, with a stand-in for Nav2 itself."""

from __future__ import annotations

import pytest

pytest.importorskip("rclpy", reason="needs ROS 2")
from moe_robot.config import load_config
from moe_robot.nodes.nav2 import Nav2Navigator
from moe_robot.robot_model import load_robot_model
from moe_robot.structs import Pose, Status, Velocity, WorldState
from moe_robot.world.home import load_home

SLOW = Velocity(0.2, 0.1)


class StandIn:
    """Drives nowhere, remembers what it was told."""

    def __init__(self) -> None:
        self.ready, self.status, self.remaining_m = True, Status.FAILURE, 0.0
        self.goals: list[Pose] = []
        self.cancelled = 0

    def go(self, pose: Pose) -> None:
        self.goals.append(pose)
        self.status, self.remaining_m = Status.RUNNING, 3.0

    def cancel(self) -> None:
        self.cancelled += 1
        self.status = Status.FAILURE

    def velocity(self) -> Velocity:
        return SLOW


@pytest.fixture
def driver() -> StandIn:
    return StandIn()


@pytest.fixture
def navigator(driver: StandIn) -> Nav2Navigator:
    config = load_config()
    return Nav2Navigator(driver, load_home(config.robot.home), config, load_robot_model())


def kitchen() -> Pose:
    return load_home("flat").rooms["kitchen"].stand


def world() -> WorldState:
    return WorldState(t_s=1.0, pose=load_home("flat").rooms["hall"].stand, pose_std_m=0.02)


def test_nav2_gets_the_goal_and_its_velocity_is_passed_on(navigator: Nav2Navigator, driver: StandIn) -> None:
    goal = kitchen()
    assert navigator.set_goal(goal.x_m, goal.y_m, goal.yaw_rad)
    tick = navigator.tick(world(), 1.0)
    assert driver.goals == [goal]
    assert (tick.status, tick.velocity, tick.remaining_m) == (Status.RUNNING, SLOW, 3.0)


@pytest.mark.parametrize(("end", "reason"), [(Status.SUCCESS, ""), (Status.FAILURE, "blocked")])
def test_the_end_that_nav2_tells_is_the_end(navigator: Nav2Navigator, driver: StandIn, end, reason) -> None:
    navigator.set_goal(kitchen().x_m, kitchen().y_m)
    driver.status = end
    tick = navigator.tick(world(), 1.0)
    assert (tick.status, tick.velocity, tick.reason) == (end, Velocity(), reason)


def test_a_cancel_reaches_nav2(navigator: Nav2Navigator, driver: StandIn) -> None:
    navigator.set_goal(kitchen().x_m, kitchen().y_m)
    navigator.cancel()
    assert driver.cancelled == 1


def test_a_goal_outside_of_the_home_never_reaches_nav2(navigator: Nav2Navigator, driver: StandIn) -> None:
    assert navigator.set_goal(100.0, 100.0).reason == "outside"
    assert driver.goals == []


def test_without_a_nav2_server_our_own_navigator_drives(navigator: Nav2Navigator, driver: StandIn) -> None:
    driver.ready = False
    assert navigator.set_goal(kitchen().x_m, kitchen().y_m)
    assert driver.goals == []
    assert navigator.tick(world(), 1.0).reason == "no_scan"  # our own wants a scan
