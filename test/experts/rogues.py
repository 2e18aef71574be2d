"""Answerers that do what answerers should not. In a module of their own: worker processes import it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

from moe_robot.errors import MoeRobotError
from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.structs import Reply, Utterance

BALLAST_MB = 100


class Echo:
    """Says what it heard, and who it is; "no" is not its."""

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        return None if utterance.text == "no" else Reply(f"{utterance.text} {os.getpid()}", "echo")


class Told:
    """What it knows besides the words."""

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        return Reply(f"{context.card.id} {context.now.isoformat()} {len(context.history)} {context.live}", "told")


class Ballast:
    """Takes memory when it loads."""

    def load(self) -> None:
        self.taken = b"x" * (BALLAST_MB << 20)

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        return Reply(f"{utterance.text} {os.getpid()}", "ballast")


class Slow:
    """Answers after it was told to in a file: `utterance.text` is its path."""

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        while not os.path.exists(utterance.text):
            time.sleep(0.005)
        return Reply("at last", "slow")


class Talkative:
    """Writes to stdout and reads stdin, which others need."""

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        print("hello", flush=True)
        os.write(1, b"\x01\x02\x03")
        return Reply(f"read {sys.stdin.read()!r}", "talkative")


class Empty:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        return Reply("", "empty")


class Raises:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        raise ZeroDivisionError("one by nothing")


class NamedError:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        raise MoeRobotError("the sky is not blue")


class Exits:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        sys.exit("enough")


class Dies:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        os._exit(3)


class Faults:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        ctypes.string_at(0)
        raise AssertionError("no segmentation fault")


class WantsMuch:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        return Reply(str(len(bytearray(1 << 42))), "much")


class Grows:
    """Little by little, so that no single wish is refused."""

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        taken = []
        while True:
            taken.append(b"x" * (1 << 20))
            time.sleep(0.001)


class Recurses:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        return self.answer(utterance, context)


class NoReply:
    def answer(self, utterance: Utterance, context: AnswerContext) -> object:
        return "four"


class Unsendable:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        return Reply(threading.Lock(), "unsendable")  # type: ignore[arg-type]


class Sleeps:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        time.sleep(3600)
        raise AssertionError("nobody waits so long")


class Spins:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        while True:
            pass


class Holds:
    """A C function that keeps the interpreter to itself for hours, signals and threads included."""

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        return Reply(str(sum(iter(int, 1))), "holds")


class Stops:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        os.kill(os.getpid(), signal.SIGSTOP)
        return Reply("woke up", "stops")


class Breeds:
    """Leaves a child behind, whose number it writes to the file named in the text."""

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
        with open(utterance.text, "w", encoding="utf-8") as file:
            file.write(str(child.pid))
        time.sleep(3600)
        raise AssertionError("nobody waits so long")


class Lacks:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        raise Unavailable("no robot is connected")


class LacksPackage:
    def load(self) -> None:
        import a_package_that_nobody_has  # noqa: F401

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        raise AssertionError("it was never loaded")


class CannotBeMade:
    def __init__(self) -> None:
        raise RuntimeError("not today")


class NeverLoads:
    def load(self) -> None:
        time.sleep(3600)

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply:
        raise AssertionError("it was never loaded")
