import dataclasses
import math

import pytest
from flatland import Flatland

from moe_robot.config import load_config
from moe_robot.robot_model import load_robot_model
from moe_robot.structs import Battery, Detection, Pose, SafetyMode, SafetyState, Velocity
from moe_robot.world.home import load_home
from moe_robot.world.model import WorldModel

HERE = Pose(2.0, 4.0, 0.0)  # in the hall, looking along it


@pytest.fixture(scope="module")
def home():
    return load_home("flat")


@pytest.fixture
def model(home):
    return WorldModel(home, load_config().world, load_robot_model())


def detection(x_m, y_m, t_s, kind="cube", color="red", person="", confidence=0.9):
    away = math.hypot(x_m - HERE.x_m, y_m - HERE.y_m)
    return Detection(kind, color, person, confidence, (0, 0, 20, 20), away, 0.0, (x_m, y_m), t_s)


def look(model, t_s, *things, pose=HERE, scan=None):
    model.set_pose(pose, 0.02, t_s)
    if scan is not None:
        model.set_scan(scan)
    model.set_detections(things, t_s)


def times(count, start_s=0.0):
    return [start_s + 0.1 * i for i in range(1, count + 1)]


def test_detections_of_one_thing_become_one_sighting_in_its_room(model):
    for i, t in enumerate(times(10)):
        look(model, t, detection(4.0 + 0.02 * (i % 3), 4.0, t))
    (thing,) = model.snapshot(1.0).sightings
    assert (thing.kind, thing.color, thing.place, thing.count) == ("cube", "red", "hall", 10)
    assert thing.x_m == pytest.approx(4.02, abs=0.02)
    assert (thing.first_t_s, thing.last_t_s) == (pytest.approx(0.1), pytest.approx(1.0))
    assert thing.confidence > 0.95


def test_two_things_side_by_side_in_one_image_stay_two(model):
    for t in times(5):
        look(model, t, detection(4.0, 4.0, t), detection(4.0, 3.7, t))
    assert len(model.snapshot(0.5).sightings) == 2


def test_other_colours_and_kinds_are_other_things(model):
    for t in times(5):
        look(
            model, t, detection(4.0, 4.0, t), detection(4.0, 4.0, t, color="blue"), detection(4.0, 4.0, t, kind="ball")
        )
    assert len(model.snapshot(0.5).sightings) == 3


def test_an_undecided_colour_joins_and_learns_the_decided_one(model):
    look(model, 0.1, detection(4.0, 4.0, 0.1, color=""))
    look(model, 0.2, detection(4.0, 4.0, 0.2))
    (thing,) = model.snapshot(0.2).sightings
    assert thing.color == "red"


def test_a_known_person_is_one_person_wherever_she_goes(model):
    for t in times(5):
        look(model, t, detection(4.0, 4.0, t, "person", "green", "anna"))
    look(model, 1.0, detection(1.0, 6.0, 1.0, "person", "green", "anna"), pose=Pose(1.7, 4.0, math.pi / 2))
    (person,) = model.snapshot(1.0).sightings
    assert (person.x_m, person.y_m, person.place) == (1.0, 6.0, "kitchen")


def test_a_mistake_that_is_not_confirmed_is_dropped(model):
    look(model, 0.1, detection(4.0, 4.0, 0.1))
    assert len(model.snapshot(0.1).sightings) == 1
    look(model, 4.0)
    assert model.snapshot(4.0).sightings == ()


def test_a_thing_is_forgotten_when_its_place_is_seen_without_it(model, home):
    world = Flatland(home, HERE)
    for t in times(10):
        look(model, t, detection(4.0, 4.0, t))
    for t in times(10, 2.0):
        look(model, t, scan=world.scan(t))
    assert model.snapshot(3.0).sightings == ()


def test_a_thing_that_something_hides_is_not_forgotten(model, home):
    world = Flatland(home, HERE, [(3.0, 4.0, 0.2)])
    for t in times(10):
        look(model, t, detection(4.0, 4.0, t))
    for t in times(20, 2.0):
        look(model, t, scan=world.scan(t))
    assert len(model.snapshot(4.0).sightings) == 1


def test_a_thing_out_of_view_is_not_forgotten(model, home):
    for t in times(10):
        look(model, t, detection(4.0, 4.0, t))
    for t in times(20, 2.0):
        look(model, t, pose=Pose(2.0, 4.0, math.pi), scan=Flatland(home, Pose(2.0, 4.0, math.pi)).scan(t))
    assert len(model.snapshot(4.0).sightings) == 1


def test_what_is_old_counts_as_not_known(model, home):
    model.set_pose(HERE, 0.02, 1.0)
    model.set_odom(Pose(0, 0), Velocity(0.1, 0.0), 1.0)
    model.set_scan(Flatland(home, HERE).scan(1.0))
    model.set_battery(Battery(50.0, 11.0, -1.0, False), 1.0)
    model.set_safety(SafetyState(SafetyMode.ARMED, 0), 1.0)
    now = model.snapshot(1.2)
    assert now.pose is not None and now.odom is not None and now.scan is not None
    assert now.pose_std_m == 0.02
    later = model.snapshot(3.0)
    assert (later.pose, later.odom, later.scan, later.pose_std_m) == (None, None, None, math.inf)
    assert later.velocity == Velocity()
    assert later.battery is not None and later.safety is not None
    assert model.snapshot(20.0).battery is None


def test_the_pose_of_an_image_is_taken_from_history(model):
    for i in range(20):
        model.set_pose(Pose(0.04 * i, 4.0, 0.0), 0.02, 0.1 * i)
    assert model.pose_at(1.05).x_m == pytest.approx(0.42)
    assert model.pose_at(-10.0) is None
    assert model.pose_at(1.95).x_m == pytest.approx(0.78, abs=0.005)


def test_places_and_remembered_things_come_from_memory(model):
    model.set_places({"corner": Pose(1.0, 4.0)})
    for t in times(4):
        look(model, t, detection(4.0, 4.0, t))
    remembered = model.snapshot(0.4).sightings
    model.add_sightings(remembered)
    ids = [thing.id for thing in model.snapshot(0.4).sightings]
    assert len(set(ids)) == 2
    assert model.snapshot(0.4).places == {"corner": Pose(1.0, 4.0)}


def test_a_thing_misread_from_afar_becomes_what_it_is_from_near(model):
    for t in times(6):
        look(model, t, detection(7.0, 4.0, t, kind="box", confidence=0.6))
    near = Pose(6.0, 4.0, 0.0)
    for t in times(4, start_s=1.0):
        seen = detection(7.08, 4.0, t, kind="mug", confidence=0.98)
        look(model, t, dataclasses.replace(seen, distance_m=1.0), pose=near)
    (thing,) = model.snapshot(1.4).sightings
    assert thing.kind == "mug"
