"""A question beside what runs: whatever its answer does, the command beside it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

pytest.importorskip("rclpy", reason="needs ROS 2")
import rclpy
from listener import WAIT_S

from moe_robot.config import load_config
from moe_robot.nodes.brain_node import BrainNode
from moe_robot.nodes.commands import Command
from moe_robot.nodes.run import Arguments
from moe_robot.skills import base
from moe_robot.skills.base import Hints, SkillTick, SkillTools
from moe_robot.structs import Utterance, Value, WorldState


class Breaks:
    """A skill as somebody may write it."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        pass

    def start(self, world: WorldState, now_s: float) -> None:
        pass

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        raise ZeroDivisionError("a mistake in a skill")

    def stop(self) -> None:
        pass


@pytest.fixture
def brain(ros_domain: int) -> Iterator[BrainNode]:
    rclpy.init(domain_id=ros_domain)
    node = BrainNode(Arguments("brain"), load_config())
    yield node
    node.close()
    node.destroy_node()
    rclpy.try_shutdown()


def ask(brain: BrainNode, text: str) -> Command:
    command = Command(Utterance(text, "en"), lambda _: None)
    brain._take(command)
    return command


def spin_until(brain: BrainNode, holds: Callable[[], bool]) -> None:
    end_s = brain.get_clock().now().nanoseconds + WAIT_S * 1e9
    while not holds():
        assert brain.get_clock().now().nanoseconds < end_s, "it did not come to pass"
        rclpy.spin_once(brain, timeout_sec=0.1)


def test_an_answer_that_breaks_ends_itself_and_not_the_command_beside_it(brain, monkeypatch, caplog):
    monkeypatch.setattr(base, "SKILLS", {**base.SKILLS, "battery": f"{__name__}:Breaks"})
    waiting = ask(brain, "wait 20 seconds")
    spin_until(brain, lambda: brain._current is waiting)

    question = ask(brain, "how is the battery")
    spin_until(brain, lambda: bool(question.outcome))

    assert question.outcome == "failed"
    assert "how is the battery" in caplog.text
    assert brain._current is waiting
    assert not waiting.outcome

    following = ask(brain, "where are you")  # and the next question is answered
    spin_until(brain, lambda: bool(following.outcome))
    assert following.texts
    assert brain._current is waiting
