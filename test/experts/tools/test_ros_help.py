"""How-tos of ROS 2 from a table: the right entry for free words, and none where none fits."""

from __future__ import annotations

import pytest
from state_rig import ask, reply_to, said

from moe_robot.experts.tools.ros_help import PACK, RosHelp, _asks, search
from moe_robot.experts.tools.said import Said
from moe_robot.experts.words import Words
from moe_robot.structs import LANGUAGES


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("какая команда показывает список топиков?", "topic_list"),
        ("which command lists topics?", "topic_list"),
        ("how do I echo a topic", "topic_echo"),
        ("как опубликовать в топик из терминала", "topic_pub"),
        ("check topic frequency", "topic_hz"),
        ("what is a QoS profile?", "qos"),
        ("какой QoS поставить для датчиков", "qos_which"),
        ("why doesn't a subscriber receive messages with incompatible QoS", "qos_incompatible"),
        ("как записать бэг?", "bag_record"),
        ("how do I play a bag", "bag_play"),
        ("чем топик отличается от сервиса?", "topic_or_service"),
        ("difference between a service and an action", "service_or_action"),
        ("как посмотреть дерево tf?", "tf_view"),
        ("difference between map and odom", "map_odom"),
        ("как поменять параметр ноды", "param_set"),
        ("what does ros2 param dump do", "param_dump"),
        ("как вызвать сервис из консоли", "service_call"),
        ("how do I send an action goal from the terminal", "action_send"),
        ("как собрать воркспейс", "build"),
        ("colcon can't find my package, how is it fixed", "not_found"),
        ("как создать пакет", "create_package"),
        ("what fields does nav_msgs/Odometry have", "interface_show"),
        ("какой тип сообщения для картинки используют в ROS", "message_type"),
        ("how do lifecycle nodes work", "lifecycle"),
        ("what is a node", "what_node"),
        ("what is an action", "what_action"),
        ("как убить ноду", "node_kill"),
        ("how can I throttle a topic", "topic_throttle"),
        ("how do I remap a topic", "remap"),
        ("как передать аргументы в лаунч-файл", "launch_arguments"),
        ("which ROS 2 distribution is LTS", "lts"),
        ("как связать два компьютера по ROS 2", "two_machines"),
        ("шпаргалка по ros2", "cheat_sheet"),
    ],
)
def test_the_entry_that_fits(text: str, key: str) -> None:
    assert search(Said(text)) == key


@pytest.mark.parametrize(
    "text", ["кто был Наполеон", "what is love", "why is the sky blue", "", "напиши стихи", "2 + 2"]
)
def test_what_is_not_in_the_table_is_left_to_others(text: str) -> None:
    assert reply_to(RosHelp(), text) is None


def test_every_entry_has_texts_in_both_languages_and_can_win() -> None:
    words = Words(PACK)
    assert set(_asks()) == set(words.keys()) and len(_asks()) >= 40
    for key, lines in _asks().items():
        for language in LANGUAGES:
            text = words.say(key, language)
            assert text.endswith(".") and "{{" not in text
            assert any("а" <= char <= "я" for char in text.lower()) == (language == "ru"), key
        best = [search(Said(" ".join(choice[0].strip("=") for choice in line))) for line in lines]
        assert key in best, f"{key} is never the best: {best}"


def test_an_answer_names_the_command() -> None:
    assert "ros2 bag record" in ask(RosHelp(), "как записать бэг?")
    assert '"{data: true}"' in ask(RosHelp(), "how do I call a service from the terminal")
    assert RosHelp().answer(said("как записать бэг?"), None) is not None  # needs nothing of the robot
