# ruff: noqa: E501 - a pattern, a sentence or an answer is one line
"""Schemas of prices, percentages, fractions of a whole and of two unknown numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from moe_robot.experts.tools.clauses import asked_noun, clauses_of, same_doing, words_of
from moe_robot.experts.tools.schema import Solution, money, n, noun, solved
from moe_robot.experts.tools.schemas_things import LOSS, TOGETHER, same_kind
from moe_robot.experts.tools.story import Story

_EARLIER = r"original|before the|первоначальн|до скидки|до снижения|до повышения|до распродажи|\bbefore\b|раньше|сначала|изначальн"


def prices(story: Story) -> Solution | None:
    """Price times number, change, price of one, price of others, how many for the money."""
    cash, items = story.of("money"), [each for each in story.quantities if each.kind == "thing"]
    if (
        not cash
        or len(cash) + len(items) != len(story.quantities)
        or story.has(
            r"скидк|discount|дороже|дешевле|dearer|cheaper|more than|вместе стоят|together cost|cost .*together"
        )
    ):
        return None
    unit = money(story)
    each_price = story.has(
        r"\bпо\s+\d+(?:[.,]\d+)? (?:руб|р\b|₽|долл|евро|коп)|each|apiece|за штуку|кажд|a (?:kilo|kg|piece)|за кг|за килограмм|per (?:kilo|kg)|(?:кг|литр|ручка|тетрадь|билет|книга|карандаш|яблоко|пирожок|pen|book|pencil|apple|ticket|cake|notebook|килограмм|мороженое|булка|открытка) (?:стоит|costs?)"
    )
    single = [each for each in clauses_of(story) if len(each.quantities) == 1 and not each.asked]
    each_price = each_price or (
        len(items) == 1 and any(re.search(r"\b(?:стоит|costs)\b", each.text) for each in single)
    )
    change = story.asks(r"сдач|change|остан|остал|left")
    if len(cash) == 2 and len(items) == 1 and change and each_price:
        price, paid = min(cash), max(cash)
        return solved(paid - items[0].value * price, unit, f"{n(paid)} − {n(items[0].value)} · {n(price)}")
    if len(cash) == 2 and not items and change and story.has(r"куп|bought|buy|стоит|cost|заплат|paid"):
        return solved(max(cash) - min(cash), unit, f"{n(max(cash))} − {n(min(cash))}")
    if len(cash) == 1 and len(items) == 1 and not change:
        (price,), count = cash, items[0].value
        if each_price and not re.search(r"\d+ [^\W\d_]+ (?:стоят|cost)\b", story.body):
            return (
                solved(price * count, unit, f"{n(count)} · {n(price)}")
                if story.asks(
                    r"сколько (?:стоя|стоит|нужно|надо|заплат|все|это|денег|они|он|за)|how much|стоимость|what (?:is|does|do)|цена"
                )
                else None
            )
        if (
            count
            and re.search(r"стоят|стоит|cost|заплатил|paid|за \d", story.body)
            and story.asks(r"сколько стоит|how much (?:is|does)|цена|price|what does")
        ):
            return solved(price / count, unit, f"{n(price)} / {n(count)}")
    if (
        len(cash) == 1
        and len(items) == 2
        and items[0].value
        and story.asks(r"сколько (?:стоя|стоит|заплат|нужно|надо)|how much|price|цена|what do")
    ):
        (price,), (first, second) = cash, (items[0].value, items[1].value)
        if each_price or not re.search(r"стоят|стоит|cost|заплат|paid", story.body):
            return None
        return solved(price / first * second, unit, f"{n(price)} / {n(first)} · {n(second)}")
    if len(cash) == 2 and not items and story.asks(r"сколько (?!денег|руб|стои|останет|сдач)|how many") and each_price:
        price, budget = min(cash), max(cash)
        return (
            solved(Fraction(budget // price), noun(story), f"{n(budget)} / {n(price)}")
            if price and ((budget / price).denominator == 1 or story.asks(r"купить|\bbuy\b|afford|хватит"))
            else None
        )
    return None


def shopping(story: Story) -> Solution | None:
    """ "2 pens at 15 and 3 notebooks at 20: how much in all?" """
    kinds = [each.kind for each in story.quantities]
    if (
        kinds != ["thing", "money", "thing", "money"]
        or not story.has(r"\bпо\b|each|\bat\b|for")
        or not story.asks(rf"сколько|how much|{TOGETHER}")
        or story.asks(r"сдач|change")
    ):
        return None
    a, p, b, q = (each.value for each in story.quantities)
    return solved(a * p + b * q, money(story), f"{n(a)} · {n(p)} + {n(b)} · {n(q)}")


def percents(story: Story) -> Solution | None:
    """A part of a whole, a discount or a rise, and by how many percent something changed."""
    rates, others = story.of("percent"), [each for each in story.quantities if each.kind != "percent"]
    unit = money(story) or noun(story)
    if (
        not rates
        and len(others) == 2
        and story.asks(r"на сколько процентов|сколько процентов|by (?:how many|what) per ?cent|what percent")
        and same_kind(story)
    ):
        first, second = others[0].value, others[1].value
        if re.search(r"\b(?:на|by)\s*(?:\$)?$", others[1].before):
            return solved(second / first * 100, "percent", f"{n(second)} / {n(first)} · 100") if first else None
        if (
            story.has(
                r"вырос|подорож|повыс|увелич|снизи|подешев|уменьш|упал|rose|rise|increas|fell|drop|decreas|reduc|went"
            )
            and first
        ):
            return solved(
                abs(second - first) / first * 100, "percent", f"|{n(second)} − {n(first)}| / {n(first)} · 100"
            )
        if (
            not story.asks(r"на сколько")
            and max(first, second)
            and re.search(
                r"\d (?:[^\W\d_]+ )?(?:из|of|out of) (?:the )?\d|\bиз \d|^\s*of (?:the )?\d|из них|of them|of whom|всего|out of",
                story.body,
            )
        ):
            whole, part = max(first, second), min(first, second)
            return solved(part / whole * 100, "percent", f"{n(part)} / {n(whole)} · 100")
        return None
    if len(rates) != 1 or len(others) != 1 or others[0].kind not in ("thing", "money", "dist"):
        if len(rates) == 1 and len(others) == 2 and {each.kind for each in others} == {"money", "years"}:
            return _deposit(story, rates[0])
        return None
    rate, whole = rates[0], others[0].value
    if _is_part(story) and rate:
        return solved(whole * 100 / rate, unit, f"{n(whole)} · 100 / {n(rate)}")
    if others[0].kind == "money" and story.has(r"вклад|банк|годовых|\bbank\b|deposit|interest"):
        if not story.asks(
            r"через год\b|через 1 год|after (?:1 |a )?year|in a year|in 1 year|at the end of the year"
        ) or re.search(r"месяц|month", story.text):
            return None
        return solved(whole * (100 + rate) / 100, unit, f"{n(whole)} · (100 + {n(rate)}) / 100")
    down = story.has(r"скидк|подешев|снизи|уменьш|уцен|discount|reduc|decreas|cheaper|\boff\b|dropped|fell|lower")
    up = story.has(
        r"подорож|вырос|повыс|увелич|наценк|прибав|rose|rise|increas|went up|raised|markup|налог|tax|tip\b|чаев"
    )
    if down != up and story.asks(_EARLIER):
        share = (100 - rate if down else 100 + rate) / 100
        return solved(whole / share, unit, f"{n(whole)} / {n(share)}") if share > 0 else None
    if down != up and story.asks(
        r"на сколько рубл|на сколько .{0,12}(?:подеш|подор|сни[зж]|выр)|\bsave\b|by how (?:much|many dollars)|размер скидки|how much is the discount"
    ):
        return solved(whole * rate / 100, unit, f"{n(whole)} · {n(rate)} / 100")
    if down and not up and story.asks(r"цена|стоит|стоить|стоим|заплат|cost|price|pay|now|теперь|после|new"):
        return solved(whole * (100 - rate) / 100, unit, f"{n(whole)} · (100 − {n(rate)}) / 100")
    if (
        up
        and not down
        and story.asks(r"цена|стоит|стоить|стоим|стал|теперь|cost|price|now|новая|new|pay|получа|зарплат|salary|earn")
    ):
        return solved(whole * (100 + rate) / 100, unit, f"{n(whole)} · (100 + {n(rate)}) / 100")
    if up or down:
        return None
    rest = story.asks(r"остал|остальн|\bleft\b|remain") or _other_group(story)
    if story.has(
        r"\bиз\b|в (?:классе|школе|группе|саду|книге|магазин|городе|парке|лесу|стад)|\bof\b|there (?:are|were)|всего|съел|прочита|прош[её]л|потрат|spent|ate|read|пут|(?:%|процентов) [а-я]{3,}"
    ):
        if rest:
            return solved(whole * (100 - rate) / 100, unit, f"{n(whole)} · (100 − {n(rate)}) / 100")
        if not same_doing(story.question, story.body):
            return None
        return solved(whole * rate / 100, unit, f"{n(whole)} · {n(rate)} / 100")
    return None


def _is_part(story: Story) -> bool:
    """ "24 km, which is 60 % of the route", "15 % are late. That is 60 pupils": the number is the part."""
    first, second = story.quantities
    linked = r"(?:что составля\w+|\bэто(?: составля\w+| равно)?|which is|that is|this is|that's|то есть)\s*$"
    return re.search(linked, second.before) is not None and first is not second


def _other_group(story: Story) -> bool:
    """ "40 % are girls. How many boys?" """
    pairs = (
        ("девоч", "мальчик"),
        ("girl", "boy"),
        ("женщин", "мужчин"),
        ("women", "men"),
        ("взросл", "дет"),
        ("adult", "child"),
        ("до обеда", "после обеда"),
        ("before", "after"),
        ("утром", "вечером"),
        ("morning", "(?:afternoon|evening)"),
        ("перв", "втор"),
        ("first", "second"),
    )
    return any(
        (re.search(a, story.body) and story.asks(b) and not re.search(rf"\b{b}", story.body))
        or (re.search(rf"\b{b}", story.body) and story.asks(a) and not re.search(a, story.body))
        for a, b in pairs
    )


def _deposit(story: Story, rate: Fraction) -> Solution | None:
    (start,), (years,) = story.of("money"), story.of("years")
    if (
        not story.has(r"вклад|банк|годовых|bank|deposit|interest|a year")
        or years.denominator != 1
        or not 1 <= years <= 50
    ):
        return None
    unit = money(story)
    if story.has(r"прост\w+ процент|simple interest|без капитализации"):
        return solved(start * (1 + rate * years / 100), unit, f"{n(start)} · (1 + {n(rate)} · {n(years)} / 100)")
    if years == 1 or story.has(r"сложн\w+ процент|compound|капитализац"):
        return solved(start * (1 + rate / 100) ** int(years), unit, f"{n(start)} · (1 + {n(rate)} / 100)^{n(years)}")
    return None


def fraction_of(story: Story) -> Solution | None:
    """ "A third of the 24 sweets was eaten. How many are left?" """
    parts = [each for each in story.quantities if 0 < each.value < 1 and each.value.denominator < 100]
    wholes = [each for each in story.quantities if each.value >= 1]
    if (
        len(parts) != 1
        or len(wholes) != 1
        or len(story.quantities) != 2
        or wholes[0].kind in ("speed", "ratio", "percent")
    ):
        return None
    part, whole = parts[0].value, wholes[0].value
    if re.match(
        r"литр|кг|килог|км|километр|час|метр|м\b|л\b|тонн|kg|kilo|lit|km|mile|hour|met|lb|pound|cup|gallon",
        parts[0].unit,
    ):
        return None
    unit = money(story) or ("km" if wholes[0].kind == "dist" and re.match("к|k", wholes[0].unit) else noun(story))
    if (
        re.search(r"(?:что составля\w+|\bэто(?: составля\w+)?|which is|that is|this is)\s*$", parts[0].before)
        and story.quantities[0] is wholes[0]
    ):
        return solved(whole / part, unit, f"{n(whole)} / {n(part)}")
    if re.match(r"\s*as\b", parts[0].after):
        return None
    if story.asks(r"\bбыло?а?\b|did .* have|\bhad\b|at first|всего|whole"):
        appositive = parts[0] is story.quantities[0] and re.search(
            r"[,:(] (?:которые |что |which |that )?(?:is |was |are |were |это )?$", wholes[0].before
        )
        return solved(whole / part, unit, f"{n(whole)} / {n(part)}") if appositive else None
    if story.asks(r"остал|останет|\bleft\b|remain|\bkeep\b|\bkept\b|\bstay"):
        return solved(whole * (1 - part), unit, f"{n(whole)} · (1 − {n(part)})")
    asked = asked_noun(story.question)
    near = words_of(f"{parts[0].before.split(',')[-1]} {parts[0].after.split(',')[0]}") | words_of(wholes[0].unit)
    if (
        not asked
        or asked & near
        or story.has(rf"{LOSS}|прочита|прош|проех|read|взя|took|из них|of them|of the|составля")
    ):
        if story.asks(TOGETHER):
            return None
        if not same_doing(story.question, story.body) and not _other_group(story):
            return None
        if _other_group(story) or story.asks(r"\bне [^\W\d_]+|\bnot\b|n't\b"):
            return solved(whole * (1 - part), unit, f"{n(whole)} · (1 − {n(part)})")
        return solved(whole * part, unit, f"{n(whole)} · {n(part)}")
    return None


SCHEMAS: tuple[Callable[[Story], Solution | None], ...] = (prices, shopping, percents, fraction_of)
