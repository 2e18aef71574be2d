# ruff: noqa: E501 - a pattern is easier to read on one line
"""So much for so much: proportions, so much in one of them, several prices, legs of a journey, rectangles."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from moe_robot.experts.tools.clauses import Clause, clauses_of, words_of
from moe_robot.experts.tools.labels import NOT_EVEN, asked_label, fits, is_mass, is_measure, label_of, unit_of
from moe_robot.experts.tools.measures import measure_of, size_of
from moe_robot.experts.tools.relations import told
from moe_robot.experts.tools.schema import Solution, n, noun, solved
from moe_robot.experts.tools.story import Quantity, Story, length_unit, speed_unit, time_in, time_unit

_HANDS = r"рабоч|маляр|насос|труб|землекоп|строител|мастер|экскаватор|станк|коров|лошад|человек|worker|painter|pump|pipe|\bmen\b|people|machine|horse|cow|builder|farmer"


def proportion(story: Story) -> Solution | None:
    """ "3 crates hold 45 kg. How much do 5 such crates hold?": two that go together, and one of them again."""
    if len(story.quantities) != 3 or story.has(NOT_EVEN) or min(each.value for each in story.quantities) <= 0:
        return None
    clauses = clauses_of(story)
    told_here = [each for each in clauses if len(each.quantities) == 2]
    first, second, third = story.quantities
    if first.kind in ("ratio", "percent", "speed") or second.kind in ("ratio", "percent", "speed"):
        return None
    if len(told_here) != 1:
        return None
    if told_here[0].quantities[0] is not first:  # "how much do 6 cost if 4 cost 10"
        if told_here[0].quantities[0] is not second or not re.search(r"\b(?:если|if)\b", story.text):
            return None
        first, second, third = second, third, first
    asked, labels = asked_label(story), [label_of(each) for each in (first, second, third)]
    to_first, to_second = bool(labels[2] & labels[0]), bool(labels[2] & labels[1])
    if to_first == to_second:
        return None
    same, other, label = (first, second, labels[1]) if to_first else (second, first, labels[0])
    if is_mass(other):
        label |= {"$mass"}
    if not fits(asked, label) or fits(asked, labels[2]):
        return None
    if other.kind == "time" and same.kind == "thing" and re.search(_HANDS, same.unit):
        return None  # more hands, less time
    if "$time" not in asked and other.kind == "time" and not asked & label:
        return None
    value = other.value * third.value / same.value
    if value.denominator != 1 and not is_measure(other):
        return None
    return solved(value, unit_of(story, other), f"{n(other.value)} / {n(same.value)} · {n(third.value)}")


def in_one(story: Story) -> Solution | None:
    """ "12 pencils in one box. How many in 7 such boxes?" """
    items = story.quantities
    if len(items) != 2 or story.has(NOT_EVEN) or items[0].kind != "thing" or items[1].kind != "thing":
        return None
    clauses = clauses_of(story)
    if not clauses or clauses[0].quantities != items[:1]:
        return None
    holder = words_of(clauses[0].text) - label_of(items[0])
    asked, second = asked_label(story), label_of(items[1])
    if not second & holder or second & label_of(items[0]) or not asked & label_of(items[0]) or asked & holder:
        return None
    if len(holder & words_of(story.question)) < 1:
        return None
    value = items[0].value * items[1].value
    return solved(value, noun(story), f"{n(items[1].value)} · {n(items[0].value)}")


def one_of_them(story: Story) -> Solution | None:
    """ "4 equal mugs cost 600, how much is one?", "10 m for 4 equal dresses, how much for one?" """
    items = story.quantities
    if len(items) != 2 or story.has(NOT_EVEN) or not story.has(r"одинаков|identical|equal|\bsame\b|поровну|равн"):
        return None
    clauses = [each for each in clauses_of(story) if len(each.quantities) == 2]
    if len(clauses) != 1 or story.asks(r"\d|всего|вместе|\ball\b|altogether"):
        return None
    asked = asked_label(story)
    matching = [each for each in items if fits(asked, label_of(each))]
    if len(matching) != 1 or not matching[0].value:
        return None
    whole = matching[0]
    count = items[1] if whole is items[0] else items[0]
    if count.kind != "thing" or count.value.denominator != 1 or count.value < 2:
        return None
    value = whole.value / count.value
    if value.denominator != 1 and not is_measure(whole):
        return None
    return solved(value, unit_of(story, whole), f"{n(whole.value)} / {n(count.value)}")


def each_one(story: Story) -> Solution | None:
    """ "9 dresses, 3 m of cloth for each": all the cloth."""
    items = story.quantities
    if len(items) != 2 or story.has(NOT_EVEN) or story.has(r"поровну|equally|shared?|divide|split|разложи|раздел"):
        return None
    rates = [
        each
        for each in items
        if re.search(r"кажд|\beach\b|every", _beside(each)) and each.kind in ("thing", "money", "dist")
    ]
    if len(rates) != 1:
        return None
    rate, count = rates[0], next(each for each in items if each is not rates[0])
    asked = asked_label(story)
    if (
        count.kind != "thing"
        or count.value.denominator != 1
        or not fits(asked, label_of(rate))
        or asked & label_of(count)
    ):
        return None
    if re.search(r"\b(?:по|each|every|кажд\w+)\b", _beside(count)) and count is not items[0]:
        return None
    return solved(rate.value * count.value, unit_of(story, rate), f"{n(count.value)} · {n(rate.value)}")


def _beside(each: Quantity) -> str:
    """The words of the number's own part of the sentence."""
    return f"{re.split(r'[.;?!,]|[0-9]', each.before)[-1]} | {re.split(r'[.;?!,]|[0-9]', each.after)[0]}"


