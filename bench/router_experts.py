"""Made-up experts, as many as wanted, to see a router grow: each has devices of its own and the same few verbs."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from moe_robot.structs import LANGUAGES
from moe_robot.training.dataset import Data, Source
from moe_robot.training.templates import parse

_SYLLABLES = {
    "en": (
        "zor",
        "van",
        "mel",
        "tik",
        "bra",
        "lum",
        "pex",
        "dro",
        "fin",
        "gal",
        "hes",
        "jor",
        "kel",
        "nim",
        "ost",
        "qua",
    ),
    "ru": (
        "зор",
        "ван",
        "мел",
        "тик",
        "бра",
        "лум",
        "пек",
        "дро",
        "фин",
        "гал",
        "хес",
        "жор",
        "кел",
        "ним",
        "ост",
        "ква",
    ),
}
_TEMPLATES = {
    "en": (
        "(start|launch|run) the {0}",
        "what does the {0} (show|say)",
        "[is] the {0} (ready|done)",
        "{1} the {0} (now|later)",
    ),
    "ru": ("(запусти|включи) {0}", "что показывает {0}", "{0} (готов|закончил)", "{1} {0} (сейчас|потом)"),
}
PER_CATEGORY = 16


def made_up(count: int, data: Data, seed: int = 1) -> Data:
    """`data` with `count` more experts, 16 in a category."""
    rng = Random(seed)
    sources, categories = list(data.sources), dict(data.categories)
    used: set[str] = set()
    for number in range(count):
        expert = f"made_up_{number:04d}"
        categories[expert] = f"made_up_{number // PER_CATEGORY:02d}"
        for language in LANGUAGES:
            words: list[str] = []
            while len(words) < 4:
                word = "".join(rng.choice(_SYLLABLES[language]) for _ in range(3))
                if word not in used:
                    used.add(word)
                    words.append(word)
            for template in _TEMPLATES[language]:
                for device in words[:2]:
                    text = template.format(device, words[2])
                    sources.append(Source(expert, language, parse(text, expert), expert, False))
    return replace(data, sources=tuple(sources), categories=categories)
