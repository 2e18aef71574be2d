"""Folders of experts as a test needs them."""

from __future__ import annotations

import json
from pathlib import Path

from moe_robot.experts.card import CONFIG, ExpertCard, read_card

CARD: dict[str, object] = {
    "category": "mathematics",
    "name": {"ru": "Пример", "en": "Example"},
    "description": {"ru": "Для проверки.", "en": "For a test."},
    "examples": {"ru": ["сколько будет дважды два"], "en": ["what is two times two"]},
    "intents": [],
    "chain": ["sentences"],
    "prompt": {"ru": "Отвечай кратко.", "en": "Answer briefly."},
}


def write(folder: Path, id: str, **changed: object) -> Path:
    """The folder of an expert; a key that is None is left out."""
    (folder / id).mkdir(parents=True)
    data = {key: value for key, value in {**CARD, **changed}.items() if value is not None}
    (folder / id / CONFIG).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return folder / id


def card(folder: Path, id: str, **changed: object) -> ExpertCard:
    return read_card(write(folder, id, **changed) / CONFIG)
