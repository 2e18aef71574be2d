"""Camera and lidar agree with the geometry of the world."""

import math
from dataclasses import replace

import mujoco
import numpy as np
import pytest

from moe_robot.config import load_config
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.mujoco_model import SEEN_GROUPS
from moe_robot.sim.physics import Simulation
from moe_robot.sim.sensors import CAMERA_MAX_M, LIDAR_MAX_M
from moe_robot.sim.shapes import COLORS
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Pose

ROBOT = load_robot_model()
CONFIG = load_config().sim
FLAT = load_world("flat")


@pytest.fixture(scope="module")
def sim() -> Simulation:
    return Simulation(FLAT, ROBOT, CONFIG, seed=1)


def at_angle(ranges: np.ndarray, degrees: float) -> float:
    return float(ranges[round((degrees + 180.0) / 360.0 * len(ranges)) % len(ranges)])


def test_the_lidar_measures_the_walls_where_they_are(sim):
    sim.set_robot(Pose(5.0, 3.7, 0.0))
    scans = [sim.lidar().ranges_m]
    for _ in range(20):
        sim.step(sim.time_s + 0.02)
        scans.append(sim.lidar().ranges_m)
    ranges = np.median(scans, axis=0)
    pose = sim.pose()
    assert at_angle(ranges, 0.0) == pytest.approx(9.95 - pose.x_m, abs=0.02)
    assert at_angle(ranges, 90.0) == pytest.approx(4.35 - pose.y_m, abs=0.02)
    assert at_angle(ranges, 180.0) == pytest.approx(pose.x_m - 0.05, abs=0.02)
    beam = math.radians(-30.0)  # meets the south wall of the hall east of the bathroom door
    assert at_angle(ranges, -30.0) == pytest.approx((pose.y_m - 3.25) / -math.sin(beam), abs=0.03)


def test_the_lidar_looks_through_its_own_robot_and_sees_legs(sim):
    sim.set_robot(Pose(7.6, 5.6, math.pi / 2))
    ranges = sim.lidar().ranges_m
    assert ranges.min() > 0.3
    legs = ranges[170:191]
    assert legs.min() == pytest.approx(0.92, abs=0.06)


def test_lidar_noise_is_about_a_centimetre(sim):
    sim.set_robot(Pose(5.0, 3.8, 0.0))
    beams = []
    for _ in range(60):
        sim.step(sim.time_s + 0.02)
        ranges = sim.lidar().ranges_m[260:280]
        beams.append(np.where(np.isfinite(ranges), ranges, np.nan))
    spread = float(np.median(np.nanstd(beams, axis=0)))
    assert 0.006 < spread < 0.015


def test_nothing_within_range_is_inf():
    world = replace(FLAT, home=replace(FLAT.home, walls=(), furniture={}))
    world = replace(world, scene=replace(world.scene, objects={}, people={}))
    scan = Simulation(world, ROBOT, CONFIG, 1).lidar()
    assert np.isinf(scan.ranges_m).all()
    assert scan.range_max_m == LIDAR_MAX_M


def test_depth_is_the_distance_along_the_axis(sim):
    sim.set_robot(Pose(1.0, 6.0, math.pi / 2))  # the red cube's face is at y = 6.48
    frame = sim.camera()
    rows, columns = np.nonzero((frame.rgb[..., 0] > 80) & (frame.rgb[..., 1] < 60))
    u, v = int(np.median(columns)), int(np.quantile(rows, 0.6))
    depth = float(frame.depth_m[v, u])
    pitch = ROBOT.camera.pitch_rad
    down = (v + 0.5 - frame.cy_px) / frame.fy_px
    forward = depth * (math.cos(pitch) - down * math.sin(pitch))
    assert forward + ROBOT.camera.x_m + 6.0 == pytest.approx(6.48, abs=0.02)


def test_the_floor_lies_where_the_camera_geometry_says(sim):
    sim.set_robot(Pose(5.0, 3.8, 0.0))
    frame = sim.camera()
    v, u = 200, 160
    down = (v + 0.5 - frame.cy_px) / frame.fy_px
    pitch = ROBOT.camera.pitch_rad
    drop = math.sin(pitch) + down * math.cos(pitch)
    assert float(frame.depth_m[v, u]) == pytest.approx(ROBOT.camera.z_m / drop, rel=0.02)


def test_the_sky_has_no_depth(sim):
    sim.set_robot(Pose(1.0, 3.8, 0.0))
    frame = sim.camera()
    assert np.isinf(frame.depth_m).any()
    finite = frame.depth_m[np.isfinite(frame.depth_m)]
    assert finite.min() > 0.0 and finite.max() <= CAMERA_MAX_M * 1.05


