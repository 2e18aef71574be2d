"""The earlier request again, its reason, a multiple of it, or turned round: "ещё раз", "почему?", "twice as far".

    Again(...).on("в два раза дальше", "ru", "проедь 2 метра", "drive")  ->  Same("проедь 4 м", "scaled")

Knows only the one earlier request that the turn is said about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from moe_robot.router.followup_words import FollowWords, changed, is_past, lemma, plain, script
from moe_robot.router.matching import in_form_of
from moe_robot.router.pieces import Pieces, is_numeric
from moe_robot.structs import Language

WHY_WORDS = 5  # behind the "why"
_UNITS = {
    "length": {"ru": "м", "en": "m"},
    "duration": {"ru": "секунд", "en": "seconds"},
    "angle": {"ru": "градусов", "en": "degrees"},
    "percent": {"ru": "процентов", "en": "percent"},
    "speed": {"ru": "м/с", "en": "m/s"},
    "delay": {"ru": "секунд", "en": "seconds"},
    "rounds": {"ru": "раз", "en": "rounds"},
}
_WHY = {"ru": "почему ты так решил: {}", "en": "why did you decide so: {}"}
_SURE = {"ru": "насколько ты уверен в своём ответе: {}", "en": "how sure are you of your answer: {}"}
_TIMES = {"ru": ("{:g} раз", "{:g} раза"), "en": ("{:g} times", "{:g} times")}
_FACTOR = {
    "ru": re.compile(r"(?:^|\s)в (\S+) раза? (больше|дальше|дольше|выше|меньше|ближе|короче)$"),
    "en": re.compile(r"^(\S+) times (that|it|as \w+|more|the \w+)$"),
}
_SMALLER = ("меньше", "ближе", "короче")
_FLIPPED = {"left": "right", "right": "left", "ahead": "back", "back": "ahead"}


@dataclass(frozen=True)
class Same:
    """`kind`: about | again | piece | scaled | why."""

    text: str
    kind: str


class Again:
    def __init__(self, pieces: Pieces, words: Mapping[Language, FollowWords]) -> None:
        self._pieces, self._words = pieces, words

    def on(self, text: str, language: Language, old: str, expert: str) -> Same | None:
        """`old`, `expert`: the earlier request and whose it is."""
        words, spoken = self._words[language], plain(text)
        for whole, phrases in words.data["about"].get(expert, {}).items():
            if {spoken, words.stripped(spoken)} & {plain(phrase) for phrase in phrases}:
                return Same(whole, "about")
        if words.is_one_of("why", text) or words.is_like("why_pattern", text) or self._asks_why(spoken, words):
            return Same(_WHY[language].format(old), "why")
        sure = words.is_one_of("sure", text) or words.is_like("sure_pattern", text)
        if sure and expert == "position":  # which tells how sure it is by itself
            return Same(words.data["sure_of_place"], "about")
        if sure:
            return Same(_SURE[language].format(old), "why")
        known = {lemma(word) for word in plain(old).split()} | words.fillers
        tail = [w for w in words.stripped(spoken).split() if lemma(w) not in known or w in ("as", "в")]
        factor = self._factor(spoken, language, words) or self._factor(" ".join(tail), language, words)
        if factor is not None:
            scaled = self.scaled(old, factor, language)
            return Same(scaled, "scaled") if scaled else None
        if words.is_one_of("back", text) or words.is_one_of("other_way", text):
            turned = self.turned(old, language)
            return Same(turned, "piece") if turned else None
        return self._again(text, spoken, language, old, words)

    @staticmethod
    def _asks_why(spoken: str, words: FollowWords) -> bool:
        """ "why so slowly", "а почему так долго ехал": about what was done or said, and about nothing else."""
        bare = words.stripped(spoken)
        first = next((w for w in words.phrases("why_first") if bare.startswith(f"{w} ")), "")
        rest = bare[len(first) :].split()
        known = words.phrases("why_fillers")
        return bool(first) and len(rest) <= WHY_WORDS and all(word in known or is_past(word) for word in rest)

    def _again(self, text: str, spoken: str, language: Language, old: str, words: FollowWords) -> Same | None:
        """ "ещё раз", "roll them again", "do that three times": repeating, and words of the earlier text."""
        repeats = [p for p in words.phrases("again") if f" {p} " in f" {spoken} "]
        times = [p for p in self._pieces.find(text, words) if p.kind == "times" and p.number() != 1]
        fillers, known = words.phrases("again_fillers"), set(plain(old).split())
        rest = spoken.split()
        for phrase in sorted(repeats, key=len, reverse=True):
            rest = f" {' '.join(rest)} ".replace(f" {phrase} ", " ").split()
        if times:
            inside = {w for piece in times for w in plain(text[piece.start : piece.end]).split()}
            rest = [word for word in rest if word not in inside]
        if not (repeats or times) or any(word not in fillers and word not in known for word in rest):
            return None
        if not times:
            return Same(old, "again")
        count = times[-1].number()
        before = [p for p in self._pieces.find(old, words) if p.kind in ("times", "amount:rounds")]
        said = _TIMES[language][count in (2, 3, 4)].format(count)
        if before:
            old = " ".join(changed(old, [(before[-1].start, before[-1].end, "")]).split())
        return Same(f"{old.rstrip(' .!?')} {said}", "piece")

    def _factor(self, spoken: str, language: Language, words: FollowWords) -> float | None:
        bare = words.stripped(spoken)
        for factor, phrases in words.data["doubled"].items():
            if {spoken, bare} & {plain(phrase) for phrase in phrases}:
                return float(factor)
        found = _FACTOR[language].search(spoken)
        digits = self._pieces.digits(found.group(1)) if found else ""
        if found is None or not digits or float(digits.replace(",", ".")) == 0:
            return None
        value = float(digits.replace(",", "."))
        return 1 / value if found.group(2) in _SMALLER else value

    def scaled(self, old: str, factor: float, language: Language) -> str | None:
        """The earlier text with its last amount times `factor`."""
        said = script(old) or language
        found = [p for p in self._pieces.find(old, self._words[said]) if is_numeric(p) and isinstance(p.value, float)]
        said_in = {p: old[p.start : p.end] for p in found}
        found = [p for p in found if len(plain(said_in[p]).split()) > 1 or re.search(r"\d", said_in[p])] or found
        amounts = [p for p in found if p.kind.startswith("amount")] or found
        if not amounts:
            return None
        piece = amounts[-1]
        unit = _UNITS.get(piece.kind.partition(":")[2], {}).get(said, "")
        if old[piece.end : piece.end + 1] == "%":
            unit = ""
        return changed(old, [(piece.start, piece.end, f"{piece.number() * factor:g} {unit}".strip())])

    def turned(self, old: str, language: Language) -> str | None:
        """The earlier text with its direction turned round, or from there to here."""
        words = self._words[script(old) or language]
        found = self._pieces.find(old, words)
        sides = [p for p in found if p.kind in ("turn", "line", "side")]
        if sides:
            piece = sides[-1]
            other = words.data["directions"][piece.kind].get(_FLIPPED[str(piece.value)])
            return changed(old, [(piece.start, piece.end, other[0])]) if other else None
        units = [p for p in found if p.kind == "sibling" and p.value]
        if len(units) == 2 and units[0].value == units[1].value:
            one, other = (old[p.start : p.end] for p in units)
            swapped = (in_form_of(other, one, words), in_form_of(one, other, words))
            return changed(old, [(p.start, p.end, new) for p, new in zip(units, swapped, strict=True)])
        places = [p for p in found if p.kind in ("place", "object", "person", "language")]
        if len(places) == 2 and places[0].kind == places[1].kind:
            first, second = ((p.start, p.end) for p in places)
            return changed(old, [(*first, old[slice(*second)]), (*second, old[slice(*first)])])
        return None
