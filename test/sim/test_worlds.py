"""Worlds load, are fair, and random ones come from their seed alone."""

import copy
import math

import pytest
import yaml

from moe_robot.config import load_config
from moe_robot.errors import ConfigError
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.layout import problems
from moe_robot.sim.physics import Simulation
from moe_robot.sim.worlds import dump_world, load_world, world_from_data
from moe_robot.structs import Pose
from moe_robot.world.home import load_home

SHIPPED = ("flat", "cottage", "office")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_worlds_are_fair(name):
    world = load_world(name)
    assert problems(world) == []
    assert all(room.names["ru"] and room.names["en"] for room in world.home.rooms.values())


@pytest.mark.parametrize("seed", [0, 1, 7, 18, 42, 77, 123, 200])
def test_random_worlds_are_fair(seed):
    world = load_world(f"random:{seed}")
    assert problems(world) == []
    assert len(world.home.rooms) >= 5
    assert len(world.scene.people) == 2
    surfaces = [name for names in world.home.place_names().values() for said in names.values() for name in said]
    assert len(surfaces) == len(set(surfaces)), "a name must mean one place"


def test_a_random_world_depends_on_its_seed_alone():
    assert dump_world(load_world("random:7")) == dump_world(load_world("random", seed=7))
    assert dump_world(load_world("random:7")) != dump_world(load_world("random:8"))


def test_a_dumped_world_reads_back_the_same(tmp_path):
    world = load_world("random:3")
    path = tmp_path / "home.yaml"
    path.write_text(dump_world(world), encoding="utf-8")
    again = load_world(str(path))
    assert (again.home, again.scene) == (world.home, world.scene)
    assert load_home(str(path)) == world.home


def test_random_rooms_get_different_names_and_a_robot_can_start_in_them():
    world = load_world("random:5")
    sim = Simulation(world, load_robot_model(), load_config().sim, 1)
    for room in world.home.rooms.values():
        sim.set_robot(room.stand)
        sim.step(sim.time_s + 0.1)
        assert sim.truth(look=False).room == room.id
    assert sim.truth(look=False).collisions == 0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"at_m": [0.4, 7.6]}, "inside"),  # in the fridge
        ({"at_m": [1.7, 5.3]}, "blocks door kitchen_door"),
        ({"at_m": [2.5, 5.6]}, "too close"),  # at the yellow mug
        ({"at_m": [20.0, 20.0]}, "in no room"),
    ],
)
def test_an_unfair_object_is_named(change, complaint):
    data = copy.deepcopy(dict(load_world("flat").data))
    data["scene"]["objects"]["red_cube"].update(change)
    found = problems(world_from_data(data, "test"))
    assert any("red_cube" in line and complaint in line for line in found), found


def test_a_closed_room_is_found_out():
    data = copy.deepcopy(dict(load_world("flat").data))
    data["walls"].append([1.2, 5.0, 2.2, 5.0])
    assert any("kitchen" in line and "reached" in line for line in problems(world_from_data(data, "test")))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("scene", "objects", "red_cube", "kind"), "dragon", "dragon"),
        (("scene", "objects", "red_cube", "color"), "pink", "pink"),
        (("scene", "objects", "red_cube", "at_m"), "here", "scene"),
        (("scene", "people", "anna", "speed_mps"), -1, "speed_mps"),
        (("people", "anna", "clothing"), "plaid", "clothing"),
    ],
)
def test_a_wrong_scene_is_refused_with_its_key(path, value, message):
    data = copy.deepcopy(dict(load_world("flat").data))
    data["scene"]["people"]["anna"]["path_m"] = [[7.0, 6.0]]
    part = data
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    with pytest.raises(ConfigError, match=message):
        world_from_data(data, "test.yaml")


def test_a_scene_without_start_and_a_person_without_description_are_refused():
    data = copy.deepcopy(dict(load_world("flat").data))
    del data["scene"]["robot_m"]
    with pytest.raises(ConfigError, match="robot_m"):
        world_from_data(data, "test.yaml")
    data = copy.deepcopy(dict(load_world("flat").data))
    data["scene"]["people"]["zoe"] = {"at_m": [5, 6]}
    with pytest.raises(ConfigError, match="zoe"):
        world_from_data(data, "test.yaml")


@pytest.mark.parametrize("name", ["nowhere", "random:x", "random:-1"])
def test_unknown_worlds_are_refused(name):
    with pytest.raises(ConfigError):
        load_world(name)


def test_the_scene_is_not_part_of_what_the_robot_knows():
    text = dump_world(load_world("flat"))
    home = load_home("flat")
    assert "red_cube" in text
    assert not hasattr(home, "scene")
    assert yaml.safe_load(text)["scene"]["robot_m"] == [9.4, 3.8, 180]
    assert load_world("flat").scene.robot == Pose(9.4, 3.8, math.pi)
