# ruff: noqa: E501 - a pattern is easier to read on one line
"""Schemas of motion, of work together and of ages. Each takes a story and gives a solution, or None: it does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from moe_robot.experts.tools.schema import Solution, n, solved
from moe_robot.experts.tools.story import Story, length_in, length_unit, speed_unit, time_in, time_unit

_MEET = r"навстречу|встрет|towards each|toward each|meet"
_APART = r"противоположн|opposite|в разные стороны|удал\w+ друг от друга"
_CHASE = r"догон|догна|catch(?:es)? up|overtake|вдогонку|вслед"
_RIVER = r"течени|current|upstream|downstream|против ветра|\bwind\b|against"
_OWN = r"собственн\w* скорост|в стоячей воде|still water|own speed"
_WORK = r"вместе|сообща|together|обе трубы|оба|both"


def _units(story: Story) -> tuple[str, str] | None:
    """(length, time) of the speeds in the story, None when they differ or there are none."""
    units = {speed_unit(each.unit) for each in story.quantities if each.kind == "speed"}
    return units.pop() if len(units) == 1 else None


def _distances(story: Story, unit: str) -> list[Fraction]:
    return [
        length_in(each.value, length_unit(each.unit) or unit, unit) for each in story.quantities if each.kind == "dist"
    ]


def _times(story: Story, unit: str) -> list[Fraction]:
    return [time_in(each.value, time_unit(each.unit) or unit, unit) for each in story.quantities if each.kind == "time"]


def distance_of_one(story: Story) -> Solution | None:
    units = _units(story)
    if not story.only(speed=1, time=1) or units is None or story.has(f"{_RIVER}|{_MEET}|{_CHASE}"):
        return None
    if not story.asks(
        r"расстояни|километров|\bкм\b|какой путь|сколько (?:метров|проед|прош|пролет|он проед)|далеко|how far|distance|how many (?:km|kilomet|miles|met)|длин|далек"
    ):
        return None
    (speed,), (time,) = story.of("speed"), _times(story, units[1])
    return solved(speed * time, units[0], f"{n(speed)} · {n(time)}")


def speed_of_one(story: Story) -> Solution | None:
    if not story.only(dist=1, time=1) or not story.asks(
        r"скорост|speed|how fast|как быстро|(?:metres|meters|kilomet\w+|miles|km) (?:per|an) (?:second|hour|minute)|в секунду|в час\b|за (?:1 )?час\b|(?:per|each|in an|an) hour"
    ):
        return None
    length = next(length_unit(each.unit) for each in story.quantities if each.kind == "dist")
    time = next(time_unit(each.unit) for each in story.quantities if each.kind == "time")
    (way,), (took,) = story.of("dist"), story.of("time")
    if not took or length is None or time is None:
        return None
    if time == "min" and length in ("km", "mi"):
        took, time = took / 60, "h"
    return solved(way / took, f"{length}/{time}", f"{n(way)} / {n(took)}")


def time_of_one(story: Story) -> Solution | None:
    units = _units(story)
    if not story.only(speed=1, dist=1) or units is None or story.has(f"{_RIVER}|{_MEET}|{_CHASE}"):
        return None
    if not story.asks(
        r"за сколько|сколько (?:времени|часов|минут)|за какое время|как долго|через сколько|how long|how many (?:hours|minutes)|what time|when|how much time"
    ):
        return None
    (speed,), (way,) = story.of("speed"), _distances(story, units[0])
    return solved(way / speed, units[1], f"{n(way)} / {n(speed)}") if speed else None


def meeting(story: Story) -> Solution | None:
    units = _units(story)
    if units is None or not story.has(_MEET) or story.has(f"{_CHASE}|{_RIVER}"):
        return None
    speeds = story.of("speed")
    if story.only(speed=2, dist=1) and story.asks(
        r"через сколько|когда|через какое|сколько (?:времени|часов)|when|how (?:long|soon|many hours)|after how"
    ):
        (way,) = _distances(story, units[0])
        return (
            solved(way / sum(speeds), units[1], f"{n(way)} / ({n(speeds[0])} + {n(speeds[1])})")
            if sum(speeds)
            else None
        )
    if story.only(speed=2, time=1) and story.asks(r"расстояни|distance|how far|apart"):
        (time,) = _times(story, units[1])
        return solved(time * sum(speeds), units[0], f"({n(speeds[0])} + {n(speeds[1])}) · {n(time)}")
    if story.only(speed=1, dist=1, time=1) and story.asks(r"скорост|speed"):
        (way,), (time,) = _distances(story, units[0]), _times(story, units[1])
        if not time:
            return None
        return solved(way / time - speeds[0], f"{units[0]}/{units[1]}", f"{n(way)} / {n(time)} − {n(speeds[0])}")
    return None


def apart(story: Story) -> Solution | None:
    units = _units(story)
    if units is None or not story.has(_APART) or not story.only(speed=2, time=1) or story.has(f"{_MEET}|{_CHASE}"):
        return None
    if not story.asks(r"расстояни|distance|how far|apart"):
        return None
    (time,), speeds = _times(story, units[1]), story.of("speed")
    return solved(time * sum(speeds), units[0], f"({n(speeds[0])} + {n(speeds[1])}) · {n(time)}")


def same_way(story: Story) -> Solution | None:
    """Two in one direction: how far apart after a time."""
    units = _units(story)
    if (
        units is None
        or not story.has(r"в одном направлении|same direction|в одну сторону")
        or not story.only(speed=2, time=1)
    ):
        return None
    if not story.asks(r"расстояни|на сколько|сколько километров|how far|apart|distance") or story.has(
        f"{_MEET}|через .* (?:после|вслед)|later"
    ):
        return None
    (time,), speeds = _times(story, units[1]), story.of("speed")
    low, high = min(speeds), max(speeds)
    return solved(time * (high - low), units[0], f"({n(high)} − {n(low)}) · {n(time)}")


def chase(story: Story) -> Solution | None:
    units = _units(story)
    if (
        units is None
        or not story.has(_CHASE)
        or story.has(_RIVER)
        or not story.asks(
            r"через сколько|когда|через какое|сколько (?:времени|часов)|when|how (?:long|soon|many hours)|after how"
        )
    ):
        return None
    speeds = story.of("speed")
    if len(speeds) != 2:
        return None
    slow, fast = min(speeds), max(speeds)
    if slow == fast:
        return Solution((Fraction(0),), "", "", "never")
    if story.only(speed=2, dist=1):
        (lead,) = _distances(story, units[0])
        return solved(lead / (fast - slow), units[1], f"{n(lead)} / ({n(fast)} − {n(slow)})")
    if story.only(speed=2, time=1) and story.has(
        r"раньше|earlier|за ним через|через .{0,20} (?:после|вслед|выехал|вышел)|later|after|спустя|позже"
    ):
        (head,) = _times(story, units[1])
        return solved(slow * head / (fast - slow), units[1], f"{n(slow)} · {n(head)} / ({n(fast)} − {n(slow)})")
    return None


def river(story: Story) -> Solution | None:
    """Speed in still water and of the current are given: along, against, or the time for a way."""
    units = _units(story)
    if units is not None and story.only(dist=1, time=1, speed=1) and story.asks(_OWN):
        return _own_by_way(story, units)
    if units is None or not story.has(r"течени|current") or len(story.of("speed")) != 2:
        return None
    own, stream = max(story.of("speed")), min(story.of("speed"))
    against = story.has(r"против|against|upstream")
    along = story.has(r"по течению|with the current|downstream")
    if against == along:
        return None
    if story.asks(_OWN):
        if not story.only(speed=2):
            return None
        value, sign = (own + stream, "+") if against else (own - stream, "−")
        return solved(value, f"{units[0]}/{units[1]}", f"{n(own)} {sign} {n(stream)}")
    speed, sign = (own - stream, "−") if against else (own + stream, "+")
    if speed <= 0:
        return Solution((Fraction(0),), "", "", "never")
    if story.only(speed=2) and story.asks(r"скорост|speed|how fast"):
        return solved(speed, f"{units[0]}/{units[1]}", f"{n(own)} {sign} {n(stream)}")
    if story.only(speed=2, dist=1) and story.asks(
        r"за сколько|сколько (?:времени|часов)|за какое|how long|how many hours"
    ):
        (way,) = _distances(story, units[0])
        return solved(way / speed, units[1], f"{n(way)} / ({n(own)} {sign} {n(stream)})")
    if story.only(speed=2, time=1) and story.asks(
        r"расстояни|сколько (?:километров|км|проплыв|пройд)|how far|distance|какое"
    ):
        (time,) = _times(story, units[1])
        return solved(time * speed, units[0], f"({n(own)} {sign} {n(stream)}) · {n(time)}")
    return None


def _own_by_way(story: Story, units: tuple[str, str]) -> Solution | None:
    """The boat's own speed from a way along or against the current and its time."""
    against, along = story.has(r"против|against|upstream"), story.has(r"по течению|with the current|downstream")
    (way,), (time,), (stream,) = _distances(story, units[0]), _times(story, units[1]), story.of("speed")
    if against == along or not time:
        return None
    value, sign = (way / time + stream, "+") if against else (way / time - stream, "−")
    return solved(value, f"{units[0]}/{units[1]}", f"{n(way)} / {n(time)} {sign} {n(stream)}")


