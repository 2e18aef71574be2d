# ruff: noqa: E501 - a pattern is easier to read on one line
"""The amounts that a story tells, how one is known by its words, and how it is written in a working."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from moe_robot.experts.tools.clauses import Clause
from moe_robot.experts.tools.schema import n

_ORDINALS = frozenset(["первый", "второй", "третий", "четвертый", "first", "second", "third", "fourth"])


@dataclass(frozen=True)
class Amount:
    """share · x + number. `words` tell whose it is, `own` without what it shares with the one compared; `noun`: the thing
    counted, as written; `clause`: where it stands."""

    words: frozenset[str]
    share: Fraction
    number: Fraction
    kind: str
    noun: str
    clause: Clause
    working: str = ""
    own: frozenset[str] = frozenset()
    is_derived: bool = False

    @property
    def is_known(self) -> bool:
        return self.share == 0

    @property
    def is_unknown(self) -> bool:
        """Whether it is the unknown itself."""
        return self.share == 1 and not self.number


@dataclass(frozen=True)
class Told:
    """Every amount known; `used` workings in order; `compared`: the story compares or shares something out."""

    amounts: tuple[Amount, ...]
    total: Amount | None
    steps: tuple[str, ...]
    compared: bool
    some: bool = False  # "there were some cars": the start is unknown


def linear(amount: Amount) -> str:
    if not amount.share:
        return n(amount.number)
    x = (
        "x"
        if amount.share == 1
        else f"{n(amount.share)} · x"
        if amount.share.denominator == 1
        else f"x · {n(amount.share)}"
    )
    if not amount.number:
        return x
    return f"({x} {'+' if amount.number > 0 else '−'} {n(abs(amount.number))})"


def shown(amount: Amount, x: Fraction) -> str:
    return (
        working(amount.share, Fraction(0)).format(n(x))
        if amount.share != 1
        else working(amount.share, amount.number).format(n(x))
    )


def working(share: Fraction, shift: Fraction) -> str:
    if shift:
        return f"{{}} {'+' if shift > 0 else '−'} {n(abs(shift))}"
    return f"{{}} / {n(1 / share)}" if share < 1 else f"{{}} · {n(share)}"


def undone(value: Amount, known: Fraction) -> str:
    """How the unknown follows from share · x + number = known."""
    shown = n(known)
    if value.number:
        shown = f"{shown} {'−' if value.number > 0 else '+'} {n(abs(value.number))}"
    if value.share > 1:
        return f"{shown} / {n(value.share)}" if not value.number else f"({shown}) / {n(value.share)}"
    if value.share < 1:
        return f"{shown} · {n(1 / value.share)}"
    return shown


def match(words: frozenset[str], amounts: Sequence[Amount], give: Sequence[Amount] | None = None) -> Amount | None:
    """The one amount that these words tell from the others (what stands at its place in `give`); None: none or several."""
    ordinal = words & _ORDINALS
    if len(ordinal) == 1:
        owners = [index for index, each in enumerate(amounts) if ordinal & each.words]
        if len(owners) == 1:
            return (give or amounts)[owners[0]]
    common = frozenset.intersection(*(each.words for each in amounts)) if len(amounts) > 1 else frozenset()
    scores = [len((each.words - common) & words) for each in amounts]
    best = max(scores, default=0)
    if not best or scores.count(best) != 1:
        return None
    return (give or amounts)[scores.index(best)]
