"""A small world of four experts to train a router on in a second, and a router trained on it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from moe_robot.config import RouterConfig, load_config
from moe_robot.training.make import Settings
from moe_robot.training.network import Recipe

EXPERTS = {
    "lamp": (
        "house",
        ["switch the lamp (on|off)", "[more] light please", "make it (bright|dark)"],
        ["включи лампу", "(больше|меньше) света"],
    ),
    "tea": (
        "house",
        ["(make|brew) [me] [some] tea", "a cup of tea", "I am thirsty"],
        ["(завари|сделай) [мне] чай", "чашку чая", "хочу пить"],
    ),
    "north": (
        "motion",
        ["(drive|go) north {distance}", "head north", "to the north"],
        ["(езжай|двигайся) на север", "к северу {distance}"],
    ),
    "south": (
        "motion",
        ["(drive|go) south {distance}", "head south", "to the south"],
        ["(езжай|двигайся) на юг", "к югу {distance}"],
    ),
}
FILES = {
    "slots.yaml": "en:\n  distance: [one metre, two metres, a mile]\nru:\n  distance: [метр, два метра, милю]\n",
    "out_of_scope.yaml": (
        "en: ['call (mum|dad)', 'play [some] music', 'asdf qwer']\nru: ['позвони (маме|папе)', 'фыва олдж']\n"
    ),
    "concepts.yaml": "drink: [tea, coffee, beverage, чай, кофе]\nlight: [light, lamp, bulb, свет, лампа]\n",
    "wrapping.yaml": (
        "before: {en: [please, hey], ru: [пожалуйста, эй]}\nafter: {en: [please, now], ru: [пожалуйста, сейчас]}\n"
        "numbers: {en: {'1': one}, ru: {'1': один}}\nmixed: {en: {north: север}, ru: {север: north}}\n"
    ),
}
SETTINGS = Settings(per_expert=40, out_of_scope=60, held=0.3, recipe=Recipe(width=16, hidden=16, epochs=25, batch=64))


def small_data(folder: Path) -> tuple[Path, Path]:
    """(folder of experts, folder of the router's data)."""
    for id, (category, en, ru) in EXPERTS.items():
        add_expert(folder / "experts", id, category, en, ru)
    router = folder / "router"
    router.mkdir(parents=True)
    for name, text in FILES.items():
        (router / name).write_text(text, encoding="utf-8")
    return folder / "experts", router


def add_expert(folder: Path, id: str, category: str, en: list[str], ru: list[str]) -> Path:
    """An expert whose examples are the first sentences without groups, and whose paraphrases are all of them."""
    plain = {}
    for language, texts in (("ru", ru), ("en", en)):
        plain[language] = [text for text in texts if not set("[](){}|") & set(text)] or [f"{id} {language}"]
    card = {
        "category": category,
        "name": {"ru": id, "en": id},
        "description": {"ru": id, "en": id},
        "examples": plain,
        "intents": [],
        "chain": ["hint"],
    }
    place = folder / id
    place.mkdir(parents=True, exist_ok=True)
    (place / "config.json").write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")
    (place / "paraphrases.yaml").write_text(json.dumps({"en": en, "ru": ru}, ensure_ascii=False), encoding="utf-8")
    return place


def router_config(**changes: object) -> RouterConfig:
    return replace(load_config().router, **({"confidence_threshold": 0.3} | changes))  # type: ignore[arg-type]
