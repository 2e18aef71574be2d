"""Pronouns: "go to it", "подъедь к ней", "что там?" with the name last spoken of, in the case that the pronoun has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from moe_robot.lexicon import Case, Kind, Lexicon, analyzer, normalize
from moe_robot.router.followup_words import WORD, FollowWords, changed, script
from moe_robot.router.nouns import agrees
from moe_robot.router.pieces import Piece, Pieces
from moe_robot.structs import Language

MOST_BEFORE = 8  # words before a pronoun that leans on what was said earlier
_HELPING = {"t", "will", "does", "did", "do", "can", "could", "would", "should"}
LONGEST_WORDS = 14  # a longer utterance tells itself what it is about
_PLACE_EN = {"to": "to the ", "in": "in the ", "from": "from the "}
_PLACE_RU: Mapping[str, tuple[str, Case]] = {
    "to": ("к ", "datv"),
    "in": ("в ", "loct"),
    "from": ("от ", "gent"),
    "till": ("до ", "gent"),
}
_EXPLETIVE = re.compile(r"^(?:['’]|\s+(?:is|was|will|would|has|been|looks|seems|takes?|rains)\b)", re.IGNORECASE)
JUDGED = re.compile(  # "is it safe to be near you": "it" stands for what comes behind
    r"(?<!\w)(?:is|was) it (?:safe|dangerous|ok|okay|possible|easy|hard|likely|true|time) (?:for|to|that)\b",
    re.IGNORECASE,
)


class Mentions:
    """`words` of both languages: what was said before may be in the other one."""

    def __init__(self, lexicon: Lexicon, pieces: Pieces, words: Mapping[Language, FollowWords]) -> None:
        self._lexicon, self._pieces, self._words = lexicon, pieces, words

    def filled(self, text: str, language: Language, said: Sequence[str]) -> str | None:
        """The text with its first pronoun replaced by the likeliest name; `said` is what was said and answered, oldest
        first."""
        return next(self.fillings(text, language, said), None)

    def fillings(
        self, text: str, language: Language, said: Sequence[str], strict: bool = True, beside: bool = False
    ) -> Iterator[str]:
        """The text with one of its pronouns replaced, each way there is. `strict`: not when the turn itself has said
        what the pronoun stands for. `beside`: names in the turn are of something else."""
        words = self._words[language]
        found = list(WORD.finditer(text))
        plain = [normalize(m.group()) for m in found]
        moving = set(words.data["moving"])
        if len(plain) > LONGEST_WORDS:
            return
        for index, word in enumerate(plain):
            before = plain[index - 1] if index else ""
            if word in words.places and index > 0:
                whole = before in words.data["where"]  # "in there", "over there"
                if before in words.data["nowhere"]:
                    continue
                if language == "en" and before in ("is", "are", "was", "were") and index + 1 < len(plain):
                    continue  # "is there anyone": no place
                if not beside and self._names_before(text[: found[index].start()], ("place",), words):
                    continue
                goes = bool(moving & set(plain)) or any(w.startswith(tuple(words.data["moving_stems"])) for w in plain)
                how = words.places[word] if goes or words.places[word] != "to" else "in"
                if word == "там" and goes and not _asks(plain):
                    how = "to"
                if word == "туда" and {"сколько", "далеко", "долго"} & set(plain):
                    how = "till"
                how = {"in": "in", "from": "from", "to": "to"}.get(before, how)
                start = found[index - 1].start() if whole else found[index].start()
                for name in self._mentioned(said, ("place",), language, word, before, how):
                    yield changed(text, [(start, found[index].end(), name)])
            if word == "that" and not _is_taken(plain, index, words):
                continue
            if word not in words.things or (word in words.data["subjects"] and not 0 < index < 3):
                continue
            if word in ("it", "they") and (
                _EXPLETIVE.match(text[found[index].end() :]) or set(plain) & set(words.data["expletive"])
            ):
                continue
            if (before in ("is", "was") and len(plain) - index > 3) or before in _HELPING or index > MOST_BEFORE:
                continue  # "is it safe to be near you", "why won't it budge"
            following = plain[index + 1] if index + 1 < len(plain) else ""
            if (
                word == "her"
                and following
                and following not in words.prepositions | words.fillers | words.opening_words
            ):
                continue  # "her ball"
            persons = word in words.data.get("persons", ())
            kinds: tuple[Kind, ...] = ("person",) if persons else ("object", "person", "place")
            if word in words.data["plural"]:
                kinds = ("object", "person")
            elif word in words.data["lifeless"]:
                kinds = ("object", "place")
            elif word in words.data["receivers"] and before not in words.data["after_prepositions"]:
                kinds = ("person",)
            first = text[: found[index].start()]
            if strict and (_clause_before(first) or _said_in_turn(first, word, words)):
                continue
            if not beside and self._names_before(first, kinds, words):
                continue
            for name in self._mentioned(said, kinds, language, word, before, ""):
                yield changed(text, [(*found[index].span(), name)])

    def _names_before(self, text: str, kinds: Sequence[Kind], words: FollowWords) -> bool:
        """The pronoun behind it has its name in the same utterance."""
        return any(piece.kind in (*kinds, "name") for piece in self._pieces.find(text, words))

    def _mentioned(
        self, said: Sequence[str], kinds: Sequence[Kind], language: Language, pronoun: str, before: str, how: str
    ) -> Iterator[str]:
        """What was named, the last first."""
        for index, text in enumerate(reversed(said)):
            told, spoken = script(text) or language, index % 2 == 0  # what was answered names nobody that is meant
            pieces = self._pieces.find(text, self._words[told])
            first = self._first_name(text, language) if spoken and told == language and "person" in kinds else ""
            if first and not how and not any(p.kind == "person" for p in pieces):
                named = self._stranger(first, language, pronoun, before)
                if named:
                    yield named
            for piece in reversed(pieces) if spoken else pieces:  # an answer begins with what was asked for
                if piece.kind == "name" and "person" in kinds and not how and told == language and spoken:
                    named = self._stranger(text[piece.start : piece.end], language, pronoun, before)
                    if named:
                        yield named
                if piece.kind not in kinds or not isinstance(piece.value, tuple):
                    continue
                kind, id = piece.value
                if language == "ru" and not self._agrees(kind, id, pronoun):
                    continue
                if how:
                    yield self._place(id, how, language)
                else:
                    yield self._thing(kind, id, _color(pieces, piece), language, pronoun, before)

    def _first_name(self, text: str, language: Language) -> str:
        """Somebody's name that a text begins with: "Masha's in bed", "Пётр в кабинете"."""
        pattern = r"[А-ЯЁ][а-яё]+" if language == "ru" else r"[A-Z][a-z]+(?=['’]s\b| (?:is|was|has|will|said|wants)\b)"
        found = re.match(pattern, text.strip())
        words = self._words[language]
        small = {*words.fillers, *words.data["questions"], *words.data["not_nouns"], *words.things, *words.places}
        if found is None or normalize(found.group()) in small:
            return ""
        if language == "en":
            return found.group()
        return found.group() if any("Name" in p.tag for p in analyzer().parse(normalize(found.group()))[:1]) else ""

    def _stranger(self, name: str, language: Language, pronoun: str, before: str) -> str:
        """The name of somebody who is not of this home, in the case of the pronoun; "" when it is no such name."""
        words = self._words[language]
        if " " in name or not name[1:].islower() or (language == "en" and pronoun not in words.data["persons"]):
            return ""
        if language == "en":
            return name
        parsed = next((p for p in analyzer().parse(normalize(name)) if {"Name", "Surn"} & set(p.tag.grammemes)), None)
        if parsed is None or (parsed.tag.gender == "femn") != (pronoun in words.data["feminine"]):
            return ""
        case = words.data["after_prepositions"].get(before) or words.things[pronoun]
        form = parsed.inflect({case})
        return str(form.word).capitalize() if form is not None else ""

    def _agrees(self, kind: Kind, id: str, pronoun: str) -> bool:
        words = self._words["ru"]
        if pronoun in words.places or pronoun in words.data["plural"]:
            return True
        name = self._lexicon.say(kind, id, "ru").split()[-1]
        gender = next((p.tag.gender for p in analyzer().parse(normalize(name)) if p.tag.POS == "NOUN"), None)
        return gender is None or (gender == "femn") == (pronoun in words.data["feminine"])

    def _place(self, id: str, how: str, language: Language) -> str:
        if language == "en":
            return _PLACE_EN[how] + self._lexicon.say("place", id, "en")
        preposition, case = _PLACE_RU[how]
        return preposition + self._lexicon.say("place", id, "ru", case)

    def _thing(self, kind: Kind, id: str, color: str, language: Language, pronoun: str, before: str) -> str:
        words = self._words[language]
        if language == "en":
            the = "" if kind == "person" else "the "
            name = self._lexicon.thing(id, color, "en") if kind == "object" else self._lexicon.say(kind, id, "en")
            return the + name
        case: Case = words.data["after_prepositions"].get(before) or words.things[pronoun]  # type: ignore[assignment]
        if kind == "object":
            return self._lexicon.thing(id, color, "ru", case)
        return self._lexicon.say(kind, id, "ru", case)


