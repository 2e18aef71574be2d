"""Values and limits of the configuration, and where to change them. Nothing is changed from here, and it says so.

What people call a key stands in `settings_keys.yaml`; a key that is named itself (`skills.cruise_mps`) needs no entry.
"""

from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moe_robot.config import Config, Range, read_yaml
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.amounts import length_m, number, speed_mps
from moe_robot.experts.tools.said import Said, best, score
from moe_robot.experts.tools.voice import Speaker, Voice, told
from moe_robot.structs import Language, Reply, Utterance

UNITS: Mapping[str, Mapping[Language, str]] = {  # by the end of a key
    "_mps2": {"ru": "м/с²", "en": "m/s²"}, "_mps3": {"ru": "м/с³", "en": "m/s³"}, "_mps": {"ru": "м/с", "en": "m/s"},
    "_radps2": {"ru": "рад/с²", "en": "rad/s²"}, "_radps": {"ru": "рад/с", "en": "rad/s"},
    "_percent": {"ru": "%", "en": "%"}, "_deg": {"ru": "°", "en": "°"}, "_hz": {"ru": "Гц", "en": "Hz"},
    "_mb": {"ru": "МБ", "en": "MB"}, "_ah": {"ru": "А·ч", "en": "Ah"}, "_px": {"ru": "пикс.", "en": "px"},
    "_chars": {"ru": "знаков", "en": "characters"}, "baud": {"ru": "бит/с", "en": "bit/s"},
    "_s": {"ru": "с", "en": "s"}, "_m": {"ru": "м", "en": "m"}, "_v": {"ru": "В", "en": "V"},
    "_c": {"ru": "°C", "en": "°C"}, "_a": {"ru": "А", "en": "A"},
}  # fmt: skip
AT_RUN_TIME = ("motion.max_linear_mps", "motion.max_angular_radps", "motion.max_linear_accel_mps2")
MAIN = ("robot.language", "skills.cruise_mps", "motion.max_linear_mps", "motion.zone_stop_m", "router.strategy",
        "router.confidence_threshold", "hardware.port", "robot.home")  # fmt: skip
OTHERS = (
    ("voice", ("громк", "громче", "погромч", "озвуч", "замолч", "тише", "потише", "голос", "звук", "звуч", "динамик",
               "микрофон", "слово активации",
               "слова активации", "volume", "loud", "quiet", "softer", "voice", "mute", "unmute", "sound", "speaker",
               "microphone", "wake word")),
    ("file", ("где файл", "где лежит", "где хран", "какой файл настр", "какой конфиг", "файл настро", "файл конфиг",
              "where is", "config file", "configuration file", "settings file", "where are")),
    ("no_mode", ("режим", "=mode", "подробные лог", "телеметр", "logging", "log output", "telemetry")),
    ("reload", ("перечита", "перезагруз", "сбрось", "сброс", "верни настройки", "по умолчанию", "заводск",
                "сохрани настр",
                "reload", "reread", "reset", "restore", "default", "factory", "save the settings")),
)  # fmt: skip
CHANGE = ("постав", "установ", "поменя", "измени", "смени", "задай", "задать", "увелич", "уменьш", "подними", "сними",
          "включи",
          "выключи", "переключ", "перейди", "говори", "отвечай", "разговаривай", "сделай", "set", "change",
          "increase", "raise",
          "lower", "reduce", "adjust", "edit", "modify", "update", "switch", "turn", "enable", "disable", "speak",
          "talk",
          "answer", "make")  # fmt: skip
ASKS = ("какой", "какая", "какое", "какие", "каков", "сколько", "чему", "what", "which", "=is", "whats")


@dataclass(frozen=True)
class Setting:
    """A key, its value and the bounds of a number."""

    key: str
    value: object
    bounds: Range | None = None


class Settings:
    def __init__(self) -> None:
        self._speaker = Speaker("settings")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        voice = self._speaker.voice(utterance, context)
        said = Said(utterance.text)
        known = {setting.key: setting for setting in flat(context.cfg)}
        found = known.get(named_key(utterance.text, known) or meant_key(said, known))
        other = best(said, OTHERS)
        changes = said.has(*CHANGE) and not said.has(*ASKS)
        if found is not None and found.key == "robot.language":
            text = _language(found, changes, voice)
        elif other == "voice":
            text = voice.say("voice")
        elif found is not None and other != "file":
            text = _tell(found, _wanted(found.key, utterance.text) if changes else None, changes, voice)
        elif other:
            text = voice.say(other)
        else:
            shown = [f"{title(key, voice)} {shown_value(known[key], voice)}" for key in MAIN if key in known]
            text = f"{voice.say('main', each='; '.join(shown))} {voice.say('file')}"
        return told(text, "settings")


