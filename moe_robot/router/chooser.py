"""Chooses among the readings of a turn, with the learned models that lie beside the router's: `follow_ups.json` names
them and what they were made from, `successor.npy`, `wording.npz`, `ranker.npz` and `bigrams.npz` hold their weights."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from moe_robot.errors import ConfigError
from moe_robot.paths import share_dir
from moe_robot.router.bigrams import Bigrams
from moe_robot.router.caution import is_rash
from moe_robot.router.features import VERSION, Concepts, Featurizer
from moe_robot.router.followup import Earlier
from moe_robot.router.model_folder import default_folder, resolve
from moe_robot.router.phrase_reader import ABOUT
from moe_robot.router.proposals import Proposal
from moe_robot.router.ranking import Leaning, Ranker, features_of
from moe_robot.router.relating import Relations
from moe_robot.router.relation import options
from moe_robot.router.successor import Successors
from moe_robot.router.wording import Wordings
from moe_robot.structs import Language

MANIFEST, RANKER, SUCCESSOR, BIGRAMS = "follow_ups.json", "ranker.npz", "successor.npy", "bigrams.npz"
WORDING = "wording.npz"
FILES = (RANKER, SUCCESSOR, WORDING, BIGRAMS)
OWN, OWN_WORDS = 0.7, 3  # how sure, and how long but for a bare "why", a turn is to be taken as it stands in doubt,
MARGIN = 1.5  # ... which is a score that much less than the best (what that costs: bench/dialogues.py)
SURELY = 0.6  # the share of all readings from which `caution.py` asks no more than that it is not denied
REMEDY = "run `moe-robot train-router`"


class Chooser:
    """Safe under threads."""

    def __init__(
        self,
        relations: Relations,
        successors: Successors,
        wordings: Wordings,
        ranker: Ranker,
        bigrams: Bigrams,
        categories: Mapping[str, str],
    ) -> None:
        self._relations, self._successors, self._wordings = relations, successors, wordings
        self._ranker, self._bigrams, self._categories = ranker, bigrams, categories

    def choose(
        self, text: str, language: Language, before: Sequence[Earlier], proposals: Sequence[Proposal]
    ) -> list[Proposal]:
        """The readings of a turn, the best first, without the rash ones. `before`: what it may lean on, the last
        request first, not empty. `proposals`: the turn alone first."""
        alone = proposals[0].route
        relations = self._relations.of(text, before[0].text, before[0].expert)
        successors = self._successors.of(text, before, alone)
        turn = Leaning(text, language, before, relations, successors, self._categories)
        wording = self._wordings.scores(text, before, proposals)
        scores = self._ranker.scores(features_of(turn, proposals, self._bigrams, wording))
        long = len(text.split()) >= OWN_WORDS or alone.expert in ABOUT
        if alone.expert and alone.confidence >= OWN and long:
            scores[0] += MARGIN
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        return [
            proposals[i]
            for i in np.argsort(-scores, kind="stable")
            if not is_rash(proposals[i], text, language, before, alone, relations, shares[i] >= SURELY)
        ]


def load_chooser(folder: Path, relations: Relations) -> Chooser:
    """Raises ConfigError: missing, damaged, of another version."""
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if manifest["features"] != VERSION:
            raise ConfigError(f"{path}: made for other features than this program's: {REMEDY}")
        data = {name: (folder / name).read_bytes() for name in FILES}
        for name, content in data.items():
            if hashlib.sha256(content).hexdigest() != manifest["sha256"][name]:
                raise ConfigError(f"{folder / name} is damaged: it is not the one that {MANIFEST} names: {REMEDY}")
        concepts = Concepts(json.loads((folder / "concepts.json").read_text(encoding="utf-8")))
        weights = np.load(io.BytesIO(data[SUCCESSOR]), allow_pickle=False).astype(np.float32)
        categories = dict(manifest["category_of"])
        featurizer = Featurizer(concepts, options())
        successors = Successors(weights, manifest["experts"], featurizer, categories)
        with np.load(io.BytesIO(data[RANKER]), allow_pickle=False) as arrays:
            ranker = Ranker(manifest["vocabulary"], {name: arrays[name] for name in arrays.files})
        with np.load(io.BytesIO(data[WORDING]), allow_pickle=False) as arrays:
            wordings = Wordings(arrays["weights"].astype(np.float32), categories)
        with np.load(io.BytesIO(data[BIGRAMS]), allow_pickle=False) as arrays:
            bigrams = Bigrams(arrays["counts"])
        return Chooser(relations, successors, wordings, ranker, bigrams, categories)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"no model of follow-ups in {folder} ({error!r}): {REMEDY}") from error


def find_chooser(wanted: str, relations: Relations) -> Chooser:
    """Beside the router that is in use, else the shipped one. `wanted`: `router.model`. Raises ConfigError."""
    beside = resolve(default_folder(wanted))
    return load_chooser(beside if (beside / MANIFEST).is_file() else share_dir() / "models" / "router", relations)
