"""What the router is trained on: sentences with their experts, from folders, and every reason why they cannot be used.

    data = read_data([shipped, own], Path("models/router"), labels)
    sentences, doubtful = sample(data, per_expert=400, out_of_scope=6000, seed=1)

Sources: a card's examples, `paraphrases.yaml` beside it, labels that people gave, `out_of_scope.yaml`, and `said/`:
requests as people put them, of which many badly typed and badly heard copies are made. Knows no features.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import yaml

from moe_robot.config import read_yaml
from moe_robot.errors import ConfigError
from moe_robot.experts.card import read_card
from moe_robot.router.features import sentence_key, words_of
from moe_robot.router.labels import read_labels
from moe_robot.router.language import detect_language
from moe_robot.router.repair import Repair
from moe_robot.structs import LANGUAGES, Language
from moe_robot.training.augment import Wrapping, augment
from moe_robot.training.templates import Template, parse, plain

OUT_OF_SCOPE = "out_of_scope"
DRAWN = 3  # sentences of a template, to see its words
COMMON = 3  # times that people said a word before it is one, however it looks


@dataclass(frozen=True)
class Source:
    """One template or one whole sentence. `where` names its file for errors; `fixed`: it is a sentence, no template;
    `said`: somebody put it like this."""

    expert: str
    language: Language
    template: Template
    where: str
    fixed: bool
    said: bool = False


@dataclass(frozen=True)
class Data:
    sources: tuple[Source, ...]
    categories: Mapping[str, str]  # expert -> category
    slots: Mapping[Language, Mapping[str, tuple[str, ...]]]
    wrapping: Wrapping
    concepts: Mapping[str, tuple[str, ...]]

    @property
    def experts(self) -> tuple[str, ...]:
        return tuple(sorted(self.categories))

    def digest(self) -> str:
        """sha256 of everything that training sees."""
        lines = [json.dumps([s.expert, s.language, s.template.source, s.fixed, s.said]) for s in self.sources]
        rest = [self.categories, self.slots, self.wrapping.__dict__, self.concepts]
        lines += [json.dumps(each, sort_keys=True, ensure_ascii=True) for each in rest]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True)
class Sentence:
    """`group`: the index of its source; what stems from one source never stands on both sides of a split. `said`: its
    source is what somebody said."""

    text: str
    language: Language
    expert: str
    group: int
    said: bool = False


def read_data(expert_folders: Iterable[Path], router_folder: Path, labels: Path | None = None) -> Data:
    """Everything to train from. Raises ConfigError: nothing there, one expert only, a broken template, an unknown
    slot, one sentence under two experts (both are named)."""
    slots = read_slots(sorted(router_folder.glob("slots*.yaml")))
    sources: list[Source] = []
    categories: dict[str, str] = {}
    for folder in expert_folders:
        for path in sorted(folder.glob("*/config.json")):
            card = read_card(path)
            if card.id in categories:
                raise ConfigError(f"{path.parent}: there is an expert '{card.id}' already; rename this folder")
            categories[card.id] = card.category
            for language, examples in card.examples.items():
                sources += [Source(card.id, language, plain(text), str(path), True) for text in examples]
            sources += read_templates(path.with_name("paraphrases.yaml"), card.id)
    if labels is not None:
        sources += label_sources(labels, categories)
    if not sources:
        raise ConfigError("nothing to train from: expected experts with examples, found none")
    if len({source.expert for source in sources}) < 2:
        raise ConfigError(
            f"expected at least two experts to tell apart, found only '{sources[0].expert}'; add another folder"
        )
    sources += read_templates(router_folder / "out_of_scope.yaml", OUT_OF_SCOPE)
    sources = [*read_said(router_folder / "said", categories), *sources]
    _check_slots(sources, slots)
    sources = _without_doubles(sources)
    concepts = {name: tuple(words) for name, words in read_yaml(router_folder / "concepts.yaml").items()}
    return Data(tuple(sources), categories, slots, read_wrapping(router_folder / "wrapping.yaml"), concepts)


def read_templates(path: Path, expert: str) -> list[Source]:
    """`{en: [template, ...], ru: [...]}`; no file, no templates."""
    if not path.is_file():
        return []
    found = []
    for language, lines in _by_language(read_yaml(path), path).items():
        for number, line in enumerate(_flat(lines, path), 1):
            where = f"{path}, {language} number {number}"
            template = parse(line, where)
            found.append(Source(expert, language, template, where, not set("[]()|{}") & set(line)))
    return found


def read_said(folder: Path, experts: Mapping[str, str]) -> list[Source]:
    """Every `*.yaml` there: `[{text, expert}, ...]`, without an expert for what nobody is for. The language is that of
    the file's name (`..._ru`, `..._en` or `ru_...`), else that of the text."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        named = next((lang for lang in LANGUAGES if lang in path.stem.split("_")), None)
        for row in read_list(path, "text, expert"):
            if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"].strip():
                raise ConfigError(f"{path}: expected rows of {{text, expert}}, found {row!r}")
            expert = row.get("expert", OUT_OF_SCOPE)
            if expert not in experts and expert != OUT_OF_SCOPE:
                raise ConfigError(f"{path}: {row['text']!r} is for '{expert}', and there is no such expert")
            found.append(
                Source(expert, named or detect_language(row["text"]), plain(row["text"]), str(path), True, True)
            )
    return found