def work_together(story: Story) -> Solution | None:
    times = [each for each in story.quantities if each.kind == "time"]
    if (
        not story.has(_WORK)
        or len({time_unit(each.unit) for each in times}) != 1
        or story.of("speed")
        or story.of("dist")
    ):
        return None
    if not story.asks(
        r"за сколько|сколько (?:времени|часов|минут|дней)|за какое|как быстро|how long|how many (?:hours|days|minutes)|when|in what time"
    ):
        return None
    unit = time_unit(times[0].unit)
    values = [each.value for each in times]
    if (
        unit is None
        or min(values) <= 0
        or not story.has(
            r"труб|рабоч|маляр|мастер|бригад|насос|кран|дела[ею]т|выполн|наполн|строит|крас|печата|копа|вспа|paint|pipe|worker|pump|fill|build|tap|job|work|finish|dig|print|mow|clean|убир"
        )
    ):
        return None
    if story.has(r"опорожн|вытека|выливает|осушает|empties|drains?\b"):
        if len(values) != 2 or not story.only(time=2):
            return None
        if values[1] <= values[0]:
            return Solution((Fraction(0),), "", "", "never")
        return solved(1 / (1 / values[0] - 1 / values[1]), unit, f"1 / (1/{n(values[0])} − 1/{n(values[1])})")
    one_alone = re.search(r"(?:вместе|together)[^,.;?]{0,60}?(?:за|in)? ?\d", story.body)
    if one_alone and story.asks(r"один|одна|сам|втор|друг|alone|other|on his own"):
        if not story.only(time=2):
            return None
        both = next(each.value for each in times if re.search(r"(?:вместе|together)[^.;?]*$", each.before))
        alone = next((each.value for each in times if each.value != both), None)
        if alone is None or alone <= both:
            return Solution((Fraction(0),), "", "", "contradiction")
        return solved(1 / (1 / both - 1 / alone), unit, f"1 / (1/{n(both)} − 1/{n(alone)})")
    if one_alone and not story.asks(_WORK):
        return None
    if not story.only(time=len(values)) or not 2 <= len(values) <= 3:
        return None
    return solved(
        1 / sum((1 / value for value in values), Fraction(0)),
        unit,
        "1 / (" + " + ".join(f"1/{n(value)}" for value in values) + ")",
    )


