"""What people's answers to a question back have taught: texts with the expert they belong to, one JSON line each.

Read by the router at once (the same words go to that expert) and by `moe-robot train-router`. A line that cannot be
read is named in the log and left where it is.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import asdict
from pathlib import Path

from moe_robot.lexicon import normalize
from moe_robot.structs import LANGUAGES, Label, Utterance

log = logging.getLogger(__name__)
MOST = 10_000  # labels; more are refused: somebody would be training by accident


class Labels:
    """Safe under threads; one process writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._experts: dict[tuple[str, str], str] | None = None

    def add(self, label: Label) -> None:
        """On disk when this returns. Raises OSError when the disk does not take it; nothing is kept then."""
        with self._lock:
            known = self._known()
            if len(known) >= MOST:
                log.warning("label not kept: %s holds %d already; train and empty it", self._path, MOST)
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(label), ensure_ascii=False) + "\n")
            known[_key(label.text, label.language)] = label.expert

    def expert_of(self, utterance: Utterance) -> str:
        """Whose these words were said to be, the latest answer counts; "" = never asked."""
        with self._lock:
            return self._known().get(_key(utterance.text, utterance.language), "")

    def all(self) -> tuple[Label, ...]:
        """The readable ones, the oldest first."""
        return read_labels(self._path)

    def _known(self) -> dict[tuple[str, str], str]:
        if self._experts is None:
            self._experts = {_key(label.text, label.language): label.expert for label in read_labels(self._path)}
        return self._experts


def read_labels(path: Path) -> tuple[Label, ...]:
    """Empty when there is no file."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ()
    labels = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            label = Label(str(data["text"]), data["language"], str(data["expert"]), float(data.get("t_s", 0.0)))
            if label.language not in LANGUAGES or not label.text.strip() or not label.expert:
                raise ValueError("text, language (ru | en) and expert are needed")
        except (ValueError, KeyError, TypeError) as error:
            log.error("%s, line %d is left out: %s", path, number, error)
            continue
        labels.append(label)
    return tuple(labels)


def _key(text: str, language: str) -> tuple[str, str]:
    return " ".join(normalize(text).strip(" .!?").split()), language
