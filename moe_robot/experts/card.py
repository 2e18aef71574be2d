"""An expert's card: the `config.json` in a folder of its own. A broken one is named and left out, never fatal.

Cards come from several folders: the shipped `models/experts/` first, then the person's own. The first to claim an id or
an intent keeps it.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moe_robot.config import ExpertsConfig
from moe_robot.errors import ConfigError
from moe_robot.paths import share_dir, state_dir
from moe_robot.structs import LANGUAGES, Language

log = logging.getLogger(__name__)

CONFIG = "config.json"
REQUIRED = ("category", "name", "description", "examples", "intents", "chain")
OPTIONAL = ("prompt", "limits")
MOST_BYTES = 1 << 20
WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")  # ids and categories


@dataclass(frozen=True)
class Limits:
    """Of this expert alone; None = as configured for all."""

    timeout_s: float | None = None  # of one answer
    max_tokens: int | None = None  # of a language model's answer


@dataclass(frozen=True)
class ExpertCard:
    """`intents` are the sentences' intents that it owns, if any; `chain` names its answerers in the order in which they
    are asked; `prompt` is what a language model is told when it answers for it, perhaps nothing."""

    id: str
    category: str
    name: Mapping[Language, str]
    description: Mapping[Language, str]
    examples: Mapping[Language, tuple[str, ...]]
    intents: tuple[str, ...]
    chain: tuple[str, ...]
    prompt: Mapping[Language, str] = field(default_factory=dict)
    limits: Limits = Limits()
    folder: Path = field(default=Path(), compare=False)


@dataclass(frozen=True)
class Cards:
    """The good cards by id, and one sentence for each folder that was left out."""

    good: dict[str, ExpertCard]
    left_out: tuple[str, ...] = ()


def shipped_folder() -> Path:
    return share_dir() / "models" / "experts"


def own_folder(cfg: ExpertsConfig) -> Path:
    """Where a person's own experts are."""
    return Path(cfg.folder).expanduser() if cfg.folder else state_dir() / "experts"


def expert_folders(cfg: ExpertsConfig) -> tuple[Path, ...]:
    """The folders of experts, in the order in which they are read."""
    return (shipped_folder(), own_folder(cfg))


def load_cards(folders: Iterable[Path], answerers: Collection[str] | None = None) -> dict[str, ExpertCard]:
    """All good cards, by id; what was left out is in the log. Raises ConfigError: nothing is left."""
    folders = tuple(folders)
    found = survey(folders, answerers)
    for reason in found.left_out:
        log.error("expert left out: %s", reason)
    if not found.good:
        raise ConfigError(f"no expert in {', '.join(map(str, folders))} can be used: {_summary(found.left_out)}")
    return found.good


def survey(folders: Iterable[Path], answerers: Collection[str] | None = None) -> Cards:
    """Reads all there is. `answerers` are the names that a chain may list; None: any. Raises nothing."""
    good: dict[str, ExpertCard] = {}
    owners: dict[str, str] = {}
    left_out: list[str] = []
    for path in (path for folder in folders for path in _candidates(folder, left_out)):
        try:
            card = read_card(path / CONFIG)
            _check(card, good, owners, answerers)
        except ConfigError as error:
            left_out.append(str(error))
            continue
        good[card.id] = card
        owners.update(dict.fromkeys(card.intents, card.id))
    return Cards(good, tuple(left_out))


