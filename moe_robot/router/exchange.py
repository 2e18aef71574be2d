"""The same request with another piece: "сколько метров до кухни?" + "а до спальни?", "solve x^2 = 4" + "nine instead
of four", "median of 1, 5, 7" + "and the mean?".

What takes the place of what is found by type (`pieces.py`): a piece replaces its like, with its own preposition where
both have one. Words without a type replace what stands behind the same preposition, or the last noun in the same case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set

from moe_robot.lexicon import Lexicon, analyzer, normalize
from moe_robot.router.amounts import amount_like
from moe_robot.router.followup_words import WORD, FollowWords, changed, lemma, plain, script
from moe_robot.router.matching import (
    in_form_of,
    in_runs,
    inflected,
    is_adjective,
    last_noun,
    said_before,
    same_case,
    target_of,
)
from moe_robot.router.pieces import NAMED, NUMERIC, ONE, Piece, Pieces, is_numeric
from moe_robot.router.signs import Signs
from moe_robot.router.terms import in_expression, meaning
from moe_robot.structs import Language

WHEN = {"when", "where", "когда", "где"}
BOUNDS = (("от", "до"), ("from", "to"))
CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
DIRECTED = ("turn", "line", "side")
FRAGMENT_WORDS = 4  # of a stretch without a type
_POSSESSIVE = re.compile(r"(?<!\w)(?:его|её|ее|их|its|their|этих же|тех же)\s+", re.IGNORECASE)
_VERBS = ("VERB", "INFN", "GRND")


class Exchange:
    def __init__(self, lexicon: Lexicon, pieces: Pieces, words: Mapping[Language, FollowWords]) -> None:
        self._lexicon, self._pieces, self._words = lexicon, pieces, words

    def of(self, text: str, language: Language, old: str, appends: bool = False) -> str | None:
        """`old` with what `text` says otherwise; None when it has no place there. `appends`: what has no like in `old`
        may be said behind it."""
        words = self._words[language]
        fragment, opener = words.without_opener(_aliased(text, words))
        spoken, before = plain(fragment).split(), plain(old).split()
        asked, when = set(words.data["questions"]), WHEN & set(words.data["questions"])
        wh = {w for w in asked if w.startswith("wh") or w == "how" or language == "ru"} - (
            when if when & set(before) else set()
        )
        if (wh & set(spoken)) - set(before) or (not opener and asked & set(spoken[:1]) - when):
            return None
        swapped = self._swapped(fragment, old, words)
        if swapped is not None:
            return swapped
        kept = self._without_negated(text, words)
        if kept == text and plain(text).startswith(tuple(f"{denied} " for denied in words.phrases("negation"))):
            return None  # "not the kitchen": and what instead, nobody knows
        if kept != text:
            fragment, opener = words.without_opener(kept)[0], opener or "not"
        inside = in_expression(self._pieces, fragment, old, words)
        if inside is not None:
            return inside
        pieces = list(self._pieces.find(fragment, words)) or self.just_one(fragment, old, words)
        known = {lemma(word) for word in plain(old).split()}
        rest = [word for word in _residue(fragment, pieces, words) if lemma(word) not in known]
        prepositional = self._prepositional(fragment, words)
        if rest and not opener and not prepositional:
            return None
        pieces = [p for p in pieces if p.kind != "sibling" or not said_before(fragment[p.start : p.end], known)]
        if pieces and not [word for word in rest if word not in words.things]:
            corrects = kept != text or bool(Signs.of(language).has("corrects", plain(text)))
            whole = self.put(old, fragment, pieces, language, words, appends, corrects)
            if whole is not None or any(is_numeric(p) and not p.preposition for p in pieces):
                return whole
            rest = spoken
        asking = opener in words.phrases("asking")
        if opener and spoken[:1] and plain(fragment).split()[0] in words.data["articles"]:
            asking = True  # "the table instead"
        if (asking or prepositional) and rest and len(plain(fragment).split()) <= FRAGMENT_WORDS:
            return self._untyped(old, fragment, language, words, appends)
        return None

    @staticmethod
    def _prepositional(fragment: str, words: FollowWords) -> bool:
        """ "в Токио", "from 0 to pi": a place or a bound by itself."""
        said = plain(fragment).split()
        small = {*words.data["questions"], *words.data["not_nouns"]}
        return bool(said) and said[0] in words.prepositions and not small & set(said)

    def just_one(self, fragment: str, old: str, words: FollowWords) -> list[Piece]:
        """ "make that one": a number where there is one already, and not the thing that was spoken of."""
        found = [m for m in WORD.finditer(fragment) if normalize(m.group()) not in words.prepositions]
        there = self._pieces.find(old, self._words[script(old) or words.language])
        if [normalize(m.group()) for m in found] not in ONE or not any(is_numeric(p) for p in there):
            return []
        before = fragment[: found[0].start()].split()
        begin = 0 if before else found[0].start()
        return [Piece("number", *found[0].span(), begin, 1.0, normalize(before[0]) if before else "")]

    # ---------------------------------------------------------------- this instead of that

    def _swapped(self, fragment: str, old: str, words: FollowWords) -> str | None:
        """ "вместо шести четыре", "four instead of six", "замени 4 на 9"."""
        for out, new in self._swaps(fragment, words):
            out, new = (_without_small(side, words, set(words.data["putting"])) for side in (out, new))
            if not out or not new:
                continue
            out, new = (str(words.data["figures"].get(lemma(side), side)) for side in (out, new))  # "девятка"
            digits = self._pieces.digits(out)
            for said in dict.fromkeys((out, digits, *self._forms(out, old))):
                found = re.search(rf"(?<![\w.,]){re.escape(said)}(?![\w])", old, re.IGNORECASE) if said else None
                if found is None and said and said == digits:
                    found = re.search(rf"(?<![\d.,]){re.escape(said)}(?![\d.,]*\d)", old)
                if found is not None:
                    other = self._pieces.digits(new) if found.group().isdigit() else ""
                    return changed(old, [(*found.span(), other or inflected(new, found.group()) or new)])
        return None

    def _swaps(self, fragment: str, words: FollowWords) -> list[tuple[str, str]]:
        """(what goes, what comes), each way that it can be read."""
        found = []
        for phrase in words.phrases("instead"):
            match = re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", normalize(fragment))
            if match is None:
                continue
            before, after = fragment[: match.start()], fragment[match.end() :]
            pieces = self._pieces.find(after, words)
            if _without_small(before, words):
                found.append((after, before))
            elif pieces and pieces[0].kind == "list":  # "вместо шести четыре" reads as two numbers in a row
                first, _, rest = after.strip().partition(" ")
                found.append((first, rest))
            elif pieces:
                found.append((after[: pieces[0].end], after[pieces[0].end :]))
            first, _, rest = after.strip().partition(" ")
            found.append((first, rest))
        verb = next((v for v in words.data["replace"] if normalize(fragment).startswith(f"{v} ")), None)
        for by in words.data["replace_by"] if verb else ():
            before, joint, after = fragment[len(verb or "") :].partition(f" {by} ")
            if joint:
                found.append((before, after))
        return found

    @staticmethod
    def _forms(out: str, old: str) -> list[str]:
        """Words of the old text that are `out` in another form."""
        wanted = [lemma(word) for word in plain(out).split()]
        if len(wanted) != 1:
            return []
        return [m.group() for m in WORD.finditer(old) if lemma(m.group()) == wanted[0]]

    @staticmethod
    def _without_negated(text: str, words: FollowWords) -> str:
        """ "не налево, а направо", "to Ivan, not Anna": without the clause that is denied, where another is left."""
        joints = "|".join(re.escape(word) for word in words.data["clauses"])
        clauses = [c for c in re.split(rf",|\s[—–-]\s|(?<!\w)(?:{joints})(?!\w)", text) if plain(c)]
        denied = tuple(words.phrases("negation"))
        kept = []
        for clause in clauses:
            said = words.stripped(plain(clause)) if not plain(clause).startswith(denied) else plain(clause)
            if any(said == d or said.startswith(f"{d} ") for d in denied) or f" {denied[0]} " in f" {plain(clause)} ":
                continue
            kept.append(clause)
        if len(kept) == len(clauses) or not any(_without_small(clause, words) for clause in kept):
            return text
        return ", ".join(clause.strip() for clause in kept)

    # ---------------------------------------------------------------- piece for piece

    def put_at(self, old: str, target: Piece, new: str, language: Language) -> str:
        """`old` with `new` in the place of one piece, in the form that stood there."""
        words, was = self._words[script(old) or language], old[target.start : target.end]
        pieces = self._pieces.find(new, self._words[language])
        if self._pieces.digits(new) and target.kind.startswith("amount"):
            new = amount_like(self._pieces, new, was)
        elif len(pieces) == 1 and pieces[0].kind in NAMED and target.kind in NAMED and not same_case(new, was):
            new = self._named(pieces[0], was, language) or new
        elif target.kind in ("sibling", "ordinal", "color") or target.kind.startswith("when"):
            new = in_form_of(new, was, words)
        return changed(old, [(target.start, target.end, new)])

    def put(
        self,
        old: str,
        fragment: str,
        pieces: Sequence[Piece],
        language: Language,
        words: FollowWords,
        appends: bool,
        corrects: bool = False,
    ) -> str | None:
        """Each piece in the place of its like. `corrects`: what is not said otherwise stays, a thing's colour too."""
        told = script(old) or language
        there = self._pieces.find(old, self._words[told])
        looking = any(word.startswith(tuple(words.data["looking"])) for word in plain(old).split())
        preposed = {p.preposition for p in pieces}
        if any(set(pair) <= preposed and not set(pair) <= {p.preposition for p in there} for pair in BOUNDS):
            return f"{old.rstrip(' .!?')} {fragment.strip(' .!?')}"  # "from 0 to pi"
        if any(sum(p.kind == kind for p in pieces) not in (0, sum(p.kind == kind for p in there)) for kind in NAMED):
            pieces, there = in_runs(fragment, pieces), tuple(in_runs(old, there))
        changes: list[tuple[int, int, str]] = []
        used: list[Piece] = []
        counted = {
            kind: [[p for p in some if p.kind == kind] for some in (pieces, there)] for kind in ("number", *NAMED)
        }
        for piece in pieces:
            free = [one for one in there if one not in used]
            new = fragment[piece.start : piece.end]
            target = target_of(piece, free, fragment, old, words, looking)
            unit = self._unit(piece, new, old, target, words)
            if unit is not None:
                changes.append(unit)
                continue
            mine, theirs = counted.get(piece.kind, ([], []))
            if len(mine) > 1 and len(mine) == len(theirs):  # as many: in order
                target = theirs[mine.index(piece)]
            if target is None:
                change = self._beside(piece, free, fragment, old, words, appends)
                if change is None:
                    return None
                changes.append(change)
                continue
            used.append(target)
            both = bool(piece.preposition and target.preposition)
            whole = both and (target.kind not in ("number", "ordinal") or piece.preposition == target.preposition)
            if piece.kind in NUMERIC and target.kind.startswith("amount"):
                new = amount_like(self._pieces, new, old[target.start : target.end])
                whole = False
            elif whole:
                new = fragment[piece.begin : piece.end]
            elif target.kind == "when:day" and piece.kind.startswith("amount"):
                new = " ".join((old[target.start : target.end].split()[0], new))  # "in an hour"
            elif target.kind in NAMED and not same_case(new, old[target.start : target.end]):
                new = self._named(piece, old[target.start : target.end], language) or new
            elif piece.kind == "ordinal" and old[target.start : target.end].isdigit():
                new = f"{piece.number():g}"
            elif piece.kind in ("sibling", "ordinal") or piece.kind.startswith("when"):
                new = in_form_of(new, old[target.start : target.end], words)
            begin = target.begin if whole or (target.kind != piece.kind and target.kind in DIRECTED) else target.start
            if target.kind == piece.kind == "object" and not corrects and all(p.kind != "color" for p in pieces):
                color = [p for p in there if p.kind == "color" and 0 <= target.start - p.end <= 1]
                begin = color[-1].start if color and not whole else begin
            changes.append((begin, target.end, new))
        return changed(old, changes)

    @staticmethod
    def _unit(
        piece: Piece, new: str, old: str, target: Piece | None, words: FollowWords
    ) -> tuple[int, int, str] | None:
        """ "унций" is for "фунтов", not for "килограммы": a word of its family in its case, also beside a number."""
        if piece.kind != "sibling" or not isinstance(piece.value, frozenset) or script(old) != "ru":
            return None
        if target is not None and same_case(new, old[target.start : target.end]):
            return None
        for match in WORD.finditer(old):
            families = words.families.get(lemma(match.group()), frozenset())
            if families & piece.value and same_case(new, match.group()):
                return (*match.span(), new)
        return None

    def _beside(
        self, piece: Piece, there: Sequence[Piece], fragment: str, old: str, words: FollowWords, appends: bool
    ) -> tuple[int, int, str] | None:
        """Where a piece without its like goes: a colour before the thing, an amount and a place behind it all."""
        end = len(old.rstrip(" .!?"))
        said, whole = fragment[piece.start : piece.end], fragment[piece.begin : piece.end]
        if piece.kind == "color":
            things = [one for one in there if one.kind == "object"]
            return (things[-1].start, things[-1].start, said + " ") if things else None
        if piece.kind.startswith("amount") and any(one.kind in ("line", "turn") for one in there):
            return end, end, f" {whole}"
        if piece.kind == "person":
            me = [m for m in WORD.finditer(old) if normalize(m.group()) in words.data["myself"]]
            if me:
                return (*me[-1].span(), said)
        if piece.kind == "ordinal":
            heads = [one for one in there if one.kind == "sibling"]
            return (heads[0].start, heads[0].start, f"{said} ") if heads else None
        if appends and (piece.preposition or piece.kind.startswith("when")) and piece.kind != "quoted":
            return end, end, f" {whole}"
        return None

    def _named(self, piece: Piece, instead_of: str, language: Language) -> str | None:
        """The name in the case of the one that it replaces."""
        if language != "ru" or not isinstance(piece.value, tuple):
            return None
        case = str(analyzer().parse(normalize(instead_of.split()[-1]))[0].tag.case or "")
        kind, id = piece.value
        return self._lexicon.say(kind, id, language, case) if case in CASES else None  # type: ignore[arg-type]

    # ---------------------------------------------------------------- words without a type

    def _untyped(self, old: str, fragment: str, language: Language, words: FollowWords, appends: bool) -> str | None:
        said = plain(fragment).split()
        new = fragment.strip(" ?!.,")
        base = old.rstrip(" ?!.")
        found = list(WORD.finditer(base))
        if set(said) & (words.phrases("said_phrases") | set(words.things) | set(words.places)):
            return None
        if set(said) & set(words.data["questions"]):
            return None
        if language == "ru" and any(p.tag.POS in _VERBS for word in said for p in analyzer().parse(word)[:1]):
            return None
        if said[0] in words.prepositions:
            same = [m for m in found if words.same_preposition(normalize(m.group()), said[0])]
            behind = found[found.index(same[-1]) + 1 :] if same else []
            if (
                len(said) == 2
                and len(behind) > 1
                and all(is_adjective(w) for w in (said[1], normalize(behind[0].group())))
            ):
                return changed(base, [(*behind[0].span(), new.split()[-1])])
            if same:
                return f"{base[: same[-1].start()]}{new}"
            return f"{base} {new}" if appends else None
        if not appends:
            return None
        typed = self._pieces.find(base, self._words[script(base) or language])
        kept = [p for p in typed if p.kind in ("language", "number", "list") or p.kind.startswith(("amount", "when"))]
        free = [m for m in found if not any(p.start < m.end() and m.start() < p.end for p in kept)]
        names = [p for p in typed if p.kind == "name"]
        target = last_noun(free, said, language, words)
        if names and new[:1].isupper():
            target = names[-1].start, names[-1].end
        if target is None:
            return None
        known = {lemma(m.group()) for m in found}
        while len(said) > 1 and lemma(said[0]) in known:  # "а слово мир"
            said, new = said[1:], new[len(WORD.findall(new)[0]) :].strip()
        bare = " ".join(m.group() for m in WORD.finditer(new) if normalize(m.group()) not in words.data["articles"])
        return changed(base, [(*target, bare)])


def _aliased(text: str, words: FollowWords) -> str:
    """With the short names of things that have one, and without "its", "their"."""
    for long, short in words.data["aliases"].items():
        text = re.sub(rf"(?<!\w){re.escape(long)}(?!\w)", short, text, flags=re.IGNORECASE)
    return _POSSESSIVE.sub("", text)


def _residue(fragment: str, pieces: Sequence[Piece], words: FollowWords) -> list[str]:
    """Words of the fragment that are in no piece and mean something."""
    small = words.fillers | words.prepositions
    return [word for word in meaning(fragment, words, pieces) if word not in small]


def _without_small(text: str, words: FollowWords, more: Set[str] = frozenset()) -> str:
    """Without the prepositions, articles and fillers around it."""
    found = list(WORD.finditer(text))
    small = more | words.prepositions | words.opening_words | (words.fillers - {"one", "один", "одна", "одну", "одно"})
    inside = [m for m in found if normalize(m.group()) not in small]
    return text[inside[0].start() : inside[-1].end()] if inside else ""
