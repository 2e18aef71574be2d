"""What the routers are measured on: the sets, the same sets badly typed or badly heard, and whether training has seen
them.

The noise here is written apart from the one that training makes (`training/augment.py`): other slips, other mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import yaml

from moe_robot.errors import ConfigError
from moe_robot.router.features import sentence_key
from moe_robot.router.language import detect_language
from moe_robot.structs import Language
from moe_robot.training.dataset import OUT_OF_SCOPE, Data

SETS = Path(__file__).resolve().parents[1] / "test" / "data" / "routing"
_BESIDE = {
    a: row[max(0, i - 1)] + row[min(len(row) - 1, i + 1)]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
    for i, a in enumerate(row)
}
_HEARD = (
    ("тебя", "тя"), ("сейчас", "щас"), ("что", "што"), ("его", "ево"), ("пожалуйста", "пожалста"),
    ("здравствуй", "здраствуй"),
        ("ого ", "ова "), ("ться", "ца"), ("тся", "ца"), ("о", "а"), ("е", "и"), ("их", "ех"),
    ("there", "their"), ("to ", "two "), ("for ", "four "), ("your", "you're"), ("right", "write"), ("by", "buy"),
    ("the ", "a "), ("where", "wear"), ("are ", "our "), ("see", "sea"), ("meter", "metre"), ("ing ", "in "),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """`expert` is `OUT_OF_SCOPE` when nobody is right. `second`: what a second reader, who did not see the label, chose
    instead; "" when they agree."""

    text: str
    language: Language
    expert: str
    kind: str = ""
    author: str = ""
    second: str = ""


def read_sets(prefix: str, folder: Path = SETS) -> list[Case]:
    """`prefix`: test, dev, mixed_test, oos_test or oos_dev. Raises ConfigError: there is no such file."""
    cases = []
    paths = sorted(path for path in folder.glob(f"{prefix}*.yaml") if "dialogues" not in path.stem)
    if not paths:
        raise ConfigError(f"no utterances to measure with: expected {folder}/{prefix}*.yaml, found no such file")
    for path in paths:
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            language = "ru" if "_ru" in path.stem else "en" if "_en" in path.stem else detect_language(row["text"])
            expert, kind, author = row.get("expert", OUT_OF_SCOPE), row.get("kind", ""), row.get("author", "")
            cases.append(Case(row["text"], language, expert, kind, str(author), str(row.get("second", ""))))
    return cases


def typed_badly(cases: Iterable[Case], seed: int = 1) -> list[Case]:
    """One wrong letter for every ten or so, one at least; the first letter of a word is mostly right."""
    rng = Random(seed)
    found = []
    for case in cases:
        text = case.text
        for _ in range(max(1, round(len(text) / 18))):
            places = [i for i, c in enumerate(text) if c.isalpha() and (i > 0 and text[i - 1].isalpha())]
            if not places:
                break
            at = rng.choice(places)
            slip = rng.choice(("lost", "swapped", "beside", "twice", "space"))
            if slip == "lost":
                text = text[:at] + text[at + 1 :]
            elif slip == "swapped":
                text = text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
            elif slip == "beside":
                text = text[:at] + rng.choice(_BESIDE.get(text[at].lower(), text[at])) + text[at + 1 :]
            elif slip == "twice":
                text = text[:at] + text[at] + text[at:]
            elif rng.random() < 0.3:
                text = text[:at] + " " + text[at:]
        found.append(replace(case, text=text))
    return found


def heard_badly(cases: Iterable[Case], seed: int = 1) -> list[Case]:
    """Lower case, no punctuation, numbers in words, a word like another, two words in one, a word lost at an end."""
    from num2words import num2words

    rng = Random(seed)
    found = []
    for case in cases:

        def in_words(match: re.Match[str], language: Language = case.language) -> str:
            return f" {num2words(int(match.group()), lang=language)} " if len(match.group()) < 10 else match.group()

        text = re.sub(r"\d+", in_words, case.text.lower())
        text = " ".join(re.sub(r"[^\w\s'+*/=^%-]", " ", text).split())
        pairs = [pair for pair in _HEARD if pair[0] in text]
        if pairs and rng.random() < 0.7:
            text = text.replace(*rng.choice(pairs), 1)
        words = text.split()
        if len(words) > 2 and rng.random() < 0.35:
            at = rng.randrange(len(words) - 1)
            words[at : at + 2] = ["".join(words[at : at + 2])]
        if len(words) > 5 and rng.random() < 0.2:
            words = words[1:] if rng.random() < 0.5 else words[:-1]
        found.append(replace(case, text=" ".join(words) or case.text))
    return found


def seen_in_training(cases: Sequence[Case], data: Data) -> list[str]:
    """Sentences that some template of the training data makes, whatever chance picks: by pattern, not by sample."""
    keys = {sentence_key(case.text): case.text for case in cases}  # no two of a set share their key
    lines = "\n".join(keys)
    found: set[str] = set()
    for source in data.sources:
        rough = re.compile(f"^(?:{source.template.pattern(None, sentence_key)})$", re.MULTILINE)
        near = [match.group() for match in rough.finditer(lines)]
        if near:
            exact = re.compile(source.template.pattern(data.slots[source.language], sentence_key))
            found |= {key for key in near if key in keys and exact.fullmatch(key)}
    return sorted(keys[key] for key in found)
