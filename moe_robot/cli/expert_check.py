"""What is wrong with the folder of an expert: its card, its examples, its templates, and against the other experts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from moe_robot.config import Config
from moe_robot.errors import ConfigError
from moe_robot.experts.card import CONFIG, Cards, ExpertCard, expert_folders, read_card, survey
from moe_robot.experts.registry import TOOLS
from moe_robot.experts.tools.answers import FILE, read_answers
from moe_robot.paths import share_dir
from moe_robot.structs import LANGUAGES, Language
from moe_robot.training.dataset import read_slots, read_templates

PARAPHRASES = "paraphrases.yaml"
ANSWERERS = {"sentences", *TOOLS}
FEW_EXAMPLES = 5
LANGUAGE_NAMES: Mapping[Language, str] = {"ru": "Russian", "en": "English"}


@dataclass(frozen=True)
class Finding:
    text: str
    wrong: bool = True  # else it is advice


def examine(folder: Path, cfg: Config) -> list[Finding]:
    """By itself, and against the experts that there are."""
    folder = folder.expanduser().resolve()
    try:
        card = read_card(folder / CONFIG)
    except ConfigError as error:
        return [Finding(str(error))]
    others = survey(expert_folders(cfg.experts), ANSWERERS)
    rest = {id: other for id, other in others.good.items() if other.folder.resolve() != folder}
    written = _answers(folder) if "answers" in card.chain else []
    return [*_against(card, rest), *_examples(card, rest), *_templates(folder), *written, *_left_out(folder, others)]


def _against(card: ExpertCard, others: Mapping[str, ExpertCard]) -> list[Finding]:
    path = card.folder / CONFIG
    found = []
    if card.id in others:
        found.append(Finding(f"{path}: there is an expert '{card.id}' already, in {others[card.id].folder}"))
    owners = {intent: other.id for other in others.values() for intent in other.intents}
    for intent in card.intents:
        if intent in owners:
            found.append(Finding(f"{path}: 'intents': '{intent}' belongs to the expert '{owners[intent]}' already"))
    for name in card.chain:
        if name not in ANSWERERS:
            known = ", ".join(sorted(ANSWERERS))
            found.append(Finding(f"{path}: 'chain': unknown answerer '{name}'; known: {known}"))
    if card.category not in {other.category for other in others.values()}:
        found.append(Finding(f"'{card.category}' is a category of its own: no other expert is in it", wrong=False))
    return found


def _examples(card: ExpertCard, others: Mapping[str, ExpertCard]) -> list[Finding]:
    """Sentences that two experts claim teach a router nothing."""
    found = []
    owners = {_key(text): other.id for other in others.values() for texts in other.examples.values() for text in texts}
    for language in LANGUAGES:
        texts = card.examples[language]
        if len(texts) < FEW_EXAMPLES:
            found.append(
                Finding(f"{len(texts)} examples in {LANGUAGE_NAMES[language]}: give {FEW_EXAMPLES}", wrong=False)
            )
        for text in texts:
            if owner := owners.get(_key(text)):
                found.append(
                    Finding(f"the example {text!r} is one of the expert '{owner}' too: keep it in one of them")
                )
    return found


def _templates(folder: Path) -> list[Finding]:
    """`paraphrases.yaml` beside the card, as training reads it."""
    path = folder / PARAPHRASES
    if not path.exists():
        return [Finding(f"{path} is missing: the router learns from the examples alone", wrong=False)]
    try:
        sources = read_templates(path, folder.name)
        slots = read_slots(sorted((share_dir() / "models" / "router").glob("slots*.yaml")))
    except ConfigError as error:
        return [Finding(str(error))]
    found = [
        Finding(f"{path}: no template in {LANGUAGE_NAMES[language]}: expected '{language}' with a list of them")
        for language in LANGUAGES
        if not any(source.language == language for source in sources)
    ]
    for source in sources:
        if unknown := sorted(source.template.slots() - set(slots[source.language])):
            known = ", ".join(sorted(slots[source.language]))
            found.append(Finding(f"{source.where}: unknown slot {{{unknown[0]}}}; known: {known}"))
    return found


def _answers(folder: Path) -> list[Finding]:
    """`answers.yaml`, of an expert that has the answerer `answers` in its chain."""
    try:
        read_answers(folder / FILE)
    except ConfigError as error:
        return [Finding(str(error))]
    return []


def _left_out(folder: Path, others: Cards) -> list[Finding]:
    """A folder in none of the places where experts are looked for."""
    if any(card.folder.resolve() == folder for card in others.good.values()):
        return []
    if any(str(folder / CONFIG) in reason for reason in others.left_out):
        return []  # said already, with its key
    return [Finding(f"{folder} is not where experts are looked for; `moe-robot experts` lists those", wrong=False)]


def _key(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.lower().replace("ё", "е")).split())
