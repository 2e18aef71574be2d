"""Experts as folders: list them, make one, check one. Without ROS."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
import yaml
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from moe_robot.cli.expert_check import ANSWERERS, FEW_EXAMPLES, LANGUAGE_NAMES, PARAPHRASES, examine
from moe_robot.cli.text import clean
from moe_robot.config import Config, load_config
from moe_robot.errors import ConfigError
from moe_robot.experts.card import CONFIG, WORD, expert_folders, own_folder, survey
from moe_robot.experts.process import running_workers
from moe_robot.structs import LANGUAGES, Language

HEAD = """\
# How people ask for this, to train the router: [optional] (either|or) {slot}, slots from models/router/slots.yaml.
"""
TEMPLATE_MARKS = str.maketrans("[](){}|", "       ")


@dataclass(frozen=True)
class Wanted:
    """What `create-expert` is told; what is missing is asked for on a terminal."""

    id: str
    category: str
    name: Mapping[Language, str]
    about: Mapping[Language, str]
    prompt: Mapping[Language, str]
    examples: Mapping[Language, Sequence[str]]
    chain: Sequence[str]


def show(console: Console, config: Path | None) -> int:
    """All experts, which of them are loaded in a running robot, and what was left out."""
    cfg = load_config(config)
    found = survey(expert_folders(cfg.experts), ANSWERERS)
    loaded: dict[str, list[str]] = {}
    for worker in running_workers():
        loaded.setdefault(worker.expert, []).append(f"{worker.rss_bytes / 2**20:.0f} MB")
    table = Table("category", "expert", "name", "chain", "loaded", box=None, header_style="bold", pad_edge=False)
    for card in sorted(found.good.values(), key=lambda card: (card.category, card.id)):
        own = "" if card.folder.parent != own_folder(cfg.experts) else " (yours)"
        table.add_row(
            card.category,
            f"{card.id}{own}",
            escape(card.name[cfg.robot.language]),
            " > ".join(card.chain),
            ", ".join(loaded.get(card.id, [])),
        )
    console.print(table)
    categories = len({card.category for card in found.good.values()})
    count = f"{len(found.good)} experts in {categories} categories"
    console.print(f"{count}; a loaded one has a process of its own, at most {cfg.experts.cache_size} in one robot")
    for reason in found.left_out:
        console.print(f"[red]left out:[/red] {escape(reason)}", highlight=False, soft_wrap=True)
    return 1 if found.left_out else 0


def create(console: Console, wanted: Wanted, config: Path | None) -> int:
    """Makes the folder of an expert and checks it. Raises ConfigError, and then leaves nothing behind."""
    cfg = load_config(config)
    _check_new(wanted, cfg)
    if sys.stdin.isatty():
        wanted = _ask_for_missing(wanted)
    _check_complete(wanted)
    folder = own_folder(cfg.experts) / wanted.id
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise ConfigError(f"cannot make {folder}: {error.strerror}; set experts.folder or MOE_ROBOT_HOME") from error
    (folder / CONFIG).write_text(json.dumps(_card(wanted), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / PARAPHRASES).write_text(_paraphrases(wanted.examples), encoding="utf-8")
    console.print(f"made {escape(str(folder))}", highlight=False, soft_wrap=True)
    code = check(console, folder, config)
    console.print(
        "The router finds it by its examples when the robot is started again. To make it sure: add ways to ask to "
        f"{escape(str(folder / PARAPHRASES))} (10 or more in each language), then `moe-robot train-router`.",
        highlight=False,
        soft_wrap=True,
    )
    return code


def check(console: Console, folder: Path, config: Path | None) -> int:
    """What is wrong with the folder of an expert, 1 when anything is."""
    findings = examine(folder, load_config(config))
    for finding in findings:
        sign = "[red]wrong: [/red]" if finding.wrong else "[yellow]advice:[/yellow]"
        console.print(f"{sign} {escape(finding.text)}", highlight=False, soft_wrap=True)
    if any(finding.wrong for finding in findings):
        return 1
    console.print(f"[green]right[/green]: {escape(str(folder))}", highlight=False, soft_wrap=True)
    return 0


def _check_new(wanted: Wanted, cfg: Config) -> None:
    """Before anything is asked for. Raises ConfigError."""
    if not WORD.fullmatch(wanted.id):
        raise ConfigError(f"an id is small latin letters, digits and _, such as plant_care; found {wanted.id!r}")
    if not WORD.fullmatch(wanted.category):
        raise ConfigError(f"--category is one word such as knowledge; found {wanted.category!r}")
    found = survey(expert_folders(cfg.experts), ANSWERERS)
    if wanted.id in found.good:
        raise ConfigError(
            f"there is an expert '{wanted.id}' already, in {found.good[wanted.id].folder}; choose another id"
        )
    if (folder := own_folder(cfg.experts) / wanted.id).exists():
        raise ConfigError(f"{folder} exists; `moe-robot check-expert {folder}` says what is wrong with it")
    for name in wanted.chain:
        if name not in ANSWERERS:
            raise ConfigError(f"--chain: unknown answerer '{name}'; known: {', '.join(sorted(ANSWERERS))}")


def _ask_for_missing(wanted: Wanted) -> Wanted:
    name, about, examples = dict(wanted.name), dict(wanted.about), dict(wanted.examples)
    for language in LANGUAGES:
        label = LANGUAGE_NAMES[language]
        name[language] = name.get(language) or typer.prompt(f"Name in {label}")
        about[language] = about.get(language) or typer.prompt(f"What it is for, in {label}", default=name[language])
        if not examples.get(language):
            print(f"Things that people would say to it in {label}, an empty line ends:")
            examples[language] = list(iter(_line, ""))
    return Wanted(wanted.id, wanted.category, name, about, wanted.prompt, examples, wanted.chain)


def _line() -> str:
    try:
        return clean(input("  ")).strip()
    except EOFError:
        return ""


def _check_complete(wanted: Wanted) -> None:
    for language in LANGUAGES:
        if not wanted.name.get(language):
            raise ConfigError(f"the name in {LANGUAGE_NAMES[language]} is missing: give --name-{language}")
        if not wanted.examples.get(language):
            raise ConfigError(
                f'there is no example in {LANGUAGE_NAMES[language]}: give --{language} "..." once for each, '
                f"{FEW_EXAMPLES} are good"
            )


def _card(wanted: Wanted) -> dict[str, object]:
    """As `config.json` has it."""
    about = {language: wanted.about.get(language) or f"{wanted.name[language]}." for language in LANGUAGES}
    prompts: Mapping[Language, str] = {
        "ru": f"Ты отвечаешь за робота. Твоя область: {about['ru']} Отвечай кратко.",
        "en": f"You answer for a robot. Your domain: {about['en']} Be brief.",
    }
    return {
        "category": wanted.category,
        "name": {language: wanted.name[language] for language in LANGUAGES},
        "description": about,
        "examples": {language: list(dict.fromkeys(wanted.examples[language])) for language in LANGUAGES},
        "intents": [],
        "chain": list(wanted.chain),
        "prompt": {language: wanted.prompt.get(language) or prompts[language] for language in LANGUAGES},
    }


def _paraphrases(examples: Mapping[Language, Sequence[str]]) -> str:
    rows = {
        language: [" ".join(text.translate(TEMPLATE_MARKS).split()) for text in examples[language]]
        for language in LANGUAGES
    }
    return HEAD + yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=1000)