def _is_taken(plain: Sequence[str], index: int, words: FollowWords) -> bool:
    """ "pick that up", "bring that to me": a thing, and not something that was said."""
    following = plain[index + 1] if index + 1 < len(plain) else ""
    return bool(set(plain[:index]) & set(words.data["taking"])) and following in ("", *words.data["taken_where"])


def _clause_before(text: str) -> bool:
    """ "what is tf and why is it needed": the pronoun stands for something in its own utterance."""
    clauses = re.split(r"[,;.]|(?<!\w)(?:и|and)(?!\w)", text)
    return len(clauses) > 1 and any(len(WORD.findall(clause)) >= 3 for clause in clauses[:-1])


def _said_in_turn(text: str, pronoun: str, words: FollowWords) -> bool:
    """ "my phone, find it", "Ключи пропали. Найди их": a thing that agrees stands in an earlier clause."""
    clauses = re.split(r"[,;.!?]|(?<!\w)(?:и|and)(?!\w)", text)[:-1]
    for clause in clauses:
        said = [normalize(m.group()) for m in WORD.finditer(clause)]
        if words.language == "en" and pronoun not in words.data["persons"]:
            held = {w for w in said[1:] if w not in words.fillers and w not in words.data["not_nouns"]}
            owned = [b for a, b in pairwise(said) if a in words.data["owning"] and b in held]
            if owned:
                return True
        if words.language == "ru" and any(agrees(word, pronoun, words) for word in said):
            return True
    return False


def _asks(plain: Sequence[str]) -> bool:
    return bool(plain) and plain[0] in ("что", "кто", "есть", "какой", "какая", "какие")


def _color(pieces: Sequence[Piece], thing: Piece) -> str:
    """Of the adjective right before the thing."""
    before = [p for p in pieces if p.kind == "color" and p.end <= thing.start and thing.start - p.end <= 1]
    return str(before[-1].value[1]) if before and isinstance(before[-1].value, tuple) else ""
