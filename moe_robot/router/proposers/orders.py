"""Plain commands that a turn may come to: those that say nothing but what to do, to whom, where; and "wait first"."""

from __future__ import annotations

from collections.abc import Iterator

from moe_robot.lexicon import Case, Kind
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import changed, script
from moe_robot.router.proposers.heard import Heard, Raw, Thing
from moe_robot.router.proposers.motion_words import MotionWords, any_of, shown
from moe_robot.router.proposers.moves import contexts, likely_experts, new_values, value_of

NEAR = 2  # turns back that what is named may be meant
MOVING = ("come_here", "follow", "go_to")
MOST_NAMED = 2
DRIVING = ("drive", "turn", "speed", "stop")
DELAYS = ("amount:duration", "amount:delay", "when:")
PERSON_CASES: tuple[Case, ...] = ("nomn", "datv", "ablt")


def orders(heard: Heard) -> Iterator[Raw]:
    words, likely = MotionWords.of(heard.language), likely_experts(heard)
    yield from _named(heard, words, likely)
    yield from _commands(heard, words, likely)


def waits(heard: Heard) -> Iterator[Raw]:
    """ "give it two minutes first", "через минуту": the earlier command, after a while."""
    words = MotionWords.of(heard.language)
    found = [p for p in heard.pieces_of(heard.text) if p.kind in ("amount:duration", "amount:delay")]
    if not found or not isinstance(found[-1].value, float | int) or not words.has("first", heard.text):
        return
    for at, before in enumerate(heard.leaning[:2]):
        if before.moved or before.expert in (*MOVING, *words.data["commands"]):
            for text in dict.fromkeys((_plain_command(before, words), before.text.strip(" .!?"))):
                whole = words.say("wait_first", n=shown(found[-1].number()), text=text)
                yield from (("wait first", whole, expert, at) for expert in ("", before.expert))


def _plain_command(before: Earlier, words: MotionWords) -> str:
    return str((words.data["commands"].get(before.expert) or [before.text])[0]).strip(" .!?")


def _commands(heard: Heard, words: MotionWords, likely: set[str]) -> Iterator[Raw]:
    before = heard.earlier[-1]
    for expert, texts in words.data["commands"].items():
        stems = words.data["near"].get(expert, ())
        earlier = [before.text] if expert != "dock" else [e.text for e in heard.earlier[-3:]]
        if any_of(stems, heard.text, stems=True):
            kind = "command said"
        elif any(any_of(stems, text, stems=True) for text in earlier) or before.expert == expert:
            kind = "command of earlier"
        elif expert in likely:
            kind = "command"
        else:
            continue
        yield from ((kind, str(text), "", -1) for text in texts)


def nows(heard: Heard) -> Iterator[Raw]:
    """ "right now", "уже можно": an earlier command for later, without its time; "none at all": no more."""
    words = MotionWords.of(heard.language)
    if words.has("nothing", heard.text):
        for at, before in enumerate(heard.leaning[:1]):
            yield "nothing", words.say("stop" if before.expert in DRIVING else "cancel"), "", at
    if not words.has("now", heard.text):
        return
    for at, before in enumerate(heard.leaning[:2]):
        times = [p for p in heard.pieces_of(before.text, script(before.text)) if p.kind.startswith(DELAYS)]
        if not times and not words.has("later", before.text):
            continue
        plainly = words.data["commands"].get(before.expert)
        if plainly and before.expert != "position":
            yield "now", str(plainly[0]), "", at
        if before.expert == "stop" or words.begins("stops", before.text):
            yield "now", words.say("stop"), "", at
            continue
        for expert in ("come_here", "dock") if not plainly else ():
            if any_of(words.data["near"][expert], before.text, stems=True):
                yield "now", str(words.data["commands"][expert][0]), "", at
        if times:
            left = changed(before.text, [(p.begin, p.end, "") for p in times])
            yield "now", " ".join(left.split()).strip(" ,.!?"), "", at


def _named(heard: Heard, words: MotionWords, likely: set[str]) -> Iterator[Raw]:
    """To whom or where: said in the turn, or spoken of just before."""
    recent = [before for _, before in contexts(heard)]
    said = [heard.text, *(before.text for before in recent)]
    near = {one for one in MOVING if any(any_of(words.data["near"][one], text, stems=True) for text in said)}
    experts = [one for one in MOVING if one in {*likely, *near, *(before.expert for before in recent)}]
    if not experts:
        return
    if "go_to" in experts:
        for thing in things_of(heard):
            name = str(words.data["the"]).format(heard.thing_name(thing))
            kind = "go said" if thing in heard.things_of(heard.text) else "go there"
            yield kind, words.say("go_to", name=name, datv=heard.thing_name(thing, "datv")), "", -1
    people, places = _spoken_of("person", heard), _spoken_of("place", heard)
    here = {p.named()[1] for p in heard.names_of(heard.text)}
    had = next((before for before in recent if before.expert == "follow"), recent[0])
    lasting = value_of(heard, had, "duration")
    times = [*new_values(heard, had, "duration", lasting), *([lasting] if lasting is not None else ())]
    for expert in experts:
        if expert == "go_to":
            for id in places:
                name = heard.pieces.name("place", id, heard.language, "datv")
                whole = words.say("go_to", name=str(words.data["the"]).format(name), datv=name)
                yield "go said" if id in here else "go there", whole, "", -1
            continue
        for id in people:
            name, *cases = (heard.pieces.name("person", id, heard.language, case) for case in PERSON_CASES)
            filled = {"datv": cases[0], "ablt": cases[1]}
            kind = "go said" if id in here else "go there"
            for seconds in times[:2] if expert == "follow" else ():
                yield kind, words.say("follow_for", name=name, n=shown(seconds), **filled), "", -1
            yield kind, words.say(expert, name=name, **filled), "", -1
            if expert == "come_here" and "go_to" in experts:
                yield kind, words.say("go_to", name=name, **filled), "go_to", -1


def things_of(heard: Heard) -> list[Thing]:
    """Things that were spoken of lately, the last one first."""
    found: list[Thing] = []
    for text in [heard.text, *(said for one in reversed(heard.earlier[-NEAR:]) for said in (one.text, one.reply))]:
        found += [thing for thing in reversed(heard.things_of(text)) if thing not in found]
    return found[:MOST_NAMED]


def _spoken_of(kind: Kind, heard: Heard) -> list[str]:
    found: list[str] = []
    recent = list(heard.earlier[-NEAR:])
    for text in [heard.text, *(said for one in reversed(recent) for said in (one.text, one.reply))]:
        told = script(text) or heard.language
        pieces = [p for p in heard.pieces_of(text, told) if p.kind == kind and isinstance(p.value, tuple)]
        found += [p.named()[1] for p in reversed(pieces) if p.named()[1] not in found]
    return found[:MOST_NAMED]
