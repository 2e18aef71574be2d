import math

import numpy as np
import pytest
from flatland import Flatland

from moe_robot.config import load_config
from moe_robot.robot_model import load_robot_model
from moe_robot.structs import Pose, Status, Velocity, WorldState
from moe_robot.world.home import load_home
from moe_robot.world.matching import wrap1
from moe_robot.world.navigator import PATIENCE_S, Navigator

DOCK = Pose(9.4, 3.8, math.pi)
TICK_S = 0.05


@pytest.fixture(scope="module")
def home():
    return load_home("flat")


@pytest.fixture
def navigator(home):
    cfg = load_config()
    return Navigator(home, cfg.world, cfg.skills, load_robot_model())


def seen(world, t_s):
    """What the robot would believe with a perfect pose and a fresh scan."""
    return WorldState(t_s, world.pose, 0.01, world.odom, world.velocity, scan=world.scan(t_s))


def limited(now, wish):
    """The gate's limits of acceleration."""
    linear = now.linear_mps + min(max(wish.linear_mps - now.linear_mps, -1.6 * TICK_S), 0.8 * TICK_S)
    angular = now.angular_radps + min(max(wish.angular_radps - now.angular_radps, -5 * TICK_S), 5 * TICK_S)
    return Velocity(linear, angular)


def drive(navigator, world, start_s=0.0, limit_s=90.0, each=None):
    """Until the navigator is done; its last word, the time, the least distance from the robot's centre to anything."""
    now_s, nearest_m = start_s, math.inf
    while now_s < start_s + limit_s:
        tick = navigator.tick(seen(world, now_s), now_s)
        if tick.status is not Status.RUNNING:
            return tick, now_s, nearest_m
        world.drive(limited(world.velocity, tick.velocity), TICK_S)
        nearest_m = min(nearest_m, world.clearance_m())
        now_s += TICK_S
        if each is not None:
            each(now_s, tick)
    return tick, now_s, nearest_m


@pytest.mark.parametrize("room", ["kitchen", "bathroom", "living_room"])
def test_drives_to_a_room_through_doors_without_coming_near_to_anything(navigator, home, room):
    world, goal = Flatland(home, DOCK), home.rooms[room].stand
    assert navigator.set_goal(goal.x_m, goal.y_m, goal.yaw_rad, 0.1)
    tick, _, nearest_m = drive(navigator, world)
    assert tick.status is Status.SUCCESS
    assert math.hypot(world.pose.x_m - goal.x_m, world.pose.y_m - goal.y_m) < 0.1
    assert abs(wrap1(world.pose.yaw_rad - goal.yaw_rad)) < math.radians(5)
    assert nearest_m > 0.3


def test_the_first_tick_already_moves(navigator, home):
    world = Flatland(home, DOCK)
    navigator.observe(seen(world, 0.0))
    assert navigator.set_goal(5.0, 3.8, None, 0.1, 0.0)
    assert navigator.tick(seen(world, 0.0), 0.0).velocity.linear_mps > 0.1


def test_what_remains_shrinks_to_nothing(navigator, home):
    world = Flatland(home, DOCK)
    left = []
    assert navigator.set_goal(6.6, 5.8, None, 0.1)
    drive(navigator, world, each=lambda _, tick: left.append(tick.remaining_m))
    assert left[0] == pytest.approx(navigator.distance_m(DOCK, Pose(6.6, 5.8)), abs=0.3)
    assert left[-1] < 0.15
    assert max(np.diff(left)) < 0.2


def test_goes_around_things_that_are_not_on_the_map(navigator, home):
    discs = [(7.5, 3.7, 0.15), (6.2, 5.0, 0.12), (4.4, 3.6, 0.2)]
    world = Flatland(home, DOCK, discs)
    assert navigator.set_goal(1.8, 6.2, math.pi / 2, 0.1)
    tick, _, nearest_m = drive(navigator, world)
    assert tick.status is Status.SUCCESS
    assert nearest_m > 0.22


