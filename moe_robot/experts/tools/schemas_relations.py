# ruff: noqa: E501 - a pattern is easier to read on one line
"""What is asked about amounts that a story tells or compares: one of them, all together, a difference, what is left."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from moe_robot.experts.tools.clauses import asked_noun, clauses_of, same_doing, words_of
from moe_robot.experts.tools.relations import TOTAL, told
from moe_robot.experts.tools.schema import Solution, money, n, noun, solved
from moe_robot.experts.tools.schemas_things import GAIN, GIVEN, LOSS
from moe_robot.experts.tools.story import Story, length_unit, time_unit
from moe_robot.experts.tools.story_amounts import Amount, Told, match

_DIFFERENCE = r"разност|разниц|на сколько|насколько|how (?:many|much) (?:\w+ ){0,3}?(?:more|fewer|less|older|younger|longer|shorter|heavier|lighter|cheaper|dearer|taller|farther)|difference"
_GROUP = r"\b(?:дети|ребята|мальчики|девочки|друзья|подруги|братья|сестры|ученики|the (?:boys|girls|children|kids|friends|brothers|sisters))\b"
_PRONOUN = r"\b(?:he|she|it|they|him|her|он|она|оно|нее|него|ему|ей)\b"
_TIMES = r"во сколько|how many times"
_TOGETHER = (
    rf"{TOTAL}|за все дни|in all|\bв(?:се|сех|сем|сего)\b|вс[яюе]й? покупк|\bоб(?:а|е|оих|еих)\b|\bboth\b|\ball\b"
)
_WAS = r"был[оа]? (?:у|в)|у (?:него|нее|них|меня) был|have before|(?:were|was) (?:there )?in\b"
_LEFT = r"\bstay|остал|останет|остат|сдач|\bleft\b|remain|\bchange\b|still (?:ha|need)|\bnow\b|теперь|стал|сначала|at first|in the beginning|originally|at the start|первоначально|свободн|\bfree\b|empty|пуст"
_MEASURES = ("кг", "килограмм", "литр", "тонн", "грамм", "метр", "kg", "kilogram", "litre", "liter", "ton", "gram", "pound", "ounce", "metre", "meter", "l", "g", "m")  # fmt: skip


def relations(story: Story) -> Solution | None:
    """Amounts compared with each other, a whole and its parts, several sums."""
    if story.has(r"скорост|speed|\bголов|\bheads\b|голов\w* и|навстреч|течени|через .{0,12} лет|in .{0,12} years|процент|percent|задума|think of a number|поровну|equally|in (?:an?|each|every|one) hour|в час\b|изношен|приш[ел]|приехал|прилет|еще\b"):  # fmt: skip
        return None
    moved = re.search(f"{LOSS}|{GAIN}|остал|останет|стало|\\bleft\\b|remain|\\bnow\\b", story.body)
    if (
        story.asks(_LEFT)
        or (moved and story.asks(_WAS))
        or re.search(r"периметр|площад|perimeter|\barea\b", story.text)
    ):
        return None
    found = told(story)
    if found is None or found.some or not _whole_things(found):
        return None
    if not (found.compared or _products(found)):
        return _two_kinds(story, found)
    return _asked(story, found)


def _two_kinds(story: Story, found: Told) -> Solution | None:
    """ "18 limes and 12 oaks were planted. How many trees were planted?" """
    if story.has(r"\bиз них\b|\bиз которых\b|\bof (?:them|these|which|whom)\b|\bсреди\b|\bamong\b"):
        return None
    question = " ".join(each.text for each in clauses_of(story) if each.asked)
    asked = asked_noun(question)
    if (
        found.amounts[0].kind != "thing"
        or found.total is not None
        or not asked
        or asked & words_of(story.body)
        or len({each.kind for each in found.amounts}) > 1
    ):
        return None
    if len({each.clause.sentence for each in found.amounts}) > 1 or not same_doing(re.sub(r"\b[^\W\d_]+\b", lambda m: "" if words_of(m[0]) & asked else m[0], question), story.body):  # fmt: skip
        return None
    return _all_kinds(list(found.amounts), "", _unit(story, found))


def _products(found: Told) -> bool:
    return any("·" in each.working for each in found.amounts)


def _whole_things(found: Told) -> bool:
    """Half a child is a misreading."""
    return all(
        each.number.denominator == 1 or each.kind != "thing" or each.noun.startswith(_MEASURES)
        for each in found.amounts
    )


def _unit(story: Story, found: Told) -> str:
    first = found.total or found.amounts[0]
    if story.asks(r"сколько .{0,12}лет\b|how old|возраст"):
        return "year"
    if first.kind == "money":
        return money(story)
    if first.kind == "years":
        return "year"
    if first.kind == "dist":
        return length_unit(first.noun) or ""
    if first.kind == "time":
        return time_unit(first.noun) or ""
    return noun(story)


def _asked(story: Story, found: Told) -> Solution | None:
    amounts = list(found.amounts)
    if len({each.kind for each in amounts}) != 1 and not any(each.kind == "thing" for each in amounts):
        return None
    question = " ".join(each.text for each in clauses_of(story) if each.asked)
    words, unit = words_of(question), _unit(story, found)
    steps = ", ".join(found.steps)
    if re.search(_DIFFERENCE, question) and re.search(_TOGETHER, question):
        return None
    if re.search(_DIFFERENCE, question) or re.search(_TIMES, question):
        return _compared(question, words, amounts, steps, unit)
    named = [each for each in amounts if match(words & each.words, amounts) is each]
    together = re.search(_TOGETHER, question) is not None or _hint(question)
    together = together or (len(named) > 1 and re.search(r" (?:и|and) ", question) is not None)
    together = together or (not named and re.search(_GROUP, question) is not None and not found.total)
    if together:
        if (
            found.total is not None
            or len(amounts) < 2
            or (
                named
                and not _hint(question)
                and len(named) == 1
                and not re.search(r"\bboth\b|\bоб(?:а|е|оих|еих)\b", question)
                and len(amounts) == 2
                and _only_named(words, named[0], amounts)
            )
        ):
            return None
        chosen = named if len(named) >= 2 and not _hint(question) else amounts
        total = sum((each.number for each in chosen), Fraction(0))
        shown = " + ".join(n(each.number) for each in chosen)
        return solved(total, unit, f"{steps}, {shown}" if steps else shown)
    asked = asked_noun(question)
    owners = [each for each in amounts if asked & each.words]
    told_apart = match(words - asked - (found.total.words if found.total else frozenset()), amounts)
    if told_apart is not None and told_apart.is_derived:
        amounts = [told_apart]
    elif asked and owners and len(owners) < len(amounts):
        amounts = owners
    if asked and not owners and found.total is None and all("·" in each.working for each in amounts):
        return None if asked & words_of(story.body) else _all_kinds(amounts, steps, unit)
    one = amounts[0] if len(amounts) == 1 else match(words, amounts)
    if one is None and found.total is not None:
        one = match(words - found.total.words, amounts)
    if (
        one is None
        and not owners
        and (asked or _products(found))
        and found.total is None
        and (every := _all_kinds(amounts, steps, unit))
    ):
        return every
    if (
        one is None
        and not (words - asked)
        and re.search(_PRONOUN, question)
        and (unit == "year" or re.search(r"how (?:tall|heavy|long)", question))
    ):
        derived = [each for each in amounts if each.is_derived]
        one = derived[0] if len(derived) == 1 else None
    if one is None or not steps or not one.is_derived:  # what is told is not asked
        return None
    return Solution((one.number,), unit, steps)


def _all_kinds(amounts: list[Amount], steps: str, unit: str) -> Solution | None:
    """ "8 daisies and 3 fewer cornflowers. How many flowers?": each amount is of things of its own."""
    nouns = [each.own or each.words for each in amounts]
    if len(amounts) < 2 or not all(nouns):
        return None
    shared = frozenset.intersection(*nouns)
    if shared and not (all("·" in each.working for each in amounts) and all(each - shared for each in nouns)):
        return None
    total = sum((each.number for each in amounts), Fraction(0))
    shown = " + ".join(n(each.number) for each in amounts)
    return solved(total, unit, f"{steps}, {shown}" if steps else shown)


def _hint(question: str) -> bool:
    return re.search(r"\b[2-5]\b", question) is not None


def _only_named(words: frozenset[str], one: Amount, amounts: list[Amount]) -> bool:
    others = frozenset().union(*(each.words for each in amounts if each is not one))
    return bool((one.words - others) & words)


def _compared(question: str, words: frozenset[str], amounts: list[Amount], steps: str, unit: str) -> Solution | None:
    chosen = amounts
    if len(amounts) > 2:
        chosen = [
            each for each in amounts if (each.words & words) - frozenset.intersection(*(a.words for a in amounts))
        ]
    if len(chosen) != 2 or not steps:
        return None
    big, small = max(each.number for each in chosen), min(each.number for each in chosen)
    if re.search(_TIMES, question):
        return solved(big / small, "", f"{steps}, {n(big)} / {n(small)}") if small else None
    return solved(big - small, unit, f"{steps}, {n(big)} − {n(small)}")


def account(story: Story) -> Solution | None:
    """What is left, or is there now, after amounts came and went; some of them compared or given as so many at so much."""
    if (
        not (story.asks(f"{_LEFT}|{_WAS}") or (story.asks(r"\bdoes .* have\b|есть у") and re.search(LOSS, story.body)))
        or story.has(r"процент|percent|%|поровну|equally|скорост|speed")
        or any(0 < each.value < 1 and not each.unit.startswith((*_MEASURES, "as")) for each in story.quantities)
    ):
        return None
    found = told(story)
    if (
        found is None
        or found.total is not None
        or len(found.amounts) < 2
        or len({each.kind for each in found.amounts}) != 1
    ):
        return None
    if found.some or (story.asks(_FIRST) and re.search(_STAYED, found.amounts[-1].clause.text)):
        return _start(story, found)
    if story.asks(r"сдач|\bchange\b") and found.amounts[0].kind == "money" and not found.compared:
        return _change(story, found)
    if story.asks(_FIRST):
        return None
    signs = _signs(found.amounts, taken=story.asks(_REMAINS))
    if signs is None or not _whole_things(found):
        return None
    mine = _named_only(story, found.amounts, signs)
    if mine is None:
        return None
    (first, *moved), signs = mine
    if re.search(f"{LOSS}|{_PAID}" if first.kind == "money" else LOSS.replace("|left", ""), first.clause.text):
        return None
    total = first.number + sum((sign * each.number for sign, each in zip(signs, moved, strict=True)), Fraction(0))
    shown = n(first.number) + "".join(
        f" {'+' if s > 0 else '−'} {n(a.number)}" for s, a in zip(signs, moved, strict=True)
    )
    steps = [each.working for each in found.amounts if each.working]
    return solved(total, _unit(story, found), ", ".join([*steps, shown]))


def _named_only(
    story: Story, amounts: tuple[Amount, ...], signs: list[int]
) -> tuple[tuple[Amount, ...], list[int]] | None:
    """Of several amounts to begin with, the one that the question names, with what befell that one."""
    events = [False, *(sign < 0 or _moves(each) for each, sign in zip(amounts[1:], signs, strict=True))]
    starts = [each for each, moved in zip(amounts, events, strict=True) if not moved]
    question = " ".join(each.text for each in clauses_of(story) if each.asked)
    words = words_of(question) - asked_noun(question)
    named = match(words, starts)
    counted = [each for each in starts if asked_noun(question) & each.words]
    if len(counted) == 1 and len(starts) > 1 and all(each.words for each in starts):
        others = frozenset().union(*(each.words for each in starts if each is not counted[0]))
        kept = [(each, sign) for each, sign, moved in zip(amounts[1:], signs, events[1:], strict=True) if moved]
        if any(each.words & (others - counted[0].words) or not each.words & counted[0].words for each, _ in kept):
            return None
        return (counted[0], *(each for each, _ in kept)), [sign for _, sign in kept]
    if len(starts) < 2 or named is None or re.search(_TOGETHER, question):
        return amounts, signs
    kept = [(each, sign) for each, sign, moved in zip(amounts[1:], signs, events[1:], strict=True) if moved]
    if any(match(words_of(each.clause.text) - asked_noun(question), starts) is not named for each, _ in kept):
        return None
    return (named, *(each for each, _ in kept)), [sign for _, sign in kept]


def _moves(each: Amount) -> bool:
    """Whether the clause tells that something came or went."""
    pattern = f"{GIVEN}|{LOSS}|{GAIN}" if each.kind == "thing" else f"{GIVEN}|{LOSS}|{GAIN}|{_PAID}"
    return re.search(pattern, each.clause.text) is not None


def _change(story: Story, found: Told) -> Solution | None:
    """What comes back of the banknote: the largest sum less all that was bought."""
    paid = max(found.amounts, key=lambda each: each.number)
    spent = [each for each in found.amounts if each is not paid]
    left = paid.number - sum((each.number for each in spent), Fraction(0))
    handed = r"отда|дал|заплат|протян|купюр|имел|было|\bgave\b|\bpaid\b|\bhanded\b|\bnote\b|\bbill\b|\bhad\b|\bgives\b|\bpays\b"
    if left < 0 or not re.search(handed, paid.clause.text):
        return None
    steps = [each.working for each in found.amounts if each.working]
    return solved(
        left, money(story), ", ".join([*steps, f"{n(paid.number)} − {' − '.join(n(each.number) for each in spent)}"])
    )


def _start(story: Story, found: Told) -> Solution | None:
    """ "There were some cars. 8 left, 15 stayed. How many were there at first?" """
    *moved, end = found.amounts
    if not story.asks(_FIRST) or not re.search(_STAYED, end.clause.text):
        return None
    signs = _signs((end, *moved))
    if signs is None or not all(_moves(each) or each.is_derived for each in moved):
        return None
    total = end.number - sum((sign * each.number for sign, each in zip(signs, moved, strict=True)), Fraction(0))
    shown = n(end.number) + "".join(
        f" {'−' if s > 0 else '+'} {n(a.number)}" for s, a in zip(signs, moved, strict=True)
    )
    return solved(total, _unit(story, found), ", ".join([*(each.working for each in moved if each.working), shown]))


def _signs(amounts: tuple[Amount, ...], taken: bool = False) -> list[int] | None:
    """+1 for what came, −1 for what went, of each amount after the first; None when one does not say. `taken`: it is asked
    what remains, so what has no known verb went, when nothing else did."""
    signs: list[int] = []
    lost = any(re.search(LOSS if each.kind == "thing" else f"{LOSS}|{_PAID}", each.clause.text) for each in amounts)
    last, sentence = (1, amounts[0].clause.sentence) if amounts[0].kind == "thing" else (0, -1)
    for each in amounts[1:]:
        text = each.clause.text
        given = re.search(GIVEN, text) is not None
        gone = not given and re.search(LOSS if each.kind == "thing" else f"{LOSS}|{_PAID}", text) is not None
        came = given or (not gone and re.search(GAIN, text) is not None)
        if gone or came:
            last = -1 if gone else 1
        elif taken and not lost and each.clause.sentence != amounts[0].clause.sentence and not re.search(_STATES, text):
            last = -1
        elif each.clause.sentence != sentence:
            return None
        if not last:
            return None
        signs.append(last)
        sentence = each.clause.sentence
    return None if taken and -1 not in signs else signs


_REMAINS = r"\bstay|остал|останет|\bleft\b|remain|still (?:has|have|need)"
_STATES = r"\b(?:был[оаи]?|есть|имел\w*|стоит|лежит|лежало)\b|\bthere\b|\bof them (?:are|were)\b|\bиз них\b|\b(?:has|have|had) (?:\d|the|a\b)"
_FIRST = r"сначала|at first|in the beginning|originally|at the start|to start|start with|begin with|первоначально|был[оа]? (?:у|в)\b|у (?:него|нее|них|меня) был|have before|(?:were|was) (?:there )?in\b"
_STAYED = r"остал|стал|теперь|\bnow\b|\bleft\b|remain|there (?:were|was)|has\b|have\b"
_PAID = r"\bкупи|заплат|стоит|стоят|\b(?:bought|buys|paid|pays|costs?)\b"


def part_of_whole(story: Story) -> Solution | None:
    """ "28 pupils, 13 of them are boys. How many girls?" """
    items = story.quantities
    of = re.search(r"\d (?:[^\W\d_]+ )?(?:из|of|out of) (?:the )?\d", story.body)
    if of and len(items) == 2 and story.only(thing=2) and story.asks(_REMAINS) and items[0].value < items[1].value:
        return solved(items[1].value - items[0].value, noun(story), f"{n(items[1].value)} − {n(items[0].value)}")
    if len(items) < 2 or not story.only(thing=len(items)) or story.asks(_DIFFERENCE) or story.asks(_TIMES):
        return None
    if not all(re.search(r"\bиз них\b|\bсреди них\b", each.before[-12:]) or re.match(r"\s*(?:[^\W\d_]+ )?(?:of (?:them|these|whom|which))\b|\s*из них\b|\s*(?:are|were) (?:the )?[^\W\d_]+\b", each.after) for each in items[1:2]):  # fmt: skip
        return None
    found = told(story)
    if found is None or found.compared or found.total is not None or len(found.amounts) != len(items):
        return None
    question = " ".join(each.text for each in clauses_of(story) if each.asked)
    asked = asked_noun(question)
    parts = found.amounts[1:]
    if story.asks(_REMAINS) and len(parts) == 1:
        left = found.amounts[0].number - parts[0].number
        return solved(left, noun(story), f"{n(found.amounts[0].number)} − {n(parts[0].number)}")
    if re.search(LOSS, story.text):
        return None
    without = (
        re.search(r"\bне [^\W\d_]+|\bnot\b|n't\b", question) and len(parts) == 1 and words_of(question) & parts[0].words
    )
    if not without and (not asked or any(asked & each.words for each in found.amounts)):
        return None
    left = found.amounts[0].number - sum((each.number for each in parts), Fraction(0))
    return solved(left, noun(story), f"{n(found.amounts[0].number)} − {' − '.join(n(each.number) for each in parts)}")


SCHEMAS: tuple[Callable[[Story], Solution | None], ...] = (relations, account, part_of_whole)
