"""The clock and the calendar gone on with: another city, day or year, the other question about the same day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moe_robot.lexicon import analyzer, normalize
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import changed, plain
from moe_robot.router.moments import MomentTable, prefixed, table_of
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.newly import Vocabulary, news, requests
from moe_robot.structs import Language

MOST_CITY_WORDS = 3
_NAME = re.compile(r"(?<![\w.])[A-ZА-ЯЁ][\w'’]+(?:[ -](?:на-)?[A-ZА-ЯЁ][\w'’]+)*")
_SMALL = re.compile(r"^(?:во?|на|между|с|со|из|до|in|of|with|between|to|for|from|the)\s+", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.])(?:1[5-9]|20|21)\d\d(?![\d.])")
_ISO = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_DIGITS = re.compile(r"(?<![\d.,])\d+(?![\d.,])")
_PAIR = re.compile(
    r"\b(?:between|from)\s+(.+?)\s+(?:and|to)\s+(.+?)(?=\s+in\s|[?.!,]|$)|между\s+(.+?)\s+и\s+(.+?)(?=[?.!,]|$)", re.I
)


def clocks(heard: Heard) -> Iterator[Raw]:
    known, table = Vocabulary.of(heard.language), table_of(heard.language)
    earlier = [(at, one) for at, one in enumerate(heard.leaning[:3]) if one.expert == "clock"]
    apart = known.search("same_gap", heard.text) is not None
    asks = known.search("now", heard.text) is not None or apart
    if not earlier and not asks:
        return
    named = [_SMALL.sub("", new) for new in news(heard)]
    fresh = [name for name in named if len(name.split()) <= MOST_CITY_WORDS and not re.search(r"\d", name)]
    fresh = list(dict.fromkeys([*_cities(heard.text, table), *fresh]))
    for at, before in earlier[:1]:
        pair = _PAIR.search(before.text)
        times, when = (table.parts(normalize(text), ("clock",))[0] for text in (before.text, heard.text))
        if times and when:
            whole = changed(before.text, [(times[0].start, times[0].end, when[0].text)])
            yield "clock", whole, "clock", at
        if pair or known.search("gap", before.text):
            first = next((group for group in pair.groups() if group), "") if pair else ""
            two = re.split(r"\s+(?:and|и)\s+", fresh[0]) if fresh else []
            if len(two) == 2:
                yield "clock", known["gap_said"].format(*two), "clock", at
            for city in fresh[:2]:
                if first:
                    yield "clock", known["gap_said"].format(first, city), "clock", at
                yield "clock", known["gap_here"].format(city), "clock", at
        if known.search("local", heard.text):
            yield "clock", known["local_said"], "clock", at
        for city in fresh[:2]:
            kind = "clock" if city[:1].isupper() else "clock guess"
            yield kind, known["city_said"].format(city), "clock", at
    there = [city for one in reversed(heard.earlier) for city in _cities(one.text, table, one.expert != "clock")]
    there += [city for at, one in earlier for city in _lower(one.text, known)]
    if apart and not earlier:
        for one in reversed(heard.earlier):
            two = sorted(_cities(one.text, table), key=one.text.find)
            if len(two) > 1:
                yield "clock", known["gap_said"].format(*two[:2]), "clock", -1
    if asks or earlier:
        for city in dict.fromkeys(there[:3]):
            if known.search("gap", heard.text):
                yield "clock", known["gap_here"].format(city), "clock", -1
            if known.search("dark", heard.text):
                yield "clock", known["dark_said"].format(city), "clock", -1
            yield "clock", known["city_said"].format(city), "clock", -1
        if known.search("gap", heard.text) and len(there) > 1:
            yield "clock", known["gap_said"].format(there[0], there[1]), "clock", -1
    yield "clock", known["local_said"], "clock", -1


def _cities(text: str, table: MomentTable, inner: bool = False) -> list[str]:
    """Names in capital letters, none that only begins a sentence with a small word. `inner`: none that begins one."""
    found = [match.group() for match in _NAME.finditer(text)]
    fit = [name for name in found if not table.only(normalize(name), "small", "asking", "and_small", "gap_small")]
    first = text.lstrip(' «"')
    inside = [name for name in fit if not first.startswith(name)]
    if inner:
        return inside
    return [*inside, *(name for name in fit if name not in inside)]


def _lower(text: str, known: Vocabulary) -> list[str]:
    """ "time in kyiv plz"."""
    found = re.search(r"(?<!\w)(?:in|во?)\s+([^\W\d_]+(?:[ -][^\W\d_]+)?)", text, re.IGNORECASE)
    return [known.core(found.group(1))] if found else []


def dates(heard: Heard) -> Iterator[Raw]:
    known, table = Vocabulary.of(heard.language), table_of(heard.language)
    asked = next((kind for kind, pattern in table.kinds.items() if re.search(pattern, normalize(heard.text))), "")
    told = _days(heard.text, table)
    if known.search("days_between", heard.text):
        pair = [days[-1][2] for one in heard.earlier if (days := _days(one.text, table))]
        if len(pair) > 1:
            yield "calendar", _between(pair[-2:], heard.language), "calendar", -1
    for at, before in requests(heard, 3):
        if before.expert != "calendar" and not (_days(before.text, table) or _YEAR.search(before.text)):
            continue
        if known.search("age", before.text):
            yield from (
                ("calendar", known["age_said"].format(day), "calendar", at) for day in _born(heard, before, table)
            )
        kind = next((kind for kind, pattern in table.kinds.items() if re.search(pattern, normalize(before.text))), "")
        kind = kind or ("until" if re.search(r"\b(?:до|until|till)\b", normalize(before.text)) else "")
        old = _days(before.text, table)
        if old and (later := _YEAR.search(old[-1][2])) and table.next_year.search(normalize(heard.text)):
            start = old[-1][0] + later.start()
            year_after = str(int(later.group()) + 1)
            yield "calendar", changed(before.text, [(start, start + 4, year_after)]), "calendar", at
        for new, completed in _new_days(heard, old[-1][2] if old else "", told, table):
            for start, end, was in reversed(old):
                said = prefixed(normalize(completed), normalize(was), table)
                yield "calendar", changed(before.text, [(start, end, said)]), "calendar", at
            asks = asked if asked and asked in table.ask else kind
            if asks in table.ask:
                yield "calendar", table.ask[asks].format(_bare(completed, asks)), "calendar", at
            if new != completed and kind in table.ask:
                yield "calendar", table.ask[kind].format(_bare(new, kind)), "calendar", at
        if re.search(r"\b(?:с|between|from|между)\b", normalize(before.text)) and len(old) == 2 and told:
            for place in (0, 1):
                pair = [day[2] for day in old]
                pair[place] = told[-1][2]
                yield "calendar", _between(pair, heard.language), "calendar", at
        years, year = list(_YEAR.finditer(before.text)), _YEAR.search(heard.text)
        if years and year and (month := re.search(rf"(?<!\w){table.given['month']}(?!\w)", normalize(before.text))):
            named = _located(f"{month.group()} {year.group()}")
            yield "calendar", known["month_said"].format(named), "calendar", at
        if years and year:
            whole = changed(before.text, [(*years[-1].span(), year.group())])
            yield "calendar", whole, "calendar", at
        numbers, number = list(_DIGITS.finditer(before.text)), list(_DIGITS.finditer(heard.text))
        if len(number) == 1 and numbers:
            for there in (numbers[0], numbers[-1]):
                yield "calendar", changed(before.text, [(*there.span(), number[0].group())]), "calendar", at
    if re.search(r"\bдней\b|\bdays\b", normalize(heard.text)) and not told:
        for one in reversed(heard.earlier):
            month = re.search(rf"(?<!\w){table.given['month']}(?!\w)(?: \d{{4}})?", normalize(one.text))
            if month:
                yield "calendar", known["month_said"].format(_located(month.group())), "calendar", -1
    if asked in table.ask and not told:
        for one in reversed(heard.earlier):
            for day in _said_days(one, table):
                yield "calendar", table.ask[asked].format(_bare(day, asked)), "calendar", -1


def _days(text: str, table: MomentTable) -> list[tuple[int, int, str]]:
    """All days and spans that are said, in order."""
    spoken = normalize(text)
    found: list[tuple[int, int, str]] = [(*m.span(), m.group()) for m in _ISO.finditer(spoken)]
    while True:
        parts, _ = table.parts(spoken, ("span", "day"))
        if not parts:
            return sorted(found)
        for part in parts:
            found.append((part.start, part.end, text[part.start : part.end]))
            spoken = changed(spoken, [(part.start, part.end, " " * (part.end - part.start))])


def _new_days(
    heard: Heard, old: str, told: list[tuple[int, int, str]], table: MomentTable
) -> Iterator[tuple[str, str]]:
    """The days of the turn: as said, and with the month and the year of the old one where they lack."""
    year = _YEAR.search(old)
    for _, _, day in reversed(told[-2:]):
        dated = table.dated.search(normalize(day)) is not None
        completed = f"{day} {year.group()}" if year and dated and not _YEAR.search(day) else day
        yield day, completed
    month = re.search(table.given["month"], normalize(old))
    for new in news(heard):
        number = table.day_number(plain(new)) or (new if re.fullmatch(r"\d{1,2}", new) else "")
        if number and month and not told:
            order = (number, month.group()) if heard.language == "ru" else (f"the {number} of", month.group())
            whole = " ".join((*order, *([year.group()] if year else [])))
            yield number, whole
    length = table.duration.search(normalize(heard.text))
    if length and not told:
        hence = table.say["hence"].format(length.group())
        yield hence, hence


def _said_days(one: Earlier, table: MomentTable) -> Iterator[str]:
    for text in (one.text, one.reply):
        for _, _, day in reversed(_days(text, table)):
            yield day


def _born(heard: Heard, before: Earlier, table: MomentTable) -> Iterator[str]:
    """Another day of birth, or that of before in another year."""
    for _, _, day in reversed(_days(heard.text, table)):
        yield _bare(day, "until")
    old = _days(before.text, table)
    year, short = _YEAR.search(heard.text), re.search(r"['’](\d\d)(?!\d)", heard.text)
    said = year.group() if year else f"19{short.group(1)}" if short else ""
    if old and said:
        yield _YEAR.sub(said, _bare(old[-1][2], "until"))


def _located(month: str) -> str:
    """ "октябрь" -> "октябре"."""
    name, _, year = month.partition(" ")
    form = analyzer().parse(name)[0].inflect({"loct"}) if not name.isascii() else None
    return f"{form.word if form else name} {year}".strip()


def _between(pair: list[str], language: Language) -> str:
    bare = [re.sub(r"^(?:со?|по|до|и|от|from|to|until|till|on|between|and)\s+", "", day, flags=re.I) for day in pair]
    return "сколько дней с {} по {}".format(*bare) if language == "ru" else "how many days from {} to {}".format(*bare)


def _bare(day: str, asked: str) -> str:
    """Days are asked after without their prepositions."""
    pattern = r"^(?:до|until|till|to|on|в|во|на|к)\s+" if asked == "until" else r"^(?:до|until|till|to)\s+"
    return re.sub(pattern, "", day, flags=re.IGNORECASE)