def test_drives_around_when_something_appears_on_the_path(navigator, home):
    world = Flatland(home, DOCK)
    assert navigator.set_goal(5.0, 3.8, None, 0.1)

    def appear(now_s, _):
        if 4.0 < now_s < 4.1:
            world.discs.append((world.pose.x_m - 0.8, 3.85, 0.15))

    tick, _, nearest_m = drive(navigator, world, each=appear)
    assert tick.status is Status.SUCCESS
    assert nearest_m > 0.2


def test_waits_for_a_person_in_the_only_door_and_goes_on(navigator, home):
    person = [(1.7, 5.0, 0.25)]
    world = Flatland(home, Pose(3.0, 3.9, math.pi), list(person))
    waited = []

    def leave(now_s, tick):
        waited.append(tick.reason == "blocked")
        if now_s > 9.0:
            world.discs.clear()

    assert navigator.set_goal(1.8, 6.2, None, 0.1)
    tick, _, nearest_m = drive(navigator, world, each=leave)
    assert any(waited)
    assert tick.status is Status.SUCCESS
    assert nearest_m > 0.2


def test_gives_up_with_a_reason_when_the_way_stays_blocked(navigator, home):
    world = Flatland(home, Pose(3.0, 3.9, math.pi), [(1.7, 5.0, 0.3)])
    assert navigator.set_goal(1.8, 6.2, None, 0.1)
    tick, now_s, nearest_m = drive(navigator, world)
    assert (tick.status, tick.reason) == (Status.FAILURE, "blocked")
    assert now_s > PATIENCE_S
    assert nearest_m > 0.2
    assert not navigator.active


def test_a_lost_pose_and_a_silent_lidar_stop_it(navigator, home):
    world = Flatland(home, DOCK)
    navigator.set_goal(5.0, 3.8)
    good = seen(world, 1.0)
    assert navigator.tick(good, 1.0).velocity.linear_mps > 0.0
    lost = WorldState(1.1, good.pose, 5.0, scan=good.scan)
    assert (navigator.tick(lost, 1.1).velocity, navigator.tick(lost, 1.1).reason) == (Velocity(), "lost")
    silent = WorldState(2.0, good.pose, 0.01, scan=good.scan)
    assert (navigator.tick(silent, 2.0).velocity, navigator.tick(silent, 2.0).reason) == (Velocity(), "no_scan")
    late = 2.0 + PATIENCE_S + 0.1
    ended = navigator.tick(WorldState(late, good.pose, 0.01, scan=good.scan), late)
    assert (ended.status, ended.reason) == (Status.FAILURE, "no_scan")


def test_goals_in_walls_or_outside_are_refused(navigator):
    assert navigator.set_goal(0.8, 1.2, None, 0.1).reason == "unreachable"  # in the bed
    assert navigator.set_goal(-3.0, 0.0).reason == "outside"
    assert not navigator.active


def test_a_goal_close_to_a_wall_is_moved_to_where_the_robot_may_stand(navigator, home):
    world = Flatland(home, DOCK)
    assert navigator.set_goal(6.6, 4.5, None, 0.1)
    assert drive(navigator, world)[0].status is Status.SUCCESS
    assert world.clearance_m() > 0.18


def test_distance_follows_the_corridors_and_is_the_same_both_ways(navigator, home):
    kitchen, office = home.rooms["kitchen"].stand, home.rooms["office"].stand
    there, back = navigator.distance_m(kitchen, office), navigator.distance_m(office, kitchen)
    assert 8.5 < there < 10.5  # 7.5 m as the crow flies, through walls
    assert back == pytest.approx(there, rel=0.05)
    assert navigator.distance_m(kitchen, kitchen) < 0.1
    assert navigator.distance_m(kitchen, Pose(0.8, 1.2)) == math.inf