def workers_and_days(story: Story) -> Solution | None:
    """ "6 workers take 4 days, how many days do 8 take": the work stays the same."""
    things = [each for each in story.quantities if each.kind == "thing"]
    times = [each for each in story.quantities if each.kind == "time"]
    if not story.only(thing=2, time=1) or not all(
        re.match(
            r"рабоч|маляр|насос|труб|землекоп|строител|мастер|экскаватор|worker|painter|pump|pipe|men\b|people|machine|станк",
            each.unit,
        )
        for each in things
    ):
        return None
    if not story.asks(r"за сколько|сколько (?:дней|часов)|how (?:many|long)") or not things[1].value:
        return None
    unit = time_unit(times[0].unit)
    first, second = things[0].value, things[1].value
    return (
        None
        if unit is None
        else solved(first * times[0].value / second, unit, f"{n(first)} · {n(times[0].value)} / {n(second)}")
    )


# ------------------------------------------------------------ ages

_AGE = r"лет\b|год|старше|младше|возраст|years|old|age"


def ages_ratio_later(story: Story) -> Solution | None:
    """ "Mother is 36, the son 6: in how many years will she be 3 times as old?" """
    people = [
        each.value for each in story.quantities if each.kind == "years" or (each.kind == "thing" and story.has(_AGE))
    ]
    if len(story.of("ratio")) != 1 or len(people) != 2 or len(story.quantities) != 3 or not story.has(_AGE):
        return None
    if not story.asks(r"через сколько лет|через сколько|сколько лет назад|in how many years|when will|how many years"):
        return None
    (ratio,), older, younger = story.of("ratio"), max(people), min(people)
    if ratio <= 1:
        return None
    return solved(
        (older - ratio * younger) / (ratio - 1), "year", f"({n(older)} − {n(ratio)} · {n(younger)}) / ({n(ratio)} − 1)"
    )


