"""Which of the two languages a text is in."""

from __future__ import annotations

from moe_robot.structs import Language


def detect_language(text: str, default: Language = "en") -> Language:
    """The script of the first words decides a tie: "поезжай в kitchen" is Russian, "go to the кухня" English."""
    words = text.split()
    votes = {"ru": 0, "en": 0}
    first = ""
    for word in words:
        cyrillic = any("а" <= char <= "я" or char == "ё" for char in word.lower())
        latin = any("a" <= char <= "z" for char in word.lower())
        if cyrillic == latin:
            continue
        language = "ru" if cyrillic else "en"
        first = first or language
        votes[language] += 1
    if votes["ru"] == votes["en"]:
        return "ru" if first == "ru" else "en" if first == "en" else default
    return "ru" if votes["ru"] > votes["en"] else "en"