def read_card(path: Path) -> ExpertCard:
    """Raises ConfigError that names the file and the key."""
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise ConfigError(f"{path}: is no regular file")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise ConfigError(f"{path}: has {size} bytes, a card may have {MOST_BYTES}")
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: is not JSON in UTF-8: {error}") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected an object, found {type(data).__name__}")
    if missing := [key for key in REQUIRED if key not in data]:
        raise ConfigError(f"{path}: key '{missing[0]}' is missing")
    if unknown := sorted(set(data) - {*REQUIRED, *OPTIONAL}):
        raise ConfigError(f"{path}: key '{unknown[0]}' is unknown; known: {', '.join((*REQUIRED, *OPTIONAL))}")
    return ExpertCard(
        id=_word(path.parent.name, "the folder's name, which is the id,", path),
        category=_word(data["category"], "'category'", path),
        name=_by_language(data, "name", path),
        description=_by_language(data, "description", path),
        examples={
            language: _texts(_languages(data, "examples", path), language, path, "examples.") for language in LANGUAGES
        },
        intents=_texts(data, "intents", path, may_be_empty=True),
        chain=_texts(data, "chain", path),
        prompt=_by_language(data, "prompt", path) if "prompt" in data else {},
        limits=_limits(data.get("limits", {}), path),
        folder=path.parent,
    )


def _candidates(folder: Path, left_out: list[str]) -> list[Path]:
    try:
        if not folder.is_dir():
            return []
        return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")
    except OSError as error:
        left_out.append(f"{folder}: cannot be read: {error.strerror}")
        return []


def _check(
    card: ExpertCard, good: Mapping[str, ExpertCard], owners: Mapping[str, str], answerers: Collection[str] | None
) -> None:
    """Against the others, and against the answerers that there are."""
    path = card.folder / CONFIG
    if card.id in good:
        raise ConfigError(
            f"{path}: there is an expert '{card.id}' already, in {good[card.id].folder}; rename the folder"
        )
    for intent in card.intents:
        if intent in owners:
            raise ConfigError(f"{path}: 'intents': '{intent}' belongs to the expert '{owners[intent]}' already")
    for name in card.chain:
        if answerers is not None and name not in answerers:
            raise ConfigError(f"{path}: 'chain': unknown answerer '{name}'; known: {', '.join(sorted(answerers))}")


def _summary(reasons: Collection[str]) -> str:
    return "; ".join(reasons) or "there is no folder of an expert; reinstall moe_robot"


def _languages(data: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    value = data[key]
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        raise ConfigError(f"{path}: '{key}' must have the keys {', '.join(LANGUAGES)}; found {_short(value)}")
    return value


def _by_language(data: Mapping[str, Any], key: str, path: Path) -> dict[Language, str]:
    values = _languages(data, key, path)
    for language, value in values.items():
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(f"{path}: '{key}.{language}' must be a text that is not empty; found {_short(value)}")
    return {language: values[language] for language in LANGUAGES}


def _word(value: object, what: str, path: Path) -> str:
    if not isinstance(value, str) or not WORD.fullmatch(value):
        raise ConfigError(f"{path}: {what} must be small latin letters, digits and _; found {_short(value)}")
    return value


def _texts(
    data: Mapping[str, Any], key: str, path: Path, above: str = "", may_be_empty: bool = False
) -> tuple[str, ...]:
    value = data[key]
    right = isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)
    if not right or not (value or may_be_empty) or len(set(value)) < len(value):
        kind = "a list of different texts" + ("" if may_be_empty else " that is not empty")
        raise ConfigError(f"{path}: '{above}{key}' must be {kind}; found {_short(value)}")
    return tuple(value)


def _limits(value: object, path: Path) -> Limits:
    if not isinstance(value, dict) or set(value) - {"timeout_s", "max_tokens"}:
        raise ConfigError(f"{path}: 'limits' may have the keys timeout_s and max_tokens; found {_short(value)}")
    timeout_s, max_tokens = value.get("timeout_s"), value.get("max_tokens")
    if timeout_s is not None and not _number(timeout_s, 0.01, 3600.0):
        raise ConfigError(f"{path}: 'limits.timeout_s' must be a number from 0.01 to 3600; found {_short(timeout_s)}")
    if max_tokens is not None and not (_number(max_tokens, 1, 100_000) and isinstance(max_tokens, int)):
        raise ConfigError(f"{path}: 'limits.max_tokens' must be whole, from 1 to 100000; found {_short(max_tokens)}")
    return Limits(None if timeout_s is None else float(timeout_s), max_tokens)


def _number(value: object, low: float, high: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and low <= value <= high


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
