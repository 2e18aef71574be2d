"""Pixels and depth become points of base_link and back."""

import math

import numpy as np
import pytest

from moe_robot.robot_model import Mount
from moe_robot.structs import CameraFrame, Pose
from moe_robot.vision.colors import HUES_DEG, NO_COLOR, ColorTable
from moe_robot.vision.geometry import camera_of, to_map

FRAME = CameraFrame(np.zeros((240, 320, 3), np.uint8), None, 228.5, 228.5, 160.0, 120.0, 0.0)


def test_the_middle_of_a_level_camera_looks_straight_ahead():
    camera = camera_of(FRAME, Mount(0.1, 0.0, 0.3))
    (x, y) = camera.project(np.array([[2.1, 0.0, 0.3]], np.float32))[0]
    assert (x, y) == pytest.approx((160.0, 120.0))


def test_a_positive_pitch_looks_down_and_left_is_left_in_the_image():
    camera = camera_of(FRAME, Mount(0.0, 0.0, 0.3, pitch_rad=0.1))
    (x, y) = camera.project(np.array([[2.0, 0.5, 0.3]], np.float32))[0]
    assert x < 160.0
    assert y < 120.0
    floor = camera.project(np.array([[0.3 / math.tan(0.1), 0.0, 0.0]], np.float32))[0]
    assert floor == pytest.approx((160.0, 120.0), abs=1e-3)


@pytest.mark.parametrize("mount", [Mount(0.1, 0.05, 0.3, 0.1, 0.2, -0.3), Mount(0, 0, 1.0, -0.2, 0.4, 2.0)])
def test_points_project_back_to_their_pixels(mount):
    camera = camera_of(FRAME, mount)
    rng = np.random.default_rng(1)
    rows, columns = rng.integers(0, 240, 50), rng.integers(0, 320, 50)
    points = camera.points(rows, columns, rng.uniform(0.3, 6.0, 50).astype(np.float32))
    pixels = camera.project(points)
    assert pixels == pytest.approx(np.stack([columns + 0.5, rows + 0.5], axis=1), abs=0.01)


def test_a_point_ahead_of_a_turned_robot_lies_where_it_looks():
    assert to_map(Pose(1.0, 2.0, math.pi / 2), 3.0, 1.0) == pytest.approx((0.0, 5.0))


def test_every_colour_is_itself_from_bright_to_shadowed():
    from moe_robot.sim.shapes import COLORS

    table = ColorTable(HUES_DEG)
    for color, rgb in COLORS.items():
        for light in (1.0, 0.7, 0.45, 0.3):
            pixel = np.array([[[round(255 * light * value) for value in rgb]]], np.uint8)
            assert table.names[int(table.label(pixel)[0, 0])] == color


def test_skin_wood_walls_and_black_have_no_colour():
    from moe_robot.sim import shapes

    table = ColorTable(HUES_DEG)
    greys = [
        shapes.SKIN,
        shapes.HAIR,
        shapes.WALL_RGB,
        shapes.FLOOR_RGB,
        *shapes.FURNITURE_RGB.values(),
        (0.0, 0.0, 0.0),
    ]
    for rgb in greys:
        for light in (1.0, 0.6, 0.3):
            pixel = np.array([[[round(255 * light * value) for value in rgb]]], np.uint8)
            assert table.label(pixel)[0, 0] == NO_COLOR
