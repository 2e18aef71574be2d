"""Facts in what the robot said: numbers and names, in Russian and English, for the judges of `ground_truth`.

Coarse on purpose: a fact may stand anywhere in a sentence, whatever its wording. Understanding is `router/`'s.
"""

from __future__ import annotations

import re

from moe_robot.world.home import Names

ZERO = frozenset(("no", "none", "nothing", "zero", "never", "not", "ни", "нет", "ноль", "не", "ничего"))
NUMBERS = {
    **dict.fromkeys(("один", "одна", "одно", "одного", "одну", "одной", "one", "once"), 1),
    **dict.fromkeys(("два", "две", "двух", "two"), 2),
    **dict.fromkeys(("три", "трёх", "трех", "three"), 3),
    **dict.fromkeys(("четыре", "четырёх", "четырех", "four"), 4),
    **dict.fromkeys(("пять", "пяти", "five"), 5),
    **dict.fromkeys(("шесть", "шести", "six"), 6),
    **dict.fromkeys(("семь", "семи", "seven"), 7),
    **dict.fromkeys(("восемь", "восьми", "eight"), 8),
    **dict.fromkeys(("девять", "девяти", "nine"), 9),
    **dict.fromkeys(("десять", "десяти", "ten"), 10),
}
VERBS = frozenset(("can",))  # names of things that are more often something else: "I can see"


def first_number(text: str) -> float | None:
    """In digits or words (to ten); "no", "ни", ... before any are 0; None when there is none."""
    for word in re.findall(r"\d+(?:[.,]\d+)?|\w+", text.lower()):
        if word[0].isdigit():
            return float(word.replace(",", "."))
        if word in ZERO:
            return 0.0
        if word in NUMBERS:
            return float(NUMBERS[word])
    return None


def names_in(text: str, names: Names) -> bool:
    """One of the names, in any case form, stands in the text: each of its words begins some word of the text."""
    words = [_plain(word) for word in re.findall(r"\w+", text)]
    for language, listed in names.items():
        for name in listed:
            stems = [_stem(_plain(part), language) for part in re.findall(r"\w+", name) if part not in VERBS]
            if stems and all(any(_inflects(word, stem, language) for word in words) for stem in stems):
                return True
    return False


def _plain(word: str) -> str:
    return word.lower().replace("ё", "е")


def _stem(word: str, language: str) -> str:
    """What all case forms share: "кружка" -> "круж" (кружек), "гостиная" -> "гостин", "конус" -> "конус"."""
    if language == "en" or len(word) <= 3:
        return word
    if word.endswith(("ка", "ая", "яя", "ый", "ий", "ой", "ые", "ие")):
        return word[:-2]
    return word[:-1] if word[-1] in "аяоеьиыйую" else word


def _inflects(word: str, stem: str, language: str) -> bool:
    if language == "en":
        return word in (stem, f"{stem}s", f"{stem}es")
    return word.startswith(stem) and len(word) <= len(stem) + 4
