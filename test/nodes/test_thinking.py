"""The brain node answers in words, remembers the conversation, and tells what people have asked to be reminded of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="needs ROS 2")
import rclpy
from listener import WAIT_S

from moe_robot.config import load_config
from moe_robot.nodes.brain_node import BrainNode
from moe_robot.nodes.commands import Command
from moe_robot.nodes.run import Arguments
from moe_robot.structs import Utterance
from moe_robot_interfaces.msg import Utterance as UtteranceMsg


class Talk:
    """A brain node, and who hears what it says."""

    def __init__(self, node: BrainNode) -> None:
        self.node = node
        self.heard: list[str] = []
        self.ear = rclpy.create_node("ear", use_global_arguments=False)
        self.ear.create_subscription(UtteranceMsg, "say", lambda message: self.heard.append(message.text), 10)

    def ask(self, text: str, language: str = "en") -> Command:
        command = Command(Utterance(text, language), lambda _: None)
        self.node._take(command)
        self.until(lambda: bool(command.outcome) or command is self.node._current)
        return command

    def until(self, holds: Callable[[], bool]) -> None:
        end_s = self.node.get_clock().now().nanoseconds + WAIT_S * 1e9
        while not holds():
            assert self.node.get_clock().now().nanoseconds < end_s, f"it did not come to pass; heard: {self.heard}"
            rclpy.spin_once(self.node, timeout_sec=0.05)
            rclpy.spin_once(self.ear, timeout_sec=0.0)


@pytest.fixture
def talk(ros_domain: int, tmp_path: Path, monkeypatch) -> Iterator[Talk]:
    monkeypatch.setenv("MOE_ROBOT_HOME", str(tmp_path))
    rclpy.init(domain_id=ros_domain)
    node = BrainNode(Arguments("brain"), load_config())
    talk = Talk(node)
    yield talk
    node.close()
    node.destroy_node()
    talk.ear.destroy_node()
    rclpy.try_shutdown()


def test_an_answer_in_words_is_done_and_moves_nothing(talk):
    command = talk.ask("сколько будет семью восемь", "ru")
    assert command.outcome == "done"
    assert "56" in command.texts[0]
    assert command.turn is not None
    assert command.turn.plan is None


def test_a_fragment_leans_on_the_command_before(talk):
    talk.ask("wait 20 seconds")
    command = talk.ask("and now 30 seconds")
    assert command.turn is not None
    assert command.turn.understood_as == "wait 30 seconds"


def test_a_timer_rings_in_the_language_in_which_it_was_set(talk):
    command = talk.ask("поставь таймер на 1 секунду", "ru")
    assert command.outcome == "done"
    talk.until(lambda: "Время вышло." in talk.heard)


def test_a_home_that_cannot_be_written_loses_reminders_and_nothing_else(ros_domain, tmp_path, monkeypatch, caplog):
    (tmp_path / "keepsakes.db").mkdir()
    monkeypatch.setenv("MOE_ROBOT_HOME", str(tmp_path))
    rclpy.init(domain_id=ros_domain)
    node = BrainNode(Arguments("brain"), load_config())
    talk = Talk(node)
    try:
        assert "cannot be kept" in caplog.text
        assert talk.ask("set a timer for one second").outcome == "refused"
        assert talk.ask("what is 2 + 2").outcome == "done"
    finally:
        node.close()
        node.destroy_node()
        talk.ear.destroy_node()
        rclpy.try_shutdown()
