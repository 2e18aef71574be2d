"""Text -> draft plan: the sentence is cut into known sentences so that every word is used.

tokens -> readings of each stretch of tokens (words, numbers with units, names of the home, corrected typing errors) ->
sentence templates that fit from each place (`templates`) -> the cheapest row of them (`tiling.tile`) -> plan nodes
(`blocks.assemble`). Strict: a word that is neither in a sentence nor a known filler refuses the whole.

confidence = exp(-cost). The cost is a sum: 0.08 for each corrected letter, 0.01 for each filler passed over (0.15 for a
verb that may be one), what the templates' `metadata.cost` says (terse or free sentences), 0.1 where two commands stand
side by side without comma or word between, 0.01 for each clause after the first. While readings are compared each word
of free text costs 0.02 too, so that "say hello and go to the kitchen" is two commands.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from moe_robot.config import Config
from moe_robot.lexicon import Lexicon, normalize
from moe_robot.router.asking import asks
from moe_robot.router.grammar import Grammar, load_grammar
from moe_robot.router.island import ISLAND_COST, island
from moe_robot.router.language import detect_language
from moe_robot.router.numbers import Numbers
from moe_robot.router.readings import Readings
from moe_robot.router.sentence import Sentence
from moe_robot.router.spelling import Speller
from moe_robot.router.steps import Defaults, skills_of
from moe_robot.router.suggest import Suggester
from moe_robot.router.text import Token, tokenize
from moe_robot.structs import Language, PlanNode

MAX_TOKENS = 150


@dataclass(frozen=True)
class Parse:
    """`nodes` is empty when nothing may move; then `reason` says why: not_understood, unknown_place, unknown_object,
    unknown_color, unknown_person (`word` is the name as said) or ambiguous_place; `suggestion` is an understood command
    near to what was said."""

    nodes: tuple[PlanNode, ...]
    rule: str
    confidence: float
    language: Language
    suggestion: str = ""
    reason: str = ""
    word: str = ""
    intents: tuple[str, ...] = ()  # the skills of the nodes, in order; that of the step with the unknown name


class SentenceParser:
    """Understands the sentences of `router/sentences/` about one home. Safe under threads; one works at a time."""

    def __init__(self, lexicon: Lexicon, cfg: Config) -> None:
        self.lexicon = lexicon
        self._grammar: Grammar = load_grammar()
        self._numbers = _numbers()
        self._defaults = Defaults(cfg.skills.drive_default_m, cfg.skills.turn_default_deg)
        self._max_chars = cfg.router.max_utterance_chars
        self._suggester = Suggester(lexicon)
        self._version = -1
        self._speller = Speller(())
        self._entities: dict[str, list[tuple[tuple[str, ...], list[tuple[str, str]]]]] = {}
        self._memo: dict[tuple[str, str], Parse] = {}
        self._lock = threading.Lock()

    def parse(self, text: str, language: Language | None = None) -> Parse:
        """The plan that the text asks for. The language of the answer is detected when it is not given."""
        key = (text, language or "")
        with self._lock:
            self._refresh()
            if key not in self._memo:
                if len(self._memo) > 64:
                    self._memo.clear()
                self._memo[key] = self._parse(text, language)
            return self._memo[key]

    def parse_for(self, text: str, language: Language, intents: Collection[str]) -> Parse:
        """The one command of these intents in the text, where it is surely known that one of them is meant; no nodes
        when there is none, or when more is said that could matter."""
        refused = Parse((), "", 0.0, language, reason="not_understood")
        with self._lock:
            self._refresh()
            text = self._speller.relayout(text[: self._max_chars])
            tokens = tokenize(text, self._grammar.contractions, self._speller.knows)
            if not tokens or len(tokens) > MAX_TOKENS or asks(text, language):
                return refused
            found = island(self._sentence(text, tokens), intents)
        if found is None:
            return refused
        nodes, piece = found
        cost = piece.cost + ISLAND_COST
        return Parse(nodes, f"{piece.rule} alone", round(math.exp(-cost), 4), language, intents=tuple(skills_of(nodes)))

    def _parse(self, text: str, language: Language | None) -> Parse:
        spoken: Language = language or detect_language(text)
        refused = Parse((), "", 0.0, spoken, reason="not_understood")
        if len(text) > self._max_chars or not text.strip():
            return replace(refused, suggestion=self._suggester.nearest(text[: self._max_chars], spoken))
        text = self._speller.relayout(text)
        spoken = language or detect_language(text)
        tokens = tokenize(text, self._grammar.contractions, self._speller.knows)
        if not tokens or len(tokens) > MAX_TOKENS:
            return replace(refused, suggestion=self._suggester.nearest(text, spoken))
        sentence = self._sentence(text, tokens)
        understood = sentence.plan()
        if understood is None and sentence.by_ear():
            understood = sentence.plan()
        if understood is not None:
            nodes, pieces, cost = understood
            return Parse(
                nodes,
                " + ".join(piece.rule for piece in pieces),
                round(math.exp(-cost), 4),
                spoken,
                intents=tuple(skills_of(nodes)),
            )
        unknown, skill = sentence.unknown(self.lexicon.heads) or (None, "")
        suggestion = self._suggester.nearest(text, spoken)
        if unknown is not None and unknown.kind == "ambiguous_place":
            places = self.lexicon.heads.get("".join(normalize(unknown.word).split()))  # "tabl e" was read as "table"
            suggestion = self._suggester.go_to(min(places, key=self._rank), spoken) if places else suggestion
        if unknown is not None:
            reason = unknown.kind if unknown.kind.startswith("ambiguous") else f"unknown_{unknown.kind}"
            intents = (skill,) if skill else ()
            return replace(
                refused, language=spoken, reason=reason, word=unknown.word, suggestion=suggestion, intents=intents
            )
        return replace(refused, language=spoken, suggestion=suggestion)

    def _sentence(self, text: str, tokens: Sequence[Token]) -> Sentence:
        readings = Readings(text, tokens, self._grammar, self._numbers, self._speller, self._entities)
        return Sentence(readings, self._defaults)

    def _rank(self, place: str) -> int:
        """Places in the order of the world file."""
        return list(self.lexicon.names["place"]).index(place)

    def _refresh(self) -> None:
        """A place may have been named since the last sentence."""
        if self._version == self.lexicon.version:
            return
        self._version = self.lexicon.version
        self._memo.clear()
        known = self._grammar.words | self._numbers.words() | self.lexicon.words()
        self._speller = Speller(known, exact=self.lexicon.short)
        self._entities = {}
        for words, meanings in self.lexicon.forms.items():
            self._entities.setdefault(words[0], []).append((words, list(meanings)))


@lru_cache(maxsize=1)
def _numbers() -> Numbers:
    return Numbers()
