"""School stories asked of the expert `word_problems`: how many are answered, and how many of the answers are right.

A part of bench/maths.py; with --list it prints each story that is wrong or not answered.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import yaml

from bench.report import wilson
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.word_problems import WordProblems
from moe_robot.structs import Language, Utterance

DATA = Path(__file__).resolve().parents[1] / "test" / "data" / "maths"
SETS = ("stories_dev", "stories_test")
HEAD = ["stories", "language", "n", "answered, %", "95 % interval", "right of answered, %", "95 % interval", "wrong"]
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:/\d+)?")
_NOTHING: Any = None


@dataclass(frozen=True)
class Asked:
    text: str
    language: Language
    expected: Fraction
    said: str

    @property
    def right(self) -> bool:
        return answers(self.said) == {self.expected}


def answers(said: str) -> set[Fraction]:
    """The numbers of what is said as the answer: one, or two when it has two parts."""
    told = re.split(r"(?:Ответ|Answer): ", said)[-1].replace("−", "-").replace("\N{NO-BREAK SPACE}", "")
    told = re.sub(r"(?<=\d)[ \N{NARROW NO-BREAK SPACE}](?=\d{3}(?!\d))", "", told)
    told = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "" if "Answer" in said else ".", told).replace(",", ".")
    found = [Fraction(each) for each in _NUMBER.findall(told.split("≈")[0])]
    return set(found[:1] if " и " not in told and " and " not in told else found)


def asked(path: Path) -> Iterator[Asked]:
    tool = WordProblems()
    context = AnswerContext(_NOTHING, _NOTHING, _NOTHING, datetime(2026, 1, 1, tzinfo=timezone.utc))
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    for row in data["rows"] if isinstance(data, dict) else data:
        reply = tool.answer(Utterance(row["text"], row["language"]), context)
        said = "" if reply is None else str(reply.text)
        yield Asked(row["text"], row["language"], Fraction(str(row["answer"])), said)


def rows() -> Iterator[list[str]]:
    """One row of the table for each set and language."""
    for name in SETS:
        path = DATA / f"{name}.yaml"
        if not path.is_file():
            continue
        found = list(asked(path))
        for language in ("ru", "en"):
            mine = [each for each in found if each.language == language]
            told = [each for each in mine if each.said]
            right = sum(each.right for each in told)
            yield [
                name.removeprefix("stories_"),
                language,
                str(len(mine)),
                *_share(len(told), len(mine)),
                *_share(right, len(told)),
                str(len(told) - right),
            ]


def _share(part: int, whole: int) -> tuple[str, str]:
    if not whole:
        return "", ""
    low, high = wilson(part, whole)
    return f"{100 * part / whole:.1f}", f"{100 * low:.1f} to {100 * high:.1f}"


def main() -> None:
    for path in [Path(each) for each in sys.argv[1:]] or [DATA / "stories_dev.yaml"]:
        found = list(asked(path))
        for each in found:
            if not each.right:
                print(f"{'WRONG' if each.said else '-'} {each.text} [{each.expected}] {each.said}")
        right, told = sum(each.right for each in found), sum(bool(each.said) for each in found)
        print(f"{path.name}: {len(found)} stories, {told} answered, {right} right")


if __name__ == "__main__":
    main()
