"""Follow-ups of things and people: finding, counting, carrying, looking, where they were seen.

What is to be done is told by the turn or taken from the earlier request; what it is done with, and where, by the turn
or by what was spoken of before. Each combination is said anew in canonical words (`things.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from moe_robot.router.followup_words import plain
from moe_robot.router.proposers import naming
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.thing_words import (
    ANYBODY,
    EXPERTS,
    REACHES,
    Named,
    Place,
    Thing,
    behind,
    first_at,
    has,
    named,
    place_words,
    words_of,
)
from moe_robot.router.signs import clauses

MOST = 10
MOST_THINGS = 4
MOST_ACTS = 2
MOST_ASKED = 4
MOST_NOW = 4  # words of "and now, my dear?"
BEFORE = 4  # turns back that a thing may have been named in
OPPOSITE = {"open": "close", "close": "open", "arm": "lower", "lower": "arm"}
MOST_PARTS = 3
SEEN = ("obstacles", "people", "read_text", "compare", "recall")
LISTED = 3  # things in an answer, from which on it tells what there is and speaks of none


def propose(heard: Heard) -> Iterator[Raw]:
    """Whole texts that the turn may mean after one of the earlier requests of these experts."""
    data = words_of(heard.language)
    yield from naming.propose(heard)
    yield from _hands(heard, data)
    yield from _looks(heard, data)
    yield from islice(_acted(heard, data), MOST)
    yield from _looked_again(heard, data)
    yield from islice(_asked(heard, data), MOST_ASKED)
    yield from islice(_asked_before(heard, data), MOST_ASKED)


# -------------------------------------------------------------------- doing something with a thing


def _acted(heard: Heard, data: Any) -> Iterator[Raw]:
    acts = _acts(heard, data)
    if not acts:
        return
    said = named(heard, heard.text)
    before = list(_before(heard))
    things = list(islice(_things(heard, data, said, before), MOST_THINGS))
    gone = [place for one in before for place in one.places if place not in said.places]
    yield from _held(heard, data, acts, said)
    for group, source in things:
        for act, at in acts:
            there = _as_before(heard, data, act) or gone
            for place in (*said.places[-1:], *there[:1]):
                for whole in _placed(heard, data, act, group, place):
                    yield f"thing {_put(source, place in said.places, heard, data)}", whole, act, at
            for whole in _whole(heard, data, act, group, said, before):
                yield f"thing {source}", whole, act, at


def _before(heard: Heard) -> Iterator[Named]:
    """What was named before, the last first, each request before its answer."""
    for one in reversed(heard.earlier[-BEFORE:]):
        yield named(heard, one.text)
        answer = named(heard, one.reply) if one.reply else Named((), ())
        if len({thing.id for thing in answer.things}) < LISTED:
            yield answer


def _as_before(heard: Heard, data: Any, act: str) -> list[Place]:
    """ "the same with the cup": where the last such request went."""
    if not has(data["same"], heard.text):
        return []
    found = (named(heard, one.text).places for one in heard.leaning if one.expert == act)
    return list(next((places for places in found if places), ()))


def _put(source: str, said: bool, heard: Heard, data: Any) -> str:
    """How sure a thing and a place are together."""
    if not said:
        return "same there" if has(data["same"], heard.text) else "there"
    return "at" if source == "last" or (has(data["spared"], heard.text) and source == "spared") else source


def _held(heard: Heard, data: Any, acts: Sequence[tuple[str, int]], said: Named) -> Iterator[Raw]:
    """To put down what it is, when it was asked about what it holds."""
    spoken_of = any(has(data["hand"]["hold"], one.text) for _, one in behind(heard) if one.expert == "gripper")
    if not spoken_of or said.things:
        return
    for at in [at for act, at in acts if act == "place"]:
        for place in said.places[-1:]:
            where = place_words(place, heard.language, heard.pieces.lexicon, to=True)
            yield "thing last", data["held_at"].format(place=where), "place", at
        yield "thing last", data["held"], "place", at


def _acts(heard: Heard, data: Any) -> list[tuple[str, int]]:
    """What is to be done, and after which request: said by the turn, or the same as before."""
    found = [(first_at(data["acts"][act], heard.parts), act) for act in REACHES]
    said = [act for at, act in sorted(found) if at >= 0]
    said.sort(key=lambda act: act != heard.alone.expert)
    after = [
        (act, at)
        for at, one in behind(heard)
        for act in (*([one.expert] if one.expert in REACHES else []), *_acts_of(one.text, data)[:2])
    ]
    if not said:
        return list({act: (act, at) for act, at in reversed(after)}.values())[::-1][: MOST_ACTS + 1]
    at = dict(reversed(after))
    return [(act, at.get(act, 0 if heard.leaning else -1)) for act in said[: MOST_ACTS + 1]]


def _acts_of(text: str, data: Any) -> list[str]:
    found = [(first_at(data["acts"][act], [text]), act) for act in REACHES]
    return [act for at, act in sorted(found) if at >= 0]


def _things(heard: Heard, data: Any, said: Named, before: Sequence[Named]) -> Iterator[tuple[tuple[Thing, ...], str]]:
    """What it may be done with, the likeliest first, and where that was said."""
    spoken = plain(heard.text)
    whole = [thing for thing in said.things if thing.id]
    colors = [thing.color for thing in said.things if not thing.id]
    earlier = list(dict.fromkeys(_known(before)))
    full = [t for t in earlier if t.person or t.color or not any(t != o and t.fits(o) for o in earlier)] or earlier
    if has(data["spared"], spoken) or has(data["other"], spoken):
        for thing in full:
            if whole and not any(named.fits(thing) for named in whole):
                yield (thing,), "spared"
    for thing in whole[::-1]:
        for other in full:
            if thing != other and thing.fits(other):
                yield (other,), "colored"
        yield (thing,), "said"
        kept = [other.color for one in before for other in one.things if other.color and other.id != thing.id]
        if kept and not thing.color and not thing.person:
            yield (replace(thing, color=kept[0]),), "colored"
    opening = named(heard, clauses(heard.text)[0]).things if colors else ()
    for color in sorted(colors, key=lambda color: Thing("", color) not in opening):
        for id in dict.fromkeys(thing.id for thing in earlier if not thing.person):
            yield (Thing(id, color),), "colored" if color in (colors[0], *(t.color for t in opening)) else "color too"
    if whole or colors:
        return
    first = next((one for one in before if any(t.id for t in one.things)), None)
    if first is not None:
        listed = [thing for thing in first.things if thing.id]
        if len(listed) > 1:
            for key, index in (("first", 0), ("second", -1)):
                if has(data[key], spoken):
                    yield (listed[index],), "ordinal"
    if has(data["both"], spoken) and len(full) > 1:
        yield tuple(reversed(full[:2])), "both"
    for index, thing in enumerate(full):
        yield (thing,), "chosen" if index else "last"


def _known(before: Sequence[Named]) -> Iterator[Thing]:
    """What was named, the last first; a colour by itself is that of the thing named before it."""
    for index, one in enumerate(before):
        for thing in reversed(one.things):
            if thing.id:
                yield thing
                continue
            head = next((t for some in before[index:] for t in reversed(some.things) if t.id and not t.person), None)
            if head is not None:
                yield Thing(head.id, thing.color)


def _whole(
    heard: Heard, data: Any, act: str, group: Sequence[Thing], said: Named, before: Sequence[Named]
) -> Iterator[str]:
    lexicon, language = heard.pieces.lexicon, heard.language
    if all(thing.person for thing in group):
        if ANYBODY in group:
            if act == "count":
                yield data["count_people"].format(place=data["here"])
            return
        if act in ("find", "recall"):
            names = data["and_person"].join(thing.say(lexicon, language) for thing in group)
            yield data[f"{act}_person"].format(person=names, accs=names)
        return
    if any(thing.person for thing in group):
        return
    slots = _slots(heard, data, group)
    if act == "place":
        yield data["down"].format(**slots)
    elif act == "bring":
        yield data["whole"]["bring"].format(**slots)
        for person in [t for one in (said, *before) for t in one.things if t.person][:1]:
            yield data["to_person"].format(person=person.say(lexicon, language, "datv"), **slots)
    else:
        yield data["whole"][act].format(**slots)


def _placed(heard: Heard, data: Any, act: str, group: Sequence[Thing], place: Place) -> Iterator[str]:
    if ANYBODY in group and act == "count":
        yield data["count_people"].format(place=place_words(place, heard.language, heard.pieces.lexicon, to=False))
    if any(thing.person for thing in group) or act not in ("place", "find", "count", "bring"):
        return
    slots = _slots(heard, data, group)
    lexicon, language = heard.pieces.lexicon, heard.language
    where = place_words(place, language, lexicon, to=act in ("place", "bring"))
    if act == "place":
        yield data["whole"]["place"].format(place=where, name=lexicon.say("place", place.id, language), **slots)
        return
    whole = data["whole"][act].format(**slots)
    yield data["at"][act].format(whole=whole, place=where, name=lexicon.say("place", place.id, language), **slots)


def _slots(heard: Heard, data: Any, group: Sequence[Thing]) -> dict[str, str]:
    lexicon, language = heard.pieces.lexicon, heard.language
    return {
        "thing": data["and"].join(thing.say(lexicon, language) for thing in group),
        "accs": data["and"].join(thing.say(lexicon, language) for thing in group),
        "things": data["and_person"].join(thing.plural(lexicon, language) for thing in group if not thing.person),
    }


# -------------------------------------------------------------------- the gripper, the camera, a question


def _hands(heard: Heard, data: Any) -> Iterator[Raw]:
    """Told to the gripper, in words that it knows."""
    after = [at for at, one in behind(heard) if one.expert == "gripper"]
    spoken_of = any(has(data["asks"]["gripper"], text) for text in (heard.text, *(one.text for one in heard.leaning)))
    if not after and not spoken_of and heard.alone.expert != "gripper":
        return
    at = after[0] if after else -1
    done: list[str] = []
    kind = "hand"
    if has(data["reverse"], heard.text):
        for one in heard.leaning:
            done += [OPPOSITE[act] for act in OPPOSITE if has(data["hand"][act], one.text)][:1]
    done += [act for act, pattern in data["hand"].items() if has(pattern, heard.text)]
    if not done:
        kind = "hand before"
        done = [act for one in heard.leaning for act, pattern in data["hand"].items() if has(pattern, one.text)][:1]
    for act in list(dict.fromkeys(done or ["open"]))[:3]:
        yield kind, data["hand_whole"][act], "gripper", at


def _looks(heard: Heard, data: Any) -> Iterator[Raw]:
    """In a direction, or what is before it now."""
    after = [at for at, one in behind(heard) if one.expert == "describe"]
    looking = has(data["looking"], heard.text) or heard.alone.expert == "describe"
    seen = [at for at, one in behind(heard) if has(data["asks"]["describe"], one.text)]
    asked = [at for at, one in behind(heard) if not one.moved and _sides(one.text, data)]
    at = next(iter((*after, *seen, *asked)), -1)
    if at < 0 and not looking:
        return
    here = _sides(heard.text, data)
    for side in here[:3]:
        yield "look side" if looking or 0 in after else "look aside", data["looks"][side], "", at
    before = dict.fromkeys(side for one in heard.leaning for side in _sides(one.text, data))
    for side in [] if here else list(before)[:3]:
        yield "look", data["looks"][side], "", at
    if looking or after or has(data["asks"]["describe"], heard.text):
        yield "look", data["see"], "", at


def _looked_again(heard: Heard, data: Any) -> Iterator[Raw]:
    """The same question anew: after something has changed, or for being doubted."""
    spoken = plain(heard.text)
    words = spoken.split()
    moved = has(data["now"], spoken) and len(words) <= MOST_NOW
    doubted = has(data["doubt"], spoken) and not named(heard, heard.text).things
    asked = [(at, one) for at, one in behind(heard) if one.expert in EXPERTS and not one.moved]
    patterns = {**data["asks"], **data["acts"]}
    for at, one in asked[:1] if moved else []:
        yield "asked now", one.text, one.expert, at
    for at, one in asked if doubted else []:
        pattern = patterns.get(one.expert, "")
        if at == asked[0][0] or (pattern and has(pattern, spoken)):
            yield "asked again", one.text, one.expert, at
    for at, one in asked[:1]:
        if one.expert == "compare" and has(data["by_how_much"], spoken):
            yield "asked more", f"{one.text.rstrip(' .?!')}, {heard.text}", one.expert, at
        for part in heard.parts[:MOST_PARTS] if one.expert in SEEN else ():
            whole = heard.exchange.of(part, heard.language, one.text)
            if whole is not None and named(heard, whole) != named(heard, one.text):
                yield "asked other", whole, one.expert, at


def _sides(text: str, data: Any) -> list[str]:
    found = [(first_at(data["sides"][side], [text]), side) for side in data["sides"]]
    return [side for at, side in sorted(found) if at >= 0]


def _asked(heard: Heard, data: Any) -> Iterator[Raw]:
    """For an expert whose words the turn has."""
    mine = any(one.expert in EXPERTS for one in heard.leaning)
    if not mine and heard.alone.expert not in EXPERTS and len(plain(heard.text).split()) > MOST:
        return
    after = behind(heard)[:1]
    for expert, pattern in {**data["asks"], **data["acts"]}.items():
        if has(pattern, heard.text):
            if expert != heard.alone.expert:
                yield "asked", heard.text, expert, after[0][0]
            if expert in data["asks"]:
                for at, one in after:
                    yield "asked joined", f"{one.text.rstrip(' .?!')}, {heard.text}", expert, at


def _asked_before(heard: Heard, data: Any) -> Iterator[Raw]:
    """For an expert whose words an earlier request has, with the turn behind it."""
    for at, one in behind(heard):
        acts = data["acts"] if one.expert in ("", *EXPERTS) else {}
        for expert, pattern in {**data["asks"], **acts}.items():
            if (expert != one.expert or at < 0) and has(pattern, one.text):
                yield "asked joined", f"{one.text.rstrip(' .?!')}, {heard.text}", expert, at
