"""What the robot tells of its graph is what is on a real graph."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from listener import Listener
from rclpy.node import Node
from sensor_msgs.msg import LaserScan
from std_msgs.msg import String
from std_srvs.srv import Trigger

from moe_robot.config import load_config
from moe_robot.experts.card import ExpertCard
from moe_robot.experts.context import AnswerContext, Live
from moe_robot.experts.tools.ros_graph import RosGraph
from moe_robot.lexicon import lexicon_of
from moe_robot.nodes.introspection import Introspection
from moe_robot.nodes.ros import EVENT, SENSOR, serve
from moe_robot.phrases import Phrases
from moe_robot.structs import Utterance
from moe_robot.world.home import load_home


@pytest.fixture
def listener(ros_domain: int) -> Iterator[Listener]:
    with Listener() as made:
        yield made


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_graph_tells_nodes_topics_types_ends_and_services(listener: Listener) -> None:
    other = Node("lidar", namespace="front", context=listener.context)
    other.create_publisher(LaserScan, "/scan", SENSOR)
    other.create_publisher(String, "chatter", EVENT)
    other.create_publisher(String, "/_hidden/topic", EVENT)
    serve(other, Trigger, "/stop", lambda request, response: response)
    listener.hear(LaserScan, "/scan", SENSOR)
    listener.hear(String, "/lonely", EVENT)
    port = Introspection(listener.node, lambda: "")
    listener.until(lambda: {"/scan", "/front/chatter", "/lonely"} <= set(port.graph().topics), "the topics")
    listener.until(lambda: port.graph().topics["/scan"].publishers, "the publisher")
    listener.until(lambda: "/stop" in port.graph().services, "the service")
    graph = port.graph()
    assert {"/listener", "/front/lidar"} <= set(graph.nodes)
    assert graph.topics["/scan"].types == ("sensor_msgs/msg/LaserScan",)
    assert graph.topics["/scan"].publishers == ("/front/lidar",)
    assert graph.topics["/scan"].subscribers == ("/listener",)
    assert graph.topics["/front/chatter"].subscribers == () and graph.topics["/lonely"].publishers == ()
    assert graph.services["/stop"] == ("std_srvs/srv/Trigger",)
    assert "/_hidden/topic" not in graph.topics
    home = load_home("flat")
    lexicon = lexicon_of(home)
    card = ExpertCard("ros_graph", "system", {}, {}, {}, (), ())
    live = Live(lexicon, Phrases(lexicon, home.rooms), port)
    context = AnswerContext(card, home, load_config(), datetime.now(timezone.utc), live=live)
    reply = RosGraph().answer(Utterance("which topics have publishers and no subscribers?", "en"), context)
    assert reply is not None and "/front/chatter" in reply.text and "/scan" not in reply.text
    reply = RosGraph().answer(Utterance("кто публикует scan?", "ru"), context)
    assert reply is not None and reply.text == "В /scan публикует: /front/lidar."
    other.destroy_node()
    listener.until(lambda: "/front/lidar" not in port.graph().nodes, "the node to go")


def test_diagnostics_keeps_the_latest_of_each_part_with_its_age(listener: Listener) -> None:
    clock = Clock()
    port = Introspection(listener.node, lambda: "", clock)
    publisher = listener.node.create_publisher(DiagnosticArray, "/diagnostics", EVENT)
    listener.until(lambda: publisher.get_subscription_count() > 0, "the subscription")

    def tell(name: str, level: bytes, text: str) -> None:
        status = DiagnosticStatus(level=level, name=name, message=text, values=[KeyValue(key="link", value="up")])
        publisher.publish(DiagnosticArray(status=[status]))

    assert port.diagnostics() == ()
    tell("moe_robot: motor", DiagnosticStatus.OK, "armed")
    listener.until(lambda: len(port.diagnostics()) == 1, "the first status")
    clock.now_s += 4.0
    tell("moe_robot: memory", DiagnosticStatus.WARN, "disk full")
    listener.until(lambda: len(port.diagnostics()) == 2, "the second status")
    motor, memory = port.diagnostics()
    assert (motor.name, motor.level, motor.message, motor.age_s) == ("moe_robot: motor", 0, "armed", 4.0)
    assert motor.values == {"link": "up"}
    assert (memory.level, memory.age_s) == (1, 0.0)
    tell("moe_robot: motor", DiagnosticStatus.ERROR, "the motor board does not answer")
    listener.until(lambda: port.diagnostics()[0].level == 2, "the newer status of the motor")
    clock.now_s += 601.0
    assert port.diagnostics() == ()


def test_graph_may_be_asked_from_another_thread_while_the_node_spins(listener: Listener) -> None:
    port = Introspection(listener.node, lambda: "drive forward")
    seen: list[int] = []
    thread = threading.Thread(target=lambda: seen.extend(len(port.graph().nodes) for _ in range(50)))
    thread.start()
    listener.until(lambda: not thread.is_alive(), "fifty looks at the graph")
    assert len(seen) == 50 and min(seen) >= 1
    assert port.running() == "drive forward"