def read_list(path: Path, keys: str) -> list[Any]:
    """A YAML list; `keys` are told where it is none. Raises ConfigError."""
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read ({error}); expected rows of {{{keys}}}") from error
    if not isinstance(rows, list):
        raise ConfigError(f"{path}: expected rows of {{{keys}}}, found {type(rows).__name__}")
    return rows


def read_slots(paths: Iterable[Path]) -> dict[Language, dict[str, tuple[str, ...]]]:
    """`{en: {slot: [values]}, ru: ...}`; a slot of several files has the values of all."""
    slots: dict[Language, dict[str, tuple[str, ...]]] = {language: {} for language in LANGUAGES}
    for path in paths:
        for language, names in _by_language(read_yaml(path), path).items():
            if not isinstance(names, dict) or not all(isinstance(values, list) for values in names.values()):
                raise ConfigError(f"{path}: '{language}' must be a mapping of slots to lists of values")
            for name, values in names.items():
                slots[language][name] = tuple(dict.fromkeys((*slots[language].get(name, ()), *map(str, values))))
    return slots


def read_wrapping(path: Path) -> Wrapping:
    data = read_yaml(path)
    return Wrapping(**{key: _by_language(data[key], path) for key in ("before", "after", "numbers", "mixed")})


def label_sources(path: Path, experts: Mapping[str, str]) -> list[Source]:
    """What people taught; of one text the latest answer counts. A label of an expert that is gone is left out."""
    latest = {sentence_key(label.text): label for label in read_labels(path) if label.expert in experts}
    return [Source(label.expert, label.language, plain(label.text), str(path), True) for label in latest.values()]


def sample(
    data: Data, per_expert: int, out_of_scope: int, seed: int, copies: int = 0
) -> tuple[list[Sentence], list[str]]:
    """What people said, with up to `copies` augmented ones of each; up to `per_expert` sentences from the templates of
    each expert and language, augmented; and what was left out because two experts' templates make it. The same for the
    same data and seed."""
    found: dict[str, Sentence] = {}
    owners: dict[str, str] = {}
    doubtful: list[str] = []
    by_place: dict[tuple[str, Language], list[int]] = {}
    for index, source in enumerate(data.sources):
        if source.said:
            key = sentence_key(source.template.source)
            owners[key] = source.expert
            found[key] = Sentence(source.template.source, source.language, source.expert, index, True)
        else:
            by_place.setdefault((source.expert, source.language), []).append(index)
    for said in list(found.values()):
        rng = Random(f"{seed}:{said.text}")
        for _ in range(copies):
            text = augment(said.text, said.language, rng, data.wrapping)
            if (key := sentence_key(text)) and key not in found and owners.setdefault(key, said.expert) == said.expert:
                found[key] = replace(said, text=text)
    for (expert, language), indices in sorted(by_place.items()):
        rng = Random(f"{seed}:{expert}:{language}")
        wanted = out_of_scope if expert == OUT_OF_SCOPE else per_expert
        made = tries = 0
        while made < wanted and tries < 8 * wanted:
            for index in indices:
                tries += 1
                text = data.sources[index].template.sample(rng, data.slots[language])
                key = sentence_key(text)
                if owners.setdefault(key, expert) != expert:
                    doubtful.append(f"{text!r}: {owners[key]} and {expert}")
                    continue
                if key in found or rng.random() < 0.6:
                    text = augment(text, language, rng, data.wrapping)
                key = sentence_key(text)
                if not key or key in found or owners.setdefault(key, expert) != expert:
                    continue
                found[key] = Sentence(text, language, expert, index)
                made += 1
                if made >= wanted:
                    break
    return list(found.values()), sorted(set(doubtful))


