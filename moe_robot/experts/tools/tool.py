"""What the tools share: who says None, who refuses with a sentence, and the polite words around a request."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from moe_robot.config import read_yaml
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.numbers import plain
from moe_robot.experts.words import Words
from moe_robot.structs import Language, Reply, Utterance

MAX_CHARS = 2000


class NotMine(Exception):
    """This text is no request for this tool: the next of the chain is asked."""


class Refused(Exception):
    """Understood, but without an answer: `key` names the sentence (of the tool's pack, or of "maths") that says why."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


class TextTool:
    """An answerer in words. A tool has a `name` and a `reply`, which returns the text or raises NotMine or Refused."""

    name = ""
    max_chars = MAX_CHARS

    def __init__(self) -> None:
        self.words = Words(self.name)

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        if not utterance.text.strip() or len(utterance.text) > self.max_chars:
            return None
        try:
            text = self.reply(utterance.text, utterance.language, context)
        except NotMine:
            return None
        except Refused as refusal:
            words = self.words if self.words.has(refusal.key) else Words("maths")
            text = words.say(refusal.key, utterance.language, **refusal.params)
        except ZeroDivisionError:
            text = Words("maths").say("division_by_zero", utterance.language)
        except RecursionError:
            text = Words("maths").say("too_long", utterance.language)
        return Reply(text, self.name, model_used=self.name)

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        raise NotImplementedError


def bare(text: str) -> str:
    """The request without "please", "tell me what is", a name, a question mark: lower case, ё as е."""
    text = plain(text)
    around = _around()
    while True:
        shorter = around[0].sub("", text, count=1)
        shorter = around[1].sub("", shorter, count=1).strip()
        if shorter == text:
            return text
        text = shorter


@functools.lru_cache(maxsize=1)
def _around() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = read_yaml(Path(__file__).with_name("request.yaml"))
    before = "|".join(
        f"(?:{pattern})" for pattern in sorted((str(each) for each in data["before"]), key=len, reverse=True)
    )
    after = "|".join(
        f"(?:{pattern})" for pattern in sorted((str(each) for each in data["after"]), key=len, reverse=True)
    )
    return re.compile(rf"^[\s,.:!?;-]*(?:{before})(?![^\W_])[\s,:]*"), re.compile(
        rf"(?:(?:[\s,]+(?:{after}))|[?.,;:=\s]+|(?<=[^\d)])!+)$"
    )
