"""Readings made without knowledge of the field that can be no request of it: a place put down, a place that is lost, a
remark as a name, a sum that another one has gone on from."""

from __future__ import annotations

import re
from collections import Counter

from moe_robot.router.proposers import naming
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.thing_words import first_at, named, words_of

HANDLES = ("pick", "place", "bring")
EDITS = (
    "edit edit",
    "edit guess",
    "edit append",
    "edit core",
    "replaced",
    "substituted",
    "complete",
    "pronoun",
    "taken",
)


def is_spoiled(heard: Heard, raw: Raw) -> bool:
    kind, whole, _, of = raw
    if not kind.startswith(EDITS) or not heard.leaning:
        return False
    if _is_taken_up(heard, of):
        return True
    old = heard.leaning[max(of, 0)]
    if old.expert == naming.EXPERT and not kind.startswith(("complete", "pronoun")):
        return whole != old.text and naming.is_about(heard, whole) and any(True for _ in naming.propose(heard))
    now = named(heard, whole)
    acts = words_of(heard.language)["acts"]
    handled = old.expert in HANDLES or any(first_at(acts[act], [whole]) == 0 for act in HANDLES)
    if handled and not now.things and any(not place.preposition for place in now.places):
        return True  # "put the bookcase there"
    if old.expert not in HANDLES:
        return False
    said, before = named(heard, heard.text), named(heard, old.text)
    if before.things and not now.things and said.places and not said.things:
        return True
    settled = before.places or old.expert == "place"
    return bool(settled and said.places) and not {p.id for p in now.places} & {p.id for p in said.places}


def _is_taken_up(heard: Heard, of: int) -> bool:
    """ "What is 2+2" after "times three": what follows is about (2 + 2) * 3."""
    old = heard.leaning[max(of, 0)]
    numbers = Counter(re.findall(r"\d+", old.text))
    after = [one for one in heard.leaning[: max(of, 0)] if one.leaned and one.expert == old.expert == "arithmetic"]
    return bool(numbers) and any(numbers <= Counter(re.findall(r"\d+", one.text)) for one in after)
