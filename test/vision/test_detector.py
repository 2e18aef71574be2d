"""The camera of the simulator looks at known scenes; vision says what is there, where, and nothing else."""

import functools
import math
from dataclasses import replace

import numpy as np
import pytest

from moe_robot.config import load_config
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.physics import Simulation
from moe_robot.sim.worlds import Scene, SceneObject, ScenePerson, World, load_world
from moe_robot.structs import CameraFrame, Pose
from moe_robot.vision.detector import Detector

KINDS = ("cube", "ball", "cylinder", "cone", "mug", "box", "bottle")
COLORS = ("red", "orange", "yellow", "green", "blue", "purple")
START = Pose(4.3, 5.9, 0.0)  # in the living room of the flat, looking along its free floor
CAMERA_X_M = 0.08


@functools.cache
def the_stage():
    """One simulation with an object of each kind and colour (two green cubes) and two people, all out of sight."""
    world = load_world("flat")
    keys = [(kind, color, 0) for kind in KINDS for color in COLORS] + [("cube", "green", 1)]
    things = {
        f"{kind}_{color}_{n}": SceneObject(f"{kind}_{color}_{n}", kind, color, -10.0 - i, -10.0)
        for i, (kind, color, n) in enumerate(keys)
    }
    people = {"anna": ScenePerson("anna", -10.0, -20.0, 0.0), "ivan": ScenePerson("ivan", -15.0, -20.0, 0.0)}
    scene = Scene(START, things, people)
    return Simulation(World(world.home, scene, world.data), load_robot_model(), load_config().sim, 1)


def look(objects=(), people=(), pose=START):
    """objects: (kind, colour, forward, left, yaw) from the robot. people: (id, forward, left, yaw)."""
    stage = the_stage()
    c, s = math.cos(pose.yaw_rad), math.sin(pose.yaw_rad)

    def at(forward, left):
        return pose.x_m + c * forward - s * left, pose.y_m + s * forward + c * left

    stage.set_robot(pose)
    used = []
    for kind, color, forward, left, yaw in objects:
        used.append(f"{kind}_{color}_{sum(name.startswith(f'{kind}_{color}') for name in used)}")
        stage.set_object(used[-1], *at(forward, left), yaw)
    for person, forward, left, yaw in people:
        stage.set_person(person, *at(forward, left), yaw)
    frame = stage.camera()
    for i, name in enumerate(used):
        stage.set_object(name, -10.0 - i, -30.0)
    for i, person in enumerate(("anna", "ivan")):
        stage.set_person(person, -10.0 - 5 * i, -20.0, 0.0)
    return frame


def a_detector(objects=KINDS, colors=COLORS, people=None, **vision):
    cfg = replace(load_config().vision, **vision)
    return Detector(objects, colors, people or {"anna": "green", "ivan": "purple"}, load_robot_model(), cfg)


def names(detections):
    return sorted((d.color, d.kind) for d in detections)


ROWS = {0.7: [[kind] for kind in KINDS], 1.5: [KINDS[:3], KINDS[3:6], KINDS[6:]], 2.8: [KINDS[:4], KINDS[4:]]}


@pytest.mark.parametrize(("distance_m", "turn"), [(0.7, 0), *((d, turn) for d in (1.5, 2.8) for turn in range(6))])
def test_each_kind_is_recognised_and_placed_from_near_to_three_metres(distance_m, turn):
    detector = a_detector()
    for row in ROWS[distance_m]:
        things = [
            (kind, COLORS[(i + turn) % 6], distance_m, 0.6 * (i - (len(row) - 1) / 2), turn * 1.1 + i)
            for i, kind in enumerate(row)
        ]
        frame = look(things)
        found = sorted(detector.detect(frame, START), key=lambda d: d.bearing_rad)
        assert len(found) == len(row)
        for (kind, color, forward, left, _), seen in zip(things, found, strict=True):
            assert (seen.kind, seen.color, seen.person) == (kind, color, "")
            assert seen.confidence > 0.9
            assert math.dist(seen.position_m, (START.x_m + forward, START.y_m + left)) < 0.06
            assert seen.distance_m == pytest.approx(math.hypot(forward - CAMERA_X_M, left), abs=0.06)
            assert seen.bearing_rad == pytest.approx(math.atan2(left, forward), abs=0.05)
            assert seen.t_s == frame.t_s