def pieces(story: Story) -> Solution | None:
    """ "A 5 m board is cut into pieces of 50 cm. How many?" """
    if len(story.quantities) != 2 or story.has(NOT_EVEN):
        return None
    sizes = [size_of(each) for each in story.quantities]
    if sizes[0] is None or sizes[1] is None or sizes[0][0] != sizes[1][0] or not sizes[1][1]:
        return None
    if not story.asks(r"сколько|how many") or any(measure_of(word) for word in re.findall(r"(?:сколько|how many) ([^\W\d_]+)", story.question)):  # fmt: skip
        return None
    second = _beside(story.quantities[1])
    if not re.search(r"\bпо\b|кажд|each|pieces?|длиной|long|bags?|bottles?|cups?|glass|jars?|\bof\b", second):
        return None
    value = sizes[0][1] / sizes[1][1]
    if value.denominator != 1 or value < 2:
        return None
    return solved(value, noun(story), f"{n(sizes[0][1])} / {n(sizes[1][1])}")


def weighs(story: Story) -> Solution | None:
    """ "A can weighs 3 kg. How much do 6 such cans weigh?" """
    items = story.quantities
    if (
        len(items) != 2
        or story.has(NOT_EVEN)
        or not story.asks(r"сколько вес|масса|how much do .* weigh|what do .* weigh")
    ):
        return None
    clauses = clauses_of(story)
    if (
        clauses[0].quantities != items[:1]
        or size_of(items[0]) is None
        or not words_of(clauses[0].text) & label_of(items[1])
    ):
        return None
    return solved(
        items[0].value * items[1].value,
        noun(story) if items[0].kind == "thing" else "",
        f"{n(items[1].value)} · {n(items[0].value)}",
    )


def several_prices(story: Story) -> Solution | None:
    """ "Tickets cost 8 for adults and 5 for children. What do 2 adults and 3 children pay?" """
    items = story.quantities
    if len(items) not in (4, 6) or story.has(NOT_EVEN):
        return None
    rates: list[tuple[Clause, Quantity]] = []
    counts: list[Quantity] = []
    kinds = {each.kind for each in items}
    for clause in clauses_of(story):
        for each in clause.quantities:
            if each.kind == "thing" and (clause.asked if kinds == {"thing"} else len(kinds) == 2):
                counts.append(each)
            elif len(clause.quantities) == 1 and each.kind in ("money", "time", "thing"):
                rates.append((clause, each))
            else:
                return None
    if (
        len(rates) != len(counts)
        or len({each.kind for _, each in rates}) != 1
        or len({each.unit for _, each in rates}) > 2
    ):
        return None
    if kinds == {"thing"} and not frozenset.intersection(asked_label(story), *(label_of(rate) for _, rate in rates)):
        return None
    labels = [label_of(each) for each in counts]
    if any(a & b for i, a in enumerate(labels) for b in labels[i + 1 :]):
        return None
    pairs: list[tuple[Quantity, Quantity]] = []
    for count, label in zip(counts, labels, strict=True):
        mine = [rate for clause, rate in rates if words_of(clause.text) & label]
        if len(mine) != 1:
            return None
        pairs.append((count, mine[0]))
    if len({id(rate) for _, rate in pairs}) != len(pairs) or not story.asks(
        r"сколько|how (?:many|much|long)|what|какова"
    ):
        return None
    if story.asks(r"сколько .{0,10}стоит (?:од|1)|how much (?:is|does) (?:one|a)\b"):
        return None
    total = sum((count.value * rate.value for count, rate in pairs), Fraction(0))
    shown = " + ".join(f"{n(count.value)} · {n(rate.value)}" for count, rate in pairs)
    return solved(total, unit_of(story, rates[0][1]), shown)


