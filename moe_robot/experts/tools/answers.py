"""The answerer `answers`: what a person has written down in `answers.yaml` of the expert's folder, word for word.

    - ask: {ru: [как часто поливать фикус], en: [how often do I water the ficus]}
      say: {ru: Раз в неделю., en: Once a week.}

A question is taken for an entry when all of its words that carry meaning stand in that entry, in any form and order,
and most of those of one of its lines are there. One foreign word ("how often do I water the cactus", "why do I water
the ficus") and it is not mine: nothing is guessed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from moe_robot.config import read_yaml
from moe_robot.errors import ConfigError
from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.lexicon import analyzer, normalize
from moe_robot.structs import LANGUAGES, Language, Reply, Utterance

FILE = "answers.yaml"
WORDS = Path(__file__).with_name("answers.words.yaml")
LEAST_SHARE = 0.6  # of the words of one line
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Entry:
    """`lines`: the words that carry meaning, of each way to ask."""

    lines: Mapping[Language, tuple[frozenset[str], ...]]
    say: Mapping[Language, str]

    def likeness(self, words: frozenset[str], language: Language) -> float:
        """0..1; 0 when it has a word that this entry does not have."""
        own = frozenset().union(*self.lines[language])
        if not words or words - own:
            return 0.0
        return max(len(words & line) / len(line) for line in self.lines[language])


class Answers:
    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        path = context.card.folder / FILE
        try:
            entries = _entries(path, path.stat().st_mtime_ns)
        except OSError as error:
            raise Unavailable(f"{path}: {error.strerror}; write the answers of this expert there") from error
        except ConfigError as error:
            raise Unavailable(str(error)) from error
        language = utterance.language
        for text in filter(None, (utterance.text, context.said)):
            words = _words(text, language)
            scored = [(entry.likeness(words, language), entry) for entry in entries]
            best = max((score for score, _ in scored), default=0.0)
            found = {entry.say[language] for score, entry in scored if score == best}
            if best >= LEAST_SHARE and len(found) == 1:  # two that say different things are none
                return Reply(found.pop(), "answers")
        return None


def read_answers(path: Path) -> tuple[Entry, ...]:
    """Raises ConfigError that names the file and the entry."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: is not YAML in UTF-8: {error}") from error
    if not isinstance(data, list) or not data:
        raise ConfigError(f"{path}: expected a list of entries with the keys ask and say")
    return tuple(_entry(row, f"{path}: entry {count}") for count, row in enumerate(data, 1))


@functools.lru_cache(maxsize=64)
def _entries(path: Path, changed_ns: int) -> tuple[Entry, ...]:
    """`changed_ns`: a file that was changed is read again."""
    return read_answers(path)


def _entry(row: object, where: str) -> Entry:
    if not isinstance(row, dict) or set(row) != {"ask", "say"}:
        raise ConfigError(f"{where}: expected the keys ask and say")
    ask, say = row["ask"], row["say"]
    lines: dict[Language, tuple[frozenset[str], ...]] = {}
    for language in LANGUAGES:
        texts = ask.get(language) if isinstance(ask, dict) else None
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
            raise ConfigError(f"{where}: 'ask.{language}' must be a list of questions that is not empty")
        lines[language] = tuple(_words(text, language) for text in texts)
        if empty := [text for text, words in zip(texts, lines[language], strict=True) if not words]:
            raise ConfigError(f"{where}: 'ask.{language}': no word in {empty[0]!r} tells it from other questions")
        said = say.get(language) if isinstance(say, dict) else None
        if not isinstance(said, str) or not said.strip():
            raise ConfigError(f"{where}: 'say.{language}' must be a text that is not empty")
    return Entry(lines, {language: say[language].strip() for language in LANGUAGES})


def _words(text: str, language: Language) -> frozenset[str]:
    """Without those that every question has, in their dictionary form."""
    empty = _empty()[language]
    plain = (_lemma(word, language) for word in _WORD.findall(normalize(text)) if word not in empty)
    return frozenset(word for word in plain if word not in empty)


@functools.lru_cache(maxsize=1)
def _empty() -> Mapping[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in read_yaml(WORDS).items()}


@functools.lru_cache(maxsize=4096)
def _lemma(word: str, language: Language) -> str:
    if language == "ru":
        return str(analyzer().parse(word)[0].normal_form).replace("ё", "е")
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
