"""The URDF is the one source of the robot's geometry."""

import math
from xml.etree import ElementTree

import mujoco
import pytest

from moe_robot.errors import ConfigError
from moe_robot.robot_model import load_robot_model, robot_model_from_urdf


def test_the_shipped_robot_has_the_agreed_geometry():
    model = load_robot_model()
    assert (model.wheel_radius_m, model.wheel_separation_m, model.ticks_per_rev) == (0.05, 0.26, 1320)
    assert model.radius_m == pytest.approx(0.17, abs=0.005)
    assert model.laser.z_m == 0.12
    assert (model.camera.x_m, model.camera.z_m, model.camera.pitch_rad) == (0.08, 0.30, 0.10)
    assert math.degrees(model.camera_hfov_rad) == pytest.approx(70.0, abs=0.01)


def test_mujoco_reads_the_same_file():
    spec = mujoco.MjSpec.from_string(load_robot_model().urdf)
    assert {"base_link", "left_wheel", "right_wheel", "camera", "laser", "imu"} <= {body.name for body in spec.bodies}
    assert spec.compile().njnt == 2


def test_the_tree_of_links_hangs_on_base_link():
    root = ElementTree.fromstring(load_robot_model().urdf)
    links = {link.attrib["name"] for link in root.findall("link")}
    children = {joint.find("child").attrib["link"] for joint in root.findall("joint")}
    parents = {joint.find("parent").attrib["link"] for joint in root.findall("joint")}
    assert links - children == {"base_link"}
    assert parents <= links


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<moe_robot ", "<other ", "moe_robot"),
        ('name="left_wheel_joint"', 'name="wheel_joint"', "left_wheel_joint"),
        ('xyz="0 0.13 0.05"', 'xyz="0 -0.13 0.05"', "positive"),
        ('xyz="0 0.13 0.05"', 'xyz="0 0.13"', "three numbers"),
        ('ticks_per_rev="1320"', 'ticks_per_rev="many"', "many"),
        ("</robot>", "", "XML"),
    ],
)
def test_a_broken_urdf_is_refused_with_what_it_lacks(old, new, message):
    text = load_robot_model().urdf
    assert old in text
    with pytest.raises(ConfigError, match=message):
        robot_model_from_urdf(text.replace(old, new), "robot.urdf")


def test_a_missing_urdf_is_named():
    with pytest.raises(ConfigError, match=r"nowhere\.urdf"):
        load_robot_model("nowhere.urdf")