def legs(story: Story) -> Solution | None:
    """ "2 hours at 70 km/h and 3 hours at 60 km/h": the way."""
    speeds = [each for each in story.quantities if each.kind == "speed"]
    times = [each for each in story.quantities if each.kind == "time"]
    if len(speeds) < 2 or len(speeds) != len(times) or len(story.quantities) != 2 * len(speeds):
        return None
    if story.has(r"навстреч|toward|противополож|opposite|догон|catch|вслед|течени|current|встрет|meet") or story.asks(
        r"средн|average|на сколько|how much"
    ):
        return None
    if not story.asks(
        r"расстояни|путь|сколько (?:всего )?(?:км|километр|проехал|прошел|проплыл|пролетел)|how far|distance|how many (?:km|kilomet|miles)|длин"
    ):
        return None
    pairs = []
    for a, b in zip(story.quantities[::2], story.quantities[1::2], strict=True):
        if {a.kind, b.kind} != {"speed", "time"}:
            return None
        pairs.append((a, b) if a.kind == "speed" else (b, a))
    units = {speed_unit(each.unit) for each in speeds}
    unit = units.pop()
    if units or unit is None or any(time_unit(each.unit) is None for each in times):
        return None
    values = [(speed.value, time_in(time.value, time_unit(time.unit) or unit[1], unit[1])) for speed, time in pairs]
    return solved(
        sum((v * t for v, t in values), Fraction(0)), unit[0], " + ".join(f"{n(v)} · {n(t)}" for v, t in values)
    )


def rectangle(story: Story) -> Solution | None:
    """Garden, room, field: perimeter or area of its sides, a side of the perimeter or area."""
    if story.has(
        r"треуг|круг|triang|circ|кубическ|cubic|объем|volume|\bраз(?:а)?\b .{0,9}(?:увелич|уменьш)|высот|height|забор .* (?:стоит|руб)|диагонал|diagonal"
    ):
        return None
    if any(each.kind not in ("dist", "ratio", "thing") for each in story.quantities):
        return None
    around, area = (
        story.asks(r"периметр|perimeter|длин\w+ забор|fence|забор"),
        story.asks(r"площад|\barea\b|square (?:met|f)|квадратн\w* (?:метр|сантим)|кв\.? ?м"),
    )
    square = story.has(
        r"квадратн\w+ (?:клумб|участ|комнат|сад|поле|площадк|лист|двор)|квадрат(?:а|у|ом)?\b|\bsquare\b(?! (?:met|f[oe]|cent|kilo|mile|inch|yard))"
    )
    found = told(story)
    unit = next((length_unit(each.unit) or "" for each in story.quantities if each.kind == "dist"), "")
    if found is None or (around and area):
        return None
    numbers = [each.number for each in found.amounts]
    steps = "".join(f"{each}, " for each in found.steps)
    if (
        len(numbers) == 2
        and found.total is None
        and re.search(r"длин|ширин|length|width|\blong\b|\bwide\b|сторон|side", story.body)
    ):
        a, b = numbers
        if around:
            return solved(2 * (a + b), unit, f"{steps}2 · ({n(a)} + {n(b)})")
        if area:
            return solved(a * b, "", f"{steps}{n(a)} · {n(b)}")
        asked_side = story.asks(r"ширин|width|длин|length|сторон|side|how (?:wide|long)")
        if (
            asked_side
            and re.search(r"площад|\barea\b", story.body)
            and not re.search(r"периметр|perimeter", story.body)
            and not found.compared
            and min(a, b)
        ):
            return solved(max(a, b) / min(a, b), unit, f"{n(max(a, b))} / {n(min(a, b))}")
        if (
            asked_side
            and re.search(r"периметр|perimeter", story.body)
            and not found.compared
            and max(a, b) > 2 * min(a, b)
        ):
            return solved(max(a, b) / 2 - min(a, b), unit, f"{n(max(a, b))} / 2 − {n(min(a, b))}")
    if len(numbers) == 1 and square:
        if story.asks(r"сторон|side|длин\w* сторон") and re.search(r"периметр|perimeter", story.body):
            return solved(numbers[0] / 4, unit, f"{n(numbers[0])} / 4")
        if around and re.search(r"сторон|side", story.body):
            return solved(4 * numbers[0], unit, f"4 · {n(numbers[0])}")
        if area and re.search(r"сторон|side", story.body):
            return solved(numbers[0] ** 2, "", f"{n(numbers[0])} · {n(numbers[0])}")
    return None


SCHEMAS: tuple[Callable[[Story], Solution | None], ...] = (
    proportion, in_one, one_of_them, each_one, pieces, weighs, several_prices, legs, rectangle,
)  # fmt: skip
