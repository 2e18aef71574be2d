"""Utterances -> turns, in threads beside the one that moves, and what is kept between them: the conversation, labels,
facts, timers and reminders. The brain node's thinking half; it knows no wheels and no topics.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from rclpy.node import Node

from moe_robot.brain import Context, Heard, build_brain
from moe_robot.config import Config
from moe_robot.errors import MoeRobotError
from moe_robot.experts.context import Entry, RobotPort
from moe_robot.experts.keepsakes import Keepsakes
from moe_robot.lexicon import Lexicon
from moe_robot.nodes.worker import Worker
from moe_robot.paths import state_dir
from moe_robot.router.labels import Labels
from moe_robot.structs import Language, Turn, Utterance, WorldState
from moe_robot.world.home import Home

log = logging.getLogger(__name__)
HISTORY_TURNS = 20  # of the conversation, which later utterances lean on
WARM_UP: tuple[tuple[str, Language], ...] = (("поезжай вперёд и поверни", "ru"), ("drive forward and turn", "en"))

Then = Callable[["Turn | None"], None]


class Thinking:
    """Used by the node's own thread. An expert's library may take seconds: it has a thread of its own, so that no
    command waits behind it."""

    def __init__(self, node: Node, config: Config, home: Home, lexicon: Lexicon, robot: RobotPort) -> None:
        self._labels = Labels(state_dir() / "router" / "labels.jsonl")
        self._keepsakes = _open_keepsakes()
        self._brain = build_brain(config, home, lexicon, self._labels)
        self._robot = robot
        self._quick, self._slow = Worker(node, "think"), Worker(node, "answer")
        self._history: tuple[Turn, ...] = ()
        self.phrases = self._brain.phrases

    def think(self, said: Utterance, world: WorldState, then: Then) -> None:
        """`then` gets the turn in the node's thread; None when thinking failed, which is logged."""
        kept = self._keepsakes
        context = Context(
            places=world.places,
            world=world,
            history=self._history,
            robot=self._robot,
            schedule=kept.schedule if kept else None,
            notes=kept.notes if kept else None,
        )

        def quickly() -> Heard | Turn:
            heard = self._brain.hear(said, context)
            return heard if heard.slow else self._brain.reply(heard, context)

        def go_on(heard: Heard | Turn | None) -> None:
            if isinstance(heard, Heard):
                self._slow.do(lambda: self._brain.reply(heard, context), lambda turn: self._done(turn, then), said.text)
            else:
                self._done(heard, then)

        self._quick.do(quickly, go_on, said.text)

    def do(self, job: Callable[[], None], about: str) -> None:
        """In the thread that reads sentences, before the next of them."""
        self._quick.do(job, lambda _: None, about)

    def warm_up(self) -> None:
        """The first sentence of a language is slow."""
        for text, language in WARM_UP:
            self._brain.respond(Utterance(text, language))

    def due(self) -> list[tuple[Language, str]]:
        """What timers and reminders have to say now, each once, in the language in which they were asked for."""
        if self._keepsakes is None:
            return []
        return [self._words(entry) for entry in self._keepsakes.schedule.due(self._brain.now())]

    def close(self) -> None:
        self._quick.close()
        self._slow.close()
        self._brain.close()
        if self._keepsakes is not None:
            self._keepsakes.close()

    def _done(self, turn: Turn | None, then: Then) -> None:
        if turn is not None:
            self._history = (*self._history, turn)[-HISTORY_TURNS:]
            label = turn.label
            if label is not None:
                self.do(lambda: self._labels.add(label), str(label))
        then(turn)

    def _words(self, entry: Entry) -> tuple[Language, str]:
        language: Language = "ru" if entry.language == "ru" else "en"
        phrase = f"{entry.kind}_due" if entry.text else "timer_due_plain"
        return language, self.phrases.say(phrase, language, text=entry.text)


def _open_keepsakes() -> Keepsakes | None:
    """None where nothing can be kept: then who is asked to remember something says so."""
    try:
        return Keepsakes(state_dir() / "keepsakes.db")
    except MoeRobotError as error:
        log.error("facts and reminders cannot be kept: %s", error)
        return None
