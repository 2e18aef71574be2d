"""Follow-ups of questions about ways and the speed: to another place, back, between those two; more or less of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moe_robot.lexicon import Case, Kind
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import FollowWords, script
from moe_robot.router.pieces import Piece
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.motion_words import MotionWords, shown
from moe_robot.router.proposers.moves import contexts, factor_of, likely_experts

NAMES: tuple[Kind, ...] = ("place", "object", "person")
_FIGURE = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?(?![\d.,]*\s?%|\w)")
FASTEST = 3.0  # m/s, that a bare figure may mean
End = tuple[Kind, str, str]  # kind, id, the colour of a thing


def ways(heard: Heard) -> Iterator[Raw]:
    words, likely = MotionWords.of(heard.language), likely_experts(heard)
    for at, before in contexts(heard):
        asked = any(words.begins("way", text) for text in (heard.text, before.text)) or all(_ends(before.text, heard))
        if "distance" not in (before.expert, *likely) and not asked:
            continue
        timely = words.begins("time", heard.text) or words.begins("time", before.text)
        for whole in dict.fromkeys(_asked(heard, before, words, timely)):
            yield "way", whole, "distance", at


def _asked(heard: Heard, before: Earlier, words: MotionWords, timely: bool) -> Iterator[str]:
    said, had = _ends(heard.text, heard), _ends(before.text, heard)
    start, goal = said[0] or had[0], said[1] or had[1]
    if words.has("back", heard.text):
        if had[0] and had[1]:
            yield _way(had[1], had[0], words, heard, timely)
        elif goal:
            yield words.say("far_back", a=_named(goal, heard))
    if said[0] and said[0] == goal:  # "from the kitchen" after "to the kitchen" turns it round
        goal = had[0]
    if goal and start and goal != start:
        yield _way(start, goal, words, heard, timely)
    if goal:
        yield _way(None, goal, words, heard, timely)
    passed = _ends(heard.text, heard)[1]
    if passed and had[1] and passed != had[1] and words.has("through", heard.text):
        whole = _way(had[0], had[1], words, heard, timely)
        yield str(words.data["through_say"]).format(whole, _named(passed, heard, "accs"))
    named: list[End] = []
    for text in [*(one.text for one in heard.earlier[-3:]), heard.text]:
        named += [one for one in _all(text, heard) if one not in named]
    if len(named) > 1 and words.has("which", heard.text):
        yield words.say("farther", a=_named(named[-2], heard), b=_named(named[-1], heard))
    if len(named) > 1:
        yield _way(named[-2], named[-1], words, heard, timely)


def _all(text: str, heard: Heard) -> list[End]:
    told = script(text) or heard.language
    return [_end(p, text, heard) for p in heard.names_of(text, told) if p.kind in NAMES]


def _end(piece: Piece, text: str, heard: Heard) -> End:
    kind, id = piece.named()
    colors = [color for thing, color in heard.things_of(text) if thing == id] if kind == "object" else []
    return kind, id, colors[0] if colors else ""


def _ends(text: str, heard: Heard) -> tuple[End | None, End | None]:
    """Where a way begins and where it ends, as far as it is said."""
    told = script(text) or heard.language
    away = set(FollowWords.of(told).data["away"])
    start: End | None = None
    goal: End | None = None
    for piece in heard.names_of(text, told):
        if piece.kind not in NAMES:
            continue
        end = _end(piece, text, heard)
        if piece.preposition in away and start is None:
            start = end
        elif goal is None or start is not None:
            goal = end
        elif start is None:  # "kitchen-bedroom"
            start, goal = goal, end
    return start, goal


def _named(end: End, heard: Heard, case: Case = "gent") -> str:
    name = heard.pieces.name(end[0], end[1], heard.language, case)
    if end[0] == "object":
        name = heard.thing_name((end[1], end[2]), case)
    return name if end[0] == "person" else str(MotionWords.of(heard.language).data["the"]).format(name)


def _way(start: End | None, goal: End, words: MotionWords, heard: Heard, timely: bool) -> str:
    timed = "_time" if timely else ""
    if start is None:
        return words.say(f"far{timed}", a=_named(goal, heard))
    return words.say(f"between{timed}", a=_named(start, heard), b=_named(goal, heard))


# ------------------------------------------------------------------ the speed


def speeds(heard: Heard) -> Iterator[Raw]:
    words, likely = MotionWords.of(heard.language), likely_experts(heard)
    for at, before in contexts(heard):
        told = words.begins("pace_asked", before.text)  # "what's your top speed?" "use it"
        if "speed" not in (before.expert, *likely) and not told:
            continue
        for value in dict.fromkeys(round(one, 4) for one in _speeds(heard, before, words) if 0 < one <= FASTEST):
            yield "speed", words.say("speed", n=shown(value)), "", at
        if words.begins("usual", heard.text):
            yield "speed", words.say("usual_speed"), "", at
        if words.begins("top", heard.text) or (told and words.begins("top", before.text)):
            yield "speed", words.say("top_speed"), "", at
        faster, slower = words.has("more", heard.text), words.has("less", heard.text)
        if faster or slower:
            yield from (("speed", words.say(key), "", at) for key in (["slower", "faster"][faster - slower :][:1]))
            yield "speed", words.say("faster" if slower else "slower"), "", at


def _speeds(heard: Heard, before: Earlier, words: MotionWords) -> Iterator[float]:
    had = _speed_in(before.text, heard)
    said = _speed_in(heard.text, heard)
    times = factor_of(heard)
    pieces = heard.pieces_of(heard.text)
    share = [p.number() / 100 for p in pieces if p.kind == "amount:percent"]
    less = words.has("less", heard.text)
    if had is not None:
        if times is not None:
            yield had * times
        elif share:
            yield had * (1 - share[0] if less else 1 + share[0])
        if said is not None and less:
            yield had - said
        elif said is not None and words.has("more", heard.text):
            yield had + said
    if said is not None and not share:
        yield said
    elif had is not None:
        yield had


def _speed_in(text: str, heard: Heard) -> float | None:
    told = script(text) or heard.language
    pieces = heard.pieces_of(text, told)
    found = [p.number() for p in pieces if p.kind == "amount:speed" and isinstance(p.value, float | int)]
    figures = [float(figure.replace(",", ".")) for figure in _FIGURE.findall(text)]  # "at 0.2 in the flat"
    return next(reversed(found or figures), None)
