# ruff: noqa: E501 - a pattern is easier to read on one line
"""Dates and days in words, both ways: "9 мая 2027 года", "the 9th of May", "завтра", "next Friday", "09.05.2027".

Dates in the text are found, never guessed: a day that does not exist is a refusal. Knows no clock: today is an argument.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from moe_robot.experts.tools.tool import NotMine, Refused
from moe_robot.structs import Language

MONTHS_GENITIVE = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
MONTHS_LOCATIVE = [
    "январе",
    "феврале",
    "марте",
    "апреле",
    "мае",
    "июне",
    "июле",
    "августе",
    "сентябре",
    "октябре",
    "ноябре",
    "декабре",
]
MONTHS_RU = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]
MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_CASES: dict[Language, tuple[list[str], list[str]]] = {
    "ru": (MONTHS_GENITIVE, MONTHS_LOCATIVE),
    "en": (MONTHS_EN, MONTHS_EN),
}
WEEKDAYS_RU = ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"]
WEEKDAYS_EN = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTH_STEMS = [
    "январ",
    "феврал",
    "март",
    "апрел",
    "ма[йяею]",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
]
_MONTH_SHORT = ["jan", "feb", "mar", "apr", "may", "june?", "july?", "aug", "sept?", "oct", "nov", "dec"]
_DAY_STEMS = ["понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень"]
_MONTH = "|".join(
    [f"(?P<ru{i}>{stem}[а-я]{{0,2}})" for i, stem in enumerate(_MONTH_STEMS)]
    + [f"(?P<en{i}>{short}(?:{full.lower()[len(short.rstrip('?').replace('?', '')):]})?|{full.lower()})" for i, (short, full) in enumerate(zip(_MONTH_SHORT, MONTHS_EN, strict=True))]
)  # fmt: skip
_YEAR = r"(?P<year>\d{4})(?:-th)?(?: год[а-я]*| г\b\.?)?"
_DAY = r"(?P<day>\d{1,2})(?:-th|-?(?:st|nd|rd|th|го|е|ое|й)\b)?"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_DAY}(?: of)?(?: числа)? (?:{_MONTH})\b\.?(?:,? (?:of )?{_YEAR})?",
        rf"\b(?:{_MONTH})\b\.? (?:the )?{_DAY}\b(?:,? {_YEAR})?",
    )
)
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b")
_DOTTED = re.compile(r"\b(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})\b")
_SLASHED = re.compile(r"\b(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4})\b")
_RELATIVE = {
    "послезавтра": 2, "завтра": 1, "завтрашн": 1, "позавчера": -2, "вчера": -1, "вчерашн": -1, "сегодня": 0, "сегодняшн": 0, "the day after tomorrow": 2,
    "day after tomorrow": 2, "tomorrow": 1, "the day before yesterday": -2, "day before yesterday": -2, "yesterday": -1, "today": 0,
}  # fmt: skip
_RELATIVE_WORDS = re.compile(r"\b(?:" + "|".join(sorted(_RELATIVE, key=len, reverse=True)) + r")[а-я]{0,3}\b")
_FEASTS = (
    (r"нов(?:ый|ого|ому|ым) год(?:а|у|ом)?|new year'?s?(?: day)?", 1, 1),
    (r"стар(?:ый|ого) нов(?:ый|ого) год(?:а)?", 1, 14),
    (r"рождеств(?:о|а|у|ом)|orthodox christmas", 1, 7),
    (r"christmas eve", 12, 24), (r"christmas(?: day)?|xmas|католическ\w+ рождеств\w+", 12, 25), (r"new year'?s eve", 12, 31),
    (r"valentine'?s(?: day)?|дн[яею][мь]? (?:святого валентина|влюбленных)|день (?:святого валентина|влюбленных)", 2, 14),
    (r"halloween|хэллоуин(?:а|у)?|хеллоуин(?:а|у)?", 10, 31), (r"(?:день|дня|дню) победы|victory day", 5, 9),
    (r"(?:день|дня|дню) космонавтики", 4, 12), (r"(?:день|дня|дню) знаний", 9, 1), (r"(?:женск\w+ (?:день|дня|дню)|women'?s day)", 3, 8),
    (r"(?:день|дня|дню) России", 6, 12), (r"конц[ау] года|(?:the )?end of (?:the |this )?year", 12, 31),
    (r"лет[оау]|(?:the )?(?:start of )?summer", 6, 1), (r"зим[аыуе]|(?:the )?winter", 12, 1), (r"весн[аыуе]|(?:the )?spring", 3, 1), (r"осен[ьи]|(?:the )?autumn|(?:the )?fall\b", 9, 1),
)  # fmt: skip
_FEAST_PATTERNS = tuple(
    (re.compile(rf"\b(?:{pattern})(?: (?P<year>\d{{4}})(?:-th)?(?: года)?)?\b"), month, day)
    for pattern, month, day in _FEASTS
)
_WEEKDAY = re.compile(
    r"\b(?P<which>следующ\w+|ближайш\w+|прошл\w+|эт(?:от|у|а|о)|next|last|this|coming)?(?: ближайш\w+)? ?"
    r"(?:" + "|".join([f"(?P<dr{i}>{stem}[а-я]{{0,2}})" for i, stem in enumerate(_DAY_STEMS)] + [f"(?P<de{i}>{name.lower()})" for i, name in enumerate(WEEKDAYS_EN)]) + r")\b"
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A date in a text. `yearless`: the year was not said, `day` has the one of today."""

    start: int
    end: int
    day: date
    yearless: bool = False


