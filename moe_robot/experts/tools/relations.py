# ruff: noqa: E501 - a pattern is easier to read on one line
"""Who has how much: each clause of a story tells an amount, or compares one amount with another.

An amount is `share` of one unknown and a number: "12", "3 more than the first", "twice as many as the second". A total closes
the unknown. Nothing is assumed: a comparison whose other side is not clear, or a number without a role, leaves the story unsolved.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from moe_robot.experts.tools.clauses import (
    REST,
    SAME,
    Clause,
    clauses_of,
    is_plural_genitive,
    joined_in,
    words_of,
)
from moe_robot.experts.tools.comparisons import Unclear, comparison
from moe_robot.experts.tools.measures import measure_of
from moe_robot.experts.tools.schema import n
from moe_robot.experts.tools.story import Quantity, Story
from moe_robot.experts.tools.story_amounts import Amount, Told, linear, match, shown, undone, working

TOTAL = r"\b(?:вместе|всего|итого|в сумме|сумма|общ\w+|на двоих|на троих|за вс[ею]|together|altogether|in all|in total|total|sum|combined|between them)\b"
_PAIR = re.compile(
    r"(?:^|\b(?:the|a|an|if|если|за|у|про) )([^\W\d_]{2,}) (?:и|and|с) (?:an? |the |у |his |her )?([^\W\d_]{2,})\b"
)
_ON_THEM = re.compile(r"\b(?:on|in|between|на|в) [2-5] [^\W\d_]+$")
_TWO = re.compile(r"\d (?:[^\W\d_]+)(?: and|, and| и) [^\W\d_]+ [^\W\d_]{3,}s?\b")
_AGES = r"старше|младше|моложе|older|younger|as old|\byears\b|\bлет\b"
_SETTING = re.compile(r"\b(?:in|at|on) an? [a-z]+(?: [a-z]+)?\b")
_BACK = r"\b(?:that|it|he|she|him|her|his|hers|этого|нее|него|она|он|this)\b"


class _Reader:
    def __init__(self, story: Story) -> None:
        self.story = story
        self.amounts: list[Amount] = []
        self.total: Amount | None = None
        self.hints: list[Fraction] = []
        self.compared = False
        self.rest = False
        self.some = False
        self.unknown_taken = False
        self.steps: list[str] = []

    def read(self) -> Told:
        clauses = clauses_of(self.story)
        for clause in clauses:
            self._clause(clause)
        self._total_of_first()
        known = len(self.amounts) > 0 and all(each.is_known for each in self.amounts)
        if self.total is not None and not self.rest and known:
            self._last_of(clauses)
        if self.hints and any(hint != len(self.amounts) + self.rest for hint in self.hints):
            raise Unclear
        return self._closed()

    def _last_of(self, clauses: list[Clause]) -> None:
        """ "Three numbers make 60, the first is 25, the second 15": what is asked is the rest."""
        asked = [each for each in clauses if each.asked]
        if (
            len(asked) == 1
            and not self._match(words_of(asked[0].text))
            and all(hint == len(self.amounts) + 1 for hint in self.hints)
        ):
            self.rest, self._rest_clause = True, asked[0]

    def _clause(self, clause: Clause) -> None:
        said = list(clause.quantities)
        if clause.asked or (len(said) > 1 and said[0].kind in ("thing", "time")):
            hints = [each for each in said if each.kind in ("thing", "time") and 2 <= each.value <= 5]
            if clause.asked and said:
                if len(said) != 1 or not hints:
                    raise Unclear
                self.hints.append(said[0].value)
                return
            if len(said) == 2 and hints[:1] == said[:1] and joined_in(clause, said[1]) is None:
                if not re.search(r"^(?:в|на|у|the)?\s*\d", clause.text) and not re.search(TOTAL, clause.text):
                    raise Unclear
                self.hints.append(said[0].value)
                self._whole(clause, said[1])
                return
        if not said:
            self._without_number(clause)
            return
        if len(said) == 2 and said[1].kind == "thing" and 2 <= said[1].value <= 5 and _ON_THEM.search(clause.text):
            self.hints.append(said[1].value)  # "36 books on 2 shelves"
            self._whole(clause, said[0])
            return
        if len(said) == 2:
            joined = joined_in(clause, said[1])
            if joined is None:
                raise Unclear
            self._add(
                Amount(words_of(clause.text), Fraction(0), said[0].value * said[1].value, joined.kind, joined.unit, clause, f"{n(said[0].value)} · {n(said[1].value)} = {n(said[0].value * said[1].value)}")
            )  # fmt: skip
            return
        if len(said) != 1:
            raise Unclear
        self._one(clause, said[0])

    def _one(self, clause: Clause, each: Quantity) -> None:
        text = clause.text
        relation = comparison(each, text)
        if relation is None:
            if each.kind in ("ratio", "percent", "speed") or re.search(r"разност|difference", text):
                raise Unclear
            if each.value < 0 or (each.value < 1 and each.kind == "thing" and measure_of(each.unit) is None):
                raise Unclear
            if re.search(
                r"\beach\b(?! side)|\bevery\b|кажд(?!ая сторон)|\bper\b|\ban? (?:hour|day|week|minute|month|year)\b(?! later| ago| before)|в (?:час|день|неделю|минуту|месяц|год)\b",
                text,
            ):
                raise Unclear  # so much for one of them
            if re.search(TOTAL, text) or _PAIR.search(re.split(r"\d", text, maxsplit=1)[0]) or _TWO.search(text):
                self._whole(clause, each)
                return
            found = self._unset(words_of(text) - words_of(each.unit if each.kind == "thing" else ""))
            amount = Amount(
                words_of(_SETTING.sub(" ", text)), Fraction(0), each.value, each.kind, each.unit, clause, ""
            )
            if found is None:
                self._add(amount)
            else:
                self._fix(found, each.value)
            return
        self.compared = True
        share, shift, noun = relation.share, relation.shift, relation.noun
        target = _SETTING.sub(" ", relation.target)
        base = self._base(relation.base, clause)
        kind = "years" if re.search(_AGES, text) else base.kind
        own = words_of(target)
        words = own | words_of(base.noun if kind == "thing" else "")
        if base.is_known and _counts(target, noun):
            words |= base.words
        number = base.number * share + shift
        step = f"{working(share, shift).format(n(base.number))} = {n(number)}" if base.is_known else ""
        value = Amount(words, base.share * share, number, kind, noun or base.noun, clause, step, own, True)
        self._place(value, words_of(target), base)

    def _place(self, value: Amount, target: frozenset[str], base: Amount) -> None:
        """A new amount, or one that stands there already: then the comparison tells the other side."""
        known = self._match(target, but=base)
        if not target and not (base is self.amounts[-1] and base.is_known):
            known = next((each for each in reversed(self.amounts) if each is not base), None)
        if known is None:
            self._add(value)
        elif known.share and not value.share:
            self._fix(known, value.number)
        elif value.share and not known.share:
            x = (known.number - value.number) / value.share
            self.steps.append(f"{undone(value, known.number)} = {n(x)}")
            self._set(x)
        else:
            raise Unclear

    def _without_number(self, clause: Clause) -> None:
        if clause.asked:
            return
        same = re.search(SAME, clause.text)
        if same:
            self.compared = True
            target, base_text = clause.text[: same.start()], clause.text[same.end() :]
            thing, joint, base = re.sub(r"^\s*of\b", "", base_text).partition(" as ")
            if joint:
                target, base_text = f"{target} {thing}", base
            words = words_of(base_text)
            pair = re.search(r"([^\W\d_]+) (?:и|and) ([^\W\d_]+)", base_text)
            bases = [self._named(words_of(each)) for each in pair.groups()] if pair else [self._named(words)]
            if any(each is None for each in bases) or not all(each and each.is_known for each in bases):
                raise Unclear
            numbers = [each.number for each in bases if each]
            step = f"{' + '.join(n(each) for each in numbers)} = {n(sum(numbers, Fraction(0)))}" if pair else ""
            first = self.amounts[0]
            self._add(
                Amount(
                    words_of(target) | words_of(first.noun if first.kind == "thing" else ""),
                    Fraction(0),
                    sum(numbers, Fraction(0)),
                    first.kind,
                    first.noun,
                    clause,
                    step,
                    words_of(target),
                    True,
                )
            )
        elif re.search(REST, clause.text):
            self.rest = True
            self._rest_clause = clause
        elif re.search(r"\b(?:half|third|quarter|вдвое|втрое|треть|четверть|половин\w+)\b", clause.text):
            raise Unclear
        elif re.search(r"\b(?:несколько|some)\b", clause.text) and not self.amounts:
            self.some = True
        elif re.search(r"\b(?:несколько|some|поровну|кажд\w+|each|every|половин\w+|half|почти|about)\b", clause.text):
            raise Unclear

    def _whole(self, clause: Clause, each: Quantity) -> None:
        if self.total is not None:
            raise Unclear
        self.total = Amount(words_of(clause.text), Fraction(0), each.value, each.kind, each.unit, clause)

    def _base(self, text: str, clause: Clause) -> Amount:
        """What is compared with: the amount named, the only one there is, or a new unknown."""
        words = words_of(text)
        if not words or re.search(rf"^\s*(?:у )?{_BACK}\s*(?:$|at\b|in\b|on\b)", text):
            near = [each for each in self.amounts if each.clause.sentence == clause.sentence]
            if len(self.amounts) == 1 or len(near) == 1 or (near and re.search(r"\bthat\b|\bэтого\b", text)):
                return self.amounts[-1]
            raise Unclear
        found = self._named(words)
        if found is not None:
            return found
        if self.unknown_taken:
            raise Unclear
        self.unknown_taken = True
        kind, noun = ("thing", "")
        if self.amounts and self.amounts[0].kind == "thing":
            words |= words_of(self.amounts[0].noun)
        unknown = Amount(words, Fraction(1), Fraction(0), kind, noun, clause, is_derived=True)
        self._add(unknown)
        return unknown

    def _add(self, amount: Amount) -> None:
        self.amounts.append(amount)

    def _fix(self, found: Amount, value: Fraction) -> None:
        """The unknown by an amount that is told: found.share · x + found.number = value."""
        x = (value - found.number) / found.share
        if not found.is_unknown:
            self.steps.append(f"{undone(found, value)} = {n(x)}")
        for each in self.amounts:
            if each is not found and each.share and not each.is_unknown:
                self.steps.append(f"{shown(each, x)} = {n(each.share * x + each.number)}")
        at = self.amounts.index(found)
        self._set(x)
        self.amounts[at] = replace(self.amounts[at], is_derived=False)

    def _set(self, x: Fraction) -> None:
        self.amounts = [replace(each, share=Fraction(0), number=each.share * x + each.number) for each in self.amounts]
        self.unknown_taken = False

    def _unset(self, words: frozenset[str]) -> Amount | None:
        found = self._match(words)
        return found if found is not None and found.share else None

    def _named(self, words: frozenset[str]) -> Amount | None:
        """The amount of these words, by what is its own."""
        return match(words, [replace(each, words=each.own or each.words) for each in self.amounts], self.amounts)

    def _match(self, words: frozenset[str], but: Amount | None = None) -> Amount | None:
        return match(words, [each for each in self.amounts if each is not but])

    def _total_of_first(self) -> None:
        """ "48 cars stand there, three times as many red ones as blue ones": the first amount is all of them."""
        unknown = any(each.share for each in self.amounts)
        told = [each for each in self.amounts if not each.share]
        if self.total is None and self.rest and len(self.amounts) >= 2:
            self.total = self.amounts.pop(0)
            return
        if unknown and self.total is None and len(told) == 1 and told[0] is self.amounts[0] and told[0].kind != "years":
            self.total = self.amounts.pop(0)

    def _closed(self) -> Told:
        steps = self.steps + [each.working for each in self.amounts if each.working]
        shares = sum((each.share for each in self.amounts), Fraction(0))
        known = sum((each.number for each in self.amounts), Fraction(0))
        if self.rest:
            if self.total is None or shares or self.total.number <= known:
                raise Unclear
            left = self.total.number - known
            clause = self._rest_clause
            step = f"{n(self.total.number)} − {' − '.join(n(each.number) for each in self.amounts)} = {n(left)}"
            self._add(
                Amount(
                    words_of(clause.text),
                    Fraction(0),
                    left,
                    self.total.kind,
                    self.total.noun,
                    clause,
                    step,
                    is_derived=True,
                )
            )
            return Told(tuple(self.amounts), self.total, (*steps, step), True, self.some)
        if shares:
            if self.total is None or shares <= 0:
                raise Unclear
            x = (self.total.number - known) / shares
            left_side = " + ".join(linear(each) for each in self.amounts)
            steps.append(f"{left_side} = {n(self.total.number)}, x = {n(x)}")
            before = self.amounts
            self._set(x)
            kind, noun = self.total.kind, self.total.noun
            self.amounts = [replace(each, kind=kind, noun=each.noun or noun) for each in self.amounts]
            steps += [
                f"{linear(old)} = {n(new.number)}"
                for old, new in zip(before, self.amounts, strict=True)
                if not old.is_unknown
            ]
        return Told(tuple(self.amounts), self.total, tuple(steps), self.compared, self.some)


def _counts(target: str, noun: str) -> bool:
    """Whether the comparison is of things of two kinds, not of two owners: "васильков на 3 меньше", "3 fewer roses"."""
    words = [each for each in re.findall(r"[^\W\d_]+", target) if each not in ("а", "и", "and", "the", "в", "с")]
    if not words:
        return False
    return is_plural_genitive(words[0]) if not words[0].isascii() else noun.strip() == " ".join(words).strip()


def told(story: Story) -> Told | None:
    """The amounts of the story, None when a clause or a number has no role."""
    try:
        found = _Reader(story).read()
    except Unclear:
        return None
    if not found.amounts or any(each.number <= 0 for each in found.amounts):
        return None
    return found
