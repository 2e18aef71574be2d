"""Readings of a turn that would make the robot do what nobody asked for: not taken.

A turn that only denies ("not the kitchen") moves nothing; what it denies is in no order made of it. Where the chooser
is not sure, what is to be done must be of a kind that was asked for before, or that the router thinks of, and a motion
is repeated only when the turn surely asks for that and says nothing else. What the phrases made (`phrase_reader.py`)
has been held to this already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import lemma, plain
from moe_robot.router.proposals import Proposal
from moe_robot.router.signs import Signs, clauses, denial, is_act
from moe_robot.structs import Language, Route

REPEATS = 0.85  # the share of "again", for a motion to be repeated
LIKELIEST = 3  # experts that the router thinks of
MOVES = {"drive", "turn", "figures", "go_to", "patrol", "explore", "dock", "follow", "come_here", "find", "bring"}
DOES = MOVES | {"pick", "place", "gripper", "forget", "remember_place", "remember_fact"}


def is_rash(
    one: Proposal,
    text: str,
    language: Language,
    before: Sequence[Earlier],
    alone: Route,
    relations: Mapping[str, float],
    sure: bool = False,
) -> bool:
    """`alone`: whose the turn is by itself. `relations`: the shares of its relations to the last request. `sure`: the
    chooser has no doubt; what is denied, or asked for before the last motion, is rash even then."""
    if one.kind == "alone" or one.likeliest or one.route.expert not in DOES:
        return False
    asserted, denied = _taken_apart(text, language)
    known = {lemma(word) for earlier in before for word in plain(earlier.text).split()}
    signs = Signs.of(language)
    ordered = {word for word in plain(one.text).split() if not signs.is_small(word)}
    if (denied and not asserted) or (denied - asserted - known) & set(map(lemma, ordered)):
        return True
    older = {plain(earlier.text) for earlier in before[1:]} - {plain(before[0].text)}
    if before[0].moved and one.route.expert in MOVES and plain(one.text) in older and not asserted:
        return True  # a bare "again" is of the last
    if sure:
        return False
    thought_of = {name for name, _ in alone.ranked[:LIKELIEST]} | {earlier.expert for earlier in before}
    if one.route.expert not in thought_of:
        return True
    named = {lemma(word) for word in ordered if not is_act(word, signs)}
    moved = one.route.expert in MOVES and any(earlier.moved for earlier in before)
    if moved and one.kind.startswith("joined"):  # would do the earlier once more
        return True
    return moved and named <= known and bool(asserted - known or relations.get("again", 0.0) < REPEATS)


def _taken_apart(text: str, language: Language) -> tuple[set[str], set[str]]:
    """Words of content that the turn asserts, and that it denies, in their dictionary forms."""
    signs = Signs.of(language)
    asserted: set[str] = set()
    denied: set[str] = set()
    for clause in clauses(text):
        lead, gone, rest = denial(clause, signs)
        asserted |= {lemma(word) for word in plain(f"{lead} {rest}").split() if not signs.is_small(word)}
        denied |= {lemma(word) for word in plain(gone).split() if not signs.is_small(word)}
    return asserted, denied
