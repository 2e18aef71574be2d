"""The experts from Python, without ROS.

    from moe_robot import MoEClient

    with MoEClient() as client:
        answer = client.generate("реши x^2 - 5x + 6 = 0")
        answer.text, answer.expert, answer.confidence
        chat = client.start_conversation()
        chat.send("сколько метров до кухни?")
        chat.send("а до спальни?").text

The same brain as on the robot, with the same answers; without wheels: a command for motion comes back as the plan that
a robot would run (`Answer.plan`), and nothing moves. Safe under threads.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, overload

from moe_robot.brain import Brain, Context, build_brain
from moe_robot.config import Config, load_config
from moe_robot.errors import MoeRobotError
from moe_robot.experts.context import Entry
from moe_robot.experts.keepsakes import Keepsakes, Ringer
from moe_robot.experts.manager import Metrics
from moe_robot.lexicon import lexicon_of
from moe_robot.notation import format_nodes
from moe_robot.paths import state_dir
from moe_robot.router.labels import Labels
from moe_robot.router.language import detect_language
from moe_robot.structs import LANGUAGES, Language, Route, Turn, Utterance
from moe_robot.world.home import load_home

HISTORY_TURNS = 20  # that a conversation leans on
_TOKEN = re.compile(r"\s*\S+|\s+$")


@dataclass(frozen=True)
class Answer:
    """What `generate` gives. `refusal` is "" when it was answered or planned; otherwise it names why not
    (not_understood, out_of_scope, which, unknown_place, ...) and `text` says so."""

    text: str
    tokens: int  # words of `text`; a language model would count its own
    expert: str  # "" when nobody took it
    confidence: float  # 0..1
    model_used: str  # the answerer: sentences, a tool's name, later a language model's
    latency_ms: float
    plan: str = ""  # what a robot would do, in the notation of docs/plan-language.md
    refusal: str = ""
    readings: tuple[str, ...] = ()  # the experts that a question back offers; answer it in the same conversation
    understood_as: str = ""  # the whole request that a fragment was taken for
    language: Language = "en"


@dataclass(frozen=True)
class ExpertInfo:
    """One expert's card, for people."""

    id: str
    category: str
    name: dict[Language, str]
    description: dict[Language, str]
    examples: dict[Language, tuple[str, ...]]