def test_stands_beside_every_piece_of_furniture_and_faces_it(navigator, home):
    for item in home.furniture.values():
        pose = navigator.beside(item.id, DOCK)
        assert pose is not None, item.id
        gap = float(home.distance_m(item, np.array([pose.x_m]), np.array([pose.y_m]))[0])
        assert 0.3 < gap < 0.9, item.id
        assert navigator.grid.clearance_m(pose.x_m, pose.y_m) > 0.19
        ahead = Pose(pose.x_m + gap * math.cos(pose.yaw_rad), pose.y_m + gap * math.sin(pose.yaw_rad))
        assert float(home.distance_m(item, np.array([ahead.x_m]), np.array([ahead.y_m]))[0]) < 0.05


def test_approaches_a_thing_to_a_distance_with_a_free_view(navigator):
    pose = navigator.approach(1.0, 6.6, DOCK, 0.7)
    assert math.hypot(pose.x_m - 1.0, pose.y_m - 6.6) == pytest.approx(0.7, abs=0.4)
    assert navigator.grid.line_free(pose.x_m, pose.y_m, 1.0, 6.6)
    assert abs(wrap1(math.atan2(6.6 - pose.y_m, 1.0 - pose.x_m) - pose.yaw_rad)) < 0.01


def test_standing_at_the_asked_distance_it_only_turns(navigator):
    here = Pose(1.0, 5.9, 0.0)
    pose = navigator.approach(1.0, 6.6, here, 0.7)
    assert (pose.x_m, pose.y_m) == (1.0, 5.9)
    assert pose.yaw_rad == pytest.approx(math.pi / 2)


def test_a_thing_that_was_carried_away_is_forgotten_when_it_is_seen_to_be_gone(navigator, home):
    world = Flatland(home, Pose(3.0, 3.9, math.pi), [(1.7, 5.0, 0.3)])
    navigator.observe(seen(world, 0.0))
    world.pose = Pose(1.7, 4.0, math.pi / 2)
    navigator.observe(seen(world, 0.1))
    assert navigator.approach(1.7, 7.0, world.pose, 0.8) is None
    world.discs.clear()
    navigator.observe(seen(world, 0.2))
    assert navigator.approach(1.7, 7.0, world.pose, 0.8) is not None


def test_someone_on_the_goal_makes_it_wait_beside_and_then_arrive(navigator, home):
    goal = home.rooms["living_room"].stand
    world = Flatland(home, Pose(6.2, 3.8, 1.5), [(goal.x_m, goal.y_m, 0.2)])
    waited = []

    def leave(_, tick):
        waited.append(tick.reason == "blocked")
        if sum(waited) > 100:
            world.discs.clear()

    assert navigator.set_goal(goal.x_m, goal.y_m, None, 0.1)
    tick, _, nearest_m = drive(navigator, world, each=leave)
    assert sum(waited) > 100
    assert tick.status is Status.SUCCESS
    assert nearest_m > 0.2


def test_the_free_point_next_to_a_taken_goal_is_in_the_same_room(navigator, home):
    world = Flatland(home, Pose(6.2, 3.7, 1.5), [(4.2, 4.0, 0.25)])  # in the hall, right at the wall of the living room
    navigator.observe(seen(world, 0.0))
    free = navigator.nearest_free(4.2, 4.0)
    assert home.room_at(free.x_m, free.y_m) == "hall"


def test_another_goal_is_chosen_when_the_first_turns_out_to_be_taken(navigator, home):
    world = Flatland(home, Pose(6.2, 3.8, 1.5))
    first = navigator.approach(7.5, 7.0, world.pose, 0.7)
    world.discs.append((first.x_m, first.y_m, 0.2))
    assert navigator.set_goal(
        first.x_m, first.y_m, first.yaw_rad, 0.1, choose=lambda pose: navigator.approach(7.5, 7.0, pose, 0.7)
    )
    tick, _, nearest_m = drive(navigator, world)
    assert tick.status is Status.SUCCESS
    assert 0.5 < math.hypot(world.pose.x_m - 7.5, world.pose.y_m - 7.0) < 1.2
    assert abs(wrap1(math.atan2(7.0 - world.pose.y_m, 7.5 - world.pose.x_m) - world.pose.yaw_rad)) < 0.2
    assert nearest_m > 0.2
