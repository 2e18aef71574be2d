import math

import numpy as np
import pytest
from flatland import Flatland

from moe_robot.structs import Pose
from moe_robot.world.grid import HomeGrid, capped_distance
from moe_robot.world.home import load_home


@pytest.fixture(scope="module")
def grid():
    return HomeGrid(load_home("flat"), 0.05)


def test_clearance_is_the_distance_to_the_next_surface(grid):
    assert grid.clearance_m(5.0, 3.8) == pytest.approx(0.55, abs=0.03)  # hall, walls at 3.25 and 4.35
    assert grid.clearance_m(0.8, 1.2) < 0.0  # in the bed
    assert grid.clearance_m(-1.0, 4.0) <= 0.0  # outside


def test_the_door_is_open_and_the_wall_beside_it_is_not(grid):
    assert grid.line_free(1.7, 4.6, 1.7, 5.4, 0.2)
    assert not grid.line_free(0.6, 4.6, 0.6, 5.4)


def test_rays_agree_with_exact_geometry(grid):
    world = Flatland(load_home("flat"), Pose(6.6, 5.8, 0.3))
    angles = np.linspace(-math.pi, math.pi, 90, endpoint=False)
    exact = world.ranges(world.pose, angles)
    cast = grid.ray_m(np.float64(6.6), np.float64(5.8), angles + 0.3, 10.0)
    assert np.median(np.abs(cast - exact)) < 0.03
    assert np.quantile(np.abs(cast - exact), 0.95) < 0.15  # rays that graze a corner may miss it


def test_the_gradient_points_away_from_the_wall(grid):
    distance, gx, gy = grid.at(np.array([6.5]), np.array([3.4]))
    assert distance[0] == pytest.approx(0.15, abs=0.01)
    assert (gx[0], gy[0]) == (pytest.approx(0.0, abs=0.01), pytest.approx(1.0, abs=0.01))


def test_capped_distance_is_exact_up_to_its_reach():
    occupied = np.zeros((30, 40), dtype=bool)
    occupied[10, 10] = occupied[20, 25] = True
    rows, columns = np.mgrid[:30, :40]
    exact = np.minimum(np.hypot(rows - 10, columns - 10), np.hypot(rows - 20, columns - 25))
    assert np.allclose(capped_distance(occupied, 8), np.minimum(exact, 8.0), atol=1e-5)