class Stream(Iterator[str]):
    """Pieces of the text as they come; together they are `answer.text`. `answer` is complete after the last one."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self._pieces: Iterator[str] = iter(_TOKEN.findall(answer.text))

    def __next__(self) -> str:
        return next(self._pieces)


class Chat:
    """One conversation: later utterances may lean on earlier ones. Safe under threads, which take turns."""

    def __init__(self, client: MoEClient, language: Language | None = None) -> None:
        self._client, self._language = client, language
        self._lock = threading.Lock()
        self._history: tuple[Turn, ...] = ()

    @property
    def history(self) -> tuple[Turn, ...]:
        """Oldest first."""
        return self._history

    def send(self, prompt: str, *, max_tokens: int | None = None, temperature: float | None = None) -> Answer:
        """Arguments as of `MoEClient.generate`."""
        with self._lock:
            answer, turn = self._client._ask(prompt, None, max_tokens, temperature, self._language, self._history)
            self._history = (*self._history, turn)[-HISTORY_TURNS:]
            return answer


class MoEClient:
    """`config`: a YAML file, a Config, or None for the shipped one. `home`: name or path of the home with its places,
    things and people. `folder`: where facts, reminders and labels are kept; None: the state folder of this
    user. `on_reminder` is called in a thread of the client's own with each timer or reminder that fires; without it
    none is taken away from a robot that runs on this machine. Raises ConfigError, MoeRobotError."""

    def __init__(
        self,
        config: Config | Path | str | None = None,
        home: str | None = None,
        folder: Path | str | None = None,
        on_reminder: Callable[[Entry], None] | None = None,
    ) -> None:
        cfg = config if isinstance(config, Config) else load_config(Path(config) if config else None)
        keep_in = Path(folder) if folder is not None else state_dir()
        the_home = load_home(home or cfg.robot.home)
        self._labels = Labels(keep_in / "router" / "labels.jsonl")
        self._keepsakes = Keepsakes(keep_in / "keepsakes.db")
        self._brain: Brain = build_brain(cfg, the_home, lexicon_of(the_home), self._labels)
        self._ringer = (
            Ringer(self._keepsakes.schedule, on_reminder, self._brain.now) if on_reminder is not None else None
        )
        self._closed = False

    def __enter__(self) -> MoEClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the experts' processes. Twice does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._ringer is not None:
            self._ringer.close()
        self._brain.close()
        self._keepsakes.close()

    @overload
    def generate(
        self,
        prompt: str,
        expert: str | None = None,
        *,
        max_tokens: int | None = None,
        temperature: float | None = None,
        stream: Literal[False] = False,
        language: Language | None = None,
    ) -> Answer: ...

    @overload
    def generate(
        self,
        prompt: str,
        expert: str | None = None,
        *,
        max_tokens: int | None = None,
        temperature: float | None = None,
        stream: Literal[True],
        language: Language | None = None,
    ) -> Stream: ...

    def generate(
        self,
        prompt: str,
        expert: str | None = None,
        *,
        max_tokens: int | None = None,
        temperature: float | None = None,
        stream: bool = False,
        language: Language | None = None,
    ) -> Answer | Stream:
        """One request by itself. `expert` None: the router chooses. `max_tokens` (1 or more) and `temperature` (0..2)
        are for language models; exact answers of tools are never cut. `language` None: as the prompt's letters tell.

        Raises ValueError for an unknown expert or an argument out of range, TypeError for one of another type,
        MoeRobotError when this client is closed. A prompt that nobody answers is no error: see `Answer.refusal`.
        """
        answer, _ = self._ask(prompt, expert, max_tokens, temperature, language, ())
        return Stream(answer) if stream else answer

    def start_conversation(self, language: Language | None = None) -> Chat:
        """`language` None: as each prompt's letters tell."""
        return Chat(self, language)

    def experts(self) -> tuple[ExpertInfo, ...]:
        """By category and id."""
        cards = sorted(self._brain.experts.cards.values(), key=lambda card: (card.category, card.id))
        return tuple(
            ExpertInfo(card.id, card.category, dict(card.name), dict(card.description), dict(card.examples))
            for card in cards
        )

    def route(self, prompt: str, language: Language | None = None) -> Route:
        """Who would take it; nobody is asked. `expert` "" = the router abstains, `ranked` are its likeliest."""
        heard = self._brain.hear(self._utterance(prompt, language), Context())
        return heard.understood.parts[0].route if heard.understood else Route("", 0.0, "rule_based")

    def metrics(self) -> Metrics:
        """Hits, misses, loads and memory of the experts that have processes of their own."""
        return self._brain.experts.metrics()

    def _utterance(self, prompt: str, language: Language | None) -> Utterance:
        if not isinstance(prompt, str):
            raise TypeError(f"expected a prompt as text (str), found {type(prompt).__name__}")
        if self._closed:
            raise MoeRobotError("this client is closed: make a new MoEClient")
        if language is not None and language not in LANGUAGES:
            raise ValueError(f"expected a language ru or en, found {language!r}")
        return Utterance(prompt, language or detect_language(prompt[:1000]), source="api", t_s=time.time())

    def _ask(
        self,
        prompt: str,
        expert: str | None,
        max_tokens: int | None,
        temperature: float | None,
        language: Language | None,
        history: tuple[Turn, ...],
    ) -> tuple[Answer, Turn]:
        utterance = self._utterance(prompt, language)
        _check_arguments(max_tokens, temperature)
        began_s = time.perf_counter()
        context = Context(history=history, schedule=self._keepsakes.schedule, notes=self._keepsakes.notes)
        if expert is None:
            turn = self._brain.respond(utterance, context)
        elif expert in self._brain.experts.cards:
            turn = self._brain.answer_as(expert, utterance, context)
        else:
            known = ", ".join(sorted(self._brain.experts.cards))
            raise ValueError(f"expected one of the experts {known}; found '{expert}'")
        if turn.label is not None:
            self._labels.add(turn.label)
        return _answer(turn, 1e3 * (time.perf_counter() - began_s)), turn


def _check_arguments(max_tokens: int | None, temperature: float | None) -> None:
    if max_tokens is not None:
        if not isinstance(max_tokens, int) or isinstance(max_tokens, bool):
            raise TypeError(f"expected max_tokens as int, found {type(max_tokens).__name__}")
        if max_tokens < 1:
            raise ValueError(f"expected max_tokens of 1 or more, found {max_tokens}")
    if temperature is not None:
        if not isinstance(temperature, int | float) or isinstance(temperature, bool):
            raise TypeError(f"expected a temperature as a number, found {type(temperature).__name__}")
        if not 0.0 <= temperature <= 2.0:  # nan is not either
            raise ValueError(f"expected a temperature from 0 to 2, found {temperature}")


def _answer(turn: Turn, latency_ms: float) -> Answer:
    return Answer(
        text=turn.reply.text,
        tokens=len(turn.reply.text.split()),
        expert=turn.route.expert,
        confidence=turn.route.confidence,
        model_used=turn.reply.model_used,
        latency_ms=latency_ms,
        plan=format_nodes(turn.plan.nodes) if turn.plan is not None else "",
        refusal=turn.refusal,
        readings=turn.readings,
        understood_as=turn.understood_as,
        language=turn.utterance.language,
    )