def _tell(setting: Setting, wanted: float | None, changes: bool, voice: Voice) -> str:
    named = "value" if setting.key in _names() else "value_unnamed"
    shown = shown_value(setting, voice)
    text = voice.say(named, name=title(setting.key, voice), setting=setting.key, value=shown)
    if not changes:
        return f"{text} {voice.say('how', setting=setting.key)}"
    if wanted is None or isinstance(setting.value, str | bool | tuple):
        return f"{text} {voice.say('not_me', setting=setting.key, value='...')}"
    bounds = setting.bounds
    if bounds is not None and not bounds.low <= wanted <= bounds.high:
        return f"{text} {voice.say('out_of_range', wanted=wanted, low=bounds.low, high=bounds.high)}"
    text += " " + voice.say("not_me", setting=setting.key, value=f"{wanted:g}")
    if setting.key in AT_RUN_TIME and isinstance(setting.value, float) and wanted < setting.value:
        text += " " + voice.say("at_run_time", name=setting.key.rpartition(".")[2], value=f"{wanted:g}")
    return text


def _wanted(key: str, text: str) -> float | None:
    """The value in the unit of the key: "30 cm/s" is 0.3 for a key in m/s."""
    if key.endswith("_mps") and (speed := speed_mps(text)) is not None:
        return speed
    if key.endswith("_m") and (length := length_m(text)) is not None:
        return length
    return number(text)


def _language(setting: Setting, changes: bool, voice: Voice) -> str:
    text = voice.say("language", value=voice.part(f"language_{setting.value}"))
    return f"{text} {voice.say('language_change')}" if changes else text


def title(key: str, voice: Voice) -> str:
    """What a person calls it, the key where nobody has said."""
    entry = _names().get(key)
    return entry[voice.language] if entry is not None else key


def shown_value(setting: Setting, voice: Voice) -> str:
    value = setting.value
    if isinstance(value, bool):
        return voice.part("on" if value else "off")
    if isinstance(value, int | float):
        unit = next((words[voice.language] for end, words in UNITS.items() if setting.key.endswith(end)), "")
        space = "" if unit in ("°", "%") else " "
        return f"{voice.words(round(float(value), 4), 'num')}{space}{unit}".strip()
    if isinstance(value, tuple):
        return ", ".join(str(getattr(one, "name", one)) for one in value)
    return str(value) or voice.part("empty")


def flat(config: Config) -> list[Setting]:
    """Every key with its value, sections spelled with dots."""

    def walk(section: object, prefix: str) -> list[Setting]:
        hints = typing.get_type_hints(type(section), include_extras=True)
        found: list[Setting] = []
        for field in dataclasses.fields(section):  # type: ignore[arg-type]
            value, key = getattr(section, field.name), f"{prefix}{field.name}"
            if dataclasses.is_dataclass(value):
                found += walk(value, f"{key}.")
            else:
                extras = typing.get_args(hints[field.name])
                found.append(Setting(key, value, next((each for each in extras if isinstance(each, Range)), None)))
        return found

    return walk(config, "")


def named_key(text: str, known: Mapping[str, Setting]) -> str:
    """A key that stands in the text as it is, whole or its last part."""
    text = text.lower()
    keys = sorted(known, key=len, reverse=True)
    lasts = [key for key in keys if "_" in key.rpartition(".")[2] and key.rpartition(".")[2] in text]
    return next((key for key in keys if key in text), lasts[0] if lasts else "")


def meant_key(said: Said, known: Mapping[str, Setting]) -> str:
    """The key that people call so: the most requirements met, of equals the longer words; "" when none is."""
    scores = [(max((score(said, line) for line in entry["lines"]), default=0.0), key)
              for key, entry in _names().items() if key in known]  # fmt: skip
    most = max((met for met, _ in scores), default=0.0)
    return next((key for met, key in scores if met == most), "") if most > 0.0 else ""


@functools.lru_cache(maxsize=1)
def _names() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = {}
    for key, entry in read_yaml(Path(__file__).with_name("settings_keys.yaml")).items():
        lines = [
            tuple(tuple(s for stem in part.split("|") for s in (stem, stem.replace("_", " "))) for part in line.split())
            for line in entry["ask"]
        ]
        table[key] = {"ru": str(entry["ru"]), "en": str(entry["en"]), "lines": lines}
    return table
