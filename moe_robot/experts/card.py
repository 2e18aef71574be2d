"""An expert's card: `models/experts/<id>/config.json`. A broken card is named and left out, never fatal."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moe_robot.errors import ConfigError
from moe_robot.structs import LANGUAGES, Language

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExpertCard:
    """`intents` are the ones it owns; `chain` names its answerers in the order in which they are asked."""

    id: str
    category: str
    name: Mapping[Language, str]
    description: Mapping[Language, str]
    examples: Mapping[Language, tuple[str, ...]]
    intents: tuple[str, ...]
    chain: tuple[str, ...]


def load_cards(folder: Path) -> dict[str, ExpertCard]:
    """All good cards, by id. Raises ConfigError: no folder, no good card, one intent owned by two experts."""
    if not folder.is_dir():
        raise ConfigError(f"expected expert folders in {folder}, found no such folder: reinstall moe_robot")
    cards: dict[str, ExpertCard] = {}
    owners: dict[str, str] = {}
    for path in sorted(folder.glob("*/config.json")):
        try:
            card = read_card(path)
        except ConfigError as error:
            log.error("expert left out: %s", error)
            continue
        for intent in card.intents:
            if intent in owners:
                raise ConfigError(f"{path}: intent '{intent}' belongs to the expert '{owners[intent]}' already")
            owners[intent] = card.id
        cards[card.id] = card
    if not cards:
        raise ConfigError(f"no expert in {folder} can be used; the reasons are in the log")
    return cards


def read_card(path: Path) -> ExpertCard:
    """Raises ConfigError that names the file and the key."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected an object, found {type(data).__name__}")
    known = {"category", "name", "description", "examples", "intents", "chain"}
    if wrong := sorted(set(data) ^ known):
        state = "is missing" if wrong[0] in known else "is unknown"
        raise ConfigError(f"{path}: key '{wrong[0]}' {state}")
    return ExpertCard(
        id=path.parent.name,
        category=_text(data, "category", path),
        name={language: _text(_languages(data, "name", path), language, path) for language in LANGUAGES},
        description={language: _text(_languages(data, "description", path), language, path) for language in LANGUAGES},
        examples={language: _texts(_languages(data, "examples", path), language, path) for language in LANGUAGES},
        intents=_texts(data, "intents", path),
        chain=_texts(data, "chain", path),
    )


def _languages(data: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    value = data[key]
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        raise ConfigError(f"{path}: '{key}' must have the keys {', '.join(LANGUAGES)}; found {value!r}")
    return value


def _text(data: Mapping[str, Any], key: str, path: Path) -> str:
    value = data[key]
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{path}: '{key}' must be a text that is not empty; found {value!r}")
    return value


def _texts(data: Mapping[str, Any], key: str, path: Path) -> tuple[str, ...]:
    value = data[key]
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        raise ConfigError(f"{path}: '{key}' must be a list of texts that is not empty; found {value!r}")
    return tuple(value)