def find(text: str, today: date, language: Language) -> list[Found]:
    """All dates in `text` (lower case, digits), in order. Raises Refused for a day that does not exist."""
    found: list[Found] = []
    for each in _all(text, today, language):
        if not any(each.start < other.end and other.start < each.end for other in found):
            found.append(each)
    return sorted(found, key=lambda each: each.start)


def _all(text: str, today: date, language: Language) -> Iterator[Found]:
    for pattern in (_ISO, _DOTTED):
        for match in pattern.finditer(text):
            yield Found(*match.span(), _date(int(match["year"]), int(match["month"]), int(match["day"]), language))
    for match in _SLASHED.finditer(text):
        first, second = int(match["first"]), int(match["second"])
        day, month = (first, second) if language == "ru" or first > 12 else (second, first)
        yield Found(*match.span(), _date(int(match["year"]), month, day, language))
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            month = _month(match)
            year = int(match["year"]) if match["year"] else today.year
            if not match["year"] and month == 2 and int(match["day"]) == 29:
                year = next(each for each in range(year, year + 9) if calendar.isleap(each))
            yield Found(*match.span(), _date(year, month, int(match["day"]), language), not match["year"])
    for match in _RELATIVE_WORDS.finditer(text):
        word = next(word for word in sorted(_RELATIVE, key=len, reverse=True) if match[0].startswith(word))
        yield Found(*match.span(), today + timedelta(_RELATIVE[word]))
    for feast, month, day_of_month in _FEAST_PATTERNS:
        for match in feast.finditer(text):
            said = match["year"]
            yield Found(
                *match.span(), _date(int(said) if said else today.year, month, day_of_month, language), not said
            )
    for match in _WEEKDAY.finditer(text):
        wanted = next(i for i in range(7) if match[f"dr{i}"] or match[f"de{i}"])
        ahead = (wanted - today.weekday()) % 7 or 7
        if match["which"] and match["which"].startswith(("прошл", "last")):
            ahead = ahead - 7 if ahead < 7 else -7
        yield Found(*match.span(), today + timedelta(ahead))


def _month(match: re.Match[str]) -> int:
    return next(i + 1 for i in range(12) if match[f"ru{i}"] or match[f"en{i}"])


def month_in(text: str) -> int | None:
    """The month named in `text`, None when none is."""
    match = re.search(rf"\b(?:{_MONTH})\b", text)
    return None if match is None else _month(match)


def _date(year: int, month: int, day: int, language: Language) -> date:
    if not 1 <= month <= 12:
        raise Refused("no_such_month", month=month)
    if not 1 <= year <= 9999:
        raise NotMine
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        of_month, in_month = (each[month - 1] for each in _CASES[language])
        raise Refused("no_such_day", day=day, of_month=of_month, in_month=in_month, year=year, last=last)
    return date(year, month, day)


def coming(found: Found, today: date) -> date:
    """The next time of a date whose year was not said."""
    return _shifted(found.day, 1) if found.yearless and found.day < today else found.day


def latest(found: Found, today: date) -> date:
    """The last time of a date whose year was not said."""
    return _shifted(found.day, -1) if found.yearless and found.day > today else found.day


def _shifted(day: date, years: int) -> date:
    year = day.year + years
    while day.month == 2 and day.day == 29 and not calendar.isleap(year):
        year += years
    return day.replace(year=year)


def shown(day: date, language: Language, year: bool = True) -> str:
    """ "14 марта 2026 года", "14 March 2026"."""
    if language == "ru":
        return f"{day.day} {MONTHS_GENITIVE[day.month - 1]}" + (f" {day.year} года" if year else "")
    return f"{day.day} {MONTHS_EN[day.month - 1]}" + (f" {day.year}" if year else "")


def weekday(day: date, language: Language) -> str:
    return (WEEKDAYS_RU if language == "ru" else WEEKDAYS_EN)[day.weekday()]