def test_far_things_are_reported_too():
    frame = look([("ball", "red", 4.5, 0.4, 0), ("box", "blue", 4.5, -0.4, 0.3)])
    assert names(a_detector().detect(frame, START)) == [("blue", "box"), ("red", "ball")]


def test_things_beyond_the_range_are_not_reported():
    frame = look([("ball", "red", 4.5, 0.4, 0)])
    assert a_detector(max_range_m=4.0).detect(frame, START) == ()


def test_an_image_of_a_home_without_things_has_nothing_in_it():
    detector = a_detector()
    for pose in (START, Pose(1.8, 6.0, 2.0), Pose(5.0, 3.8, 3.1), Pose(2.5, 2.0, -2.0), Pose(8.0, 1.6, 0.5)):
        for turn in (0.0, 2.5):
            pose = replace(pose, yaw_rad=pose.yaw_rad + turn)
            assert detector.detect(look(pose=pose), pose) == ()


def test_a_thing_before_another_of_the_same_colour_is_two_things():
    frame = look([("ball", "red", 1.0, 0.05, 0), ("box", "red", 1.8, -0.1, 0.2)])
    assert names(a_detector().detect(frame, START)) == [("red", "ball"), ("red", "box")]


def test_a_thing_parted_by_another_before_it_is_one_thing():
    frame = look([("bottle", "blue", 0.9, 0.0, 0), ("box", "yellow", 1.8, 0.0, 1.57)])
    found = a_detector().detect(frame, START)
    assert names(found) == [("blue", "bottle"), ("yellow", "box")]
    box = next(d for d in found if d.kind == "box")
    assert math.dist(box.position_m, (START.x_m + 1.8, START.y_m)) < 0.06


def test_two_things_side_by_side_stay_two():
    frame = look([("cube", "green", 1.5, 0.15, 0), ("cube", "green", 1.5, -0.15, 0)])
    found = a_detector().detect(frame, START)
    assert names(found) == [("green", "cube")] * 2
    assert sorted(d.position_m[1] - START.y_m for d in found) == pytest.approx([-0.15, 0.15], abs=0.03)


def test_what_the_image_border_cuts_off_is_less_sure():
    detector = a_detector()
    (whole,) = detector.detect(look([("mug", "red", 1.2, 0.0, 2.0)]), START)
    cut = [d for d in detector.detect(look([("mug", "red", 1.2, 0.83, 2.0)]), START) if d.color == "red"]
    assert all(d.confidence < whole.confidence for d in cut)
    assert all(d.bbox_px[0] == 0 for d in cut)


def test_a_mug_is_a_mug_from_every_side():
    detector = a_detector()
    for turn in range(8):
        (found,) = detector.detect(look([("mug", "orange", 1.3, 0.0, turn * math.pi / 4)]), START)
        assert found.kind == "mug", turn
        assert math.dist(found.position_m, (START.x_m + 1.3, START.y_m)) < 0.05


@pytest.mark.parametrize("distance_m", [0.7, 1.5, 3.0, 4.5])
def test_a_person_is_found_placed_and_known_by_their_clothing(distance_m):
    for yaw in (0.0, 1.5, 3.0):
        frame = look(people=[("anna", distance_m, 0.1, yaw)])
        (found,) = a_detector().detect(frame, START)
        assert (found.kind, found.color, found.person) == ("person", "green", "anna")
        assert found.confidence > 0.5
        assert math.dist(found.position_m, (START.x_m + distance_m, START.y_m + 0.1)) < 0.15


def test_people_in_the_same_clothing_are_people_whom_vision_cannot_tell_apart():
    detector = a_detector(people={"anna": "green", "olga": "green"})
    (found,) = detector.detect(look(people=[("anna", 2.0, 0.0, 3.0)]), START)
    assert (found.kind, found.person) == ("person", "")


def test_a_thing_beside_a_person_of_the_same_colour_is_seen_too():
    frame = look([("ball", "green", 2.0, 0.8, 0)], [("anna", 2.0, -0.2, 3.0)])
    assert names(a_detector().detect(frame, START)) == [("green", "ball"), ("green", "person")]


