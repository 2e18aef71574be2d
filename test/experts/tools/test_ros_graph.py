"""Questions about the ROS graph, on a graph made by hand (a real one: test/nodes/test_introspection.py)."""

from __future__ import annotations

import pytest
from state_rig import Robot, ask, context, said, world

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import TopicEnds
from moe_robot.experts.tools.ros_graph import RosGraph

TOPICS = {
    "/scan": TopicEnds(("sensor_msgs/msg/LaserScan",), ("/sim",), ("/brain", "/motor", "/localization")),
    "/cmd_vel": TopicEnds(("geometry_msgs/msg/Twist",), ("/brain",), ("/motor",)),
    "/tokens": TopicEnds(("moe_robot_interfaces/msg/Token",), ("/brain",), ()),
    "/cmd_vel_joy": TopicEnds(("geometry_msgs/msg/Twist",), (), ("/motor",)),
    "/initialpose": TopicEnds(("geometry_msgs/msg/PoseWithCovarianceStamped",), (), ("/localization",)),
    "/camera/image_raw": TopicEnds(("sensor_msgs/msg/Image",), ("/sim",), ("/vision",)),
    "/rosout": TopicEnds(("rcl_interfaces/msg/Log",), ("/brain", "/motor"), ()),
}
SERVICES = {"/arm": ("std_srvs/srv/SetBool",), "/motor/get_parameters": ("rcl_interfaces/srv/GetParameters",)}
ROBOT = Robot(TOPICS, ("/brain", "/motor", "/sim", "/vision", "/localization"), SERVICES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("which topics have publishers and no subscribers?", "1 topic with publishers and no subscribers: /tokens."),
        ("в какие топики публикуют, но никто не подписан", "никто не слушает 1 топик: /tokens."),
        ("unused topics nobody listens to", "1 topic with publishers and no subscribers: /tokens."),
        ("у каких топиков есть подписчики, но нет издателей", "у топиков: /cmd_vel_joy, /initialpose."),
        ("topics with subscribers but no publishers", "2 topics with subscribers and no publisher: /cmd_vel_joy, /ini"),
        ("кто публикует scan", "В /scan публикует: /sim."),
        ("who publishes /scan", "/scan is published by /sim."),
        ("кто слушает скан лидара", "На /scan подписаны: /brain, /motor, /localization."),
        ("who publishes cmd_vel_joy", "Nobody publishes /cmd_vel_joy."),
        ("сколько подписчиков у scan", "На /scan подписано 3 ноды"),
        ("какой тип у /cmd_vel", "Тип /cmd_vel: geometry_msgs/msg/Twist."),
        ("what type is cmd_vel", "The type of /cmd_vel is geometry_msgs/msg/Twist."),
        ("что с топиком камеры", "/camera/image_raw: тип sensor_msgs/msg/Image; публикует /sim; слушает /vision."),
        ("какие ноды запущены", "Работает 5 нод: /brain, /localization, /motor, /sim, /vision."),
        ("list the topics", "6 topics: /camera/image_raw, /cmd_vel"),
        ("какие есть сервисы", "В графе 2 сервиса; без служебных: /arm."),
        ("что публикует нода brain", "Нода /brain работает. Публикует: /cmd_vel, /tokens."),
        ("which topics does motor subscribe to", "It subscribes to /cmd_vel, /cmd_vel_joy, /scan."),
        ("is vision running", "The node /vision is running."),
        ("есть ли топик /foo", "/foo в графе сейчас нет."),
        ("у каких топиков два издателя", "Таких нет: у каждого топика не больше одного издателя."),
        ("what is on the graph", "The graph has 5 nodes, 6 topics and 2 services now."),
    ],
)
def test_graph(text: str, expected: str) -> None:
    assert expected in ask(RosGraph(), text, world(), ROBOT)


def test_long_lists_are_cut_and_say_so() -> None:
    many = {f"/topic_{number:02}": TopicEnds(("std_msgs/msg/String",), ("/a",), ("/b",)) for number in range(40)}
    assert ask(RosGraph(), "list all topics", world(), Robot(many)).endswith("/topic_11 and 28 more.")
    assert ask(RosGraph(), "топики без подписчиков, которые публикуются", world(), Robot(many)).startswith("Таких нет")


def test_graph_needs_a_robot() -> None:
    with pytest.raises(Unavailable):
        RosGraph().answer(said("which nodes are there"), context(world()))
