# ruff: noqa: E501 - a pattern is easier to read on one line
"""Schemas of things: adding and taking away, comparing, sharing."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from moe_robot.experts.tools.clauses import asked_noun, clauses_of, words_of
from moe_robot.experts.tools.schema import Solution, money, n, noun, solved
from moe_robot.experts.tools.story import Quantity, Story

LOSS = r"\bиз [^\W\d_]+ (?:[^\W\d_]+ )?(?:взял|достал|вынул|забрал)|(?:взял|достал|вынул|забрал)[аи]? [^,.]{0,30}\bиз\b|утащи|стащи|отда[лв]|подар\w+|съе[лд]|потрат|потеря|истрат|унес|укат|улет|ушл|уеха|вышл|вышел|продал|упал|сломал|выпил|убра|раздал|слома|израсход|срубил|отреза|взял[аи]? (?:из|себе)|забрал|лопнул|засох|отлил|сорвал|разбил|проигра|занят[оыа]\b|вылил|пролил|отпил|уплыл|убежал|\b(?:gave|gives|give away|ate|eats|eat|spent|spends|lost|loses|sold|sells|flew away|fell|left the|got off|went away|took|takes away|broke|used|drank|removed|burst|donated|taken|occupied|poured out|cut off|drove away|swam away|ran away|left)\b"
GAIN = r"испек|сдела|сшил|постро|собрал|заработ|накопи|посади|слепи|поймал|\b(?:baked|made|planted|grew|drew|built|caught|earned|saved|collected|gathered)\b|добав|купи\w+|полож|приш[ел]|приех|подари\w+ (?:ему|ей|им)|дал[аи]? (?:ему|ей|ещ|мне)|наш[её]л|нашл|получ|прилет|принес|прибав|вошл|вошел|поймал|собрал[аи]? еще|сел[аио]? еще|посадил|нарисовал|налил|выигра|ещ[её]\b|got on|bought|buys|found|finds|received|receives|gets\b(?! off)|got\b(?! off)|added|adds|came|joined|more (?:came|arrive)|picked|won|arrived"
GIVEN = r"подар\w+ (?:ему|ей|мне|им|ещ)|(?:ему|ей|мне|им) (?:\w+ )?подар|дал\w* (?:ему|ей|мне|им|ещ)|(?:gave|gives) (?:him|her|me|them)\b(?! to)"
TOGETHER = r"всего|вместе|в сумме|общ|на двоих|на троих|итого|in all|altogether|together|total|both|combined|in two days|за все дни"
_LEFT = r"остал|останет|left|remain|still ha|stay|теперь|now|стало|станет|у не[её]|у него|does .{1,20} have|do .{1,20} have|есть у|have"
_GROUPS = r"\bпо\b|кажд|each|every|per\b|в одн"


def _things(story: Story) -> list[Quantity]:
    return [each for each in story.quantities if each.kind in ("thing", "money", "dist", "time", "years")]


def same_kind(story: Story) -> bool:
    return len({each.kind for each in story.quantities}) == 1


def used_up(story: Story) -> Solution | None:
    """ "There were 12, 5 are left. How many were eaten?" """
    items = _things(story)
    if (
        len(items) != 2
        or len(story.quantities) != 2
        or not same_kind(story)
        or items[0].kind not in ("thing", "money")
        or story.has(rf"{_GROUPS}|поровну|equally|раз\b|раза|times|старше|older")
    ):
        return None
    if not re.search(r"остал|left|remain|\bnow\b|теперь|стало", story.body) or not story.asks(
        rf"сколько .*(?:{LOSS})|how many .*(?:{LOSS})|how much .*(?:{LOSS})|did .* (?:eat|give|lose|sell|spend|use)|сколько (?:съел|отдал|потрат|продал)"
    ):
        return None
    return solved(
        items[0].value - items[1].value,
        money(story) if items[0].kind == "money" else noun(story),
        f"{n(items[0].value)} − {n(items[1].value)}",
    )


def at_first(story: Story) -> Solution | None:
    """ "She gave away 3 and has 7 left. How many did she have at first?" """
    items = _things(story)
    if len(items) != 2 or len(story.quantities) != 2 or not same_kind(story) or items[0].kind not in ("thing", "money"):
        return None
    if (
        not story.asks(
            r"был[оа]? (?:сначала|в начале|у|раньше|первонач)|сначала|первоначально|at first|in the beginning|at the start|have before|originally"
        )
        or not re.search(LOSS, story.body)
        or not re.search(r"остал|left|remain", story.body)
        or re.search(_GROUPS, story.body)
    ):
        return None
    return solved(
        items[0].value + items[1].value,
        money(story) if items[0].kind == "money" else noun(story),
        f"{n(items[0].value)} + {n(items[1].value)}",
    )


def together(story: Story) -> Solution | None:
    """ "5 apples in one basket and 7 in the other. How many in all?" """
    items = _things(story)
    if (
        len(items) != len(story.quantities)
        or not 2 <= len(items) <= 5
        or not same_kind(story)
        or items[0].kind not in ("thing", "money", "dist")
    ):
        return None
    if any(len(each.quantities) > (0 if each.asked else 1) for each in clauses_of(story)):
        return None
    if not story.asks(TOGETHER) or story.has(
        rf"{LOSS}|{_GROUPS}|больше|меньше|more than|\bmore \w+ than|fewer|less|старше|дороже|дешевле|cheaper|голов|heads|ног|legs|разниц|difference|поровну|equally|\bраза?\b|times|скорост|speed|навстречу|older|изношен|столько"
    ):
        return None
    if re.search(r"\bmore\b(?! came)", story.body) and not re.search(r"\d+ more [a-z]+\b(?! than)", story.body):
        return None
    unit = (
        money(story)
        if items[0].kind == "money"
        else ("km" if re.match(r"к|k", items[0].unit) else "m")
        if items[0].kind == "dist"
        else noun(story)
    )
    if any(each.value < 1 for each in items) or (
        items[0].kind == "dist" and len({each.unit[:2] for each in items}) > 1
    ):
        return None
    return solved(sum((each.value for each in items), Fraction(0)), unit, " + ".join(n(each.value) for each in items))


def how_many_more(story: Story) -> Solution | None:
    items = _things(story)
    if (
        len(items) != 2
        or len(story.quantities) != 2
        or not same_kind(story)
        or re.search(r"на \d+ .*(?:больше|меньше)", story.body)
    ):
        return None
    big, small = max(each.value for each in items), min(each.value for each in items)
    unit = {"money": money(story), "years": "year"}.get(items[0].kind, noun(story) if items[0].kind == "thing" else "")
    if story.asks(r"процент|per ?cent"):
        return None
    if story.asks(r"во сколько раз|how many times"):
        return solved(big / small, "", f"{n(big)} / {n(small)}") if small else None
    if story.asks(
        r"на сколько .*(?:больше|меньше|старше|младше|дороже|дешевле|длиннее|короче|выше|ниже|тяжелее|легче|дальше|ближе)|how (?:many|much) (?:\w+ )?(?:more|fewer|less|older|younger|longer|cheaper|dearer)|how many more|difference"
    ):
        return solved(big - small, unit, f"{n(big)} − {n(small)}")
    return None


def groups(story: Story) -> Solution | None:
    """ "5 boxes with 6 pencils each": all of them; "24 pencils, 6 in each box": the boxes; shared equally: for one."""
    items = [each for each in story.quantities if each.kind == "thing"]
    if story.only(money=1, thing=1) and story.has(r"поровну|equally|split|share") and story.asks(r"кажд|\beach\b"):
        cash, heads = story.of("money")[0], items[0].value
        if heads >= 2 and heads.denominator == 1:
            return solved(cash / heads, money(story), f"{n(cash)} / {n(heads)}")
    if not story.only(thing=2) or story.has(rf"больше|меньше|fewer|older|{AGE_LIKE}|голов|heads|сторон|side"):
        return None
    first, second = items
    if min(first.value, second.value) < 1:
        return None
    shared = story.has(
        r"поровну|equally|раздел|разда|shared?|divide|split|разложи\w* .* на \d|разлож\w+ в \d|evenly|расстав\w+ на \d"
    )
    asked = story.asks(r"сколько|how (?:many|much)")
    if shared and asked and min(first.value, second.value) > 0 and not re.search(r"\bпо\s*$", second.before):
        big, parts = max(first.value, second.value), min(first.value, second.value)
        return solved(big / parts, noun(story), f"{n(big)} / {n(parts)}") if (big / parts).denominator == 1 else None
    per = next(
        (
            each
            for each in items
            if re.search(
                r"\bпо\s*$|кажд\w+ (?:\w+ ){0,2}$|each (?:\w+ ){0,3}(?:has|holds|with|contains|seats)?\s*$|with\s*$|hold\w*\s*$|seats\s*$|вмеща\w*\s*$|помещается\s*$|holds\s*$",
                each.before,
            )
            or re.match(
                r"\s*[^\W\d_]+(?: [^\W\d_]+)? (?:in |on )?(?:each|every|в кажд|на кажд)|\s*(?:in|on) (?:each|every)|\s*(?:each|a day|в день|в час|an hour|на кажд|per)",
                each.after,
            )
        ),
        None,
    )
    if per is None or not story.has(_GROUPS + r"|a day|в день|an hour|в час|seats|holds|вмеща|помеща"):
        return None
    other = second if per is first else first
    if story.asks(rf"{TOGETHER}|сколько|how many|how much") and not story.asks(
        r"сколько (?:[^\W\d_]+ )?(?:пакет|короб|автобус|ряд|ваз|стол|машин|ящик|корзин|букет|тарел|дней|мешк|банк|команд|групп)|how many (?:\w+ )?(?:bag|box|bus|row|vase|table|car|basket|plate|day|pack|jar|team|group|shelf|shelves|crate)"
    ):
        counted, product = asked_noun(story.question), words_of(per.unit)
        if counted and not counted & product and not story.asks(TOGETHER):
            return None
        if re.search(r"всего|total|in all|altogether", story.body) and not story.asks(TOGETHER):
            return None
        return solved(other.value * per.value, noun(story), f"{n(other.value)} · {n(per.value)}")
    if not per.value or other.value < per.value:
        return None
    result = other.value / per.value
    if result.denominator != 1:
        if not story.has(r"автобус|bus|ящик|короб|box|crate|машин"):
            return None
        result = Fraction(-(-other.value // per.value))
        return Solution(
            (result,), noun(story), f"{n(other.value)} / {n(per.value)} ≈ {float(other.value / per.value):.4g}"
        )
    return solved(result, noun(story), f"{n(other.value)} / {n(per.value)}")


AGE_LIKE = r"старше|младше|years old"


SCHEMAS: tuple[Callable[[Story], Solution | None], ...] = (
    used_up, at_first, together, how_many_more, groups,
)  # fmt: skip
