import math

import numpy as np
import pytest
from flatland import Flatland

from moe_robot.config import load_config
from moe_robot.robot_model import load_robot_model
from moe_robot.structs import Pose
from moe_robot.world.coverage import Coverage
from moe_robot.world.grid import HomeGrid
from moe_robot.world.home import load_home


@pytest.fixture(scope="module")
def home():
    return load_home("flat")


@pytest.fixture(scope="module")
def first(home):
    return Coverage(home, load_config().world, load_robot_model())


@pytest.fixture
def coverage(first):
    return first.fresh()


def look(coverage, view, world=None):
    for yaw in view.yaws_rad:
        pose = Pose(view.x_m, view.y_m, yaw)
        if world is not None:
            world.pose = pose
        coverage.update(pose, None if world is None else world.scan(0.0), 1.0)


def test_looking_from_all_viewpoints_of_a_room_shows_all_of_it(coverage, home):
    grid = HomeGrid(home, 0.05)
    for room in home.rooms:
        views = coverage.viewpoints(room)
        assert 1 <= len(views) <= 4, room
        for view in views:
            assert grid.clearance_m(view.x_m, view.y_m) > 0.25
            look(coverage, view)
        assert coverage.viewed(room) > 0.95, room


def test_nothing_is_seen_through_walls_or_behind_the_back(coverage):
    coverage.update(Pose(5.0, 3.8, 0.0), None, 1.0)
    assert coverage.viewed_at(7.0, 3.8) == 1.0
    assert coverage.viewed_at(3.0, 3.8) == -math.inf  # behind
    assert coverage.viewed_at(7.0, 5.5) == -math.inf  # behind the wall
    assert coverage.viewed_at(9.6, 3.8) == -math.inf  # farther than 4 m


def test_what_stands_in_the_view_hides_the_floor_behind_it(coverage, home):
    world = Flatland(home, Pose(5.0, 3.8, 0.0), [(6.5, 3.8, 0.3)])
    coverage.update(world.pose, world.scan(1.0), 1.0)
    assert coverage.viewed_at(6.0, 3.8) == 1.0
    assert coverage.viewed_at(8.0, 3.8) == -math.inf


def test_a_search_by_next_view_ends_and_has_seen_the_home(coverage, home):
    world = Flatland(home, Pose(9.4, 3.8, math.pi), [(7.6, 6.6, 0.2), (1.0, 6.6, 0.12), (5.5, 1.4, 0.13)])
    pose, views = world.pose, []
    while (view := coverage.next_view(home.rooms, pose)) is not None:
        views.append(view)
        assert len(views) < 30
        look(coverage, view, world)
        pose = Pose(view.x_m, view.y_m, view.yaws_rad[-1])
    assert np.mean([coverage.viewed(room) for room in home.rooms]) > 0.95


def test_next_view_leaves_out_what_was_seen_and_what_cannot_be_reached(coverage, home):
    here = Pose(1.8, 6.2, 0.0)
    view = coverage.next_view(["kitchen"], here)
    coverage.mark_unreachable(view)
    other = coverage.next_view(["kitchen"], here)
    assert math.hypot(other.x_m - view.x_m, other.y_m - view.y_m) > 0.5
    coverage.reset(["kitchen"])
    while (view := coverage.next_view(["kitchen"], here)) is not None:
        assert view.room == "kitchen"
        look(coverage, view)
    assert coverage.viewed("kitchen") > 0.95
    assert coverage.viewed("office") == 0.0


def test_a_fresh_coverage_shares_nothing_that_changes(coverage, home):
    world = Flatland(home, Pose(5.0, 3.8, 0.0), [(6.5, 3.8, 0.3)])
    coverage.update(world.pose, world.scan(1.0), 1.0)
    other = coverage.fresh()
    assert other.viewed("hall") == 0.0
    assert other.next_view(home.rooms, world.pose) is not None
