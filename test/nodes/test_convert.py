"""Structs survive the way through a message, and what no struct can hold is refused."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moe_robot import structs

pytest.importorskip("moe_robot_interfaces.msg", reason="needs moe_robot_interfaces: see its README")
from moe_robot.memory.records import PlaceRecord
from moe_robot.nodes import convert, convert_memory, convert_sensors, convert_sim
from moe_robot.sim.truth import Collision, TrueObject, TruePerson, Truth, Visible
from moe_robot_interfaces import msg

text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
number = st.floats(allow_nan=False, allow_infinity=False, width=64)
part = st.floats(0.0, 1.0)
value = st.one_of(text, number, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.lists(text, max_size=3).map(tuple))
params = st.dictionaries(text, value, max_size=3)
times_s = st.integers(0, 4_000_000_000_000).map(lambda ms: ms / 1000.0)
step = st.builds(structs.Step, text, params)
condition = st.builds(structs.Condition, text, params, st.booleans())


def _block(nodes):
    return st.lists(nodes, min_size=1, max_size=3).map(tuple)


node = st.recursive(
    step,
    lambda nodes: st.one_of(
        st.builds(structs.Repeat, _block(nodes), times=st.integers(1, 1000)),
        st.builds(structs.Repeat, _block(nodes), until=condition),
        st.builds(structs.Branch, condition, _block(nodes), st.one_of(st.just(()), _block(nodes))),
    ),
    max_leaves=8,
)
nodes = st.lists(node, max_size=4).map(tuple)
utterance = st.builds(structs.Utterance, text, st.sampled_from(["ru", "en"]), part, text, text, times_s)
route = st.builds(structs.Route, text, part, text, st.lists(st.tuples(text, part), max_size=3).map(tuple), text)
turn = st.builds(
    structs.Turn,
    utterance,
    route,
    st.builds(structs.Reply, text, text, nodes, text),
    st.one_of(st.none(), st.builds(structs.Plan, nodes)),
    text,
    text,
    st.dictionaries(text, part, max_size=3),
)


@given(nodes)
def test_a_plan_comes_back_with_its_tree_and_the_types_of_its_values(plan) -> None:
    back = convert.nodes_from_msgs(convert.nodes_to_msgs(plan))
    assert back == plan
    assert repr(back) == repr(plan)  # 1, 1.0 and True are equal, but not the same


@given(turn)
def test_a_turn_comes_back_whole(turn) -> None:
    back = convert.turn_from_msg(convert.turn_to_msg(turn))
    assert dataclasses.replace(back, utterance=turn.utterance) == turn
    assert back.utterance.t_s == pytest.approx(turn.utterance.t_s, abs=1e-6)
    assert dataclasses.replace(back.utterance, t_s=turn.utterance.t_s) == turn.utterance


@pytest.mark.parametrize("status", list(structs.Status))
def test_a_step_result_comes_back(status) -> None:
    result = structs.StepResult(structs.Step("find", {"object": "cube"}), status, "вижу куб", "camera", 1.5)
    assert convert.step_result_from_msg(convert.step_result_to_msg(result)) == result


@pytest.mark.parametrize("mode", list(structs.SafetyMode))
def test_a_safety_state_comes_back_on_the_graphs_clock(mode) -> None:
    state = structs.SafetyState(mode, 3, (structs.Cause("text", "стоп", 10.0, True),), "obstacle", 12.0)
    back = convert.safety_state_from_msg(convert.safety_state_to_msg(state, offset_s=1000.0))
    assert back == dataclasses.replace(state, causes=(dataclasses.replace(state.causes[0], t_s=1010.0),), t_s=1012.0)


def test_detections_come_back_with_the_time_of_their_image() -> None:
    seen = (
        structs.Detection("cube", "red", "", 0.9, (1, 2, 30, 40), 1.5, -0.2, (3.0, 4.0), 50.0),
        structs.Detection("person", "blue", "anna", 0.5, (0, 0, 1, 1), 2.0, 0.1, None, 50.0),
    )
    assert convert.detections_from_msg(convert.detections_to_msg(seen, 50.0, "camera_optical")) == (seen, 50.0)
    assert convert.detections_from_msg(convert.detections_to_msg((), 7.0, "camera_optical")) == ((), 7.0)


@given(number.filter(lambda v: abs(v) < 1e6), number.filter(lambda v: abs(v) < 1e6), st.floats(-3.14, 3.14))
def test_poses_and_odometry_come_back(x_m, y_m, yaw_rad) -> None:
    pose, velocity = structs.Pose(x_m, y_m, yaw_rad), structs.Velocity(0.25, -0.5)
    back, moving, t_s = convert.odometry_from_msg(convert.odometry_to_msg(pose, velocity, 5.0))
    assert (back.x_m, back.y_m, moving, t_s) == (x_m, y_m, velocity, 5.0)
    assert back.yaw_rad == pytest.approx(yaw_rad)
    located, std_m, _ = convert.pose_from_msg(convert.pose_to_msg(pose, 0.25, 5.0))
    assert (located.x_m, located.y_m, std_m) == (x_m, y_m, pytest.approx(0.25))


def test_a_scan_comes_back_with_infinite_ranges() -> None:
    ranges = np.array([0.5, np.inf, 7.25], np.float32)
    back = convert_sensors.scan_from_msg(convert_sensors.scan_to_msg(structs.Scan(ranges, -3.0, 0.5, 0.1, 8.0, 12.5)))
    assert np.array_equal(back.ranges_m, ranges)
    assert (back.angle_min_rad, back.angle_increment_rad, back.t_s) == (-3.0, 0.5, 12.5)


def test_a_camera_frame_comes_back_without_a_changed_pixel() -> None:
    rgb = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    depth = np.linspace(0.5, 3.0, 24, dtype=np.float32).reshape(4, 6)
    depth[0, 0] = np.inf
    frame = structs.CameraFrame(rgb, depth, 200.0, 201.0, 3.0, 2.0, 9.0)
    back = convert_sensors.camera_from_msgs(*convert_sensors.camera_to_msgs(frame))
    assert np.array_equal(back.rgb, rgb)
    assert np.array_equal(back.depth_m, depth)
    assert (back.fx_px, back.fy_px, back.cx_px, back.cy_px, back.t_s) == (200.0, 201.0, 3.0, 2.0, 9.0)


def test_images_of_other_drivers_are_understood() -> None:
    rgb = np.arange(2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 3)
    frame = structs.CameraFrame(rgb, np.ones((2, 2), np.float32), 1.0, 1.0, 1.0, 1.0, 0.0)
    image, depth, info = convert_sensors.camera_to_msgs(frame)
    image.encoding, image.data = "bgr8", rgb[:, :, ::-1].tobytes()
    depth.encoding, depth.step = "16UC1", 4
    depth.data = np.array([[0, 1500], [250, 65535]], np.uint16).tobytes()
    back = convert_sensors.camera_from_msgs(image, depth, info)
    assert np.array_equal(back.rgb, rgb)
    assert back.depth_m[0, 0] == np.inf  # 0 is "not measured"
    assert back.depth_m[0, 1] == pytest.approx(1.5)


def test_an_unknown_encoding_is_refused_by_name() -> None:
    frame = structs.CameraFrame(np.zeros((2, 2, 3), np.uint8), None, 1.0, 1.0, 1.0, 1.0, 0.0)
    image, _, info = convert_sensors.camera_to_msgs(frame)
    image.encoding = "yuv422"
    with pytest.raises(ValueError, match="yuv422"):
        convert_sensors.camera_from_msgs(image, None, info)


@pytest.mark.parametrize("charging", [True, False])
def test_a_battery_comes_back(charging) -> None:
    battery = structs.Battery(64.0, 12.5, -0.75, charging)
    back = convert_sensors.battery_from_msg(convert_sensors.battery_to_msg(battery, 1.0))
    assert (back.voltage_v, back.current_a, back.charging) == (12.5, -0.75, charging)
    assert back.percent == pytest.approx(64.0, abs=1e-4)


def test_places_and_sightings_of_memory_come_back() -> None:
    place = PlaceRecord("corner", {"ru": ("уголок", "угол"), "en": ("corner",)}, structs.Pose(1.0, 2.0, 0.5), 3.0)
    assert convert_memory.place_from_msg(convert_memory.place_to_msg(place)) == place
    sighting = structs.Sighting(4, "mug", "red", "", 1.0, 2.0, "kitchen", 0.75, 6, 10.0, 20.0)
    assert convert_memory.sighting_from_msg(convert_memory.sighting_to_msg(sighting)) == sighting


def test_the_simulators_truth_comes_back_on_the_graphs_clock() -> None:
    truth = Truth(
        t_s=4.0,
        pose=structs.Pose(1.0, 2.0, 3.0),
        velocity=structs.Velocity(0.1, 0.2),
        room="hall",
        collisions=1,
        hits=(Collision(2.0, "wall", 0.3),),
        objects=(TrueObject("o1", "cube", "red", 1.0, 1.0, 0.0, 0.5, "hall"),),
        people=(TruePerson("anna", "blue", 2.0, 2.0, 0.0, "hall"),),
        visible=(Visible("anna", "person", "blue", 50, (1, 2, 3, 4), 2.5, "hall"),),
        charging=False,
        battery_percent=77.0,
        tilt_rad=0.01,
    )
    later = dataclasses.replace(truth, t_s=9.0, hits=(Collision(7.0, "wall", 0.3),))
    assert convert_sim.truth_from_msg(convert_sim.truth_to_msg(truth, 9.0)) == later


def test_a_step_whose_parent_is_missing_is_refused() -> None:
    with pytest.raises(ValueError, match="parent 7"):
        convert.nodes_from_msgs([msg.Step(id=0, parent=7, kind=msg.Step.STEP, skill="drive")])


def test_an_unknown_kind_of_step_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind 99"):
        convert.nodes_from_msgs([msg.Step(id=0, parent=-1, kind=99)])


def test_an_unknown_safety_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="found 9"):
        convert.safety_state_from_msg(msg.SafetyState(mode=9))


def test_a_time_that_no_stamp_can_hold_becomes_zero() -> None:
    assert [convert.seconds(convert.stamp(t)) for t in (-1.0, math.inf, math.nan)] == [0.0, 0.0, 0.0]


def test_a_language_we_do_not_speak_falls_back() -> None:
    m = convert.utterance_to_msg(structs.Utterance("stop", "en"))
    m.language = "de"
    assert convert.utterance_from_msg(m, "ru").language == "ru"
