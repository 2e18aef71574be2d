"""Follow-ups of driving and turning, and of whatever lasts: another side, another amount of it, back again.

What was done is read off the answer ("OK: backing up 2 meters."), what the turn says otherwise off its typed pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import FollowWords, changed, plain, script
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.motion_words import MotionWords, any_of, shown
from moe_robot.router.signs import Signs, factor

TURNED = ("left", "right")
OPPOSITE = {"left": "right", "right": "left", "ahead": "back", "back": "ahead"}
OF_LIKELY = 3  # experts whom the turn by itself may be for
HELD = ("amount:duration", "amount:length", "amount:angle", "amount:speed")
TIMED = ("wait", "follow", "explore")
COUNTED = {"angle": ("turn",), "length": ("drive",), "duration": ("wait",)}  # whose bare number is one of it


@dataclass(frozen=True)
class Move:
    """`unit`: what a bare number counts."""

    turns: bool
    side: str
    value: float | None
    unit: float
    pace: str


def moves(heard: Heard) -> Iterator[Raw]:
    words = MotionWords.of(heard.language)
    likely = likely_experts(heard)
    for at, before in contexts(heard):
        moved = before.moved and before.expert in ("drive", "turn")
        if not {"drive", "turn"} & {*likely, before.expert}:
            continue
        kind = "move" if moved else "move newly"
        yield from ((kind, text, "", at) for text in _moved(heard, before, words, moved))


def timed(heard: Heard) -> Iterator[Raw]:
    """What lasts, for another time: "half a minute's plenty", "wait as long as that"."""
    words, likely = MotionWords.of(heard.language), likely_experts(heard)
    for at, before in contexts(heard):
        experts = [expert for expert in TIMED if expert == before.expert]
        if not experts:
            hinted = {one for one in TIMED for text in (heard.text, before.text)
                      if any_of(words.data["near"][one], text, stems=True)}  # fmt: skip
            experts = [expert for expert in TIMED if expert in likely | hinted]
        if not experts:
            continue
        had = value_of(heard, before, "duration")
        values = new_values(heard, before, "duration", had)[:3]
        if not values and had is not None and any_of(words.data["near"]["wait"], heard.text, stems=True):
            values = [had]  # "then wait that"
        for value in values:
            for expert in experts:
                if expert != "follow":
                    yield "lasting", words.say("wait" if expert == "wait" else "explore_for", n=shown(value)), "", at


def contexts(heard: Heard) -> list[tuple[int, Earlier]]:
    """What the turn may lean on, with its index in `leaning`; also what was said to nobody lately."""
    found = list(enumerate(heard.leaning[:2]))
    lately = [one for one in reversed(heard.earlier[-2:]) if not any(one == known for _, known in found)]
    return [*found, *((-1, one) for one in lately)]


def likely_experts(heard: Heard) -> set[str]:
    return {heard.alone.expert, *(name for name, _ in heard.alone.ranked[:OF_LIKELY])} - {""}


def sides_of(text: str, heard: Heard) -> list[str]:
    """Every side that is named, in order."""
    told = script(text) or heard.language
    pieces = [p for p in heard.pieces_of(text, told) if p.kind in ("turn", "line", "side")]
    extra = MotionWords.of(told).data["sides"]
    found = [str(p.value) for p in pieces]
    found += [side for side, forms in extra.items() if any_of(forms, text)]
    return list(dict.fromkeys(found))


def value_of(heard: Heard, before: Earlier, kind: str) -> float | None:
    """How much of it was done: of the plan, the answer or the text."""
    units = {"angle": ("град", "deg"), "length": ("м", "m"), "duration": ("сек", "sec")}[kind]
    number, _, unit = before.amount.partition(" ")
    if number and unit.startswith(units):
        return float(number)
    for text in (before.reply, before.text) if before.moved else (before.text, before.reply):
        told = script(text) or heard.language
        found = [p for p in heard.pieces_of(text, told) if p.kind == f"amount:{kind}" and isinstance(p.value, float)]
        if found:
            return found[-1].number()
    counts = before.expert in COUNTED[kind] or _units_in(before.text, kind, MotionWords.of(heard.language))
    bare = _number_of(before.text, heard) if counts else None
    return bare * unit_of(before.text, kind, heard) if bare is not None else None


def new_values(heard: Heard, before: Earlier, kind: str, had: float | None) -> list[float]:
    """What the amount is now: said, so many times as much, so much more or less; the likeliest first."""
    text, words = heard.text, MotionWords.of(heard.language)
    pieces = heard.pieces_of(text)
    unit = unit_of(before.text, kind, heard)
    said = [p.number() for p in pieces if p.kind == f"amount:{kind}" and isinstance(p.value, float)]
    said = said or [p.number() * unit for p in pieces if p.kind == "number" and isinstance(p.value, float)]
    values: list[float] = []
    bare = _number_of(before.text, heard)
    named = _units_in(text, kind, words)
    if bare is not None and not said and named:  # "centimetres, not metres"
        values += [bare * one for one in named]
    if had is not None:
        share = [p.number() / 100 for p in pieces if p.kind == "amount:percent"]
        more, less = words.has("more", text), words.has("less", text)
        times = factor_of(heard)
        if times is not None:
            values.append(had * times)
        elif share:
            values += [had * (1 - share[0]) if less else had * (1 + share[0]), had * share[0]]
        values += [had - one for one in said if less]
        if more and not less:
            return _sensible([*values, *said, *(had + one for one in said)])
        if less and not said and not values:
            values.append(had / 2)
    return _sensible([*values, *said])


def factor_of(heard: Heard) -> float | None:
    amounts = [p for p in heard.pieces_of(heard.text) if p.kind == "number" or p.kind in HELD]
    text = changed(heard.text, [(p.start, p.end, "#") for p in amounts])  # the half of "one and a half" is no factor
    for value, phrases in MotionWords.of(heard.language).data["parts"].items():
        if any_of(phrases, text, stems=True):
            return float(value)
    found, _ = factor(plain(text), heard.signs)
    return found


def unit_of(text: str, kind: str, heard: Heard) -> float:
    found = _units_in(text, kind, MotionWords.of(script(text) or heard.language))
    return found[-1] if found else 1.0


def _units_in(text: str, kind: str, words: MotionWords) -> list[float]:
    """In the order of the text."""
    found = []
    for word in plain(text).split():
        for value, stems in words.data["units"][kind].items():
            if any(word == stem or (len(stem) > 1 and word.startswith(stem)) for stem in stems):
                found.append(float(value))
                break
    return found


def _number_of(text: str, heard: Heard) -> float | None:
    """The figure of an earlier amount, without its unit."""
    told = script(text) or heard.language
    pieces = heard.pieces.find(text, FollowWords.of(told))
    found = [p for p in pieces if p.kind in ("number", "times") or p.kind.startswith("amount")]
    if not found or not isinstance(found[-1].value, float | int):
        return 1.0 if set(plain(text).split()) & set(Signs.of(told).data["one"]) else None
    last = found[-1]
    if last.kind.startswith("amount"):
        kind = last.kind.partition(":")[2]
        return last.number() / unit_of(text, kind, heard) if kind in ("length", "duration", "angle") else None
    return last.number()


def _sensible(values: Sequence[float]) -> list[float]:
    return list(dict.fromkeys(round(value, 4) for value in values if value > 0))


# ------------------------------------------------------------------ driving and turning


def _move(heard: Heard, before: Earlier) -> Move:
    told = before.reply if before.moved else before.text
    sides = sides_of(told, heard) or sides_of(before.text, heard)
    angle, length = value_of(heard, before, "angle"), value_of(heard, before, "length")
    turns = before.expert == "turn" or (angle is not None and length is None)
    turns = turns or (before.expert != "drive" and bool(sides) and sides[-1] in TURNED)
    mine = [side for side in sides if (side in TURNED) == turns]
    side = mine[-1] if mine else "left" if turns else "ahead"
    words = MotionWords.of(script(before.text) or heard.language)
    pace = next((pace for pace in ("slow", "fast") if words.begins(pace, before.text)), "")
    value = angle if turns else length
    return Move(turns, side, value, unit_of(before.text, "angle" if turns else "length", heard), pace)


def _moved(heard: Heard, before: Earlier, words: MotionWords, moved: bool) -> Iterator[str]:
    had = _move(heard, before)
    text = heard.text
    said = sides_of(text, heard)
    undone = bool(heard.signs.has("other", plain(text))) or words.has("undo", text)
    pace = next((pace for pace in ("slow", "fast") if words.begins(pace, text)), "")
    kinds = [turns for turns in (had.turns, not had.turns) if turns == had.turns or _crosses(said, turns, heard)]
    found: list[str] = []
    for turns in kinds:
        mine = [side for side in said if (side in TURNED) == turns]
        same = turns == had.turns
        value = had.value if same else None
        values = new_values(heard, before, "angle" if turns else "length", value)
        kept = had.side if same else "left" if turns else "ahead"
        sides = [*reversed(mine), *((OPPOSITE[kept],) if undone else ())] or [kept]
        if values:
            if undone or (not mine and words.has("less", text)):
                sides = [*sides, kept, OPPOSITE[kept]]
            sides = list(dict.fromkeys(sides))[:2]
            found += [_said(words, side, one, pace or had.pace) for one in values[:2] for side in sides]
        if (mine or undone or pace) and value is not None:
            found += [_said(words, side, value, pace or had.pace) for side in sides[:2]]
        if mine or undone or (not moved and turns):
            found += [_said(words, side, None, pace) for side in sides[:2]]
    if words.has("around", text) or (not moved and (words.has("around", before.text) or had.side == "back")):
        found.append(str(words.data["say"]["bare"]["around"]))
    return iter(list(dict.fromkeys(found))[:8])


def _crosses(said: Sequence[str], turns: bool, heard: Heard) -> bool:
    """A turn after a drive or the other way round: its side or its unit is said."""
    kind = "amount:angle" if turns else "amount:length"
    return any((side in TURNED) == turns for side in said) or any(p.kind == kind for p in heard.pieces_of(heard.text))


def _said(words: MotionWords, side: str, value: float | None, pace: str) -> str:
    say = words.data["say"]
    if value is None:
        text = str(say["bare"][side])
    else:
        text = str(say["turn" if side in TURNED else "line"][side]).format(n=shown(value))
    return str(say["pace"][pace]).format(text) if pace and side not in TURNED else text