def age_by_ratio(story: Story) -> Solution | None:
    """ "Mum is 36, three times as old as her son. How old is he?" """
    people = [each for each in story.quantities if each.kind == "years" or (each.kind == "thing" and story.has(_AGE))]
    if len(people) != 1 or len(story.of("ratio")) != 1 or len(story.quantities) != 2 or not story.has(_AGE):
        return None
    if not story.asks(r"сколько лет|how old|возраст|age") or story.has(
        r"вместе|together|сумм|\bsum\b|на двоих|добав|add up"
    ):
        return None
    (ratio,), age = story.of("ratio"), people[0].value
    younger = story.has(r"младше|моложе|younger")
    if not ratio:
        return None
    if younger or story.has(r"раза? старше (?:сво\w+ )?(?:\w+)|times (?:as old as|older than)"):
        asked_older = _asked_is_subject(story)
        if asked_older is None:
            return None
        return (
            solved(age * ratio, "year", f"{n(age)} · {n(ratio)}")
            if asked_older
            else solved(age / ratio, "year", f"{n(age)} / {n(ratio)}")
        )
    return None


def _asked_is_subject(story: Story) -> bool | None:
    """Whether the one asked about is the older: the one whose age is given is not. None: not clear."""
    given = next(each for each in story.quantities if each.kind != "ratio")
    ratio = next(each for each in story.quantities if each.kind == "ratio")
    same_person = re.search(r"\b(?:он|она|he|she|и|что|which is|это|who)\b", ratio.before[-40:]) or re.search(
        r"лет,? $|, (?:and )?(?:he|she|is)? ?$", ratio.before
    )
    older = not re.search(r"младше|моложе|younger", ratio.after)
    after_given = story.text.find(given.after[:10]) <= story.text.find(ratio.after[:10])
    if not after_given or not same_person:
        return None
    return not older


SCHEMAS: tuple[Callable[[Story], Solution | None], ...] = (
    distance_of_one, speed_of_one, time_of_one, meeting, apart, chase, same_way, river, work_together, workers_and_days, ages_ratio_later, age_by_ratio,
)  # fmt: skip