def test_an_object_straight_ahead_is_in_the_middle_and_of_its_colour(sim):
    for name, pose, color in (
        ("blue_ball", Pose(5.2, 5.4, math.pi / 2), "blue"),
        ("green_cone", Pose(8.0, 5.0, 0.0), "green"),
        ("yellow_ball", Pose(4.5, 1.4, 0.0), "yellow"),
    ):
        sim.set_robot(pose)
        frame, truth = sim.camera(), sim.truth()
        seen = next(v for v in truth.visible if v.id == name)
        x, y, width, height = seen.bbox_px
        assert abs(x + width / 2 - frame.cx_px) < 6
        patch = frame.rgb[y + height // 3 : y + 2 * height // 3, x + width // 3 : x + 2 * width // 3].mean(axis=(0, 1))
        expected = np.array(COLORS[color])
        cosine = patch @ expected / np.linalg.norm(patch) / np.linalg.norm(expected)
        assert cosine > 0.97


def test_visible_counts_the_pixels_of_the_segmentation(sim):
    sim.set_robot(Pose(8.2, 6.0, 2.8))
    renderer = sim.new_renderer()
    segmentation = renderer.segment(sim.snapshot())
    for seen in sim.truth().visible:
        x, y, width, height = seen.bbox_px
        part = segmentation.thing[y : y + height, x : x + width]
        assert max(np.bincount(part[part >= 0])) >= 1
        ids, counts = np.unique(segmentation.thing, return_counts=True)
        assert seen.pixels in counts[ids > 1]


def test_what_stands_behind_a_wall_or_outside_the_view_is_not_visible(sim):
    sim.set_robot(Pose(2.4, 4.6, math.pi / 2))
    assert sim.truth().visible == ()
    sim.set_robot(Pose(5.2, 5.4, -math.pi / 2))
    assert "blue_ball" not in {v.id for v in sim.truth().visible}


def test_a_renderer_of_another_thread_gives_the_same_image(sim):
    sim.set_robot(Pose(6.0, 5.4, 0.5))
    snapshot = sim.snapshot()
    other = sim.new_renderer().render(snapshot)
    sim.step(sim.time_s + 0.1)
    sim.set_robot(Pose(1.0, 3.8, 0.0))
    again = sim.new_renderer().render(snapshot)
    assert np.array_equal(other.rgb, again.rgb)
    assert np.array_equal(other.depth_m, again.depth_m)


def test_culling_leaves_nothing_out(sim):
    """What the frustum test throws away must not be missed: compared with all rays against all geoms."""
    for pose in (Pose(3.0, 3.3, 0.0), Pose(0.4, 3.8, 0.8), Pose(7.9, 3.2, 1.57), Pose(9.4, 3.8, math.pi)):
        sim.set_robot(pose)
        renderer = sim.new_renderer()
        fast = renderer.segment(sim.snapshot())
        renderer._extents = lambda position, axes: (np.zeros((len(sim._built.owner), 2)),) * 2  # nothing is culled
        slow = renderer.segment(sim.snapshot())
        assert np.array_equal(fast.thing, slow.thing)


def test_many_rays_at_once_hit_what_each_ray_alone_hits(sim):
    model, data = sim._built.mj, sim._data
    for pose in (Pose(4.2, 6.9, -0.09), Pose(7.0, 1.2, 0.9)):
        sim.set_robot(pose)
        together = sim.new_renderer().segment(sim.snapshot()).thing[::6, ::6]
        renderer = sim.new_renderer()
        renderer._view.place(sim.snapshot())
        position, axes = renderer._view.mount(ROBOT.camera)
        rays = renderer._turned_rays(axes)[::6, ::6].reshape(-1, 3)
        alone = []
        for ray in rays:
            geom = np.zeros(1, np.int32)
            mujoco.mj_ray(model, data, position, ray.copy(), SEEN_GROUPS, 1, -1, geom, None)
            alone.append(-1 if geom[0] < 0 else sim._built.owner[geom[0]])
        assert np.array_equal(together.ravel(), alone)


def test_people_have_heads_though_nothing_can_touch_them(sim):
    sim.set_robot(Pose(4.2, 6.9, -0.09))
    anna = next(v for v in sim.truth().visible if v.id == "anna")
    frame = sim.camera()
    down = (anna.bbox_px[1] - frame.cy_px) / frame.fy_px
    height = ROBOT.camera.z_m - anna.distance_m * math.tan(math.atan(down) + ROBOT.camera.pitch_rad)
    assert height == pytest.approx(1.63, abs=0.12)
