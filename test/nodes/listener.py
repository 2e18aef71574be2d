"""A node of the test's own process: collects what comes on topics and waits for it, without sleeping."""

from __future__ import annotations

import time
from typing import Any

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile

WAIT_S = 30.0  # a deadline for a busy machine, not a figure


class Listener:
    def __init__(self) -> None:
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node = Node("listener", context=self.context)
        self.got: dict[str, list[Any]] = {}
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(self.node)

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown()
        self.node.destroy_node()
        rclpy.try_shutdown(context=self.context)

    def hear(self, kind: type, topic: str, qos: QoSProfile) -> list[Any]:
        """The list that the messages of the topic are appended to."""
        heard = self.got.setdefault(topic, [])
        self.node.create_subscription(kind, topic, heard.append, qos)
        return heard

    def spin(self, seconds: float) -> None:
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self._executor.spin_once(timeout_sec=0.02)

    def until(self, condition: Any, what: str) -> None:
        """Fails the test when the condition has not become true in WAIT_S."""
        end_s = time.monotonic() + WAIT_S
        while not condition():
            assert time.monotonic() < end_s, f"waited {WAIT_S:.0f} s for {what}"
            self._executor.spin_once(timeout_sec=0.05)

    def call(self, kind: type, name: str, request: Any) -> Any:
        """Asks again when nothing comes: a server that was killed seems ready until DDS notices."""
        client = self.node.create_client(kind, name)
        answers: list[Any] = []

        def answered() -> bool:
            if client.service_is_ready() and (not answers or time.monotonic() - asked_s[-1] > 2.0):
                asked_s.append(time.monotonic())
                answers.append(client.call_async(request))
            return any(answer.done() for answer in answers)

        asked_s: list[float] = []
        self.until(answered, f"an answer of the service '{name}'")
        return next(answer.result() for answer in answers if answer.done())