def vocabulary(data: Data, seed: int) -> dict[str, int]:
    """The words of the training as they are written, and how many of its sources have each; a value of a slot is a
    source. A rare word of what people said is left out where it is a slip of another."""
    rng = Random(f"{seed}:vocabulary")
    counts: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for source in data.sources:
        texts = [source.template.source] if source.fixed else []
        texts = texts or [source.template.sample(rng, data.slots[source.language]) for _ in range(DRAWN)]
        (said if source.said else counts).update({word.text for text in texts for word in words_of(text)})
    for names in data.slots.values():
        counts.update({word.text for values in names.values() for value in values for word in words_of(value)})
    sure = counts + Counter({word: count for word, count in said.items() if word in counts or count >= COMMON})
    repair = Repair(sure)
    found = sure + Counter({word: said[word] for word in said if word not in sure and repair.words([word]) == [word]})
    return {word: count for word, count in sorted(found.items()) if word.replace("'", "").replace("-", "").isalpha()}


def split(data: Data, share: float, seed: int) -> set[int]:
    """The groups held back to calibrate: of each expert and language `share` of what people said, none where it is
    little; of the templates where nobody said anything."""
    rng = Random(f"{seed}:split")
    said = any(source.said for source in data.sources)
    by_place: dict[tuple[str, Language], list[int]] = {}
    for index, source in enumerate(data.sources):
        if source.said != said:
            continue
        by_place.setdefault((source.expert, source.language), []).append(index)
    held: set[int] = set()
    for _, indices in sorted(by_place.items()):
        held |= set(rng.sample(indices, int(share * len(indices) + 0.5)))
    return held


def _check_slots(sources: Sequence[Source], slots: Mapping[Language, Mapping[str, tuple[str, ...]]]) -> None:
    for source in sources:
        for name in source.template.slots():
            if not slots[source.language].get(name):
                known = ", ".join(sorted(slots[source.language])) or "none"
                raise ConfigError(f"{source.where}: unknown slot {{{name}}}; known in '{source.language}': {known}")


def _without_doubles(sources: Sequence[Source]) -> list[Source]:
    """Whole sentences of one expert once; of two experts: an error."""
    first: dict[str, Source] = {}
    kept = []
    for source in sources:
        if source.fixed:
            key = sentence_key(source.template.source)
            before = first.setdefault(key, source)
            if before.expert != source.expert:
                raise ConfigError(
                    f"{source.template.source!r} belongs to '{source.expert}' ({source.where}) and to '{before.expert}'"
                    f" ({before.where}); take it out of one of them"
                )
            if before is not source:
                continue
        kept.append(source)
    return kept


def _by_language(data: Mapping[str, Any], path: Path) -> dict[Language, Any]:
    if not isinstance(data, dict) or not set(data) <= set(LANGUAGES):
        raise ConfigError(
            f"{path}: expected the keys {', '.join(LANGUAGES)}, found {data if data is None else list(data)}"
        )
    return {language: data[language] for language in LANGUAGES if data.get(language)}


def _flat(lines: Any, path: Path) -> list[str]:
    """A list of templates, or lists of them under headings."""
    if isinstance(lines, dict):
        lines = [line for part in lines.values() for line in part]
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ConfigError(f"{path}: expected lists of templates as text; quote what YAML takes for something else")
    return lines
