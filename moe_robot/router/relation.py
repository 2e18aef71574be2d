"""How a turn relates to the request before it: a small learned model, features -> shares of the relations.

    relations = load_relations(folder)
    relations.of("jamie took some, recount", "how many cubes are there in the office", "count")["again"]   # 0.9

Linear over hashed features of the turn, of what it shares with the earlier request, and of whose that was. Trained by
`moe-robot train-router` from `models/router/relations/*.yaml` (`training/relation.py`). Decides nothing by itself.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moe_robot.errors import ConfigError
from moe_robot.paths import share_dir
from moe_robot.router.features import VERSION, Concepts, Featurizer, Options, words_of
from moe_robot.router.followup_words import FollowWords, plain, script
from moe_robot.router.model_folder import default_folder, resolve
from moe_robot.router.signs import Signs, anew, is_act

RELATIONS = ("again", "replace", "further", "why", "cancel", "new")
ROWS = 16_384
WEIGHTS, MANIFEST = "relation.npy", "relation.json"
REMEDY = "run `moe-robot train-router`"
_CLAUSE = re.compile(r"[,;.!?:]+\s+|\s[—–-]\s")
_QUOTED = re.compile(r"[«“\"'‘]\S.*[»”\"'’]")
_SMALL = 3  # letters of a word that is hardly ever what is new


def options() -> Options:
    return replace(Options(), table=ROWS)


def entries(
    featurizer: Featurizer, text: str, before: str, expert: str, category: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows of the model, each once, and how much each counts; of length 1 for the words, and what stands beside."""
    features = featurizer.features(text)
    weights = np.bincount(np.array(features.ids), np.array(features.weights), minlength=ROWS)
    length = np.sqrt(np.square(weights).sum())
    weights = 3.0 * weights / length
    for name, weight in _beside(text, before, expert, category):
        weights[zlib.crc32(f"beside:{name}".encode()) % ROWS] += weight
    ids = np.flatnonzero(weights)
    return ids, weights[ids]


def _beside(text: str, before: str, expert: str, category: str) -> Iterator[tuple[str, float]]:
    """(feature, weight): of the two texts and the earlier expert together."""
    said, old = words_of(text), words_of(before)
    lemmas, known = [word.lemma for word in said], {word.lemma for word in old}
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip(" .,!?")] or [text]
    last = words_of(clauses[-1])
    content = [lemma for lemma in lemmas if len(lemma) > _SMALL or lemma[0] == "#"]
    shared = sum(lemma in known for lemma in content) / len(content) if content else 0.0
    yield f"expert {expert}", 0.3
    yield f"category {category}", 0.3
    yield f"shared {round(4 * shared)} {min(len(content), 4)}", 0.7
    yield f"fresh {min(sum(lemma not in known for lemma in content), 6)}", 0.7
    yield f"words {_bin(len(said))} of {_bin(len(old))}", 0.5
    yield f"clauses {min(len(clauses), 3)} {_bin(len(last))}", 0.5
    yield f"asks {'?' in text} {'?' in before} {_bin(len(said))}", 0.5
    yield f"figures {_figures(lemmas)} {_figures([*known])}", 0.5
    yield f"quotes {bool(_QUOTED.search(text))} {bool(_QUOTED.search(before))}", 0.3
    yield f"verbs {_verbs(text)} {_verbs(clauses[-1])}", 0.7
    for sign in _signs(text):
        yield f"sign {sign}", 0.7
        yield f"sign {sign} {category}", 0.3
    yield f"same start {bool(said and old and said[0].lemma == old[0].lemma)}", 0.3
    for lemma in dict.fromkeys(word.lemma for word in last):
        yield f"last {lemma}", 0.5 * (lemma not in known)
    for word in last[:1]:
        yield f"last starts {word.lemma}", 0.5
    for word in said[:1]:
        yield f"starts {word.lemma}", 0.5
    for lemma in dict.fromkeys(lemmas):
        yield f"{category}: {lemma}", 0.3
        yield f"known {lemma}" if lemma in known else f"unknown {lemma}", 0.3


def _bin(count: int) -> int:
    return next((limit for limit in (1, 2, 3, 5, 8, 12) if count <= limit), 99)


def _figures(lemmas: list[str]) -> int:
    return min(sum(lemma[0] == "#" for lemma in lemmas), 2)


def _verbs(text: str) -> str:
    """What kind of verb there is first, by the form of the word; "" without one."""
    language = script(text) or "en"
    if language == "en":
        listed = FollowWords.of("en").data["verbs"]
        at = next((i for i, word in enumerate(words_of(text)) if word.text in listed), None)
        return "" if at is None else f"at {min(at, 2)}"
    for word in words_of(text):
        if word.grammar and word.grammar[0] in ("VERB", "INFN"):
            return " ".join(word.grammar[:2])
    return ""


def _signs(text: str) -> list[str]:
    """Classes of words that often lean on what was said (`edits.yaml`), and whether a verb of content is there."""
    signs, spoken = Signs.of(script(text) or "en"), plain(text)
    words = spoken.split()
    found = [key for key in ("repeat", "corrects", "give_up", "same", "other") if signs.has(key, spoken)]
    found += ["anew"] * any(anew(word, signs) for word in words)
    acts = any(is_act(word, signs) for word in words)
    return [*found, "act" if acts else f"no act {_bin(len(words))}", f"{len(found)}"]


class Relations:
    """Safe under threads."""

    def __init__(
        self, weights: NDArray[np.float64], featurizer: Featurizer, categories: Mapping[str, str], temperature: float
    ) -> None:
        """`weights` [rows + 1, relations], the last row is added always."""
        self._weights, self._featurizer = weights, featurizer
        self._categories, self._temperature = categories, temperature

    def of(self, text: str, before: str, expert: str) -> dict[str, float]:
        """The share of each relation; they add up to 1."""
        ids, values = entries(self._featurizer, text, before, expert, self._categories.get(expert, ""))
        logits = (values @ self._weights[ids] + self._weights[-1]) / self._temperature
        raised = np.exp(logits - logits.max())
        return dict(zip(RELATIONS, (raised / raised.sum()).tolist(), strict=True))


def load_relations(folder: Path) -> Relations:
    """Raises ConfigError: missing, damaged, of another version."""
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        concepts = Concepts(json.loads((folder / "concepts.json").read_text(encoding="utf-8")))
        data = (folder / WEIGHTS).read_bytes()
        if manifest["features"] != VERSION or manifest["relations"] != list(RELATIONS):
            raise ConfigError(f"{path}: made for other features or relations than this program's: {REMEDY}")
        if hashlib.sha256(data).hexdigest() != manifest["sha256"]:
            raise ConfigError(
                f"{folder / WEIGHTS} is damaged: its sha256 is not {manifest['sha256'][:12]}...: {REMEDY}"
            )
        weights = np.load(folder / WEIGHTS, allow_pickle=False).astype(np.float64)
        return Relations(
            weights, Featurizer(concepts, options()), dict(manifest["category_of"]), float(manifest["temperature"])
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"no model of the relations of turns in {folder} ({error!r}): {REMEDY}") from error


def find_relations(wanted: str) -> Relations:
    """Beside the router that is in use, else the shipped one. `wanted`: `router.model`. Raises ConfigError."""
    beside = resolve(default_folder(wanted))
    return load_relations(beside if (beside / MANIFEST).is_file() else share_dir() / "models" / "router")
