"""An utterance that leans on the one before, made whole: "а теперь налево", "and in Tokyo?", "go to it", "ещё раз".

    complete("а в спальню?", "ru", [Earlier("сколько метров до кухни")])  ->  "сколько метров до спальни"

In this order: the same again, its reason, a multiple of it (`again.py`); the same with another piece (`exchange.py`);
what was said or found before carried on (`carry.py`); a pronoun with the name it stands for (`mentions.py`). Words are
data (`followups.yaml`). Without a place for it in what was said the text stands as it is. The result is a sentence like
any other: the router, the checker and the gate judge it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from moe_robot.lexicon import Lexicon, normalize
from moe_robot.router import told
from moe_robot.router.again import Again
from moe_robot.router.carry import Carry
from moe_robot.router.edits import OPENERS, Edits, Reading
from moe_robot.router.exchange import Exchange
from moe_robot.router.followup_words import WORD, FollowWords, changed, is_verb, lemma, plain, script
from moe_robot.router.mentions import JUDGED, Mentions
from moe_robot.router.moments import Moments
from moe_robot.router.nouns import filled_with_nouns
from moe_robot.router.pieces import NAMED, Pieces, expressions
from moe_robot.router.signs import Signs
from moe_robot.router.sums import NUMBERS, Sums
from moe_robot.structs import LANGUAGES, Language

LONGEST_WORDS = 14  # longer utterances stand by themselves, unless they hold a pronoun
LEANING_WORDS = 7
MOST_NOUNS = 3
MOST_FILLED = 2  # ways to fill a first pronoun, before a second one
DEPTH = 3  # turns back that another piece may belong to
PASSING = ("greeting", "small_talk")  # said in between, they are what nobody goes on from
_CLAUSES = re.compile(r"[,;.!]\s+|\s[—–-]\s|\s(?:so|because|since|поэтому|потому что|так что)\s")


@dataclass(frozen=True)
class Earlier:
    """One earlier exchange: what was said (completed already), answered, and by whom. `moved`: with a plan. `amount`:
    how far, how long or by which angle it moves, "" when that is not one figure."""

    text: str
    reply: str = ""
    expert: str = ""
    moved: bool = False
    amount: str = ""
    lost: bool = False  # nobody made it out
    leaned: bool = False  # understood by what was said before it


@dataclass(frozen=True)
class Completion:
    """`kind`: again | why | scaled | piece | stretch | keep | carried | translate | said | pronoun | condition |
    continued | typed. `elliptic`: the text alone is a fragment, over which the completion should win. `asks`: it goes
    on with a question. `of` is the exchange that it leans on. `owner`: whose the completed text is, "" = as routed."""

    text: str
    kind: str
    of: Earlier
    elliptic: bool = True
    asks: bool = False
    owner: str = ""


class FollowUps:
    def __init__(self, lexicon: Lexicon) -> None:
        self._words: dict[Language, FollowWords] = {language: FollowWords.of(language) for language in LANGUAGES}
        self.pieces = Pieces(lexicon)
        self.exchange = Exchange(lexicon, self.pieces, self._words)
        self._carry = Carry(self.pieces)
        self._mentions = Mentions(lexicon, self.pieces, self._words)
        self._sums, self._moments = Sums(self.pieces), Moments()
        self._again = Again(self.pieces, self._words)
        self._edits = Edits(self.pieces, self.exchange, self._words, self._again)

    def complete(self, text: str, language: Language, history: Sequence[Earlier]) -> Completion | None:
        """None: it stands by itself. `history` is oldest first."""
        spoken = plain(text)
        if not history or not spoken:
            return None
        words, last = self._words[language], history[-1]
        leaning = [one for one in reversed(history) if one.expert and one.expert not in PASSING][:DEPTH] or [last]
        if len(spoken.split()) <= LONGEST_WORDS:
            whole = self._typed(text, words, leaning) or self._typed_clause(text, words, leaning)
            if whole is not None:
                return whole
            same = self._again.on(text, language, leaning[0].text, leaning[0].expert)
            if same is not None:
                return Completion(same.text, same.kind, leaning[0])
            whole = self._changed(text, language, leaning, words)
            if whole is not None:
                return whole
            carried = self._carry.on(text, words, last.text, last.reply, last.moved)
            if carried is not None:
                return Completion(carried.text, carried.kind, last, carried.elliptic)
            whole = self._changed(text, language, leaning[:1], words, appends=True)
            if whole is not None:
                return whole
        spoken_of = [said for one in history for said in (one.reply if one.expert else "", one.text)]
        filled = self._mentions.filled(text, language, spoken_of)
        if filled is not None:
            return Completion(_once(words.without_interjection(filled)), "pronoun", last, elliptic=False)
        return self._continued(text, language, leaning[0], words)

    def _typed(self, text: str, words: FollowWords, leaning: Sequence[Earlier]) -> Completion | None:
        """An operation on what an earlier turn was about."""
        for earlier in leaning:
            found = self._sums.on(text, words, earlier.text, earlier.reply, earlier.expert)
            if found is not None:
                return Completion(found.text, "typed", earlier, owner=found.expert)
            moment = self._moments.on(text, words, earlier.text, earlier.expert)
            if moment is not None and script(earlier.text) in (words.language, None):
                return Completion(moment.text, "typed", earlier, owner=moment.expert)
        last = leaning[0]
        about = told.on(text, words, last.text, last.expert)
        if about is not None:
            return Completion(about.text, "typed" if about.expert else "pronoun", last, owner=about.expert)
        if last.expert == "geometry":
            bare = self._sums.bare(text, words)
            whole = self._changed(bare, words.language, leaning[:1], words) if bare else None
            if whole is not None:
                return replace(whole, owner="geometry")
        if last.expert in NUMBERS and words.without_opener(text)[1] not in words.phrases("conditions"):
            computed = self._carry.computed(text, words, last.text, last.reply)
            if computed is not None:
                return Completion(computed, "carried", last)
        return None

    def _typed_clause(self, text: str, words: FollowWords, leaning: Sequence[Earlier]) -> Completion | None:
        """ "erase that, the code has changed": one clause says it, the other only why."""
        clauses = [clause for clause in _CLAUSES.split(text) if plain(clause)]
        if len(clauses) != 2 or words.phrases("negation") & set(plain(text).split()):
            return None
        for said, other in (clauses, clauses[::-1]):
            found = self._typed(said, words, leaning[:1])
            if found is not None and found.owner and not re.search(r"\d", other) and not self.names_any(other, words):
                return replace(found, elliptic=False)
        return None

    def names_any(self, text: str, words: FollowWords | Language) -> bool:
        """A name of the home is in it."""
        words = self._words[words] if isinstance(words, str) else words
        return any(piece.kind in NAMED for piece in self.pieces.find(text, words))

    def same_but_numbers(self, one: str, other: str) -> bool:
        """Two requests that differ in nothing but numbers are the same expert's."""

        def masked(text: str) -> str:
            words = self._words[script(text) or "en"]
            numbers = [p for p in self.pieces.find(text, words) if p.kind == "number"]
            return plain(changed(text, [(p.start, p.end, " # ") for p in numbers]))

        return masked(one) == masked(other)

    def leans(self, text: str, language: Language) -> bool:
        """It is short and says itself that it goes on with something: "and topics?", "is that a lot?"."""
        words, said = self._words[language], plain(text)
        if len(said.split()) > LEANING_WORDS or expressions(text) or re.search(r"\d", text):
            return False
        joined = any(f"{said} ".startswith(f"{joint} ") for joint in words.phrases("joints"))
        return joined or any(f" {anaphor} " in f" {said} " for anaphor in words.phrases("anaphors"))

    def readings(self, text: str, language: Language, history: Sequence[Earlier], like: str) -> Iterator[Reading]:
        """What the text may say about the requests before, which `leaning` gives; `like`: whose it is
        by itself, "" = not known."""
        of = [(one.text, one.amount) for one in history]
        yield from self._edits.readings(
            text, language, of, [1.0 if like == one.expert else 0.0 if like else 0.5 for one in history]
        )

    def replaced(self, text: str, language: Language, earlier: Earlier) -> Iterator[str]:
        """The earlier request with what the text says otherwise, when it is known to do so: each way there is."""
        opened = f"{OPENERS[language]} {self._words[language].without_opener(text)[0]}"
        whole = self._typed(text, self._words[language], [earlier])
        if whole is not None:
            yield whole.text
        for reading in self._edits.readings(text, language, [(earlier.text, earlier.amount)], [1.0], granted=True):
            if reading.kind not in ("again", "weak"):
                yield reading.text
        for appends in (False, True):
            exchanged = self.exchange.of(opened, language, earlier.text, appends)
            if exchanged is not None and exchanged.lower() != earlier.text.lower():
                yield exchanged

    def substituted(self, parts: Sequence[str], language: Language, earlier: Earlier) -> Iterator[str]:
        """The earlier request with typed pieces of the turn, or of a clause of it, in the place of their like, whatever
        else the turn says: wild."""
        words = self._words[language]
        for part in parts:
            pieces = self.pieces.find(part, words)
            for some in dict.fromkeys([pieces, *((piece,) for piece in pieces)]):
                for appends in (False, True) if some else ():
                    whole = self.exchange.put(earlier.text, part, some, language, words, appends)
                    if whole is not None and whole.lower() != earlier.text.lower():
                        yield whole

    def filled(self, text: str, language: Language, history: Sequence[Earlier]) -> Iterator[str]:
        """The turn with a pronoun filled by each name of each earlier text and answer, the last one first; then with a
        second one filled as well."""
        if JUDGED.search(text):
            return
        once: dict[str, None] = {}
        said = [said for one in reversed(history) for said in (one.text, one.reply) if said]
        for one in said:
            once |= dict.fromkeys(self._mentions.fillings(text, language, [one], strict=False))
        yield from once
        yield from islice(
            (whole for one in said for whole in filled_with_nouns(text, one, self._words[language])), MOST_NOUNS
        )
        for whole in list(once)[:MOST_FILLED]:
            for one in said:
                yield from islice(self._mentions.fillings(whole, language, [one], strict=False, beside=True), 2)

    @staticmethod
    def leaning(history: Sequence[Earlier]) -> list[Earlier]:
        """What a turn can lean on, the last one first."""
        known = [one for one in reversed(history) if one.expert]
        asked = [one for one in known if one.expert not in PASSING]
        asked = [one for one in asked if not one.lost] or asked
        return (asked or [one for one in known if len(one.text.split()) > 1])[:DEPTH]

    def rest(self, text: str, language: Language) -> str:
        """What is left of a turn that gives the earlier request up: "нет, забудь, возвращайся на базу"."""
        return self._edits.turn.rest(text, language)

    def gives_up(self, text: str, language: Language) -> bool:
        """Nothing but that the earlier request is off: "ладно, не надо"."""
        return self._edits.turn.gives_up(text, language)

    def again_by_itself(self, text: str, language: Language) -> str:
        """ "back to the kitchen again": without the "again", that does not mean twice after something else."""
        spoken = plain(text)
        phrase = max(
            (p for p in self._words[language].phrases("again") if spoken.endswith(f" {p}")), key=len, default=""
        )
        return spoken[: len(spoken) - len(phrase)].strip() if phrase else ""

    def same_verb(self, text: str, language: Language, old: str) -> str:
        """The turn without what opens and closes it when it says to do the same with something else: "forget the wifi
        password too"; "" otherwise."""
        rest, opener = self._words[language].without_opener(text)
        said, before = plain(rest).split(), plain(old).split()
        return rest if opener and len(said) > 1 and before and lemma(said[0]) == lemma(before[0]) else ""

    def denies(self, text: str, language: Language) -> bool:
        """It says what is not meant, and what is: "seconds, not minutes"."""
        said = self._edits.turn.taken_apart(text, self._words[language], Signs.of(language))
        return bool(said.denied and plain(said.new))

    def asks_on(self, text: str, old: str, language: Language) -> bool:
        """A bare name after a question: "how far is the sofa" + "the fridge"."""
        words = self._words[language]
        asked = "?" in old or bool(set(plain(old).split()[:2]) & set(words.data["questions"]))
        return asked and not text.strip().endswith("!") and self.names_only(text, language)

    def corrects(self, text: str, language: Language) -> bool:
        return self._edits.turn.corrects(text, language)

    def has_own_verb(self, text: str, language: Language) -> bool:
        return self._edits.turn.has_own_verb(text, language)

    def names_only(self, text: str, language: Language) -> bool:
        """Nothing but names of the home and small words: "the kitchen and the hall"."""
        words = self._words[language]
        pieces = [p for p in self.pieces.find(text, words) if p.kind in NAMED]
        small = words.fillers | words.prepositions
        free = [m for m in WORD.finditer(text) if not any(p.start <= m.start() < p.end for p in pieces)]
        return bool(pieces) and all(normalize(m.group()) in small for m in free)

    # ---------------------------------------------------------------- the same with another piece

    def _changed(
        self, text: str, language: Language, leaning: Sequence[Earlier], words: FollowWords, appends: bool = False
    ) -> Completion | None:
        asks = words.without_opener(text)[1] in words.phrases("asking")
        for earlier in leaning:
            whole = self.exchange.of(text, language, earlier.text, appends)
            if whole is not None and whole.lower() != earlier.text.lower():
                return Completion(whole, "stretch" if appends else "piece", earlier, asks=asks)
        return None

    # ---------------------------------------------------------------- goes on with it, nobody knows how

    def _continued(self, text: str, language: Language, earlier: Earlier, words: FollowWords) -> Completion | None:
        fragment, opener = words.without_opener(text)
        said = set(plain(fragment).split())
        if said & {*words.data["questions"], *words.data["not_nouns"]}:
            return None
        if opener in words.phrases("conditions"):
            return Completion(f"{earlier.text.rstrip(' ?!.')}, {text.strip()}", "condition", earlier)
        if language == "ru" and any(map(is_verb, said)):
            return None
        if opener in words.phrases("asking") and len(WORD.findall(fragment)) <= 4 and not earlier.moved:
            return Completion(f"{earlier.text.rstrip(' ?!.')}, {text.strip()}", "continued", earlier, asks=True)
        return None


def _once(text: str) -> str:
    """Without the "again" behind a command: "put it down again" is done once."""
    return re.sub(r"[\s,]+(?:again|снова|опять)\s*([.!?]*)$", r"\1", text, flags=re.IGNORECASE)