def test_position_follows_the_pose_and_is_left_out_without_one():
    frame = look([("cube", "red", 1.5, 0.2, 0.4)])
    detector = a_detector()
    (found,) = detector.detect(frame, Pose(0.0, 0.0, math.pi / 2))
    assert found.position_m == pytest.approx((-0.2, 1.5), abs=0.03)
    (found,) = detector.detect(frame, None)
    assert found.position_m is None
    assert found.distance_m == pytest.approx(1.43, abs=0.04)


def test_left_is_a_positive_bearing():
    left, right = sorted(
        a_detector().detect(look([("cube", "red", 1.5, 0.5, 0), ("ball", "blue", 1.5, -0.5, 0)]), START),
        key=lambda d: d.bbox_px[0],
    )
    assert left.bearing_rad > 0.2
    assert right.bearing_rad < -0.2


def test_kinds_and_colours_outside_the_vocabulary_are_never_reported():
    frame = look([("cube", "red", 1.2, 0.3, 0), ("ball", "blue", 1.2, -0.3, 0)])
    assert names(a_detector(colors=("red", "pink")).detect(frame, START)) == [("red", "cube")]
    assert ("red", "cube") not in names(a_detector(objects=("ball", "teapot")).detect(frame, START))
    assert a_detector(objects=(), colors=()).detect(frame, START) == ()


def test_without_depth_nothing_is_claimed():
    frame = look([("cube", "red", 1.2, 0.0, 0)])
    assert a_detector().detect(replace(frame, depth_m=None), START) == ()
    blind = np.full_like(frame.depth_m, np.inf)
    assert a_detector().detect(replace(frame, depth_m=blind), START) == ()


def test_holes_in_the_depth_do_not_hide_a_thing():
    frame = look([("cube", "red", 1.2, 0.0, 0.5)])
    holes = np.random.default_rng(3).random(frame.depth_m.shape) < 0.3
    (found,) = a_detector().detect(replace(frame, depth_m=np.where(holes, np.inf, frame.depth_m)), START)
    assert (found.kind, found.color) == ("cube", "red")


def test_stronger_noise_and_darkness_change_nothing():
    frame = look([("cone", "orange", 1.3, 0.3, 0), ("cylinder", "yellow", 1.6, -0.3, 0)])
    rng = np.random.default_rng(4)
    noisy = np.clip(0.6 * frame.rgb + rng.normal(0, 5, frame.rgb.shape), 0, 255).astype(np.uint8)
    found = a_detector().detect(replace(frame, rgb=noisy), START)
    assert names(found) == [("orange", "cone"), ("yellow", "cylinder")]


@pytest.mark.parametrize("depth_m", [0.2, 1.0, 5.0])
def test_coloured_walls_and_pure_noise_are_not_things(depth_m):
    rng = np.random.default_rng(5)
    depth = np.full((240, 320), depth_m, np.float32)
    images = [np.broadcast_to(np.array([217, 25, 25], np.uint8), (240, 320, 3)).copy()]
    images.append(rng.integers(0, 256, (240, 320, 3)).astype(np.uint8))
    images.append(np.zeros((240, 320, 3), np.uint8))
    for rgb in images:
        frame = CameraFrame(rgb, depth, 228.5, 228.5, 160.0, 120.0, 0.0)
        assert [d for d in a_detector().detect(frame, START) if d.kind != "person"] == []


def test_another_image_size_is_understood_without_telling():
    frame = look([("cube", "red", 1.2, 0.0, 0.5)])
    half = CameraFrame(
        frame.rgb[::2, ::2].copy(),
        frame.depth_m[::2, ::2].copy(),
        frame.fx_px / 2,
        frame.fy_px / 2,
        frame.cx_px / 2,
        frame.cy_px / 2,
        0.0,
    )
    detector = a_detector()
    for image in (frame, half, frame):
        (found,) = detector.detect(image, START)
        assert found.kind == "cube"


def test_the_same_image_gives_the_same_detections():
    frame = look([("mug", "red", 1.2, 0.3, 1.0), ("box", "blue", 1.4, -0.3, 0.4)], [("ivan", 2.5, 0.0, 3.0)])
    assert a_detector().detect(frame, START) == a_detector().detect(frame, START)


def test_the_surest_comes_first():
    frame = look([("mug", "red", 1.2, 0.3, 1.0), ("bottle", "blue", 5.0, -0.6, 0.4), ("box", "green", 1.2, -0.95, 0.4)])
    confidences = [d.confidence for d in a_detector().detect(frame, START)]
    assert confidences == sorted(confidences, reverse=True)
