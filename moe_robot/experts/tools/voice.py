"""How answerers speak: the texts of one pack, with places, things, numbers and durations as the robot says them.

A field `{place:in}`, `{way:m}`, `{age:ago}` is filled by `moe_robot.phrases`; `{n:~node}` is a number with a noun of
the pack. Works without `live`, in a process of its own, where it makes its own lexicon once for a home.
"""

from __future__ import annotations

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.words import Words
from moe_robot.lexicon import Lexicon, lexicon_of
from moe_robot.notation import format_nodes
from moe_robot.phrases import Phrases, sentence
from moe_robot.structs import Language, Pose, Reply, Turn, Utterance

SURE_STD_M = 0.5  # m, with a worse pose the robot does not claim to know where it is


class Voice:
    """For one request: its language, the phrases of its home."""

    def __init__(self, pack: Words, phrases: Phrases, language: Language) -> None:
        self.pack, self.phrases, self.language = pack, phrases, language

    @property
    def lexicon(self) -> Lexicon:
        return self.phrases.lexicon

    def say(self, key: str, **params: object) -> str:
        """A sentence: its first letter is upper case."""
        return sentence(self.part(key, **params))

    def part(self, key: str, **params: object) -> str:
        """A piece of a sentence."""
        spoken = {name: _spoken(value, self) for name, value in params.items()}
        return self.pack.say(key, self.language, **spoken)

    def words(self, value: object, how: str) -> str:
        """`value` alone, as `{value:how}` would show it."""
        return self.phrases.words(value, how, self.language)

    def joined(self, parts: list[str]) -> str:
        """ "a, b and c"."""
        return self.phrases.words(tuple(parts), "", self.language)


class Speaker:
    """Kept by an answerer: gives a voice for each request. Safe under threads: what it keeps is only replaced."""

    def __init__(self, pack: str) -> None:
        self._pack = Words(pack)
        self._own: tuple[str, Phrases] | None = None

    def voice(self, utterance: Utterance, context: AnswerContext) -> Voice:
        phrases = context.live.phrases if context.live is not None else self._without_live(context)
        return Voice(self._pack, phrases, utterance.language)

    def _without_live(self, context: AnswerContext) -> Phrases:
        places = context.world.places if context.world is not None else {}
        key = f"{context.home.name} {sorted(context.home.place_names())} {sorted(places)}"
        own = self._own
        if own is None or own[0] != key:
            lexicon = lexicon_of(context.home)
            for place in places:
                name = place.replace("_", " ")
                lexicon.add_place(place, {"ru": (name,), "en": (name,)})
            own = self._own = key, Phrases(lexicon, context.home.rooms)
        return own[1]


def told(text: str, intent: str) -> Reply:
    """An answer in words that no language model made."""
    return Reply(text, intent, model_used="none")


def plan_words(turn: Turn, voice: Voice) -> str:
    """The plan of an exchange as the robot said it then, as a plan's notation where that was in another language."""
    if turn.plan is None:
        return ""
    before, _, after = voice.phrases.say("ok", turn.utterance.language, plan="|").partition("|")
    said = turn.reply.text
    if turn.utterance.language == voice.language and said.startswith(before) and said.endswith(after):
        return said[len(before) : len(said) - len(after)]
    return format_nodes(turn.plan.nodes)


class _Spoken:
    """A value that a template's field puts into words."""

    def __init__(self, value: object, voice: Voice) -> None:
        self.value, self.voice = value, voice

    def __format__(self, how: str) -> str:
        return self.voice.words(self.value, how)


class _Number(float):
    """The same for a number, which stays one for the plurals of the pack."""

    voice: Voice

    def __format__(self, how: str) -> str:
        return self.voice.words(float(self), how or "num")


def _spoken(value: object, voice: Voice) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = _Number(value)
        number.voice = voice
        return number
    return _Spoken(value, voice)


def pose_of(context: AnswerContext) -> Pose | None:
    """Where the robot is, when it is sure enough to say so."""
    world = context.world
    known = world is not None and world.pose is not None and world.pose_std_m <= SURE_STD_M
    return world.pose if known and world is not None else None
