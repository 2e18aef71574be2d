"""Several requests in one utterance: which of the cuts that `split` proposes are taken.

A cut is taken when each side is surely known to an expert of its own, another one than its neighbour: the weaker the
joint, the surer. What the sentence templates have read as one plan stays one, unless its parts alone would be taken
for other experts' than it has steps for ("set a timer for an hour and dock": they know no timer).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from moe_robot.router.followup_words import script
from moe_robot.router.rule_based import UNKNOWN_OWNERS
from moe_robot.router.split import AND, COMMA, SENTENCE, THEN, Cut, asks, cuts, has_verb, leaves
from moe_robot.router.understood import HALTS, by_rules
from moe_robot.structs import Route

Piece: TypeAlias = "tuple[str, Route]"
RouteOf: TypeAlias = "Callable[[str], Route]"

SURE_PART = {SENTENCE: 0.7, THEN: 0.55, AND: 0.7, COMMA: 0.95}  # each side at least, by the kind of joint
SURER_PART = {SENTENCE: 0.9, THEN: 0.9, AND: 0.9, COMMA: 0.95}  # and one of the two
SURE_WHOLE = 0.9  # behind a mere comma only what is less sure as a whole is two
TOLD = 0.9  # of each side, where one of them is a story or code
SOCIAL = 0.7  # of a greeting and of what is asked beside it
MOST_PARTS = 4
CODE = {"code_check", "code_explain", "code_write"}
STORIES = {"word_problems", *CODE}  # of many sentences, one request
MATHS = {"arithmetic", "algebra", "derivative", "integral", "geometry", "statistics", "number_theory", "combinatorics",
         "word_problems", "units"}  # fmt: skip
NAMES = {"remember_place"}  # whose sentences end in a name as said, which may swallow the next request
WAITS = {"wait"}  # "time three minutes and then say ...": what follows waits for it
SOCIABLE = {"greeting", "small_talk"}
_JOINED = (
    "_and",
    "_then",
    "_mention",
    "company",
)  # what may stand between the commands of a plan that can be taken apart
_ORDINARY = re.compile(r"^(?!condition)[a-z]")


def parts(
    text: str, whole: Route, route: RouteOf, names_only: Callable[[str], bool], readers: Collection[str] = ()
) -> list[Piece]:
    """The requests in order; the text itself with `whole` when it is one. `names_only`: a bare name is no request.
    `readers` are the experts whose sentences the rules know."""
    found = _cut(text, whole, route, names_only, MOST_PARTS)
    if len(found) > 1 and by_rules(whole) and not _asks_another(found, whole, readers):
        return [(text, whole)]
    return found


def _asks_another(found: Sequence[Piece], whole: Route, readers: Collection[str]) -> bool:
    """Someone is asked of whom the rules know nothing, and what they have read of the rest they read alone too: "find
    the ball and bring it" leans on what stands before."""
    if whole.expert in NAMES:
        return True
    known = [(text, piece) for text, piece in found if piece.expert in readers]
    return len(known) < len(found) and all(by_rules(piece) and piece.expert in _experts(whole) for _, piece in known)


def _cut(text: str, whole: Route, route: RouteOf, names_only: Callable[[str], bool], most: int) -> list[Piece]:
    for cut in cuts(text) if most > 1 else ():
        if not _may(cut, whole):
            continue
        first, rest = route(cut.before), route(cut.after)
        if not _is_one(cut.before, first, cut, names_only):
            continue
        following = _cut(cut.after, rest, route, names_only, most - 1)
        if len(following) == 1 and not _is_one(cut.after, rest, cut, names_only):
            continue
        if first.expert != following[0][1].expert and _apart(cut, first, following[0][1], whole):
            return [(cut.before, first), *following]
    return [(text, whole)]


def _may(cut: Cut, whole: Route) -> bool:
    """What the rules have read is cut only between commands in a row, and behind a greeting; a stop at the end of a
    sentence. Behind a mere comma only what nobody surely takes as it is."""
    if cut.social:
        return True
    if by_rules(whole):
        if whole.expert in HALTS:
            return cut.kind == SENTENCE
        if cut.kind == COMMA or (cut.kind == THEN and whole.expert in WAITS):
            return False
        return _is_row(whole, cut.kind) or (whole.expert in NAMES and cut.kind != SENTENCE)
    return cut.kind != COMMA or not whole.expert or whole.confidence < SURE_WHOLE


def _is_one(text: str, route: Route, cut: Cut, names_only: Callable[[str], bool]) -> bool:
    """A request by itself, known surely enough. A command that the rules read has its verb said in it, but for a stop:
    no question leads to motion because of a name in it."""
    least = SOCIAL if cut.social else SURE_PART[cut.kind]
    if not route.expert or route.confidence < least or names_only(text):
        return False
    if route.rule in UNKNOWN_OWNERS:
        return asks(text)
    return not by_rules(route) or route.expert in (*HALTS, *NAMES) or has_verb(text, script(text) or "en")


def _apart(cut: Cut, first: Route, second: Route, whole: Route) -> bool:
    """Whether these two are no single request of many sentences, nor a request with a reason beside it."""
    surer = max(first.confidence, second.confidence)
    if not cut.social and surer < SURER_PART[cut.kind]:
        return False
    if cut.social:
        asked = second.expert in SOCIABLE or has_verb(cut.after, script(cut.after) or "en")  # not "you're a star"
        return (first.expert in SOCIABLE and asked) or (second.expert in SOCIABLE and leaves(cut.after))
    if whole.expert in STORIES:
        return cut.kind != COMMA and _is_told(cut, first, second, whole)
    if cut.kind == SENTENCE and first.expert in MATHS and second.expert in MATHS:
        return asks(cut.before) or has_verb(cut.before, script(cut.before) or "en")
    return True


def _is_told(cut: Cut, first: Route, second: Route, whole: Route) -> bool:
    """The story has come to its question, the code to its end, before the cut."""
    surely = min(first.confidence, second.confidence) >= TOLD
    if cut.kind == THEN or asks(cut.before):
        return surely
    return surely and whole.expert in CODE and first.expert == whole.expert and second.expert not in STORIES


def _is_row(route: Route, kind: int) -> bool:
    """Commands in a row, without conditions and repeats that hold them together; a sentence beside one too."""
    pieces = [piece.split("#")[0] for piece in route.rule.split(" + ")]
    commands = [piece for piece in pieces if piece not in _JOINED]
    return len(commands) > (kind > THEN) and all(_ORDINARY.match(piece) for piece in commands)


def _experts(route: Route) -> set[str]:
    return {route.expert, *(expert for expert, _ in route.ranked)}
