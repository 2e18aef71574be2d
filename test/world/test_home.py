import copy

import pytest

from moe_robot.config import read_yaml
from moe_robot.errors import ConfigError
from moe_robot.world.home import home_from_data, load_home, world_path


@pytest.fixture(scope="module")
def flat():
    return read_yaml(world_path("flat"))


def broken(flat, key, value):
    """The flat with one dotted key changed (value None: removed)."""
    data = copy.deepcopy(flat)
    *path, last = key.split(".")
    section = data
    for part in path:
        section = section[part]
    if value is None:
        del section[last]
    else:
        section[last] = value
    return data


def test_the_shipped_flat_is_a_home():
    home = load_home("flat")
    assert home.room_at(1.8, 6.2) == "kitchen"
    assert home.room_at(-1.0, 0.0) == ""
    assert {"kitchen", "dock", "sofa"} <= set(home.place_names())
    assert "counter" not in home.place_names()  # furniture without names is no destination


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("rooms.kitchen.polygon_m", [[0, 5], [3.5, 5]], "at least 3 corners"),
        ("rooms.kitchen.polygon_m", [[0, 5], [3.5, 5], [3.5, "x"]], r"polygon_m\[2\]'?: expected 2 finite numbers"),
        ("rooms.kitchen.stand_m", None, "is missing"),
        ("rooms.kitchen.stand_m", [8.0, 6.0, 0], "inside the room's polygon_m"),
        ("rooms.kitchen.stand_m", [2.9, 6.3, 0], "not furniture.dining_table"),
        ("rooms.kitchen.stand_m", [1.0, 5.01, 0], r"not walls\[4\]"),
        ("rooms.kitchen.names", {"en": ["kitchen"]}, "names.ru"),
        ("rooms", {}, "at least one"),
        ("places.dock.pose_m", [20.0, 3.8, 180], "inside bounds_m"),
        ("places.dock.pose_m", [9.4, 3.8], "expected 3 finite numbers"),
        ("places.sofa", {"names": {"en": ["x"], "ru": ["х"]}, "pose_m": [5, 3.8, 0]}, "furniture.sofa"),
        ("furniture.bed.size_m", [1.5, 0.0, 0.5], "three positive lengths"),
        ("doors.kitchen_door.between", ["kitchen", "attic"], "attic"),
        ("doors.kitchen_door.width_m", -1, "a positive number"),
        ("people.anna.clothing", "pink", "pink"),
        ("walls", [[0, 0, 10]], r"walls\[0\]'?: expected 4 finite numbers"),
        ("bounds_m", [10.0, 0.0, 0.0, 8.0], "x_min < x_max"),
        ("wall_thickness_m", float("nan"), "expected 1 finite number"),
        ("rooms.kitchen", 5, "a mapping"),
    ],
)
def test_a_wrong_home_is_refused_with_the_key_and_what_was_expected(flat, key, value, complaint):
    with pytest.raises(ConfigError, match=complaint) as error:
        home_from_data(broken(flat, key, value), "my.yaml")
    assert "my.yaml" in str(error.value)
    assert key.split(".")[-1] in str(error.value)


def test_an_unknown_world_names_the_shipped_ones():
    with pytest.raises(ConfigError, match=r"shipped worlds: .*flat"):
        load_home("castle")


def test_a_home_may_add_words_of_its_own(flat):
    data = copy.deepcopy(flat)
    data["vocabulary"] = {"objects": {"vase": {"names": {"en": ["vase"], "ru": ["ваза"]}}}}
    home = home_from_data(data, "my.yaml")
    assert home.objects["vase"]["ru"] == ("ваза",)
    assert "cube" in home.objects
