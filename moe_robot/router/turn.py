"""A turn taken apart: what it asserts, denies, gives up, multiplies, repeats; remarks beside it are passed over.

    TurnReader(pieces, words).taken_apart("нет-нет, не полтора, а один", words, signs)

Looks at the turn alone; what it means for an earlier request is `edits.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from moe_robot.lexicon import analyzer, normalize
from moe_robot.router.followup_words import FollowWords, is_past, plain
from moe_robot.router.pieces import NUMERIC, Pieces
from moe_robot.router.signs import (
    TERSE_WORDS,
    Signs,
    anew,
    clauses,
    denial,
    factor,
    is_act,
    is_one,
    is_one_word,
    is_terse,
    terms,
    without,
)
from moe_robot.structs import Language

REMARK_WORDS = 4
WHY_WORDS = 8
_CLEFT = re.compile(
    r"(?<!\w)it(?:['’]s| is| was) (?:the )?(.+?) (?:who|that|which|i|i['’]m|you|we|needs|wants)(?!\w)", re.IGNORECASE
)
_SO = {
    "ru": re.compile(r"(?<!\w)(?:так что|поэтому|значит|а теперь|давай)(?!\w)", re.IGNORECASE),
    "en": re.compile(r"(?<!\w)(?:so|and now|now)(?!\w)", re.IGNORECASE),
}
_PARTICLE = re.compile(r"(?<=\w)-ка(?!\w)")
_GOING_ON = {
    "ru": re.compile(r"(?<!\w)продолжай(?:те)?(?: \w+(?:ть|ти|ться))?(?!\w)"),
    "en": re.compile(r"(?<!\w)(?:keep|continue|carry on)(?: on)? \w+ing(?!\w)"),
}


@dataclass(frozen=True)
class Said:
    """A turn taken apart. `new` is what it asserts, `denied` what it takes back."""

    whole: str
    new: str
    denied: tuple[str, ...]
    factor: float | None
    other: bool
    repeat: str
    bound: bool
    pointing: bool  # by a word that opens, closes or corrects
    corrects: bool


class TurnReader:
    def __init__(self, pieces: Pieces, words: Mapping[Language, FollowWords]) -> None:
        self._pieces, self._words = pieces, words

    def rest(self, text: str, language: Language) -> str:
        """Without the clauses that give something up, or without what opens a correction; "" when it does neither."""
        signs, words = Signs.of(language), self._words[language]
        parts = clauses(text)
        kept = [clause for clause in parts if not self._gives_up(clause, signs, words)]
        _, opener = words.without_opener(text)
        if not kept or (len(kept) == len(parts) and not signs.has("corrects", opener)):
            return ""
        if any(denial(clause, signs)[1] for clause in kept) or any(signs.has("give_up", plain(c)) for c in kept):
            return ""
        content = [clause for clause in kept if self._content(clause, signs, words)]
        return words.without_opener(", ".join(clause.strip() for clause in content))[0].strip(" .,!?")

    def gives_up(self, text: str, language: Language) -> bool:
        signs, words = Signs.of(language), self._words[language]
        parts = clauses(text)
        if not any(self._gives_up(clause, signs, words) for clause in parts):
            return False
        return not any(self._content(c, signs, words) and not self._gives_up(c, signs, words) for c in parts)

    @staticmethod
    def corrects(text: str, language: Language) -> bool:
        """A word that puts something right: "rather", "точнее"."""
        return bool(Signs.of(language).has("corrects", plain(text)))

    def has_own_verb(self, text: str, language: Language) -> bool:
        """A verb that says what to do, more than "do", "make", "сделай"."""
        return any(is_act(word, Signs.of(language)) for word in plain(text).split())

    def cores(self, text: str, words: FollowWords, signs: Signs) -> Iterator[str]:
        """What the turn comes to when the rest of it only tells why: "jamie took some, recount", "it's Anna who wanted
        it", "цифры переставил, 65". Nothing that asks for anything is passed over."""
        if ":" in text:
            return
        parts = clauses(_CLEFT.sub(r"\1", text))
        for core, rest in ((parts[-1], parts[:-1]), (parts[0], parts[1:])) if len(parts) > 1 else ():
            if all(self._tells_why(clause, words, signs) for clause in rest):
                yield core
        said = parts[-1] if parts else ""
        for found in _SO[signs.language].finditer(said):
            if self._tells_why(said[: found.start()], words, signs):
                yield said[found.end() :]
        for phrase in signs.phrases("repeat"):
            at = normalize(said).find(f" {phrase}")
            if " " in phrase and at > 0 and self._tells_why(said[:at], words, signs):
                yield said[at + 1 :]

    def _tells_why(self, clause: str, words: FollowWords, signs: Signs) -> bool:
        """A statement or an exclamation: it asks for nothing."""
        said = plain(clause).split()
        asked = set(said) & {w for w in words.data["questions"] if w not in signs.data["helping"]}
        if asked or len(said) > WHY_WORDS:
            return False
        if signs.language == "en":
            return not said or said[0] not in set(words.data["verbs"]) - set(signs.data["helping"])
        return not any("impr" in p.tag or p.tag.POS == "INFN" for w in said for p in analyzer().parse(w)[:1])

    def _gives_up(self, clause: str, signs: Signs, words: FollowWords) -> bool:
        said = plain(clause)
        phrase = signs.has("give_up", said)
        return bool(phrase) and not self._content(without(clause, [phrase]), signs, words)

    def _content(self, clause: str, signs: Signs, words: FollowWords) -> bool:
        return any(not signs.is_small(word) for word in plain(clause).split())

    def taken_apart(self, text: str, words: FollowWords, signs: Signs) -> Said:
        asserted: list[str] = []
        denied: list[str] = []
        beside = ""  # what is said instead of what is denied
        for clause in clauses(_CLEFT.sub(r"\1", _PARTICLE.sub("", text))):
            lead, gone, rest = denial(clause, signs)
            if gone and not rest and not self._means(gone, words, signs):
                continue  # "никто не услышал"
            for part in (lead, rest):
                if plain(part):
                    asserted.append(part)
                    beside = beside or (part if denied else "")
            if plain(gone):
                denied.append(gone)
                beside = rest if plain(rest) else beside
        telling = [c for c in asserted if self._tells(c, words, signs) and not self._gives_up(c, signs, words)]
        dropped = [word for c in asserted if c not in telling for word in plain(c).split()]
        telling = [c for c in telling if not self._remarks(c, words, signs)] or telling
        telling = [beside] if beside and beside in telling else telling
        new = ", ".join(clause.strip() for clause in telling or asserted)
        passed = telling and (denied or any(word not in signs.data["neutral"] for word in dropped))
        other = signs.has("other", plain(new))
        new = without(new, [other] if other else [])
        times, phrase = factor(plain(new), signs)
        new = without(new, [phrase] if phrase else [])
        opener = words.without_opener(new)[1]
        same = signs.has("same", plain(new))
        new = without(new, [same] if same else [])
        repeats: list[str] = []
        going_on = _GOING_ON[signs.language].search(normalize(new))
        if going_on is not None:
            repeats.append(going_on.group())
            new = f"{new[: going_on.start()]} {new[going_on.end() :]}".strip()
        while (repeat := signs.has("repeat", plain(new))) and not self._inside(repeat, new, words):
            shorter = without(new, [repeat])
            if shorter == new:  # inside quotes: said, not meant
                break
            repeats.append(repeat)
            new = shorter
        repeats += [word for word in plain(new).split() if anew(word, signs)]
        strong = [one for one in repeats if one not in signs.data["weak_repeat"]]
        if repeats and not strong and not is_terse(plain(new), signs):
            repeats = []
        corrects = bool(denied or signs.has("corrects", plain(text)))
        pointing = bool(opener and opener not in signs.data["neutral"]) or bool(signs.has("corrects", plain(text)))
        said = plain(text).split()
        strangers = {*words.data["not_nouns"], *words.data["questions"]}
        asks = text.strip().endswith("?") and len(said) <= TERSE_WORDS and not strangers & set(said)
        bound = bool(
            pointing or asks or terms(new, words) or other or times or same or strong or (passed and not repeats)
        )
        if denied and not strong:
            repeats = []
        return Said(
            text, new, tuple(denied), times, bool(other), (strong or repeats or [""])[0], bound, pointing, corrects
        )

    def _means(self, text: str, words: FollowWords, signs: Signs) -> bool:
        operations = {word for spoken in words.data["operations"].values() for word in spoken}
        said = set(plain(text).split())
        return self._content(text, signs, words) or bool(self._pieces.find(text, words)) or bool(said & operations)

    def _remarks(self, clause: str, words: FollowWords, signs: Signs) -> bool:
        """ "nobody heard you", "slip of the tongue", "класс": no sign, no piece, nothing to do."""
        said = plain(clause)
        if not 1 < len(said.split()) <= REMARK_WORDS or any(
            signs.has(key, said) for key in ("repeat", "other", "same")
        ):
            return False
        if terms(clause, words) or self._pieces.find(clause, words) or re.search(r"\d", clause):
            return False
        return not any(is_act(word, signs) and not is_past(word) for word in said.split())

    def _tells(self, clause: str, words: FollowWords, signs: Signs) -> bool:
        """It has a piece, a sign or a word of content."""
        said = plain(clause)
        if any(signs.has(key, said) for key in ("repeat", "other")) or factor(said, signs)[0] is not None:
            return True
        if (
            self._content(clause, signs, words)
            or is_one(said, signs)
            or (len(said.split()) > REMARK_WORDS - 1 and any(is_act(word, signs) for word in said.split()))
        ):
            return True
        return any(p.kind in ("times", "turn", "line", "side", *NUMERIC) or ":" in p.kind
                   for p in self._pieces.find(clause, words) if not is_one_word(p, clause, signs))  # fmt: skip

    def _inside(self, phrase: str, text: str, words: FollowWords) -> bool:
        """The phrase is a word of a piece: "второй" in "второй раз"."""
        found = [p for p in self._pieces.find(text, words) if p.kind != "sibling"]
        return any(phrase in plain(text[p.start : p.end]) for p in found)
